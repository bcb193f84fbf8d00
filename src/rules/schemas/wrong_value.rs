//! A value of another type than its key asks for.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DefectGroup, DefectKind, DocumentRef, Version};
use crate::rules::{Context, Rule, rule};

/// A value of another type than its key asks for.
pub(super) const RULE: Rule = rule!("schemas/wrong-value", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    super::of_defects(context, report)
}

fn report(document: DocumentRef, group: &DefectGroup) -> Option<Diagnostic> {
    if let DefectKind::WrongReference { wanted, found } = &group.first.kind {
        let message = format!("`$ref` leads to a {found}, where a {wanted} belongs");
        let diagnostic = Diagnostic::new(format!("{} {wanted} {}", document.subject(), group.first.pointer), message)
            .at(group.first.span, format!("must lead to a {wanted}"))
            .evidence(format!("{found} for {wanted}"));
        return Some(diagnostic);
    }
    let DefectKind::WrongValue { key, wanted, found } = &group.first.kind else { return None };
    let (object, an_object) = (&group.first.object, group.first.an_object());
    let what = key.map_or("an item".to_owned(), |key| format!("`{key}`"));
    let diagnostic =
        Diagnostic::new(format!("{} {object} {what}", document.subject()), format!("{what} of {an_object} is {found}"))
            .at(group.first.span, format!("must be {wanted}"))
            .evidence(format!("{what} of {object} is {found}"));
    let diagnostic = match found.as_str() {
        "nothing" | "`null`" => diagnostic.at_most(Severity::Info, "most tools read nothing as no key"),
        _ => diagnostic,
    };
    let diagnostic = match (*key, object.as_str()) {
        (Some("required"), "schema") => diagnostic.help("in the schema around it, name what must be there:\nrequired: [name]"),
        // Both are right from 3.1 on.
        (Some("type"), "schema") if found == "a list" && document.version() == Version::V2 => {
            diagnostic.help("type: string\nx-nullable: true")
        }
        (Some("type"), "schema") if found == "a list" => diagnostic.help("type: string\nnullable: true"),
        (Some(key @ ("exclusiveMinimum" | "exclusiveMaximum")), "schema") if document.version() < Version::V31 => {
            let bound = if key == "exclusiveMinimum" { "minimum" } else { "maximum" };
            diagnostic.help(format!("{bound}: {}\n{key}: true", found.trim_matches('`')))
        }
        _ => diagnostic,
    };
    Some(diagnostic)
}
