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
    /// The entries of `meta/_journal.json`.
    Journal,
    /// That of the tool's plan.
    Plan,
}

impl Order {
    /// The order in a few words, as evidence.
    pub fn words(self) -> &'static str {
        match self {
            Order::Integer => "by the number at the head of the name",
            Order::Dotted => "by the parts of the version as numbers",
            Order::Name => "by name",
            Order::Undashed => "by the version before the first `_`, dashes removed",
            Order::Journal => "by `meta/_journal.json`",
            Order::Plan => "by the plan",
        }
    }
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
    /// Files of any name, in the order of a plan.
    Plan,
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

impl Wrapping {
    fn parse(word: &str) -> Option<Wrapping> {
        match word {
            "wrapped" => Some(Wrapping::Wrapped),
            "implicit" => Some(Wrapping::Implicit),
            "unwrapped" => Some(Wrapping::Unwrapped),
            _ => None,
        }
    }
}

/// What names of a set must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Need {
    /// All begin with a digit, and some end in `.up.sql` or `.down.sql`.
    #[serde(rename = "pairs")]
    Pairs,
    /// None does.
    #[serde(rename = "no_pairs")]
    NoPairs,
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
    pub inside: Option<String>,
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
    #[serde(default)]
    pub dialects: Vec<String>,
    #[serde(default)]
    pub together: bool,
    pub off_line: Option<String>,
    pub off_head: Option<String>,
    pub off_start: Option<String>,
    pub off_option: Option<String>,
    #[serde(default)]
    pub reopens: bool,
    pub off_file: Option<String>,
    pub off_name: Option<String>,
    pub off_hint: Option<String>,
    #[serde(default)]
    pub markers: Vec<String>,
    #[serde(default)]
    pub sure_beside: Vec<String>,
    pub unsure_hint: Option<String>,
    #[serde(default)]
    pub takes_out: super::TakesOut,
    #[serde(default)]
    pub edited: super::Edited,
    #[serde(default)]
    pub late: super::Late,
    pub repeats: Option<String>,
}

impl Tool {
    /// What the tool does about transactions where the files are of this dialect, and why.
    pub fn convention(&self, dialect: Dialect) -> (Wrapping, &str) {
        let own = self.dialects.iter().find_map(|row| {
            let (_, rest) = row.split_once(": ").filter(|(name, _)| *name == dialect.name())?;
            let (wrapping, why) = rest.split_once(": ")?;
            Some((Wrapping::parse(wrapping)?, why))
        });
        own.unwrap_or((self.transaction, self.why.as_str()))
    }
}

#[derive(Debug, Default, Deserialize)]
struct NotRead {
    names: Vec<String>,
}

/// Words of code in Go that opens SQLite, without white space and in lower case.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SqliteInGo {
    /// Ids of the tools that are libraries of Go.
    pub tools: Vec<String>,
    /// Parts of all words below, as code writes them: a file without any says nothing.
    pub hints: Vec<String>,
    /// What foreign keys are called where they are turned on or off.
    pub foreign_keys: Vec<String>,
    /// The values that turn them on.
    pub on: Vec<String>,
    /// The values that turn them off.
    pub off: Vec<String>,
    /// Parts of conditions that hold for some connections alone; one on the driver or on a fault holds for all of SQLite.
    pub conditions: Vec<String>,
    /// Calls that open a database.
    pub opening: Vec<String>,
    /// What keeps the tool from opening a transaction.
    pub unwrapped: Vec<String>,
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
    /// What code in Go says of SQLite.
    pub sqlite_in_go: SqliteInGo,
    /// Images that are a database server, by product.
    pub server_images: BTreeMap<String, Vec<String>>,
    /// Folders of migrations that belong to every dialect beside them.
    pub shared_folders: Vec<String>,
    pub words: BTreeMap<String, Vec<String>>,
    pub signs: BTreeMap<String, Vec<String>>,
    /// What a dialect does not read, by its name.
    pub refused: BTreeMap<String, Vec<String>>,
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
        for row in table().tool.iter().flat_map(|tool| tool.dialects.iter().map(move |row| (tool, row))) {
            let dialect = row.1.split(": ").next().and_then(Dialect::parse);
            assert!(dialect.is_some_and(|dialect| row.0.convention(dialect).1 != row.0.why), "{row:?}");
        }
        for dialect in table().words.keys().chain(table().signs.keys()).chain(table().refused.keys()) {
            assert!(Dialect::parse(dialect).is_some(), "{dialect}");
        }
    }
}
