//! Findings to text, one file a format. Reporters see findings and sources, never the model.

pub mod concise;
pub mod github;
pub mod json;
pub mod library;
pub mod plain;
pub mod pretty;
pub mod sarif;
pub mod statistics;
pub mod summary;
mod text;

pub use text::printable;

use crate::diagnostic::{Place, RuleInfo};
use crate::source::{SourceId, Sources, Span};

/// A rule as the formats that describe rules print it.
#[derive(Debug, Clone, Copy)]
pub struct RulePage<'p> {
    /// What the front matter says.
    pub info: &'p RuleInfo,
    /// The page below the front matter, in Markdown.
    pub markdown: &'p str,
}

/// Where a span starts and ends: lines, columns and offsets that lie within the text and agree with each other, whatever the
/// span says.
pub(crate) fn places(sources: &Sources, span: Span) -> (Place, Place) {
    (place(sources, span.source, span.start), place(sources, span.source, span.end))
}

fn place(sources: &Sources, id: SourceId, offset: u32) -> Place {
    let offset = sources.boundary(id, offset as usize) as u32;
    Place { position: sources.line_column(id, offset), offset }
}

/// `path:line:column` of a span's start.
pub(crate) fn origin(sources: &Sources, span: Span) -> String {
    let start = sources.line_column(span.source, span.start);
    format!("{}:{}:{}", printable(sources.path(span.source)), start.line, start.column)
}

/// A number and its noun: `1 error`, `2 errors`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
