//! The names that tables and views had before they were renamed or moved to another schema, and who still calls them so.

use super::{Audience, PendingStep};
use crate::model::schema::catalog::{Database, TableName};
use crate::source::Span;
use crate::sql::{Change, TableAction};

/// The name that a table or view had until a step gave it another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    /// The name that it had.
    pub name: TableName,
    /// The name that the step gave it.
    pub given: TableName,
    /// The step.
    pub span: Span,
    /// Whether the step belongs to a pending migration.
    pub pending: bool,
}

impl Database {
    /// Every name that a table or view had and lost by a rename, in the order of application. Another table may have it now.
    pub fn former_names(&self) -> Vec<FormerName> {
        let mut found = Vec::new();
        for migration in &self.migrations {
            for statement in &migration.statements {
                for step in &statement.ops {
                    let of = PendingStep { database: self, migration, statement, step };
                    let lost = of.names_taken().into_iter();
                    let (span, pending) = (step.op.span, migration.pending);
                    found.extend(lost.map(|(name, given)| FormerName { name, given, span, pending }));
                }
            }
        }
        found
    }
}

impl PendingStep<'_> {
    /// The old and the new name of each table and view that it renames or moves.
    fn names_taken(&self) -> Vec<(TableName, TableName)> {
        let of_table = |new: &dyn Fn(&TableName) -> TableName| {
            // Of migrations that nobody judges the statement is kept alone.
            let (Some(old), false) = (self.altered_table(), self.before().is_some_and(|before| before.temporary)) else {
                return Vec::new();
            };
            vec![(old.clone(), new(&old))]
        };
        match &self.step.op.change {
            Change::AlterTable { action: TableAction::RenameTable { to }, .. } => {
                of_table(&|old| TableName { schema: old.schema.clone(), name: to.value.as_str().into() })
            }
            Change::AlterTable { action: TableAction::SetSchema { to }, .. } => {
                of_table(&|old| TableName { schema: Some(to.into()), name: old.name.clone() })
            }
            Change::RenameView { from, to } => {
                let old = self.resolved(from);
                let new = TableName { schema: old.schema.clone(), name: to.value.as_str().into() };
                vec![(old, new)]
            }
            Change::RenameSchema { from, to } => {
                // Another schema of the new name cannot have been there: what is in it now was there or came later.
                let (start, number) = (self.step.op.span, self.number());
                let tables = self.database.tables.iter().filter(|table| {
                    table.migration < number || (table.span.source == start.source && table.span.start < start.start)
                });
                let held = tables.map(|table| &table.name).filter(|name| name.schema.as_deref() == Some(to.as_str()));
                held.map(|new| (TableName { schema: Some(from.into()), name: new.name.clone() }, new.clone())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The table of its `ALTER TABLE`.
    fn altered_table(&self) -> Option<TableName> {
        let Change::AlterTable { table, .. } = &self.step.op.change else { return None };
        Some(self.before().map_or_else(|| self.resolved(table), |before| before.name.clone()))
    }

    fn number(&self) -> usize {
        self.database.migrations.iter().position(|one| std::ptr::eq(one, self.migration)).unwrap_or_default()
    }

    /// The old and the new name of each table and view in use that it renames or moves, where nothing takes the old name in a
    /// pending migration.
    pub fn renamed_relations(&self) -> Vec<(TableName, TableName)> {
        match &self.step.op.change {
            Change::AlterTable { .. } => match self.audience() {
                Audience::Everybody => self.renamed_names().into_iter().collect(),
                Audience::Nobody | Audience::Deployment => Vec::new(),
            },
            Change::RenameView { .. } | Change::RenameSchema { .. } => {
                let in_use = |old: &TableName, new: &TableName| {
                    self.audience_of(old) == Audience::Everybody && self.is_name_free(old, new)
                };
                self.names_taken().into_iter().filter(|(old, new)| in_use(old, new)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The view in use that it renames: the old name and the new one, as SQL writes them.
    pub fn renamed_view(&self) -> Option<(String, String)> {
        let Change::RenameView { .. } = &self.step.op.change else { return None };
        self.renamed_relations().first().map(|(old, new)| (self.spoken(old), self.spoken(new)))
    }

    /// What the table or view that it renames is called in findings: `public.orders`.
    pub fn renamed_subject(&self) -> String {
        self.names_taken().first().map(|(old, _)| old.to_string()).unwrap_or_default()
    }

    /// The schema that it renames, and its new name, where the schema held a table that is in use.
    pub fn renamed_schema(&self) -> Option<(String, String)> {
        let Change::RenameSchema { from, to } = &self.step.op.change else { return None };
        (!self.renamed_relations().is_empty()).then(|| (self.sql_name(from), self.sql_name(to)))
    }

    /// Whether it renames a schema with all that is in it, or a view.
    pub fn renames_schema_or_view(&self) -> bool {
        matches!(self.step.op.change, Change::RenameSchema { .. } | Change::RenameView { .. })
    }

    /// Whether views hold on to what they read, whatever it is called from then on. MySQL keeps them as text.
    pub fn views_follow_renames(&self) -> bool {
        !self.is_mysql()
    }
}
