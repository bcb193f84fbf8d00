//! A pending migration builds an index of a kind for which MySQL keeps every writer waiting.

use crate::diagnostic::Diagnostic;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/mysql-blocking-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(|step| step.is_mysql() && step.new_index().is_some()) {
        context.consider();
        let Some(kind) = step.blocking_index() else { continue };
        if step.audience() == Audience::Nobody || step.is_emptied() {
            continue;
        }
        let table = step.table();
        let diagnostic = Diagnostic::new(step.subject(None), format!("building a {kind} index blocks every write to `{table}`"))
            .at(step.step.op.span, "MySQL builds all other indexes while writes go on, and not this kind")
            .help("with gh-ost or pt-online-schema-change, or while nobody writes")
            .evidence(kind);
        found.push((step, careful(&step, step.audience(), diagnostic)));
    }
    gather(found)
}
