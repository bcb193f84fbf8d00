//! What one site of a Caddyfile passes on: `reverse_proxy` in the site itself and in its `handle`, `handle_path` and `route` blocks.

use super::super::route::{Address, CrossOrigin, Limit, PathMatch, Retry, Rewrite, Route, Unverified};
use super::super::timeout::{Timeout, Units, parse};
use super::caddy::Site;
use super::{default, is_open, or};
use crate::documents::caddy::Line;
use crate::fact::{Fact, Origin};
use crate::source::Span;
use std::collections::HashMap;

/// What a named matcher or a path asks for; `None`: something that is not read.
type Wanted = Option<(Option<PathMatch>, Vec<String>)>;

/// A block around a `reverse_proxy`, with what it has said so far.
#[derive(Clone)]
struct Around<'s> {
    path: Fact<PathMatch>,
    rewrite: Fact<Rewrite>,
    lines: &'s [Line],
    /// The lines around it that say on which terms requests are passed on, outermost first.
    telling: Vec<&'s Line>,
}

/// How many such lines are kept; a site has a handful.
const MOST_TELLING: usize = 200;

impl<'s> Around<'s> {
    /// The same, within a further block.
    fn enter(&mut self, lines: &'s [Line]) {
        self.lines = lines;
        let telling = lines.iter().filter(|line| matches!(line.name(), "rate_limit" | "request_body" | "cache" | "header"));
        let room = MOST_TELLING.saturating_sub(self.telling.len());
        self.telling.extend(telling.take(room));
    }
}

pub(super) fn routes(gateway: usize, site: &Site, correlation: &mut Option<String>) -> Vec<Route> {
    let matchers: HashMap<&str, &Line> =
        site.lines.iter().filter(|line| line.name().starts_with('@')).map(|line| (line.name(), line)).collect();
    let all = Fact::explicit(PathMatch::Prefix("/".into()), site.head.span);
    let mut start = Around { path: all, rewrite: Fact::Absent, lines: &[], telling: Vec::new() };
    start.enter(&site.lines);
    let mut found = Vec::new();
    walk(gateway, site, &matchers, start, &mut found, correlation, 16);
    found
}

fn walk<'s>(
    gateway: usize,
    site: &Site,
    matchers: &HashMap<&str, &'s Line>,
    around: Around<'s>,
    found: &mut Vec<Route>,
    correlation: &mut Option<String>,
    left: usize,
) {
    let Some(left) = left.checked_sub(1) else { return };
    for line in around.lines {
        match line.name() {
            "handle" | "handle_path" | "route" => {
                let mut inner = around.clone();
                inner.enter(line.lines());
                if line.words.len() > 1 {
                    let wanted = wanted(line.word(1), matchers);
                    inner.path = path(&around.path, wanted.as_ref(), line);
                }
                if line.name() == "handle_path" {
                    inner.rewrite = match inner.path.known() {
                        Some(PathMatch::Prefix(from) | PathMatch::Segments(from)) => Fact::explicit(
                            Rewrite::Prefix { from: from.trim_end_matches('/').to_owned(), to: "/".into() },
                            line.span,
                        ),
                        _ => Fact::not_read("it takes away a part that is not known", vec![line.span]),
                    };
                }
                if let Some(strip) = line.lines().iter().find(|one| one.name() == "uri" && one.word(1) == "strip_prefix") {
                    let (from, to) = (strip.word(2).to_owned(), "/".to_owned());
                    inner.rewrite = Fact::explicit(Rewrite::Prefix { from, to }, strip.span);
                } else if let Some(other) = line.lines().iter().find(|one| matches!(one.name(), "uri" | "rewrite")) {
                    inner.rewrite = Fact::not_read("a rewrite that is not read", vec![other.span]);
                }
                walk(gateway, site, matchers, inner, found, correlation, left);
            }
            "reverse_proxy" | "php_fastcgi" => found.push(route(gateway, site, matchers, &around, line, correlation)),
            "request_id" | "tracing" => *correlation = Some(line.name().to_owned()),
            _ => {}
        }
    }
}

/// What `/api/*` or `@api` asks for.
fn wanted(text: &str, matchers: &HashMap<&str, &Line>) -> Option<Wanted> {
    if text.starts_with('/') || text == "*" {
        return Some(Some((Some(pattern(text)?), Vec::new())));
    }
    let line = matchers.get(text).filter(|_| text.starts_with('@'));
    let Some(line) = line else { return text.starts_with('@').then_some(None) };
    let lines: Vec<(&str, Vec<&str>)> = match &line.block {
        Some(inner) => inner.iter().map(|one| (one.name(), one.arguments().collect())).collect(),
        None => vec![(line.word(1), line.words.iter().skip(2).map(|word| word.text.as_str()).collect())],
    };
    let (mut path, mut methods) = (None, Vec::new());
    for (name, values) in lines {
        match (name, values.as_slice()) {
            ("path", [only]) => path = Some(pattern(only)?),
            ("method", values) => methods = values.iter().map(|one| one.to_ascii_uppercase()).collect(),
            _ => return Some(None),
        }
    }
    Some(Some((path, methods)))
}

/// `/api/*` is every path that begins with `/api/`; `/api*` with `/api`; without a star the path is exact.
pub(super) fn pattern(text: &str) -> Option<PathMatch> {
    if is_open(text) {
        return None;
    }
    match text.strip_suffix('*') {
        Some("" | "/") => Some(PathMatch::Prefix("/".into())),
        Some(prefix) if !prefix.contains('*') => Some(PathMatch::Prefix(prefix.to_owned())),
        None => Some(PathMatch::Exact(text.to_owned())),
        _ => None,
    }
}

fn path(outer: &Fact<PathMatch>, wanted: Option<&Wanted>, line: &Line) -> Fact<PathMatch> {
    let unknown = || Fact::not_read("its matcher is not read", vec![line.span]);
    match wanted {
        None => outer.clone(),
        Some(None) => unknown(),
        Some(Some((None, _))) => outer.clone(),
        Some(Some((Some(path), _))) => match outer.known() {
            Some(PathMatch::Prefix(all)) if all == "/" => Fact::explicit(path.clone(), line.span),
            _ => unknown(),
        },
    }
}

fn route(
    gateway: usize,
    site: &Site,
    matchers: &HashMap<&str, &Line>,
    around: &Around<'_>,
    line: &Line,
    correlation: &mut Option<String>,
) -> Route {
    let first = wanted(line.word(1), matchers);
    let skip = 1 + usize::from(first.is_some());
    let path = path(&around.path, first.as_ref(), line);
    let host = site.addresses.first().map_or("", String::as_str);
    let shown = match path.known() {
        Some(PathMatch::Prefix(path) | PathMatch::Segments(path) | PathMatch::Exact(path)) if path != "/" => {
            format!("{host} {path}")
        }
        _ => host.to_owned(),
    };
    let mut route = Route::bare(gateway, format!("site {}", shown.trim()), line.span, line.span);
    let name = host.split_once("://").map_or(host, |(_, rest)| rest).split(':').next().unwrap_or("");
    route.server_name = Some(name.to_owned()).filter(|name| !name.is_empty());
    route.methods = match &first {
        Some(Some((_, methods))) if !methods.is_empty() => Fact::explicit(methods.clone(), line.span),
        _ => Fact::Absent,
    };
    route.path = path;
    route.rewrite = match line.get("rewrite") {
        Some(own) => Fact::not_read("a rewrite that is not read", vec![own.span]),
        None => around.rewrite.clone(),
    };
    let own = line.words.iter().skip(skip).map(|word| word.text.as_str());
    let more = line.lines().iter().filter(|one| one.name() == "to").flat_map(Line::arguments);
    let upstreams: Vec<&str> = own.chain(more).collect();
    route.servers = servers(&upstreams, line.span);
    let transport = line.get("transport").filter(|one| one.word(1) == "http");
    let is_http2 = upstreams.iter().any(|one| one.starts_with("h2c://"));
    let wait = |name: &str| transport.and_then(|transport| transport.get(name)).map_or(Fact::Absent, time);
    route.waits.connect = or(wait("dial_timeout"), || default("Caddy", "dial_timeout"));
    route.waits.read = or(wait("response_header_timeout"), || wait("read_timeout"));
    route.waits.send = wait("write_timeout");
    route.waits.total = Fact::Absent;
    route.waits.idle = or(wait("keepalive"), || default("Caddy", "keepalive"));
    let unverified = transport.and_then(|transport| transport.get("tls_insecure_skip_verify"));
    route.unverified = unverified.map(|one| Unverified::by("tls_insecure_skip_verify", one.span));
    route.retry = retry(line, &route.waits.read);
    let enclosing = || around.telling.iter().copied();
    let limits: Vec<Limit> = enclosing()
        .filter(|one| one.name() == "rate_limit")
        .map(|one| Limit {
            name: "rate_limit".into(),
            status: Fact::not_read("a plugin says it", vec![one.span]),
            span: one.span,
        })
        .collect();
    route.limits = limits.first().map(|one| one.span).map_or(Fact::Absent, |span| Fact::explicit(limits, span));
    let body = enclosing().filter(|one| one.name() == "request_body").filter_map(|one| one.get("max_size")).next_back();
    route.body_limit = match body {
        Some(one) => match size(one.word(1)) {
            Some(bytes) => Fact::explicit(bytes, one.span),
            None => Fact::not_read("not a size", vec![one.span]),
        },
        None => Fact::Absent,
    };
    let cache = enclosing().find(|one| one.name() == "cache");
    route.cache = cache.map_or(Fact::Absent, |one| Fact::not_read("a plugin that is not read", vec![one.span]));
    let headers: Vec<&Line> = enclosing().filter(|one| one.name() == "header").collect();
    route.cross_origin = cross_origin(&headers);
    let ids = super::tables().words("nginx", "correlation_headers");
    let named = |one: &&Line| {
        one.name() == "header_up" && ids.iter().any(|id| one.word(1).trim_start_matches('+').eq_ignore_ascii_case(id))
    };
    if let Some(one) = line.lines().iter().find(named) {
        *correlation = Some(one.word(1).to_owned());
    }
    route.streaming = match line.get("flush_interval") {
        Some(_) => Some("`flush_interval` is for streams".into()),
        None if is_http2 => Some("HTTP/2 without TLS to the service is what gRPC needs".into()),
        None => None,
    };
    if is_http2 {
        route.module = "grpc";
    }
    if line.name() == "php_fastcgi" {
        route.module = "fastcgi";
    }
    route
}

/// The hosts that `reverse_proxy` names.
pub(super) fn servers(upstreams: &[&str], span: Span) -> Fact<Vec<Address>> {
    if upstreams.is_empty() || upstreams.iter().any(|one| one.contains('{')) {
        return Fact::not_read("the address is filled in later", vec![span]);
    }
    let hosts = upstreams.iter().filter(|one| !one.starts_with("unix/")).map(|one| {
        let rest = one.split_once("://").map_or(*one, |(_, rest)| rest);
        Address::parse(rest.split('/').next().unwrap_or(""))
    });
    Fact::explicit(hosts.collect(), span)
}

fn time(line: &Line) -> Fact<Timeout> {
    let text = line.word(1);
    match parse(text, Units::Common, None) {
        Some(value) => Fact::explicit(Timeout::or_never(value, text), line.span),
        None if text == "off" => Fact::Absent,
        None => Fact::not_read("not a length of time", vec![line.span]),
    }
}

/// Without `lb_retries` and `lb_try_duration` Caddy asks once. What it has sent it sends again only where it was a GET, or a matcher
/// says so.
fn retry(line: &Line, read: &Fact<Timeout>) -> Fact<Retry> {
    let (count, within) = (line.get("lb_retries"), line.get("lb_try_duration"));
    let Some(first) = count.or(within) else { return Fact::Absent };
    let matcher = line.get("lb_retry_match");
    let resends = matcher.and_then(|matcher| {
        let methods: Vec<&Line> = matcher.lines().iter().filter(|one| one.name() == "method").collect();
        let named = methods
            .iter()
            .flat_map(|one| one.arguments())
            .find(|one| one.eq_ignore_ascii_case("post") || one.eq_ignore_ascii_case("patch"));
        let inline = matcher.words.iter().any(|word| word.text.eq_ignore_ascii_case("post"));
        let open = methods.is_empty() && matcher.block.is_some() && !matcher.lines().is_empty();
        (named.is_some() || inline || open).then(|| "`lb_retry_match`".to_owned())
    });
    let attempts = count.and_then(|one| one.word(1).parse().ok());
    let bound = within.map_or(Fact::Absent, time);
    let span = matcher.filter(|_| resends.is_some()).map_or(first.span, |one| one.span);
    let backoff = or(line.get("lb_try_interval").map_or(Fact::Absent, time), || default("Caddy", "lb_try_interval"));
    let on = vec!["dial error".into()];
    Fact::explicit(
        Retry {
            attempts,
            is_by_servers: false,
            on,
            methods: Fact::Absent,
            resends_post: resends,
            per_try: read.clone(),
            backoff,
            within: bound,
            span,
        },
        span,
    )
}

/// `10MB`, `1GiB`: bytes.
fn size(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match lower[digits.len()..].trim_end_matches('b') {
        "" => 1,
        "k" => 1_000,
        "m" => 1_000_000,
        "g" => 1_000_000_000,
        "ki" => 1 << 10,
        "mi" => 1 << 20,
        "gi" => 1 << 30,
        _ => return None,
    };
    digits.trim().parse::<u64>().ok()?.checked_mul(factor)
}

/// What `header` lines tell browsers; a line with a matcher of its own has checked the origin.
fn cross_origin(headers: &[&Line]) -> Fact<CrossOrigin> {
    let find = |name: &str| {
        headers.iter().filter(|line| !line.word(1).starts_with('@')).find_map(|line| {
            let at = line.words.iter().position(|word| word.text.trim_start_matches(['+', '?']).eq_ignore_ascii_case(name));
            let own = at.map(|at| (line.word(at + 1).to_owned(), line.span));
            let inner = line.lines().iter().find(|one| one.name().trim_start_matches(['+', '?']).eq_ignore_ascii_case(name));
            own.or(inner.map(|one| (one.word(1).to_owned(), one.span)))
        })
    };
    let Some((origin, span)) = find("Access-Control-Allow-Origin") else { return Fact::Absent };
    let any_origin = matches!(origin.as_str(), "*" | "{http.request.header.Origin}" | "{header.origin}" | "{header.Origin}");
    let credentials = find("Access-Control-Allow-Credentials").is_some_and(|(value, _)| value.eq_ignore_ascii_case("true"));
    let is_star = origin == "*";
    Fact::Known(CrossOrigin { any_origin, is_star, credentials, span }, Origin::Explicit(span))
}
