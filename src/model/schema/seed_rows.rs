//! Rows that migrations put into a table: what a lookup table lists.
//!
//! What is absent: rows that the application adds, which no file of SQL shows; who asks has to see to it.

use super::catalog::{Facet, Table};
use super::{ColumnRef, TableRef};
use crate::source::{Name, Spanned};
use crate::sql::Rows;

/// The texts of the rows of a table, as far as migrations say them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeedRows {
    /// For each row the columns that hold a text, and the text.
    rows: Vec<Vec<(Name, Spanned<String>)>>,
    /// Whether rows came, changed or went in a way that is not followed.
    is_unclear: bool,
}

/// More rows than this are data, and no list of words.
const MOST_ROWS: usize = 200;

impl SeedRows {
    /// Notes that the rows are not all known any more.
    pub fn doubt(&mut self) {
        self.is_unclear = true;
        self.rows.clear();
    }

    /// The texts of a column, one for each row; `None` where the rows are not all known or one has another value there.
    fn texts(&self, column: &str) -> Option<Vec<Spanned<String>>> {
        let of = |row: &Vec<(Name, Spanned<String>)>| row.iter().find(|(name, _)| *name == *column).map(|(_, text)| text.clone());
        if self.is_unclear { None } else { self.rows.iter().map(of).collect() }
    }
}

impl Table {
    /// Takes in the rows of an `INSERT`; `None` where they do not all stand in it.
    pub(super) fn take_rows(&mut self, rows: Option<&Rows>) {
        let held = self.rows.get_or_insert_default();
        let Some(rows) = rows.filter(|_| !held.is_unclear) else { return held.doubt() };
        let columns: Vec<Name> = match rows.columns.is_empty() {
            true => self.columns.iter().map(|column| column.name.clone()).collect(),
            false => rows.columns.iter().map(|column| Name::from(column.value.as_str())).collect(),
        };
        for row in &rows.values {
            let texts = columns.iter().zip(row).filter_map(|(column, text)| Some((column.clone(), text.clone()?)));
            held.rows.push(texts.collect());
        }
        if held.rows.len() > MOST_ROWS {
            held.doubt();
        }
    }
}

/// A list that the values of a column are taken from.
#[derive(Debug, Clone)]
pub struct Lookup<'m> {
    /// The table, of which migrations state every row.
    pub list: TableRef<'m>,
    /// Its column that is referred to.
    pub column: Name,
    /// The texts there, one for each row.
    pub texts: Vec<Spanned<String>>,
}

/// Columns of a list that others refer to: a name, and what is said of it.
const MOST_COLUMNS: usize = 4;

impl<'m> ColumnRef<'m> {
    /// The list that its values are taken from: a table of few columns, of which migrations state every row and to which the column
    /// refers alone.
    pub fn lookup(&self) -> Option<Lookup<'m>> {
        let key = self.table().foreign_keys().find(|key| key.columns.as_slice() == [self.column().name.clone()])?;
        let parent = key.parent().filter(|parent| parent.is_filled_with_constants() && parent.gap(Facet::Columns).is_none())?;
        let is_list = parent.table().columns.len() <= MOST_COLUMNS && parent.table().foreign_keys.is_empty();
        let column = key.referenced_columns.first().filter(|_| is_list && key.referenced_columns.len() == 1)?;
        let texts = parent.table().rows.as_ref()?.texts(column)?;
        (texts.len() > 1).then(|| Lookup { list: parent, column: column.clone(), texts })
    }
}
