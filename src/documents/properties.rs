//! Java `.properties` files: keys and values with their places, as `java.util.Properties` reads them.
//!
//! What is absent: placeholders (`${...}` stays as written), and documents within one file (`#---` is a comment here; the line
//! stands in [`Properties::documents`]).

use super::lines::{Line, Lines};
use crate::diagnostic::Problem;
use crate::source::{SourceId, Span};

/// What one `.properties` file says.
#[derive(Debug, Clone, Default)]
pub struct Properties {
    /// The settings, in order.
    pub lines: Lines,
    /// Where Spring begins a new document (`#---` or `!---`): offsets in the text, in order.
    pub documents: Vec<u32>,
}

/// Reads a file. Any text is one; a wrong `\u` escape is a problem, and the next line goes on.
pub fn parse(source: SourceId, text: &str) -> Properties {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { source, text, at, found: Properties::default() };
    while reader.at < text.len() {
        reader.line();
    }
    reader.found
}

struct Reader<'t> {
    source: SourceId,
    text: &'t str,
    at: usize,
    found: Properties,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\x0c')) {
            self.at += 1;
        }
    }

    /// Past the end of this natural line.
    fn skip_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    }

    fn line(&mut self) {
        self.skip_blanks();
        match self.byte() {
            Some(b'\n' | b'\r') => self.at += 1,
            Some(b'#' | b'!') => {
                let start = self.at;
                self.skip_line();
                if self.text[start + 1..self.at].trim_end() == "---" {
                    self.found.documents.push(start as u32);
                }
            }
            Some(_) => self.entry(),
            None => {}
        }
    }

    fn entry(&mut self) {
        let (key, key_span) = self.part(true);
        self.skip_blanks();
        if matches!(self.byte(), Some(b'=' | b':')) {
            self.at += 1;
            self.skip_blanks();
        }
        let (value, value_span) = self.part(false);
        self.found.lines.entries.push(Line { section: String::new(), key, key_span, value, value_span });
    }

    /// A key, which ends at a blank or separator, or a value, which ends with the logical line. An escaped line end goes on
    /// with the next line, whose leading blanks are none of the text.
    fn part(&mut self, is_key: bool) -> (String, Span) {
        let start = self.at;
        let mut out = String::new();
        let mut end = start;
        while let Some(byte) = self.byte() {
            match byte {
                b'\n' | b'\r' => break,
                b' ' | b'\t' | b'\x0c' | b'=' | b':' if is_key => break,
                b'\\' => self.escape(&mut out),
                _ => {
                    let rest = &self.text[self.at..];
                    let Some(c) = rest.chars().next() else { break };
                    out.push(c);
                    self.at += c.len_utf8();
                }
            }
            if !out.ends_with([' ', '\t']) {
                end = self.at;
            }
        }
        if is_key {
            end = self.at;
        }
        (out, Span::new(self.source, start, end.max(start)))
    }

    fn escape(&mut self, out: &mut String) {
        let start = self.at;
        self.at += 1;
        match self.byte() {
            Some(b'\r') => {
                self.at += 1;
                if self.byte() == Some(b'\n') {
                    self.at += 1;
                }
                self.skip_blanks();
            }
            Some(b'\n') => {
                self.at += 1;
                self.skip_blanks();
            }
            Some(b'u') => {
                let digits = self.text.get(self.at + 1..self.at + 5);
                match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
                    Some(code) => {
                        // Half of a pair means nothing alone; what it stands for is of no use to us.
                        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                        self.at += 5;
                    }
                    None => {
                        let problem = Problem::new(self.source, start, self.at + 1, "`\\u` without four hexadecimal digits");
                        self.found.lines.problems.push(problem);
                        self.at += 1;
                    }
                }
            }
            Some(_) => {
                let Some(c) = self.text[self.at..].chars().next() else { return };
                out.push(match c {
                    't' => '\t',
                    'n' => '\n',
                    'r' => '\r',
                    'f' => '\x0c',
                    other => other,
                });
                self.at += c.len_utf8();
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        parse(SourceId(0), text).lines.entries.into_iter().map(|line| (line.key, line.value)).collect()
    }

    #[test]
    fn every_form_of_a_line_is_read() {
        let text = "\u{feff}a=1\n b : two words \r\nc three\n# none\n! none\n\nd\\:e\\ f=x\\ty\ng=one,\\\n   two,\\\r\n\tthree\nh\ni=\\u00e9\nj==k\nl=ä\n";
        let want = [
            ("a", "1"),
            ("b", "two words "),
            ("c", "three"),
            ("d:e f", "x\ty"),
            ("g", "one,two,three"),
            ("h", ""),
            ("i", "é"),
            ("j", "=k"),
            ("l", "ä"),
        ];
        assert_eq!(read(text), want.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn places_are_those_of_the_file() {
        let text = "\u{feff}key = a value  \r\nother:\\\n  x";
        let found = parse(SourceId(0), text).lines.entries;
        assert_eq!(&text[found[0].key_span.range()], "key");
        assert_eq!(&text[found[0].value_span.range()], "a value");
        assert_eq!(&text[found[1].value_span.range()], "\\\n  x");
    }

    #[test]
    fn documents_and_wrong_escapes_are_seen() {
        let found = parse(SourceId(0), "a=1\n#---\nb=\\u12\nc=3\\");
        assert_eq!((found.documents.as_slice(), found.lines.problems.len()), ([4].as_slice(), 1));
        assert_eq!(found.lines.entries.len(), 3);
    }
}
