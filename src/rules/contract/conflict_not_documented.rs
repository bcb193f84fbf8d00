//! Operations that create rows which a unique index may refuse, and say nothing of a conflict.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::Status;
use crate::model::links::OperationTable;
use crate::model::words;
use crate::rules::joined::by_operation;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/conflict-not-documented", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for one in context.head.operation_tables().into_iter().filter(OperationTable::creates) {
        let uniques = one.sent_uniques();
        if uniques.is_empty() {
            continue;
        }
        context.consider();
        found.extend(report(&one));
    }
    found
}

fn report(one: &OperationTable) -> Option<Diagnostic> {
    let (index, columns) = one.sent_uniques().into_iter().next()?;
    let statuses: Vec<Status> = one.operation.responses().iter().map(|response| response.status()).collect();
    let has = |status: Status| statuses.contains(&status);
    if has(Status::Code(409)) || has(Status::Class(4)) || has(Status::Default) {
        return None;
    }
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let subject = one.operation.subject();
    // What the address gives counts too: a name may come once in each organization.
    let all = index.columns().unwrap_or_default();
    let whole: Vec<&str> = all.into_iter().filter(|name| !words::is_soft_delete(name)).collect();
    let message = format!("`{subject}` documents no 409, but `{}` is unique in `{}`", whole.join(", "), one.table().short_name());
    let diagnostic = Diagnostic::new(&subject, message)
        .at(one.operation.span(), "a second request with the same value is answered with what nobody was told of")
        .cause(index.span, format!("{} refuses it", index.described()))
        .help("\"409\": { description: Another one with this value exists }")
        .evidence(names.join(","));
    let diagnostic = by_operation(diagnostic, one);
    match has(Status::Code(400)) || has(Status::Code(422)) {
        true => Some(diagnostic.at_most(Severity::Info, "it documents 400 or 422, which may stand for it")),
        false => Some(diagnostic),
    }
}
