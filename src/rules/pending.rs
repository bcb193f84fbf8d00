//! What the rules about pending migrations have in common: when they speak more softly, and what is one thing to fix.

use crate::diagnostic::{Confidence, Diagnostic, Label, Occurrence, Severity};
use crate::model::schema::pending::Audience;
use crate::model::schema::{ColumnDef, LockMode, PendingStep};
use crate::rules::Context;
use crate::source::Span;
use std::collections::BTreeSet;

/// Lowers what fewer people feel, and what may not happen at all.
pub(super) fn careful(step: &PendingStep, audience: Audience, mut diagnostic: Diagnostic) -> Diagnostic {
    if audience == Audience::Deployment {
        diagnostic = diagnostic.at_most(Severity::Info, "another pending migration creates the table: nothing uses it yet");
    }
    if step.statement.maybe {
        diagnostic = diagnostic.sure_at_most(Confidence::Medium, "the statement stands under a condition and may not run");
    }
    diagnostic
}

/// What every finding about a table in use has in common: where the table comes from, and how sure one can be of it.
pub(super) fn on_live_table(step: &PendingStep, diagnostic: Diagnostic) -> Diagnostic {
    let mut diagnostic = match step.before().and_then(|before| before.created) {
        Some(created) => diagnostic.context(created, "the table is created here"),
        None => diagnostic,
    };
    if step.is_external() {
        diagnostic = diagnostic.sure_at_most(Confidence::Medium, "the table is not created here: how it is used is not known");
    }
    if step.may_be_there_already() {
        let why = "the column may be there already, and then nothing is done";
        diagnostic = unsure(diagnostic, Severity::Warning, Confidence::Medium, why);
    }
    careful(step, step.audience(), diagnostic)
}

/// A piece of SQL on one line.
pub(super) fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The definition of a new column without one of its constraints, on one line.
pub(super) fn column_without(context: &Context, column: &ColumnDef, part: Span) -> String {
    let before = Span { end: part.start, ..column.span };
    let after = Span { start: part.end, ..column.span };
    on_one_line(&format!("{} {}", context.sources.text(before), context.sources.text(after)))
}

/// Lowers severity and confidence for one reason.
pub(super) fn unsure(mut diagnostic: Diagnostic, severity: Severity, confidence: Confidence, why: &str) -> Diagnostic {
    diagnostic.confidence_cap = Some(diagnostic.confidence_cap.map_or(confidence, |old| old.min(confidence)));
    diagnostic.at_most(severity, why)
}

/// Makes one finding of what is one thing to fix: the same fault again and again in one migration, which is taken apart once, and
/// the same migration written for several dialects.
pub(super) fn gather(found: Vec<(PendingStep, Diagnostic)>) -> Vec<Diagnostic> {
    gather_by(found.into_iter().map(|(step, diagnostic)| (step, String::new(), diagnostic)).collect())
}

/// The same, where something else than the table of the step says what belongs together.
pub(super) fn gather_by(found: Vec<(PendingStep, String, Diagnostic)>) -> Vec<Diagnostic> {
    let mut groups: Vec<(PendingStep, String, Diagnostic, usize)> = Vec::new();
    for (step, key, diagnostic) in found {
        let same = groups.iter_mut().find(|(first, of, held, _)| {
            let caps = (held.severity_cap, held.confidence_cap) == (diagnostic.severity_cap, diagnostic.confidence_cap);
            caps && first.migration.path == step.migration.path && first.dialect() == step.dialect() && *of == key
        });
        match same {
            Some((_, _, held, more)) => {
                *more += 1;
                held.occurrences.push(Occurrence { span: diagnostic.primary.span, subject: diagnostic.subject });
            }
            None => groups.push((step, key, diagnostic, 0)),
        }
    }
    let mut out: Vec<(PendingStep, Diagnostic)> = Vec::new();
    for (step, _, mut diagnostic, more) in groups {
        if more > 0 {
            diagnostic.message = format!("{} (and {more} more)", diagnostic.message);
            // Words say it of all places at once; only a statement is one of several.
            let go_on = |help: String| match help.trim_end().ends_with(';') {
                true => format!("{help}\n-- and so on for each place named above"),
                false => help,
            };
            diagnostic.help = diagnostic.help.map(go_on);
        }
        let twin = out.iter_mut().find(|(first, held)| first.is_twin_of(&step) && held.message == diagnostic.message);
        match twin {
            Some((_, held)) => {
                let repeats = diagnostic.occurrences.into_iter();
                let own = Occurrence { span: diagnostic.primary.span, subject: diagnostic.subject };
                let new = std::iter::once(own).chain(repeats).filter(|one| one.span != held.primary.span);
                let known: Vec<_> = held.occurrences.iter().map(|one| one.span).collect();
                held.occurrences.extend(new.filter(|one| !known.contains(&one.span)));
            }
            None => out.push((step, diagnostic)),
        }
    }
    out.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

/// So many places in the application's code are shown for one name, and twice as many in all; more make nobody wiser.
const SHOWN: usize = 3;

/// Shows where the application's code may name what goes, for everything that a finding is about.
pub(super) fn with_mentions(context: &Context, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    for diagnostic in &mut found {
        let subjects: BTreeSet<&String> =
            std::iter::once(&diagnostic.subject).chain(diagnostic.occurrences.iter().map(|one| &one.subject)).collect();
        let mut labels: Vec<Label> = Vec::new();
        for subject in subjects {
            let name = subject.rsplit('.').next().unwrap_or(subject);
            for place in context.head.mentions.of(subject).iter().take(SHOWN) {
                labels.push(Label::new(*place, format!("`{name}` is named here: the application may still use it")));
            }
        }
        diagnostic.contexts.extend(labels.into_iter().take(2 * SHOWN));
    }
    found
}

/// Lowers a finding about what goes where no code names it, before the change or after it.
pub(super) fn unless_nowhere(context: &Context, subject: &str, diagnostic: Diagnostic) -> Diagnostic {
    if !context.head.mentions.is_nowhere(subject) {
        return diagnostic;
    }
    let why = "no code here names it, and none named it before this change";
    unsure(diagnostic, Severity::Info, Confidence::Low, why)
}

/// The first step of each pending migration of MySQL that waits for a metadata lock while `setting` does not bound it, by database.
/// None where it is set for every session.
pub(super) fn unlimited_in_mysql<'m>(context: &Context<'m>, setting: &str) -> Vec<Vec<PendingStep<'m>>> {
    let migrations = context.head.schema.pending_migrations().filter(|migration| migration.is_mysql());
    let firsts = migrations.inspect(|_| context.consider());
    let found = by_database(firsts.filter_map(|migration| migration.metadata_locks_without(setting).first().copied()));
    if context.head.is_set_for_all_sessions(setting) { Vec::new() } else { found }
}

fn by_database<'m>(steps: impl Iterator<Item = PendingStep<'m>>) -> Vec<Vec<PendingStep<'m>>> {
    let mut found: Vec<Vec<PendingStep>> = Vec::new();
    for first in steps {
        match found.iter_mut().find(|held| held.iter().any(|one| one.database_source() == first.database_source())) {
            Some(held) => held.push(first),
            None => found.push(vec![first]),
        }
    }
    found
}

/// The first step of each pending migration that waits for a lock of at least this mode while `setting` does not bound it, by
/// database. None where it is set for every session.
pub(super) fn unlimited<'m>(context: &Context<'m>, setting: &str, least: LockMode) -> Vec<Vec<PendingStep<'m>>> {
    let migrations = context.head.schema.pending_migrations().filter(|migration| migration.is_postgres());
    let firsts = migrations.inspect(|_| context.consider());
    let found = by_database(firsts.filter_map(|migration| migration.locks_without(setting, least).first().copied()));
    if context.head.is_set_for_all_sessions(setting) { Vec::new() } else { found }
}
