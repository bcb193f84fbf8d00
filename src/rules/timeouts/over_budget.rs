//! A written limit that is longer than the policy for its kind.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("timeouts/over-budget", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let (compared, over) = context.head.runtime.over_budget();
    (0..compared).for_each(|_| context.consider());
    let found = over.into_iter().filter_map(|one| {
        let (length, budget) = (shown(one.length), shown(one.budget));
        let setting = one.setting;
        let message = format!("{} is {length}: {} longer than {budget}", setting.quoted_name(), setting.what_may_last());
        let diagnostic = Diagnostic::new(setting.subject(), message)
            .at(setting.span()?, format!("the budget is {budget}"))
            .help(format!("{budget} or less, or work that goes on behind a queue"))
            .evidence("over budget");
        Some(rehearsal::lowered(diagnostic, setting.profile()))
    });
    found.collect()
}
