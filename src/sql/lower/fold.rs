//! What expressions of strings give, so far as their parts are known: the text of SQL that is put together at run time.

use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, literal_value};
use crate::sql::{ARGUMENT, Dialect, types};
use std::collections::HashMap;

/// Stands in a text for what is not known: a placeholder of a template to everybody who reads it.
pub const HOLE: &str = "{{?}}";

/// Whether a part of a text is not known, or is what the caller of a routine passes.
pub fn is_open(text: &str) -> bool {
    text.contains(HOLE) || text.contains(ARGUMENT)
}

/// More variables than this are not followed.
const MOST_VARIABLES: usize = 256;
/// More texts than this are not told apart.
const MOST: usize = 16;
/// Longer texts are not put together, in bytes.
const LONGEST: usize = 64 << 10;
/// Brackets deeper than this are not looked into.
const DEEPEST: usize = 12;

/// What variables hold: each of the texts is possible, and one that is not listed holds anything.
#[derive(Debug, Clone, Default)]
pub struct Known {
    values: HashMap<String, Vec<String>>,
}

fn unknown() -> Vec<String> {
    vec![HOLE.to_owned()]
}

impl Known {
    /// A variable holds one of these from now on; `also` keeps what it may have held before.
    pub fn set(&mut self, name: &str, texts: Vec<String>, also: bool) {
        let name = name.to_lowercase();
        let mut all = if also { self.values.get(&name).cloned().unwrap_or_else(unknown) } else { Vec::new() };
        all.extend(texts);
        all.dedup();
        let is_new = self.values.len() >= MOST_VARIABLES && !self.values.contains_key(&name);
        if is_new || all.len() > MOST || all.iter().any(|text| text == HOLE) {
            self.values.remove(&name);
        } else {
            self.values.insert(name, all);
        }
    }

    /// After a branch that may not have run: what both sides know.
    pub fn merge(&mut self, before: &Known) {
        self.values.retain(|name, texts| {
            let Some(other) = before.values.get(name) else { return false };
            let more = other.iter().filter(|text| !texts.contains(text)).cloned().collect::<Vec<_>>();
            texts.extend(more);
            texts.len() <= MOST
        });
    }

    /// A variable holds what is not known.
    pub fn forget(&mut self, name: &str) {
        self.values.remove(&name.to_lowercase());
    }

    /// What a variable may hold; empty where that is not known.
    pub fn of(&self, name: &str) -> &[String] {
        self.values.get(&name.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The texts that an expression may give, with [`HOLE`] for the parts that are not known; never empty.
    pub fn texts(&self, expression: &Cursor) -> Vec<String> {
        self.expression(*expression, 0)
    }

    fn expression(&self, mut cursor: Cursor, depth: usize) -> Vec<String> {
        if depth > DEEPEST {
            return unknown();
        }
        let mut all = self.term(&mut cursor, depth);
        loop {
            while cursor.eat_kind(Kind::Cast).is_some() {
                types::read(&mut cursor);
            }
            if !cursor.eat_symbol("||") {
                break;
            }
            let more = self.term(&mut cursor, depth);
            all = product(&all, &more);
        }
        if cursor.is_done() { all } else { unknown() }
    }

    fn term(&self, cursor: &mut Cursor, depth: usize) -> Vec<String> {
        let dialect = cursor.dialect;
        if let Some(inner) = cursor.group() {
            return self.bracket(inner, depth);
        }
        if dialect != Dialect::Postgres && (cursor.eat_symbol("@") || cursor.eat_symbol("@@")) {
            let Some(name) = cursor.identifier() else { return unknown() };
            return self.lookup(&format!("@{}", name.value));
        }
        let Some(token) = cursor.next() else { return unknown() };
        match token.kind {
            Kind::Text | Kind::Dollar => match literal_value(token, cursor.text) {
                Some(text) if dialect == Dialect::MySql => vec![unescaped(&text)],
                Some(text) => vec![text],
                None => unknown(),
            },
            Kind::Number => vec![cursor.token_text(token).to_owned()],
            Kind::Word | Kind::Quoted if cursor.kind(0) == Some(Kind::Open) => {
                let name = cursor.token_text(token).to_ascii_lowercase();
                match cursor.group() {
                    Some(inner) => self.call(&name, inner, depth),
                    None => unknown(),
                }
            }
            Kind::Word | Kind::Quoted if cursor.kind(0) != Some(Kind::Dot) => match cursor.fold(token) {
                Some(name) => self.lookup(&name),
                None => unknown(),
            },
            _ => unknown(),
        }
    }

    fn lookup(&self, name: &str) -> Vec<String> {
        match self.of(name) {
            [] => unknown(),
            known => known.to_vec(),
        }
    }

    /// `(expression)`, or `(SELECT expression FROM ..)`.
    fn bracket(&self, mut inner: Cursor, depth: usize) -> Vec<String> {
        if !inner.eat("SELECT") {
            return self.expression(inner, depth + 1);
        }
        let start = inner.mark();
        inner.skip_until(|here| here.is_any(&["FROM", "INTO", "WHERE"]) || here.kind(0) == Some(Kind::Comma));
        self.expression(inner.over(start..inner.mark()), depth + 1)
    }

    fn call(&self, name: &str, inner: Cursor, depth: usize) -> Vec<String> {
        let arguments: Vec<Cursor> = inner.parts().collect();
        let value = |at: usize| arguments.get(at).map_or_else(unknown, |part| self.expression(*part, depth + 1));
        match name {
            "concat" => (0..arguments.len()).fold(vec![String::new()], |all, at| product(&all, &value(at))),
            "if" | "iif" => [value(1), value(2)].concat(),
            "coalesce" | "ifnull" | "isnull" => (0..arguments.len().min(MOST)).flat_map(value).collect(),
            "quote_ident" | "quotename" => value(0),
            "quote_literal" => value(0).into_iter().map(|text| format!("'{}'", text.replace('\'', "''"))).collect(),
            "format" => {
                let values: Vec<Vec<String>> = (1..arguments.len().min(64)).map(value).collect();
                let formatted: Vec<Vec<String>> = value(0).iter().map(|pattern| formatted(pattern, &values)).collect();
                bounded(formatted.concat())
            }
            _ => unknown(),
        }
    }
}

fn bounded(texts: Vec<String>) -> Vec<String> {
    let fits = texts.len() <= MOST && texts.iter().map(String::len).sum::<usize>() <= LONGEST && !texts.is_empty();
    if fits { texts } else { unknown() }
}

/// Every text of `heads` with every one of `tails` behind it.
fn product(heads: &[String], tails: &[String]) -> Vec<String> {
    let size: usize = heads.iter().chain(tails).map(String::len).sum();
    if heads.len() * tails.len() > MOST || size > LONGEST {
        return unknown();
    }
    heads.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}"))).collect()
}

/// The escapes of MySQL's strings that matter in SQL.
fn unescaped(text: &str) -> String {
    text.replace("\\'", "'").replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\")
}

/// `format(pattern, values)` of PostgreSQL.
fn formatted(pattern: &str, values: &[Vec<String>]) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut rest = pattern;
    let mut next = 0usize;
    while let Some(at) = rest.find('%') {
        let (head, tail) = rest.split_at(at);
        all = product(&all, &[head.to_owned()]);
        let mut tail = tail.get(1..).unwrap_or("");
        let digits = tail.len() - tail.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        if digits > 0 && tail.get(digits..).is_some_and(|after| after.starts_with('$')) {
            next = tail.get(..digits).and_then(|digits| digits.parse::<usize>().ok()).unwrap_or(1).saturating_sub(1);
            tail = tail.get(digits + 1..).unwrap_or("");
        }
        let Some(kind) = tail.chars().next() else { return unknown() };
        rest = tail.get(kind.len_utf8()..).unwrap_or("");
        if kind == '%' {
            all = product(&all, &["%".to_owned()]);
            continue;
        }
        let written = |text: &String| match kind {
            'I' if !matches!(text.as_str(), HOLE | ARGUMENT) && !is_plain(text) => format!("\"{}\"", text.replace('"', "\"\"")),
            'L' if text != HOLE => format!("'{}'", text.replace('\'', "''")),
            _ => text.clone(),
        };
        let more: Vec<String> = values.get(next).map_or_else(unknown, |texts| texts.iter().map(written).collect());
        next += 1;
        all = product(&all, &more);
        if all.len() == 1 && all.first().is_some_and(|text| text == HOLE) && !head.is_empty() {
            return unknown();
        }
    }
    product(&all, &[rest.to_owned()])
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|letter: char| letter.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
