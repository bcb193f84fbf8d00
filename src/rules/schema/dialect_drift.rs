//! One table, stated for several dialects, that is not the same in all of them.

use crate::diagnostic::{Diagnostic, Occurrence, Severity};
use crate::model::schema::{Disagreement, Divergence, Drift, Reason, Together};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/dialect-drift", check);

/// So many differences of a table are shown; more make nobody wiser.
const SHOWN: usize = 8;

fn check(context: &Context) -> Vec<Diagnostic> {
    let schema = &context.head.schema;
    schema.tables().filter(|table| table.twins().count() > 1).for_each(|_| context.consider());
    let together = schema.dialect_drifts_together(context.sources);
    let report = |one: Together| match one {
        Together::Habit(all) => habit(&all),
        Together::Table(all) => table(all),
    };
    together.into_iter().filter_map(report).collect()
}

/// One mistake in many tables.
fn habit(all: &[Divergence]) -> Option<Diagnostic> {
    let (first, others) = all.split_first()?;
    let mut diagnostic = single(first);
    diagnostic.message = format!("{} (and {} more)", diagnostic.message, others.len());
    diagnostic.help = diagnostic.help.map(|help| format!("{help}\n-- and so on for each place named above"));
    for one in others {
        let own = single(one);
        diagnostic = diagnostic.occurrence(own.primary.span, own.subject);
    }
    Some(diagnostic)
}

/// All differences of one table between two dialects, those first that are no design.
fn table(mut all: Vec<Divergence>) -> Option<Diagnostic> {
    all.sort_by_key(|one| softened(&one.drift).is_some());
    let (first, others) = all.split_first()?;
    let mut diagnostic = single(first);
    if !others.is_empty() {
        let [one, other] = first.drift.dialects();
        diagnostic.subject = first.drift.table.subject();
        diagnostic.primary.text = phrase(&first.drift);
        diagnostic.message =
            format!("`{}` is not the same in {one} and {other}: {} differences", first.drift.table.short_name(), all.len());
    }
    for one in others.iter().take(SHOWN) {
        let place = if one.drift.what == Disagreement::MissingColumn { one.drift.there } else { one.drift.here };
        diagnostic = diagnostic.cause(place, phrase(&one.drift)).evidence(phrase(&one.drift));
    }
    for (table, span) in all.iter().flat_map(|one| &one.repeats) {
        if !diagnostic.occurrences.iter().any(|one| one.span == *span) {
            let subject = format!("{} in {}", table.subject(), table.spoken_dialect());
            diagnostic.occurrences.push(Occurrence { span: *span, subject });
        }
    }
    Some(match softened(&first.drift) {
        Some(why) => diagnostic.at_most(Severity::Info, why),
        None => diagnostic,
    })
}

/// Why a difference is no warning.
fn softened(one: &Drift) -> Option<&'static str> {
    let is_null = matches!(one.what, Disagreement::Required | Disagreement::Optional);
    match one.is_by_design() {
        _ if is_null && one.dialects().contains(&"sqlite") => {
            Some("SQLite changes that of a column only by making the table anew")
        }
        true => Some("the table is laid out differently for each dialect, which may be meant"),
        false => None,
    }
}

fn single(one: &Divergence) -> Diagnostic {
    let (drift, table) = (&one.drift, one.drift.table.short_name());
    let (here, there) = (drift.table.spoken_dialect(), drift.other.spoken_dialect());
    let name = drift.column.unwrap_or_default();
    let subject = format!("{}.{name}", drift.table.subject());
    let decide = format!("decide which of the two is meant, and let the statements for {here} and {there} both say it");
    match one.reason {
        Some(Reason::Forgotten(span)) => {
            let (what, kept, loser) = match drift.what {
                Disagreement::Optional => {
                    (format!("`{table}.{name}` lost NOT NULL in {here}, not in {there}"), drift.there, drift.table)
                }
                _ => (format!("`{table}.{name}` lost NOT NULL in {there}, not in {here}"), drift.here, drift.other),
            };
            let restored = loser.column(name).map(|column| column.modify_sql(&column.type_text(), true));
            Diagnostic::new(subject, what)
                .at(span, "this states the whole column anew: without NOT NULL it takes NULL")
                .cause(kept, "NOT NULL")
                .help(format!("where no row is NULL:\n{}", restored.unwrap_or_default()))
                .evidence(format!("{here} {there} lost NOT NULL"))
        }
        Some(Reason::MissedDrop(span, index, is_constraint)) => {
            let index_name = index.name.as_deref().unwrap_or_default();
            let what = format!("`DROP INDEX` leaves `{index_name}` in {there}: it takes `{table}` for a schema");
            Diagnostic::new(subject, what)
                .at(span, "no schema has this name, and IF EXISTS says nothing about it")
                .cause(index.span, phrase(drift))
                .help(match is_constraint {
                    true => format!("in a new migration:\nALTER TABLE {table} DROP CONSTRAINT {index_name};"),
                    false => format!("in a new migration:\nDROP INDEX {index_name};"),
                })
                .evidence(format!("{here} {there} missed drop"))
        }
        None => {
            let (label, cause) = match &drift.what {
                Disagreement::Required => ("rows that the other takes are refused here", "takes NULL"),
                Disagreement::Optional => ("rows that the other refuses are taken here", "NOT NULL"),
                Disagreement::MissingColumn => ("this table has no such column", "the other has it"),
                Disagreement::Type(..) => ("text and numbers compare and sort differently", "the other type"),
                Disagreement::NotUnique(_) => ("nothing keeps these columns unique here", "unique"),
                Disagreement::MissingTable => ("no such table", "the other has it"),
            };
            let diagnostic = Diagnostic::new(subject, phrase(drift)).at(drift.here, label).cause(drift.there, cause);
            diagnostic.help(decide).evidence(format!("{here} {there} {label}"))
        }
    }
}

/// One difference as a sentence.
fn phrase(one: &Drift) -> String {
    let (here, there) = (one.table.spoken_dialect(), one.other.spoken_dialect());
    let table = one.table.short_name();
    let name = format!("{table}.{}", one.column.unwrap_or_default());
    match &one.what {
        Disagreement::Required => format!("`{name}` is NOT NULL in {here} and takes NULL in {there}"),
        Disagreement::Optional => format!("`{name}` takes NULL in {here} and is NOT NULL in {there}"),
        Disagreement::MissingColumn => format!("`{name}` is missing in {here}"),
        Disagreement::Type(is, was) => format!("`{name}` is `{is}` in {here} and `{was}` in {there}"),
        Disagreement::NotUnique(columns) => {
            format!("`{table}({})` is unique in {there} and not in {here}", columns.join(", "))
        }
        Disagreement::MissingTable => format!("`{table}` is missing in {here}"),
    }
}
