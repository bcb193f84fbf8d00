//! Workers of Celery that confirm a task when it is done, and brokers that give it to another one before that.
//!
//! Read are the command line, the variables of the service and plain settings in Python. What is absent: limits of single tasks, and
//! settings that code works out.

mod files;

use super::profile::Profile;
use super::service::{Service, Variable};
use super::setting::Setting;
use super::tables::{Bounds, tables};
use super::{Runtime, ServiceRef, compose::words};
use crate::documents::python;
use crate::fact::{Fact, Origin};
use crate::files::is_within;
use crate::source::Span;
use files::{CeleryFile, Said};
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

pub(super) use files::{CeleryFiles, read};

/// A broker that gives a task to another worker while the first one may still be at it.
#[derive(Debug, Clone)]
pub struct EarlyReturn {
    /// The worker, as messages call it: the service, else the file.
    pub name: String,
    /// After how long the broker does.
    pub waits: Duration,
    /// The setting that says so: `visibility_timeout`.
    pub waits_setting: &'static str,
    /// Where; of the product and not written, `None`.
    pub waits_span: Option<Span>,
    /// How long one task may take.
    pub task: Duration,
    /// Where that is written.
    pub task_span: Span,
    /// Where it is written that a task is confirmed when it is done.
    pub late_span: Span,
    /// What to write instead.
    pub instead: String,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// Whether a service runs workers of Celery.
fn is_worker(service: &Service) -> bool {
    let line: Vec<String> =
        [&service.entrypoint, &service.command].into_iter().filter_map(Fact::known).flatten().cloned().collect();
    words::arguments_of(&line, "celery").is_some_and(|arguments| arguments.iter().any(|word| word == "worker"))
}

/// A worker with everything that may set something for it.
struct Worker<'r> {
    service: Option<ServiceRef<'r>>,
    files: Vec<&'r CeleryFile>,
    /// Whether no file but these speaks to it, so that what they do not say is not said.
    is_whole: bool,
}

impl<'r> Worker<'r> {
    /// What is said under a key: by the files, else by the variables.
    fn ask(&self, key: &str) -> Fact<String> {
        let in_files: Vec<Fact<String>> =
            self.files.iter().filter_map(|file| file.said.get(key)).flatten().map(|said| self.resolve(said)).collect();
        let Some(first) = in_files.first() else { return self.variable(key) };
        match in_files.iter().all(|one| one.known().is_some() && one.known() == first.known()) {
            true => first.clone(),
            false => Fact::not_read("it is worked out, or said in several ways", Vec::new()),
        }
    }

    fn resolve(&self, said: &Said) -> Fact<String> {
        match said {
            Said::Value(text, span) => Fact::explicit(text.clone(), *span),
            Said::Variable(name, default, span) => {
                let named = self.service.and_then(|service| service.service().environment.named(name));
                let is_closed = self.service.is_some_and(|service| service.service().environment.open().is_none());
                match (named.filter(|variable| !variable.value.known_absent()), default) {
                    (Some(variable), _) => of_variable(variable),
                    (None, Some(text)) if is_closed => Fact::explicit(text.clone(), *span),
                    (None, _) => Fact::not_read("it is what a variable holds", vec![*span]),
                }
            }
            Said::Unread(span) => Fact::not_read("it is worked out", vec![*span]),
        }
    }

    /// What a variable of the service says under a key.
    fn variable(&self, key: &str) -> Fact<String> {
        let Some(service) = self.service else { return Fact::Absent };
        let environment = &service.service().environment;
        let named = tables().words("celery", key).iter().find_map(|name| environment.named(name));
        match (named, environment.open()) {
            (Some(variable), _) => of_variable(variable),
            (None, Some(why)) => Fact::not_read(why.to_owned(), Vec::new()),
            (None, None) => Fact::Absent,
        }
    }

    /// How long Redis hides a task that was taken; its own word, where all that could say another one was read.
    fn visibility(&self) -> Fact<Duration> {
        let options = self.ask("options");
        match (seconds(&self.ask("visibility_timeout")), &options) {
            (Fact::Absent, Fact::Known(text, origin)) => {
                let mut entries = python::read(text).bindings.into_iter().filter(|one| one.of.is_empty());
                match entries.find(|one| one.path == "visibility_timeout").and_then(|one| python::number(one.value)) {
                    Some(number) => seconds(&Fact::Known(number.to_string(), origin.clone())),
                    None => Fact::not_read("options that are not understood", Vec::new()),
                }
            }
            (Fact::Absent, Fact::Absent) if self.is_whole && self.broker() == Some("redis") => {
                let default = tables().default("Celery on Redis", "visibility_timeout");
                default.map_or(Fact::Absent, |value| Fact::Known(value, Origin::default_of("Celery on Redis")))
            }
            (Fact::Absent, _) => Fact::not_read("what the broker is told is not known", Vec::new()),
            (said, _) => said,
        }
    }

    /// A visibility timeout of so many seconds, in the words of the place that says one, or could.
    fn visible_for(&self, seconds: u64) -> String {
        let entry = format!("\"visibility_timeout\": {seconds}");
        let variable = |key: &str| {
            let service = self.service?.service();
            tables().words("celery", key).iter().find(|name| service.environment.named(name).is_some())
        };
        let is_in_file = self.files.iter().any(|file| file.said.contains_key("visibility_timeout"));
        match (variable("visibility_timeout"), variable("options")) {
            _ if is_in_file => entry,
            (Some(name), _) => format!("{name}: \"{seconds}\""),
            (None, Some(name)) => format!("{name}: '{{{entry}}}'"),
            (None, None) => {
                let prefix = if self.files.iter().any(|file| file.is_prefixed) {
                    "CELERY_BROKER_TRANSPORT_OPTIONS"
                } else {
                    "broker_transport_options"
                };
                format!("{prefix} = {{{entry}}}")
            }
        }
    }

    /// `redis` or `rabbitmq`.
    fn broker(&self) -> Option<&'static str> {
        let said = self.ask("broker");
        let scheme = said.known()?.split("://").next()?.to_ascii_lowercase();
        match scheme.as_str() {
            "redis" | "rediss" => Some("redis"),
            "amqp" | "amqps" | "pyamqp" => Some("rabbitmq"),
            _ => None,
        }
    }
}

fn of_variable(variable: &Variable) -> Fact<String> {
    match (&variable.value, &variable.partly) {
        // A password that only the shell has leaves the rest of an address readable.
        (Fact::Unknown(_), Some(partly)) => Fact::explicit(partly.clone(), variable.key_span),
        (value, _) => value.clone(),
    }
}

fn seconds(said: &Fact<String>) -> Fact<Duration> {
    match said {
        Fact::Known(text, origin) => {
            let length = python::number(text.trim()).and_then(|number| Duration::try_from_secs_f64(number).ok());
            let unknown = || Fact::not_read("no number of seconds", origin.span().into_iter().collect());
            length.map_or_else(unknown, |length| Fact::Known(length, origin.clone()))
        }
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
    }
}

impl Runtime {
    /// Every worker of which it is known that it confirms late and how long a task may take, with its broker's word if that is no
    /// longer. What is written for RabbitMQ is [`Runtime::broker_deliveries`].
    pub fn early_returns(&self) -> (usize, Vec<EarlyReturn>) {
        let workers = self.celery_workers();
        let (mut considered, mut found, mut seen) = (0, Vec::new(), HashSet::new());
        for worker in &workers {
            let Some((one, is_early)) = self.early_return(worker) else { continue };
            considered += 1;
            if is_early && seen.insert((one.waits_span, one.task_span, one.late_span)) {
                found.push(one);
            }
        }
        (considered, found)
    }

    /// How many files of code say something that rules ask for: settings of Celery. They are no artifacts of a kind of their own.
    pub fn settings_in_code(&self) -> usize {
        self.celery_files.all.len()
    }

    /// The workers with their files; and every application of which no worker is seen.
    fn celery_workers(&self) -> Vec<Worker<'_>> {
        let CeleryFiles { all, has_default } = &self.celery_files;
        let (mut workers, mut folders, mut are_known) = (Vec::new(), Vec::new(), true);
        for service in self.services().filter(|service| is_worker(service.service())) {
            let folder = self.built_from(service.service());
            are_known &= folder.is_some();
            folders.extend(folder);
            // Of an image that comes from anywhere every file may be.
            let is_own = |file: &&CeleryFile| {
                let is_used = !file.profile.is_rehearsal() || service.profile().is_rehearsal();
                is_used && folder.is_none_or(|folder| is_within(folder, &file.path))
            };
            let files: Vec<&CeleryFile> = all.iter().filter(is_own).collect();
            workers.push(Worker { service: Some(service), is_whole: *has_default && !files.is_empty(), files });
        }
        let loose = |file: &&CeleryFile| are_known && !folders.iter().any(|folder| is_within(folder, &file.path));
        let loose: Vec<&CeleryFile> = all.iter().filter(loose).collect();
        let roots: BTreeSet<&str> = loose.iter().map(|file| file.root.as_str()).collect();
        for root in roots {
            let mut files: Vec<&CeleryFile> = loose.iter().copied().filter(|file| file.root == root).collect();
            let is_rehearsed = files.iter().all(|file| file.profile.is_rehearsal());
            files.retain(|file| is_rehearsed || !file.profile.is_rehearsal());
            // A file of another folder may speak to it too.
            let is_whole = *has_default && all.iter().all(|file| file.root == root);
            workers.push(Worker { service: None, files, is_whole });
        }
        // Of several applications nobody says which one is at work.
        let is_one = |worker: &Worker<'_>| {
            let first = worker.files.first();
            worker.files.iter().map(|file| file.applications).sum::<usize>() < 2
                && worker.files.iter().all(|file| !file.is_open && first.is_some_and(|first| first.root == file.root))
        };
        workers.retain(is_one);
        workers
    }

    /// The folder that the image of a service is built from: by itself, else by a service of the project that gives it the same name.
    fn built_from<'r>(&'r self, service: &'r Service) -> Option<&'r str> {
        let is_it = |one: &&Service| one.project == service.project && one.image.known() == service.image.known();
        let build = |one: &'r Service| one.build.known().map(String::as_str);
        build(service).or_else(|| self.services.iter().filter(|_| service.image.known().is_some()).filter(is_it).find_map(build))
    }

    fn early_return(&self, worker: &Worker<'_>) -> Option<(EarlyReturn, bool)> {
        let late = worker.ask("acks_late");
        let late_span = late.span().filter(|_| late.known().is_some_and(|text| text.trim().eq_ignore_ascii_case("true")))?;
        let (task, task_span) = self.task_limit(worker)?;
        let visible = worker.visibility();
        let enough = (task + task / 10).as_secs();
        let (waits, waits_setting, waits_span, instead) = match (&visible, worker.broker()) {
            (_, Some("rabbitmq")) => {
                let instead = format!("consumer_timeout = {}", enough.saturating_mul(1000));
                (self.confirm_limit(worker.service?)?, "consumer_timeout", None, instead)
            }
            (Fact::Known(waits, origin), _) => (*waits, "visibility_timeout", origin.span(), worker.visible_for(enough)),
            _ => return None,
        };
        let first = worker.files.iter().find(|file| file.said.contains_key("time_limit")).or(worker.files.first());
        let name = worker.service.map(|service| service.name().to_owned()).or(first.map(|file| file.path.clone()))?;
        let use_for = worker.service.map(ServiceRef::profile).or(first.map(|file| file.profile)).unwrap_or(Profile::Unknown);
        let one = EarlyReturn { name, waits, waits_setting, waits_span, task, task_span, late_span, instead, use_for };
        Some((one, waits <= task && !waits.is_zero()))
    }

    /// How long one task may take: by the command line, else by the settings.
    fn task_limit(&self, worker: &Worker<'_>) -> Option<(Duration, Span)> {
        let is_flag = |setting: &&Setting| {
            let is_own = worker.service.is_some_and(|service| setting.service == Some(service.index()));
            is_own && setting.bounds == Bounds::Job && setting.flag.is_some()
        };
        if let Some(flag) = self.settings.iter().find(is_flag) {
            return flag.timeout.known().and_then(|timeout| timeout.after).zip(flag.timeout.span());
        }
        let said = seconds(&worker.ask("time_limit"));
        said.known().copied().zip(said.span())
    }

    /// How long the only RabbitMQ of the project waits for a worker, where nothing is written for it.
    fn confirm_limit(&self, worker: ServiceRef<'_>) -> Option<Duration> {
        let is_near = |at: usize| self.services.get(at).is_some_and(|one| one.project == worker.service().project);
        let mut brokers = self.servers.iter().filter(|one| one.product == "rabbitmq" && one.service.is_some_and(is_near));
        let broker = brokers.next().filter(|broker| broker.get("consumer_timeout").known_absent())?;
        brokers.next().is_none().then(|| tables().default("RabbitMQ", "consumer_timeout"))?.filter(|_| broker.gap.is_none())
    }
}
