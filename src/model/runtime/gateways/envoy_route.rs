//! One route of Envoy.

use super::super::route::{CrossOrigin, Limit, PathMatch, Retry, Rewrite, Route};
use super::envoy::Cluster;
use super::{default, duration, is_open, number, or, texts};
use crate::documents::NodeRef;
use crate::fact::{Fact, Origin};
use crate::source::Span;
use std::collections::HashMap;

/// Conditions under which a request is sent again although the service may have worked on it.
const AFTER_WORK: [&str; 6] = ["5xx", "gateway-error", "reset", "retriable-4xx", "retriable-status-codes", "retriable-headers"];

/// What an HTTP connection manager says for all its routes.
pub(super) struct Manager<'t> {
    config: NodeRef<'t>,
    filters: Vec<NodeRef<'t>>,
}

impl<'t> Manager<'t> {
    pub(super) fn new(config: NodeRef<'t>) -> Manager<'t> {
        Manager { config, filters: config.get("http_filters").into_iter().flat_map(NodeRef::items).collect() }
    }

    fn filter(&self, ending: &str) -> Option<NodeRef<'t>> {
        self.filters.iter().copied().find(|filter| filter.get_text("name").is_some_and(|name| name.ends_with(ending)))
    }
}

/// The routes of an entry, one for each cluster that it passes to.
pub(super) fn routes(
    gateway: usize,
    manager: &Manager<'_>,
    host: NodeRef<'_>,
    node: NodeRef<'_>,
    clusters: &HashMap<&str, Cluster>,
) -> Vec<Route> {
    let Some(action) = node.get("route") else { return Vec::new() };
    let single = action.get("cluster");
    let weighted = action.at("weighted_clusters/clusters").into_iter().flat_map(NodeRef::items).filter_map(|one| one.get("name"));
    let names: Vec<NodeRef> = single.into_iter().chain(weighted).collect();
    names.into_iter().map(|name| route(gateway, manager, host, node, action, name, clusters)).collect()
}

fn route(
    gateway: usize,
    manager: &Manager<'_>,
    host: NodeRef<'_>,
    node: NodeRef<'_>,
    action: NodeRef<'_>,
    cluster: NodeRef<'_>,
    clusters: &HashMap<&str, Cluster>,
) -> Route {
    let matcher = node.get("match");
    let path = matcher.map_or_else(|| Fact::not_read("no match", vec![node.span()]), path);
    let shown = match path.known() {
        Some(PathMatch::Prefix(path) | PathMatch::Segments(path) | PathMatch::Exact(path) | PathMatch::Pattern(path)) => {
            format!("route {path}")
        }
        None => format!("route to {}", cluster.text().unwrap_or("?")),
    };
    let span = matcher.map_or(node.span(), NodeRef::span);
    let mut route = Route::bare(gateway, shown, span, cluster.span());
    route.methods = matcher.map_or(Fact::Absent, methods);
    route.rewrite = rewrite(&path, action);
    route.path = path;
    let known = cluster.text().and_then(|name| clusters.get(name));
    if let Some(known) = known {
        route.servers = known.servers.clone();
        route.waits = known.waits.clone();
    }
    route.waits.total = or(duration(action.get("timeout"), None), || default("Envoy", "route timeout"));
    let stream = or(duration(action.get("idle_timeout"), None), || duration(manager.config.get("stream_idle_timeout"), None));
    route.waits.read = or(stream, || default("Envoy", "stream_idle_timeout"));
    route.waits.send = Fact::Absent;
    let policy = action.get("retry_policy").or_else(|| host.get("retry_policy"));
    route.retry = policy.map_or(Fact::Absent, |policy| retry(policy, &route.waits.total));
    route.limits = limits(manager, host, node, action);
    route.body_limit = match manager.filter(".buffer").and_then(|filter| filter.at("typed_config/max_request_bytes")) {
        Some(limit) => match limit.text().and_then(|text| text.parse().ok()) {
            Some(bytes) => Fact::explicit(bytes, limit.span()),
            None => Fact::not_read("not a number of bytes", vec![limit.span()]),
        },
        None => Fact::Absent,
    };
    route.cache = match manager.filter(".cache") {
        Some(filter) => Fact::not_read("its cache filter is not read", vec![filter.span()]),
        None => Fact::Absent,
    };
    route.cross_origin = cross_origin(host, node, action);
    if matcher.is_some_and(|matcher| matcher.get("grpc").is_some()) {
        route.module = "grpc";
    }
    let upgrades = action.get("upgrade_configs").or_else(|| manager.config.get("upgrade_configs"));
    let streams =
        known.is_some_and(|cluster| cluster.speaks_http2) && route.waits.total.known().is_some_and(|one| one.is_never());
    route.streaming = match upgrades {
        Some(_) => Some("`upgrade_configs` lets connections be upgraded".into()),
        None if route.module == "grpc" => Some("gRPC calls may stream".into()),
        None if streams => Some("it passes HTTP/2 without a limit, as streams need it".into()),
        None => None,
    };
    route
}

fn path(matcher: NodeRef<'_>) -> Fact<PathMatch> {
    type Make = fn(String) -> PathMatch;
    let kinds: [(&str, Make); 3] =
        [("prefix", PathMatch::Prefix), ("path_separated_prefix", PathMatch::Segments), ("path", PathMatch::Exact)];
    for (key, make) in kinds {
        if let Some(node) = matcher.get(key) {
            return match node.text().filter(|text| !is_open(text)) {
                Some(text) => Fact::explicit(make(text.to_owned()), node.span()),
                None => Fact::not_read("the path is filled in later", vec![node.span()]),
            };
        }
    }
    match matcher.at("safe_regex/regex") {
        Some(node) => Fact::explicit(PathMatch::Pattern(format!("^{}$", node.text().unwrap_or(""))), node.span()),
        None => Fact::not_read("its match is not read", vec![matcher.span()]),
    }
}

/// The methods that a match on `:method` leaves.
fn methods(matcher: NodeRef<'_>) -> Fact<Vec<String>> {
    let mut headers = matcher.get("headers").into_iter().flat_map(NodeRef::items);
    let Some(header) = headers.find(|header| header.get_text("name") == Some(":method")) else { return Fact::Absent };
    let value = header.at("string_match/exact").or_else(|| header.get("exact_match")).and_then(NodeRef::text);
    match value.filter(|_| header.get("invert_match").is_none()) {
        Some(method) => Fact::explicit(vec![method.to_ascii_uppercase()], header.span()),
        None => Fact::not_read("its match of methods is not read", vec![header.span()]),
    }
}

fn rewrite(path: &Fact<PathMatch>, action: NodeRef<'_>) -> Fact<Rewrite> {
    if let Some(node) = action.get("regex_rewrite") {
        return Fact::not_read("a rewrite by a pattern", vec![node.span()]);
    }
    let Some(node) = action.get("prefix_rewrite") else { return Fact::Absent };
    let to = node.text().unwrap_or("/").to_owned();
    match path.known() {
        Some(PathMatch::Prefix(from) | PathMatch::Segments(from)) => {
            Fact::explicit(Rewrite::Prefix { from: from.clone(), to }, node.span())
        }
        Some(PathMatch::Exact(_)) => Fact::explicit(Rewrite::Whole(to), node.span()),
        _ => Fact::not_read("a rewrite of a path that is not known", vec![node.span()]),
    }
}

fn retry(policy: NodeRef<'_>, total: &Fact<super::Timeout>) -> Fact<Retry> {
    let span = policy.get("retry_on").map_or(policy.span(), NodeRef::span);
    let Some(on) = policy.get_text("retry_on") else {
        return Fact::not_read("its conditions are not written here", vec![span]);
    };
    let on: Vec<String> = on.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
    let risky = on.iter().find(|word| AFTER_WORK.contains(&word.as_str())).map(|word| format!("`{word}`"));
    let attempts = policy.get("num_retries").map_or(Some(1), |node| number(Some(node)));
    let per_try = or(duration(policy.get("per_try_timeout"), None), || match total {
        Fact::Known(timeout, _) => Fact::Known(timeout.clone(), Origin::default_of("Envoy")),
        other => other.clone(),
    });
    let backoff = or(duration(policy.at("retry_back_off/base_interval"), None), || default("Envoy", "retry base interval"));
    let methods = Fact::Absent;
    Fact::explicit(
        Retry { attempts, is_by_servers: false, on, methods, resends_post: risky, per_try, backoff, within: total.clone(), span },
        span,
    )
}

fn limits(manager: &Manager<'_>, host: NodeRef<'_>, node: NodeRef<'_>, action: NodeRef<'_>) -> Fact<Vec<Limit>> {
    let mut found: Vec<Limit> = Vec::new();
    let too_many = || Fact::Known(429, Origin::default_of("Envoy"));
    let owners = [host, node];
    let own = owners.iter().filter_map(|owner| owner.get("typed_per_filter_config")).flat_map(NodeRef::entries);
    for (key, value) in own.filter(|(key, _)| key.text().is_some_and(|name| name.ends_with("ratelimit"))) {
        found.push(Limit { name: "local_ratelimit".into(), status: status(value).unwrap_or_else(too_many), span: key.span() });
    }
    if let Some(filter) = manager.filter(".local_ratelimit") {
        let config = filter.get("typed_config");
        if config.is_some_and(|config| config.get("token_bucket").is_some()) {
            let status = config.and_then(status).unwrap_or_else(too_many);
            found.push(Limit {
                name: "local_ratelimit".into(),
                status,
                span: filter.get("name").map_or(filter.span(), NodeRef::span),
            });
        }
    }
    let remote = manager.filters.iter().find(|filter| filter.get_text("name") == Some("envoy.filters.http.ratelimit"));
    let actions = action.get("rate_limits").or_else(|| host.get("rate_limits"));
    if let (Some(_), Some(actions)) = (remote, actions) {
        found.push(Limit { name: "rate_limits".into(), status: too_many(), span: actions.span() });
    }
    let origin = found.first().map(|limit| Origin::Explicit(limit.span));
    origin.map_or(Fact::Absent, |origin| Fact::Known(found, origin))
}

fn status(config: NodeRef<'_>) -> Option<Fact<u16>> {
    let node = config.at("status/code")?;
    let by_name = [("TooManyRequests", 429), ("ServiceUnavailable", 503), ("Forbidden", 403), ("BadRequest", 400)];
    let text = node.text()?;
    let code = by_name.iter().find(|(name, _)| *name == text).map(|(_, code)| *code).or_else(|| text.parse().ok());
    Some(code.map_or_else(|| Fact::not_read("not a status", vec![node.span()]), |code| Fact::explicit(code, node.span())))
}

fn cross_origin(host: NodeRef<'_>, node: NodeRef<'_>, action: NodeRef<'_>) -> Fact<CrossOrigin> {
    let typed = |owner: NodeRef<'_>| {
        let all: Vec<(Span, bool, bool)> = owner
            .get("typed_per_filter_config")
            .into_iter()
            .flat_map(NodeRef::entries)
            .filter(|(key, _)| key.text().is_some_and(|name| name.ends_with(".cors")))
            .map(|(key, value)| (key.span(), lets_any_in(value), credentials(value)))
            .collect();
        all.into_iter().next()
    };
    let plain = |owner: NodeRef<'_>| owner.get("cors").map(|cors| (cors.span(), lets_any_in(cors), credentials(cors)));
    let found = typed(node).or_else(|| plain(action)).or_else(|| typed(host)).or_else(|| plain(host));
    found.map_or(Fact::Absent, |(span, any_origin, credentials)| {
        Fact::explicit(CrossOrigin { any_origin, is_star: false, credentials, span }, span)
    })
}

fn credentials(cors: NodeRef<'_>) -> bool {
    cors.get("allow_credentials").and_then(NodeRef::text).is_some_and(|text| text == "true")
}

fn lets_any_in(cors: NodeRef<'_>) -> bool {
    let matchers = cors.get("allow_origin_string_match").into_iter().flat_map(NodeRef::items);
    let any = |matcher: NodeRef<'_>| {
        matcher.get_text("exact") == Some("*")
            || matcher.get_text("prefix").is_some_and(str::is_empty)
            || matcher
                .at("safe_regex/regex")
                .and_then(NodeRef::text)
                .is_some_and(|text| matches!(text, ".*" | "^.*$" | ".+" | "*"))
    };
    matchers.into_iter().any(any) || texts(cors.get("allow_origin")).contains(&"*")
}
