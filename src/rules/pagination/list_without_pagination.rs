//! A GET on a collection that answers with every entry at once.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, List, OperationRef, Version};
use crate::rules::{Context, Rule, rule};

/// A GET on a collection that answers with every entry at once.
pub(super) const RULE: Rule = rule!("pagination/list-without-pagination", check);

/// From this many lists on, a document in which hardly a list has pages gets one finding.
const HABIT: usize = 5;

/// So many lists without pages for each with them make that.
const HARDLY: usize = 4;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut growing = Vec::new();
        for operation in document.own_operations().filter(|operation| operation.is_known()) {
            let Some(list) = operation.list() else { continue };
            context.consider();
            let is_collection = !operation.item_siblings().is_empty() || list.has_objects();
            if !is_collection || list.is_bounded() || operation.paging().is_paged() {
                continue;
            }
            match reason_to_lower(operation, &list) {
                Some(why) => found.push(report(operation, &list).at_most(Severity::Info, why)),
                None => growing.push((operation, list)),
            }
        }
        match growing.as_slice() {
            [(first, list), rest @ ..] if growing.len() >= HABIT.max(document.conventions().paged_lists * HARDLY) => {
                found.push(habit(document, *first, list, rest));
            }
            _ => found.extend(growing.iter().map(|(operation, list)| report(*operation, list))),
        }
    }
    found
}

/// Why the list may be no collection or never grow long.
fn reason_to_lower(operation: OperationRef, list: &List) -> Option<&'static str> {
    if operation.item_siblings().is_empty() {
        return Some("no operation addresses a single entry, so it may be no collection");
    }
    if operation.paging().remark.is_some() {
        return Some("the service may have pages, which the document forgot to offer");
    }
    if operation.paged_successor().is_some() {
        return Some("a later version of it comes in pages");
    }
    if operation.is_deprecated() {
        return Some("the operation is deprecated");
    }
    if !operation.is_growable() && !operation.stands_out() {
        return Some("no operation of the document adds or deletes an entry");
    }
    operation.natural_bound(list)
}

fn report(operation: OperationRef, list: &List) -> Diagnostic {
    let subject = operation.subject();
    let paging = operation.paging();
    let successor = operation.paged_successor();
    let help = match successor {
        Some(_) => "mark it as deprecated, in favour of the later version:\ndeprecated: true".to_owned(),
        None => parameters_to_add(operation.document()),
    };
    let message = match paging.remark {
        Some(_) => format!("the answer of `{subject}` has pages, but no parameter asks for one"),
        None => format!("`{subject}` returns every entry at once, without pagination"),
    };
    let mut diagnostic = Diagnostic::new(&subject, message)
        .at(operation.span(), "takes neither a page size nor a position")
        .context(list.span(), "this array grows with the data")
        .help(help)
        .evidence("unpaged list");
    if let Some(remark) = paging.remark {
        diagnostic = diagnostic.context(remark.span, format!("`{}` speaks of pages", remark.name));
    }
    if let Some(paged) = successor.or_else(|| operation.paged_namesake().or_else(|| operation.paged_neighbour())) {
        diagnostic = diagnostic.context(paged.span(), format!("`{}` comes in pages", paged.subject()));
    }
    diagnostic
}

/// The document knows no pages, or hardly any: one finding, with every list that grows.
fn habit(document: DocumentRef, first: OperationRef, list: &List, rest: &[(OperationRef, List)]) -> Diagnostic {
    let paged = match document.conventions().paged_lists {
        0 => "no list here has pages",
        _ => "hardly a list here has pages",
    };
    let message = format!("`{}` and {} other lists return every entry at once: {paged}", first.subject(), rest.len());
    let mut diagnostic = Diagnostic::new(document.subject(), message)
        .at(first.span(), "takes neither a page size nor a position")
        .context(list.span(), "this array grows with the data")
        .help(parameters_to_add(document))
        .evidence("no paged list");
    for (operation, _) in rest {
        diagnostic = diagnostic.occurrence(operation.span(), operation.subject());
    }
    diagnostic
}

/// The document's own paging parameters where it has some, else a common pair.
fn parameters_to_add(document: DocumentRef) -> String {
    let asked = document.standards();
    if let (Some(size), Some(position)) = (&asked.page_size, &asked.page_position) {
        return format!("add `{size}` and `{position}`, which `[api]` asks for");
    }
    match (document.conventions().paging_parameters.as_slice(), document.version()) {
        ([], Version::V2) => "add these, and return the cursor of the next page:\n\
               - { name: limit, in: query, type: integer, minimum: 1, maximum: 100, default: 20 }\n\
               - { name: cursor, in: query, type: string }"
            .to_owned(),
        ([], _) => "add these, and return the cursor of the next page:\n\
               - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100, default: 20 } }\n\
               - { name: cursor, in: query, schema: { type: string } }"
            .to_owned(),
        ([(only, _)], _) => format!("add `{only}`, which other lists of this document take"),
        ([(first, _), (second, _), ..], _) => format!("add `{first}` and `{second}`, which other lists of this document take"),
    }
}
