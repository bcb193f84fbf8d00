//! A gateway that lets any origin send requests with the user's credentials.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::Access;
use crate::model::links::passages::Passage;
use crate::rules::passages::{by_place, rehearsed, shared};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("security/cors-wildcard-credentials", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let passages = context.head.passages();
    let mut found = Vec::new();
    for (span, group) in by_place(&passages, |passage| Some(passage.route.cross_origin.known()?.span)) {
        context.consider();
        let opens = |passage: &&&Passage| passage.route.cross_origin.known().is_some_and(|one| one.any_origin && one.credentials);
        let is_star = |passage: &&&Passage| passage.route.cross_origin.known().is_some_and(|one| one.is_star);
        let Some(passage) = group.iter().filter(opens).min_by_key(is_star) else { continue };
        let is_refused = is_star(&passage);
        let secured: Vec<_> = passage.operations().into_iter().filter(|one| one.access() == Access::Asked).collect();
        let (message, label) = match is_refused {
            true => (
                format!("`{}` answers `*` to requests with credentials, which is refused", passage.short_name()),
                "pages of other origins cannot read the answer; to repeat any origin instead would open it to all",
            ),
            false => (
                format!("`{}` lets every origin in with the user's credentials", passage.short_name()),
                "any site that the user visits can call this API as the user",
            ),
        };
        let mut diagnostic = Diagnostic::new(format!("{}/cors", passage.subject()), message)
            .at(span, label)
            .help(passage.phrase("origins", &[]).unwrap_or_else(|| "name the origins".into()))
            .evidence("any origin with credentials");
        if is_refused {
            diagnostic = diagnostic.at_most(Severity::Warning, "browsers refuse the pair");
        }
        if let Some(first) = secured.first() {
            diagnostic = diagnostic.context(first.span(), "callers must say who they are here");
            passage.why().into_iter().take(1).for_each(|why| diagnostic.joins.push(why.to_owned()));
        }
        found.push(rehearsed(shared(diagnostic, &group), passage.profile()));
    }
    found
}
