//! Queries that the database keeps: the body of a view, and the statements of a function.

use super::{RowStatement, read_rows, statement};
use crate::source::{Excerpt, Site, Span};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, Lexer, Token, literal_inside};
use crate::sql::lower::Place;
use crate::sql::{Dialect, ObjectName};
use std::ops::Range;

/// A function or procedure.
#[derive(Debug, Clone)]
pub struct Routine {
    /// Its name.
    pub name: ObjectName,
    /// Its language in lower case: `sql`, `plpgsql`; `sql` where none is written.
    pub language: String,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// Its statements that read or write rows. Those of a procedural language are in doubt: a name may be that of a variable.
    pub statements: Vec<RowStatement>,
    /// Where it runs text as SQL.
    pub dynamic: Vec<Dynamic>,
}

/// `EXECUTE`: text that is run as SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dynamic {
    /// The statement.
    pub span: Span,
    /// Names that are joined to the text with `||` by themselves, without `quote_ident` or its like.
    pub pasted: Vec<(String, Span)>,
}

fn tokens(text: &str, range: Range<usize>, dialect: Dialect) -> Vec<Token> {
    let mut lexer = Lexer::new(text, range, dialect);
    let all = std::iter::from_fn(|| lexer.next_token());
    all.filter(|token| !matches!(token.kind, Kind::Comment | Kind::Command)).collect()
}

/// The query of the `CREATE VIEW` at `span`.
pub fn read_view(span: Span, part: Excerpt, dialect: Dialect) -> Option<RowStatement> {
    let (text, site, range) = part.at(span)?;
    let tokens = tokens(text, range.clone(), dialect);
    let mut walk = Cursor::new(text, site, dialect, &tokens);
    walk.skip_until(|here| here.is("VIEW"));
    walk.skip_until(|here| here.is("AS"));
    walk.eat("AS").then_some(())?;
    let start = walk.peek(0)?.start as usize;
    let (mut all, _) = read_rows(site, text, start..range.end, dialect);
    (!all.is_empty()).then(|| all.swap_remove(0))
}

/// The function or procedure that the statement at `span` creates. PostgreSQL only; `None` for another statement.
pub fn read_routine(span: Span, part: Excerpt, dialect: Dialect) -> Option<Routine> {
    if dialect != Dialect::Postgres {
        return None;
    }
    let (text, site, range) = part.at(span)?;
    let all = tokens(text, range, dialect);
    let mut walk = Cursor::new(text, site, dialect, &all);
    walk.eat("CREATE").then_some(())?;
    walk.eat("OR REPLACE");
    walk.eat_any(&["FUNCTION", "PROCEDURE"])?;
    let name = walk.object_name()?;
    let parameters = walk.group().map(|inner| inner.parts().filter_map(parameter).collect()).unwrap_or_default();
    let mut language = "sql".to_owned();
    let mut body = None;
    while let Some(token) = walk.next() {
        let word = walk.token_text(token);
        if word.eq_ignore_ascii_case("LANGUAGE") {
            language = walk.peek(0).and_then(|next| walk.fold(next)).unwrap_or(language).to_ascii_lowercase();
        } else if word.eq_ignore_ascii_case("AS") {
            body = body.or(walk.peek(0).and_then(|next| literal_inside(next, text)));
        }
    }
    let mut routine = Routine { name, language, parameters, statements: Vec::new(), dynamic: Vec::new() };
    let Some(body) = body else { return Some(routine) };
    match routine.language.as_str() {
        "sql" => routine.statements = read_rows(site, text, body, dialect).0,
        "plpgsql" => procedural(site, text, body, &mut routine),
        _ => {}
    }
    Some(routine)
}

/// `IN name type`, `name type DEFAULT x`; `None` where only a type is written.
fn parameter(mut part: Cursor) -> Option<String> {
    part.eat_any(&["IN", "OUT", "INOUT", "VARIADIC"]);
    let name = part.identifier()?.value;
    (!part.is_done() && part.kind(0) != Some(Kind::Open) && part.kind(0) != Some(Kind::Dot)).then_some(name)
}

/// The statements in the body of a PL/pgSQL function; conditions and loops are looked through.
fn procedural(site: Site, text: &str, body: Range<usize>, routine: &mut Routine) {
    let all = tokens(text, body, Dialect::Postgres);
    let place = Place::new(text, site, Dialect::Postgres);
    let mut walk = place.cursor(&all);
    while !walk.is_done() {
        if walk.eat_kind(Kind::Semicolon).is_some() {
            continue;
        }
        if walk.eat("DECLARE") {
            walk.skip_until(|here| here.is("BEGIN"));
        } else if walk.eat_any(&["BEGIN", "ELSE", "LOOP", "EXCEPTION", "THEN", "RETURN QUERY", "PERFORM"]).is_some() {
            // `PERFORM f(x)` is a SELECT without its word; what it reads is read where it has a query inside.
        } else if walk.is_any(&["IF", "ELSIF", "ELSEIF", "WHEN", "CASE"]) {
            walk.skip_until(|here| here.is("THEN") || here.kind(0) == Some(Kind::Semicolon));
        } else if walk.is_any(&["FOR", "WHILE", "FOREACH"]) {
            walk.skip_until(|here| here.is_any(&["SELECT", "WITH", "LOOP"]) || here.kind(0) == Some(Kind::Semicolon));
        } else {
            let start = walk.mark();
            walk.skip_until(|here| here.kind(0) == Some(Kind::Semicolon) || here.is("LOOP"));
            if walk.mark() == start {
                walk.next();
                continue;
            }
            let part = all.get(start..walk.mark()).unwrap_or(&[]);
            one(place, part, routine);
        }
    }
}

fn one(place: Place, part: &[Token], routine: &mut Routine) {
    let mut cursor = place.cursor(part);
    if cursor.is_any(&["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"]) {
        let mut read = statement(&cursor, part);
        read.doubt = read.doubt.or(Some("it stands in a procedure, whose variables look like columns"));
        routine.statements.push(read);
        return;
    }
    let span = cursor.span_of(0..part.len());
    if !cursor.eat("EXECUTE") {
        return;
    }
    let pasted = pasted(cursor, &routine.parameters);
    routine.dynamic.push(Dynamic { span, pasted });
}

/// The parameters that stand beside `||`, outside of every function.
fn pasted(text: Cursor, parameters: &[String]) -> Vec<(String, Span)> {
    let mut walk = text;
    let mut found = Vec::new();
    let mut after_bars = false;
    while let Some(token) = walk.peek(0) {
        if walk.is("USING") {
            break;
        }
        let name = if token.kind == Kind::Word { walk.fold(token) } else { None };
        let next = walk.peek(1).map_or("", |next| walk.token_text(next));
        if let Some(name) = name.filter(|name| parameters.contains(name))
            && (after_bars || next == "||")
        {
            found.push((name, walk.token_span(token)));
        }
        after_bars = walk.token_text(token) == "||";
        walk.skip_one();
    }
    found
}
