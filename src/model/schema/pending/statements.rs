//! What the statements of a pending migration are to each other, whether or not they share a transaction.

use super::super::catalog::TableName;
use super::{Audience, PendingStep, says_no_transaction, way_out};
use crate::model::schema::MigrationRef;
use crate::source::Span;
use crate::sql::{Change, Dialect, TableAction};
use std::collections::BTreeMap;

impl<'m> MigrationRef<'m> {
    fn steps(&self) -> impl Iterator<Item = PendingStep<'m>> + use<'m> {
        let (database, migration) = (self.database(), self.migration());
        let all = migration.statements.iter().flat_map(|statement| statement.ops.iter().map(move |step| (statement, step)));
        all.map(move |(statement, step)| PendingStep { database, migration, statement, step })
    }

    /// Whether its database is PostgreSQL itself: its relatives lock otherwise.
    pub fn is_postgres(&self) -> bool {
        self.dialect() == Dialect::Postgres && self.database().variant.is_none()
    }

    /// Whether its database is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.dialect() == Dialect::Sqlite
    }

    /// Whether its database is MySQL or MariaDB.
    pub fn is_mysql(&self) -> bool {
        self.dialect() == Dialect::MySql
    }

    /// How a migration of its tool is kept out of a transaction, for people.
    pub fn way_out(&self) -> String {
        way_out(self.database())
    }

    /// Whether its name says that it runs outside of a transaction, in words that no known tool reads.
    pub fn name_says_no_transaction(&self) -> bool {
        says_no_transaction(&self.path)
    }

    /// Where it begins or ends a transaction by itself, in order.
    pub fn own_transaction_words(&self) -> Vec<Span> {
        let is_word = |step: &PendingStep| matches!(step.step.op.change, Change::Begin | Change::Commit | Change::Rollback);
        self.steps().filter(is_word).map(|step| step.statement.span).collect()
    }

    /// The `BEGIN` that nothing ends.
    pub fn open_begin(&self) -> Option<Span> {
        let mut open = None;
        for step in self.steps() {
            match step.step.op.change {
                Change::Begin => open = Some(step.statement.span),
                Change::Commit | Change::Rollback => open = None,
                _ => {}
            }
        }
        open
    }

    /// The statements that change one table in use and could be one `ALTER TABLE`, by table; those of one statement are left out.
    pub fn combinable(&self) -> Vec<Vec<PendingStep<'m>>> {
        let mut groups: BTreeMap<String, Vec<PendingStep>> = BTreeMap::new();
        for step in self.steps().filter(|step| step.is_combinable() && step.audience() != Audience::Nobody) {
            let group = groups.entry(step.table()).or_default();
            if group.last().is_none_or(|last| last.statement.span != step.statement.span) {
                group.push(step);
            }
        }
        groups.into_values().filter(|group| group.len() > 1).collect()
    }
}

impl<'m> PendingStep<'m> {
    fn is_combinable(&self) -> bool {
        match self.action() {
            None
            | Some(
                TableAction::RenameColumn { .. }
                | TableAction::RenameTable { .. }
                | TableAction::RenameConstraint { .. }
                | TableAction::SetSchema { .. }
                | TableAction::ValidateConstraint { .. }
                | TableAction::AttachPartition { .. }
                | TableAction::DetachPartition { .. }
                | TableAction::Unknown { .. },
            ) => false,
            Some(_) => !self.statement.maybe,
        }
    }

    /// Its migration, as rules ask for it.
    pub fn file(&self) -> MigrationRef<'m> {
        MigrationRef::new(self.database, self.migration)
    }

    /// The folder of the migrations of its database.
    pub fn database_source(&self) -> &'m str {
        &self.database.source
    }

    /// The view that forbids it, and where that view was made last before it.
    pub fn refusing_view(&self) -> Option<(&'m TableName, Option<Span>)> {
        let view = self.step.effects.refused_by()?;
        let all =
            self.database.migrations.iter().flat_map(|migration| &migration.statements).flat_map(|statement| &statement.ops);
        let mut made = None;
        for step in all.take_while(|step| !std::ptr::eq(*step, self.step)) {
            if let Change::CreateView { name, .. } = &step.op.change
                && name.name == view.name
            {
                made = Some(step.op.span);
            }
        }
        Some((view, made))
    }

    /// Whether it changes the type of its column, rather than taking the column away.
    pub fn is_type_change(&self) -> bool {
        matches!(self.action(), Some(TableAction::AlterType { .. }))
    }
}
