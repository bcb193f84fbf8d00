//! A pool that is told to keep more connections than it may open.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("pools/min-exceeds-max", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for bounds in context.head.runtime.pool_bounds() {
        context.consider();
        if bounds.min <= bounds.max {
            continue;
        }
        let (least, most) = (bounds.min, bounds.max);
        let message = format!("`{}` keeps {least} connections, of which it may open {most}", bounds.name);
        let diagnostic = Diagnostic::new(bounds.subject.clone(), message)
            .at(bounds.min_span, format!("more than the {most} below which the pool has to stay"))
            .cause(bounds.max_span, format!("no more than {most}"))
            .help(format!("lower the first to {most} or less, or raise the second"))
            .evidence("min above max");
        found.push(rehearsal::lowered(diagnostic, bounds.use_for));
    }
    found
}
