//! Lists that are paged by other parameters than nearly all lists of their document, or than the configuration asks for.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, OperationRef, PagingKind, ParameterRef};
use crate::rules::{Context, Rule, rule, spread};
use std::collections::BTreeMap;

/// Lists that are paged by other parameters than nearly all others.
pub(super) const RULE: Rule = rule!("pagination/inconsistent-parameters", check);

/// A list, with the parameter that has one of the two roles, and by what it asks for a page where it does.
type Use<'a> = (OperationRef<'a>, ParameterRef<'a>, Option<PagingKind>);

/// So many lists that are paged by something else are no slip.
const DIALECT: usize = 3;

/// From this many lists on, four of five make a convention.
const FEWEST: usize = 5;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let standards = document.standards();
        let mut versions: BTreeMap<u32, Vec<OperationRef>> = BTreeMap::new();
        for operation in document.listing_operations().filter(|operation| !operation.is_deprecated()) {
            versions.entry(operation.path_version().unwrap_or(0)).or_default().push(operation);
        }
        let mut of_another_kind = Vec::new();
        for lists in versions.values() {
            let paged: Vec<_> = lists.iter().map(|operation| (*operation, operation.paging())).collect();
            let sizes: Vec<Use> = paged.iter().filter_map(|(operation, paging)| Some((*operation, paging.size?, None))).collect();
            // What bounds a time is no position, whatever it is on other lists.
            let positions = paged.iter().filter_map(|(operation, paging)| Some((*operation, paging.position?, paging.kind())));
            let positions: Vec<_> = positions.filter(|(_, one, _)| !one.bounds_a_time()).collect();
            sizes.iter().for_each(|_| context.consider());
            positions.iter().for_each(|_| context.consider());
            let is_other =
                |kind: Option<PagingKind>| kind.zip(standards.pagination).is_some_and(|(own, asked)| !own.meets(asked));
            let (others, positions): (Vec<Use>, Vec<Use>) = positions.into_iter().partition(|(_, _, kind)| is_other(*kind));
            of_another_kind.extend(others);
            found.extend(departures(document, &sizes, "page size", standards.page_size.as_deref()));
            found.extend(departures(document, &positions, "position", standards.page_position.as_deref()));
        }
        found.extend(another_kind(document, &of_another_kind));
    }
    found
}

/// One finding for all lists that are paged by something else than the configuration asks for.
fn another_kind(document: DocumentRef, lists: &[Use]) -> Option<Diagnostic> {
    let asked = document.standards().pagination?.name();
    let (operation, parameter, kind) = lists.first()?;
    let own = kind.map_or("something else".to_owned(), |kind| format!("`{}`", kind.name()));
    let message = match lists.len() {
        1 => format!("`{}` is paged by {own}, and `[api]` asks for `{asked}`", operation.subject()),
        many => format!("{many} lists like `{}` are not paged by `{asked}`, as `[api]` asks", operation.subject()),
    };
    let diagnostic = Diagnostic::new(format!("{} paging", document.subject()), message)
        .at(parameter.span(), format!("{}: `{}` is a way of its own", operation.subject(), parameter.name()))
        .help(format!("page new lists by {asked}; while clients still send `{}`, take both", parameter.name()))
        .evidence(format!("not paged by {asked}"));
    Some(spread::over(diagnostic, lists.iter().map(|(operation, one, _)| (one.span(), operation.subject()))))
}

/// One finding for each name that is not the usual one, or not the one that is asked for.
fn departures(document: DocumentRef, uses: &[Use], role: &str, asked: Option<&str>) -> Vec<Diagnostic> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, parameter, _) in uses {
        *counts.entry(parameter.name()).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(_, count)| **count).map(|(name, count)| (*name, *count));
    let most = most.filter(|(_, count)| *count >= FEWEST && count * 5 >= uses.len() * 4);
    let Some((usual, count)) = asked.map(|name| (name, 0)).or(most) else { return Vec::new() };
    let example = uses.iter().find(|(_, parameter, _)| parameter.name() == usual);
    // A list that takes the usual parameter beside another one is no departure.
    let takes_usual = |operation: &OperationRef| operation.query_parameters().iter().any(|one| one.name() == usual);
    let mut groups: Vec<(&str, Vec<Use>)> = Vec::new();
    for one @ (_, parameter, _) in uses.iter().filter(|(operation, ..)| !takes_usual(operation)) {
        match groups.iter_mut().find(|(name, _)| *name == parameter.name()) {
            Some((_, group)) => group.push(*one),
            None => groups.push((parameter.name(), vec![*one])),
        }
    }
    let report = |(name, group): &(&str, Vec<Use>)| {
        let (operation, parameter, kind) = group.first()?;
        let lists = match group.len() {
            1 => format!("`{}` takes its {role} as `{name}`", operation.subject()),
            many => format!("{many} lists take their {role} as `{name}`"),
        };
        let message = match (asked, group.len()) {
            (Some(_), _) => format!("{lists}, `[api]` asks for `{usual}`"),
            (None, 1) => format!("{lists}, {count} other lists take `{usual}`"),
            (None, _) => format!("{lists}, {count} others take `{usual}`"),
        };
        let mut diagnostic = Diagnostic::new(format!("{} ?{name}", document.subject()), message)
            .at(parameter.span(), format!("{}: clients need a second way to page", operation.subject()));
        if let Some((operation, parameter, _)) = example {
            diagnostic = diagnostic.context(parameter.span(), format!("the usual one, here of `{}`", operation.subject()));
        }
        let differs = |(own, usual): (PagingKind, PagingKind)| !own.meets(usual) && !usual.meets(own);
        if asked.is_none() && group.len() >= DIALECT && kind.zip(example.and_then(|(_, _, kind)| *kind)).is_some_and(differs) {
            diagnostic = diagnostic.at_most(Severity::Info, "so many lists are paged by something else that it is meant");
        }
        diagnostic = diagnostic
            .help(format!("name it `{usual}`; while clients still send `{name}`, take both"))
            .evidence(format!("{role} {name} beside {usual}"));
        Some(spread::over(diagnostic, group.iter().map(|(operation, parameter, _)| (parameter.span(), operation.subject()))))
    };
    groups.iter().filter_map(report).collect()
}
