//! Statements that read and write rows: what they name, by which conditions, sorted and bounded how. Token by token.

mod expression;
mod from;
mod predicate;
mod reader;
mod scope;
mod sections;
mod stored;
mod tokens;
mod words;

pub use scope::*;
pub use stored::{Dynamic, Routine, read_routine, read_view};
pub use words::{is_given_column, is_given_table};

use super::cursor::Cursor;
use super::lexer::{Kind, Token};
use super::lower::{Place, view};
use super::split::Splitter;
use super::{Dialect, ObjectName};
use crate::diagnostic::Problem;
use crate::source::{Site, Span, Spanned};
use std::ops::Range;

/// What a statement does to rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// `SELECT`, `VALUES`.
    Select,
    /// `INSERT`, `REPLACE`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// Anything else: `MERGE`, `TRUNCATE`, `CALL`, `CREATE`.
    Other,
}

impl Verb {
    /// The name that is printed.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Select => "select",
            Verb::Insert => "insert",
            Verb::Update => "update",
            Verb::Delete => "delete",
            Verb::Other => "other",
        }
    }
}

/// One `INSERT` or `REPLACE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insert {
    /// The table.
    pub table: ObjectName,
    /// The columns in brackets; `None` where none are written there, or not all of them are plain names.
    pub columns: Option<Vec<Spanned<String>>>,
}

/// A key of `ORDER BY` that is a plain name: a column, or what the list of `SELECT` calls something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// The table or alias before the dot.
    pub qualifier: Option<String>,
    /// The name, folded as its dialect folds it.
    pub column: String,
    /// `DESC`.
    pub descending: bool,
    /// Where it is written, with its qualifier.
    pub span: Span,
}

/// Whether and where a clause is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Presence {
    /// Nowhere in the statement.
    #[default]
    Absent,
    /// Only in a subquery, a part of `WITH`, or a branch of `UNION` in brackets.
    Within,
    /// It holds for the whole result.
    Outermost,
}

/// One statement that reads or writes rows, as far as tokens tell.
#[derive(Debug, Clone)]
pub struct RowStatement {
    /// From its first token to its last, without the terminator.
    pub span: Span,
    /// What it does; of `WITH` what stands after its parts.
    pub verb: Verb,
    /// Every table and view that it names, in subqueries too, each once, in the order of the text. What bears the name of a
    /// part of `WITH` is left out, and so are functions.
    pub tables: Vec<ObjectName>,
    /// Its `INSERT`s; parts of `WITH` may hold more.
    pub inserts: Vec<Insert>,
    /// The keys of the outermost `ORDER BY` that are plain names.
    pub order_by: Vec<SortKey>,
    /// Whether `order_by` lacks keys that are expressions, numbers or placeholders.
    pub order_by_more: bool,
    /// `LIMIT` with a bound, or `FETCH FIRST`. Only to be trusted to be absent where there is no doubt.
    pub limit: Presence,
    /// `OFFSET`, or `LIMIT offset, count`. Only to be trusted to be absent where there is no doubt.
    pub offset: Presence,
    /// The table that it creates, as scripts do for their own use.
    pub creates: Option<ObjectName>,
    /// Every `SELECT`, `INSERT`, `UPDATE` and `DELETE` in it, the outermost first; none where it is no query that is read.
    pub scopes: Vec<Scope>,
    /// Why it was not understood as a whole, where it was not: it may do and name more than is said here.
    pub doubt: Option<&'static str>,
}

/// Reads the statements in a part of a file that holds queries; spans are those of the whole file. The problems are those
/// of that part. SQL Server and ClickHouse are not read.
pub fn read_rows(site: impl Into<Site>, text: &str, range: Range<usize>, dialect: Dialect) -> (Vec<RowStatement>, Vec<Problem>) {
    let site = site.into();
    let wrong = |at: usize, what: &str| Problem { span: site.span(at, at + 1), message: what.into(), other: None };
    if matches!(dialect, Dialect::SqlServer | Dialect::ClickHouse) {
        let problem = Problem { span: site.span(0, 0), ..wrong(0, &format!("SQL of {} is not read", dialect.name())) };
        return (Vec::new(), vec![problem]);
    }
    let mut splitter = Splitter::new(text, range, dialect);
    let (mut tokens, mut comments, mut statements) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(piece) = splitter.next_piece(&mut tokens, &mut comments) {
        comments.clear();
        let cursor = Place::new(text, site, dialect).cursor(&tokens);
        let mut statement = statement(&cursor, &tokens);
        statement.span = site.span(piece.start, piece.end);
        if tokens.last().is_some_and(|last| (last.end as usize) < piece.end) {
            statement.doubt = Some("it has too many rows to be read to its end");
        }
        statements.push(statement);
    }
    let unterminated = splitter.unterminated();
    if let (Some((at, what)), Some(last)) = (unterminated.first(), statements.last_mut())
        && last.span.end > site.span(*at, *at).end
    {
        last.doubt = Some(what);
    }
    let problems = unterminated.iter().map(|(at, what)| wrong(*at, what)).collect();
    (statements, problems)
}

fn statement(whole: &Cursor, tokens: &[Token]) -> RowStatement {
    let mut main = without_brackets(*whole);
    let inside = main;
    if main.is("WITH") {
        main.skip_until(|here| here.is_any(&["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "VALUES", "MERGE"]));
    }
    let verb = verb(&main);
    let view::Names { tables, inserts, .. } = view::names(whole);
    let (order_by, order_by_more) = order_by(main);
    let [limit, offset] = bounds(inside);
    let doubt = if verb == Verb::Other { Some("it is no query that is read") } else { doubt(whole, tokens) };
    let span = whole.span_of(0..tokens.len());
    let even = tokens::with_parameters(whole.text, tokens, whole.dialect);
    let scopes =
        if verb == Verb::Other { Vec::new() } else { reader::scopes(Cursor::new(whole.text, whole.site, whole.dialect, &even)) };
    RowStatement { span, verb, tables, inserts, order_by, order_by_more, limit, offset, creates: created(main), scopes, doubt }
}

/// The table that `CREATE [TEMP] TABLE` names.
fn created(mut walk: Cursor) -> Option<ObjectName> {
    walk.eat("CREATE").then_some(())?;
    while walk.eat_any(&["GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED"]).is_some() {}
    walk.eat("TABLE").then_some(())?;
    walk.eat("IF NOT EXISTS");
    walk.object_name()
}

/// What is inside, where the whole statement stands in brackets.
fn without_brackets(mut cursor: Cursor) -> Cursor {
    // Nobody writes more; the bound keeps `((((..` linear.
    for _ in 0..8 {
        let mut ahead = cursor;
        match ahead.group().filter(|_| ahead.is_done()) {
            Some(inner) => cursor = inner,
            None => break,
        }
    }
    cursor
}

fn verb(main: &Cursor) -> Verb {
    match main.word(0).to_ascii_uppercase().as_str() {
        "SELECT" | "VALUES" => Verb::Select,
        // Branches of `UNION` in brackets.
        "" if main.kind(0) == Some(Kind::Open) && verb_in_brackets(main) => Verb::Select,
        "INSERT" => Verb::Insert,
        "REPLACE" if main.dialect != Dialect::Postgres => Verb::Insert,
        "UPDATE" => Verb::Update,
        "DELETE" => Verb::Delete,
        _ => Verb::Other,
    }
}

fn verb_in_brackets(main: &Cursor) -> bool {
    let inside = main.rest().iter().find(|token| token.kind != Kind::Open);
    inside.is_some_and(|token| ["SELECT", "VALUES", "WITH"].iter().any(|word| main.token_text(*token).eq_ignore_ascii_case(word)))
}

/// The keys of the outermost `ORDER BY` that are plain names, and whether there are others.
fn order_by(mut walk: Cursor) -> (Vec<SortKey>, bool) {
    const AFTER: &[&str] =
        &["LIMIT", "OFFSET", "FETCH", "FOR", "LOCK", "ON", "RETURNING", "UNION", "EXCEPT", "INTERSECT", "INTO"];
    walk.skip_until(|here| here.is("ORDER BY"));
    if !walk.eat("ORDER BY") {
        return (Vec::new(), false);
    }
    let mark = walk.mark();
    walk.skip_until(|here| here.is_any(AFTER));
    let written = walk.over(mark..walk.mark());
    let keys: Vec<SortKey> = written.parts().filter_map(sort_key).collect();
    let more = keys.is_empty() || keys.len() < written.parts().count();
    (keys, more)
}

fn sort_key(mut part: Cursor) -> Option<SortKey> {
    if part.is_any(&["NULL", "TRUE", "FALSE", "DEFAULT"]) {
        return None;
    }
    let name = part.object_name()?;
    let descending = part.eat_any(&["ASC", "DESC"]) == Some("DESC");
    part.eat_any(&["NULLS FIRST", "NULLS LAST"]);
    let key = SortKey { qualifier: name.schema.map(String::from), column: name.name.into(), descending, span: name.span };
    part.is_done().then_some(key)
}

/// Where `LIMIT` and `OFFSET` are written.
fn bounds(mut walk: Cursor) -> [Presence; 2] {
    let (mut limit, mut offset) = (Presence::Absent, Presence::Absent);
    let mut depth = 0usize;
    let mut after_value = false;
    while let Some(token) = walk.next() {
        // After a comma, a dot or an operator it is a column of that name; `?` is a value.
        let is_value = match token.kind {
            Kind::Symbol => walk.token_text(token).ends_with(['?', '%']),
            kind => !matches!(kind, Kind::Comma | Kind::Dot),
        };
        let may_start = std::mem::replace(&mut after_value, is_value);
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Word if may_start && has_operand(&walk) => {
                let here = if depth == 0 { Presence::Outermost } else { Presence::Within };
                let is = |word: &str| walk.token_text(token).eq_ignore_ascii_case(word);
                if is("OFFSET") {
                    offset = offset.max(here);
                } else if is("LIMIT") && !walk.is_any(&["ALL", "NULL"]) {
                    limit = limit.max(here);
                    if walk.dialect != Dialect::Postgres && has_comma(walk) {
                        offset = offset.max(here);
                    }
                } else if is("FETCH") && walk.is_any(&["FIRST", "NEXT"]) {
                    limit = limit.max(here);
                }
            }
            _ => {}
        }
    }
    [limit, offset]
}

/// Words after a column that is called `limit` or `offset`.
const NOT_OPERANDS: &[&str] =
    &["AS", "FROM", "IS", "IN", "AND", "OR", "ASC", "DESC", "NOT", "LIKE", "BETWEEN", "WHERE", "GROUP", "ORDER", "LIMIT", "THEN"];

/// Whether what comes next can be the operand of a clause, so that the word before is no name.
fn has_operand(walk: &Cursor) -> bool {
    match walk.peek(0) {
        None => false,
        Some(token) => match token.kind {
            Kind::Comma | Kind::Dot | Kind::Close | Kind::Cast => false,
            Kind::Symbol => !walk.token_text(token).starts_with(['=', '<', '>', '!', '+', '*']),
            _ => !walk.is_any(NOT_OPERANDS),
        },
    }
}

/// Whether `LIMIT a, b` is written.
fn has_comma(walk: Cursor) -> bool {
    const FURTHEST: usize = 16;
    let mut ahead = walk.over(walk.mark()..walk.mark() + FURTHEST);
    ahead.skip_until(|here| {
        matches!(here.kind(0), Some(Kind::Comma | Kind::Close))
            || here.is_any(&["OFFSET", "FOR", "LOCK", "INTO", "ON", "RETURNING"])
    });
    ahead.kind(0) == Some(Kind::Comma)
}

/// Why a statement may say more than its tokens tell.
fn doubt(whole: &Cursor, tokens: &[Token]) -> Option<&'static str> {
    let (mut opened, mut closed) = (0usize, 0usize);
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => opened += 1,
            Kind::Close => closed += 1,
            Kind::Template => return Some("a template stands for a part of it"),
            Kind::Unknown => return Some("it holds a character that is no SQL"),
            // `%order%`, `%s`: what a program puts in before it runs the text.
            Kind::Symbol if whole.token_text(*token).ends_with('%') => {
                let touches = |next: &&Token| next.kind == Kind::Word && next.start == token.end;
                if tokens.get(at + 1).filter(touches).is_some() {
                    return Some("a placeholder stands for a part of it");
                }
            }
            _ => {}
        }
        if closed > opened {
            break;
        }
    }
    (opened != closed).then_some("its brackets do not match")
}
