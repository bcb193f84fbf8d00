//! A key that only other versions of OpenAPI know.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DefectGroup, DefectKind, DocumentRef};
use crate::rules::{Context, Rule, rule};

/// A key that only other versions of OpenAPI know.
pub(super) const RULE: Rule = rule!("schemas/key-of-other-version", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    super::of_defects(context, report)
}

fn report(document: DocumentRef, group: &DefectGroup) -> Option<Diagnostic> {
    let DefectKind::KeyOfOtherVersion { key, versions, instead } = &group.first.kind else { return None };
    let (object, an_object) = (&group.first.object, group.first.an_object());
    let version = document.version_text();
    let own = version.map_or("this version", |version| version.value);
    let message = format!("`{key}` of {an_object} means nothing in OpenAPI {own}, only in {versions}");
    let mut diagnostic = Diagnostic::new(format!("{} {object} {key}", document.subject()), message)
        .at(group.first.span, "ignored by tools that follow the specification")
        .evidence(format!("{key} in {object}, known to {versions}"));
    if let Some(version) = version {
        diagnostic = diagnostic.context(version.span, "the version of the document");
    }
    if let Some(instead) = instead {
        diagnostic = diagnostic.help(*instead);
    }
    Some(diagnostic)
}
