//! Building an arena.

use super::tree::{Comment, Kind, Node, NodeId, Style, Tree};
use crate::diagnostic::Problem;
use crate::source::SourceId;
use std::sync::Arc;

/// Builds a [`Tree`] from the inside out: children are pushed before the collection that holds them.
#[derive(Debug)]
pub struct TreeBuilder {
    tree: Tree,
    /// Lengths of nodes, children and decoded text at the start of the document.
    begun: (usize, usize, usize),
}

impl TreeBuilder {
    /// An empty tree over a file's text.
    pub fn new(source: SourceId, text: Arc<str>) -> TreeBuilder {
        TreeBuilder {
            tree: Tree {
                source,
                text,
                nodes: Vec::new(),
                children: Vec::new(),
                decoded: String::new(),
                tags: Vec::new(),
                documents: Vec::new(),
                comments: Vec::new(),
                problems: Vec::new(),
            },
            begun: (0, 0, 0),
        }
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.tree.nodes.push(node);
        NodeId(self.tree.nodes.len() as u32 - 1)
    }

    /// A scalar whose text is a slice of the source.
    pub fn scalar(&mut self, span: std::ops::Range<usize>, text: std::ops::Range<usize>, style: Style) -> NodeId {
        let (first, count) = (text.start as u32, text.len() as u32);
        self.push(Node {
            start: span.start as u32,
            end: span.end as u32,
            first,
            count,
            tag: 0,
            kind: Kind::Scalar,
            style,
            decoded: false,
        })
    }

    /// A scalar whose text had to be decoded (escapes, folding).
    pub fn decoded(&mut self, span: std::ops::Range<usize>, text: &str, style: Style) -> NodeId {
        let (first, count) = (self.tree.decoded.len() as u32, text.len() as u32);
        self.tree.decoded.push_str(text);
        self.push(Node {
            start: span.start as u32,
            end: span.end as u32,
            first,
            count,
            tag: 0,
            kind: Kind::Scalar,
            style,
            decoded: true,
        })
    }

    /// A map over keys and values in turn, or a list over its items.
    pub fn collection(&mut self, kind: Kind, span: std::ops::Range<usize>, children: &[NodeId]) -> NodeId {
        let (first, count) = (self.tree.children.len() as u32, children.len() as u32);
        self.tree.children.extend_from_slice(children);
        self.push(Node {
            start: span.start as u32,
            end: span.end as u32,
            first,
            count,
            tag: 0,
            kind,
            style: Style::Plain,
            decoded: false,
        })
    }

    /// A reference to an anchored node; `None` where no such anchor stands before it.
    pub fn alias(&mut self, span: std::ops::Range<usize>, target: Option<NodeId>) -> NodeId {
        let first = target.map_or(u32::MAX, |id| id.0);
        self.push(Node {
            start: span.start as u32,
            end: span.end as u32,
            first,
            count: 0,
            tag: 0,
            kind: Kind::Alias,
            style: Style::Plain,
            decoded: false,
        })
    }

    /// Gives a node its tag.
    pub fn tag(&mut self, id: NodeId, tag: &str) {
        let at = self.tree.tags.iter().position(|known| known == tag).unwrap_or_else(|| {
            self.tree.tags.push(tag.to_owned());
            self.tree.tags.len() - 1
        });
        self.tree.nodes[id.0 as usize].tag = at as u32 + 1;
    }

    /// The end offset of a node, to close the collection that ends with it.
    pub fn end_of(&self, id: NodeId) -> usize {
        self.tree.nodes[id.0 as usize].end as usize
    }

    /// Remembers where a document begins, so that it can be dropped.
    pub fn begin_document(&mut self) {
        let tree = &self.tree;
        self.begun = (tree.nodes.len(), tree.children.len(), tree.decoded.len());
    }

    /// Drops the nodes of a document that turned out to be broken.
    pub fn drop_document(&mut self) {
        let (nodes, children, decoded) = self.begun;
        self.tree.nodes.truncate(nodes);
        self.tree.children.truncate(children);
        self.tree.decoded.truncate(decoded);
    }

    /// Points an alias at its target, which was not complete when the alias was read.
    pub fn point_alias(&mut self, alias: NodeId, target: NodeId) {
        self.tree.nodes[alias.0 as usize].first = target.0;
    }

    /// Declares a node the root of a document.
    pub fn document(&mut self, root: NodeId) {
        self.tree.documents.push(root);
    }

    /// Adds a comment.
    pub fn comment(&mut self, span: std::ops::Range<usize>) {
        self.tree.comments.push(Comment { start: span.start as u32, end: span.end as u32 });
    }

    /// Adds a problem.
    pub fn problem(&mut self, span: std::ops::Range<usize>, message: impl Into<String>) {
        let problem = Problem::new(self.tree.source, span.start, span.end, message);
        self.tree.problems.push(problem);
    }

    /// The finished tree.
    pub fn finish(mut self) -> Tree {
        self.tree.comments.sort_by_key(|comment| comment.start);
        self.tree.problems.sort_by_key(|problem| problem.span.start);
        self.tree
    }
}
