//! What a pending migration takes away and makes again.

use super::PendingStep;
use crate::model::schema::history::Step;
use crate::sql::{Change, ColumnDef, TableAction};

impl<'m> PendingStep<'m> {
    /// Whether the same migration gives the name of a column that this step drops to another column of the table: the usual way to
    /// change what is in it where a column cannot be changed in place.
    pub fn is_replaced_under_its_name(&self, name: &str) -> bool {
        self.later_on_table().any(|step| match &step.op.change {
            Change::AlterTable { action: TableAction::RenameColumn { to, .. }, .. } => to.value == name,
            _ => false,
        })
    }

    /// The column of this name that the same migration adds to the table after this step.
    pub fn column_made_again(&self, name: &str) -> Option<&'m ColumnDef> {
        self.later_on_table().find_map(|step| match &step.op.change {
            Change::AlterTable { action: TableAction::AddColumn { column, .. }, .. } if column.name.value == name => {
                Some(&**column)
            }
            _ => None,
        })
    }

    /// The later steps of the same migration on the table of this one.
    fn later_on_table(&self) -> impl Iterator<Item = &'m Step> + use<'m> {
        let (table, here) = (self.before().map(|before| &before.name), self.step.op.span.start);
        let all = self.migration.statements.iter().flat_map(|one| &one.ops).filter(move |step| step.op.span.start > here);
        all.filter(move |step| step.table.as_ref().is_some_and(|before| Some(&before.name) == table))
    }
}
