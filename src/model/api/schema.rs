//! Schemas as rules ask about them: effective through `allOf` and references, never expanded.

use super::Set;
use super::cursor::{Cursor, Pin};
use crate::documents::NodeRef;
use crate::source::{Span, Spanned};

/// How many parts (`allOf` members, wrappers) of one schema are looked at.
const MOST_PARTS: usize = 256;

/// A schema, or a 2.0 parameter or header, which carries the same words itself.
#[derive(Clone, Copy)]
pub struct SchemaRef<'a> {
    pub(super) cursor: Cursor<'a>,
}

impl std::fmt::Debug for SchemaRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "schema at {:?}", self.span())
    }
}

/// A property of an object: its name and where it is written.
#[derive(Debug, Clone, Copy)]
pub struct Property<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where the name is written, in the schema that declares it.
    pub span: Span,
    /// What it holds.
    pub schema: SchemaRef<'a>,
    /// Whether the schema that declares it (or one beside it) requires it.
    pub required: bool,
    /// The node of its name.
    pub(super) key: NodeRef<'a>,
}

impl<'a> SchemaRef<'a> {
    /// Where the schema itself is written, after references.
    pub fn span(self) -> Span {
        self.cursor.span()
    }

    /// Where it is mentioned: the reference, or the schema itself.
    pub fn written_span(self) -> Span {
        self.cursor.written.span()
    }

    /// The name of the component where it is one, else the schema itself: the place to edit.
    pub fn definition_span(self) -> Span {
        self.cursor.definition_span()
    }

    /// Its identity, the same for all references to it.
    pub fn pin(self) -> Pin {
        self.cursor.pin()
    }

    /// The `$ref` values that lead from the mention to the schema, in order.
    pub fn uses(self) -> Vec<Span> {
        self.cursor.uses()
    }

    /// The name of the component that the mention refers to; `None` for a schema written in place.
    pub fn name(self) -> Option<&'a str> {
        self.cursor.reference_name()
    }

    /// Whether its references could all be followed. An unknown schema has no facts: rules must be silent about it.
    pub fn is_known(self) -> bool {
        self.cursor.known
    }

    /// The types that it allows, `null` included (from 3.0 `nullable` too). Empty where it does not say.
    pub fn types(self) -> Vec<&'a str> {
        let mut types: Vec<&str> = match self.cursor.raw("type") {
            Some(list) if list.is_list() => list.items().filter_map(NodeRef::text).collect(),
            Some(one) => one.text().into_iter().collect(),
            None => Vec::new(),
        };
        if (self.cursor.flag("nullable") || self.cursor.flag("x-nullable")) && !types.contains(&"null") {
            types.push("null");
        }
        types
    }

    fn allows(self, name: &str) -> bool {
        match self.cursor.raw("type") {
            Some(list) if list.is_list() => list.items().any(|one| one.text() == Some(name)),
            Some(one) => one.text() == Some(name),
            None => false,
        }
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.allows("array") || (self.cursor.raw("type").is_none() && self.cursor.raw("items").is_some())
    }

    /// Whether it is an object: by type, or because it has properties or parts.
    pub fn is_object(self) -> bool {
        let parts = ["properties", "allOf", "additionalProperties"];
        self.allows("object") || (self.cursor.raw("type").is_none() && parts.iter().any(|key| self.cursor.raw(key).is_some()))
    }

    /// Whether it is text.
    pub fn is_string(self) -> bool {
        self.allows("string")
    }

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        self.allows("integer") || self.allows("number")
    }

    /// Whether it is a boolean.
    pub fn is_boolean(self) -> bool {
        self.allows("boolean")
    }

    /// `format`.
    pub fn format(self) -> Option<&'a str> {
        self.cursor.text("format")
    }

    /// `description`.
    pub fn description(self) -> Option<&'a str> {
        self.cursor.text("description")
    }

    /// `pattern`.
    pub fn pattern(self) -> Option<Spanned<&'a str>> {
        let value = self.cursor.raw("pattern")?;
        Some(Spanned::new(value.text()?, value.span()))
    }

    fn number(self, key: &str) -> Option<Spanned<i64>> {
        let value = self.cursor.raw(key)?;
        Some(Spanned::new(value.as_i64()?, value.span()))
    }

    /// `maxLength`, in Unicode characters, with the place of the number.
    pub fn max_length(self) -> Option<Spanned<i64>> {
        self.number("maxLength")
    }

    /// `maxItems`.
    pub fn max_items(self) -> Option<Spanned<i64>> {
        self.number("maxItems")
    }

    /// `minimum`, whole numbers only.
    pub fn minimum(self) -> Option<Spanned<i64>> {
        self.number("minimum")
    }

    /// `maximum`, or the number of a 3.1 `exclusiveMaximum`; whole numbers only.
    pub fn maximum(self) -> Option<Spanned<i64>> {
        self.number("maximum").or_else(|| self.number("exclusiveMaximum"))
    }

    /// Whether it takes numbers without an upper bound. False where it says nothing of numbers, or is not known.
    pub fn is_unbounded_number(self) -> bool {
        let composed = self.composed();
        let bounded = |part: &SchemaRef| part.maximum().is_some() || !part.enum_values().is_empty() || !part.is_known();
        if composed.iter().any(bounded) {
            return false;
        }
        let alternatives = self.parts("oneOf").into_iter().chain(self.parts("anyOf"));
        composed.iter().any(|part| part.is_number())
            || alternatives.map(SchemaRef::core).any(|part| part.is_number() && !bounded(&part))
    }

    /// The values of `enum` (or of `const`, as one), each with its place. Null is left out.
    pub fn enum_values(self) -> Vec<Spanned<&'a str>> {
        let list = self.cursor.raw("enum").map(NodeRef::items).into_iter().flatten();
        let values = list.chain(self.cursor.raw("const")).filter(|value| !value.is_null());
        values.filter_map(|value| Some(Spanned::new(value.text()?, value.span()))).collect()
    }

    /// What the elements of an array are.
    pub fn array_items(self) -> Option<SchemaRef<'a>> {
        self.cursor.get("items").map(|cursor| SchemaRef { cursor })
    }

    /// The members of `allOf`, `oneOf` or `anyOf`.
    #[inline(always)]
    pub fn parts(self, key: &str) -> Vec<SchemaRef<'a>> {
        // Most schemas consist of nothing, which is seen where it is asked.
        if self.cursor.raw(key).is_some() { self.written_parts(key) } else { Vec::new() }
    }

    fn written_parts(self, key: &str) -> Vec<SchemaRef<'a>> {
        self.cursor.items(key).into_iter().map(|cursor| SchemaRef { cursor }).collect()
    }

    /// Whether it has alternatives of which more than one can hold a value.
    pub fn has_alternatives(self) -> bool {
        ["oneOf", "anyOf"].iter().any(|key| self.parts(key).into_iter().filter(|part| !part.is_only_null()).count() > 1)
    }

    /// The members of `oneOf` and `anyOf` that can hold more than null.
    pub fn alternatives(self) -> Vec<SchemaRef<'a>> {
        ["oneOf", "anyOf"].into_iter().flat_map(|key| self.forms(key)).collect()
    }

    /// The members of `oneOf` or of `anyOf` that can hold more than null.
    pub(super) fn forms(self, key: &str) -> Vec<SchemaRef<'a>> {
        self.parts(key).into_iter().filter(|part| !part.is_only_null()).collect()
    }

    /// Whether null is among its values: by its type, by that of what it wraps, or by a member of `oneOf` or `anyOf`.
    pub fn may_be_null(self) -> bool {
        let says = |schema: SchemaRef| schema.types().contains(&"null");
        let is_member = ["oneOf", "anyOf"].into_iter().flat_map(|key| self.parts(key)).any(says);
        says(self) || says(self.core()) || is_member
    }

    fn is_only_null(self) -> bool {
        self.types() == ["null"]
    }

    /// The schema inside wrappers that add nothing: an `allOf` of one, a `oneOf` or `anyOf` of one thing or null.
    pub fn core(self) -> SchemaRef<'a> {
        let mut schema = self;
        for _ in 0..16 {
            let is_composed = schema.has_key("allOf") || schema.has_key("oneOf") || schema.has_key("anyOf");
            let says_more = schema.has_key("properties") || schema.has_key("items") || schema.has_key("additionalProperties");
            if says_more || !is_composed {
                break;
            }
            let mut inner = schema.parts("allOf");
            for key in ["oneOf", "anyOf"] {
                inner.extend(schema.parts(key).into_iter().filter(|part| !part.is_only_null()));
            }
            match inner.as_slice() {
                [one] => schema = *one,
                _ => break,
            }
        }
        schema
    }

    /// Whether `readOnly` is set.
    pub fn is_read_only(self) -> bool {
        self.cursor.flag("readOnly")
    }

    /// Whether `writeOnly` is set.
    pub fn is_write_only(self) -> bool {
        self.cursor.flag("writeOnly")
    }

    /// What further properties may hold, where `additionalProperties` is a schema.
    pub fn additional_properties(self) -> Option<SchemaRef<'a>> {
        self.cursor.get("additionalProperties").filter(|value| value.node.is_map()).map(|cursor| SchemaRef { cursor })
    }

    /// The schema and everything that its `allOf` draws in, itself first, each once.
    pub(super) fn composed(self) -> Vec<SchemaRef<'a>> {
        self.drawn_in(&["allOf"])
    }

    /// The schema and everything that these keys draw in, itself first, each once.
    pub(super) fn drawn_in(self, keys: &[&str]) -> Vec<SchemaRef<'a>> {
        let core = self.core();
        if !keys.iter().any(|key| core.has_key(key)) {
            return vec![core];
        }
        let mut seen: Set<Pin> = Set::default();
        let mut composed = Vec::new();
        let mut stack = vec![core];
        while let Some(schema) = stack.pop() {
            if composed.len() >= MOST_PARTS || !seen.insert(schema.pin()) {
                continue;
            }
            composed.push(schema);
            let parts = keys.iter().flat_map(|key| schema.parts(key));
            stack.extend(parts.collect::<Vec<_>>().into_iter().rev().map(SchemaRef::core));
        }
        composed
    }

    /// Whether it and everything that its `allOf` draws in could be followed.
    pub fn is_wholly_known(self) -> bool {
        self.composed().into_iter().all(SchemaRef::is_known)
    }

    /// The properties of an object, those of `allOf` members included, each name once.
    pub fn properties(self) -> Vec<Property<'a>> {
        properties_of(self.composed())
    }

    /// The properties that it declares itself, those of `allOf` members left out.
    pub fn own_properties(self) -> Vec<Property<'a>> {
        properties_of(vec![self])
    }

    /// Those of them whose names are wanted.
    pub(super) fn own_properties_called(self, is_wanted: &dyn Fn(&str) -> bool) -> Vec<Property<'a>> {
        let entries = self.cursor.get("properties").map(Cursor::written_entries).unwrap_or_default();
        let lists = self.cursor.raw("required").into_iter().flat_map(NodeRef::items);
        let required: Set<&str> = lists.filter_map(NodeRef::text).collect();
        let wanted = entries.into_iter().filter_map(|(key, value)| Some((key.text()?, key, value)));
        let wanted = wanted.filter(|(name, ..)| is_wanted(name));
        let property = |(name, key, value): (&'a str, NodeRef<'a>, NodeRef<'a>)| {
            let schema = SchemaRef { cursor: Cursor::new(self.cursor.api, value) };
            Property { name, span: key.span(), schema, required: required.contains(name), key }
        };
        wanted.map(property).collect()
    }

    /// The property of a name that it declares itself.
    pub(super) fn own_property(self, name: &str) -> Option<SchemaRef<'a>> {
        self.cursor.get("properties")?.get(name).map(|cursor| SchemaRef { cursor })
    }

    /// The properties that some form of it has: those of `oneOf` and `anyOf` members too, each name once.
    pub fn possible_properties(self) -> Vec<Property<'a>> {
        properties_of(self.drawn_in(&["allOf", "oneOf", "anyOf"]))
    }

    /// The property of a name that some form of it has.
    pub(super) fn possible_property(self, name: &str) -> Option<SchemaRef<'a>> {
        self.drawn_in(&["allOf", "oneOf", "anyOf"]).into_iter().find_map(|part| part.own_property(name))
    }

    /// The same, with each place that declares one: members of an `allOf` may each say something of it.
    pub(super) fn declared_anywhere(self) -> Vec<Property<'a>> {
        self.drawn_in(&["allOf", "oneOf", "anyOf"]).into_iter().flat_map(SchemaRef::own_properties).collect()
    }

    /// One property by name.
    pub fn property(self, name: &str) -> Option<Property<'a>> {
        self.properties().into_iter().find(|property| property.name == name)
    }
}

/// The properties that schemas declare together, each name once.
pub(super) fn properties_of(composed: Vec<SchemaRef<'_>>) -> Vec<Property<'_>> {
    let lists = composed.iter().filter_map(|part| part.cursor.raw("required"));
    let mut required: Vec<&str> = lists.flat_map(NodeRef::items).filter_map(NodeRef::text).collect();
    required.sort_unstable();
    // One schema has no name twice.
    let several = composed.len() > 1;
    let mut names: Set<&str> = Set::default();
    let mut properties = Vec::new();
    for part in composed {
        let Some(map) = part.cursor.get("properties") else { continue };
        for (key, cursor) in map.entries() {
            let Some(name) = key.text().filter(|name| !several || names.insert(name)) else { continue };
            let required = required.binary_search(&name).is_ok();
            properties.push(Property { name, span: key.span(), schema: SchemaRef { cursor }, required, key });
        }
    }
    properties
}
