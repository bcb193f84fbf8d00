//! Whether a value written in a document fits its schema. Lenient: what is not understood (formats, patterns, `not`,
//! conditions, references that lead nowhere) is taken to fit, so that what does not fit does so for certain.

use super::alike::equal;
use super::constraint::shown;
use super::schema::SchemaRef;
use super::types::Types;
use crate::documents::{Kind, NodeRef};
use crate::source::Span;

/// How deep values are looked into.
const DEEPEST: usize = 48;

/// How many schemas are looked at for one value.
const MOST_STEPS: usize = 4096;

/// Who sends a value: required properties that the other side fills in may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    Client,
    Service,
    Anybody,
}

/// Why a value does not fit.
#[derive(Debug, Clone)]
pub struct Misfit {
    /// The value (or the part of it) that does not fit.
    pub span: Span,
    /// What in the schema it contradicts.
    pub against: Span,
    /// What is wrong: ``5 is no string``.
    pub fault: String,
}

pub(super) struct Check {
    sender: Sender,
    steps: usize,
    pub(super) misfits: Vec<Misfit>,
}

impl Check {
    pub(super) fn new(sender: Sender) -> Check {
        Check { sender, steps: MOST_STEPS, misfits: Vec::new() }
    }

    fn tell(&mut self, value: NodeRef, against: Span, fault: String) {
        self.misfits.push(Misfit { span: value.span(), against, fault });
    }

    /// Looks at a value; `whole` is the schema whose `allOf` drew this one in, itself at the top.
    pub(super) fn value(&mut self, schema: SchemaRef, whole: SchemaRef, value: NodeRef, depth: usize) {
        let referred = value.get("$ref").is_some();
        if self.steps == 0 || depth > DEEPEST || !schema.is_known() || !schema.cursor.node.is_map() || referred {
            return;
        }
        self.steps -= 1;
        let at = |key: &str| schema.key_span(key).unwrap_or(schema.span());
        let types = schema.said_type_set();
        if value.is_null() && (types.has(Types::NULL) || schema.types().contains(&"null")) {
            return;
        }
        if !types.fit(value) {
            let types = schema.said_types().join(" or ");
            return self.tell(value, at("type"), format!("`{}` is not of type {types}", shown(value)));
        }
        if let Some(list) = schema.cursor.raw("enum").filter(|list| list.is_list())
            && !list.items().any(|item| equal(item, value))
        {
            return self.tell(value, at("enum"), format!("`{}` is not among the values of the enum", shown(value)));
        }
        if schema.cursor.raw("const").is_some_and(|only| !equal(only, value)) {
            return self.tell(value, at("const"), format!("`{}` is not the only value", shown(value)));
        }
        self.bounds(schema, value);
        self.items(schema, value, depth);
        self.properties(schema, whole, value, depth);
        for part in schema.parts("allOf") {
            self.value(part, whole, value, depth + 1);
        }
        for (key, forms) in [("oneOf", schema.parts("oneOf")), ("anyOf", schema.parts("anyOf"))] {
            if !forms.is_empty() && !forms.iter().any(|form| self.takes(*form, value, depth)) {
                let forms =
                    if forms.len() == 1 { "not the one form".to_owned() } else { format!("none of the {} forms", forms.len()) };
                self.tell(value, at(key), format!("`{}` fits {forms} of `{key}`", shown(value)));
            }
        }
    }

    fn takes(&mut self, form: SchemaRef, value: NodeRef, depth: usize) -> bool {
        let mut inner = Check { sender: self.sender, steps: self.steps, misfits: Vec::new() };
        inner.value(form, form, value, depth + 1);
        // Where no step is left, nothing is certain.
        self.steps = inner.steps;
        inner.misfits.is_empty() || inner.steps == 0
    }

    fn bounds(&mut self, schema: SchemaRef, value: NodeRef) {
        // Most schemas bound nothing. One question for each key: a fixed key is quickly ruled out.
        let has = |key: &str| schema.has_key(key);
        let is_bounded = match value.kind() {
            Kind::Scalar => {
                let numbers = has("minimum") || has("maximum") || has("exclusiveMinimum") || has("exclusiveMaximum");
                numbers || has("minLength") || has("maxLength")
            }
            Kind::List => has("minItems") || has("maxItems"),
            Kind::Map | Kind::Alias => false,
        };
        if !is_bounded {
            return;
        }
        let number = |key: &str| schema.cursor.raw(key).and_then(NodeRef::as_f64);
        let at = |key: &str| schema.key_span(key).unwrap_or(schema.span());
        let mut tell = |key: &str, fault: String| self.tell(value, at(key), fault);
        if let Some(own) = value.as_f64() {
            for (key, exclusive, sign) in [("minimum", "exclusiveMinimum", 1.0), ("maximum", "exclusiveMaximum", -1.0)] {
                let open = schema.cursor.flag(exclusive);
                let beyond = |bound: f64, open: bool| (own - bound) * sign < 0.0 || (open && own == bound);
                for (key, open) in [(key, open), (exclusive, true)] {
                    if number(key).is_some_and(|bound| beyond(bound, open)) {
                        tell(key, format!("`{}` is out of bounds", shown(value)));
                    }
                }
            }
        }
        let length = value.as_text().map(|text| text.chars().count());
        let items = value.is_list().then(|| value.items().len());
        for (size, least, most, unit) in
            [(length, "minLength", "maxLength", "characters"), (items, "minItems", "maxItems", "items")]
        {
            let Some(size) = size else { continue };
            if number(least).is_some_and(|least| (size as f64) < least) {
                tell(least, format!("`{}` has only {size} {unit}", shown(value)));
            }
            if number(most).is_some_and(|most| size as f64 > most) {
                tell(most, format!("`{}` has {size} {unit}", shown(value)));
            }
        }
    }

    fn items(&mut self, schema: SchemaRef, value: NodeRef, depth: usize) {
        if !value.is_list() || schema.has_key("prefixItems") {
            return;
        }
        let Some(inner) = schema.array_items() else { return };
        for item in value.items() {
            self.value(inner, inner, item, depth + 1);
        }
    }

    fn properties(&mut self, schema: SchemaRef, whole: SchemaRef, value: NodeRef, depth: usize) {
        if !value.is_map() {
            return;
        }
        let own = schema.cursor.get("properties");
        let more = schema.additional_properties();
        let closed = schema.cursor.raw("additionalProperties").is_some_and(|more| more.as_bool() == Some(false));
        let mut place = 0;
        for (key, inner) in value.merged_entries() {
            let Some(name) = key.text() else { continue };
            let property = own.and_then(|own| own.get_from(&mut place, name)).map(|cursor| SchemaRef { cursor });
            match (property, more) {
                (Some(property), _) => self.value(property, property, inner, depth + 1),
                (None, Some(more)) if !schema.has_key("patternProperties") => self.value(more, more, inner, depth + 1),
                (None, None) if closed && !schema.has_key("patternProperties") => {
                    let against = schema.key_span("additionalProperties").unwrap_or(schema.span());
                    self.tell(key, against, format!("`{name}` is no property"));
                }
                _ => {}
            }
        }
        let mut place = 0;
        for (name, against) in schema.required_names() {
            if value.entry_from(&mut place, name).is_none() && !self.may_be_missing(whole, name) {
                self.tell(value, against, format!("`{name}` is missing"));
            }
        }
    }

    /// Whether the sender leaves out a required property.
    fn may_be_missing(&self, whole: SchemaRef, name: &str) -> bool {
        let Some(property) = whole.possible_property(name) else { return false };
        let of_service = property.is_read_only() || property.core().is_read_only();
        let of_client = property.is_write_only() || property.core().is_write_only();
        match self.sender {
            Sender::Client => of_service,
            Sender::Service => of_client,
            Sender::Anybody => of_service || of_client,
        }
    }
}
