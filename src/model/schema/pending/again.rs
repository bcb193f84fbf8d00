//! What a pending migration takes away and makes again.

use super::PendingStep;
use crate::sql::{Change, ColumnDef, TableAction};

impl<'m> PendingStep<'m> {
    /// The column of this name that the same migration adds to the table after this step.
    pub fn column_made_again(&self, name: &str) -> Option<&'m ColumnDef> {
        let table = &self.before()?.name;
        let all = self.migration.statements.iter().flat_map(|one| &one.ops);
        let here = all.filter(|step| step.table.as_ref().is_some_and(|before| before.name == *table));
        let later = here.filter(|step| step.op.span.start > self.step.op.span.start);
        later.rev().find_map(|step| match &step.op.change {
            Change::AlterTable { action: TableAction::AddColumn { column, .. }, .. } if column.name.value == name => {
                Some(&**column)
            }
            _ => None,
        })
    }
}
