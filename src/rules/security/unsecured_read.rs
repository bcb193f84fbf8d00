//! A read that nobody must log in for, as far as the document says.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{Access, Method, OperationRef};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};

/// A read that nobody must log in for, as far as the document says.
pub(super) const RULE: Rule = rule!("security/unsecured-read", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let reads = |operation: &OperationRef| {
            matches!(operation.method(), Method::Get | Method::Head | Method::Query) && !operation.is_health_like()
        };
        let judged: Vec<OperationRef> = document.own_operations().filter(reads).collect();
        judged.iter().for_each(|_| context.consider());
        let is_bare = |operation: &OperationRef| operation.access() == Access::Unstated && !operation.is_entrance();
        let bare: Vec<OperationRef> = judged.into_iter().filter(is_bare).collect();
        let Some(first) = bare.first() else { continue };
        let message = match bare.as_slice() {
            [one] => format!("`{}` asks for no login", one.subject()),
            many => format!("{} ask for no login", counted(many.len(), "read")),
        };
        let diagnostic = Diagnostic::new(document.subject(), message)
            .at(first.span(), format!("{}: neither `security` nor `security: []`", first.subject()))
            .help("security: []")
            .evidence("no security on reads");
        let is_silent = document.security_schemes().is_empty()
            && document.own_operations().all(|operation| operation.access() != Access::Asked);
        let diagnostic = over(diagnostic, bare.iter().map(|operation| (operation.span(), operation.subject())));
        found.push(match is_silent {
            true => {
                diagnostic.at_most(Severity::Info, "the document says nothing of logins at all: they may be a gateway's matter")
            }
            false => diagnostic,
        });
    }
    found
}
