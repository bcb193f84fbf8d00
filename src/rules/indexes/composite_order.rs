//! An index with the key of a range before that of a certain value.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/composite-order", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for access in context.head.application_queries().flat_map(|query| query.judged_accesses()) {
        if access.searchable().next().is_none() {
            continue;
        }
        context.consider();
        let Some(one) = access.misordered_index() else { continue };
        let (index, range, equal) = (one.index, &one.range.column.name, &one.equal.column.name);
        let subject = index.subject();
        if let Some(known) = found.iter_mut().find(|known| known.subject == subject) {
            *known = known.clone().occurrence(one.equal.predicate.span, one.query.subject());
            continue;
        }
        let message = format!(
            "index `{}` has `{range}` before `{equal}`, which `{}` compares with one value",
            index.label(),
            one.query.subject()
        );
        found.push(
            Diagnostic::new(subject, message)
                .at(index.span, format!("all entries of the range of `{range}` are read, whatever their `{equal}`"))
                .cause(one.range.predicate.span, "a range")
                .cause(one.equal.predicate.span, "one value")
                .help(index.table().create_indexes_help(std::slice::from_ref(&one.keys)))
                .evidence(format!("{range},{equal}")),
        );
    }
    found
}
