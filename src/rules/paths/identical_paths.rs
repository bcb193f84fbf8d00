//! Two paths that differ only in the names of their parameters.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::PathRef;
use crate::rules::habit::folded;
use crate::rules::{Context, Rule, rule};
use std::collections::HashMap;

/// Two paths that differ only in the names of their parameters.
pub(super) const RULE: Rule = rule!("paths/identical-paths", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut by_shape: HashMap<String, Vec<PathRef>> = HashMap::new();
        let (mut answered, mut others) = (Vec::new(), Vec::new());
        for item in document.paths() {
            context.consider();
            let known = by_shape.entry(item.shape()).or_default();
            if let Some(first) = known.first().filter(|first| first.text() != item.text()) {
                let (diagnostic, is_answered) = report(first, &item, known);
                if is_answered { answered.push(diagnostic) } else { others.push(diagnostic) }
            }
            known.push(item);
        }
        for (all, evidence) in [(answered, "paths with the same requests"), (others, "paths that are the same")] {
            let first = all.first().map(|one: &Diagnostic| one.subject.clone()).unwrap_or_default();
            let headline = |count| format!("{count} paths differ from others in names of parameters alone, `{first}` first");
            found.extend(folded(document, all, headline, evidence));
        }
    }
    found
}

fn methods<'a>(item: &PathRef<'a>) -> Vec<&'a str> {
    item.operations().into_iter().map(|one| one.method_name()).collect()
}

/// What is said of a path, and whether two operations answer the same request.
fn report(first: &PathRef, item: &PathRef, known: &[PathRef]) -> (Diagnostic, bool) {
    let own = methods(item);
    let shared = known.iter().find_map(|other| methods(other).into_iter().find(|method| own.contains(method)));
    let message = format!("`{}` is the same path as `{}`", item.text(), first.text());
    let text = match shared {
        Some(method) => format!("two operations answer the same `{}`, and one of them never will", method),
        None => "parameter names do not make another path: tools keep one of the two".to_owned(),
    };
    let diagnostic = Diagnostic::new(item.text(), message)
        .at(item.span(), text)
        .cause(first.span(), "the same path")
        .help(format!("move the operations to `{}`", first.text()))
        .evidence(format!("same as {}", first.text()));
    match shared {
        Some(_) => (diagnostic, true),
        None => (diagnostic.at_most(Severity::Warning, "the two have no method in common"), false),
    }
}
