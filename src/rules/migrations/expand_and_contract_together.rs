//! One release adds a column and drops the one that it replaces.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::pending::{Audience, Replaced};
use crate::rules::pending::{careful, gather};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/expand-and-contract-together", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let schema = &context.head.schema;
    schema.pending_steps().filter(|step| step.dropped_column().is_some()).for_each(|_| context.consider());
    let replaced = schema.replaced_in_one_release(context.sources);
    gather(replaced.iter().map(|one| (one.drop, report(one))).collect())
}

fn report(one: &Replaced) -> Diagnostic {
    let table = one.drop.table();
    let (old, new) = (one.drop.sql_name(one.old), one.drop.sql_name(one.new));
    let mut diagnostic = Diagnostic::new(
        one.drop.subject(Some(one.old)),
        format!("`{table}.{new}` is added and `{old}`, which it replaces, dropped in one release"),
    )
    .at(one.drop.step.op.span, "code of the release before still reads and writes this column")
    .cause(one.add.step.op.span, "the column that takes its place")
    .help(format!(
        "release the new column first and let the code write both; drop the old one in a later release:\nALTER TABLE {table} DROP COLUMN {old};"
    ))
    .evidence(format!("replaced by {new}"));
    diagnostic = match one.copy {
        Some(copy) => diagnostic.cause(copy, "the old values are copied once: what old code writes after this is lost"),
        None => diagnostic.at_most(Severity::Warning, "only names and types say that one replaces the other"),
    };
    careful(&one.drop, Audience::Everybody, diagnostic)
}
