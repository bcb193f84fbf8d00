//! `CREATE VIEW`: what its query names.

use super::Reading;
use crate::source::Spanned;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::{Change, ObjectName};
use std::collections::BTreeSet;

/// Walks what follows `CREATE VIEW`.
pub fn create(cursor: &mut Cursor, materialized: bool, or_replace: bool) -> Option<Reading> {
    cursor.eat("IF NOT EXISTS");
    let name = cursor.object_name()?;
    cursor.skip_until(|here| here.is("AS"));
    cursor.eat("AS").then_some(())?;
    let query = *cursor;
    let change = Change::CreateView { name, materialized, or_replace, reads: tables(&query), identifiers: identifiers(&query) };
    cursor.finish();
    Some(Reading::of(change))
}

/// Words that end the list of tables after `FROM`.
const AFTER_TABLES: &[&str] =
    &["WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "OFFSET", "FETCH", "FOR"];

/// What is known of one level of brackets.
#[derive(Clone, Copy, Default)]
struct Level {
    /// A list of tables is being read.
    in_list: bool,
    /// It holds a query: `FROM` names tables there, and is no argument as in `extract(year FROM x)`.
    is_query: bool,
}

/// Tables and views after `FROM`, `JOIN` and commas, without the names that the query defines itself.
pub fn tables(query: &Cursor) -> Vec<ObjectName> {
    let mut found: Vec<ObjectName> = Vec::new();
    let mut own: BTreeSet<String> = BTreeSet::new();
    let mut outer: Vec<Level> = Vec::new();
    let mut level = Level { in_list: false, is_query: true };
    let mut walk = *query;
    // After a name brackets hold arguments or columns.
    let mut after_name = false;
    while let Some(token) = walk.next() {
        let follows_name = std::mem::replace(&mut after_name, matches!(token.kind, Kind::Word | Kind::Quoted));
        match token.kind {
            Kind::Open => {
                outer.push(level);
                // `FROM (a JOIN b)` goes on with the list; a subquery starts anew.
                let is_list = level.in_list && !follows_name && !walk.is_any(&["SELECT", "WITH", "VALUES"]);
                level = Level { in_list: is_list, is_query: is_list };
                after_name = take_table(&mut walk, level.in_list, &mut found);
            }
            Kind::Close => level = outer.pop().unwrap_or(level),
            Kind::Comma => after_name = take_table(&mut walk, level.in_list, &mut found),
            Kind::Word => {
                let word = walk.token_text(token).to_ascii_uppercase();
                match word.as_str() {
                    "SELECT" | "DELETE" => level = Level { in_list: false, is_query: true },
                    // `IS DISTINCT FROM x`
                    "DISTINCT" if walk.is("FROM") => {
                        walk.next();
                    }
                    "FROM" | "JOIN" if level.is_query => {
                        level.in_list = true;
                        after_name = take_table(&mut walk, true, &mut found);
                    }
                    _ if AFTER_TABLES.contains(&word.as_str()) => level.in_list = false,
                    _ if defines(&walk) => own.extend(walk.fold(token)),
                    _ => {}
                }
            }
            Kind::Quoted if defines(&walk) => own.extend(walk.fold(token)),
            _ => {}
        }
    }
    found.retain(|table| table.schema.is_some() || !own.contains(&table.name));
    found
}

/// Whether `AS [NOT MATERIALIZED] (SELECT` follows, or the same after `(columns)`: a part of a WITH clause was named.
fn defines(after_name: &Cursor) -> bool {
    const LONGEST_LIST: usize = 128;
    let mut ahead = *after_name;
    if ahead.kind(0) == Some(Kind::Open) {
        let close = (1..LONGEST_LIST).find(|at| matches!(ahead.kind(*at), Some(Kind::Open | Kind::Close) | None));
        let Some(close) = close.filter(|at| ahead.kind(*at) == Some(Kind::Close)) else { return false };
        ahead = ahead.over(ahead.mark() + close + 1..ahead.mark() + close + 6);
    }
    if !ahead.eat("AS") {
        return false;
    }
    ahead.eat("NOT");
    ahead.eat("MATERIALIZED");
    const STARTS: &[&str] = &["SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE"];
    ahead.kind(0) == Some(Kind::Open) && STARTS.iter().any(|word| ahead.word(1).eq_ignore_ascii_case(word))
}

/// Walks a table name, or that of a function, where one comes next; says whether it did.
fn take_table(walk: &mut Cursor, in_list: bool, found: &mut Vec<ObjectName>) -> bool {
    if !in_list {
        return false;
    }
    while walk.eat_any(&["ONLY", "LATERAL"]).is_some() {}
    if walk.is_any(&["SELECT", "VALUES", "WITH", "UNNEST"]) {
        return false;
    }
    let Some(name) = walk.object_name() else { return false };
    let is_new = || !found.iter().any(|known| known.schema == name.schema && known.name == name.name);
    if walk.kind(0) != Some(Kind::Open) && is_new() {
        found.push(name);
    }
    true
}

/// Every identifier of a query once, at its first place.
pub fn identifiers(query: &Cursor) -> Vec<Spanned<String>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for token in query.rest() {
        if !matches!(token.kind, Kind::Word | Kind::Quoted) {
            continue;
        }
        if let Some(name) = query.fold(*token)
            && seen.insert(name.clone())
        {
            found.push(Spanned::new(name, query.token_span(*token)));
        }
    }
    found
}
