//! A gateway that limits the rate of operations which do not document 429.

use crate::diagnostic::Diagnostic;
use crate::model::api::OperationRef;
use crate::model::links::passages::Passage;
use crate::rules::passages::{by_place, joined, rehearsed};
use crate::rules::spread::{add, counted, grouped, over};
use crate::rules::{Context, Fold, Rule, rule};

pub(super) const RULE: Rule = rule!("rate-limit/limiter-not-in-spec", check, Some(fold));

/// What is said beside the name of an operation.
const NOTHING: &str = ": nothing for 429, `4XX` or `default`";

fn check(context: &Context) -> Vec<Diagnostic> {
    let passages = context.head.passages();
    let mut found = Vec::new();
    let limiter =
        |passage: &Passage| passage.route.limits.known()?.iter().find(|one| one.status.known() == Some(&429)).map(|one| one.span);
    for (span, group) in by_place(&passages, limiter) {
        let limited: Vec<OperationRef> = group.iter().flat_map(|passage| passage.operations()).collect();
        let Some(passage) = group.iter().find(|passage| !passage.operations().is_empty()) else { continue };
        context.consider();
        // What watches a service asks again by itself.
        let is_silent = |one: &OperationRef| one.is_known() && !one.documents_too_many_requests() && !one.is_health_like();
        let silent: Vec<OperationRef> = limited.into_iter().filter(is_silent).collect();
        let Some(first) = silent.first() else { continue };
        let message =
            format!("{} behind `{}` without the 429 that it answers", counted(silent.len(), "operation"), passage.short_name());
        let diagnostic = Diagnostic::new(format!("{} behind {}", first.document().subject(), passage.subject()), message)
            .at(first.span(), format!("{}{NOTHING}", first.subject()))
            .cause(span, "the limit")
            .help("\"429\":\n  description: Too many requests\n  headers:\n    Retry-After: { schema: { type: integer } }")
            .evidence("no 429");
        let diagnostic = over(diagnostic, silent.iter().map(|operation| (operation.span(), operation.subject())));
        found.push(rehearsed(joined(diagnostic, passage), passage.profile()));
    }
    found
}

/// Several limits before the operations of one document are documented in one go.
fn fold(_: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    let by_document = grouped(0..found.len(), |at| found.get(*at).map(|one| one.primary.span.source));
    by_document.into_iter().filter_map(|which| of_document(found, which)).collect()
}

fn of_document(found: &[&Diagnostic], which: Vec<usize>) -> Option<Fold> {
    let all: Vec<&Diagnostic> = which.iter().filter_map(|at| found.get(*at).copied()).collect();
    let (first, others) = all.split_first().filter(|(_, others)| !others.is_empty())?;
    let mut said = Diagnostic::clone(first);
    for other in others {
        let operation = other.primary.text.strip_suffix(NOTHING).unwrap_or(&other.subject);
        said = add(said, other.primary.span, operation.to_owned());
        for one in &other.occurrences {
            said = add(said, one.span, one.subject.clone());
        }
        said.causes.extend(other.causes.iter().cloned());
    }
    let operations = counted(said.occurrences.len() + 1, "operation");
    said.message = format!("{operations} behind {} limits document no `429`", all.len());
    Some(Fold { which, said })
}
