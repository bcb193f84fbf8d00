//! Whether a table tells what happened to its rows: when they were made or changed, or by whom.

use super::{ColumnRef, TableRef};
use crate::model::words;
use crate::source::Sources;
use crate::sql::Dialect;

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
        let is_period = |column: &ColumnRef| column.is_of(&["tstzrange", "tsrange", "daterange"]);
        (known && kept).then(|| self.columns().any(|column| is_period(&column) || tells(&column.name, column.is_moment())))
    }

    /// How the columns that tell it are added, and where; in words where its schema is stated in another language than SQL, or its
    /// product has no type that we know.
    pub fn audit_help(&self, sources: &Sources) -> String {
        // SQLite keeps moments as text.
        let kind = self.moment_type().or_else(|| (self.dialect() == Dialect::Sqlite).then_some("text"));
        let Some(kind) = kind.filter(|_| self.is_changed_in_sql(sources)) else {
            return format!("`created_at` and `updated_at` in `{}`, each for a moment", self.short_name());
        };
        let add = |name: &str| format!("ALTER TABLE {} ADD COLUMN {name} {kind};", self.sql_name());
        self.in_place(&format!("{} {}", add("created_at"), add("updated_at")))
    }
}
