//! An outbox in which nothing helps to find what is not sent yet.

use crate::diagnostic::Diagnostic;
use crate::model::schema::Outbox;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("queues/outbox-unindexed", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut bare: BTreeMap<(usize, String), Vec<Outbox>> = BTreeMap::new();
    for outbox in context.head.schema.outboxes() {
        context.consider();
        if !outbox.has_index() {
            bare.entry(outbox.table.logical()).or_default().push(outbox);
        }
    }
    bare.into_values().filter_map(|outboxes| report(&outboxes)).collect()
}

fn report(outboxes: &[Outbox]) -> Option<Diagnostic> {
    let (first, others) = outboxes.split_first()?;
    let (table, mark) = (&first.table, &first.mark.name);
    let message = format!("nothing helps to find the rows of `{}` that are not sent", table.subject());
    let found = Diagnostic::new(table.subject(), message)
        .at(first.mark.name_span, format!("each look for unsent rows reads all that were ever sent: no index has `{mark}`"))
        .context(table.name_span, "the outbox")
        .help(first.index_help())
        .evidence(mark.clone());
    Some(others.iter().fold(found, |found, other| found.occurrence(other.table.name_span, other.table.subject())))
}
