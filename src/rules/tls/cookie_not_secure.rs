//! A session cookie that goes over plain HTTP, or that scripts can read.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::Profile;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("tls/cookie-not-secure", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (keyed, flag, is_on) in context.head.runtime.cookie_flags() {
        context.consider();
        if is_on {
            continue;
        }
        let message = match flag {
            "secure" => format!("`{}` lets the session cookie go over plain HTTP", keyed.key),
            _ => format!("`{}` lets scripts read the session cookie", keyed.key),
        };
        let label = "whoever has the cookie is the user";
        let mut diagnostic = Diagnostic::new(format!("{}/{}", keyed.owner, keyed.key), message)
            .at(keyed.span, label)
            .help(format!("{}=true", keyed.key))
            .evidence(flag);
        if keyed.use_for != Profile::Production {
            diagnostic = diagnostic.at_most(Severity::Info, "the file is not marked for production");
        }
        found.push(rehearsal::lowered(diagnostic, keyed.use_for));
    }
    found
}
