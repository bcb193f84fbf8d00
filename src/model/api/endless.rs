//! Schemas that no finite value fits: each requires a property that leads back to it.

use super::cursor::Pin;
use super::document::DocumentRef;
use super::mark::Mark;
use super::schema::{Property, SchemaRef};
use super::schema_part::SchemaPart;
use super::{Api, Set};
use crate::documents::NodeRef;

/// How deep required properties are followed.
const DEEPEST: usize = 64;

/// How many schemas are looked at for one.
const MOST_STEPS: usize = 4096;

/// A circle of schemas, each of which requires the next.
#[derive(Debug, Clone)]
pub struct Endless<'a> {
    /// The required properties on the way round, in order; at least one.
    pub properties: Vec<Property<'a>>,
    /// The schema that the first of them stands in.
    pub schema: SchemaPart<'a>,
}

#[derive(Default)]
struct Search<'a> {
    /// Schemas that have a finite value.
    finite: Set<Pin>,
    /// Schemas that have none, whatever leads to them.
    endless: Set<Pin>,
    /// The schemas on the way, each with the required property by which it is left.
    way: Vec<(Pin, Option<Property<'a>>)>,
    /// The way round that was met first, from the schema that was met again.
    circle: Option<Vec<(Pin, Option<Property<'a>>)>>,
    steps: usize,
}

impl<'a> Search<'a> {
    /// Whether some finite value fits a schema, as far as that can be told: what is not understood has one.
    fn ends(&mut self, schema: SchemaRef<'a>) -> bool {
        let (pin, written) = (schema.pin(), schema.cursor.written);
        let may_be_null = written.get("nullable").is_some() || schema.cursor.node.get("nullable").is_some();
        if !schema.is_known() || !schema.cursor.node.is_map() || may_be_null || escapes(schema) || self.finite.contains(&pin) {
            return true;
        }
        if self.endless.contains(&pin) {
            return false;
        }
        if let Some(at) = self.way.iter().position(|(known, _)| *known == pin) {
            self.circle.get_or_insert_with(|| self.way.get(at..).unwrap_or_default().to_vec());
            return false;
        }
        if self.steps == 0 || self.way.len() >= DEEPEST {
            return true;
        }
        self.steps -= 1;
        let known = self.circle.clone();
        self.way.push((pin, None));
        let ends = self.members(schema).is_none_or(|members| self.all_end(&members));
        self.way.pop();
        if ends {
            // A way round on which something else can be chosen holds nobody up.
            self.circle = known;
            self.finite.insert(pin);
        }
        ends
    }

    /// The schema and what its `allOf` draws in; `None` where a value may be something other than an object or a list.
    fn members(&self, schema: SchemaRef<'a>) -> Option<Vec<SchemaRef<'a>>> {
        let mut members = vec![schema];
        let mut at = 0;
        while let Some(member) = members.get(at).copied().filter(|_| members.len() < DEEPEST) {
            for part in member.parts("allOf") {
                if !members.iter().any(|one| one.pin() == part.pin()) {
                    members.push(part);
                }
            }
            at += 1;
        }
        (members.len() < DEEPEST && !members.iter().any(|member| escapes(*member))).then_some(members)
    }

    /// Whether a value can end that fits all of these.
    fn all_end(&mut self, members: &[SchemaRef<'a>]) -> bool {
        let forms = members.iter().flat_map(|member| ["oneOf", "anyOf"].map(|key| member.parts(key)));
        let forms: Vec<_> = forms.filter(|forms| !forms.is_empty()).collect();
        for forms in forms {
            let known = self.circle.clone();
            if !forms.into_iter().any(|form| self.ends(form)) {
                return false;
            }
            // One of them ends: the way round by those before it holds nobody up.
            self.circle = known;
        }
        let wanted = |member: &&SchemaRef<'a>| {
            let least = member.cursor.raw("minItems").and_then(NodeRef::as_i64);
            member.types() == ["array"] && least.is_some_and(|least| least > 0)
        };
        let items: Vec<_> = members.iter().filter(wanted).filter_map(|member| member.array_items()).collect();
        if items.into_iter().any(|items| !self.ends(items)) {
            return false;
        }
        let required: Set<&str> = members.iter().flat_map(|member| member.required_names()).map(|(name, _)| name).collect();
        if required.is_empty() {
            return true;
        }
        let properties = members.iter().flat_map(|member| member.own_properties_called(&|name| required.contains(name)));
        // One side may fill these in, and leave them out on the way to the other.
        let one_way = |schema: SchemaRef| schema.is_read_only() || schema.is_write_only();
        let must: Vec<_> = properties.filter(|one| !one_way(one.schema)).collect();
        must.into_iter().all(|property| {
            if let Some((_, left_by)) = self.way.last_mut() {
                *left_by = Some(property);
            }
            self.ends(property.schema)
        })
    }
}

/// Whether a value may be something other than an object or a list, or is not understood.
fn escapes(schema: SchemaRef) -> bool {
    let is_scalar = |word: &&str| !matches!(*word, "object" | "array");
    let types = schema.types();
    let says_more = schema.has_key("enum") || schema.has_key("const") || schema.has_key("not") || schema.has_key("if");
    let is_dynamic = schema.has_key("$dynamicRef") || schema.has_key("$recursiveRef");
    !schema.is_known() || types.len() > 1 || types.iter().any(is_scalar) || says_more || is_dynamic
}

impl Api {
    /// For each part of the walk whether references can lead round from it: most schemas lead into no circle, which is quickly told, but
    /// not where aliases share what they stand for. Empty there.
    fn leading_round(&self) -> &[bool] {
        let shares = || self.trees.values().any(|tree| tree.has_aliases());
        self.leading_round.get_or_init(|| if shares() { Vec::new() } else { self.walk().leading_round() })
    }
}

impl<'a> DocumentRef<'a> {
    /// Circles of schemas that no finite value fits, each once, in order.
    pub fn endless_schemas(self) -> Vec<Endless<'a>> {
        let mut found: Vec<Endless> = Vec::new();
        let mut told: Set<Pin> = Set::default();
        let mut search = Search::default();
        let leading_round = self.api.leading_round();
        // What extends another schema may be what makes the circle.
        let all = self.schemas_with(Mark::Required).chain(self.schemas_with(Mark::AllOf));
        for part in all.filter(|part| leading_round.get(part.at as usize) != Some(&false)) {
            search.steps = MOST_STEPS;
            search.circle = None;
            if search.ends(part.schema()) {
                continue;
            }
            search.endless.insert(part.schema().pin());
            let Some(circle) = search.circle.take() else { continue };
            let is_new = circle.iter().all(|(pin, _)| told.insert(*pin));
            let properties: Vec<Property> = circle.iter().filter_map(|(_, property)| *property).collect();
            let first = circle.iter().find(|(_, property)| property.is_some());
            let schema = first.and_then(|(pin, _)| SchemaPart::at(self.api, *pin));
            if let Some(schema) = schema.filter(|_| is_new && !properties.is_empty()) {
                found.push(Endless { properties, schema });
            }
        }
        found
    }
}
