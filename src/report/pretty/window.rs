//! The few lines of a file that a finding shows. Never the whole file: a place in a document of one line and seven megabytes
//! costs no more than one in a short file.

use super::super::text::{printable, without_passwords};
use crate::diagnostic::{Label, Role};
use crate::source::{SourceId, Sources, Span};
use std::ops::Range;

/// Labels at most this many lines apart are shown in one window; the lines between them are folded.
const NEAR: u32 = 30;
/// A line of more bytes is cut around its labels.
const WIDE: usize = 4096;
/// How much of a cut line is kept on either side of its labels, in bytes.
const AROUND: usize = 120;
/// Labels of one cut line that lie further apart, in bytes, are shown in windows of their own.
const APART: usize = 400;
/// How many characters are underlined at most; more says nothing more.
const UNDERLINED: usize = 100;
/// Stands where a line was cut.
const CUT: &str = "...";

/// A label as it is shown: on one line, inside the text.
pub(super) struct Spot<'f> {
    /// What it is to its finding.
    pub role: Role,
    /// Its words; may be empty.
    pub text: &'f str,
    /// Its file.
    pub source: SourceId,
    /// Line, from 1.
    pub line: u32,
    /// Bytes in the file.
    pub range: Range<usize>,
}

impl<'f> Spot<'f> {
    /// A span over several lines is shortened to its first, one past the end of the text to its end.
    pub fn new(sources: &Sources, role: Role, label: &'f Label) -> Spot<'f> {
        let source = label.span.source;
        let start = sources.boundary(source, label.span.start as usize);
        let line = sources.line_column(source, start as u32).line;
        let line_end = sources.line_range(source, line).end;
        // The start may lie on the line break itself: there is nothing to underline, but there is a place.
        let start = start.min(line_end);
        let longest = sources
            .text(Span::new(source, start, line_end))
            .char_indices()
            .nth(UNDERLINED)
            .map_or(line_end, |(at, _)| start + at);
        let end = sources.boundary(source, (label.span.end as usize).min(longest)).max(start);
        // A byte order mark is no column: a span of it alone points at the first character.
        let mark = if has_mark(sources, source) { '\u{feff}'.len_utf8().min(line_end) } else { 0 };
        Spot { role, text: &label.text, source, line, range: start.max(mark)..end.max(mark) }
    }
}

/// Whether a file begins with a byte order mark.
fn has_mark(sources: &Sources, source: SourceId) -> bool {
    sources.get(source).get(0..'\u{feff}'.len_utf8()) == Some("\u{feff}")
}

/// Spots of one file that are near each other.
pub(super) struct Window<'f> {
    /// The spots, in the order of the finding's labels.
    pub spots: Vec<Spot<'f>>,
}

/// What is shown of a window: text that is safe to print, and where in it the spots lie.
pub(super) struct Excerpt {
    /// Whole lines, or pieces of very long ones.
    pub text: String,
    /// The file's number of the first line.
    pub first_line: u32,
    /// The places of the window's spots in `text`, in their order.
    pub ranges: Vec<Range<usize>>,
}

/// Puts near spots together. The first window holds the primary label; the others follow in the order of the labels.
pub(super) fn windows<'f>(sources: &Sources, spots: impl Iterator<Item = Spot<'f>>) -> Vec<Window<'f>> {
    let mut windows: Vec<Window<'f>> = Vec::new();
    for spot in spots {
        match windows.iter_mut().find(|window| window.takes(sources, &spot)) {
            Some(window) => window.spots.push(spot),
            None => windows.push(Window { spots: vec![spot] }),
        }
    }
    windows
}

impl Window<'_> {
    fn takes(&self, sources: &Sources, spot: &Spot) -> bool {
        self.spots.iter().all(|other| {
            other.source == spot.source
                && other.line.abs_diff(spot.line) <= NEAR
                && (other.line != spot.line
                    || sources.line_range(spot.source, spot.line).len() <= WIDE
                    || other.range.start.abs_diff(spot.range.start) <= APART)
        })
    }

    /// The text of the window.
    pub fn excerpt(&self, sources: &Sources) -> Excerpt {
        let lines = || self.spots.iter().map(|spot| spot.line);
        let (first_line, last_line) = (lines().min().unwrap_or(1), lines().max().unwrap_or(1));
        let mut text = String::new();
        let mut ranges = vec![0..0; self.spots.len()];
        for line in first_line..=last_line {
            self.push_line(sources, line, &mut text, &mut ranges);
            text.push('\n');
        }
        Excerpt { text, first_line, ranges }
    }

    fn push_line(&self, sources: &Sources, line: u32, out: &mut String, ranges: &mut [Range<usize>]) {
        let Some(source) = self.spots.first().map(|spot| spot.source) else { return };
        let here = || self.spots.iter().zip(0..).filter(|(spot, _)| spot.line == line);
        let whole = sources.line_range(source, line);
        let mut shown = whole.clone();
        if whole.len() > WIDE {
            let start = here().map(|(spot, _)| spot.range.start).min().unwrap_or(whole.start);
            let end = here().map(|(spot, _)| spot.range.end).max().unwrap_or(whole.start);
            shown.start = sources.boundary(source, start.saturating_sub(AROUND)).max(whole.start);
            shown.end = sources.boundary(source, end + AROUND).clamp(end, whole.end);
        }
        if shown.start > whole.start {
            out.push_str(CUT);
        } else if shown.start == 0 && has_mark(sources, source) {
            shown.start = '\u{feff}'.len_utf8().min(shown.end);
        }
        let base = out.len();
        let masked = without_passwords(sources.text(Span::new(source, shown.start, shown.end)));
        let within =
            |at: usize| base + printable(masked.get(..at.clamp(shown.start, shown.end) - shown.start).unwrap_or("")).len();
        for (spot, at) in here() {
            ranges[at] = within(spot.range.start)..within(spot.range.end);
        }
        out.push_str(&printable(&masked));
        if shown.end < whole.end {
            out.push_str(CUT);
        }
    }
}
