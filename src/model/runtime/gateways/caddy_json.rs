//! Caddy's own form: the JSON below `apps.http.servers`, as `caddy adapt` writes it and its interface takes it.
//!
//! What is absent: handlers of plugins, expressions in matchers.

use super::super::route::{CrossOrigin, Listener, PathMatch, Retry, Rewrite, Route, Unverified};
use super::super::timeout::Timeout;
use super::caddy_site::{pattern, servers};
use super::{Reading, default, duration, number, or, texts};
use crate::documents::NodeRef;
use crate::fact::{Fact, Origin};
use crate::source::Span;

/// Routes nest this deep, and a file has this many places that pass requests on.
const DEEPEST: usize = 16;
const MOST: usize = 2_000;

/// Ways to fit the matchers of a route, beyond which they are not told apart; in routes within routes they multiply.
const MOST_WAYS: usize = 16;
const MOST_STEPS: usize = 20_000;

/// Numbers without a unit count nanoseconds.
const NANOSECONDS: Option<f64> = Some(1e-9);

/// What the routes around a place have said so far.
#[derive(Clone)]
struct Around<'t> {
    host: Option<&'t str>,
    path: Fact<PathMatch>,
    methods: Fact<Vec<String>>,
    rewrite: Fact<Rewrite>,
    body: Fact<u64>,
    headers: Vec<NodeRef<'t>>,
}

pub(super) fn read(reading: &mut Reading, path: &str) {
    let Ok(tree) = reading.workspace.tree(path) else { return };
    let Some(root) = tree.root() else { return };
    let Some(all) = root.at("apps/http/servers") else { return };
    let mut gateway = reading.gateway("Caddy", path);
    let mut walk = Walk { gateway: reading.next(), found: Vec::new(), strict: None, steps: 0 };
    let mut listeners = Vec::new();
    for (name, server) in all.entries() {
        let first = listeners.len();
        for listen in server.get("listen").into_iter().flat_map(NodeRef::items) {
            listeners.extend(listener(server, listen));
        }
        let everything = Fact::explicit(PathMatch::Prefix("/".into()), name.span());
        let (host, methods, rewrite, body) = (None, Fact::Absent, Fact::Absent, Fact::Absent);
        let start = Around { host, path: everything, methods, rewrite, body, headers: Vec::new() };
        walk.strict = None;
        walk.routes(server.get("routes"), &start, DEEPEST);
        if let Some(span) = walk.strict {
            let own = listeners.iter_mut().skip(first);
            own.for_each(|one: &mut Listener| one.strict_transport = Fact::explicit("set".to_owned(), span));
        }
    }
    if let Some(span) = listeners.first().map(|one| one.span) {
        gateway.listeners = Fact::explicit(listeners, span);
    }
    gateway.knows_routes = walk.found.len() < MOST && walk.steps < MOST_STEPS;
    reading.add(gateway, walk.found);
}

fn listener(server: NodeRef<'_>, listen: NodeRef<'_>) -> Option<Listener> {
    let port: u16 = listen.text()?.rsplit(':').next()?.parse().ok()?;
    let is_off = server.at("automatic_https/disable").and_then(NodeRef::as_bool) == Some(true);
    // Caddy gets certificates for the names that its routes match, but at the port of plain HTTP.
    let is_encrypted = port == 443 || server.get("tls_connection_policies").is_some() || (port != 80 && !is_off);
    let strict_transport = Fact::Absent;
    Some(Listener { names: Vec::new(), port, is_encrypted, redirects: false, strict_transport, span: listen.span() })
}

struct Walk {
    gateway: usize,
    found: Vec<Route>,
    /// Where the server at hand sends `Strict-Transport-Security`.
    strict: Option<Span>,
    /// How many routes were entered, each once for every way to it.
    steps: usize,
}

impl Walk {
    fn routes<'t>(&mut self, list: Option<NodeRef<'t>>, around: &Around<'t>, left: usize) {
        let Some(left) = left.checked_sub(1) else { return };
        for route in list.into_iter().flat_map(NodeRef::items) {
            if self.steps >= MOST_STEPS {
                return;
            }
            for inner in ways(route, around) {
                self.steps += 1;
                if self.steps < MOST_STEPS {
                    self.handlers(route, inner, left);
                }
            }
        }
    }

    fn handlers<'t>(&mut self, route: NodeRef<'t>, mut around: Around<'t>, left: usize) {
        for handler in route.get("handle").into_iter().flat_map(NodeRef::items) {
            match handler.get_text("handler") {
                Some("subroute") => self.routes(handler.get("routes"), &around, left),
                Some("rewrite") => around.rewrite = rewrite(handler),
                Some("request_body") => around.body = body(handler),
                Some("headers") => {
                    let set = ["set", "add"].into_iter().filter_map(|key| handler.at(&format!("response/{key}")));
                    let before = around.headers.len();
                    around.headers.extend(set);
                    let strict = header(&around.headers[before..], "strict-transport-security");
                    self.strict = self.strict.or(strict.map(|(_, span)| span));
                }
                Some("reverse_proxy") if self.found.len() < MOST => {
                    self.found.push(passed(self.gateway, handler, &around));
                }
                _ => {}
            }
        }
    }
}

/// The ways to fit a route: its sets of matchers are alternatives, and so are the paths of a set.
fn ways<'t>(route: NodeRef<'t>, around: &Around<'t>) -> Vec<Around<'t>> {
    let sets: Vec<NodeRef<'t>> = route.get("match").into_iter().flat_map(NodeRef::items).take(MOST_WAYS).collect();
    if sets.is_empty() {
        return vec![around.clone()];
    }
    let mut found = Vec::new();
    for set in sets {
        let unknown = || Fact::not_read("its matcher is not read", vec![set.span()]);
        let mut inner = around.clone();
        inner.host = texts(set.get("host")).first().copied().or(around.host);
        if let Some(node) = set.get("method") {
            let methods = texts(Some(node)).iter().map(|method| method.to_ascii_uppercase()).collect();
            inner.methods = Fact::explicit(methods, node.span());
        }
        let is_read = set.entries().all(|(key, _)| matches!(key.text(), Some("host" | "path" | "method")));
        let is_open = matches!(around.path.known(), Some(PathMatch::Prefix(all)) if all == "/");
        let paths: Vec<NodeRef<'t>> = set.get("path").into_iter().flat_map(NodeRef::items).take(MOST_WAYS).collect();
        if !is_read || (!paths.is_empty() && !is_open) {
            inner.path = unknown();
            found.push(inner);
        } else if paths.is_empty() {
            found.push(inner);
        } else {
            found.extend(paths.into_iter().map(|path| {
                let read = path.text().and_then(pattern);
                Around { path: read.map_or_else(unknown, |read| Fact::explicit(read, path.span())), ..inner.clone() }
            }));
        }
    }
    found
}

fn rewrite(handler: NodeRef<'_>) -> Fact<Rewrite> {
    match handler.get("strip_path_prefix") {
        Some(prefix) if handler.get("uri").is_none() => {
            let from = prefix.text().unwrap_or_default().to_owned();
            Fact::explicit(Rewrite::Prefix { from, to: "/".into() }, prefix.span())
        }
        _ => Fact::not_read("a rewrite that is not read", vec![handler.span()]),
    }
}

fn body(handler: NodeRef<'_>) -> Fact<u64> {
    let Some(size) = handler.get("max_size") else { return Fact::Absent };
    match size.text().and_then(|text| text.parse().ok()) {
        Some(bytes) => Fact::explicit(bytes, size.span()),
        None => Fact::not_read("not a size", vec![size.span()]),
    }
}

/// What a header of responses is set to, and where.
fn header<'t>(headers: &[NodeRef<'t>], name: &str) -> Option<(&'t str, Span)> {
    let mut named = headers
        .iter()
        .flat_map(|set| set.entries())
        .filter(|(key, _)| key.text().is_some_and(|key| key.eq_ignore_ascii_case(name)));
    named.next().map(|(key, value)| (texts(Some(value)).first().copied().unwrap_or(""), key.span()))
}

fn passed(gateway: usize, handler: NodeRef<'_>, around: &Around<'_>) -> Route {
    let place = handler.get("handler").map_or(handler.span(), NodeRef::span);
    let path = match around.path.known() {
        Some(PathMatch::Prefix(path) | PathMatch::Exact(path)) if path != "/" => format!(" {path}"),
        _ => String::new(),
    };
    let name = format!("site {}{path}", around.host.unwrap_or(""));
    let upstreams: Vec<NodeRef> = handler.get("upstreams").into_iter().flat_map(NodeRef::items).take(MOST).collect();
    let dialled: Vec<&str> = upstreams.iter().filter_map(|one| one.get_text("dial")).collect();
    let pass = upstreams.first().and_then(|one| one.get("dial")).map_or(place, NodeRef::span);
    let mut route = Route::bare(gateway, name.trim_end().to_owned(), place, pass);
    route.server_name = around.host.map(str::to_owned);
    route.path = around.path.clone();
    route.methods = around.methods.clone();
    route.rewrite = match handler.get("rewrite") {
        Some(own) => Fact::not_read("a rewrite that is not read", vec![own.span()]),
        None => around.rewrite.clone(),
    };
    route.servers = servers(&dialled, pass);
    let transport = handler.get("transport");
    let wait = |key: &str| duration(transport.and_then(|transport| transport.at(key)), NANOSECONDS);
    route.waits.connect = or(wait("dial_timeout"), || default("Caddy", "dial_timeout"));
    route.waits.read = or(wait("response_header_timeout"), || wait("read_timeout"));
    route.waits.send = wait("write_timeout");
    route.waits.total = Fact::Absent;
    route.waits.idle = or(wait("keep_alive/idle_timeout"), || default("Caddy", "keepalive"));
    let unverified = transport.and_then(|transport| transport.at("tls/insecure_skip_verify"));
    let unverified = unverified.filter(|node| node.as_bool() == Some(true));
    route.unverified = unverified.map(|node| Unverified::by("insecure_skip_verify", node.span()));
    route.retry = retry(handler, &route.waits.read);
    route.body_limit = around.body.clone();
    route.cross_origin = cross_origin(&around.headers);
    let versions = transport.and_then(|transport| transport.get("versions"));
    if texts(versions).contains(&"h2c") {
        route.module = "grpc";
        route.streaming = Some("HTTP/2 without TLS to the service is what gRPC needs".into());
    } else if handler.get("flush_interval").is_some() {
        route.streaming = Some("`flush_interval` is for streams".into());
    }
    match transport.and_then(|transport| transport.get_text("protocol")) {
        Some("fastcgi") => route.module = "fastcgi",
        _ if handler.get("dynamic_upstreams").is_some() => {
            route.servers = Fact::not_read("its servers are looked up", vec![place]);
        }
        _ => {}
    }
    route
}

/// Without `retries` and `try_duration` Caddy asks once; a POST it repeats only where a matcher says so.
fn retry(handler: NodeRef<'_>, read: &Fact<Timeout>) -> Fact<Retry> {
    let Some(balancing) = handler.get("load_balancing") else { return Fact::Absent };
    let (count, within) = (balancing.get("retries"), balancing.get("try_duration"));
    let Some(first) = count.or(within) else { return Fact::Absent };
    let matchers = balancing.get("retry_match");
    let open = |set: &NodeRef<'_>| {
        let methods = texts(set.get("method"));
        methods.is_empty() || methods.iter().any(|one| matches!(one.to_ascii_uppercase().as_str(), "POST" | "PATCH"))
    };
    let resends = matchers.filter(|all| all.items().any(|set| open(&set)));
    let backoff = or(duration(balancing.get("try_interval"), NANOSECONDS), || default("Caddy", "lb_try_interval"));
    let span = resends.map_or(first.span(), NodeRef::span);
    let retry = Retry {
        attempts: number(count),
        is_by_servers: false,
        on: vec!["dial error".into()],
        methods: Fact::Absent,
        resends_post: resends.map(|_| "`retry_match`".to_owned()),
        per_try: read.clone(),
        backoff,
        within: duration(within, NANOSECONDS),
        span,
    };
    Fact::explicit(retry, span)
}

fn cross_origin(headers: &[NodeRef<'_>]) -> Fact<CrossOrigin> {
    let Some((origin, span)) = header(headers, "access-control-allow-origin") else { return Fact::Absent };
    let any_origin = matches!(origin, "*" | "{http.request.header.Origin}");
    let credentials = header(headers, "access-control-allow-credentials").is_some_and(|(value, _)| value == "true");
    let is_star = origin == "*";
    Fact::Known(CrossOrigin { any_origin, is_star, credentials, span }, Origin::Explicit(span))
}
