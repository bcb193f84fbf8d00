//! What looks like a schema at a place where the specification has none: below a misspelt key, or one of another version.
//! That the place is wrong is told as a defect; what stands there is still what its author wants to be right.

use super::cursor::{Pin, pin};
use super::document::DocumentRef;
use super::schema_part::SchemaPart;
use super::walk::table::table;
use super::walk::{NONE, Part};
use crate::documents::NodeRef;

/// Keys whose value is data or prose.
const DATA: [&str; 8] = ["example", "examples", "default", "enum", "const", "description", "mapping", "security"];

const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

fn is_like_a_schema(node: NodeRef) -> bool {
    let typed = node.get_text("type").is_some_and(|word| TYPES.contains(&word)) && node.get("in").is_none();
    typed || node.get("enum").is_some_and(|list| list.is_list())
}

impl<'a> DocumentRef<'a> {
    /// Nodes of the document itself that no part of the walk is, extensions and data left out, in order.
    pub(super) fn stray_nodes(self) -> Vec<NodeRef<'a>> {
        let all = self.api.strays.get_or_init(|| self.api.documents().map(DocumentRef::find_strays).collect());
        all.get(self.at as usize).into_iter().flatten().filter_map(|at| self.api.node(*at)).collect()
    }

    fn find_strays(self) -> Vec<Pin> {
        let walk = self.api.walk();
        let mut found = Vec::new();
        // Without a fault everything stands where it belongs.
        if !walk.faults.iter().any(|fault| walk.part(fault.part).is_some_and(|part| part.document == self.at)) {
            return found;
        }
        let mut stack: Vec<NodeRef> = self.root().map(|root| root.node).into_iter().collect();
        while let Some(node) = stack.pop() {
            if node.is_map() && walk.part_of(pin(node)).is_none() {
                found.push(pin(node));
            }
            let inner = node
                .entries()
                .filter(|(key, _)| key.text().is_some_and(|key| !DATA.contains(&key) && !key.starts_with("x-") && key != "<<"));
            let below: Vec<NodeRef> = node.items().chain(inner.map(|(_, value)| value)).collect();
            stack.extend(below.into_iter().rev().filter(|value| *value == value.resolved()));
        }
        found
    }

    /// What looks like a schema at a place that is none.
    pub fn stray_schemas(self) -> Vec<SchemaPart<'a>> {
        let value = table().object_type("schema").unwrap_or_default();
        let part = |node: NodeRef| Part {
            source: node.tree().source(),
            node: node.id(),
            key: None,
            value,
            parent: NONE,
            document: self.at,
            is_reference: false,
        };
        let nodes = self.stray_nodes().into_iter().filter(|node| is_like_a_schema(*node));
        nodes.map(|node| SchemaPart { api: self.api, at: NONE, part: part(node), node }).collect()
    }
}
