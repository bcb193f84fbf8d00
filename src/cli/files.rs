//! `files`: what was found, as what kind, by which evidence, and what was skipped and why.

use super::arguments::{FilesArguments, ListFormat};
use super::target::Target;
use super::{End, Trouble, run, terminal};
use crate::diagnostic::Unread;
use crate::discover::generated::{Generated, LOOKED_AT};
use crate::discover::{Artifact, Discovery, Kind, Migration, MigrationSet, Transaction, code};
use crate::engine::Outcome;
use crate::model::boundaries::Boundary;
use crate::report::json::to_text;
use crate::report::printable;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

pub(super) fn run(arguments: &FilesArguments) -> Result<End, Trouble> {
    let target = Target::new(std::slice::from_ref(&arguments.path))?;
    let outcome = run::run(&target, &run::options(&arguments.reading)?)?;
    let text = match arguments.format {
        ListFormat::Text => text(&outcome, &generated(&outcome, &target.root)),
        ListFormat::Json => to_text(&document(&outcome, &generated(&outcome, &target.root))),
    };
    terminal::write(&text, false)?;
    let nothing = outcome.discovery.artifacts.is_empty() && outcome.report.unread.is_empty();
    Ok(if nothing { End::Nothing(run::nothing_found(&target)) } else { End::Clean })
}

/// How a migration runs, in one word, and why we think so.
fn transaction(migration: &Migration) -> (&'static str, &str) {
    match &migration.transaction {
        Transaction::Wrapped(why) => ("wrapped", why),
        Transaction::Unwrapped(why) => ("unwrapped", why),
        Transaction::Implicit(why) => ("implicit", why),
        Transaction::Unknown(why) => ("unknown", why),
    }
}

fn document(outcome: &Outcome, made: &HashMap<&str, Generated>) -> Value {
    let discovery = &outcome.discovery;
    let artifact = |one: &crate::discover::Artifact| {
        let made =
            made.get(one.path.as_str()).map(|made| json!({"by": made.by, "source": made.source, "evidence": made.evidence}));
        json!({"path": one.path, "kind": one.kind.name(), "evidence": one.evidence, "generated": made})
    };
    let migration = |one: &Migration| {
        let (mode, why) = transaction(one);
        json!({"path": one.path, "down": one.down, "version": one.version, "transaction": {"mode": mode, "why": why}})
    };
    let set = |one: &MigrationSet| {
        json!({
            "folder": one.folder,
            "tool": one.tool,
            "dialect": one.dialect.name(),
            "evidence": one.evidence,
            "migrations": one.migrations.iter().map(migration).collect::<Vec<_>>(),
            "foreign_steps": one.foreign_steps,
        })
    };
    let unread = |one: &Unread| match one.start {
        None => json!({"path": one.path, "reason": one.reason}),
        Some(at) => {
            let start = json!({"line": at.position.line, "column": at.position.column, "offset": at.offset});
            json!({"path": one.path, "reason": one.reason, "start": start})
        }
    };
    let skipped = |(path, reason): &(String, String)| json!({"path": path, "reason": reason});
    json!({
        "schema": 1,
        "artifacts": discovery.artifacts.iter().map(artifact).collect::<Vec<_>>(),
        "migration_sets": discovery.migration_sets.iter().map(set).collect::<Vec<_>>(),
        "unread": outcome.report.unread.iter().map(unread).collect::<Vec<_>>(),
        "services": outcome.model.boundaries.to_json(),
        "skipped": discovery.skipped.iter().map(skipped).collect::<Vec<_>>(),
        "twins": outcome.model.api.twins().iter().map(|one| json!({"path": one.path, "of": one.of})).collect::<Vec<_>>(),
    })
}

fn text(outcome: &Outcome, made: &HashMap<&str, Generated>) -> String {
    let discovery = &outcome.discovery;
    let mut out = String::new();
    for (path, one) in folded(discovery) {
        let reached = outcome.model.api.documents().find(|document| document.path() == one.path).map_or(0, |one| one.files());
        let with = if reached > 0 { format!(", and {reached} files by reference") } else { String::new() };
        let made = made.get(one.path.as_str()).map_or(String::new(), |made| format!("; generated: {}", made.evidence));
        let evidence = format!("{}{with}{made}", one.evidence);
        let _ = writeln!(out, "{:<9}  {}: {}", one.kind.name(), printable(&path), printable(&evidence));
    }
    for set in &discovery.migration_sets {
        let folder = if set.folder.is_empty() { "." } else { &set.folder };
        let _ = writeln!(out, "\nmigrations in {}, in this order:", printable(folder));
        for why in &set.evidence {
            let _ = writeln!(out, "  {}", printable(why));
        }
        let is_code = code::is_code(set);
        for alike in set.migrations.chunk_by(|a, b| is_code && transaction(a) == transaction(b)) {
            let (Some(first), Some(last)) = (alike.first(), alike.last()) else { continue };
            let (mode, why) = transaction(first);
            let paths = match alike.len() {
                1 => first.path.clone(),
                count => format!("{} to {} ({count} files)", first.path, file_name(&last.path)),
            };
            let _ = writeln!(out, "  {}: {mode}, {}", printable(&paths), printable(why));
        }
        for step in &set.foreign_steps {
            let _ = writeln!(out, "  {}: not SQL, so what follows is known in part", printable(step));
        }
    }
    let services: Vec<_> = outcome.model.boundaries.iter().map(|one| (one.name.clone(), described(one))).collect();
    section(&mut out, "services", services.iter().map(|(name, text)| (name.clone(), text.as_str())).collect());
    let unread = outcome.report.unread.iter().map(|one| {
        let place = one.start.map_or(String::new(), |at| format!(":{}:{}", at.position.line, at.position.column));
        (format!("{}{place}", one.path), one.reason.as_str())
    });
    section(&mut out, "unread", unread.collect());
    let twins: Vec<(String, String)> =
        outcome.model.api.twins().iter().map(|one| (one.path.clone(), format!("the API of {}, judged there", one.of))).collect();
    section(&mut out, "written twice", twins.iter().map(|(path, reason)| (path.clone(), reason.as_str())).collect());
    let skipped = discovery.skipped.iter().map(|(path, reason)| (path.clone(), reason.as_str()));
    section(&mut out, "skipped", skipped.collect());
    out
}

/// What was found, with the migrations in code of one folder on one line: they are many, and nobody looks for a single one.
fn folded(discovery: &Discovery) -> Vec<(String, &Artifact)> {
    let folder = |one: &Artifact| one.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let is_code = |one: &Artifact| {
        let of = |set: &MigrationSet| code::is_code(set) && set.migrations.iter().any(|migration| migration.path == one.path);
        one.kind == Kind::Migration && discovery.migration_sets.iter().any(of)
    };
    let mut lines: Vec<(String, &Artifact, usize)> = Vec::new();
    for one in &discovery.artifacts {
        match lines.last_mut() {
            Some((_, first, count)) if first.evidence == one.evidence && folder(first) == folder(one) && is_code(one) => {
                *count += 1
            }
            _ => lines.push((one.path.clone(), one, 1)),
        }
    }
    let line = |(path, one, count): (String, &'_ Artifact, usize)| match count {
        1 => path,
        _ => format!("{}/ ({count} files)", folder(one)),
    };
    lines.into_iter().map(|(path, one, count)| (line((path, one, count)), one)).collect()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What something else wrote, by path, as its text and `.gitattributes` say. A migration that a tool wrote is people's from then on.
fn generated<'o>(outcome: &'o Outcome, root: &Path) -> HashMap<&'o str, Generated> {
    let sources = outcome.sources.iter();
    let texts: HashMap<&str, &str> = sources.map(|(_, source)| (&*source.path, source.head(LOOKED_AT))).collect();
    let judged = outcome.discovery.artifacts.iter().filter(|one| one.kind != Kind::Migration);
    let made = judged.filter_map(|one| {
        let text = texts.get(one.path.as_str())?;
        Some((one.path.as_str(), outcome.discovery.generated(&one.path, text, |path| root.join(path).is_file())?))
    });
    made.collect()
}

/// What a service has, and why it is one: `services/orders (1 openapi, 12 migration): a folder of its own in services/`.
fn described(one: &Boundary) -> String {
    let artifacts: Vec<String> = one.artifacts.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
    let has = if artifacts.is_empty() { String::new() } else { format!(" ({})", artifacts.join(", ")) };
    format!("{}{has}: {}", one.paths.join(", "), one.evidence)
}

fn section(out: &mut String, name: &str, lines: Vec<(String, &str)>) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{name}:");
    for (path, reason) in lines {
        let _ = writeln!(out, "  {}: {}", printable(&path), printable(reason));
    }
}
