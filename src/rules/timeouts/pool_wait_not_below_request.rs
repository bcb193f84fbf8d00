//! A pool that lets a request wait for a connection as long as the request may take at all.

use crate::diagnostic::{Diagnostic, Severity};
use crate::fact::Origin;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("timeouts/pool-wait-not-below-request", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for both in context.head.runtime.pool_waits() {
        context.consider();
        if both.wait < both.request {
            continue;
        }
        let (wait, request, pool) = (shown(both.wait), shown(both.request), both.pool);
        let message = format!("a request waits {wait} for a connection of `{}`, and has {request} in all", pool.name);
        let label = match &both.wait_origin {
            Origin::Default { product } => format!("nothing bounds the wait: {product} lets it last {wait}"),
            _ => format!("after {wait} nobody is there who waits for the answer"),
        };
        let mut diagnostic = Diagnostic::new(format!("{}/wait", pool.subject()), message)
            .at(both.wait_origin.span().unwrap_or(pool.span), label)
            .help(format!("let it fail early, at {} or below", shown((both.request / 5).max(std::time::Duration::from_secs(1)))))
            .join(both.why.clone())
            .evidence("wait not below request");
        if let Some(span) = both.request_span {
            diagnostic = diagnostic.cause(span, format!("`{}` ends a request after {request}", both.request_name));
        }
        if both.wait_origin.is_default() {
            diagnostic = diagnostic.at_most(Severity::Info, "the wait is a default");
        }
        found.push(rehearsal::lowered(diagnostic, pool.use_for));
    }
    found
}
