//! Text and places: the only owner of file contents and the only home of line arithmetic.
//!
//! A [`Span`] names its file, so one diagnostic can hold places in many files. What is absent: any knowledge of what a
//! file means. Source ids never influence output; everything printed is ordered by path.

mod packed;

pub use packed::{Excerpt, Packed};

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A name, or another short text: of at most 23 bytes it takes no memory beside its own 24, and copies of longer ones share theirs.
pub use smol_str::SmolStr as Name;

/// Names one file within one [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// First byte, from 0.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `source` from `start` up to, but not including, `end`.
    pub fn new(source: SourceId, start: usize, end: usize) -> Span {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Span { source, start, end: end.max(start) }
    }

    /// The smallest span that holds both. Both must lie in one file; otherwise `self` is returned.
    pub fn to(self, other: Span) -> Span {
        if self.source != other.source {
            return self;
        }
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// The range as byte indexes into the text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Where a text stands that is read: its file, and its first byte there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// The file.
    pub source: SourceId,
    /// What offsets in the text are counted from.
    pub start: usize,
}

impl Site {
    /// The span of a range of the text.
    pub fn span(self, start: usize, end: usize) -> Span {
        Span::new(self.source, self.start.saturating_add(start), self.start.saturating_add(end))
    }
}

impl From<SourceId> for Site {
    fn from(source: SourceId) -> Site {
        Site { source, start: 0 }
    }
}

/// A value and the place where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts a value and its place together.
    pub fn new(value: T, span: Span) -> Spanned<T> {
        Spanned { value, span }
    }
}

/// A line and a column, both from 1. Columns count Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// One file: its path relative to the root of the run, with `/`, and its text.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path relative to the root, separated by `/`.
    pub path: Arc<str>,
    text: Text,
    /// The file that this one stands in, at the same offsets; `None` for a file of its own.
    outer: Option<SourceId>,
    lines: OnceLock<Vec<Lines>>,
    characters: OnceLock<Vec<u32>>,
}

/// How a text is held.
#[derive(Debug, Clone)]
enum Text {
    Plain(Arc<str>),
    Packed(Arc<Packed>),
}

/// Distance in bytes between two entries of the tables of characters and of lines. Lines shorter than this never need the former.
const STRIDE: usize = 4096;

/// The lines before an entry of the table of lines. Few places of a file are asked for, and what lies between two entries is counted
/// then.
#[derive(Debug, Clone, Copy)]
struct Lines {
    /// How many lines have ended.
    ended: u32,
    /// The first byte of the line after these.
    start: usize,
}

/// How many characters start in these bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

impl Source {
    /// The text, decoded from UTF-8; a byte order mark is kept, so offsets are offsets of the file. Of a large file [`Source::get`] is
    /// cheaper.
    pub fn text(&self) -> &Arc<str> {
        match &self.text {
            Text::Plain(text) => text,
            Text::Packed(packed) => packed.whole(),
        }
    }

    /// How many bytes the text has.
    pub fn length(&self) -> usize {
        match &self.text {
            Text::Plain(text) => text.len(),
            Text::Packed(packed) => packed.len(),
        }
    }

    /// The text of a range. `None` where it does not fit.
    pub fn get(&self, range: Range<usize>) -> Option<&str> {
        match &self.text {
            Text::Plain(text) => text.get(range),
            Text::Packed(packed) => packed.get(range),
        }
    }

    /// The text from the start, of at most so many bytes.
    pub fn head(&self, bytes: usize) -> &str {
        let mut end = bytes.min(self.length());
        while !self.is_char_boundary(end) {
            end -= 1;
        }
        self.get(0..end).unwrap_or("")
    }

    /// Whether the text holds a word that has no line break.
    pub fn contains(&self, word: &str) -> bool {
        match &self.text {
            Text::Plain(text) => text.contains(word),
            Text::Packed(packed) => packed.pieces().any(|(_, piece)| piece.contains(word)),
        }
    }

    fn is_char_boundary(&self, offset: usize) -> bool {
        match &self.text {
            Text::Plain(text) => text.is_char_boundary(offset),
            Text::Packed(packed) => packed.is_char_boundary(offset),
        }
    }

    /// The line (from 1) of an offset between two characters, and the first byte of the line.
    fn line(&self, offset: usize) -> (u32, usize) {
        if let Text::Packed(packed) = &self.text {
            return packed.line(offset);
        }
        let bytes = self.text().as_bytes();
        let before = self.lines()[offset / STRIDE];
        let from = offset / STRIDE * STRIDE;
        let between = &bytes[from..offset];
        let ended = memchr::memchr_iter(b'\n', between).count();
        let start = memchr::memrchr(b'\n', between).map_or(before.start, |at| from + at + 1);
        (before.ended + ended as u32 + 1, start)
    }

    /// The first byte of a line (from 1). `None` past the end.
    fn line_start(&self, line: u32) -> Option<usize> {
        if let Text::Packed(packed) = &self.text {
            return packed.line_start(line);
        }
        let before = line.checked_sub(1)?;
        let at = self.lines().partition_point(|lines| lines.ended < before);
        // What comes before the first entry is the first line.
        let Some(at) = at.checked_sub(1) else { return Some(0) };
        let more = before - self.lines().get(at)?.ended - 1;
        let bytes = self.text().as_bytes().get(at * STRIDE..)?;
        memchr::memchr_iter(b'\n', bytes).nth(more as usize).map(|found| at * STRIDE + found + 1)
    }

    /// How many characters start between two offsets. A line may be a whole file of many megabytes: beyond a stride a
    /// table answers, so that a thousand places in such a line do not cost a thousand passes over it.
    fn characters_between(&self, start: usize, end: usize) -> usize {
        // What is packed has no such lines.
        if end - start <= STRIDE || matches!(self.text, Text::Packed(_)) {
            return characters(self.get(start..end).unwrap_or("").as_bytes());
        }
        let bytes = self.text().as_bytes();
        let table = self.characters.get_or_init(|| {
            let sums = bytes.chunks(STRIDE).scan(0, |sum, chunk| {
                *sum += characters(chunk) as u32;
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect()
        });
        let before = |at: usize| table[at / STRIDE] as usize + characters(&bytes[at / STRIDE * STRIDE..at]);
        before(end) - before(start)
    }

    /// An entry for each stride, one for the end included.
    fn lines(&self) -> &[Lines] {
        self.lines.get_or_init(|| {
            let first = Lines { ended: 0, start: 0 };
            let strides = self.text().as_bytes().chunks(STRIDE).enumerate().scan(first, |lines, (at, bytes)| {
                lines.ended += memchr::memchr_iter(b'\n', bytes).count() as u32;
                lines.start = memchr::memrchr(b'\n', bytes).map_or(lines.start, |last| at * STRIDE + last + 1);
                Some(*lines)
            });
            std::iter::once(first).chain(strides).collect()
        })
    }
}

/// All files of one run; their texts are shared among copies.
#[derive(Debug, Clone, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a file and names it. The same path may be added twice (base and head); the ids differ.
    pub fn add(&mut self, path: &str, text: impl Into<Arc<str>>) -> SourceId {
        self.push(path.into(), text.into(), None)
    }

    /// Adds a file that stands within another one, as a block of text in it: blanks stand for everything around the block, so that
    /// an offset means the same place in both.
    pub fn add_within(&mut self, outer: SourceId, block: std::ops::Range<usize>) -> SourceId {
        let (path, text) = (self.get(outer).path.clone(), self.get(outer).text().clone());
        let mut masked = String::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            match c {
                _ if block.contains(&at) => masked.push(c),
                '\n' | '\r' => masked.push(c),
                // As many blanks as the character has bytes: offsets stay.
                _ => masked.extend(std::iter::repeat_n(' ', c.len_utf8())),
            }
        }
        self.push(path, masked.into(), Some(outer))
    }

    fn push(&mut self, path: Arc<str>, text: Arc<str>, outer: Option<SourceId>) -> SourceId {
        let text = Text::Plain(text);
        self.0.push(Source { path, text, outer, lines: OnceLock::new(), characters: OnceLock::new() });
        SourceId(self.0.len() as u32 - 1)
    }

    /// Compresses a text, where that can be done; what is asked of it is answered all the same.
    pub fn pack(&mut self, id: SourceId) -> Option<Arc<Packed>> {
        let source = self.0.get_mut(id.0 as usize)?;
        if let Text::Plain(text) = &source.text {
            source.text = Text::Packed(Arc::new(Packed::new(text)?));
            (source.lines, source.characters) = (OnceLock::new(), OnceLock::new());
        }
        match &source.text {
            Text::Packed(packed) => Some(packed.clone()),
            Text::Plain(_) => None,
        }
    }

    /// The same place in the file that holds a block: what is printed and suppressed.
    pub fn outermost(&self, span: Span) -> Span {
        Span { source: self.get(span.source).outer.unwrap_or(span.source), ..span }
    }

    /// The file behind an id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    /// Every file, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.0.iter().enumerate().map(|(at, source)| (SourceId(at as u32), source))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The path of a file.
    pub fn path(&self, id: SourceId) -> &str {
        &self.get(id).path
    }

    /// The characters under a span; empty where the span does not fit the text.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).get(span.range()).unwrap_or("")
    }

    /// The nearest offset, at or before this one, that lies within the text and between two characters.
    pub fn boundary(&self, id: SourceId, offset: usize) -> usize {
        let source = self.get(id);
        let mut offset = offset.min(source.length());
        while !source.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// Where a span starts and ends.
    pub fn line_columns(&self, span: Span) -> (LineColumn, LineColumn) {
        (self.line_column(span.source, span.start), self.line_column(span.source, span.end))
    }

    /// The line and column of a byte offset. An offset inside a character counts as its start; one past the end as the end.
    /// A byte order mark at the start of the file is no column.
    pub fn line_column(&self, id: SourceId, offset: u32) -> LineColumn {
        let source = self.get(id);
        let offset = self.boundary(id, offset as usize);
        let (line, start) = source.line(offset);
        let mark = usize::from(start == 0 && offset > 0 && source.get(0..3) == Some("\u{feff}"));
        let column = (source.characters_between(start, offset) - mark) as u32 + 1;
        LineColumn { line, column }
    }

    /// The bytes of a line (from 1), without its line break. Empty past the end.
    pub fn line_range(&self, id: SourceId, line: u32) -> std::ops::Range<usize> {
        let source = self.get(id);
        let Some(start) = source.line_start(line) else { return source.length()..source.length() };
        let end = source.line_start(line.saturating_add(1)).map_or(source.length(), |next| next - 1).max(start);
        let carriage_return = end > start && source.get(start..end).is_some_and(|line| line.ends_with('\r'));
        start..if carriage_return { end - 1 } else { end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_a_byte_order_mark_is_none() {
        let mut sources = Sources::default();
        let id = sources.add("a", "\u{feff}aé\r\nx\u{feff}y");
        let at = |offset| sources.line_column(id, offset);
        assert_eq!(at(0), LineColumn { line: 1, column: 1 });
        assert_eq!(at(3), LineColumn { line: 1, column: 1 });
        assert_eq!(at(6), LineColumn { line: 1, column: 3 });
        assert_eq!(at(12), LineColumn { line: 2, column: 3 });
        assert_eq!(at(900), LineColumn { line: 2, column: 4 });
    }

    #[test]
    fn columns_in_a_long_line_agree_with_counting() {
        let text = format!("first\n{}", "aé€😀".repeat(5_000));
        let mut sources = Sources::default();
        let id = sources.add("a", text.as_str());
        for offset in (6..text.len()).step_by(997).filter(|at| text.is_char_boundary(*at)) {
            let column = text[6..offset].chars().count() as u32 + 1;
            assert_eq!(sources.line_column(id, offset as u32), LineColumn { line: 2, column }, "offset {offset}");
        }
    }
}
