//! The arena: one shape for every document language. Nodes hold byte offsets, scalars are slices of the source unless
//! they had to be decoded, aliases are edges and are never copied.

use crate::diagnostic::Problem;
use crate::source::{SourceId, Span};
use std::sync::Arc;

/// Names a node within one [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A scalar; its meaning (number, boolean, null) is resolved when asked for.
    Scalar,
    /// Keys and values in order; a key may repeat.
    Map,
    /// Values in order.
    List,
    /// A reference to an anchor; views follow it.
    Alias,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes: may be a number, a boolean or null.
    Plain,
    /// In quotes: text.
    Quoted,
    /// A YAML block scalar: text.
    Block,
}

/// One node: 24 bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Scalar: offset of the text; collection: first child; alias: target (or `u32::MAX` when undefined).
    pub(super) first: u32,
    /// Scalar: length of the text; collection: number of children (a map has two for each entry).
    pub(super) count: u32,
    /// Index into the tags, from 1; 0 without a tag.
    pub(super) tag: u32,
    pub(super) kind: Kind,
    pub(super) style: Style,
    /// Whether a scalar's text lies in the tree's own buffer and not in the source.
    pub(super) decoded: bool,
}

/// A comment with its place, marker included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// One file's documents.
#[derive(Debug)]
pub struct Tree {
    pub(super) source: SourceId,
    pub(super) text: Arc<str>,
    pub(super) nodes: Vec<Node>,
    pub(super) children: Vec<NodeId>,
    pub(super) decoded: String,
    pub(super) tags: Vec<String>,
    pub(super) documents: Vec<NodeId>,
    pub(super) comments: Vec<Comment>,
    pub(super) problems: Vec<Problem>,
}

impl Tree {
    /// The file.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The root of each document, in order. A document that could not be read at all is missing here and has a problem.
    pub fn documents(&self) -> impl Iterator<Item = NodeRef<'_>> {
        self.documents.iter().map(|id| self.node(*id))
    }

    /// The root of the first document.
    pub fn root(&self) -> Option<NodeRef<'_>> {
        self.documents().next()
    }

    /// A view of a node.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Comments in order of place.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// What was wrong, in order of place.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Bytes that the tree holds besides the source text.
    pub fn heap_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>() + self.children.capacity() * size_of::<NodeId>() + self.decoded.capacity()
    }
}

/// A view of one node. It knows its tree, so that nothing has to be passed around.
#[derive(Clone, Copy)]
pub struct NodeRef<'t> {
    tree: &'t Tree,
    id: NodeId,
}

impl PartialEq for NodeRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.id == other.id
    }
}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {:?}", self.kind(), self.span())
    }
}

impl<'t> NodeRef<'t> {
    fn raw(self) -> &'t Node {
        &self.tree.nodes[self.id.0 as usize]
    }

    /// The node that an alias stands for (itself for all others). An alias without an anchor stays an alias.
    pub fn resolved(self) -> NodeRef<'t> {
        let mut node = self;
        // An alias cannot carry an anchor, so one step is enough for YAML; the bound keeps any other builder finite.
        for _ in 0..64 {
            let raw = node.raw();
            if raw.kind != Kind::Alias || raw.first == u32::MAX {
                break;
            }
            node = NodeRef { tree: self.tree, id: NodeId(raw.first) };
        }
        node
    }

    /// The name of this node in its tree.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The tree of this node.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// What it is, aliases followed.
    pub fn kind(self) -> Kind {
        self.resolved().raw().kind
    }

    /// Whether it is a map.
    pub fn is_map(self) -> bool {
        self.kind() == Kind::Map
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        self.kind() == Kind::List
    }

    /// Where it is written. An alias has the place of the alias.
    pub fn span(self) -> Span {
        let raw = self.raw();
        Span { source: self.tree.source, start: raw.start, end: raw.end }
    }

    /// How a scalar was written; plain for everything else.
    pub fn style(self) -> Style {
        self.resolved().raw().style
    }

    /// An explicit tag such as `!Ref`.
    pub fn tag(self) -> Option<&'t str> {
        let tag = self.resolved().raw().tag;
        (tag > 0).then(|| self.tree.tags[tag as usize - 1].as_str())
    }

    /// The decoded text of a scalar, whatever its meaning; `None` for collections.
    pub fn text(self) -> Option<&'t str> {
        let raw = self.resolved().raw();
        if raw.kind != Kind::Scalar {
            return None;
        }
        let range = raw.first as usize..(raw.first + raw.count) as usize;
        if raw.decoded { self.tree.decoded.get(range) } else { self.tree.text.get(range) }
    }

    /// Whether it is null: absent, `~`, or plain `null`.
    pub fn is_null(self) -> bool {
        self.style() == Style::Plain && matches!(self.text(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// The text of a scalar that is text: quoted, block, or plain and neither null nor boolean nor number.
    /// Most callers want [`NodeRef::text`], because `version: 3` and `version: "3"` mean the same to them.
    pub fn as_text(self) -> Option<&'t str> {
        let text = self.text()?;
        let plain = self.style() == Style::Plain;
        (!plain || !(self.is_null() || self.as_bool().is_some() || text.parse::<f64>().is_ok())).then_some(text)
    }

    /// A plain boolean as YAML 1.2 and JSON know it.
    pub fn as_bool(self) -> Option<bool> {
        match (self.style(), self.text()?) {
            (Style::Plain, "true" | "True" | "TRUE") => Some(true),
            (Style::Plain, "false" | "False" | "FALSE") => Some(false),
            _ => None,
        }
    }

    /// A plain whole number.
    pub fn as_i64(self) -> Option<i64> {
        let text = self.text().filter(|_| self.style() == Style::Plain)?;
        text.parse().ok().or_else(|| {
            let number: f64 = text.parse().ok()?;
            (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
        })
    }

    /// A plain number.
    pub fn as_f64(self) -> Option<f64> {
        self.text()
            .filter(|text| {
                self.style() == Style::Plain
                    && text.starts_with(['-', '+', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
            })?
            .parse()
            .ok()
    }

    fn children(self) -> &'t [NodeId] {
        let raw = self.resolved().raw();
        match raw.kind {
            Kind::Map | Kind::List => &self.tree.children[raw.first as usize..(raw.first + raw.count) as usize],
            _ => &[],
        }
    }

    /// The entries of a map in order, as written: repeated keys and `<<` are visible.
    pub fn entries(self) -> impl DoubleEndedIterator<Item = (NodeRef<'t>, NodeRef<'t>)> + ExactSizeIterator {
        let tree = self.tree;
        let pairs = if self.is_map() { self.children().as_chunks::<2>().0 } else { &[] };
        pairs.iter().map(move |pair| (tree.node(pair[0]), tree.node(pair[1])))
    }

    /// The items of a list in order.
    pub fn items(self) -> impl DoubleEndedIterator<Item = NodeRef<'t>> + ExactSizeIterator {
        let tree = self.tree;
        let items = if self.is_list() { self.children() } else { &[] };
        items.iter().map(move |id| tree.node(*id))
    }

    /// The entry of a map under a key: the last one written wins, then merge keys (`<<`) in order.
    pub fn entry(self, key: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        self.entry_within(key, &mut 256)
    }

    fn entry_within(self, key: &str, budget: &mut u32) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        let own = self.entries().rev().find(|(name, _)| name.text() == Some(key));
        if own.is_some() {
            return own;
        }
        for (_, merged) in self.entries().filter(|(name, _)| name.text() == Some("<<") && name.style() == Style::Plain) {
            let bases: Vec<NodeRef<'t>> = if merged.is_list() { merged.items().collect() } else { vec![merged] };
            for base in bases {
                *budget = budget.checked_sub(1)?;
                if let Some(found) = base.entry_within(key, budget) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// The value of a map under a key.
    pub fn get(self, key: &str) -> Option<NodeRef<'t>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The text of the scalar under a key.
    pub fn get_text(self, key: &str) -> Option<&'t str> {
        self.get(key).and_then(NodeRef::text)
    }

    /// Follows keys (and list indexes) separated by `/`; no escapes, for fixed paths in code.
    pub fn at(self, path: &str) -> Option<NodeRef<'t>> {
        path.split('/')
            .try_fold(self, |node, part| if node.is_list() { node.items().nth(part.parse().ok()?) } else { node.get(part) })
    }

    /// All entries with merge keys resolved: own entries first, each key once (the last one written), `<<` itself left out.
    pub fn merged_entries(self) -> Vec<(NodeRef<'t>, NodeRef<'t>)> {
        let mut seen = std::collections::HashSet::new();
        let mut found = Vec::new();
        self.collect_entries(&mut seen, &mut found, &mut 256);
        found
    }

    fn collect_entries(
        self,
        seen: &mut std::collections::HashSet<&'t str>,
        found: &mut Vec<(NodeRef<'t>, NodeRef<'t>)>,
        budget: &mut u32,
    ) {
        let is_merge = |key: NodeRef<'t>| key.text() == Some("<<") && key.style() == Style::Plain;
        let start = found.len();
        for (key, value) in self.entries().rev().filter(|(key, _)| !is_merge(*key)) {
            if seen.insert(key.text().unwrap_or("")) {
                found.push((key, value));
            }
        }
        found[start..].reverse();
        for (_, merged) in self.entries().filter(|(key, _)| is_merge(*key)) {
            let bases: Vec<NodeRef<'t>> = if merged.is_list() { merged.items().collect() } else { vec![merged] };
            for base in bases {
                let Some(left) = budget.checked_sub(1) else { return };
                *budget = left;
                base.collect_entries(seen, found, budget);
            }
        }
    }
}
