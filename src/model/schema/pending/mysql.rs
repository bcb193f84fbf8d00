//! What pending migrations cost a live MySQL: tables that are copied, indexes that block writers, statements that commit.
//!
//! By the tables of online DDL in the MySQL 8.0 manual (17.12); not measured on a server here.

use super::super::catalog::Table;
use super::PendingStep;
use super::rerun::Guards;
use crate::model::schema::MigrationRef;
use crate::source::{Sources, Span};
use crate::sql::{Change, ColumnDef, ColumnType, ConstraintKind, DefaultKind, TableAction, tokens};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

#[derive(Deserialize, Default)]
struct Charsets {
    bytes: BTreeMap<String, u64>,
}

/// Bytes of one character of a character set, or of the set that a collation belongs to (`utf8mb4_unicode_ci`).
fn bytes_of(charset: &str) -> Option<u64> {
    static TABLE: OnceLock<Charsets> = OnceLock::new();
    let table = TABLE.get_or_init(|| toml::from_str(include_str!("../../../../data/mysql_charsets.toml")).unwrap_or_default());
    let word = charset.trim_matches(['\'', '"', '`']).to_ascii_lowercase();
    let set = word.split('_').next().unwrap_or("");
    table.bytes.get(set).copied()
}

/// Bytes of one character by the words of a statement: `CHARSET = utf8mb4`, `CHARACTER SET latin1`, `COLLATE utf8mb4_bin`.
fn bytes_in(words: &[&str]) -> Option<u64> {
    let is = |at: usize, wanted: &str| words.get(at).is_some_and(|word| word.eq_ignore_ascii_case(wanted));
    (0..words.len()).find_map(|at| {
        let after = match () {
            () if is(at, "charset") || is(at, "collate") => at + 1,
            () if is(at, "character") && is(at + 1, "set") => at + 2,
            () => return None,
        };
        let after = if is(after, "=") { after + 1 } else { after };
        bytes_of(words.get(after)?)
    })
}

/// Why MySQL copies a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCopy {
    /// In one line.
    pub why: String,
    /// Whether a fact that decides about it is assumed: the character set of the table.
    pub assumed: bool,
}

impl<'m> MigrationRef<'m> {
    /// Its statements that MySQL commits one by one, each with its first step, where there are several and one that is not the
    /// last fails the second time. The first migration of all starts from nothing and can start so again.
    pub fn committed_one_by_one(&self) -> Vec<PendingStep<'m>> {
        let (database, migration) = (self.database(), self.migration());
        let is_first = database.migrations.first().is_some_and(|first| first.source == migration.source);
        let mut commits: Vec<PendingStep> = Vec::new();
        for statement in migration.statements.iter().filter(|_| !is_first) {
            let is_definition = |change: &Change| {
                !matches!(
                    change,
                    Change::Data { .. } | Change::Setting { .. } | Change::Begin | Change::Commit | Change::Rollback
                )
            };
            let step = statement.ops.iter().find(|step| is_definition(&step.op.change));
            commits.extend(step.map(|step| PendingStep { database, migration, statement, step }));
        }
        let mut guards = Guards::default();
        let mut fails = false;
        for step in commits.iter().take(commits.len().saturating_sub(1)) {
            fails |= step.fails_again(&guards);
            guards.note(step);
        }
        if fails { commits } else { Vec::new() }
    }
}

impl<'m> PendingStep<'m> {
    /// Whether its statement says which algorithm or which lock it may use.
    pub fn says_algorithm(&self, sources: &Sources) -> bool {
        let words = tokens(sources.text(self.statement.span), self.dialect());
        words.iter().any(|word| word.eq_ignore_ascii_case("algorithm") || word.eq_ignore_ascii_case("lock"))
    }

    /// The kind of an index that MySQL builds while writers wait: `FULLTEXT`, `SPATIAL`.
    pub fn blocking_index(&self) -> Option<&'static str> {
        match self.new_index()?.method.as_str() {
            "fulltext" => Some("FULLTEXT"),
            "spatial" => Some("SPATIAL"),
            _ => None,
        }
    }

    /// Whether it alters its table, or makes an index on it.
    pub fn alters_table(&self) -> bool {
        matches!(self.step.op.change, Change::AlterTable { .. } | Change::CreateIndex(_))
    }

    /// What MySQL writes into the rows that are there for a new column without a default; `None` where there is no such value and
    /// the server refuses, as strict mode does for dates, or where the type is not known.
    pub fn made_up_value(&self, column: &ColumnDef) -> Option<String> {
        let known = &column.column_type.as_ref()?.value;
        let word = known.name.split(' ').next().unwrap_or("");
        match word {
            "enum" => known.arguments.first().map(|label| format!("'{label}'")),
            "decimal" | "float" | "double" | "bit" | "year" | "boolean" | "bool" => Some("0".into()),
            _ if word.ends_with("int") => Some("0".into()),
            "set" => Some("''".into()),
            _ if ["char", "text", "blob", "binary"].iter().any(|ending| word.ends_with(ending)) => Some("''".into()),
            _ => None,
        }
    }

    /// Whether a column is a date or a time of day on a date, for which strict mode (the default since MySQL 5.7) makes no value up.
    pub fn is_dated(&self, column: &ColumnDef) -> bool {
        let name = column.column_type.as_ref().map_or("", |known| known.value.name.as_str());
        ["date", "datetime", "timestamp"].iter().any(|word| name.split(' ').next() == Some(*word))
    }

    /// Why MySQL copies the table for this step while writers wait; `None` where it does not, or where that is not known.
    pub fn copies_table(&self, sources: &Sources) -> Option<TableCopy> {
        let sure = |why: &str| Some(TableCopy { why: why.to_owned(), assumed: false });
        let is_mariadb = self.database.variant.is_some();
        match self.action()? {
            TableAction::AlterType { column_type: Some(to), .. } => self.type_copies(&to.value, sources),
            TableAction::Other { words } if words == "CONVERT TO" => sure("every text is converted to the other character set"),
            TableAction::Other { words } if words == "PARTITION BY" || words == "REMOVE PARTITIONING" => {
                sure("every row moves to another partition")
            }
            TableAction::DropConstraint { name, .. } if name.value == "PRIMARY" && !self.statement_adds_key() => {
                sure("the rows are stored in the order of the primary key that goes")
            }
            TableAction::AddConstraint(def) => match def.kind {
                ConstraintKind::ForeignKey { .. } if !self.follows_unchecked_keys() => {
                    sure("every row is checked against the other table, since `foreign_key_checks` is on")
                }
                ConstraintKind::Check { .. } if !is_mariadb => sure("every row is checked"),
                _ => None,
            },
            TableAction::AddColumn { column, .. } => column_copies(column).and_then(sure),
            _ => None,
        }
    }

    /// Whether the statement gives the table a primary key too: then the old order is replaced in place.
    fn statement_adds_key(&self) -> bool {
        self.statement.ops.iter().any(|step| match &step.op.change {
            Change::AlterTable { action: TableAction::AddConstraint(def), .. } => {
                matches!(def.kind, ConstraintKind::PrimaryKey { .. })
            }
            Change::AlterTable { action: TableAction::AddColumn { column, .. }, .. } => column.is_required(),
            _ => false,
        })
    }

    /// Whether the migration has turned the checks of foreign keys off before this step.
    fn follows_unchecked_keys(&self) -> bool {
        let earlier = self.migration.statements.iter().take_while(|one| one.span.start < self.statement.span.start);
        let mut off = false;
        for step in earlier.flat_map(|one| &one.ops) {
            if let Change::Setting { name, value, .. } = &step.op.change
                && name == "foreign_key_checks"
            {
                off = matches!(value.to_ascii_lowercase().as_str(), "0" | "off" | "false");
            }
        }
        off
    }

    fn held(&self) -> Option<&'m Table> {
        let name = &self.before()?.name;
        self.database.table_named(name)
    }

    fn type_copies(&self, to: &ColumnType, sources: &Sources) -> Option<TableCopy> {
        let column = self.column()?;
        let from: &ColumnType = column.column_type.known()?;
        let sure = |why: String| Some(TableCopy { why, assumed: false });
        let new_words = tokens(sources.text(self.step.op.span), self.dialect());
        let pair = || format!("`{}` to `{}`", from.display(), to.display());
        if from == to || (is_integer(from) && from.name == to.name) {
            return None;
        }
        if from.name == to.name && matches!(from.name.as_str(), "enum" | "set") {
            return list_copies(from, to).and_then(|why| sure(why.to_owned()));
        }
        let (Some(old), Some(new)) = (from.length(), to.length()) else {
            return sure(format!("{} converts every value", pair()));
        };
        if from.name != to.name || !from.name.starts_with("varchar") {
            return sure(format!("{} converts every value", pair()));
        }
        if new < old {
            return sure(format!("{} shortens the column", pair()));
        }
        let crosses = |bytes: u64| old * bytes <= 255 && new * bytes > 255;
        let written = |span: Span| bytes_in(&tokens(sources.text(span), self.dialect()));
        let known =
            bytes_in(&new_words).or_else(|| written(column.span)).or_else(|| self.held().and_then(|held| written(held.span)));
        let why = format!("{} needs a second byte for the length", pair());
        match known {
            Some(bytes) => crosses(bytes).then_some(TableCopy { why, assumed: false }),
            None => crosses(4).then_some(TableCopy { why, assumed: true }),
        }
    }
}

/// Whether only the width that clients print differs, which no row holds.
fn is_integer(known: &ColumnType) -> bool {
    known.name.split(' ').next().is_some_and(|word| word.ends_with("int"))
}

/// Why another list of labels changes what the rows hold; `None` where the new ones stand at the end.
fn list_copies(from: &ColumnType, to: &ColumnType) -> Option<&'static str> {
    let limits: &[usize] = if from.name == "set" { &[8, 16, 24, 32, 64] } else { &[255] };
    let (old, new) = (from.arguments.len(), to.arguments.len());
    if !to.arguments.starts_with(&from.arguments) {
        return Some("the rows hold the numbers of the labels, and these change");
    }
    let grows = limits.iter().any(|limit| old <= *limit && new > *limit);
    grows.then_some("so many labels need another byte in every row")
}

/// Why a new column is written into every row.
fn column_copies(column: &ColumnDef) -> Option<&'static str> {
    if column.generated == Some(true) {
        return Some("the value of every row is computed and stored");
    }
    let default = column.default.as_ref()?;
    let computed = default.text.trim_start().starts_with('(') && default.kind != DefaultKind::Constant;
    computed.then_some("the default is an expression, which is computed for every row")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_set_is_read_from_its_name_or_its_collation() {
        assert_eq!(bytes_in(&["CHARSET", "=", "utf8mb4"]), Some(4));
        assert_eq!(bytes_in(&["DEFAULT", "CHARACTER", "SET", "latin1"]), Some(1));
        assert_eq!(bytes_in(&["COLLATE", "utf8mb3_bin"]), Some(3));
        assert_eq!(bytes_in(&["ENGINE", "=", "InnoDB"]), None);
    }
}
