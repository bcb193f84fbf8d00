//! Some operations of a document carry a version in their path, others do not; or not where the configuration asks for it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, OperationRef};
use crate::model::standards::VersionPlace;
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};

/// Some operations of a document carry a version in their path, others do not.
pub(super) const RULE: Rule = rule!("versioning/mixed-style", check);

/// So many operations with a version make it the style of the document.
const STYLE: usize = 4;

fn check(context: &Context) -> Vec<Diagnostic> {
    context.head.api.documents().filter_map(|document| departures(context, document)).collect()
}

fn departures(context: &Context, document: DocumentRef) -> Option<Diagnostic> {
    let business = |operation: &OperationRef| !operation.is_health_like() && !operation.is_entrance();
    let judged: Vec<OperationRef> = document.own_operations().filter(business).collect();
    judged.iter().for_each(|_| context.consider());
    if let Some(place) = document.standards().versioning {
        return elsewhere(document, &judged, place);
    }
    let (with, without): (Vec<OperationRef>, Vec<OperationRef>) =
        judged.iter().partition(|operation| operation.version_segment().is_some());
    let is_style = with.len() >= STYLE && with.len() * 10 >= judged.len() * 9;
    let named_elsewhere = |operation: &OperationRef| {
        let servers = operation.effective_servers();
        operation.version_parameter().is_some() || servers.iter().any(|server| server.version_segment().is_some())
    };
    let usual = with.first().filter(|_| is_style)?;
    let others: Vec<OperationRef> = without.into_iter().filter(|operation| !named_elsewhere(operation)).collect();
    let first = others.first()?;
    let message = match others.as_slice() {
        [one] => format!("`{}` has no version, unlike {}", one.subject(), counted(with.len(), "other operation")),
        many => format!("{} have no version, unlike {} others", counted(many.len(), "operation"), with.len()),
    };
    let diagnostic = Diagnostic::new(format!("{} versions", document.subject()), message)
        .at(first.path_span(), "it cannot change without breaking its callers")
        .context(usual.path_span(), format!("`{}` here", usual.version_segment()?))
        .help(format!("/{}{}", usual.version_segment()?, first.path()))
        .evidence("paths with and without a version")
        .at_most(Severity::Info, "a style that was counted, and not asked for");
    Some(over(diagnostic, others.iter().map(|operation| (operation.path_span(), operation.subject()))))
}

/// The operations whose version does not stand where the configuration asks for it: one finding.
fn elsewhere(document: DocumentRef, judged: &[OperationRef], place: VersionPlace) -> Option<Diagnostic> {
    let others: Vec<OperationRef> = judged.iter().copied().filter(|operation| !operation.has_version_in(place)).collect();
    let first = others.first()?;
    let (whose, help) = match place {
        VersionPlace::Path => ("path", "servers:\n  - url: https://api.example.com/v1"),
        VersionPlace::Header => {
            ("headers alone", "- { name: Api-Version, in: header, schema: { type: string } }, and none in the path")
        }
        VersionPlace::Query => {
            ("query alone", "- { name: api-version, in: query, schema: { type: string } }, and none in the path")
        }
    };
    let message = match others.as_slice() {
        [one] => format!("`{}` has no version in its {whose}, as `[api]` asks", one.subject()),
        many => format!("{} have no version in their {whose}, as `[api]` asks", counted(many.len(), "operation")),
    };
    let diagnostic = Diagnostic::new(format!("{} versions", document.subject()), message)
        .at(first.path_span(), format!("{}: callers find the version elsewhere, or not at all", first.subject()))
        .help(help)
        .evidence(format!("no version in {whose}"));
    Some(over(diagnostic, others.iter().map(|operation| (operation.path_span(), operation.subject()))))
}
