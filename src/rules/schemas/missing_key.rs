//! A key that the specification requires and that is not there.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DefectGroup, DefectKind, DocumentRef};
use crate::rules::{Context, Rule, rule};

/// A key that the specification requires and that is not there.
pub(super) const RULE: Rule = rule!("schemas/missing-key", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    super::of_defects(context, report)
}

fn report(document: DocumentRef, group: &DefectGroup) -> Option<Diagnostic> {
    let DefectKind::MissingKey { key } = group.first.kind else { return None };
    let (object, an_object) = (group.first.object.as_str(), group.first.an_object());
    let diagnostic = Diagnostic::new(format!("{} {object} {key}", document.subject()), format!("{an_object} has no `{key}`"))
        .at(group.first.span, "required by the specification")
        .help(format!("{key}:"))
        .evidence(format!("{object} without {key}"));
    // Without a name or a place a parameter is nothing; without a description only strict tools stumble.
    let diagnostic = match object {
        "parameter" | "security scheme" | "request body" => diagnostic,
        _ => diagnostic.at_most(Severity::Info, "what it says can be read all the same"),
    };
    Some(diagnostic)
}
