//! `.env` files: keys and values with their places, as Compose and the dotenv libraries read them.
//!
//! Variables inside values are kept ([`super::interpolation`] expands them); so what is absent here is any knowledge of
//! what a variable holds.

use crate::diagnostic::Problem;
use crate::source::{SourceId, Span};

/// What one `.env` file says.
#[derive(Debug, Clone, Default)]
pub struct EnvFile {
    /// In order; a key may repeat, the last one counts.
    pub entries: Vec<Entry>,
    /// What was wrong, in order of place.
    pub problems: Vec<Problem>,
}

/// One variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub key: String,
    /// Where the name stands.
    pub key_span: Span,
    /// Its value; `None` where the line gives none (`KEY` alone takes the shell's) or where it could not be read.
    pub value: Option<Value>,
}

/// The value of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Quotes and escapes resolved; an escaped `$` is written `$$`, as [`super::interpolation`] wants it.
    pub text: String,
    /// Whether `$` means nothing in it (single quotes).
    pub literal: bool,
    /// Where it stands, without its quotes.
    pub span: Span,
}

impl EnvFile {
    /// The entry that counts for a key: the last one.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }
}

/// Reads a `.env` file. A line that is none is a problem, and the next line goes on.
pub fn parse(source: SourceId, text: &str) -> EnvFile {
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader { source, text, at, file: EnvFile::default(), unclosed: [false; 2] };
    while reader.at < text.len() {
        reader.line();
    }
    reader.file
}

struct Reader<'t> {
    source: SourceId,
    text: &'t str,
    at: usize,
    file: EnvFile,
    /// Whether the search for a closing `"` (or `'`) has once come to the end of the file: it is not made again.
    unclosed: [bool; 2],
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// The offset of the line break that ends this line, or of the end of the file; a `\r` before it belongs to it.
    fn line_end(&self) -> usize {
        let end = self.rest().find('\n').map_or(self.text.len(), |length| self.at + length);
        if end > self.at && self.text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end }
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn skip_line(&mut self) {
        self.at = self.rest().find('\n').map_or(self.text.len(), |length| self.at + length + 1);
    }

    fn problem(&mut self, start: usize, end: usize, message: &str) {
        self.file.problems.push(Problem::new(self.source, start, end, message));
    }

    fn line(&mut self) {
        self.skip_blanks();
        let end = self.line_end();
        if self.at >= end || self.rest().starts_with('#') {
            return self.skip_line();
        }
        if let Some(after) = self.rest().strip_prefix("export").filter(|after| after.starts_with([' ', '\t'])) {
            self.at = self.text.len() - after.len();
            self.skip_blanks();
        }
        let start = self.at;
        let key = &self.text[start..end];
        let key = &key[..key.find(|c: char| !is_key_character(c)).unwrap_or(key.len())];
        self.at += key.len();
        let key_span = Span::new(self.source, start, self.at);
        self.skip_blanks();
        let value = match self.text.as_bytes().get(self.at).filter(|_| self.at < end) {
            None | Some(b'#') if !key.is_empty() => {
                self.at = end;
                None
            }
            Some(b'=' | b':') if !key.is_empty() => {
                self.at += 1;
                self.skip_blanks();
                self.value(end)
            }
            _ => {
                self.problem(start, end, "not a variable: expected `KEY=value`");
                return self.skip_line();
            }
        };
        self.file.entries.push(Entry { key: key.to_owned(), key_span, value });
        self.skip_line();
    }

    /// The value that starts here; afterwards the reader stands on the line where the value ends.
    fn value(&mut self, end: usize) -> Option<Value> {
        match self.text.as_bytes().get(self.at) {
            Some(quote @ (b'"' | b'\'')) if self.at < end => self.quoted(*quote, end),
            _ => {
                let raw = self.text.get(self.at..end).unwrap_or("");
                let comment = raw.match_indices('#').find(|(at, _)| *at == 0 || raw[..*at].ends_with([' ', '\t']));
                let text = raw[..comment.map_or(raw.len(), |(at, _)| at)].trim_end();
                let span = Span::new(self.source, self.at, self.at + text.len());
                Some(Value { text: text.to_owned(), literal: false, span })
            }
        }
    }

    fn quoted(&mut self, quote: u8, end: usize) -> Option<Value> {
        let open = self.at;
        let which = usize::from(quote == b'\'');
        let close = if self.unclosed[which] { None } else { self.closing(quote, open + 1) };
        let Some(close) = close else {
            self.unclosed[which] = true;
            self.problem(open, end, "a quote that is never closed");
            return None;
        };
        self.at = close + 1;
        let after_end = self.line_end();
        let after = self.text[self.at..after_end].trim_start_matches([' ', '\t']);
        if !(after.is_empty() || after.starts_with('#')) {
            self.problem(self.at, after_end, "text after the closing quote");
            return None;
        }
        let raw = &self.text[open + 1..close];
        let text = if quote == b'"' { unescape(raw) } else { raw.to_owned() };
        Some(Value { text, literal: quote == b'\'', span: Span::new(self.source, open + 1, close) })
    }

    fn closing(&self, quote: u8, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\\' if quote == b'"' => at += 1,
                byte if *byte == quote => return Some(at),
                _ => {}
            }
            at += 1;
        }
        None
    }
}

fn is_key_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']')
}

/// Escapes of a double-quoted value. An escaped `$` becomes `$$`; unknown escapes stay as written.
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut characters = raw.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(same @ ('"' | '\\' | '\'')) => out.push(same),
            Some('$') => out.push_str("$$"),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Option<String>)> {
        let file = parse(SourceId(0), text);
        file.entries.into_iter().map(|entry| (entry.key, entry.value.map(|value| value.text))).collect()
    }

    #[test]
    fn every_form_of_a_line_is_read() {
        let text = "\u{feff}A=1\r\nexport B = two words # said\n\n# none\nC='$x # y'\nD=\"a\\n\\\"b\\\" \\$5\" # end\nE=\nF\nG: yaml\nH=a#b\n";
        let want = [
            ("A", Some("1")),
            ("B", Some("two words")),
            ("C", Some("$x # y")),
            ("D", Some("a\n\"b\" $$5")),
            ("E", Some("")),
            ("F", None),
            ("G", Some("yaml")),
            ("H", Some("a#b")),
        ];
        assert_eq!(read(text), want.map(|(key, value)| (key.to_owned(), value.map(str::to_owned))));
    }

    #[test]
    fn places_are_those_of_the_file() {
        let text = "\u{feff}A=\"x\"\r\nB= y \n";
        let file = parse(SourceId(0), text);
        let spans: Vec<&str> =
            file.entries.iter().filter_map(|entry| entry.value.as_ref()).map(|value| &text[value.span.range()]).collect();
        assert_eq!(spans, ["x", "y"]);
        assert_eq!(&text[file.entries[1].key_span.range()], "B");
    }

    #[test]
    fn a_value_may_span_lines_and_a_bad_line_is_a_problem() {
        let file = parse(SourceId(0), "KEY=\"a\nb\"\nnot a line\n=x\nA=\"open\nB=2\n");
        assert_eq!(file.entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["KEY", "A", "B"]);
        assert_eq!(file.entry("KEY").and_then(|entry| entry.value.as_ref()).map(|value| value.text.as_str()), Some("a\nb"));
        assert_eq!(file.problems.len(), 3);
    }
}
