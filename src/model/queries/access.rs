//! How a query gets at the rows of a table: by which conditions, and whether an index finds them.

use super::view::{Resolved, ScopeRef};
use super::{ColumnName, Operator, Predicate, Value, ValueKind, Verb, Wrapping};
use crate::model::schema::{ColumnRef, IndexRef, TableRef};

/// A table in one scope of a query, with the conditions on it.
#[derive(Debug, Clone)]
pub struct Access<'m> {
    /// The scope.
    pub scope: ScopeRef<'m>,
    /// The position of the relation in it.
    pub number: usize,
    /// The table.
    pub table: TableRef<'m>,
    /// Its conditions, in the order of the text.
    pub conditions: Vec<Condition<'m>>,
}

/// What a condition does for the search of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Narrowing {
    /// Certain values of the column.
    Equality,
    /// Values between bounds.
    Range,
    /// The values of a column of another relation, or of a subquery.
    Join,
    /// `IS NULL`.
    Null,
    /// Anything else.
    Other,
}

/// A condition on one column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Condition<'m> {
    /// As it is written.
    pub predicate: &'m Predicate,
    /// The column.
    pub column: ColumnRef<'m>,
    /// Its name where it is written.
    pub named: &'m ColumnName,
    /// What is done to it before it is compared; `None` where it is compared as it is.
    pub wrapping: Option<&'m Wrapping>,
    /// What it does for the search.
    pub narrowing: Narrowing,
}

impl Condition<'_> {
    /// Whether it alone decides which rows are left: it does not stand under `OR`.
    pub fn holds(&self) -> bool {
        !self.predicate.alternative
    }

    /// Whether an index over the column serves it.
    pub fn is_searchable(&self) -> bool {
        self.holds() && self.wrapping.is_none() && self.narrowing != Narrowing::Other
    }
}

impl<'m> ScopeRef<'m> {
    /// Every table of the schema that rows of are read or changed here, with its conditions. Partitions and temporary tables are
    /// not among them.
    pub fn accesses(&self) -> Vec<Access<'m>> {
        if matches!(self.scope().verb, Verb::Insert | Verb::Other) {
            return Vec::new();
        }
        let of = |number: usize| {
            let table = self.table(number).filter(|table| !table.is_derived())?;
            let conditions = self.scope().predicates.iter().filter_map(|predicate| self.condition(predicate, number));
            Some(Access { scope: *self, number, table, conditions: conditions.collect() })
        };
        (0..self.scope().tables.len()).filter_map(of).collect()
    }

    fn condition(&self, predicate: &'m Predicate, number: usize) -> Option<Condition<'m>> {
        let on_left = self.side(&predicate.left, number);
        let (side, other) = match on_left {
            Some(side) => (side, &predicate.right),
            None => (self.side(&predicate.right, number).filter(|(_, _, wrapping)| wrapping.is_none())?, &predicate.left),
        };
        let (column, named, wrapping) = side;
        let narrowing = match (&predicate.operator, &other.kind) {
            (Operator::IsNull, _) => Narrowing::Null,
            (operator, ValueKind::Query(_)) if operator.is_equality() => Narrowing::Join,
            (operator, _) if operator.is_equality() && (other.is_constant() || other.kind == ValueKind::Nothing) => {
                Narrowing::Equality
            }
            (operator, ValueKind::Column(_) | ValueKind::OfColumn(..)) if operator.is_equality() => Narrowing::Join,
            (operator, _) if operator.is_range() && other.is_constant() => Narrowing::Range,
            _ => Narrowing::Other,
        };
        Some(Condition { predicate, column, named, wrapping, narrowing })
    }

    /// The column of one relation that a side of a condition is, or is about.
    fn side(&self, value: &'m Value, number: usize) -> Option<(ColumnRef<'m>, &'m ColumnName, Option<&'m Wrapping>)> {
        let (name, wrapping) = match &value.kind {
            ValueKind::Column(name) => (name, None),
            ValueKind::OfColumn(name, wrapping) => (name, Some(wrapping)),
            _ => return None,
        };
        if self.relation_of(name) != Some(number) {
            return None;
        }
        let column = self.resolve(name).column()?;
        Some((column, name, wrapping))
    }

    /// Whether at most one row is left in each relation, whatever is asked for: `WHERE id = $1`.
    pub fn finds_one_row(&self) -> bool {
        let accesses = self.accesses();
        !accesses.is_empty() && accesses.len() == self.scope().tables.len() && accesses.iter().all(Access::finds_one_row)
    }

    /// The columns of its `ORDER BY` in order, where each key is a column of a table.
    pub fn sort_columns(&self) -> Option<Vec<(ColumnRef<'m>, bool)>> {
        let column = |key: &'m super::Key| match &key.value.kind {
            ValueKind::Column(name) => Some((self.resolve_key(name).column()?, key.descending)),
            _ => None,
        };
        self.scope().order_by.iter().map(column).collect()
    }

    /// Whether a key of its `ORDER BY` means a name of the result or a subquery, or is not known.
    pub fn sorts_by_result(&self) -> bool {
        self.scope().order_by.iter().any(|key| match &key.value.kind {
            ValueKind::Column(name) => !matches!(self.resolve_key(name), Resolved::Column(_)),
            _ => true,
        })
    }
}

impl<'m> Access<'m> {
    /// The conditions that an index over plain columns serves.
    pub fn searchable(&self) -> impl Iterator<Item = &Condition<'m>> {
        self.conditions.iter().filter(|condition| condition.is_searchable())
    }

    /// The columns with certain values, each once, in the order of the text.
    pub fn equal_columns(&self) -> Vec<ColumnRef<'m>> {
        let mut found: Vec<ColumnRef> = Vec::new();
        for condition in self.searchable().filter(|one| one.narrowing == Narrowing::Equality) {
            if !found.iter().any(|known| known.name == condition.column.name) {
                found.push(condition.column);
            }
        }
        found
    }

    /// Whether the values asked for are those of at most one row.
    pub fn finds_one_row(&self) -> bool {
        if self.table.holds_one_row() {
            return true;
        }
        let single = |one: &&Condition| one.narrowing == Narrowing::Equality && matches!(one.predicate.operator, Operator::Equal);
        let equal: Vec<&str> = self.searchable().filter(single).map(|one| one.column.name.as_str()).collect();
        self.indexes().any(|index| {
            let columns = index.columns().unwrap_or_default();
            index.unique && !columns.is_empty() && columns.iter().all(|column| equal.contains(column))
        })
    }

    /// The indexes of the table in every statement of its schema: in migrations, and in a schema file beside them.
    pub fn indexes(&self) -> impl Iterator<Item = IndexRef<'m>> + use<'m> {
        self.table.twins().flat_map(|table| table.indexes().collect::<Vec<_>>())
    }

    /// Whether every index of the table is known, and so is all of the query.
    pub fn is_known(&self) -> bool {
        let table = |table: &TableRef| table.indexes_complete() && table.constraints_complete() && table.columns_complete();
        self.scope.query().is_clear() && self.table.twins().all(|twin| table(&twin))
    }

    /// Whether some index may find the rows: it leads with a column, or is over an expression, of a condition that `counts`. What
    /// a partial index leaves out is not judged.
    pub fn may_be_served(&self, counts: impl Fn(&Condition<'m>) -> bool) -> bool {
        let conditions: Vec<&Condition> = self.conditions.iter().filter(|one| one.holds() && counts(one)).collect();
        self.indexes().any(|index| conditions.iter().any(|condition| leads(&index, condition)))
    }

    /// Whether an index holds a column in a way of its own, as GIN and GiST do: (method, column).
    pub fn has_special_index(&self, methods: &[&str], column: &str) -> bool {
        self.indexes().any(|index| {
            let holds = index.keys.iter().any(|key| match &key.column {
                Some(name) => name == column,
                None => holds_word(key.text(), column),
            });
            methods.contains(&&*index.method) && holds
        })
    }

    /// Why its lack of an index matters little, where something says so.
    pub fn is_small(&self) -> Option<&'static str> {
        let constants = self.table.twins().any(|table| table.is_filled_with_constants());
        constants.then_some("the table is a list that the repository itself fills")
    }

    /// Whether something says whose rows are meant: a condition on this column, one row that is named by its key, or another table
    /// that the rows are joined to.
    pub fn is_narrowed_to(&self, column: &str) -> bool {
        let says = |one: &Condition| one.column.name == column || one.narrowing == Narrowing::Join;
        self.finds_one_row() || self.conditions.iter().any(says)
    }

    /// Whether the rows of the table may grow with use, by its name or as the configuration says.
    pub fn grows(&self) -> bool {
        self.table.table().may_grow()
    }
}

/// Whether an index is searched by a condition.
fn leads(index: &IndexRef, condition: &Condition) -> bool {
    let Some(first) = index.keys.first() else { return false };
    match (&first.column, condition.wrapping) {
        (Some(column), None) => *column == condition.column.name && condition.narrowing != Narrowing::Other,
        (None, _) => {
            let plain = squeeze(first.text());
            let is_it = plain == squeeze(&condition.predicate.left.plain) || plain == squeeze(&condition.predicate.right.plain);
            // A condition on a word of the expression may be written in another form.
            is_it || holds_word(first.text(), &condition.column.name)
        }
        (Some(_), Some(_)) => false,
    }
}

fn squeeze(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"' | '`' | '.'));
    kept.flat_map(char::to_lowercase).collect()
}

/// Whether a text holds a word.
pub(super) fn holds_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').any(|one| one.eq_ignore_ascii_case(word))
}
