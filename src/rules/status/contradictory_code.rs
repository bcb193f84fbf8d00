//! A status code that contradicts what stands beside it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{Method, OperationRef, ResponseRef, Status};
use crate::rules::{Context, Rule, rule};

/// A status code that contradicts what stands beside it.
pub(super) const RULE: Rule = rule!("status/contradictory-code", check);

/// What is wrong with a code, and what to do.
struct Fault {
    what: String,
    label: &'static str,
    help: &'static str,
    /// Whether the response is the place to edit, so that a shared one is told once.
    in_response: bool,
    weak: Option<&'static str>,
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for operation in context.head.api.operations() {
        for response in operation.responses() {
            context.consider();
            let Some(fault) = fault(operation, response) else { continue };
            let place = if fault.in_response { response.definition_span() } else { response.key_span() };
            let subject = format!("{} {}", operation.subject(), response.status());
            if let Some(known) = found.iter_mut().find(|known| known.primary.span == place) {
                *known = known.clone().occurrence(response.key_span(), subject);
                continue;
            }
            let diagnostic =
                Diagnostic::new(&subject, format!("{} of `{}` {}", response.status(), operation.subject(), fault.what))
                    .at(place, fault.label)
                    .help(fault.help)
                    .evidence(fault.label);
            found.push(match fault.weak {
                Some(why) => diagnostic.at_most(Severity::Info, why),
                None => diagnostic,
            });
        }
    }
    found
}

fn fault(operation: OperationRef, response: ResponseRef) -> Option<Fault> {
    let Status::Code(code) = response.status() else { return None };
    let says = |what: &str, label, help| Fault { what: what.to_owned(), label, help, in_response: false, weak: None };
    let bodiless = matches!(code, 100..=199 | 204 | 205 | 304);
    if bodiless && response.is_known() && response.has_body() {
        let described = response.media().iter().any(|media| media.schema.is_some());
        return Some(Fault {
            in_response: true,
            weak: (!described).then_some("it does not say what the body would hold"),
            ..says("has a body, which HTTP does not send", "clients never see it", "remove the content, or answer 200")
        });
    }
    match (code, operation.method()) {
        (201, Method::Get | Method::Head) => Some(says(
            "says that something was created, by a safe method",
            "crawlers, caches and retries repeat a GET at will",
            "answer 200, or let the operation be a POST",
        )),
        (101, _) if operation.responses().iter().any(|other| other.status().class() == Some(2)) => Some(says(
            "stands beside a success of HTTP, which can no longer come",
            "after 101 the connection speaks another protocol",
            "describe the other protocol in the response 101, and remove the success",
        )),
        (0..=99 | 600..=999, _) => Some(says(
            "is no status code of HTTP",
            "codes go from 100 to 599",
            "use the code of HTTP that fits, and the number as a member of the body",
        )),
        _ => None,
    }
}
