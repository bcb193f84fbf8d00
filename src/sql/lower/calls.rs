//! Which functions a statement calls: what those do stands in other statements, often in other files.

use crate::source::Name;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, Token, literal_value};
use crate::sql::{Call, Calls, Dialect};
use std::collections::{HashMap, HashSet};

/// First words of statements that may call a function; the others define something, or hold no expression.
const CALLERS: &[&str] = &["SELECT", "PERFORM", "VALUES", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "EXPLAIN"];

/// Longer literals name no tables, in bytes.
const LONGEST: usize = 400;
/// Calls that pass more words than this may pass any.
const MOST_WORDS: usize = 64;

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
    "CONFLICT",
    "COUNT",
    "CURRENT_SETTING",
    "DISTINCT",
    "ELSE",
    "ELSIF",
    "EXCEPT",
    "EXISTS",
    "FILTER",
    "FORMAT",
    "FROM",
    "GREATEST",
    "IF",
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
    "TO_REGCLASS",
    "TO_REGNAMESPACE",
    "TO_REGPROC",
    "TO_REGTYPE",
    "UNION",
    "UNNEST",
    "UPPER",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "WHILE",
];

/// What a statement calls. `None` where nothing, and where functions change no catalog: those of MySQL and SQL Server cannot.
pub fn of(statement: &Cursor) -> Option<Box<Calls>> {
    if statement.dialect != Dialect::Postgres {
        return None;
    }
    let mut part = *statement;
    if part.eat("CREATE") {
        while part.eat_any(&["GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED"]).is_some() {}
        part.eat_any(&["TABLE", "MATERIALIZED VIEW"])?;
        part.skip_until(|here| here.is("AS"));
    } else if !part.is_any(CALLERS) {
        return None;
    }
    within(&part, &[])
}

/// What an expression, or the body of a routine with these parameters, calls.
pub fn within(part: &Cursor, parameters: &[String]) -> Option<Box<Calls>> {
    let mut made: Vec<Call> = Vec::new();
    let mut known: HashMap<Name, usize> = HashMap::new();
    let parameters: HashSet<&str> = parameters.iter().map(String::as_str).collect();
    // The innermost call that each open bracket stands in.
    let mut brackets: Vec<Option<usize>> = Vec::new();
    let mut opens: Option<usize> = None;
    let mut before: Option<Token> = None;
    let mut walk = *part;
    while let Some(token) = walk.next() {
        let around = brackets.last().copied().flatten();
        match token.kind {
            Kind::Open => brackets.push(opens.take().or(around)),
            Kind::Close => drop(brackets.pop()),
            _ => {
                opens = called(&walk, token, before).map(|name| {
                    *known.entry(name.clone()).or_insert_with(|| {
                        made.push(Call { name, named: Vec::new(), is_complete: true });
                        made.len() - 1
                    })
                });
                if let Some(call) = around.and_then(|at| made.get_mut(at)) {
                    call.is_complete &= argument(&walk, token, before, &parameters, &mut call.named);
                }
            }
        }
        before = Some(token);
    }
    (!made.is_empty()).then(|| Box::new(Calls { made }))
}

/// The words of the literals between the brackets of a routine that is created: what its parameters hold by default.
pub fn defaults(created: &Cursor) -> Vec<Name> {
    let mut walk = *created;
    walk.skip_until(|here| here.kind(0) == Some(Kind::Open));
    let mut named = Vec::new();
    for token in walk.group().map(|inner| inner.rest()).unwrap_or_default() {
        words_of(created, *token, &mut named);
    }
    named
}

/// The name of the function that is called where a token names one; `walk` stands behind it.
fn called(walk: &Cursor, token: Token, before: Option<Token>) -> Option<Name> {
    let is_one_of = |words: &[&str], token: Token| words.iter().any(|one| one.eq_ignore_ascii_case(walk.token_text(token)));
    let is_name = matches!(token.kind, Kind::Word | Kind::Quoted) && walk.kind(0) == Some(Kind::Open);
    if !is_name || is_one_of(NO_CALLS, token) || before.is_some_and(|before| is_one_of(&["INTO", "AS"], before)) {
        return None;
    }
    walk.fold(token).map(Name::from)
}

/// Notes what a token of an argument may name. `false` where the argument may name anything; `walk` stands behind the token.
fn argument(walk: &Cursor, token: Token, before: Option<Token>, parameters: &HashSet<&str>, named: &mut Vec<Name>) -> bool {
    let is_before = |kind: Kind| before.is_some_and(|before| before.kind == kind);
    let text = walk.token_text(token);
    match token.kind {
        Kind::Text | Kind::Dollar => words_of(walk, token, named),
        Kind::Number | Kind::Comma | Kind::Cast => true,
        Kind::Word | Kind::Quoted => {
            let is_label = walk.peek(0).is_some_and(|next| matches!(walk.token_text(next), "=>" | ":="));
            let is_value = ["ARRAY", "NULL", "TRUE", "FALSE", "VARIADIC"].iter().any(|one| one.eq_ignore_ascii_case(text));
            let is_parameter = || walk.fold(token).is_some_and(|name| parameters.contains(name.as_str()));
            let is_alone = !is_before(Kind::Dot) && !matches!(walk.kind(0), Some(Kind::Dot | Kind::Open));
            is_label || is_value || is_alone && (is_before(Kind::Cast) || is_parameter())
        }
        _ => matches!(text, "=>" | ":=" | "[" | "]" | "[]"),
    }
}

/// Notes the words of a literal. `false` where there are too many of them.
fn words_of(around: &Cursor, token: Token, named: &mut Vec<Name>) -> bool {
    let Some(text) = literal_value(token, around.text).filter(|_| matches!(token.kind, Kind::Text | Kind::Dollar)) else {
        return false;
    };
    if text.len() > LONGEST || named.len() >= MOST_WORDS {
        return false;
    }
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '$');
    for word in words.filter(|word| !word.is_empty()) {
        for name in [Name::from(word), Name::from(word.to_lowercase())] {
            if !named.contains(&name) {
                named.push(name);
            }
        }
    }
    true
}
