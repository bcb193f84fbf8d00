//! What queries use of a table: whether an index has a reader, and how many values a column has.

use super::Clause;
use crate::model::Model;
use crate::model::schema::{ColumnRef, IndexRef};
use crate::sql::Dialect;

/// A column with so many values has few.
const FEW: usize = 3;

impl Model {
    /// The first column of an index over plain columns, where the application's queries read its table and no foreign key needs it.
    pub fn first_column_if_queried<'m>(&'m self, index: &IndexRef<'m>) -> Option<&'m str> {
        let table = index.table();
        let column = index.index().keys.first()?.column.as_deref()?;
        let supports = table.table().foreign_keys.iter().any(|key| key.columns.iter().any(|one| one == column));
        let read = self.readings(table.database_number(), &table.table().name).any(|one| one.query().is_application());
        let plain = index.index().method == "btree" && table.table().columns_complete();
        (plain && !supports && read).then_some(column)
    }

    /// Whether a query, view or function compares, joins, groups or sorts by a column, or may do so: it was not understood.
    pub fn is_searched(&self, index: &IndexRef, column: &str) -> bool {
        let table = index.table();
        let searches = |clause: Clause| {
            matches!(clause, Clause::Where | Clause::On | Clause::OrderBy | Clause::GroupBy | Clause::Having | Clause::Other)
        };
        self.readings(table.database_number(), &table.table().name).any(|one| {
            let names = one.column.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(column));
            !one.query().is_clear() || (names && searches(one.clause))
        })
    }
}

impl ColumnRef<'_> {
    /// Whether it takes so few values that an index on it alone finds a third of the table: a boolean, a short list.
    pub fn has_few_values(&self) -> bool {
        let is_boolean = self.column_type.known().is_some_and(|kind| matches!(kind.name.as_str(), "boolean" | "bool"));
        let labels = self.enum_type().filter(|kind| kind.complete).map(|kind| kind.labels.len());
        let allowed = self.allowed_values().known().map(Vec::len);
        is_boolean || labels.or(allowed).is_some_and(|count| count <= FEW)
    }

    /// A condition on the rarer of its values, to be filled in.
    pub fn rare_value(&self) -> String {
        let column = self.sql_name();
        let is_boolean = self.column_type.known().is_some_and(|kind| matches!(kind.name.as_str(), "boolean" | "bool"));
        let flag = if self.table().dialect() == Dialect::Sqlite { format!("{column} = 1") } else { column.clone() };
        if is_boolean { flag } else { format!("{column} = '..'") }
    }
}
