//! A secret that has a default: where nobody sets it, the known one is in force.

use super::report;
use crate::diagnostic::Diagnostic;
use crate::model::runtime::secret::Form;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("secrets/default-in-interpolation", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    (0..runtime.possible_secrets()).for_each(|_| context.consider());
    let found = runtime.credentials(Form::Fallback).filter_map(|file| {
        let label = "where the variable is missing, the service starts with what everybody can read here";
        let name = file.first().and_then(|first| first.default_of.as_deref()).unwrap_or("NAME");
        let help = match file.path.ends_with(".yml") || file.path.ends_with(".yaml") {
            true if file.path.contains("compose") => format!("no default, so that it fails: ${{{name}:?is not set}}"),
            _ => format!("no default, so that it fails: ${{{name}}}"),
        };
        report(file, |one| format!("`{}` falls back to a value that stands in the file", one.key), label, help)
    });
    found.collect()
}
