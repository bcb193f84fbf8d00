//! Operations of a document that the gateway leads nowhere, while it routes others of the same document.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::api::OperationRef;
use crate::model::links::passages::Unrouted;
use crate::rules::passages::rehearsed;
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("topology/spec-path-unrouted", check);

/// First segments that are meant for machines of the own network.
const INTERNAL: [&str; 15] = [
    "health", "healthz", "ready", "readyz", "live", "livez", "metrics", "status", "actuator", "internal", "debug", "admin",
    "ping", "version", "stats",
];

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for unrouted in context.head.unrouted() {
        context.consider();
        let lost: Vec<OperationRef> = unrouted.operations.iter().copied().filter(|one| !is_internal(*one)).collect();
        found.extend(report(&unrouted, &lost).map(|diagnostic| rehearsed(diagnostic, unrouted.gateway.profile)));
    }
    found
}

fn is_internal(operation: OperationRef<'_>) -> bool {
    let mut words = operation.path().split(['/', '-', '_', '.']).filter(|word| !word.is_empty());
    words.any(|word| INTERNAL.contains(&word.to_ascii_lowercase().as_str()))
}

fn report(unrouted: &Unrouted<'_>, lost: &[OperationRef<'_>]) -> Option<Diagnostic> {
    let first = lost.first()?;
    let message = match lost.len() {
        1 => format!("no route of `{}` leads to `{}`", unrouted.gateway.path, first.subject()),
        count => format!("no route of `{}` leads to {} of the API", unrouted.gateway.path, counted(count, "operation")),
    };
    let subject = format!("{} in {}", unrouted.document.subject(), unrouted.gateway.path);
    let mut diagnostic = Diagnostic::new(subject, message)
        .at(first.path_span(), format!("`{}` fits none of its routes", first.path()))
        .cause(unrouted.route.span, format!("`{}` leads to {}", unrouted.route.name, counted(unrouted.routed, "other operation")))
        .help(format!("a route for `{}`, or take it out of the document", first.path()))
        .join(unrouted.why)
        .joined_at(unrouted.confidence)
        .sure_at_most(Confidence::Medium, "something in front of the gateway may route it")
        .evidence("unrouted");
    // Where most of a document is not routed, the gateway is for a part of it on purpose.
    if lost.len() > unrouted.routed {
        diagnostic = diagnostic.at_most(Severity::Info, "the gateway routes the smaller part of the document");
    }
    Some(over(diagnostic, lost.iter().map(|one| (one.path_span(), one.path().to_owned()))))
}
