//! Problem documents whose schema does not name the members that tell problems apart.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule, spread};

/// Problem documents whose schema names no `type` or no `title`.
pub(super) const RULE: Rule = rule!("errors/incomplete-problem", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for document in context.head.api.documents() {
        for body in document.problem_bodies() {
            context.consider();
            let lacking = body.lacking_members();
            if lacking.is_empty() {
                continue;
            }
            let place = body.place();
            if let Some(known) = found.iter_mut().find(|known| known.primary.span == place) {
                *known = spread::add(known.clone(), body.span(), body.subject());
                continue;
            }
            let names: Vec<String> = lacking.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("a problem document does not describe {}", names.join(" and "));
            let members = lacking.iter().map(|name| match *name {
                "type" => "type: { type: string, format: uri-reference }",
                _ => "title: { type: string }",
            });
            found.push(
                Diagnostic::new(format!("{} incomplete", body.subject()), message)
                    .at(place, format!("{}: clients cannot tell one problem from another", body.subject()))
                    .help(members.collect::<Vec<_>>().join("\n"))
                    .evidence(format!("without {}", lacking.join(" "))),
            );
        }
    }
    found
}
