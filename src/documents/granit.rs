//! The events of the `granit-parser` crate. Chosen for byte offsets, bounded nesting and going on with the next document.

use super::Style;
use super::events::{Event, Events, Failure, Properties};
use granit_parser::{Event as Raw, Parser, ScalarStyle, ScanError, Span, StrInput, StructureStyle, Tag, options};
use std::borrow::Cow;
use std::ops::Range;

/// How deep flow collections and how deep block collections may nest; each is counted for itself.
const NESTING_LIMIT: usize = 255;

/// Reads events by means of granit.
pub struct Granit<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    /// For each open collection whether it is in flow style: only then the parser knows where it ends.
    open: Vec<StructureStyle>,
}

impl<'t> Granit<'t> {
    /// A parser at the start of the text.
    pub fn new(text: &'t str) -> Granit<'t> {
        let options = options! {
            emit_unresolved_aliases: true,
            // As events they would cost a tenth of the time, and more than 96 in a row would be an error.
            emit_comments: false,
            flow_nesting_limit: NESTING_LIMIT,
            block_nesting_limit: NESTING_LIMIT,
        };
        Granit { parser: Parser::new_from_str_with_options(text, options), text, open: Vec::new() }
    }

    fn range(&self, span: Span) -> Range<usize> {
        span.byte_range().unwrap_or(self.text.len()..self.text.len())
    }

    fn failure(&self, error: &ScanError) -> Failure {
        let at = error.marker().byte_offset().unwrap_or(self.text.len());
        Failure { at, message: error.info() }
    }
}

fn properties(anchor: usize, tag: Option<Cow<'_, Tag>>) -> Properties {
    Properties { anchor: (anchor > 0).then_some(anchor), tag: tag.map(|tag| tag.original()) }
}

impl<'t> Events<'t> for Granit<'t> {
    fn next_event(&mut self) -> Option<Result<Event<'t>, Failure>> {
        loop {
            let (event, span) = match self.parser.next_event()? {
                Ok(next) => next,
                Err(error) => return Some(Err(self.failure(&error))),
            };
            return Some(Ok(match event {
                Raw::DocumentStart(..) => Event::DocumentStart { at: self.range(span).start },
                Raw::DocumentEnd => Event::DocumentEnd,
                Raw::Scalar(text, style, anchor, tag) => {
                    let style = match style {
                        ScalarStyle::Plain => Style::Plain,
                        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                    };
                    Event::Scalar { span: self.range(span), text, style, properties: properties(anchor, tag) }
                }
                Raw::SequenceStart(style, anchor, tag) => {
                    self.open.push(style);
                    Event::ListStart { at: self.range(span).start, properties: properties(anchor, tag) }
                }
                Raw::MappingStart(style, anchor, tag) => {
                    self.open.push(style);
                    Event::MapStart { at: self.range(span).start, properties: properties(anchor, tag) }
                }
                Raw::SequenceEnd | Raw::MappingEnd => {
                    let flow = self.open.pop() == Some(StructureStyle::Flow);
                    // The pair in `[a: b]` is a flow map that nothing closes.
                    let closing = self.range(span);
                    Event::End { at: (flow && !closing.is_empty()).then_some(closing.end) }
                }
                Raw::Alias(anchor) => Event::Alias { span: self.range(span), anchor: Some(anchor) },
                Raw::UnresolvedAlias(_) => Event::Alias { span: self.range(span), anchor: None },
                _ => continue,
            }));
        }
    }

    fn resume(&mut self) -> bool {
        self.open.clear();
        self.parser.proceed_next_document().unwrap_or(false)
    }
}
