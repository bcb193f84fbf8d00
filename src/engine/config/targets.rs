//! What the configuration speaks of and the repository does not have: a path, an operation or a table that was renamed, or mistyped.

use super::reader::{Section, Value};
use super::{Config, Pattern, Scope, keys};
use crate::diagnostic::Diagnostic;
use crate::engine::suggest;
use crate::files::Files;
use crate::model::Model;
use crate::model::schema::TableNames;
use crate::source::{SourceId, Sources, Span};
use std::collections::{BTreeSet, HashSet};
use toml::de::DeValue;

/// The rule that says so.
pub(in crate::engine) const UNMATCHED: &str = "config/unmatched-target";

/// Among more names than these no near one is looked for.
const MOST_NAMES: usize = 20_000;

/// What a target names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Path,
    Operation,
    Table,
    /// A table by its name, or by its schema and that: `[context.tables]`.
    Stated,
    /// A subject or a path: `[[allow]]`.
    Any,
}

/// A name or pattern that the configuration speaks of.
#[derive(Debug, Clone)]
pub(super) struct Target {
    about: About,
    /// The section, as messages call it: `[[override]]`.
    section: String,
    text: String,
    span: Span,
}

/// Every target of a file.
pub(super) fn stated(source: SourceId, root: &Section) -> Vec<Target> {
    let mut found = Stated { source, found: Vec::new() };
    for (section, key, about) in [
        ("override", "paths", About::Path),
        ("override", "operations", About::Operation),
        ("override", "tables", About::Table),
        ("allow", "target", About::Any),
        ("artifact", "path", About::Path),
    ] {
        let Some(DeValue::Array(items)) = root.get(section).map(|value| value.get_ref()) else { continue };
        for item in items.iter() {
            let DeValue::Table(entries) = item.get_ref() else { continue };
            let values = entries.iter().filter(|(name, _)| name.get_ref() == key).map(|(_, value)| value);
            values.for_each(|value| found.take(about, &format!("[[{section}]]"), value));
        }
    }
    if let Some(DeValue::Table(services)) = root.get("services").map(|value| value.get_ref()) {
        let keys = keys::names("services");
        for (name, service) in services {
            let DeValue::Table(entries) = service.get_ref() else { continue };
            let section = format!("[services.{}]", name.get_ref());
            let named = entries.iter().filter(|(key, _)| keys.contains(&key.get_ref().as_ref()));
            named.for_each(|(_, value)| found.take(About::Path, &section, value));
        }
    }
    if let Some(DeValue::Table(context)) = root.get("context").map(|value| value.get_ref()) {
        let tables = context.iter().filter(|(key, _)| key.get_ref() == "tables").map(|(_, value)| value.get_ref());
        for (table, _) in tables.filter_map(|value| value.as_table()).flatten() {
            found.put(About::Stated, "[context.tables]", table.get_ref(), table.span());
        }
    }
    if let Some(DeValue::Table(links)) = root.get("links").map(|value| value.get_ref()) {
        for (operation, table) in links {
            found.put(About::Operation, "[links]", operation.get_ref(), operation.span());
            found.take(About::Table, "[links]", table);
        }
    }
    found.found
}

struct Stated {
    source: SourceId,
    found: Vec<Target>,
}

impl Stated {
    /// A text, or each of a list.
    fn take(&mut self, about: About, section: &str, value: &Value) {
        match value.get_ref() {
            DeValue::String(text) => self.put(about, section, text, value.span()),
            DeValue::Array(items) => items.iter().for_each(|item| self.take(about, section, item)),
            _ => {}
        }
    }

    fn put(&mut self, about: About, section: &str, text: &str, range: std::ops::Range<usize>) {
        let span = Span::new(self.source, range.start, range.end);
        self.found.push(Target { about, section: section.to_owned(), text: text.to_owned(), span });
    }
}

/// The names that a repository has.
struct Names<'f> {
    files: &'f dyn Files,
    paths: Vec<String>,
    operations: Vec<String>,
    /// Tables, columns and indexes.
    tables: Vec<String>,
    /// Tables and views alone.
    named: TableNames,
    /// Whether every document, and every table, was read: what is not here does not exist.
    knows_operations: bool,
    knows_tables: bool,
}

impl<'f> Names<'f> {
    fn new(files: &'f dyn Files, model: &Model) -> Names<'f> {
        let unread = |endings: &[&str]| model.unread.iter().any(|one| endings.iter().any(|ending| one.path.ends_with(ending)));
        let databases = &model.schema.databases;
        let columns = model.schema.tables().flat_map(|table| table.columns().map(|column| column.subject()).collect::<Vec<_>>());
        let indexes = model.schema.tables().flat_map(|table| table.indexes().map(|index| index.subject()).collect::<Vec<_>>());
        let tables = model.schema.tables().map(|table| table.subject());
        Names {
            files,
            paths: files.list().iter().map(str::to_owned).collect(),
            operations: model.api.operations().map(|operation| operation.subject()).collect(),
            named: TableNames::of(&model.schema),
            tables: tables.chain(columns).chain(indexes).collect::<BTreeSet<String>>().into_iter().collect(),
            knows_operations: !unread(&[".yaml", ".yml", ".json"]) && model.api.operations().next().is_some(),
            knows_tables: !unread(&[".sql"])
                && !databases.is_empty()
                && databases.iter().all(|database| database.tables_unknown.is_empty()),
        }
    }

    /// What a target names, in a word, where nothing has that name: "file", "operation".
    fn lack(&self, target: &Target, scope: &Scope) -> Option<&'static str> {
        let (Ok(path), Ok(subject)) = (Pattern::path(&target.text), Pattern::subject(&target.text)) else { return None };
        // What version control ignores is not listed.
        let is_there = || scope.pattern(target.text.trim_start_matches("./")).is_some_and(|path| self.files.exists(&path));
        let is_path =
            || is_there() || self.paths.iter().filter_map(|file| scope.local(file)).any(|file| path.matches_path(&file));
        let is_operation = || self.operations.iter().any(|one| subject.matches_operation(one) || subject.matches_subject(one));
        let is_table = || self.tables.iter().any(|one| subject.matches_table(one) || subject.matches_subject(one));
        match target.about {
            About::Path => (!is_path()).then_some("file"),
            About::Operation => (self.knows_operations && !is_operation()).then_some("operation"),
            About::Table => (self.knows_tables && !is_table()).then_some("table"),
            // A server has tables that nothing here makes: only what one of these was meant by.
            About::Stated => {
                let is_it = self.named.iter().any(|name| name.is_written(&target.text));
                (self.knows_tables && !is_it && (self.is_schema(&target.text) || self.near(target).is_some())).then_some("table")
            }
            About::Any if is_path() || is_operation() || is_table() => None,
            About::Any => match target.text.split_once(' ') {
                Some((method, rest)) if rest.starts_with('/') && method.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                    self.knows_operations.then_some("operation")
                }
                // Rules have subjects that are no tables: only a name near to one was meant for it.
                Some(_) => None,
                None if target.text.contains('/') => Some("file"),
                None => (self.knows_tables && self.near(target).is_some()).then_some("table"),
            },
        }
    }

    fn is_schema(&self, text: &str) -> bool {
        self.named.iter().any(|name| name.schema.as_deref() == Some(text))
    }

    /// The name of the table that was probably meant where it stands in another schema, or is misspelt. Numbers tell partitions apart.
    fn near_table(&self, text: &str) -> Option<&str> {
        let own = text.rsplit('.').next().unwrap_or(text);
        let names: Vec<&str> = self.named.iter().map(|name| name.name.as_str()).collect();
        let letters = |name: &str| name.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
        let near = || suggest::nearest(own, &names).filter(|near| letters(near) != letters(own));
        names.iter().copied().find(|name| *name == own).or_else(near)
    }

    /// The name that was probably meant.
    fn near(&self, target: &Target) -> Option<&str> {
        if target.about == About::Stated {
            return self.near_table(&target.text);
        }
        let folders = || self.paths.iter().flat_map(|path| path.match_indices('/').filter_map(|(at, _)| path.get(..at)));
        let known: BTreeSet<&str> = match target.about {
            About::Operation => self.operations.iter().map(String::as_str).collect(),
            About::Table | About::Stated => self.tables.iter().map(String::as_str).collect(),
            About::Any if target.text.contains(' ') => self.operations.iter().map(String::as_str).collect(),
            About::Any if !target.text.contains('/') => self.tables.iter().map(String::as_str).collect(),
            About::Path | About::Any => self.paths.iter().map(String::as_str).chain(folders()).collect(),
        };
        let known: Vec<&str> = known.into_iter().collect();
        if known.len() > MOST_NAMES {
            return None;
        }
        suggest::nearest(&target.text, &known).or_else(|| {
            let short: Vec<&str> = known.iter().filter_map(|name| name.strip_prefix("public.")).collect();
            suggest::nearest(&target.text, &short)
        })
    }
}

impl Config {
    /// A finding for each target that nothing in the repository has, with its place. `used` are the places of targets that a finding had.
    pub(in crate::engine) fn unmatched(
        &self,
        files: &dyn Files,
        model: &Model,
        sources: &Sources,
        used: &HashSet<Span>,
    ) -> Vec<(Span, Diagnostic)> {
        // A file above the root speaks of more than this run sees.
        let layers = self.layers.iter().filter(|layer| layer.scope.above.is_empty() && !layer.targets.is_empty());
        let mut layers = layers.peekable();
        if layers.peek().is_none() {
            return Vec::new();
        }
        let names = Names::new(files, model);
        let mut found = Vec::new();
        for layer in layers {
            for target in layer.targets.iter().filter(|target| !used.contains(&target.span)) {
                let Some(noun) = names.lack(target, &layer.scope) else { continue };
                let Target { section, text, span, .. } = target;
                let message = format!("`{text}` in {section} matches no {noun}");
                let help = match names.near(target) {
                    Some(near) => format!("\"{near}\""),
                    None => format!("write the {noun} as it is called now, or take the entry out"),
                };
                let subject = format!("{} {section} {text}", sources.path(span.source));
                found.push((*span, Diagnostic::new(subject, message).at(*span, "so it says nothing").help(help)));
            }
        }
        found
    }
}
