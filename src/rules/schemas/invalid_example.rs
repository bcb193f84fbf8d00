//! An example that its own schema refuses.

use crate::diagnostic::Diagnostic;
use crate::model::api::Unfit;
use crate::rules::{Context, Rule, rule};
use std::collections::HashMap;

/// An example that its own schema refuses.
pub(super) const RULE: Rule = rule!("schemas/invalid-example", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        (0..document.examples().count).for_each(|_| context.consider());
        // Where many contradict one place of the schema, that place is as likely to be wrong; the same fault in copies of one
        // schema is one habit.
        let mut groups: Vec<Vec<&Unfit>> = Vec::new();
        let (mut places, mut faults) = (HashMap::new(), HashMap::new());
        for unfit in document.examples().unfit.iter().filter(|unfit| unfit.what == "example") {
            let Some(first) = unfit.misfits.first() else { continue };
            let at = places.get(&first.against).or(faults.get(&first.fault)).copied().unwrap_or(groups.len());
            places.insert(first.against, at);
            faults.insert(&first.fault, at);
            match groups.get_mut(at) {
                Some(group) => group.push(unfit),
                None => groups.push(vec![unfit]),
            }
        }
        for unfit in groups {
            let Some((first, rest)) = unfit.split_first() else { continue };
            let Some(misfit) = first.misfits.first() else { continue };
            let message = match rest.len() {
                0 => format!("an example does not fit its schema: {}", misfit.fault),
                more => format!("{} examples do not fit their schemas, first: {}", more + 1, misfit.fault),
            };
            let diagnostic = Diagnostic::new(format!("example {}", first.pointer), message)
                .at(misfit.span, "does not fit")
                .cause(misfit.against, "what it contradicts")
                .evidence(misfit.fault.clone());
            let places = rest.iter().filter_map(|one| Some((one.misfits.first()?.span, format!("example {}", one.pointer))));
            found.push(places.fold(diagnostic, |all, (span, subject)| all.occurrence(span, subject)));
        }
    }
    found
}
