//! The version stands in the path.

use crate::diagnostic::Diagnostic;
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

/// The version stands in the path.
pub(super) const RULE: Rule = rule!("versioning/version-in-path", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut places: Vec<(String, Span, String)> = Vec::new();
        for server in document.servers() {
            context.consider();
            places.extend(server.version_segment().map(|version| (version.to_owned(), server.span, server.url.clone())));
        }
        for operation in document.own_operations() {
            context.consider();
            let version = operation.version_segment();
            places.extend(version.map(|version| (version.to_owned(), operation.path_span(), operation.subject())));
        }
        let Some((version, span, subject)) = places.first().cloned() else { continue };
        let diagnostic = Diagnostic::new(
            format!("{} version in path", document.subject()),
            format!("the version `{version}` stands in the path"),
        )
        .at(span, subject)
        .help("name the version in a media type or a header, or change the API only compatibly")
        .evidence("version in path");
        found.push(over(diagnostic, places.into_iter().map(|(_, span, subject)| (span, subject))));
    }
    found
}
