//! Types that parts of one `allOf` give to the same thing, where no value can be of all of them.

use super::constraint::overlap;
use super::schema::SchemaRef;
use super::schema_part::SchemaPart;
use crate::source::Span;
use std::collections::HashMap;

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

impl<'a> SchemaPart<'a> {
    /// What the schema and the members of its `allOf` say of one thing that cannot both be; empty where it has none.
    pub fn type_conflicts(self) -> Vec<TypeConflict<'a>> {
        let schema = self.schema();
        if schema.cursor.raw("allOf").is_none() {
            return Vec::new();
        }
        let composed = schema.composed();
        let mut found = Vec::new();
        let typed = |part: &&SchemaRef<'a>| !part.said_types().is_empty();
        if let Some(first) = composed.iter().find(typed) {
            let place = |part: &SchemaRef<'a>| part.key_span("type").unwrap_or(part.span());
            let others = composed.iter().filter(typed);
            found.extend(others.filter_map(|other| conflict(None, (*first, place(first)), (*other, place(other)))));
        }
        let mut known: HashMap<&str, (SchemaRef<'a>, Span)> = HashMap::new();
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
}
