//! A comparison with another type, for which the server casts the column.

use crate::diagnostic::Diagnostic;
use crate::model::queries::Unserved;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/implicit-cast", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut unserved = Vec::new();
    for access in context.head.application_queries().flat_map(|query| query.judged_accesses()) {
        if access.searchable().next().is_some() {
            context.consider();
            unserved.extend(access.unserved_casts());
        }
    }
    super::once(unserved, tell)
}

fn tell(one: &Unserved) -> Diagnostic {
    let (subject, column) = (one.query.subject(), &one.columns[0]);
    let message = format!("`{subject}` compares `{}` with {}, so the column is cast", column.short_name(), one.text);
    let kind = column.column_type.known().map(|kind| kind.display()).unwrap_or_default();
    let mut diagnostic = Diagnostic::new(column.subject(), message)
        .at(one.places[0], "every row is cast before it is compared, and no index serves that")
        .context(column.span, format!("the column is {kind}"))
        .help(format!("compare it with a value of its own type, {kind}"))
        .evidence(format!("{}:{}", column.name, one.text));
    if let Some(index) = one.wasted {
        diagnostic = diagnostic.cause(index.span, format!("`{}` cannot be used", index.label()));
    }
    diagnostic
}
