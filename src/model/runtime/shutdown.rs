//! How a service is stopped: how long it has, and how long it wants.

use super::application::{Application, View, squash};
use super::compose::words;
use super::service::{Service, Variable};
use super::tables::tables;
use super::timeout::{self, Timeout, Units};
use super::{EdgeRef, Profile, RequestTimeout, Runtime, ServiceRef};
use crate::discover::Kind;
use crate::fact::{Fact, Origin};
use crate::source::Span;
use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

/// The longest `stopTimeout` of ECS on Fargate, in seconds.
const LONGEST_OF_TASK: u64 = 120;

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

    /// What says how long it has, and what to write there for so many seconds.
    pub fn key(&self, seconds: u64) -> (&'static str, String) {
        match self.service.service().workload.as_deref() {
            None => ("stop_grace_period", format!("stop_grace_period: {seconds}s")),
            Some("AWS::ECS::Service") => ("StopTimeout", of_task("StopTimeout: ", seconds)),
            Some("aws_ecs_service") => ("stopTimeout", of_task("stopTimeout = ", seconds)),
            Some(_) => ("terminationGracePeriodSeconds", format!("terminationGracePeriodSeconds: {seconds}")),
        }
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

/// What to write for a container of a task, which Fargate gives two minutes at most.
fn of_task(key: &str, seconds: u64) -> String {
    match seconds > LONGEST_OF_TASK {
        true => format!("{key}{LONGEST_OF_TASK}, and a server that is done before: Fargate gives no more"),
        false => format!("{key}{seconds}"),
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

    /// Every server that is told to drop what it has begun.
    pub fn immediate_stops(&self) -> Vec<ImmediateStop> {
        let mut found: Vec<ImmediateStop> = Vec::new();
        for service in self.services() {
            let Some(drain) = drain(service.service()).filter(|drain| drain.after.is_zero()) else { continue };
            let Some(span) = drain.origin.span() else { continue };
            let instead = format!("{} 30", drain.setting.split(' ').next_back().unwrap_or(""));
            let (subject, name) = (service.subject(), service.name().to_owned());
            let setting = format!("`{}` is 0", drain.setting);
            found.push(ImmediateStop { subject, name, setting, instead, span, use_for: service.profile() });
        }
        let with_settings: HashSet<usize> =
            self.applications.iter().flat_map(|one| &one.owners).map(|owner| owner.service).collect();
        for service in self.services().filter(|service| !with_settings.contains(&service.index())) {
            let Some((key, span)) = says_immediate(service.service()) else { continue };
            let (subject, name) = (service.subject(), service.name().to_owned());
            let (setting, instead) = (format!("`{key}` is `immediate`"), format!("{key}: graceful"));
            found.push(ImmediateStop { subject, name, setting, instead, span, use_for: service.profile() });
        }
        let mut seen = HashSet::new();
        let real = |view: &View<'_>| view.application.format == Kind::Spring && !view.use_for().is_rehearsal();
        for view in self.views().into_iter().filter(real) {
            let Fact::Known(said, _) = view.get(SPRING_SHUTDOWN) else { continue };
            if !said.text.trim().eq_ignore_ascii_case("immediate") || !seen.insert(said.span) {
                continue;
            }
            let name = view.service.map_or_else(|| view.application.place.clone(), |service| service.name.clone());
            let subject = view.service.map_or_else(|| view.application.subject(), |service| format!("service {}", service.name));
            let (setting, instead) = (format!("`{}` is `immediate`", said.key), format!("{}: graceful", said.key));
            found.push(ImmediateStop { subject, name, setting, instead, span: said.span, use_for: view.use_for() });
        }
        found
    }

    /// How long the framework of a service drains, as its settings say it.
    fn framework_drain(&self, service: ServiceRef<'_>) -> Option<Drain> {
        let runs = |application: &&Application| {
            application.format == Kind::Spring && application.owners.iter().any(|owner| owner.service == service.index())
        };
        let Some(application) = self.applications.iter().find(runs) else { return variables_drain(service.service()) };
        let view = application.view_in(service.service());
        let mode = view.get(SPRING_SHUTDOWN);
        let is_graceful = mode.known().is_some_and(|said| said.text.trim().eq_ignore_ascii_case("graceful"));
        // A bare number is one of milliseconds, as for every Duration of Spring Boot.
        let (after, origin) = match view.time(SPRING_PHASE, Some(0.001)) {
            Fact::Known(Timeout { after: Some(after), .. }, origin) if is_graceful || mode.known_absent() => (after, origin),
            Fact::Absent if is_graceful => (tables().default("Spring Boot", SPRING_PHASE)?, Origin::default_of("Spring Boot")),
            _ => return None,
        };
        Some(Drain { setting: SPRING_PHASE.into(), after, origin })
    }
}

/// Whether the server of a Spring application drains, and how long it may.
/// <https://docs.spring.io/spring-boot/reference/web/graceful-shutdown.html>
const SPRING_SHUTDOWN: &str = "server.shutdown";
const SPRING_PHASE: &str = "spring.lifecycle.timeout-per-shutdown-phase";

/// The variable of a service that sets a key of Spring.
fn variable<'s>(service: &'s Service, key: &str) -> Option<(&'s str, &'s Variable)> {
    let key = squash(key);
    service.environment.iter().find(|(name, _)| squash(name) == key)
}

/// The variable that tells a Spring application to drop what it has begun, where that is the only thing known of it.
fn says_immediate(service: &Service) -> Option<(&str, Span)> {
    let (name, variable) = variable(service, SPRING_SHUTDOWN)?;
    variable.value.known().filter(|mode| mode.trim().eq_ignore_ascii_case("immediate")).map(|_| (name, variable.key_span))
}

/// How long a Spring application drains of which only its variables are known.
fn variables_drain(service: &Service) -> Option<Drain> {
    let said = |key: &str| variable(service, key).and_then(|(_, variable)| variable.value.known_with_origin());
    let is_immediate = said(SPRING_SHUTDOWN).is_some_and(|(mode, _)| !mode.trim().eq_ignore_ascii_case("graceful"));
    let (text, origin) = said(SPRING_PHASE).filter(|_| !is_immediate)?;
    let after = timeout::parse(text, Units::Common, Some(0.001))?;
    Some(Drain { setting: SPRING_PHASE.into(), after, origin: origin.clone() })
}

/// A gateway that lets go of a server while its requests may still go on.
#[derive(Debug, Clone)]
pub struct ShortDrain<'r> {
    /// The route, with the service behind it.
    pub edge: EdgeRef<'r>,
    /// How long it waits for what has begun, and where that is written.
    pub drain: (Duration, Span),
    /// How long the service may work on a request, and what says so.
    pub request: (Duration, RequestTimeout),
    /// Where that is written; `None` for a default.
    pub request_span: Option<Span>,
    /// How long the gateway itself waits for an answer, and where that is written, where that is less; `None` inside: a default.
    pub sooner: Option<(Duration, Option<Span>)>,
}

impl ShortDrain<'_> {
    /// How long a request may go on that both allow.
    pub fn lasts(&self) -> Duration {
        self.sooner.map_or(self.request.0, |(after, _)| after)
    }

    /// Whether it lets go of a server while requests may go on that both allow.
    pub fn is_too_short(&self) -> bool {
        self.drain.0 < self.lasts()
    }
}

impl Runtime {
    /// Every route of which all is known: how long it waits for what a server has begun once that is taken out, how long the service may
    /// work on a request, and how long the route waits for an answer; each place once.
    pub fn drains(&self) -> Vec<ShortDrain<'_>> {
        let mut seen = HashSet::new();
        let found = self.edges().filter_map(|edge| {
            let (Timeout { after: Some(drain), .. }, origin) = edge.route().waits.drain.known_with_origin()? else { return None };
            let (drain, span) = (*drain, origin.span()?);
            let Fact::Known(request, request_origin) = edge.target()?.request_timeout() else { return None };
            let after = request.timeout.after.filter(|_| request.is_certain)?;
            let request_span = request_origin.span();
            let (patience, patience_origin) = edge.patience().0.known_with_origin()?;
            let sooner = patience.after.filter(|wait| *wait < after).map(|wait| (wait, patience_origin.span()));
            let request = (after, request);
            seen.insert(span).then_some(ShortDrain { edge, drain: (drain, span), request, request_span, sooner })
        });
        found.collect()
    }
}

/// A server that is told to drop what it has begun.
#[derive(Debug, Clone)]
pub struct ImmediateStop {
    /// What it is about, logically.
    pub subject: String,
    /// The service, or the folder of its settings.
    pub name: String,
    /// What says so: "`gunicorn --graceful-timeout` is 0".
    pub setting: String,
    /// What to write instead.
    pub instead: String,
    /// Where it is written.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

fn stopping(service: ServiceRef<'_>) -> Option<Stopping<'_>> {
    let said = service.service();
    let (grace, grace_origin) = match &said.stop.grace {
        Fact::Known(Timeout { after: Some(after), .. }, origin) => (*after, origin.clone()),
        Fact::Absent if !said.is_partial => {
            let name = if said.workload.is_some() { "Kubernetes" } else { "Compose" };
            let default = TABLE.runners.iter().find(|(runner, _)| runner == name).map(|(_, after)| *after)?;
            (default, Origin::default_of(name))
        }
        _ => return None,
    };
    let pre_stop = match &said.stop.pre_stop {
        Fact::Known(Timeout { after: Some(after), .. }, origin) => Some((*after, origin.span()?)),
        Fact::Absent => None,
        // Only the sleep is missing: what follows it takes its own time all the same.
        _ => None,
    };
    let drain = drain(said).or_else(|| service.runtime().framework_drain(service)).filter(|drain| !drain.after.is_zero());
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
            None if program.name == "gunicorn" => match service.server_file.get("graceful_timeout") {
                Fact::Known(text, origin) => (timeout::parse(&text, Units::Common, Some(1.0))?, origin),
                Fact::Absent => (program.default?, Origin::default_of(known_name(&program.name))),
                Fact::Unknown(_) => return None,
            },
            // A configuration file could say anything.
            None if words::flag(arguments, "-c").or(words::flag(arguments, "--config")).is_some() => return None,
            None => (program.default?, Origin::default_of(known_name(&program.name))),
        };
        let setting = format!("{} {}", program.name, program.flags.first().map_or("", String::as_str));
        Some(Drain { setting, after, origin })
    })
}

fn known_name(program: &str) -> &'static str {
    ["gunicorn", "uvicorn", "hypercorn"].into_iter().find(|name| *name == program).unwrap_or("server")
}
