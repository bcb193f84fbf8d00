//! A pending migration builds an index and keeps every writer waiting meanwhile.

use crate::diagnostic::{Confidence, Diagnostic};
use crate::model::schema::pending::Audience;
use crate::model::schema::{IndexDef, PendingStep};
use crate::rules::pending::careful;
use crate::rules::{Context, Rule, rule};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = rule!("migrations/non-concurrent-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut blocking: Vec<PendingStep> = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some(index) = step.new_index() else { continue };
        context.consider();
        let is_free = step.step.effects.scans.as_deref().is_some_and(<[_]>::is_empty);
        let builds = index.concurrently.is_none() && !index.only && !is_free;
        if builds && step.audience() != Audience::Nobody && !step.is_emptied() {
            blocking.push(step);
        }
    }
    // One migration that is taken apart once, but for tables of which less is known or which fewer people use.
    let mut groups: BTreeMap<(&str, bool, bool), Vec<PendingStep>> = BTreeMap::new();
    for step in blocking {
        let kind = (step.migration.path.as_str(), step.audience() == Audience::Everybody, step.is_external());
        groups.entry(kind).or_default().push(step);
    }
    groups.into_values().filter_map(|steps| report(context, &steps)).collect()
}

fn report(context: &Context, steps: &[PendingStep]) -> Option<Diagnostic> {
    let first = steps.first()?;
    let (table, tables) = (first.table(), steps.iter().map(PendingStep::table).collect::<BTreeSet<String>>());
    let others = match tables.len() - 1 {
        0 => String::new(),
        1 => " and one more table".to_owned(),
        more => format!(" and {more} more tables"),
    };
    let name = |step: &PendingStep| step.new_index().and_then(|index| index.name.as_ref()).map(|name| name.value.clone());
    let what = match (steps.len(), name(first)) {
        (1, Some(name)) => format!("building index `{name}` blocks"),
        (1, None) => "building this index blocks".to_owned(),
        (count, _) => format!("building {count} indexes blocks"),
    };
    let message = format!("{what} every write to `{table}`{others}");
    let mut diagnostic = Diagnostic::new(first.subject(None), message)
        .at(first.statement.head, "without CONCURRENTLY: SHARE lock until the index is built")
        .help(help(context, steps));
    if let Some(created) = first.before().and_then(|before| before.created) {
        diagnostic = diagnostic.context(created, "the table is created here, in an earlier migration");
    }
    for step in steps {
        diagnostic = diagnostic.evidence(step.new_index().map(keys).unwrap_or_default());
    }
    for step in &steps[1..] {
        diagnostic = diagnostic
            .occurrence(step.statement.head, name(step).unwrap_or_else(|| step.new_index().map(keys).unwrap_or_default()));
    }
    if first.is_external() {
        diagnostic = diagnostic.sure_at_most(Confidence::Medium, "the table is not created here: how it is used is not known");
    }
    Some(careful(first, first.audience(), diagnostic))
}

fn keys(index: &IndexDef) -> String {
    let keys: Vec<&str> = index.keys.iter().map(|key| key.text()).collect();
    format!("({})", keys.join(", "))
}

fn help(context: &Context, steps: &[PendingStep]) -> String {
    let Some(first) = steps.first() else { return String::new() };
    if first.before().is_some_and(|before| before.partitioned) {
        return format!(
            "CONCURRENTLY does not work on the partitioned `{}`: create the index ON ONLY it, then CONCURRENTLY on each partition, and attach those with ALTER INDEX .. ATTACH PARTITION",
            first.table()
        );
    }
    let needs_way_out = first.statement.in_transaction.known() != Some(&false);
    let place = if needs_way_out { format!(", {}", first.way_out()) } else { String::new() };
    let statements: Vec<String> = steps.iter().map(|step| concurrent(context, step)).collect();
    let each = if steps.len() > 1 { "each " } else { "" };
    format!("{each}in a migration of its own{place}:\n{}", statements.join("\n"))
}

/// The statement as it should be.
fn concurrent(context: &Context, step: &PendingStep) -> String {
    let statement = context.sources.text(step.statement.span);
    let head = context.sources.text(step.statement.head);
    let rest = statement.strip_prefix(head).unwrap_or("");
    let words: Vec<&str> = rest.split_whitespace().collect();
    format!("{head} CONCURRENTLY {};", words.join(" "))
}
