//! Databases that services use: by URL, by a variable that names a host, through a pooler; and what PostgreSQL servers are
//! told about statements.

use super::application::Application;
use super::names::Names;
use super::pool::Pool;
use super::service::{Project, Service};
use super::setting::{self, Setting};
use super::tables::{Bounds, tables};
use super::timeout::{Timeout, parse_postgres};
use crate::discover::{Discovery, Kind};
use crate::documents::env;
use crate::documents::interpolation::{self, Variable};
use crate::documents::url::{self, DatabaseUrl};
use crate::fact::{Fact, Origin};
use crate::model::Workspace;
use crate::source::Span;
use std::collections::HashSet;

/// Init scripts and settings files longer than this are not searched.
const LONGEST_SCRIPT: usize = 1 << 20;

/// A database that somebody uses.
#[derive(Debug, Clone)]
pub struct DatabaseUse {
    /// Index of the service that uses it; `None` for a `.env` file that no service reads.
    pub service: Option<usize>,
    /// The variable that says so.
    pub key: String,
    /// Where the variable's name stands.
    pub key_span: Span,
    /// Where it is and how it is spoken to.
    pub url: DatabaseUrl,
    /// Index of the store, where it is PostgreSQL and its place is known.
    pub store: Option<usize>,
}

/// A PostgreSQL server.
#[derive(Debug, Clone)]
pub struct Store {
    /// Index of the compose service that is the server; `None` for a host outside of the repository.
    pub service: Option<usize>,
    /// The name by which it is reached.
    pub name: String,
    /// Where the service, or the first variable that names the host, stands.
    pub span: Span,
    /// What the server is told about statements; absent: everything that could have told it was read.
    pub server_limit: Fact<Timeout>,
    /// Indexes of its uses, those through a pooler included.
    pub clients: Vec<usize>,
}

/// What was found about databases.
#[derive(Debug, Default)]
pub(super) struct Databases {
    pub(super) uses: Vec<DatabaseUse>,
    pub(super) stores: Vec<Store>,
    pub(super) settings: Vec<Setting>,
    /// For each project, why a statement may have a limit that we do not see.
    pub(super) doubts: Vec<Option<(String, Span)>>,
    /// The same for `.env` files that no service reads.
    pub(super) loose_doubt: Option<(String, Span)>,
}

/// Reads the database side of services and of `.env` files.
pub(super) fn read(
    workspace: &mut Workspace,
    discovery: &Discovery,
    projects: &[Project],
    services: &[Service],
    applications: &[Application],
    pools: &[Pool],
) -> Databases {
    let mut all = Databases::default();
    for (at, service) in services.iter().enumerate().filter(|(_, service)| is_product(service, "postgres")) {
        let server_limit = server_limit(workspace, service);
        if let Some((timeout, origin)) = server_limit.known_with_origin() {
            all.settings.push(Setting {
                service: Some(at),
                name: "statement_timeout".into(),
                flag: Some("statement_timeout".into()),
                bounds: Bounds::Statement,
                timeout: Fact::Known(timeout.clone(), origin.clone()),
                is_certain: true,
                is_of_product: true,
                weaker: None,
                on_purpose: None,
                instead: "-c statement_timeout=30s".into(),
            });
        }
        let name = service.name.clone();
        all.stores.push(Store { service: Some(at), name, span: service.span, server_limit, clients: Vec::new() });
    }
    for (at, service) in services.iter().enumerate() {
        for (key, variable) in service.environment.iter() {
            let text = variable.value.known().or(variable.partly.as_ref());
            let Some(text) = text else { continue };
            let found = url::parse(text).or_else(|| host_variable(key, text).filter(|_| !is_product(service, "postgres")));
            let Some(url) = found else { continue };
            all.add(DatabaseUse { service: Some(at), key: key.to_owned(), key_span: variable.key_span, url, store: None });
        }
    }
    all.read_loose(workspace, discovery, services);
    all.read_applications(applications, pools);
    all.join(workspace, projects, services);
    all.doubts = vec![None; projects.len()];
    for service in services {
        if let Some(slot) = all.doubts.get_mut(service.project).filter(|slot| slot.is_none()) {
            *slot = doubt(service);
        }
    }
    all
}

/// Whether a variable bounds statements in the application, by its name.
fn bounds_statements(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    tables().words("statement_timeout", "bounded_by_variables").iter().any(|word| name.contains(word.as_str()))
}

/// Why a statement of this service may have a limit that we do not see.
fn doubt(service: &Service) -> Option<(String, Span)> {
    if let Some(why) = service.environment.open().filter(|_| !service.is_partial) {
        return Some((why.to_owned(), service.span));
    }
    let endings = tables().words("statement_timeout", "url_variables");
    service.environment.iter().find_map(|(name, variable)| {
        if bounds_statements(name) {
            return Some((format!("`{name}` may bound statements"), variable.key_span));
        }
        let is_lost = variable.partly.as_ref().is_none_or(|text| !text.contains("://"));
        let is_unread = variable.value.unknown().is_some() && is_lost;
        let is_url = is_unread && endings.iter().any(|ending| name.to_ascii_uppercase().ends_with(ending.as_str()));
        is_url.then(|| (format!("`{name}` could not be read"), variable.key_span))
    })
}

impl Databases {
    /// `.env` files, but for the variables that services take from them.
    fn read_loose(&mut self, workspace: &mut Workspace, discovery: &Discovery, services: &[Service]) {
        let variables = services.iter().flat_map(|service| service.environment.iter()).map(|(_, variable)| variable);
        let taken: HashSet<Span> =
            variables.flat_map(|variable| [Some(variable.key_span), variable.value.span()]).flatten().collect();
        for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::Env) {
            let Ok(source) = workspace.source(&artifact.path) else { continue };
            let parsed = env::parse(source, &workspace.text(source));
            for problem in parsed.problems.iter().take(5) {
                workspace.note_unread(&artifact.path, problem.message.clone(), Some(problem.span));
            }
            for entry in &parsed.entries {
                let Some(value) = &entry.value else { continue };
                if taken.contains(&entry.key_span) || taken.contains(&value.span) {
                    continue;
                }
                if self.loose_doubt.is_none() && bounds_statements(&entry.key) {
                    self.loose_doubt =
                        Some((format!("`{}` in `{}` may bound statements", entry.key, artifact.path), entry.key_span));
                }
                let text = interpolation::expand_partly(&value.text, &mut |_| Variable::Unset).unwrap_or_default();
                if let Some(url) = url::parse(&text) {
                    self.add(DatabaseUse { service: None, key: entry.key.clone(), key_span: entry.key_span, url, store: None });
                } else {
                    self.settings.extend(setting::of_variable(&entry.key, &text, value.span));
                }
            }
        }
    }

    /// The databases that settings files name. A key that may bound statements in a way of its own is a doubt.
    fn read_applications(&mut self, applications: &[Application], pools: &[Pool]) {
        for pool in pools.iter().filter(|pool| pool.application.is_some()) {
            let Some(url) = pool.url.clone() else { continue };
            let (service, key, key_span) = (pool.service, pool.name.clone(), pool.span);
            if !self.uses.iter().any(|one| one.key_span.source == key_span.source && one.key_span.start == key_span.start) {
                self.add(DatabaseUse { service, key, key_span, url, store: None });
            }
        }
        let words = tables().words("statement_timeout", "bounded_by_keys");
        for (_, entry) in applications.iter().flat_map(Application::entries) {
            if self.loose_doubt.is_none() && words.iter().any(|word| entry.name.contains(word.as_str())) {
                self.loose_doubt = Some((format!("`{}` may bound statements", entry.key), entry.key_span));
            }
        }
    }

    fn add(&mut self, one: DatabaseUse) {
        self.settings.extend(setting::of_url(one.service, &one.key, &one.url, one.key_span));
        self.uses.push(one);
    }

    /// Finds the store behind each use; hosts outside of the repository become stores of their own.
    fn join(&mut self, workspace: &Workspace, projects: &[Project], services: &[Service]) {
        let mut through_pooler = Vec::new();
        let names = Names::new(projects, services);
        for at in 0..self.uses.len() {
            let Some(one) = self.uses.get(at).filter(|one| one.url.system == "postgres") else { continue };
            let Some(host) = one.url.host.clone() else { continue };
            let project = match one.service {
                Some(service) => services.get(service).map(|service| service.project),
                None => {
                    let path = workspace.sources().path(one.key_span.source);
                    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                    projects.iter().position(|project| project.folder() == folder)
                }
            };
            let managed = names.managed(&host).map(|target| target.service);
            let Some(behind) = project.and_then(|project| names.within(project, &host)).or(managed) else {
                // A bare name that the project does not have belongs to a file that this one is used with.
                if host.contains('.') && !one.url.is_local() {
                    self.outside(at, host);
                }
                continue;
            };
            match self.stores.iter().position(|store| store.service == Some(behind)) {
                Some(store) => self.link(at, store),
                None if is_product(services.get(behind).unwrap_or(&services[0]), "pgbouncer") => {
                    through_pooler.push((at, behind))
                }
                None => {}
            }
        }
        for (at, pooler) in through_pooler {
            let store = self.uses.iter().find_map(|one| one.store.filter(|_| one.service == Some(pooler)));
            if let Some(store) = store {
                self.link(at, store);
            }
        }
    }

    fn link(&mut self, at: usize, store: usize) {
        if let Some(one) = self.uses.get_mut(at) {
            one.store = Some(store);
        }
        if let Some(store) = self.stores.get_mut(store) {
            store.clients.push(at);
        }
    }

    fn outside(&mut self, at: usize, host: String) {
        let known = self.stores.iter().position(|store| store.service.is_none() && store.name == host);
        let store = known.unwrap_or_else(|| {
            let Some(one) = self.uses.get(at) else { return self.stores.len() };
            let span = one.key_span;
            self.stores.push(Store { service: None, name: host, span, server_limit: Fact::Absent, clients: Vec::new() });
            self.stores.len() - 1
        });
        self.link(at, store);
    }
}

/// Whether the image of a service is this product.
pub(super) fn is_product(service: &Service, name: &str) -> bool {
    service.product().is_some_and(|product| product.name == name)
}

/// `POSTGRES_HOST=db`: a use without a URL.
fn host_variable(key: &str, text: &str) -> Option<DatabaseUrl> {
    let names = tables().words("statement_timeout", "host_variables");
    let is_host = names.iter().any(|name| key == name || key.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('_')));
    if !is_host || text.is_empty() || text.contains(['/', ' ', ',', interpolation::STAND_IN]) {
        return None;
    }
    let mut url = url::parse("postgres://host")?;
    url.host = Some(text.split(':').next().unwrap_or(text).to_owned());
    Some(url)
}

/// What a PostgreSQL server is told about statements: its command, its settings file, its init scripts.
fn server_limit(workspace: &mut Workspace, service: &Service) -> Fact<Timeout> {
    let unknown = |why: &str| Fact::not_read(why.to_owned(), vec![service.span]);
    if !service.build.known_absent() {
        return unknown("the image is built here and may hold settings");
    }
    let mut words: Vec<&str> = Vec::new();
    let mut origin = Origin::Explicit(service.span);
    for part in [&service.entrypoint, &service.command] {
        match part {
            Fact::Known(all, at) => {
                words.extend(all.iter().map(String::as_str));
                origin = at.clone();
            }
            Fact::Absent => {}
            Fact::Unknown(why) => return Fact::Unknown(why.clone()),
        }
    }
    let of = |settings: Vec<(String, String)>, origin: &Origin| {
        let value = settings.into_iter().rev().find(|(name, _)| name == "statement_timeout").map(|(_, value)| value)?;
        Some(match parse_postgres(&value) {
            Some(duration) => Fact::Known(Timeout::or_never(duration, &value), origin.clone()),
            None => Fact::not_read("not a time that PostgreSQL reads", origin.span().into_iter().collect()),
        })
    };
    if let Some(found) = of(url::server_settings(words), &origin) {
        return found;
    }
    match service.environment.get("POSTGRES_INITDB_ARGS") {
        Fact::Known(text, origin) => {
            if let Some(found) = of(url::server_settings(text.split_whitespace()), &origin) {
                return found;
            }
        }
        Fact::Absent => {}
        Fact::Unknown(why) => return Fact::Unknown(why),
    }
    for mount in &service.mounts {
        let is_settings = mount.target.ends_with(".conf") || mount.target.starts_with("/etc/postgresql");
        if !is_settings && !mount.target.starts_with("/docker-entrypoint-initdb.d") {
            continue;
        }
        let Some(source) = &mount.source else { return unknown("settings or init scripts outside of the repository") };
        for path in files_under(workspace, source) {
            let Ok(id) = workspace.source(&path) else { return unknown("settings or init scripts that could not be read") };
            let text = workspace.text(id);
            if text.len() > LONGEST_SCRIPT || text.to_ascii_lowercase().contains("statement_timeout") {
                return Fact::not_read(format!("`{path}` speaks of statement_timeout"), vec![Span::new(id, 0, 0)]);
            }
        }
    }
    Fact::Absent
}

/// A file, or the files of a folder.
fn files_under(workspace: &Workspace, path: &str) -> Vec<String> {
    if workspace.exists(path) {
        return vec![path.to_owned()];
    }
    let within = |one: &str| one.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    workspace.paths().iter().filter(|path| within(path)).take(500).map(str::to_owned).collect()
}
