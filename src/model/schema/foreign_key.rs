//! What a foreign key asks of its table's indexes, and how much its lack of one matters.

use super::catalog::Facet;
use super::view::{ForeignKeyRef, IndexRef, TableRef};
use crate::fact::{Fact, Origin};
use crate::model::{FileStatus, words};
use crate::source::Name;

/// How long a condition and a name may be together for a headline of 100 characters.
const ROOM: usize = 50;

impl TableRef<'_> {
    /// Whether the repository itself fills it with constants, in its migrations or in seed files beside the schema.
    pub fn is_filled_with_constants(&self) -> bool {
        self.seeded && !self.copied
    }

    /// The column that marks its rows as deleted, so that they stay.
    pub fn soft_delete_column(&self) -> Option<&str> {
        self.table().columns.iter().map(|column| column.name.as_str()).find(|name| words::is_soft_delete(name))
    }
}

impl<'m> IndexRef<'m> {
    /// Whether it leads with a column that says whose row it is, by which every request narrows the rows.
    pub fn leads_with_scope(&self) -> bool {
        self.keys.first().and_then(|key| key.column.as_deref()).is_some_and(words::is_scope)
    }

    /// The column that says whose row it is, where it is the only key.
    pub fn scope_alone(&self) -> Option<&'m str> {
        match self.index().keys.as_slice() {
            [key] => key.column.as_deref().filter(|name| words::is_scope(name)),
            _ => None,
        }
    }

    /// Whether a file made it that the base does not have.
    pub fn is_new(&self) -> bool {
        let file = self.table().database().migrations.get(self.index().migration);
        file.is_some_and(|file| file.status == FileStatus::New)
    }

    /// Where a column stands among its keys, as people count: `second`.
    pub fn place_of(&self, column: &str) -> Option<&'static str> {
        let at = self.keys.iter().position(|key| key.column.as_deref() == Some(column))?;
        Some(["first", "second", "third", "fourth"].get(at).copied().unwrap_or("later"))
    }
}

impl<'m> ForeignKeyRef<'m> {
    /// The index that a lookup by the referring columns uses: its leading keys are these columns in any order, and it holds
    /// every row that refers (it may be partial only by `column IS NOT NULL`).
    pub fn index(&self) -> Fact<IndexRef<'m>> {
        let table = self.table();
        if let Some(index) = table.indexes().find(|index| index.serves_lookup(&self.columns)) {
            return Fact::Known(index, Origin::Explicit(index.span));
        }
        match table.gap(Facet::Indexes).or(table.gap(Facet::Constraints)) {
            Some(gap) => Fact::not_read(gap.why.clone(), gap.span.into_iter().collect()),
            None => Fact::Absent,
        }
    }

    /// An index that leads with its columns and leaves rows out.
    pub fn partial_index(&self) -> Option<IndexRef<'m>> {
        self.table().indexes().find(|index| index.predicate.is_some() && index.leads_with(&self.columns))
    }

    /// An index that holds all its columns, though not as its leading keys.
    pub fn index_elsewhere(&self) -> Option<IndexRef<'m>> {
        let holds = |index: &IndexRef| {
            let has = |column: &Name| index.keys.iter().any(|key| key.column.as_ref() == Some(column));
            index.predicate.is_none() && self.columns.iter().all(has)
        };
        self.table().indexes().find(holds)
    }

    /// What is wrong, in one line.
    pub fn headline(&self) -> String {
        let name = self.short_name();
        match self.partial_index().and_then(|index| index.index().predicate.as_ref()) {
            Some(one) if one.value.len() + name.len() <= ROOM && !one.value.contains('\n') => {
                format!("only a partial index (`WHERE {}`) covers foreign key `{name}`", one.value)
            }
            Some(_) => format!("only a partial index covers foreign key `{name}`"),
            None => format!("foreign key `{name}` has no index"),
        }
    }

    /// The index that comes nearest to serving it, and why it does not.
    pub fn index_that_fails(&self) -> Option<(IndexRef<'m>, String)> {
        if let Some(index) = self.partial_index() {
            return Some((index, format!("index `{}` holds only the rows of its condition", index.label())));
        }
        let index = self.index_elsewhere()?;
        let why = match self.columns.as_slice() {
            [one] if index.only && index.place_of(one) == Some("first") => {
                format!("index `{}` is made `ON ONLY` the table, and not every partition has its part of it", index.label())
            }
            [one] => {
                let place = index.place_of(one).unwrap_or("later");
                format!("index `{}` has it {place}, so a lookup by it alone cannot use it", index.label())
            }
            _ => format!("index `{}` does not begin with them, so a lookup by them alone cannot use it", index.label()),
        };
        Some((index, why))
    }

    /// What reads the whole table for want of an index, in half a sentence.
    pub fn lookup(&self) -> String {
        let (child, parent) = (self.table().short_name(), self.parent_name());
        if self.partial_index().is_some() {
            return format!("each row deleted from `{parent}` reads all of `{child}`, since the index leaves rows out");
        }
        let columns = self.columns.join("`, `");
        if self.parent_that_marks_deleted().is_some() {
            return format!("each list of `{child}` by `{columns}` alone reads all of `{child}`");
        }
        format!("each row deleted from `{parent}`, and each list of `{child}` by `{columns}`, reads all of `{child}`")
    }

    /// Why the lack of an index matters little, where something says so.
    pub fn seldom_looked_up(&self) -> Option<String> {
        let parent = self.parent()?;
        if self.refers_to_seeded_list(parent) {
            return Some(format!("`{}` is a short list that the repository itself fills", parent.short_name()));
        }
        if let Some((index, column)) = self.index_of_current_rows() {
            let label = index.label();
            return Some(format!("`{label}` holds the rows whose `{column}` is not set: only a deletion there reads the others"));
        }
        let parent = self.parent_that_marks_deleted()?;
        let marked = parent.soft_delete_column()?;
        Some(format!("rows of `{}` are marked in `{marked}` and not deleted", parent.short_name()))
    }

    /// The partial index that leaves out no more than rows which have had their day, and the column that says so: a moment that is
    /// set when they do (`revoked_at IS NULL`). Who lists the rows of one parent asks for the others.
    fn index_of_current_rows(&self) -> Option<(IndexRef<'m>, &'m str)> {
        let index = self.partial_index()?;
        let predicate = &index.index().predicate.as_ref()?.value;
        let words = predicate.replace(['(', ')', '"', '`'], " ");
        let [name, rest @ ..] = &words.split_whitespace().collect::<Vec<_>>()[..] else { return None };
        let asks_for_null = matches!(rest, [is, null] if is.eq_ignore_ascii_case("is") && null.eq_ignore_ascii_case("null"));
        let column = self.table().table().columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))?;
        let is_moment =
            column.column_type.known().is_some_and(|known| known.name.starts_with("timestamp") || known.name == "date");
        (asks_for_null && is_moment).then_some((index, column.name.as_str()))
    }

    /// The table referred to, where its rows are marked as deleted and stay. An action on delete says that rows do go, but for
    /// a database where every request says the scope too.
    fn parent_that_marks_deleted(&self) -> Option<TableRef<'m>> {
        let stays = !matches!(self.on_delete.as_deref(), Some("CASCADE" | "SET NULL" | "SET DEFAULT"));
        let marks = |table: &TableRef| table.soft_delete_column().is_some() && (stays || self.is_second_after_scope());
        self.parent().filter(marks)
    }

    /// Whether an index holds its column behind one that says whose row it is, so that a request which says both is served.
    fn is_second_after_scope(&self) -> bool {
        let [column] = self.columns.as_slice() else { return false };
        let second = |index: &IndexRef| index.keys.get(1).and_then(|key| key.column.as_ref()) == Some(column);
        self.table().indexes().any(|index| index.leads_with_scope() && second(&index))
    }

    /// Whether the table referred to is a short list that the repository itself fills, whose rows nobody deletes: three columns
    /// at most, and no references of its own.
    fn refers_to_seeded_list(&self, parent: TableRef) -> bool {
        parent.is_filled_with_constants() && parent.columns.len() <= 3 && parent.foreign_keys.is_empty()
    }
}
