//! Locks that pending migrations wait for without a limit.

use super::super::history::LockMode;
use super::waits::Limit;
use super::{Audience, PendingStep};
use crate::model::Model;
use crate::model::schema::MigrationRef;
use crate::sql::Change;

impl Model {
    /// Whether a setting of the session is made for every session somewhere: `ALTER ROLE`, `ALTER DATABASE`, the options of a
    /// connection, a variable of a service.
    pub fn is_set_for_all_sessions(&self, setting: &str) -> bool {
        let migrations = self.schema.databases.iter().flat_map(|database| &database.migrations);
        let mut steps = migrations.flat_map(|migration| &migration.statements).flat_map(|statement| &statement.ops);
        let in_sql = |name: &str, scope: Option<&str>| name == setting && scope.is_some();
        steps.any(|step| matches!(&step.op.change, Change::Setting { name, scope, .. } if in_sql(name, *scope)))
            || self.runtime.mentions_session_setting(setting)
    }
}

impl<'m> MigrationRef<'m> {
    /// The steps that wait for a lock of at least this mode on a table in use while a setting that would bound the wait is not
    /// made in this migration. `LOCK TABLE` waits where any lock is asked about, and a new type is a statement of its own to those
    /// who bound them all.
    pub fn locks_without(&self, setting: &str, least: LockMode) -> Vec<PendingStep<'m>> {
        let asks = |step: &PendingStep| {
            least < LockMode::Share
                && matches!(step.step.op.change, Change::LockTable { nowait: false, .. } | Change::CreateEnum { .. })
        };
        let steps = self.steps_under([setting], least).into_iter().filter(|(_, [limit], _)| *limit == Limit::Unset);
        steps.filter(|(step, _, waits)| *waits || asks(step)).map(|(step, ..)| step).collect()
    }

    /// The steps that wait for the metadata lock of a table in use while a setting that would bound the wait is not made in this
    /// migration. In MySQL every definition of a table or an index takes that lock for a moment, whatever its algorithm.
    pub fn metadata_locks_without(&self, setting: &str) -> Vec<PendingStep<'m>> {
        let (database, migration) = (self.database(), self.migration());
        let mut bounded = false;
        let mut found = Vec::new();
        for statement in &migration.statements {
            for step in &statement.ops {
                let here = PendingStep { database, migration, statement, step };
                match &step.op.change {
                    Change::Setting { name, value, scope: None, .. } if name == setting => {
                        bounded = !value.trim().eq_ignore_ascii_case("default");
                    }
                    Change::AlterTable { .. }
                    | Change::DropTable { .. }
                    | Change::CreateIndex(_)
                    | Change::DropIndex { .. }
                    | Change::RenameIndex { .. }
                        if !bounded && here.before().is_some() && here.audience() == Audience::Everybody =>
                    {
                        found.push(here);
                    }
                    _ => {}
                }
            }
        }
        found
    }
}
