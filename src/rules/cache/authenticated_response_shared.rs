//! A gateway's cache that hands the response of one user to another.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{Access, Method, OperationRef};
use crate::model::links::passages::Passage;
use crate::rules::passages::{by_place, joined, listed, rehearsed, shared};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("cache/authenticated-response-shared", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let passages = context.head.passages();
    let mut found = Vec::new();
    for (span, group) in by_place(&passages, |passage| Some(passage.route.cache.known()?.span)) {
        context.consider();
        let shares = |passage: &&&Passage| !private(passage).is_empty();
        let Some(passage) = group.iter().find(shares) else { continue };
        let operations = private(passage);
        let (Some(first), Some(cache)) = (operations.first(), passage.route.cache.known()) else { continue };
        let message = format!("`{}` caches {} for everybody", passage.short_name(), listed(&operations));
        let mut diagnostic = Diagnostic::new(format!("{}/cache", passage.subject()), message)
            .at(span, "neither the key nor a bypass tells callers apart")
            .cause(first.span(), "its callers must say who they are")
            .help(passage.phrase("apart", &[]).unwrap_or_else(|| "key the cache by the caller".into()))
            .evidence("shared cache");
        if cache.lifetime.known().is_none() {
            let why = "without a lifetime of its own the gateway keeps what the response allows it to keep";
            diagnostic = diagnostic.at_most(Severity::Info, why);
        }
        found.push(rehearsed(joined(shared(diagnostic, &group), passage), passage.profile()));
    }
    found
}

/// The reads behind a passage for which callers must say who they are, where its cache does not tell callers apart.
fn private<'m>(passage: &Passage<'m>) -> Vec<OperationRef<'m>> {
    if passage.route.cache.known().is_none_or(|cache| cache.keeps_users_apart.is_some()) {
        return Vec::new();
    }
    let asks = |one: &OperationRef| {
        let anonymous = one.security().iter().any(|need| need.is_anonymous());
        one.method() == Method::Get && one.access() == Access::Asked && !anonymous
    };
    passage.operations().into_iter().filter(asks).collect()
}
