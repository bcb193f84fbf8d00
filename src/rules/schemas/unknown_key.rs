//! A key that no version of OpenAPI knows, most often a misspelt one.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DefectGroup, DefectKind, DocumentRef, Names, Version};
use crate::rules::{Context, Rule, rule};

/// A key that no version of OpenAPI knows.
pub(super) const RULE: Rule = rule!("schemas/unknown-key", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    super::of_defects(context, report)
}

fn report(document: DocumentRef, group: &DefectGroup) -> Option<Diagnostic> {
    if let DefectKind::WrongName { name, map } = group.first.kind {
        return Some(wrong_name(document, group, name, map));
    }
    let DefectKind::UnknownKey { key, near } = &group.first.kind else { return None };
    let (object, an_object) = (&group.first.object, group.first.an_object());
    let subject = format!("{} {object} {key}", document.subject());
    let diagnostic = match near {
        Some(near) => Diagnostic::new(subject, format!("`{key}` is no key of {an_object}: `{near}` is"))
            .at(group.first.span, "ignored by every tool")
            .help(format!("{near}:")),
        // From 3.1 on a schema may have any keyword.
        None if object == "schema" && document.version() >= Version::V31 => return None,
        None => Diagnostic::new(subject, format!("`{key}` is no key of {an_object}"))
            .at(group.first.span, "means nothing to any tool, or something else to each")
            .help(format!("x-{key}:"))
            .at_most(Severity::Info, "it is nearly no known key, and so perhaps meant as an extension"),
    };
    let diagnostic = diagnostic.evidence(format!("{key} in {object}"));
    Some(diagnostic)
}

fn wrong_name(document: DocumentRef, group: &DefectGroup, name: &str, map: Names) -> Diagnostic {
    let (what, label, help) = match map {
        Names::Paths => ("no path: it does not begin with a slash", "tools skip it with all its operations", format!("/{name}:")),
        Names::Statuses => {
            let help = "a status in quotes: `\"404\":`, `\"4XX\":` for a class, or `default:`".to_owned();
            ("no status: `404`, `4XX` and `default` are", "tools skip the response, or fail", help)
        }
    };
    Diagnostic::new(format!("{} {} {name}", document.subject(), group.first.object), format!("`{name}` is {what}"))
        .at(group.first.span, label)
        .help(help)
        .evidence(format!("{name} in {}", group.first.object))
}
