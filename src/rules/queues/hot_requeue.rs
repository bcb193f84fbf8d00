//! A listener that puts a message which it cannot handle back at the head of its queue, at once and for ever.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("queues/hot-requeue", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for listener in context.head.runtime.rabbit_listeners() {
        context.consider();
        if !listener.requeues_at_once() {
            continue;
        }
        let prefix = &listener.prefix;
        let message = format!("`{prefix}` requeues a message that fails, at once and without end");
        let (span, label, is_written) = match (listener.requeue.span(), listener.retry.span()) {
            (Some(span), _) => (span, "a message that always fails comes back at once", true),
            (None, Some(span)) => {
                (span, "no tries within the process, and a failed message goes back to the queue by default", true)
            }
            (None, None) => (listener.span, "neither retries nor a rejection is set: a failed message comes back at once", false),
        };
        let mut diagnostic = Diagnostic::new(listener.subject.clone(), message)
            .at(span, label)
            .help(format!("{prefix}.retry.enabled=true\n{prefix}.default-requeue-rejected=false"))
            .evidence("requeue without end");
        if !is_written {
            diagnostic =
                diagnostic.at_most(Severity::Info, "the default of Spring; code or a delivery limit of the queue may bound it");
        } else {
            diagnostic = diagnostic.sure_at_most(Confidence::Medium, "a delivery limit of the queue may bound it");
        }
        found.push(rehearsal::lowered(diagnostic, listener.use_for));
    }
    found
}
