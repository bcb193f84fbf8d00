//! `why`: why things were joined, and what would change that; why a rule fired, or did not.

mod connections;
mod rule;

use super::arguments::WhyArguments;
use super::target::Target;
use super::{End, Trouble, run, terminal};
use crate::engine::suggest;
use crate::model::Model;
use crate::model::api::OperationRef;
use crate::model::links::{Candidate, Decision, EntityLink, Family, OperationJoin, TableKey};
use crate::model::schema::TableRef;
use crate::report::printable;
use crate::rules;
use crate::source::{Sources, Span};
use connections::Connections;
use std::collections::BTreeSet;
use std::fmt::Write;

pub(super) fn run(arguments: &WhyArguments) -> Result<End, Trouble> {
    let target = Target::new(std::slice::from_ref(&arguments.path))?;
    let options = run::options(&arguments.reading)?;
    let wanted = arguments.target.trim();
    if let Some(text) = rule::rule(&target, &options, wanted)? {
        terminal::write(&printed(&text), false)?;
        return Ok(End::Clean);
    }
    let outcome = run::run(&target, &options)?;
    let (model, sources) = (&outcome.model, &outcome.sources);
    let connections = Connections::new(model, sources);
    let text = [
        operations(model, sources, &connections, wanted),
        objects(model, sources, wanted),
        tables(model, &connections, wanted),
        connections::services(model, sources, &connections, wanted),
    ]
    .concat();
    if text.is_empty() {
        return Err(Trouble::new(unknown(model, wanted)));
    }
    terminal::write(&printed(&text), false)?;
    Ok(End::Clean)
}

/// Names come from the repository, and what they hold must not steer the terminal.
fn printed(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", printable(line))).collect()
}

fn unknown(model: &Model, wanted: &str) -> String {
    let operations: Vec<String> = model.api.operations().map(OperationRef::subject).collect();
    let objects = model.links.entities.iter().map(|link| link.name.clone());
    let tables = model.schema.tables().map(|table| table.subject());
    let services = model.runtime.services().map(|service| service.name().to_owned());
    let rules = rules::all().map(|rule| rule.id.to_owned());
    let all: Vec<String> = operations.into_iter().chain(objects).chain(tables).chain(services).chain(rules).collect();
    let known: Vec<&str> = all.iter().map(String::as_str).collect();
    format!("no operation, object, table, service or rule is called `{wanted}`{}", suggest::hint(wanted, &known))
}

fn place(sources: &Sources, span: Span) -> String {
    format!("{}:{}", sources.path(span.source), sources.line_column(span.source, span.start).line)
}

/// The table, once where databases of other dialects hold it too.
fn names(tables: &[TableKey]) -> String {
    let mut names: Vec<String> = tables.iter().map(|key| key.name.to_string()).collect();
    names.sort();
    names.dedup();
    names.join(", ")
}

fn operations(model: &Model, sources: &Sources, connections: &Connections, wanted: &str) -> String {
    let mut out = String::new();
    let all = model.api.operations().enumerate();
    for (number, operation) in all.filter(|(_, operation)| operation.subject().eq_ignore_ascii_case(wanted)) {
        let _ = writeln!(out, "{} ({})", operation.subject(), place(sources, operation.span()));
        match model.links.joins.get(number) {
            Some(join) => operation_join(&mut out, &operation.subject(), join),
            None => out.push_str("  no table is known here\n"),
        }
        connections.behind_operation(&mut out, &operation.subject(), operation.document().path());
    }
    out
}

fn operation_join(out: &mut String, subject: &str, join: &OperationJoin) {
    let first = join.candidates.first();
    let _ = match (join.decision, first) {
        (Decision::Ahead, Some(first)) => {
            let ahead = join.candidates.get(1).map_or("nothing else speaks for another table".to_owned(), |second| {
                format!("ahead of {} by signals of more weight or of more kinds", names(&second.tables))
            });
            writeln!(out, "  is about {} ({}): {ahead}", names(&first.tables), first.confidence().name())
        }
        (Decision::Declared, Some(first)) => {
            writeln!(out, "  is about {}: [links] of the configuration says so", names(&first.tables))
        }
        (Decision::Forbidden, _) => writeln!(out, "  is joined to no table: [links] of the configuration forbids it"),
        (Decision::DeclaredUnknown, _) => {
            writeln!(out, "  is joined to no table: [links] of the configuration names one that is not known")
        }
        (Decision::Split, Some(_)) => writeln!(out, "  is joined to no table: the first two candidates have equal signals"),
        _ => writeln!(out, "  is joined to no table: nothing speaks for any"),
    };
    join.candidates.iter().for_each(|candidate| one_candidate(out, candidate));
    changes(out, subject, join);
}

fn one_candidate(out: &mut String, candidate: &Candidate) {
    let _ = writeln!(
        out,
        "  candidate {}: score {}, {} confidence",
        names(&candidate.tables),
        candidate.score(),
        candidate.confidence().name()
    );
    for signal in &candidate.signals {
        let family = match signal.family {
            Family::Name => "name",
            Family::Content => "content",
            Family::Query => "query",
        };
        let _ = writeln!(out, "    +{} {family}: {}", signal.weight, signal.words);
    }
}

/// What would change the join: lines for `backend-lint.toml`.
fn changes(out: &mut String, subject: &str, join: &OperationJoin) {
    let other = match join.decision {
        Decision::Ahead | Decision::Declared => join.candidates.get(1),
        _ => join.candidates.first(),
    };
    let table = other.and_then(|other| other.tables.first()).map_or("TABLE".to_owned(), |key| key.name.to_string());
    let _ = writeln!(out, "  to change it, in backend-lint.toml:\n    [links]\n    \"{subject}\" = \"{table}\"");
    if !matches!(join.decision, Decision::Forbidden | Decision::Nothing) {
        let _ = writeln!(out, "    \"{subject}\" = false  # joins it to no table");
    }
}

fn entity(out: &mut String, model: &Model, sources: &Sources, link: &EntityLink) {
    let at = model.api.schema(link.pin).map(|schema| place(sources, schema.span())).unwrap_or_default();
    let _ =
        writeln!(out, "{} ({at})\n  is stored in {} ({}): {}", link.name, names(&link.tables), link.confidence.name(), link.why);
}

fn objects(model: &Model, sources: &Sources, wanted: &str) -> String {
    let mut out = String::new();
    let named = model.links.entities.iter().filter(|link| link.name == wanted);
    named.for_each(|link| entity(&mut out, model, sources, link));
    out
}

/// What was joined to a table.
fn tables(model: &Model, connections: &Connections, wanted: &str) -> String {
    let mut out = String::new();
    let is_it = |key: &TableKey| key.name.name == wanted || key.name.to_string() == wanted;
    let called = |table: &TableRef<'_>| table.name.name == wanted || table.subject() == wanted;
    let found: Vec<TableRef> = model.schema.tables().filter(called).collect();
    if found.is_empty() {
        return out;
    }
    let _ = writeln!(out, "table {wanted}");
    for link in model.links.entities.iter().filter(|link| link.tables.iter().any(is_it)) {
        let _ = writeln!(out, "  stores {} ({}): {}", link.name, link.confidence.name(), link.why);
    }
    let operations: Vec<OperationRef> = model.api.operations().collect();
    for link in model.links.operations.iter().filter(|link| link.tables.iter().any(is_it)) {
        let Some(operation) = operations.get(link.operation) else { continue };
        let _ = writeln!(out, "  {} is about it ({}): {}", operation.subject(), link.confidence.name(), link.why);
    }
    if out.matches("\n  ").count() == 0 {
        out.push_str("  nothing of the API was joined to it\n");
    }
    let databases: BTreeSet<(&str, &str)> =
        found.iter().map(|table| (table.database().source.as_str(), table.dialect().name())).collect();
    for (source, dialect) in databases {
        let _ = writeln!(out, "  is stated in {source} ({dialect})");
        connections.behind(&mut out, source);
    }
    out
}
