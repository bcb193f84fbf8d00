//! Every request is traced.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("observability/full-sampling", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (keyed, share) in context.head.runtime.trace_shares() {
        context.consider();
        if share < 1.0 {
            continue;
        }
        let message = format!("`{}` keeps the trace of every request", keyed.key);
        let diagnostic = Diagnostic::new(format!("{}/{}", keyed.owner, keyed.key), message)
            .at(keyed.span, "the bill and the collector grow with the load, when both matter most")
            .help("0.1 or less, and the decision of the caller kept (parentbased_traceidratio)")
            .evidence("every trace");
        found.push(rehearsal::lowered(diagnostic, keyed.use_for));
    }
    found
}
