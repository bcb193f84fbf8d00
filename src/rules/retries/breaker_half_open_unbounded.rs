//! A circuit breaker that may wait for ever for its own probes.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("retries/breaker-half-open-unbounded", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let (considered, breakers) = context.head.runtime.breakers();
    (0..considered).for_each(|_| context.consider());
    let found = breakers.into_iter().map(|breaker| {
        let name = &breaker.name;
        let label = match breaker.zero {
            Some(_) => "0 means: until every one of its calls has ended",
            None => "no `max-wait-duration-in-half-open-state`: until every one of its calls has ended (Resilience4j default)",
        };
        let diagnostic = Diagnostic::new(
            format!("breaker {name}"),
            format!("the breaker `{name}` stays half-open for as long as its calls hang"),
        )
        .at(breaker.zero.unwrap_or(breaker.span), label)
        .help("max-wait-duration-in-half-open-state: 10s")
        .evidence("half-open");
        rehearsal::lowered(diagnostic, breaker.use_for)
    });
    found.collect()
}
