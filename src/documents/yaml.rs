//! YAML: events to the arena. The parser is [`Granit`], and for what is written simply [`Simple`]; any other [`Events`] gives the same
//! tree.

use super::events::{Event, Events, Failure, Properties};
use super::granit::Granit;
use super::simple::Simple;
use super::{Kind, NodeId, Style, Tree, TreeBuilder};
use crate::source::SourceId;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Room for what is open in most small files, taken at once: a repository has thousands.
const FEW: usize = 16;

/// Reads a stream of YAML documents.
pub fn parse(source: SourceId, text: Arc<str>) -> Tree {
    let mut builder = TreeBuilder::new(source, text.clone());
    match Simple::new(&text) {
        Some(mut events) => {
            builder.reserve(events.nodes());
            parse_events(&text, builder, &mut events)
        }
        None => parse_events(&text, builder, &mut Granit::new(&text)),
    }
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
    reader.comments(text.len());
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
    /// Up to here comments have been looked for; `None` within what is left of a broken document.
    seen: Option<usize>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, builder: TreeBuilder) -> Reader<'t> {
        let (open, pending) = (Vec::with_capacity(FEW), Vec::with_capacity(FEW));
        Reader { text, builder, open, pending, anchors: HashMap::new(), seen: Some(0) }
    }

    fn event(&mut self, event: Event<'t>) {
        match event {
            Event::DocumentStart { at } => self.start_document(at),
            Event::DocumentEnd => self.end_document(),
            Event::Scalar { span, text, style, properties } => self.scalar(span, text, style, properties),
            Event::ListStart { at, properties } => self.start(Kind::List, at, properties),
            Event::MapStart { at, properties } => self.start(Kind::Map, at, properties),
            Event::End { at } => self.end(at),
            Event::Alias { span, anchor } => self.alias(span, anchor),
        }
    }

    fn start_document(&mut self, at: usize) {
        self.clear();
        self.seen.get_or_insert(at);
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
        self.seen = None;
        let at = failure.at.min(self.text.len());
        self.builder.problem(at..place_end(self.text, at), failure.message);
    }

    /// Finds the comments between the last scalar and `end`: outside scalars, a `#` after a blank or at the start of a line
    /// begins one.
    fn comments(&mut self, end: usize) {
        let bytes = self.text.as_bytes();
        while let Some(seen) = self.seen
            && let Some(gap) = bytes.get(seen..end)
            && let Some(offset) = gap.iter().position(|byte| *byte == b'#')
        {
            let start = seen + offset;
            let before = self.text.get(..start).and_then(|before| before.chars().next_back());
            let rest = bytes.get(start..).unwrap_or(&[]);
            let length = match before {
                None | Some(' ' | '\t' | '\r' | '\n' | '\u{feff}') => {
                    let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
                    self.builder.comment(start..start + length);
                    length
                }
                Some(_) => 1,
            };
            self.seen = Some(start + length);
        }
        self.seen = self.seen.map(|seen| seen.max(end));
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
        let absent = span.is_empty() && style != Style::Block;
        let id = if style == Style::Block {
            self.block_scalar(span, &text)
        } else if absent {
            let place = self.absent_place(span.start);
            self.builder.scalar(place.clone(), place, style)
        } else {
            self.comments(span.start);
            self.seen = self.seen.map(|seen| seen.max(span.end));
            self.builder.text(span, &text, style)
        };
        self.finish_node(id, properties);
    }

    /// A block scalar stands from its first character to the end of its last line that is not blank, the line break excluded;
    /// one without text stands right after its header.
    fn block_scalar(&mut self, span: Range<usize>, text: &str) -> NodeId {
        let written = self.text.get(span.clone()).unwrap_or("");
        // Where nothing follows the header, parsers give the header itself.
        let header = if text.trim().is_empty() { header_length(written) } else { 0 };
        let content = written.get(header..).unwrap_or("").trim_end();
        let start = match (header, content.is_empty()) {
            (1.., _) => span.start + header,
            (0, true) => before_blank(self.text, span.start),
            (0, false) => span.start,
        };
        let end = if header > 0 { start } else { start + content.len() };
        self.comments(start);
        self.seen = self.seen.map(|seen| seen.max(if header > 0 { end } else { span.end }));
        // A last line that the end of the file cuts off has no line break, whatever the parser adds.
        let cut_off = end > start && self.text.get(end..).is_some_and(|rest| !rest.contains(['\n', '\r']));
        let text = if cut_off { text.strip_suffix('\n').unwrap_or(text) } else { text };
        self.builder.text(start..end, text, Style::Block)
    }

    /// Where an absent scalar stands: right after the colon or dash. The parser names the colon itself, or the next token
    /// where there is no colon.
    fn absent_place(&self, at: usize) -> Range<usize> {
        let is_value = self.open.last().is_some_and(|open| open.kind == Kind::Map && (self.pending.len() - open.first) % 2 == 1);
        let at_colon = self.text.as_bytes().get(at) == Some(&b':');
        let place = if is_value && at_colon { at + 1 } else { before_blank(self.text, at) };
        place..place
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
        let last = children.last().map_or(open.start, |id| self.builder.span_of(*id).end);
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
            self.builder.tag_last(&tag);
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

/// The length of `|` or `>` and its indicators, where a text begins with them.
fn header_length(text: &str) -> usize {
    let rest = text.trim_start_matches(['|', '>']);
    let indicators = rest.trim_start_matches(|each: char| each.is_ascii_digit() || matches!(each, '+' | '-'));
    if rest.len() == text.len() { 0 } else { text.len() - indicators.len() }
}

/// The end of the last character before an offset that is no blank and no line break.
fn before_blank(text: &str, at: usize) -> usize {
    text.get(..at).map_or(at, |before| before.trim_end_matches([' ', '\t', '\r', '\n']).len())
}

/// The end of the character at an offset, so that a problem has a visible place.
fn place_end(text: &str, at: usize) -> usize {
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    next.filter(|next| !matches!(next, '\n' | '\r')).map_or(at, |next| at + next.len_utf8())
}
