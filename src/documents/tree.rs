//! The arena: one shape for every document language. Nodes hold byte offsets, scalars are slices of the source unless
//! they had to be decoded, aliases are edges and are never copied.

use super::node::{Flags, Node, Print};
use super::plain::Plain;
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
    /// The names of tags, each once.
    pub(super) tag_names: Vec<String>,
    /// Node and index of its tag's name, in order of nodes.
    pub(super) tags: Vec<(NodeId, u32)>,
    pub(super) documents: Vec<NodeId>,
    pub(super) comments: Vec<Comment>,
    pub(super) problems: Vec<Problem>,
}

impl Tree {
    /// The file.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// Whether these characters stand anywhere in the file, comments included.
    pub fn holds(&self, characters: &str) -> bool {
        memchr::memmem::find(self.text.as_bytes(), characters.as_bytes()).is_some()
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

    /// Every node; what an inner collection holds comes before the collection.
    pub fn nodes(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.nodes.len() as u32).map(|at| self.node(NodeId(at)))
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

    /// Bytes of scalars whose text could not stay a slice of the source.
    pub fn decoded_bytes(&self) -> usize {
        self.decoded.len()
    }

    /// Bytes that the tree holds besides the source text and the problems.
    pub fn heap_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
            + self.children.capacity() * size_of::<NodeId>()
            + self.comments.capacity() * size_of::<Comment>()
            + self.tags.capacity() * size_of::<(NodeId, u32)>()
            + self.decoded.capacity()
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
    #[inline]
    fn raw(self) -> &'t Node {
        &self.tree.nodes[self.id.0 as usize]
    }

    /// The node that an alias stands for (itself for all others). An alias without an anchor stays an alias.
    #[inline]
    pub fn resolved(self) -> NodeRef<'t> {
        if self.raw().kind() == Kind::Alias { self.behind_alias() } else { self }
    }

    fn behind_alias(self) -> NodeRef<'t> {
        let mut node = self;
        // An alias cannot carry an anchor, so one step is enough for YAML; the bound keeps any other builder finite.
        for _ in 0..64 {
            let raw = node.raw();
            if raw.kind() != Kind::Alias || raw.first == u32::MAX {
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
        self.resolved().raw().kind()
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
        self.resolved().raw().style()
    }

    /// An explicit tag such as `!Ref`.
    pub fn tag(self) -> Option<&'t str> {
        let node = self.resolved();
        if !node.raw().has(Flags::TAGGED) {
            return None;
        }
        let at = self.tree.tags.binary_search_by_key(&node.id, |(id, _)| *id).ok()?;
        let (_, name) = self.tree.tags.get(at)?;
        self.tree.tag_names.get(*name as usize).map(String::as_str)
    }

    /// The decoded text of a scalar, whatever its meaning; `None` for collections.
    pub fn text(self) -> Option<&'t str> {
        let raw = self.resolved().raw();
        if raw.kind() != Kind::Scalar {
            return None;
        }
        let range = raw.first as usize..(raw.first + raw.count) as usize;
        if raw.has(Flags::DECODED) { self.tree.decoded.get(range) } else { self.tree.text.get(range) }
    }

    /// Whether it is a scalar of this text.
    #[inline]
    pub fn says(self, text: &str) -> bool {
        self.says_printed(text, Print::of(text))
    }

    #[inline]
    fn says_printed(self, text: &str, print: Print) -> bool {
        let raw = self.resolved().raw();
        // Nearly all are ruled out by what is at hand, and their text is not looked at.
        raw.may_be(text, print) && self.text() == Some(text)
    }

    /// Whether both are scalars of one text.
    pub(super) fn says_the_same(self, other: NodeRef) -> bool {
        let (one, two) = (self.resolved().raw(), other.resolved().raw());
        one.is_like(two) && self.text().is_some() && self.text() == other.text()
    }

    /// What a plain scalar says; `None` for collections and for text in quotes or blocks.
    fn plain(self) -> Option<Plain> {
        if self.style() == Style::Plain { self.text().map(Plain::of) } else { None }
    }

    /// Whether it is null: absent, `~`, or plain `null`.
    pub fn is_null(self) -> bool {
        self.style() == Style::Plain && self.text().is_some_and(Plain::is_null)
    }

    /// The text of a scalar that is text: quoted, block, or plain and neither null nor boolean nor number.
    /// Most callers want [`NodeRef::text`], because `version: 3` and `version: "3"` mean the same to them.
    pub fn as_text(self) -> Option<&'t str> {
        let text = self.text()?;
        matches!(self.plain(), None | Some(Plain::Text)).then_some(text)
    }

    /// A plain boolean as YAML 1.2 and JSON know it.
    pub fn as_bool(self) -> Option<bool> {
        match self.plain()? {
            Plain::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// A plain whole number; also one that is written as `3.0` or `1e3`, if it is below 9e15. Nothing for `010`, which is 8
    /// to YAML 1.1 and 10 to YAML 1.2.
    pub fn as_i64(self) -> Option<i64> {
        match self.plain()? {
            Plain::Whole(value) => Some(value),
            Plain::Float(value) => (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64),
            _ => None,
        }
    }

    /// A plain number; may be infinite or not a number (`.inf`, `.nan`).
    pub fn as_f64(self) -> Option<f64> {
        match self.plain()? {
            Plain::Whole(value) => Some(value as f64),
            Plain::Float(value) => Some(value),
            _ => None,
        }
    }

    fn children(self) -> &'t [NodeId] {
        let raw = self.resolved().raw();
        match raw.kind() {
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
    #[inline]
    pub fn entry(self, key: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        let (raw, print) = (self.resolved().raw(), Print::of(key));
        // Most questions are answered here: no.
        if !raw.may_have(print) && !raw.merges() { None } else { self.entry_within(key, print, &mut 256) }
    }

    fn entry_within(self, key: &str, print: Print, budget: &mut u32) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        if let Some(own) = self.own_entry(key, print) {
            return Some(own);
        }
        for base in self.bases() {
            *budget = budget.checked_sub(1)?;
            if let Some(found) = base.entry_within(key, print, budget) {
                return Some(found);
            }
        }
        None
    }

    /// The last entry that is written in this map itself under a key.
    fn own_entry(self, key: &str, print: Print) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        let raw = self.resolved().raw();
        if !raw.may_have(print) {
            return None;
        }
        if !raw.has(Flags::SORTED) {
            let pairs = self.children().as_chunks::<2>().0.iter().rev();
            let mut named =
                pairs.filter(|pair| self.tree.nodes.get(pair[0].0 as usize).is_some_and(|name| name.may_print(print)));
            let found = named.find(|pair| self.tree.node(pair[0]).says_printed(key, print))?;
            return Some((self.tree.node(found[0]), self.tree.node(found[1])));
        }
        let entries = raw.count as usize / 2;
        let order = (raw.first + raw.count) as usize;
        let order = self.tree.children.get(order..order + entries)?;
        let entry = |at: &NodeId| self.entries().nth(at.0 as usize);
        let after = order.partition_point(|at| entry(at).and_then(|(name, _)| name.text()) <= Some(key));
        let found = order.get(after.checked_sub(1)?).and_then(entry)?;
        (found.0.text() == Some(key)).then_some(found)
    }

    /// Whether this node, as a key, merges other maps into its own.
    pub(super) fn is_merge_key(self) -> bool {
        self.style() == Style::Plain && self.says("<<")
    }

    /// The maps that this one takes entries from, the strongest first.
    fn bases(self) -> impl Iterator<Item = NodeRef<'t>> {
        let entries = self.resolved().raw().merges().then(|| self.entries()).into_iter().flatten();
        let values = entries.filter(|(key, _)| key.is_merge_key()).map(|(_, value)| value);
        values.flat_map(|value| value.items().chain((!value.is_list()).then_some(value)))
    }

    /// The value of a map under a key.
    #[inline]
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

    /// Where it stands in its document, as a JSON pointer (RFC 6901); empty for the root. An alias stands where its anchor does.
    pub fn pointer(self) -> String {
        let (node, tree) = (self.resolved(), self.tree);
        let start = node.raw().start;
        let starts_before = |id: &NodeId| tree.node(*id).raw().start <= start;
        let mut pointer = String::new();
        let mut at = tree.documents().filter(|root| root.raw().start <= start).last().unwrap_or(node);
        while at.id != node.id {
            let (children, is_map) = (at.children(), at.raw().kind() == Kind::Map);
            let found = if is_map {
                let pairs = children.as_chunks::<2>().0;
                pairs.get(pairs.partition_point(|pair| starts_before(&pair[0])).saturating_sub(1)).map(|pair| (pair[0], pair[1]))
            } else {
                let nth = children.partition_point(starts_before).saturating_sub(1);
                pointer.push_str(&if children.is_empty() { String::new() } else { format!("/{nth}") });
                children.get(nth).map(|item| (node.id, *item))
            };
            let Some((key, inner)) = found.filter(|_| at.raw().kind() != Kind::Alias) else { break };
            if is_map {
                let key = tree.node(key).text().unwrap_or("").replace('~', "~0").replace('/', "~1");
                pointer.push('/');
                pointer.push_str(&key);
                if tree.node(inner).raw().start > start {
                    // It is the key itself, or lies within it.
                    break;
                }
            }
            at = tree.node(inner);
        }
        pointer
    }

    /// All entries with merge keys resolved: own entries first, each key once (the last one written), `<<` itself left out.
    pub fn merged_entries(self) -> Vec<(NodeRef<'t>, NodeRef<'t>)> {
        let raw = self.resolved().raw();
        if raw.kind() != Kind::Map || !(raw.merges() || raw.has(Flags::REPEATS)) {
            return self.entries().collect();
        }
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
        let start = found.len();
        for (key, value) in self.entries().rev().filter(|(key, _)| !key.is_merge_key()) {
            // A key that is a collection has no text and equals no other.
            if key.text().is_none_or(|text| seen.insert(text)) {
                found.push((key, value));
            }
        }
        found[start..].reverse();
        for base in self.bases() {
            let Some(left) = budget.checked_sub(1) else { return };
            *budget = left;
            base.collect_entries(seen, found, budget);
        }
    }
}
