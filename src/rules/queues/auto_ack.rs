//! A consumer whose messages are confirmed before they are handled.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("queues/auto-ack", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for listener in context.head.runtime.rabbit_listeners() {
        context.consider();
        let Some((mode, origin)) = listener.acknowledge.known_with_origin().filter(|(mode, _)| mode.eq_ignore_ascii_case("none"))
        else {
            continue;
        };
        let message = format!("`{}` confirms messages before they are handled", listener.prefix);
        let diagnostic = Diagnostic::new(listener.subject.clone(), message)
            .at(origin.span().unwrap_or(listener.span), "what is being handled when the process ends is lost")
            .help(format!("{}.acknowledge-mode=auto", listener.prefix))
            .evidence(format!("acknowledge {}", mode.to_ascii_lowercase()));
        found.push(rehearsal::lowered(diagnostic, listener.use_for));
    }
    for consumer in context.head.runtime.kafka_consumers() {
        context.consider();
        let Some(commit) = consumer.auto_commit.filter(|_| consumer.manual.is_some()) else { continue };
        let message = "`spring.kafka.consumer` commits offsets by itself, though the listener acknowledges by hand".to_owned();
        let mut diagnostic = Diagnostic::new(consumer.subject.clone(), message)
            .at(commit, "a record is committed whether or not it was acknowledged")
            .help("spring.kafka.consumer.enable-auto-commit=false")
            .evidence("enable-auto-commit with manual ack-mode");
        if let Some(manual) = consumer.manual {
            diagnostic = diagnostic.cause(manual, "the listener is told to acknowledge each record");
        }
        found.push(rehearsal::lowered(diagnostic, consumer.use_for));
    }
    found
}
