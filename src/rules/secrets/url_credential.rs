//! A password in an address that stands in a configuration file.

use super::{habits, report};
use crate::diagnostic::Diagnostic;
use crate::model::runtime::secret::{Form, Holder};
use crate::rules::{Context, Fold, Rule, rule};

pub(super) const RULE: Rule = rule!("secrets/url-credential", check, Some(fold));

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    (0..runtime.possible_secrets()).for_each(|_| context.consider());
    let found = runtime.credentials(Form::Address).filter_map(|file| {
        let label = "addresses end up in logs and error messages, with all that stands in them";
        let first = file.first()?;
        let help = match first.holder {
            Holder::Interpolated => "take the password from outside: scheme://user:${DB_PASSWORD}@host".to_owned(),
            Holder::Workload => {
                "take the address from a Secret: valueFrom: { secretKeyRef: { name: NAME, key: url } }".to_owned()
            }
            Holder::Appsettings => format!("\"\" here, and the value in the environment: {}", first.key.replace('.', "__")),
            _ => "no address here: a variable of the environment, or a file that is not in the repository".to_owned(),
        };
        report(file, |one| format!("the address in `{}` has its password in it", one.key), label, help)
    });
    found.collect()
}

/// Addresses with passwords in the files of many services are one habit.
fn fold(_: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    habits(found, |said, others| {
        said.message = format!("{}; so have those of {} other files", said.message, others.len());
    })
}
