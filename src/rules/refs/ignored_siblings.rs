//! Keys beside a reference that say nothing.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

/// Keys beside a reference that say nothing.
pub(super) const RULE: Rule = rule!("refs/ignored-siblings", check);

/// Keys for people: what is lost is an explanation and no rule.
const PROSE: [&str; 7] = ["description", "summary", "title", "example", "examples", "deprecated", "externalDocs"];

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut ignored: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for reference in document.references() {
            context.consider();
            for key in reference.ignored_siblings() {
                ignored.entry((key.value, reference.object())).or_default().push((key.span, reference));
            }
        }
        for ((key, object), places) in ignored {
            let Some(((span, first), rest)) = places.split_first() else { continue };
            let version = document.version_text().map_or("this version", |version| version.value);
            let message = format!("`{key}` beside `$ref` is ignored in OpenAPI {version}");
            let diagnostic = Diagnostic::new(format!("{} {object} {key}", document.subject()), message)
                .at(*span, "only the reference counts")
                .context(first.span(), "the reference")
                .help(match object.as_str() {
                    "schema" => format!("allOf:\n  - $ref: '{}'\n{key}: ..", first.text()),
                    _ => format!("move `{key}` into what is referred to"),
                })
                .evidence(format!("{key} beside a reference to a {object}"));
            let diagnostic = rest.iter().fold(diagnostic, |all, (span, one)| all.occurrence(*span, one.pointer()));
            found.push(match PROSE.contains(&key) {
                true => diagnostic.at_most(Severity::Info, "only an explanation is lost"),
                false => diagnostic,
            });
        }
    }
    found
}
