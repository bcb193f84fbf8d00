//! A list that takes a cursor and never hands one out.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

/// A list that takes a cursor and never hands one out.
pub(super) const RULE: Rule = rule!("pagination/page-without-next", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for operation in context.head.api.documents().flat_map(|document| document.listing_operations()) {
        if operation.paging().position.is_none() {
            continue;
        }
        context.consider();
        let (Some(cursor), Some(list)) = (operation.cursor_from_nowhere(), operation.list()) else { continue };
        let (subject, name) = (operation.subject(), cursor.name());
        found.push(
            Diagnostic::new(&subject, format!("`{subject}` takes `{name}`, but its answer never gives one"))
                .at(operation.span(), "clients cannot ask for the second page")
                .cause(cursor.span(), "the cursor that nobody has")
                .context(list.span(), "the answer: no property and no header holds the next one")
                .help(format!("next_{name}: {{ type: string }}, beside the entries"))
                .evidence(format!("{name} without next")),
        );
    }
    found
}
