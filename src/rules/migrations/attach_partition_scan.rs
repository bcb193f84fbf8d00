//! A pending migration attaches a table with rows as a partition, and nobody can use it while every row is checked.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather, unsure};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/attach-partition-scan", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some(child) = step.attached_partition() else { continue };
        context.consider();
        let audience = step.audience_of(&child);
        if audience == Audience::Nobody || step.scans() == Some(false) {
            continue;
        }
        let (table, part) = (step.table(), step.spoken(&child));
        let is_known = step.scans().is_some();
        let reads = if is_known { "reads" } else { "may read" };
        let check = step.sql_name(&format!("{}_bound", child.name));
        let mut diagnostic = Diagnostic::new(
            step.subject(Some(&child.name)),
            format!("attaching `{part}` {reads} all of it while nobody can use it"),
        )
        .at(step.step.op.span, "ACCESS EXCLUSIVE on the partition until every row has been checked against its bound")
        .help(format!(
            "prove the bound first, by a CHECK that also excludes NULL, and attach it in the migration after that, which then reads nothing:\nALTER TABLE {part} ADD CONSTRAINT {check} CHECK (..) NOT VALID;\n-- in the next migration:\nALTER TABLE {part} VALIDATE CONSTRAINT {check};\n-- in the one after it:\nALTER TABLE {table} ATTACH PARTITION {part} ..;\nALTER TABLE {part} DROP CONSTRAINT {check};"
        ));
        if !is_known {
            let why = "whether a CHECK of the partition proves its bound is not known";
            diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, why);
        }
        found.push((step, careful(&step, audience, diagnostic)));
    }
    gather(found)
}
