//! Building an arena from the inside out: children are pushed before the collection that holds them.

use super::node::{Flags, Keys, Node, Print};
use super::texts::Texts;
use super::tree::{Comment, Kind, NodeId, NodeRef, Style, Tree};
use crate::diagnostic::Problem;
use crate::source::{SourceId, Span};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A map with more entries than this keeps them in order of their keys as well, so that a lookup takes few steps.
const SORTED_FROM: usize = 64;
/// A node for so many bytes of source is what large API descriptions have; only a guess at how much room to take at once.
const BYTES_A_NODE: usize = 24;
/// How many problems of one file are told; garbage would give one for each byte.
const PROBLEM_LIMIT: usize = 500;

/// Builds a [`Tree`].
#[derive(Debug)]
pub struct TreeBuilder {
    tree: Tree,
    tag_numbers: HashMap<String, u32>,
    /// Problems beyond the limit.
    untold: usize,
    begun: Lengths,
    /// Positions of a map's entries; kept to be used again.
    order: Vec<u32>,
    texts: Texts,
    /// Prints of a map's keys; kept to be used again.
    prints: Vec<Option<Print>>,
}

/// How much there was of everything when a document began.
#[derive(Debug, Clone, Copy, Default)]
struct Lengths {
    nodes: usize,
    children: usize,
    decoded: usize,
    tags: usize,
}

impl TreeBuilder {
    /// An empty tree over a file's text.
    pub fn new(source: SourceId, text: Arc<str>) -> TreeBuilder {
        let (nodes, texts) = (text.len() / BYTES_A_NODE, Texts::new(text.len()));
        TreeBuilder {
            tree: Tree {
                source,
                text,
                nodes: Vec::with_capacity(nodes),
                children: Vec::with_capacity(nodes),
                decoded: String::new(),
                tag_names: Vec::new(),
                tags: Vec::new(),
                documents: Vec::new(),
                comments: Vec::new(),
                problems: Vec::new(),
            },
            tag_numbers: HashMap::new(),
            untold: 0,
            begun: Lengths::default(),
            order: Vec::new(),
            texts,
            prints: Vec::new(),
        }
    }

    /// Takes room for so many nodes at once.
    pub fn reserve(&mut self, nodes: usize) {
        self.tree.nodes.reserve_exact(nodes);
        self.tree.children.reserve_exact(nodes);
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.tree.nodes.push(node);
        NodeId(self.tree.nodes.len() as u32 - 1)
    }

    /// A scalar whose text is a slice of the source.
    pub fn scalar(&mut self, span: Range<usize>, text: Range<usize>, style: Style) -> NodeId {
        let print = Print::of_bytes(self.tree.text.as_bytes().get(text.clone()).unwrap_or(&[]));
        let (length, first) = (text.len() as u32, self.texts.first(self.tree.text.as_bytes(), text, print));
        self.push(Node::new(span, first, length, Kind::Scalar, style).with_print(print))
    }

    /// A scalar whose text had to be decoded (escapes, folding).
    pub fn decoded(&mut self, span: Range<usize>, text: &str, style: Style) -> NodeId {
        let first = self.tree.decoded.len() as u32;
        self.tree.decoded.push_str(text);
        let node = Node::new(span, first, text.len() as u32, Kind::Scalar, style).with_print(Print::of(text));
        self.push(node.with_flags(Flags::DECODED))
    }

    /// A scalar whose text may be a slice of the source, and is copied otherwise.
    pub fn text(&mut self, span: Range<usize>, text: &str, style: Style) -> NodeId {
        // Only addresses are compared: a parser hands out slices of the text that it was given.
        let offset = (text.as_ptr() as usize).checked_sub(self.tree.text.as_ptr() as usize);
        match offset.filter(|offset| offset.checked_add(text.len()).is_some_and(|end| end <= self.tree.text.len())) {
            Some(offset) => self.scalar(span, offset..offset + text.len(), style),
            None => self.decoded(span, text, style),
        }
    }

    /// A map over keys and values in turn, or a list over its items. Repeated keys become problems.
    pub fn collection(&mut self, kind: Kind, span: Range<usize>, children: &[NodeId]) -> NodeId {
        let (first, count) = (self.tree.children.len() as u32, children.len() as u32);
        self.tree.children.extend_from_slice(children);
        let node = Node::new(span, first, count, kind, Style::Plain);
        let node = if kind == Kind::Map { self.examine_keys(node, first as usize, children) } else { node };
        self.push(node)
    }

    /// Notes what keys a map may have, looks for repeated keys and merge keys, and keeps the order of keys for a large map.
    fn examine_keys(&mut self, node: Node, first: usize, children: &[NodeId]) -> Node {
        let entries = children.as_chunks::<2>().0;
        let tree = &self.tree;
        let key = |at: u32| entries.get(at as usize).map(|[key, _]| tree.node(*key));
        let text = |at: u32| key(at).and_then(NodeRef::text);
        let mut keys = Keys::default();
        let (mut merges, mut may_repeat) = (false, false);
        self.prints.clear();
        for key in entries.iter().map(|[key, _]| tree.node(*key)) {
            let print = key.print();
            self.prints.push(print);
            if let Some(print) = print {
                may_repeat |= keys.add(print);
                merges |= key.is_merge_key();
            }
        }
        // Pairs of positions: the first entry under a key, and a later one.
        let mut repeated: Vec<(u32, u32)> = Vec::new();
        let sorted = entries.len() > SORTED_FROM;
        if sorted {
            self.order.clear();
            self.order.extend(0..entries.len() as u32);
            self.order.sort_by_key(|at| text(*at));
            let mut earliest = 0;
            for pair in self.order.windows(2) {
                let [before, at] = pair else { continue };
                if text(*before) != text(*at) {
                    earliest = *at;
                } else if text(*at).is_some() {
                    earliest = if text(earliest) == text(*at) { earliest } else { *before };
                    repeated.push((earliest, *at));
                }
            }
            repeated.sort_unstable_by_key(|(_, later)| *later);
        } else if may_repeat {
            for (later, print) in (0..).zip(&self.prints) {
                let is_same = |earlier: &u32| key(*earlier).zip(key(later)).is_some_and(|(one, other)| one.says_the_same(other));
                let mut alike = (0..later).zip(&self.prints).filter(|(_, one)| *one == print).map(|(earlier, _)| earlier);
                repeated.extend(alike.find(is_same).map(|earlier| (earlier, later)));
            }
        }
        let flags = Flags::default().with(Flags::MERGES, merges).with(Flags::SORTED, sorted);
        let flags = flags.with(Flags::REPEATS, !repeated.is_empty());
        for (earlier, later) in repeated {
            self.repeated_key(first, earlier, later);
        }
        if sorted {
            self.tree.children.extend(self.order.iter().map(|at| NodeId(*at)));
        }
        node.with_keys(keys).with_flags(flags)
    }

    fn repeated_key(&mut self, first: usize, earlier: u32, later: u32) {
        let key = |at: u32| self.tree.children.get(first + 2 * at as usize).map(|id| self.tree.node(*id));
        let (Some(earlier), Some(later)) = (key(earlier), key(later)) else { return };
        let name: String = later.text().unwrap_or("").chars().take(40).collect();
        let problem = Problem {
            span: later.span(),
            message: format!("the key `{name}` appears twice in this map; the later one counts"),
            other: Some(earlier.span()),
        };
        self.tell(problem);
    }

    /// A reference to an anchored node; `None` where no such anchor stands before it.
    pub fn alias(&mut self, span: Range<usize>, target: Option<NodeId>) -> NodeId {
        self.push(Node::new(span, target.map_or(u32::MAX, |id| id.0), 0, Kind::Alias, Style::Plain))
    }

    /// Points an alias at its target, which was not complete when the alias was read.
    pub fn point_alias(&mut self, alias: NodeId, target: NodeId) {
        if let Some(node) = self.tree.nodes.get_mut(alias.0 as usize) {
            node.first = target.0;
        }
    }

    /// Gives the node that was pushed last its tag.
    pub fn tag_last(&mut self, tag: &str) {
        let Some(node) = self.tree.nodes.last_mut() else { return };
        *node = node.with_flags(Flags::TAGGED);
        let known = self.tag_numbers.get(tag).copied();
        let number = known.unwrap_or_else(|| {
            let number = self.tree.tag_names.len() as u32;
            self.tree.tag_names.push(tag.to_owned());
            self.tag_numbers.insert(tag.to_owned(), number);
            number
        });
        self.tree.tags.push((NodeId(self.tree.nodes.len() as u32 - 1), number));
    }

    /// Where a node stands, to close the collection that ends with it.
    pub fn span_of(&self, id: NodeId) -> Range<usize> {
        self.tree.nodes.get(id.0 as usize).map_or(0..0, |node| node.start as usize..node.end as usize)
    }

    /// Remembers where a document begins, so that it can be dropped.
    pub fn begin_document(&mut self) {
        let tree = &self.tree;
        self.begun = Lengths {
            nodes: tree.nodes.len(),
            children: tree.children.len(),
            decoded: tree.decoded.len(),
            tags: tree.tags.len(),
        };
    }

    /// Drops the nodes of a document that turned out to be broken. Its comments stay.
    pub fn drop_document(&mut self) {
        let begun = self.begun;
        self.tree.nodes.truncate(begun.nodes);
        self.tree.children.truncate(begun.children);
        self.tree.decoded.truncate(begun.decoded);
        self.tree.tags.truncate(begun.tags);
    }

    /// Declares a node the root of a document. What comes after it belongs to the next one, also where nothing marks its begin: it is
    /// not dropped with that.
    pub fn document(&mut self, root: NodeId) {
        self.tree.documents.push(root);
        self.begin_document();
    }

    /// Adds a comment.
    pub fn comment(&mut self, span: Range<usize>) {
        self.tree.comments.push(Comment { start: span.start as u32, end: span.end as u32 });
    }

    /// Adds a problem.
    pub fn problem(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.tell(Problem::new(self.tree.source, span.start, span.end, message));
    }

    fn tell(&mut self, problem: Problem) {
        if self.tree.problems.len() < PROBLEM_LIMIT {
            self.tree.problems.push(problem);
        } else {
            self.untold += 1;
        }
    }

    /// The finished tree.
    pub fn finish(mut self) -> Tree {
        let tree = &mut self.tree;
        tree.comments.sort_by_key(|comment| comment.start);
        tree.problems.sort_by_key(|problem| problem.span.start);
        if let Some(last) = tree.problems.last().map(|problem| problem.span)
            && self.untold > 0
        {
            let span = Span { start: last.end, ..last };
            let message = format!("{} more problems in this file are not told", self.untold);
            tree.problems.push(Problem { span, message, other: None });
        }
        tree.nodes.shrink_to_fit();
        tree.children.shrink_to_fit();
        tree.decoded.shrink_to_fit();
        self.tree
    }
}
