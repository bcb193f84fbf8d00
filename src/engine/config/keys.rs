//! The keys of `backend-lint.toml`, from one table (`data/config_keys.toml`): what the reader accepts and what the JSON Schema says.

use serde::Deserialize;
use std::sync::OnceLock;

/// The name of the section that is the file itself.
pub(super) const FILE: &str = "file";

/// What may stand under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Type {
    Text,
    Texts,
    Written,
    Boolean,
    Day,
    Severity,
    Confidence,
    Gate,
    Levels,
    Links,
    Versions,
    Section,
    Sections,
    Named,
    Number,
    Word,
    Context,
    Kind,
    Tool,
    Dialect,
    Preset,
    #[serde(rename = "error-form")]
    ErrorForm,
    Paging,
    Casing,
    #[serde(rename = "version-place")]
    VersionPlace,
    #[serde(rename = "limit-headers")]
    LimitHeaders,
}

/// One key.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Key {
    /// The section that has it; [`FILE`] for the file itself.
    #[serde(rename = "in")]
    pub(super) section: String,
    /// Its name.
    pub(super) name: String,
    /// What may stand there.
    #[serde(rename = "type")]
    pub(super) kind: Type,
    /// Whether the section must have it.
    #[serde(default)]
    pub(super) required: bool,
    /// What it is for.
    pub(super) about: String,
}

#[derive(Deserialize, Default)]
struct Table {
    key: Vec<Key>,
}

/// Every key, in order of the table.
pub(super) fn all() -> &'static [Key] {
    static KEYS: OnceLock<Vec<Key>> = OnceLock::new();
    KEYS.get_or_init(|| toml::from_str::<Table>(include_str!("../../../data/config_keys.toml")).unwrap_or_default().key)
}

/// The keys of a section.
pub(super) fn of(section: &str) -> impl Iterator<Item = &'static Key> + use<'_> {
    all().iter().filter(move |key| key.section == section)
}

/// The names of a section's keys.
pub(super) fn names(section: &str) -> Vec<&'static str> {
    of(section).map(|key| key.name.as_str()).collect()
}
