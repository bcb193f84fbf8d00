//! Operations with their tables and queries: what filters, pages and conflicts are judged by.

use super::elsewhere::Elsewhere;
use super::filters::Filter;
use super::{OperationLink, TableKey, entities, tables};
use crate::diagnostic::Confidence;
use crate::model::Model;
use crate::model::api::{Method, OperationRef, Status};
use crate::model::queries::{Narrowing, QueryRef};
use crate::model::schema::{ColumnRef, Facet, IndexRef, TableRef};
use crate::model::words;
use std::collections::BTreeSet;

/// An operation that is about a table, at medium confidence or better.
#[derive(Debug, Clone)]
pub struct OperationTable<'m> {
    /// The operation.
    pub operation: OperationRef<'m>,
    /// The table, in each database that has it; never empty.
    pub tables: Vec<TableRef<'m>>,
    /// The queries that run for it, by their name.
    pub queries: Vec<QueryRef<'m>>,
    /// Whether a store whose SQL is not read holds such rows too, so that it may be what is read.
    pub is_elsewhere: bool,
    /// How sure we are that it is about the table.
    pub confidence: Confidence,
    /// Why: "`GET /orders` is about `public.orders`: ...".
    pub why: String,
}

impl Model {
    /// Every operation that is joined to a table at medium confidence or better.
    pub fn operation_tables(&self) -> Vec<OperationTable<'_>> {
        let operations: Vec<OperationRef> = self.api.operations().collect();
        let elsewhere = Elsewhere::new(&self.schema);
        let mut found = Vec::new();
        for link in self.links.operations.iter().filter(|link| link.confidence >= Confidence::Medium) {
            let Some(operation) = operations.get(link.operation).copied() else { continue };
            let keys = link.tables.iter();
            let tables: Vec<TableRef> = keys.filter_map(|key| self.schema.table_in(key.database, &key.name)).collect();
            let Some(first) = tables.first() else { continue };
            let numbers = self.links.joins.get(link.operation).map(|join| join.queries.as_slice()).unwrap_or_default();
            found.push(OperationTable {
                operation,
                why: format!("`{}` is about `{}`: {}", operation.subject(), first.subject(), link.why),
                is_elsewhere: elsewhere.holds(&tables),
                queries: numbers.iter().filter_map(|number| self.query(*number)).collect(),
                tables,
                confidence: link.confidence,
            });
        }
        found
    }

    /// The first operation that is joined to a table, or to it in another dialect, at medium confidence or better.
    pub fn reader_of(&self, table: TableRef<'_>) -> Option<OperationRef<'_>> {
        let is_twin = |key: &TableKey| {
            let twin = self.schema.table_in(key.database, &key.name).filter(|_| key.database != table.database_number());
            twin.is_some_and(|twin| twin.logical() == table.logical())
        };
        let is_it = |key: &TableKey| key.is_of(table) || is_twin(key);
        let of_it = |link: &&OperationLink| link.confidence >= Confidence::Medium && link.tables.iter().any(is_it);
        let number = self.links.operations.iter().find(of_it)?.operation;
        self.api.operations().nth(number)
    }
}

/// Columns of tables by which a request narrows the rows anyway: those of path parameters and of required ones.
pub(super) fn narrowing_columns(operation: OperationRef, tables: &[TableRef]) -> Vec<String> {
    let parameters = operation.parameters();
    let given: Vec<String> = parameters.iter().filter(|one| one.is_required()).map(|one| tables::fold(one.name())).collect();
    let columns = tables.iter().flat_map(|table| table.columns());
    columns.map(|column| column.name.to_string()).filter(|name| given.contains(&tables::fold(name))).collect()
}

impl<'m> OperationTable<'m> {
    /// The table that is shown.
    pub fn table(&self) -> TableRef<'m> {
        self.tables[0]
    }

    /// Columns by which a request narrows the rows anyway: those of path parameters and of required ones.
    pub fn narrowing_columns(&self) -> Vec<String> {
        narrowing_columns(self.operation, &self.tables)
    }

    /// Why few rows are left to look at, where something says so.
    pub fn few_rows(&self) -> Option<&'static str> {
        let list = self.operation.list();
        match () {
            () if self.operation.path().contains('{') => Some("the path narrows the rows"),
            () if list.is_some_and(|list| self.operation.is_catalogue(&list)) && !self.table().is_said_to_grow() => {
                Some("it is a catalogue by its name or its entries")
            }
            () if self.tables.iter().any(TableRef::is_filled_with_constants) => {
                Some("the table is a list that the repository itself fills")
            }
            () => None,
        }
    }

    /// Whether its queries may ask by the column of a filter: none is known, or one has a condition on it that an index can serve.
    pub fn asks_by(&self, filter: &Filter) -> bool {
        let accesses = self.queries.iter().flat_map(|query| query.scopes()).flat_map(|scope| scope.accesses());
        let mut conditions = accesses.flat_map(|access| access.conditions);
        let names = |name: &str| filter.columns.iter().any(|column| column.name == name);
        let unclear = self.queries.iter().any(|query| !query.is_clear());
        self.queries.is_empty() || unclear || conditions.any(|one| names(&one.column.name) && one.narrowing != Narrowing::Other)
    }

    /// Whether the rows of the table may grow with use, by its name or as the configuration says.
    pub fn grows(&self) -> bool {
        self.table().table().may_grow()
    }

    /// The unique indexes that a new row can violate by what the client sends: all of their columns are sent, or say whose row it
    /// is, and at least one is sent. Keys that the server makes are none, and neither are those of a partial index.
    pub fn sent_uniques(&self) -> Vec<(IndexRef<'m>, Vec<ColumnRef<'m>>)> {
        let resource = entities::resource(self.operation);
        let properties = match self.operation.request_schema() {
            Some(schema) => entities::sent(schema, resource.as_deref()),
            None => self.operation.request_properties(),
        };
        let sent: BTreeSet<String> = properties.iter().map(|one| tables::fold(one.name)).collect();
        let path: BTreeSet<String> = self.operation.parameters().iter().map(|one| tables::fold(one.name())).collect();
        let table = self.table();
        let of = |index: IndexRef<'m>| {
            let columns = index.columns()?;
            let refs: Vec<ColumnRef> = columns.iter().filter_map(|name| table.column(name)).collect();
            let is_sent = |column: &&ColumnRef| {
                let field = column.field_name().is_some_and(|field| sent.contains(&tables::fold(field)));
                field || sent.contains(&tables::fold(&column.name))
            };
            let given = |column: &ColumnRef| {
                let folded = tables::fold(&column.name);
                let mark = words::is_soft_delete(&column.name);
                is_sent(&column) || path.contains(&folded) || words::is_scope(&column.name) || mark
            };
            let own: Vec<ColumnRef> = refs.iter().filter(is_sent).copied().collect();
            let made = refs.iter().any(ColumnRef::is_made_by_server) || own.iter().all(|column| column.takes_listed_values());
            let whole = index.unique && refs.len() == columns.len() && refs.iter().all(given);
            (whole && !own.is_empty() && !made).then_some((index, own))
        };
        table.indexes().filter_map(of).collect()
    }

    /// Whether it creates a row: a POST on a collection.
    pub fn creates(&self) -> bool {
        let operation = self.operation;
        let answers = operation.responses().iter().any(|response| response.status() == Status::Code(201));
        let named = operation.operation_id().is_some_and(words::says_create);
        operation.method() == Method::Post && operation.is_known() && operation.last_literal().is_some() && (answers || named)
    }

    /// A column by which a change of the row can be told from the one before: a version, a time of change, a tag. `None` where all
    /// columns are known and there is none.
    pub fn version_column(&self) -> Option<Option<ColumnRef<'m>>> {
        let found = self.table().columns().find(|column| words::is_row_version(&column.name));
        let known = self.tables.iter().all(|table| table.columns_complete() && table.gap(Facet::Columns).is_none());
        (found.is_some() || known).then_some(found)
    }
}
