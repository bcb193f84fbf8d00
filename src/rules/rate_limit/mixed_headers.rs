//! Rate-limit headers of two families in one document.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, HeaderRef, LimitDialect};
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

/// Rate-limit headers of two families in one document.
pub(super) const RULE: Rule = rule!("rate-limit/mixed-headers", check);

/// Where a family is used: each header once, with what it belongs to.
type Uses<'a> = BTreeMap<LimitDialect, Vec<(HeaderRef<'a>, String)>>;

fn uses<'a>(context: &Context, document: DocumentRef<'a>) -> Uses<'a> {
    let mut uses: Uses = BTreeMap::new();
    for response in document.own_operations().flat_map(|operation| operation.responses()) {
        for header in response.header_list() {
            let Some(dialect) = header.limit_dialect() else { continue };
            context.consider();
            let subject = format!("{} {}", response.operation().subject(), response.status());
            uses.entry(dialect).or_default().push((header, subject));
        }
    }
    uses
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut uses = uses(context, document);
        let Some(usual) = uses.iter().rev().max_by_key(|(_, all)| all.len()).map(|(dialect, _)| *dialect) else { continue };
        let Some((first_usual, _)) = uses.remove(&usual).and_then(|all| all.into_iter().next()) else { continue };
        for (dialect, headers) in uses {
            let Some((first, subject)) = headers.first() else { continue };
            let message = format!("`{}` beside `{}`: clients must read two families of headers", dialect.name(), usual.name());
            let diagnostic = Diagnostic::new(format!("{} {}", document.subject(), dialect.name()), message)
                .at(first.name.span, subject.clone())
                .context(first_usual.name.span, format!("most responses have `{}`", usual.name()))
                .help(format!("name it `{}` as elsewhere", first_usual.name.value))
                .evidence(format!("{} beside {}", dialect.name(), usual.name()));
            let places: Vec<(Span, String)> =
                headers.iter().map(|(header, subject)| (header.name.span, subject.clone())).collect();
            found.push(over(diagnostic, places));
        }
    }
    found
}
