//! The places that pass requests on.

use super::super::route::{Address, Gateway, Retry, Route, Waits};
use super::super::service::Service;
use super::super::tables::tables;
use super::super::timeout::{Timeout, parse_nginx};
use super::library::{Configuration, FileId, Library};
use super::scope::{Frame, Framer, Scope};
use super::server::Seen;
use super::{paths, stream, terms};
use crate::documents::nginx::Directive;
use crate::fact::{Fact, Origin};
use crate::source::Span;
use std::collections::HashMap;

/// Blocks nest this deep; nginx itself allows less for most.
const DEEPEST: usize = 16;

/// The modules that pass requests on; each has its own `_pass` and its own timeouts.
const MODULES: [&str; 5] = ["proxy", "grpc", "uwsgi", "fastcgi", "scgi"];

/// Blocks in which requests, or connections, are handled.
const BLOCKS: [&str; 6] = ["http", "stream", "server", "location", "if", "limit_except"];

/// Every route of a configuration, in order of place.
pub(super) fn read(
    library: &Library<'_, '_, '_>,
    configuration: &Configuration,
    gateway_index: usize,
    gateway: &Gateway,
    services: &[Service],
) -> (Vec<Route>, Seen) {
    let framer = Framer { library, configuration, splices: 0 };
    let running: Vec<&Service> = gateway.services.iter().filter_map(|at| services.get(*at)).collect();
    let is_template = gateway.path.ends_with(".template");
    let environment = if is_template { running } else { Vec::new() };
    let upstreams = HashMap::new();
    let mut reader = Reader { framer, gateway: gateway_index, environment, upstreams, routes: Vec::new(), seen: Seen::default() };
    for (file, upstream) in &configuration.beside {
        if let Some(nginx) = library.nginx(*file) {
            reader.upstream(*file, nginx.directive(*upstream));
        }
    }
    let root = reader.framer.frame(configuration.root, None);
    reader.walk(&mut vec![root], DEEPEST);
    let (mut routes, seen) = (reader.routes, reader.seen);
    routes.sort_by(|a, b| {
        let path = |route: &Route| library.path_of(route.span.source);
        path(a).cmp(path(b)).then(a.span.start.cmp(&b.span.start)).then(a.pass_span.start.cmp(&b.pass_span.start))
    });
    (routes, seen)
}

/// An upstream block.
struct Upstream<'c> {
    /// The hosts of its servers.
    servers: Vec<&'c str>,
    /// How many of them may be asked for the same request: those that are not marked as down.
    up: u32,
    /// Its opening.
    span: Span,
    /// Whether `keepalive` keeps connections to them, and for how long.
    keepalive: Option<&'c Directive>,
    keepalive_timeout: Option<&'c Directive>,
}

pub(super) struct Reader<'c, 'w, 'a, 's> {
    framer: Framer<'c, 'w, 'a, 's>,
    pub(super) gateway: usize,
    /// The services whose environment fills `${X}` of a template.
    environment: Vec<&'s Service>,
    upstreams: HashMap<&'c str, Upstream<'c>>,
    routes: Vec<Route>,
    seen: Seen,
}

impl<'c> Reader<'c, '_, '_, '_> {
    fn walk(&mut self, frames: &mut Vec<Frame<'c>>, left: usize) {
        let Some(left) = left.checked_sub(1) else { return };
        let Some(blocks) = frames.last().map(|frame| frame.blocks.clone()) else { return };
        for (file, upstream) in blocks.iter().filter(|(_, block)| block.name.text == "upstream") {
            self.upstream(*file, upstream);
        }
        let is_stream = stream::is_within(frames);
        if is_stream {
            self.routes.extend(self.connection(frames));
        } else {
            self.seen.frame(frames, self.is_whole());
        }
        let before = self.routes.len();
        if frames.len() > 1 && !is_stream {
            for module in MODULES {
                let pass = frames.last().and_then(|frame| frame.own(&format!("{module}_pass")).last().copied());
                if let Some(pass) = pass {
                    let route = self.route(frames, module, pass);
                    self.routes.extend(route);
                }
            }
        }
        // The routes of the blocks within follow: only one that this block made itself is its own.
        let own = (self.routes.len() > before).then_some(before);
        for (file, block) in blocks.into_iter().filter(|(_, block)| BLOCKS.contains(&block.name.text.as_str())) {
            let frame = self.framer.frame(file, Some(block));
            // The upstreams of `stream` are its own.
            let others = frame.is("stream").then(|| std::mem::take(&mut self.upstreams));
            frames.push(frame);
            own.into_iter().for_each(|own| self.condition(own, frames));
            self.walk(frames, left);
            frames.pop();
            if let Some(others) = others {
                self.upstreams = others;
            }
        }
    }

    /// Lets the route of a location say what an `if` within it says of other origins: an `if` that passes nothing on itself is passed on
    /// by its location. `own`: the route of the location.
    fn condition(&mut self, own: usize, frames: &[Frame<'c>]) {
        let Some([location, frame]) = frames.last_chunk() else { return };
        if !location.is("location") || !frame.is("if") || !terms::is_for_content(frame) {
            return;
        }
        let said = terms::cross_origin(&Scope { frames, is_whole: self.is_whole() });
        let is_own = said.span().is_some_and(|span| frame.own("add_header").iter().any(|one| one.span == span));
        let Some(route) = self.routes.get_mut(own).filter(|_| is_own) else { return };
        if said.known().is_some_and(|said| said.any_origin && said.credentials) {
            route.cross_origin = said;
        }
    }

    /// Whether nothing outside of what was read could speak.
    pub(super) fn is_whole(&self) -> bool {
        self.framer.configuration.is_whole
    }

    fn upstream(&mut self, file: FileId, block: &'c Directive) {
        let Some(name) = block.arguments.first() else { return };
        let frame = self.framer.frame(file, Some(block));
        let servers = frame.own("server").iter().filter_map(|server| server.arguments.first());
        let is_up = |server: &&&Directive| !server.arguments.iter().any(|word| word.text == "down");
        let upstream = Upstream {
            up: frame.own("server").iter().filter(is_up).count() as u32,
            span: block.span,
            servers: servers.map(|word| word.text.as_str()).collect(),
            keepalive: frame.own("keepalive").last().copied(),
            keepalive_timeout: frame.own("keepalive_timeout").last().copied(),
        };
        self.upstreams.insert(name.text.as_str(), upstream);
    }

    fn route(&self, frames: &[Frame<'c>], module: &'static str, pass: &Directive) -> Option<Route> {
        let scope = Scope { frames, is_whole: self.is_whole() };
        let opening = frames.last()?.opening?;
        let location = frames.iter().rev().find(|frame| frame.is("location")).and_then(|frame| frame.opening).unwrap_or(opening);
        let words = location.arguments.iter().map(|word| word.text.as_str());
        let name: Vec<&str> = std::iter::once(location.name.text.as_str()).chain(words).collect();
        let server = frames.iter().rev().find(|frame| frame.is("server"));
        let server_name = server.and_then(|server| server.own("server_name").first()?.arguments.first());
        let mut route = Route::bare(self.gateway, name.join(" "), location.span, pass.span);
        route.server_name = server_name.map(|word| word.text.clone()).filter(|name| name != "_");
        route.module = module;
        let address = pass.arguments.first().and_then(|word| self.substitute(&scope, &word.text));
        let (authority, uri) = parts(address.as_deref().unwrap_or("$"));
        route.servers = self.servers(pass, authority);
        route.path = paths::path(location);
        route.methods = paths::methods(frames);
        let uri = uri.filter(|_| module == "proxy");
        route.rewrite = paths::rewrite(&scope, location, pass, uri);
        route.limits = terms::limits(&scope);
        route.body_limit = terms::body_limit(&scope);
        route.cache = terms::cache(&scope, module);
        route.cross_origin = terms::cross_origin(&scope);
        route.waits = Waits {
            connect: timeout(&scope, module, "connect_timeout"),
            read: timeout(&scope, module, "read_timeout"),
            send: timeout(&scope, module, "send_timeout"),
            total: Fact::Absent,
            each: Fact::Absent,
            drain: Fact::Absent,
            idle: self.idle(&scope, module, authority),
        };
        route.unverified = terms::unverified(&scope, module, address.as_deref());
        route.retry = retry(&scope, module, self.upstreams.get(authority));
        route.streaming = streaming(&scope, module, location);
        Some(route)
    }

    /// The servers behind the host of a `_pass` directive.
    pub(super) fn servers(&self, pass: &Directive, authority: &str) -> Fact<Vec<Address>> {
        if authority.starts_with("unix:") {
            return Fact::Absent;
        }
        let servers: Vec<&str> = match self.upstreams.get(authority) {
            Some(upstream) => upstream.servers.clone(),
            None => vec![authority],
        };
        if servers.iter().any(|server| server.contains('$')) {
            return Fact::not_read("the address is made of variables", vec![pass.span]);
        }
        let found = servers.into_iter().filter(|server| !server.starts_with("unix:")).map(Address::parse);
        Fact::explicit(found.collect(), pass.span)
    }

    /// How long an idle connection is kept. Without `keepalive` the version of nginx decides whether any is.
    fn idle(&self, scope: &Scope<'_, 'c>, module: &str, authority: &str) -> Fact<Timeout> {
        let version = scope.directives("proxy_http_version");
        let is_old =
            |all: &Vec<&Directive>| all.last().and_then(|one| Some(one.arguments.first()?.text != "1.1")).unwrap_or(true);
        if module == "proxy" && (version.known_absent() || version.known().is_some_and(is_old)) {
            return Fact::not_read("connections are kept from nginx 1.29.7 on, or with `proxy_http_version 1.1`", Vec::new());
        }
        let Some(keepalive) = self.upstreams.get(authority).and_then(|upstream| upstream.keepalive) else {
            return Fact::not_read("connections are kept from nginx 1.29.7 on, or with `keepalive`", Vec::new());
        };
        let own = self.upstreams.get(authority).and_then(|upstream| upstream.keepalive_timeout);
        if let Some(own) = own {
            let word = own.arguments.first();
            let value = word.and_then(|word| Some(Timeout::after(parse_nginx(&word.text)?, &word.text)));
            return value.map_or_else(
                || Fact::not_read("not a time that nginx reads", vec![own.span]),
                |value| Fact::explicit(value, own.span),
            );
        }
        let default = tables().default("nginx", "upstream keepalive_timeout");
        let shown = |value: std::time::Duration| Timeout::after(value, &format!("{}s", value.as_secs()));
        default.map_or(Fact::Absent, |value| Fact::Known(shown(value), Origin::Inferred(keepalive.span)))
    }

    /// The text with `$x` and `${x}` replaced by what `set`, or the environment of a template, gives; the rest stays.
    pub(super) fn substitute(&self, scope: &Scope<'_, 'c>, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let inner = after.strip_prefix('{').unwrap_or(after);
            let length = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
            let name = &inner[..length];
            let braced = after.len() != inner.len();
            let end = if braced { inner[length..].strip_prefix('}')? } else { &inner[length..] };
            match scope.variable(name).map(str::to_owned).or_else(|| self.environment_value(name)) {
                Some(value) => out.push_str(&value),
                None => out.push('$'),
            }
            rest = end;
        }
        out.push_str(rest);
        Some(out)
    }

    fn environment_value(&self, name: &str) -> Option<String> {
        let mut values = self.environment.iter().map(|service| service.environment.get(name).known().cloned());
        let first = values.next()??;
        values.all(|other| other.as_ref() == Some(&first)).then_some(first)
    }
}

/// The host of an address and what stands behind it: `http://api:80/v1` is `api:80` and `/v1`.
fn parts(address: &str) -> (&str, Option<&str>) {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    if rest.starts_with("unix:") {
        return (rest, None);
    }
    match rest.find(['/', '?', '$']).filter(|at| *at > 0) {
        Some(at) => (&rest[..at], Some(&rest[at..])),
        None => (rest, None),
    }
}

/// A timeout in force: as written (0 ends at once: nginx has no "never"), or nginx's default.
pub(super) fn timeout(scope: &Scope<'_, '_>, module: &str, name: &str) -> Fact<Timeout> {
    let default = format!("*_{name}");
    written(scope, &format!("{module}_{name}"), &default)
}

/// A time in force under a directive, or the default of that name.
pub(super) fn written(scope: &Scope<'_, '_>, directive: &str, default: &str) -> Fact<Timeout> {
    match scope.directives(directive) {
        Fact::Known(directives, origin) => {
            let value = directives.last().and_then(|directive| match directive.arguments.as_slice() {
                [only] => parse_nginx(&only.text).map(|duration| Timeout::after(duration, &only.text)),
                _ => None,
            });
            match value {
                Some(value) => Fact::Known(value, origin),
                None => Fact::not_read("not a time that nginx reads", origin.span().into_iter().collect()),
            }
        }
        Fact::Absent => match tables().default("nginx", default) {
            Some(value) => Fact::Known(Timeout::after(value, &format!("{}s", value.as_secs())), Origin::default_of("nginx")),
            None => Fact::Absent,
        },
        Fact::Unknown(why) => Fact::Unknown(why),
    }
}

/// When the next server is tried. nginx never repeats a POST that it has sent, unless it is told so. With several servers it tries the
/// others of itself: <https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream>
fn retry(scope: &Scope<'_, '_>, module: &str, upstream: Option<&Upstream<'_>>) -> Fact<Retry> {
    let own = |setting: &str| scope.directives(&format!("{module}_next_upstream{setting}"));
    let others = upstream.map(|upstream| upstream.up).filter(|servers| *servers > 1).map(|servers| servers - 1);
    let (on, span, origin) = match (own(""), upstream.filter(|_| others.is_some())) {
        (Fact::Known(directives, origin), _) => {
            let Some(directive) = directives.last() else { return Fact::Absent };
            let on: Vec<String> = directive.arguments.iter().map(|word| word.text.clone()).collect();
            (on, directive.span, origin)
        }
        (Fact::Absent, Some(upstream)) => {
            let bound = own("_tries").span().or(own("_timeout").span());
            (vec!["error".into(), "timeout".into()], bound.unwrap_or(upstream.span), Origin::default_of("nginx"))
        }
        (Fact::Absent, None) => return Fact::not_read("nginx's own retries need more than one server", Vec::new()),
        (Fact::Unknown(why), _) => return Fact::Unknown(why),
    };
    if on.iter().any(|word| word == "off") {
        return Fact::Absent;
    }
    let tries = own("_tries");
    let most = tries.known().and_then(|directives| directives.last()?.arguments.first()?.text.parse::<u32>().ok());
    let attempts = match (most.filter(|tries| *tries > 0).map(|tries| tries - 1), others) {
        _ if tries.unknown().is_some() => None,
        (Some(tries), Some(others)) => Some(tries.min(others)),
        (tries, others) => tries.or(others),
    };
    let is_by_servers = most.is_none_or(|tries| tries == 0);
    let within = match own("_timeout") {
        Fact::Known(..) => match timeout(scope, module, "next_upstream_timeout") {
            // Here 0 means that there is no bound.
            Fact::Known(Timeout { after: Some(after), .. }, _) if after.is_zero() => Fact::Absent,
            other => other,
        },
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why),
    };
    let resends_post = on.iter().find(|word| *word == "non_idempotent").map(|word| format!("`{word}`"));
    let (methods, per_try, backoff) = (Fact::Absent, Fact::Absent, Fact::Absent);
    Fact::Known(Retry { attempts, is_by_servers, on, methods, resends_post, per_try, backoff, within, span }, origin)
}

/// Why a response may go on for ever by design.
fn streaming(scope: &Scope<'_, '_>, module: &str, location: &Directive) -> Option<String> {
    if module == "grpc" {
        return Some("gRPC calls may stream".into());
    }
    let has = |list: &str, test: &dyn Fn(&Directive) -> bool| {
        scope.directives(list).known().is_some_and(|all| all.iter().take(200).any(|one| test(one)))
    };
    let argument = |directive: &Directive, at: usize| directive.arguments.get(at).map(|word| word.text.to_ascii_lowercase());
    if has("proxy_set_header", &|header| argument(header, 0).as_deref() == Some("upgrade")) {
        return Some("it upgrades to WebSocket".into());
    }
    for buffering in ["buffering", "request_buffering"] {
        if has(&format!("{module}_{buffering}"), &|one| argument(one, 0).as_deref() == Some("off")) {
            return Some(format!("`{module}_{buffering} off` is for streams"));
        }
    }
    if has("add_header", &|header| argument(header, 0).as_deref() == Some("x-accel-buffering")) {
        return Some("`X-Accel-Buffering` is for event streams".into());
    }
    let path = location.arguments.last()?.text.to_ascii_lowercase();
    let words = tables().words("nginx", "streaming_segments");
    let segments = path.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')));
    let hit = segments.map(|segment| segment.trim_matches('.')).find(|segment| words.iter().any(|word| word == segment))?;
    Some(format!("`{hit}` in its path is for streams"))
}
