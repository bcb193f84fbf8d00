//! `CREATE` of anything: which object, and who reads the rest.

use super::{Reading, index, object, table, view};
use crate::sql::cursor::Cursor;
use crate::sql::{Change, Dialect, types};

/// Words that may stand between `CREATE` and the object.
const MODIFIERS: &[&str] = &[
    "OR REPLACE",
    "OR ALTER",
    "GLOBAL",
    "LOCAL",
    "TEMPORARY",
    "TEMP",
    "UNLOGGED",
    "UNIQUE",
    "MATERIALIZED",
    "RECURSIVE",
    "FULLTEXT",
    "SPATIAL",
    "INVERTED",
    "VIRTUAL",
    "CONSTRAINT",
    "TRUSTED",
    "PROCEDURAL",
    "DEFAULT",
    "SQL SECURITY DEFINER",
    "SQL SECURITY INVOKER",
    "AGGREGATE",
    "FORCE",
    "ONLINE",
    "OFFLINE",
    "CLUSTERED",
    "NONCLUSTERED",
    "COLUMNSTORE",
];

/// Objects that the catalog does not hold.
pub const NOT_KEPT: &[&str] = &[
    "FUNCTION",
    "PROCEDURE",
    "ROUTINE",
    "SEQUENCE",
    "EXTENSION",
    "ROLE",
    "USER",
    "GROUP",
    "DATABASE",
    "TABLESPACE",
    "LANGUAGE",
    "CAST",
    "COLLATION",
    "CONVERSION",
    "OPERATOR",
    "PUBLICATION",
    "SUBSCRIPTION",
    "SERVER",
    "STATISTICS",
    "TEXT SEARCH",
    "TRANSFORM",
    "ACCESS METHOD",
    "EVENT TRIGGER",
    "EVENT",
    "FOREIGN DATA WRAPPER",
    "USER MAPPING",
    "LARGE OBJECT",
    "DEFAULT PRIVILEGES",
    "PROFILE",
    "RESOURCE GROUP",
    "CHANGEFEED",
    "SYSTEM",
];

/// Walks a `CREATE` statement.
pub fn read(cursor: &mut Cursor, head: &mut usize) -> Option<Reading> {
    cursor.eat("CREATE");
    let mut words: Vec<&str> = Vec::new();
    loop {
        if cursor.eat_any(&["DEFINER", "ALGORITHM"]).is_some() {
            // `DEFINER = user@host`
            cursor.skip_until(|here| here.is_any(&["SQL", "VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "DEFINER"]));
        } else if cursor.is("AGGREGATE") && cursor.dialect == Dialect::Postgres {
            return Some(Reading::default());
        } else if let Some(word) = cursor.eat_any(MODIFIERS) {
            words.push(word);
        } else {
            break;
        }
    }
    let has = |word: &str| words.contains(&word);
    let temporary = has("TEMP") || has("TEMPORARY");
    let object =
        cursor.eat_any(&["FOREIGN TABLE", "TABLE", "INDEX", "VIEW", "TYPE", "DOMAIN", "SCHEMA", "TRIGGER", "POLICY", "RULE"]);
    let verb_end = cursor.mark();
    *head = if object.is_some() { verb_end } else { verb_end + 1 };
    match object {
        Some("TABLE") if has("VIRTUAL") => table::create_virtual(cursor),
        Some("TABLE" | "FOREIGN TABLE") => table::create(cursor, table::Flags { temporary, unlogged: has("UNLOGGED") }),
        Some("INDEX") => {
            let method = ["FULLTEXT", "SPATIAL"].into_iter().find(|word| has(word)).map(str::to_lowercase);
            let method = method.or(has("INVERTED").then(|| "gin".to_owned()));
            let index = index::create(cursor, has("UNIQUE"), method.as_deref())?;
            Some(Reading::of(Change::CreateIndex(Box::new(index))))
        }
        Some("VIEW") => view::create(cursor, has("MATERIALIZED"), has("OR REPLACE")),
        Some("TYPE") => create_type(cursor),
        Some("DOMAIN") => create_domain(cursor),
        Some("SCHEMA") => create_schema(cursor),
        Some(object) => {
            let whole = *cursor;
            let mut reading = on_table(cursor, &format!("CREATE {object}"));
            if object == "TRIGGER" {
                object::trigger(&whole, false, &mut reading);
            }
            Some(reading)
        }
        None if cursor.is_any(&["SEQUENCE", "EXTENSION", "FUNCTION", "PROCEDURE"]) => {
            Some(object::create(cursor).unwrap_or_default())
        }
        None if cursor.is_any(NOT_KEPT) => Some(Reading::default()),
        None => None,
    }
}

/// A trigger, policy or rule: it locks its table, which stands after `ON` (a rule: after `TO`).
pub fn on_table(cursor: &mut Cursor, words: &str) -> Reading {
    cursor.skip_until(|here| here.is("ON"));
    cursor.eat("ON");
    if words == "CREATE RULE" {
        cursor.skip_until(|here| here.is("TO"));
        cursor.eat("TO");
    }
    match cursor.object_name() {
        Some(table) => Reading::of(Change::TableObject { words: words.to_owned(), table }),
        None => Reading::default(),
    }
}

fn create_type(cursor: &mut Cursor) -> Option<Reading> {
    cursor.eat("IF NOT EXISTS");
    let name = cursor.object_name()?;
    if cursor.is("AS") && cursor.kind(1) == Some(crate::sql::lexer::Kind::Open) {
        cursor.eat("AS");
        return object::composite(cursor, name);
    }
    if !cursor.eat("AS ENUM") {
        return Some(Reading::of(Change::CreateOtherType { name }));
    }
    let labels = cursor.group()?.parts().map(|mut part| part.literal()).collect::<Option<Vec<_>>>()?;
    Some(Reading::of(Change::CreateEnum { name, labels }))
}

fn create_domain(cursor: &mut Cursor) -> Option<Reading> {
    let name = cursor.object_name()?;
    cursor.eat("AS");
    let base = types::read(cursor).map(|read| read.column_type.value);
    let (mut not_null, mut has_default, mut checks) = (false, false, Vec::new());
    while !cursor.is_done() {
        not_null |= cursor.is("NOT NULL");
        has_default |= cursor.is("DEFAULT") && !cursor.is("DEFAULT NULL");
        let mut ahead = *cursor;
        match object::domain_check(&mut ahead) {
            Some(check) => {
                checks.push(check);
                *cursor = ahead;
            }
            None => cursor.skip_one(),
        }
    }
    let constrained = not_null || !checks.is_empty();
    Some(Reading::of(Change::CreateDomain { name, base, constrained, not_null, has_default, checks }))
}

fn create_schema(cursor: &mut Cursor) -> Option<Reading> {
    // A schema of MySQL is a database.
    if cursor.dialect != Dialect::Postgres {
        return Some(Reading::default());
    }
    cursor.eat("IF NOT EXISTS");
    let mut name = if cursor.is("AUTHORIZATION") { None } else { Some(cursor.identifier()?.value) };
    if cursor.eat("AUTHORIZATION") {
        let owner = cursor.identifier()?.value;
        name.get_or_insert(owner);
    }
    let mut reading = Reading::of(Change::CreateSchema { name: name? });
    if !cursor.is_done() {
        reading.doubt("an element of the schema", cursor.all_names());
    }
    Some(reading)
}
