//! Whether a table tells what happened to its rows: when they were made or changed, or by whom.

use super::TableRef;
use crate::model::words;

/// Fewer columns than this besides keys are the lines of another table's rows, or join two tables.
const LEAST_OWN: usize = 2;

impl TableRef<'_> {
    /// Whether a column says when a row was made or changed, or by whom. `None` for tables whose columns are not all known, which the
    /// repository fills itself, which tools keep for themselves, and which join others.
    pub fn tells_when_rows_change(&self) -> Option<bool> {
        let known = self.columns_complete() && !self.is_derived() && !self.external && !self.temporary;
        let own = self.columns().filter(|column| !column.names_a_row() && !column.is_made_by_server()).count();
        let kept = !self.is_filled_with_constants() && !words::is_bookkeeping(&self.name.name) && own >= LEAST_OWN;
        let tells = |name: &str, is_moment: bool| words::is_audit(name) || is_moment && words::is_row_version(name);
        (known && kept).then(|| self.columns().any(|column| tells(&column.name, column.is_moment())))
    }
}
