//! What a document tree says, as a text that two trees can be held against each other by.

use backend_lint::documents::{Kind, NodeId, Tree};
use std::fmt::Write;

/// Everything that a tree says, a line for each node, without recursion.
pub fn dump(tree: &Tree) -> String {
    let mut lines = String::new();
    for at in 0..tree.len() {
        let node = tree.node(NodeId(at as u32));
        let children: Vec<u32> = match node.kind() {
            Kind::Map => node.entries().flat_map(|(key, value)| [key.id().0, value.id().0]).collect(),
            _ => node.items().map(|item| item.id().0).collect(),
        };
        let target = node.resolved().id().0;
        let _ = writeln!(
            lines,
            "{at} {:?} {:?} {:?} {:?} {:?} {target} {children:?}",
            node.kind(),
            node.span().range(),
            node.style(),
            node.tag(),
            node.text(),
        );
    }
    let _ = writeln!(lines, "{:?}", tree.documents().map(|root| root.id().0).collect::<Vec<_>>());
    lines
}
