//! `CREATE VIEW`, and the names in any statement that reads or writes rows.

use super::{Reading, data, object};
use crate::source::{Name, Spanned};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::{Change, Dialect, Insert, ObjectName};
use std::collections::BTreeSet;

/// Walks what follows `CREATE VIEW`.
pub fn create(cursor: &mut Cursor, materialized: bool, or_replace: bool) -> Option<Reading> {
    cursor.eat("IF NOT EXISTS");
    let name = cursor.object_name()?;
    let list = cursor.group();
    cursor.skip_until(|here| here.is("AS"));
    cursor.eat("AS").then_some(())?;
    let query = *cursor;
    let columns = object::view_columns(list, &query);
    let (reads, identifiers) = (names(&query).tables, identifiers(&query));
    let change = Change::CreateView { name, materialized, or_replace, reads, identifiers, columns };
    cursor.finish();
    Some(Reading::of(change))
}

/// Words that end the list of tables after `FROM`, `UPDATE` or `USING`.
const AFTER_TABLES: &[&str] = &[
    "WHERE",
    "GROUP",
    "ORDER",
    "HAVING",
    "LIMIT",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "WINDOW",
    "OFFSET",
    "FETCH",
    "FOR",
    "SET",
    "RETURNING",
];

/// What is known of one level of brackets.
#[derive(Clone, Copy, Default)]
struct Level {
    /// A list of tables is being read.
    in_list: bool,
    /// It holds a query: `FROM` names tables there, and is no argument as in `extract(year FROM x)`.
    is_query: bool,
}

/// What a statement names.
#[derive(Default)]
pub struct Names {
    /// Tables and views that it reads or writes, each once, where first named; without those that it defines itself.
    pub tables: Vec<ObjectName>,
    /// Its `INSERT`s, those inside of `WITH` too.
    pub inserts: Vec<Insert>,
    seen: BTreeSet<(Option<Name>, Name)>,
}

impl Names {
    fn add(&mut self, table: ObjectName) {
        if self.seen.insert((table.schema.clone(), table.name.clone())) {
            self.tables.push(table);
        }
    }

    /// Walks a table name, or that of a function, where one comes next; says whether it did.
    fn take(&mut self, walk: &mut Cursor) -> bool {
        while walk.eat_any(&["ONLY", "LATERAL"]).is_some() {}
        if walk.is_any(&["SELECT", "VALUES", "WITH", "UNNEST"]) {
            return false;
        }
        let Some(name) = walk.object_name() else { return false };
        if walk.kind(0) != Some(Kind::Open) {
            self.add(name);
        }
        true
    }

    /// Walks what follows `INSERT` or `REPLACE`, up to and with the columns; the table is never a part of `WITH`.
    fn take_insert(&mut self, walk: &mut Cursor) -> bool {
        // A longer list is none; the bound keeps brackets that never close linear.
        const LONGEST_LIST: usize = 4096;
        let mut ahead = *walk;
        let mut is_insert = walk.dialect == Dialect::MySql && walk.kind(0) != Some(Kind::Open);
        while let Some(words) = ahead.eat_any(data::NOISE) {
            is_insert |= words == "INTO";
        }
        let Some(table) = ahead.object_name().filter(|_| is_insert) else { return false };
        if ahead.eat("AS") {
            ahead.identifier();
        }
        let mut list = ahead.over(ahead.mark()..ahead.mark() + LONGEST_LIST);
        let columns = list.column_list();
        let end = if columns.is_some() { list.mark() } else { ahead.mark() };
        *walk = walk.over(end..usize::MAX);
        self.add(table.clone());
        self.inserts.push(Insert { table, columns });
        true
    }
}

/// Tables after `FROM`, `JOIN`, `INTO`, `UPDATE`, `USING` and commas, and the columns that `INSERT` lists.
pub fn names(query: &Cursor) -> Names {
    let mut found = Names::default();
    let mut own: BTreeSet<String> = BTreeSet::new();
    let mut outer: Vec<Level> = Vec::new();
    let mut level = Level { in_list: false, is_query: true };
    let mut walk = *query;
    // Only where a table must come next do brackets hold tables: after a name they hold columns, after `ON a =` values.
    let mut wants_table = false;
    // A verb of a statement stands first, first in brackets, or after the brackets of `WITH`; `FOR UPDATE` has none.
    let mut after_bracket = true;
    while let Some(token) = walk.next() {
        let wanted_table = std::mem::take(&mut wants_table);
        let may_be_verb = std::mem::replace(&mut after_bracket, matches!(token.kind, Kind::Open | Kind::Close));
        match token.kind {
            Kind::Open => {
                outer.push(level);
                // `FROM (a JOIN b)` goes on with the list; a subquery starts anew.
                let is_list = wanted_table && !walk.is_any(&["SELECT", "WITH", "VALUES"]);
                level = Level { in_list: is_list, is_query: is_list };
                wants_table = is_list && !found.take(&mut walk);
                after_bracket = !is_list || wants_table;
            }
            Kind::Close => level = outer.pop().unwrap_or(level),
            Kind::Comma => wants_table = level.in_list && !found.take(&mut walk),
            Kind::Word => {
                let word = walk.token_text(token).to_ascii_uppercase();
                match word.as_str() {
                    "SELECT" | "DELETE" => level = Level { in_list: false, is_query: true },
                    "INSERT" | "REPLACE" if may_be_verb && found.take_insert(&mut walk) => {
                        level = Level { in_list: false, is_query: true };
                    }
                    "UPDATE" | "MERGE" if may_be_verb && matches!(walk.kind(0), Some(Kind::Word | Kind::Quoted)) => {
                        level = Level { in_list: true, is_query: true };
                        while walk.eat_any(data::NOISE).is_some() {}
                        wants_table = !found.take(&mut walk);
                    }
                    // `IS DISTINCT FROM x`
                    "DISTINCT" if walk.is("FROM") => {
                        walk.next();
                    }
                    "FROM" | "JOIN" | "STRAIGHT_JOIN" if level.is_query => {
                        level.in_list = true;
                        wants_table = !found.take(&mut walk);
                    }
                    // `DELETE FROM a USING b`, and not `JOIN b USING (id)`.
                    "USING" if level.in_list && walk.kind(0) != Some(Kind::Open) => wants_table = !found.take(&mut walk),
                    "ON" if walk.is("DUPLICATE KEY") => level.in_list = false,
                    _ if AFTER_TABLES.contains(&word.as_str()) => level.in_list = false,
                    _ if defines(&walk) => own.extend(walk.fold(token)),
                    _ => {}
                }
            }
            Kind::Quoted if defines(&walk) => own.extend(walk.fold(token)),
            _ => {}
        }
    }
    for insert in &found.inserts {
        own.remove(insert.table.name.as_str());
    }
    found.tables.retain(|table| table.schema.is_some() || !own.contains(table.name.as_str()));
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
    // `AS (%query%)`, `AS ((SELECT`
    let may_start = matches!(ahead.kind(1), Some(Kind::Symbol | Kind::Template | Kind::Open));
    ahead.kind(0) == Some(Kind::Open) && (may_start || STARTS.iter().any(|word| ahead.word(1).eq_ignore_ascii_case(word)))
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
