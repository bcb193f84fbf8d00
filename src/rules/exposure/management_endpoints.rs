//! Management endpoints that show the inside of an application on the port that everybody reaches.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("exposure/management-endpoints", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for exposed in context.head.runtime.management_endpoints() {
        context.consider();
        if exposed.own_port || exposed.endpoints.is_empty() {
            continue;
        }
        let what = exposed.endpoints.join("`, `");
        let message = match exposed.is_everything {
            true => "`*` exposes every management endpoint on the application's own port".to_owned(),
            false => format!("`{what}` is exposed on the application's own port"),
        };
        let mut diagnostic = Diagnostic::new(exposed.subject.clone(), message)
            .at(exposed.span, "`env` and `heapdump` hand out secrets and memory")
            .help("management.endpoints.web.exposure.include=health,info,prometheus\nmanagement.server.port=9001")
            .evidence(what);
        match exposed.gateway {
            Some((span, name)) => diagnostic = diagnostic.cause(span, format!("`{name}` passes requests for them on")),
            None => {
                diagnostic = diagnostic.at_most(Severity::Info, "no gateway in the repository is seen to pass such requests on")
            }
        }
        found.push(rehearsal::lowered(diagnostic, exposed.use_for));
    }
    found
}
