//! Leaf parses: single expressions through `sqlparser`, looked at once and dropped.
//!
//! Its trees recurse on parse, walk and drop, so an expression that is more than small is parsed on a thread with a large
//! stack, and one that is out of all proportion is not parsed at all. Spans never come from it.

use super::Dialect;
use super::cursor::Cursor;
use super::lexer::Kind;
use sqlparser::ast::Expr;
use sqlparser::dialect::{Dialect as Grammar, GenericDialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

/// Expressions with more tokens or deeper brackets than this get a thread of their own.
const SMALL_TOKENS: usize = 200;
const SMALL_DEPTH: usize = 8;
/// Expressions with more operators or deeper brackets than this are not parsed: their trees would be deeper than any stack.
const MOST_OPERATORS: usize = 5_000;
const MOST_DEPTH: usize = 200;
/// Longer expressions are not parsed.
const MOST_BYTES: usize = 1 << 20;
/// Enough for [`MOST_OPERATORS`] in a debug build.
const STACK: usize = 64 << 20;

fn grammar(dialect: Dialect) -> &'static dyn Grammar {
    match dialect {
        Dialect::Postgres => &PostgreSqlDialect {},
        Dialect::MySql => &MySqlDialect {},
        Dialect::Sqlite => &SQLiteDialect {},
        Dialect::SqlServer => &MsSqlDialect {},
        Dialect::ClickHouse => &GenericDialect {},
    }
}

fn parse(text: &str, dialect: Dialect, limit: usize) -> Option<Expr> {
    let mut parser = Parser::new(grammar(dialect)).with_recursion_limit(limit).try_with_sql(text).ok()?;
    let expression = parser.parse_expr().ok()?;
    (parser.peek_token().token == Token::EOF).then_some(expression)
}

/// Parses what is left of `cursor` as one expression and looks at it. `None` where it is rejected or over the caps.
pub fn expression<T: Send>(cursor: &Cursor, look: impl FnOnce(&Expr) -> T + Send) -> Option<T> {
    let text = cursor.rest_text();
    let (mut depth, mut deepest, mut operators) = (0usize, 0usize, 0usize);
    for token in cursor.rest() {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Symbol | Kind::Cast => operators += 1,
            Kind::Word if is_operator_word(cursor.token_text(*token)) => operators += 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if text.len() > MOST_BYTES || operators > MOST_OPERATORS || deepest > MOST_DEPTH {
        return None;
    }
    let dialect = cursor.dialect;
    if cursor.rest().len() <= SMALL_TOKENS && deepest <= SMALL_DEPTH {
        return parse(text, dialect, SMALL_DEPTH + 24).as_ref().map(look);
    }
    std::thread::scope(|scope| {
        let work = move || parse(text, dialect, 2 * MOST_DEPTH).as_ref().map(look);
        let worker = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()?;
        worker.join().ok().flatten()
    })
}

fn is_operator_word(word: &str) -> bool {
    ["AND", "OR", "NOT", "IS", "IN", "LIKE", "BETWEEN", "CASE", "COLLATE"].iter().any(|one| word.eq_ignore_ascii_case(one))
}
