//! Tables of SQLite that a pending migration builds anew, and what is lost on the way.

use super::super::catalog::{ForeignKey, Index};
use super::super::objects::RebuiltTable;
use crate::model::schema::MigrationRef;
use crate::source::{Sources, Span};

impl<'m> MigrationRef<'m> {
    /// The tables that it builds anew: an old one goes, and another one that it creates and fills has the name in the end.
    pub fn rebuilds(&self) -> impl Iterator<Item = &'m RebuiltTable> + use<'m> {
        let (database, here) = (self.database(), self.migration());
        let is_here = move |number: usize| database.migrations.get(number).is_some_and(|one| std::ptr::eq(one, here));
        database.objects.rebuilds.iter().filter(move |rebuild| is_here(rebuild.migration))
    }

    /// Indexes of a table that it builds anew which the new one could have and does not get, neither here nor later, with their
    /// names.
    pub fn lost_indexes(&self, rebuild: &'m RebuiltTable) -> Vec<(&'m str, &'m Index)> {
        let is_gone = |column: &str| rebuild.lost_columns.iter().any(|lost| lost.name.eq_ignore_ascii_case(column));
        let can_be = |index: &Index| index.keys.iter().all(|key| key.column.as_deref().is_some_and(|column| !is_gone(column)));
        let lost = rebuild.lost_indexes.iter().filter(|index| can_be(index) && !self.has_index_later(&rebuild.table.name, index));
        lost.filter_map(|index| Some((index.name.as_deref()?, index))).collect()
    }

    /// Whether the table has in the end what does the work of this index: one over the same columns, unique where this one is, or
    /// one that begins with its keys. The same keys without the promise were written on purpose.
    fn has_index_later(&self, table: &str, lost: &Index) -> bool {
        let held = self.database().tables.iter().find(|one| one.name.name.eq_ignore_ascii_case(table));
        let keys = |index: &Index| index.keys.iter().map(|key| key.text().to_lowercase()).collect::<Vec<_>>();
        let wanted = keys(lost);
        let serves = |index: &Index| {
            let mut keys = keys(index);
            if !lost.unique {
                return keys.starts_with(&wanted);
            }
            let is_same = keys == wanted;
            let mut wanted = wanted.clone();
            keys.sort();
            wanted.sort();
            is_same || (index.unique && keys == wanted)
        };
        held.is_none_or(|held| held.indexes.iter().any(serves))
    }

    /// Where it turns the checks of foreign keys off inside a transaction, which has no effect there.
    pub fn pragma_without_effect(&self, sources: &Sources) -> Option<Span> {
        let off = |span: Span| {
            let text: String = sources.text(span).to_lowercase().split_whitespace().collect();
            let value = text.strip_prefix("pragmaforeign_keys").map(|rest| rest.trim_matches(['=', '(', ')', ';']));
            matches!(value, Some("off" | "0" | "false" | "no"))
        };
        let mut inside = self.statements.iter().filter(|one| one.in_transaction.known() == Some(&true));
        inside.find(|one| off(one.span)).map(|one| one.span)
    }

    /// Why foreign keys may be off all the same: the code of the project opens the database so.
    pub fn foreign_keys_off(&self) -> Option<&'m str> {
        self.database().foreign_keys_off.as_deref()
    }

    /// The first foreign key of another table to this one, with the name of that table; one that acts on a delete first.
    pub fn reference_to(&self, table: &str) -> Option<(&'m str, &'m ForeignKey)> {
        let others = self.database().tables.iter().filter(|one| !one.name.name.eq_ignore_ascii_case(table));
        let keys = others.flat_map(|one| one.foreign_keys.iter().map(move |key| (one.name.name.as_str(), key)));
        let to_it = keys.filter(|(_, key)| key.references.name.eq_ignore_ascii_case(table));
        to_it.max_by_key(|(_, key)| key.on_delete.is_some())
    }
}
