//! A `.env` file with secrets that is part of the repository.

use super::report;
use crate::diagnostic::Diagnostic;
use crate::model::runtime::secret::Form;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("secrets/committed-env-file", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    (0..runtime.possible_secrets()).for_each(|_| context.consider());
    let found = runtime.credentials(Form::EnvFile).filter_map(|file| {
        let name = file.path.rsplit('/').next().unwrap_or("");
        let label = "what was committed once stays in the history: it has to be changed, not only removed";
        let help = format!("git rm --cached {}; add it to .gitignore; keep {name}.example without values", file.path);
        report(file, |one| format!("`{name}` is in the repository, with `{}` in it", one.key), label, help)
    });
    found.collect()
}
