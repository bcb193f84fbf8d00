//! What a pending step does to tables as a whole and to tables that it does not name: drops, renames, partitions, and the
//! tables behind foreign keys.

use super::named::Placed;
use super::{Audience, PendingStep};
use crate::model::schema::catalog::{Table, TableName};
use crate::model::schema::history::{AppliedMigration, LockMode, Step, TableOrigin};
use crate::source::Name;
use crate::sql::{Change, ConstraintKind, DataVerb, Dialect, IndexDef, ObjectName, TableAction};
use std::collections::HashSet;
use std::sync::OnceLock;

/// A table that a step drops.
#[derive(Debug, Clone)]
pub struct LostTable<'m> {
    /// Its name.
    pub name: TableName,
    /// The table as it was; `None` where it was never created here, or may not have been dropped.
    pub table: Option<&'m Table>,
    /// Whether the same migration creates a table of that name anew, empty.
    pub is_created_anew: bool,
}

impl<'m> PendingStep<'m> {
    /// The later steps of its migration that run in the same transaction, in order; none where it runs in no transaction for
    /// certain.
    pub fn rest_of_transaction(&self) -> Vec<PendingStep<'m>> {
        if !self.is_in_transaction() {
            return Vec::new();
        }
        let mut rest = Vec::new();
        let here = self.migration.statements.iter().skip_while(|one| !std::ptr::eq(*one, self.statement)).skip(1);
        for statement in here {
            let ends = |step: &Step| matches!(step.op.change, Change::Begin | Change::Commit | Change::Rollback);
            if statement.in_transaction.known() != Some(&true) || statement.ops.iter().any(ends) {
                break;
            }
            rest.extend(statement.ops.iter().map(|step| PendingStep { statement, step, ..*self }));
        }
        rest
    }

    /// A name of its statement as the catalog holds it.
    pub(super) fn resolved(&self, name: &ObjectName) -> TableName {
        let schema = match (self.dialect(), &name.schema) {
            (Dialect::Postgres, None) => Some(Name::new_static("public")),
            (_, schema) => schema.clone(),
        };
        TableName { schema, name: name.name.clone() }
    }

    /// Who uses the table or view of this name.
    pub fn audience_of(&self, name: &TableName) -> Audience {
        // Who made it last, before this step, decides; what older migrations did matters only where this one did nothing.
        let is_own = |(migration, statement, _): &Placed| {
            std::ptr::eq(*migration, self.migration) && !std::ptr::eq(*statement, self.statement)
        };
        for (_, _, step) in self.earlier_naming(&name.name).rev().filter(is_own) {
            match &step.op.change {
                Change::CreateTable(def) if self.is_same(&def.name, name) => return Audience::Nobody,
                Change::AlterTable { action: TableAction::RenameTable { to }, .. } if to.value == name.name => break,
                _ => {}
            }
        }
        let mut made: Option<&AppliedMigration> = None;
        for (migration, _, step) in self.earlier_naming(&name.name) {
            match &step.op.change {
                Change::CreateTable(def) if self.is_same(&def.name, name) => {
                    if def.temporary {
                        return Audience::Nobody;
                    }
                    made = Some(migration);
                }
                Change::CreateView { name: view, or_replace: false, .. } if self.is_same(view, name) => made = Some(migration),
                Change::AlterTable { action: TableAction::RenameTable { to }, .. } if to.value == name.name => {
                    let origin = step.table.as_ref().map(|before| before.origin);
                    made = (origin == Some(TableOrigin::SameMigration)).then_some(migration);
                }
                _ => {}
            }
        }
        match made {
            Some(migration) if std::ptr::eq(migration, self.migration) => Audience::Nobody,
            Some(migration) if migration.pending && self.database.deployed_together => Audience::Deployment,
            _ => Audience::Everybody,
        }
    }

    /// Who uses a table that no migration has made, as far as it is known.
    pub(super) fn audience_of_stranger(&self, name: &TableName) -> Audience {
        let is_catalog = match name.schema.as_deref() {
            Some("pg_catalog" | "information_schema") => true,
            // `public` is taken where no schema is written.
            None | Some("public") => is_in_catalog(&name.name),
            Some(_) => false,
        };
        // The server's own catalog is nobody's, and neither is what a statement of this migration would make, were it not refused.
        if is_catalog && self.is_postgres() { Audience::Nobody } else { self.audience_of(name) }
    }

    fn is_same(&self, written: &ObjectName, name: &TableName) -> bool {
        written.name == name.name && (written.schema.is_none() || written.schema == name.schema)
    }

    /// Whether it drops tables, or a schema with all of its tables.
    pub fn drops_tables(&self) -> bool {
        matches!(self.step.op.change, Change::DropTable { .. } | Change::DropSchema { .. })
    }

    /// The tables that it drops and that somebody may use. A table that was copied into another of its name, and one whose
    /// name the same migration gives to another table or to a view, is none.
    pub fn lost_tables(&self) -> Vec<LostTable<'m>> {
        let names: Vec<TableName> = match &self.step.op.change {
            Change::DropTable { names, .. } => names.iter().map(|name| self.resolved(name)).collect(),
            Change::DropSchema { .. } => Vec::new(),
            _ => return Vec::new(),
        };
        let gone: Vec<&Table> =
            self.database.dropped_tables.iter().filter(|one| one.span == self.step.op.span).map(|one| &one.table).collect();
        let is_part = |table: &Table| table.parent.as_deref().is_some_and(|parent| gone.iter().any(|one| one.name == *parent));
        let known = gone.iter().filter(|table| !is_part(table) && !table.temporary);
        let mut lost: Vec<LostTable> = known
            .map(|table| LostTable {
                name: table.name.clone(),
                table: Some(table),
                is_created_anew: self.is_created_anew(&table.name),
            })
            .collect();
        for name in names {
            let held = |one: &LostTable| one.name == name || one.name.name == name.name;
            let is_temporary = gone.iter().any(|table| table.name.name == name.name);
            if !lost.iter().any(held) && !is_temporary && !self.is_never_made(&name) {
                lost.push(LostTable { is_created_anew: self.is_created_anew(&name), name, table: None });
            }
        }
        lost.retain(|one| !self.is_taken_over(&one.name) && !self.is_named_here(&one.name));
        lost
    }

    /// Whether `IF EXISTS` names what no migration made while all of them were understood, and the same migration makes it:
    /// a precaution, and nothing is lost.
    fn is_never_made(&self, name: &TableName) -> bool {
        let careful = matches!(&self.step.op.change, Change::DropTable { if_exists: true, .. });
        careful && (self.is_created_anew(name) || self.is_dropped_before(name))
    }

    /// Whether an earlier step dropped the table.
    fn is_dropped_before(&self, name: &TableName) -> bool {
        let start = (self.migration.source, self.step.op.span.start);
        self.database
            .dropped_tables
            .iter()
            .any(|one| one.table.name.name == name.name && (one.span.source != start.0 || one.span.start < start.1))
    }

    /// Whether the same migration creates a table of that name later.
    fn is_created_anew(&self, name: &TableName) -> bool {
        let mut later = self.later_naming_here(&name.name);
        later.any(|step| matches!(&step.op.change, Change::CreateTable(def) if self.is_same(&def.name, name)))
    }

    /// Whether the name later goes to another table, or in the same migration to a view: the first step that makes or drops
    /// something of that name decides. Tools that run one statement a file spread a rebuild over several migrations.
    fn is_taken_over(&self, name: &TableName) -> bool {
        if self.later_naming_here(&name.name).any(|step| gives_name(step, &name.name)) {
            return true;
        }
        let others = self.later_naming(&name.name).filter(|(migration, _, _)| !std::ptr::eq(*migration, self.migration));
        let mut steps = others.map(|(_, _, step)| step);
        let next = steps.find(|step| match &step.op.change {
            Change::CreateTable(def) => self.is_same(&def.name, name),
            Change::DropTable { names, .. } => names.iter().any(|one| self.is_same(one, name)),
            _ => gives_name(step, &name.name),
        });
        next.is_some_and(|step| matches!(step.op.change, Change::AlterTable { .. }))
    }

    /// Whether a table of that name was dropped or renamed before, and none was made since: who takes the name now stands in
    /// for that one.
    fn is_vacant(&self, name: &TableName) -> bool {
        let mut vacant = false;
        for (_, _, step) in self.earlier_naming(&name.name) {
            match &step.op.change {
                Change::CreateTable(def) if self.is_same(&def.name, name) => vacant = false,
                Change::DropTable { names, .. } if names.iter().any(|one| self.is_same(one, name)) => vacant = true,
                Change::AlterTable { table, action: TableAction::RenameTable { .. }, .. } if self.is_same(table, name) => {
                    vacant = true;
                }
                _ => {}
            }
        }
        vacant
    }

    /// Whether the table has its name from a rename in the same migration: nobody knows it by that name.
    fn is_named_here(&self, name: &TableName) -> bool {
        let mut earlier = self.earlier_naming(&name.name).filter(|(migration, _, _)| std::ptr::eq(*migration, self.migration));
        earlier.any(|(_, _, step)| {
            matches!(&step.op.change, Change::AlterTable { action: TableAction::RenameTable { to }, .. } if to.value == name.name)
        })
    }

    /// The table that it renames or moves to another schema: the old name and the new one, as SQL writes them. Where the old
    /// name stays alive, because a view or another table takes it in a pending migration, there is none.
    pub fn renamed_table(&self) -> Option<(String, String)> {
        self.renamed_names().map(|(old, new)| (self.spoken(&old), self.spoken(&new)))
    }

    /// The same as the catalog holds names.
    pub(super) fn renamed_names(&self) -> Option<(TableName, TableName)> {
        let before = self.before()?;
        let (old, new) = match self.action()? {
            TableAction::RenameTable { to } => {
                (before.name.clone(), TableName { schema: before.name.schema.clone(), name: to.value.as_str().into() })
            }
            TableAction::SetSchema { to } => {
                (before.name.clone(), TableName { schema: Some(to.into()), name: before.name.name.clone() })
            }
            _ => return None,
        };
        (self.is_name_free(&old, &new) && !self.is_no_table(&new)).then_some((old, new))
    }

    /// Whether a name that it takes away is not taken by a view or another table in a pending migration, and was known to
    /// somebody.
    pub(super) fn is_name_free(&self, old: &TableName, new: &TableName) -> bool {
        let is_other = |migration: &AppliedMigration| migration.pending && !std::ptr::eq(migration, self.migration);
        let mut others = self.later_naming(&old.name).filter(|(migration, _, _)| is_other(migration));
        let is_view_later =
            others.any(|(_, _, step)| matches!(&step.op.change, Change::CreateView { name, .. } if name.name == old.name));
        let is_kept = self.is_vacant(new)
            || self.is_created_anew(old)
            || self.is_taken_over(old)
            || is_view_later
            || self.is_named_here(old);
        old != new && !is_kept
    }

    /// Whether what `ALTER TABLE` renames is an index, a sequence or a view.
    fn is_no_table(&self, new: &TableName) -> bool {
        let held = self.database.tables.iter().flat_map(|table| &table.indexes);
        let is_index = held.filter_map(|index| index.name.as_deref()).any(|name| name == new.name);
        let is_view = self.database.views.iter().any(|view| view.name.name == new.name);
        self.is_external() && (is_index || is_view)
    }

    /// Whether it renames a table or moves it to another schema.
    pub fn renames_table(&self) -> bool {
        matches!(self.action(), Some(TableAction::RenameTable { .. } | TableAction::SetSchema { .. }))
    }

    /// Whether a view over one table takes inserts and updates like the table itself.
    pub fn views_take_writes(&self) -> bool {
        self.dialect() != Dialect::Sqlite
    }

    /// Whether it says `IF EXISTS`: what it names may never have been there.
    pub fn is_precaution(&self) -> bool {
        matches!(&self.step.op.change, Change::DropTable { if_exists: true, .. })
    }

    /// The table that it creates, as people say it.
    pub fn new_table(&self) -> Option<String> {
        match &self.step.op.change {
            Change::CreateTable(def) => Some(self.spoken(&self.resolved(&def.name))),
            _ => None,
        }
    }

    /// Whether it works on a table or on rows that are older than the migration.
    pub fn is_about_older_table(&self) -> bool {
        match &self.step.op.change {
            Change::AlterTable { .. } | Change::CreateIndex(_) | Change::Data { .. } | Change::Maintenance { .. } => {
                self.audience() == Audience::Everybody
            }
            Change::DropTable { .. } | Change::RefreshView { .. } => true,
            _ => false,
        }
    }

    /// The tables that `TRUNCATE .. CASCADE` empties without naming them.
    pub fn emptied_by_cascade(&self) -> Option<Vec<String>> {
        let Change::Data { verb: DataVerb::Truncate, tables, cascade: true, .. } = &self.step.op.change else { return None };
        let named: Vec<TableName> = tables.iter().map(|name| self.resolved(name)).collect();
        let emptied = self.step.effects.rewrites.as_deref().unwrap_or_default();
        let is_named = |name: &TableName| named.iter().any(|one| one.name == name.name);
        let is_part = |name: &TableName| {
            let parent = self.database.table_called(name).and_then(|table| table.parent.as_deref());
            parent.is_some_and(is_named)
        };
        let others = emptied.iter().filter(|name| !is_named(name) && !is_part(name));
        let felt = others.filter(|name| self.audience_of(name) != Audience::Nobody);
        Some(felt.map(|name| self.spoken(name)).collect())
    }

    /// The parent of the partition that it creates, where the parent is locked for that.
    pub fn parent_of_new_partition(&self) -> Option<&'m TableName> {
        let Change::CreateTable(def) = &self.step.op.change else { return None };
        let parent = def.partition_of.as_ref()?;
        let locks = self.step.effects.locks.as_deref()?;
        locks.iter().find(|(name, mode)| name.name == parent.name && *mode == LockMode::AccessExclusive).map(|(name, _)| name)
    }

    /// The tables that a new table refers to and that are locked for its foreign keys.
    pub fn parents_of_new_table(&self) -> Vec<&'m TableName> {
        let keys_of_new = match &self.step.op.change {
            Change::CreateTable(_) => true,
            Change::AlterTable { action: TableAction::AddConstraint(def), .. } => {
                matches!(def.kind, ConstraintKind::ForeignKey { .. }) && self.audience() == Audience::Nobody
            }
            _ => false,
        };
        let locks = self.step.effects.locks.as_deref().filter(|_| keys_of_new).unwrap_or_default();
        let own = self.before().map(|before| &before.name);
        let parents = locks.iter().filter(|(name, mode)| *mode == LockMode::ShareRowExclusive && Some(name) != own);
        parents.map(|(name, _)| name).collect()
    }

    /// What it drops, and the tables in use that it locks for that without dropping them: those that its foreign keys refer to.
    pub fn locked_by_drop(&self) -> Option<(String, Vec<&'m TableName>)> {
        let what = match &self.step.op.change {
            Change::AlterTable { action: TableAction::DropConstraint { name, .. }, .. } => self.sql_name(&name.value),
            Change::DropTable { names, .. } => self.spoken(&self.resolved(names.first()?)),
            _ => return None,
        };
        let own = self.before().map(|before| &before.name);
        let goes = |name: &TableName| {
            let gone = self.database.dropped_tables.iter().filter(|one| one.span.source == self.migration.source);
            gone.map(|one| &one.table.name).any(|one| one == name)
        };
        let locks = self.step.effects.locks.as_deref().unwrap_or_default();
        let others = locks.iter().filter(|(name, mode)| *mode == LockMode::AccessExclusive && Some(name) != own && !goes(name));
        let felt = others.map(|(name, _)| name).filter(|name| self.audience_of(name) == Audience::Everybody);
        Some((what, felt.collect()))
    }

    /// The index of this name as the last statement before this one created it, and whether that was in the same migration.
    pub fn index_made(&self, name: &str) -> Option<(&'m IndexDef, bool)> {
        let mut made = self.earlier_naming(name).rev().filter_map(|(migration, _, step)| match &step.op.change {
            Change::CreateIndex(def) if def.name.as_ref().is_some_and(|one| one.value == name) => {
                Some((&**def, std::ptr::eq(migration, self.migration)))
            }
            _ => None,
        });
        made.next()
    }

    /// Whether the same migration makes an index of this name later.
    pub fn makes_index_later(&self, name: &str) -> bool {
        self.later_naming_here(name).any(
            |step| matches!(&step.op.change, Change::CreateIndex(def) if def.name.as_ref().is_some_and(|one| one.value == name)),
        )
    }

    /// Whether its table goes in the same migration.
    pub fn is_table_dropped_later(&self) -> bool {
        let Some(before) = self.before() else { return false };
        self.later_naming_here(&before.name.name).any(|step| {
            matches!(&step.op.change, Change::DropTable { names, .. } if names.iter().any(|name| self.is_same(name, &before.name)))
        })
    }

    /// Whether a unique index over every row of the view or table of this name is made before it.
    pub fn has_unique_index(&self, name: &str) -> bool {
        self.earlier_naming(name).any(|(_, _, step)| {
            matches!(&step.op.change, Change::CreateIndex(def) if def.unique && def.predicate.is_none() && def.table.name == name)
        })
    }
}

/// Whether the server's own catalog has a table of this name.
fn is_in_catalog(name: &str) -> bool {
    static NAMES: OnceLock<HashSet<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let table: toml::Table = include_str!("../../../../data/postgres_catalog.toml").parse().unwrap_or_default();
        let names = table.get("tables").and_then(|value| value.as_array()).into_iter().flatten();
        names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
    });
    names.contains(name)
}

/// Whether a step gives this name to a table that had another one, or to a view.
fn gives_name(step: &Step, name: &str) -> bool {
    match &step.op.change {
        Change::AlterTable { action: TableAction::RenameTable { to }, .. } => to.value == name,
        Change::CreateView { name: view, .. } => view.name == name,
        Change::RenameView { to, .. } => to.value == name,
        _ => false,
    }
}
