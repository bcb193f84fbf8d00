//! A number that makes sense in another unit than the one that its reader takes it for.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("timeouts/unit-suspect", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let (compared, suspects) = context.head.runtime.suspects();
    (0..compared).for_each(|_| context.consider());
    let found = suspects.into_iter().map(|one| {
        let (name, written, unit) = (&one.name, &one.written, one.unit);
        let mut diagnostic =
            Diagnostic::new(one.subject, format!("`{name}` is {written} {unit}, which looks like {written} {}", one.meant))
                .at(one.span, one.certain.map_or_else(|| format!("a number alone counts {unit} here"), str::to_owned))
                .help(format!("{name}={}", one.instead))
                .evidence(format!("{name} {written}"));
        if one.certain.is_none() {
            diagnostic = diagnostic.at_most(Severity::Warning, "the value is possible, and out of all proportion");
        }
        rehearsal::lowered(diagnostic, one.use_for)
    });
    found.collect()
}
