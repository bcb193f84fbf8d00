//! Workers of Celery that confirm a task when it is done, and brokers that give it to another one before that.
//!
//! Read are the command line, the variables of the service and plain settings in Python. What is absent: limits of single tasks, and
//! settings that code works out.

use super::profile::{Profile, profile};
use super::service::{Service, Variable};
use super::setting::Setting;
use super::tables::{Bounds, tables};
use super::{Runtime, ServiceRef, compose::words};
use crate::documents::python::{self, Binding};
use crate::fact::{Fact, Origin};
use crate::files;
use crate::model::Workspace;
use crate::source::{SourceId, Span};
use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;
use std::time::Duration;

/// Files of settings that are looked at.
const MOST: usize = 300;

/// What is asked for, by the words of `[celery]` in `data/defaults.toml`.
const KEYS: [&str; 5] = ["acks_late", "time_limit", "visibility_timeout", "options", "broker"];

/// A file of Python that sets something of Celery.
#[derive(Debug, Clone)]
pub(super) struct CeleryFile {
    path: String,
    profile: Profile,
    /// Whether its names begin with `CELERY_`, as those of Django projects do.
    is_prefixed: bool,
    /// What it says under each of the keys, each time that it does.
    said: BTreeMap<&'static str, Vec<Said>>,
}

/// What a file says.
#[derive(Debug, Clone)]
enum Said {
    /// A value, and where.
    Value(String, Span),
    /// What a variable holds, else this.
    Variable(String, Option<String>, Span),
    /// Something that is worked out.
    Unread(Span),
}

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

/// Reads every file, where anything of the repository is Celery's.
pub(super) fn read(workspace: &mut Workspace, services: &[Service]) -> Vec<CeleryFile> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let paths: Vec<String> = workspace.paths_like(may_say).take(MOST + 1).map(str::to_owned).collect();
    let is_used = paths.iter().any(|path| last(path).starts_with("celery")) || services.iter().any(is_worker);
    // Of too many, one that is not read could say another thing.
    if !is_used || paths.len() > MOST {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (path, source, text) in workspace.load_texts(&paths) {
        let is_of_celery = ["celery", "CELERY", "task_acks_late"].iter().any(|word| text.contains(word));
        let said = if is_of_celery || last(&path).starts_with("celery") { said(source, &text) } else { BTreeMap::new() };
        if !said.is_empty() {
            let is_prefixed = text.contains("CELERY_TASK_") || text.contains("CELERY_ACKS_LATE");
            found.push(CeleryFile { profile: profile(&path, &[]), path, is_prefixed, said });
        }
    }
    found
}

/// Whether a file is one in which settings are kept.
fn may_say(path: &str) -> bool {
    // Asked of every path of a repository.
    static LISTS: OnceLock<[&[String]; 2]> = OnceLock::new();
    if !path.ends_with(".py") {
        return false;
    }
    let [words, files] = LISTS.get_or_init(|| ["file_words", "files"].map(|key| tables().words("celery", key)));
    let mut parts = path.rsplit('/');
    let (name, folder) = (parts.next().unwrap_or(path), parts.next().unwrap_or(""));
    let has_word = |word: &String| name.contains(word.as_str()) || folder == word;
    words.iter().any(has_word) || files.iter().any(|file| file == name)
}

/// Whether a service runs workers of Celery.
fn is_worker(service: &Service) -> bool {
    let line: Vec<String> =
        [&service.entrypoint, &service.command].into_iter().filter_map(Fact::known).flatten().cloned().collect();
    words::arguments_of(&line, "celery").is_some_and(|arguments| arguments.iter().any(|word| word == "worker"))
}

fn said(source: SourceId, text: &str) -> BTreeMap<&'static str, Vec<Said>> {
    let mut found: BTreeMap<&'static str, Vec<Said>> = BTreeMap::new();
    for one in python::read(text).bindings {
        let key = KEYS.into_iter().find(|key| tables().words("celery", key).iter().any(|word| word == one.name()));
        if let Some(key) = key {
            found.entry(key).or_default().push(value(source, &one));
        }
    }
    found
}

fn value(source: SourceId, one: &Binding<'_>) -> Said {
    let span = Span::new(source, one.start, one.end);
    let literal = |text: &str| {
        let is_truth = matches!(text, "True" | "False");
        let number = python::number(text).map(|number| number.to_string());
        number.or_else(|| python::string(text).map(str::to_owned)).or_else(|| is_truth.then(|| text.to_owned()))
    };
    if one.may_not_run {
        return Said::Unread(span);
    }
    match (literal(one.value), python::variable(one.value)) {
        (Some(text), _) => Said::Value(text, span),
        (None, Some((name, default))) => Said::Variable(name.to_owned(), default.and_then(literal), span),
        (None, None) => Said::Unread(span),
    }
}

/// A worker with everything that may set something for it.
struct Worker<'r> {
    service: Option<ServiceRef<'r>>,
    files: Vec<&'r CeleryFile>,
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
                match (named.filter(|variable| !variable.value.known_absent()), default) {
                    (Some(variable), _) => of_variable(variable),
                    (None, Some(text)) => Fact::explicit(text.clone(), *span),
                    (None, None) => Fact::not_read("it is what a variable holds", vec![*span]),
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
                let mut entries = python::read(text).bindings.into_iter();
                match entries.find(|one| one.name() == "visibility_timeout").and_then(|one| python::number(one.value)) {
                    Some(number) => seconds(&Fact::Known(number.to_string(), origin.clone())),
                    None => Fact::not_read("options that are not understood", Vec::new()),
                }
            }
            (Fact::Absent, Fact::Absent) if !self.files.is_empty() && self.broker() == Some("redis") => {
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
        let mut workers: Vec<Worker<'_>> = Vec::new();
        let mut owned = HashSet::new();
        for service in self.services().filter(|service| is_worker(service.service())) {
            let folder = service.service().build.known();
            let is_own = |file: &&CeleryFile| {
                let is_used = !file.profile.is_rehearsal() || service.profile().is_rehearsal();
                is_used && folder.is_some_and(|folder| files::is_within(folder, &file.path))
            };
            let files: Vec<&CeleryFile> = self.celery_files.iter().filter(is_own).collect();
            owned.extend(files.iter().map(|file| file.path.as_str()));
            workers.push(Worker { service: Some(service), files });
        }
        let loose = self.celery_files.iter().filter(|file| !owned.contains(file.path.as_str()));
        workers.extend(loose.map(|file| Worker { service: None, files: vec![file] }));
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
        let first = worker.files.first();
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
