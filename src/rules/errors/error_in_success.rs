//! Good answers that say in their body whether they are errors.

use crate::diagnostic::Diagnostic;
use crate::model::api::{Envelope, OperationRef};
use crate::rules::{Context, Rule, rule, spread};

/// Good answers that say in their body whether they are errors.
pub(super) const RULE: Rule = rule!("errors/error-in-success", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let judged: Vec<OperationRef> = document.own_operations().filter(|one| one.is_known() && !one.is_health_like()).collect();
        judged.iter().for_each(|_| context.consider());
        let hiding: Vec<(OperationRef, Envelope)> =
            judged.into_iter().filter_map(|operation| Some((operation, operation.error_in_success()?))).collect();
        let Some((first, envelope)) = hiding.first() else { continue };
        let (flag, reason) = (envelope.flag.name, envelope.reason.name);
        let message = match hiding.len() {
            1 => format!("`{}` answers 200 with `{flag}` and `{reason}`: an error looks like a success", first.subject()),
            many => format!("{many} good answers carry `{flag}` and `{reason}`: an error looks like a success"),
        };
        let diagnostic = Diagnostic::new(document.subject(), message)
            .at(first.span(), "clients, caches and alerts go by the status code")
            .cause(envelope.flag.span, "says whether it is an error")
            .context(envelope.reason.span, "says which")
            .help("answer errors with a 4xx or 5xx code, and leave both out of the 2xx body")
            .evidence("error in success");
        found.push(spread::over(diagnostic, hiding.iter().map(|(operation, _)| (operation.span(), operation.subject()))));
    }
    found
}
