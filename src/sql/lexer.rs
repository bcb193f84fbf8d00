//! Bytes to tokens, byte-exact. Every token knows its range in the whole file; white space is what lies between.
//!
//! Nothing fails: what is unterminated runs to the end and is noted, what is no token is one unknown character. Template
//! placeholders (`{{ .Schema }}`, `{% if %}`, `${schema}`) are tokens of their own, so the text is never rewritten.

use super::Dialect;

/// Templates are short; what does not close within so many bytes is not one.
const LONGEST_TEMPLATE: usize = 200;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or a bare name.
    Word,
    /// A quoted name: `"x"`, `` `x` ``, `[x]`, by dialect.
    Quoted,
    /// A string literal with its prefix: `'x'`, `E'x'`, `B'1'`, `U&'x'`.
    Text,
    /// A dollar-quoted string.
    Dollar,
    /// A number.
    Number,
    /// `(` or `[`.
    Open,
    /// `)` or `]`.
    Close,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `.`
    Dot,
    /// `::`
    Cast,
    /// An operator.
    Symbol,
    /// A placeholder of a template language.
    Template,
    /// `$1`
    Parameter,
    /// A comment with its markers, without the line end.
    Comment,
    /// A psql command, from its backslash to the end of the line.
    Command,
    /// A character that starts no token.
    Unknown,
}

/// A token: its kind and its bytes in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Token {
    /// The characters of the token.
    pub fn text(self, whole: &str) -> &str {
        whole.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// Reads tokens one at a time, so that the splitter can skip data that is no SQL.
pub struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// Where the next token is looked for.
    pub at: usize,
    end: usize,
    dialect: Dialect,
    /// Inside `/*! .. */` of MySQL, whose content is code.
    pub versioned: bool,
    /// Where something was opened and never closed, and what.
    pub unterminated: Vec<(usize, &'static str)>,
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_operator(byte: u8) -> bool {
    matches!(
        byte,
        b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=' | b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'?' | b'`'
    )
}

impl<'t> Lexer<'t> {
    /// A lexer over a part of a file; offsets stay offsets of the whole text. A range that cuts a character is moved in.
    pub fn new(text: &'t str, range: std::ops::Range<usize>, dialect: Dialect) -> Lexer<'t> {
        let mut end = range.end.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut at = range.start.min(end);
        while !text.is_char_boundary(at) {
            at += 1;
        }
        if at == 0 && text.starts_with('\u{feff}') {
            at = '\u{feff}'.len_utf8().min(end);
        }
        Lexer { text, bytes: text.as_bytes(), at, end, dialect, versioned: false, unterminated: Vec::new() }
    }

    fn byte(&self, at: usize) -> u8 {
        if at < self.end { self.bytes[at] } else { 0 }
    }

    /// The end of what is read.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Moves past white space; what is left starts a token or is the end.
    fn skip_space(&mut self) {
        while self.at < self.end && matches!(self.bytes[self.at], b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c) {
            self.at += 1;
        }
    }

    /// Moves to the first byte after the current line.
    pub fn skip_line(&mut self) {
        self.at = self.line_end(self.at);
        if self.byte(self.at) == b'\r' {
            self.at += 1;
        }
        if self.byte(self.at) == b'\n' {
            self.at += 1;
        }
    }

    /// Moves past the data of `COPY .. FROM STDIN`: the rest of this line, then lines up to and including `\.`.
    pub fn skip_copy_data(&mut self) {
        self.skip_line();
        while self.at < self.end {
            let line = &self.bytes[self.at..self.line_end(self.at)];
            let last = line == b"\\.";
            self.skip_line();
            if last {
                return;
            }
        }
    }

    /// The end of the line that holds `at`: PostgreSQL ends a line at LF or CR.
    fn line_end(&self, at: usize) -> usize {
        let ends = self.bytes[at.min(self.end)..self.end].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        ends.map_or(self.end, |length| at + length)
    }

    fn token(&mut self, kind: Kind, start: usize, end: usize) -> Option<Token> {
        self.at = end.min(self.end);
        Some(Token { kind, start: start as u32, end: self.at as u32 })
    }

    /// The next token; comments are tokens.
    pub fn next_token(&mut self) -> Option<Token> {
        self.skip_blank();
        if self.at >= self.end {
            return None;
        }
        self.token_here()
    }

    /// Moves past white space and the markers of `/*!40101 code */`, which count as such.
    pub fn skip_blank(&mut self) {
        loop {
            self.skip_space();
            if self.dialect != Dialect::MySql || self.at >= self.end || !self.versioned_marker() {
                return;
            }
        }
    }

    fn versioned_marker(&mut self) -> bool {
        let rest = &self.bytes[self.at..self.end];
        if self.versioned && rest.starts_with(b"*/") {
            self.versioned = false;
            self.at += 2;
            return true;
        }
        let length = if rest.starts_with(b"/*!") {
            3
        } else if rest.starts_with(b"/*M!") {
            4
        } else {
            return false;
        };
        self.versioned = true;
        let digits = rest[length..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length + digits;
        true
    }

    fn token_here(&mut self) -> Option<Token> {
        let start = self.at;
        let byte = self.bytes[start];
        let next = self.byte(start + 1);
        match byte {
            b'\'' => self.quoted_text(start, start + 1, self.dialect == Dialect::MySql),
            b'"' if self.dialect == Dialect::MySql => self.delimited(Kind::Text, start, b'"', true),
            b'"' => self.quoted_name(start, start + 1),
            b'`' if self.dialect != Dialect::Postgres => self.delimited(Kind::Quoted, start, b'`', false),
            b'[' if matches!(self.dialect, Dialect::Sqlite | Dialect::SqlServer) => {
                self.delimited(Kind::Quoted, start, b']', false)
            }
            b'(' | b'[' => self.token(Kind::Open, start, start + 1),
            b')' | b']' => self.token(Kind::Close, start, start + 1),
            b',' => self.token(Kind::Comma, start, start + 1),
            b';' => self.token(Kind::Semicolon, start, start + 1),
            b'-' if next == b'-' && self.dash_comment(start) => self.token(Kind::Comment, start, self.line_end(start)),
            b'#' if self.dialect == Dialect::MySql => self.token(Kind::Comment, start, self.line_end(start)),
            b'/' if next == b'*' => self.block_comment(start),
            b'.' if !next.is_ascii_digit() => self.token(Kind::Dot, start, start + 1),
            b'0'..=b'9' | b'.' => self.number(start),
            b':' if next == b':' => self.token(Kind::Cast, start, start + 2),
            // A variable of psql that stands for a name: `:"schema"`.
            b':' if next == b'"' && self.dialect == Dialect::Postgres => {
                let name = self.quoted_name(start, start + 2)?;
                Some(Token { kind: Kind::Template, ..name })
            }
            b':' => self.token(Kind::Symbol, start, start + if next == b'=' { 2 } else { 1 }),
            b'$' if self.dialect != Dialect::MySql => self.dollar(start),
            b'{' if matches!(next, b'{' | b'%') => self.template(start),
            b'\\' if self.dialect == Dialect::Postgres => self.token(Kind::Command, start, self.line_end(start)),
            _ if starts_word(byte) => self.word(start),
            _ if is_operator(byte) => self.operator(start),
            _ => self.token(Kind::Unknown, start, start + 1),
        }
    }

    /// MySQL demands white space after the two dashes, because of `5--1`; the tools that split files do not at the start of a
    /// line, and drizzle's breakpoint is `-->`.
    fn dash_comment(&self, start: usize) -> bool {
        let at_line_start =
            || self.bytes[..start].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| *byte == b'\n');
        self.dialect != Dialect::MySql
            || start + 2 >= self.end
            || self.bytes[start + 2].is_ascii_whitespace()
            || self.bytes[start + 2] == b'>'
            || at_line_start()
    }

    fn word(&mut self, start: usize) -> Option<Token> {
        let (byte, next) = (self.bytes[start] | 0x20, self.byte(start + 1));
        if next == b'\'' && matches!(byte, b'e' | b'b' | b'x' | b'n') {
            let escapes = (byte == b'e' && self.dialect == Dialect::Postgres) || self.dialect == Dialect::MySql;
            return self.quoted_text(start, start + 2, escapes);
        }
        if byte == b'u' && next == b'&' && self.dialect == Dialect::Postgres {
            match self.byte(start + 2) {
                b'\'' => return self.quoted_text(start, start + 3, false),
                b'"' => return self.quoted_name(start, start + 3),
                _ => {}
            }
        }
        let length = self.bytes[start..self.end].iter().position(|byte| !is_word(*byte));
        self.token(Kind::Word, start, length.map_or(self.end, |length| start + length))
    }

    fn operator(&mut self, start: usize) -> Option<Token> {
        let mut end = start + 1;
        while is_operator(self.byte(end)) {
            let pair = (self.byte(end), self.byte(end + 1));
            // A comment ends an operator, and so do the marks that MySQL reads otherwise.
            let stops = match self.dialect {
                Dialect::MySql => matches!(pair.0, b'`' | b'#' | b'@') || pair == (b'*', b'/'),
                Dialect::Postgres => false,
                _ => pair.0 == b'`',
            };
            if matches!(pair, (b'-', b'-') | (b'/', b'*')) || stops {
                break;
            }
            end += 1;
        }
        // As in PostgreSQL: a trailing sign belongs to the number, so `=-1` is `=` and `-1`.
        let special = |byte: &u8| matches!(byte, b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'`' | b'?');
        while end > start + 1 && matches!(self.bytes[end - 1], b'+' | b'-') && !self.bytes[start..end].iter().any(special) {
            end -= 1;
        }
        self.token(Kind::Symbol, start, end)
    }

    fn number(&mut self, start: usize) -> Option<Token> {
        let mut end = start;
        loop {
            let byte = self.byte(end);
            let exponent = end > start && matches!(self.bytes[end - 1], b'e' | b'E') && matches!(byte, b'+' | b'-');
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') || (exponent && self.byte(end + 1).is_ascii_digit()))
            {
                return self.token(Kind::Number, start, end);
            }
            end += 1;
        }
    }

    /// `'..'` from its opening quote (`inside` is the first byte within); `''` is a quote, and `\'` where escapes count.
    fn quoted_text(&mut self, start: usize, inside: usize, escapes: bool) -> Option<Token> {
        self.delimited_from(Kind::Text, start, inside, b'\'', escapes)
    }

    fn delimited(&mut self, kind: Kind, start: usize, close: u8, escapes: bool) -> Option<Token> {
        self.delimited_from(kind, start, start + 1, close, escapes)
    }

    fn delimited_from(&mut self, kind: Kind, start: usize, inside: usize, close: u8, escapes: bool) -> Option<Token> {
        let mut at = inside.min(self.end);
        loop {
            let stop = |byte: &u8| *byte == close || (escapes && *byte == b'\\');
            let Some(found) = self.bytes[at..self.end].iter().position(stop) else { break };
            at += found;
            if self.bytes[at] != close {
                at = (at + 2).min(self.end);
            } else if self.byte(at + 1) == close {
                at += 2;
            } else {
                return self.token(kind, start, at + 1);
            }
        }
        let what = if kind == Kind::Text { "unterminated string" } else { "unterminated quoted name" };
        self.unterminated.push((start, what));
        self.token(kind, start, self.end)
    }

    /// `".."`; a template inside may hold quotes of its own: `"{{ index .Options "Namespace" }}"`.
    fn quoted_name(&mut self, start: usize, inside: usize) -> Option<Token> {
        let mut at = inside.min(self.end);
        while let Some(found) = self.bytes[at..self.end].iter().position(|byte| matches!(byte, b'"' | b'{')) {
            at += found;
            match (self.bytes[at], self.byte(at + 1)) {
                (b'{', b'{') => at = self.template_end(at).unwrap_or(at + 1),
                (b'{', _) => at += 1,
                (_, b'"') => at += 2,
                _ => return self.token(Kind::Quoted, start, at + 1),
            }
        }
        self.unterminated.push((start, "unterminated quoted name"));
        self.token(Kind::Quoted, start, self.end)
    }

    /// One past the end of a template that opens at `at`, on the same line and not too far: the bound keeps `{{{{{{..` linear.
    fn template_end(&self, at: usize) -> Option<usize> {
        let line = &self.bytes[at..self.end.min(at + LONGEST_TEMPLATE)];
        let close: &[u8] = match line {
            [b'$', ..] => b"}",
            // The percent sign that opens it is not the one that closes it.
            [_, b'%', ..] => b"%}",
            _ => b"}}",
        };
        let mut found = 2.min(line.len());
        loop {
            found += line[found..].iter().position(|byte| *byte == close[0] || *byte == b'\n')?;
            if line[found..].starts_with(close) {
                return Some(at + found + close.len());
            }
            if line[found] == b'\n' {
                return None;
            }
            found += 1;
        }
    }

    fn template(&mut self, start: usize) -> Option<Token> {
        match self.template_end(start) {
            Some(end) => self.token(Kind::Template, start, end),
            None => self.token(Kind::Unknown, start, start + 1),
        }
    }

    fn block_comment(&mut self, start: usize) -> Option<Token> {
        let nests = matches!(self.dialect, Dialect::Postgres | Dialect::SqlServer);
        let mut depth = 1usize;
        let mut at = start + 2;
        while let Some(found) = self.bytes[at.min(self.end)..self.end].iter().position(|byte| matches!(byte, b'*' | b'/')) {
            at += found;
            match (self.bytes[at], self.byte(at + 1)) {
                (b'*', b'/') => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        return self.token(Kind::Comment, start, at);
                    }
                }
                (b'/', b'*') if nests => {
                    depth += 1;
                    at += 2;
                }
                _ => at += 1,
            }
        }
        self.unterminated.push((start, "unterminated comment"));
        self.token(Kind::Comment, start, self.end)
    }

    /// `$1`, `${name}`, `$tag$..$tag$`, or a stray dollar.
    fn dollar(&mut self, start: usize) -> Option<Token> {
        let next = self.byte(start + 1);
        if next.is_ascii_digit() {
            let length = self.bytes[start + 1..self.end].iter().position(|byte| !byte.is_ascii_digit());
            return self.token(Kind::Parameter, start, length.map_or(self.end, |length| start + 1 + length));
        }
        if next == b'{' {
            return self.template(start);
        }
        let mut tag = start + 1;
        if starts_word(next) {
            while is_word(self.byte(tag)) && self.byte(tag) != b'$' {
                tag += 1;
            }
        }
        if self.byte(tag) != b'$' || self.dialect != Dialect::Postgres {
            return self.token(Kind::Unknown, start, start + 1);
        }
        let mark = &self.text[start..=tag];
        match self.text[tag + 1..self.end].find(mark) {
            Some(length) => self.token(Kind::Dollar, start, tag + 1 + length + mark.len()),
            None => {
                self.unterminated.push((start, "unterminated dollar-quoted string"));
                self.token(Kind::Dollar, start, self.end)
            }
        }
    }
}

/// The bytes inside a dollar-quoted string, or inside `'..'` that holds no escape: offsets within them are offsets of the file.
pub fn literal_inside(token: Token, text: &str) -> Option<std::ops::Range<usize>> {
    let written = token.text(text);
    let start = token.start as usize;
    match token.kind {
        Kind::Dollar => {
            let tag = written[1..].find('$')? + 2;
            let closed = written.len() >= 2 * tag && written.ends_with(&written[..tag]);
            closed.then(|| start + tag..token.end as usize - tag)
        }
        Kind::Text => {
            let inner = written.strip_prefix('\'')?.strip_suffix('\'')?;
            (!inner.contains(['\'', '\\'])).then(|| start + 1..token.end as usize - 1)
        }
        _ => None,
    }
}

/// The value of a string literal: quotes off, doubled quotes made one, the escapes of E-strings that are a single letter undone.
pub fn literal_value(token: Token, text: &str) -> Option<String> {
    let written = token.text(text);
    match token.kind {
        Kind::Dollar => literal_inside(token, text).map(|range| text[range].to_owned()),
        Kind::Text => {
            let open = written.find(['\'', '"'])?;
            let quote = &written[open..open + 1];
            let inner = written[open + 1..].strip_suffix(quote)?;
            let inner = inner.replace(&quote.repeat(2), quote);
            if !written.starts_with(['e', 'E']) || !inner.contains('\\') {
                return Some(inner);
            }
            let mut out = String::new();
            let mut letters = inner.chars();
            while let Some(letter) = letters.next() {
                out.push(match letter {
                    '\\' => match letters.next().unwrap_or('\\') {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    },
                    other => other,
                });
            }
            Some(out)
        }
        _ => None,
    }
}
