//! Statements that ask for what is there already, or not any more.

use super::PendingStep;
use crate::sql::TableAction;

impl PendingStep<'_> {
    /// Whether it drops a column that is not there, and says that it may be so: nothing happens then.
    pub fn drops_what_is_not_there(&self) -> bool {
        let guarded = matches!(self.action(), Some(TableAction::DropColumn { if_exists: true, .. }));
        guarded && self.before().is_some_and(|before| before.columns_known && before.column.is_none())
    }
}
