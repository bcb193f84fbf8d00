//! Whether a pending migration that failed half way can run again.

use super::PendingStep;
use crate::model::schema::{MigrationRef, TableName};
use crate::source::Span;
use crate::sql::{Change, TableAction};
use std::collections::HashSet;

impl<'m> MigrationRef<'m> {
    /// Its steps that change the catalog or rows, in order.
    fn effective_steps(&self) -> impl Iterator<Item = PendingStep<'m>> + use<'m> {
        let (database, migration) = (self.database(), self.migration());
        let all = migration.statements.iter().flat_map(|statement| statement.ops.iter().map(move |step| (statement, step)));
        let steps = all.map(|(statement, step)| PendingStep { database, migration, statement, step });
        steps.filter(|step| {
            !matches!(step.step.op.change, Change::Setting { .. } | Change::Begin | Change::Commit | Change::Rollback)
        })
    }

    /// The steps in order, each with whether it fails where it has been done already, after the guards before it.
    fn guarded_steps(&self) -> impl Iterator<Item = (PendingStep<'m>, bool)> + use<'m> {
        let mut guards = Guards::default();
        self.effective_steps().map(move |step| {
            let fails = step.fails_again(&guards);
            guards.note(&step);
            (step, fails)
        })
    }

    /// The steps that fail when they run a second time, and that stay done when a later statement fails: they run outside of a
    /// transaction, and are not the last.
    pub fn failing_again(&self) -> Vec<PendingStep<'m>> {
        let Some(last) = self.effective_steps().last().map(|last| last.statement.unit()) else { return Vec::new() };
        let alone = |step: &PendingStep| step.statement.in_transaction.known() == Some(&false) && step.statement.unit() != last;
        self.guarded_steps().filter(|(step, fails)| *fails && alone(step)).map(|(step, _)| step).collect()
    }

    /// The indexes whose failed build leaves an invalid index that `IF NOT EXISTS` then takes for a good one.
    pub fn blind_indexes(&self) -> Vec<PendingStep<'m>> {
        let mut guards = Guards::default();
        let mut found = Vec::new();
        for step in self.effective_steps() {
            let blind = step.new_index().filter(|index| index.if_not_exists && index.concurrently.is_some());
            let name = blind.and_then(|index| index.name.as_ref());
            found.extend(name.filter(|name| !guards.indexes.contains(name.value.as_str())).map(|_| step));
            guards.note(&step);
        }
        found
    }

    /// The steps without a guard, where a runner that does not open a transaction around the file, or sends its statements one by
    /// one, leaves them done when a later one fails. A file of one statement needs no guard.
    pub fn unguarded(&self) -> Vec<PendingStep<'m>> {
        if self.wrapped == Some(true) || self.statements.len() < 2 {
            return Vec::new();
        }
        let own: HashSet<Span> = self
            .transactions()
            .into_iter()
            .filter(|one| one.begin.is_some())
            .flat_map(|one| one.statements)
            .map(|one| one.span)
            .collect();
        self.guarded_steps()
            .filter(|(step, fails)| (*fails || step.knows_no_guard()) && !own.contains(&step.statement.span))
            .map(|(step, _)| step)
            .collect()
    }
}

/// What a migration has dropped so far where it was there.
#[derive(Default)]
pub(super) struct Guards<'m> {
    indexes: HashSet<&'m str>,
    views: HashSet<&'m str>,
    constraints: HashSet<(&'m TableName, &'m str)>,
}

impl<'m> Guards<'m> {
    pub(super) fn note(&mut self, step: &PendingStep<'m>) {
        match &step.step.op.change {
            Change::DropIndex { names, if_exists: true, .. } => self.indexes.extend(names.iter().map(|name| name.name.as_str())),
            Change::DropView { names, .. } => self.views.extend(names.iter().map(|name| name.name.as_str())),
            Change::AlterTable { action: TableAction::DropConstraint { name, if_exists: true, .. }, .. } => {
                self.constraints.extend(step.before().map(|before| (&before.name, name.value.as_str())));
            }
            _ => {}
        }
    }
}

impl PendingStep<'_> {
    /// Whether SQL has no guard for it, so that only a transaction undoes it: it can run twice, and stays done alone.
    fn knows_no_guard(&self) -> bool {
        !self.statement.maybe
            && matches!(
                self.action(),
                Some(
                    TableAction::Other { .. }
                        | TableAction::AlterType { .. }
                        | TableAction::SetNotNull { .. }
                        | TableAction::DropNotNull { .. }
                        | TableAction::SetDefault { .. }
                        | TableAction::DropDefault { .. }
                        | TableAction::Identity { .. }
                        | TableAction::SetSchema { .. }
                )
            )
    }

    /// Whether it fails where it has been done already, after these guards of its migration.
    pub(super) fn fails_again(&self, guards: &Guards) -> bool {
        if self.statement.maybe {
            return false;
        }
        match &self.step.op.change {
            Change::CreateTable(def) => !def.if_not_exists && !def.drops_on_commit,
            Change::CreateIndex(index) => {
                let name = index.name.as_ref().filter(|_| !index.if_not_exists);
                name.is_some_and(|name| !guards.indexes.contains(name.value.as_str()))
            }
            Change::DropTable { if_exists, .. }
            | Change::DropIndex { if_exists, .. }
            | Change::DropType { if_exists, .. }
            | Change::DropView { if_exists, .. } => !if_exists,
            Change::CreateView { or_replace, name, .. } => !or_replace && !guards.views.contains(name.name.as_str()),
            Change::CreateEnum { .. } | Change::CreateDomain { .. } | Change::CreateOtherType { .. } => true,
            Change::RenameEnumValue { .. }
            | Change::RenameType { .. }
            | Change::RenameIndex { .. }
            | Change::RenameView { .. } => true,
            Change::AddEnumValue { if_not_exists, .. } => !if_not_exists,
            Change::AlterTable { action, .. } => self.action_fails_again(action, guards),
            _ => false,
        }
    }

    fn action_fails_again(&self, action: &TableAction, guards: &Guards) -> bool {
        match action {
            TableAction::AddColumn { if_not_exists, .. } => !if_not_exists,
            TableAction::DropColumn { if_exists, .. } | TableAction::DropConstraint { if_exists, .. } => !if_exists,
            TableAction::RenameColumn { .. } | TableAction::RenameTable { .. } | TableAction::RenameConstraint { .. } => true,
            TableAction::AddConstraint(def) => {
                let own = self.before().zip(def.name.as_ref());
                own.is_none_or(|(before, name)| !guards.constraints.contains(&(&before.name, name.value.as_str())))
            }
            TableAction::AttachPartition { .. } | TableAction::DetachPartition { .. } => true,
            _ => false,
        }
    }
}
