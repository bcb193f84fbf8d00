//! The SQL that mends what a rule finds, ready to be typed.

use super::catalog::{Backing, Database};
use super::view::{ForeignKeyRef, IndexRef, TableRef};
use crate::discover::migrations::without_transaction;
use crate::sql::Dialect;

/// Reserved words that are likely names of tables and columns.
const RESERVED: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "both",
    "by",
    "case",
    "cast",
    "check",
    "column",
    "constraint",
    "create",
    "default",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "index",
    "interval",
    "into",
    "is",
    "key",
    "keys",
    "left",
    "like",
    "limit",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "primary",
    "range",
    "rank",
    "references",
    "right",
    "row",
    "rows",
    "schema",
    "select",
    "some",
    "table",
    "then",
    "to",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
];

/// A name as SQL writes it in a dialect: in quotes where it needs them.
pub fn quoted(dialect: Dialect, name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    match dialect {
        _ if plain && !RESERVED.contains(&name) => name.to_owned(),
        Dialect::MySql => format!("`{}`", name.replace('`', "``")),
        Dialect::SqlServer => format!("[{}]", name.replace(']', "]]")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

impl Database {
    /// Whether indexes can and should be made without blocking writers.
    fn is_live_postgres(&self) -> bool {
        self.dialect == Dialect::Postgres && self.variant.is_none() && self.tool.is_some()
    }

    /// A statement in its place: in a new migration, or in the schema file that states everything.
    fn place(&self, statement: &str, concurrent: bool) -> String {
        match &self.tool {
            Some(tool) => match without_transaction(tool).filter(|_| concurrent) {
                Some(hint) => format!("in a new migration, with {hint}:\n{statement}"),
                None => format!("in a new migration: {statement}"),
            },
            None => format!("in `{}`: {statement}", self.source),
        }
    }
}

impl TableRef<'_> {
    /// Its name as SQL writes it.
    pub fn sql_name(&self) -> String {
        let quoted = |name: &str| quoted(self.dialect(), name);
        match self.name.schema.as_deref() {
            Some("public") | None => quoted(&self.name.name),
            Some(schema) => format!("{}.{}", quoted(schema), quoted(&self.name.name)),
        }
    }
}

impl ForeignKeyRef<'_> {
    /// The statement that makes the missing index, and where to write it.
    pub fn create_index_help(&self) -> String {
        let table = self.table();
        let dialect = table.dialect();
        let concurrent = table.database().is_live_postgres();
        let columns: Vec<String> = self.columns.iter().map(|column| quoted(dialect, column)).collect();
        let mut name = format!("{}_{}_idx", table.name.name, self.columns.join("_"));
        if name.len() > 63 {
            name = super::names::choose(&table.name.name, Some(&self.columns.join("_")), "idx", 0, |_| false);
        }
        let word = if concurrent { "CONCURRENTLY " } else { "" };
        let statement =
            format!("CREATE INDEX {word}{} ON {} ({});", quoted(dialect, &name), table.sql_name(), columns.join(", "));
        table.database().place(&statement, concurrent)
    }
}

impl IndexRef<'_> {
    /// The statement that drops it, and where to write it.
    pub fn drop_help(&self) -> String {
        let table = self.table();
        let dialect = table.dialect();
        let Some(name) = self.name.as_deref() else { return "remove it where it is written".into() };
        if table.database().tool.is_none() {
            return format!("remove `{name}` from `{}`", table.database().source);
        }
        let concurrent = table.database().is_live_postgres() && self.backs.is_none();
        let statement = match (self.backs, dialect) {
            (Some(Backing::Unique), Dialect::Postgres) => {
                format!("ALTER TABLE {} DROP CONSTRAINT {};", table.sql_name(), quoted(dialect, name))
            }
            (_, Dialect::MySql) => format!("DROP INDEX {} ON {};", quoted(dialect, name), table.sql_name()),
            _ => {
                let schema = match table.name.schema.as_deref() {
                    Some("public") | None => String::new(),
                    Some(schema) => format!("{}.", quoted(dialect, schema)),
                };
                let word = if concurrent { "CONCURRENTLY " } else { "" };
                format!("DROP INDEX {word}{schema}{};", quoted(dialect, name))
            }
        };
        table.database().place(&statement, concurrent)
    }
}
