//! Operations that take an idempotency key which nothing here can keep.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule, spread};

pub(super) const RULE: Rule = rule!("idempotency/key-without-storage", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let keyed = context.head.keyed();
    keyed.iter().for_each(|_| context.consider());
    if !context.head.keeps_no_keys().known_absent() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (document, operations) in keyed {
        let Some((first, key)) = operations.first() else { continue };
        let name = key.parameter.name();
        let message = match operations.len() {
            1 => format!("`{}` takes `{name}`, and no table or cache keeps it", first.subject()),
            many => format!("{many} operations take `{name}`, and no table or cache keeps it"),
        };
        let diagnostic = Diagnostic::new(document.subject(), message)
            .at(key.parameter.span(), "a repeated request is not recognised: it is done twice")
            .context(first.span(), "for example here")
            .help(
                "CREATE TABLE idempotency_keys (\n  key text PRIMARY KEY,\n  request_hash text NOT NULL,\n  response jsonb,\n  created_at timestamptz NOT NULL DEFAULT now()\n);",
            )
            .evidence("not kept");
        found.push(spread::over(diagnostic, operations.iter().map(|(operation, _)| (operation.span(), operation.subject()))));
    }
    found
}
