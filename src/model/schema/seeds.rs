//! Files that fill tables, beside the schema that they fill.

use super::catalog::Database;
use super::names;
use crate::model::Workspace;
use crate::sql::{self, Change, DataVerb};
use std::collections::BTreeSet;

/// Seed files hold sample data too: of the tables that they fill, only those with so few columns are taken for lists of names.
const MOST_COLUMNS: usize = 2;

/// Notes which lists of `database` the seed files beside it fill. What cannot be read fills nothing.
pub(super) fn note(workspace: &mut Workspace, seeds: &[String], database: &mut Database) {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let mut beside: BTreeSet<String> = database.migrations.iter().map(|one| folder(&one.path)).collect();
    if database.tool.is_some() {
        beside.extend([database.source.clone(), folder(&database.source)]);
    }
    for path in seeds.iter().filter(|path| beside.contains(&folder(path))) {
        let Ok(source) = workspace.source(path) else { continue };
        let script = sql::read(source, &workspace.text(source), None, database.dialect);
        for op in script.statements.iter().flat_map(|statement| &statement.ops) {
            let Change::Data { verb: DataVerb::Insert, tables, copied, .. } = &op.change else { continue };
            let is_named = |name: &str| tables.iter().any(|table| names::same(database.dialect, &table.name, name));
            // What such files hold may be a sample; the list is not wholly known any more.
            for table in database.tables.iter_mut().filter(|table| is_named(&table.name.name)) {
                table.rows.get_or_insert_default().doubt();
            }
            let lists = database.tables.iter_mut().filter(|table| table.columns.len() <= MOST_COLUMNS);
            for table in lists.filter(|table| is_named(&table.name.name)) {
                table.seeded = true;
                table.copied |= copied;
            }
        }
    }
}
