//! Caddy: the sites of a Caddyfile, imports spliced in, and what each passes on.
//!
//! What is absent: the admin interface, plugins that pass requests on their own.

use super::super::route::{AccessLog, Listener};
use super::Reading;
use super::caddy_site;
use crate::documents::caddy::{self, Caddyfile, Line};
use crate::fact::{Fact, Origin};
use crate::files;
use std::collections::HashMap;

/// Imports are spliced this deep, and this many times in one file.
const DEEPEST: usize = 8;
const MOST_SPLICES: usize = 500;

/// A site: its addresses and its lines.
pub(super) struct Site {
    pub(super) addresses: Vec<String>,
    pub(super) head: Line,
    pub(super) lines: Vec<Line>,
    /// Whether something that it imports is not in the repository.
    pub(super) is_open: bool,
}

pub(super) fn read(reading: &mut Reading, path: &str) {
    let Some(file) = parsed(reading, path) else { return };
    let mut splicer = Splicer { snippets: HashMap::new(), splices: 0, is_open: false };
    for line in &file.lines {
        if let Some(name) = line.name().strip_prefix('(').and_then(|name| name.strip_suffix(')')) {
            splicer.snippets.insert(name.to_owned(), line.lines().to_vec());
        }
    }
    let top: Vec<Line> = splicer.spliced(reading, path, &file.lines, DEEPEST);
    let mut sites = Vec::new();
    let mut global: Vec<Line> = Vec::new();
    let (mut names, mut rest) = (Vec::new(), top.into_iter().peekable());
    while let Some(line) = rest.next() {
        match &line.block {
            Some(inner) if line.words.is_empty() => global = inner.clone(),
            Some(_) if line.name().starts_with('(') || line.name().starts_with("&(") => {}
            Some(inner) => {
                let mut addresses: Vec<String> = std::mem::take(&mut names);
                addresses.extend(self::addresses(&line));
                let before = std::mem::take(&mut splicer.is_open);
                let lines = splicer.spliced(reading, path, inner, DEEPEST);
                sites.push(Site { addresses, head: line.clone(), lines, is_open: splicer.is_open });
                splicer.is_open |= before;
            }
            // Addresses on lines of their own end with a comma; a file of one site needs no braces at all.
            None if line.words.last().is_some_and(|word| word.text.ends_with(',')) => names.extend(addresses(&line)),
            None if sites.is_empty() && !names.is_empty() => continue,
            None if sites.is_empty() => {
                let lines: Vec<Line> = rest.by_ref().collect();
                sites.push(Site { addresses: addresses(&line), head: line.clone(), lines, is_open: splicer.is_open });
            }
            None => {}
        }
    }
    describe(reading, path, &global, sites);
}

fn parsed(reading: &mut Reading, path: &str) -> Option<Caddyfile> {
    let source = reading.workspace.source(path).ok()?;
    let file = caddy::parse(source, &reading.workspace.text(source));
    for problem in file.problems.iter().take(5) {
        reading.workspace.note_unread(path, problem.message.clone(), Some(problem.span));
    }
    Some(file)
}

fn addresses(line: &Line) -> Vec<String> {
    let parts = line.words.iter().flat_map(|word| word.text.split(','));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Puts what is imported in the place of `import`.
struct Splicer {
    snippets: HashMap<String, Vec<Line>>,
    splices: usize,
    is_open: bool,
}

impl Splicer {
    fn spliced(&mut self, reading: &mut Reading, path: &str, lines: &[Line], left: usize) -> Vec<Line> {
        let mut found = Vec::new();
        for line in lines {
            if line.name() != "import" {
                let block = line.block.as_ref().map(|inner| self.spliced(reading, path, inner, left));
                found.push(Line { words: line.words.clone(), block, span: line.span });
                continue;
            }
            self.splices += 1;
            let name = line.word(1);
            if left == 0 || self.splices > MOST_SPLICES {
                self.is_open = true;
            } else if let Some(snippet) = self.snippets.get(name).cloned() {
                found.extend(self.spliced(reading, path, &snippet, left - 1));
            } else if let Some(other) = files::resolve(path, name).filter(|other| reading.workspace.exists(other)) {
                let inner = parsed(reading, &other).map(|file| file.lines).unwrap_or_default();
                found.extend(self.spliced(reading, &other, &inner, left - 1));
            } else {
                self.is_open = true;
            }
        }
        found
    }
}

fn describe(reading: &mut Reading, path: &str, global: &[Line], sites: Vec<Site>) {
    let mut gateway = reading.gateway("Caddy", path);
    let caddy = || Origin::default_of("Caddy");
    let is_off = global.iter().any(|line| line.name() == "auto_https" && line.word(1) == "off");
    let is_open = sites.iter().any(|site| site.is_open);
    gateway.knows_routes = !is_open;
    let logs = || sites.iter().flat_map(|site| &site.lines).chain(global).filter(|line| line.name() == "log");
    // Caddy writes records unless a console format is asked for.
    gateway.access_log = match logs().next() {
        Some(line) => {
            let is_text =
                logs().all(|line| line.get("format").is_some_and(|format| matches!(format.word(1), "console" | "single_field")));
            Fact::explicit(AccessLog::new(!is_text, Some(line.span)), line.span)
        }
        None if is_open => Fact::not_read("something that it imports is not in the repository", Vec::new()),
        None => Fact::Absent,
    };
    let mut listeners = Vec::new();
    let (mut routes, mut correlation) = (Vec::new(), None);
    for site in &sites {
        let (has_tls, strict) = (site.lines.iter().any(|line| line.name() == "tls"), strict_transport(site));
        for address in &site.addresses {
            listeners.extend(listener(site, address, is_off, has_tls, &strict));
        }
        routes.extend(caddy_site::routes(reading.next(), site, &mut correlation));
    }
    gateway.correlation = match correlation {
        Some(name) => Fact::Known(name, caddy()),
        None if is_open => Fact::not_read("something that it imports is not in the repository", Vec::new()),
        None => Fact::Absent,
    };
    if let Some(span) = listeners.first().map(|one: &Listener| one.span) {
        gateway.listeners = Fact::explicit(listeners, span);
    }
    reading.add(gateway, routes);
}

/// Where a site sends `Strict-Transport-Security`.
fn strict_transport(site: &Site) -> Fact<String> {
    let name = "strict-transport-security";
    let found = site.lines.iter().filter(|line| line.name() == "header").find_map(|line| {
        let inner = line.lines().iter().find(|one| one.name().eq_ignore_ascii_case(name));
        let own = line.words.iter().any(|word| word.text.eq_ignore_ascii_case(name));
        inner.map(|one| one.span).or(own.then_some(line.span))
    });
    match found {
        Some(span) => Fact::explicit("set".to_owned(), span),
        None if site.lines.iter().any(|line| line.name() == "tls" && line.word(1) == "internal") => {
            Fact::not_read("a certificate of its own is for machines of the own network", vec![site.head.span])
        }
        None if site.is_open => Fact::not_read("something that it imports is not in the repository", Vec::new()),
        None => Fact::Absent,
    }
}

/// `http://x`, `x:8080`, `:80`: a name without a scheme gets TLS from Caddy, and the redirect to it.
fn listener(site: &Site, address: &str, is_off: bool, has_tls: bool, strict: &Fact<String>) -> Option<Listener> {
    if super::is_open(address) {
        return None;
    }
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let authority = rest.split('/').next().unwrap_or("");
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, ""));
    let port: Option<u16> = port.parse().ok();
    let is_encrypted = scheme == "https" || has_tls || (scheme.is_empty() && !host.is_empty() && port != Some(80) && !is_off);
    let port = port.unwrap_or(if is_encrypted { 443 } else { 80 });
    let names = if host.is_empty() { Vec::new() } else { vec![host.to_owned()] };
    Some(Listener { names, port, is_encrypted, redirects: false, strict_transport: strict.clone(), span: site.head.span })
}
