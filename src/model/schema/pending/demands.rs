//! Columns that rows must have from now on, and the rows that are there.

use super::{PendingStep, TableOrigin};

impl PendingStep<'_> {
    /// Whether it adds a column that must have a value, gives none, and may meet rows: a table that the same migration creates is
    /// empty, unless a migration puts rows into it.
    pub fn meets_rows_without_value(&self) -> bool {
        let lacks = self.added_column().is_some_and(|column| column.is_required() && !column.is_filled());
        let may_hold_rows = || {
            self.before()
                .is_some_and(|before| !before.temporary && (before.seeded || before.origin != TableOrigin::SameMigration))
        };
        lacks && !self.is_there_already() && may_hold_rows() && !self.is_emptied()
    }

    /// Whether such a column makes the migration itself fail. MySQL makes a value up, and only for dates strict mode does not.
    pub fn fails_on_rows_without_value(&self) -> bool {
        self.meets_rows_without_value() && !self.is_mysql()
    }
}
