//! A place in a document, references followed: the only way in which views touch trees.

use super::Api;
use super::document::Version;
use crate::documents::{NodeId, NodeRef};
use crate::source::{SourceId, Span, Spanned};

/// The identity of a node: its file and its place in that file's tree. The same thing reached by two references has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pin {
    /// The file.
    pub source: SourceId,
    /// The node in its tree.
    pub node: NodeId,
}

/// The identity of a node, aliases followed.
pub(super) fn pin(node: NodeRef<'_>) -> Pin {
    Pin { source: node.tree().source(), node: node.resolved().id() }
}

/// The text of a scalar with its place.
pub(super) fn spanned(node: NodeRef<'_>) -> Option<Spanned<&str>> {
    Some(Spanned::new(node.text()?, node.span()))
}

/// Where a reference leads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) pin: Pin,
    /// The key that names the thing there; `None` for a whole file or a list item.
    pub(super) key: Option<NodeId>,
}

impl Target {
    pub(super) fn entry(key: NodeRef<'_>, value: NodeRef<'_>) -> Target {
        Target { pin: pin(value), key: Some(key.id()) }
    }
}

/// The keys of a path item, which may stand beside its `$ref` in every version.
const OF_PATH_ITEMS: [&str; 12] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "parameters", "servers", "summary", "description"];

/// How many references in a row are followed; longer chains do not occur outside of circles.
const LONGEST_CHAIN: usize = 32;

/// The text of `$ref`, where a node is a reference.
#[inline(always)]
pub(super) fn reference<'a>(node: NodeRef<'a>) -> Option<NodeRef<'a>> {
    node.get("$ref").filter(|value| value.is_scalar())
}

/// The last part of the pointer of a reference, else the name of the file: the name of a component.
pub(super) fn name_in(reference: &str) -> Option<&str> {
    let name = reference.rsplit(['/', '#']).next()?;
    let name = if reference.contains('#') { name } else { name.split('.').next()? };
    (!name.is_empty()).then_some(name)
}

/// A node as it is written, and the node that it stands for.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) api: &'a Api,
    /// Where it is mentioned: a reference or the thing itself.
    pub(super) written: NodeRef<'a>,
    /// The thing itself.
    pub(super) node: NodeRef<'a>,
    /// Whether every reference on the way could be followed.
    pub(super) known: bool,
}

impl std::fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.node)
    }
}

impl<'a> Cursor<'a> {
    /// Stands on a node and follows its references.
    #[inline]
    pub(super) fn new(api: &'a Api, written: NodeRef<'a>) -> Cursor<'a> {
        match reference(written) {
            None => Cursor { api, written, node: written, known: true },
            Some(_) => Cursor::follow(api, written),
        }
    }

    fn follow(api: &'a Api, written: NodeRef<'a>) -> Cursor<'a> {
        let mut node = written;
        for _ in 0..LONGEST_CHAIN {
            if reference(node).is_none() {
                return Cursor { api, written, node, known: true };
            }
            match api.target(node).and_then(|target| api.node(target.pin)) {
                Some(next) => node = next,
                None => break,
            }
        }
        Cursor { api, written, node, known: false }
    }

    /// The identity of the thing itself.
    pub(super) fn pin(self) -> Pin {
        pin(self.node)
    }

    /// Whether it is mentioned by reference.
    #[inline]
    pub(super) fn is_reference(self) -> bool {
        self.written != self.node
    }

    /// Where the thing itself is written.
    pub(super) fn span(self) -> Span {
        self.node.span()
    }

    /// The references that lead from the mention to the thing, in order, each with where it leads.
    fn chain(self) -> Vec<(Span, Target)> {
        let mut chain = Vec::new();
        let mut node = self.written;
        while chain.len() < LONGEST_CHAIN {
            let Some(reference) = reference(node) else { break };
            let Some((target, next)) = self.api.target(node).and_then(|target| Some((target, self.api.node(target.pin)?))) else {
                break;
            };
            chain.push((reference.span(), target));
            node = next;
        }
        chain
    }

    /// The references that lead from the mention to the thing, as they are written, in order; empty where it is written in place.
    pub(super) fn steps(self) -> Vec<NodeRef<'a>> {
        let mut steps = Vec::new();
        let mut node = self.written;
        while node != self.node && steps.len() < LONGEST_CHAIN {
            steps.push(node);
            let Some(next) = self.api.target(node).and_then(|target| self.api.node(target.pin)) else { break };
            node = next;
        }
        steps
    }

    /// The `$ref` values that lead from the mention to the thing, in order; empty where it is written in place.
    pub(super) fn uses(self) -> Vec<Span> {
        self.chain().into_iter().map(|(span, _)| span).collect()
    }

    /// The name of the thing where a reference leads to it (the key of the component), else the thing itself.
    pub(super) fn definition_span(self) -> Span {
        let key = self.chain().last().and_then(|(_, target)| Some(Pin { source: target.pin.source, node: target.key? }));
        key.and_then(|key| self.api.node(key)).map_or(self.span(), |key| key.span())
    }

    /// The last part of the pointer (or the file name) that the mention refers to: the name of a component.
    pub(super) fn reference_name(self) -> Option<&'a str> {
        name_in(reference(self.written)?.text()?)
    }

    /// The entry under a key. What stands beside a reference wins over the target, where the version gives it a meaning.
    #[inline(always)]
    pub(super) fn entry(self, key: &str) -> Option<(NodeRef<'a>, NodeRef<'a>)> {
        if self.is_reference()
            && let Some(beside) = self.entry_beside(key)
        {
            return Some(beside);
        }
        self.node.entry(key)
    }

    /// What stands beside a reference under a key and has a meaning there.
    #[inline(always)]
    fn entry_beside(self, key: &str) -> Option<(NodeRef<'a>, NodeRef<'a>)> {
        self.written.entry(key).filter(|_| self.counts_beside_reference(key))
    }

    /// The version that the file follows in which it is mentioned.
    pub(super) fn version(self) -> Version {
        self.api.versions.get(self.written.tree().source()).copied().unwrap_or(Version::V31)
    }

    /// Whether a key beside `$ref` means something. From 3.1 on a schema is what it refers to and what stands beside it. Before
    /// that all of it is ignored, except in path items.
    fn counts_beside_reference(self, key: &str) -> bool {
        self.version() >= Version::V31 || OF_PATH_ITEMS.contains(&key) || key.starts_with("x-")
    }

    /// The value under a key, as written.
    #[inline(always)]
    pub(super) fn raw(self, key: &str) -> Option<NodeRef<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The value under a key, references followed.
    #[inline]
    pub(super) fn get(self, key: &str) -> Option<Cursor<'a>> {
        self.raw(key).map(|value| Cursor::new(self.api, value))
    }

    /// The same, looked for at a place among the entries first, see [`NodeRef::entry_from`].
    pub(super) fn get_from(self, place: &mut usize, key: &str) -> Option<Cursor<'a>> {
        let beside = if self.is_reference() { self.entry_beside(key) } else { None };
        let (_, value) = beside.or_else(|| self.node.entry_from(place, key))?;
        Some(Cursor::new(self.api, value))
    }

    /// The text of the scalar under a key.
    #[inline]
    pub(super) fn text(self, key: &str) -> Option<&'a str> {
        self.raw(key)?.text()
    }

    /// The scalar under a key with its place.
    pub(super) fn spanned(self, key: &str) -> Option<Spanned<&'a str>> {
        self.raw(key).and_then(spanned)
    }

    /// The boolean under a key; false where there is none.
    #[inline]
    pub(super) fn flag(self, key: &str) -> bool {
        self.raw(key).and_then(NodeRef::as_bool).unwrap_or(false)
    }

    /// All entries in order, each key once; siblings of a reference come before those of its target.
    pub(super) fn entries(self) -> Vec<(NodeRef<'a>, Cursor<'a>)> {
        self.written_entries().into_iter().map(|(key, value)| (key, Cursor::new(self.api, value))).collect()
    }

    /// The same, with values as they are written.
    pub(super) fn written_entries(self) -> Vec<(NodeRef<'a>, NodeRef<'a>)> {
        if !self.is_reference() {
            return self.node.merged_entries();
        }
        let beside = |key: &str| key != "$ref" && self.counts_beside_reference(key);
        let mut entries = self.written.merged_entries();
        entries.retain(|(key, _)| key.text().is_some_and(beside));
        let own = entries.len();
        for (key, value) in self.node.merged_entries() {
            if !entries.iter().take(own).any(|(known, _)| known.text() == key.text()) {
                entries.push((key, value));
            }
        }
        entries
    }

    /// The items of the list under a key, references followed; the list itself may be a reference.
    #[inline]
    pub(super) fn items(self, key: &str) -> Vec<Cursor<'a>> {
        self.raw(key).map(|list| Cursor::new(self.api, list).listed()).unwrap_or_default()
    }

    /// The items of a list, references followed.
    fn listed(self) -> Vec<Cursor<'a>> {
        self.node.items().map(|item| Cursor::new(self.api, item)).collect()
    }
}
