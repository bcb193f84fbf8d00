//! Queries that give one page of a list at a time.

use super::access::{Access, Narrowing};
use super::view::ScopeRef;
use super::{Role, ValueKind, Verb};
use crate::model::schema::{ColumnRef, TableRef};
use crate::source::Span;

/// How a list is cut into pages.
#[derive(Debug, Clone)]
pub struct Pages<'m> {
    /// The only table that is read.
    pub table: TableRef<'m>,
    /// The keys of the sort, and whether each is descending.
    pub keys: Vec<(ColumnRef<'m>, bool)>,
    /// The last of them.
    pub last: ColumnRef<'m>,
    /// The condition that says where the page begins: a bound of a sort key.
    pub cursor: Option<Span>,
    access: Access<'m>,
}

impl<'m> ScopeRef<'m> {
    /// Whether it gives the caller a bounded part of a sorted list.
    pub fn is_paged(&self) -> bool {
        let scope = self.scope();
        let outer = matches!(scope.role, Role::Main) && scope.verb == Verb::Select && scope.branches.is_empty();
        outer && scope.limit.is_some() && !scope.order_by.is_empty() && !scope.aggregates() && !scope.distinct
    }

    /// How it is cut, where it reads one table, sorts by its columns alone, and goes on from a place that the caller names.
    pub fn pages(&self) -> Option<Pages<'m>> {
        let mut accesses = self.accesses();
        let access = if self.scope().tables.len() == 1 { accesses.pop()? } else { return None };
        let keys = self.sort_columns()?;
        let last = keys.last()?.0;
        let is_key = |name: &str| keys.iter().any(|(column, _)| column.name == name);
        // A cursor that may be left out stands under OR or CASE.
        let bounds = |one: &&super::Condition| one.narrowing == Narrowing::Range && is_key(&one.column.name);
        let cursor = access.conditions.iter().find(bounds).map(|one| one.predicate.span);
        let offset = self.scope().offset.as_ref().is_some_and(|bound| bound.value.kind == ValueKind::Parameter);
        (cursor.is_some() || offset).then_some(Pages { table: access.table, keys, last, cursor, access })
    }

    /// Whether its `LIMIT` is the number one.
    pub fn takes_one(&self) -> bool {
        let limit = self.scope().limit.as_ref().map(|bound| &bound.value.kind);
        matches!(limit, Some(ValueKind::Number(number)) if number == "1")
    }

    /// Whether its `LIMIT` is a number that no page has: a thousand rows or more.
    pub fn has_wide_bound(&self) -> bool {
        let limit = self.scope().limit.as_ref().map(|bound| &bound.value.kind);
        matches!(limit, Some(ValueKind::Number(number)) if number.parse::<u64>().is_ok_and(|rows| rows >= 1000))
    }
}

/// An order in which rows can be equal.
#[derive(Debug, Clone)]
pub struct AmbiguousOrder {
    /// The names of its keys: `created_at`.
    pub names: String,
    /// The keys with those of the primary key behind them.
    pub unique: String,
}

impl ScopeRef<'_> {
    /// Its order, where it reads one table, sorts by its columns alone, and rows can be equal in all of them.
    pub fn ambiguous_order(&self) -> Option<AmbiguousOrder> {
        let mut accesses = self.accesses();
        let access = if self.scope().tables.len() == 1 { accesses.pop()? } else { return None };
        let keys = self.sort_columns()?;
        let last = keys.last()?.0;
        let pages = Pages { table: access.table, keys, last, cursor: None, access };
        pages.ties().then(|| AmbiguousOrder { names: pages.names(), unique: pages.unique_order() })
    }
}

impl Pages<'_> {
    /// Whether rows can be equal in all keys: no unique index lies within the keys and the columns with one value.
    pub fn ties(&self) -> bool {
        let single =
            |one: &&super::Condition| one.narrowing == Narrowing::Equality && one.predicate.operator == super::Operator::Equal;
        let fixed: Vec<&str> = self.access.searchable().filter(single).map(|one| one.column.name.as_str()).collect();
        let held = |column: &&str| fixed.contains(column) || self.keys.iter().any(|(key, _)| key.name == *column);
        let unique = self.access.indexes().any(|index| {
            let columns = index.columns().unwrap_or_default();
            index.unique && !columns.is_empty() && columns.iter().all(held)
        });
        // A random number is no other row's either.
        let random = self
            .keys
            .iter()
            .any(|(key, _)| key.column_type.known().is_some_and(|kind| kind.name == "uuid") || key.auto_increment);
        !unique && !random && self.access.is_known() && self.unique_columns().is_some()
    }

    fn unique_columns(&self) -> Option<Vec<&str>> {
        self.table.table().primary_key()?.columns()
    }

    /// The names of the keys: `created_at, id`.
    pub fn names(&self) -> String {
        self.keys.iter().map(|(column, _)| column.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The keys as the query writes them: `created_at DESC`.
    pub fn keys_text(&self) -> String {
        let one = |(column, descending): &(ColumnRef, bool)| format!("{}{}", column.name, if *descending { " DESC" } else { "" });
        self.keys.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// The keys with those of the primary key behind them.
    pub fn unique_order(&self) -> String {
        let descending = self.keys.last().is_some_and(|(_, descending)| *descending);
        let key = self.unique_columns().unwrap_or_default().into_iter();
        let more = key.filter(|name| !self.keys.iter().any(|(column, _)| column.name == *name));
        let more = more.map(|name| format!("{name}{}", if descending { " DESC" } else { "" }));
        std::iter::once(self.keys_text()).chain(more).collect::<Vec<_>>().join(", ")
    }
}
