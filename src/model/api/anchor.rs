//! Names that schemas give themselves (`$anchor`, since 3.1), and by which references may name them: `#money`.

use super::Map;
use super::cursor::{Target, pin};
use crate::documents::{NodeId, NodeRef, Tree};

/// The anchors of a file by name; `None` for one that two things have.
pub(super) type Anchors = Map<Box<str>, Option<Target>>;

/// Every anchor of a file.
pub(super) fn all(tree: &Tree) -> Anchors {
    let mut anchors = Anchors::default();
    let mut add = |node: NodeRef, target: Target| {
        for name in names(node) {
            let known = anchors.entry(name.into()).or_insert(Some(target));
            if known.is_some_and(|known| known.pin != target.pin) {
                *known = None;
            }
        }
    };
    let count = u32::try_from(tree.len()).unwrap_or(u32::MAX);
    for node in (0..count).map(|number| tree.node(NodeId(number))) {
        node.items().filter(|item| item.is_map()).for_each(|item| add(item, Target { pin: pin(item), key: None }));
        node.entries().filter(|(_, value)| value.is_map()).for_each(|(key, value)| add(value, Target::entry(key, value)));
    }
    anchors
}

/// The names that a schema gives itself; in older drafts its id is one where it is a fragment.
fn names(node: NodeRef<'_>) -> impl Iterator<Item = &str> {
    let anchors = ["$anchor", "$dynamicAnchor"].into_iter().filter_map(move |key| node.get_text(key));
    anchors.chain(node.get_text("$id").and_then(|id| id.strip_prefix('#')))
}
