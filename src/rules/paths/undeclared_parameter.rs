//! A parameter of the path that no list of parameters declares.

use crate::diagnostic::Diagnostic;
use crate::model::api::{Location, OperationRef, PathTemplate, Version, parameter_name};
use crate::rules::habit::{Place, with_occurrences};
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// A parameter of the path that no list of parameters declares.
pub(super) const RULE: Rule = rule!("paths/undeclared-parameter", check);

/// One parameter of one path, and the operations that do not declare it.
struct Missing<'a> {
    path: Span,
    name: &'a str,
    operations: Vec<OperationRef<'a>>,
}

/// The names in the path that the operation does not declare. None where it declares as many that the path does not have: these
/// are the same, misspelt, and the other rule says so.
fn undeclared<'a>(operation: OperationRef<'a>, template: &PathTemplate<'a>) -> Vec<&'a str> {
    let parameters = operation.parameters();
    let declared: Vec<&str> =
        parameters.iter().filter(|one| one.location() == Location::Path).map(|one| parameter_name(one.name())).collect();
    let names: Vec<&str> = template.parameters().map(parameter_name).filter(|name| !name.is_empty()).collect();
    let unused = declared.iter().filter(|name| !names.contains(name)).count();
    let missing: Vec<&str> = names.into_iter().filter(|name| !declared.contains(name)).collect();
    if missing.len() <= unused { Vec::new() } else { missing }
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut missing: Vec<Missing> = Vec::new();
    for operation in context.head.api.operations().filter(|operation| operation.is_known()) {
        let template = PathTemplate::parse(operation.path());
        if template.parameters().next().is_none() || template.fault.is_some() {
            continue;
        }
        context.consider();
        for name in undeclared(operation, &template) {
            // The operations of one path follow each other.
            let known = missing.iter_mut().rev().take_while(|one| one.path == operation.path_span()).find(|one| one.name == name);
            match known {
                Some(known) => known.operations.push(operation),
                None => missing.push(Missing { path: operation.path_span(), name, operations: vec![operation] }),
            }
        }
    }
    missing.iter().filter_map(report).collect()
}

fn report(missing: &Missing) -> Option<Diagnostic> {
    let (first, rest) = missing.operations.split_first()?;
    let name = missing.name;
    let (subject, whole) = match rest.is_empty() {
        true => (first.subject(), ""),
        false => (first.path().to_owned(), "s of the path"),
    };
    let help = match first.document().version() {
        Version::V2 => format!("- name: {name}\n  in: path\n  required: true\n  type: string"),
        _ => format!("- name: {name}\n  in: path\n  required: true\n  schema:\n    type: string"),
    };
    let message = match rest.is_empty() {
        true => format!("`{{{name}}}` of `{subject}` is not declared as a parameter"),
        false => format!("`{{{name}}}` of `{subject}` is not declared in {} operation{whole}", missing.operations.len()),
    };
    let diagnostic = Diagnostic::new(&subject, message)
        .at(first.span(), format!("no parameter `{name}` with `in: path`: clients cannot fill it in"))
        .cause(missing.path, "the path has it")
        .help(help)
        .evidence(format!("undeclared {name}"));
    let places: Vec<Place> = rest.iter().map(|operation| Place::new(operation.span(), operation.subject())).collect();
    Some(with_occurrences(diagnostic, &places))
}
