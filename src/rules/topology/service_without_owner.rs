//! Services of a repository of several that nobody is named for.

use crate::diagnostic::Diagnostic;
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

pub(super) const RULE: Rule = rule!("topology/service-without-owner", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let services: Vec<_> = context.head.boundaries.iter().filter(|one| one.first.is_some()).collect();
    // What is the only one is everybody's.
    if services.len() < 2 {
        return Vec::new();
    }
    services.iter().for_each(|_| context.consider());
    let place = |path: &str| {
        let source = context.sources.iter().find(|(id, _)| context.sources.path(*id) == path);
        source.map(|(id, _)| Span::new(id, 0, 0))
    };
    let unowned: Vec<_> = services.into_iter().filter(|one| !one.is_owned).collect();
    let places = unowned.iter().filter_map(|one| Some((place(one.first.as_deref()?)?, format!("service {}", one.name))));
    let places: Vec<(Span, String)> = places.collect();
    let Some((first, _)) = places.first() else { return Vec::new() };
    let message = match unowned.as_slice() {
        [] => return Vec::new(),
        [one] => format!("nobody is named for the service `{}`", one.name),
        [one, other] => format!("nobody is named for the services `{}` and `{}`", one.name, other.name),
        [one, ..] => format!("nobody is named for `{}` and {} other services", one.name, unowned.len() - 1),
    };
    let lines = unowned.iter().filter_map(|one| Some(format!("/{}/ @org/team", one.paths.first()?)));
    let diagnostic = Diagnostic::new("owners of services", message)
        .at(*first, "a change here asks nobody, and an alert finds nobody")
        .help(format!("in CODEOWNERS:\n{}", lines.take(5).collect::<Vec<_>>().join("\n")))
        .evidence("no owner");
    vec![over(diagnostic, places)]
}
