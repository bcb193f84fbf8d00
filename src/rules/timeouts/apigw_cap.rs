//! A function, or an integration, that may take longer than API Gateway waits.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::runtime::function::ApiWait;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rule};
use std::time::Duration;

pub(super) const RULE: Rule = rule!("timeouts/apigw-cap", check);

/// One second more than a REST API waits is what everybody writes, and costs nobody anything.
const ROUND: Duration = Duration::from_secs(30);
/// What an integration of a REST API may ask for without a raised quota, in milliseconds.
const MOST_MILLISECONDS: u64 = 29_000;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let (considered, outlasting) = context.head.runtime.functions_that_outlast_apis(ROUND);
    (0..considered).for_each(|_| context.consider());
    found.extend(outlasting.iter().filter_map(|waits| of_functions(waits)));
    for operation in context.head.api.operations() {
        let Some(asked) = operation.extension_part("x-amazon-apigateway-integration", "timeoutInMillis") else { continue };
        context.consider();
        if asked.value.parse::<u64>().is_ok_and(|asked| asked > MOST_MILLISECONDS) {
            let seconds = Duration::from_millis(asked.value.parse().unwrap_or_default());
            let message = format!("`{}` asks API Gateway to wait {}, and it waits 29 s", operation.subject(), shown(seconds));
            found.push(
                Diagnostic::new(operation.subject(), message)
                    .at(asked.span, "refused, unless a quota of the account allows more")
                    .help("timeoutInMillis: 29000")
                    .evidence("timeoutInMillis")
                    .sure_at_most(Confidence::Medium, "a quota can raise the limit of Regional and private REST APIs"),
            );
        }
    }
    found
}

fn of_functions(waits: &[ApiWait<'_>]) -> Option<Diagnostic> {
    let (wait, rest) = waits.split_first()?;
    let function = wait.function;
    let (timeout, origin) = function.timeout.known_with_origin()?;
    let limit = timeout.after?;
    let cap = shown(wait.cap);
    let message = format!("`{}` may run for {}, and {} waits {cap} for it", function.name, shown(limit), wait.product);
    let mut diagnostic = Diagnostic::new(function.subject(), message)
        .at(origin.span().unwrap_or(function.span), format!("the client has its error after {cap}, and the function goes on"))
        .context(wait.trigger.span, "the client waits here")
        .help(function.timeout_setting(wait.cap.as_secs().saturating_sub(1)))
        .evidence(wait.product);
    for other in rest {
        diagnostic = diagnostic.occurrence(other.function.span, other.function.subject());
    }
    if wait.can_be_raised {
        let why = "a quota can raise the limit of Regional and private REST APIs";
        diagnostic = diagnostic.sure_at_most(Confidence::Medium, why);
    }
    if function.does_more_than_answer() {
        diagnostic = diagnostic.at_most(Severity::Info, "something else starts it too, which may need the time");
    }
    if function.profile.is_rehearsal() {
        diagnostic = diagnostic.at_most(Severity::Info, format!("its profile is {}", function.profile.name()));
    }
    Some(diagnostic)
}
