//! A sort parameter that names columns which no index orders.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::{ParameterColumn, UnservedSort};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("indexes/sort-parameter-without-index", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for parameter in context.head.parameter_columns().into_iter().filter(|one| one.is_sort()) {
        let sorts = parameter.sorts();
        sorts.iter().for_each(|_| context.consider());
        let unserved: Vec<UnservedSort> = sorts.into_iter().flatten().collect();
        let Some(first) = unserved.first().filter(|_| !parameter.is_elsewhere) else { continue };
        // A parameter that several operations share, over the same table, is one thing to fix.
        match found
            .iter_mut()
            .find(|known| known.primary.span == first.choice.span && known.causes[0].span == first.columns[0].span)
        {
            Some(known) => *known = known.clone().occurrence(parameter.operation.span(), parameter.subject()),
            None => found.push(report(&parameter, &unserved)),
        }
    }
    found
}

fn report<'m>(parameter: &ParameterColumn<'m>, unserved: &[UnservedSort<'m>]) -> Diagnostic {
    let first = &unserved[0].columns[0];
    let table = first.table().short_name();
    let message = match unserved.len() {
        1 => format!("`{}` sorts by `{}`, which no index orders", parameter.subject(), first.short_name()),
        many => format!("`{}` sorts by {many} columns of `{table}` that no index orders", parameter.subject()),
    };
    let names: Vec<&str> = unserved.iter().map(|one| one.columns[0].name.as_str()).collect();
    let mut diagnostic = Diagnostic::new(parameter.subject(), message)
        .at(unserved[0].choice.span, "clients may sort by this")
        .help(parameter.index_help(unserved))
        .evidence(names.join(","))
        .join(&parameter.why)
        .about_table(first.table().subject())
        .joined_at(parameter.confidence);
    for (number, one) in unserved.iter().enumerate() {
        for column in &one.columns {
            diagnostic = diagnostic.cause(column.span, format!("no index of `{}` leads with it", column.table().short_name()));
        }
        if number > 0 {
            diagnostic = diagnostic.occurrence(one.choice.span, format!("{}={}", parameter.subject(), one.choice.value));
        }
    }
    match parameter.few_rows(unserved) {
        Some(why) => diagnostic.at_most(Severity::Info, why),
        None => diagnostic,
    }
}
