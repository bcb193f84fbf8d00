//! Walks the tokens of one statement: words, names, bracketed groups, and the spans of what was walked.
//!
//! Tokens only; comments are not among them. Nothing here recurses, and every answer is bounded by the tokens given.

use super::lexer::{Kind, Token, literal_value};
use super::{Dialect, ObjectName};
use crate::source::{Name, Site, Span, Spanned};
use std::ops::Range;

/// The longest name that PostgreSQL keeps, in bytes; it cuts longer ones.
const NAME_BYTES: usize = 63;

/// Where reading stands in a statement. Cheap to copy, so trying is cheap.
#[derive(Clone, Copy)]
pub struct Cursor<'t> {
    /// The whole file, or the part of it that is read.
    pub text: &'t str,
    /// Where that stands.
    pub site: Site,
    /// Its dialect.
    pub dialect: Dialect,
    tokens: &'t [Token],
    at: usize,
    end: usize,
    /// Where everything is said to stand, for SQL that stands in no file.
    anchor: Option<Span>,
}

impl<'t> Cursor<'t> {
    /// A cursor at the first of `tokens`.
    pub fn new(text: &'t str, site: impl Into<Site>, dialect: Dialect, tokens: &'t [Token]) -> Cursor<'t> {
        Cursor { text, site: site.into(), dialect, tokens, at: 0, end: tokens.len(), anchor: None }
    }

    /// The same, but every place that it gives is `anchor`, where there is one.
    pub fn anchored(self, anchor: Option<Span>) -> Cursor<'t> {
        Cursor { anchor, ..self }
    }

    /// Whether every token was walked.
    pub fn is_done(&self) -> bool {
        self.at >= self.end
    }

    /// How many tokens were walked; a mark for [`Cursor::span_since`].
    pub fn mark(&self) -> usize {
        self.at
    }

    /// The tokens not yet walked.
    pub fn rest(&self) -> &'t [Token] {
        &self.tokens[self.at.min(self.end)..self.end]
    }

    /// A cursor over some of the tokens, by index.
    pub fn over(&self, range: Range<usize>) -> Cursor<'t> {
        Cursor { at: range.start.min(self.end), end: range.end.min(self.end), ..*self }
    }

    /// The token `ahead` of the current one.
    pub fn peek(&self, ahead: usize) -> Option<Token> {
        let at = self.at.checked_add(ahead)?;
        if at < self.end { self.tokens.get(at).copied() } else { None }
    }

    /// The kind of the token `ahead`.
    pub fn kind(&self, ahead: usize) -> Option<Kind> {
        self.peek(ahead).map(|token| token.kind)
    }

    /// The characters of a token.
    pub fn token_text(&self, token: Token) -> &'t str {
        token.text(self.text)
    }

    /// The place of a token.
    pub fn token_span(&self, token: Token) -> Span {
        self.anchor.unwrap_or_else(|| self.site.span(token.start as usize, token.end as usize))
    }

    /// Walks one token.
    pub fn next(&mut self) -> Option<Token> {
        let token = self.peek(0)?;
        self.at += 1;
        Some(token)
    }

    /// The bare word `ahead`; empty where there is another token or none.
    pub fn word(&self, ahead: usize) -> &'t str {
        match self.peek(ahead) {
            Some(token) if token.kind == Kind::Word => self.token_text(token),
            _ => "",
        }
    }

    /// Whether these words (upper case, separated by one blank) come next.
    pub fn is(&self, words: &str) -> bool {
        // Asked of every token for many words, of which hardly any begins as the token does.
        let first = |word: &str| word.as_bytes().first().map(u8::to_ascii_uppercase);
        first(self.word(0)) == first(words)
            && words.split(' ').enumerate().all(|(ahead, word)| self.word(ahead).eq_ignore_ascii_case(word))
    }

    /// Whether one of these comes next.
    pub fn is_any(&self, options: &[&str]) -> bool {
        options.iter().any(|words| self.is(words))
    }

    /// Walks these words where they come next.
    pub fn eat(&mut self, words: &str) -> bool {
        let found = self.is(words);
        if found {
            self.at += words.split(' ').count();
        }
        found
    }

    /// Walks these words where they come next, and says where they stand.
    pub fn eat_spanned(&mut self, words: &str) -> Option<Span> {
        let mark = self.at;
        self.eat(words).then(|| self.span_since(mark))
    }

    /// Walks the first of these that comes next.
    pub fn eat_any<'o>(&mut self, options: &[&'o str]) -> Option<&'o str> {
        options.iter().copied().find(|words| self.eat(words))
    }

    /// Walks a token of this kind.
    pub fn eat_kind(&mut self, kind: Kind) -> Option<Token> {
        let found = self.peek(0).filter(|token| token.kind == kind)?;
        self.at += 1;
        Some(found)
    }

    /// Walks this operator.
    pub fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.peek(0).is_some_and(|token| token.kind == Kind::Symbol && self.token_text(token) == symbol);
        self.at += usize::from(found);
        found
    }

    /// The place of what was walked since `mark`; an empty place where nothing was.
    pub fn span_since(&self, mark: usize) -> Span {
        self.span_of(mark..self.at)
    }

    /// The place of these tokens, by index.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let bytes = self.bytes_of(range);
        self.anchor.unwrap_or_else(|| self.site.span(bytes.start, bytes.end))
    }

    /// The bytes of these tokens, by index.
    fn bytes_of(&self, range: Range<usize>) -> Range<usize> {
        let end = range.end.min(self.tokens.len());
        match self.tokens.get(range.start.min(end)..end) {
            Some([first, .., last]) => first.start as usize..last.end as usize,
            Some([only]) => only.start as usize..only.end as usize,
            _ => {
                let at = self.tokens.get(range.start).or(self.tokens.last()).map_or(0, |token| token.start as usize);
                at..at
            }
        }
    }

    /// The characters of what is left, comments inside included.
    pub fn rest_text(&self) -> &'t str {
        self.text.get(self.bytes_of(self.at..self.end)).unwrap_or("")
    }

    /// The index of the token after the group that opens at `at`; the end where it is never closed.
    fn group_end(&self, at: usize) -> usize {
        let mut depth = 0usize;
        for (index, token) in self.tokens.iter().enumerate().take(self.end).skip(at) {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close if depth <= 1 => return index + 1,
                Kind::Close => depth -= 1,
                _ => {}
            }
        }
        self.end
    }

    /// Walks a bracketed group and gives a cursor over what is inside. `None` where no bracket opens here or it is never closed.
    pub fn group(&mut self) -> Option<Cursor<'t>> {
        if self.kind(0) != Some(Kind::Open) {
            return None;
        }
        let end = self.group_end(self.at);
        let last = *self.tokens.get(end.checked_sub(1)?)?;
        if last.kind != Kind::Close || end - 1 <= self.at {
            return None;
        }
        let inner = self.over(self.at + 1..end - 1);
        self.at = end;
        Some(inner)
    }

    /// Walks one token, or a whole group where one opens here.
    pub fn skip_one(&mut self) {
        if self.kind(0) == Some(Kind::Open) {
            self.at = self.group_end(self.at);
        } else if self.at < self.end {
            self.at += 1;
        }
    }

    /// Walks to the end, or to where `stop` says yes at bracket depth 0; says how many tokens were walked.
    pub fn skip_until(&mut self, stop: impl Fn(&Cursor<'t>) -> bool) -> usize {
        let mark = self.at;
        while !self.is_done() && !stop(self) {
            self.skip_one();
        }
        self.at - mark
    }

    /// Walks to the end.
    pub fn finish(&mut self) {
        self.at = self.end;
    }

    /// Cursors over the parts between commas at bracket depth 0; none where there is no token. No list of them is made: what is collected
    /// from a list takes over its room, and hundreds of thousands of such rooms would be left between what is kept of a dump.
    pub fn parts(&self) -> impl Iterator<Item = Cursor<'t>> + use<'t> {
        let mut walk = *self;
        std::iter::from_fn(move || {
            while !walk.is_done() {
                let start = walk.at;
                walk.skip_until(|here| here.kind(0) == Some(Kind::Comma));
                let end = walk.at;
                walk.at += 1;
                if end > start {
                    return Some(walk.over(start..end));
                }
            }
            None
        })
    }

    /// The value of an identifier token as the dialect folds it; `None` for other tokens and names that hold a template.
    pub fn fold(&self, token: Token) -> Option<String> {
        let written = self.token_text(token);
        let mut name = match token.kind {
            Kind::Word if matches!(self.dialect, Dialect::MySql | Dialect::SqlServer) => written.to_owned(),
            Kind::Word => written.to_ascii_lowercase(),
            Kind::Quoted | Kind::Text => {
                let open = written.find(['"', '`', '[', '\''])?;
                let close = if &written[open..open + 1] == "[" { "]" } else { &written[open..open + 1] };
                let inner = written[open + 1..].strip_suffix(close)?.replace(&close.repeat(2), close);
                if self.dialect == Dialect::Sqlite { inner.to_ascii_lowercase() } else { inner }
            }
            _ => return None,
        };
        if name.contains("{{") || name.contains("${") {
            return None;
        }
        if self.dialect == Dialect::Postgres && name.len() > NAME_BYTES {
            let mut cut = NAME_BYTES;
            while !name.is_char_boundary(cut) {
                cut -= 1;
            }
            name.truncate(cut);
        }
        Some(name)
    }

    /// Whether the current token touches the next one: `{{prefix}}users` is one name in the end. A word may stand right behind a
    /// quoted name, and is none of it: `` `type`ENUM('a') ``.
    fn touches_next(&self) -> bool {
        match (self.peek(0), self.peek(1)) {
            (Some(one), Some(two)) => {
                let continues = matches!(two.kind, Kind::Word | Kind::Quoted | Kind::Template | Kind::Number);
                // SQLite takes `varchar[10]` for two names.
                let opens = self.dialect == Dialect::Sqlite && self.token_text(two).starts_with('[');
                one.end == two.start && continues && !opens && (one.kind != Kind::Quoted || two.kind == Kind::Template)
            }
            _ => false,
        }
    }

    fn is_name(&self) -> bool {
        match (self.kind(0), self.dialect) {
            (Some(Kind::Word | Kind::Quoted), _) | (Some(Kind::Text), Dialect::Sqlite) => true,
            // With `ANSI_QUOTES`; where a name has to stand, a text is nothing else.
            (Some(Kind::Text), Dialect::MySql) => self.peek(0).is_some_and(|token| self.token_text(token).starts_with('"')),
            _ => false,
        }
    }

    /// Walks one identifier. `None` where none comes next or a template makes its name unknown.
    pub fn identifier(&mut self) -> Option<Spanned<String>> {
        if !self.is_name() || self.touches_next() {
            return None;
        }
        let token = self.peek(0)?;
        let name = self.fold(token)?;
        self.at += 1;
        Some(Spanned::new(name, self.token_span(token)))
    }

    /// Whether a name comes next of which a template holds a part.
    pub fn is_template_name(&self) -> bool {
        let mut walk = *self;
        while walk.kind(1) == Some(Kind::Dot) {
            walk.at += 2;
        }
        let holds = |token: Token| {
            token.kind == Kind::Template || (token.kind == Kind::Quoted && walk.token_text(token).contains(['{', '$']))
        };
        walk.peek(0).is_some_and(|token| holds(token) || walk.touches_next()) && walk.object_name().is_none()
    }

    /// Walks a possibly qualified name. Of `a.b.c` the last two parts count; a qualifier that is a template is left out.
    pub fn object_name(&mut self) -> Option<ObjectName> {
        let mark = self.at;
        let mut schema = None;
        // No dialect has names of more than four parts.
        for _ in 0..4 {
            let last = self.kind(1) != Some(Kind::Dot);
            if last {
                let name = self.identifier()?.value.into();
                return Some(ObjectName { schema, name, span: self.span_since(mark) });
            }
            schema = match self.next()? {
                token if matches!(token.kind, Kind::Word | Kind::Quoted) => self.fold(token).map(Name::from),
                token if token.kind == Kind::Template => None,
                _ => return None,
            };
            self.at += 1;
        }
        None
    }

    /// Walks names between commas.
    pub fn object_names(&mut self) -> Option<Vec<ObjectName>> {
        let mut names = vec![self.object_name()?];
        while self.eat_kind(Kind::Comma).is_some() {
            names.push(self.object_name()?);
        }
        Some(names)
    }

    /// Walks `(a, b)` whose parts are single identifiers.
    pub fn column_list(&mut self) -> Option<Vec<Spanned<String>>> {
        let inner = self.group()?;
        inner.parts().map(|mut part| part.identifier().filter(|_| part.is_done())).collect()
    }

    /// Walks a string literal and gives its value.
    pub fn literal(&mut self) -> Option<Spanned<String>> {
        let token = self.peek(0)?;
        let value = literal_value(token, self.text)?;
        self.at += 1;
        Some(Spanned::new(value, self.token_span(token)))
    }

    /// The next words in upper case, at most `count`: what an action is called where its meaning is not needed.
    pub fn leading_words(&self, count: usize) -> String {
        let words = (0..count).map(|ahead| self.word(ahead)).take_while(|word| !word.is_empty());
        words.map(str::to_ascii_uppercase).collect::<Vec<_>>().join(" ")
    }

    /// Every name in what is left, without repeats: what a statement that was not understood may touch.
    pub fn all_names(&self) -> Vec<ObjectName> {
        let mut names: Vec<ObjectName> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let mut walk = *self;
        while !walk.is_done() {
            let before = walk.at;
            match walk.object_name() {
                Some(name) => {
                    if seen.insert((name.schema.clone(), name.name.clone())) {
                        names.push(name);
                    }
                }
                None => walk.at = before + 1,
            }
        }
        names
    }
}
