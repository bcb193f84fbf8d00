//! Discriminators: the property that tells which form a value has.

use super::cursor::spanned;
use super::document::{DocumentRef, Version};
use super::mark::Mark;
use super::schema::SchemaRef;
use super::schema_part::SchemaPart;
use crate::source::{Span, Spanned};

/// Keys by which a schema may have any property.
const UNCLEAR: [&str; 4] = ["patternProperties", "$dynamicRef", "$recursiveRef", "unevaluatedProperties"];

/// A discriminator whose property is not there for certain.
#[derive(Debug, Clone)]
pub struct Blind<'a> {
    /// The name of the property, where it is named.
    pub property: Spanned<&'a str>,
    /// The form that does not have it; `None` where the schema itself does not.
    pub form: Option<(Option<&'a str>, Span)>,
    /// Whether it is there, and merely optional.
    pub is_optional: bool,
}

impl<'a> SchemaPart<'a> {
    /// The property of its discriminator; `None` where it has none.
    pub fn discriminator(self) -> Option<Spanned<&'a str>> {
        let value = self.node.get("discriminator")?;
        if self.version() == Version::V2 { spanned(value) } else { value.get("propertyName").and_then(spanned) }
    }

    /// The discriminator where a form can come without the property that it goes by.
    pub fn discriminator_blind(self) -> Option<Blind<'a>> {
        let (property, schema) = (self.discriminator()?, self.schema());
        let blind = |form, is_optional| Some(Blind { property, form, is_optional });
        let is_open = |schema: SchemaRef<'a>| {
            let parts = schema.drawn_in(&["allOf", "oneOf", "anyOf"]);
            parts.iter().any(|part| !part.is_known() || part.welcomes_more_properties() || part.has_any_key(&UNCLEAR))
        };
        if let Some(own) = schema.property(property.value) {
            return if self.version() == Version::V2 && !own.required { blind(None, true) } else { None };
        }
        let forms: Vec<SchemaRef> = ["oneOf", "anyOf"].iter().flat_map(|key| schema.parts(key)).collect();
        if forms.is_empty() {
            // The forms may as well be those that extend it; then they declare what it leaves out.
            return if is_open(schema) || !self.users().is_empty() { None } else { blind(None, false) };
        }
        let form = forms.into_iter().find(|form| {
            let bare = form.types() == ["null"];
            !bare && !is_open(*form) && !has_everywhere(*form, property.value, 8)
        })?;
        blind(Some((form.name(), form.written_span())), false)
    }
}

/// Whether each form of a schema has a property: its own, or that of all members of a `oneOf` or `anyOf`.
fn has_everywhere(schema: SchemaRef, name: &str, depth: usize) -> bool {
    if schema.property(name).is_some() || depth == 0 {
        return true;
    }
    let parts = schema.composed();
    parts.iter().any(|part| {
        ["oneOf", "anyOf"].iter().any(|key| {
            let forms = part.parts(key);
            !forms.is_empty() && forms.into_iter().all(|form| has_everywhere(form, name, depth - 1))
        })
    })
}

impl<'a> DocumentRef<'a> {
    /// The parts of its schemas that have a discriminator.
    pub fn discriminated(self) -> impl Iterator<Item = SchemaPart<'a>> {
        self.schemas_with(Mark::Discriminator).filter(|part| part.discriminator().is_some())
    }
}
