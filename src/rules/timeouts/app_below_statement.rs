//! A service that gives up a request while its statement may go on.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};

pub(super) const RULE: Rule = rule!("timeouts/app-below-statement", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for both in context.head.runtime.statement_limits() {
        context.consider();
        if both.statement <= both.request {
            continue;
        }
        let (request, statement) = (shown(both.request), shown(both.statement));
        let (service, store) = (both.service.name(), both.store.name());
        let message = format!("`{service}` gives up after {request}, its statements on `{store}` may run {statement}");
        let diagnostic = Diagnostic::new(format!("{}/statement", both.service.subject()), message)
            .at(both.statement_span, "the statement goes on for nobody, and keeps its connection and its locks")
            .cause(both.request_span, format!("`{}` ends the request after {request}", both.setting))
            .help(format!("statement_timeout = {}", (both.request * 8 / 10).as_millis()))
            .join(format!("`{service}` uses `{store}`"))
            .evidence("request below statement");
        found.push(rehearsal::lowered(diagnostic, both.service.profile()));
    }
    found
}
