//! The routes of Traefik's routers, with what their middlewares make of a request.

use super::super::route::{Address, CrossOrigin, Gateway, Limit, PathMatch, Retry, Rewrite, Route, Unverified};
use super::super::timeout::{Timeout, Units, parse};
use super::settings::{Settings, Value};
use super::traefik_rule::{self, Case};
use super::{Reading, default, itself, or};
use crate::fact::{Fact, Origin};
use crate::source::Span;

fn traefik() -> Origin {
    Origin::default_of("Traefik")
}

/// The routes of the routers in `own`; what they refer to is looked up in `known`.
pub(super) fn routes(reading: &Reading, gateway: &Gateway, own: &Settings, known: &Settings) -> Vec<Route> {
    let mut found = Vec::new();
    for name in own.names(&["http", "routers"]) {
        let Some(rule) = own.get(&["http", "routers", &name, "rule"]) else { continue };
        for case in cases(rule.text.as_deref()) {
            let mut route = route(reading, gateway, own, known, &name, rule);
            if let Some(case) = case {
                case.tell(&mut route, rule.span);
            }
            route.rewrite = rewrite(known, &middlewares(own, known, &name), route.path.known());
            found.push(route);
        }
    }
    found
}

/// The ways to fit a rule; `None` for one that is not understood.
pub(in crate::model::runtime) fn cases(rule: Option<&str>) -> Vec<Option<Case>> {
    match rule.and_then(traefik_rule::parse) {
        Some(cases) => cases.into_iter().map(Some).collect(),
        None => vec![None],
    }
}

fn route(reading: &Reading, gateway: &Gateway, own: &Settings, known: &Settings, name: &str, rule: &Value) -> Route {
    let service = own.get(&["http", "routers", name, "service"]);
    let container = rule.service.and_then(|at| Some((at, reading.names.services.get(at)?)));
    let pass_span = service.map_or(rule.span, |value| value.span);
    let mut route = Route::bare(reading.next(), format!("router {name}"), rule.span, pass_span);
    let shared = own.names(&["http", "services"]);
    let behind = match service {
        Some(value) => value.text.as_deref().map(|text| text.split('@').next().unwrap_or(text).to_lowercase()),
        None => shared.iter().find(|one| container.is_some() && one.as_str() == name).or(shared.first()).cloned(),
    };
    let scheme = behind.as_deref().and_then(|name| known.text(&["http", "services", name, "loadbalancer", "server", "scheme"]));
    let urls = |name: &str| -> Vec<(String, Span)> {
        let servers = known.below(&["http", "services", name, "loadbalancer", "servers"]);
        servers.filter_map(|(key, value)| key.ends_with("url").then(|| Some((value.text.clone()?, value.span)))?).collect()
    };
    let servers = behind.as_deref().map(urls).unwrap_or_default();
    if !servers.is_empty() {
        let hosts = servers.iter().map(|(url, _)| {
            let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            Address::parse(rest.split('/').next().unwrap_or(""))
        });
        route.servers = Fact::explicit(hosts.collect(), servers.first().map_or(pass_span, |(_, span)| *span));
        route.module = if servers.iter().any(|(url, _)| url.starts_with("h2c://")) { "grpc" } else { "http" };
    } else if let Some((at, service)) = container.filter(|_| is_own(own, known, behind.as_deref(), rule)) {
        let port = behind.as_deref().and_then(|name| known.text(&["http", "services", name, "loadbalancer", "server", "port"]));
        let address = Address::of(service.name.clone(), port.and_then(|port| port.parse().ok()));
        route.servers = Fact::explicit(vec![address], rule.span);
        let path = &gateway.path;
        route.targets = vec![itself(at, format!("its labels in `{path}` tell Traefik to pass requests to `{}`", service.name))];
        route.module = if scheme == Some("h2c") { "grpc" } else { "http" };
    }
    if route.module == "grpc" {
        route.streaming = Some("HTTP/2 without TLS to the service is what gRPC needs".into());
    }
    let transport =
        behind.as_deref().and_then(|name| known.text(&["http", "services", name, "loadbalancer", "serverstransport"]));
    transported(&mut route, known, transport);
    let speaks_tls = scheme == Some("https") || servers.iter().any(|(url, _)| url.starts_with("https://"));
    route.unverified = route.unverified.filter(|_| speaks_tls);
    middleware_terms(&mut route, known, &middlewares(own, known, name));
    route
}

/// Whether the service behind a router is the container that has the label.
fn is_own(own: &Settings, known: &Settings, behind: Option<&str>, rule: &Value) -> bool {
    let Some(name) = behind else { return true };
    let mut spoken = known.below(&["http", "services", name]).map(|(_, value)| value.service).peekable();
    spoken.peek().is_none() && !own.has(&["http", "routers", name, "service"]) || spoken.all(|one| one == rule.service)
}

/// The middlewares of a router in order, chains opened; `None`: one could not be found.
fn middlewares(own: &Settings, known: &Settings, router: &str) -> Option<Vec<String>> {
    let mut todo = own.list(&["http", "routers", router, "middlewares"])?;
    todo.reverse();
    let mut found: Vec<String> = Vec::new();
    while let Some(next) = todo.pop() {
        let name = next.split('@').next().unwrap_or("").to_lowercase();
        if found.len() > 100 || !known.has(&["http", "middlewares", &name]) {
            return None;
        }
        if let Some(chain) = known.list(&["http", "middlewares", &name, "chain", "middlewares"]).filter(|chain| !chain.is_empty())
        {
            todo.extend(chain.into_iter().rev());
        }
        found.push(name);
    }
    Some(found)
}

fn time(value: &Value, bare: Option<f64>) -> Fact<Timeout> {
    let parsed = value.text.as_deref().and_then(|text| Some(Timeout::or_never(parse(text, Units::Common, bare)?, text)));
    parsed.map_or_else(|| Fact::not_read("not a length of time", vec![value.span]), |timeout| Fact::explicit(timeout, value.span))
}

/// How it speaks to the servers: as the transport says that the service behind the route names, else Traefik's own settings.
pub(in crate::model::runtime) fn transported(route: &mut Route, known: &Settings, transport: Option<&str>) {
    let transport = transport.map(|name| name.split('@').next().unwrap_or(name).to_lowercase());
    let trusting = match &transport {
        Some(name) => known.get(&["http", "serverstransports", name, "insecureskipverify"]),
        None => known.get(&["serverstransport", "insecureskipverify"]),
    };
    let trusting = trusting.filter(|value| value.text.as_deref() == Some("true"));
    route.unverified = trusting.map(|value| Unverified::by("insecureSkipVerify", value.span));
    let wait = |key: &str| -> Fact<Timeout> {
        let value = match &transport {
            Some(name) if !known.has(&["http", "serverstransports", name]) => {
                return Fact::not_read("its transport is not in the repository", Vec::new());
            }
            Some(name) => known.get(&["http", "serverstransports", name, "forwardingtimeouts", key]),
            None => known.get(&["serverstransport", "forwardingtimeouts", key]),
        };
        or(value.map_or(Fact::Absent, |value| time(value, Some(1.0))), || default("Traefik", key))
    };
    route.waits.connect = wait("dialtimeout");
    route.waits.read = wait("responseheadertimeout");
    route.waits.idle = wait("idleconntimeout");
    route.waits.send = Fact::Absent;
    route.waits.total = Fact::Absent;
}

/// What middlewares do to the path.
pub(in crate::model::runtime) fn rewrite(
    known: &Settings,
    middlewares: &Option<Vec<String>>,
    path: Option<&PathMatch>,
) -> Fact<Rewrite> {
    let unknown = |why: &str| Fact::not_read(why, Vec::new());
    let Some(names) = middlewares else { return unknown("a middleware that is not in the repository") };
    let mut result = Fact::Absent;
    for name in names {
        let of = |kind: &str| known.span(&["http", "middlewares", name, kind]);
        if let Some(span) = of("stripprefix") {
            let prefixes = known.list(&["http", "middlewares", name, "stripprefix", "prefixes"]).unwrap_or_default();
            let fits = |prefix: &&String| match path {
                Some(PathMatch::Prefix(path) | PathMatch::Segments(path) | PathMatch::Exact(path)) => {
                    path.starts_with(prefix.as_str())
                }
                _ => false,
            };
            result = match prefixes.iter().find(fits) {
                Some(prefix) => Fact::explicit(Rewrite::Prefix { from: prefix.clone(), to: "/".into() }, span),
                None => unknown("it takes away a part that its rule does not name"),
            };
        } else if let Some(span) = of("addprefix") {
            let prefix = known.text(&["http", "middlewares", name, "addprefix", "prefix"]).unwrap_or("/");
            result = Fact::explicit(Rewrite::Prefix { from: "/".into(), to: prefix.to_owned() }, span);
        } else if let Some(span) = of("replacepath") {
            let path = known.text(&["http", "middlewares", name, "replacepath", "path"]).unwrap_or("/");
            result = Fact::explicit(Rewrite::Whole(path.to_owned()), span);
        } else if of("stripprefixregex").or_else(|| of("replacepathregex")).is_some() {
            return unknown("a rewrite by a pattern");
        }
    }
    result
}

/// On which terms middlewares let requests through.
pub(in crate::model::runtime) fn middleware_terms(route: &mut Route, known: &Settings, middlewares: &Option<Vec<String>>) {
    let Some(names) = middlewares else { return };
    let base = |name: &str, kind: &str| vec!["http".to_owned(), "middlewares".into(), name.to_owned(), kind.to_owned()];
    let path = |name: &str, kind: &str, rest: &[&str]| -> Vec<String> {
        base(name, kind).into_iter().chain(rest.iter().map(|part| (*part).to_owned())).collect()
    };
    let get = |name: &str, kind: &str, rest: &[&str]| {
        let path = path(name, kind, rest);
        known.get(&path.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let spans =
        |kind: &'static str| names.iter().filter_map(move |name| Some((name, known.span(&["http", "middlewares", name, kind])?)));
    route.retry = Fact::Absent;
    for (name, span) in spans("retry") {
        let attempts = get(name, "retry", &["attempts"]).and_then(|value| value.text.as_deref()?.parse().ok());
        let resends = get(name, "retry", &["retrynonidempotentmethod"]).filter(|value| value.text.as_deref() == Some("true"));
        let wait = |key: &str| get(name, "retry", &[key]).map_or(Fact::Absent, |value| time(value, Some(1.0)));
        route.retry = Fact::explicit(
            Retry {
                attempts,
                is_by_servers: false,
                on: vec!["network error".into()],
                methods: Fact::Absent,
                resends_post: resends.map(|_| "`retryNonIdempotentMethod`".to_owned()),
                per_try: route.waits.read.clone(),
                backoff: wait("initialinterval"),
                within: wait("timeout"),
                span: resends.map_or(span, |value| value.span),
            },
            span,
        );
    }
    let limits = spans("ratelimit");
    let limits: Vec<Limit> = limits
        .map(|(name, span)| Limit { name: format!("rateLimit {name}"), status: Fact::Known(429, traefik()), span })
        .collect();
    route.limits = limits.first().map(|one| one.span).map_or(Fact::Absent, |span| Fact::explicit(limits, span));
    route.body_limit = Fact::Absent;
    for (name, _) in spans("buffering") {
        let value = get(name, "buffering", &["maxrequestbodybytes"]);
        let bytes = value.and_then(|value| Some((value.text.as_deref()?.parse::<u64>().ok()?, value.span)));
        if let Some((bytes, span)) = bytes.filter(|(bytes, _)| *bytes > 0) {
            route.body_limit = Fact::explicit(bytes, span);
        }
    }
    route.cache = Fact::Absent;
    route.cross_origin = Fact::Absent;
    for (name, _) in spans("headers") {
        let path = ["http", "middlewares", name, "headers", "accesscontrolalloworiginlist"];
        let patterns = ["http", "middlewares", name, "headers", "accesscontrolalloworiginlistregex"];
        let Some(span) = known.span(&path).or_else(|| known.span(&patterns)) else { continue };
        let any =
            |list: Option<Vec<String>>| list.is_some_and(|all| all.iter().any(|one| matches!(one.as_str(), "*" | ".*" | "^.*$")));
        // https://github.com/traefik/traefik/blob/v3.5/pkg/middlewares/headers/header.go: of the list the entry is sent, for a pattern the origin.
        let is_any = any(known.list(&patterns));
        let is_star = any(known.list(&path)) && !is_any;
        let any_origin = is_any || is_star;
        let credentials = get(name, "headers", &["accesscontrolallowcredentials"]).and_then(|value| value.text.as_deref());
        let credentials = credentials == Some("true");
        route.cross_origin = Fact::explicit(CrossOrigin { any_origin, is_star, credentials, span }, span);
    }
}
