//! Where the names of tables, views and indexes stand in the steps of a database: a file may have tens of thousands of steps, and a
//! question about a name must not walk through all of them.

use super::PendingStep;
use crate::model::schema::catalog::Database;
use crate::model::schema::history::{AppliedMigration, AppliedStatement, Step};
use crate::sql::{Change, TableAction};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Numbers of a migration, of a statement in it, and of a step in that.
type Position = (usize, usize, usize);

/// For each name the steps that make something of it or take it away, in the order of application.
#[derive(Debug, Clone, Default)]
pub(in crate::model::schema) struct NamedSteps {
    /// By the hash of the name: who asks compares the names themselves anyway.
    by_hash: Vec<(u64, Position)>,
}

/// A step with what it belongs to.
pub(super) type Placed<'m> = (&'m AppliedMigration, &'m AppliedStatement, &'m Step);

impl NamedSteps {
    fn of(database: &Database) -> NamedSteps {
        let mut by_hash = Vec::new();
        for (migration, one) in database.migrations.iter().enumerate() {
            for (statement, one) in one.statements.iter().enumerate() {
                for (step, one) in one.ops.iter().enumerate() {
                    let position = (migration, statement, step);
                    names(&one.op.change, &mut |name| by_hash.push((hash(name), position)));
                }
            }
        }
        by_hash.sort_unstable();
        by_hash.dedup();
        NamedSteps { by_hash }
    }

    /// The places of a name, in order.
    fn places(&self, name: &str) -> &[(u64, Position)] {
        let wanted = hash(name);
        let start = self.by_hash.partition_point(|(hash, _)| *hash < wanted);
        let rest = self.by_hash.get(start..).unwrap_or(&[]);
        rest.get(..rest.partition_point(|(hash, _)| *hash == wanted)).unwrap_or(&[])
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// Tells the bare names that a change makes, gives or takes away, and the table of a new index.
fn names(change: &Change, tell: &mut dyn FnMut(&str)) {
    match change {
        Change::CreateTable(def) => tell(&def.name.name),
        Change::CreateView { name, .. } => tell(&name.name),
        Change::RenameView { to, .. } => tell(&to.value),
        Change::DropTable { names, .. } => names.iter().for_each(|name| tell(&name.name)),
        Change::AlterTable { table, action: TableAction::RenameTable { to }, .. } => {
            tell(&table.name);
            tell(&to.value);
        }
        Change::CreateIndex(def) => {
            tell(&def.table.name);
            if let Some(name) = &def.name {
                tell(&name.value);
            }
        }
        _ => {}
    }
}

/// The number of an item of a list, by its address.
fn number_of<T>(list: &[T], item: &T) -> usize {
    let distance = (item as *const T as usize).saturating_sub(list.as_ptr() as usize);
    distance / size_of::<T>().max(1)
}

impl Database {
    /// Every step that makes something of this name or takes it away, in the order of application.
    pub(super) fn steps_naming<'m>(&'m self, name: &str) -> impl DoubleEndedIterator<Item = (Position, Placed<'m>)> + use<'m> {
        let places = self.named.get_or_init(|| NamedSteps::of(self)).places(name);
        places.iter().filter_map(|(_, position)| {
            let migration = self.migrations.get(position.0)?;
            let statement = migration.statements.get(position.1)?;
            Some((*position, (migration, statement, statement.ops.get(position.2)?)))
        })
    }
}

impl<'m> PendingStep<'m> {
    fn position(&self) -> Position {
        let migration = number_of(&self.database.migrations, self.migration);
        let statement = number_of(&self.migration.statements, self.statement);
        (migration, statement, number_of(&self.statement.ops, self.step))
    }

    /// Those of the steps that name something which come before this one, in order.
    pub(super) fn earlier_naming(&self, name: &str) -> impl DoubleEndedIterator<Item = Placed<'m>> + use<'m> {
        let here = self.position();
        self.database.steps_naming(name).filter(move |(position, _)| *position < here).map(|(_, placed)| placed)
    }

    /// Those of the steps that name something which come after this one, in order.
    pub(super) fn later_naming(&self, name: &str) -> impl DoubleEndedIterator<Item = Placed<'m>> + use<'m> {
        let here = self.position();
        self.database.steps_naming(name).filter(move |(position, _)| *position > here).map(|(_, placed)| placed)
    }

    /// Those of the later steps that name something which belong to the same migration, in order.
    pub(super) fn later_naming_here(&self, name: &str) -> impl Iterator<Item = &'m Step> + use<'m> {
        let here = self.migration;
        self.later_naming(name).filter(move |(migration, _, _)| std::ptr::eq(*migration, here)).map(|(_, _, step)| step)
    }
}
