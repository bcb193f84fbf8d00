//! The bodies of blocks and routines: PL/pgSQL and MySQL's stored programs, statement by statement.
//!
//! Only what is needed to find statements is read: blocks, conditions, loops, handlers, and what variables hold.

use super::calls;
use super::dynamic::{self, literal_names};
use super::fold::Known;
use super::guard::{self, Guard};
use super::routine::Session;
use super::{Place, statement};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, Token};
use crate::sql::{Dialect, ObjectName, Statement, Understanding};
use std::collections::HashMap;

/// What is open around a statement.
#[derive(Clone, PartialEq, Eq)]
enum Open {
    /// `BEGIN`; the number is how many statements were there before it.
    Block(usize),
    /// `IF`, `CASE`: under a condition, and which, where it asks whether something is there.
    Condition(Option<Guard>),
    /// `EXCEPTION`, or a handler of MySQL: it ends with the block around it.
    Handler,
    /// `LOOP`.
    Loop,
}

/// A body that is being walked.
pub struct Walk<'s, 't> {
    pub place: Place<'t>,
    pub session: &'s mut Session,
    named: Vec<ObjectName>,
    open: Vec<Open>,
    declaring: bool,
    /// What was known before each branch and loop that is open.
    before: Vec<Known>,
    /// What variables counted or tested.
    counted: HashMap<String, Guard>,
}

/// Walks the tokens of a body and lowers what matters in it.
pub fn body<'t>(place: Place<'t>, session: &mut Session, tokens: &'t [Token], out: &mut Vec<Statement>) {
    // What a routine passes on are the names that its caller gives, and not any that it happens to write.
    let named = if session.is_judging() { Vec::new() } else { literal_names(&place.cursor(tokens)) };
    let mut walk =
        Walk { place, session, named, open: Vec::new(), declaring: false, before: Vec::new(), counted: HashMap::new() };
    let mut cursor = place.cursor(tokens);
    while !cursor.is_done() {
        if cursor.eat_kind(Kind::Semicolon).is_some() {
            continue;
        }
        let start = cursor.mark();
        if walk.declaring && !cursor.is("BEGIN") {
            walk.declare(&mut cursor);
            walk.note_calls(&cursor.over(start..cursor.mark()), out);
            continue;
        }
        if walk.control(&mut cursor, out) {
            walk.note_calls(&cursor.over(start..cursor.mark()), out);
            continue;
        }
        skip_statement(&mut cursor);
        if let Some(part) = tokens.get(start..cursor.mark().min(tokens.len())) {
            walk.one(part, out);
        }
    }
}

/// Walks to the semicolon that ends a statement.
fn skip_statement(cursor: &mut Cursor) {
    cursor.skip_until(|here| here.kind(0) == Some(Kind::Semicolon));
}

fn skip_past(cursor: &mut Cursor, words: &[&str]) {
    cursor.skip_until(|here| here.is_any(words));
    cursor.next();
}

impl<'t> Walk<'_, 't> {
    fn is_mysql(&self) -> bool {
        self.place.dialect == Dialect::MySql
    }

    fn maybe(&self) -> bool {
        self.place.maybe || self.open.iter().any(|one| !matches!(one, Open::Block(_)))
    }

    /// The guards of all conditions around a statement; `None` where something else is open too.
    fn guard(&self) -> Option<Guard> {
        let mut all: Option<Guard> = None;
        for one in &self.open {
            match one {
                Open::Block(_) => {}
                Open::Condition(Some(guard)) => match &mut all {
                    None => all = Some(guard.clone()),
                    Some(_) => return None,
                },
                _ => return None,
            }
        }
        all.filter(|_| !self.place.maybe)
    }

    fn condition(&self, condition: &Cursor) -> Option<Guard> {
        let counted = |name: &str| self.counted.get(&name.to_lowercase()).cloned();
        guard::read(condition, &self.session.known, &counted)
    }

    /// Walks a condition to and past `THEN`.
    fn then(&self, cursor: &mut Cursor) -> Option<Guard> {
        let start = cursor.mark();
        cursor.skip_until(|here| here.is("THEN"));
        let guard = self.condition(&cursor.over(start..cursor.mark()));
        cursor.next();
        guard
    }

    /// Walks a word that opens or closes something; `false` where a statement starts here.
    fn control(&mut self, cursor: &mut Cursor, out: &mut [Statement]) -> bool {
        if cursor.is("DECLARE") {
            cursor.next();
            if !self.is_mysql() {
                self.declaring = true;
            } else if !self.handler(cursor) {
                self.declare(cursor);
            }
        } else if cursor.eat("BEGIN") {
            self.declaring = false;
            self.open.push(Open::Block(out.len()));
        } else if cursor.eat("EXCEPTION") {
            // A handler makes everything in its block uncertain: what failed is undone.
            if let Some(Open::Block(before)) = self.open.last() {
                out.iter_mut().skip(*before).for_each(|statement| statement.maybe = true);
            }
            self.open.push(Open::Handler);
        } else if cursor.eat("IF") {
            let guard = self.then(cursor);
            self.branch(Open::Condition(guard));
        } else if cursor.eat("CASE") {
            self.branch(Open::Condition(None));
            skip_past(cursor, &["THEN"]);
        } else if cursor.eat_any(&["ELSIF", "ELSEIF", "WHEN"]).is_some() {
            let guard = self.then(cursor);
            self.replace_condition(|_| guard);
        } else if cursor.eat("ELSE") {
            self.replace_condition(|guard| guard.map(Guard::negated));
        } else if cursor.is_any(&["WHILE", "FOR", "FOREACH", "LOOP", "REPEAT"]) {
            self.branch(Open::Loop);
            self.start_loop(cursor);
        } else if cursor.eat("END") {
            // A handler ends with its block.
            match self.open.pop() {
                Some(Open::Handler) => {
                    self.open.pop();
                }
                Some(Open::Condition(_) | Open::Loop) => {
                    if let Some(before) = self.before.pop() {
                        self.session.known.merge(&before);
                    }
                }
                _ => {}
            }
            skip_statement(cursor);
        } else if cursor.kind(0) == Some(Kind::Symbol) && !self.is_mysql() {
            // `<<label>>`
            cursor.next();
            cursor.next();
            cursor.next();
        } else if cursor.peek(1).is_some_and(|token| cursor.token_text(token) == ":") {
            // `label: LOOP`
            cursor.next();
            cursor.next();
        } else {
            return false;
        }
        true
    }

    /// Notes what a condition, a loop, a declaration or an assignment calls.
    fn note_calls(&self, part: &Cursor, out: &mut Vec<Statement>) {
        let calls = if self.place.dialect == Dialect::Postgres { calls::within(part, &[]) } else { None };
        if calls.is_some() {
            let place = Place { maybe: self.maybe(), ..self.place };
            let silent = super::without_ops(place, part, Understanding::NoEffect, Vec::new());
            out.push(Statement { calls, ..silent });
        }
    }

    /// Opens what may not run.
    fn branch(&mut self, open: Open) {
        self.before.push(self.session.known.clone());
        self.open.push(open);
    }

    fn replace_condition(&mut self, with: impl FnOnce(Option<Guard>) -> Option<Guard>) {
        if let Some(Open::Condition(guard)) = self.open.last_mut() {
            *guard = with(guard.take());
            if let Some(before) = self.before.last() {
                self.session.known.merge(before);
            }
        }
    }

    /// `DECLARE .. HANDLER FOR .. statement` of MySQL, from after `DECLARE`.
    fn handler(&mut self, cursor: &mut Cursor) -> bool {
        if !cursor.is_any(&["CONTINUE HANDLER", "EXIT HANDLER", "UNDO HANDLER"]) {
            return false;
        }
        cursor.skip_until(|here| here.is("BEGIN") || here.kind(0) == Some(Kind::Semicolon));
        if cursor.is("BEGIN") {
            self.branch(Open::Condition(None));
        }
        true
    }

    /// Walks to the body of a loop, and notes what its variable holds.
    fn start_loop(&mut self, cursor: &mut Cursor) {
        if cursor.eat_any(&["LOOP", "REPEAT"]).is_some() {
            return;
        }
        let each = cursor.eat("FOREACH");
        if each || cursor.is("FOR") {
            cursor.eat("FOR");
            let variable = cursor.identifier();
            let start = cursor.mark();
            cursor.skip_until(|here| here.is("LOOP"));
            let mut range = cursor.over(start..cursor.mark());
            if let Some(variable) = variable {
                match elements(&mut range, each) {
                    Some(texts) => self.session.known.set(&variable.value, texts, false),
                    None => self.session.known.forget(&variable.value),
                }
            }
        }
        skip_past(cursor, if self.is_mysql() { &["DO", "LOOP"] } else { &["LOOP"] });
    }

    /// `name [CONSTANT] type [:= value]`, of MySQL `name, name type [DEFAULT value]`.
    fn declare(&mut self, cursor: &mut Cursor) {
        let start = cursor.mark();
        skip_statement(cursor);
        let mut walk = cursor.over(start..cursor.mark());
        let Some(name) = walk.identifier() else { return };
        let assigns =
            |here: &Cursor| here.is("DEFAULT") || here.peek(0).is_some_and(|token| matches!(here.token_text(token), ":=" | "="));
        walk.skip_until(assigns);
        walk.next();
        let texts = self.session.known.texts(&walk);
        self.session.known.set(&name.value, texts, false);
    }

    /// Lowers one statement of a body, where it matters.
    fn one(&mut self, tokens: &'t [Token], out: &mut Vec<Statement>) {
        let place = Place { maybe: self.maybe(), ..self.place };
        let cursor = place.cursor(tokens);
        let before = out.len();
        if self.session.assign(&cursor, false) || self.fill(cursor) {
            return self.note_calls(&cursor, out);
        }
        if self.session.prepared(place, tokens, out) || self.session.call(place, tokens, out) {
        } else if cursor.is("EXECUTE") {
            dynamic::execute(place, tokens, &self.session.known, &self.named, out);
        } else {
            out.push(statement(place, tokens));
        }
        // What has no effect and says nothing is not worth a statement of its own.
        let is_silent =
            |one: &Statement| one.understanding == Understanding::NoEffect && one.ops.is_empty() && one.calls.is_none();
        let last = out.last().is_some_and(is_silent);
        if last && out.len() == before + 1 {
            out.truncate(before);
        }
        if let Some(guard) = self.guard() {
            for statement in out.iter_mut().skip(before) {
                statement.guarded = guard::decides(&guard, statement);
            }
        }
    }

    /// `SELECT .. INTO variable`: nothing is known of it but what was counted or tested. `true` where it does nothing else.
    fn fill(&mut self, whole: Cursor) -> bool {
        if !whole.is_any(&["SELECT", "EXECUTE", "FETCH"]) {
            return false;
        }
        let mut cursor = whole;
        cursor.skip_until(|here| here.is("INTO"));
        if !cursor.eat("INTO") {
            return false;
        }
        cursor.eat("STRICT");
        let asks = whole.is_any(&["SELECT COUNT", "SELECT EXISTS", "SELECT 1", "SELECT TRUE"]);
        let mut only = true;
        while let Some(name) = cursor.identifier() {
            self.session.known.forget(&name.value);
            self.counted.remove(&name.value.to_lowercase());
            if cursor.eat_kind(Kind::Comma).is_none() {
                if asks && only {
                    let guard = guard::of_query(&whole, &self.session.known);
                    self.counted.insert(name.value.to_lowercase(), guard);
                }
                break;
            }
            only = false;
        }
        whole.is("SELECT")
    }
}

/// The texts that a loop goes through: `IN ARRAY ARRAY['a', 'b']`, `IN SELECT unnest(ARRAY['a', 'b'])`.
fn elements(range: &mut Cursor, each: bool) -> Option<Vec<String>> {
    range.eat("SLICE 0");
    range.eat("IN").then_some(())?;
    if each {
        range.eat("ARRAY").then_some(())?;
    } else {
        range.eat("SELECT");
        range.eat("unnest").then_some(())?;
        *range = range.group()?;
    }
    range.eat("ARRAY").then_some(())?;
    let texts = range.group()?.parts().map(|mut part| part.literal().filter(|_| part.is_done()).map(|text| text.value));
    texts.collect()
}

/// What is known before a body is walked, for the routine that calls it.
pub fn with_arguments(known: &Known, names: &[String], values: Vec<Vec<String>>) -> Known {
    let mut inside = known.clone();
    for (at, name) in names.iter().enumerate() {
        match values.get(at) {
            Some(texts) => inside.set(name, texts.clone(), false),
            None => inside.forget(name),
        }
    }
    inside
}
