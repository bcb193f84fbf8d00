//! Values that a change takes from a column while the API still takes them, or took them until this change.

use super::view::PropertyColumn;
use crate::fact::Fact;
use crate::model::Model;
use crate::model::schema::{ColumnRef, MigrationRef};
use crate::source::{Span, Spanned};
use std::collections::BTreeSet;

/// How the API stands to values that its column loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taken {
    /// It still takes them.
    StillListed,
    /// It took them until this change, which takes them from both.
    Together,
}

/// Values that a pending migration takes from a column.
#[derive(Debug, Clone)]
pub struct TakenValues<'m> {
    /// The field of the API.
    pub field: PropertyColumn<'m>,
    /// The column.
    pub column: ColumnRef<'m>,
    /// The migration.
    pub migration: MigrationRef<'m>,
    /// The values, in the API's order; the places are those of the API, before the change where it listed them only then.
    pub values: Vec<Spanned<String>>,
    /// The column's list as it is now.
    pub now: Span,
    /// How the API stands to them.
    pub how: Taken,
}

impl Model {
    /// Every list of values that a pending migration takes from a column although clients may send them: by the lists of this
    /// model and those of `base`. One for each field and column.
    pub fn taken_values<'m>(&'m self, base: Option<&'m Model>) -> Vec<TakenValues<'m>> {
        let Some(base) = base.filter(|_| self.schema.pending_migrations().next().is_some()) else { return Vec::new() };
        let before = base.property_columns();
        let mut found = Vec::new();
        for field in self.property_columns().into_iter().filter(|field| field.in_request) {
            let same = |old: &&PropertyColumn| {
                (old.entity, &old.holders, old.property.name) == (field.entity, &field.holders, field.property.name)
            };
            let Some(old) = before.iter().find(same).filter(|old| old.in_request) else { continue };
            for column in &field.columns {
                found.extend(self.taken(&field, old, *column));
            }
        }
        found
    }

    fn taken<'m>(
        &'m self,
        field: &PropertyColumn<'m>,
        old: &PropertyColumn<'m>,
        column: ColumnRef<'m>,
    ) -> Option<TakenValues<'m>> {
        let place = |one: &ColumnRef| (one.table().dialect(), one.table().database().source.clone(), one.table().subject());
        let before = old.columns.iter().find(|one| place(one) == place(&column) && one.name == column.name)?;
        let (Fact::Known(held, origin), Fact::Known(had, _)) = (column.allowed_values(), before.allowed_values()) else {
            return None;
        };
        // MySQL's list stands in the type of the column.
        let now = if column.is_of(&["enum"]) { column.type_span() } else { origin.span()? };
        let migration = self.schema.migrations().find(|one| one.source == now.source && one.pending)?;
        let (held, had) = (texts(&held), texts(&had));
        let (core, old_core) = (field.property.schema.core(), old.property.schema.core());
        let (listed, was_listed) = (core.enum_values(), old_core.enum_values());
        // A field without a list takes any text, and says nothing of these.
        if listed.is_empty() || was_listed.is_empty() {
            return None;
        }
        let is_taken = |value: &str| had.contains(value) && !held.contains(value);
        let of = |list: &[Spanned<&str>], wanted: &dyn Fn(&str) -> bool| -> Vec<Spanned<String>> {
            list.iter().filter(|one| wanted(one.value)).map(|one| Spanned::new(one.value.to_owned(), one.span)).collect()
        };
        let still = of(&listed, &is_taken);
        let (values, how) = match still.is_empty() {
            false => (still, Taken::StillListed),
            true => {
                let is_listed = |value: &str| listed.iter().any(|one| one.value == value);
                (of(&was_listed, &|value| is_taken(value) && !is_listed(value)), Taken::Together)
            }
        };
        (!values.is_empty()).then(|| TakenValues { field: field.clone(), column, migration, values, now, how })
    }
}

fn texts(of: &[Spanned<String>]) -> BTreeSet<&str> {
    of.iter().map(|one| one.value.as_str()).collect()
}
