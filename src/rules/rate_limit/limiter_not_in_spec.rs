//! A gateway that limits the rate of operations which do not document 429.

use crate::diagnostic::Diagnostic;
use crate::model::api::OperationRef;
use crate::model::links::passages::Passage;
use crate::rules::passages::{by_place, joined, rehearsed};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("rate-limit/limiter-not-in-spec", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let passages = context.head.passages();
    let mut found = Vec::new();
    let limiter =
        |passage: &Passage| passage.route.limits.known()?.iter().find(|one| one.status.known() == Some(&429)).map(|one| one.span);
    for (span, group) in by_place(&passages, limiter) {
        let limited: Vec<OperationRef> = group.iter().flat_map(|passage| passage.operations()).collect();
        let Some(passage) = group.iter().find(|passage| !passage.operations().is_empty()) else { continue };
        context.consider();
        let silent: Vec<OperationRef> =
            limited.into_iter().filter(|one| one.is_known() && !one.documents_too_many_requests()).collect();
        let Some(first) = silent.first() else { continue };
        let message =
            format!("{} behind `{}` without the 429 that it answers", counted(silent.len(), "operation"), passage.short_name());
        let diagnostic = Diagnostic::new(format!("{} behind {}", first.document().subject(), passage.subject()), message)
            .at(first.span(), format!("{}: nothing for 429, `4XX` or `default`", first.subject()))
            .cause(span, "the limit")
            .help("\"429\":\n  description: Too many requests\n  headers:\n    Retry-After: { schema: { type: integer } }")
            .evidence("no 429");
        let diagnostic = over(diagnostic, silent.iter().map(|operation| (operation.span(), operation.subject())));
        found.push(rehearsed(joined(diagnostic, passage), passage.profile()));
    }
    found
}
