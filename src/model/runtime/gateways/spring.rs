//! Spring Cloud Gateway: the routes of an application's YAML settings, with the filters for all of them.
//!
//! What is absent: routes that code makes, `.properties` files, shortcuts with placeholders.

use super::super::profile::Profile;
use super::super::route::{Address, CrossOrigin, Limit, PathMatch, Retry, Rewrite, Route};
use super::super::timeout::{Timeout, Units, parse};
use super::{Reading, is_open, milliseconds, texts};
use crate::documents::NodeRef;
use crate::fact::{Fact, Origin, Product};
use crate::source::Span;

const GATEWAY: Origin = Origin::Default { product: Product("Spring Cloud Gateway") };
/// Where the settings stand, from the oldest release on.
const HOMES: [&[&str]; 4] = [
    &["spring", "cloud", "gateway"],
    &["spring", "cloud", "gateway", "mvc"],
    &["spring", "cloud", "gateway", "server", "webflux"],
    &["spring", "cloud", "gateway", "server", "webmvc"],
];

/// A filter or a predicate: its name with its arguments, by name or by number.
struct Part<'t> {
    name: &'t str,
    arguments: Vec<(String, &'t str)>,
    span: Span,
}

impl Part<'_> {
    fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find(|(key, _)| key.replace('-', "").eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    fn first(&self) -> Option<&str> {
        self.arguments.first().map(|(_, value)| *value)
    }

    fn values(&self) -> Vec<&str> {
        self.arguments.iter().map(|(_, value)| *value).collect()
    }
}

pub(super) fn read(reading: &mut Reading, path: &str) {
    let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    let names_gateway = |reading: &mut Reading| {
        let source = reading.workspace.source(path).ok()?;
        memchr::memmem::find(reading.workspace.text(source).as_bytes(), b"gateway").map(drop)
    };
    if !is_yaml || names_gateway(reading).is_none() {
        return;
    }
    let Ok(tree) = reading.workspace.tree(path) else { return };
    for root in tree.documents() {
        let homes: Vec<NodeRef> = HOMES.iter().filter_map(|home| relaxed(root, home)).collect();
        let entries: Vec<NodeRef> = homes.iter().filter_map(|home| home.get("routes")).flat_map(NodeRef::items).collect();
        let everywhere: Vec<Part> =
            homes.iter().filter_map(|home| home.get("default-filters")).flat_map(NodeRef::items).filter_map(part).collect();
        if entries.is_empty() {
            continue;
        }
        let mut gateway = reading.gateway("Spring Cloud Gateway", path);
        let profile = relaxed(root, &["spring", "config", "activate", "on-profile"]).and_then(NodeRef::text);
        if let Some(named) = profile.map(|name| super::profile(name, &[])).filter(|named| *named != Profile::Unknown) {
            gateway.profile = named;
        }
        let client = homes.iter().find_map(|home| home.get("httpclient"));
        let origins = homes.iter().find_map(|home| home.get("globalcors"));
        let locator = homes.iter().find_map(|home| relaxed(*home, &["discovery", "locator", "enabled"]));
        gateway.knows_routes = locator.and_then(NodeRef::text) != Some("true");
        let number = reading.next();
        let routes = entries.iter().filter_map(|entry| route(number, *entry, &everywhere, client, origins)).collect();
        reading.add(gateway, routes);
    }
}

/// What stands under a name whose parts may be joined by dots in the file.
fn relaxed<'t>(node: NodeRef<'t>, path: &[&str]) -> Option<NodeRef<'t>> {
    if path.is_empty() {
        return Some(node);
    }
    (1..=path.len()).find_map(|length| relaxed(node.get(&path[..length].join("."))?, &path[length..]))
}

fn part(node: NodeRef<'_>) -> Option<Part<'_>> {
    if let Some(text) = node.text() {
        let (name, rest) = text.split_once('=').unwrap_or((text, ""));
        let items = rest.split(',').map(str::trim).filter(|item| !item.is_empty());
        // `Retry=5,INTERNAL_SERVER_ERROR,GET` and `CircuitBreaker=name=x,fallbackUri=/y` are both written.
        let arguments = items.enumerate().map(|(at, item)| match item.split_once('=') {
            Some((key, value)) if key.chars().all(|c| c.is_ascii_alphanumeric()) => (key.to_owned(), value),
            _ => (at.to_string(), item),
        });
        return Some(Part { name: name.trim(), arguments: arguments.collect(), span: node.span() });
    }
    let name = node.get("name")?;
    let mut arguments = Vec::new();
    for (key, value) in node.get("args").into_iter().flat_map(NodeRef::entries) {
        let Some(key) = key.text() else { continue };
        if value.is_map() {
            let inner = value.entries().filter_map(|(part, value)| Some((format!("{key}.{}", part.text()?), value.text()?)));
            arguments.extend(inner);
        } else {
            arguments.extend(texts(Some(value)).into_iter().map(|text| (key.to_owned(), text)));
        }
    }
    Some(Part { name: name.text()?, arguments, span: name.span() })
}

fn route(
    gateway: usize,
    entry: NodeRef<'_>,
    everywhere: &[Part<'_>],
    client: Option<NodeRef<'_>>,
    origins: Option<NodeRef<'_>>,
) -> Option<Route> {
    let uri = entry.get("uri")?;
    let name = entry.get_text("id").unwrap_or("without an id");
    let span = entry.get("id").map_or(uri.span(), NodeRef::span);
    let predicates: Vec<Part> = entry.get("predicates").into_iter().flat_map(NodeRef::items).filter_map(part).collect();
    let own: Vec<Part> = entry.get("filters").into_iter().flat_map(NodeRef::items).filter_map(part).collect();
    let filters: Vec<&Part> = own.iter().chain(everywhere).collect();
    let mut route = Route::bare(gateway, format!("route {name}"), span, uri.span());
    let predicate = |name: &str| predicates.iter().find(|part| part.name == name);
    route.server_name = predicate("Host").and_then(|part| part.first()).map(str::to_owned);
    route.path = match predicate("Path") {
        None => Fact::Known(PathMatch::Prefix("/".into()), GATEWAY),
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
    let text = uri.text().unwrap_or("");
    let authority = text.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or("");
    route.servers = match authority.is_empty() || is_open(text) {
        true => Fact::not_read("the address is filled in later", vec![uri.span()]),
        false => Fact::explicit(vec![Address::parse(authority)], uri.span()),
    };
    if text.starts_with("ws") || text.starts_with("lb:ws") {
        route.streaming = Some("it passes WebSocket on".into());
    }
    waits(&mut route, entry, client);
    route.retry = retry(&filters, &route.waits.read);
    let limits: Vec<Limit> = filters.iter().filter(|part| part.name == "RequestRateLimiter").map(|part| limit(part)).collect();
    route.limits = limits.first().map(|one| one.span).map_or(Fact::Absent, |span| Fact::explicit(limits, span));
    route.body_limit = Fact::not_read("the application's own settings bound it", Vec::new());
    route.cache = match filters.iter().find(|part| part.name == "LocalResponseCache") {
        Some(part) => Fact::not_read("it keys by `Authorization` itself", vec![part.span]),
        None => Fact::Absent,
    };
    route.cross_origin = origins.map_or(Fact::Absent, cross_origin);
    Some(route)
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

fn waits(route: &mut Route, entry: NodeRef<'_>, client: Option<NodeRef<'_>>) {
    let own = |key: &str| super::duration(entry.get("metadata").and_then(|node| node.get(key)), milliseconds());
    let shared = |key: &str| super::duration(client.and_then(|node| node.get(key)), milliseconds());
    let wait = |key: &str| super::or(own(key), || shared(key));
    route.waits.read = Fact::Absent;
    route.waits.send = Fact::Absent;
    route.waits.total = wait("response-timeout");
    if let known @ Fact::Known(..) = wait("connect-timeout") {
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
        true => Fact::Known(vec!["GET".to_owned()], GATEWAY),
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
        Some(text) => match parse(text, Units::Common, milliseconds()) {
            Some(value) => Fact::explicit(Timeout::or_never(value, text), filter.span),
            None => Fact::not_read("not a length of time", vec![filter.span]),
        },
        None if filter.arguments.iter().any(|(key, _)| key.starts_with("backoff")) => {
            Fact::not_read("a backoff without a first wait", vec![filter.span])
        }
        None => Fact::Absent,
    };
    let within = filter.argument("timeout").and_then(|text| Some((parse(text, Units::Common, milliseconds())?, text)));
    let within = within.map_or(Fact::Absent, |(value, text)| Fact::explicit(Timeout::or_never(value, text), filter.span));
    let (per_try, span) = (read.clone(), filter.span);
    Fact::explicit(Retry { attempts, on, methods, resends_post, per_try, backoff, within, span }, span)
}

fn limit(part: &Part<'_>) -> Limit {
    let written = part.argument("statusCode").map(|text| match text.parse() {
        Ok(status) => Fact::explicit(status, part.span),
        Err(_) if text.eq_ignore_ascii_case("TOO_MANY_REQUESTS") => Fact::explicit(429, part.span),
        Err(_) => Fact::not_read("not a status", vec![part.span]),
    });
    Limit { name: "RequestRateLimiter".into(), status: written.unwrap_or(Fact::Known(429, GATEWAY)), span: part.span }
}

/// The first configuration that lets in any origin, else the first one.
fn cross_origin(node: NodeRef<'_>) -> Fact<CrossOrigin> {
    let all = ["cors-configurations", "corsConfigurations"].iter().find_map(|key| node.get(key));
    let mut found: Option<CrossOrigin> = None;
    for (_, one) in all.into_iter().flat_map(NodeRef::entries) {
        let list = |keys: [&str; 2]| keys.iter().find_map(|key| one.get(key));
        let origins = list(["allowedOrigins", "allowed-origins"]);
        let patterns = list(["allowedOriginPatterns", "allowed-origin-patterns"]);
        let any_origin = texts(origins).contains(&"*") || texts(patterns).contains(&"*");
        let credentials = list(["allowCredentials", "allow-credentials"]).and_then(NodeRef::text) == Some("true");
        let span = patterns.or(origins).map_or(one.span(), NodeRef::span);
        if found.as_ref().is_none_or(|known| any_origin && credentials && !known.any_origin) {
            found = Some(CrossOrigin { any_origin, credentials, span });
        }
    }
    found.map_or(Fact::Absent, |one| {
        let span = one.span;
        Fact::explicit(one, span)
    })
}
