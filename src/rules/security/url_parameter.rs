//! A query parameter that holds an address.

use crate::diagnostic::Diagnostic;
use crate::model::api::{ParameterRef, Pin};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

/// A query parameter that holds an address.
pub(super) const RULE: Rule = rule!("security/url-parameter", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut seen: BTreeSet<Pin> = BTreeSet::new();
        let mut addresses: Vec<(ParameterRef, String)> = Vec::new();
        for operation in document.own_operations() {
            for parameter in operation.query_parameters() {
                context.consider();
                if parameter.holds_address() && seen.insert(parameter.pin()) {
                    addresses.push((parameter, operation.subject()));
                }
            }
        }
        let Some((first, subject)) = addresses.first() else { continue };
        let message = match addresses.len() {
            1 => format!("`{}` takes an address: what keeps it from being one of the inner network?", first.name()),
            many => format!("{} take addresses: what keeps them from the inner network?", counted(many, "parameter")),
        };
        let diagnostic = Diagnostic::new(format!("{} addresses", document.subject()), message)
            .at(first.span(), subject.clone())
            .help("allow only known hosts, and say so:\npattern: ^https://app\\.example\\.com/")
            .evidence("addresses in queries");
        found.push(over(diagnostic, addresses.iter().map(|(parameter, subject)| (parameter.span(), subject.clone()))));
    }
    found
}
