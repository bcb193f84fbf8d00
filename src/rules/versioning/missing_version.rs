//! An interface of which callers can nowhere say which version they mean.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, names_version};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("versioning/missing-version", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    // A gateway may put the version before the paths of a document, or choose by it.
    let mut routes = context.head.runtime.routes();
    if routes.any(|route| route.path.unknown().is_some() || route.path.known().is_some_and(|path| names_version(path.text()))) {
        return Vec::new();
    }
    let documents: Vec<DocumentRef> = context.head.api.documents().filter(|one| one.own_operations().next().is_some()).collect();
    documents.iter().for_each(|_| context.consider());
    documents.into_iter().filter(|document| document.is_without_version()).filter_map(report).collect()
}

fn report(document: DocumentRef) -> Option<Diagnostic> {
    let server = document.servers().into_iter().find(|server| server.url.contains("://"));
    let (place, address) = match &server {
        Some(server) => (server.span, server.url.trim_end_matches('/').to_owned()),
        None => (document.paths_span()?, "https://api.example.com".to_owned()),
    };
    let message = format!("`{}` names no version that callers could ask for", document.title());
    let diagnostic = Diagnostic::new(format!("{} version", document.subject()), message)
        .at(place, "the first incompatible change has nowhere to go but over all callers at once")
        .help(format!("servers:\n  - url: {address}/v1"))
        .evidence("no version");
    Some(diagnostic)
}
