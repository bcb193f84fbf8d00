//! Tokens to statements: where each begins and ends, for each dialect, before anything is parsed.
//!
//! What ends a statement: `;` at bracket depth 0 outside a block (`BEGIN ATOMIC`, trigger and routine bodies), the end of the
//! file, a psql command that sends (`\gexec`), MySQL's `DELIMITER`, and drizzle's breakpoint comment. SQL Server's unit is the
//! batch: only a line `GO` ends it. Control words of templates (`{{ if .x }}`, `{% endif %}`) between statements are no SQL.

use super::Dialect;
use super::lexer::{Kind, Lexer, Token};

/// More tokens of an `INSERT` are not kept: dumps write megabytes of rows, and only the head says anything about the catalog.
const INSERT_TOKENS: usize = 4096;

/// One statement's place: from its first token to its last, without the terminator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Whether it stands under a condition of a template.
    pub conditional: bool,
}

/// Reads statements one at a time.
pub struct Splitter<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    dialect: Dialect,
    state: State,
}

/// What the statements before say about how those after them end.
#[derive(Clone, Default)]
pub struct State {
    /// MySQL's `DELIMITER`.
    delimiter: Option<String>,
    /// How many conditions of a template are open.
    conditions: usize,
    /// Inside `/*! .. */` of MySQL.
    versioned: bool,
}

/// What kind of body the statement being read can have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    /// The first words are not all read yet.
    Undecided,
    /// `;` ends it.
    Plain,
    /// A routine, trigger or event: blocks hide semicolons.
    Routine,
    /// The same, with a block that is open already.
    Block,
}

impl<'t> Splitter<'t> {
    /// A splitter over a part of a file.
    pub fn new(text: &'t str, range: std::ops::Range<usize>, dialect: Dialect) -> Splitter<'t> {
        Splitter { text, lexer: Lexer::new(text, range, dialect), dialect, state: State::default() }
    }

    /// The same, which goes on where another one has come to.
    pub fn after(mut self, state: State) -> Splitter<'t> {
        self.lexer.versioned = state.versioned;
        self.state = state;
        self
    }

    /// What it has come to: the offset, and what is needed to go on from there in another text.
    pub fn state(&self) -> (usize, State) {
        (self.lexer.at, State { versioned: self.lexer.versioned, ..self.state.clone() })
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.lexer.at >= self.lexer.end()
    }

    /// Places where something was opened and never closed.
    pub fn unterminated(&self) -> &[(usize, &'static str)] {
        &self.lexer.unterminated
    }

    fn at_delimiter(&mut self) -> Option<usize> {
        let delimiter = self.state.delimiter.as_deref()?;
        self.lexer.skip_blank();
        let rest = self.text.get(self.lexer.at..self.lexer.end())?;
        rest.starts_with(delimiter).then_some(delimiter.len())
    }

    /// The next statement. Its tokens replace those in `tokens`; comments are added to `comments`, in order.
    pub fn next_piece(&mut self, tokens: &mut Vec<Token>, comments: &mut Vec<Token>) -> Option<Piece> {
        tokens.clear();
        let (mut depth, mut blocks) = (0usize, 0usize);
        let mut body = Body::Undecided;
        let mut piece: Option<Piece> = None;
        let mut previous = Kind::Semicolon;
        loop {
            if self.state.delimiter.is_some()
                && let Some(length) = self.at_delimiter()
            {
                self.lexer.at += length;
                match piece {
                    Some(_) => return piece,
                    None => continue,
                }
            }
            let Some(mut token) = self.lexer.next_token() else { return piece };
            if let Some(delimiter) = self.state.delimiter.as_deref()
                && matches!(token.kind, Kind::Word | Kind::Number | Kind::Symbol)
                && let Some(length) = token.text(self.text).find(delimiter)
            {
                // `END$$`: the terminator ends the word.
                token.end = token.start + length as u32;
                self.lexer.at = token.end as usize;
            }
            match token.kind {
                Kind::Comment => {
                    comments.push(token);
                    if piece.is_some() && depth == 0 && token.text(self.text).starts_with("--> statement-breakpoint") {
                        return piece;
                    }
                    continue;
                }
                Kind::Command => {
                    if piece.is_some() && sends(token.text(self.text)) {
                        return piece;
                    }
                    continue;
                }
                Kind::Template if piece.is_none() && self.controls(token) => continue,
                Kind::Semicolon if self.dialect == Dialect::SqlServer => {}
                Kind::Semicolon if self.state.delimiter.is_none() && depth == 0 && blocks == 0 => {
                    if piece.is_none() {
                        continue;
                    }
                    if self.dialect == Dialect::Postgres && copies_from_stdin(tokens, self.text) {
                        self.lexer.skip_copy_data();
                    }
                    return piece;
                }
                Kind::Word => {
                    let word = token.text(self.text);
                    if self.dialect == Dialect::SqlServer && self.is_go(token) {
                        self.lexer.skip_line();
                        match piece {
                            Some(_) => return piece,
                            None => continue,
                        }
                    }
                    if piece.is_none() && self.dialect == Dialect::MySql && word.eq_ignore_ascii_case("DELIMITER") {
                        self.read_delimiter(token);
                        continue;
                    }
                    if body == Body::Undecided {
                        body = self.body_kind(tokens, word);
                        if body == Body::Block {
                            (body, blocks) = (Body::Routine, 1);
                        }
                    }
                    if body == Body::Routine {
                        blocks = self.blocks_after(blocks, word, tokens, previous);
                    }
                }
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            previous = token.kind;
            let (start, end) = (token.start as usize, token.end as usize);
            let whole = piece.get_or_insert(Piece { start, end, conditional: self.state.conditions > 0 });
            whole.end = end;
            let is_insert = || tokens.first().is_some_and(|first| first.text(self.text).eq_ignore_ascii_case("INSERT"));
            if tokens.len() < INSERT_TOKENS || !is_insert() {
                tokens.push(token);
            }
        }
    }

    /// Whether a template placeholder is a control word, which gives no text of its own; opens and closes its condition.
    fn controls(&mut self, token: Token) -> bool {
        let written = token.text(self.text);
        let inner = written.trim_start_matches(['{', '%', '-', '+', '$']).trim_start();
        let word = inner.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or("");
        match word {
            "if" | "unless" | "range" | "for" | "with" | "block" | "define" | "macro" => self.state.conditions += 1,
            _ if word.starts_with("end") => self.state.conditions = self.state.conditions.saturating_sub(1),
            "else" | "elif" | "elseif" | "elsif" => {}
            _ => return written.starts_with("{%"),
        }
        written.starts_with(['{'])
    }

    /// Whether a word is SQL Server's end of a batch: `GO`, or `GO 5`, alone on its line.
    fn is_go(&self, token: Token) -> bool {
        let bytes = self.text.as_bytes();
        let (start, end) = (token.start as usize, token.end as usize);
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b';');
        let ends = |byte: &u8| matches!(byte, b'\n' | b'\r');
        token.text(self.text).eq_ignore_ascii_case("GO")
            && bytes[..start].iter().rev().find(|byte| !is_blank(byte)).is_none_or(ends)
            && bytes[end..].iter().find(|byte| !is_blank(byte) && !byte.is_ascii_digit()).is_none_or(ends)
    }

    /// `DELIMITER x`: a command of the client; the rest of the line is the new terminator. Where that is empty, it is what stands alone
    /// on the next line, as Flyway reads it.
    fn read_delimiter(&mut self, word: Token) {
        let start = word.end as usize;
        self.lexer.at = start;
        let rest = self.text.get(start..self.lexer.end()).unwrap_or("");
        let mut lines = rest.lines().map(str::trim);
        let mut line = lines.next().unwrap_or("");
        let below = lines.next().unwrap_or("");
        if line.is_empty() && !below.is_empty() && below.bytes().all(|byte| byte.is_ascii_punctuation()) {
            line = below;
            self.lexer.skip_line();
        }
        self.state.delimiter = (line != ";" && !line.is_empty()).then(|| line.to_owned());
        self.lexer.skip_line();
    }

    /// Whether `word`, which comes after `tokens`, decides what body the statement has.
    fn body_kind(&self, tokens: &[Token], word: &str) -> Body {
        let is = |options: &[&str]| options.iter().any(|option| word.eq_ignore_ascii_case(option));
        let Some(first) = tokens.first() else {
            return if is(&["CREATE", "BEGIN"]) { Body::Undecided } else { Body::Plain };
        };
        // MariaDB's block outside of a routine.
        if self.dialect == Dialect::MySql && is(&["NOT"]) && first.text(self.text).eq_ignore_ascii_case("BEGIN") {
            return Body::Block;
        }
        if !first.text(self.text).eq_ignore_ascii_case("CREATE") || tokens.len() > 24 {
            return Body::Plain;
        }
        match self.dialect {
            Dialect::Postgres if is(&["FUNCTION", "PROCEDURE"]) => Body::Routine,
            Dialect::Postgres if is(&["OR", "REPLACE"]) => Body::Undecided,
            Dialect::Postgres => Body::Plain,
            _ if is(&["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"]) => Body::Routine,
            _ if is(&["TABLE", "INDEX", "VIEW", "DATABASE", "SCHEMA", "USER", "UNIQUE"]) => Body::Plain,
            _ => Body::Undecided,
        }
    }

    /// The block depth after `word`, inside a routine.
    fn blocks_after(&self, blocks: usize, word: &str, tokens: &[Token], previous: Kind) -> usize {
        let is = |option: &str| word.eq_ignore_ascii_case(option);
        let last = tokens.last().map_or("", |token| token.text(self.text));
        let last_is = |option: &str| last.eq_ignore_ascii_case(option);
        match self.dialect {
            // `BEGIN ATOMIC` of an SQL-standard body; a body in quotes is one token.
            Dialect::Postgres if is("ATOMIC") && last_is("BEGIN") => blocks + 1,
            Dialect::Postgres if blocks == 0 => 0,
            Dialect::Postgres | Dialect::Sqlite | Dialect::SqlServer | Dialect::ClickHouse => match () {
                () if is("CASE") => blocks + 1,
                () if is("BEGIN") && self.dialect != Dialect::Postgres => blocks + 1,
                () if is("END") => blocks.saturating_sub(1),
                () => blocks,
            },
            Dialect::MySql => {
                // `END IF`, `END LOOP`: the word names what ended.
                let after_end = previous == Kind::Word && last_is("END");
                let starts = previous == Kind::Semicolon
                    || ["BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", ":"].into_iter().any(last_is);
                // A trigger's body may be one condition: `FOR EACH ROW IF .. END IF`.
                let is_body = last_is("ROW") && ["IF", "CASE", "LOOP", "REPEAT", "WHILE"].into_iter().any(is);
                match () {
                    () if is("BEGIN") => blocks + 1,
                    () if is_body => blocks + 1,
                    () if blocks == 0 => 0,
                    () if is("END") => blocks.saturating_sub(1),
                    () if after_end => blocks,
                    () if is("CASE") => blocks + 1,
                    () if starts && ["IF", "LOOP", "REPEAT", "WHILE"].into_iter().any(is) => blocks + 1,
                    () => blocks,
                }
            }
        }
    }
}

/// Whether a psql command sends what was typed so far.
fn sends(command: &str) -> bool {
    let name = command[1..].split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or("");
    matches!(name, "g" | "gx" | "gexec" | "gset" | "gdesc" | "watch" | "crosstabview")
}

fn copies_from_stdin(tokens: &[Token], text: &str) -> bool {
    let is = |token: &Token, word: &str| token.kind == Kind::Word && token.text(text).eq_ignore_ascii_case(word);
    tokens.first().is_some_and(|first| is(first, "COPY"))
        && tokens.windows(2).any(|pair| is(&pair[0], "FROM") && is(&pair[1], "STDIN"))
}
