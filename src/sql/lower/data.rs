//! Rows: `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`, `COPY`, and queries. None changes the catalog, but for `SELECT .. INTO`.

use super::{Reading, session, table, view};
use crate::source::{Name, Span};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::{Change, DataVerb, Dialect, ObjectName, Rows, Statement};
use std::collections::HashMap;

/// Words between a verb and its table.
pub const NOISE: &[&str] = &[
    "INTO",
    "ONLY",
    "LOW_PRIORITY",
    "DELAYED",
    "HIGH_PRIORITY",
    "IGNORE",
    "QUICK",
    "OR REPLACE",
    "OR IGNORE",
    "OR ABORT",
    "OR FAIL",
    "OR ROLLBACK",
    "FROM",
    "TABLE",
];

/// Walks a statement that writes rows, or `WITH`.
pub fn read(cursor: &mut Cursor) -> Option<Reading> {
    let mut reading = Reading::default();
    if cursor.is("WITH") {
        common_tables(cursor, &mut reading);
    }
    if cursor.is_any(&["SELECT", "VALUES", "TABLE"]) || cursor.is_done() {
        return Some(reading);
    }
    let whole = *cursor;
    if let Some((verb, tables)) = written(cursor) {
        let mut rest = *cursor;
        rest.skip_until(|here| here.is("WHERE"));
        let filtered = !rest.is_done() || cursor.is("ON");
        let mut tail = *cursor;
        tail.skip_until(|here| here.is("CASCADE"));
        let cascade = verb == DataVerb::Truncate && !tail.is_done();
        let copied = copies(&whole, cursor);
        let sources = if copied { view::names(cursor).tables } else { Vec::new() };
        let rows = if verb == DataVerb::Insert && !copied { rows(*cursor).map(Box::new) } else { None };
        reading.push(Change::Data { verb, tables, filtered, cascade, copied, sources, rows }, None);
    }
    Some(reading)
}

/// The verb and its tables. `None` where the table cannot be read or nothing is written.
fn written(cursor: &mut Cursor) -> Option<(DataVerb, Vec<ObjectName>)> {
    let verb = match cursor.eat_any(&["INSERT", "REPLACE", "MERGE", "COPY", "LOAD", "UPDATE", "DELETE", "TRUNCATE"])? {
        "INSERT" | "REPLACE" | "COPY" => DataVerb::Insert,
        "UPDATE" | "MERGE" => DataVerb::Update,
        "DELETE" => DataVerb::Delete,
        "TRUNCATE" => DataVerb::Truncate,
        _ => return None,
    };
    let mark = cursor.mark();
    while cursor.eat_any(NOISE).is_some() {}
    let mut tables = vec![cursor.object_name()?];
    if verb == DataVerb::Truncate {
        while cursor.eat_symbol("*") || cursor.eat_kind(Kind::Comma).is_some() {
            if cursor.kind(0) == Some(Kind::Comma) {
                continue;
            }
            cursor.eat("ONLY");
            tables.extend(cursor.object_name());
        }
    }
    // `COPY t TO ..` reads.
    if verb == DataVerb::Insert && cursor.over(mark.saturating_sub(1)..mark).is("COPY") {
        cursor.group();
        if !cursor.is("FROM") {
            return None;
        }
    }
    Some((verb, tables))
}

/// More rows than this in one statement are data, and no list of constants.
const MOST_ROWS: usize = 64;

/// Statements of one file that put rows into one table; more of them are data too, and kept they would take many times their text.
const MOST_STATEMENTS: usize = 200;

/// The tables that a file puts rows into, with how many of its statements do.
#[derive(Default)]
pub struct Lists {
    statements: HashMap<Name, usize>,
}

impl Lists {
    /// Takes the rows from a statement whose table has had too many.
    pub fn bound(&mut self, statement: &mut Statement) {
        for op in &mut statement.ops {
            let Change::Data { tables, rows: rows @ Some(_), .. } = &mut op.change else { continue };
            let Some(table) = tables.first() else { continue };
            let statements = self.statements.entry(table.name.clone()).or_default();
            *statements += 1;
            if *statements > MOST_STATEMENTS {
                *rows = None;
            }
        }
    }
}

/// The rows behind the name of the table: `(a, b) VALUES ('x', 1), ('y', 2)`. `None` for other forms, and for many rows.
fn rows(mut cursor: Cursor) -> Option<Rows> {
    let columns = if cursor.kind(0) == Some(Kind::Open) { cursor.column_list()? } else { Vec::new() };
    cursor.eat_any(&["OVERRIDING SYSTEM VALUE", "OVERRIDING USER VALUE"]);
    cursor.eat_any(&["VALUES", "VALUE"])?;
    let mut values = Vec::new();
    loop {
        let row = cursor.group()?;
        let text = |mut part: Cursor| part.literal().filter(|_| part.is_done());
        values.push(row.parts().map(text).collect());
        if values.len() > MOST_ROWS {
            return None;
        }
        if cursor.eat_kind(Kind::Comma).is_none() {
            return Some(Rows { columns, values });
        }
    }
}

/// Whether the rows come from elsewhere: a file, or a table that a `FROM` of the query itself names. That of a subquery after
/// `WHERE NOT EXISTS` stands in parentheses.
fn copies(whole: &Cursor, after_table: &Cursor) -> bool {
    let mut rest = *after_table;
    rest.skip_until(|here| here.is("FROM"));
    whole.is_any(&["COPY", "LOAD"]) || !rest.is_done()
}

/// Walks `WITH a AS (..), b AS (..)`; what the parts write is noted.
fn common_tables(cursor: &mut Cursor, reading: &mut Reading) {
    cursor.eat_any(&["WITH RECURSIVE", "WITH"]);
    const MAIN: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE", "REPLACE"];
    while !cursor.is_done() && !cursor.is_any(MAIN) {
        if cursor.kind(0) != Some(Kind::Open) {
            cursor.next();
            continue;
        }
        let Some(mut inner) = cursor.group() else { return cursor.finish() };
        let span = super::column::whole(&inner);
        if inner.is_any(&["INSERT", "UPDATE", "DELETE"])
            && let Some((verb, tables)) = written(&mut inner)
        {
            inner.skip_until(|here| here.is("WHERE"));
            reading.push(
                Change::Data {
                    verb,
                    tables,
                    filtered: !inner.is_done(),
                    cascade: false,
                    copied: true,
                    sources: Vec::new(),
                    rows: None,
                },
                Some(span),
            );
        }
    }
}

/// Walks a query; `in_block` says that `INTO` names a variable.
pub fn select(cursor: &mut Cursor, in_block: bool) -> Option<Reading> {
    let whole = *cursor;
    if !in_block && cursor.dialect == Dialect::Postgres {
        cursor.skip_until(|here| here.is("INTO"));
        if cursor.eat("INTO") {
            return table::select_into(cursor);
        }
    }
    let mut reading = Reading::default();
    if let Some((change, span)) = set_config(whole) {
        reading.push(change, Some(span));
    }
    Some(reading)
}

/// `SELECT set_config('name', 'value', is_local)`.
fn set_config(mut cursor: Cursor) -> Option<(Change, Span)> {
    cursor.skip_until(|here| here.is("set_config") && here.kind(1) == Some(Kind::Open));
    let mark = cursor.mark();
    cursor.eat("set_config").then_some(())?;
    let mut inner = cursor.group()?;
    let name = inner.literal()?.value.to_ascii_lowercase();
    inner.eat_kind(Kind::Comma)?;
    let value = inner.literal()?.value;
    inner.eat_kind(Kind::Comma)?;
    let local = inner.is("TRUE");
    Some((session::setting(&name, value, local, None), cursor.span_since(mark)))
}
