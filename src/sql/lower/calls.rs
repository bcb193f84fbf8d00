//! Which functions a statement calls: what those do stands in other statements, often in other files.

use super::dynamic::plain_literal;
use crate::source::Name;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::{Calls, Dialect};
use std::collections::HashSet;

/// First words of statements that may call a function; the others define something, or hold no expression.
const CALLERS: &[&str] = &["SELECT", "PERFORM", "VALUES", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"];

/// Words that stand before brackets and are no functions that anybody writes: keywords, and the most usual ones of the server.
const NO_CALLS: &[&str] = &[
    "ALL",
    "AND",
    "ANY",
    "ARRAY",
    "AS",
    "BY",
    "CASE",
    "CAST",
    "COALESCE",
    "CONCAT",
    "COUNT",
    "DISTINCT",
    "ELSE",
    "EXCEPT",
    "EXISTS",
    "FILTER",
    "FORMAT",
    "FROM",
    "GREATEST",
    "IN",
    "INTERSECT",
    "LATERAL",
    "LEAST",
    "LOWER",
    "MAX",
    "MIN",
    "NEXTVAL",
    "NOT",
    "NOW",
    "NULLIF",
    "ON",
    "OR",
    "OVER",
    "QUOTE_IDENT",
    "ROW",
    "SELECT",
    "SET",
    "SETVAL",
    "SET_CONFIG",
    "SUM",
    "THEN",
    "UNION",
    "UNNEST",
    "UPPER",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
];

/// What a statement calls. `None` where nothing, and where functions change no catalog: those of MySQL and SQL Server cannot.
pub fn of(statement: &Cursor) -> Option<Box<Calls>> {
    if statement.dialect != Dialect::Postgres || !statement.is_any(CALLERS) {
        return None;
    }
    // Rows are long, and what fills their columns is no migration.
    let is_select = |here: &Cursor| here.is("SELECT");
    let mut rows = *statement;
    rows.skip_until(|here| here.kind(0) == Some(Kind::Open) && here.word(1).eq_ignore_ascii_case("SELECT") || is_select(here));
    if statement.is("INSERT") && rows.is_done() { None } else { within(statement) }
}

/// What an expression, or the body of a routine, calls.
pub fn within(part: &Cursor) -> Option<Box<Calls>> {
    let mut names: Vec<Name> = Vec::new();
    let mut seen: HashSet<Name> = HashSet::new();
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    // Whether each open bracket is that of a call or stands in one.
    let mut brackets: Vec<bool> = Vec::new();
    let (mut is_call, mut reads) = (false, false);
    let mut before = "";
    let mut walk = *part;
    while let Some(token) = walk.next() {
        let word = walk.token_text(token);
        match token.kind {
            Kind::Open => brackets.push(std::mem::take(&mut is_call) || brackets.last() == Some(&true)),
            Kind::Close => drop(brackets.pop()),
            Kind::Text => {
                let to = if brackets.last() == Some(&true) { &mut inside } else { &mut outside };
                to.extend(plain_literal(&walk, token));
            }
            Kind::Word | Kind::Quoted => {
                let is_one_of = |words: &[&str], word: &str| words.iter().any(|one| one.eq_ignore_ascii_case(word));
                let is_open = walk.kind(0) == Some(Kind::Open);
                is_call = is_open && !is_one_of(NO_CALLS, word) && !is_one_of(&["INTO", "AS"], before);
                reads |= is_one_of(&["FROM", "JOIN"], before) && !is_open && !is_one_of(&["LATERAL"], word);
                if is_call
                    && let Some(name) = walk.fold(token).map(Name::from)
                    && seen.insert(name.clone())
                {
                    names.push(name);
                }
            }
            _ => {}
        }
        before = word;
    }
    // Where rows of a table are gone through, an argument may hold any name.
    let named = if reads { inside } else { outside.into_iter().chain(inside).collect() };
    (!names.is_empty()).then(|| Box::new(Calls { names, named }))
}
