//! Caddyfiles: lines of words, with the blocks that they open.
//!
//! Words follow Caddy's own reader: `"` with backslashes, backticks as they are, heredocs (`<<END`), comments between words,
//! a backslash at the end of a line. A block opens with `{` at the end of a line and closes with `}`. What is absent: imports and
//! placeholders, which are kept as written, and the splitting of addresses.

use super::word::Word;
use crate::diagnostic::Problem;
use crate::source::{SourceId, Span};

/// Blocks nest this deep; Caddy's own configuration has four levels.
const DEEPEST: usize = 32;

/// A line, with the block that it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its words; empty for a block without a name, which are the global options.
    pub words: Vec<Word>,
    /// What stands in its braces; `None` where it opens none.
    pub block: Option<Vec<Line>>,
    /// From the first to the last word; the brace where there is no word.
    pub span: Span,
}

impl Line {
    /// The first word.
    pub fn name(&self) -> &str {
        self.word(0)
    }

    /// A word by its number; empty where there is none.
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// The words after the first.
    pub fn arguments(&self) -> impl Iterator<Item = &str> {
        self.words.iter().skip(1).map(|word| word.text.as_str())
    }

    /// The lines within.
    pub fn lines(&self) -> &[Line] {
        self.block.as_deref().unwrap_or(&[])
    }

    /// The last line within that has this name.
    pub fn get(&self, name: &str) -> Option<&Line> {
        self.lines().iter().rev().find(|line| line.name() == name)
    }
}

/// A Caddyfile.
#[derive(Debug, Clone)]
pub struct Caddyfile {
    /// Its lines outside of every block.
    pub lines: Vec<Line>,
    /// What was wrong, in order of place.
    pub problems: Vec<Problem>,
}

/// Reads a Caddyfile. Unbalanced braces are problems; what was read before stays.
pub fn parse(source: SourceId, text: &str) -> Caddyfile {
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lexer = Lexer { source, text, at, open_heredocs: 0 };
    let mut open: Vec<Vec<Line>> = vec![Vec::new()];
    let mut problems = Vec::new();
    let mut skipped = 0usize;
    while let Some((mut words, line_start)) = lexer.line() {
        // A closing brace stands alone on its line, or, in files that Caddy mends, at the end of one.
        while words.first().is_some_and(|word| word.text == "}") {
            let brace = words.remove(0);
            if skipped > 0 {
                skipped -= 1;
            } else if open.len() > 1 {
                close(&mut open);
            } else {
                problems.push(Problem::new(source, brace.span.start as usize, brace.span.end as usize, "`}` without `{`"));
            }
        }
        let opens = words.last().is_some_and(|word| word.text == "{" && word.span.end - word.span.start == 1);
        let brace = if opens { words.pop() } else { None };
        if words.is_empty() && brace.is_none() {
            continue;
        }
        let first = words.first().map(|word| word.span).or(brace.as_ref().map(|word| word.span));
        let last = words.last().map(|word| word.span).or(first);
        let place = Span::new(source, line_start, line_start);
        let span = first.zip(last).map_or(place, |(first, last)| first.to(last));
        if let Some(brace) = brace {
            if open.len() > DEEPEST {
                if skipped == 0 {
                    problems.push(Problem::new(
                        source,
                        brace.span.start as usize,
                        brace.span.end as usize,
                        "too many blocks in blocks",
                    ));
                }
                skipped += 1;
                continue;
            }
            if let Some(lines) = open.last_mut() {
                lines.push(Line { words, block: Some(Vec::new()), span });
            }
            open.push(Vec::new());
        } else if let Some(lines) = open.last_mut().filter(|_| skipped == 0) {
            lines.push(Line { words, block: None, span });
        }
    }
    if open.len() > 1 {
        problems.push(Problem::new(source, text.len(), text.len(), "`{` that is never closed"));
    }
    while open.len() > 1 {
        close(&mut open);
    }
    Caddyfile { lines: open.pop().unwrap_or_default(), problems }
}

/// Gives the lines on top to the line that opened them.
fn close(open: &mut Vec<Vec<Line>>) {
    let Some(inner) = open.pop() else { return };
    if let Some(line) = open.last_mut().and_then(|lines| lines.last_mut()) {
        line.block = Some(inner);
    }
}

struct Lexer<'t> {
    source: SourceId,
    text: &'t str,
    at: usize,
    /// How many heredocs had no end: each is looked for in all that follows.
    open_heredocs: usize,
}

/// After so many heredocs without an end no more are looked for.
const MOST_OPEN_HEREDOCS: usize = 50;

impl Lexer<'_> {
    /// The words up to the end of the line; `None` at the end of the file.
    fn line(&mut self) -> Option<(Vec<Word>, usize)> {
        let bytes = self.text.as_bytes();
        if self.at >= bytes.len() {
            return None;
        }
        let (start, mut words) = (self.at, Vec::new());
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.at += 1;
                    break;
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'#' => self.at = self.text[self.at..].find('\n').map_or(bytes.len(), |length| self.at + length),
                b'\\' if matches!(self.text[self.at + 1..].trim_start_matches('\r').as_bytes().first(), Some(b'\n')) => {
                    self.at = self.text[self.at..].find('\n').map_or(bytes.len(), |length| self.at + length + 1);
                }
                b'"' => words.push(self.quoted()),
                b'`' => words.push(self.verbatim()),
                b'<' if self.text[self.at..].starts_with("<<") => match self.heredoc() {
                    Some(word) => words.push(word),
                    None => words.push(self.plain()),
                },
                _ => words.push(self.plain()),
            }
        }
        Some((words, start))
    }

    fn word(&self, start: usize, text: String) -> Word {
        Word { text, span: Span::new(self.source, start, self.at) }
    }

    fn plain(&mut self) -> Word {
        let start = self.at;
        let length = self.text[start..].find([' ', '\t', '\r', '\n']).unwrap_or(self.text.len() - start);
        self.at = start + length;
        self.word(start, self.text[start..self.at].to_owned())
    }

    fn quoted(&mut self) -> Word {
        let start = self.at;
        let mut text = String::new();
        let mut characters = self.text[start + 1..].char_indices();
        while let Some((at, c)) = characters.next() {
            self.at = start + 1 + at + c.len_utf8();
            match c {
                '"' => return self.word(start, text),
                '\\' => match characters.next() {
                    Some((at, next)) => {
                        self.at = start + 1 + at + next.len_utf8();
                        if next != '"' {
                            text.push('\\');
                        }
                        text.push(next);
                    }
                    None => text.push('\\'),
                },
                other => text.push(other),
            }
        }
        self.at = self.text.len();
        self.word(start, text)
    }

    fn verbatim(&mut self) -> Word {
        let start = self.at;
        let rest = &self.text[start + 1..];
        let end = rest.find('`');
        let text = rest[..end.unwrap_or(rest.len())].to_owned();
        self.at = end.map_or(self.text.len(), |end| start + 1 + end + 1);
        self.word(start, text)
    }

    /// `<<END`, the lines up to one that holds nothing but `END`; `None` where there is no such line.
    fn heredoc(&mut self) -> Option<Word> {
        if self.open_heredocs > MOST_OPEN_HEREDOCS {
            return None;
        }
        let start = self.at;
        let rest = &self.text[start + 2..];
        let (marker, body) = rest.split_once('\n')?;
        let marker = marker.trim_end_matches('\r');
        if marker.is_empty() || marker.len() > 64 || !marker.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        {
            return None;
        }
        let base = self.text.len() - body.len();
        let mut at = 0;
        for line in body.split_inclusive('\n') {
            if line.trim_start().starts_with(marker) {
                let text = body[..at].to_owned();
                self.at = base + at + (line.len() - line.trim_start().len()) + marker.len();
                return Some(self.word(start, text));
            }
            at += line.len();
        }
        self.open_heredocs += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(lines: &[Line]) -> String {
        lines
            .iter()
            .map(|line| {
                let words: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
                let block = line.block.as_ref().map_or(String::new(), |inner| format!("{{{}}}", flat(inner)));
                format!("{}{block};", words.join(" "))
            })
            .collect()
    }

    #[test]
    fn words_lines_and_blocks() {
        let text = "{\n\thttp_port 80 # x\n}\n(cors) {\n\theader \"A \\\"b\\\"\" `c\"d`\n}\nexample.com, www.example.com {\n\
                    \thandle /api/* {\n\t\treverse_proxy a:80 \\\n\t\t\tb:80 {\n\t\t\tlb_retries 2\n\t\t}\n\t}\n\trespond <<HTML\n<p>{\n\tHTML 200\n}\n";
        let file = parse(SourceId(0), text);
        assert_eq!(
            flat(&file.lines),
            "{http_port 80;};(cors){header A \"b\" c\"d;};example.com, www.example.com{handle /api/*{reverse_proxy a:80 b:80{lb_retries \
             2;};};respond <p>{\n 200;};"
        );
        assert!(file.problems.is_empty(), "{:?}", file.problems);
    }

    #[test]
    fn unbalanced_input_keeps_what_was_read() {
        let problems = |text: &str| parse(SourceId(0), text).problems.len();
        assert_eq!([problems("a {\nb\n"), problems("}\na"), problems("a {\n}\n}"), problems("a {$X} {\n}")], [1, 1, 1, 0]);
        assert_eq!(flat(&parse(SourceId(0), ":80\nrespond \"open").lines), ":80;respond open;");
        let deep = parse(SourceId(0), &"a {\n".repeat(100_000));
        assert_eq!(deep.problems.len(), 2);
    }
}
