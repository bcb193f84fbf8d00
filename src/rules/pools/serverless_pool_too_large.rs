//! A pool of several connections in something of which as many run as there are requests.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("pools/serverless-pool-too-large", check);

/// An instance handles one request at a time: one connection for it, and one for what it does beside.
const MOST: u32 = 2;

fn check(context: &Context) -> Vec<Diagnostic> {
    let (judged, found) = context.head.runtime.unpooled_over(MOST);
    (0..judged).for_each(|_| context.consider());
    let report = |(pool, size): (&crate::model::runtime::pool::Pool, u32)| {
        let message = format!("every instance may open {size} connections to `{}`, and no pooler stands between", pool.name);
        let diagnostic = Diagnostic::new(format!("{}/instances", pool.subject()), message)
            .at(
                pool.max.span().unwrap_or(pool.span),
                "an instance handles one request at a time, and there are as many as requests",
            )
            .help(format!("{MOST} at most, or a pooler (PgBouncer, RDS Proxy) in front of the server"))
            .evidence("connections of an instance");
        rehearsal::lowered(diagnostic, pool.use_for)
    };
    found.into_iter().map(report).collect()
}
