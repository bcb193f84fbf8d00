//! SQL Server: a batch is walked for its statements, which need no semicolon between them.
//!
//! Best effort: a statement ends where a line begins with a word that starts one. What is not understood stays a doubt.

use super::guard::{self, Guard};
use super::routine::Session;
use super::{Place, dynamic, statement};
use crate::sql::Statement;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, Token};

/// Words that start a statement.
const STARTS: &[&str] = &[
    "CREATE",
    "ALTER",
    "DROP",
    "EXEC",
    "EXECUTE",
    "IF",
    "BEGIN",
    "DECLARE",
    "SET",
    "PRINT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "TRUNCATE",
    "SELECT",
    "WHILE",
    "RETURN",
    "USE",
    "GRANT",
    "REVOKE",
    "DENY",
    "COMMIT",
    "ROLLBACK",
    "SAVE",
    "RAISERROR",
    "THROW",
    "BREAK",
    "CONTINUE",
    "GOTO",
    "WAITFOR",
    "DBCC",
    "ENABLE",
    "DISABLE",
    "WITH",
];

/// Words after which the next line goes on with the statement.
const GOES_ON: &[&str] = &[
    "FOR",
    "AFTER",
    "OF",
    "ON",
    "AS",
    "UNION",
    "ALL",
    "EXCEPT",
    "INTERSECT",
    "THEN",
    "INTO",
    "FROM",
    "AND",
    "OR",
    "NOT",
    "IN",
    "EXISTS",
];

/// Words of `ALTER TABLE` that start its action.
const ACTIONS: &[&str] = &["ADD", "DROP", "ALTER", "WITH", "CHECK", "NOCHECK", "ENABLE", "DISABLE", "SET", "SWITCH", "REBUILD"];

enum Open {
    /// `BEGIN .. END`.
    Block,
    /// `IF`, and its guard; the next statement or block is its body.
    Condition(Option<Guard>),
    /// `WHILE`.
    Loop,
}

/// Lowers the statements of a batch.
pub fn batch<'t>(place: Place<'t>, session: &mut Session, tokens: &'t [Token], out: &mut Vec<Statement>) {
    let mut cursor = place.cursor(tokens);
    let mut walk = Walk { place, session, open: Vec::new() };
    while !cursor.is_done() {
        if cursor.eat_kind(Kind::Semicolon).is_some() {
            continue;
        }
        if walk.control(&mut cursor) {
            continue;
        }
        let start = cursor.mark();
        walk_statement(&mut cursor, place.text);
        if let Some(part) = tokens.get(start..cursor.mark().min(tokens.len())) {
            walk.one(part, out);
        }
        walk.closed(&mut cursor);
    }
}

struct Walk<'s, 't> {
    place: Place<'t>,
    session: &'s mut Session,
    open: Vec<Open>,
}

impl<'t> Walk<'_, 't> {
    /// Walks a word that opens or closes something; `false` where a statement starts here.
    fn control(&mut self, cursor: &mut Cursor) -> bool {
        if cursor.eat_any(&["BEGIN TRY", "BEGIN CATCH"]).is_some() {
            self.open.push(Open::Condition(None));
            self.open.push(Open::Block);
        } else if cursor.is("BEGIN") && !cursor.is_any(&["BEGIN TRAN", "BEGIN TRANSACTION", "BEGIN DISTRIBUTED"]) {
            cursor.next();
            self.open.push(Open::Block);
        } else if cursor.eat("IF") {
            let start = cursor.mark();
            cursor.skip_until(|here| here.is_any(STARTS));
            let guard = guard::read(&cursor.over(start..cursor.mark()), &self.session.known, &|_| None);
            self.open.push(Open::Condition(guard));
        } else if cursor.eat("WHILE") {
            cursor.skip_until(|here| here.is_any(STARTS));
            self.open.push(Open::Loop);
        } else if cursor.eat("END") {
            cursor.eat_any(&["TRY", "CATCH"]);
            while !matches!(self.open.pop(), Some(Open::Block) | None) {}
            self.closed(cursor);
        } else if !cursor.eat("ELSE") {
            return false;
        }
        true
    }

    /// A statement or block has ended: so has every condition that it was the body of.
    fn closed(&mut self, cursor: &mut Cursor) {
        cursor.eat_kind(Kind::Semicolon);
        while let Some(Open::Condition(guard)) = self.open.last_mut() {
            if cursor.eat("ELSE") {
                *guard = guard.take().map(Guard::negated);
                return;
            }
            self.open.pop();
        }
        if matches!(self.open.last(), Some(Open::Loop)) {
            self.open.pop();
        }
    }

    /// The only condition around a statement, where it asks for something by name.
    fn guard(&self) -> Option<&Guard> {
        let mut conditions = self.open.iter().filter(|one| !matches!(one, Open::Block));
        match (conditions.next(), conditions.next()) {
            (Some(Open::Condition(guard)), None) => guard.as_ref(),
            _ => None,
        }
    }

    fn one(&mut self, tokens: &'t [Token], out: &mut Vec<Statement>) {
        let maybe = self.place.maybe || self.open.iter().any(|one| !matches!(one, Open::Block));
        let place = Place { maybe, ..self.place };
        let cursor = place.cursor(tokens);
        let before = out.len();
        self.session.assign(&cursor, maybe);
        if !self.dynamic(place, tokens, out) {
            out.push(statement(place, tokens));
        }
        if let Some(guard) = self.guard() {
            for statement in out.iter_mut().skip(before) {
                statement.guarded = guard::decides(guard, statement);
            }
        }
    }

    /// `EXEC ('text')`, `EXEC sp_executesql N'text'`: what the text does, where it is known.
    fn dynamic(&self, place: Place<'t>, tokens: &'t [Token], out: &mut Vec<Statement>) -> bool {
        let mut cursor = place.cursor(tokens);
        if cursor.eat_any(&["EXECUTE", "EXEC"]).is_none() {
            return false;
        }
        let text = if cursor.eat("sp_executesql") { cursor.parts().next() } else { cursor.group() };
        let Some(text) = text else { return false };
        let texts = self.session.known.texts(&text);
        let place = Place { maybe: place.maybe || texts.len() > 1, ..place };
        dynamic::run_all(place, &texts, super::column::whole(&place.cursor(tokens)), out)
    }
}

/// Walks to where the next statement starts.
fn walk_statement(cursor: &mut Cursor, text: &str) {
    let first = *cursor;
    // A routine, trigger or view is the rest of its batch.
    let mut head = first;
    head.eat_any(&["CREATE OR ALTER", "CREATE", "ALTER"]);
    if head.mark() > first.mark() && head.is_any(&["PROC", "PROCEDURE", "FUNCTION", "TRIGGER", "VIEW"]) {
        return cursor.finish();
    }
    let is_alter = first.is("ALTER TABLE");
    let (mut cases, mut acted) = (0usize, false);
    let mut last = cursor.next();
    while let Some(token) = cursor.peek(0) {
        let new_line = last.is_some_and(|last| {
            text.get(last.end as usize..token.start as usize).is_some_and(|between| between.contains(['\n', '\r']))
        });
        if cursor.kind(0) == Some(Kind::Semicolon) {
            return;
        }
        match token.kind {
            Kind::Word if cursor.is("CASE") => cases += 1,
            Kind::Word if cursor.is("END") && cases > 0 => cases -= 1,
            Kind::Word if cursor.is_any(&["END", "ELSE"]) && cases == 0 => return,
            Kind::Word if new_line && cases == 0 && cursor.is_any(STARTS) => {
                let after = last.map_or("", |last| last.text(text));
                let goes_on = GOES_ON.iter().any(|word| after.eq_ignore_ascii_case(word)) || after == ",";
                if !goes_on && !continues(&first, cursor, is_alter && !acted) {
                    return;
                }
            }
            _ => {}
        }
        acted |= is_alter && cursor.is_any(ACTIONS);
        last = Some(token);
        cursor.skip_one();
    }
}

/// Whether a word at the start of a line goes on with a statement that begins as `first` does.
fn continues(first: &Cursor, here: &Cursor, wants_action: bool) -> bool {
    const ROWS: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "SET", "EXEC", "EXECUTE", "WITH"];
    match () {
        () if first.is_any(&["UPDATE"]) => here.is("SET"),
        () if first.is_any(&["INSERT"]) => here.is_any(&["SELECT", "EXEC", "EXECUTE", "WITH"]),
        () if first.is_any(&["MERGE", "WITH"]) => here.is_any(ROWS),
        () if first.is_any(&["GRANT", "DENY", "REVOKE", "DECLARE"]) => here.is_any(&["SELECT", "INSERT", "UPDATE", "DELETE"]),
        () if first.is_any(&["CREATE"]) => here.is("WITH"),
        () if wants_action => here.is_any(ACTIONS),
        () => here.is("WITH"),
    }
}
