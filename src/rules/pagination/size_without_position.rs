//! A list that takes a page size and no position: what comes after the first page cannot be reached.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, OperationRef};
use crate::rules::{Context, Rule, rule};

/// A list that takes a page size and no position.
pub(super) const RULE: Rule = rule!("pagination/size-without-position", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        for operation in document.listing_operations() {
            let paging = operation.paging();
            let (Some(size), Some(list)) = (paging.page_size(), operation.list()) else { continue };
            context.consider();
            let further = paging.position.is_some() || paging.size_property.is_some() || paging.other || paging.remark.is_some();
            if further || operation.asks_for_a_window() {
                continue;
            }
            let (subject, name) = (operation.subject(), size.name);
            let mut diagnostic =
                Diagnostic::new(&subject, format!("`{subject}` takes `{name}` and no position: the rest cannot be reached"))
                    .at(operation.span(), "says how many entries, and not which ones")
                    .cause(size.span, "how many")
                    .context(list.span(), "nothing here leads on either")
                    .evidence(format!("{name} without position"));
            if let Some(position) = usual_position(document) {
                diagnostic = diagnostic.help(format!("add `{position}`, which other lists of this document take"));
            } else {
                diagnostic = diagnostic.help("- { name: cursor, in: query, schema: { type: string } }");
            }
            found.push(match stands_out(operation) {
                true => diagnostic,
                false => diagnostic.at_most(Severity::Info, "the first entries may be all that is wanted"),
            });
        }
    }
    found
}

/// The name of the position that the first list with one takes.
fn usual_position(document: DocumentRef<'_>) -> Option<&str> {
    document.listing_operations().find_map(|list| Some(list.paging().position?.name()))
}

/// Whether the entries are things of their own that can be added or deleted, and most lists of the document lead on.
fn stands_out(operation: OperationRef) -> bool {
    let others: Vec<OperationRef> = operation.document().listing_operations().filter(|one| one.paging().is_paged()).collect();
    let lead = others.iter().filter(|one| one.paging().position.is_some() || one.paging().other).count();
    let own = !operation.item_siblings().is_empty() && operation.is_growable();
    own && lead >= 3 && lead * 5 >= others.len() * 3
}
