//! Whether rows that are there may repeat what a new unique index wants once.

use super::PendingStep;
use crate::model::schema::catalog::{Index, Table};
use crate::source::Name;
use crate::sql::{Change, DataVerb, IndexDef, TableAction};

impl<'m> PendingStep<'m> {
    /// The unique index that it builds where the rows that are there may collide. `None` where it builds none, where a build that
    /// fails harms nobody (`CONCURRENTLY`), and where something says that they do not: another unique index, columns that
    /// are new and empty, rows that the same migration puts right, an index that is replaced.
    pub fn index_that_rows_may_break(&self) -> Option<&'m IndexDef> {
        let index = self.new_index().filter(|index| index.unique && index.concurrently.is_none() && self.is_felt())?;
        let table = self.before().and_then(|before| self.database.table_named(&before.name));
        let is_settled =
            table.is_some_and(|table| self.follows_from_another(index, table) || self.is_over_new_column(index, table));
        (!is_settled && !self.migration_prepares()).then_some(index)
    }

    /// Whether an older unique index over some of its columns keeps the rows apart.
    fn follows_from_another(&self, index: &IndexDef, table: &Table) -> bool {
        let own = table.indexes.iter().position(|one| one.span == index.span).unwrap_or(table.indexes.len());
        let older = table.indexes.iter().take(own);
        let within = |other: &Index| {
            other.keys.iter().all(|key| key.column.is_some() && index.keys.iter().any(|mine| mine.column == key.column))
        };
        let keeps_apart = |other: &Index| other.unique && other.predicate.is_none() && !other.keys.is_empty();
        older.into_iter().any(|other| keeps_apart(other) && within(other))
    }

    /// Whether one of its columns comes with this deployment and holds NULL everywhere, which never collides.
    fn is_over_new_column(&self, index: &IndexDef, table: &Table) -> bool {
        let is_new = |name: &Name| {
            let column = table.column_named(name);
            column.is_some_and(|column| {
                let mut pending = self.database.migrations.iter().filter(|one| one.pending);
                let is_empty = column.default.known_absent() && column.nullable.known() == Some(&true);
                is_empty && pending.any(|one| one.source == column.span.source)
            })
        };
        !index.nulls_not_distinct && index.keys.iter().filter_map(|key| key.column.as_ref()).any(is_new)
    }

    /// Whether the migration takes rows or an index away from the table before.
    fn migration_prepares(&self) -> bool {
        let Some(before) = self.before() else { return false };
        let earlier = self.migration.statements.iter().take_while(|one| one.span.start < self.statement.span.start);
        let here = earlier.flat_map(|one| &one.ops);
        here.filter(|step| step.table.as_ref().is_some_and(|table| table.name == before.name)).any(|step| match &step.op.change {
            Change::Data { verb, .. } => *verb != DataVerb::Insert,
            Change::DropIndex { .. } => true,
            Change::AlterTable { action, .. } => matches!(action, TableAction::DropConstraint { .. }),
            _ => false,
        })
    }
}
