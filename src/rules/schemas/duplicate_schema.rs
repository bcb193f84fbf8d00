//! A schema that stands under two names.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// A schema that stands under two names.
pub(super) const RULE: Rule = rule!("schemas/duplicate-schema", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        context.consider();
        for group in document.equal_schemas() {
            let Some((first, rest)) = group.split_first() else { continue };
            let Some((second, rest)) = rest.split_first() else { continue };
            let message = format!("`{}` says the same as `{}`", second.name(), first.name());
            let diagnostic = Diagnostic::new(format!("schema {}", second.name()), message)
                .at(second.span(), "the same properties once more")
                .context(first.span(), "here already")
                .help(match first.span().source == second.span().source {
                    true => format!("$ref: '#{}'", first.pointer()),
                    false => format!("refer to the file of `{}` instead", first.name()),
                });
            found.push(rest.iter().fold(diagnostic, |all, one| all.occurrence(one.span(), format!("schema {}", one.name()))));
        }
    }
    found
}
