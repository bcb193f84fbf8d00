//! Spring Cloud Gateway: the routes of an application's settings, with the filters for all of them.
//!
//! What is absent: routes that code makes, shortcuts with placeholders.

use super::super::application::owner::owners;
use super::super::profile::Profile;
use super::super::route::{Address, CrossOrigin, Limit, PathMatch, Retry, Rewrite, Route};
use super::super::timeout::Timeout;
use super::spring_settings::{Part, Settings, Text, Written, of_properties, of_tree};
use super::{Reading, is_open, length, milliseconds};
use crate::documents::properties;
use crate::fact::{Fact, Origin};

fn by_default() -> Origin {
    Origin::default_of("Spring Cloud Gateway")
}

pub(super) fn read(reading: &mut Reading, path: &str) {
    let Ok(source) = reading.workspace.source(path) else { return };
    let text = reading.workspace.text(source);
    if memchr::memmem::find(text.as_bytes(), b"gateway").is_none() {
        return;
    }
    if path.ends_with(".properties") {
        let parsed = properties::parse(source, &text);
        of_properties(&parsed).iter().for_each(|settings| add(reading, path, settings));
    } else if let Ok(tree) = reading.workspace.tree(path) {
        tree.documents().map(of_tree).collect::<Vec<_>>().iter().for_each(|settings| add(reading, path, settings));
    }
}

/// Adds what one document of a file says.
fn add(reading: &mut Reading, path: &str, settings: &Settings<'_>) {
    if settings.routes.is_empty() {
        return;
    }
    let mut gateway = reading.gateway("Spring Cloud Gateway", path);
    let profile = settings.profile.map(|name| super::profile(name, &[]));
    if let Some(named) = profile.filter(|named| *named != Profile::Unknown) {
        gateway.profile = named;
    }
    if gateway.services.is_empty() {
        let owners = owners(path, None, reading.names.projects, reading.names.services);
        gateway.services = owners.into_iter().map(|owner| owner.service).collect();
    }
    gateway.knows_routes = !settings.finds_services;
    let number = reading.next();
    let routes = settings.routes.iter().map(|written| route(number, written, settings)).collect();
    reading.add(gateway, routes);
}

fn route(gateway: usize, written: &Written<'_>, settings: &Settings<'_>) -> Route {
    let uri = written.uri;
    let name = written.id.map_or("without an id", |id| id.text);
    let filters: Vec<&Part> = written.filters.iter().chain(&settings.everywhere).collect();
    let mut route = Route::bare(gateway, format!("route {name}"), written.id.unwrap_or(uri).span, uri.span);
    let predicate = |name: &str| written.predicates.iter().find(|part| part.name == name);
    route.server_name = predicate("Host").and_then(|part| part.first()).map(str::to_owned);
    route.path = match predicate("Path") {
        None => Fact::Known(PathMatch::Prefix("/".into()), by_default()),
        Some(part) => match part.values().as_slice() {
            [only] if !is_open(only) => Fact::explicit(pattern(only), part.span),
            _ => Fact::not_read("several paths", vec![part.span]),
        },
    };
    route.methods = match predicate("Method") {
        None => Fact::Absent,
        Some(part) => Fact::explicit(part.values().iter().map(|method| method.to_ascii_uppercase()).collect(), part.span),
    };
    route.rewrite = rewrite(&filters, route.path.known());
    let authority = uri.text.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or("");
    route.servers = match authority.is_empty() || is_open(uri.text) {
        true => Fact::not_read("the address is filled in later", vec![uri.span]),
        false => {
            let is_registered = uri.text.starts_with("lb:");
            Fact::explicit(vec![Address { is_registered, ..Address::parse(authority) }], uri.span)
        }
    };
    if uri.text.starts_with("ws") || uri.text.starts_with("lb:ws") {
        route.streaming = Some("it passes WebSocket on".into());
    }
    waits(&mut route, written, &settings.client);
    route.retry = retry(&filters, &route.waits.read);
    let limits: Vec<Limit> = filters.iter().filter(|part| part.name == "RequestRateLimiter").map(|part| limit(part)).collect();
    route.limits = limits.first().map(|one| one.span).map_or(Fact::Absent, |span| Fact::explicit(limits, span));
    route.body_limit = match filters.iter().find(|part| part.name == "RequestSize") {
        Some(part) => largest(part),
        None => Fact::not_read("the application's own settings bound it", Vec::new()),
    };
    route.cache = match filters.iter().find(|part| part.name == "LocalResponseCache") {
        Some(part) => Fact::not_read("it keys by `Authorization` itself", vec![part.span]),
        None => Fact::Absent,
    };
    route.cross_origin = cross_origin(&settings.origins);
    route
}

/// `/api/vet/**` is every path below, `/api/{id}` a pattern, the rest is exact.
fn pattern(path: &str) -> PathMatch {
    let base = path.strip_suffix("/**").or_else(|| path.strip_suffix("/{*path}"));
    match base {
        Some("") => PathMatch::Prefix("/".into()),
        Some(base) if !base.contains(['*', '{', '?']) => PathMatch::Segments(base.to_owned()),
        None if !path.contains(['*', '{', '?']) => PathMatch::Exact(path.to_owned()),
        _ => {
            let mut regex = String::from("^");
            for segment in path.split('/').skip(1) {
                match segment {
                    "**" => regex.push_str("(/.*)?"),
                    _ if segment.contains(['*', '{', '?']) => regex.push_str("/[^/]+"),
                    _ => regex.extend(["/", segment]),
                }
            }
            PathMatch::Pattern(regex + "$")
        }
    }
}

fn rewrite(filters: &[&Part<'_>], path: Option<&PathMatch>) -> Fact<Rewrite> {
    let mut result = Fact::Absent;
    for filter in filters {
        result = match filter.name {
            "StripPrefix" => {
                let count = filter.first().and_then(|text| text.parse::<usize>().ok()).unwrap_or(1);
                let from = match path {
                    Some(PathMatch::Segments(path) | PathMatch::Prefix(path)) => {
                        let parts: Vec<&str> = path.split('/').skip(1).collect();
                        parts.get(..count).map(|parts| format!("/{}", parts.join("/")))
                    }
                    _ => None,
                };
                match from {
                    Some(from) => Fact::explicit(Rewrite::Prefix { from, to: "/".into() }, filter.span),
                    None => Fact::not_read("it takes away more than its path names", vec![filter.span]),
                }
            }
            "PrefixPath" => {
                let to = filter.first().unwrap_or("/").to_owned();
                Fact::explicit(Rewrite::Prefix { from: "/".into(), to }, filter.span)
            }
            "RewritePath" | "SetPath" | "SetRequestUri" => Fact::not_read("a rewrite by a pattern", vec![filter.span]),
            _ => continue,
        };
    }
    result
}

fn waits(route: &mut Route, written: &Written<'_>, client: &[(String, Text<'_>)]) {
    let of = |all: &[(String, Text<'_>)], key: &str| {
        let found = all.iter().find(|(name, _)| name == key);
        found.map_or(Fact::Absent, |(_, value)| length(value.text, value.span, milliseconds()))
    };
    let wait = |key: &str| super::or(of(&written.metadata, key), || of(client, key));
    route.waits.read = Fact::Absent;
    route.waits.send = Fact::Absent;
    route.waits.total = wait("responsetimeout");
    if let known @ Fact::Known(..) = wait("connecttimeout") {
        route.waits.connect = known;
    }
}

fn retry(filters: &[&Part<'_>], read: &Fact<Timeout>) -> Fact<Retry> {
    let Some(filter) = filters.iter().find(|part| part.name == "Retry") else { return Fact::Absent };
    let numbered = filter.argument("0").is_some();
    let all = |name: &str| -> Vec<String> {
        let own = filter.arguments.iter().filter(|(key, _)| key.replace('-', "").eq_ignore_ascii_case(name));
        own.flat_map(|(_, value)| value.split(','))
            .map(|one| one.trim().to_ascii_uppercase())
            .filter(|one| !one.is_empty())
            .collect()
    };
    let methods = if numbered {
        filter.argument("2").map(|one| vec![one.to_ascii_uppercase()]).unwrap_or_default()
    } else {
        all("methods")
    };
    let methods = match methods.is_empty() {
        true => Fact::Known(vec!["GET".to_owned()], by_default()),
        false => Fact::explicit(methods, filter.span),
    };
    let attempts = if numbered { filter.argument("0") } else { filter.argument("retries") };
    let attempts = attempts.map_or(Some(3), |text| text.parse().ok());
    if attempts == Some(0) {
        return Fact::Absent;
    }
    let on = match (all("statuses"), all("series")) {
        (statuses, _) if !statuses.is_empty() => statuses,
        (_, series) if !series.is_empty() => series,
        _ => vec!["SERVER_ERROR".into()],
    };
    let resends = methods.known().and_then(|all| all.iter().find(|one| matches!(one.as_str(), "POST" | "PATCH")));
    let resends_post = resends.map(|method| format!("`methods: {method}`"));
    let first = filter.argument("backoff.firstBackoff").or_else(|| filter.argument("3"));
    let backoff = match first {
        Some(text) => length(text, filter.span, milliseconds()),
        None if filter.arguments.iter().any(|(key, _)| key.starts_with("backoff")) => {
            Fact::not_read("a backoff without a first wait", vec![filter.span])
        }
        None => Fact::Absent,
    };
    let within = filter.argument("timeout").map_or(Fact::Absent, |text| length(text, filter.span, milliseconds()));
    let (per_try, span) = (read.clone(), filter.span);
    Fact::explicit(Retry { attempts, is_by_servers: false, on, methods, resends_post, per_try, backoff, within, span }, span)
}

fn limit(part: &Part<'_>) -> Limit {
    let written = part.argument("statusCode").map(|text| match text.parse() {
        Ok(status) => Fact::explicit(status, part.span),
        Err(_) if text.eq_ignore_ascii_case("TOO_MANY_REQUESTS") => Fact::explicit(429, part.span),
        Err(_) => Fact::not_read("not a status", vec![part.span]),
    });
    Limit {
        name: "RequestRateLimiter".into(),
        status: written.unwrap_or_else(|| Fact::Known(429, by_default())),
        span: part.span,
    }
}

/// The largest request of a `RequestSize`, as Spring writes sizes. Where none is said it is not known: nobody chose the filter's own.
fn largest(part: &Part<'_>) -> Fact<u64> {
    let Some(text) = part.argument("maxSize").or_else(|| part.first()) else {
        return Fact::not_read("the default of the filter decides", vec![part.span]);
    };
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let shift = match unit.trim() {
        "" | "B" => Some(0),
        "KB" => Some(10),
        "MB" => Some(20),
        "GB" => Some(30),
        _ => None,
    };
    match number.parse::<u64>().ok().zip(shift).and_then(|(number, shift)| number.checked_mul(1 << shift)) {
        Some(bytes) => Fact::explicit(bytes, part.span),
        None => Fact::not_read("not a size", vec![part.span]),
    }
}

/// The first configuration that lets in any origin, else the first one.
fn cross_origin(all: &[CrossOrigin]) -> Fact<CrossOrigin> {
    let found = all.iter().filter(|one| one.any_origin && one.credentials).min_by_key(|one| one.is_star).or(all.first());
    found.map_or(Fact::Absent, |one| Fact::explicit(one.clone(), one.span))
}
