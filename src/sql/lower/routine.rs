//! A file as a session: its variables, prepared texts and routines, so that what they run later is known.

use super::fold::Known;
use super::{Place, block, calls, dynamic, object, statement, tsql, walk};
use crate::source::{Name, Span};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, Lexer, Token, literal_inside};
use crate::sql::{ARGUMENT, Change, Dialect, ObjectChange, ObjectName, RoutineBody, Statement, Understanding};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Routines that call each other deeper than this are not followed.
const DEEPEST: usize = 4;
/// More statements than this are not followed into routines.
const MOST: usize = 10_000;

/// A routine of the file.
#[derive(Clone)]
struct Routine {
    parameters: Vec<String>,
    /// What tells it from namesakes.
    signature: Vec<Name>,
    /// Whether the file has namesakes with other parameters, so that a call may mean any of them.
    is_overloaded: bool,
    /// Its body, where that may change the catalog.
    body: Option<Arc<str>>,
}

/// What a file has said so far.
#[derive(Default)]
pub struct Session {
    /// What variables hold.
    pub known: Known,
    prepared: HashMap<String, Vec<String>>,
    routines: HashMap<String, Routine>,
    depth: usize,
}

impl Session {
    /// Lowers one statement of the file; a block gives the statements inside it, and so does the call of a routine of the file.
    pub fn lower<'t>(&mut self, place: Place<'t>, tokens: &'t [Token], out: &mut Vec<Statement>) {
        let cursor = place.cursor(tokens);
        match place.dialect {
            _ if tokens.is_empty() => {}
            Dialect::SqlServer => tsql::batch(place, self, tokens, out),
            Dialect::Postgres if cursor.is("DO") => block::lower(place, self, tokens, out),
            Dialect::Postgres | Dialect::MySql => {
                let body = self.note_routine(&cursor);
                if place.dialect == Dialect::MySql {
                    self.assign(&cursor, place.maybe);
                }
                if !self.prepared(place, tokens, out) && !self.call(place, tokens, out) {
                    let mut lowered = statement(place, tokens);
                    if let Some(body) = body.filter(|_| place.dialect == Dialect::Postgres) {
                        self.judge_routine(place, (body, calls::defaults(&cursor)), &mut lowered);
                    }
                    out.push(lowered);
                }
            }
            _ => out.push(statement(place, tokens)),
        }
    }

    /// `x := value`, `SET @x = value, y = value`: notes what the variables hold. `false` where it is no assignment.
    pub fn assign(&mut self, cursor: &Cursor, also: bool) -> bool {
        let is_set = cursor.dialect != Dialect::Postgres && cursor.is("SET");
        let mut whole = *cursor;
        if is_set {
            whole.next();
        } else if cursor.dialect == Dialect::Postgres && fills_part(*cursor) {
            return true;
        } else if !matches!(cursor.kind(0), Some(Kind::Word | Kind::Quoted))
            || !cursor.peek(1).is_some_and(|token| matches!(cursor.token_text(token), ":=" | "="))
        {
            return false;
        }
        let mut found = false;
        let parts: Vec<Cursor> = if is_set { whole.parts().collect() } else { vec![whole] };
        for mut part in parts {
            let at = part.eat_symbol("@");
            let Some(name) = part.identifier() else { continue };
            if !part.eat_symbol(":=") && !part.eat_symbol("=") {
                continue;
            }
            let name = if at { format!("@{}", name.value) } else { name.value };
            let texts = self.known.texts(&part);
            self.known.set(&name, texts, also);
            found |= at || !is_set || self.depth > 0;
        }
        found
    }

    /// `PREPARE x FROM text`, `EXECUTE x`, `DEALLOCATE PREPARE x` of MySQL; `false` for everything else.
    pub fn prepared<'t>(&mut self, place: Place<'t>, tokens: &'t [Token], out: &mut Vec<Statement>) -> bool {
        let mut cursor = place.cursor(tokens);
        if place.dialect != Dialect::MySql {
            return false;
        }
        if cursor.eat("PREPARE") {
            if let Some(name) = cursor.identifier()
                && cursor.eat("FROM")
            {
                let texts = self.known.texts(&cursor);
                self.prepared.insert(name.value.to_lowercase(), texts);
            }
            return false;
        }
        if !cursor.eat("EXECUTE") {
            return false;
        }
        let texts = cursor.identifier().and_then(|name| self.prepared.get(&name.value.to_lowercase()));
        let Some(texts) = texts else { return false };
        let place = Place { maybe: place.maybe || texts.len() > 1, ..place };
        dynamic::run_all(place, texts, super::column::whole(&place.cursor(tokens)), out)
    }

    /// Whether a body is judged on its own: what its caller passes is not known.
    pub fn is_judging(&self) -> bool {
        self.depth > DEEPEST
    }

    /// Notes a routine that a statement creates, and gives its body. `None` for other statements.
    fn note_routine<'t>(&mut self, whole: &Cursor<'t>) -> Option<&'t str> {
        let mut cursor = *whole;
        if !cursor.eat("CREATE") || self.routines.len() >= MOST {
            return None;
        }
        let head = cursor.over(cursor.mark()..cursor.mark() + 12);
        let mut head = head;
        head.skip_until(|here| here.is_any(&["FUNCTION", "PROCEDURE"]));
        head.eat_any(&["FUNCTION", "PROCEDURE"])?;
        head.eat("IF NOT EXISTS");
        let name = head.object_name()?;
        let mut rest = cursor.over(head.mark()..usize::MAX);
        let parameters = rest.group();
        let parameter = |mut part: Cursor| {
            part.eat_any(&["IN", "INOUT", "OUT", "VARIADIC"]);
            part.identifier().map(|name| name.value).unwrap_or_default()
        };
        let signature = parameters.as_ref().map(object::parameters).unwrap_or_default();
        let parameters = parameters.into_iter().flat_map(|inner| inner.parts()).map(parameter).collect();
        let all = |part: Cursor| {
            part.rest().first().zip(part.rest().last()).map(|(first, last)| first.start as usize..last.end as usize)
        };
        let body = match whole.dialect {
            Dialect::Postgres => {
                // A language and a setting before it may be literals too.
                rest.skip_until(|here| here.is_any(&["AS", "BEGIN ATOMIC", "RETURN"]));
                let is_written_out = rest.eat_any(&["BEGIN ATOMIC", "RETURN"]).is_some();
                let literal = rest.rest().iter().find(|token| matches!(token.kind, Kind::Dollar | Kind::Text));
                if is_written_out { all(rest) } else { literal.and_then(|token| literal_inside(*token, whole.text)) }
            }
            _ => {
                rest.skip_until(|here| here.is("BEGIN"));
                all(rest)
            }
        };
        let text = whole.text.get(body?)?;
        let body = may_change(text).then(|| Arc::from(text));
        let key = name.name.to_lowercase();
        let differs = |one: &Routine| whole.dialect == Dialect::Postgres && (one.is_overloaded || one.signature != signature);
        let is_overloaded = self.routines.get(&key).is_some_and(differs);
        self.routines.insert(key, Routine { parameters, signature, is_overloaded, body });
        Some(text)
    }

    /// Notes what a routine does when another file calls it. What it calls is followed where it is called.
    fn judge_routine(&mut self, place: Place, (text, defaults): (&str, Vec<Name>), lowered: &mut Statement) {
        let created = lowered.ops.iter_mut().find_map(|op| match &mut op.change {
            Change::Object(change) => match change.as_mut() {
                ObjectChange::CreateFunction { name, body, .. } => Some((name.name.to_lowercase(), body)),
                _ => None,
            },
            _ => None,
        });
        let Some((name, made)) = created else { return };
        let Some(Routine { parameters, body, .. }) = self.routines.get(&name).cloned() else { return };
        let mut statements = Vec::new();
        if body.is_some() {
            let passed = vec![vec![ARGUMENT.to_owned()]; parameters.len()];
            let inside = walk::with_arguments(&self.known, &parameters, passed);
            let outside = std::mem::replace(&mut self.known, inside);
            let depth = std::mem::replace(&mut self.depth, DEEPEST);
            self.body(place, text, lowered.span, &mut statements);
            (self.known, self.depth) = (outside, depth);
            // What a routine makes and attaches is the same table.
            let makes = statements.iter().flat_map(|one| &one.ops).any(|op| matches!(op.change, Change::CreateSomeTable));
            statements.retain(|one| match &one.understanding {
                Understanding::NoEffect => false,
                Understanding::Opaque(why) => !(makes && why == dynamic::ATTACHES),
                _ => true,
            });
            forget_temporary(&mut statements);
        }
        let mut lexer = Lexer::new(text, 0..text.len(), place.dialect);
        let tokens: Vec<Token> = std::iter::from_fn(|| lexer.next_token()).filter(is_code).collect();
        let body = Place { text, anchor: Some(lowered.span), ..place }.cursor(&tokens);
        let calls = calls::within(&body, &untouched(&body, parameters));
        if !statements.is_empty() || calls.is_some() {
            let calls = calls.map(|calls| *calls).unwrap_or_default();
            let removes = has_word(text, &["DROP", "RENAME", "SCHEMA"]);
            *made = Some(Arc::new(RoutineBody { statements, calls, defaults, removes }));
        }
    }

    /// Lowers the body of a routine; `whole` is what runs it.
    fn body(&mut self, place: Place, text: &str, whole: Span, out: &mut Vec<Statement>) {
        let mut lexer = Lexer::new(text, 0..text.len(), place.dialect);
        let body: Vec<Token> = std::iter::from_fn(|| lexer.next_token()).filter(is_code).collect();
        self.depth += 1;
        let inner = Place { text, anchor: Some(whole), block: Some(place.block.unwrap_or(whole)), ..place };
        walk::body(inner, self, &body, out);
        self.depth -= 1;
    }

    /// `CALL f(..)`, `SELECT f(..)`, `PERFORM f(..)` of a routine of this file: what it does. `false` for everything else.
    pub fn call<'t>(&mut self, place: Place<'t>, tokens: &'t [Token], out: &mut Vec<Statement>) -> bool {
        let mut cursor = place.cursor(tokens);
        let Some(verb) = cursor.eat_any(&["CALL", "SELECT", "PERFORM"]) else { return false };
        let Some(name) = cursor.object_name() else { return false };
        let Some(routine) = self.routines.get(&name.name.to_lowercase()).cloned() else { return false };
        if routine.is_overloaded {
            return false;
        }
        let others = calls::within(&cursor, &[]).filter(|_| verb != "CALL" && place.dialect == Dialect::Postgres);
        let arguments = cursor.group();
        if verb != "CALL" && routine.body.is_none() || self.depth >= DEEPEST || out.len() >= MOST {
            return false;
        }
        let whole = super::column::whole(&place.cursor(tokens));
        let before = out.len();
        if let Some(text) = routine.body.as_deref() {
            let arguments = arguments.iter().flat_map(Cursor::parts);
            let values = arguments.map(|one| self.known.texts(&one)).collect();
            let inside = walk::with_arguments(&self.known, &routine.parameters, values);
            let outside = std::mem::replace(&mut self.known, inside);
            self.body(place, text, whole, out);
            self.known = outside;
        }
        if out.len() == before {
            out.push(super::without_ops(place, &place.cursor(tokens), Understanding::NoEffect, Vec::new()));
        }
        if others.is_some() {
            let silent = super::without_ops(place, &place.cursor(tokens), Understanding::NoEffect, Vec::new());
            out.push(Statement { calls: others, ..silent });
        }
        true
    }
}

/// `record.field := value`, `list[1] := value` of PL/pgSQL.
fn fills_part(mut cursor: Cursor) -> bool {
    let start = cursor.mark();
    while cursor.identifier().is_some() && cursor.eat_kind(Kind::Dot).is_some() {}
    let is_list = cursor.peek(0).is_some_and(|token| cursor.token_text(token) == "[") && cursor.group().is_some();
    (is_list || cursor.mark() > start + 1) && cursor.peek(0).is_some_and(|token| matches!(cursor.token_text(token), ":=" | "="))
}

/// Takes out what only makes, fills and drops temporary tables of the body itself.
fn forget_temporary(statements: &mut Vec<Statement>) {
    let ops = statements.iter().flat_map(|one| &one.ops);
    let own: HashSet<Name> = ops
        .filter_map(|op| match &op.change {
            Change::CreateTable(table) if table.temporary => Some(table.name.name.clone()),
            _ => None,
        })
        .collect();
    let is_own =
        |table: &ObjectName| own.contains(&table.name) && table.schema.as_deref().is_none_or(|schema| schema == "pg_temp");
    let stays = |change: &Change| match change {
        Change::CreateTable(table) => table.temporary,
        Change::DropTable { names, .. } => names.iter().all(is_own),
        Change::CreateIndex(index) => is_own(&index.table),
        Change::AlterTable { table, .. } => is_own(table),
        _ => false,
    };
    statements.retain(|one| one.understanding != Understanding::Full || !one.ops.iter().all(|op| stays(&op.change)));
}

/// The parameters of a body that hold what the caller has passed all along.
fn untouched(body: &Cursor, mut parameters: Vec<String>) -> Vec<String> {
    let mut filled: HashSet<String> = HashSet::new();
    for pair in body.rest().windows(2) {
        let [first, second] = pair else { continue };
        if body.token_text(*second) == ":=" {
            filled.extend(body.fold(*first));
        } else if ["INTO", "STRICT", "FOR", "FOREACH"].iter().any(|word| body.token_text(*first).eq_ignore_ascii_case(word)) {
            filled.extend(body.fold(*second));
        }
    }
    parameters.retain(|name| !filled.contains(name));
    parameters
}

/// Whether a token is more than a comment.
pub fn is_code(token: &Token) -> bool {
    !matches!(token.kind, Kind::Comment | Kind::Command)
}

/// Whether a body holds a word that may change the catalog.
fn may_change(body: &str) -> bool {
    has_word(body, &["CREATE", "ALTER", "DROP", "RENAME", "EXECUTE", "CALL"])
}

/// Whether a text holds one of these words.
fn has_word(text: &str, wanted: &[&str]) -> bool {
    let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.any(|word| wanted.iter().any(|one| word.eq_ignore_ascii_case(one)))
}
