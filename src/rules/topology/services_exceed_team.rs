//! More services than the people who run them can look after.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::declared::ManyServices;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("topology/services-exceed-team", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    context.head.runtime.services().for_each(|_| context.consider());
    context.head.runtime.too_many_services(context.sources).iter().filter_map(report).collect()
}

fn report(many: &ManyServices) -> Option<Diagnostic> {
    let (first, rest) = many.services.split_first()?;
    let people = many.team.value;
    let others = if rest.len() == 1 { "1 other service".to_owned() } else { format!("{} other services", rest.len()) };
    let message = format!("`{}` and {others} are built here, for a team of {people}", first.name());
    let mut diagnostic = Diagnostic::new("services and team", message)
        .at(first.span(), format!("{people} says {}", many.team.said))
        .help(format!("at most {}, as modules of one application where they change together", (people / 2.0).floor().max(1.0)))
        .evidence("services exceed team");
    for service in rest {
        diagnostic = diagnostic.context(service.span(), format!("`{}`", service.name()));
    }
    Some(diagnostic)
}
