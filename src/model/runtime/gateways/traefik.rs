//! Traefik: files, static and dynamic, and the labels of Compose services. A router becomes a route for each way to fit its rule.
//!
//! What is absent: providers that no file shows, plugins. IngressRoutes are read with the other objects of Kubernetes.

use super::super::route::{AccessLog, Gateway, Listener};
use super::settings::{Settings, Value};
use super::{Reading, traefik_route};
use crate::discover::Kind;
use crate::fact::{Fact, Origin, Product};
use crate::model::runtime::service::Service;
use crate::source::Span;

pub(super) fn read(reading: &mut Reading, paths: &[&str]) {
    let mut files: Vec<(&str, Settings)> = Vec::new();
    for path in paths {
        let Ok(tree) = reading.workspace.tree(path) else { continue };
        let Some(root) = tree.root() else { continue };
        let mut settings = Settings::default();
        settings.add_tree(root);
        files.push((path, settings));
    }
    let first = reading.next();
    let mut everything = Settings::default();
    files.iter().for_each(|(_, settings)| everything.add_missing(settings));
    for (path, settings) in &files {
        if settings.names(&["http", "routers"]).is_empty() {
            continue;
        }
        let mut gateway = reading.gateway("Traefik", path);
        let arguments = arguments(reading, &gateway.services);
        let mut known = settings.clone();
        known.add_missing(&everything);
        known.add_missing(&arguments);
        describe(&mut gateway, &known);
        let routes = traefik_route::routes(reading, &gateway, settings, &known);
        reading.add(gateway, routes);
    }
    for project in 0..reading.names.projects.len() {
        of_labels(reading, project, &everything);
    }
    // Where no route is here, what Traefik is told for all of them is.
    if reading.next() == first {
        for (path, settings) in files.iter().filter(|(_, settings)| settings.has(&["entrypoints"])) {
            let mut gateway = reading.gateway("Traefik", path);
            let mut known = settings.clone();
            known.add_missing(&arguments(reading, &gateway.services));
            describe(&mut gateway, &known);
            reading.add(gateway, Vec::new());
        }
    }
}

/// The labels of the services of one project.
fn of_labels(reading: &mut Reading, project: usize, files: &Settings) {
    let Some(path) = reading.names.projects.get(project).map(|project| project.path().to_owned()) else { return };
    let mut settings = Settings::default();
    let services = reading.names.services.iter().enumerate().filter(|(_, service)| service.project == project);
    for (at, service) in services {
        let is_off = |name: &str, value: &str| name == "traefik.enable" && value.eq_ignore_ascii_case("false");
        if service.labels.iter().any(|label| label.value.known().is_some_and(|value| is_off(&label.name, value))) {
            continue;
        }
        for label in &service.labels {
            let Some(name) = label.name.strip_prefix("traefik.") else { continue };
            let span = label.value.span().unwrap_or(label.span);
            let value = Value { text: label.value.known().cloned(), span, service: Some(at) };
            settings.add_dotted(name, value);
        }
    }
    if settings.names(&["http", "routers"]).is_empty() {
        return;
    }
    let running = reading.names.services.iter().enumerate().filter(|(_, one)| one.project == project && is_traefik(one));
    let running: Vec<usize> = running.map(|(at, _)| at).collect();
    let mut gateway = Gateway::bare(Product("Traefik"), path.clone(), running, super::profile(&path, &[]));
    let mut known = settings.clone();
    known.add_missing(files);
    known.add_missing(&arguments(reading, &gateway.services));
    if !gateway.services.is_empty() {
        describe(&mut gateway, &known);
        // Where labels are all that Traefik reads, nobody else can route the services of this project.
        let all_told = gateway.services.iter().filter_map(|at| reading.names.services.get(*at)).all(is_told_by_words_alone);
        gateway.knows_routes = all_told && known.names(&["providers"]) == ["docker"];
    }
    let routes = traefik_route::routes(reading, &gateway, &settings, &known);
    reading.add(gateway, routes);
}

/// Whether a Traefik has its static settings from its command line alone.
fn is_told_by_words_alone(service: &Service) -> bool {
    let (words, environment) = (service.command.known().into_iter().flatten(), &service.environment);
    let is_static = |target: &str| target.contains("/etc/traefik") || target.contains("traefik.");
    let has_file = service.mounts.iter().any(|mount| is_static(&mount.target)) || service.open.is_some();
    let has_variables = environment.open().is_some() || environment.iter().any(|(name, _)| name.starts_with("TRAEFIK_"));
    let is_pointed = words.filter(|word| word.to_ascii_lowercase().starts_with("--configfile")).count() > 0;
    service.command.known().is_some() && !has_file && !has_variables && !is_pointed
}

fn is_traefik(service: &Service) -> bool {
    service.product().is_some_and(|product| product.name == Kind::Traefik.name())
}

/// The static settings on the command lines of services: `--accesslog.format=json`.
fn arguments(reading: &Reading, services: &[usize]) -> Settings {
    let mut settings = Settings::default();
    let services = services.iter().filter_map(|at| reading.names.services.get(*at));
    for (words, origin) in services.filter_map(|service| service.command.known_with_origin()) {
        let Some(span) = origin.span() else { continue };
        for word in words {
            let Some(word) = word.strip_prefix("--") else { continue };
            let (name, text) = word.split_once('=').unwrap_or((word, "true"));
            let span = within(reading, span, word);
            settings.add_dotted(name, Value { text: Some(text.to_owned()), span, service: None });
        }
    }
    settings
}

/// A command line longer than this is not searched for each of its words.
const LONGEST_LINE: usize = 10_000;

/// Where a word of a command line stands, if it is written there in so many words.
fn within(reading: &Reading, line: Span, word: &str) -> Span {
    let text = reading.workspace.sources().text(line);
    let at = if text.len() > LONGEST_LINE { None } else { text.find(word) };
    at.map_or(line, |at| Span::new(line.source, line.start as usize + at, line.start as usize + at + word.len()))
}

/// What static settings say. They may stand in a file, on a command line or in variables: what is not found is not known.
fn describe(gateway: &mut Gateway, known: &Settings) {
    let has_static = known.has(&["entrypoints"]);
    let unknown = "its static settings are not in the repository";
    gateway.access_log = match (known.has(&["accesslog"]), has_static) {
        (true, _) => {
            let is_structured = known.text(&["accesslog", "format"]).is_some_and(|format| format.eq_ignore_ascii_case("json"));
            let span = known.span(&["accesslog"]);
            let log = AccessLog::new(is_structured, span);
            Fact::Known(log, span.map_or(Origin::default_of("Traefik"), Origin::Explicit))
        }
        (false, true) => Fact::Absent,
        (false, false) => Fact::not_read(unknown, Vec::new()),
    };
    gateway.correlation = match (known.span(&["tracing"]), has_static) {
        (Some(span), _) => Fact::explicit("tracing".into(), span),
        (None, true) => Fact::Absent,
        (None, false) => Fact::not_read(unknown, Vec::new()),
    };
    let mut listeners = Vec::new();
    for name in known.names(&["entrypoints"]) {
        let own = |path: &[&str]| {
            let full: Vec<&str> = ["entrypoints", name.as_str()].into_iter().chain(path.iter().copied()).collect();
            known.get(&full).map(|value| (value.text.clone(), value.span))
        };
        let Some((Some(address), span)) = own(&["address"]) else { continue };
        let Some(port) = address.rsplit(':').next().and_then(|port| port.split('/').next()?.parse().ok()) else { continue };
        let redirects = own(&["http", "redirections", "entrypoint", "to"]).is_some();
        let is_encrypted = known.has(&["entrypoints", &name, "http", "tls"]) || port == 443;
        let strict_transport = Fact::not_read("middlewares say it", Vec::new());
        listeners.push(Listener { names: Vec::new(), port, is_encrypted, redirects, strict_transport, span });
    }
    if let Some(span) = listeners.first().map(|one: &Listener| one.span) {
        gateway.listeners = Fact::explicit(listeners, span);
    }
}
