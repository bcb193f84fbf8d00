//! What lets a caller use the API also lets it administer the service.

use crate::diagnostic::Diagnostic;
use crate::model::api::{Access, OperationRef};
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

/// What lets a caller use the API also lets it administer the service.
pub(super) const RULE: Rule = rule!("security/shared-admin-scheme", check);

/// What one way in asks for: schemes with scopes, in order.
type Need = BTreeSet<(String, BTreeSet<String>)>;

fn needs(operation: OperationRef) -> BTreeSet<Need> {
    let one = |scopes: &[crate::source::Spanned<&str>]| scopes.iter().map(|scope| scope.value.to_owned()).collect();
    let all = operation.security().into_iter();
    all.map(|need| need.schemes.iter().map(|(name, scopes)| (name.value.to_owned(), one(scopes))).collect()).collect()
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let asked = document.own_operations().filter(|operation| operation.access() == Access::Asked);
        let (admin, others): (Vec<OperationRef>, Vec<OperationRef>) = asked.partition(|one| one.is_administration());
        admin.iter().for_each(|_| context.consider());
        let usual: BTreeSet<Need> = others.iter().flat_map(|operation| needs(*operation)).collect();
        let is_shared = |operation: &OperationRef| needs(*operation).iter().any(|need| !need.is_empty() && usual.contains(need));
        let shared: Vec<OperationRef> = admin.into_iter().filter(is_shared).collect();
        let Some(first) = shared.first() else { continue };
        let message = match shared.as_slice() {
            [one] => format!("`{}` lets in whoever may call the rest", one.subject()),
            many => format!("`{}` and {} like it let in whoever may call the rest", first.subject(), many.len() - 1),
        };
        let diagnostic = Diagnostic::new(format!("{} administration", document.subject()), message)
            .at(first.span(), "asks for the same scheme and scopes as other operations")
            .help("security:\n  - oauth: [admin]")
            .evidence("administration without a scheme of its own");
        found.push(over(diagnostic, shared.iter().map(|operation| (operation.span(), operation.subject()))));
    }
    found
}
