//! Lists that are paged by other parameters than nearly all lists of their document.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, OperationRef, ParameterRef};
use crate::rules::{Context, Rule, rule, spread};
use std::collections::BTreeMap;

/// Lists that are paged by other parameters than nearly all others.
pub(super) const RULE: Rule = rule!("pagination/inconsistent-parameters", check);

/// A list, with the parameter that has one of the two roles.
type Use<'a> = (OperationRef<'a>, ParameterRef<'a>);

/// From this many lists on, four of five make a convention.
const FEWEST: usize = 5;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut versions: BTreeMap<u32, Vec<OperationRef>> = BTreeMap::new();
        for operation in document.listing_operations().filter(|operation| !operation.is_deprecated()) {
            versions.entry(operation.path_version().unwrap_or(0)).or_default().push(operation);
        }
        for lists in versions.values() {
            let paged: Vec<_> = lists.iter().map(|operation| (*operation, operation.paging())).collect();
            let sizes: Vec<Use> = paged.iter().filter_map(|(operation, paging)| Some((*operation, paging.size?))).collect();
            // What bounds a time is no position, whatever it is on other lists.
            let positions = paged.iter().filter_map(|(operation, paging)| Some((*operation, paging.position?)));
            let positions: Vec<Use> = positions.filter(|(_, one)| !one.bounds_a_time()).collect();
            sizes.iter().chain(&positions).for_each(|_| context.consider());
            found.extend(departures(document, &sizes, "page size"));
            found.extend(departures(document, &positions, "position"));
        }
    }
    found
}

/// One finding for each name that is not the usual one.
fn departures(document: DocumentRef, uses: &[Use], role: &str) -> Vec<Diagnostic> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, parameter) in uses {
        *counts.entry(parameter.name()).or_default() += 1;
    }
    let Some((usual, count)) = counts.into_iter().max_by_key(|(_, count)| *count) else { return Vec::new() };
    let Some(example) = uses.iter().find(|(_, parameter)| parameter.name() == usual) else { return Vec::new() };
    if count < FEWEST || count * 5 < uses.len() * 4 {
        return Vec::new();
    }
    // A list that takes the usual parameter beside another one is no departure.
    let takes_usual = |operation: &OperationRef| operation.query_parameters().iter().any(|one| one.name() == usual);
    let mut groups: Vec<(&str, Vec<Use>)> = Vec::new();
    for (operation, parameter) in uses.iter().filter(|(operation, _)| !takes_usual(operation)) {
        match groups.iter_mut().find(|(name, _)| *name == parameter.name()) {
            Some((_, group)) => group.push((*operation, *parameter)),
            None => groups.push((parameter.name(), vec![(*operation, *parameter)])),
        }
    }
    let report = |(name, group): &(&str, Vec<Use>)| {
        let (operation, parameter) = group.first()?;
        let message = match group.len() {
            1 => format!("`{}` takes its {role} as `{name}`, {count} other lists take `{usual}`", operation.subject()),
            many => format!("{many} lists take their {role} as `{name}`, {count} others take `{usual}`"),
        };
        let diagnostic = Diagnostic::new(format!("{} ?{name}", document.subject()), message)
            .at(parameter.span(), format!("{}: clients need a second way to page", operation.subject()))
            .context(example.1.span(), format!("the usual one, here of `{}`", example.0.subject()))
            .help(format!("name it `{usual}`; while clients still send `{name}`, take both"))
            .evidence(format!("{role} {name} beside {usual}"));
        Some(spread::over(diagnostic, group.iter().map(|(operation, parameter)| (parameter.span(), operation.subject()))))
    };
    groups.iter().filter_map(report).collect()
}
