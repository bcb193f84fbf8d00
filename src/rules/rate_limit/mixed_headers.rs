//! Rate-limit headers of two families in one document, or of another one than the configuration asks for.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, HeaderRef, LimitDialect, ResponseRef};
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;
use std::collections::BTreeMap;

/// Rate-limit headers of two families in one document.
pub(super) const RULE: Rule = rule!("rate-limit/mixed-headers", check);

/// Where a family is used: each header once, with the response that has it.
type Uses<'a> = BTreeMap<LimitDialect, Vec<(HeaderRef<'a>, ResponseRef<'a>)>>;

fn subject(response: ResponseRef) -> String {
    format!("{} {}", response.operation().subject(), response.status())
}

fn uses<'a>(context: &Context, document: DocumentRef<'a>) -> Uses<'a> {
    let mut uses: Uses = BTreeMap::new();
    for response in document.own_operations().flat_map(|operation| operation.responses()) {
        for header in response.header_list() {
            let Some(dialect) = header.limit_dialect() else { continue };
            context.consider();
            uses.entry(dialect).or_default().push((header, response));
        }
    }
    uses
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut uses = uses(context, document);
        let asked = document.standards().rate_limit_headers;
        let most = uses.iter().rev().max_by_key(|(_, all)| all.len()).map(|(dialect, _)| *dialect);
        let Some(usual) = asked.or(most) else { continue };
        let first_usual = uses.remove(&usual).and_then(|all| all.into_iter().next()).map(|(header, _)| header);
        for (dialect, headers) in uses {
            let Some((first, response)) = headers.first() else { continue };
            let message = match asked {
                Some(asked) => format!("the headers `{}` are not `{}`, as `[api]` asks", dialect.name(), asked.name()),
                None => format!("`{}` beside `{}`: clients must read two families of headers", dialect.name(), usual.name()),
            };
            let mut diagnostic = Diagnostic::new(format!("{} {}", document.subject(), dialect.name()), message)
                .at(first.name.span, subject(*response))
                .evidence(format!("{} beside {}", dialect.name(), usual.name()));
            diagnostic = match (first_usual, asked) {
                (Some(known), None) => diagnostic
                    .context(known.name.span, format!("most responses have `{}`", usual.name()))
                    .help(format!("name it `{}` as elsewhere", known.name.value)),
                _ => diagnostic.help(format!("send `{}` too; those that are shipped stay beside them", usual.name())),
            };
            let places: Vec<(Span, String)> =
                headers.iter().map(|(header, response)| (header.name.span, subject(*response))).collect();
            found.push(over(diagnostic, places));
        }
    }
    found
}
