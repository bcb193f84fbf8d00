//! A pending migration uses an enum value in the transaction that adds it.

use crate::diagnostic::Diagnostic;
use crate::rules::pending::careful;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/enum-value-used-in-transaction", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let schema = &context.head.schema;
    schema.pending_steps().filter(|step| step.added_enum_value().is_some()).for_each(|_| context.consider());
    let mut found = Vec::new();
    for (adding, using) in schema.enum_values_used_early(context.sources) {
        let Some((type_name, label)) = adding.added_enum_value() else { continue };
        let message = format!("`{label}` of enum `{type_name}` is used before the transaction that adds it has committed");
        let mut diagnostic = Diagnostic::new(format!("enum {type_name} {label}"), message)
            .at(using.statement.head, "PostgreSQL refuses this: unsafe use of new value")
            .cause(adding.step.op.span, "added here, in the same transaction")
            .help("leave the value alone in this migration, and use it in the next");
        diagnostic.because.push(adding.transaction_reason().to_owned());
        found.push(careful(&adding, using.audience(), diagnostic));
    }
    found
}
