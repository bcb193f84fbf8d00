//! Keys and references that are added to a table.

use super::super::super::catalog::{Index, Table};
use super::tables::key_over;
use super::types::{self, Kind};
use super::{Ask, Refusal, column, listed, short};
use crate::sql::{ConstraintDef, ConstraintKind};

impl Ask<'_> {
    /// `ADD CONSTRAINT`, and the constraints of `ADD COLUMN`, which stands at `at`.
    pub(super) fn add_constraint(
        &self,
        slot: usize,
        only: bool,
        def: &ConstraintDef,
        at: Option<(&str, Option<Kind>)>,
    ) -> Option<Refusal> {
        let table = self.sure(slot)?;
        let name = short(&table.name);
        if let Some(own) = def.name.as_ref().filter(|own| self.state.has_constraint(slot, &own.value)) {
            let why = format!("`{name}` has a constraint `{}` already", own.value);
            return Some(Refusal::new(why, "drop the other one first, or take another name"));
        }
        if let Some(key) = key_over(def, at.as_ref().map(|(name, _)| *name)) {
            return self.key(slot, def, &key, at);
        }
        match &def.kind {
            ConstraintKind::PrimaryKey { using_index: Some(index), .. } => {
                self.second_key(table).or_else(|| self.using_index(table, index))
            }
            ConstraintKind::Unique { using_index: Some(index), .. } => self.using_index(table, index),
            ConstraintKind::Check { .. } => {
                let has_heirs = !self.state.descendants(slot).is_empty();
                if def.details().no_inherit && table.partitioned {
                    return Some(Refusal::new(
                        format!("NO INHERIT is nothing for `{name}`, which is partitioned"),
                        "leave NO INHERIT out",
                    ));
                }
                (only && has_heirs && !def.details().no_inherit && self.state.parents(slot).is_some()).then(|| {
                    Refusal::new(
                        format!("a CHECK on ONLY `{name}` leaves out the tables that inherit it"),
                        "leave ONLY out, or add NO INHERIT",
                    )
                })
            }
            ConstraintKind::ForeignKey { columns, references, .. } => {
                let mut own: Vec<&str> = columns.iter().map(|one| one.value.as_str()).collect();
                own.extend(at.as_ref().filter(|_| columns.is_empty()).map(|(name, _)| *name));
                if let Some(found) =
                    own.iter().find_map(|one| self.no_such_column(table, one, at.as_ref().map(|(name, _)| *name)))
                {
                    return Some(found);
                }
                let kinds: Vec<Option<Kind>> = own
                    .iter()
                    .map(|one| match &at {
                        Some((name, of)) if name == one => of.clone(),
                        _ => self.kind_of(table, one),
                    })
                    .collect();
                let target = self.state.find(references).and_then(|slot| self.state.certain(slot))?;
                let generated = own.iter().any(|one| column(self.state, table, one).is_some_and(|one| one.generated.is_some()));
                let sets = |action: Option<&String>| action.is_some_and(|one| one.starts_with("SET"));
                let ConstraintKind::ForeignKey { on_delete, .. } = &def.kind else { return None };
                if generated && sets(on_delete.as_ref()) {
                    return Some(Refusal::new("the action would set a generated column", "take another action of ON DELETE"));
                }
                if only && table.partitioned {
                    return Some(Refusal::new(
                        format!("`{name}` is partitioned: its references are those of its partitions"),
                        "leave ONLY out",
                    ));
                }
                self.reference(def, &own, &kinds, target, (&name, !table.unlogged))
            }
            _ => None,
        }
    }

    /// The kind of a column of a table, where types act as the server made them.
    pub(super) fn kind_of(&self, table: &Table, name: &str) -> Option<Kind> {
        let column = column(self.state, table, name)?;
        types::of_column(self.state, column).filter(|_| self.state.has_plain_types())
    }

    /// A column that a table of known columns does not have; `new` is one that comes with the statement.
    pub(super) fn no_such_column(&self, table: &Table, name: &str, new: Option<&str>) -> Option<Refusal> {
        (new != Some(name) && column(self.state, table, name).is_none() && !is_system(name)).then(|| {
            let why = format!("`{}` has no column `{name}`", short(&table.name));
            let has = listed(table.columns.iter().take(8).map(|column| column.name.as_str()));
            Refusal::new(why, format!("it has {has}")).against(table.name_span, "the table is created here")
        })
    }

    fn second_key(&self, table: &Table) -> Option<Refusal> {
        let held = table.primary_key()?;
        let why = format!("`{}` has a primary key already", short(&table.name));
        Some(
            Refusal::new(why, "drop the other one first, or make this one UNIQUE")
                .against(held.span, "the primary key is made here"),
        )
    }

    fn key(
        &self,
        slot: usize,
        def: &ConstraintDef,
        key: &super::tables::KeyOver,
        at: Option<(&str, Option<Kind>)>,
    ) -> Option<Refusal> {
        let table = self.sure(slot)?;
        if key.primary
            && let Some(found) = self.second_key(table)
        {
            return Some(found);
        }
        if let Some(own) = &def.name {
            let name =
                crate::model::schema::catalog::TableName { schema: table.name.schema.clone(), name: own.value.as_str().into() };
            if let Some(found) = self.taken(&name) {
                return Some(found);
            }
        }
        for name in &key.columns {
            if let Some(found) = self.no_such_column(table, name, at.as_ref().map(|(name, _)| *name)) {
                return Some(found);
            }
            let of = match &at {
                Some((new, of)) if new == name => of.clone(),
                _ => self.kind_of(table, name),
            };
            if let Some(found) = self.unsorted(of.as_ref(), name) {
                return Some(found);
            }
        }
        let of = table.partition_key.as_deref()?;
        let found = self.leaves_out(of, key, &short(&table.name))?;
        Some(found.against(table.name_span, "the table is created here"))
    }

    /// A key that takes an index over.
    fn using_index(&self, table: &Table, name: &str) -> Option<Refusal> {
        if table.partitioned {
            let why = format!("`{}` is partitioned, and takes no index over as a key", short(&table.name));
            return Some(Refusal::new(why, "take over an index of each partition, and then add the key"));
        }
        let index = table.indexes.iter().find(|index| index.name.as_deref() == Some(name))?;
        let fault = if index.backs.is_some() {
            "is that of a constraint already"
        } else if !index.unique {
            "is not unique"
        } else if index.predicate.is_some() {
            "is partial"
        } else if index.keys.iter().any(|key| key.column.is_none()) {
            "contains an expression"
        } else if index.keys.iter().any(|key| key.descending || key.nulls_first == Some(true)) {
            "does not sort as a key does"
        } else {
            return None;
        };
        let plain: Vec<&str> = index.keys.iter().filter_map(|key| key.column.as_deref()).collect();
        let remedy =
            format!("make another one:\nCREATE UNIQUE INDEX CONCURRENTLY ON {} ({});", short(&table.name), plain.join(", "));
        Some(Refusal::new(format!("index `{name}` {fault}"), remedy).against(index.span, "the index is made here"))
    }

    /// A reference to a known table; `own` are the columns and `from` the table that they are of, and whether it is logged.
    pub(super) fn reference(
        &self,
        def: &ConstraintDef,
        own: &[&str],
        kinds: &[Option<Kind>],
        target: &Table,
        from: (&str, bool),
    ) -> Option<Refusal> {
        let ConstraintKind::ForeignKey { referenced_columns, .. } = &def.kind else { return None };
        let there = short(&target.name);
        if from.1 && target.unlogged {
            let why = format!("`{there}` is unlogged, and `{}`, which is not, cannot refer to it", from.0);
            return Some(
                Refusal::new(why, format!("ALTER TABLE {there} SET LOGGED;"))
                    .against(target.name_span, "the table is created here"),
            );
        }
        if target.temporary {
            return None;
        }
        if let Some(found) = referenced_columns.iter().find_map(|one| self.no_such_column(target, one, None)) {
            return Some(found);
        }
        let wanted: Vec<String> = match referenced_columns.is_empty() {
            false => referenced_columns.clone(),
            true => match target.primary_key().map(|key| key.columns()) {
                Some(columns) => columns?.into_iter().map(str::to_owned).collect(),
                None => {
                    let why = format!("`{there}` has no primary key to refer to");
                    return Some(
                        Refusal::new(why, "name the columns of a unique key")
                            .against(target.name_span, "the table is created here"),
                    );
                }
            },
        };
        if wanted.len() != own.len() {
            let why = format!("{} columns refer to {}", own.len(), wanted.len());
            return Some(Refusal::new(why, "name as many columns on both sides"));
        }
        let same = |index: &&Index| {
            let columns = index.columns().unwrap_or_default();
            columns.len() == wanted.len() && wanted.iter().all(|one| columns.contains(&one.as_str()))
        };
        let is_key = |index: &&Index| index.unique && index.predicate.is_none() && !index.deferrable && same(index);
        if !target.indexes.iter().any(|index| is_key(&index)) {
            let columns = wanted.join(", ");
            let why = format!("no unique key of `{there}` is over ({columns})");
            let remedy = format!("ALTER TABLE {there} ADD UNIQUE ({columns});");
            return Some(Refusal::new(why, remedy).against(target.name_span, "the table is created here"));
        }
        for ((own, kind), wanted) in own.iter().zip(kinds).zip(&wanted) {
            let (Some(kind), Some(key)) = (kind, self.kind_of(target, wanted)) else { continue };
            if types::refers(kind, &key) {
                continue;
            }
            let other = column(self.state, target, wanted)?;
            let of = other.column_type.known().map_or_else(String::new, |one| one.display());
            let why = format!("`{own}` cannot refer to `{there}.{wanted}`, which is `{of}`");
            return Some(
                Refusal::new(why, format!("give `{own}` the type {of}")).against(other.span, "the column is defined here"),
            );
        }
        None
    }
}

/// Whether a name is that of a column that every table has.
fn is_system(name: &str) -> bool {
    matches!(name, "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid" | "oid")
}
