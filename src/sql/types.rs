//! Column types from tokens, in canonical spelling.

use super::cursor::Cursor;
use super::lexer::Kind;
use super::{ColumnType, Dialect};
use crate::source::Spanned;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

#[derive(Deserialize, Default)]
struct Spellings {
    aliases: BTreeMap<String, String>,
    serial: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
struct Table {
    postgres: Spellings,
    mysql: Spellings,
    sqlserver: Spellings,
}

fn spellings(dialect: Dialect) -> Option<&'static Spellings> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let table = TABLE.get_or_init(|| toml::from_str(include_str!("../../data/sql_types.toml")).unwrap_or_default());
    match dialect {
        Dialect::Postgres => Some(&table.postgres),
        Dialect::MySql => Some(&table.mysql),
        Dialect::SqlServer => Some(&table.sqlserver),
        _ => None,
    }
}

/// A type as it was read.
pub struct ReadType {
    /// The type and its place.
    pub column_type: Spanned<ColumnType>,
    /// Whether it brings its own sequence: `serial`.
    pub auto_increment: bool,
}

/// Walks a type. `None`, and nothing walked, where no type comes next.
pub fn read(cursor: &mut Cursor) -> Option<ReadType> {
    let before = *cursor;
    let read = match cursor.dialect {
        Dialect::Postgres => postgres(cursor),
        Dialect::MySql => mysql(cursor),
        Dialect::SqlServer => sqlserver(cursor),
        _ => sqlite(cursor),
    };
    if read.is_none() {
        *cursor = before;
    }
    read
}

/// What stands between the brackets of a type: numbers as written, labels without quotes.
fn arguments(cursor: &mut Cursor) -> Vec<String> {
    // `text[]` has no arguments: square brackets make an array.
    let round = cursor.peek(0).is_some_and(|token| cursor.token_text(token) == "(");
    let Some(inner) = (if round { cursor.group() } else { None }) else { return Vec::new() };
    let argument = |mut part: Cursor| match part.literal() {
        Some(label) => label.value,
        None => part.rest_text().to_owned(),
    };
    inner.parts().map(argument).collect()
}

fn finish(cursor: &Cursor, mark: usize, name: String, arguments: Vec<String>, array: bool) -> ReadType {
    let serial = spellings(cursor.dialect).and_then(|table| table.serial.get(&name));
    let auto_increment = serial.is_some();
    let alias = spellings(cursor.dialect).and_then(|table| table.aliases.get(&name));
    let name = serial.or(alias).cloned().unwrap_or(name);
    let column_type = Spanned::new(ColumnType { name, arguments, array }, cursor.span_since(mark));
    ReadType { column_type, auto_increment }
}

/// The words that make a PostgreSQL type of several words, after its first.
const POSTGRES_PAIRS: &[(&str, &str)] = &[
    ("DOUBLE PRECISION", "double precision"),
    ("CHARACTER VARYING", "character varying"),
    ("CHAR VARYING", "character varying"),
    ("NATIONAL CHARACTER VARYING", "character varying"),
    ("NATIONAL CHAR VARYING", "character varying"),
    ("NATIONAL CHARACTER", "character"),
    ("NATIONAL CHAR", "character"),
    ("BIT VARYING", "bit varying"),
];

/// Qualified type names keep their schema, but for the two that are always on the path.
fn postgres_name(cursor: &mut Cursor) -> Option<String> {
    if let Some((_, name)) = POSTGRES_PAIRS.iter().find(|(words, _)| cursor.eat(words)) {
        return Some((*name).to_owned());
    }
    let name = cursor.object_name()?;
    Some(match name.schema.as_deref() {
        None | Some("public" | "pg_catalog") => name.name.into(),
        Some(schema) => format!("{schema}.{}", name.name),
    })
}

fn postgres(cursor: &mut Cursor) -> Option<ReadType> {
    let mark = cursor.mark();
    let mut name = postgres_name(cursor)?;
    let last = cursor.mark().saturating_sub(1);
    let quoted = cursor.over(last..cursor.mark()).kind(0) == Some(Kind::Quoted);
    if name == "interval" {
        while let Some(word) = cursor.eat_any(&["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO"]) {
            name = format!("{name} {}", word.to_lowercase());
        }
    }
    let mut arguments = arguments(cursor);
    if matches!(name.as_str(), "timestamp" | "time") && !quoted {
        if cursor.eat("WITH TIME ZONE") {
            name.push_str(" with time zone");
        } else if cursor.eat("WITHOUT TIME ZONE") {
            name.push_str(" without time zone");
        }
    }
    let mut array = false;
    loop {
        let bracket = cursor.peek(0).is_some_and(|token| token.kind == Kind::Open && cursor.token_text(token) == "[");
        if bracket {
            cursor.group()?;
        } else if !cursor.eat("ARRAY") {
            break;
        }
        array = true;
    }
    // `"char"` in quotes, which `pg_catalog.char` is too, is another type, and quoted names are never aliases.
    if quoted || (name == "char" && last != mark) {
        let column_type = Spanned::new(ColumnType { name, arguments, array }, cursor.span_since(mark));
        return Some(ReadType { column_type, auto_increment: false });
    }
    // Without a length it takes any, unlike `char`.
    if name == "bpchar" && arguments.is_empty() {
        let column_type = Spanned::new(ColumnType { name, arguments, array }, cursor.span_since(mark));
        return Some(ReadType { column_type, auto_increment: false });
    }
    let bits = arguments.first().and_then(|bits| bits.parse::<u32>().ok());
    if name == "float" {
        arguments.clear();
        name = if bits.is_some_and(|bits| bits <= 24) { "real".into() } else { name };
    }
    if matches!(name.as_str(), "char" | "character" | "nchar" | "bit") && arguments.is_empty() {
        arguments.push("1".into());
    }
    // `numeric(10)` and `numeric(10,0)` are one type.
    if matches!(name.as_str(), "numeric" | "decimal" | "dec") && arguments.len() == 1 {
        arguments.push("0".into());
    }
    Some(finish(cursor, mark, name, arguments, array))
}

fn mysql(cursor: &mut Cursor) -> Option<ReadType> {
    const PAIRS: &[&str] = &[
        "DOUBLE PRECISION",
        "CHARACTER VARYING",
        "NATIONAL VARCHAR",
        "NATIONAL CHAR",
        "CHAR BYTE",
        "LONG VARCHAR",
        "LONG VARBINARY",
    ];
    let mark = cursor.mark();
    let mut name = match cursor.eat_any(PAIRS) {
        Some(words) => words.to_lowercase(),
        None => {
            let token = cursor.eat_kind(Kind::Word)?;
            cursor.token_text(token).to_ascii_lowercase()
        }
    };
    let mut arguments = arguments(cursor);
    if matches!(name.as_str(), "bool" | "boolean") {
        (name, arguments) = ("tinyint".into(), vec!["1".into()]);
    }
    let alias = spellings(Dialect::MySql).and_then(|table| table.aliases.get(&name));
    name = alias.cloned().unwrap_or(name);
    while let Some(word) = cursor.eat_any(&["UNSIGNED", "SIGNED", "ZEROFILL", "BINARY", "ASCII", "UNICODE"]) {
        if word == "UNSIGNED" || (word == "ZEROFILL" && !name.ends_with("unsigned")) {
            name.push_str(" unsigned");
        }
    }
    Some(finish(cursor, mark, name, arguments, false))
}

/// `[nvarchar] (max)`, `[dbo].[GuidIdArray]`; names of the system and of everybody's schema stand alone.
fn sqlserver(cursor: &mut Cursor) -> Option<ReadType> {
    let mark = cursor.mark();
    let name = cursor.object_name()?;
    let schema = name.schema.filter(|schema| !schema.eq_ignore_ascii_case("sys") && !schema.eq_ignore_ascii_case("dbo"));
    let mut name = schema.map_or(name.name.to_lowercase(), |schema| format!("{schema}.{}", name.name).to_lowercase());
    for (words, more) in [("VARYING", " varying"), ("PRECISION", " precision")] {
        if cursor.eat(words) {
            name.push_str(more);
        }
    }
    let arguments = arguments(cursor).into_iter().map(|one| one.to_lowercase()).collect();
    Some(finish(cursor, mark, name, arguments, false))
}

/// SQLite takes any words for a type, up to the first that starts a constraint; none at all is fine there.
fn sqlite(cursor: &mut Cursor) -> Option<ReadType> {
    const STOPS: &[&str] = &[
        "CONSTRAINT",
        "NOT",
        "NULL",
        "DEFAULT",
        "CHECK",
        "UNIQUE",
        "PRIMARY",
        "REFERENCES",
        "GENERATED",
        "AS",
        "COLLATE",
        "ON",
        "AUTOINCREMENT",
        "IDENTITY",
    ];
    let mark = cursor.mark();
    let mut words: Vec<String> = Vec::new();
    while matches!(cursor.kind(0), Some(Kind::Word | Kind::Quoted)) && !cursor.is_any(STOPS) {
        words.push(cursor.identifier()?.value);
    }
    if words.is_empty() {
        return None;
    }
    let arguments = arguments(cursor);
    Some(finish(cursor, mark, words.join(" "), arguments, false))
}
