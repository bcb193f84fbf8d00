//! An object that has to hold another one of its kind, and that one another.

use crate::diagnostic::Diagnostic;
use crate::model::api::Mark;
use crate::rules::{Context, Rule, rule};

/// An object that has to hold another one of its kind, and that one another.
pub(super) const RULE: Rule = rule!("schemas/requires-itself", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        document.schemas_with(Mark::Required).for_each(|_| context.consider());
        for endless in document.endless_schemas() {
            let Some((first, rest)) = endless.properties.split_first() else { continue };
            let (name, property) = (endless.schema.name(), first.name);
            let message = match rest.len() {
                0 => format!("`{name}` requires itself as `{property}`: no finite value fits"),
                _ => format!("`{name}` requires `{property}`, which leads back to it: no finite value fits"),
            };
            let diagnostic = Diagnostic::new(endless.schema.subject(), message)
                .at(first.span, "required, and neither null nor anything else will do")
                .help(format!("leave `{property}` out of `required`, or let it be null"))
                .evidence(property);
            let onward = |all: Diagnostic, one: &crate::model::api::Property| all.cause(one.span, "requires this in turn");
            found.push(rest.iter().fold(diagnostic, onward));
        }
    }
    found
}
