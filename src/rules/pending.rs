//! What the rules about pending migrations have in common: when they speak more softly, and what is one thing to fix.

use crate::diagnostic::{Confidence, Diagnostic, Occurrence, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;

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

/// Lowers severity and confidence for one reason.
pub(super) fn unsure(mut diagnostic: Diagnostic, severity: Severity, confidence: Confidence, why: &str) -> Diagnostic {
    diagnostic.confidence_cap = Some(diagnostic.confidence_cap.map_or(confidence, |old| old.min(confidence)));
    diagnostic.at_most(severity, why)
}

/// Makes one finding of what is one thing to fix: columns of one table in one migration, and the same migration written for
/// several dialects.
pub(super) fn gather(found: Vec<(PendingStep, Diagnostic)>) -> Vec<Diagnostic> {
    let mut groups: Vec<(PendingStep, Diagnostic, usize)> = Vec::new();
    for (step, diagnostic) in found {
        let same = groups.iter_mut().find(|(first, held, _)| {
            let caps = (held.severity_cap, held.confidence_cap) == (diagnostic.severity_cap, diagnostic.confidence_cap);
            caps && first.migration.path == step.migration.path
                && first.dialect() == step.dialect()
                && first.table() == step.table()
        });
        match same {
            Some((_, held, more)) => {
                *more += 1;
                held.occurrences.push(Occurrence { span: diagnostic.primary.span, subject: diagnostic.subject });
            }
            None => groups.push((step, diagnostic, 0)),
        }
    }
    let mut out: Vec<(PendingStep, Diagnostic)> = Vec::new();
    for (step, mut diagnostic, more) in groups {
        if more > 0 {
            diagnostic.message = format!("{} (and {more} more)", diagnostic.message);
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
