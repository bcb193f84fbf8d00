//! A document whose operations take the idempotency key under several names, or under another one than the configuration asks for.

use crate::diagnostic::Diagnostic;
use crate::model::api::{KeyDeclaration, OperationRef};
use crate::rules::{Context, Rule, rule, spread};
use std::collections::BTreeMap;

/// Operations that take the idempotency key under another name than the others.
pub(super) const RULE: Rule = rule!("idempotency/inconsistent-key-name", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut versions: BTreeMap<u32, Vec<(OperationRef, KeyDeclaration)>> = BTreeMap::new();
        for (operation, key) in document.keyed_operations().into_iter().filter(|(one, _)| !one.is_deprecated()) {
            context.consider();
            versions.entry(operation.path_version().unwrap_or(0)).or_default().push((operation, key));
        }
        for keyed in versions.values() {
            let mut names: BTreeMap<String, usize> = BTreeMap::new();
            // Headers have no case.
            let name = |key: &KeyDeclaration| key.parameter.name().to_ascii_lowercase();
            keyed.iter().for_each(|(_, key)| *names.entry(name(key)).or_default() += 1);
            let asked = document.standards().idempotency.as_deref();
            let most = names.iter().max_by_key(|(_, count)| **count).map(|(name, count)| (name.clone(), *count));
            let Some((usual, count)) = asked.map(|name| (name.to_ascii_lowercase(), 0)).or(most) else { continue };
            let others: Vec<_> = keyed.iter().filter(|(_, key)| name(key) != usual).collect();
            let example = keyed.iter().find(|(_, key)| name(key) == usual).map(|(_, key)| key.parameter);
            let known = asked.or(example.map(|known| known.name()));
            let (Some((operation, key)), Some(known)) = (others.first(), known) else { continue };
            let own = key.parameter;
            let message = match asked {
                Some(_) => format!("`{}` takes the key as `{}`, `[api]` asks for `{known}`", operation.subject(), own.name()),
                None => format!("`{}` takes the key as `{}`, {count} others as `{known}`", operation.subject(), own.name()),
            };
            let mut diagnostic = Diagnostic::new(format!("{} {}", document.subject(), own.name()), message)
                .at(own.span(), "a client that sends the usual header is not protected here")
                .help(format!("name: {known}"))
                .evidence(format!("{} beside {usual}", own.name()));
            if let Some(example) = example {
                diagnostic = diagnostic.context(example.span(), "the usual one");
            }
            found.push(spread::over(diagnostic, others.iter().map(|(one, key)| (key.parameter.span(), one.subject()))));
        }
    }
    found
}
