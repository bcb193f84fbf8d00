//! Changes of one column.

use super::super::super::catalog::{Column, Table};
use super::super::super::names;
use super::types::{self, Kind};
use super::{Ask, Refusal, column, short};
use crate::sql::ColumnType;

impl Ask<'_> {
    /// A column that a table, or a partition of it, is partitioned by.
    fn divides(&self, slot: usize, only: bool, name: &str, act: &str) -> Option<Refusal> {
        let mut slots = vec![slot];
        slots.extend(self.state.descendants(slot).into_iter().filter(|_| !only));
        let by = |table: &&Table| {
            let columns = table.partition_key.iter().flat_map(|key| &key.columns).flatten();
            columns.into_iter().any(|column| names::same(self.state.dialect, column, name))
        };
        let table = slots.into_iter().filter_map(|slot| self.sure(slot)).find(by)?;
        let why = format!("`{}` is partitioned by `{name}`, which cannot {act}", short(&table.name));
        let found = Refusal::new(why, "make a new table that is partitioned otherwise, and move the rows");
        Some(found.against(table.name_span, "the table is created here"))
    }

    /// A generated column that is computed from this one.
    fn computed_from<'t>(&self, table: &'t Table, name: &str) -> Option<&'t Column> {
        let from = |one: &&Column| {
            one.name != name && one.expression().is_some_and(|text| names::mentions(self.state.dialect, text, name))
        };
        table.columns.iter().find(from)
    }

    pub(super) fn drop_column(&self, slot: usize, only: bool, name: &str, (if_exists, cascade): (bool, bool)) -> Option<Refusal> {
        let table = self.sure(slot)?;
        if let Some(mut found) = self.no_such_column(table, name, None) {
            found.remedy = format!("ALTER TABLE {} DROP COLUMN IF EXISTS {name};", short(&table.name));
            return (!if_exists).then_some(found);
        }
        if only && table.partitioned && !self.state.descendants(slot).is_empty() {
            let why = format!("the partitions of `{}` keep the column that ONLY it would lose", short(&table.name));
            return Some(Refusal::new(why, "leave ONLY out"));
        }
        let divides = || self.divides(slot, only, name, "be dropped");
        if let Some(found) = self.inherited(slot, name, "dropped").or_else(divides) {
            return Some(found);
        }
        let computed = self.computed_from(table, name).filter(|_| !cascade)?;
        let why = format!("`{}` is computed from `{name}`, which then cannot be dropped", computed.name);
        let remedy = format!("ALTER TABLE {} DROP COLUMN {}, DROP COLUMN {name};", short(&table.name), computed.name);
        Some(Refusal::new(why, remedy).against(computed.span, "the generated column is defined here"))
    }

    pub(super) fn drop_not_null(&self, slot: usize, only: bool, name: &str) -> Option<Refusal> {
        let table = self.sure(slot)?;
        if let Some(found) = self.no_such_column(table, name, None) {
            return Some(found);
        }
        let own = column(self.state, table, name)?;
        if own.identity.is_some() {
            let why = format!("`{name}` is an identity column, and stays NOT NULL");
            return Some(Refusal::new(why, "drop the identity first").against(own.span, "the column is defined here"));
        }
        let key = table.primary_key().filter(|key| key.keys.iter().any(|one| one.column.as_deref() == Some(&*own.name)));
        if let Some(key) = key {
            let why = format!("`{name}` is in the primary key, and stays NOT NULL");
            return Some(Refusal::new(why, "drop the primary key first").against(key.span, "the primary key is made here"));
        }
        if only && table.partitioned && !self.state.descendants(slot).is_empty() {
            return Some(Refusal::new(format!("the partitions of `{}` keep the NOT NULL", short(&table.name)), "leave ONLY out"));
        }
        let parent = self.state.parents(slot)?.into_iter().find(|_| table.parent.is_some())?;
        let demanded = column(self.state, parent, name)?.nullable.known() == Some(&false);
        demanded.then(|| {
            let why = format!("`{name}` is NOT NULL in `{}`, of which this is a partition", short(&parent.name));
            Refusal::new(why, format!("ALTER TABLE {} ALTER COLUMN {name} DROP NOT NULL;", short(&parent.name)))
        })
    }

    /// `SET DEFAULT` of a text, or `DROP DEFAULT`.
    pub(super) fn set_default(&self, table: &Table, name: &str, text: Option<&str>) -> Option<Refusal> {
        if let Some(found) = self.no_such_column(table, name, None) {
            return Some(found);
        }
        let own = column(self.state, table, name)?;
        let instead = match (own.identity, own.generated) {
            (Some(_), _) => Some(("an identity column", "DROP IDENTITY")),
            (None, Some(_)) => Some(("a generated column", "DROP EXPRESSION")),
            (None, None) => None,
        };
        if let Some((what, instead)) = instead {
            let remedy = format!("ALTER TABLE {} ALTER COLUMN {name} {instead};", short(&table.name));
            let found = Refusal::new(format!("`{name}` is {what}, whose value is not a default"), remedy);
            return Some(found.against(own.span, "the column is defined here"));
        }
        let value = types::quoted(text?.trim())?;
        let of = types::of_column(self.state, own)?;
        types::is_no_value(self.state, value, &of).then(|| {
            let written = own.column_type.known().map_or_else(String::new, |of| of.display());
            let found =
                Refusal::new(format!("'{value}' is no value of `{name}`, which is `{written}`"), "write a value of the type");
            found.against(own.span, "the column is defined here")
        })
    }

    pub(super) fn add_identity(&self, table: &Table, name: &str) -> Option<Refusal> {
        if let Some(found) = self.no_such_column(table, name, None) {
            return Some(found);
        }
        let own = column(self.state, table, name)?;
        let here = |why: String, remedy: String| Some(Refusal::new(why, remedy).against(own.span, "the column is defined here"));
        if own.identity.is_some() {
            return here(format!("`{name}` is an identity column already"), "leave it out".into());
        }
        let whole = format!("ALTER TABLE {} ALTER COLUMN {name}", short(&table.name));
        if types::of_column(self.state, own).is_some_and(|of| !types::counts(&of)) {
            return here(format!("identity column `{name}` is no smallint, integer or bigint"), format!("{whole} TYPE bigint;"));
        }
        if own.nullable.known() == Some(&true) {
            return here(format!("`{name}` takes NULL, which an identity column does not"), format!("{whole} SET NOT NULL;"));
        }
        let has_default =
            own.default.known().is_some() || (own.auto_increment && own.identity.is_none()) || own.generated.is_some();
        match has_default {
            true => here(format!("`{name}` has a default already"), format!("{whole} DROP DEFAULT;")),
            false => None,
        }
    }

    pub(super) fn alter_type(
        &self,
        slot: usize,
        only: bool,
        name: &str,
        to: Option<&ColumnType>,
        using: bool,
    ) -> Option<Refusal> {
        let table = self.sure(slot)?;
        if let Some(found) = self.no_such_column(table, name, None) {
            return Some(found);
        }
        let own = column(self.state, table, name)?;
        let inherited = || self.inherited(slot, name, "changed");
        let divides = || self.divides(slot, only, name, "change its type");
        if let Some(found) = inherited().or_else(divides) {
            return Some(found);
        }
        if only && !self.state.descendants(slot).is_empty() && self.state.parents(slot).is_some() {
            return Some(Refusal::new(
                format!("tables that inherit `{name}` keep the type that ONLY this one would lose"),
                "leave ONLY out",
            ));
        }
        let here = |found: Refusal| Some(found.against(own.span, "the column is defined here"));
        if using && own.generated.is_some() {
            return here(Refusal::new(format!("`{name}` is generated: its values come from no USING"), "leave USING out"));
        }
        if let Some(computed) = self.computed_from(table, name) {
            let why = format!("`{}` is computed from `{name}`, which then cannot change its type", computed.name);
            let found = Refusal::new(why, format!("drop `{}` first, and add it again", computed.name));
            return Some(found.against(computed.span, "the generated column is defined here"));
        }
        let (to, written) = (self.written_kind(to?)?, to?);
        let from = types::of_column(self.state, own)?;
        let whole = format!("ALTER TABLE {} ALTER COLUMN {name}", short(&table.name));
        let shown = (own.column_type.known().map_or_else(String::new, |of| of.display()), written.display());
        if own.identity.is_some() && !types::counts(&to) {
            return here(Refusal::new(
                format!("identity column `{name}` is no smallint, integer or bigint then"),
                format!("{whole} DROP IDENTITY;"),
            ));
        }
        if !using && !types::becomes(&from, &to) {
            let remedy = format!("{whole} TYPE {} USING {name}::text::{};", shown.1, shown.1);
            return here(Refusal::new(
                format!("nothing casts `{name}` from `{}` to `{}` without USING", shown.0, shown.1),
                remedy,
            ));
        }
        if self.default_stays_behind(own, &from, &to) {
            let remedy = format!(
                "{whole} DROP DEFAULT,\n  ALTER COLUMN {name} TYPE {} ..,\n  ALTER COLUMN {name} SET DEFAULT ..;",
                shown.1
            );
            return here(Refusal::new(format!("the default of `{name}` cannot be cast to `{}`", shown.1), remedy));
        }
        self.unindexed(table, name, &to).or_else(|| self.unreferred(table, name, &to))
    }

    /// Whether a column has a default that does not become one of the new type.
    fn default_stays_behind(&self, own: &Column, from: &Kind, to: &Kind) -> bool {
        if own.generated.is_some() || own.identity.is_some() {
            return false;
        }
        if own.auto_increment {
            return !types::becomes(&Kind::Plain("bigint"), to);
        }
        let Some(default) = own.default.known() else { return false };
        // A quoted text has the type that its column had when it was set.
        let is_last = own.changes().last().is_none_or(|last| {
            last.source == default.span.source && last.start <= default.span.start && default.span.end <= last.end
        });
        let is_text = types::quoted(default.text.trim()).is_some();
        let of = types::of_default(default, from).filter(|_| is_last || !is_text);
        of.is_some_and(|of| !types::becomes(&of, to))
    }

    /// An index over the column that its new type does not allow.
    fn unindexed(&self, table: &Table, name: &str, to: &Kind) -> Option<Refusal> {
        let over = |index: &&crate::model::schema::catalog::Index| {
            let plain = |key: &crate::sql::IndexKey| key.column.as_deref() == Some(name) && key.opclass().is_none();
            index.keys.iter().any(plain) && !types::is_indexed(to, &index.method)
        };
        let index = table.indexes.iter().find(over)?;
        let called = index.name.as_deref().unwrap_or("");
        let why = format!("index `{called}` cannot be built on the new type of `{name}`");
        Some(Refusal::new(why, "drop the index first").against(index.span, "the index is made here"))
    }

    /// A reference from or to the column that its new type does not allow.
    fn unreferred(&self, table: &Table, name: &str, to: &Kind) -> Option<Refusal> {
        let fails = |key: &crate::model::schema::catalog::ForeignKey, of: &Table| {
            let why =
                format!("`{name}` would no longer fit the foreign key of `{}` ({})", short(&of.name), key.columns.join(", "));
            Some(
                Refusal::new(why, "drop the foreign key first, and change both columns")
                    .against(key.span, "the foreign key is made here"),
            )
        };
        let state = self.state;
        let target = |key: &crate::model::schema::catalog::ForeignKey| {
            let tables = state.tables.iter().enumerate();
            let slot = tables.into_iter().find(|(_, one)| one.as_ref().is_some_and(|one| one.name == key.references))?.0;
            state.certain(slot)
        };
        for key in &table.foreign_keys {
            for (own, other) in key.columns.iter().zip(&key.referenced_columns) {
                let itself = key.references == table.name && other == name;
                if own != name || itself {
                    continue;
                }
                let other = target(key).and_then(|there| self.kind_of(there, other));
                if other.is_some_and(|other| !types::refers(to, &other)) {
                    return fails(key, table);
                }
            }
        }
        for slot in self.state.referring(&table.name.name) {
            let Some(other) = self.sure(slot).filter(|other| other.name != table.name) else { continue };
            for key in other.foreign_keys.iter().filter(|key| key.references == table.name) {
                for (own, _) in key.columns.iter().zip(&key.referenced_columns).filter(|(_, there)| *there == name) {
                    if self.kind_of(other, own).is_some_and(|own| !types::refers(&own, to)) {
                        return fails(key, other);
                    }
                }
            }
        }
        None
    }
}
