//! How a service is stopped: how long it has, and how long it wants.

use super::compose::words;
use super::service::Service;
use super::timeout::{self, Timeout, Units};
use super::{Runtime, ServiceRef};
use crate::fact::{Fact, Origin, Product};
use crate::source::Span;
use std::sync::LazyLock;
use std::time::Duration;

/// What a service is given to stop, and what it wants, both known and both ending.
#[derive(Debug, Clone)]
pub struct Stopping<'r> {
    /// The service.
    pub service: ServiceRef<'r>,
    /// How long it has before it is killed.
    pub grace: Duration,
    /// Where that comes from.
    pub grace_origin: Origin,
    /// How long its hook sleeps first, and where that is written.
    pub pre_stop: Option<(Duration, Span)>,
    /// How long its server then goes on with what it has begun.
    pub drain: Option<Drain>,
}

/// How long a server goes on with what it has begun once it is told to stop.
#[derive(Debug, Clone)]
pub struct Drain {
    /// The setting: `gunicorn --graceful-timeout`.
    pub setting: String,
    /// How long.
    pub after: Duration,
    /// Where that comes from.
    pub origin: Origin,
}

impl Stopping<'_> {
    /// What it wants in all.
    pub fn wanted(&self) -> Duration {
        let sleep = self.pre_stop.map_or(Duration::ZERO, |(sleep, _)| sleep);
        sleep + self.drain.as_ref().map_or(Duration::ZERO, |drain| drain.after)
    }

    /// Whether it is killed before it may begin to stop: the sleep of its hook is as long as all of its time.
    pub fn never_begins(&self) -> bool {
        self.pre_stop.is_some_and(|(sleep, _)| sleep >= self.grace)
    }

    /// Whether it is killed while its server still works.
    pub fn is_cut_short(&self) -> bool {
        self.never_begins() || self.wanted() > self.grace
    }
}

struct Program {
    name: String,
    flags: Vec<String>,
    default: Option<Duration>,
}

struct Table {
    programs: Vec<Program>,
    runners: Vec<(String, Duration)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let table: toml::Table = include_str!("../../../data/shutdown.toml").parse().unwrap_or_default();
    let rows = |key: &str| table.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let time = |row: &toml::Value| timeout::parse(row.get("default")?.as_str()?, Units::Common, None);
    let name = |row: &toml::Value| row.get("name").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let flags = |row: &toml::Value| -> Vec<String> {
        let items = row.get("flags").and_then(toml::Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let programs = rows("program");
    let programs = programs.iter().map(|row| Program { name: name(row), flags: flags(row), default: time(row) }).collect();
    let runners = rows("runner").iter().filter_map(|row| Some((name(row), time(row)?))).collect();
    Table { programs, runners }
});

impl Runtime {
    /// Every service of which it is known how long it has to stop, and that it wants some time.
    pub fn stoppings(&self) -> Vec<Stopping<'_>> {
        self.services().filter_map(stopping).collect()
    }

    /// Every service whose server is told to drop what it has begun, the setting, and where that is written.
    pub fn immediate_stops(&self) -> Vec<(ServiceRef<'_>, String, Span)> {
        let found = self.services().filter_map(|service| {
            let drain = drain(service.service()).filter(|drain| drain.after.is_zero())?;
            let span = drain.origin.span()?;
            Some((service, drain.setting, span))
        });
        found.collect()
    }
}

fn stopping(service: ServiceRef<'_>) -> Option<Stopping<'_>> {
    let said = service.service();
    let (grace, grace_origin) = match &said.stop.grace {
        Fact::Known(Timeout { after: Some(after), .. }, origin) => (*after, origin.clone()),
        Fact::Absent if !said.is_partial => {
            let name = if said.workload.is_some() { "Kubernetes" } else { "Compose" };
            let default = TABLE.runners.iter().find(|(runner, _)| runner == name).map(|(_, after)| *after)?;
            (default, Origin::Default { product: Product(name) })
        }
        _ => return None,
    };
    let pre_stop = match &said.stop.pre_stop {
        Fact::Known(Timeout { after: Some(after), .. }, origin) => Some((*after, origin.span()?)),
        Fact::Absent => None,
        // Only the sleep is missing: what follows it takes its own time all the same.
        _ => None,
    };
    let drain = drain(said).filter(|drain| !drain.after.is_zero());
    (pre_stop.is_some() || drain.is_some()).then_some(Stopping { service, grace, grace_origin, pre_stop, drain })
}

/// How long the server of a service drains, as its command line says, or the default of the server.
fn drain(service: &Service) -> Option<Drain> {
    let parts = [&service.entrypoint, &service.command];
    if parts.iter().any(|part| part.unknown().is_some()) {
        return None;
    }
    let line: Vec<String> = parts.iter().filter_map(|part| part.known()).flatten().cloned().collect();
    let span = parts.iter().rev().find_map(|part| part.span())?;
    TABLE.programs.iter().find_map(|program| {
        let arguments = words::arguments_of(&line, &program.name)?;
        let flag = program.flags.iter().find_map(|flag| Some((flag, words::flag(arguments, flag)?)));
        let (after, origin) = match flag {
            Some((_, text)) => (timeout::parse(text, Units::Common, Some(1.0))?, Origin::Explicit(span)),
            // A configuration file could say anything.
            None if words::flag(arguments, "-c").or(words::flag(arguments, "--config")).is_some() => return None,
            None => (program.default?, Origin::Default { product: Product(known_name(&program.name)) }),
        };
        let setting = format!("{} {}", program.name, program.flags.first().map_or("", String::as_str));
        Some(Drain { setting, after, origin })
    })
}

fn known_name(program: &str) -> &'static str {
    ["gunicorn", "uvicorn", "hypercorn"].into_iter().find(|name| *name == program).unwrap_or("server")
}
