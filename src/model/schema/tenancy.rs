//! Tables that several customers share: which column says whose row it is, and what forgets it.

use super::catalog::{Backing, Facet};
use super::{ColumnRef, ForeignKeyRef, IndexRef, Schema, TableName, TableRef};
use crate::model::words;
use crate::source::Name;
use crate::sql::Dialect;
use std::collections::{HashMap, HashSet};

/// So many tables have to say whose their rows are before the others are asked.
const LEAST_SHARED: usize = 2;

/// Why a table has no column that says whose a row is, although others of its database do.
#[derive(Debug, Clone, Copy)]
pub struct UnownedTable<'m> {
    /// The table.
    pub table: TableRef<'m>,
    /// The column by which another table of the database says it.
    pub example: ColumnRef<'m>,
}

/// An index that holds the column of the customer behind another.
#[derive(Debug, Clone)]
pub struct TenantBehind<'m> {
    /// The index.
    pub index: IndexRef<'m>,
    /// Its columns with that of the customer first; two at least.
    pub better: Vec<Name>,
}

impl Schema {
    /// Every table that does not say whose a row is while most others of its database do: not the tenants themselves, no list that the
    /// repository fills, and nothing from which foreign keys lead to a table which says it, over however many others.
    pub fn unowned_tables(&self) -> Vec<UnownedTable<'_>> {
        let mut found = Vec::new();
        for number in 0..self.databases.len() {
            let tables: Vec<TableRef> = self.own_tables(number).collect();
            let owned: Vec<ColumnRef> = tables.iter().filter_map(TableRef::tenant_column).collect();
            let Some(example) = owned.first().copied().filter(|_| owned.len() >= LEAST_SHARED) else { continue };
            let asked: Vec<TableRef> = tables.iter().filter(|table| table.may_belong_to_a_tenant()).copied().collect();
            // Where few tables say it, that is no convention.
            if owned.len() * 2 < asked.len() {
                continue;
            }
            let held = self.owned_tables(number);
            let unowned = asked.into_iter().filter(|table| !held.contains(&table.table().name));
            found.extend(unowned.map(|table| UnownedTable { table, example }));
        }
        found
    }

    /// The tables of a database whose rows are, or may be, those of one customer: they say it, hold the customers themselves, or
    /// refer to one of these, over however many tables. What is not known of a table or its keys may say it.
    fn owned_tables(&self, number: usize) -> HashSet<&TableName> {
        let count = self.databases.get(number).map_or(0, |database| database.tables.len());
        let mut children: HashMap<&TableName, Vec<&TableName>> = HashMap::new();
        let mut next: Vec<&TableName> = Vec::new();
        for table in (0..count).filter_map(|position| self.table_at(number, position)) {
            let own = &table.table().name;
            let parents: Vec<Option<TableRef>> = table.foreign_keys().map(|key| key.parent()).collect();
            let unknown = !table.columns_complete() || !table.constraints_complete() || parents.iter().any(Option::is_none);
            if unknown || table.tenant_column().is_some() || table.holds_tenants() {
                next.push(own);
            }
            parents.into_iter().flatten().for_each(|parent| children.entry(&parent.table().name).or_default().push(own));
        }
        let mut owned = HashSet::new();
        while let Some(name) = next.pop() {
            if owned.insert(name) {
                next.extend(children.get(name).into_iter().flatten());
            }
        }
        owned
    }

    /// The tables of a database that are not made from others.
    fn own_tables(&self, number: usize) -> impl Iterator<Item = TableRef<'_>> {
        self.tables().filter(move |table| table.database_number() == number && !table.is_derived() && !table.external)
    }
}

impl<'m> TableRef<'m> {
    /// The column that says which customer a row belongs to. A table that is named after it holds the customers themselves.
    pub fn tenant_column(&self) -> Option<ColumnRef<'m>> {
        let own = words::noun(&self.name.name);
        let names_itself = |column: &ColumnRef| words::snake(&column.name).strip_suffix("_id") == Some(own.as_str());
        self.columns().find(|column| words::is_tenant(&column.name) && !names_itself(column))
    }

    /// Whether its rows may be those of one customer: everything is known of its columns and keys, and it is no list of constants, nothing of
    /// a tool, and not named after a customer.
    fn may_belong_to_a_tenant(&self) -> bool {
        let known = self.columns_complete() && self.constraints_complete() && !self.temporary;
        known && !self.is_filled_with_constants() && !words::is_bookkeeping(&self.name.name) && !self.holds_tenants()
    }

    /// Whether it is named after a customer: its rows are the customers themselves.
    fn holds_tenants(&self) -> bool {
        words::is_tenant(&format!("{}_id", words::noun(&self.name.name)))
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

    /// Indexes for lists of rows that hold the column of the customer, but not as the first: a request for the rows of one customer reads
    /// those of all. One beside which another serves the better order is left out.
    pub fn tenant_behind(&self) -> Vec<TenantBehind<'m>> {
        let Some(tenant) = self.tenant_column() else { return Vec::new() };
        let table = *self;
        let behind = move |index: IndexRef<'m>| {
            let keys: Vec<Name> = index.keys.iter().map(|key| key.column.clone()).collect::<Option<_>>()?;
            let (first, rest) = keys.split_first()?;
            let is_list = index.method == "btree" && !index.unique && index.backs.is_none();
            // What leads to one row, or to the rows of one, is narrow enough.
            let is_narrow = table.column(first).is_some_and(|column| column.names_a_row() || column.is_of(&["uuid"]));
            if !is_list || is_narrow || !rest.contains(&tenant.name) {
                return None;
            }
            let others = keys.iter().filter(|name| **name != tenant.name);
            let better: Vec<Name> = std::iter::once(&tenant.name).chain(others).cloned().collect();
            let condition = |one: &IndexRef| one.index().predicate.as_ref().map(|held| held.value.clone());
            let leads = |other: &IndexRef| {
                let holds_all = other.predicate.is_none() || condition(other) == condition(&index);
                holds_all && other.leads_with(std::slice::from_ref(&tenant.name)) && other.leads_with(&better)
            };
            (!table.indexes().any(|other| leads(&other))).then_some(TenantBehind { index, better })
        };
        self.indexes().filter_map(behind).collect()
    }

    /// Foreign keys between two tables that say whose their rows are, over a column that does not: a row of one customer may refer to a row
    /// of another. Keys of which it is not known what they refer to are left out.
    pub fn crossing_keys(&self) -> Vec<(ForeignKeyRef<'m>, ColumnRef<'m>)> {
        let Some(own) = self.tenant_column() else { return Vec::new() };
        let crosses = |key: ForeignKeyRef<'m>| {
            let theirs = key.parent()?.tenant_column()?;
            let compares = key.columns.contains(&own.name) || key.referenced_columns.contains(&theirs.name);
            (!compares && !key.referenced_columns.is_empty()).then_some((key, theirs))
        };
        self.foreign_keys().filter_map(crosses).collect()
    }

    /// Whether the server itself keeps one customer from the rows of another; `None` where it has no such thing, or it is not known.
    pub fn has_row_security(&self) -> Option<bool> {
        let judged = self.dialect() == Dialect::Postgres && self.database().variant.is_none() && !self.is_derived();
        (judged && self.gap(Facet::Columns).is_none()).then_some(self.row_security)
    }
}
