//! Whether a pending migration that failed half way can run again.

use super::PendingStep;
use crate::model::schema::MigrationRef;
use crate::sql::{Change, TableAction};

impl<'m> MigrationRef<'m> {
    /// Its steps that change the catalog or rows, in order.
    fn effective_steps(&self) -> Vec<PendingStep<'m>> {
        let (database, migration) = (self.database(), self.migration());
        let all = migration.statements.iter().flat_map(|statement| statement.ops.iter().map(move |step| (statement, step)));
        let steps = all.map(|(statement, step)| PendingStep { database, migration, statement, step });
        steps
            .filter(|step| {
                !matches!(step.step.op.change, Change::Setting { .. } | Change::Begin | Change::Commit | Change::Rollback)
            })
            .collect()
    }

    /// The steps that fail when they run a second time, and that stay done when a later statement fails: they run outside of a
    /// transaction, and are not the last.
    pub fn failing_again(&self) -> Vec<PendingStep<'m>> {
        let steps = self.effective_steps();
        let Some(last) = steps.last().map(|last| last.statement.unit()) else { return Vec::new() };
        let alone = |step: &PendingStep| step.statement.in_transaction.known() == Some(&false) && step.statement.unit() != last;
        steps
            .iter()
            .enumerate()
            .filter(|(at, step)| alone(step) && step.fails_again(&steps[..*at]))
            .map(|(_, step)| *step)
            .collect()
    }

    /// The indexes whose failed build leaves an invalid index that `IF NOT EXISTS` then takes for a good one.
    pub fn blind_indexes(&self) -> Vec<PendingStep<'m>> {
        let steps = self.effective_steps();
        let is_blind = |at: usize, step: &PendingStep| {
            step.new_index().is_some_and(|index| {
                let name = index.name.as_ref().map(|name| name.value.as_str());
                index.if_not_exists && index.concurrently.is_some() && name.is_some_and(|name| !drops_index(&steps[..at], name))
            })
        };
        steps.iter().enumerate().filter(|(at, step)| is_blind(*at, step)).map(|(_, step)| *step).collect()
    }

    /// The steps without a guard, where a runner that does not open a transaction around the file, or sends its statements one by
    /// one, leaves them done when a later one fails. A file of one statement needs no guard.
    pub fn unguarded(&self) -> Vec<PendingStep<'m>> {
        if self.wrapped == Some(true) || self.statements.len() < 2 {
            return Vec::new();
        }
        let steps = self.effective_steps();
        let bare = |step: &PendingStep| step.own_begin().is_none();
        steps
            .iter()
            .enumerate()
            .filter(|(at, step)| bare(step) && (step.knows_no_guard() || step.fails_again(&steps[..*at])))
            .map(|(_, step)| *step)
            .collect()
    }
}

fn drops_index(earlier: &[PendingStep], name: &str) -> bool {
    earlier.iter().any(|step| match &step.step.op.change {
        Change::DropIndex { names, if_exists: true, .. } => names.iter().any(|one| one.name == name),
        _ => false,
    })
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

    /// Whether it fails where it has been done already, after these steps of its migration.
    pub(super) fn fails_again(&self, earlier: &[PendingStep]) -> bool {
        if self.statement.maybe {
            return false;
        }
        match &self.step.op.change {
            Change::CreateTable(def) => !def.if_not_exists && !def.drops_on_commit,
            Change::CreateIndex(index) => {
                let name = index.name.as_ref().filter(|_| !index.if_not_exists);
                name.is_some_and(|name| !drops_index(earlier, &name.value))
            }
            Change::DropTable { if_exists, .. }
            | Change::DropIndex { if_exists, .. }
            | Change::DropType { if_exists, .. }
            | Change::DropView { if_exists, .. } => !if_exists,
            Change::CreateView { or_replace, name, .. } => {
                let drops = |step: &PendingStep| match &step.step.op.change {
                    Change::DropView { names, .. } => names.iter().any(|one| one.name == name.name),
                    _ => false,
                };
                !or_replace && !earlier.iter().any(drops)
            }
            Change::CreateEnum { .. } | Change::CreateDomain { .. } | Change::CreateOtherType { .. } => true,
            Change::RenameEnumValue { .. }
            | Change::RenameType { .. }
            | Change::RenameIndex { .. }
            | Change::RenameView { .. } => true,
            Change::AddEnumValue { if_not_exists, .. } => !if_not_exists,
            Change::AlterTable { action, .. } => self.action_fails_again(action, earlier),
            _ => false,
        }
    }

    fn action_fails_again(&self, action: &TableAction, earlier: &[PendingStep]) -> bool {
        let same_table = |step: &&PendingStep| step.before().zip(self.before()).is_some_and(|(a, b)| a.name == b.name);
        match action {
            TableAction::AddColumn { if_not_exists, .. } => !if_not_exists,
            TableAction::DropColumn { if_exists, .. } | TableAction::DropConstraint { if_exists, .. } => !if_exists,
            TableAction::RenameColumn { .. } | TableAction::RenameTable { .. } | TableAction::RenameConstraint { .. } => true,
            TableAction::AddConstraint(def) => {
                let drops = |step: &PendingStep| match (step.action(), &def.name) {
                    (Some(TableAction::DropConstraint { name, if_exists: true, .. }), Some(own)) => name.value == own.value,
                    _ => false,
                };
                !earlier.iter().filter(same_table).any(drops)
            }
            TableAction::AttachPartition { .. } | TableAction::DetachPartition { .. } => true,
            _ => false,
        }
    }
}
