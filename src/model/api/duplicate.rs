//! Component schemas that say the same under several names.

use super::component::{ComponentKind, ComponentRef};
use super::constraint::canonical;
use super::cursor::pin;
use super::document::DocumentRef;
use crate::documents::NodeRef;
use std::collections::HashMap;

/// An object with fewer properties than this is the same as another one by chance.
const FEWEST_PROPERTIES: usize = 3;

/// Keys that say nothing about the value.
const PROSE: [&str; 7] = ["description", "title", "example", "examples", "externalDocs", "summary", "deprecated"];

impl<'a> DocumentRef<'a> {
    /// Groups of component schemas with the same properties, of the same types and bounds; prose and examples do not count.
    /// Each in order, groups by their first. Only objects with some properties.
    pub fn equal_schemas(self) -> Vec<Vec<ComponentRef<'a>>> {
        let mut groups: Vec<Vec<ComponentRef>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for one in self.components_of(ComponentKind::Schema) {
            let node = one.cursor.node;
            let properties = node.get("properties").map_or(0, |map| map.entries().len());
            if one.is_reference() || properties < FEWEST_PROPERTIES || one.cursor.pin() != pin(one.cursor.written) {
                continue;
            }
            match known.get(&said(node)) {
                Some(at) => groups.get_mut(*at).into_iter().for_each(|group| group.push(one)),
                None => {
                    known.insert(said(node), groups.len());
                    groups.push(vec![one]);
                }
            }
        }
        groups.into_iter().filter(|group| group.len() > 1).collect()
    }
}

/// What a schema says, without its prose.
fn said(node: NodeRef) -> String {
    let entries = node.merged_entries().into_iter().filter(|(key, _)| !key.text().is_some_and(|key| PROSE.contains(&key)));
    let mut parts: Vec<String> = entries
        .map(|(key, value)| {
            let key = key.text().unwrap_or("");
            let value = match key {
                "properties" => named(value),
                "items" | "additionalProperties" if value.is_map() => said(value),
                "allOf" | "oneOf" | "anyOf" => value.items().map(said).collect::<Vec<_>>().join(","),
                _ => canonical(value, 0),
            };
            format!("{key}:{value}")
        })
        .collect();
    parts.sort();
    format!("{{{}}}", parts.join(","))
}

/// What a map of names to schemas says.
fn named(node: NodeRef) -> String {
    let mut parts: Vec<String> =
        node.merged_entries().into_iter().map(|(key, value)| format!("{:?}:{}", key.text(), said(value))).collect();
    parts.sort();
    parts.join(",")
}
