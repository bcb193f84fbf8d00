//! Settings that stand one on a line: what `.properties`, INI and `.conf` files have in common.

use crate::diagnostic::Problem;
use crate::source::{SourceId, Span};

/// What one file of lines says.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// In order; a key may repeat.
    pub entries: Vec<Line>,
    /// What was wrong, in order of place.
    pub problems: Vec<Problem>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The section it stands in, as written between brackets; empty before the first one, and where the language has none.
    pub section: String,
    /// Its name, escapes resolved.
    pub key: String,
    /// Where the name stands.
    pub key_span: Span,
    /// Its value, quotes and escapes resolved; empty where the line has none.
    pub value: String,
    /// Where the value stands, with its quotes; empty, behind the name, where the line has none.
    pub value_span: Span,
}

impl Lines {
    /// The setting that counts for a name within a section: the last one. Names are compared without case.
    pub fn get(&self, section: &str, key: &str) -> Option<&Line> {
        self.entries.iter().rev().find(|line| line.section == section && line.key.eq_ignore_ascii_case(key))
    }
}

/// The lines of a text with their offsets, without their ends; a byte order mark is left out.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut at = start;
    text[start..].split_inclusive('\n').map(move |line| {
        let offset = at;
        at += line.len();
        (offset, line.trim_end_matches(['\n', '\r']))
    })
}

/// A part of a line with its place.
pub(super) fn span(source: SourceId, offset: usize, line: &str, part: &str) -> Span {
    let within = (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize).min(line.len());
    Span::new(source, offset + within, offset + within + part.len())
}
