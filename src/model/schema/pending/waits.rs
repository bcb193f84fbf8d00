//! How long pending steps wait for their locks, where a migration bounds it.

use super::super::catalog::TableName;
use super::super::history::LockMode;
use super::PendingStep;
use crate::model::runtime::timeout;
use crate::model::schema::MigrationRef;
use crate::source::Span;
use crate::sql::Change;
use std::collections::HashMap;
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

/// The name of every setting, in `RESET ALL`.
const ALL: &str = "all";

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
            // `RESET ALL` takes back what was set for the session and for the transaction.
            Change::Setting { name, scope: None, .. } if name == ALL => {
                (self.session, self.local) = (if maybe { Limit::Unread } else { Limit::Unset }, None);
            }
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
    /// Its steps in order but for settings of the session, each with what is in force of some of these when it runs, and whether it
    /// waits for a lock of at least this mode on a table in use. What is built CONCURRENTLY keeps nobody waiting; what the transaction
    /// has locked already, and what is locked `NOWAIT`, is not waited for.
    pub(super) fn steps_under<const N: usize>(
        &self,
        settings: [&str; N],
        least: LockMode,
    ) -> Vec<(PendingStep<'m>, [Limit; N], bool)> {
        let (database, migration) = (self.database(), self.migration());
        let mut states = [State::default(); N];
        let mut held: HashMap<&TableName, LockMode> = HashMap::new();
        let mut unit = None;
        let mut found = Vec::new();
        for (statement, step) in migration.statements.iter().flat_map(|one| one.ops.iter().map(move |step| (one, step))) {
            let said = (statement.head, statement.maybe);
            states.iter_mut().zip(settings).for_each(|(state, setting)| state.take(&step.op.change, setting, said));
            let ends = matches!(step.op.change, Change::Begin | Change::Commit | Change::Rollback);
            // Each statement outside of a transaction is one by itself.
            let is_alone = statement.in_transaction.known() == Some(&false) && unit != Some(statement.unit());
            if ends || is_alone {
                held.clear();
            }
            unit = Some(statement.unit());
            if matches!(step.op.change, Change::Setting { .. }) {
                continue;
            }
            let here = PendingStep { database, migration, statement, step };
            let is_held = |table: &TableName, mode: LockMode| held.get(table).is_some_and(|known| *known >= mode);
            let mut locks = step.effects.locks.iter().flatten();
            let waits = locks.any(|(table, mode)| *mode >= least && !is_held(table, *mode) && here.is_in_use(table));
            let fails_at_once = matches!(step.op.change, Change::LockTable { nowait: true, .. });
            found.push((here, states.map(|state| state.now()), waits && !fails_at_once && here.concurrently().is_none()));
            for (table, mode) in step.effects.locks.iter().flatten().filter(|_| !statement.maybe) {
                let known = held.entry(table).or_insert(*mode);
                *known = (*known).max(*mode);
            }
        }
        found
    }

    /// The steps that wait for a lock of at least this mode on a table in use, while `lock_timeout` is set in this migration to a time
    /// that can be read. A shorter limit of the statement or of the transaction ends the wait before.
    pub fn bounded_waits(&self, least: LockMode) -> Vec<BoundedWait<'m>> {
        let steps = self.steps_under(["lock_timeout", "statement_timeout", "transaction_timeout"], least).into_iter();
        let bounded = steps.filter(|(_, _, waits)| *waits).filter_map(|(step, [lock, others @ ..], _)| {
            let (limit, said) = shortest(lock, &others)?;
            Some(BoundedWait { step, limit, said })
        });
        bounded.collect()
    }
}

/// How long a lock is waited for, and who says so; `None` where that is not known.
fn shortest(lock: Limit, others: &[Limit]) -> Option<(Duration, Span)> {
    let Limit::Of(limit, said) = lock else { return None };
    others.iter().try_fold((limit, said), |least, other| match other {
        Limit::Unset => Some(least),
        Limit::Of(limit, said) => Some(least.min((*limit, *said))),
        Limit::Unread => None,
    })
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
