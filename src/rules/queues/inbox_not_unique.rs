//! A table of handled messages in which one message may stand twice.

use crate::diagnostic::Diagnostic;
use crate::model::schema::Inbox;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("queues/inbox-not-unique", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut open: BTreeMap<(usize, String), Vec<Inbox>> = BTreeMap::new();
    for inbox in context.head.schema.inboxes() {
        context.consider();
        if !inbox.refuses_repeats() {
            open.entry(inbox.table.logical()).or_default().push(inbox);
        }
    }
    open.into_values().filter_map(|inboxes| report(&inboxes)).collect()
}

fn report(inboxes: &[Inbox]) -> Option<Diagnostic> {
    let (first, others) = inboxes.split_first()?;
    let (table, number) = (&first.table, &first.message);
    let message = format!("nothing keeps `{}` from noting one message twice", table.subject());
    let found = Diagnostic::new(table.subject(), message)
        .at(number.name_span, "two deliveries at once both find no row, and both are handled")
        .context(table.name_span, "the table of what has been handled")
        .help(table.create_index_of(true, &number.name, &format!("({})", number.sql_name())))
        .evidence(number.name.clone());
    Some(others.iter().fold(found, |found, other| found.occurrence(other.table.name_span, other.table.subject())))
}
