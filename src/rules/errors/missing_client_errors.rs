//! An operation that can be called wrongly and documents no answer to that.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, OperationRef};
use crate::rules::{Context, Rule, rule};

/// An operation that can be called wrongly and documents no answer to that.
pub(super) const RULE: Rule = rule!("errors/missing-client-errors", check);

/// From this many operations on it is the document's habit, and one finding.
const HABIT: usize = 5;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let judged: Vec<OperationRef> = document.own_operations().filter(|operation| operation.can_be_called_wrongly()).collect();
        judged.iter().for_each(|_| context.consider());
        let missing: Vec<OperationRef> =
            judged.iter().copied().filter(|operation| !operation.documents_client_errors()).collect();
        if missing.len() >= HABIT {
            found.extend(habit(document, &missing, judged.len()));
        } else {
            found.extend(missing.into_iter().map(exception));
        }
    }
    found
}

const HELP: &str = "add the answer to a bad request, or one for all errors:\n\"400\":\n  description: The request is not valid";

fn habit(document: DocumentRef, missing: &[OperationRef], judged: usize) -> Option<Diagnostic> {
    let [first, rest @ ..] = missing else { return None };
    let mostly = missing.len() * 3 >= judged;
    let message = match missing.len() {
        all if all == judged => format!("no `4xx` and no `default` response in any of {judged} operations"),
        some => format!("no `4xx` and no `default` response in {some} of {judged} operations"),
    };
    // Where it is the rule rather than the exception, the whole document is the place, and every operation an occurrence.
    let whole = document.paths_span().filter(|_| mostly);
    let (place, text, rest) = match whole {
        Some(paths) => (paths, "what a wrong request is answered with is not documented".to_owned(), missing),
        None => (first.span(), format!("`{}` does not say what a wrong request is answered with", first.subject()), rest),
    };
    let mut diagnostic =
        Diagnostic::new(document.subject(), message).at(place, text).help(HELP).evidence("no client errors in many operations");
    for operation in rest {
        diagnostic = diagnostic.occurrence(operation.span(), operation.subject());
    }
    Some(if whole.is_some() { diagnostic.standing_for_all() } else { diagnostic })
}

fn exception(operation: OperationRef) -> Diagnostic {
    let subject = operation.subject();
    Diagnostic::new(&subject, format!("`{subject}` does not document what a wrong request is answered with"))
        .at(operation.span(), "neither 4xx nor `default` among its responses")
        .help(HELP)
        .evidence("no client errors")
}
