//! Tables whose rows are marked as deleted, and what their indexes and queries make of it.

use super::access::{Access, Narrowing};
use super::view::QueryRef;
use super::{Operator, Verb};
use crate::model::Model;
use crate::model::schema::{ColumnRef, IndexRef, TableRef};
use crate::model::words;
use crate::source::Span;

/// A table that marks its rows as deleted.
#[derive(Debug, Clone)]
pub struct SoftDelete<'m> {
    /// The table.
    pub table: TableRef<'m>,
    /// The column that marks.
    pub column: ColumnRef<'m>,
    /// Conditions of queries that leave the deleted rows out.
    pub filtered: Vec<(QueryRef<'m>, Span)>,
    /// Statements that mark rows: the columns that each of them writes.
    pub marking: Vec<Vec<String>>,
    /// Queries that list rows of it without a word about the mark: the place that names the table.
    pub unfiltered: Vec<(QueryRef<'m>, Span)>,
}

impl Model {
    /// Every table that marks its rows as deleted, with what the queries make of it.
    pub fn soft_deletes(&self) -> Vec<SoftDelete<'_>> {
        let mut found: Vec<SoftDelete> = Vec::new();
        for table in self.schema.tables().filter(|table| !table.is_derived() && table.columns_complete()) {
            let marks = table.soft_delete_column().and_then(|name| table.column(name));
            let Some(column) = marks else { continue };
            found.push(SoftDelete { table, column, filtered: Vec::new(), marking: Vec::new(), unfiltered: Vec::new() });
        }
        for query in self.application_queries().filter(|query| query.is_clear()) {
            for access in query.scopes().flat_map(|scope| scope.accesses()) {
                let logical = access.table.logical();
                for one in found.iter_mut().filter(|one| one.table.logical() == logical) {
                    one.note(query, &access);
                }
            }
        }
        found
    }
}

impl<'m> SoftDelete<'m> {
    fn note(&mut self, query: QueryRef<'m>, access: &Access<'m>) {
        let marks = |name: &str| name.eq_ignore_ascii_case(&self.column.name);
        let written: Vec<String> = access.scope.written_columns().map(str::to_owned).collect();
        if access.scope.scope().verb == Verb::Update && written.iter().any(|name| marks(name)) {
            self.marking.push(written);
        }
        let left_out = access.conditions.iter().find(|one| {
            marks(&one.column.name)
                && (one.narrowing == Narrowing::Null
                    || one.predicate.operator == Operator::IsFalse
                    || one.narrowing == Narrowing::Equality)
        });
        if let Some(one) = left_out {
            self.filtered.push((query, one.predicate.span));
            return;
        }
        let scope = access.scope.scope();
        let named = scope.mentions.iter().any(|mention| marks(&mention.column.name));
        if scope.verb == Verb::Select
            && !named
            && !access.finds_one_row()
            && let Some(used) = scope.tables.get(access.number)
        {
            self.unfiltered.push((query, used.span));
        }
    }

    /// Unique indexes that take the deleted rows for rivals, over something that people choose and want to use again.
    pub fn rival_indexes(&self) -> Vec<IndexRef<'m>> {
        let chosen = |index: &IndexRef<'m>| {
            let columns = index.columns().unwrap_or_default();
            let is_chosen = |name: &&str| self.table.column(name).is_some_and(|column| column.is_text()) && !is_given(name);
            let held = columns.iter().any(|name| words::is_soft_delete(name));
            index.unique
                && index.backs != Some(crate::model::schema::Backing::PrimaryKey)
                && index.predicate.is_none()
                && !held
                && columns.iter().any(is_chosen)
                && !columns.iter().any(|name| is_given(name) && !name.ends_with("_id") && !words::is_scope(name))
        };
        self.table.indexes().filter(chosen).collect()
    }

    /// Whether the statements that mark rows also change what an index holds, so that it can be used again.
    pub fn is_renamed(&self, index: &IndexRef) -> bool {
        let columns = index.columns().unwrap_or_default();
        !self.marking.is_empty() && self.marking.iter().all(|written| written.iter().any(|name| columns.contains(&name.as_str())))
    }

    /// Unique indexes that hold the mark as a key: NULL differs from NULL, so rows that are not deleted are never rivals.
    pub fn toothless_indexes(&self) -> Vec<IndexRef<'m>> {
        let takes_null = self.column.nullable.known() == Some(&true);
        let toothless = |index: &IndexRef<'m>| {
            let columns = index.columns().unwrap_or_default();
            index.unique
                && index.predicate.is_none()
                && !index.nulls_not_distinct
                && columns.len() > 1
                && columns.iter().any(|name| *name == self.column.name)
        };
        // A partial one over the same columns does the work.
        let has_teeth = |index: &IndexRef<'m>| {
            let columns = index.columns().unwrap_or_default();
            let works = |other: &IndexRef| {
                let keys = other.columns().unwrap_or_default();
                other.unique && other.predicate.is_some() && !keys.is_empty() && keys.iter().all(|key| columns.contains(key))
            };
            self.table.indexes().any(|other| works(&other))
        };
        self.table.indexes().filter(|_| takes_null).filter(toothless).filter(|index| !has_teeth(index)).collect()
    }

    /// The condition of rows that are not deleted: `deleted_at IS NULL`.
    pub fn alive(&self) -> String {
        let column = self.column.sql_name();
        let is_flag =
            self.column.column_type.known().is_some_and(|kind| matches!(kind.name.as_str(), "boolean" | "bool" | "tinyint"));
        if is_flag { format!("NOT {column}") } else { format!("{column} IS NULL") }
    }
}

/// Whether what a column holds is given by the system, and never again: identifiers, hashes, tokens.
fn is_given(name: &str) -> bool {
    let snake = words::snake(name);
    let last = snake.rsplit('_').next().unwrap_or("");
    words::is_transformed(&snake)
        || matches!(last, "id" | "uuid" | "ulid" | "guid" | "key" | "nonce" | "fingerprint" | "identifier")
}
