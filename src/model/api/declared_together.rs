//! Everything that is declared of one value: through `allOf`, beside `$ref`, and by the forms that it may take.

use super::Set;
use super::constraint::MOST_USERS;
use super::cursor::{Cursor, Pin, pin};
use super::mapping;
use super::schema::SchemaRef;
use super::schema_part::SchemaPart;
use crate::documents::NodeRef;

/// How many schemas of one value are looked at.
const MOST: usize = 256;

/// Which schemas of a value are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those that hold for every value.
    Every,
    /// Those that hold for some value, also those of its other forms.
    Some,
}

impl<'a> SchemaRef<'a> {
    /// The schema that its references lead to, after those on the way that say something beside `$ref`. These show what stands
    /// beside it in the place of what it hides, which the last one shows.
    pub(super) fn layers(self) -> Vec<SchemaRef<'a>> {
        let Cursor { api, node, known, .. } = self.cursor;
        let says_more = |written: &NodeRef| written.entries().len() > 1;
        let steps = self.cursor.steps().into_iter().filter(says_more);
        steps.chain([node]).map(|written| SchemaRef { cursor: Cursor { api, written, node, known } }).collect()
    }

    /// The identity of the place where it is mentioned.
    pub(super) fn mention(self) -> Pin {
        pin(self.cursor.written)
    }

    /// The forms that extend a schema with a discriminator, whose values are values of it too; `None` where not all are known.
    fn subtypes(self) -> Option<Vec<SchemaRef<'a>>> {
        let Some(discriminator) = self.cursor.raw("discriminator") else { return Some(Vec::new()) };
        let part = SchemaPart::at(self.cursor.api, self.pin())?;
        let mut found = part.users();
        if found.len() >= MOST_USERS {
            return None;
        }
        // What offers it among other forms extends nothing.
        found.retain(|user| user.has_key("allOf"));
        for (_, value) in mapping::values(discriminator) {
            let target = self.cursor.api.mapped(part.part.document, value)?;
            found.push(SchemaRef { cursor: Cursor::new(self.cursor.api, self.cursor.api.node(target.pin)?) });
        }
        Some(found)
    }
}

/// The schemas that together say what a value is, those that `schemas` draw in included, each once and in order. `None` where
/// something of it is not known.
pub(super) fn declared<'a>(schemas: &[SchemaRef<'a>], reach: Reach) -> Option<Vec<SchemaRef<'a>>> {
    let mut seen: Set<(Pin, Pin)> = Set::default();
    let mut all = Vec::new();
    // Whether the value can be any form of the schema: not so where it is the schema and more.
    let mut stack: Vec<(SchemaRef, bool)> = schemas.iter().rev().map(|schema| (*schema, true)).collect();
    while let Some((schema, is_value)) = stack.pop() {
        let mut next = Vec::new();
        for layer in schema.layers() {
            if !layer.is_known() || all.len() >= MOST {
                return None;
            }
            if !seen.insert((layer.mention(), layer.pin())) {
                continue;
            }
            all.push(layer);
            let members = layer.parts("allOf");
            let wraps = is_value && members.len() == 1 && !layer.has_key("properties");
            next.extend(members.into_iter().map(|member| (member, wraps)));
            for key in ["oneOf", "anyOf"] {
                let forms = layer.forms(key);
                if reach == Reach::Some || forms.len() == 1 {
                    next.extend(forms.into_iter().map(|form| (form, is_value)));
                }
            }
            if reach == Reach::Some && is_value {
                next.extend(layer.subtypes()?.into_iter().map(|subtype| (subtype, false)));
            }
        }
        stack.extend(next.into_iter().rev());
    }
    Some(all)
}
