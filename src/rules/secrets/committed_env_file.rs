//! A `.env` file with secrets that is part of the repository.

use super::{habits, report};
use crate::diagnostic::Diagnostic;
use crate::model::runtime::secret::Form;
use crate::rules::{Context, Fold, Rule, rule};

pub(super) const RULE: Rule = rule!("secrets/committed-env-file", check, Some(fold));

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    (0..runtime.possible_secrets()).for_each(|_| context.consider());
    let found = runtime.credentials(Form::EnvFile).filter_map(|file| {
        let name = file.path.rsplit('/').next().unwrap_or("");
        let label = "what was committed once stays in the history: it has to be changed, not only removed";
        let help = match is_copy(name) {
            true => format!("git rm --cached {}; add it to .gitignore", file.path),
            false => format!("git rm --cached {}; add it to .gitignore; keep {name}.example without values", file.path),
        };
        report(file, |one| format!("`{name}` is in the repository, with `{}` in it", one.key), label, help)
    });
    found.collect()
}

/// Whether a file is there in case another one is lost.
fn is_copy(name: &str) -> bool {
    name.split(['.', '-', '_']).any(|word| matches!(word, "bak" | "backup" | "old" | "orig" | "save"))
}

/// Files of variables in many folders are one habit: a line of `.gitignore` ends it.
fn fold(_: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    habits(found, |said, others| {
        said.message = format!("{}; so are {} other such files", said.message, others.len());
        let path = |one: &Diagnostic| one.subject.strip_prefix("secrets ").unwrap_or_default().to_owned();
        let mut paths = vec![path(said)];
        paths.extend(others.iter().map(|other| path(other)));
        said.help = Some(format!("git rm --cached {}; add them to .gitignore", paths.join(" ")));
    })
}
