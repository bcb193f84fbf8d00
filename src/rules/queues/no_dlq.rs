//! A queue whose messages, or a function whose events, are lost or tried for ever once they cannot be handled.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::runtime::application::stream::StreamConsumer;
use crate::model::runtime::function::{Delivery, Function};
use crate::model::runtime::queue::Queue;
use crate::rules::copies::rehearsed;
use crate::rules::spread::{counted, grouped, over};
use crate::rules::{Context, Rule, rule};
use std::collections::HashSet;

pub(super) const RULE: Rule = rule!("queues/no-dlq", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for delivery in runtime.deliveries().filter(|delivery| !delivery.queue.is_last_stop) {
        context.consider();
        if delivery.queue.dead_letter.known_absent() && seen.insert(delivery.queue.span) {
            found.push(rehearsed(of_queue(delivery), delivery.queue.profile));
        }
    }
    let (considered, files) = runtime.rabbit_queues_without_dead_letters();
    (0..considered).for_each(|_| context.consider());
    found.extend(files.iter().filter_map(|queues| of_definitions(queues)));
    let (considered, files) = runtime.functions_that_drop_events();
    (0..considered).for_each(|_| context.consider());
    found.extend(files.iter().filter_map(|functions| of_functions(functions)));
    let consumers = runtime.stream_consumers();
    consumers.iter().for_each(|_| context.consider());
    let dropping = consumers.into_iter().filter(|consumer| consumer.drops);
    // What one file asks of its bindings is mended in one place.
    let groups = grouped(dropping, |consumer| (consumer.span.source, consumer.use_for.is_rehearsal()));
    found.extend(groups.iter().filter_map(|consumers| of_stream(consumers)));
    found
}

fn of_stream(consumers: &[StreamConsumer]) -> Option<Diagnostic> {
    let (first, rest) = consumers.split_first()?;
    let more = if rest.is_empty() { String::new() } else { format!(" or {}", counted(rest.len(), "other")) };
    let tries = match first.tries.filter(|_| rest.iter().all(|one| one.tries == first.tries)) {
        Some(1) => "one try".to_owned(),
        Some(3) => "three tries".to_owned(),
        Some(tries) => format!("{tries} tries"),
        None => "its last try".to_owned(),
    };
    let message = format!("a message that `{}`{more} cannot handle is gone after {tries}", first.binding);
    let diagnostic = Diagnostic::new(first.subject.clone(), message)
        .at(first.span, "its queue has no queue for dead letters unless `auto-bind-dlq` asks for one")
        .help(format!("spring.cloud.stream.rabbit.bindings.{}.consumer.auto-bind-dlq: true", first.binding))
        .evidence("Spring Cloud Stream")
        .sure_at_most(Confidence::Medium, "the queue may be declared elsewhere");
    let diagnostic = over(diagnostic, rest.iter().map(|one| (one.span, one.binding.clone())));
    Some(rehearsed(diagnostic, first.use_for))
}

fn of_queue(delivery: Delivery<'_>) -> Diagnostic {
    let (queue, function) = (delivery.queue, delivery.function);
    let message = format!("a message of `{}` that cannot be handled is tried until it expires", queue.name);
    Diagnostic::new(queue.subject(), message)
        .at(queue.span, "no redrive policy: nobody counts the attempts")
        .context(delivery.span, format!("`{}` takes from it", function.name))
        .help(queue.dead_letter_setting())
        .evidence("SQS")
}

fn of_definitions(queues: &[&Queue]) -> Option<Diagnostic> {
    let (first, rest) = queues.split_first()?;
    let more = match rest.len() {
        0 => String::new(),
        1 => " and of one more queue".to_owned(),
        number => format!(" and of {number} more queues"),
    };
    let message = format!("messages of `{}`{more} are gone once they are rejected", first.name);
    let mut diagnostic = Diagnostic::new(first.subject(), message)
        .at(first.span, "no exchange for dead letters, and no policy gives one")
        .help(first.dead_letter_setting())
        .evidence("RabbitMQ")
        .sure_at_most(Confidence::Medium, "the code may keep them itself");
    for queue in rest {
        diagnostic = diagnostic.occurrence(queue.span, queue.subject());
    }
    Some(rehearsed(diagnostic, first.profile))
}

fn of_functions(functions: &[&Function]) -> Option<Diagnostic> {
    let (first, rest) = functions.split_first()?;
    let (product, span) = first.events().next()?;
    let message = format!("an event of {product} for which `{}` fails three times is gone", first.name);
    let mut diagnostic = Diagnostic::new(first.subject(), message)
        .at(first.span, "nothing says where failed events go")
        .context(span, "nobody waits for the answer")
        .help(first.on_failure_setting())
        .evidence("Lambda")
        .at_most(Severity::Info, "an alarm on errors may be enough where events can be had again");
    for function in rest {
        diagnostic = diagnostic.occurrence(function.span, function.subject());
    }
    Some(diagnostic)
}
