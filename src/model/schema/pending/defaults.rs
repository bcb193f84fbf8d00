//! Defaults that pending migrations take away.

use super::PendingStep;
use crate::model::schema::Column;
use crate::sql::{Change, TableAction};

impl<'m> PendingStep<'m> {
    /// The column whose default it drops, as it is after all migrations, where it had one, demands a value, and nothing gives
    /// it one in the end: what inserts a row without naming the column fails.
    pub fn left_without_default(&self) -> Option<&'m Column> {
        let name = self.dropped_default()?;
        self.column()?.default.known()?;
        let before = self.before()?;
        let table = self.database.table_named(&before.name)?;
        let column = table.column_named(name)?;
        let demands = column.nullable.known() == Some(&false) && !column.auto_increment && column.generated.is_none();
        (demands && column.default.known_absent()).then_some(column)
    }

    /// The column whose default it drops.
    pub fn dropped_default(&self) -> Option<&'m str> {
        match &self.step.op.change {
            Change::AlterTable { action: TableAction::DropDefault { column }, .. } => Some(&column.value),
            _ => None,
        }
    }
}
