//! Paging parameters of a type that they cannot have, or without which there is no first page.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{Method, OperationRef, Paging, PagingKind, ParameterRef, SchemaRef};
use crate::rules::{Context, Rule, rule, spread};

/// Paging parameters of a wrong type, or required where they cannot be.
pub(super) const RULE: Rule = rule!("pagination/malformed-parameter", check);

/// What is wrong with a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Text,
    RequiredCursor,
    Required,
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<(String, ParameterRef, Fault, Diagnostic)> = Vec::new();
    for operation in context.head.api.operations().filter(|one| one.method() == Method::Get && one.is_known()) {
        let paging = operation.paging();
        for parameter in [paging.size, paging.position].into_iter().flatten() {
            context.consider();
            let Some(fault) = fault(operation, &paging, parameter) else { continue };
            let document = operation.document().path();
            let same = |known: &&mut (String, ParameterRef, Fault, Diagnostic)| {
                let one = known.1.pin() == parameter.pin() || !known.1.is_shared() && !parameter.is_shared();
                known.0 == document && known.1.name() == parameter.name() && known.2 == fault && one
            };
            match found.iter_mut().find(same) {
                Some((_, known, _, diagnostic)) => {
                    let place = if known.is_shared() { operation.span() } else { parameter.span() };
                    *diagnostic = spread::add(diagnostic.clone(), place, operation.subject());
                }
                None => found.push((document.to_owned(), parameter, fault, report(operation, parameter, fault))),
            }
        }
    }
    found.into_iter().map(|(_, _, _, diagnostic)| diagnostic).collect()
}

fn fault(operation: OperationRef, paging: &Paging, parameter: ParameterRef) -> Option<Fault> {
    let is_size = paging.size.is_some_and(|size| size.pin() == parameter.pin());
    let counts = is_size || paging.kind() == Some(PagingKind::Offset);
    if counts && parameter.schema().is_some_and(is_plain_text) {
        return Some(Fault::Text);
    }
    // What is no list may well ask for a part of something.
    if !parameter.is_required() || operation.list().is_none() || parameter.has_key("default") {
        return None;
    }
    let cursor = !is_size && paging.kind() == Some(PagingKind::Cursor);
    Some(if cursor { Fault::RequiredCursor } else { Fault::Required })
}

/// Whether it is text and nothing says that the text is a number.
fn is_plain_text(schema: SchemaRef) -> bool {
    let core = schema.core();
    let text = core.is_string() && !core.is_number() && core.is_known() && !core.has_alternatives();
    text && core.pattern().is_none() && core.enum_values().is_empty() && core.format().is_none()
}

fn report(operation: OperationRef, parameter: ParameterRef, fault: Fault) -> Diagnostic {
    let (name, subject) = (parameter.name(), operation.subject());
    let about = match parameter.component_name() {
        Some(component) => format!("{} parameter {component}", operation.document().subject()),
        None => format!("{subject} ?{name}"),
    };
    let (message, label, help, evidence) = match fault {
        Fault::Text => (
            format!("`{name}` of `{subject}` is a string, but counts entries"),
            "takes `abc` and `-1`: nothing checks that it is a number",
            "schema: { type: integer, minimum: 1, maximum: 100, default: 20 }",
            "text that counts",
        ),
        Fault::RequiredCursor => (
            format!("`{subject}` requires `{name}`, but nobody has a cursor before the first page"),
            "the first request cannot be made",
            "required: false",
            "required cursor",
        ),
        Fault::Required => (
            format!("`{subject}` requires `{name}`: a plain request for the list fails"),
            "every client must choose a value",
            "required: false, and a `default` in the schema",
            "required paging parameter",
        ),
    };
    let diagnostic =
        Diagnostic::new(about, message).at(parameter.span(), label).help(help).evidence(format!("{name} {evidence}"));
    match fault {
        Fault::Required => diagnostic.at_most(Severity::Info, "clients can send a constant"),
        _ => diagnostic,
    }
}
