//! A breaker that keeps requests away long after the service behind it is well again.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::timeout::shown;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};
use std::time::Duration;

pub(super) const RULE: Rule = rule!("retries/breaker-open-too-long", check);

/// A restart, a failover and most mistakes of a deployment are over by then.
const LONG: Duration = Duration::from_secs(300);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for one in context.head.runtime.open_times() {
        context.consider();
        let Some(open) = one.open.after.filter(|open| *open > LONG) else { continue };
        let message = format!("the breaker `{}` stays open for {}, however soon the service is well", one.name, shown(open));
        let key = one.key.rsplit('.').next().unwrap_or(&one.key);
        let diagnostic = Diagnostic::new(one.subject, message)
            .at(one.span, "until then every caller gets an error")
            .help(format!("{key}: 30s"))
            .evidence("open");
        found.push(rehearsed(diagnostic, one.use_for));
    }
    folded(found)
}
