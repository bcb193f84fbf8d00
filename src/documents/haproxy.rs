//! HAProxy configuration: lines of words in sections, with the place of every word.
//!
//! Words follow HAProxy's own reader: blanks, `"` and `'`, backslashes, comments from `#` to the end of the line. Variables stay as
//! they are written. What is absent: `.if` blocks (their lines are read whatever they ask) and any knowledge of keywords.

use super::word::Word;
use crate::source::{SourceId, Span};

/// A line of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its words, at least one.
    pub words: Vec<Word>,
}

impl Line {
    /// A word by its number; empty where there is none.
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// From the first to the last word.
    pub fn span(&self) -> Span {
        let first = self.words.first().map(|word| word.span);
        let last = self.words.last().map(|word| word.span);
        first.zip(last).map_or(Span { source: SourceId(0), start: 0, end: 0 }, |(first, last)| first.to(last))
    }

    /// Whether it begins with these words.
    pub fn begins(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(at, word)| self.word(at) == *word)
    }
}

/// A section: `frontend www`, with the lines up to the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The line that opens it.
    pub head: Line,
    /// The lines within, in order.
    pub lines: Vec<Line>,
}

impl Section {
    /// What it is: `global`, `defaults`, `frontend`, `backend`, `listen`.
    pub fn kind(&self) -> &str {
        self.head.word(0)
    }

    /// Its name; empty where it has none.
    pub fn name(&self) -> &str {
        self.head.word(1)
    }

    /// The last line that begins with these words.
    pub fn last(&self, words: &[&str]) -> Option<&Line> {
        self.lines.iter().rev().find(|line| line.begins(words))
    }

    /// The lines that begin with these words.
    pub fn all<'s>(&'s self, words: &'s [&'s str]) -> impl Iterator<Item = &'s Line> {
        self.lines.iter().filter(move |line| line.begins(words))
    }
}

const SECTIONS: [&str; 17] = [
    "global",
    "defaults",
    "frontend",
    "backend",
    "listen",
    "resolvers",
    "peers",
    "userlist",
    "mailers",
    "program",
    "http-errors",
    "ring",
    "cache",
    "fcgi-app",
    "log-forward",
    "crt-store",
    "traces",
];

/// Reads a configuration. Lines before the first section are dropped: HAProxy refuses them.
pub fn parse(source: SourceId, text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        let (words, next) = line(source, text, at);
        at = next;
        let Some(first) = words.first() else { continue };
        if SECTIONS.contains(&first.text.as_str()) {
            sections.push(Section { head: Line { words }, lines: Vec::new() });
        } else if let Some(section) = sections.last_mut() {
            section.lines.push(Line { words });
        }
    }
    sections
}

/// The words of the line that begins at an offset, and where the next one begins. A backslash before the end of a line goes on.
fn line(source: SourceId, text: &str, start: usize) -> (Vec<Word>, usize) {
    let bytes = text.as_bytes();
    let (mut words, mut word): (Vec<Word>, Option<(usize, Vec<u8>)>) = (Vec::new(), None);
    let mut at = start;
    let finish = |word: &mut Option<(usize, Vec<u8>)>, words: &mut Vec<Word>, end: usize| {
        if let Some((from, bytes)) = word.take() {
            words.push(Word { text: String::from_utf8_lossy(&bytes).into_owned(), span: Span::new(source, from, end) });
        }
    };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => break,
            b'#' => {
                finish(&mut word, &mut words, at);
                at = text[at..].find('\n').map_or(bytes.len(), |length| at + length);
                break;
            }
            b' ' | b'\t' | b'\r' => finish(&mut word, &mut words, at),
            quote @ (b'"' | b'\'') => {
                let (_, inner) = word.get_or_insert_with(|| (at, Vec::new()));
                at += 1;
                while let Some(byte) = bytes.get(at).filter(|byte| *byte != quote && **byte != b'\n') {
                    if *byte == b'\\' && *quote == b'"' && bytes.get(at + 1).is_some_and(|next| *next != b'\n') {
                        at += 1;
                    }
                    inner.push(bytes.get(at).copied().unwrap_or(b'\\'));
                    at += 1;
                }
                // The closing quote is skipped below; an open one ends with its line.
                if bytes.get(at) != Some(quote) {
                    continue;
                }
            }
            b'\\' => match bytes.get(at + 1) {
                Some(b'\n') => {
                    finish(&mut word, &mut words, at);
                    at += 1;
                }
                Some(next) => {
                    word.get_or_insert_with(|| (at, Vec::new())).1.push(*next);
                    at += 1;
                }
                None => {}
            },
            other => word.get_or_insert_with(|| (at, Vec::new())).1.push(*other),
        }
        at += 1;
    }
    let end = at.min(bytes.len());
    finish(&mut word, &mut words, end);
    (words, end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_lines_and_words() {
        let text = "global\n  log /dev/log local0 # here\n\ndefaults http\n  timeout client 30s\r\nfrontend www\n\
                    \x20 http-request deny deny_status 429 if { path_beg \"/a b\" } \\\n    !{ src 10.0.0.0/8 }\n  acl x hdr(a) 'it\\s'\n";
        let sections = parse(SourceId(0), text);
        let shown: Vec<String> = sections
            .iter()
            .map(|one| {
                let lines = one.lines.iter().map(|line| line.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>());
                format!("{} {}: {:?}", one.kind(), one.name(), lines.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(shown[0], "global : [[\"log\", \"/dev/log\", \"local0\"]]");
        assert_eq!(shown[1], "defaults http: [[\"timeout\", \"client\", \"30s\"]]");
        assert!(shown[2].contains("\"path_beg\", \"/a b\", \"}\", \"!{\", \"src\""), "{}", shown[2]);
        assert!(shown[2].contains("it\\\\s"), "{}", shown[2]);
        let deny = sections[2].last(&["http-request", "deny"]).expect("a line");
        assert_eq!(&text[deny.words[3].span.range()], "429");
    }

    #[test]
    fn open_ends_are_read() {
        for text in
            ["frontend x\n bind \"a", "frontend \\", "frontend x\n a 'b\n c", "\u{feff}global\n\n#", "backend ü\n server ä"]
        {
            assert_eq!(parse(SourceId(0), text).len(), 1, "{text}");
        }
    }
}
