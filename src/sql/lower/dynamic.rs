//! SQL that is put together at run time: read where its parts are known, bounded by the names in sight where they are not.

use super::Place;
use super::fold::{self, HOLE, Known};
use crate::source::Span;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, Lexer, Token, literal_inside, literal_value};
use crate::sql::split::Splitter;
use crate::sql::{ARGUMENT, ObjectName, Statement, Understanding};

/// First words of dynamic SQL that leaves the catalog alone.
const HARMLESS: &[&str] = &[
    "INSERT",
    "UPDATE",
    "DELETE",
    "SELECT",
    "GRANT",
    "REVOKE",
    "COMMENT",
    "ANALYZE",
    "CREATE ROLE",
    "CREATE USER",
    "NOTIFY",
    "SET",
    "CREATE FUNCTION",
    "CREATE TRIGGER",
    "DROP TRIGGER",
    "ALTER ROLE",
    "ALTER DATABASE",
];

/// Lowers the statements of a text that a statement at `span` runs.
pub fn run(place: Place, text: &str, span: Span, out: &mut Vec<Statement>) {
    let place = Place { text, anchor: Some(span), ..place };
    let mut splitter = Splitter::new(text, 0..text.len(), place.dialect);
    let (mut tokens, mut comments) = (Vec::new(), Vec::new());
    while splitter.next_piece(&mut tokens, &mut comments).is_some() {
        out.push(super::statement(place, &tokens));
    }
}

/// `EXECUTE expression`: `tokens` are those of the whole statement, `named` what the block's variables may hold.
pub fn execute<'t>(place: Place<'t>, tokens: &'t [Token], known: &Known, named: &[ObjectName], out: &mut Vec<Statement>) {
    let mut cursor = place.cursor(tokens);
    cursor.eat_any(&["EXECUTE IMMEDIATE", "EXECUTE"]);
    // One literal keeps its own places.
    let literal = cursor.peek(0).and_then(|token| literal_inside(token, place.text));
    let mut after = cursor;
    after.next();
    if let Some(range) = literal.filter(|_| after.is_done() || after.is_any(&["USING", "INTO"])) {
        let mut splitter = Splitter::new(place.text, range, place.dialect);
        let (mut inner, mut comments) = (Vec::new(), Vec::new());
        while splitter.next_piece(&mut inner, &mut comments).is_some() {
            out.push(super::statement(place, &inner));
        }
        return;
    }
    let start = cursor.mark();
    cursor.skip_until(|here| here.is_any(&["USING", "INTO"]));
    let texts = known.texts(&cursor.over(start..cursor.mark()));
    let place = Place { maybe: place.maybe || texts.len() > 1, ..place };
    if !run_all(place, &texts, super::column::whole(&place.cursor(tokens)), out) {
        let statement = bounded(place, tokens, named);
        let is_passed = statement.understanding != Understanding::NoEffect && texts.iter().all(|text| is_passed(text, place));
        let passed = || ObjectName { schema: None, name: ARGUMENT.into(), span: statement.span };
        let touches = if is_passed { vec![passed()] } else { statement.touches };
        out.push(Statement { touches, ..statement });
    }
}

/// Lowers every text, where all of them are understood in spite of their holes; `false`, and nothing done, otherwise.
pub fn run_all(place: Place, texts: &[String], span: Span, out: &mut Vec<Statement>) -> bool {
    let before = out.len();
    for text in texts {
        if text.starts_with(HOLE) || text.starts_with(ARGUMENT) {
            out.truncate(before);
            return false;
        }
        let start = out.len();
        run(place, text, span, out);
        let is_lost = |statement: &Statement| matches!(statement.understanding, Understanding::Opaque(_));
        if fold::is_open(text) && out.iter().skip(start).any(is_lost) {
            out.truncate(before);
            return false;
        }
    }
    true
}

/// Names that stand alone in a literal anywhere in a block: what its variables may hold.
pub fn literal_names(body: &Cursor) -> Vec<ObjectName> {
    body.rest().iter().filter_map(|token| plain_literal(body, *token)).collect()
}

/// Whether the tables that dynamic SQL changes are those that the caller of a routine names, and no others.
fn is_passed(text: &str, place: Place) -> bool {
    let place = Place { text, ..place };
    let mut splitter = Splitter::new(text, 0..text.len(), place.dialect);
    let (mut tokens, mut comments) = (Vec::new(), Vec::new());
    while splitter.next_piece(&mut tokens, &mut comments).is_some() {
        let mut words = place.cursor(&tokens);
        // More than one table, or none that is named.
        let is_list = words.is_any(&["DROP", "TRUNCATE"]) && text.contains(HOLE);
        to_table(&mut words);
        let Some(mut name) = words.next() else { return false };
        while words.eat_kind(Kind::Dot).is_some() {
            let Some(last) = words.next() else { return false };
            name = last;
        }
        let goes_on = words.peek(0).is_some_and(|next| next.start == name.end && next.kind != Kind::Open);
        if is_list || goes_on || words.token_text(name).trim_matches('"') != ARGUMENT {
            return false;
        }
    }
    true
}

/// The name that a literal holds and nothing else. `None` for every other token.
fn plain_literal(around: &Cursor, token: Token) -> Option<ObjectName> {
    let plain = |value: &str| {
        value.len() > 1 && value != "public" && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let value = if token.kind == Kind::Text { literal_value(token, around.text) } else { None };
    let name = value.filter(|value| plain(value))?.into();
    Some(ObjectName { schema: None, name, span: around.token_span(token) })
}

/// A text that is not known may touch what its literals name, and what the block's variables may hold.
fn bounded<'t>(place: Place<'t>, tokens: &'t [Token], named: &[ObjectName]) -> Statement {
    let cursor = place.cursor(tokens);
    let mut touches: Vec<ObjectName> = Vec::new();
    let (mut is_harmless, mut is_bound) = (false, false);
    let first = tokens.iter().find(|token| matches!(token.kind, Kind::Text | Kind::Dollar));
    let attaches = first.and_then(|token| literal_value(*token, place.text)).is_some_and(|text| attaches(&text, place));
    let why = if attaches { ATTACHES } else { "SQL that is put together at run time" };
    for (at, token) in tokens.iter().filter(|token| matches!(token.kind, Kind::Text | Kind::Dollar)).enumerate() {
        let Some(range) = literal_inside(*token, place.text) else { continue };
        let mut lexer = Lexer::new(place.text, range, place.dialect);
        let inner: Vec<Token> = std::iter::from_fn(|| lexer.next_token()).collect();
        let words = place.cursor(&inner);
        if at == 0 {
            is_harmless = words.is_any(HARMLESS);
            is_bound = names_its_table(words);
        }
        touches.extend(words.all_names());
    }
    if !is_bound {
        touches = if named.is_empty() { Vec::new() } else { touches.into_iter().chain(named.iter().cloned()).collect() };
    }
    let (understanding, touches) = match is_harmless {
        true => (Understanding::NoEffect, Vec::new()),
        false => (Understanding::Opaque(why.into()), touches),
    };
    super::without_ops(place, &cursor, understanding, touches)
}

/// Why it is not known which table gets what its new parent has.
pub const ATTACHES: &str = "a partition is attached whose name is put together at run time";

/// Whether dynamic SQL attaches a partition that it does not name: `ALTER TABLE %s ATTACH PARTITION %s ..`.
fn attaches(text: &str, place: Place) -> bool {
    let mut lexer = Lexer::new(text, 0..text.len(), place.dialect);
    let tokens: Vec<Token> = std::iter::from_fn(|| lexer.next_token()).collect();
    let mut words = Place { text, ..place }.cursor(&tokens);
    let is_alter = words.eat("ALTER TABLE");
    words.skip_until(|here| here.is_any(&["ATTACH PARTITION", "ADD", "ALTER", "DROP", "RENAME", "SET"]));
    is_alter && words.eat("ATTACH PARTITION") && words.object_name().is_none()
}

/// Whether a piece of dynamic SQL has its table written out: `ALTER TABLE users ADD COLUMN ..`, and more after it.
fn names_its_table(mut words: Cursor) -> bool {
    to_table(&mut words);
    words.object_name().is_some() && !words.is_done()
}

/// Walks to the name of the table that a statement changes.
fn to_table(words: &mut Cursor) {
    words.skip_until(|here| here.is_any(&["TABLE", "ON"]));
    words.next();
    while words.eat_any(&["IF EXISTS", "IF NOT EXISTS", "ONLY"]).is_some() {}
}
