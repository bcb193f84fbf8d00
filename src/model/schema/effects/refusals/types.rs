//! What the server lets one do with types. The pairs are data: `data/postgres_type_uses.toml`.

use super::super::super::catalog::Column;
use super::super::super::replay::State;
use crate::sql::{ColumnType, DefaultKind, DefaultValue};
use serde::Deserialize;
use std::sync::OnceLock;

#[derive(Deserialize)]
struct Row {
    name: String,
    becomes: Vec<String>,
    referred_by: Vec<String>,
    unindexed: Vec<String>,
    #[serde(default)]
    varying_text: bool,
}

#[derive(Deserialize, Default)]
struct Uses {
    #[serde(rename = "type")]
    types: Vec<Row>,
}

fn row(name: &str) -> Option<&'static Row> {
    static USES: OnceLock<Uses> = OnceLock::new();
    let uses =
        USES.get_or_init(|| toml::from_str(include_str!("../../../../../data/postgres_type_uses.toml")).unwrap_or_default());
    uses.types.iter().find(|row| row.name == name)
}

/// A type as the server sees it, domains replaced by what they stand for; only what is known for certain is one.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A built-in type.
    Plain(&'static str),
    /// An array of one.
    Array(&'static str),
    /// An enum, by its name.
    Enum(String),
}

/// The kind of a written type; `None` where it is not known.
pub(super) fn kind(state: &State, of: &ColumnType) -> Option<Kind> {
    if let Some(domain) = state.domain_named(&of.name) {
        let base = domain.base.as_ref().filter(|_| !of.array)?;
        return row(&base.name).filter(|_| !base.array).map(|row| Kind::Plain(&row.name));
    }
    if let Some(found) = state.enum_named(&of.name) {
        return (!of.array).then(|| Kind::Enum(found.name.to_string()));
    }
    let row = row(&of.name)?;
    Some(if of.array { Kind::Array(&row.name) } else { Kind::Plain(&row.name) })
}

/// The kind of a column.
pub(super) fn of_column(state: &State, column: &Column) -> Option<Kind> {
    kind(state, column.column_type.known()?)
}

fn is_text(name: &str) -> bool {
    matches!(name, "text" | "character varying" | "character")
}

/// Whether a value of one type becomes one of another where nobody writes a cast.
pub(super) fn becomes(from: &Kind, to: &Kind) -> bool {
    let plain = |from: &str, to: &str| row(from).is_some_and(|row| row.becomes.iter().any(|one| one == to));
    match (from, to) {
        (Kind::Plain(from), Kind::Plain(to)) | (Kind::Array(from), Kind::Array(to)) => plain(from, to),
        (Kind::Enum(from), Kind::Enum(to)) => from == to,
        (Kind::Enum(_) | Kind::Array(_), Kind::Plain(to)) => is_text(to),
        (Kind::Plain(_) | Kind::Array(_), Kind::Enum(_)) | (Kind::Plain(_) | Kind::Enum(_), Kind::Array(_)) => false,
    }
}

/// Whether a column of one type may refer to a key of another; arrays of several types are taken to.
pub(super) fn refers(own: &Kind, key: &Kind) -> bool {
    match (own, key) {
        (Kind::Plain(own), Kind::Plain(key)) => row(key).is_some_and(|row| row.referred_by.iter().any(|one| one == own)),
        (Kind::Enum(own), Kind::Enum(key)) => own == key,
        (Kind::Array(_), Kind::Array(_)) => true,
        _ => false,
    }
}

/// Whether an index method takes the type without an operator class being named; of methods that are not known it is said.
pub(super) fn is_indexed(of: &Kind, method: &str) -> bool {
    match of {
        Kind::Plain(name) => !row(name).is_some_and(|row| row.unindexed.iter().any(|one| one == method)),
        Kind::Array(_) | Kind::Enum(_) => method != "brin",
    }
}

/// Whether the type's cast to text depends on the session.
pub(super) fn is_text_varying(of: &Kind) -> bool {
    match of {
        Kind::Plain(name) => row(name).is_some_and(|row| row.varying_text),
        Kind::Array(_) | Kind::Enum(_) => true,
    }
}

/// Whether the type can be that of an identity column.
pub(super) fn counts(of: &Kind) -> bool {
    matches!(of, Kind::Plain("smallint" | "integer" | "bigint"))
}

/// The type that a default has of itself; `None` where that is not known. A quoted text takes the type of its column.
pub(super) fn of_default(default: &DefaultValue, column: &Kind) -> Option<Kind> {
    let text = default.text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_decimal = text.split_once('.').is_some_and(|(a, b)| [a, b].iter().all(|one| one.bytes().all(|b| b.is_ascii_digit())));
    if is_number && text.len() < 10 {
        return Some(Kind::Plain("integer"));
    }
    if is_decimal && text.len() > 1 {
        return Some(Kind::Plain("numeric"));
    }
    if quoted(text).is_some() {
        return Some(column.clone());
    }
    if let Some(cast) = text.rsplit_once("::").and_then(|(_, cast)| row(cast.trim())) {
        return Some(Kind::Plain(&cast.name));
    }
    match text.to_ascii_lowercase().as_str() {
        "true" | "false" => Some(Kind::Plain("boolean")),
        "now()" | "current_timestamp" => Some(Kind::Plain("timestamp with time zone")),
        "current_date" => Some(Kind::Plain("date")),
        "gen_random_uuid()" => Some(Kind::Plain("uuid")),
        _ => None,
    }
    .filter(|_| default.kind != DefaultKind::Unknown)
}

/// The content of a plain quoted text; `None` for everything else.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    (!inner.contains(['\'', '\\'])).then_some(inner)
}

/// Whether a quoted text cannot be a value of the type.
pub(super) fn is_no_value(state: &State, text: &str, of: &Kind) -> bool {
    match of {
        Kind::Plain("uuid") => text.bytes().filter(u8::is_ascii_hexdigit).count() != 32,
        Kind::Array(_) => !text.trim_start().starts_with(['{', '[']),
        Kind::Enum(name) => {
            let found = state.enums.values().find(|one| one.name.to_string() == *name);
            found.is_some_and(|one| one.complete && !one.labels.iter().any(|label| label.value == text))
        }
        // One digit is no time of any kind.
        Kind::Plain(name) if name.starts_with("time") || *name == "date" || *name == "inet" => {
            text.trim().is_empty() || (text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_digit()))
        }
        Kind::Plain(_) => false,
    }
}
