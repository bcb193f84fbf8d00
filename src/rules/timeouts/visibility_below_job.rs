//! A queue that shows a message again while the function that took it may still work.

use crate::diagnostic::{Diagnostic, Severity};
use crate::fact::Origin;
use crate::model::runtime::broker::ShortDelivery;
use crate::model::runtime::celery::EarlyReturn;
use crate::model::runtime::function::Delivery;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("timeouts/visibility-below-job", check);

/// How many runs Lambda asks a message to stay hidden for.
const RUNS: u32 = 6;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for delivery in context.head.runtime.deliveries() {
        context.consider();
        found.extend(report(delivery));
    }
    for delivery in context.head.runtime.broker_deliveries() {
        context.consider();
        if delivery.waits <= delivery.job && !delivery.waits.is_zero() {
            found.push(rehearsal::lowered(of_broker(&delivery), delivery.worker.profile()));
        }
    }
    let (considered, early) = context.head.runtime.early_returns();
    (0..considered).for_each(|_| context.consider());
    found.extend(early.iter().map(|one| rehearsal::lowered(of_celery(one), one.use_for)));
    found
}

/// What Celery confirms only when it is done comes back to the queue when the broker has waited long enough.
fn of_celery(one: &EarlyReturn) -> Diagnostic {
    let (waits, task) = (shown(one.waits), shown(one.task));
    let message = format!("a task goes to another worker after {waits}, while `{}` may work on it for {task}", one.name);
    let label = match one.waits_span {
        Some(_) => "both of them then do it, and what is not idempotent happens twice".to_owned(),
        None => format!("`{}` is not set: the broker waits {waits} by default", one.waits_setting),
    };
    let subject = format!("tasks of {}/{}", one.name, one.waits_setting);
    let diagnostic = Diagnostic::new(subject, message)
        .at(one.waits_span.unwrap_or(one.task_span), label)
        .cause(one.late_span, "a task is confirmed when it is done")
        .help(one.instead.clone())
        .evidence("late")
        .at_most(Severity::Warning, "a task may end sooner than its limit");
    match one.waits_span {
        Some(_) => diagnostic.cause(one.task_span, format!("one task may take {task}")),
        None => diagnostic,
    }
}

/// RabbitMQ closes the channel of a consumer that takes longer, and gives the message to another one.
fn of_broker(delivery: &ShortDelivery<'_>) -> Diagnostic {
    let (broker, worker) = (&delivery.broker.name, delivery.worker.name());
    let (waits, job) = (shown(delivery.waits), shown(delivery.job));
    let enough = (delivery.job + delivery.job / 10).as_millis();
    let message = format!("`{broker}` gives a message to another after {waits}, while `{worker}` may work on it for {job}");
    Diagnostic::new(delivery.broker.subject(), message)
        .at(delivery.span, "the channel of a consumer that has not confirmed by then is closed")
        .cause(delivery.job_span, format!("`{}` lets one job take {job}", delivery.setting))
        .help(format!("consumer_timeout = {enough}"))
        .evidence(worker.to_owned())
        .at_most(Severity::Warning, "a worker that confirms before it works is not concerned")
}

fn report(delivery: Delivery<'_>) -> Option<Diagnostic> {
    let (queue, function) = (delivery.queue, delivery.function);
    let (hidden, hidden_origin) = queue.visibility.known_with_origin()?;
    let (works, works_origin) = function.timeout.known_with_origin()?;
    let (hidden, works) = (hidden.after?, works.after?);
    let enough = works.checked_mul(RUNS)?;
    let nobody_wrote = hidden_origin.is_default() && works_origin.is_default();
    if hidden >= enough || (nobody_wrote && hidden >= works) {
        return None;
    }
    let (name, worker) = (&queue.name, &function.name);
    let is_refused = hidden < works;
    let message = if is_refused {
        format!("`{name}` shows a message again after {}, while `{worker}` may work on it for {}", shown(hidden), shown(works))
    } else {
        format!("`{name}` hides a message for {}, less than six runs of `{worker}` ({} each)", shown(hidden), shown(works))
    };
    let at = match (hidden_origin.span(), is_refused) {
        (Some(span), true) => (span, "Lambda refuses to take from this queue".to_owned()),
        (Some(span), false) => (span, "a batch that has to wait its turn comes again while it is handled".to_owned()),
        (None, _) => (queue.span, format!("no visibility timeout: SQS hides a message for {}", shown(hidden))),
    };
    let limit = match works_origin {
        Origin::Default { product } => (delivery.span, format!("one run may take {} ({product} default)", shown(works))),
        origin => (origin.span().unwrap_or(function.span), format!("one run may take {}", shown(works))),
    };
    let mut diagnostic = Diagnostic::new(queue.subject(), message)
        .at(at.0, at.1)
        .cause(limit.0, limit.1)
        .help(queue.visibility_setting(enough.as_secs()))
        .evidence(worker.clone());
    if !is_refused {
        diagnostic = diagnostic.at_most(Severity::Info, "it works as long as Lambda is not throttled");
    }
    for origin in [hidden_origin, works_origin] {
        match origin {
            Origin::Default { product } => {
                diagnostic = diagnostic.at_most(Severity::Warning, format!("one side is the default of {product}"));
            }
            Origin::Inherited(_) => diagnostic = diagnostic.at_most(Severity::Warning, "a deployment may give another value"),
            _ => {}
        }
    }
    if queue.profile.is_rehearsal() {
        diagnostic = diagnostic.at_most(Severity::Info, format!("its profile is {}", queue.profile.name()));
    }
    Some(diagnostic)
}
