//! Kong with a declarative configuration: services, the routes that lead to them, and the plugins on either.
//!
//! Kong sends a request to the next target after an error or a timeout, as nginx does: never a POST that was sent.

use super::super::route::{AccessLog, Address, Cache, CrossOrigin, Gateway, Limit, PathMatch, Retry, Rewrite, Route, Unverified};
use super::super::timeout::Timeout;
use super::{Reading, default, duration, is_open, milliseconds, number, of_millis, or, texts};
use crate::documents::NodeRef;
use crate::fact::{Fact, Origin};
use crate::source::Span;

fn kong() -> Origin {
    Origin::default_of("Kong")
}

/// Plugins that tell who asks: Kong's cache then keeps each consumer's responses apart.
const AUTHENTICATION: [&str; 8] =
    ["key-auth", "jwt", "basic-auth", "oauth2", "hmac-auth", "ldap-auth", "openid-connect", "mtls-auth"];

pub(super) fn read(reading: &mut Reading, path: &str) {
    let Ok(tree) = reading.workspace.tree(path) else { return };
    let Some(root) = tree.root() else { return };
    let mut gateway = reading.gateway("Kong", path);
    let global: Vec<NodeRef> = items(root, "plugins");
    let mut routes = Vec::new();
    let services = items(root, "services");
    for service in &services {
        let name = service.get_text("name");
        let apart = items(root, "routes");
        let apart = apart.into_iter().filter(|route| name.is_some() && refers(*route, "service") == name);
        for route in items(*service, "routes").into_iter().chain(apart) {
            let plugins = plugins(&[root, *service, route], &global);
            routes.extend(of(reading.next(), root, *service, route, &plugins));
        }
    }
    gateway.knows_routes = !services.is_empty();
    describe(&mut gateway, &global);
    reading.add(gateway, routes);
}

fn items<'t>(node: NodeRef<'t>, key: &str) -> Vec<NodeRef<'t>> {
    node.get(key).map(NodeRef::items).into_iter().flatten().collect()
}

/// What a reference names: `service: orders` or `service: {name: orders}`.
fn refers<'t>(node: NodeRef<'t>, key: &str) -> Option<&'t str> {
    let value = node.get(key)?;
    value.text().or_else(|| value.get_text("name")).or_else(|| value.get_text("id"))
}

/// The plugins that hold for a route: its own, those of its service, those of all. The nearest of a name wins.
fn plugins<'t>(owners: &[NodeRef<'t>; 3], global: &[NodeRef<'t>]) -> Vec<NodeRef<'t>> {
    let [_, service, route] = owners;
    let named = |key: &'static str, owner: NodeRef<'t>| {
        let name = owner.get_text("name");
        global.iter().copied().filter(move |plugin| name.is_some() && refers(*plugin, key) == name)
    };
    let inner = |owner: NodeRef<'t>| owner.get("plugins").into_iter().flat_map(NodeRef::items).collect::<Vec<_>>();
    let everywhere =
        global.iter().copied().filter(|one| ["service", "route", "consumer"].iter().all(|key| one.get(key).is_none()));
    let all = inner(*route).into_iter().chain(named("route", *route)).chain(inner(*service)).chain(named("service", *service));
    let mut found: Vec<NodeRef<'t>> = Vec::new();
    for plugin in all.chain(everywhere) {
        let name = plugin.get_text("name");
        let off = plugin.get("enabled").and_then(NodeRef::text) == Some("false");
        if !found.iter().any(|one| one.get_text("name") == name) && !off {
            found.push(plugin);
        }
    }
    found
}

fn of(gateway: usize, root: NodeRef<'_>, service: NodeRef<'_>, route: NodeRef<'_>, plugins: &[NodeRef<'_>]) -> Vec<Route> {
    let span = route.get("name").or_else(|| route.get("paths")).map_or(route.span(), NodeRef::span);
    let url = service.get("url").or_else(|| service.get("host"));
    let pass_span = url.map_or(service.span(), NodeRef::span);
    let (servers, base) = servers(root, service, pass_span);
    let strips = route.get("strip_path").and_then(NodeRef::text) != Some("false");
    let paths = texts(route.get("paths"));
    let paths: Vec<Option<&str>> = if paths.is_empty() { vec![None] } else { paths.into_iter().map(Some).collect() };
    let mut found = Vec::new();
    for path in paths {
        let name = route.get_text("name").or(path).unwrap_or("of a service");
        let mut one = Route::bare(gateway, format!("route {name}"), span, pass_span);
        one.server_name = texts(route.get("hosts")).first().map(|host| (*host).to_owned());
        one.path = match path {
            None => Fact::Known(PathMatch::Prefix("/".into()), kong()),
            Some(path) if is_open(path) => Fact::not_read("the path is filled in later", vec![span]),
            Some(path) => match path.strip_prefix('~') {
                Some(pattern) => Fact::explicit(PathMatch::Pattern(format!("^{}", pattern.trim_start_matches('^'))), span),
                None => Fact::explicit(PathMatch::Prefix(path.to_owned()), span),
            },
        };
        let methods: Vec<String> = texts(route.get("methods")).iter().map(|method| method.to_ascii_uppercase()).collect();
        one.methods = if methods.is_empty() { Fact::Absent } else { Fact::explicit(methods, span) };
        one.rewrite = match (one.path.known(), strips) {
            (Some(PathMatch::Prefix(from)), true) => {
                Fact::Known(Rewrite::Prefix { from: from.clone(), to: base.clone() }, Origin::Explicit(span))
            }
            (_, false) if base == "/" => Fact::Absent,
            (_, false) => Fact::explicit(Rewrite::Prefix { from: "/".into(), to: base.clone() }, span),
            _ => Fact::not_read("a pattern whose match is taken away", vec![span]),
        };
        one.servers = servers.clone();
        let wait = |key: &str| or(duration(service.get(key), milliseconds()), || default("Kong", key));
        one.waits.connect = wait("connect_timeout");
        one.waits.read = wait("read_timeout");
        one.waits.send = wait("write_timeout");
        one.waits.total = Fact::Absent;
        one.retry = retry(service, &one.waits.read, pass_span);
        let speaks_tls =
            ["url", "protocol"].iter().any(|key| service.get_text(key).is_some_and(|text| text.starts_with("https")));
        let unverified = service.get("tls_verify").filter(|node| speaks_tls && node.text() == Some("false"));
        one.unverified = unverified.map(|node| Unverified::by("tls_verify: false", node.span()));
        terms(&mut one, plugins);
        if service.get_text("protocol").is_some_and(|protocol| protocol.starts_with("grpc")) {
            one.module = "grpc";
            one.streaming = Some("gRPC calls may stream".into());
        }
        found.push(one);
    }
    found
}

/// The servers of a service, and the path that is put in front of what a route leaves.
fn servers(root: NodeRef<'_>, service: NodeRef<'_>, span: Span) -> (Fact<Vec<Address>>, String) {
    let url = service.get_text("url");
    let rest = url.map(|url| url.split_once("://").map_or(url, |(_, rest)| rest));
    let (authority, path) = match rest {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => (service.get_text("host").unwrap_or("${"), service.get_text("path").unwrap_or("")),
    };
    let base = if path.is_empty() { "/".to_owned() } else { path.to_owned() };
    if is_open(authority) {
        return (Fact::not_read("the address is filled in later", vec![span]), base);
    }
    let upstreams = root.get("upstreams").into_iter().flat_map(NodeRef::items);
    let upstream = upstreams.into_iter().find(|one| one.get_text("name") == Some(authority));
    let targets = upstream.and_then(|one| one.get("targets")).into_iter().flat_map(NodeRef::items);
    let targets: Vec<Address> = targets.filter_map(|one| one.get_text("target")).map(Address::parse).collect();
    if !targets.is_empty() {
        return (Fact::explicit(targets, span), base);
    }
    let mut address = Address::parse(authority);
    address.port = address.port.or_else(|| service.get_text("port").and_then(|port| port.parse().ok()));
    (Fact::explicit(vec![address], span), base)
}

fn retry(service: NodeRef<'_>, read: &Fact<Timeout>, span: Span) -> Fact<Retry> {
    let written = service.get("retries");
    let attempts = match written {
        Some(node) => match number(Some(node)) {
            Some(0) => return Fact::Absent,
            Some(attempts) => attempts,
            None => return Fact::not_read("not a number", vec![node.span()]),
        },
        None => 5,
    };
    let span = written.map_or(span, |node| node.span());
    let retry = Retry {
        attempts: Some(attempts),
        is_by_servers: false,
        on: vec!["error".into(), "timeout".into()],
        methods: Fact::Absent,
        resends_post: None,
        per_try: read.clone(),
        backoff: Fact::Absent,
        within: Fact::Absent,
        span,
    };
    Fact::Known(retry, if written.is_some() { Origin::Explicit(span) } else { kong() })
}

/// What plugins make of a route.
fn terms(route: &mut Route, plugins: &[NodeRef<'_>]) {
    let named = |name: &str| plugins.iter().copied().find(|plugin| plugin.get_text("name") == Some(name));
    let place = |plugin: NodeRef<'_>| plugin.get("name").map_or(plugin.span(), NodeRef::span);
    let limiters = ["rate-limiting", "rate-limiting-advanced", "response-ratelimiting", "request-termination"];
    let limits: Vec<Limit> = limiters[..3]
        .iter()
        .filter_map(|name| named(name))
        .map(|plugin| {
            let code = plugin.at("config/error_code");
            let status = code.and_then(|node| Some(Fact::explicit(node.text()?.parse().ok()?, node.span())));
            let name = plugin.get_text("name").unwrap_or("").to_owned();
            Limit { name, status: status.unwrap_or_else(|| Fact::Known(429, kong())), span: place(plugin) }
        })
        .collect();
    route.limits = limits.first().map(|one| one.span).map_or(Fact::Absent, |span| Fact::explicit(limits, span));
    route.body_limit = match named("request-size-limiting") {
        None => Fact::Absent,
        Some(plugin) => {
            let size = number(plugin.at("config/allowed_payload_size")).unwrap_or(128);
            let factor = match plugin.at("config/size_unit").and_then(NodeRef::text) {
                Some("bytes") => 1,
                Some("kilobytes") => 1 << 10,
                _ => 1 << 20,
            };
            Fact::explicit(u64::from(size) * factor, place(plugin))
        }
    };
    route.cache = match named("proxy-cache").or_else(|| named("proxy-cache-advanced")) {
        None => Fact::Absent,
        Some(plugin) => {
            let respects = plugin.at("config/cache_control").and_then(NodeRef::text) == Some("true");
            let vary = texts(plugin.at("config/vary_headers")).into_iter().map(str::to_owned);
            let vary =
                vary.into_iter().find(|name| name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("cookie"));
            let consumer = AUTHENTICATION.iter().find(|name| named(name).is_some());
            let keeps_users_apart = consumer
                .map(|name| format!("`{name}` tells consumers apart, and Kong keys its cache by consumer"))
                .or_else(|| vary.map(|name| format!("the key of the cache has `{name}`")))
                .or_else(|| respects.then(|| "`cache_control` leaves requests with credentials alone".to_owned()));
            let lifetime = duration(plugin.at("config/cache_ttl"), Some(1.0));
            let lifetime = or(lifetime, || Fact::Known(of_millis(300_000), kong()));
            Fact::explicit(Cache { keeps_users_apart, lifetime, unbounded: None, span: place(plugin) }, place(plugin))
        }
    };
    route.cross_origin = match named("cors") {
        None => Fact::Absent,
        Some(plugin) => {
            let origins = texts(plugin.at("config/origins"));
            let any_origin = origins.is_empty() || origins.iter().any(|one| matches!(*one, "*" | ".*" | "^.*$"));
            let credentials = plugin.at("config/credentials").and_then(NodeRef::text) == Some("true");
            Fact::explicit(CrossOrigin { any_origin, is_star: false, credentials, span: place(plugin) }, place(plugin))
        }
    };
}

/// What plugins for everything say of the gateway itself.
fn describe(gateway: &mut Gateway, global: &[NodeRef<'_>]) {
    let named = |name: &str| global.iter().copied().find(|plugin| plugin.get_text("name") == Some(name));
    let ids = ["correlation-id", "opentelemetry", "zipkin", "datadog"];
    gateway.correlation = match ids.iter().find_map(|name| named(name)) {
        Some(plugin) => Fact::explicit(plugin.get_text("name").unwrap_or("").to_owned(), plugin.span()),
        None => Fact::Absent,
    };
    let loggers = ["http-log", "file-log", "tcp-log", "udp-log", "kafka-log", "loggly", "opentelemetry"];
    gateway.access_log = match loggers.iter().find_map(|name| named(name)) {
        Some(plugin) => Fact::explicit(AccessLog::new(true, Some(plugin.span())), plugin.span()),
        None => Fact::not_read("the variables of Kong say how it logs", Vec::new()),
    };
}
