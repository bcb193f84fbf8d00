//! Tables that several customers share: which column says whose row it is, and what forgets it.

use super::catalog::Backing;
use super::{ColumnRef, IndexRef, TableRef};
use crate::model::words;

impl<'m> TableRef<'m> {
    /// The column that says which customer a row belongs to. A table that is named after it holds the customers themselves.
    pub fn tenant_column(&self) -> Option<ColumnRef<'m>> {
        let own = words::noun(&self.name.name);
        let names_itself = |column: &ColumnRef| words::snake(&column.name).strip_suffix("_id") == Some(own.as_str());
        self.columns().find(|column| words::is_tenant(&column.name) && !names_itself(column))
    }

    /// Unique indexes that hold for the rows of all customers together although the table says whose row is whose. Values that
    /// nobody types (keys of other rows, random ones, what the server makes) are unique anyway.
    pub fn unscoped_uniques(&self) -> Vec<IndexRef<'m>> {
        let Some(tenant) = self.tenant_column() else { return Vec::new() };
        let typed = |name: &str| {
            let column = self.column(name);
            column.is_some_and(|column| {
                let random = column.is_of(&["uuid"]) || words::is_transformed(name) || column.is_made_by_server();
                !random && !column.names_a_row()
            })
        };
        let table = *self;
        let unscoped = move |index: &IndexRef<'m>| {
            let columns = index.columns().unwrap_or_default();
            let plain = index.unique && index.backs != Some(Backing::PrimaryKey) && !columns.is_empty();
            plain && !columns.contains(&tenant.name.as_str()) && columns.iter().all(|name| typed(name))
        };
        table.indexes().filter(unscoped).collect()
    }
}
