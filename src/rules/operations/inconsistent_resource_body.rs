//! A PUT that takes one thing and answers with another.

use crate::diagnostic::Diagnostic;
use crate::model::api::{Method, OperationRef, SchemaRef};
use crate::rules::{Context, Rule, rule};

/// A PUT that takes one thing and answers with another.
pub(super) const RULE: Rule = rule!("operations/inconsistent-resource-body", check);

/// The component that a body is, with its name.
fn named(schema: Option<SchemaRef<'_>>) -> Option<(&str, SchemaRef<'_>)> {
    let schema = schema.filter(|schema| schema.is_known())?;
    Some((schema.name()?, schema))
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let puts = context.head.api.operations().filter(|operation| operation.method() == Method::Put);
    puts.filter_map(|operation| judge(context, operation)).collect()
}

fn judge(context: &Context, operation: OperationRef) -> Option<Diagnostic> {
    let (taken, request) = named(operation.request_schema())?;
    context.consider();
    let read = operation.siblings().into_iter().find(|other| other.method() == Method::Get);
    let answers = [Some(operation), read].into_iter().flatten();
    let (by, given, answer) = answers
        .filter_map(|by| named(by.success_schema()).map(|(given, answer)| (by, given, answer)))
        .find(|(_, _, answer)| answer.core().pin() != request.core().pin())?;
    let subject = operation.subject();
    let message = format!("`{subject}` takes `{taken}`, and `{}` answers with `{given}`", by.method().name());
    Some(
        Diagnostic::new(&subject, message)
            .at(request.written_span(), "PUT replaces the thing: what is read could be written back if the two were one")
            .context(answer.written_span(), format!("what `{}` answers with", by.subject()))
            .help("use one schema for both, with `readOnly` on what the server sets")
            .evidence("two schemas for one thing"),
    )
}
