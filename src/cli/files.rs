//! `files`: what was found, as what kind, by which evidence, and what was skipped and why.

use super::arguments::{FilesArguments, ListFormat};
use super::target::Target;
use super::{End, Trouble, run, terminal};
use crate::diagnostic::Unread;
use crate::discover::{Migration, MigrationSet, Transaction};
use crate::engine::Outcome;
use crate::report::json::to_text;
use crate::report::printable;
use serde_json::{Value, json};
use std::fmt::Write;

pub(super) fn run(arguments: &FilesArguments) -> Result<End, Trouble> {
    let target = Target::new(std::slice::from_ref(&arguments.path))?;
    let outcome = run::run(&target, &run::options(&arguments.reading)?)?;
    let text = match arguments.format {
        ListFormat::Text => text(&outcome),
        ListFormat::Json => to_text(&document(&outcome)),
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

fn document(outcome: &Outcome) -> Value {
    let discovery = &outcome.discovery;
    let artifact = |one: &crate::discover::Artifact| json!({"path": one.path, "kind": one.kind.name(), "evidence": one.evidence});
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
        "skipped": discovery.skipped.iter().map(skipped).collect::<Vec<_>>(),
    })
}

fn text(outcome: &Outcome) -> String {
    let discovery = &outcome.discovery;
    let mut out = String::new();
    for one in &discovery.artifacts {
        let _ = writeln!(out, "{:<9}  {}: {}", one.kind.name(), printable(&one.path), printable(&one.evidence));
    }
    for set in &discovery.migration_sets {
        let folder = if set.folder.is_empty() { "." } else { &set.folder };
        let _ = writeln!(out, "\nmigrations in {}, in this order:", printable(folder));
        for why in &set.evidence {
            let _ = writeln!(out, "  {}", printable(why));
        }
        for migration in &set.migrations {
            let (mode, why) = transaction(migration);
            let _ = writeln!(out, "  {}: {mode}, {}", printable(&migration.path), printable(why));
        }
        for step in &set.foreign_steps {
            let _ = writeln!(out, "  {}: not SQL, so what follows is known in part", printable(step));
        }
    }
    let unread = outcome.report.unread.iter().map(|one| {
        let place = one.start.map_or(String::new(), |at| format!(":{}:{}", at.position.line, at.position.column));
        (format!("{}{place}", one.path), one.reason.as_str())
    });
    section(&mut out, "unread", unread.collect());
    let skipped = discovery.skipped.iter().map(|(path, reason)| (path.clone(), reason.as_str()));
    section(&mut out, "skipped", skipped.collect());
    out
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
