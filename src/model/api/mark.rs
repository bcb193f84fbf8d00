//! Which schemas have which keys: found out once, so that a rule about enums looks at enums only.

use super::Api;
use super::document::DocumentRef;
use super::keyword::spoken_of;
use super::schema_part::SchemaPart;
use super::types::Types;
use crate::documents::NodeRef;

/// What a schema has of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mark {
    /// `enum` or `const`.
    Values = 1,
    /// `allOf`.
    AllOf = 2,
    /// A list of required properties.
    Required = 4,
    /// The type array.
    Array = 8,
    /// A bound of a number, a length or a count.
    Bound = 16,
    /// A discriminator.
    Discriminator = 32,
    /// A keyword that speaks of other values than its type allows.
    Idle = 64,
}

fn marks(node: NodeRef) -> u8 {
    let mut marks = 0;
    let (mut spoken, mut allowed) = (Types::NONE, Types::NONE);
    for (key, value) in node.entries() {
        let name = key.text().unwrap_or("");
        spoken = spoken.with(spoken_of(name));
        if name == "type" {
            allowed = Types::written(value);
        }
        let mark = match name {
            "enum" | "const" => Mark::Values,
            "allOf" => Mark::AllOf,
            "required" if value.is_list() => Mark::Required,
            "type" if value.text() == Some("array") || value.items().any(|word| word.text() == Some("array")) => Mark::Array,
            "discriminator" => Mark::Discriminator,
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "minLength" | "maxLength" | "minItems"
            | "maxItems" | "minProperties" | "maxProperties" => Mark::Bound,
            // What a merge brings in is looked at where it is asked for.
            "<<" => return u8::MAX,
            _ => continue,
        };
        marks |= mark as u8;
    }
    if allowed.leave_out_some(spoken) { marks | Mark::Idle as u8 } else { marks }
}

impl Api {
    fn marks(&self) -> &[u8] {
        self.marks.get_or_init(|| {
            let parts = (0..).zip(&self.walk().parts);
            parts.map(|(at, part)| SchemaPart::new(self, at, *part).map_or(0, |part| marks(part.node))).collect()
        })
    }

    /// The schemas that have something of their own, in order; then those at places where the specification has none.
    pub fn schemas_with(&self, mark: Mark) -> impl Iterator<Item = SchemaPart<'_>> {
        let own = (0..).zip(self.marks()).filter(move |(_, marks)| **marks & mark as u8 != 0);
        let own = own.filter_map(|(at, _)| SchemaPart::numbered(self, at));
        let strays = self.documents().flat_map(DocumentRef::stray_schemas);
        own.chain(strays.filter(move |part| marks(part.node) & mark as u8 != 0))
    }
}

impl<'a> DocumentRef<'a> {
    /// The same for the schemas that this document was the first to lead to.
    pub fn schemas_with(self, mark: Mark) -> impl Iterator<Item = SchemaPart<'a>> {
        let marked = move |at: &&u32| self.api.marks().get(**at as usize).is_some_and(|marks| marks & mark as u8 != 0);
        let own = self.api.walk().schemas_by_document.get(self.at as usize).into_iter().flatten().filter(marked);
        let own = own.filter_map(move |at| SchemaPart::numbered(self.api, *at));
        own.chain(self.stray_schemas().into_iter().filter(move |part| marks(part.node) & mark as u8 != 0))
    }
}
