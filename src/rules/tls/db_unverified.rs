//! A database outside of the repository that is spoken to in the open, or without asking who it is.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::Profile;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("tls/db-unverified", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let (compared, open) = context.head.runtime.outside_databases();
    (0..compared).for_each(|_| context.consider());
    let real = open.into_iter().filter(|one| !one.use_for.is_rehearsal());
    let found = real.map(|one| {
        let message = format!("`{}` speaks to `{}` with `{}`", one.key, one.host, one.setting);
        let mut diagnostic = Diagnostic::new(format!("database {}", one.host), message)
            .at(one.span, one.means)
            .help(one.instead)
            .evidence(one.setting.to_ascii_lowercase());
        if !one.is_certain && one.use_for != Profile::Production {
            diagnostic = diagnostic.at_most(Severity::Info, "it is encrypted where the server offers it");
        }
        diagnostic
    });
    found.collect()
}
