//! Keys beside a reference that say nothing.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Context, Rule, rule};
use crate::source::{Span, Spanned};
use std::collections::BTreeMap;

/// Longer values are not repeated in the help, in bytes.
const LONGEST: usize = 80;

/// Keys beside a reference that say nothing.
pub(super) const RULE: Rule = rule!("refs/ignored-siblings", check);

/// Keys for people: what is lost is an explanation and no rule.
const PROSE: [&str; 7] = ["description", "summary", "title", "example", "examples", "deprecated", "externalDocs"];

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        // What stands beside one reference is mended at once.
        let mut ignored: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for reference in document.references() {
            context.consider();
            let (prose, rules): (Vec<_>, Vec<_>) =
                reference.ignored_siblings().into_iter().partition(|(key, _)| PROSE.contains(&key.value));
            for (keys, is_prose) in [(prose, true), (rules, false)] {
                let mut names: Vec<&str> = keys.iter().map(|(key, _)| key.value).collect();
                names.sort_unstable();
                if !keys.is_empty() {
                    ignored.entry((names, reference.object(), is_prose)).or_default().push((keys, reference));
                }
            }
        }
        for ((keys, object, is_prose), places) in ignored {
            let Some(((beside, first), rest)) = places.split_first() else { continue };
            let Some((at, _)) = beside.first() else { continue };
            let version = document.version_text().map_or("this version", |version| version.value);
            let message = match keys.as_slice() {
                [key] => format!("`{key}` beside `$ref` is ignored in OpenAPI {version}"),
                [key, other] => format!("`{key}` and `{other}` beside `$ref` are ignored in OpenAPI {version}"),
                [key, rest @ ..] => {
                    format!("`{key}` and {} more keys beside `$ref` are ignored in OpenAPI {version}", rest.len())
                }
                [] => continue,
            };
            let key = keys.join(" ");
            let diagnostic = Diagnostic::new(format!("{} {object} {key}", document.subject()), message)
                .at(at.span, "only the reference counts")
                .context(first.span(), "the reference")
                .help(match object.as_str() {
                    "schema" => format!("allOf:\n  - $ref: '{}'\n{}", first.text(), written(context, beside)),
                    _ => format!("move `{}` into what is referred to", keys.join("` and `")),
                })
                .evidence(format!("{key} beside a reference to a {object}"));
            let others = rest.iter().filter_map(|(beside, one)| Some((beside.first()?.0.span, one)));
            let diagnostic = others.fold(diagnostic, |all, (span, one)| all.occurrence(span, one.pointer()));
            found.push(match is_prose {
                true => diagnostic.at_most(Severity::Info, "only an explanation is lost"),
                false => diagnostic,
            });
        }
    }
    found
}

/// The keys as they are written, a line each; two dots stand for what takes more than one.
fn written(context: &Context, beside: &[(Spanned<&str>, Span)]) -> String {
    let value = |span: Span| Some(context.sources.text(span)).filter(|text| !text.contains('\n') && text.len() < LONGEST);
    let lines = beside.iter().map(|(key, span)| format!("{}: {}", key.value, value(*span).unwrap_or("..")));
    lines.collect::<Vec<_>>().join("\n")
}
