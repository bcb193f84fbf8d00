//! A parameter that a list declares twice.

use crate::diagnostic::Diagnostic;
use crate::model::api::Declared;
use crate::rules::{Context, Rule, rule};

/// A parameter that a list declares twice.
pub(super) const RULE: Rule = rule!("operations/duplicate-parameter", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, paths) in context.head.api.own_paths() {
        for path in paths {
            found.extend(twice(context, path.text(), &path.written_parameters()));
            for operation in path.operations() {
                found.extend(twice(context, &operation.subject(), &operation.written_parameters()));
            }
        }
    }
    found
}

/// What a list may have once: a name at a place (headers have no case), and one body.
fn identity(parameter: &Declared) -> Option<(String, String)> {
    match parameter.place() {
        "" => None,
        "body" => Some(("body".to_owned(), String::new())),
        place if parameter.name().is_empty() => Some((place.to_owned(), format!("{:?}", parameter.pin()))),
        "header" => Some(("header".to_owned(), parameter.name().to_lowercase())),
        place => Some((place.to_owned(), parameter.name().to_owned())),
    }
}

fn twice(context: &Context, subject: &str, list: &[Declared]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let known: Vec<&Declared> = list.iter().filter(|one| one.is_known()).collect();
    if !known.is_empty() {
        context.consider();
    }
    let mut first_of: Vec<((String, String), &Declared)> = Vec::new();
    for parameter in known.iter().copied() {
        let Some(own) = identity(parameter) else { continue };
        match first_of.iter().find(|(identity, _)| *identity == own) {
            Some((_, first)) => found.push(report(subject, first, parameter)),
            None => first_of.push((own, parameter)),
        }
    }
    let at = |place: &str| known.iter().find(|one| one.place() == place);
    if let (Some(body), Some(form)) = (at("body"), at("formData")) {
        found.push(
            Diagnostic::new(subject, format!("`{subject}` takes a body and form fields, of which a request has one"))
                .at(form.place_to_edit(), "form fields are the body")
                .cause(body.place_to_edit(), "another body")
                .help("declare the fields as properties of the body, or the body as a field of the form")
                .evidence("body and form"),
        );
    }
    found
}

fn report(subject: &str, first: &Declared, second: &Declared) -> Diagnostic {
    let (place, name) = (second.place(), second.name());
    let message = match place {
        "body" => format!("`{subject}` declares two bodies, of which a request has one"),
        _ => format!("`{subject}` declares the {place} parameter `{name}` twice"),
    };
    Diagnostic::new(subject, message)
        .at(second.place_to_edit(), "which of the two holds is left to each tool")
        .cause(first.place_to_edit(), "declared here already")
        .help("remove one of the two")
        .evidence(format!("duplicate {place} {name}"))
}
