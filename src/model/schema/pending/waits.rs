//! How long pending steps wait for their locks, where a migration bounds it.

use super::super::catalog::TableName;
use super::super::history::LockMode;
use super::PendingStep;
use crate::model::runtime::timeout;
use crate::model::schema::MigrationRef;
use crate::source::Span;
use crate::sql::Change;
use std::time::Duration;

/// A step that waits for a lock, for a bounded time.
#[derive(Debug, Clone, Copy)]
pub struct BoundedWait<'m> {
    /// The step.
    pub step: PendingStep<'m>,
    /// How long it waits at most.
    pub limit: Duration,
    /// The statement that says so.
    pub said: Span,
}

/// What is in force of a setting that bounds a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Limit {
    /// Nothing bounds it here: not set, or set to zero or to its default.
    #[default]
    Unset,
    /// A time, and the statement that says it.
    Of(Duration, Span),
    /// It is set to what cannot be read, or perhaps not at all.
    Unread,
}

/// What is in force of a setting, for the session and for its transaction.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    session: Limit,
    local: Option<Limit>,
    /// What held for the session before the open transaction.
    before: Option<Limit>,
}

impl State {
    fn take(&mut self, change: &Change, setting: &str, (said, maybe): (Span, bool)) {
        match change {
            Change::Setting { name, value, local, scope: None } if name == setting => {
                let limit = if maybe { Limit::Unread } else { Limit::read(value, said) };
                // The later statement holds, whichever of both it is.
                if *local {
                    self.local = Some(limit);
                } else {
                    (self.session, self.local) = (limit, None);
                }
            }
            Change::Begin => self.before = Some(self.session),
            Change::Commit => (self.local, self.before) = (None, None),
            Change::Rollback => *self = State { session: self.before.unwrap_or(self.session), ..State::default() },
            _ => {}
        }
    }

    fn now(&self) -> Limit {
        self.local.unwrap_or(self.session)
    }
}

impl Limit {
    fn read(value: &str, said: Span) -> Limit {
        let value = value.trim();
        match timeout::parse_postgres(value) {
            _ if value.eq_ignore_ascii_case("default") => Limit::Unset,
            Some(limit) if limit.is_zero() => Limit::Unset,
            Some(limit) => Limit::Of(limit, said),
            None => Limit::Unread,
        }
    }
}

impl<'m> MigrationRef<'m> {
    /// Its steps in order but for settings of the session, each with what is in force of some of these when it runs.
    pub(super) fn steps_under<const N: usize>(&self, settings: [&str; N]) -> Vec<(PendingStep<'m>, [Limit; N])> {
        let (database, migration) = (self.database(), self.migration());
        let mut states = [State::default(); N];
        let mut found = Vec::new();
        for statement in &migration.statements {
            for step in &statement.ops {
                let said = (statement.head, statement.maybe);
                states.iter_mut().zip(settings).for_each(|(state, setting)| state.take(&step.op.change, setting, said));
                if !matches!(step.op.change, Change::Setting { .. }) {
                    found.push((PendingStep { database, migration, statement, step }, states.map(|state| state.now())));
                }
            }
        }
        found
    }

    /// The steps that wait for a lock of at least this mode on a table in use, while `lock_timeout` is set in this migration to a time
    /// that can be read. A shorter `statement_timeout` ends the wait before. What is built CONCURRENTLY keeps nobody waiting; what the
    /// transaction has locked already, and what is locked `NOWAIT`, is not waited for.
    pub fn bounded_waits(&self, least: LockMode) -> Vec<BoundedWait<'m>> {
        let mut held: Vec<(&TableName, LockMode)> = Vec::new();
        let mut unit = None;
        let mut found = Vec::new();
        for (step, [lock, statement]) in self.steps_under(["lock_timeout", "statement_timeout"]) {
            let ends = matches!(step.step.op.change, Change::Begin | Change::Commit | Change::Rollback);
            // Each statement outside of a transaction is one by itself.
            let is_alone = step.statement.in_transaction.known() == Some(&false) && unit != Some(step.statement.unit());
            if ends || is_alone {
                held.clear();
            }
            unit = Some(step.statement.unit());
            let is_held = |table: &TableName, mode: LockMode| held.iter().any(|(one, known)| *one == table && *known >= mode);
            let mut locks = step.step.effects.locks.iter().flatten();
            let waits = locks.any(|(table, mode)| *mode >= least && step.is_in_use(table) && !is_held(table, *mode));
            let fails_at_once = matches!(step.step.op.change, Change::LockTable { nowait: true, .. });
            if waits
                && !fails_at_once
                && step.concurrently().is_none()
                && let Some((limit, said)) = shorter(lock, statement)
            {
                found.push(BoundedWait { step, limit, said });
            }
            held.extend(step.step.effects.locks.iter().flatten().map(|(table, mode)| (table, *mode)));
        }
        found
    }
}

/// How long a lock is waited for, and who says so; `None` where that is not known.
fn shorter(lock: Limit, statement: Limit) -> Option<(Duration, Span)> {
    match (lock, statement) {
        (Limit::Of(limit, said), Limit::Unset) => Some((limit, said)),
        (Limit::Of(limit, said), Limit::Of(whole, whole_said)) => Some((limit, said).min((whole, whole_said))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_the_server_reads_them() {
        let said = Span::new(crate::source::SourceId(0), 0, 0);
        for (text, milliseconds) in [("2s", 2000), ("500", 500), ("500 ms", 500), ("1min", 60_000), ("0.5s", 500)] {
            assert_eq!(Limit::read(text, said), Limit::Of(Duration::from_millis(milliseconds), said), "{text}");
        }
        for text in ["0", "0s", "default", "DEFAULT"] {
            assert_eq!(Limit::read(text, said), Limit::Unset, "{text}");
        }
        for text in ["", "2 weeks", "$1"] {
            assert_eq!(Limit::read(text, said), Limit::Unread, "{text}");
        }
    }
}
