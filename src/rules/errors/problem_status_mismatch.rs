//! Problem documents that say another status than that under which they are sent.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rule, spread};

/// Problem documents that say another status than that under which they are sent.
pub(super) const RULE: Rule = rule!("errors/problem-status-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for document in context.head.api.documents() {
        for body in document.problem_bodies() {
            context.consider();
            let Some(clash) = body.status_clash() else { continue };
            if let Some(known) = found.iter_mut().find(|known| known.primary.span == clash.span) {
                *known = spread::add(known.clone(), body.response.key_span(), body.subject());
                continue;
            }
            let (said, sent) = (clash.said, body.response.status());
            let what = if clash.is_example { "the example of" } else { "the body of" };
            let diagnostic = Diagnostic::new(body.subject(), format!("{what} `{}` says status {said}", body.subject()))
                .at(clash.span, format!("says {said}"))
                .cause(body.response.key_span(), format!("is sent as {sent}"))
                .help(format!("status: {sent}"))
                .evidence(format!("says {said}"));
            found.push(match clash.is_example {
                true => diagnostic.at_most(Severity::Warning, "it is an example"),
                false => diagnostic,
            });
        }
    }
    found
}
