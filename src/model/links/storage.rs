//! Where idempotency keys are kept.

use crate::fact::Fact;
use crate::model::Model;
use crate::model::api::{DocumentRef, KeyDeclaration, OperationRef};
use crate::model::runtime::Role;
use crate::model::schema::{ColumnRef, Facet};
use crate::model::words;

/// A column that keeps idempotency keys.
#[derive(Debug, Clone, Copy)]
pub struct KeyStorage<'m> {
    /// The column.
    pub column: ColumnRef<'m>,
    /// Whether two rows with one key are refused: some unique index holds the column.
    pub is_unique: bool,
}

impl Model {
    /// Every column that keeps idempotency keys, by its name or that of its table.
    pub fn key_columns(&self) -> Vec<ColumnRef<'_>> {
        self.schema.tables().filter(|table| !table.is_derived()).flat_map(|table| table.columns()).filter(keeps_keys).collect()
    }

    /// The columns that keep idempotency keys, where it is known which unique indexes their tables have.
    pub fn key_storages(&self) -> Vec<KeyStorage<'_>> {
        let known = |column: &ColumnRef| column.table().gap(Facet::Indexes).is_none() && column.table().constraints_complete();
        let unique = |column: &ColumnRef| {
            column
                .table()
                .table()
                .indexes
                .iter()
                .any(|index| index.unique && index.keys.iter().any(|key| key.column.as_deref() == Some(column.name.as_str())))
        };
        let all = self.key_columns().into_iter().filter(known);
        all.map(|column| KeyStorage { column, is_unique: unique(&column) }).collect()
    }

    /// Whether nothing that was read can keep an idempotency key: every table is known, none is for it, and no cache is there.
    pub fn keeps_no_keys(&self) -> Fact<()> {
        let databases = &self.schema.databases;
        if databases.is_empty() {
            return Fact::not_read("no database is known", Vec::new());
        }
        let unknown = databases.iter().find_map(|database| database.tables_unknown.first());
        if let Some(why) = unknown {
            return Fact::not_read(why.clone(), Vec::new());
        }
        let gap = self.schema.tables().find_map(|table| table.gap(Facet::Columns).map(|gap| gap.why.clone()));
        if let Some(why) = gap {
            return Fact::not_read(why, Vec::new());
        }
        let mut services = self.runtime.services();
        let caches = services.any(|service| matches!(service.role(), Role::Cache(_)) || words::is_cache(service.name()));
        let found = self.key_columns().first().copied();
        match (found, caches) {
            (Some(column), _) => Fact::explicit((), column.span),
            (None, true) => Fact::not_read("a cache may keep them", Vec::new()),
            (None, false) => Fact::Absent,
        }
    }

    /// The operations that take an idempotency key, by document.
    pub fn keyed(&self) -> Vec<(DocumentRef<'_>, Vec<(OperationRef<'_>, KeyDeclaration<'_>)>)> {
        self.api.documents().map(|document| (document, document.keyed_operations())).filter(|(_, all)| !all.is_empty()).collect()
    }
}

/// Whether a column keeps idempotency keys.
fn keeps_keys(column: &ColumnRef) -> bool {
    let name = words::snake(&column.name);
    let table = words::snake(&column.table().name.name);
    words::is_request_key(&name)
        || (table.contains("idempoten")
            && (matches!(name.as_str(), "key" | "token" | "value") || (name == "id" && column.is_text())))
}
