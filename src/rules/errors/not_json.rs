//! Errors that are text or HTML although the operation answers with JSON.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::standards::ErrorForm;
use crate::rules::{Context, Rule, rule, spread};

/// Errors that are text or HTML although the operation answers with JSON.
pub(super) const RULE: Rule = rule!("errors/not-json", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        // Where the configuration asks for problem documents, `errors/not-problem-details` names all others.
        if document.standards().errors == Some(ErrorForm::ProblemDetails) {
            continue;
        }
        let (mut text, structured) = document.text_errors();
        (0..text.len() + structured).for_each(|_| context.consider());
        // What has a shape beside a usual one is named by `errors/inconsistent-shape`.
        if text.iter().any(|body| body.shape().is_some()) && document.majority_shape(&document.error_bodies()).is_some() {
            text.retain(|body| body.shape().is_none());
        }
        let Some(first) = text.first() else { continue };
        let media = first.media.essence();
        let message = match text.len() {
            1 => format!("`{}` is `{media}`, although the operation answers with JSON", first.subject()),
            many => format!("{many} errors are `{media}`, like `{}`, where JSON is answered otherwise", first.subject()),
        };
        let diagnostic = Diagnostic::new(format!("{} {media} errors", document.subject()), message)
            .at(first.span(), "a client that parses JSON fails on the error, and hides its reason")
            .help("application/problem+json:")
            .evidence("text errors");
        let diagnostic = spread::over(diagnostic, text.iter().map(|body| (body.span(), body.subject())));
        found.push(match structured >= text.len() * 4 {
            true => diagnostic,
            false => diagnostic.at_most(Severity::Info, "the document answers errors with text throughout"),
        });
    }
    found
}
