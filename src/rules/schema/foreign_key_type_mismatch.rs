//! A column whose type is not that of the key which it refers to.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::{NamedReference, TypeFit, UnlikePair};
use crate::rules::pending::unsure;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = rule!("schema/foreign-key-type-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let schema = &context.head.schema;
    let mut found: BTreeMap<(usize, String, String), Diagnostic> = BTreeMap::new();
    let mut add = |pair: &UnlikePair, diagnostic: Diagnostic| match found.get_mut(&pair.column.logical()) {
        Some(held) => *held = held.clone().occurrence(pair.column.type_span(), pair.column.subject()),
        None => {
            found.insert(pair.column.logical(), diagnostic);
        }
    };
    for key in schema.tables().filter(|table| !table.is_derived()).flat_map(|table| table.foreign_keys().collect::<Vec<_>>()) {
        context.consider();
        if let Some(pair) = key.unlike_pair() {
            add(&pair, report(&pair));
        }
    }
    for named in schema.named_references().into_iter().filter(|named| !named.declared) {
        context.consider();
        let NamedReference { column, key, .. } = named;
        if column.type_fit(&key) == Some(TypeFit::Incompatible) {
            let pair = UnlikePair { column, key, fit: TypeFit::Incompatible };
            add(&pair, by_name(&pair));
        }
    }
    found.into_values().collect()
}

fn types(pair: &UnlikePair) -> (String, String) {
    let display = |column: &crate::model::schema::ColumnRef| column.known_type().map(|one| one.display()).unwrap_or_default();
    (display(&pair.column), display(&pair.key))
}

fn report(pair: &UnlikePair) -> Diagnostic {
    let (own, other) = types(pair);
    let message = format!("`{}` is {own}, the key that it refers to is {other}", pair.column.short_name());
    let label = match pair.fit {
        TypeFit::Narrower => "keys beyond this type cannot be referred to: the INSERT fails",
        TypeFit::Wider => "it takes values that no key can have",
        TypeFit::Same | TypeFit::Incompatible => "the server refuses a foreign key between the two",
    };
    let mut found = Diagnostic::new(pair.column.subject(), message)
        .at(pair.column.type_span(), label)
        .cause(pair.key.type_span(), format!("`{}` is {other}", pair.key.short_name()))
        .evidence(format!("{own}>{other}"));
    let help = match pair.fit {
        TypeFit::Incompatible => pair.column.convert_help(&other),
        TypeFit::Wider => pair.key.alter_type_help(&own),
        _ => pair.column.alter_type_help(&other),
    };
    if let Some(help) = help {
        found = found.help(help);
    }
    let is_text = pair.column.known_type().and_then(|one| one.length()).is_some();
    match pair.fit {
        TypeFit::Narrower if is_text => found.at_most(Severity::Info, "keys may well be shorter than their column allows"),
        TypeFit::Narrower => found.at_most(Severity::Warning, "nothing fails before the keys have grown so far"),
        TypeFit::Wider => found.at_most(Severity::Info, "every key fits into it"),
        TypeFit::Same | TypeFit::Incompatible => found,
    }
}

/// Without a foreign key only the name says that it refers to the other table.
fn by_name(pair: &UnlikePair) -> Diagnostic {
    let (own, other) = types(pair);
    let message = format!("`{}` is {own}, while `{}` is {other}", pair.column.short_name(), pair.key.short_name());
    let found = Diagnostic::new(pair.column.subject(), message)
        .at(pair.column.type_span(), "no foreign key is possible, and a join needs a cast, which no index of it serves")
        .cause(pair.key.type_span(), format!("the key of `{}`", pair.key.table().short_name()))
        .evidence(format!("{own}>{other}"));
    let found = match pair.column.convert_help(&other) {
        Some(help) => found.help(help),
        None => found,
    };
    unsure(found, Severity::Info, Confidence::Medium, "only its name says what it refers to")
}
