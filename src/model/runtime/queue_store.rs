//! Redis servers that keep background jobs, and what they are told to do when memory is full.

use super::pool::table::table;
use super::server::Server;
use super::service::Service;
use super::view::Role;
use super::{Runtime, ServiceRef};
use crate::fact::Fact;
use crate::model::Workspace;
use crate::source::Span;

/// A manifest that names a library for background jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JobLibrary {
    /// The folder of the manifest.
    pub(super) folder: String,
    /// The manifest.
    pub(super) path: String,
    /// The library, without quotes.
    pub(super) name: String,
}

/// What a Redis server does when its memory is full.
#[derive(Debug, Clone)]
pub struct Eviction<'r> {
    /// The server.
    pub server: &'r Server,
    /// The policy as written: `allkeys-lru`.
    pub policy: String,
    /// Where it is written.
    pub policy_span: Span,
    /// How much memory it may take, as written; absent and `0`: as much as there is.
    pub memory: Fact<String>,
}

/// A service that keeps its jobs on a Redis server.
#[derive(Debug, Clone)]
pub struct JobUse<'r> {
    /// The service.
    pub service: ServiceRef<'r>,
    /// Where its variable names the server.
    pub span: Span,
    /// Why it is for jobs.
    pub why: String,
    /// Whether its name says it in so many words.
    pub is_certain: bool,
}

impl Eviction<'_> {
    /// Whether nothing is ever evicted, because memory has no bound that could be reached.
    pub fn is_without_effect(&self) -> bool {
        self.memory.known_absent() || self.memory.known().is_some_and(|text| is_zero(text))
    }

    /// Whether a bound is written.
    pub fn is_bounded(&self) -> bool {
        self.memory.known().is_some_and(|text| !is_zero(text))
    }

    /// Whether keys without a time to live may go, too.
    pub fn takes_all(&self) -> bool {
        self.policy.starts_with("allkeys")
    }
}

fn is_zero(text: &str) -> bool {
    let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
    !digits.is_empty() && digits.bytes().all(|byte| byte == b'0')
}

/// Manifests that name a library for background jobs; asked for only where a Redis server may evict.
pub(super) fn job_libraries(workspace: &Workspace, servers: &[Server]) -> Vec<JobLibrary> {
    if !servers.iter().any(|server| server.product == "redis" && server.get("maxmemory_policy").known().is_some()) {
        return Vec::new();
    }
    let queues = &table().queues;
    let is_manifest = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or("");
        queues.manifests.iter().any(|manifest| manifest == name) && !path.contains("node_modules/")
    };
    let paths: Vec<String> = workspace.paths().iter().filter(is_manifest).take(500).map(str::to_owned).collect();
    let hits = workspace.scan(&paths, |bytes| {
        queues.libraries.iter().find(|name| memchr::memmem::find(bytes, name.as_bytes()).is_some()).cloned()
    });
    let found = paths.into_iter().zip(hits).filter_map(|(path, name)| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let name = name?.trim_matches(['"', '\'']).to_owned();
        Some(JobLibrary { folder, path, name })
    });
    found.collect()
}

impl Runtime {
    /// Every Redis server of which a policy other than `noeviction` is written.
    pub fn evictions(&self) -> Vec<Eviction<'_>> {
        let servers = self.servers.iter().filter(|server| server.product == "redis");
        let found = servers.filter_map(|server| {
            let told = server.get("maxmemory_policy");
            let told = told.known()?;
            let memory = match server.get("maxmemory") {
                Fact::Known(told, origin) => Fact::Known(told.value, origin),
                Fact::Absent => Fact::Absent,
                Fact::Unknown(why) => Fact::Unknown(why),
            };
            let policy = told.value.trim().to_ascii_lowercase();
            Some(Eviction { server, policy, policy_span: told.span, memory })
        });
        found.filter(|one| one.policy != "noeviction" && !one.policy.is_empty()).collect()
    }

    /// The services that keep background jobs on a server, those that work through them first.
    pub fn job_uses(&self, server: &Server) -> Vec<JobUse<'_>> {
        let Some(behind) = server.service.and_then(|at| self.service(at)) else { return Vec::new() };
        let found = self.services().filter_map(|service| {
            // A store that is given the variables of everybody keeps no jobs elsewhere.
            let is_store = matches!(service.role(), Role::Datastore(_) | Role::Cache(_) | Role::Broker(_) | Role::Pooler);
            if service.service().project != behind.service().project || is_store {
                return None;
            }
            let names = |variable: &&(&str, String, Span)| super::names::answers_to(behind.service(), &variable.1).is_some();
            let hosts = hosts(service.service());
            let to_server: Vec<&(&str, String, Span)> = hosts.iter().filter(names).collect();
            let named = to_server.iter().find(|(variable, ..)| is_for_jobs(variable));
            if let Some((variable, _, span)) = named {
                let why = format!("`{variable}` names it for jobs");
                return Some(JobUse { service, span: *span, why, is_certain: true });
            }
            // Where a variable names another place for jobs, this one is for something else.
            let (_, _, span) = to_server.first().filter(|_| !has_other_place(service.service()))?;
            let program = program(service.service());
            let library = self.job_library(service.service());
            let why = match (program, library) {
                (Some(program), _) => format!("it runs `{program}`"),
                (None, Some(library)) => format!("`{}` asks for `{}`", library.path, library.name),
                _ => return None,
            };
            Some(JobUse { service, span: *span, why, is_certain: false })
        });
        let mut found: Vec<JobUse<'_>> = found.collect();
        // Of several that are given the same variables, those that work through jobs come first.
        found.sort_by_key(|one| !is_called_worker(one.service.service()));
        found
    }

    fn job_library(&self, service: &Service) -> Option<&JobLibrary> {
        let folder = service.build.known()?;
        self.job_libraries.iter().find(|library| library.folder == *folder)
    }
}

/// Variables of a service that name a Redis host: name, host, place.
fn hosts(service: &Service) -> Vec<(&str, String, Span)> {
    let found = service.environment.iter().filter_map(|(name, variable)| {
        let text = variable.value.known().or(variable.partly.as_ref())?;
        let upper = name.to_ascii_uppercase();
        let host = match crate::documents::url::parse(text) {
            Some(url) => Some(url).filter(|url| url.system == "redis")?.host?,
            None if upper.ends_with("HOST") && !text.contains(['/', ' ']) => text.split(':').next().unwrap_or("").to_owned(),
            None => return None,
        };
        Some((name, host, variable.key_span))
    });
    found.collect()
}

/// Whether a variable that is named for jobs holds an address.
fn has_other_place(service: &Service) -> bool {
    service.environment.iter().any(|(name, variable)| {
        let text = variable.value.known().or(variable.partly.as_ref());
        is_for_jobs(name) && text.is_some_and(|text| text.contains("://"))
    })
}

/// Whether a service is called, or started, as what works through jobs.
fn is_called_worker(service: &Service) -> bool {
    let words = [&service.entrypoint, &service.command].into_iter().filter_map(Fact::known).flatten().map(String::as_str);
    let mut parts = words.chain([service.name.as_str()]).flat_map(|word| word.split(['-', '_', '/', '.', ':']));
    parts.any(|part| matches!(part.to_ascii_lowercase().as_str(), "worker" | "workers") || is_for_jobs(part))
}

/// Whether a word of a name is one for background jobs.
fn is_for_jobs(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    upper.split('_').any(|word| table().queues.words.iter().any(|known| known == word))
}

/// The program for background jobs that a service runs.
fn program(service: &Service) -> Option<&'static str> {
    let mut words = [&service.entrypoint, &service.command].into_iter().filter_map(Fact::known).flatten();
    words.find_map(|word| {
        let name = word.rsplit('/').next().unwrap_or(word);
        table().queues.programs.iter().find(|program| *program == name).map(String::as_str)
    })
}
