//! Operations that document 429 behind a gateway in which nothing limits the rate.

use crate::diagnostic::Diagnostic;
use crate::model::api::{OperationRef, Status};
use crate::rules::passages::{joined, rehearsed};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("rate-limit/spec-429-no-limiter", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let passages = context.head.passages();
    let mut found = Vec::new();
    // A limiter anywhere shows that the gateway is where rates are bounded; then it is not this rule's business where.
    let limits_nothing = passages.iter().all(|passage| passage.route.limits.known_absent());
    let mut by_document: BTreeMap<&str, Vec<OperationRef>> = BTreeMap::new();
    for passage in &passages {
        for operation in passage.operations() {
            by_document.entry(operation.document().path()).or_default().push(operation);
        }
    }
    for (path, operations) in by_document {
        let says = |one: &OperationRef| one.responses().iter().any(|response| response.status() == Status::Code(429));
        let limited: Vec<OperationRef> = operations.into_iter().filter(says).collect();
        let Some(first) = limited.first() else { continue };
        context.consider();
        let Some(passage) = passages.iter().find(|one| one.operations().iter().any(|own| own == first)) else { continue };
        if !limits_nothing {
            continue;
        }
        let message = format!("{} with a 429, and no limit in `{}`", counted(limited.len(), "operation"), passage.gateway.path);
        let diagnostic = Diagnostic::new(format!("{path} behind {}/limit", passage.subject()), message)
            .at(passage.route.pass_span, "nothing bounds how often these requests come")
            .cause(first.span(), format!("{} promises a limit", first.subject()))
            .help("a limiter here, or say where the limit is kept")
            .evidence("no limiter");
        let diagnostic = over(diagnostic, limited.iter().skip(1).map(|operation| (operation.span(), operation.subject())));
        found.push(rehearsed(joined(diagnostic, passage), passage.profile()));
    }
    found
}
