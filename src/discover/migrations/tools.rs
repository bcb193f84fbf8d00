//! The conventions of migration tools, read once from `data/migration_tools.toml`.

use crate::sql::Dialect;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// How the files of a set are put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Order {
    /// Leading digits as a number.
    #[default]
    Integer,
    /// Parts of the version as numbers.
    Dotted,
    /// The whole name as text.
    Name,
    /// The text before the first `_`, dashes removed.
    Undashed,
}

/// Whether a migration is a file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Layout {
    /// One file, or an up/down pair, a migration.
    #[default]
    File,
    /// One folder a migration.
    Folder,
}

/// What a tool does by itself about transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Wrapping {
    /// One transaction a migration.
    Wrapped,
    /// The file is one message.
    Implicit,
    /// None.
    Unwrapped,
}

/// What names of a set must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Need {
    /// Some end in `.up.sql` or `.down.sql`.
    #[serde(rename = "pairs")]
    Pairs,
    /// Some carry a dialect or `.autocommit`.
    #[serde(rename = "dialect_names")]
    DialectNames,
}

/// One row of the table; the file says what each column means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tool {
    pub id: String,
    #[serde(default)]
    pub layout: Layout,
    #[serde(default)]
    pub order: Order,
    #[serde(default)]
    pub signs: Vec<String>,
    #[serde(default)]
    pub beside: Vec<String>,
    #[serde(default)]
    pub manifest: Vec<String>,
    pub folder_ends: Option<String>,
    pub prefix: Option<String>,
    #[serde(default)]
    pub needs: Vec<Need>,
    pub up: Option<String>,
    pub down: Option<String>,
    pub transaction: Wrapping,
    pub why: String,
    pub off_line: Option<String>,
    pub off_start: Option<String>,
    pub off_option: Option<String>,
    pub off_file: Option<String>,
    pub off_name: Option<String>,
    pub off_hint: Option<String>,
    #[serde(default)]
    pub sure_beside: Vec<String>,
    pub unsure_hint: Option<String>,
    #[serde(default)]
    pub takes_out: super::TakesOut,
    #[serde(default)]
    pub edited: super::Edited,
    #[serde(default)]
    pub late: super::Late,
}

#[derive(Debug, Default, Deserialize)]
struct NotRead {
    names: Vec<String>,
}

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub tool: Vec<Tool>,
    names: BTreeMap<String, String>,
    not_read: NotRead,
    /// Words of file names that state a schema.
    pub states: Vec<String>,
    /// Beginnings of names of files that fill tables.
    pub seeds: Vec<String>,
    /// Folders whose numbered files state a schema in parts, or fill it.
    pub state_folders: Vec<String>,
    pub words: BTreeMap<String, Vec<String>>,
    pub signs: BTreeMap<String, Vec<String>>,
}

/// A dialect and its relative, where the name says one.
pub(super) type Named = (Dialect, Option<String>);

impl Table {
    /// The dialect that a part of a name stands for.
    pub fn dialect(&self, word: &str) -> Option<Named> {
        let said = self.names.get(&word.to_ascii_lowercase())?;
        let (dialect, relative) = said.split_once(' ').map_or((said.as_str(), None), |(a, b)| (a, Some(b.to_owned())));
        Some((Dialect::parse(dialect)?, relative))
    }

    /// Whether a name stands for a dialect that is not read.
    pub fn is_not_read(&self, word: &str) -> bool {
        self.not_read.names.iter().any(|name| name.eq_ignore_ascii_case(word))
    }
}

/// The table; a test holds that it can be read.
pub(super) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(include_str!("../../../data/migration_tools.toml")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        let read: Result<Table, _> = toml::from_str(include_str!("../../../data/migration_tools.toml"));
        assert!(read.as_ref().is_ok_and(|table| table.tool.len() >= 12), "{:?}", read.err());
        assert_eq!(table().dialect("CockroachDB"), Some((Dialect::Postgres, Some("cockroachdb".into()))));
        for dialect in table().words.keys().chain(table().signs.keys()) {
            assert!(Dialect::parse(dialect).is_some(), "{dialect}");
        }
    }
}
