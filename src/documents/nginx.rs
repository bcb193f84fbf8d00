//! nginx configuration: directives with their words and places, in blocks.
//!
//! Words follow nginx's own reader: quotes and backslashes, `${x}` inside a word, comments only between words. What is
//! absent: any knowledge of directives (but that the body of `*_by_lua_block` is Lua), and any following of `include`.

use super::word::Word;
use crate::diagnostic::Problem;
use crate::source::{SourceId, Span};

/// Names a directive within one [`Nginx`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DirectiveId(u32);

/// A directive: a name, its arguments, and the block that it may open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The first word.
    pub name: Word,
    /// The other words.
    pub arguments: Vec<Word>,
    /// From the name up to the last argument, without `;` or `{`.
    pub span: Span,
    /// What stands in its braces, in order; `None` for a directive that ends with `;`.
    pub block: Option<Vec<DirectiveId>>,
}

/// One file's directives.
#[derive(Debug, Clone)]
pub struct Nginx {
    source: SourceId,
    directives: Vec<Directive>,
    roots: Vec<DirectiveId>,
    /// What was wrong, in order of place.
    pub problems: Vec<Problem>,
}

impl Nginx {
    /// The file.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The directives outside of every block, in order.
    pub fn roots(&self) -> &[DirectiveId] {
        &self.roots
    }

    /// A directive by its name in this file.
    pub fn directive(&self, id: DirectiveId) -> &Directive {
        &self.directives[id.0 as usize]
    }

    /// Every directive, in all blocks, in order of their ends.
    pub fn ids(&self) -> impl Iterator<Item = DirectiveId> + use<> {
        (0..self.directives.len() as u32).map(DirectiveId)
    }

    /// How many directives there are, in all blocks.
    pub fn len(&self) -> usize {
        self.directives.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.directives.is_empty()
    }
}

/// Reads an nginx configuration. Unbalanced braces and missing `;` are problems; what was read before stays.
pub fn parse(source: SourceId, text: &str) -> Nginx {
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let nginx = Nginx { source, directives: Vec::new(), roots: Vec::new(), problems: Vec::new() };
    let mut reader = Reader { text, at, nginx, words: Vec::new(), open: Vec::new() };
    while let Some(token) = reader.token() {
        reader.take(token);
    }
    reader.finish()
}

enum Token {
    Word(Word),
    Semicolon,
    Open,
    Close,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    nginx: Nginx,
    /// The words since the last `;`, `{` or `}`.
    words: Vec<Word>,
    /// The open blocks, outermost first: the directive, what it holds so far, and the offset of its `{`.
    open: Vec<(DirectiveId, Vec<DirectiveId>, usize)>,
}

impl Reader<'_> {
    fn problem(&mut self, start: usize, end: usize, message: impl Into<String>) {
        self.nginx.problems.push(Problem::new(self.nginx.source, start, end, message));
    }

    fn take(&mut self, token: Token) {
        match token {
            Token::Word(word) => self.words.push(word),
            Token::Semicolon => {
                if self.end_directive(None).is_none() {
                    self.problem(self.at - 1, self.at, "`;` without a directive");
                }
            }
            Token::Open => {
                let brace = self.at - 1;
                let Some(id) = self.end_directive(Some(Vec::new())) else {
                    self.problem(brace, self.at, "`{` without a directive");
                    // The block is kept apart, so that its closing brace closes it and nothing else.
                    let name = Word { text: String::new(), span: Span::new(self.nginx.source, brace, self.at) };
                    self.words.push(name);
                    let id = self.end_directive(Some(Vec::new()));
                    self.open.extend(id.map(|id| (id, Vec::new(), brace)));
                    return;
                };
                if self.nginx.directive(id).name.text.ends_with("_by_lua_block") {
                    self.skip_lua(brace);
                } else {
                    self.open.push((id, Vec::new(), brace));
                }
            }
            Token::Close => {
                self.unfinished();
                match self.open.pop() {
                    Some((id, children, _)) => self.nginx.directives[id.0 as usize].block = Some(children),
                    None => self.problem(self.at - 1, self.at, "`}` without `{`"),
                }
            }
        }
    }

    /// Makes a directive of the words so far; `None` where there are none.
    fn end_directive(&mut self, block: Option<Vec<DirectiveId>>) -> Option<DirectiveId> {
        let mut words = std::mem::take(&mut self.words).into_iter();
        let name = words.next()?;
        let arguments: Vec<Word> = words.collect();
        let span = arguments.last().map_or(name.span, |last| name.span.to(last.span));
        let id = DirectiveId(self.nginx.directives.len() as u32);
        self.nginx.directives.push(Directive { name, arguments, span, block });
        match self.open.last_mut() {
            Some((_, children, _)) => children.push(id),
            None => self.nginx.roots.push(id),
        }
        Some(id)
    }

    /// Words that no `;` ended: nginx refuses the file; they are dropped, because where they end is not known.
    fn unfinished(&mut self) {
        if let (Some(first), Some(last)) = (self.words.first(), self.words.last()) {
            let span = first.span.to(last.span);
            self.problem(span.start as usize, span.end as usize, "a directive without `;`");
            self.words.clear();
        }
    }

    fn finish(mut self) -> Nginx {
        self.unfinished();
        while let Some((id, children, brace)) = self.open.pop() {
            if self.open.is_empty() {
                self.problem(brace, brace + 1, "`{` that is never closed");
            }
            self.nginx.directives[id.0 as usize].block = Some(children);
        }
        self.nginx.problems.sort_by_key(|problem| problem.span.start);
        self.nginx
    }

    fn token(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at)? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'#' => self.at = self.text[self.at..].find('\n').map_or(bytes.len(), |length| self.at + length + 1),
                _ => break,
            }
        }
        let single = match bytes.get(self.at)? {
            b';' => Token::Semicolon,
            b'{' => Token::Open,
            b'}' => Token::Close,
            quote @ (b'"' | b'\'') => return Some(Token::Word(self.quoted(*quote))),
            _ => return Some(Token::Word(self.plain())),
        };
        self.at += 1;
        Some(single)
    }

    fn word(&self, start: usize, inner: std::ops::Range<usize>) -> Word {
        let raw = self.text.get(inner).unwrap_or("");
        let text = if raw.contains('\\') { unescape(raw) } else { raw.to_owned() };
        Word { text, span: Span::new(self.nginx.source, start, self.at) }
    }

    fn quoted(&mut self, quote: u8) -> Word {
        let bytes = self.text.as_bytes();
        let start = self.at;
        self.at += 1;
        while let Some(byte) = bytes.get(self.at) {
            if *byte == quote {
                self.at += 1;
                return self.word(start, start + 1..self.at - 1);
            }
            self.at += if *byte == b'\\' { 2 } else { 1 };
        }
        self.at = bytes.len();
        self.problem(start, start + 1, "a quote that is never closed");
        self.word(start, start + 1..self.at)
    }

    fn plain(&mut self) -> Word {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut after_dollar = false;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' => break,
                b'{' if !after_dollar => break,
                b'\\' => self.at += 1,
                _ => {}
            }
            after_dollar = *byte == b'$';
            self.at += 1;
        }
        self.at = self.at.min(bytes.len());
        self.word(start, start..self.at)
    }

    /// Skips the Lua after a `{`, up to and including the `}` that closes it. Lua's strings and comments hide braces.
    fn skip_lua(&mut self, brace: usize) {
        let bytes = self.text.as_bytes();
        let mut depth = 1usize;
        while let Some(byte) = bytes.get(self.at) {
            let rest = &bytes[self.at..];
            self.at += match byte {
                b'{' => {
                    depth += 1;
                    1
                }
                b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return;
                    }
                    1
                }
                b'"' | b'\'' => lua_string(rest, *byte),
                b'[' if rest.starts_with(b"[[") => after(rest, b"]]"),
                b'-' if rest.starts_with(b"--[[") => after(rest, b"]]"),
                b'-' if rest.starts_with(b"--") => after(rest, b"\n"),
                _ => 1,
            };
        }
        self.problem(brace, brace + 1, "`{` that is never closed");
    }
}

/// The length of a Lua string with its quotes; it ends with its line at the latest.
fn lua_string(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\n' => return at,
            b'\\' => at += 1,
            byte if *byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

/// The length up to and including the first `end`; all of `rest` without one.
fn after(rest: &[u8], end: &[u8]) -> usize {
    rest.windows(end.len()).position(|window| window == end).map_or(rest.len(), |at| at + end.len())
}

/// A backslash makes quotes, backslashes and three controls; before anything else nginx keeps it.
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut characters = raw.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match characters.next() {
            Some(same @ ('"' | '\'' | '\\')) => out.push(same),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('n') => out.push('\n'),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file in one line: `name(argument,argument){...};`.
    fn flat(nginx: &Nginx, ids: &[DirectiveId]) -> String {
        ids.iter()
            .map(|id| {
                let one = nginx.directive(*id);
                let words: Vec<&str> = one.arguments.iter().map(|word| word.text.as_str()).collect();
                let block = one.block.as_ref().map_or(";".into(), |inner| format!("{{{}}}", flat(nginx, inner)));
                format!("{}({}){block}", one.name.text, words.join(","))
            })
            .collect()
    }

    fn read(text: &str) -> (String, Vec<String>) {
        let nginx = parse(SourceId(0), text);
        (flat(&nginx, nginx.roots()), nginx.problems.iter().map(|problem| problem.message.clone()).collect())
    }

    #[test]
    fn words_quotes_comments_and_blocks() {
        let (flat, problems) = read(
            "http { # all\r\n  server{listen 80;location ~ \"^/a{2}\" { proxy_pass http://${up}/x#y; add_header A 'b\\'c' always; } } }",
        );
        assert_eq!(
            flat,
            "http(){server(){listen(80);location(~,^/a{2}){proxy_pass(http://${up}/x#y);add_header(A,b'c,always);}}}"
        );
        assert_eq!(problems, Vec::<String>::new());
    }

    #[test]
    fn lua_is_skipped_with_its_braces() {
        let lua = "a { content_by_lua_block { -- }\n local t = { x = \"}\" } --[[ } ]] s = [[ } ]] } b 1; } c 2;";
        let (flat, problems) = read(lua);
        assert_eq!(flat, "a(){content_by_lua_block(){}b(1);}c(2);");
        assert!(problems.is_empty());
    }

    #[test]
    fn unbalanced_input_keeps_what_was_read() {
        assert_eq!(read("a { b 1; } } c 2;"), ("a(){b(1);}c(2);".into(), vec!["`}` without `{`".into()]));
        assert_eq!(read("a { b 1; c { d"), {
            let problems = vec!["`{` that is never closed".into(), "a directive without `;`".into()];
            ("a(){b(1);c(){}}".into(), problems)
        });
        assert_eq!(read("; {x 1;} a \"b"), {
            let problems = ["`;` without a directive", "`{` without a directive", "a quote that is never closed"];
            let mut problems: Vec<String> = problems.map(str::to_owned).to_vec();
            problems.insert(2, "a directive without `;`".into());
            ("(){x(1);}".into(), problems)
        });
    }

    #[test]
    fn places_are_exact() {
        let text = "\u{feff}a  'ö x'  b ;";
        let nginx = parse(SourceId(0), text);
        let one = nginx.directive(nginx.roots()[0]);
        assert_eq!(&text[one.span.range()], "a  'ö x'  b");
        assert_eq!(&text[one.arguments[0].span.range()], "'ö x'");
    }
}
