//! Where the clauses of one query begin.

use super::Verb;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use std::ops::Range;

/// A clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// After `SELECT`.
    Items,
    /// After `FROM`.
    From,
    /// After `USING` of `DELETE`.
    Using,
    /// After `WHERE`.
    Where,
    /// After `GROUP BY`.
    GroupBy,
    /// After `HAVING`.
    Having,
    /// After `ORDER BY`.
    OrderBy,
    /// After `LIMIT`.
    Limit,
    /// After `OFFSET`.
    Offset,
    /// After `FETCH`.
    Fetch,
    /// After `SET`.
    Set,
    /// After `RETURNING`.
    Returning,
    /// After `VALUES`.
    Values,
    /// After `ON CONFLICT`.
    Conflict,
    /// `WHERE` of `DO UPDATE`.
    ConflictWhere,
    /// After `ON DUPLICATE KEY UPDATE`.
    Duplicate,
    /// The words `UNION ALL` and their like themselves.
    Union,
    /// After `WINDOW`.
    Other,
    /// After `FOR UPDATE` and its like.
    Lock,
    /// What says nothing about rows: `INTO`.
    Ignored,
}

impl Section {
    /// How many words begin it.
    pub fn words(self) -> usize {
        match self {
            Section::GroupBy | Section::OrderBy | Section::Conflict => 2,
            Section::Duplicate => 4,
            Section::Union => 0,
            _ => 1,
        }
    }
}

/// The clauses in order, each with the tokens after its words, by index.
pub fn sections(main: Cursor, verb: Verb) -> Vec<(Section, Range<usize>)> {
    let end = main.mark() + main.rest().len();
    let mut found: Vec<(Section, usize, usize)> = Vec::new();
    let mut walk = main;
    // After a dot it is a column; after an operator or a comma too.
    let mut after_value = true;
    let mut conflict = false;
    while let Some(token) = walk.peek(0) {
        if walk.is("DISTINCT FROM") {
            walk.eat("DISTINCT FROM");
            continue;
        }
        if token.kind == Kind::Word
            && after_value
            && let Some((section, words)) = begins(&walk, verb, conflict)
        {
            let start = walk.mark();
            for _ in 0..words {
                walk.next();
            }
            conflict |= section == Section::Conflict;
            found.push((section, start, walk.mark()));
            continue;
        }
        after_value = match token.kind {
            Kind::Dot | Kind::Comma => false,
            Kind::Symbol => main.token_text(token) == "*",
            _ => true,
        };
        walk.skip_one();
    }
    let stops: Vec<usize> = found.iter().skip(1).map(|(_, start, _)| *start).chain([end]).collect();
    let with_stops = found.into_iter().zip(stops);
    with_stops
        .map(|((section, start, body), stop)| match section {
            Section::Union => (section, start..body),
            _ => (section, body..stop),
        })
        .collect()
}

/// The clause that begins here, and the number of words that begin it.
fn begins(here: &Cursor, verb: Verb, conflict: bool) -> Option<(Section, usize)> {
    let word = here.word(0).to_ascii_uppercase();
    let is_insert = verb == Verb::Insert;
    Some(match word.as_str() {
        "SELECT" if !is_insert => (Section::Items, 1),
        "FROM" if !is_insert => (Section::From, 1),
        "USING" if verb == Verb::Delete => (Section::Using, 1),
        "WHERE" if is_insert && conflict => (Section::ConflictWhere, 1),
        "WHERE" if !is_insert => (Section::Where, 1),
        "GROUP" if here.is("GROUP BY") && !is_insert => (Section::GroupBy, 2),
        "HAVING" if !is_insert => (Section::Having, 1),
        "WINDOW" if !is_insert => (Section::Other, 1),
        "ORDER" if here.is("ORDER BY") && !is_insert => (Section::OrderBy, 2),
        "LIMIT" if !is_insert && has_operand(here) => (Section::Limit, 1),
        "OFFSET" if !is_insert && has_operand(here) => (Section::Offset, 1),
        "FETCH" if here.is_any(&["FETCH FIRST", "FETCH NEXT"]) => (Section::Fetch, 1),
        "FOR" if here.is_any(&["FOR UPDATE", "FOR SHARE", "FOR NO", "FOR KEY"]) => (Section::Lock, 2),
        "LOCK" if here.is("LOCK IN") => (Section::Lock, 2),
        "INTO" if verb == Verb::Select => (Section::Ignored, 1),
        "SET" if verb == Verb::Update || (is_insert && conflict) => (Section::Set, 1),
        "VALUES" if verb == Verb::Select => (Section::Values, 1),
        "RETURNING" if verb != Verb::Select => (Section::Returning, 1),
        "ON" if here.is("ON CONFLICT") => (Section::Conflict, 2),
        "ON" if here.is("ON DUPLICATE KEY UPDATE") => (Section::Duplicate, 4),
        "UNION" | "EXCEPT" | "INTERSECT" if verb == Verb::Select => {
            let all = here.is_any(&["UNION ALL", "UNION DISTINCT", "EXCEPT ALL", "INTERSECT ALL"]);
            (Section::Union, if all { 2 } else { 1 })
        }
        _ => return None,
    })
}

/// Whether the word is a clause and no column of that name.
fn has_operand(here: &Cursor) -> bool {
    let mut after = *here;
    after.next();
    super::has_operand(&after)
}
