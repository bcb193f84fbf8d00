//! What a schema demands of a value by itself: types, enums and bounds, and where these cannot be met.

use super::Map;
use super::alike::Number;
use super::cursor::{Pin, name_in, reference};
use super::document::Version;
use super::schema::SchemaRef;
use super::schema_part::{SchemaPart, object_name};
use super::types::{TYPES, Types};
use super::walk::{NONE, Part};
use crate::documents::NodeRef;
use crate::source::Span;

/// How far up the parts around one, and those that use it, are looked at; nothing real is nested deeper.
const DEEPEST: usize = 64;

/// How many schemas that draw another one in are looked for.
pub(super) const MOST_USERS: usize = 64;

/// A value as messages show it: short, text without quotes where it is text in the file.
pub(super) fn shown(node: NodeRef) -> String {
    let text = match node.text() {
        Some(text) if node.as_text().is_some() => format!("\"{}\"", text.replace(['\n', '`'], " ")),
        Some("") => "null".to_owned(),
        Some(text) => text.to_owned(),
        None if node.is_list() => "a list".to_owned(),
        None => "an object".to_owned(),
    };
    if text.chars().count() > 30 { format!("{}..", text.chars().take(28).collect::<String>()) } else { text }
}

/// Whether some value can be of a type of both; true where one says nothing, or a word is no type.
pub(super) fn overlap(one: &[&str], other: &[&str]) -> bool {
    let number = |a: &str, b: &str| matches!((a, b), ("integer", "number") | ("number", "integer"));
    let unknown = |types: &[&str]| types.is_empty() || types.iter().any(|word| !TYPES.contains(word));
    unknown(one) || unknown(other) || one.iter().any(|a| other.iter().any(|b| a == b || number(a, b)))
}

/// A value that has a fault, and why.
#[derive(Debug, Clone)]
pub struct Oddity {
    /// The value as messages show it.
    pub value: String,
    /// Where it is written.
    pub span: Span,
    /// The place that it contradicts: the first of two equal values, the type, the other bound.
    pub against: Span,
}

/// Two bounds that leave no room, or of which one says nothing.
#[derive(Debug, Clone)]
pub struct Clash {
    /// The first with its value: `minimum: 10`.
    pub one: String,
    /// Where its key is.
    pub one_span: Span,
    /// The second with its value.
    pub other: String,
    /// Where its key is.
    pub other_span: Span,
}

impl<'a> SchemaRef<'a> {
    /// Whether it has a key itself, extensions included.
    #[inline(always)]
    pub fn has_key(self, key: &str) -> bool {
        self.cursor.raw(key).is_some()
    }

    /// Where a key of its own is written.
    pub fn key_span(self, key: &str) -> Option<Span> {
        self.cursor.entry(key).map(|(key, _)| key.span())
    }

    /// Whether it or what its `allOf` draws in has one of these keys.
    pub fn has_any_key(self, keys: &[&str]) -> bool {
        self.composed().iter().any(|part| keys.iter().any(|key| part.has_key(key)))
    }

    /// Whether `additionalProperties` says that any (or any of a kind) is welcome.
    pub fn welcomes_more_properties(self) -> bool {
        self.cursor.raw("additionalProperties").is_some_and(|more| more.is_map() || more.as_bool() == Some(true))
    }

    /// The types that it allows, `null` included; empty where it names none, `nullable` or not: without a type beside it that
    /// allows nothing and excludes nothing.
    pub fn said_types(self) -> Vec<&'a str> {
        if self.has_key("type") { self.types() } else { Vec::new() }
    }

    /// The same as a set.
    pub(super) fn said_type_set(self) -> Types {
        let Some(said) = self.cursor.raw("type") else { return Types::NONE };
        let types = Types::written(said);
        let may_be_null = self.cursor.flag("nullable") || self.cursor.flag("x-nullable");
        if may_be_null { types.with(Types::NULL) } else { types }
    }

    /// Whether it says of its own that it may be null, beside some other type.
    pub fn is_nullable(self) -> bool {
        let types = self.said_types();
        types.contains(&"null") && types.len() > 1
    }

    /// Values of `enum` that stand there already, with the place of the first.
    pub fn repeated_enum_values(self) -> Vec<Oddity> {
        let mut first: Map<Number, Span> = Map::default();
        let items = self.cursor.raw("enum").map(NodeRef::items).into_iter().flatten();
        let repeated = items.filter_map(|item| {
            let known = *first.entry(Number::of_value(item)).or_insert(item.span());
            (known != item.span()).then(|| Oddity { value: shown(item), span: item.span(), against: known })
        });
        repeated.collect()
    }

    /// Values of `enum` and `const` that are of no type that the schema allows.
    pub fn mistyped_enum_values(self) -> Vec<Oddity> {
        let types = self.said_type_set();
        let Some(against) = self.key_span("type").filter(|_| types != Types::NONE) else { return Vec::new() };
        let items = self.cursor.raw("enum").map(NodeRef::items).into_iter().flatten().chain(self.cursor.raw("const"));
        let wrong = items.filter(|item| !types.fit(*item));
        wrong.map(|item| Oddity { value: shown(item), span: item.span(), against }).collect()
    }

    /// The place of `enum` where the schema allows null and the values leave it out. From 3.1 on `nullable` allows nothing, which is
    /// another fault.
    pub fn enum_without_null(self) -> Option<Span> {
        let list = self.cursor.raw("enum").filter(|list| list.is_list())?;
        let in_type = || self.cursor.raw("type").is_some_and(|types| types.items().any(|one| one.text() == Some("null")));
        let allows_null = self.is_nullable() && (self.cursor.version() < Version::V31 || in_type());
        (allows_null && list.items().len() > 0 && !list.items().any(NodeRef::is_null)).then(|| self.key_span("enum")).flatten()
    }

    fn bound(self, key: &'static str) -> Option<(f64, String, Span)> {
        let (name, value) = self.cursor.entry(key)?;
        Some((value.as_f64()?, format!("{key}: {}", value.text()?), name.span()))
    }

    /// The lower and the upper bound of numbers that hold, and whether they are exclusive.
    fn number_bounds(self) -> [Vec<(f64, bool, String, Span)>; 2] {
        let side = |plain, exclusive| {
            let closed = self.cursor.flag(exclusive);
            let own = self.bound(plain).map(|(value, text, span)| (value, closed, text, span));
            let open = self.bound(exclusive).map(|(value, text, span)| (value, true, text, span));
            own.into_iter().chain(open).collect()
        };
        [side("minimum", "exclusiveMinimum"), side("maximum", "exclusiveMaximum")]
    }

    /// Bounds that no value can meet together.
    pub fn impossible_ranges(self) -> Vec<Clash> {
        let [low, high] = self.number_bounds();
        let mut found = Vec::new();
        for (one, one_open, one_text, one_span) in &low {
            for (other, other_open, other_text, other_span) in &high {
                if one > other || (one == other && (*one_open || *other_open)) {
                    found.push((one_text.clone(), *one_span, other_text.clone(), *other_span));
                }
            }
        }
        for (low, high) in [("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties")] {
            let (Some((one, text, span)), Some((other, other_text, other_span))) = (self.bound(low), self.bound(high)) else {
                continue;
            };
            if one > other {
                found.push((text, span, other_text, other_span));
            }
        }
        let clash = |(one, one_span, other, other_span)| Clash { one, one_span, other, other_span };
        found.into_iter().map(clash).collect()
    }

    /// Bounds of the same side of which one cannot have an effect: the first is the one that holds.
    pub fn redundant_bounds(self) -> Vec<Clash> {
        let mut found = Vec::new();
        for (at, side) in self.number_bounds().iter().enumerate() {
            let [(plain, _, plain_text, plain_span), (open, _, open_text, open_span)] = side.as_slice() else { continue };
            let open_holds = if at == 0 { open >= plain } else { open <= plain };
            let (holds, idle) = ((open_text, open_span), (plain_text, plain_span));
            let (holds, idle) = if open_holds { (holds, idle) } else { (idle, holds) };
            found.push(Clash { one: holds.0.clone(), one_span: *holds.1, other: idle.0.clone(), other_span: *idle.1 });
        }
        found
    }

    /// Whether numbers have a lower and an upper bound, or listed values.
    pub fn is_bounded_number(self) -> bool {
        let [low, high] = self.number_bounds();
        (!low.is_empty() && !high.is_empty()) || self.has_key("enum") || self.has_key("const")
    }

    /// The names that `required` lists, each with its place.
    pub fn required_names(self) -> Vec<(&'a str, Span)> {
        let list = self.cursor.raw("required").map(NodeRef::items).into_iter().flatten();
        list.filter_map(|name| Some((name.text()?, name.span()))).collect()
    }
}

/// Keys that name nothing by themselves.
const NAMELESS: [&str; 11] = [
    "items",
    "schema",
    "additionalProperties",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "content",
    "headers",
    "properties",
    "parameters",
];

impl<'a> SchemaPart<'a> {
    /// What messages call it: the property, component, header or parameter that it is (an item of), the file that it is, else the
    /// media type.
    pub fn name(self) -> &'a str {
        let walk = self.api.walk();
        let up = |(_, part): &(u32, Part)| Some((part.parent, walk.part(part.parent)?));
        let own = walk.part(self.at).map(|part| (self.at, part));
        let mut names = std::iter::successors(own, up).take(DEEPEST).filter_map(|(at, part)| {
            let node = |id| self.api.node(Pin { source: part.source, node: id });
            if object_name(part) == "parameter" {
                return node(part.node)?.get_text("name");
            }
            match part.key {
                Some(key) => {
                    let key = node(key)?.text()?;
                    // In a map of names each key is one.
                    let is_named = walk.part(part.parent).is_some_and(|around| object_name(around).is_empty());
                    (is_named || !NAMELESS.contains(&key)).then_some(key)
                }
                None if part.parent == NONE => self.called_by_references(at),
                None => None,
            }
        });
        names.next().unwrap_or("a schema")
    }

    /// What the first reference to a part calls it.
    fn called_by_references(self, at: u32) -> Option<&'a str> {
        let walk = self.api.walk();
        let referring = walk.leading_to(at).filter_map(|from| walk.part(from));
        let nodes = referring.filter_map(|part| self.api.node(Pin { source: part.source, node: part.node }));
        nodes.filter_map(|node| reference(node)?.text()).find_map(name_in)
    }

    /// The keyword that it is a member of: `allOf`, `oneOf`, `items`, `properties`; empty for a schema of its own.
    pub fn keyword(self) -> String {
        let pointer = self.pointer();
        let mut tokens = pointer.rsplit('/');
        let last = tokens.next().unwrap_or("").to_owned();
        if ["items", "additionalProperties", "not"].contains(&last.as_str()) {
            return last;
        }
        tokens.next().unwrap_or("").to_owned()
    }

    /// Every schema that draws this one in by `allOf`, `oneOf` or `anyOf`: in place or by reference, some steps up.
    pub(super) fn users(self) -> Vec<SchemaRef<'a>> {
        let walk = self.api.walk();
        let composes = |part: SchemaPart| ["allOf", "oneOf", "anyOf"].contains(&part.keyword().as_str());
        let mut found: Vec<SchemaPart> = Vec::new();
        let mut queue = vec![self.at];
        while let Some(at) = queue.pop() {
            let referring = walk.leading_to(at);
            for at in std::iter::once(at).chain(referring) {
                let Some(part) = walk.part(at) else { continue };
                let Some(node) = self.api.node(Pin { source: part.source, node: part.node }) else { continue };
                let own = SchemaPart { api: self.api, at, part, node };
                let around = walk.part(part.parent).filter(|_| composes(own));
                let around = around.and_then(|around| SchemaPart::new(self.api, part.parent, around));
                if let Some(around) =
                    around.filter(|around| found.len() < MOST_USERS && !found.iter().any(|one| one.at == around.at))
                {
                    found.push(around);
                    queue.push(around.at);
                }
            }
        }
        found.into_iter().map(SchemaPart::schema).collect()
    }

    /// Whether it has one of these keys, or something that it is composed with: a member of `allOf` may leave its bounds to another one.
    pub fn has_any_key_around(self, keys: &[&str]) -> bool {
        self.schema().has_any_key(keys) || self.users().iter().any(|user| user.has_any_key(keys))
    }

    /// Names of `required` that neither it nor anything that it is composed with declares. None where that is not known.
    pub fn undefined_required(self) -> Vec<(&'a str, Span)> {
        const MORE: [&str; 6] =
            ["patternProperties", "dependentSchemas", "unevaluatedProperties", "$dynamicRef", "$recursiveRef", "propertyNames"];
        let schema = self.schema();
        let names = schema.required_names();
        let all = |schema: SchemaRef<'a>| schema.drawn_in(&["allOf", "oneOf", "anyOf"]);
        let parts = all(schema);
        let unclear =
            |part: &SchemaRef| !part.is_known() || part.welcomes_more_properties() || MORE.iter().any(|key| part.has_key(key));
        if names.is_empty() || parts.iter().any(unclear) {
            return Vec::new();
        }
        let declares = |parts: &[SchemaRef<'a>], name: &str| parts.iter().any(|part| part.own_property(name).is_some());
        let (own, mut place) = (schema.cursor.get("properties"), 0);
        let is_own = |name: &str, place: &mut usize| own.is_some_and(|own| own.get_from(place, name).is_some());
        let missing = names.into_iter().filter(|(name, _)| !is_own(name, &mut place) && !declares(&parts, name));
        let missing: Vec<_> = missing.collect();
        if missing.is_empty() {
            return missing;
        }
        let users = self.users();
        let of_users: Vec<Vec<SchemaRef>> = users.iter().map(|user| all(*user)).collect();
        // A schema of no properties at all says only what must be there, whatever that is.
        let bare = schema.possible_properties().is_empty() && users.is_empty();
        if bare || of_users.iter().flatten().any(unclear) || self.keyword() == "not" {
            return Vec::new();
        }
        missing.into_iter().filter(|(name, _)| !of_users.iter().any(|parts| declares(parts, name))).collect()
    }

    /// Whether it is an array and nothing says what its elements are.
    pub fn is_array_without_items(self) -> bool {
        let schema = self.schema();
        let keys = ["items", "prefixItems", "contains", "unevaluatedItems", "oneOf", "anyOf", "$dynamicRef"];
        let own = schema.types().contains(&"array") && schema.is_wholly_known() && !schema.has_any_key(&keys);
        own && !self.users().iter().any(|user| user.has_any_key(&keys))
    }

    /// Whether clients may send it: they do, or nobody uses it yet.
    pub fn may_be_sent_by_clients(self) -> bool {
        self.is_sent_by_clients() || !self.is_reached()
    }

    /// Whether its version leaves `items` to the author.
    pub fn is_json_schema(self) -> bool {
        self.version() >= Version::V31
    }
}
