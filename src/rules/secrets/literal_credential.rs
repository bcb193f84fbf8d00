//! A secret that stands in a configuration file as it is.

use super::report;
use crate::diagnostic::Diagnostic;
use crate::model::runtime::secret::Form;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("secrets/literal-credential", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    (0..runtime.possible_secrets()).for_each(|_| context.consider());
    let found = runtime.credentials(Form::Literal).filter_map(|file| {
        let message = |key: &str| format!("the value of `{key}` stands in the file");
        let key = file.first()?.key.clone();
        let label = "everybody who can read the repository, and its history, has it";
        report(file, |one| message(&one.key), label, format!("take it from outside: ${{{}}}", variable(&key)))
    });
    found.collect()
}

/// `SPRING_DATASOURCE_PASSWORD` for `spring.datasource.password`.
fn variable(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
