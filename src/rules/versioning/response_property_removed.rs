//! A property that answers promised at the base, and promise no more.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{Removal, yaml_word};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("versioning/response-property-removed", check);

/// So many properties are named; more make nobody wiser.
const SHOWN: usize = 3;

fn check(context: &Context) -> Vec<Diagnostic> {
    let Some(base) = context.base else { return Vec::new() };
    let (compared, removals) = context.head.api.removals_since(&base.api);
    (0..compared).for_each(|_| context.consider());
    removals.iter().map(|one| recheck(context, one, report(one))).collect()
}

/// Holds it against the clients in the repository, where the configuration says that there are no others than the house's own.
fn recheck(context: &Context, one: &Removal, diagnostic: Diagnostic) -> Diagnostic {
    let Some(calls) = context.head.callers.of(one) else { return diagnostic };
    if !calls.named.is_empty() {
        let why = "context: exposure = internal, and a client in the repository still names it";
        let named = calls.named.iter().fold(diagnostic, |diagnostic, place| diagnostic.cause(*place, "a client still names it"));
        return named.at_most(Severity::Warning, why);
    }
    match calls.call.filter(|_| !calls.may_name) {
        Some(call) => diagnostic.context(call, "a client in the repository, in which nothing names it").at_most(
            Severity::Info,
            "context: exposure = internal, and nothing in the repository names it, though a client calls",
        ),
        None => diagnostic,
    }
}

fn report(one: &Removal) -> Diagnostic {
    let quoted: Vec<String> = one.lost.iter().take(SHOWN).map(|property| format!("`{}`", property.name)).collect();
    let names = match one.lost.len() - quoted.len() {
        0 => quoted.join(", "),
        more => format!("{} and {more} more", quoted.join(", ")),
    };
    let shown = || one.lost.iter().take(SHOWN);
    let kept: Vec<String> = shown().map(|property| one.line_that_keeps(property)).collect();
    let required: Vec<String> = shown().filter(|property| property.required).map(|property| yaml_word(property.name)).collect();
    let also = if required.is_empty() { String::new() } else { format!("\nrequired: [.., {}]", required.join(", ")) };
    let others = match one.lost.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(", and {more} more like that"),
    };
    let mut all: Vec<&str> = one.lost.iter().map(|property| property.name).collect();
    all.sort_unstable();
    let mut diagnostic = Diagnostic::new(&one.name, format!("`{}` loses {names}, which answers promised", one.name))
        .at(one.object.definition_span(), format!("clients of `{}` find nothing where they read it", one.operation.subject()))
        .help(format!("keep it until nobody reads it{others}:\n{}{also}", kept.join("\n")))
        .evidence(all.join(","));
    for property in one.lost.iter().take(SHOWN) {
        let what = if property.required { "before this change a required property" } else { "before this change a property" };
        diagnostic = diagnostic.context(property.span, what);
    }
    match one.announced {
        Some(why) => diagnostic.at_most(Severity::Info, why),
        None if !one.breaks_a_promise() => diagnostic.at_most(Severity::Info, "clients were told that it may be missing"),
        None => diagnostic,
    }
}
