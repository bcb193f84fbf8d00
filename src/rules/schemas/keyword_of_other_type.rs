//! A keyword that its type excludes.

use crate::diagnostic::Diagnostic;
use crate::model::api::{IdleKeyword, Mark, SchemaPart};
use crate::rules::habit::folded;
use crate::rules::{Context, Rule, rule};

/// A keyword that its type excludes.
pub(super) const RULE: Rule = rule!("schemas/keyword-of-other-type", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        context.consider();
        let idle: Vec<(SchemaPart, Diagnostic)> =
            document.schemas_with(Mark::Idle).filter_map(|part| Some((part, report(part)?))).collect();
        let first = idle.first().map_or("", |(part, _)| part.name());
        let headline = |count| format!("{count} schemas have keywords of other types, `{first}` first");
        let all = idle.iter().map(|(_, diagnostic)| diagnostic.clone()).collect();
        found.extend(folded(document, all, headline, "keywords of other types"));
    }
    found
}

/// The first keyword that the type of a schema excludes, and the others.
fn report(part: SchemaPart) -> Option<Diagnostic> {
    let (idle, schema) = (part.idle_keywords(), part.schema());
    let (first, rest) = idle.split_first()?;
    let (keyword, types) = (first.keyword, schema.said_types().join(" or "));
    let is_list = schema.said_types() == ["array"];
    let (label, help) = match first.speaks_of {
        "array" => ("only lists have it: it demands nothing of any value", "type: array".to_owned()),
        "object" if is_list => {
            ("only objects have it: it demands nothing of any value", format!("`{keyword}` within `items`, or: type: object"))
        }
        "object" => ("only objects have it: it demands nothing of any value", "type: object".to_owned()),
        "number" => ("only numbers are held to it: it demands nothing of any value", otherwise(first, is_list)),
        _ => ("only text is held to it: it demands nothing of any value", otherwise(first, is_list)),
    };
    let diagnostic =
        Diagnostic::new(part.subject(), format!("`{keyword}` in `{}` says nothing: the type is {types}", part.name()))
            .at(first.span, label)
            .cause(schema.key_span("type")?, "the type")
            .help(help)
            .evidence(keyword);
    let more = |all: Diagnostic, one: &IdleKeyword| all.occurrence(one.span, format!("{} {}", part.subject(), one.keyword));
    Some(rest.iter().fold(diagnostic, more))
}

/// What to write where the type may be right: of a list, the bound of its length.
fn otherwise(idle: &IdleKeyword, is_list: bool) -> String {
    let of_lists = [("maxLength", "maxItems"), ("minLength", "minItems")].into_iter().find(|(own, _)| *own == idle.keyword);
    if let Some((own, instead)) = of_lists.filter(|_| is_list) {
        return format!("`{instead}` instead of `{own}`, or: type: {}", idle.speaks_of);
    }
    format!("without `{}`, or with: type: {}", idle.keyword, idle.speaks_of)
}
