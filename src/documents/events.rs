//! What the YAML reader asks of a parser: a stream of events with byte offsets. One trait, so that the parser behind it
//! can be replaced and held against another one in the tests. Comments are no events: the reader finds them between scalars.

use super::Style;
use std::borrow::Cow;
use std::ops::Range;

/// What stands before a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Properties {
    /// The number of the anchor on the node; unique in the stream. `None` without an anchor.
    pub anchor: Option<usize>,
    /// The tag as written, for example `!Ref` or `!!str`. `None` without a tag.
    pub tag: Option<String>,
}

/// One event. All offsets are bytes from the start of the text, a byte order mark included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'t> {
    /// A document begins.
    DocumentStart {
        /// Its `---`; without one, a place before its first character.
        at: usize,
    },
    /// The document is complete.
    DocumentEnd,
    /// A scalar. An absent one is plain with an empty span.
    Scalar {
        /// Quotes included; a block scalar without its header.
        span: Range<usize>,
        /// Decoded text; borrowed where it is a slice of the source.
        text: Cow<'t, str>,
        /// How it was written.
        style: Style,
        /// What stands before it.
        properties: Properties,
    },
    /// A list begins.
    ListStart {
        /// The bracket, or the first dash.
        at: usize,
        /// What stands before it.
        properties: Properties,
    },
    /// A map begins.
    MapStart {
        /// The brace, or the first key.
        at: usize,
        /// What stands before it.
        properties: Properties,
    },
    /// The collection begun last and still open is complete.
    End {
        /// One past the closing bracket or brace; `None` for block style, which ends with its last child.
        at: Option<usize>,
    },
    /// An alias.
    Alias {
        /// The asterisk and the name.
        span: Range<usize>,
        /// The anchor's number; `None` where no such anchor stands before it in the document.
        anchor: Option<usize>,
    },
}

/// Why a document cannot be read any further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Byte offset at which the parser gave up.
    pub at: usize,
    /// The cause, in one line.
    pub message: String,
}

/// A parser of YAML streams.
pub trait Events<'t> {
    /// The next event; `None` at the end of the stream and after a failure.
    fn next_event(&mut self) -> Option<Result<Event<'t>, Failure>>;

    /// After a failure: goes to the next document. False when there is none.
    fn resume(&mut self) -> bool;
}
