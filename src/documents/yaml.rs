//! YAML: events to the arena. The parser is [`Granit`]; any other [`Events`] gives the same tree.

use super::events::{Event, Events, Failure, Properties};
use super::granit::Granit;
use super::{Kind, NodeId, Style, Tree, TreeBuilder};
use crate::source::SourceId;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Reads a stream of YAML documents.
pub fn parse(source: SourceId, text: Arc<str>) -> Tree {
    parse_events(&text, TreeBuilder::new(source, text.clone()), &mut Granit::new(&text))
}

/// Reads a stream of YAML documents from any parser. `builder` is over the same text.
pub fn parse_events<'t>(text: &'t str, builder: TreeBuilder, events: &mut impl Events<'t>) -> Tree {
    let mut reader = Reader::new(text, builder);
    while let Some(next) = events.next_event() {
        match next {
            Ok(event) => reader.event(event),
            Err(failure) => {
                reader.abandon(failure);
                if !events.resume() {
                    break;
                }
            }
        }
    }
    reader.builder.finish()
}

/// A collection that is not closed yet.
struct Open {
    kind: Kind,
    start: usize,
    /// Where its children begin in [`Reader::pending`].
    first: usize,
    properties: Properties,
}

/// What an anchor names.
enum Anchor {
    /// A collection that is still open, and the aliases within it that wait for it.
    Open(Vec<NodeId>),
    /// A node.
    Closed(NodeId),
}

struct Reader<'t> {
    text: &'t str,
    builder: TreeBuilder,
    open: Vec<Open>,
    /// Finished nodes that belong to open collections.
    pending: Vec<NodeId>,
    anchors: HashMap<usize, Anchor>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, builder: TreeBuilder) -> Reader<'t> {
        Reader { text, builder, open: Vec::new(), pending: Vec::new(), anchors: HashMap::new() }
    }

    fn event(&mut self, event: Event<'t>) {
        match event {
            Event::DocumentStart => self.start_document(),
            Event::DocumentEnd => self.end_document(),
            Event::Scalar { span, text, style, properties } => self.scalar(span, text, style, properties),
            Event::ListStart { at, properties } => self.start(Kind::List, at, properties),
            Event::MapStart { at, properties } => self.start(Kind::Map, at, properties),
            Event::End { at } => self.end(at),
            Event::Alias { span, anchor } => self.alias(span, anchor),
            Event::Comment { span } => self.builder.comment(span),
        }
    }

    fn start_document(&mut self) {
        self.clear();
        self.builder.begin_document();
    }

    fn end_document(&mut self) {
        if let Some(root) = self.pending.pop() {
            self.builder.document(root);
        }
        self.clear();
    }

    /// Drops what was read of a document that turned out to be broken; the ones before it stay.
    fn abandon(&mut self, failure: Failure) {
        self.clear();
        self.builder.drop_document();
        let at = failure.at.min(self.text.len());
        self.builder.problem(at..place_end(self.text, at), failure.message);
    }

    fn clear(&mut self) {
        self.open.clear();
        self.pending.clear();
        self.anchors.clear();
    }

    fn scalar(&mut self, span: Range<usize>, text: Cow<'t, str>, style: Style, properties: Properties) {
        // `!!str 12` and `! 12` are text, as if they were quoted.
        let forced = style == Style::Plain && matches!(properties.tag.as_deref(), Some("!!str" | "!"));
        let style = if forced { Style::Quoted } else { style };
        let span = match style {
            Style::Block => span.start..block_end(self.text, &span),
            _ => span,
        };
        let id = if span.is_empty() {
            self.builder.scalar(span.clone(), span, style)
        } else {
            match text {
                Cow::Borrowed(slice) if let Some(range) = range_within(self.text, slice) => {
                    self.builder.scalar(span, range, style)
                }
                text => self.builder.decoded(span, &text, style),
            }
        };
        self.finish_node(id, properties);
    }

    fn start(&mut self, kind: Kind, start: usize, properties: Properties) {
        if let Some(anchor) = properties.anchor {
            self.anchors.insert(anchor, Anchor::Open(Vec::new()));
        }
        self.open.push(Open { kind, start, first: self.pending.len(), properties });
    }

    fn end(&mut self, at: Option<usize>) {
        let Some(open) = self.open.pop() else { return };
        let children = self.pending.get(open.first..).unwrap_or(&[]);
        let last = children.last().map_or(open.start, |id| self.builder.end_of(*id));
        let end = at.unwrap_or(last).max(open.start);
        let id = self.builder.collection(open.kind, open.start..end, children);
        self.pending.truncate(open.first);
        self.finish_node(id, open.properties);
    }

    fn alias(&mut self, span: Range<usize>, anchor: Option<usize>) {
        let known = anchor.and_then(|anchor| self.anchors.get_mut(&anchor));
        let id = match known {
            Some(Anchor::Closed(target)) => self.builder.alias(span, Some(*target)),
            Some(Anchor::Open(waiting)) => {
                let id = self.builder.alias(span, None);
                waiting.push(id);
                id
            }
            None => {
                let name = self.text.get(span.clone()).unwrap_or("*");
                let message = format!("the alias `{name}` names no anchor that stands before it");
                self.builder.problem(span.clone(), message);
                self.builder.alias(span, None)
            }
        };
        self.pending.push(id);
    }

    fn finish_node(&mut self, id: NodeId, properties: Properties) {
        if let Some(tag) = properties.tag {
            self.builder.tag(id, &tag);
        }
        if let Some(anchor) = properties.anchor
            && let Some(Anchor::Open(waiting)) = self.anchors.insert(anchor, Anchor::Closed(id))
        {
            for alias in waiting {
                self.builder.point_alias(alias, id);
            }
        }
        self.pending.push(id);
    }
}

/// Where a slice lies within the text; `None` when it is no part of it.
fn range_within(text: &str, slice: &str) -> Option<Range<usize>> {
    let start = (slice.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let end = start.checked_add(slice.len())?;
    (end <= text.len()).then_some(start..end)
}

/// The end of the last line of a block scalar that is not blank, its line break excluded.
fn block_end(text: &str, span: &Range<usize>) -> usize {
    text.get(span.clone()).map_or(span.end, |content| span.start + content.trim_end().len())
}

/// The end of the character at an offset, so that a problem has a visible place.
fn place_end(text: &str, at: usize) -> usize {
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    next.filter(|next| !matches!(next, '\n' | '\r')).map_or(at, |next| at + next.len_utf8())
}
