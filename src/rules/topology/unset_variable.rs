//! Variables that Compose files use and that nothing sets.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::{Unset, UnsetVariables};
use crate::rules::copies::rehearsed;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = rule!("topology/unset-variable", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let (projects, unset) = context.head.runtime.unset_variables();
    (0..projects).for_each(|_| context.consider());
    let mut found = Vec::new();
    for variables in unset {
        let (swallowed, missing): (Vec<&Unset>, Vec<&Unset>) = variables.all.iter().partition(|one| one.in_container.is_some());
        let diagnostics = swallowed.into_iter().filter_map(taken_by_compose).chain(set_nowhere(variables, &missing));
        found.extend(diagnostics.map(|one| rehearsed(one, variables.profile)));
    }
    found
}

/// A variable of the container that Compose replaces before the container's shell can.
fn taken_by_compose(one: &Unset) -> Option<Diagnostic> {
    let (service, place) = one.in_container.as_ref()?;
    let name = &one.name;
    let diagnostic = Diagnostic::new(
        format!("service {service}/{name}"),
        format!("the shell in `{service}` never sees `${name}`: Compose puts nothing in its place"),
    )
    .at(one.span, "Compose replaces it, from `.env` and from the shell in which it is started")
    .cause(*place, "the variable of the container, which was meant")
    .help(format!("$${name}"))
    .evidence(name.clone());
    Some(diagnostic)
}

fn set_nowhere(variables: &UnsetVariables, missing: &[&Unset]) -> Option<Diagnostic> {
    let (first, rest) = missing.split_first()?;
    let (name, path) = (&first.name, &variables.path);
    let others: BTreeSet<&str> = rest.iter().map(|one| one.name.as_str()).filter(|other| other != name).collect();
    let (more, are) = match others.len() {
        0 => (String::new(), "is"),
        1 => (" and one more variable".to_owned(), "are"),
        number => (format!(" and {number} more variables"), "are"),
    };
    let message = match &variables.named_in {
        Some((file, number)) => {
            let file = file.rsplit('/').next().unwrap_or(file);
            format!("`{name}`{more} {are} set nowhere, and `{file}` names {number} others")
        }
        None => format!("`{name}`{more} of `{}` {are} set nowhere", path.rsplit('/').next().unwrap_or(path.as_str())),
    };
    let file = variables.named_in.as_ref().map_or(".env.example", |(file, _)| file);
    let mut diagnostic = Diagnostic::new(format!("variables of {path}"), message)
        .at(first.span, "Compose warns and puts nothing in its place")
        .help(format!("`{name}=` in `{file}`, or `${{{name}:?}}` so that nothing starts without it"))
        .evidence("unset variables");
    for other in rest {
        diagnostic = diagnostic.occurrence(other.span, format!("variable {}", other.name));
    }
    if variables.named_in.is_none() {
        diagnostic = diagnostic.at_most(Severity::Info, "no file of the repository names the variables of the project");
    }
    Some(diagnostic)
}
