//! A declared path parameter that the path does not have.

use crate::diagnostic::Diagnostic;
use crate::model::api::{Declared, PathTemplate, parameter_name};
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// A declared path parameter that the path does not have.
pub(super) const RULE: Rule = rule!("paths/unused-parameter", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, items) in context.head.api.own_paths() {
        for item in items {
            let template = item.template();
            if template.fault.is_some() {
                continue;
            }
            let place = (item.text(), item.span(), &template);
            let shared = item.written_parameters();
            for parameter in &shared {
                found.extend(report(context, parameter, item.text(), place, &names(&shared)));
            }
            for operation in item.operations() {
                let own = operation.written_parameters();
                let declared: Vec<&str> = names(&own).into_iter().chain(names(&shared)).collect();
                for parameter in &own {
                    found.extend(report(context, parameter, &operation.subject(), place, &declared));
                }
            }
        }
    }
    found
}

/// The names of the path parameters among them.
fn names<'a>(list: &[Declared<'a>]) -> Vec<&'a str> {
    list.iter().filter(|one| one.place() == "path").map(|one| parameter_name(one.name())).collect()
}

fn report(
    context: &Context,
    parameter: &Declared,
    subject: &str,
    (path, place, template): (&str, Span, &PathTemplate),
    declared: &[&str],
) -> Option<Diagnostic> {
    if !parameter.is_known() || parameter.place() != "path" || parameter.name().is_empty() {
        return None;
    }
    context.consider();
    let name = parameter.name();
    let has = |inside: &str| inside == name || parameter_name(inside) == parameter_name(name);
    if template.parameters().any(has) {
        return None;
    }
    // Where the path has one name that is declared nowhere, this is it, misspelt.
    let free: Vec<&str> = template.parameters().map(parameter_name).filter(|inside| !declared.contains(inside)).collect();
    let near = match free.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let diagnostic = Diagnostic::new(subject, format!("path parameter `{name}` is not in the path `{path}`"))
        .at(parameter.place_to_edit(), "required by its place, and there is no place for it")
        .cause(place, format!("no `{{{name}}}` here"))
        .evidence(format!("unused {name}"));
    Some(match near {
        Some(near) => diagnostic.help(format!("name: {near}")),
        None => diagnostic.help(format!("remove the parameter, or put `{{{name}}}` into the path")),
    })
}
