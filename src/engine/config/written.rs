//! A configuration file as it is written: every value with the section and the key that it stands under.

use super::reader::{Section, Value};
use crate::source::{SourceId, Span};
use toml::de::{DeTable, DeValue};

/// One value.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// `migrations`, `services.orders`; empty for the file itself.
    pub(super) section: String,
    /// Which of several sections of the name it is, from 0; `None` where there can be only one.
    pub(super) number: Option<usize>,
    /// The key, as TOML writes it.
    pub(super) key: String,
    /// The value, as TOML writes it on one line.
    pub(super) value: String,
    /// Where the key stands.
    pub(super) place: Span,
}

/// Every value of a file.
pub(super) fn all(source: SourceId, root: &Section) -> Vec<Written> {
    let mut found = Vec::new();
    for (key, value) in root.entries {
        match value.get_ref() {
            DeValue::Table(entries) if key.get_ref() == "services" => {
                for (name, value) in entries {
                    let section = format!("services.{}", bare(name.get_ref()));
                    if let DeValue::Table(entries) = value.get_ref() {
                        table(&mut found, source, &section, None, entries);
                    }
                }
            }
            DeValue::Table(entries) => table(&mut found, source, key.get_ref(), None, entries),
            DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
                for (number, item) in items.iter().enumerate() {
                    if let DeValue::Table(entries) = item.get_ref() {
                        table(&mut found, source, key.get_ref(), Some(number), entries);
                    }
                }
            }
            _ => found.push(one(source, "", None, key, value)),
        }
    }
    found
}

fn table(found: &mut Vec<Written>, source: SourceId, section: &str, number: Option<usize>, entries: &DeTable) {
    found.extend(entries.iter().map(|(key, value)| one(source, section, number, key, value)));
}

fn one(
    source: SourceId,
    section: &str,
    number: Option<usize>,
    key: &toml::Spanned<std::borrow::Cow<'_, str>>,
    value: &Value,
) -> Written {
    let range = key.span();
    Written {
        section: section.to_owned(),
        number,
        key: bare(key.get_ref()),
        value: text(value.get_ref()),
        place: Span::new(source, range.start, range.end),
    }
}

/// A key, in quotes where it needs them.
pub fn bare(key: &str) -> String {
    let is_bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if is_bare { key.to_owned() } else { quoted(key) }
}

/// A text in quotes, on one line: as a key stands, which `toml` writes over several lines where the text has them.
pub(super) fn quoted(text: &str) -> String {
    if !text.contains(char::is_control) {
        return toml::Value::String(text.to_owned()).to_string();
    }
    let escaped = text.chars().map(|letter| match letter {
        '"' | '\\' => format!("\\{letter}"),
        control if control.is_control() => format!("\\u{:04X}", u32::from(control)),
        other => other.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// A value on one line.
fn text(value: &DeValue) -> String {
    match value {
        DeValue::String(text) => quoted(text),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(answer) => answer.to_string(),
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| self::text(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Table(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{} = {}", bare(key.get_ref()), self::text(value.get_ref()))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}
