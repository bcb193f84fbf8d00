//! What a migration tool makes of the files of a pending migration.

use super::PendingStep;
use crate::model::schema::{AppliedMigration, MigrationRef, Schema};
use crate::source::Span;
use std::collections::BTreeSet;

impl Schema {
    /// Every pending migration whose file is read, each file once, although several dialects may share it.
    pub fn pending_files(&self) -> Vec<MigrationRef<'_>> {
        let mut seen = BTreeSet::new();
        self.pending_migrations()
            .filter(|one| seen.insert((one.migration().path.as_str(), one.migration().version.as_str())))
            .collect()
    }
}

impl<'m> MigrationRef<'m> {
    /// How the tool is told not to run a migration in a transaction, for people.
    pub fn off_switch(&self) -> Option<&'m str> {
        self.database().way_out.as_deref()
    }

    /// The statements that the server refuses inside of a transaction, and that run inside of one: words and place.
    pub fn refused_in_transaction(&self) -> Vec<(String, Span)> {
        let database = self.database();
        let migration = self.migration();
        let steps = migration.statements.iter().flat_map(|statement| statement.ops.iter().map(move |step| (statement, step)));
        let steps = steps.map(|(statement, step)| PendingStep { database, migration, statement, step });
        let inside = steps.filter(|step| step.is_postgres() && step.is_in_transaction());
        inside.filter_map(|step| step.concurrently().map(|(words, span)| (words.to_string(), span))).collect()
    }

    /// The other migration of the same version, where the tool goes by versions: its place, and what the tool does. Of two that are
    /// both pending only the later one says so.
    pub fn same_version(&self) -> Option<(Span, &'m str)> {
        let database = self.database();
        let does = database.repeats.as_deref()?;
        let migration = self.migration();
        let is_other = |one: &&AppliedMigration| match &migration.repeats {
            Some(earlier) => one.path == *earlier,
            None => !one.pending && one.repeats.as_deref() == Some(migration.path.as_str()),
        };
        let other = database.migrations.iter().find(is_other)?;
        Some((other.place(), does))
    }
}

impl<'m> PendingStep<'m> {
    /// Id of the migration tool; `None` where there is none.
    pub fn migration_tool(&self) -> Option<&'m str> {
        self.database.tool.as_deref()
    }

    /// Whether it waits for every older transaction that reads, whatever that reads: an index is built beside the table's use.
    pub fn waits_for_snapshots(&self) -> bool {
        self.concurrently().is_some_and(|(words, _)| words.starts_with("CREATE") || words.starts_with("REINDEX"))
    }

    /// Why the migration tool holds a lock of an open transaction while this runs.
    pub fn lock_of_tool(&self) -> Option<&'m str> {
        self.database.holds_lock.as_deref()
    }
}
