//! Services of their own that share one database.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("topology/shared-database", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    runtime.pools().for_each(|_| context.consider());
    let found = runtime.shared_databases().into_iter().filter_map(|(database, users)| {
        let ((first, span), rest) = users.split_first()?;
        let names: Vec<String> = users.iter().map(|(service, _)| format!("`{}`", service.name())).collect();
        let shown = match names.len() {
            2 => names.join(" and "),
            count => format!("{} and {} more", names.first()?, count - 1),
        };
        let mut diagnostic =
            Diagnostic::new(format!("database {database}"), format!("{shown} use the same database, `{database}`"))
                .at(*span, format!("`{}` reads and writes it", first.name()))
                .help("a schema and a role for each service, and an API where one needs the other's data")
                .evidence("shared database");
        for (service, span) in rest {
            diagnostic = diagnostic.cause(*span, format!("so does `{}`, which is built from another folder", service.name()));
        }
        Some(rehearsal::lowered(diagnostic, first.profile()))
    });
    found.collect()
}
