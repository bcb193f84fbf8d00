//! A field whose default in the API is another than that of its column.

use crate::diagnostic::Diagnostic;
use crate::rules::joined::{Found, by_field, once};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/default-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let fields = context.head.property_columns().into_iter();
    for field in fields.filter(|field| field.property.schema.core().default_text().is_some() && field.in_request) {
        if field.columns.is_empty() {
            continue;
        }
        context.consider();
        let Some(clash) = field.default_clash() else { continue };
        let name = field.subject();
        let short = clash.column.short_name();
        let message = format!("`{name}` is `{}` by default, column `{short}` is `{}`", clash.said, clash.held);
        let diagnostic = Diagnostic::new(&name, message)
            .at(clash.said_at, "what a client that leaves it out was told")
            .cause(clash.held_at, "what is stored where the INSERT leaves it out")
            .help(format!("default: {}", clash.held))
            .evidence(format!("{}/{}", clash.said, clash.held));
        let diagnostic = by_field(diagnostic, &field);
        found.push(Found { said: clash.said_at, column: clash.column.span, diagnostic });
    }
    once(found)
}
