//! HAProxy: which frontend passes which requests to which backend, and how long both wait.
//!
//! A proxy takes its settings from the `defaults` before it, or from those that `from` names. What is absent: maps and variables in
//! conditions, Lua, agents.

use super::super::route::{AccessLog, Address, Gateway, Limit, Listener, PathMatch, Retry, Route, Unverified};
use super::super::timeout::{Timeout, Units, parse};
use super::{Reading, milliseconds};
use crate::documents::haproxy::{self, Line, Section};
use crate::fact::{Fact, Origin};
use crate::model::runtime::halves::{Half, MissingWait};
use std::collections::HashMap;

/// Answers after which the service may have worked on the request.
const SAFE_CONDITIONS: [&str; 3] = ["none", "conn-failure", "0rtt-rejected"];

/// A proxy with the defaults that hold for it.
struct Proxy<'s> {
    section: &'s Section,
    defaults: Vec<&'s Section>,
    /// Its own lines by their first word.
    own: HashMap<&'s str, Vec<&'s Line>>,
    acls: Acls<'s>,
}

/// Conditions: name to the words behind it; several lines of one name are alternatives.
type Acls<'s> = HashMap<&'s str, Vec<Vec<&'s str>>>;

impl<'s> Proxy<'s> {
    /// The last line that begins so, of the proxy itself or of its defaults.
    fn line(&self, words: &[&str]) -> Option<&'s Line> {
        let own = self.last(words);
        own.or_else(|| self.defaults.iter().find_map(|defaults| defaults.last(words)))
    }

    /// Its own lines with this first word.
    fn own(&self, word: &str) -> &[&'s Line] {
        self.own.get(word).map_or(&[], Vec::as_slice)
    }

    /// The last line of its own that begins so.
    fn last(&self, words: &[&str]) -> Option<&'s Line> {
        self.own(words.first()?).iter().rev().copied().find(|line| line.begins(words))
    }

    fn is_http(&self) -> bool {
        self.line(&["mode"]).is_some_and(|line| line.word(1) == "http")
    }

    /// A wait; absent where it is set nowhere: HAProxy then waits for ever.
    fn wait(&self, name: &str) -> Fact<Timeout> {
        let Some(line) = self.line(&["timeout", name]) else { return Fact::Absent };
        let is_own = self.own("timeout").iter().any(|own| std::ptr::eq(*own, line));
        let origin = if is_own { Origin::Explicit(line.span()) } else { Origin::Inherited(line.span()) };
        match parse(line.word(2), Units::Common, milliseconds()) {
            Some(value) => Fact::Known(Timeout::or_never(value, line.word(2)), origin),
            None => Fact::not_read("not a length of time", vec![line.span()]),
        }
    }
}

pub(super) fn read(reading: &mut Reading, path: &str) {
    let Ok(source) = reading.workspace.source(path) else { return };
    let text = reading.workspace.text(source);
    let sections = haproxy::parse(source, &text);
    if sections.is_empty() {
        reading.workspace.note_unread(path, "no section of HAProxy was found", None);
        return;
    }
    let proxies = proxies(&sections);
    let mut gateway = reading.gateway("HAProxy", path);
    let (mut routes, mut listeners, mut halves) = (Vec::new(), Vec::new(), Vec::new());
    gateway.knows_routes = true;
    gateway.access_log = Fact::Absent;
    gateway.correlation = Fact::Absent;
    for proxy in &proxies {
        describe(&mut gateway, proxy);
        listeners.extend(proxy.own("bind").iter().filter_map(|line| listener(proxy, line)));
        halves.extend(half(reading.next(), proxy));
    }
    let backs: HashMap<&str, &Proxy> =
        proxies.iter().rev().filter(|one| one.section.kind() != "frontend").map(|one| (one.section.name(), one)).collect();
    for front in proxies.iter().filter(|proxy| matches!(proxy.section.kind(), "frontend" | "listen")) {
        for (name, condition, line) in uses(front) {
            let Some(back) = backs.get(name).copied() else {
                gateway.knows_routes = false;
                continue;
            };
            let mut one = route(reading.next(), front, back, line);
            (one.path, one.server_name) = match condition {
                None => (Fact::explicit(PathMatch::Prefix("/".into()), line.span()), None),
                Some(words) => matched(&words, &front.acls, line),
            };
            gateway.knows_routes &= one.path.known().is_some();
            routes.push(one);
        }
        let has_servers = front.section.kind() == "listen" && !front.own("server").is_empty();
        if has_servers {
            let mut one = route(reading.next(), front, front, &front.section.head);
            one.path = Fact::explicit(PathMatch::Prefix("/".into()), front.section.head.span());
            routes.push(one);
        }
    }
    gateway.listeners = match listeners.first().map(|one: &Listener| one.span) {
        Some(span) => Fact::explicit(listeners, span),
        None => Fact::not_read("it binds nowhere in this file", Vec::new()),
    };
    reading.halves.extend(halves);
    reading.add(gateway, routes);
}

fn proxies(sections: &[Section]) -> Vec<Proxy<'_>> {
    let named: HashMap<&str, &Section> =
        sections.iter().filter(|one| one.kind() == "defaults").map(|one| (one.name(), one)).collect();
    let from =
        |section: &Section| section.head.words.windows(2).find(|pair| pair[0].text == "from").map(|pair| pair[1].text.clone());
    let mut last: Option<&Section> = None;
    let mut found = Vec::new();
    for section in sections {
        match section.kind() {
            "defaults" => last = Some(section),
            "frontend" | "backend" | "listen" => {
                let mut defaults = Vec::new();
                let mut next = match from(section) {
                    Some(name) => named.get(name.as_str()).copied(),
                    None => last,
                };
                while let Some(one) = next.filter(|_| defaults.len() < 16) {
                    defaults.push(one);
                    next = from(one).and_then(|name| named.get(name.as_str()).copied());
                }
                let mut own: HashMap<&str, Vec<&Line>> = HashMap::new();
                section.lines.iter().for_each(|line| own.entry(line.word(0)).or_default().push(line));
                let acls = acls(own.get("acl").map_or(&[], Vec::as_slice));
                found.push(Proxy { section, defaults, own, acls });
            }
            _ => {}
        }
    }
    found
}

/// Which waits a proxy lacks: clients and servers are then waited for without end.
fn half(gateway: usize, proxy: &Proxy<'_>) -> Option<Half> {
    let needed: &[&'static str] = match proxy.section.kind() {
        "frontend" => &["client"],
        "backend" => &["connect", "server"],
        _ => &["client", "connect", "server"],
    };
    let has_servers = !proxy.own("server").is_empty() || !proxy.own("server-template").is_empty();
    let only_stats = !proxy.own("stats").is_empty() && !has_servers;
    let only_answers = !has_servers && uses(proxy).is_empty();
    if only_stats || only_answers {
        return None;
    }
    let missing = needed.iter().filter(|name| proxy.line(&["timeout", name]).is_none());
    let missing = missing.map(|name| MissingWait { name, setting: format!("timeout {name}") }).collect();
    let subject = format!("{} {}", proxy.section.kind(), proxy.section.name());
    Some(Half { gateway, name: subject.trim().to_owned(), span: proxy.section.head.span(), missing })
}

/// Where a frontend passes requests to, the conditional ones first: backend, condition, line.
fn uses<'s>(front: &Proxy<'s>) -> Vec<(&'s str, Option<Vec<String>>, &'s Line)> {
    let conditional = front.own("use_backend").iter().copied();
    let mut found: Vec<_> = conditional
        .map(|line: &'s Line| {
            let words = line.words.iter().skip(2).map(|word| word.text.clone()).collect::<Vec<_>>();
            (line.word(1), (!words.is_empty()).then_some(words), line)
        })
        .collect();
    found.extend(front.line(&["default_backend"]).map(|line| (line.word(1), None, line)));
    found
}

fn acls<'s>(lines: &[&'s Line]) -> Acls<'s> {
    let mut found: Acls<'s> = HashMap::new();
    for line in lines {
        found.entry(line.word(1)).or_default().push(line.words.iter().skip(2).map(|word| word.text.as_str()).collect());
    }
    found
}

/// What `if is_api` or `if { path_beg /api }` says, where it is one test of the path, of the host, or both.
fn matched(words: &[String], acls: &Acls<'_>, line: &Line) -> (Fact<PathMatch>, Option<String>) {
    let unknown = || (Fact::not_read("its condition is not read", vec![line.span()]), None);
    if words.first().map(String::as_str) != Some("if") {
        return unknown();
    }
    let text = words[1..].join(" ");
    if text.contains("||") || text.contains(" or ") || text.contains('!') {
        return unknown();
    }
    let mut tests: Vec<Vec<&str>> = Vec::new();
    let mut rest = words[1..].iter().map(String::as_str);
    while let Some(word) = rest.next() {
        if word == "{" {
            tests.push(rest.by_ref().take_while(|word| *word != "}").collect());
            continue;
        }
        match acls.get(word).map(Vec::as_slice) {
            Some([only]) => tests.push(only.clone()),
            _ => return unknown(),
        }
    }
    let (mut path, mut host) = (None, None);
    for test in tests {
        let values: Vec<&str> = test.iter().skip(1).copied().filter(|word| !word.starts_with('-')).collect();
        let kind = test.first().copied().unwrap_or("");
        match (kind, values.as_slice()) {
            ("path_beg" | "path,beg", [value]) => path = Some(PathMatch::Prefix((*value).to_owned())),
            ("path_dir", [value]) => path = Some(PathMatch::Segments((*value).to_owned())),
            ("path", [value]) => path = Some(PathMatch::Exact((*value).to_owned())),
            ("path_reg", [value]) => path = Some(PathMatch::Pattern((*value).to_owned())),
            (kind, [value, ..]) if kind.starts_with("hdr(host)") || kind.starts_with("hdr_dom(host)") || kind == "ssl_fc_sni" => {
                host = Some((*value).to_owned());
            }
            _ => return unknown(),
        }
    }
    (Fact::explicit(path.unwrap_or(PathMatch::Prefix("/".into())), line.span()), host)
}

fn route(gateway: usize, front: &Proxy<'_>, back: &Proxy<'_>, line: &Line) -> Route {
    let name = format!("backend {}", back.section.name());
    let name = if std::ptr::eq(front.section, back.section) { format!("listen {}", back.section.name()) } else { name };
    let servers = back.own("server");
    let pass = servers.first().map_or(line.span(), |line| line.span());
    let mut route = Route::bare(gateway, name, line.span(), pass);
    route.module = if front.is_http() || back.is_http() { "http" } else { "tcp" };
    route.methods = Fact::Absent;
    let rewrites = ["set-path", "replace-path", "set-uri", "replace-uri"];
    let rewritten = rewrites.iter().find_map(|word| {
        let by = |proxy: &Proxy<'_>| proxy.last(&["http-request", word]).map(Line::span);
        by(back).or_else(|| by(front))
    });
    route.rewrite = rewritten.map_or(Fact::Absent, |span| Fact::not_read("a rewrite that is not read", vec![span]));
    let addresses: Vec<Address> = servers.iter().map(|line| Address::parse(line.word(2))).collect();
    let is_open = addresses.iter().any(|one| one.host.contains(['$', '%', '"']) || one.host.is_empty());
    route.servers = match addresses.is_empty() || is_open {
        true => Fact::not_read("its servers are not written as names", vec![pass]),
        false => Fact::explicit(addresses, pass),
    };
    route.waits.connect = back.wait("connect");
    route.waits.read = back.wait("server");
    route.waits.send = back.wait("server");
    route.waits.total = Fact::Absent;
    route.retry = retry(front, back, pass);
    route.limits = limits(front, back);
    route.body_limit = Fact::Absent;
    let cache = back.line(&["http-request", "cache-use"]).or_else(|| front.line(&["http-request", "cache-use"]));
    // HAProxy's cache leaves requests with `Authorization` alone, and is small.
    route.cache = cache.map_or(Fact::Absent, |line| Fact::not_read("its cache is not read", vec![line.span()]));
    let unverified =
        servers.iter().find(|line| line.words.windows(2).any(|pair| pair[0].text == "verify" && pair[1].text == "none"));
    let unverified = unverified.filter(|line| line.words.iter().any(|word| word.text == "ssl"));
    route.unverified = unverified.map(|line| Unverified::by("verify none", line.span()));
    let tunnel = back.line(&["timeout", "tunnel"]).or_else(|| front.line(&["timeout", "tunnel"]));
    if tunnel.is_some() && back.last(&["timeout", "tunnel"]).is_some() {
        route.streaming = Some("`timeout tunnel` is for connections that are upgraded".into());
    }
    if servers.iter().any(|line| line.words.windows(2).any(|pair| pair[0].text == "proto" && pair[1].text == "h2")) {
        route.streaming = Some("HTTP/2 to the server is what gRPC needs".into());
    }
    route
}

fn retry(front: &Proxy<'_>, back: &Proxy<'_>, pass: crate::source::Span) -> Fact<Retry> {
    let count = back.line(&["retries"]);
    let on = back.line(&["retry-on"]);
    let attempts = match count {
        Some(line) => match line.word(1).parse() {
            Ok(0) => return Fact::Absent,
            Ok(number) => number,
            Err(_) => return Fact::not_read("not a number", vec![line.span()]),
        },
        None => 3,
    };
    let conditions: Vec<String> = match on {
        Some(line) => line.words.iter().skip(1).map(|word| word.text.clone()).collect(),
        None => vec!["conn-failure".into()],
    };
    let spares = [front, back].iter().any(|proxy| proxy.line(&["http-request", "disable-l7-retry"]).is_some());
    let risky = conditions.iter().find(|word| !SAFE_CONDITIONS.contains(&word.as_str())).filter(|_| !spares);
    let risky = risky.map(|word| format!("`retry-on {word}`"));
    let span = on.or(count).map_or(pass, Line::span);
    let origin = if on.or(count).is_some() { Origin::Explicit(span) } else { Origin::default_of("HAProxy") };
    let retry = Retry {
        attempts: Some(attempts),
        is_by_servers: false,
        on: conditions,
        methods: Fact::Absent,
        resends_post: risky,
        per_try: back.wait("server"),
        // After a failed connection HAProxy waits a second before it asks the same server again.
        backoff: Fact::not_read("it differs from condition to condition", Vec::new()),
        within: Fact::Absent,
        span,
    };
    Fact::Known(retry, origin)
}

/// Denials that ask for a rate.
fn limits(front: &Proxy<'_>, back: &Proxy<'_>) -> Fact<Vec<Limit>> {
    let mut found: Vec<Limit> = Vec::new();
    for proxy in [front, back] {
        let is_rate = |text: &str| ["_rate", "_gpc", "_conn_cur", "conn_cnt"].iter().any(|part| text.contains(part));
        for line in proxy.own("http-request") {
            let denies = line.begins(&["http-request", "deny"]) || line.begins(&["http-request", "tarpit"]);
            let asks = line.words.iter().skip(2).any(|word| {
                is_rate(&word.text)
                    || proxy.acls.get(word.text.as_str()).is_some_and(|all| all.iter().flatten().any(|part| is_rate(part)))
            });
            if !denies || !asks || found.iter().any(|one| one.span == line.span()) {
                continue;
            }
            let mut pairs = line.words.windows(2);
            let code = pairs.find(|pair| matches!(pair[0].text.as_str(), "deny_status" | "status"));
            let usual = if line.word(1) == "deny" { 403 } else { 500 };
            let status = match code {
                Some([_, code]) => code
                    .text
                    .parse()
                    .map_or_else(|_| Fact::not_read("not a status", vec![code.span]), |number| Fact::explicit(number, code.span)),
                _ => Fact::Known(usual, Origin::default_of("HAProxy")),
            };
            found.push(Limit { name: format!("http-request {}", line.word(1)), status, span: line.span() });
        }
    }
    let origin = found.first().map(|limit| Origin::Explicit(limit.span));
    origin.map_or(Fact::Absent, |origin| Fact::Known(found, origin))
}

fn listener(proxy: &Proxy<'_>, line: &Line) -> Option<Listener> {
    let address = line.word(1);
    let port = address.rsplit(':').next()?.parse().ok()?;
    let is_encrypted = line.words.iter().any(|word| word.text == "ssl");
    let sends = |one: &&Line| {
        one.begins(&["redirect", "scheme", "https"]) || one.begins(&["http-request", "redirect", "scheme", "https"])
    };
    let redirects = proxy.section.lines.iter().any(|one| sends(&one));
    let strict = proxy
        .section
        .lines
        .iter()
        .find(|one| one.words.iter().any(|word| word.text.eq_ignore_ascii_case("strict-transport-security")));
    let strict_transport = strict.map_or(Fact::Absent, |one| Fact::explicit(one.word(3).to_owned(), one.span()));
    Some(Listener { names: Vec::new(), port, is_encrypted, redirects, strict_transport, span: line.span() })
}

/// What a proxy says of logs and ids.
fn describe(gateway: &mut Gateway, proxy: &Proxy<'_>) {
    let format = proxy.line(&["log-format"]);
    let known = format.or_else(|| proxy.line(&["option", "httplog"])).or_else(|| proxy.line(&["option", "tcplog"]));
    if let Some(line) = known.filter(|_| proxy.is_http()) {
        let is_structured =
            format.is_some_and(|line| line.word(1).trim_start().starts_with(['{', '%']) && line.word(1).contains('{'));
        let is_better = gateway.access_log.known().is_none_or(|known| !known.is_structured);
        if is_better {
            gateway.access_log = Fact::explicit(AccessLog::new(is_structured, Some(line.span())), line.span());
        }
    }
    let sets_id = |line: &&Line| {
        let named = line.words.iter().any(|word| {
            let word = word.text.to_ascii_lowercase();
            word.contains("request-id") || word.contains("correlation-id") || word.contains("traceparent")
        });
        line.begins(&["unique-id-header"]) || (line.begins(&["http-request", "set-header"]) && named)
    };
    let all = proxy.section.lines.iter().chain(proxy.defaults.iter().flat_map(|one| &one.lines));
    if let Some(line) = all.into_iter().find(sets_id) {
        gateway.correlation = Fact::explicit(line.word(1).to_owned(), line.span());
    }
}
