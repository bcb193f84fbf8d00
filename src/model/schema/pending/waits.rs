//! How long pending steps wait for their locks, where a migration bounds it.

use super::super::history::LockMode;
use super::PendingStep;
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

impl<'m> MigrationRef<'m> {
    /// The steps that wait for a lock of at least this mode on a table in use, while `lock_timeout` is set in this migration to a time
    /// that can be read. What is built CONCURRENTLY keeps nobody waiting.
    pub fn bounded_waits(&self, least: LockMode) -> Vec<BoundedWait<'m>> {
        let (database, migration) = (self.database(), self.migration());
        let mut session: Option<(Duration, Span)> = None;
        let mut local = session;
        let mut found = Vec::new();
        for statement in &migration.statements {
            for step in &statement.ops {
                let here = PendingStep { database, migration, statement, step };
                match &step.op.change {
                    Change::Setting { name, value, local: is_local, scope: None } if name == "lock_timeout" => {
                        let limit = postgres_time(value).map(|limit| (limit, statement.head));
                        if *is_local { local = limit } else { session = limit }
                    }
                    Change::Commit | Change::Rollback => local = None,
                    _ => {
                        let locks = step.effects.locks.iter().flatten();
                        let waits = locks.into_iter().any(|(table, mode)| *mode >= least && here.is_in_use(table));
                        if let (true, None, Some((limit, said))) = (waits, here.concurrently(), local.or(session)) {
                            found.push(BoundedWait { step: here, limit, said });
                        }
                    }
                }
            }
        }
        found
    }
}

/// A time as settings of PostgreSQL write it: milliseconds without a unit. `None` where there is no limit, or it cannot be read.
fn postgres_time(value: &str) -> Option<Duration> {
    let value = value.trim().trim_matches('\'').trim();
    let end = value.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(value.len());
    let (number, unit) = value.split_at(end);
    let number: f64 = number.parse().ok()?;
    let seconds = match unit.trim() {
        "us" => 1e-6,
        "" | "ms" => 1e-3,
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number * seconds).ok().filter(|limit| !limit.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, milliseconds) in
            [("2s", 2000), ("'2s'", 2000), ("500", 500), ("'500 ms'", 500), ("1min", 60_000), ("0.5s", 500)]
        {
            assert_eq!(postgres_time(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["0", "'0'", "default", "", "2 weeks", "$1"] {
            assert_eq!(postgres_time(text), None, "{text}");
        }
    }
}
