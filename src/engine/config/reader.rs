//! Typed reading of a TOML document: every wrong key, type or word becomes a problem with its place, and reading goes on.

use super::keys;
use crate::engine::suggest;
use crate::source::{SourceId, Sources, Span, Spanned};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A value with the bytes that it stands on.
pub(super) type Value<'t> = toml::Spanned<DeValue<'t>>;

/// Reads one configuration file and collects its problems.
pub(super) struct Reader {
    /// The file.
    pub(super) source: SourceId,
    /// What is wrong, with the byte at which it starts.
    problems: Vec<(usize, String)>,
    /// Where the document is no TOML: what stands there is not judged again.
    broken: Vec<usize>,
}

/// A table with its name, as messages call it, and its place.
#[derive(Clone)]
pub(super) struct Section<'v, 't> {
    /// `[migrations]`, `[[allow]]`.
    pub(super) name: String,
    /// Its entries.
    pub(super) entries: &'v DeTable<'t>,
    /// Its place.
    pub(super) range: Range<usize>,
}

impl<'v, 't> Section<'v, 't> {
    /// The value under a key.
    pub(super) fn get(&self, key: &str) -> Option<&'v Value<'t>> {
        self.entries.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }
}

/// What a value is, in words.
fn kind(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

impl Reader {
    /// A reader of one file.
    pub(super) fn new(source: SourceId) -> Reader {
        Reader { source, problems: Vec::new(), broken: Vec::new() }
    }

    /// The place of some bytes.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range.start, range.end)
    }

    /// Notes a problem.
    pub(super) fn problem(&mut self, range: Range<usize>, text: impl Into<String>) {
        if !self.broken.contains(&range.start) {
            self.problems.push((range.start, text.into()));
        }
    }

    /// Notes that the document is no TOML here. To be called before its values are read.
    pub(super) fn syntax(&mut self, range: Range<usize>, text: String) {
        self.problems.push((range.start, text));
        self.broken.push(range.start);
    }

    /// Notes that a value has the wrong type.
    pub(super) fn wrong(&mut self, value: &Value, what: &str, wanted: &str) {
        self.problem(value.span(), format!("{what} must be {wanted}, not {}", kind(value.get_ref())));
    }

    /// The problems in order of place, each ready to be printed.
    pub(super) fn finish(mut self, sources: &Sources) -> Vec<String> {
        self.problems.sort();
        self.problems.dedup();
        let place = |offset: usize| {
            let at = sources.line_column(self.source, u32::try_from(offset).unwrap_or(u32::MAX));
            format!("{}:{}:{}", sources.path(self.source), at.line, at.column)
        };
        self.problems.iter().map(|(offset, text)| format!("{}: {text}", place(*offset))).collect()
    }

    /// Notes every key that a section does not have; `table` is what the table of keys calls the section.
    pub(super) fn keys(&mut self, section: &Section, table: &str) {
        let known = &keys::names(table)[..];
        for name in section.entries.keys().filter(|name| !known.contains(&name.get_ref().as_ref())) {
            let hint = suggest::hint(name.get_ref(), known);
            self.problem(name.span(), format!("unknown key `{}` in {}{hint}", name.get_ref(), section.name));
        }
    }

    /// A value as a section.
    pub(super) fn section<'v, 't>(&mut self, value: &'v Value<'t>, name: &str) -> Option<Section<'v, 't>> {
        match value.get_ref() {
            DeValue::Table(entries) => Some(Section { name: name.to_owned(), entries, range: value.span() }),
            _ => {
                self.wrong(value, name, "a table");
                None
            }
        }
    }

    /// The section under a key.
    pub(super) fn table<'v, 't>(&mut self, parent: &Section<'v, 't>, key: &str) -> Option<Section<'v, 't>> {
        self.section(parent.get(key)?, &format!("[{key}]"))
    }

    /// The sections of an array of tables.
    pub(super) fn tables<'v, 't>(&mut self, parent: &Section<'v, 't>, key: &str) -> Vec<Section<'v, 't>> {
        let name = format!("[[{key}]]");
        let Some(value) = parent.get(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.section(item, &name)).collect(),
            _ => {
                self.problem(value.span(), format!("`{key}` is an array of tables: write {name}"));
                Vec::new()
            }
        }
    }

    /// A value as text.
    pub(super) fn as_text(&mut self, value: &Value, what: &str) -> Option<Spanned<String>> {
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                self.problem(value.span(), format!("{what} must not be empty"));
                None
            }
            DeValue::String(text) => Some(Spanned::new(text.to_string(), self.span(value.span()))),
            _ => {
                self.wrong(value, what, "a text");
                None
            }
        }
    }

    /// The text under a key, where there is one.
    pub(super) fn text(&mut self, section: &Section, key: &str) -> Option<Spanned<String>> {
        let value = section.get(key)?;
        self.as_text(value, &format!("`{key}` in {}", section.name))
    }

    /// The text under a key that must be there; `why` says what it is for.
    pub(super) fn required(&mut self, section: &Section, key: &str, why: &str) -> Option<Spanned<String>> {
        if section.get(key).is_none() {
            self.problem(section.range.clone(), format!("{} needs `{key}`: {why}", section.name));
        }
        self.text(section, key)
    }

    /// The list of texts under a key; a single text counts as a list of one.
    pub(super) fn texts(&mut self, section: &Section, key: &str) -> Vec<Spanned<String>> {
        let what = format!("`{key}` in {}", section.name);
        match section.get(key) {
            None => Vec::new(),
            Some(value) => match value.get_ref() {
                DeValue::Array(items) => {
                    items.iter().filter_map(|item| self.as_text(item, &format!("an item of {what}"))).collect()
                }
                DeValue::String(_) => self.as_text(value, &what).into_iter().collect(),
                _ => {
                    self.wrong(value, &what, "a list of texts");
                    Vec::new()
                }
            },
        }
    }

    /// The boolean under a key.
    pub(super) fn boolean(&mut self, section: &Section, key: &str) -> Option<bool> {
        let value = section.get(key)?;
        let answer = value.get_ref().as_bool();
        if answer.is_none() {
            self.wrong(value, &format!("`{key}` in {}", section.name), "true or false");
        }
        answer
    }

    /// A text or number as it is written: versions and migration numbers.
    pub(super) fn as_written(&mut self, value: &Value, what: &str) -> Option<String> {
        match value.get_ref() {
            DeValue::Integer(number) => Some(number.as_str().to_owned()),
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            _ => self.as_text(value, what).map(|text| text.value),
        }
    }

    /// One of some words under a key.
    pub(super) fn word<T>(
        &mut self,
        section: &Section,
        key: &str,
        words: &[&str],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(section, key)?;
        let found = parse(&text.value);
        if found.is_none() {
            let hint = suggest::hint(&text.value, words);
            let list = words.join(", ");
            self.problem(text.span.range(), format!("unknown {key} `{}`{hint} (one of {list})", text.value));
        }
        found
    }
}
