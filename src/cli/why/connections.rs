//! What stands behind an operation, a service or a store: routes, services, stores and pools, each with what decided.

use super::place;
use crate::model::Model;
use crate::model::links::{Connection, ConnectionKind};
use crate::model::runtime::ServiceRef;
use crate::source::Sources;
use std::fmt::Write;

/// How far a chain is followed: operation, route, service, store.
const LONGEST: usize = 4;

/// The joins of a run, and what they are printed with.
pub(super) struct Connections<'m> {
    all: Vec<Connection>,
    sources: &'m Sources,
}

impl<'m> Connections<'m> {
    pub(super) fn new(model: &Model, sources: &'m Sources) -> Connections<'m> {
        Connections { all: model.connections(), sources }
    }

    fn line(&self, out: &mut String, depth: usize, words: &str, name: &str, one: &Connection) {
        let (indent, place) = ("  ".repeat(depth), place(self.sources, one.span));
        let _ = writeln!(out, "{indent}{words} {name} ({}, {place}): {}", one.confidence.name(), one.why);
    }

    /// What lies behind something, level by level; each thing once.
    pub(super) fn behind(&self, out: &mut String, name: &str) {
        let mut seen = vec![name.to_owned()];
        self.follow(out, name, 1, &mut seen);
    }

    fn follow(&self, out: &mut String, name: &str, depth: usize, seen: &mut Vec<String>) {
        for one in self.all.iter().filter(|one| one.from == name) {
            self.line(out, depth, one.kind.phrases().0, &one.to, one);
            if depth < LONGEST && !seen.contains(&one.to) {
                seen.push(one.to.clone());
                self.follow(out, &one.to, depth + 1, seen);
            }
        }
    }

    /// What lies behind an operation: its routes, or else what its document says, and its keys.
    pub(super) fn behind_operation(&self, out: &mut String, subject: &str, document: &str) {
        self.behind(out, subject);
        let reaches_service = self.all.iter().any(|one| one.from == subject && self.all.iter().any(|next| next.from == one.to));
        if !reaches_service && self.all.iter().any(|one| one.from == document) {
            let _ = writeln!(out, "  its document, {document},");
            self.follow(out, document, 2, &mut vec![document.to_owned()]);
        }
    }

    /// Whether something is a store, a document or a folder of SQL that is joined to something.
    fn has_place(&self, name: &str) -> bool {
        let files = [ConnectionKind::SpecificationService, ConnectionKind::SqlStore];
        self.all.iter().any(|one| one.to == name || (one.from == name && files.contains(&one.kind)))
    }

    /// What leads to something, and what lies behind it; empty where nothing does.
    pub(super) fn around(&self, name: &str) -> String {
        let mut out = String::new();
        for one in self.all.iter().filter(|one| one.to == name) {
            self.line(&mut out, 1, one.kind.phrases().1, &one.from, one);
        }
        self.behind(&mut out, name);
        out
    }
}

/// The services and stores of a name, with or without the word `service`.
pub(super) fn services(model: &Model, sources: &Sources, connections: &Connections, wanted: &str) -> String {
    let name = wanted.strip_prefix("service ").or_else(|| wanted.strip_prefix("store ")).unwrap_or(wanted).trim();
    let mut out = String::new();
    let named: Vec<ServiceRef> = model.runtime.services().filter(|service| service.name() == name).collect();
    for service in &named {
        let _ = writeln!(out, "service {name} ({}): {}", place(sources, service.span()), service.role().name());
    }
    if named.is_empty() && !connections.has_place(name) {
        return out;
    }
    if named.is_empty() {
        let _ = writeln!(out, "{name}");
    }
    let around = connections.around(name);
    out.push_str(&around);
    if !named.is_empty() && around.is_empty() {
        out.push_str("  nothing was joined to it\n");
    }
    if !named.is_empty() {
        let _ =
            writeln!(out, "  to say which files it has, in backend-lint.toml:\n    [services.{name}]\n    openapi = \"PATH\"");
    }
    out
}
