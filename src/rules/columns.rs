//! What the rules on types of columns have in common: what is one thing to fix.

use crate::diagnostic::{Diagnostic, Unplaced};
use crate::model::schema::ColumnRef;
use std::collections::{BTreeMap, BTreeSet};

/// In so many tables of one database something is a habit, and one thing to fix.
const HABIT: usize = 5;

/// Columns that are one thing to fix: those of one table, or those of a database where it is a habit.
pub(super) struct Group<'m> {
    columns: Vec<ColumnRef<'m>>,
    tables: usize,
}

impl<'m> Group<'m> {
    /// The column that is shown.
    pub(super) fn first(&self) -> ColumnRef<'m> {
        self.columns[0]
    }

    /// The columns in words: `` `orders.total` ``, `` 3 columns of `orders` ``, `` 40 columns of 12 tables, like `orders.total` ``.
    pub(super) fn named(&self) -> String {
        let first = self.first();
        let names: BTreeSet<_> = self.columns.iter().map(|column| column.logical()).collect();
        match (self.tables, names.len()) {
            (1, 1) => format!("`{}`", first.short_name()),
            (1, many) => format!("{many} columns of `{}`", first.table().short_name()),
            (tables, many) => format!("{many} columns of {tables} tables, like `{}`,", first.short_name()),
        }
    }

    /// A verb in the number of the columns: `is` or `are`.
    pub(super) fn verb(&self, one: &'static str, many: &'static str) -> &'static str {
        if self.tables == 1 && self.columns.iter().all(|column| column.logical() == self.first().logical()) { one } else { many }
    }

    /// Starts the finding, about the column, its table, or the database.
    pub(super) fn says(&self, message: String) -> Unplaced {
        let first = self.first();
        let subject = match (self.tables, self.verb("one", "many")) {
            (1, "one") => first.subject(),
            (1, _) => first.table().subject(),
            _ => first.table().database().source.clone(),
        };
        Diagnostic::new(subject, message)
    }

    /// Adds the other columns.
    pub(super) fn with_others(&self, diagnostic: Diagnostic) -> Diagnostic {
        let others = self.columns.iter().skip(1);
        others.fold(diagnostic, |found, column| found.occurrence(column.type_span(), column.subject()))
    }
}

/// Puts columns together, those of twin tables included. In more than a few tables they are a habit of the database.
pub(super) fn by_habit<'m>(columns: impl IntoIterator<Item = ColumnRef<'m>>) -> Vec<Group<'m>> {
    let mut habits: BTreeMap<usize, Vec<Group>> = BTreeMap::new();
    for group in by_table(columns) {
        habits.entry(group.first().table().family()).or_default().push(group);
    }
    let whole = |groups: Vec<Group<'m>>| match groups.len() {
        0..HABIT => groups,
        tables => vec![Group { columns: groups.into_iter().flat_map(|group| group.columns).collect(), tables }],
    };
    habits.into_values().flat_map(whole).collect()
}

/// Puts the columns of one table together, those of twin tables included; a column that several tables inherit counts once.
pub(super) fn by_table<'m>(columns: impl IntoIterator<Item = ColumnRef<'m>>) -> Vec<Group<'m>> {
    let mut seen = BTreeSet::new();
    let mut tables: BTreeMap<(usize, String), Vec<ColumnRef>> = BTreeMap::new();
    for column in columns {
        if seen.insert(column.type_span()) {
            tables.entry(column.table().logical()).or_default().push(column);
        }
    }
    tables.into_values().map(|columns| Group { columns, tables: 1 }).collect()
}
