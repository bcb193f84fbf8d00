//! A database outside of the repository that is spoken to encrypted, without asking who it is.

use crate::diagnostic::{Confidence, Diagnostic};
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("tls/db-identity-unchecked", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let (compared, unasked) = context.head.runtime.unasked_databases();
    (0..compared).for_each(|_| context.consider());
    let found = unasked.into_iter().map(|one| {
        let message = format!("`{}` does not ask who answers as `{}`: `{}`", one.key, one.host, one.setting);
        let mut diagnostic = Diagnostic::new(format!("database {} identity", one.host), message)
            .at(one.span, one.means)
            .help(one.instead)
            .evidence(one.setting.to_ascii_lowercase());
        if !one.knows_client {
            diagnostic =
                diagnostic.sure_at_most(Confidence::Medium, "nothing says which client reads it, and some ask all the same");
        }
        rehearsal::lowered(diagnostic, one.use_for)
    });
    found.collect()
}
