//! What no index serves: conditions, sorts, and searches within values.

use super::access::{Access, Condition, Narrowing};
use super::view::QueryRef;
use super::{Operator, Pattern, ValueKind, Wrapping};
use crate::model::schema::{ColumnRef, IndexRef, TableRef};
use crate::model::words;
use crate::source::Span;
use crate::sql::Dialect;

/// Why rows are not found by an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnservedKind {
    /// Columns are compared with certain values.
    Equality,
    /// The first rows in an order are asked for.
    Sort,
    /// A function or a cast is around the column.
    Wrapped,
    /// jsonb is searched for what it holds.
    Jsonb,
    /// A text within jsonb is compared.
    JsonText,
    /// An array is searched for an element.
    Array,
    /// The other side has another type, so the column is cast.
    Cast,
}

/// An access that no index serves.
#[derive(Debug, Clone)]
pub struct Unserved<'m> {
    /// Why.
    pub kind: UnservedKind,
    /// The query.
    pub query: QueryRef<'m>,
    /// The table.
    pub table: TableRef<'m>,
    /// The columns of the index that would serve it, in order; never empty.
    pub columns: Vec<ColumnRef<'m>>,
    /// The conditions or keys, where they are written; never empty.
    pub places: Vec<Span>,
    /// The column as the query has it: `lower(email)`.
    pub text: String,
    /// What follows the table in the statement that makes the index.
    pub tail: String,
    /// An index over the plain column, which the query cannot use.
    pub wasted: Option<IndexRef<'m>>,
    /// Whether another condition leaves few rows, found by an index.
    pub narrowed: bool,
    /// Whether the rows of the table grow with use.
    pub grows: bool,
}

/// A search for a text anywhere within a column.
#[derive(Debug, Clone)]
pub struct WildcardSearch<'m> {
    /// The query.
    pub query: QueryRef<'m>,
    /// The column.
    pub column: ColumnRef<'m>,
    /// The condition.
    pub span: Span,
}

/// An index whose keys stand in another order than the query needs.
#[derive(Debug, Clone)]
pub struct Misordered<'m> {
    /// The query.
    pub query: QueryRef<'m>,
    /// The index.
    pub index: IndexRef<'m>,
    /// The key that is bounded by a range.
    pub range: Condition<'m>,
    /// The key behind it that is compared with one value.
    pub equal: Condition<'m>,
    /// The keys in the order that serves the query.
    pub keys: Vec<String>,
}

impl<'m> QueryRef<'m> {
    /// Every access to a table, where the query and the indexes of the table are known and the table is no list of constants.
    pub fn judged_accesses(&self) -> Vec<Access<'m>> {
        let all = self.scopes().filter(|_| self.is_clear()).flat_map(|scope| scope.accesses());
        all.filter(|access| access.is_known() && access.is_small().is_none()).collect()
    }
}

impl<'m> Access<'m> {
    fn unserved(&self, kind: UnservedKind, columns: Vec<ColumnRef<'m>>, places: Vec<Span>) -> Unserved<'m> {
        let names: Vec<String> = columns.iter().map(ColumnRef::sql_name).collect();
        Unserved {
            kind,
            query: self.scope.query(),
            table: self.table,
            text: columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", "),
            tail: format!("({})", names.join(", ")),
            columns,
            places,
            wasted: None,
            narrowed: false,
            grows: self.grows(),
        }
    }

    /// Conditions with certain values that leave the server to read the whole table: no index begins with the column of any
    /// condition, of a join, or of the order in which a bounded list is read.
    pub fn unserved_equality(&self) -> Option<Unserved<'m>> {
        let narrows = |one: &&Condition| one.narrowing == Narrowing::Equality && !is_coarse(&one.column);
        let equal: Vec<&Condition> = self.searchable().filter(narrows).collect();
        let special = |one: &Condition| {
            self.has_special_index(&["gin", "gist", "spgist", "brin", "hash", "fulltext", "spatial", "bloom"], &one.column.name)
        };
        let read_in_order = self.scope.scope().limit.is_some() && self.orders_by(&[]).unwrap_or(true);
        if equal.is_empty() || self.may_be_served(|_| true) || self.conditions.iter().any(special) || read_in_order {
            return None;
        }
        let mut columns: Vec<ColumnRef> = Vec::new();
        for one in &equal {
            if !columns.iter().any(|known| known.name == one.column.name) {
                columns.push(one.column);
            }
        }
        let places = equal.iter().map(|one| one.predicate.span).collect();
        Some(self.unserved(UnservedKind::Equality, columns, places))
    }

    /// Whether some index gives the rows in the order that is asked for, behind columns that have one value. `None` where the
    /// order is not by columns of this table alone, or there is none.
    fn orders_by(&self, fixed: &[&str]) -> Option<bool> {
        let keys = &self.scope.scope().order_by;
        let columns = self.scope.sort_columns()?;
        let ((first, descending), key) = columns.first().zip(keys.first())?;
        let same_table = columns.iter().all(|(column, _)| column.table().name == self.table.name);
        if !same_table {
            return None;
        }
        let is_postgres = self.table.dialect() == Dialect::Postgres;
        let nulls_first = key.nulls_first.unwrap_or(*descending);
        Some(self.indexes().any(|index| {
            let found = index
                .keys
                .iter()
                .find(|key| !key.column.as_deref().is_some_and(|name| fixed.contains(&name) && name != first.name));
            found.is_some_and(|held| {
                let is_it = held.column.as_deref() == Some(first.name.as_str()) && held.prefix().is_none();
                let held_nulls = held.nulls_first.unwrap_or(held.descending);
                // Read forwards or backwards, NULL comes where the index has it.
                let nulls_fit = (held.descending == *descending) == (held_nulls == nulls_first);
                is_it && index.method == "btree" && (nulls_fit || !is_postgres)
            })
        }))
    }

    /// The first rows in an order that no index gives: all rows that match are read and sorted for them.
    pub fn unserved_sort(&self) -> Option<Unserved<'m>> {
        let scope = self.scope.scope();
        let only = scope.tables.iter().enumerate().all(|(number, used)| number == self.number || used.join == super::Join::Outer);
        let bounded = scope.limit.is_some() && !scope.order_by.is_empty() && !scope.distinct && !scope.aggregates();
        let first_keys_alone = self.scope.sort_columns()?.iter().all(|(column, _)| !is_coarse(column));
        if !only || !bounded || self.finds_one_row() || !first_keys_alone || self.scope.takes_one() && self.narrowed_by_index() {
            return None;
        }
        let fixed = self.equal_columns();
        let names: Vec<&str> = fixed.iter().map(|column| column.name.as_str()).collect();
        let null = self.conditions.iter().filter(|one| one.narrowing == Narrowing::Null && one.holds());
        let names: Vec<&str> = names.into_iter().chain(null.map(|one| one.column.name.as_str())).collect();
        if self.orders_by(&names)? {
            return None;
        }
        let keys = self.scope.sort_columns()?;
        let before: Vec<ColumnRef> = fixed.into_iter().filter(|column| !is_coarse(column)).collect();
        let sorted = keys.iter().filter(|(key, _)| !before.iter().any(|column| column.name == key.name));
        let columns: Vec<ColumnRef> = before.iter().copied().chain(sorted.map(|(key, _)| *key)).collect();
        let span = scope.order_span?;
        let mut unserved = self.unserved(UnservedKind::Sort, columns, vec![span]);
        unserved.text = keys.iter().map(|(key, _)| key.name.as_str()).collect::<Vec<_>>().join(", ");
        unserved.tail = self.sorted_tail(&before)?;
        unserved.narrowed = self.narrowed_by_index();
        Some(unserved)
    }

    /// The keys of the index with the directions of the sort, where these are mixed or NULL has a place of its own.
    fn sorted_tail(&self, before: &[ColumnRef<'m>]) -> Option<String> {
        let keys = self.scope.sort_columns()?;
        let mixed = keys.iter().any(|(_, descending)| *descending) && keys.iter().any(|(_, descending)| !*descending);
        let nulls = self.scope.scope().order_by.iter().any(|key| key.nulls_first.is_some());
        let mut parts: Vec<String> = before.iter().map(ColumnRef::sql_name).collect();
        for ((column, descending), key) in keys.iter().zip(&self.scope.scope().order_by) {
            if before.iter().any(|known| known.name == column.name) {
                continue;
            }
            let mut part = column.sql_name();
            if (mixed || nulls) && *descending {
                part.push_str(" DESC");
            }
            match key.nulls_first {
                Some(true) => part.push_str(" NULLS FIRST"),
                Some(false) => part.push_str(" NULLS LAST"),
                None => {}
            }
            parts.push(part);
        }
        Some(format!("({})", parts.join(", ")))
    }

    /// Whether an index finds the rows by a column that takes many values.
    fn narrowed_by_index(&self) -> bool {
        self.may_be_served(|one| {
            one.wrapping.is_none() && matches!(one.narrowing, Narrowing::Equality | Narrowing::Join) && !is_coarse(&one.column)
        })
    }

    /// Conditions on an expression over a column, where no index holds the expression and none serves another condition.
    pub fn unserved_wrappings(&self) -> Vec<Unserved<'m>> {
        let wrapped = self.conditions.iter().filter(|one| {
            let compares = matches!(one.narrowing, Narrowing::Equality | Narrowing::Range);
            let kept = one.wrapping.is_some_and(|wrapping| self.defeats(wrapping, one));
            compares && kept && one.holds() && !is_coarse(&one.column)
        });
        let served = self.may_be_served(|_| true);
        let mut found = Vec::new();
        for one in wrapped.filter(|_| !served) {
            let Some(Wrapping::Function(_) | Wrapping::Cast(_) | Wrapping::Expression) = one.wrapping else { continue };
            let mut unserved = self.unserved(UnservedKind::Wrapped, vec![one.column], vec![one.predicate.span]);
            let text = expression(one);
            let doubled = self.table.dialect() == Dialect::MySql || !text.ends_with(')');
            unserved.tail = if doubled { format!("(({text}))") } else { format!("({text})") };
            unserved.text = text;
            unserved.wasted = self.index_led_by(&one.column.name);
            found.push(unserved);
        }
        found
    }

    /// Whether what is done to a column keeps its index from being used.
    fn defeats(&self, wrapping: &Wrapping, one: &Condition) -> bool {
        match wrapping {
            // Text is text, whatever it is called.
            Wrapping::Cast(to) => {
                !(one.column.is_text() && ["text", "character varying", "varchar", "citext"].contains(&to.as_str()))
            }
            _ => true,
        }
    }

    fn index_led_by(&self, column: &str) -> Option<IndexRef<'m>> {
        self.indexes().find(|index| index.keys.first().is_some_and(|key| key.column.as_deref() == Some(column)))
    }

    /// Searches within jsonb and arrays that no GIN index serves, and texts within jsonb that no index holds.
    pub fn unserved_contents(&self) -> Vec<Unserved<'m>> {
        let mut found = Vec::new();
        if self.table.dialect() != Dialect::Postgres {
            return found;
        }
        for one in self.conditions.iter().filter(|one| one.holds()) {
            let Some(kind) = one.column.column_type.known() else { continue };
            let (is_jsonb, operator) = (kind.name == "jsonb" && !kind.array, &one.predicate.operator);
            let is_text = one.wrapping == Some(&Wrapping::JsonText) && one.narrowing == Narrowing::Equality;
            let search = match operator {
                Operator::Contains | Operator::HasKey | Operator::PathMatches if is_jsonb => UnservedKind::Jsonb,
                Operator::Equal | Operator::In | Operator::EqualsAny if is_jsonb && is_text => UnservedKind::JsonText,
                Operator::Contains | Operator::Overlaps if kind.array && one.wrapping.is_none() => UnservedKind::Array,
                Operator::EqualsAny if kind.array && one.wrapping.is_none() => UnservedKind::Array,
                _ => continue,
            };
            let others = self.may_be_served(|other| !std::ptr::eq(other.predicate, one.predicate) || is_text);
            if others || (!is_text && self.holds_contents(&one.column.name, operator)) {
                continue;
            }
            let mut unserved = self.unserved(search, vec![one.column], vec![one.predicate.span]);
            let column = one.column.sql_name();
            unserved.tail = match search {
                UnservedKind::JsonText => format!("(({}))", expression(one)),
                UnservedKind::Jsonb if *operator != Operator::HasKey => format!("USING gin ({column} jsonb_path_ops)"),
                _ => format!("USING gin ({column})"),
            };
            unserved.text = if is_text { expression(one) } else { column };
            found.push(unserved);
        }
        found
    }

    /// Whether a GIN index serves an operator on a column; `jsonb_path_ops` knows no `?`.
    fn holds_contents(&self, column: &str, operator: &Operator) -> bool {
        self.indexes().any(|index| {
            let holds = |key: &crate::sql::IndexKey| {
                let is_it = key.column.as_deref() == Some(column) || super::access::holds_word(key.text(), column);
                is_it && !(*operator == Operator::HasKey && key.opclass() == Some("jsonb_path_ops"))
            };
            matches!(&*index.method, "gin" | "gist" | "rum" | "inverted") && index.keys.iter().any(holds)
        })
    }

    /// Columns that the server casts because the other side has another type, although an index leads with them.
    pub fn unserved_casts(&self) -> Vec<Unserved<'m>> {
        let mut found = Vec::new();
        for one in self.searchable().filter(|one| matches!(one.narrowing, Narrowing::Equality | Narrowing::Range)) {
            let other = &one.predicate.right;
            let Some(kind) = one.column.column_type.known() else { continue };
            let integer = ["bigint", "integer", "smallint"].contains(&kind.name.as_str());
            let wide = |cast: &str| ["numeric", "double precision", "real"].iter().any(|wide| cast.starts_with(wide));
            let casts = match self.table.dialect() {
                Dialect::MySql => one.column.is_text() && matches!(other.kind, ValueKind::Number(_)),
                Dialect::Postgres => integer && other.cast.as_deref().is_some_and(wide),
                _ => false,
            };
            let Some(index) = self.index_led_by(&one.column.name).filter(|_| casts) else { continue };
            let mut unserved = self.unserved(UnservedKind::Cast, vec![one.column], vec![one.predicate.span]);
            unserved.text = other.cast.clone().unwrap_or_else(|| "a number".into());
            unserved.wasted = Some(index);
            found.push(unserved);
        }
        found
    }

    /// Searches for a text anywhere within a column, with no index that could find it.
    pub fn wildcard_searches(&self) -> Vec<WildcardSearch<'m>> {
        let searches = self.conditions.iter().filter(|one| one.predicate.pattern == Some(Pattern::Wildcard));
        let special = |one: &Condition| self.has_special_index(&["gin", "gist", "fulltext", "rum", "inverted"], &one.column.name);
        let own = searches.filter(|one| !special(one) && one.column.is_text());
        own.map(|one| WildcardSearch { query: self.scope.query(), column: one.column, span: one.predicate.span }).collect()
    }

    /// An index with a key for a range before one for a certain value, where no index has them the other way round.
    pub fn misordered_index(&self) -> Option<Misordered<'m>> {
        let of = |narrowing: Narrowing, name: &str| {
            let is_it = |one: &&Condition| one.narrowing == narrowing && one.column.name == name;
            self.searchable().find(is_it).copied()
        };
        let names = |index: &IndexRef<'m>| index.columns().map(|all| all.into_iter().map(str::to_owned).collect::<Vec<_>>());
        let mut found = None;
        for index in self.indexes().filter(|index| index.method == "btree") {
            let Some(keys) = names(&index) else { continue };
            let before = keys.iter().take_while(|key| of(Narrowing::Equality, key).is_some()).count();
            let range = keys.get(before).and_then(|key| of(Narrowing::Range, key));
            let equal = keys.iter().skip(before + 1).find_map(|key| of(Narrowing::Equality, key));
            match (range, equal) {
                (Some(range), Some(equal)) if before == 0 && !is_coarse(&equal.column) && found.is_none() => {
                    let mut ordered: Vec<String> = keys.clone();
                    ordered.retain(|key| *key != equal.column.name);
                    ordered.insert(before, equal.column.name.to_string());
                    found = Some(Misordered { query: self.scope.query(), index, range, equal, keys: ordered });
                }
                // This one begins with what has certain values.
                (_, None) if before > 0 => return None,
                _ => {}
            }
        }
        found
    }
}

/// Whether an equality on a column leaves too many rows for an index to be worth it: few values, or a mark of deletion.
fn is_coarse(column: &ColumnRef) -> bool {
    column.takes_few_values() || words::is_soft_delete(&column.name)
}

/// The expression over the column as it is written, without the qualifier of the column.
fn expression(one: &Condition) -> String {
    let column = one.column.sql_name();
    match one.wrapping {
        Some(Wrapping::Cast(to)) => format!("{column}::{to}"),
        _ => one.predicate.left.written.clone(),
    }
}
