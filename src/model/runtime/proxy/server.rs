//! What a configuration listens on, how it logs, and what gives a request its id.

use super::super::route::{AccessLog, Gateway, Listener};
use super::super::tables::tables;
use super::scope::{Frame, Scope};
use super::terms;
use crate::documents::nginx::Directive;
use crate::fact::{Fact, Origin};
use crate::source::Span;

/// What was seen of a configuration while it was walked.
#[derive(Default)]
pub(super) struct Seen {
    listeners: Vec<Listener>,
    /// An include that could add anything.
    open: Option<Span>,
    /// A place that passes requests in a way that its path does not tell: named locations, patterns.
    pub(super) hidden_routes: bool,
    correlation: Option<String>,
    log: Option<Fact<AccessLog>>,
    has_server: bool,
}

impl Seen {
    /// Looks at the frame on top.
    pub(super) fn frame(&mut self, frames: &[Frame<'_>], is_whole: bool) {
        let Some(frame) = frames.last() else { return };
        self.open = self.open.or_else(|| frame.open_span().filter(|_| frames.len() > 1));
        let ids = tables().words("nginx", "correlation_headers");
        let headers = ["proxy", "grpc", "uwsgi", "fastcgi", "scgi"].map(|module| match module {
            "proxy" | "grpc" => format!("{module}_set_header"),
            _ => format!("{module}_param"),
        });
        for directive in headers.iter().flat_map(|name| frame.own(name).iter().take(200)) {
            let Some(name) = directive.arguments.first() else { continue };
            let folded = name.text.to_ascii_lowercase().replace('_', "-");
            let is_id = ids.iter().any(|id| folded == *id || folded.strip_prefix("http-") == Some(id));
            if is_id {
                self.correlation.get_or_insert_with(|| name.text.clone());
            }
        }
        for module in ["opentelemetry", "otel_trace", "otel_trace_context", "opentracing", "zipkin", "datadog_tracing"] {
            if !frame.own(module).is_empty() {
                self.correlation.get_or_insert_with(|| module.to_owned());
            }
        }
        if frame.is("server") {
            self.has_server = true;
            self.server(frames, frame, is_whole);
        }
        if frame.is("location") {
            self.location(frame);
        }
    }

    fn location(&mut self, frame: &Frame<'_>) {
        let Some(opening) = frame.opening else { return };
        let passes = ["proxy_pass", "grpc_pass", "uwsgi_pass", "fastcgi_pass", "scgi_pass"];
        let is_named = opening.arguments.first().is_some_and(|word| word.text.starts_with(['@', '~']));
        let by_lua = ["content_by_lua_block", "content_by_lua_file", "js_content", "auth_jwt", "internal"];
        self.hidden_routes |= is_named && passes.iter().any(|pass| !frame.own(pass).is_empty());
        self.hidden_routes |= by_lua.iter().any(|name| !frame.own(name).is_empty());
    }

    fn server(&mut self, frames: &[Frame<'_>], frame: &Frame<'_>, is_whole: bool) {
        self.hidden_routes |= !frame.own("rewrite").is_empty();
        let names = frame.own("server_name").iter().flat_map(|one| &one.arguments).map(|word| word.text.clone());
        let names: Vec<String> = names.filter(|name| name != "_" && !name.is_empty()).collect();
        let scope = Scope { frames, is_whole };
        let within = frame.blocks.iter().any(|(_, block)| block.name.text == "location");
        let strict = match terms::added_header(&scope, "Strict-Transport-Security") {
            Fact::Known((text, span), _) => Fact::explicit(text, span),
            Fact::Absent => Fact::Absent,
            Fact::Unknown(why) => Fact::Unknown(why),
        };
        let redirects = sends_to_encrypted(frame) && !within;
        for listen in frame.own("listen") {
            let words: Vec<&str> = listen.arguments.iter().map(|word| word.text.as_str()).collect();
            let Some(port) = words.first().and_then(|address| port(address)) else { continue };
            let is_encrypted = words.iter().any(|word| matches!(*word, "ssl" | "quic")) || on(frame, "ssl");
            let (names, strict_transport) = (names.clone(), strict.clone());
            self.listeners.push(Listener { names, port, is_encrypted, redirects, strict_transport, span: listen.span });
        }
        if frame.own("listen").is_empty() {
            let span = frame.opening.map_or(Span { source: crate::source::SourceId(0), start: 0, end: 0 }, |one| one.span);
            self.listeners.push(Listener { names, port: 80, is_encrypted: false, redirects, strict_transport: strict, span });
        }
        let log = access_log(&scope);
        // One place that logs records is enough to say that it is known how.
        let better = matches!(&log, Fact::Known(AccessLog { is_structured: true, .. }, _));
        if better || self.log.is_none() {
            self.log = Some(log);
        }
    }

    /// Tells the gateway what was seen.
    pub(super) fn tell(self, gateway: &mut Gateway, is_whole: bool) {
        let unknown = || match self.open {
            Some(span) => Some(("an include that is not in the repository", vec![span])),
            None if !is_whole => Some(("the file that includes this one is not in the repository", Vec::new())),
            None => None,
        };
        gateway.listeners = match unknown().filter(|_| self.open.is_some()) {
            Some((why, spans)) => Fact::not_read(why, spans),
            None => self.listeners.first().map(|one| one.span).map_or(Fact::Absent, |span| Fact::explicit(self.listeners, span)),
        };
        gateway.correlation = match (self.correlation, unknown()) {
            (Some(name), _) => Fact::Known(name, Origin::default_of("nginx")),
            (None, Some((why, spans))) => Fact::not_read(why, spans),
            (None, None) => Fact::Absent,
        };
        gateway.access_log = self.log.unwrap_or(Fact::Absent);
        gateway.knows_routes = self.has_server && self.open.is_none() && !self.hidden_routes;
    }
}

fn on(frame: &Frame<'_>, name: &str) -> bool {
    frame.own(name).last().is_some_and(|one| one.arguments.first().is_some_and(|word| word.text == "on"))
}

fn port(address: &str) -> Option<u16> {
    if address.starts_with("unix:") {
        return None;
    }
    let last = address.rsplit(':').next().unwrap_or(address);
    last.parse().ok().or((!address.contains('$')).then_some(80))
}

/// Whether all that the server does itself is to send clients to `https`.
fn sends_to_encrypted(frame: &Frame<'_>) -> bool {
    let tells = |directive: &&Directive| directive.arguments.iter().any(|word| word.text.starts_with("https://"));
    frame.own("return").iter().chain(frame.own("rewrite")).any(tells)
}

/// The log in force: `access_log path format`, nginx's own format where nothing is said.
fn access_log(scope: &Scope<'_, '_>) -> Fact<AccessLog> {
    let directives = match scope.directives("access_log") {
        Fact::Known(directives, _) => directives,
        Fact::Absent => {
            let default = AccessLog { variables: combined(), ..AccessLog::new(false, None) };
            return Fact::Known(default, Origin::default_of("nginx"));
        }
        Fact::Unknown(why) => return Fact::Unknown(why),
    };
    let Some(last) = directives.iter().find(|one| one.arguments.first().is_some_and(|word| word.text != "off")) else {
        return Fact::Absent;
    };
    let format = last.arguments.get(1).map(|word| word.text.as_str()).filter(|word| !word.contains('='));
    let Some(format) = format.filter(|name| *name != "combined") else {
        return Fact::explicit(AccessLog { variables: combined(), ..AccessLog::new(false, Some(last.span)) }, last.span);
    };
    let formats = scope.frames.iter().flat_map(|frame| frame.own("log_format").iter().take(100));
    let named = formats.into_iter().find(|one| one.arguments.first().is_some_and(|word| word.text == format));
    let Some(named) = named else { return Fact::not_read("its format is not in the repository", vec![last.span]) };
    let rest = named.arguments.get(1..).unwrap_or(&[]);
    let is_structured = rest.iter().any(|word| word.text == "escape=json")
        || rest.iter().find(|word| !word.text.starts_with("escape=")).is_some_and(|word| word.text.trim_start().starts_with('{'));
    let variables = rest.iter().flat_map(|word| variables(&word.text)).collect();
    Fact::explicit(AccessLog { variables, ..AccessLog::new(is_structured, Some(named.span)) }, named.span)
}

/// The variables of nginx's own format. Source: <https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format>.
fn combined() -> Vec<String> {
    let all =
        ["remote_addr", "remote_user", "time_local", "request", "status", "body_bytes_sent", "http_referer", "http_user_agent"];
    all.map(str::to_owned).to_vec()
}

/// The variables that a text names: `$args` and `${args}`.
fn variables(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split('$').skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
    })
}
