//! A large text that is seldom looked at, compressed in pieces of whole lines: a dump of many megabytes stands beside the catalog that it
//! makes, and of its text a run asks for a few places.
//!
//! A piece that was asked for stays, so that what it gives can be borrowed.

use super::{Site, Span};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// How many bytes a piece has; it goes on to the end of its last line.
const PIECE: usize = 1 << 17;

/// A text with a longer line is not packed: the pieces would differ too much.
const LONGEST_LINE: usize = 1 << 16;

/// A text in compressed pieces.
#[derive(Debug)]
pub struct Packed {
    pieces: Vec<Piece>,
    length: usize,
    whole: OnceLock<Arc<str>>,
}

#[derive(Debug)]
struct Piece {
    /// First byte.
    start: usize,
    /// How many bytes its text has.
    length: usize,
    /// How many lines come before it.
    line: u32,
    bytes: Box<[u8]>,
    text: OnceLock<Box<str>>,
    /// Its text and that of the next piece, for what lies in both.
    with_next: OnceLock<Box<str>>,
}

impl Piece {
    /// Its text. What cannot be unpacked, which no input makes, is empty.
    fn unpacked(&self) -> String {
        let mut text = vec![0; self.length];
        let (_, code) = zlib_rs::decompress_slice(&mut text, &self.bytes, zlib_rs::InflateConfig::default());
        let text = if code == zlib_rs::ReturnCode::Ok { text } else { Vec::new() };
        String::from_utf8(text).unwrap_or_default()
    }

    fn text(&self) -> &str {
        self.text.get_or_init(|| self.unpacked().into())
    }

    fn end(&self) -> usize {
        self.start + self.length
    }
}

fn lines(text: &str) -> u32 {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() as u32
}

impl Packed {
    /// Packs a text. `None` where a line is too long.
    pub(super) fn new(text: &str) -> Option<Packed> {
        let mut pieces = Vec::with_capacity(text.len() / PIECE + 1);
        let mut room = vec![0; zlib_rs::compress_bound(PIECE + LONGEST_LINE)];
        let (mut start, mut line) = (0, 0);
        while start < text.len() {
            let least = (start + PIECE).min(text.len());
            let rest = text.as_bytes().get(least..)?;
            let end = memchr::memchr(b'\n', rest).map_or(text.len(), |at| least + at + 1);
            let piece = text.get(start..end)?;
            if piece.split('\n').any(|line| line.len() > LONGEST_LINE) {
                return None;
            }
            let (bytes, code) = zlib_rs::compress_slice(&mut room, piece.as_bytes(), zlib_rs::DeflateConfig::new(1));
            if code != zlib_rs::ReturnCode::Ok {
                return None;
            }
            let (text, with_next) = Default::default();
            pieces.push(Piece { start, length: piece.len(), line, bytes: (&*bytes).into(), text, with_next });
            line += lines(piece);
            start = end;
        }
        Some(Packed { pieces, length: text.len(), whole: OnceLock::new() })
    }

    /// How many bytes the text has.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The texts of the pieces in order, each with where it starts; none of them stays.
    pub fn pieces(&self) -> impl Iterator<Item = (usize, String)> {
        self.pieces.iter().map(|piece| (piece.start, piece.unpacked()))
    }

    /// Shows the texts of ranges that are in order of their starts, each of at most a few lines; none of them stays.
    pub fn pick(&self, ranges: impl Iterator<Item = Range<usize>>, mut show: impl FnMut(&str)) {
        let mut held = (usize::MAX, String::new());
        for range in ranges {
            let Some((at, piece)) = self.at(range.start) else {
                show("");
                continue;
            };
            if held.0 != at {
                held = (at, piece.unpacked());
            }
            if let Some(next) = self.pieces.get(at + 1).filter(|_| range.end > piece.start + held.1.len()) {
                held.1 += &next.unpacked();
            }
            let within = range.start - piece.start..range.end.saturating_sub(piece.start);
            show(held.1.get(within).unwrap_or(""));
        }
    }

    /// The whole text, which then stays.
    pub(super) fn whole(&self) -> &Arc<str> {
        self.whole.get_or_init(|| {
            let mut text = String::with_capacity(self.length);
            self.pieces().for_each(|(_, piece)| text.push_str(&piece));
            text.into()
        })
    }

    /// The piece that holds an offset; the last where it lies at the end.
    fn at(&self, offset: usize) -> Option<(usize, &Piece)> {
        let at = self.pieces.partition_point(|piece| piece.start <= offset).checked_sub(1)?;
        self.pieces.get(at).map(|piece| (at, piece))
    }

    /// The text of a range. `None` where it does not fit.
    pub(super) fn get(&self, range: Range<usize>) -> Option<&str> {
        if let Some(whole) = self.whole.get() {
            return whole.get(range);
        }
        let Some((at, piece)) = self.at(range.start) else { return range.is_empty().then_some("") };
        let within = range.start - piece.start..range.end.checked_sub(piece.start)?;
        if range.end <= piece.end() {
            return piece.text().get(within);
        }
        let next = self.pieces.get(at + 1)?;
        if range.end <= next.end() {
            return piece.with_next.get_or_init(|| (piece.unpacked() + &next.unpacked()).into()).get(within);
        }
        self.whole().get(range)
    }

    pub(super) fn is_char_boundary(&self, offset: usize) -> bool {
        self.at(offset).is_none_or(|(_, piece)| piece.text().is_char_boundary(offset - piece.start))
    }

    /// The line (from 1) of an offset between two characters, and the first byte of the line.
    pub(super) fn line(&self, offset: usize) -> (u32, usize) {
        let Some((_, piece)) = self.at(offset) else { return (1, 0) };
        let before = piece.text().get(..offset - piece.start).unwrap_or("");
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (piece.line + lines(before) + 1, piece.start + start)
    }

    /// The first byte of a line (from 1). `None` past the end.
    pub(super) fn line_start(&self, line: u32) -> Option<usize> {
        let before = line.checked_sub(1)?;
        let at = self.pieces.partition_point(|piece| piece.line <= before).checked_sub(1);
        let Some(piece) = at.and_then(|at| self.pieces.get(at)) else { return (before == 0).then_some(0) };
        let Some(more) = (before - piece.line).checked_sub(1) else { return Some(piece.start) };
        let found = memchr::memchr_iter(b'\n', piece.text().as_bytes()).nth(more as usize);
        found.map(|at| piece.start + at + 1)
    }
}

/// A part of a file that is read alone: offsets in it are told as those of the file.
#[derive(Debug, Clone, Copy)]
pub struct Excerpt<'t> {
    /// Its text.
    pub text: &'t str,
    /// Where it starts in the file.
    pub start: usize,
}

impl<'t> Excerpt<'t> {
    /// The text of a whole file.
    pub fn whole(text: &'t str) -> Excerpt<'t> {
        Excerpt { text, start: 0 }
    }

    /// The text, where it stands, and the range of it that a span of the file is. `None` where that does not lie in this part.
    pub fn at(self, span: Span) -> Option<(&'t str, Site, Range<usize>)> {
        let range = (span.start as usize).checked_sub(self.start)?..(span.end as usize).checked_sub(self.start)?;
        Some((self.text, Site { source: span.source, start: self.start }, range))
    }

    /// The text under a span of the file; empty where it does not lie in this part.
    pub fn under(self, span: Span) -> &'t str {
        self.get(span.range()).unwrap_or("")
    }

    /// The text of a range of the file. `None` where it does not lie in this part.
    pub fn get(self, range: Range<usize>) -> Option<&'t str> {
        self.text.get(range.start.checked_sub(self.start)?..range.end.checked_sub(self.start)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{LineColumn, Sources};

    fn text() -> String {
        (0..20_000).map(|at| format!("line {at}: é and {}\n", "x".repeat(at % 37))).collect()
    }

    #[test]
    fn a_packed_text_gives_the_same_answers() {
        for text in [text(), text() + "no line break at the end", format!("\u{feff}{}", text())] {
            let (mut plain, mut packed) = (Sources::default(), Sources::default());
            let (a, b) = (plain.add("a", text.as_str()), packed.add("a", text.as_str()));
            let held = packed.pack(b).expect("its lines are short");
            assert!(held.pieces.len() > 3 && held.pieces.iter().map(|piece| piece.bytes.len()).sum::<usize>() < text.len() / 2);
            assert_eq!(held.pieces().map(|(_, piece)| piece).collect::<String>(), text);
            let edges = held.pieces.iter().flat_map(|piece| [piece.start, piece.end() - 1, piece.end()]);
            for offset in (0..text.len() + 3).step_by(1_009).chain(edges) {
                let at = |sources: &Sources, id| (sources.line_column(id, offset as u32), sources.boundary(id, offset));
                assert_eq!(at(&plain, a), at(&packed, b), "offset {offset}");
                let span = |id, length| Span::new(id, offset, offset + length);
                for length in [0, 1, 2, 90, 4_000] {
                    assert_eq!(plain.text(span(a, length)), packed.text(span(b, length)), "{length} bytes at {offset}");
                }
            }
            for line in [0, 1, 2, 5_000, 9_999, 20_000, 20_001, 20_002] {
                assert_eq!(plain.line_range(a, line), packed.line_range(b, line), "line {line}");
            }
            assert!(held.whole.get().is_none(), "nothing asked for all of it");
            assert_eq!(packed.text(span_of(b, &text)), text);
        }
    }

    fn span_of(id: crate::source::SourceId, text: &str) -> Span {
        Span::new(id, 0, text.len())
    }

    #[test]
    fn a_text_with_a_long_line_stays_as_it_is() {
        let mut sources = Sources::default();
        let id = sources.add("a", format!("a\n{}", "x".repeat(1 << 18)));
        assert!(sources.pack(id).is_none());
        assert_eq!(sources.line_column(id, 5), LineColumn { line: 2, column: 4 });
    }
}
