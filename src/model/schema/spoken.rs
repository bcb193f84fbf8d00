//! What an object-relational mapper calls tables and columns, where a schema file in its language says other names than those of the
//! database: the application, and with it the API, speaks of a `LineItem` whose rows stand in `order_positions`.

use super::catalog::Database;
use super::{ColumnRef, Schema};
use crate::files;
use crate::source::Name;
use std::sync::Arc;

/// A table that is called otherwise in the application.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spoken {
    /// The table, without its schema.
    pub table: Name,
    /// What the application calls one row: the table's own name where it calls it so.
    pub model: Name,
    /// The columns that are called otherwise, each with the name of its field, by column.
    pub fields: Vec<(Name, Name)>,
}

/// For each database the number of the one whose names hold for it: itself, or for the database that the migrations of the same tool
/// make the schema file above its folder, else the only one.
pub(super) fn sources(databases: &[Arc<Database>]) -> Vec<usize> {
    let numbered = || databases.iter().enumerate();
    let stated: Vec<(usize, &str)> =
        numbered().filter(|(_, one)| !one.spoken.is_empty()).map(|(at, one)| (at, folder(&one.source))).collect();
    let is_silent = |database: &Database| database.spoken.is_empty() && database.tool.as_deref() == Some("prisma");
    let alone = databases.iter().filter(|one| is_silent(one)).count() == 1;
    let source = |(at, database): (usize, &Arc<Database>)| match stated.as_slice() {
        _ if !is_silent(database) => at,
        [(only, _)] if alone => *only,
        all => all.iter().find(|(_, folder)| files::is_within(folder, &database.source)).map_or(at, |(stated, _)| *stated),
    };
    numbered().map(source).collect()
}

/// The folder of a schema file, or the folder that it is.
fn folder(source: &str) -> &str {
    match source.ends_with(".prisma") {
        true => source.rsplit_once('/').map_or("", |(folder, _)| folder),
        false => source,
    }
}

impl Schema {
    /// What the application calls a table of a database and its columns, where that is known to differ.
    pub(super) fn spoken(&self, database: usize, table: &Name) -> Option<&Spoken> {
        let all = &self.databases.get(*self.spoken_by.get(database)?)?.spoken;
        let at = all.binary_search_by(|one| one.table.cmp(table)).ok()?;
        all.get(at)
    }
}

impl<'m> ColumnRef<'m> {
    /// What the application calls it, where that is known to differ.
    pub fn field_name(&self) -> Option<&'m Name> {
        let fields = &self.table().spoken()?.fields;
        fields.iter().find(|(column, _)| *column == self.name).map(|(_, field)| field)
    }
}
