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

/// Where the text of a scalar is kept. Equal places have equal texts; the same text may be kept at several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextPlace(u32, u32);

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

    /// The file as it is written.
    pub fn source_text(&self) -> &str {
        &self.text
    }

    /// Whether an alias stands anywhere in the file.
    pub fn has_aliases(&self) -> bool {
        self.nodes.iter().any(|node| node.kind() == Kind::Alias)
    }

    /// The texts of scalars that are written in another way, as with an escape or over several lines.
    pub fn decoded_texts(&self) -> impl Iterator<Item = &str> {
        let decoded = self.nodes.iter().filter(|node| node.kind() == Kind::Scalar && node.has(Flags::DECODED));
        decoded.filter_map(|node| self.decoded.get(node.first as usize..(node.first + node.count) as usize))
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
    #[inline]
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
    #[inline]
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
    #[inline(always)]
    pub(super) fn raw(self) -> &'t Node {
        &self.tree.nodes[self.id.0 as usize]
    }

    /// The node that an alias stands for (itself for all others). An alias without an anchor stays an alias.
    #[inline(always)]
    pub fn resolved(self) -> NodeRef<'t> {
        if self.raw().kind() == Kind::Alias { self.behind_alias() } else { self }
    }

    #[cold]
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
    #[inline]
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// What it is, aliases followed.
    #[inline]
    pub fn kind(self) -> Kind {
        self.resolved().raw().kind()
    }

    /// Whether it is a map.
    #[inline]
    pub fn is_map(self) -> bool {
        self.kind() == Kind::Map
    }

    /// Whether it is a list.
    #[inline]
    pub fn is_list(self) -> bool {
        self.kind() == Kind::List
    }

    /// Where it is written. An alias has the place of the alias.
    pub fn span(self) -> Span {
        let raw = self.raw();
        Span { source: self.tree.source, start: raw.start, end: raw.end }
    }

    /// How a scalar was written; plain for everything else.
    #[inline]
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

    /// Whether a tag of an application's own says that the text is no value but stands for one: `!Ref`, `!secret`.
    pub fn stands_for_another(self) -> bool {
        self.tag().is_some_and(|tag| tag.starts_with('!') && !tag.starts_with("!!"))
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

    /// Where the text of a scalar is kept in its tree; `None` for collections, and for what had to be decoded.
    #[inline]
    pub fn text_place(self) -> Option<TextPlace> {
        let raw = self.resolved().raw();
        (raw.kind() == Kind::Scalar && !raw.has(Flags::DECODED)).then_some(TextPlace(raw.first, raw.count))
    }

    /// Whether it is a scalar.
    #[inline]
    pub fn is_scalar(self) -> bool {
        self.kind() == Kind::Scalar
    }

    /// Whether it is a scalar of this text.
    #[inline]
    pub fn says(self, text: &str) -> bool {
        self.says_printed(text, Print::of(text))
    }

    #[inline]
    pub(super) fn says_printed(self, text: &str, print: Print) -> bool {
        let raw = self.resolved().raw();
        // Nearly all are ruled out by what is at hand, and their text is not looked at.
        raw.may_be(text, print) && self.bytes_of(raw) == Some(text.as_bytes())
    }

    /// The bytes of a scalar's text.
    #[inline]
    fn bytes_of(self, raw: &Node) -> Option<&'t [u8]> {
        let text = if raw.has(Flags::DECODED) { self.tree.decoded.as_str() } else { &*self.tree.text };
        text.as_bytes().get(raw.first as usize..(raw.first + raw.count) as usize)
    }

    /// The print of a scalar's text.
    #[inline]
    pub(super) fn print(self) -> Option<Print> {
        self.resolved().raw().print()
    }

    /// Whether entries of other maps are merged into this one.
    #[inline]
    pub fn merges(self) -> bool {
        self.resolved().raw().merges()
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
        if matches!(raw.kind(), Kind::Map | Kind::List) { self.children_of(raw) } else { &[] }
    }

    #[inline]
    pub(super) fn children_of(self, raw: &Node) -> &'t [NodeId] {
        &self.tree.children[raw.first as usize..(raw.first + raw.count) as usize]
    }

    /// The entries of a map in order, as written: repeated keys and `<<` are visible.
    #[inline]
    pub fn entries(self) -> impl DoubleEndedIterator<Item = (NodeRef<'t>, NodeRef<'t>)> + ExactSizeIterator {
        let (tree, raw) = (self.tree, self.resolved().raw());
        let pairs = if raw.kind() == Kind::Map { self.children_of(raw).as_chunks::<2>().0 } else { &[] };
        pairs.iter().map(move |pair| (tree.node(pair[0]), tree.node(pair[1])))
    }

    /// The items of a list in order.
    #[inline]
    pub fn items(self) -> impl DoubleEndedIterator<Item = NodeRef<'t>> + ExactSizeIterator {
        let (tree, raw) = (self.tree, self.resolved().raw());
        let items = if raw.kind() == Kind::List { self.children_of(raw) } else { &[] };
        items.iter().map(move |id| tree.node(*id))
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
}
