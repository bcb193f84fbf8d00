//! Uniqueness that a pending step demands of rows that are there already.

use super::PendingStep;
use crate::model::schema::catalog::Index;
use crate::model::schema::history::Step;
use crate::sql::{Change, ConstraintKind, DataVerb, TableAction};

/// Uniqueness over columns of a table that is there.
#[derive(Debug, Clone)]
pub struct NewUniqueness<'m> {
    /// The name of the index or constraint, where it is written.
    pub name: Option<&'m str>,
    /// Its columns in order; an expression stands as it is written.
    pub columns: Vec<&'m str>,
}

impl<'m> PendingStep<'m> {
    /// The uniqueness that it demands, by an index or a constraint.
    pub fn new_uniqueness(&self) -> Option<NewUniqueness<'m>> {
        match &self.step.op.change {
            Change::CreateIndex(index) if index.unique => Some(NewUniqueness {
                name: index.name.as_ref().map(|name| name.value.as_str()),
                columns: index.keys.iter().map(|key| key.text()).collect(),
            }),
            Change::AlterTable { action: TableAction::AddConstraint(def), .. } => match &def.kind {
                ConstraintKind::Unique { columns, using_index: None, .. } => Some(NewUniqueness {
                    name: def.name.as_ref().map(|name| name.value.as_str()),
                    columns: columns.iter().map(|column| column.value.as_str()).collect(),
                }),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether no two rows can collide, or the migration has seen to it: a column is as new as the migration, rows were
    /// changed or taken away before, or the same or fewer columns were unique already.
    pub fn is_met_already(&self, new: &NewUniqueness) -> bool {
        let Some(before) = self.before() else { return false };
        let earlier = self.migration.statements.iter().flat_map(|one| &one.ops).take_while(|one| !std::ptr::eq(*one, self.step));
        let mut own = earlier.filter(|step| step.table.as_ref().is_some_and(|table| table.name == before.name));
        let prepares = |step: &Step| match &step.op.change {
            Change::Data { verb, .. } => *verb != DataVerb::Insert,
            Change::AlterTable { action: TableAction::AddColumn { column, .. }, .. } => {
                new.columns.contains(&column.name.value.as_str())
            }
            // Where a stronger promise goes, the weaker one holds.
            Change::AlterTable { action: TableAction::DropConstraint { .. }, .. } | Change::DropIndex { .. } => true,
            _ => false,
        };
        own.any(prepares)
            || self.database.tables.iter().filter(|table| table.name == before.name).any(|table| {
                let covers = |index: &Index| {
                    let is_older = index.span.source != self.migration.source && index.unique && index.predicate.is_none();
                    is_older && index.columns().is_some_and(|columns| columns.iter().all(|column| new.columns.contains(column)))
                };
                table.indexes.iter().any(covers)
            })
    }
}
