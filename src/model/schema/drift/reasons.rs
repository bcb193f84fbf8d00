//! How a difference between dialects came about: a habit that shows in many tables, or a design that differs on purpose.

use super::{Disagreement, Drift};
use crate::model::schema::catalog::{Backing, Index};
use crate::model::schema::view::TableRef;
use crate::source::{Sources, Span};
use crate::sql::{Change, Dialect};
use std::collections::BTreeSet;

/// What made two statements differ, where that is known.
#[derive(Debug, Clone, Copy)]
pub enum Reason<'m> {
    /// MySQL's `MODIFY` or `CHANGE` stated a column anew and left out the NOT NULL that it had.
    Forgotten(Span),
    /// PostgreSQL read the table in `DROP INDEX IF EXISTS table.index` as a schema, and dropped nothing: the statement, the index
    /// that stays, and whether a constraint owns it.
    MissedDrop(Span, &'m Index, bool),
}

impl<'m> Drift<'m> {
    /// What made it, where that is known.
    pub fn reason(&self, sources: &Sources) -> Option<Reason<'m>> {
        match &self.what {
            Disagreement::Optional => self.forgotten(&self.table, sources),
            Disagreement::Required => self.forgotten(&self.other, sources),
            Disagreement::NotUnique(_) => self.missed_drop(),
            _ => None,
        }
    }

    /// Whether both tables say the same in other words, as far as can be seen: each has columns that the other lacks, or they are
    /// keyed by other columns.
    pub fn is_by_design(&self) -> bool {
        let names = |table: &TableRef| -> BTreeSet<String> {
            table.table().columns.iter().map(|column| column.name.to_lowercase()).collect()
        };
        let key = |table: &TableRef| -> Option<BTreeSet<String>> {
            Some(table.primary_key()?.keys.iter().filter_map(|key| Some(key.column.as_ref()?.to_lowercase())).collect())
        };
        let (own, others) = (names(&self.table), names(&self.other));
        let is_exchange = own.difference(&others).next().is_some() && others.difference(&own).next().is_some();
        let is_keyed_apart = key(&self.table).zip(key(&self.other)).is_some_and(|(own, other)| own != other);
        self.what == Disagreement::MissingColumn && (is_exchange || is_keyed_apart)
    }

    fn forgotten(&self, table: &TableRef<'m>, sources: &Sources) -> Option<Reason<'m>> {
        let column = table.table().column_named(self.column?).filter(|_| table.dialect() == Dialect::MySql)?;
        let last = column.changes().last()?;
        // One `MODIFY` is several changes, all in one place.
        let earlier = column.changes().iter().rev().find(|span| *span != last).copied().unwrap_or(column.span);
        let words = |span: Span| -> Vec<String> {
            let text = sources.text(span).to_ascii_uppercase();
            text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
        };
        let said = words(*last);
        let restates = said.first().is_some_and(|word| word == "MODIFY" || word == "CHANGE");
        let before = words(earlier);
        let had = before.windows(2).any(|pair| matches!(pair, [not, null] if not == "NOT" && null == "NULL"));
        // Who writes NULL means it.
        let is_silent = !said.iter().any(|word| word == "NULL");
        (restates && had && is_silent).then_some(Reason::Forgotten(*last))
    }

    fn missed_drop(&self) -> Option<Reason<'m>> {
        let table = self.other;
        let index = table.table().indexes.iter().find(|index| index.span == self.there)?;
        let name = index.name.as_ref().filter(|_| table.dialect() == Dialect::Postgres)?;
        let statements = table.database().migrations.iter().flat_map(|migration| &migration.statements);
        let mut drops = statements.flat_map(|statement| &statement.ops).filter(|step| match &step.op.change {
            Change::DropIndex { names, if_exists: true, .. } => {
                names.iter().any(|one| one.name == *name && one.schema.as_ref().is_some_and(|schema| *schema == table.name.name))
            }
            _ => false,
        });
        Some(Reason::MissedDrop(drops.next_back()?.op.span, index, index.backs == Some(Backing::Unique)))
    }
}

impl Reason<'_> {
    /// Whether two differences are one habit.
    pub fn is_like(&self, other: &Reason) -> bool {
        matches!((self, other), (Reason::Forgotten(_), Reason::Forgotten(_)) | (Reason::MissedDrop(..), Reason::MissedDrop(..)))
    }
}
