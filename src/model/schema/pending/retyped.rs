//! Steps that change a column, and that column as it is after all migrations.

use super::PendingStep;
use crate::model::schema::ColumnRef;
use crate::sql::{ColumnType, TableAction};

impl<'m> PendingStep<'m> {
    /// The type that it gives a column.
    fn given_type(&self) -> Option<&'m ColumnType> {
        match self.action()? {
            TableAction::AlterType { column_type, .. } => column_type.as_ref().map(|one| &one.value),
            _ => None,
        }
    }

    /// Whether the column of this name that it changes is this one.
    fn is_about(&self, name: &str, column: ColumnRef) -> bool {
        let table = column.table();
        std::ptr::eq(self.database, table.database())
            && name == column.name
            && self.before().is_some_and(|before| before.name == table.table().name)
    }

    /// Whether it gave a column the type that it has after all migrations.
    pub fn retypes(&self, column: ColumnRef) -> bool {
        let given = self.given_type();
        let is_it = self.retyped_column().is_some_and(|(name, _)| self.is_about(name, column));
        is_it && given.is_some() && given == column.known_type()
    }

    /// Whether it let a column be NULL that may be so after all migrations.
    pub fn relaxes(&self, column: ColumnRef) -> bool {
        let is_it = self.relaxed_column().is_some_and(|name| self.is_about(name, column));
        is_it && column.nullable.known() == Some(&true)
    }
}
