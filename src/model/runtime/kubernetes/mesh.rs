//! Istio: VirtualServices, with what a DestinationRule adds to the connections behind them.

use super::backend::{MOST, Routes, duration};
use super::object::Object;
use super::service_name;
use crate::documents::NodeRef;
use crate::fact::{Fact, Origin};
use crate::model::runtime::route::{Address, PathMatch, Retry, Rewrite, Route, Unverified};
use crate::model::runtime::timeout::Timeout;
use crate::source::Span;

/// What Istio retries where a VirtualService does not say it: nothing that a service has begun to work on, but for calls that say
/// themselves that they may come again. <https://istio.io/latest/docs/concepts/traffic-management/#retries>
const DEFAULT_RETRY_ON: [&str; 5] = ["connect-failure", "refused-stream", "unavailable", "cancelled", "retriable-status-codes"];

/// Conditions under which a request that was begun is sent again.
const AFTER_WORK: [&str; 7] =
    ["5xx", "gateway-error", "reset", "retriable-4xx", "http3-post-connect-failure", "internal", "deadline-exceeded"];

/// Reads a VirtualService. `objects`: all of its namespace.
pub(super) fn read(object: &Object<'_>, objects: &[&Object<'_>], routes: &mut Routes<'_>) {
    let gateway = routes.gateway(object, "Istio");
    let hosts = object.at("spec/hosts").into_iter().flat_map(NodeRef::items).filter_map(NodeRef::text);
    let host = hosts.into_iter().find(|host| *host != "*").map(str::to_owned);
    for (number, rule) in object.at("spec/http").into_iter().flat_map(NodeRef::items).take(MOST).enumerate() {
        // A redirect and a direct response pass nothing on.
        let Some(destinations) = rule.get("route").filter(|route| route.is_list()) else { continue };
        let name = match rule.get_text("name") {
            Some(name) => format!("route {name} of {}", object.name),
            None if number == 0 => format!("route of {}", object.name),
            None => format!("route {} of {}", number + 1, object.name),
        };
        let mut route = Route::bare(gateway, name, first_key(rule), rule.span());
        route.server_name = host.clone();
        route.waits.total = timeout(rule);
        let backends: Vec<(Address, NodeRef<'_>)> = destinations.items().take(MOST).filter_map(address).collect();
        let policy = |field: &str| destinations.items().take(MOST).find_map(|one| policy(objects, one)?.field(field));
        route.waits.connect = duration(policy("connectionPool").and_then(|pool| pool.at("tcp/connectTimeout")));
        let trusting = policy("tls").and_then(|tls| tls.get("insecureSkipVerify")).filter(|node| node.as_bool() == Some(true));
        route.unverified = trusting.map(|node| Unverified::by("insecureSkipVerify", node.span()));
        if route.waits.connect.known_absent() {
            route.waits.connect = Fact::not_read("the settings of the mesh decide", vec![object.name_span]);
        }
        route.retry = retry(rule);
        route.streaming = streaming(rule);
        (route.path, route.methods) = matches(rule);
        route.rewrite = rewrite(rule);
        routes.lead(&mut route, backends);
        routes.routes.push(route);
    }
}

fn timeout(rule: NodeRef<'_>) -> Fact<Timeout> {
    match duration(rule.get("timeout")) {
        // https://istio.io/latest/docs/tasks/traffic-management/request-timeouts/: disabled by default.
        Fact::Absent => Fact::Known(Timeout { after: None, written: String::new() }, Origin::default_of("Istio")),
        other => other,
    }
}

fn retry(rule: NodeRef<'_>) -> Fact<Retry> {
    let Some((key, retries)) = rule.entry("retries").filter(|(_, retries)| retries.is_map()) else {
        let on = DEFAULT_RETRY_ON.map(str::to_owned).to_vec();
        let (methods, per_try, backoff, within) = (Fact::Absent, Fact::Absent, Fact::Absent, Fact::Absent);
        let retry = Retry {
            attempts: Some(2),
            is_by_servers: false,
            on,
            methods,
            resends_post: None,
            per_try,
            backoff,
            within,
            span: first_key(rule),
        };
        return Fact::Known(retry, Origin::default_of("Istio"));
    };
    let attempts = match retries.get("attempts") {
        Some(attempts) => match attempts.text().and_then(|text| text.trim().parse().ok()) {
            Some(0) => return Fact::Absent,
            Some(number) => Some(number),
            None => return Fact::not_read("not a number of attempts", vec![attempts.span()]),
        },
        None => Some(2),
    };
    let on: Vec<String> = match retries.get_text("retryOn") {
        Some(text) => text.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect(),
        None => DEFAULT_RETRY_ON.map(str::to_owned).to_vec(),
    };
    let is_status = |word: &str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let resends_post =
        on.iter().find(|word| AFTER_WORK.contains(&word.as_str()) || is_status(word)).map(|word| format!("`{word}`"));
    let backoff = match duration(retries.get("backoff")) {
        // Envoy waits 25 ms and more between tries, whatever is written.
        Fact::Absent => Fact::not_read("the proxy waits between tries", vec![key.span()]),
        other => other,
    };
    let per_try = duration(retries.get("perTryTimeout"));
    let retry = Retry {
        attempts,
        is_by_servers: false,
        on,
        methods: Fact::Absent,
        resends_post,
        per_try,
        backoff,
        within: Fact::Absent,
        span: key.span(),
    };
    Fact::explicit(retry, key.span())
}

/// The start of a rule: the whole of it would fill a screen.
fn first_key(rule: NodeRef<'_>) -> Span {
    rule.entries().next().map_or(rule.span(), |(key, _)| key.span())
}

/// Why a response may go on for ever by design.
fn streaming(rule: NodeRef<'_>) -> Option<String> {
    if rule.get("websocketUpgrade").and_then(NodeRef::as_bool) == Some(true) {
        return Some("it upgrades to WebSocket".into());
    }
    let prefixes = rule.get("match").into_iter().flat_map(NodeRef::items).take(MOST);
    let mut texts = prefixes.filter_map(|one| one.get("uri")).flat_map(|uri| uri.entries()).filter_map(|(_, text)| text.text());
    let words = crate::model::runtime::tables::tables().words("nginx", "streaming_segments");
    let hit = texts.find_map(|text| {
        let mut parts = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')));
        parts.find(|part| words.iter().any(|word| word == part)).map(str::to_owned)
    })?;
    Some(format!("`{hit}` in its path is for streams"))
}

/// The paths and methods of a rule; several matches are alternatives, of which the route knows none.
fn matches(rule: NodeRef<'_>) -> (Fact<PathMatch>, Fact<Vec<String>>) {
    let all: Vec<NodeRef<'_>> = rule.get("match").into_iter().flat_map(NodeRef::items).take(MOST).collect();
    let everything = || Fact::explicit(PathMatch::Prefix("/".into()), rule.span());
    let (only, several) = match all.as_slice() {
        [] => return (everything(), Fact::Absent),
        [only] => (*only, false),
        [first, ..] => (*first, true),
    };
    fn unknown<T>(why: &str, node: NodeRef<'_>) -> Fact<T> {
        Fact::not_read(why.to_owned(), vec![node.span()])
    }
    let path = match only.get("uri").and_then(|uri| uri.entries().next()) {
        _ if several => unknown("it has several matches", only),
        Some((kind, text)) => match (kind.text(), text.text()) {
            (Some("prefix"), Some(text)) => Fact::explicit(PathMatch::Prefix(text.to_owned()), kind.span()),
            (Some("exact"), Some(text)) => Fact::explicit(PathMatch::Exact(text.to_owned()), kind.span()),
            (_, Some(text)) => Fact::explicit(PathMatch::Pattern(text.to_owned()), kind.span()),
            _ => unknown("not a path", only),
        },
        None => everything(),
    };
    let methods = match all.iter().map(|one| one.at("method/exact").and_then(NodeRef::text)).collect::<Option<Vec<_>>>() {
        Some(methods) => Fact::explicit(methods.into_iter().map(str::to_owned).collect(), only.span()),
        None if several => unknown("it has several matches", only),
        None if only.get("method").is_some() => unknown("methods by pattern", only),
        None => Fact::Absent,
    };
    (path, methods)
}

fn rewrite(rule: NodeRef<'_>) -> Fact<Rewrite> {
    let Some(uri) = rule.at("rewrite/uri") else {
        return match rule.get("rewrite") {
            Some(rewrite) if rewrite.get("uriRegexRewrite").is_some() => {
                Fact::not_read("a rewrite by pattern", vec![rewrite.span()])
            }
            _ => Fact::Absent,
        };
    };
    let to = uri.text().unwrap_or_default().to_owned();
    match matches(rule).0.known() {
        Some(PathMatch::Prefix(from)) => Fact::explicit(Rewrite::Prefix { from: from.clone(), to }, uri.span()),
        Some(PathMatch::Exact(_)) => Fact::explicit(Rewrite::Whole(to), uri.span()),
        _ => Fact::not_read("a rewrite of several matches", vec![uri.span()]),
    }
}

fn address(destination: NodeRef<'_>) -> Option<(Address, NodeRef<'_>)> {
    let host = destination.at("destination/host")?;
    let port = destination.at("destination/port/number").and_then(NodeRef::text).and_then(|port| port.trim().parse().ok());
    Some((Address::of(host.text()?.to_owned(), port), host))
}

/// How connections to a destination are made: its subset's word, then its host's.
struct Policy<'t> {
    of_subset: Option<NodeRef<'t>>,
    of_host: Option<NodeRef<'t>>,
}

impl<'t> Policy<'t> {
    /// A part of it as a whole: what a subset says of connections leaves nothing of what the host says of them.
    fn field(&self, name: &str) -> Option<NodeRef<'t>> {
        self.of_subset.and_then(|policy| policy.get(name)).or_else(|| self.of_host?.get(name))
    }
}

/// What the DestinationRule of a destination says.
fn policy<'t>(objects: &[&Object<'t>], destination: NodeRef<'_>) -> Option<Policy<'t>> {
    let rules = destination_rule(objects, destination.at("destination/host")?.text()?)?;
    let wanted = destination.at("destination/subset").and_then(NodeRef::text);
    let mut subsets = rules.at("spec/subsets").into_iter().flat_map(NodeRef::items).take(MOST);
    let subset = subsets.find(|one| wanted.is_some() && one.get_text("name") == wanted);
    Some(Policy { of_subset: subset.and_then(|one| one.get("trafficPolicy")), of_host: rules.at("spec/trafficPolicy") })
}

/// The DestinationRule of a host.
fn destination_rule<'o, 't>(objects: &[&'o Object<'t>], host: &str) -> Option<&'o Object<'t>> {
    let (name, _) = service_name(host);
    let is_meant = |object: &&&Object<'_>| {
        object.kind == "DestinationRule"
            && object.at("spec/host").and_then(NodeRef::text).is_some_and(|host| service_name(host).0 == name)
    };
    objects.iter().find(is_meant).copied()
}
