//! `ALTER TABLE`, one action of it.

use super::super::super::catalog::{Table, TableName};
use super::super::super::names;
use super::{Ask, Refusal, column, short};
use crate::sql::{Change, ColumnDef, SchemaOp, TableAction};

impl Ask<'_> {
    pub(super) fn alter(&self, slot: usize, only: bool, action: &TableAction, op: &SchemaOp) -> Option<Refusal> {
        let table = self.sure(slot)?;
        match action {
            TableAction::AddColumn { column, if_not_exists } => self.add_column(slot, only, column, *if_not_exists),
            TableAction::DropColumn { name, if_exists, cascade } => {
                self.drop_column(slot, only, &name.value, (*if_exists, *cascade))
            }
            TableAction::RenameColumn { from, to } => self.rename_column(slot, only, &from.value, &to.value),
            TableAction::RenameTable { to } => {
                self.taken(&TableName { schema: table.name.schema.clone(), name: to.value.as_str().into() })
            }
            TableAction::SetSchema { to } if table.name.schema.as_deref() != Some(to.as_str()) => {
                self.taken(&TableName { schema: Some(to.into()), name: table.name.name.clone() })
            }
            TableAction::AlterType { column, column_type, using, .. } => {
                let to = column_type.as_ref().map(|written| &written.value);
                self.alter_type(slot, only, &column.value, to, using.is_some())
            }
            TableAction::SetNotNull { column } => self.no_such_column(table, &column.value, None),
            TableAction::DropNotNull { column } => self.drop_not_null(slot, only, &column.value),
            TableAction::SetDefault { column, default } => self.set_default(table, &column.value, Some(&default.text)),
            TableAction::DropDefault { column } => self.set_default(table, &column.value, None),
            TableAction::Identity { column, add: true } => self.add_identity(table, &column.value),
            TableAction::Identity { column, add: false } => self.no_such_column(table, &column.value, None),
            TableAction::AddConstraint(def) => self.add_constraint(slot, only, def, None),
            TableAction::DropConstraint { name, if_exists, .. } => self.drop_constraint(slot, &name.value, *if_exists),
            TableAction::ValidateConstraint { name } => self.no_such_constraint(slot, &name.value),
            TableAction::RenameConstraint { from, to } => self.rename_constraint(slot, &from.value, &to.value),
            TableAction::AttachPartition { child, default } => self.attach(slot, child, *default),
            TableAction::DetachPartition { child, .. } => self.detach(slot, child),
            TableAction::Other { words } if words == "SET" && table.partitioned => {
                let written = self.text.get(op.span.range()).unwrap_or("").to_lowercase();
                let is_of_table = written.split_whitespace().next().is_some_and(|word| word == "set" || word.starts_with("set("));
                (is_of_table && written.contains("fillfactor")).then(|| {
                    let why = format!("`{}` is partitioned, and has no rows to fill pages with", short(&table.name));
                    Refusal::new(why, "set fillfactor on each partition").against(table.name_span, "the table is created here")
                })
            }
            _ => None,
        }
    }

    fn add_column(&self, slot: usize, only: bool, new: &ColumnDef, if_not_exists: bool) -> Option<Refusal> {
        let table = self.sure(slot)?;
        let (name, own) = (short(&table.name), &new.name.value);
        let here = |found: Refusal| found.against(table.name_span, "the table is created here");
        if let Some(parent) = table.parent.as_deref() {
            let why = format!("`{name}` is a partition, whose columns are those of `{}`", short(parent));
            return Some(here(Refusal::new(why, format!("ALTER TABLE {} ADD COLUMN ..;", short(parent)))));
        }
        if let Some(there) = column(self.state, table, own) {
            let why = format!("`{name}` has a column `{own}` already");
            let found = Refusal::new(why, format!("ALTER TABLE {name} ADD COLUMN IF NOT EXISTS ..;"));
            return (!if_not_exists).then(|| found.against(there.name_span, "the column is defined here"));
        }
        let has_heirs = !self.state.descendants(slot).is_empty() && self.state.parents(slot).is_some();
        if has_heirs && only {
            let why = format!("a column of ONLY `{name}` leaves out the tables that inherit from it");
            return Some(here(Refusal::new(why, "leave ONLY out")));
        }
        if has_heirs && new.details().identity.is_some() && self.version < 17 {
            let why = format!("an identity column cannot be added to `{name}`, from which others inherit");
            return Some(here(Refusal::new(why, "add a plain column, and take its default from a sequence")));
        }
        if let Some(found) = self.new_column(new) {
            return Some(found);
        }
        let of = new.column_type.as_ref().and_then(|written| self.written_kind(&written.value));
        new.constraints.iter().find_map(|one| self.add_constraint(slot, only, one, Some((own.as_str(), of.clone()))))
    }

    fn rename_column(&self, slot: usize, only: bool, from: &str, to: &str) -> Option<Refusal> {
        let table = self.sure(slot)?;
        if let Some(found) = self.no_such_column(table, from, None).or_else(|| self.inherited(slot, from, "renamed")) {
            return Some(found);
        }
        if let Some(there) = column(self.state, table, to) {
            let why = format!("`{}` has a column `{to}` already", short(&table.name));
            let found = Refusal::new(why, "take another name");
            return Some(found.against(there.name_span, "the other column is defined here"));
        }
        let has_heirs = !self.state.descendants(slot).is_empty() && self.state.parents(slot).is_some();
        (only && has_heirs).then(|| {
            let why = format!("a rename in ONLY `{}` leaves out the tables that inherit the column", short(&table.name));
            Refusal::new(why, "leave ONLY out")
        })
    }

    /// A column that a parent has too.
    pub(super) fn inherited(&self, slot: usize, name: &str, act: &str) -> Option<Refusal> {
        let parents = self.state.parents(slot)?;
        let parent = parents.into_iter().find(|parent| column(self.state, parent, name).is_some())?;
        let why = format!("`{name}` is inherited from `{}`, and {act} only there", short(&parent.name));
        let found = Refusal::new(why, format!("ALTER TABLE {} ..;", short(&parent.name)));
        Some(found.against(parent.name_span, "the parent is created here"))
    }

    /// A constraint that a table of known constraints does not have. `NOT NULL` is one too since PostgreSQL 18, and not held.
    fn no_such_constraint(&self, slot: usize, name: &str) -> Option<Refusal> {
        let table = self.sure(slot)?;
        let named = table.checks.iter().all(|one| one.name.is_some()) && table.foreign_keys.iter().all(|one| one.name.is_some());
        let known = self.state.has_constraint(slot, name) || name.ends_with("_not_null") || !named;
        (!known).then(|| {
            let why = format!("`{}` has no constraint `{name}`", short(&table.name));
            Refusal::new(why, "name one that is there, or say IF EXISTS where the statement knows it")
                .against(table.name_span, "the table is created here")
        })
    }

    fn drop_constraint(&self, slot: usize, name: &str, if_exists: bool) -> Option<Refusal> {
        if let Some(mut found) = self.no_such_constraint(slot, name) {
            found.remedy = format!("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {name};", short(&self.sure(slot)?.name));
            return (!if_exists).then_some(found);
        }
        self.inherited_constraint(slot, name, "dropped")
    }

    fn rename_constraint(&self, slot: usize, from: &str, to: &str) -> Option<Refusal> {
        let table = self.sure(slot)?;
        let there = || {
            let why = format!("`{}` has a constraint `{to}` already", short(&table.name));
            self.state.has_constraint(slot, to).then(|| Refusal::new(why, "take another name"))
        };
        let check = table.checks.iter().any(|one| one.name.as_deref() == Some(from));
        let inherited = || self.inherited_constraint(slot, from, "renamed").filter(|_| check);
        self.no_such_constraint(slot, from).or_else(inherited).or_else(there)
    }

    /// A check or a key that a parent has too.
    fn inherited_constraint(&self, slot: usize, name: &str, act: &str) -> Option<Refusal> {
        let table = self.sure(slot)?;
        let parents = self.state.parents(slot)?;
        let part = table.indexes.iter().any(|one| one.inherited && one.backs.is_some() && one.name.as_deref() == Some(name));
        let own_key = table.foreign_keys.iter().find(|one| one.name.as_deref() == Some(name));
        let has = |parent: &&Table| {
            let checks = parent.checks.iter().any(|one| !one.no_inherit && one.name.as_deref() == Some(name));
            let own_check = table.checks.iter().any(|one| one.name.as_deref() == Some(name));
            let same = |key: &&crate::model::schema::catalog::ForeignKey| {
                parent.foreign_keys.iter().any(|one| one.columns == key.columns && one.references == key.references)
            };
            (checks && own_check) || (table.parent.is_some() && (part || own_key.filter(same).is_some()))
        };
        let parent = parents.into_iter().find(has)?;
        let why = format!("`{name}` is inherited from `{}`, and {act} only there", short(&parent.name));
        let found = Refusal::new(why, format!("ALTER TABLE {} ..;", short(&parent.name)));
        Some(found.against(parent.name_span, "the parent is created here"))
    }

    /// A CHECK that names a column which the statement itself takes away: `trial` is the catalog before the check.
    pub(super) fn speaks_of_the_gone(&self, trial: &super::State, op: &SchemaOp) -> Option<Refusal> {
        let Change::AlterTable { table, action: TableAction::AddConstraint(def), .. } = &op.change else { return None };
        let crate::sql::ConstraintKind::Check { text, .. } = &def.kind else { return None };
        let before = self.sure(self.state.find(table)?)?;
        let now = trial.certain(trial.find(table)?)?;
        let gone = before.columns.iter().filter(|one| now.column_named(&one.name).is_none());
        let named = gone.into_iter().find(|one| names::mentions(self.state.dialect, text, &one.name))?;
        Some(Refusal::new(
            format!("the CHECK names `{}`, which the statement drops", named.name),
            "drop the column or add the CHECK",
        ))
    }
}
