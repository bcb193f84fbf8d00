//! A written limit that is longer than the policy for its kind.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("timeouts/over-budget", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let (compared, over) = context.head.runtime.over_budget(context.sources);
    (0..compared).for_each(|_| context.consider());
    let found = over.into_iter().map(|one| {
        let (length, budget) = (shown(one.length), shown(one.budget));
        let message = format!("{} is {length}: {} longer than {budget}", one.name, one.what_may_last);
        let label = match &one.said {
            Some(said) => format!("the budget is {budget}, says {said}"),
            None => format!("the budget is {budget} where `[context]` says no other"),
        };
        let diagnostic = Diagnostic::new(one.subject, message)
            .at(one.span, label)
            .help(format!("{budget} or less, or work that goes on behind a queue"))
            .evidence("over budget");
        rehearsal::lowered(diagnostic, one.profile)
    });
    found.collect()
}
