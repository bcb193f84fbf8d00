//! A create that answers 200, where others answer 201.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, OperationRef, ResponseRef, Status};
use crate::rules::habit::{Place, with_occurrences};
use crate::rules::{Context, Rule, rule};

/// A create that answers 200, where others answer 201.
pub(super) const RULE: Rule = rule!("status/create-without-201", check);

/// How many creates with 200 for each with 201 make 200 the style of the document.
const STYLE: usize = 2;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let creates: Vec<OperationRef> = document.creates().into_iter().map(|create| create.operation).collect();
        let with = |operation: &OperationRef, code: u16| -> Option<Place> {
            let responses: Vec<ResponseRef> = operation.responses();
            let found = responses.iter().find(|one| one.status() == Status::Code(code))?;
            Some(Place::new(found.key_span(), operation.subject()))
        };
        creates.iter().filter(|one| !one.responses().is_empty()).for_each(|_| context.consider());
        let made: Vec<Place> = creates.iter().filter_map(|one| with(one, 201)).collect();
        let unsaid = creates.iter().filter(|one| with(one, 201).is_none() && with(one, 202).is_none());
        let fine: Vec<Place> = unsaid.filter_map(|one| with(one, 200)).collect();
        found.extend(report(document, &made, &fine));
    }
    found
}

fn report(document: DocumentRef, made: &[Place], fine: &[Place]) -> Option<Diagnostic> {
    let (first, rest) = fine.split_first()?;
    let message = match rest.len() {
        0 => format!("`{}` creates and answers 200, not 201", first.subject),
        more => format!("`{}` and {more} more operations create and answer 200, not 201", first.subject),
    };
    let diagnostic = Diagnostic::new(document.subject(), message)
        .at(first.span, "201 says that there is something new, and `Location` where")
        .help("\"201\":")
        .evidence("create answers 200");
    let diagnostic = with_occurrences(diagnostic, rest);
    let diagnostic =
        made.iter().take(1).fold(diagnostic, |one, other| one.context(other.span, format!("`{}` answers 201", other.subject)));
    Some(match made.len() * STYLE < fine.len() || made.is_empty() {
        true => diagnostic.at_most(Severity::Info, "few creates of the document answer 201: 200 is its style"),
        false => diagnostic,
    })
}
