//! Schemas with names of their own that say the same under several.

use super::alike::{Known, Number};
use super::component::{ComponentKind, ComponentRef};
use super::cursor::{Cursor, Pin, pin, reference};
use super::document::{DocumentRef, Version};
use super::schema_part::SchemaPart;
use super::walk::Uses;
use super::{Api, Map, Set};
use crate::documents::NodeRef;
use std::collections::BTreeMap;
use std::hash::BuildHasher;

/// An object with fewer properties than this is the same as another one by chance.
const FEWEST_PROPERTIES: usize = 3;

/// Keys that say nothing about the value.
const PROSE: [&str; 7] = ["description", "title", "example", "examples", "externalDocs", "summary", "deprecated"];

impl<'a> DocumentRef<'a> {
    /// Groups of schemas with the same properties, of the same types and bounds; prose and examples do not count. Only objects with
    /// some properties, and with a name: components, and what references lead to in other files. Each group with the shortest name
    /// first, and groups by their first, so that neither depends on where a schema stands.
    pub fn equal_schemas(self) -> Vec<Vec<SchemaPart<'a>>> {
        let components: Set<Pin> =
            self.components_of(ComponentKind::Schema).iter().map(|one: &ComponentRef| pin(one.cursor.written)).collect();
        let is_named = |part: &SchemaPart| components.contains(&pin(part.node)) || part.uses().has(Uses::REFERRED);
        let is_judged = |part: &SchemaPart| {
            let properties = part.node.get("properties").map_or(0, |map| map.entries().len());
            properties >= FEWEST_PROPERTIES && !part.part.is_reference && is_named(part)
        };
        let judged: Vec<(u64, SchemaPart)> = self.schemas().filter(is_judged).map(|part| (names_of(part.node), part)).collect();
        let mut alike: Map<u64, usize> = Map::default();
        judged.iter().for_each(|(names, _)| *alike.entry(*names).or_default() += 1);
        let mut groups: BTreeMap<Number, Vec<SchemaPart>> = BTreeMap::new();
        // What a schema says is long, and of use only where another one has properties of the same names.
        for (_, part) in judged.into_iter().filter(|(names, _)| alike.get(names).is_some_and(|count| *count > 1)) {
            groups.entry(said(self.api, self.version(), part.node, &mut Known::default())).or_default().push(part);
        }
        let mut groups: Vec<_> = groups.into_values().filter(|group| group.len() > 1).collect();
        groups.iter_mut().for_each(|group| group.sort_by_key(|part| (part.name().len(), part.name())));
        groups.sort_by_key(|group| group.first().map(|part| part.name()));
        groups
    }
}

/// One number for the names of its properties, in whatever order.
fn names_of(node: NodeRef) -> u64 {
    let hasher = foldhash::fast::FixedState::default();
    let names = node.get("properties").map(NodeRef::merged_entries).unwrap_or_default();
    names.into_iter().fold(0, |sum, (key, _)| sum.wrapping_add(hasher.hash_one(key.text())))
}

/// What a schema says, without its prose. A reference says where it leads, however it is written.
fn said(api: &Api, version: Version, node: NodeRef, known: &mut Known) -> Number {
    known.number(node, |node, known| schema_says(api, version, node, known))
}

fn schema_says(api: &Api, version: Version, node: NodeRef, known: &mut Known) -> Number {
    let cursor = Cursor::new(api, node);
    let refers = reference(node).is_some() && cursor.known;
    let counts = |key: &str| !PROSE.contains(&key) && !(refers && (key == "$ref" || version < Version::V31));
    let entries = node.merged_entries().into_iter().filter(|(key, _)| key.text().is_none_or(counts));
    let mut said = |node| said(api, version, node, known);
    let parts = entries.map(|(key, value)| {
        let value = match key.text().unwrap_or("") {
            "properties" => {
                let named = value.merged_entries().into_iter();
                Number::of_all(named.map(|(key, value)| Number::of((key.text(), said(value)))))
            }
            "items" | "additionalProperties" if value.is_map() => said(value),
            "allOf" | "oneOf" | "anyOf" => Number::of_list(value.items().map(&mut said)),
            _ => Number::of_value(value),
        };
        Number::of((key.text(), value))
    });
    Number::of_all(parts.chain(refers.then(|| Number::of(cursor.pin()))))
}
