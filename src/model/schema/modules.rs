//! Schemas of a database as the modules of one application: `billing.invoices`, `sales.orders`.

use super::view::ForeignKeyRef;
use crate::sql::Dialect;

/// Schemas that belong to all modules: those that a statement means which names none.
const SHARED: [&str; 2] = ["public", "dbo"];

impl<'m> ForeignKeyRef<'m> {
    /// The schema of its table and that of the table referred to, where each is a module of its own and they differ. `None` where one of
    /// them is shared by all, where the table referred to is not known, and where it is a list that the repository itself fills.
    pub fn modules_that_it_joins(&self) -> Option<(&'m str, &'m str)> {
        let parent = self.parent()?;
        let own = self.table().table().name.schema.as_deref()?;
        let other = parent.table().name.schema.as_deref()?;
        let is_module = |schema: &str| !SHARED.iter().any(|shared| schema.eq_ignore_ascii_case(shared));
        let differ = !own.eq_ignore_ascii_case(other) && is_module(own) && is_module(other);
        (differ && !parent.is_filled_with_constants()).then_some((own, other))
    }

    /// The statement that takes it away, and where to write it; `None` where it has no name, and where the dialect takes no key away.
    pub fn drop_help(&self) -> Option<String> {
        let (table, name) = (self.table(), self.name.as_ref()?);
        let name = super::quoted(table.dialect(), name);
        match table.dialect() {
            Dialect::Sqlite | Dialect::ClickHouse => None,
            Dialect::MySql => Some(table.in_place(&format!("ALTER TABLE {} DROP FOREIGN KEY {name};", table.sql_name()))),
            _ => Some(table.in_place(&format!("ALTER TABLE {} DROP CONSTRAINT {name};", table.sql_name()))),
        }
    }
}
