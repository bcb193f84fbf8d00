//! Statements that need one connection for longer than the pooler lends it.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("pools/transaction-mode-session-feature", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let (compared, preparing) = runtime.preparing_clients();
    (0..compared).for_each(|_| context.consider());
    let mut found: Vec<Diagnostic> = Vec::new();
    for client in preparing {
        let name = client.service.name();
        let message = format!("`{}` leads to a pooler that keeps no prepared statements, and Prisma makes them", client.key);
        let diagnostic = Diagnostic::new(format!("{}/{}", client.service.subject(), client.key), message)
            .at(client.span, format!("no `pgbouncer=true`: `{name}` fails with \"prepared statement already exists\""))
            .cause(client.why_span, format!("the pooler lends by transaction; {}", client.why))
            .help("add to the URL: pgbouncer=true")
            .join(format!("`{}` reads `{}`", client.schema, client.key))
            .evidence("prepared statements");
        found.push(rehearsal::lowered(diagnostic, client.service.profile()));
    }
    let Some((pooler, statements, past)) = runtime.session_statements() else { return found };
    context.consider();
    let mode = pooler.pooler.get("pool_mode");
    for statement in statements {
        context.consider();
        let (what, name) = (statement.what, &pooler.pooler.name);
        let message = format!("{what} needs one connection, `{name}` takes it away after each transaction");
        let mut diagnostic = Diagnostic::new(format!("{what} in {}", statement.path), message)
            .at(statement.span, "its effect is lost, or hits the next client of that connection")
            .help("do it on a connection past the pooler, or in the form that ends with the transaction (SET LOCAL, pg_advisory_xact_lock)")
            .join(format!("`{name}` is the only pooler in front of the database"))
            .evidence(what)
            .joined_at(Confidence::Medium);
        if let Some(span) = mode.span() {
            diagnostic = diagnostic.cause(span, "connections are lent by transaction");
        }
        if past {
            diagnostic = diagnostic.at_most(Severity::Info, "another URL goes past the pooler; this may be for that one");
        }
        found.push(rehearsal::lowered(diagnostic, pooler.pooler.use_for));
    }
    found
}
