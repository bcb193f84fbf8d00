//! Defaults and conditions: what kind of value an expression gives, and what a `CHECK` demands of which column.

use crate::source::{Span, Spanned};
use crate::sql::cursor::Cursor;
use crate::sql::leaf;
use crate::sql::lexer::{Kind, literal_value};
use crate::sql::{DefaultKind, Dialect};
use serde::Deserialize;
use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

#[derive(Deserialize, Default)]
struct Volatility {
    immutable: Vec<String>,
    stable: Vec<String>,
    volatile: Vec<String>,
    nullary: Vec<String>,
}

fn volatility() -> &'static Volatility {
    static TABLE: OnceLock<Volatility> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(include_str!("../../../data/postgres_functions.toml")).unwrap_or_default())
}

fn function_kind(name: &str) -> DefaultKind {
    static KINDS: OnceLock<BTreeMap<String, DefaultKind>> = OnceLock::new();
    let kinds = KINDS.get_or_init(|| {
        let table = volatility();
        let of = |names: &[String], kind| names.iter().map(move |name| (name.clone(), kind)).collect::<Vec<_>>();
        let known = [of(&table.immutable, DefaultKind::Constant), of(&table.stable, DefaultKind::Stable)];
        known.into_iter().flatten().chain(of(&table.volatile, DefaultKind::Volatile)).collect()
    });
    kinds.get(name).copied().unwrap_or(DefaultKind::Unknown)
}

/// What kind of default the rest of `cursor` is: that of the most changeable function in it.
pub fn default_kind(cursor: &Cursor) -> DefaultKind {
    let rank = |kind: DefaultKind| match kind {
        DefaultKind::Constant => 0,
        DefaultKind::Stable => 1,
        DefaultKind::Unknown => 2,
        DefaultKind::Volatile => 3,
    };
    let mut worst = DefaultKind::Constant;
    let mut walk = *cursor;
    let mut previous = None;
    let mut is_type = false;
    while let Some(token) = walk.peek(0) {
        let called = walk.peek(1).is_some_and(|next| next.kind == Kind::Open && walk.token_text(next) == "(");
        let kind = match token.kind {
            Kind::Template => DefaultKind::Unknown,
            // Words after `::` and `AS` name a type, with arguments or without.
            Kind::Word | Kind::Quoted if is_type => DefaultKind::Constant,
            Kind::Word | Kind::Quoted if called && !is_clause(walk.token_text(token)) => {
                let name = walk.fold(token).unwrap_or_default();
                let has_arguments = walk.peek(2).is_some_and(|next| next.kind != Kind::Close);
                match has_arguments && volatility().nullary.contains(&name) {
                    true => DefaultKind::Unknown,
                    false => function_kind(&name),
                }
            }
            // `current_timestamp` and its like are called without brackets; all other bare words are keywords or labels.
            Kind::Word => match function_kind(&walk.token_text(token).to_ascii_lowercase()) {
                DefaultKind::Stable => DefaultKind::Stable,
                _ => DefaultKind::Constant,
            },
            _ => DefaultKind::Constant,
        };
        if rank(kind) > rank(worst) {
            worst = kind;
        }
        is_type = match token.kind {
            Kind::Cast => true,
            Kind::Word if walk.is("AS") => true,
            Kind::Word | Kind::Quoted | Kind::Dot => is_type && previous != Some(Kind::Close),
            _ => false,
        };
        previous = Some(token.kind);
        walk.next();
    }
    worst
}

/// Words that stand before a bracket without calling anything.
fn is_clause(word: &str) -> bool {
    const CLAUSES: &[&str] = &[
        "IN", "ANY", "ALL", "SOME", "ARRAY", "CAST", "AND", "OR", "NOT", "CASE", "WHEN", "THEN", "ELSE", "IS", "BETWEEN", "ROW",
    ];
    CLAUSES.iter().any(|one| word.eq_ignore_ascii_case(one))
}

/// What a condition says about single columns.
#[derive(Debug, Default)]
pub struct Condition {
    /// Columns that it demands not to be null.
    pub not_null_columns: Vec<String>,
    /// A column and the only texts that it allows.
    pub allowed: Option<(String, Vec<Spanned<String>>)>,
}

/// Reads the rest of `cursor` as a condition. What is rejected or too large says nothing.
pub fn condition(cursor: &Cursor) -> Condition {
    let dialect = cursor.dialect;
    let found = leaf::expression(cursor, |whole| {
        let mut not_null: Vec<String> = Vec::new();
        let mut allowed = None;
        for part in chain(whole, &BinaryOperator::And) {
            if let Some(column) = not_null_column(part, dialect)
                && !not_null.contains(&column)
            {
                not_null.push(column);
            }
            allowed = allowed.or_else(|| allowed_texts(part, dialect));
        }
        (not_null, allowed)
    });
    let Some((not_null_columns, allowed)) = found else { return Condition::default() };
    let allowed = allowed.and_then(|(column, texts)| {
        let places = literal_places(cursor);
        // `'{a,b}'::text[]` holds several texts in one literal.
        let array = || {
            cursor.rest().iter().find(|token| cursor.token_text(**token).starts_with("'{")).map(|token| cursor.token_span(*token))
        };
        let place = |text: String| {
            let span = places.get(&text).copied().or_else(array)?;
            Some(Spanned::new(text, span))
        };
        Some((column, texts.into_iter().map(place).collect::<Option<Vec<_>>>()?))
    });
    Condition { not_null_columns, allowed }
}

/// Where each literal stands first, by our own tokens.
fn literal_places(cursor: &Cursor) -> HashMap<String, Span> {
    let mut places = HashMap::new();
    for token in cursor.rest() {
        if let Some(value) = literal_value(*token, cursor.text) {
            places.entry(value).or_insert_with(|| cursor.token_span(*token));
        }
    }
    places
}

/// The operands of a chain of one operator, brackets around them off.
fn chain<'e>(whole: &'e Expr, operator: &BinaryOperator) -> Vec<&'e Expr> {
    let mut parts = Vec::new();
    let mut todo = vec![whole];
    while let Some(part) = todo.pop() {
        match bare(part) {
            Expr::BinaryOp { left, op, right } if op == operator => {
                todo.push(right);
                todo.push(left);
            }
            other => parts.push(other),
        }
    }
    parts
}

/// An expression without the brackets around it.
fn bare(mut expression: &Expr) -> &Expr {
    while let Expr::Nested(inner) = expression {
        expression = inner;
    }
    expression
}

/// An expression without brackets, casts and collations around it.
fn uncast(mut expression: &Expr) -> &Expr {
    while let Expr::Nested(inner) | Expr::Cast { expr: inner, .. } | Expr::Collate { expr: inner, .. } = expression {
        expression = inner;
    }
    expression
}

fn column(expression: &Expr, dialect: Dialect) -> Option<String> {
    let name = match uncast(expression) {
        Expr::Identifier(name) => name,
        Expr::CompoundIdentifier(parts) => parts.last()?,
        _ => return None,
    };
    let keeps = name.quote_style.is_some() && dialect != Dialect::Sqlite || dialect == Dialect::MySql;
    Some(if keeps { name.value.clone() } else { name.value.to_ascii_lowercase() })
}

fn not_null_column(part: &Expr, dialect: Dialect) -> Option<String> {
    match part {
        Expr::IsNotNull(inner) => column(inner, dialect),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => match bare(expr) {
            Expr::IsNull(inner) => column(inner, dialect),
            _ => None,
        },
        _ => None,
    }
}

fn text(expression: &Expr) -> Option<String> {
    match uncast(expression) {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// `c IN ('a', 'b')`, `c = ANY (ARRAY['a', 'b'])`, `c = 'a' OR c = 'b'`; an alternative `c IS NULL` changes nothing.
fn allowed_texts(part: &Expr, dialect: Dialect) -> Option<(String, Vec<String>)> {
    let mut of: Option<String> = None;
    let mut texts: Vec<String> = Vec::new();
    for one in chain(part, &BinaryOperator::Or) {
        let (owner, more) = match one {
            Expr::InList { expr, list, negated: false } => (expr, list.iter().map(text).collect::<Option<Vec<_>>>()?),
            Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => (left, array_texts(right)?),
            Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => (left, vec![text(right)?]),
            Expr::IsNull(inner) => (inner, Vec::new()),
            _ => return None,
        };
        let owner = column(owner, dialect)?;
        if of.as_ref().is_some_and(|known| *known != owner) {
            return None;
        }
        of = Some(owner);
        texts.extend(more);
    }
    of.filter(|_| !texts.is_empty()).map(|owner| (owner, texts))
}

fn array_texts(array: &Expr) -> Option<Vec<String>> {
    match uncast(array) {
        Expr::Array(array) => array.elem.iter().map(text).collect(),
        other => {
            let written = text(other)?;
            let inner = written.strip_prefix('{')?.strip_suffix('}')?;
            (!inner.contains(['"', '\\', '{'])).then(|| inner.split(',').map(|label| label.trim().to_owned()).collect())
        }
    }
}
