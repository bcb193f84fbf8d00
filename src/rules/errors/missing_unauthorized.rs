//! An operation that asks for a login and does not say what a caller is answered who is not let in.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{Access, OperationRef};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};

/// An operation that asks for a login and does not say what a caller is answered who is not let in.
pub(super) const RULE: Rule = rule!("errors/missing-unauthorized", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        // What documents no client errors at all is a matter of `errors/missing-client-errors`.
        let may_be_anybody = |one: &OperationRef| one.security().iter().any(|need| need.is_anonymous());
        let asked = document.own_operations().filter(|one| one.access() == Access::Asked && !may_be_anybody(one));
        let judged = asked.filter(|one| one.documents_client_errors());
        let (telling, silent): (Vec<OperationRef>, Vec<OperationRef>) = judged.partition(|one| one.documents_refusal());
        telling.iter().chain(&silent).for_each(|_| context.consider());
        let Some(first) = silent.first() else { continue };
        let message = match silent.as_slice() {
            [one] => format!("`{}` asks for a login and does not document `401`", one.subject()),
            many => format!("{} ask for a login and do not document `401`", counted(many.len(), "operation")),
        };
        let diagnostic = Diagnostic::new(format!("{} 401", document.subject()), message)
            .at(first.span(), format!("{}: other client errors, and neither 401 nor 403", first.subject()))
            .help("\"401\":\n  description: The token is missing or has ended")
            .evidence("no 401 with a login");
        let diagnostic = over(diagnostic, silent.iter().map(|operation| (operation.span(), operation.subject())));
        let stands_out = telling.len() >= 4 * silent.len();
        found.push(match stands_out {
            true => diagnostic,
            false => diagnostic.at_most(Severity::Info, "it is no custom of the document to name it"),
        });
    }
    found
}
