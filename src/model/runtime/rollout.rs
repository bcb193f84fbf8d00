//! Services that migrate their database when they start. Read are the words of a compose file's `command` and `entrypoint`;
//! what an image or a script does by itself is absent.

use super::{Runtime, ServiceRef};
use crate::fact::{Fact, Origin};
use crate::source::Span;
use std::sync::LazyLock;

/// A service of which several run, each of which migrates when it starts.
#[derive(Debug, Clone, Copy)]
pub struct MigratingService<'r> {
    /// The service.
    pub service: ServiceRef<'r>,
    /// How many run.
    pub replicas: u32,
    /// The command that migrates.
    pub command: Span,
    /// Where their number is written.
    pub number: Span,
}

static COMMANDS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let table: toml::Table = include_str!("../../../data/migration_commands.toml").parse().unwrap_or_default();
    let rows = table.get("commands").and_then(|commands| commands.get("words")?.as_array()).cloned().unwrap_or_default();
    let words = |row: &toml::Value| Some(row.as_array()?.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect());
    rows.iter().filter_map(words).collect()
});

impl Runtime {
    /// Every service, of those not made for rehearsal, that migrates on start and of which a written number of more than one run.
    pub fn migrating_services(&self) -> Vec<MigratingService<'_>> {
        let migrating = |service: ServiceRef<'_>| {
            let said = service.service();
            let Fact::Known(replicas, Origin::Explicit(number)) = &said.replicas else { return None };
            let (replicas, number) = (replicas.least, *number);
            let command = [&said.entrypoint, &said.command].into_iter().find_map(|words| match words {
                Fact::Known(words, Origin::Explicit(span)) if migrates(words) => Some(*span),
                _ => None,
            })?;
            Some((replicas, command, number))
        };
        let real = self.services().filter(|service| !service.profile().is_rehearsal());
        let found = real.filter_map(|service| {
            let (replicas, command, number) = migrating(service)?;
            Some(MigratingService { service, replicas, command, number })
        });
        found.filter(|one| one.replicas > 1).collect()
    }
}

/// Whether the words of a command line bring a database up to date.
pub(super) fn migrates(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(|word| word.rsplit('/').next().unwrap_or(word)).collect();
    words.split(|word| is_end(word)).any(|command| {
        COMMANDS.iter().any(|wanted| {
            let mut rest = command.iter();
            !wanted.is_empty() && wanted.iter().all(|wanted| rest.any(|word| word == wanted))
        })
    })
}

/// Whether a word of a shell ends a command.
fn is_end(word: &str) -> bool {
    matches!(word, "&&" | "||" | ";" | "|" | "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_say_that_they_migrate() {
        let of = |line: &str| migrates(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert!(of("goose -dir migrations up && ./api") && of("npx prisma migrate deploy && node server.js"));
        assert!(of("python /app/manage.py migrate --noinput && gunicorn shop.wsgi"));
        assert!(of("sleep 10 && /entrypoint.sh db migrate && /entrypoint.sh run") && of("flask db upgrade"));
        assert!(!of("./api serve") && !of("goose status && up") && !of("migrate version") && !of("prisma migrate status"));
    }
}
