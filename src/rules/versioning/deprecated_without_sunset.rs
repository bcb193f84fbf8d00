//! A deprecated operation that says neither when it goes nor what comes instead.

use crate::diagnostic::Diagnostic;
use crate::model::api::OperationRef;
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};

/// A deprecated operation that says neither when it goes nor what comes instead.
pub(super) const RULE: Rule = rule!("versioning/deprecated-without-sunset", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let old: Vec<OperationRef> = document.own_operations().filter(|one| one.is_deprecated() && one.is_known()).collect();
        old.iter().for_each(|_| context.consider());
        let silent: Vec<OperationRef> = old.into_iter().filter(|operation| !operation.tells_its_end()).collect();
        let Some(first) = silent.first() else { continue };
        let message = match silent.len() {
            1 => format!("`{}` is deprecated without a date and without a successor", first.subject()),
            many => format!("{} are deprecated without a date and without a successor", counted(many, "operation")),
        };
        let diagnostic = Diagnostic::new(format!("{} deprecated", document.subject()), message)
            .at(first.span(), format!("{}: callers cannot plan", first.subject()))
            .help("description: Use `GET /v2/orders` instead; removed on 2027-06-30\nheaders:\n  Sunset: { schema: { type: string } }")
            .evidence("deprecated without an end");
        found.push(over(diagnostic, silent.iter().map(|operation| (operation.span(), operation.subject()))));
    }
    found
}
