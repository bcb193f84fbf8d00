//! A database server or a gateway that writes values of statements and requests into its log.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("observability/values-logged", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let (judged, found) = context.head.runtime.logged_values();
    (0..judged).for_each(|_| context.consider());
    let report = |one: crate::model::runtime::kept_values::KeptValues| {
        let diagnostic = Diagnostic::new(&one.subject, format!("`{}` logs {}", one.name, one.what))
            .at(one.span, format!("`{}`: whoever reads the log reads what is stored", one.setting))
            .help(one.instead)
            .evidence(one.setting.to_ascii_lowercase());
        rehearsal::lowered(diagnostic, one.use_for)
    };
    found.into_iter().map(report).collect()
}
