//! `DO` blocks: the statements inside, each with whether it runs for certain.
//!
//! Only what PL/pgSQL needs to find statements is read: blocks, conditions, loops and handlers. Dynamic SQL is read where it
//! is one literal; otherwise it may do anything to what its literal pieces name.

use super::{Place, lower as lower_statement};
use crate::source::Span;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, Lexer, Token, literal_inside, literal_value};
use crate::sql::split::Splitter;
use crate::sql::{ObjectName, Statement, Understanding};

/// What is open around a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `BEGIN`; the number is how many statements were there before it.
    Block(usize),
    /// `IF`, `CASE`: under a condition.
    Condition,
    /// `LOOP`.
    Loop,
}

/// Lowers a `DO` block: its statements, or itself where it holds none that matters.
pub fn lower<'t>(place: Place<'t>, tokens: &'t [Token], out: &mut Vec<Statement>) {
    let cursor = place.cursor(tokens);
    let span = super::column::whole(&cursor);
    let before = out.len();
    let body = tokens.iter().find(|token| matches!(token.kind, Kind::Dollar | Kind::Text));
    let is_plpgsql = !tokens.windows(2).any(|pair| is_other_language(&cursor, pair));
    let inside = body.and_then(|token| literal_inside(*token, place.text)).filter(|_| is_plpgsql);
    let understanding = match inside {
        Some(range) => {
            body_statements(Place { block: Some(span), ..place }, range, out);
            Understanding::NoEffect
        }
        None => Understanding::Opaque("a DO block in a form that is not read".into()),
    };
    if out.len() == before {
        let head = cursor.span_of(0..1);
        let touches = Vec::new();
        out.push(Statement { span, head, ops: Vec::new(), understanding, touches, maybe: place.maybe, block: None });
    }
}

fn is_other_language(cursor: &Cursor, pair: &[Token]) -> bool {
    let [first, second] = pair else { return false };
    cursor.token_text(*first).eq_ignore_ascii_case("LANGUAGE") && cursor.fold(*second).is_none_or(|name| name != "plpgsql")
}

/// Reads the body of a block and lowers what matters in it.
fn body_statements(place: Place, range: std::ops::Range<usize>, out: &mut Vec<Statement>) {
    let mut tokens = Vec::new();
    let mut lexer = Lexer::new(place.text, range, place.dialect);
    while let Some(token) = lexer.next_token() {
        if !matches!(token.kind, Kind::Comment | Kind::Command) {
            tokens.push(token);
        }
    }
    let mut cursor = place.cursor(&tokens);
    let named = literal_names(&cursor);
    let mut open: Vec<Open> = Vec::new();
    let mut declaring = false;
    while !cursor.is_done() {
        if cursor.eat_kind(Kind::Semicolon).is_some() {
            continue;
        }
        if declaring && !cursor.is("BEGIN") {
            skip_statement(&mut cursor);
            continue;
        }
        if control(&mut cursor, &mut open, &mut declaring, out) {
            continue;
        }
        let start = cursor.mark();
        skip_statement(&mut cursor);
        let maybe = place.maybe || open.iter().any(|one| !matches!(one, Open::Block(_)));
        let part = &tokens[start..cursor.mark().min(tokens.len())];
        inner_statement(Place { maybe, ..place }, part, &named, out);
    }
}

/// Walks to the semicolon that ends a statement.
fn skip_statement(cursor: &mut Cursor) {
    cursor.skip_until(|here| here.kind(0) == Some(Kind::Semicolon));
}

/// Walks a word that opens or closes something; `false` where a statement starts here.
fn control(cursor: &mut Cursor, open: &mut Vec<Open>, declaring: &mut bool, out: &mut [Statement]) -> bool {
    if cursor.eat("DECLARE") {
        *declaring = true;
    } else if cursor.eat("BEGIN") {
        *declaring = false;
        open.push(Open::Block(out.len()));
    } else if cursor.eat("EXCEPTION") {
        // A handler makes everything in its block uncertain: what failed is undone.
        if let Some(Open::Block(before)) = open.last() {
            out.iter_mut().skip(*before).for_each(|statement| statement.maybe = true);
        }
        open.push(Open::Condition);
    } else if cursor.is_any(&["IF", "CASE"]) {
        open.push(Open::Condition);
        cursor.next();
        skip_past(cursor, "THEN");
    } else if cursor.is_any(&["ELSIF", "ELSEIF", "WHEN"]) {
        skip_past(cursor, "THEN");
    } else if cursor.eat("ELSE") {
    } else if cursor.is_any(&["WHILE", "FOR", "FOREACH", "LOOP"]) {
        open.push(Open::Loop);
        skip_past(cursor, "LOOP");
    } else if cursor.eat("END") {
        // A handler ends with its block.
        if open.pop() == Some(Open::Condition) && !cursor.is_any(&["IF", "CASE"]) {
            open.pop();
        }
        skip_statement(cursor);
    } else if cursor.kind(0) == Some(Kind::Symbol) {
        // `<<label>>`
        cursor.next();
        cursor.next();
        cursor.next();
    } else {
        return false;
    }
    true
}

fn skip_past(cursor: &mut Cursor, word: &str) {
    cursor.skip_until(|here| here.is(word));
    cursor.next();
}

/// Lowers one statement of a block, where it matters.
fn inner_statement<'t>(place: Place<'t>, tokens: &'t [Token], named: &[ObjectName], out: &mut Vec<Statement>) {
    let mut cursor = place.cursor(tokens);
    if !cursor.eat("EXECUTE") {
        let before = out.len();
        lower_statement(place, tokens, out);
        // What has no effect and says nothing is not worth a statement of its own.
        if out.last().is_some_and(|last| last.understanding == Understanding::NoEffect && last.ops.is_empty()) {
            out.truncate(before);
        }
        return;
    }
    let literal = cursor.next();
    let alone = cursor.is_done() || cursor.is_any(&["USING", "INTO"]);
    match literal.and_then(|token| literal_inside(token, place.text)).filter(|_| alone) {
        Some(range) => {
            let mut splitter = Splitter::new(place.text, range, place.dialect);
            let (mut inner, mut comments) = (Vec::new(), Vec::new());
            while splitter.next_piece(&mut inner, &mut comments).is_some() {
                out.push(super::statement(place, &inner));
            }
        }
        None => out.push(dynamic(place, tokens, named)),
    }
}

/// Names that stand alone in a literal anywhere in a block: what its variables may hold.
fn literal_names(body: &Cursor) -> Vec<ObjectName> {
    let plain = |value: &str| {
        value.len() > 1 && value != "public" && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let literals = body.rest().iter().filter(|token| token.kind == Kind::Text);
    let names = literals
        .filter_map(|token| Some((literal_value(*token, body.text).filter(|value| plain(value))?, body.token_span(*token))));
    names.map(|(name, span)| ObjectName { schema: None, name, span }).collect()
}

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

/// Dynamic SQL put together at run time: it may touch what its literals name, and what the block's variables may hold.
fn dynamic<'t>(place: Place<'t>, tokens: &'t [Token], named: &[ObjectName]) -> Statement {
    let cursor = place.cursor(tokens);
    let mut touches: Vec<ObjectName> = Vec::new();
    let (mut is_harmless, mut is_bound) = (false, false);
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
        false => (Understanding::Opaque("SQL that is put together at run time".into()), touches),
    };
    let span: Span = super::column::whole(&cursor);
    Statement {
        span,
        head: cursor.span_of(0..1),
        ops: Vec::new(),
        understanding,
        touches,
        maybe: place.maybe,
        block: place.block,
    }
}

/// Whether a piece of dynamic SQL has its table written out: `ALTER TABLE users ADD COLUMN ..`, and more after it.
fn names_its_table(mut words: Cursor) -> bool {
    words.skip_until(|here| here.is_any(&["TABLE", "ON"]));
    words.next();
    while words.eat_any(&["IF EXISTS", "IF NOT EXISTS", "ONLY"]).is_some() {}
    words.object_name().is_some() && !words.is_done()
}
