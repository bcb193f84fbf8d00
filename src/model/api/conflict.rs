//! Types that parts of one `allOf` give to the same thing, where no value can be of all of them.

use super::constraint::overlap;
use super::cursor::Pin;
use super::mark::Mark;
use super::schema::SchemaRef;
use super::schema_part::SchemaPart;
use super::{Api, Map, Set};
use crate::source::Span;

/// Two types for one thing.
#[derive(Debug, Clone)]
pub struct TypeConflict<'a> {
    /// The property; `None` for the value itself.
    pub property: Option<&'a str>,
    /// The type that is found first: `string`.
    pub one: String,
    /// Where that is said.
    pub one_span: Span,
    /// The type that it cannot be as well.
    pub other: String,
    /// Where that is said.
    pub other_span: Span,
}

fn conflict<'a>(property: Option<&'a str>, one: (SchemaRef, Span), other: (SchemaRef, Span)) -> Option<TypeConflict<'a>> {
    let (types, others) = (one.0.said_types(), other.0.said_types());
    let words = |types: &[&str]| types.join(" or ");
    let found = TypeConflict { property, one: words(&types), one_span: one.1, other: words(&others), other_span: other.1 };
    (one.0.is_known() && other.0.is_known() && !overlap(&types, &others)).then_some(found)
}

impl Api {
    /// What each schema and the members of its `allOf` say of one thing that cannot both be. A schema that one before it draws in is judged
    /// with that one, so that a chain of them is walked once.
    pub fn type_conflicts(&self) -> impl Iterator<Item = (SchemaPart<'_>, Vec<TypeConflict<'_>>)> {
        let mut judged: Set<Pin> = Set::default();
        self.schemas_with(Mark::AllOf).filter_map(move |part| {
            let schema = part.schema();
            schema.cursor.raw("allOf")?;
            // What only wraps another schema is judged with that.
            if judged.contains(&schema.pin()) || judged.contains(&schema.core().pin()) {
                return None;
            }
            let composed = schema.composed();
            judged.extend(composed.iter().map(|one| one.pin()));
            Some((part, conflicts_among(composed)))
        })
    }
}

/// What the parts of one schema say of one thing that cannot both be.
fn conflicts_among(composed: Vec<SchemaRef<'_>>) -> Vec<TypeConflict<'_>> {
    let mut found = Vec::new();
    let typed = |part: &&SchemaRef<'_>| !part.said_types().is_empty();
    if let Some(first) = composed.iter().find(typed) {
        let place = |part: &SchemaRef<'_>| part.key_span("type").unwrap_or(part.span());
        let others = composed.iter().filter(typed);
        found.extend(others.filter_map(|other| conflict(None, (*first, place(first)), (*other, place(other)))));
    }
    let mut known: Map<&str, (SchemaRef<'_>, Span)> = Map::default();
    for part in composed {
        let Some(map) = part.cursor.get("properties") else { continue };
        for (key, cursor) in map.entries() {
            let Some(name) = key.text() else { continue };
            let property = (SchemaRef { cursor }.core(), key.span());
            match known.get(name) {
                Some(first) => found.extend(conflict(Some(name), *first, property)),
                None if property.0.said_types().is_empty() => {}
                None => {
                    known.insert(name, property);
                }
            }
        }
    }
    found
}
