//! Findings to text, one file a format. Reporters see findings and sources, never the model.

pub mod checkstyle;
pub mod concise;
pub mod github;
pub mod gitlab;
mod groups;
pub mod json;
pub mod junit;
pub mod library;
pub mod markdown;
pub mod narrated;
pub mod ndjson;
pub mod plain;
pub mod pretty;
pub mod rdjson;
pub mod sarif;
pub mod statistics;
pub mod summary;
mod text;
mod xml;

pub use text::printable;

use crate::diagnostic::{Finding, Place, Role, RuleInfo};
use crate::source::{SourceId, Sources, Span};
use std::collections::BTreeSet;
use std::fmt::Write;

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

/// A finding as lines of text, for formats that have room for one text only: message, the other places, why, help.
pub(crate) fn details(finding: &Finding, sources: &Sources) -> String {
    let diagnostic = &finding.diagnostic;
    let mut text = diagnostic.message.clone();
    for (_, label) in finding.labels() {
        let colon = if label.text.is_empty() { "" } else { ": " };
        let _ = write!(text, "\n{}{colon}{}", origin(sources, label.span), label.text);
    }
    for one in &diagnostic.occurrences {
        let _ = write!(text, "\nalso {}: {}", origin(sources, one.span), one.subject);
    }
    for (word, lines) in [("joins", &diagnostic.joins), ("because", &diagnostic.because)] {
        for line in lines {
            let _ = write!(text, "\n{word}: {line}");
        }
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "\nhelp: {}", help.trim_end());
    }
    text::printable_lines(&text)
}

/// Whether the finding joins several files: what no other tool says. What is mere context joins nothing.
pub(crate) fn joins_files(finding: &Finding) -> bool {
    finding.labels().filter(|(role, _)| *role != Role::Context).map(|(_, label)| label.span.source).collect::<BTreeSet<_>>().len()
        > 1
}

/// A number and its noun: `1 error`, `2 errors`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
