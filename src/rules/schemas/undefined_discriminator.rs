//! A discriminator that goes by a property which is not there.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// A discriminator that goes by a property which is not there.
pub(super) const RULE: Rule = rule!("schemas/undefined-discriminator", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        for part in document.discriminated() {
            context.consider();
            let Some(blind) = part.discriminator_blind() else { continue };
            let (property, name) = (blind.property.value, part.name());
            let message = match (blind.is_optional, blind.form) {
                (true, _) => format!("the discriminator `{property}` of `{name}` may be left out"),
                (_, Some((Some(form), _))) => format!("`{form}`, a form of `{name}`, has no property `{property}` to tell it by"),
                (_, Some((None, _))) => format!("a form of `{name}` has no property `{property}` to tell it by"),
                (_, None) => format!("`{name}` has no property `{property}`, the discriminator"),
            };
            let diagnostic = Diagnostic::new(part.subject(), message).at(blind.property.span, "the discriminator");
            let diagnostic = match blind.form {
                Some((_, span)) => diagnostic.cause(span, "the form that lacks it"),
                None => diagnostic,
            };
            let help = match blind.is_optional {
                true => format!("required: [{property}]"),
                false => format!("{property}: {{ type: string }}"),
            };
            found.push(diagnostic.help(help).evidence(property));
        }
    }
    found
}
