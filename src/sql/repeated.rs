//! Columns that a statement names twice where the server takes them once: in the list of an `INSERT`, after `SET`, and among the
//! columns of a view.

use super::Dialect;
use super::cursor::Cursor;
use super::lexer::Kind;
use super::split::Splitter;
use crate::source::{Span, Spanned};

/// No more of a statement is looked at: the lists stand at its beginning, rows behind.
const MOST: usize = 64 << 10;

/// A name and where it was named before.
type Repeat = (Spanned<String>, Span);

/// Whether a statement is of a kind that [`repeated_columns`] reads.
pub fn may_repeat_columns(statement: &str) -> bool {
    let first: String = statement.trim_start().chars().take_while(|c| c.is_ascii_alphabetic()).collect();
    let has = |most: usize, wanted: &[&str]| {
        statement.split_whitespace().take(most).any(|word| wanted.iter().any(|one| word.eq_ignore_ascii_case(one)))
    };
    match first.to_ascii_lowercase().as_str() {
        "insert" | "update" | "merge" | "with" => true,
        "create" => has(5, &["VIEW", "TABLE"]),
        "select" => has(usize::MAX, &["INTO"]),
        _ => false,
    }
}

/// The second time of each column that the statement at `span` names twice, and the first time. SQLite takes all of them.
pub fn repeated_columns(text: &str, span: Span, dialect: Dialect) -> Vec<Repeat> {
    if !may_repeat_columns(text.get(span.range()).unwrap_or("")) || !matches!(dialect, Dialect::Postgres | Dialect::MySql) {
        return Vec::new();
    }
    let mut end = (span.end as usize).min(span.start as usize + MOST).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut splitter = Splitter::new(text, span.start as usize..end, dialect);
    let (mut tokens, mut comments) = (Vec::new(), Vec::new());
    if splitter.next_piece(&mut tokens, &mut comments).is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    walk(Cursor::new(text, span.source, dialect, &tokens), &mut found, 0);
    found
}

/// The names that stand among others twice, with the first time.
pub fn repeats(names: impl Iterator<Item = Spanned<String>>, dialect: Dialect) -> Vec<Repeat> {
    let mut seen: Vec<Spanned<String>> = Vec::new();
    let mut found = Vec::new();
    for name in names {
        let same = |one: &&Spanned<String>| match dialect {
            Dialect::Postgres => one.value == name.value,
            _ => one.value.eq_ignore_ascii_case(&name.value),
        };
        match seen.iter().find(same) {
            Some(first) => found.push((name, first.span)),
            None => seen.push(name),
        }
    }
    found
}

/// Deeper parentheses are not looked into.
const DEEPEST: usize = 16;

fn walk(mut cursor: Cursor, found: &mut Vec<Repeat>, depth: usize) {
    let dialect = cursor.dialect;
    if depth == 0 && cursor.is("CREATE") {
        return found.extend(repeats(made_columns(cursor).into_iter(), dialect));
    }
    if depth == 0 && dialect == Dialect::Postgres && cursor.is("SELECT") {
        return found.extend(repeats(selected_into(cursor).into_iter(), dialect));
    }
    while !cursor.is_done() {
        if cursor.eat_any(&["INSERT INTO", "INSERT"]).is_some() {
            // `MERGE .. INSERT (..)` names no table.
            if cursor.kind(0) != Some(Kind::Open) && cursor.object_name().is_none() {
                continue;
            }
            if cursor.eat("AS") {
                cursor.next();
            }
            let is_query = |list: &Cursor| list.is_any(&["SELECT", "WITH", "VALUES"]);
            if let Some(list) = cursor.group().filter(|list| !is_query(list)) {
                found.extend(repeats(list.parts().filter_map(alone), dialect));
            }
        } else if dialect == Dialect::Postgres && cursor.eat("SET") {
            found.extend(repeats(targets(&mut cursor).into_iter(), dialect));
        } else if cursor.kind(0) == Some(Kind::Open) && depth < DEEPEST {
            match cursor.group() {
                Some(inner) => walk(inner, found, depth + 1),
                None => cursor.finish(),
            }
        } else {
            cursor.next();
        }
    }
}

/// The name, where nothing else stands there: neither a part of it (`a.x`, `a[1]`) nor an expression.
fn alone(mut part: Cursor) -> Option<Spanned<String>> {
    let name = part.identifier()?;
    part.is_done().then_some(name)
}

/// Walks `a = 1, (b, c) = (2, 3)`: the columns that are set as a whole.
fn targets(cursor: &mut Cursor) -> Vec<Spanned<String>> {
    const ENDS: &[&str] = &["WHERE", "FROM", "RETURNING", "WHEN", "ON CONFLICT"];
    let mut found = Vec::new();
    while !cursor.is_done() && !cursor.is_any(ENDS) {
        match cursor.kind(0) {
            Some(Kind::Open) => {
                let Some(list) = cursor.group() else { break };
                found.extend(list.parts().filter_map(alone));
            }
            _ => {
                let name = cursor.identifier();
                found.extend(name.filter(|_| cursor.eat_symbol("=")));
            }
        }
        // The value: `ENDS` inside of it stand in parentheses, or in a `CASE`.
        let mut cases = 0;
        while !cursor.is_done() && cursor.kind(0) != Some(Kind::Comma) && (cases > 0 || !cursor.is_any(ENDS)) {
            cases += usize::from(cursor.is("CASE"));
            cases -= usize::from(cases > 0 && cursor.is("END"));
            cursor.skip_one();
        }
        cursor.eat_kind(Kind::Comma);
    }
    found
}

/// The columns that a view or a table from a query has for certain: those in its list, else those of its query that have a
/// name of their own. The list of a table is read with the table.
fn made_columns(mut cursor: Cursor) -> Vec<Spanned<String>> {
    cursor.skip_until(|here| here.is_any(&["VIEW", "TABLE"]));
    let is_view = cursor.is("VIEW");
    cursor.next();
    cursor.eat("IF NOT EXISTS");
    if cursor.object_name().is_none() {
        return Vec::new();
    }
    if let Some(list) = cursor.group() {
        return list.parts().filter(|_| is_view).filter_map(alone).collect();
    }
    cursor.skip_until(|here| here.is("AS"));
    if cursor.eat("AS SELECT") { output(cursor, &[]) } else { Vec::new() }
}

/// The columns of the table that `SELECT .. INTO` makes.
fn selected_into(mut cursor: Cursor) -> Vec<Spanned<String>> {
    let mut rest = cursor;
    rest.skip_until(|here| here.is("INTO"));
    if rest.is_done() || !cursor.eat("SELECT") { Vec::new() } else { output(cursor, &["INTO"]) }
}

/// The names that the list of a query gives its columns, as far as they are certain; `ends` end it, too.
fn output(mut cursor: Cursor, ends: &[&str]) -> Vec<Spanned<String>> {
    const ENDS: &[&str] = &[
        "FROM",
        "WHERE",
        "UNION",
        "INTERSECT",
        "EXCEPT",
        "ORDER BY",
        "LIMIT",
        "GROUP BY",
        "WINDOW",
        "WITH NO DATA",
        "WITH DATA",
    ];
    if cursor.eat("DISTINCT ON") {
        return Vec::new();
    }
    cursor.eat_any(&["DISTINCT", "ALL"]);
    let mark = cursor.mark();
    cursor.skip_until(|here| here.is_any(ENDS) || here.is_any(ends));
    cursor.over(mark..cursor.mark()).parts().filter_map(output_name).collect()
}

/// What a column of a query is called, where that is certain: `x AS a`, `1 a`, `t.a`, `a`.
fn output_name(part: Cursor) -> Option<Spanned<String>> {
    let tokens = part.rest();
    let (last, before) = tokens.split_last()?;
    let end = part.mark() + tokens.len();
    let is_named = match before.last() {
        None => true,
        Some(one) if one.kind == Kind::Dot => true,
        Some(one) if matches!(one.kind, Kind::Number | Kind::Text) => before.len() == 1,
        Some(_) => part.over(end - 2..end).is("AS"),
    };
    let name = part.fold(*last).filter(|_| is_named && matches!(last.kind, Kind::Word | Kind::Quoted))?;
    Some(Spanned::new(name, part.token_span(*last)))
}
