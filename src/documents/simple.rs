//! The events of a small YAML file that is written as most are: maps and lists in block style, scalars on one line, maps and lists in
//! braces and brackets on one line, texts in blocks. Such a file is read in a tenth of the time that a whole parser takes; of any other one nothing is
//! said, and the whole parser reads it.
//!
//! What is taken here is narrower than what YAML allows, so that no rule of YAML but those below can matter: ASCII without tabs and
//! carriage returns, no anchors, aliases, tags and directives, no escapes, no plain or quoted scalar over several lines, and no block whose
//! indentation is given or of which blanks at an end matter.

use super::Style;
use super::events::{Event, Events, Failure, Properties};
use std::borrow::Cow;
use std::ops::Range;

/// Larger files are left to the whole parser: the further a file goes, the likelier it has something that is not read here.
const LARGEST: usize = 64 << 10;

/// A key may not be longer in YAML, by far.
const LONGEST_KEY: usize = 512;

/// Far less than the whole parser allows.
const DEEPEST: usize = 64;

/// Events that were read ahead.
pub struct Simple<'t>(std::vec::IntoIter<Event<'t>>);

impl<'t> Simple<'t> {
    /// The events of a text; `None` where it holds anything that is not read here.
    pub fn new(text: &'t str) -> Option<Simple<'t>> {
        let is_simple = text.len() <= LARGEST && text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~'));
        let mut reader = Reader {
            text,
            events: Vec::with_capacity(text.len() / 8 + 8),
            open: Vec::with_capacity(8),
            waiting: None,
            block: None,
        };
        if !is_simple {
            return None;
        }
        reader.read()?;
        Some(Simple(reader.events.into_iter()))
    }

    /// How many nodes are left to come.
    pub fn nodes(&self) -> usize {
        let is_node = |event: &&Event| !matches!(event, Event::DocumentStart { .. } | Event::DocumentEnd | Event::End { .. });
        self.0.as_slice().iter().filter(is_node).count()
    }
}

impl<'t> Events<'t> for Simple<'t> {
    fn next_event(&mut self) -> Option<Result<Event<'t>, Failure>> {
        self.0.next().map(Ok)
    }

    fn resume(&mut self) -> bool {
        false
    }
}

/// A map or list in block style that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Open {
    /// Where its keys or dashes stand in their lines.
    column: usize,
    is_list: bool,
}

struct Reader<'t> {
    text: &'t str,
    events: Vec<Event<'t>>,
    open: Vec<Open>,
    /// The colon of a key whose value may stand on the next lines.
    waiting: Option<usize>,
    /// The header of a text that stands on the next lines.
    block: Option<Block>,
}

/// The header of a text in a block.
#[derive(Clone, Copy)]
struct Block {
    /// `>`: its lines are one.
    is_folded: bool,
    /// `-`: it has no line break at its end.
    is_stripped: bool,
}

impl Block {
    fn of(header: &str) -> Option<Block> {
        let is_folded = header.starts_with('>');
        matches!(header, "|" | "|-" | ">" | ">-").then_some(Block { is_folded, is_stripped: header.len() > 1 })
    }
}

impl<'t> Reader<'t> {
    fn read(&mut self) -> Option<()> {
        let mut start = 0;
        let mut in_document = false;
        while start < self.text.len() {
            let line = self.text.get(start..)?.split('\n').next()?;
            let column = line.len() - line.trim_start_matches(' ').len();
            let content = line.get(column..)?.trim_end_matches(' ');
            let at = start + column;
            start += line.len() + 1;
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            if column == 0 && content.starts_with("---") {
                // A document of nothing is the whole parser's.
                if content != "---" || in_document && self.open.is_empty() {
                    return None;
                }
                self.end_document(in_document);
                self.events.push(Event::DocumentStart { at });
                in_document = true;
                continue;
            }
            if content.starts_with("...") {
                return None;
            }
            if !in_document {
                self.events.push(Event::DocumentStart { at });
                in_document = true;
            }
            self.line(column, at, content)?;
            if let Some(block) = self.block.take() {
                start = self.block_text(block, start)?;
            }
        }
        if self.open.is_empty() {
            return None;
        }
        self.end_document(in_document);
        Some(())
    }

    fn end_document(&mut self, in_document: bool) {
        if in_document {
            self.absent();
            while self.open.pop().is_some() {
                self.events.push(Event::End { at: None });
            }
            self.events.push(Event::DocumentEnd);
        }
    }

    /// The value of the key that waits for one is nothing.
    fn absent(&mut self) {
        if let Some(colon) = self.waiting.take() {
            self.scalar(colon..colon, "", Style::Plain);
        }
    }

    fn scalar(&mut self, span: Range<usize>, text: &'t str, style: Style) {
        let (text, properties) = (Cow::Borrowed(text), Properties::default());
        self.events.push(Event::Scalar { span, text, style, properties });
    }

    fn begin(&mut self, column: usize, at: usize, is_list: bool) -> Option<()> {
        let properties = Properties::default();
        self.events.push(if is_list { Event::ListStart { at, properties } } else { Event::MapStart { at, properties } });
        self.open.push(Open { column, is_list });
        (self.open.len() <= DEEPEST).then_some(())
    }

    /// A line that has something, without the blanks around it.
    fn line(&mut self, column: usize, at: usize, content: &'t str) -> Option<()> {
        let item = content.strip_prefix("- ");
        let is_list = item.is_some();
        let inner = item.map_or(content, |item| item.trim_start_matches(' '));
        let offset = content.len() - inner.len();
        match (self.open.last().copied(), self.waiting) {
            (None, _) if column > 0 => return None,
            (None, _) => self.begin(column, at, is_list)?,
            (Some(last), Some(_)) if column > last.column => {
                self.waiting = None;
                self.begin(column, at, is_list)?;
            }
            // A list may stand right below its key; the whole parser takes it to begin with its first item.
            (Some(last), Some(_)) if is_list && column == last.column && !last.is_list => {
                self.waiting = None;
                self.begin(column, at + offset, true)?;
            }
            _ => {
                self.absent();
                self.end_deeper(column, is_list);
            }
        }
        if self.open.last() != Some(&Open { column, is_list }) {
            return None;
        }
        if !is_list {
            return self.entry(at, content);
        }
        if inner.starts_with('#') || inner.starts_with("- ") || inner == "-" {
            return None;
        }
        match colon(inner) {
            Some(_) if !inner.starts_with(['{', '[']) => {
                self.begin(column + offset, at + offset, false)?;
                self.entry(at + offset, inner)
            }
            _ => self.value(at + offset, inner),
        }
    }

    /// Ends what is open below a column, and a list that stands right below its key where the next key comes.
    fn end_deeper(&mut self, column: usize, is_list: bool) {
        while let Some(last) = self.open.last() {
            let is_over = last.column > column || last.column == column && last.is_list && !is_list;
            if !is_over {
                return;
            }
            self.open.pop();
            self.events.push(Event::End { at: None });
        }
    }

    /// A key with what follows it on its line.
    fn entry(&mut self, at: usize, content: &'t str) -> Option<()> {
        let colon = colon(content)?;
        let key = content.get(..colon)?;
        if key.is_empty() || key.len() > LONGEST_KEY || key.ends_with(' ') {
            return None;
        }
        self.simple_scalar(at, key, is_plain)?;
        let rest = content.get(colon + 1..)?;
        let value = rest.trim_start_matches(' ');
        if value.is_empty() || value.starts_with('#') {
            self.waiting = Some(at + colon);
            return Some(());
        }
        self.value(at + content.len() - value.len(), value)
    }

    /// A scalar in quotes without escapes, or a plain one.
    fn simple_scalar(&mut self, at: usize, written: &'t str, is_plain: fn(&str) -> bool) -> Option<()> {
        let span = at..at + written.len();
        if let Some(quote) = written.chars().next().filter(|first| matches!(first, '"' | '\'')) {
            let inner = written.get(1..)?.strip_suffix(quote).filter(|inner| !inner.contains([quote, '\\']))?;
            self.scalar(span, inner, Style::Quoted);
            return Some(());
        }
        is_plain(written).then(|| self.scalar(span, written, Style::Plain))
    }

    /// A value that stands on one line, and perhaps a comment.
    fn value(&mut self, at: usize, written: &'t str) -> Option<()> {
        match written.as_bytes().first()? {
            b'{' | b'[' => {
                let length = self.flow(at, written, 0)?;
                let rest = written.get(length..)?;
                is_blank_or_comment(rest).then_some(())
            }
            quote @ (b'"' | b'\'') => {
                let end = written.get(1..)?.find(char::from(*quote))? + 2;
                let (value, rest) = written.split_at_checked(end)?;
                if !is_blank_or_comment(rest) {
                    return None;
                }
                self.simple_scalar(at, value, is_plain)
            }
            b'|' | b'>' => {
                self.block = Some(Block::of(written)?);
                Some(())
            }
            _ => {
                let is_comment = |at: &usize| *at > 0 && written.as_bytes().get(at - 1) == Some(&b' ');
                let end = memchr::memchr_iter(b'#', written.as_bytes()).find(is_comment).unwrap_or(written.len());
                self.simple_scalar(at, written.get(..end)?.trim_end_matches(' '), is_plain)
            }
        }
    }

    /// A text in a block whose lines begin at an offset; where the line after it begins.
    fn block_text(&mut self, block: Block, from: usize) -> Option<usize> {
        let least = self.open.last()?.column + 1;
        let mut text = String::new();
        // Where the text begins and how far it is indented.
        let mut begun: Option<(usize, usize)> = None;
        let (mut at, mut end, mut blanks) = (from, from, 0);
        for line in self.text.get(from..)?.split_inclusive('\n') {
            let content = line.strip_suffix('\n').unwrap_or(line);
            let column = content.len() - content.trim_start_matches(' ').len();
            if column == content.len() {
                begun.filter(|(_, indentation)| column <= *indentation)?;
                blanks += 1;
                at += line.len();
                continue;
            }
            let indentation = match begun {
                Some((_, indentation)) if column < indentation => break,
                Some((_, indentation)) => indentation,
                None if column < least => return None,
                None => column,
            };
            let inner = content.get(indentation..)?;
            if block.is_folded && (inner.starts_with(' ') || inner.ends_with(' ')) {
                return None;
            }
            match (begun, block.is_folded) {
                (None, _) => begun = Some((at + column, column)),
                (Some(_), true) if blanks == 0 => text.push(' '),
                (Some(_), true) => text.extend(std::iter::repeat_n('\n', blanks)),
                (Some(_), false) => text.extend(std::iter::repeat_n('\n', blanks + 1)),
            }
            text.push_str(inner);
            blanks = 0;
            at += line.len();
            end = at;
        }
        let (start, _) = begun?;
        if !block.is_stripped {
            text.push('\n');
        }
        // One line stands in the source as it is.
        let as_written = self.text.get(start..start + text.len()).filter(|written| *written == text);
        let (text, properties) = (as_written.map_or(Cow::Owned(text), Cow::Borrowed), Properties::default());
        self.events.push(Event::Scalar { span: start..end, text, style: Style::Block, properties });
        Some(at)
    }

    /// A map in braces or a list in brackets; its length.
    fn flow(&mut self, at: usize, written: &'t str, depth: usize) -> Option<usize> {
        let is_list = written.starts_with('[');
        let close = if is_list { b']' } else { b'}' };
        let properties = Properties::default();
        self.events.push(if is_list { Event::ListStart { at, properties } } else { Event::MapStart { at, properties } });
        let bytes = written.as_bytes();
        let blanks = |from: usize| bytes.iter().skip(from).take_while(|byte| **byte == b' ').count();
        let mut here = 1 + blanks(1);
        let mut is_first = true;
        loop {
            if bytes.get(here) == Some(&close) {
                // A comma before it would be one more rule.
                if !is_first && bytes.get(..here)?.trim_ascii_end().ends_with(b",") {
                    return None;
                }
                self.events.push(Event::End { at: Some(at + here + 1) });
                return Some(here + 1);
            }
            is_first = false;
            if !is_list {
                let key = flow_scalar(written.get(here..)?).filter(|key| key.len() <= LONGEST_KEY)?;
                self.simple_scalar(at + here, key, is_plain_in_flow)?;
                here += key.len();
                if bytes.get(here) != Some(&b':') || bytes.get(here + 1) != Some(&b' ') {
                    return None;
                }
                here += 1;
                here += blanks(here);
            }
            match bytes.get(here)? {
                b'{' | b'[' if depth < DEEPEST => here += self.flow(at + here, written.get(here..)?, depth + 1)?,
                _ => {
                    let value = flow_scalar(written.get(here..)?)?;
                    self.simple_scalar(at + here, value, is_plain_in_flow)?;
                    here += value.len();
                }
            }
            here += blanks(here);
            match bytes.get(here)? {
                b',' => {
                    here += 1;
                    here += blanks(here);
                }
                byte if *byte == close => {}
                _ => return None,
            }
        }
    }
}

/// The colon that ends a key at the start of a line. A key in quotes has none within them.
fn colon(content: &str) -> Option<usize> {
    let from = match content.as_bytes().first()? {
        quote @ (b'"' | b'\'') => content.get(1..)?.find(char::from(*quote))? + 2,
        _ => 0,
    };
    let rest = content.as_bytes().get(from..)?;
    let is_end = |at: &usize| rest.get(at + 1).is_none_or(|next| *next == b' ');
    let found = memchr::memchr_iter(b':', rest).find(is_end)?;
    // Between a quote and its colon stands nothing here.
    (from == 0 || found == 0).then_some(from + found)
}

fn is_blank_or_comment(rest: &str) -> bool {
    let trimmed = rest.trim_start_matches(' ');
    trimmed.is_empty() || trimmed.starts_with('#') && trimmed.len() < rest.len()
}

/// Whether a text is a plain scalar in block style, and can be no other thing.
fn is_plain(text: &str) -> bool {
    let starts =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'$' | b'(' | b'+' | b'^' | b'~');
    let bytes = text.as_bytes();
    let is_number = || bytes.first() == Some(&b'-') && bytes.get(1).is_some_and(u8::is_ascii_digit);
    // A colon before a blank or the end is that of a key, and what follows a blank and a number sign is a comment.
    let is_sign = |(at, byte): (usize, &u8)| match byte {
        b':' => bytes.get(at + 1).is_none_or(|next| *next == b' '),
        b' ' => bytes.get(at + 1) == Some(&b'#'),
        _ => false,
    };
    (bytes.first().is_some_and(starts) || is_number()) && !bytes.iter().enumerate().any(is_sign)
}

/// The same within braces and brackets.
fn is_plain_in_flow(text: &str) -> bool {
    is_plain(text) && !text.bytes().any(|byte| matches!(byte, b':' | b'#' | b'"' | b'\'' | b'?'))
}

/// What stands before the next sign within braces and brackets: a text in quotes, or all up to a blank run before the sign.
fn flow_scalar(written: &str) -> Option<&str> {
    if let Some(quote) = written.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        let end = written.get(1..)?.find(quote)? + 2;
        return written.get(..end);
    }
    let is_sign = |c: char| matches!(c, ',' | ':' | '{' | '}' | '[' | ']');
    let end = written.find(is_sign)?;
    written.get(..end).map(|text| text.trim_end_matches(' ')).filter(|text| !text.is_empty())
}
