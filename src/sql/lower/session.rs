//! Transactions, settings, locks, maintenance, and everything else that leaves the catalog alone.

use super::Reading;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::{Change, Dialect, ObjectName};

/// First words of statements without any effect that matters here.
const NO_EFFECT: &[&str] = &[
    "COMMENT",
    "GRANT",
    "REVOKE",
    "SAVEPOINT",
    "RELEASE",
    "PREPARE",
    "DEALLOCATE",
    "EXPLAIN",
    "SHOW",
    "DECLARE",
    "FETCH",
    "MOVE",
    "CLOSE",
    "OPEN",
    "NOTIFY",
    "LISTEN",
    "UNLISTEN",
    "DISCARD",
    "CHECKPOINT",
    "SECURITY",
    "REASSIGN",
    "USE",
    "UNLOCK",
    "FLUSH",
    "OPTIMIZE",
    "CHECK",
    "REPAIR",
    "DESCRIBE",
    "DESC",
    "HANDLER",
    "KILL",
    "PRAGMA",
    "ATTACH",
    "DETACH",
    "RAISE",
    "RETURN",
    "NULL",
    "GET",
    "ASSERT",
    "EXIT",
    "CONTINUE",
    "SIGNAL",
    "RESIGNAL",
    "DO",
    "PURGE",
    "ABORT",
    "BACKUP",
    "ANALYSE",
    "LEAVE",
    "ITERATE",
    "PRINT",
    "RAISERROR",
    "THROW",
    "DENY",
    "WAITFOR",
    "DBCC",
    "SAVE",
    "GOTO",
    "BREAK",
    "ENABLE TRIGGER",
    "DISABLE TRIGGER",
];

/// Walks a statement that is neither about objects nor about rows.
pub fn read(cursor: &mut Cursor, head: &mut usize) -> Option<Reading> {
    if cursor.is_any(&["ROLLBACK TO", "ROLLBACK TRANSACTION TO", "ROLLBACK WORK TO", "COMMIT PREPARED", "ROLLBACK PREPARED"]) {
        return Some(Reading::default());
    }
    if cursor.is_any(&["BEGIN", "START TRANSACTION"]) {
        return Some(Reading::of(Change::Begin));
    }
    if cursor.is_any(&["COMMIT", "END"]) {
        return Some(Reading::of(Change::Commit));
    }
    if cursor.is_any(&["ROLLBACK", "ABORT"]) {
        return Some(Reading::of(Change::Rollback));
    }
    if cursor.is("SET") {
        return Some(set(cursor));
    }
    if cursor.eat("RESET") {
        let name = cursor.identifier().map(|name| name.value.to_ascii_lowercase()).unwrap_or_default();
        return Some(Reading::of(setting(&name, "default".into(), false, None)));
    }
    if cursor.is("DISCARD ALL") {
        return Some(Reading::of(setting("all", "default".into(), false, None)));
    }
    if cursor.eat("LOCK") {
        return lock(cursor);
    }
    if cursor.eat("REINDEX") {
        return reindex(cursor);
    }
    if cursor.eat("REFRESH MATERIALIZED VIEW") {
        *head = 3;
        let concurrently = cursor.eat("CONCURRENTLY");
        return Some(Reading::of(Change::RefreshView { name: cursor.object_name()?, concurrently }));
    }
    if cursor.is_any(&["VACUUM", "ANALYZE", "CLUSTER"]) {
        return Some(Reading::of(maintenance(cursor)));
    }
    if let Some(word) = cursor.eat_any(&["EXECUTE", "CALL"]) {
        let what = if word == "CALL" { "a procedure, which may do anything" } else { "SQL that is put together at run time" };
        return Some(Reading::opaque(what));
    }
    // `x := 1` in a block.
    let assigns = cursor.kind(1) == Some(Kind::Symbol) && matches!(cursor.kind(0), Some(Kind::Word | Kind::Quoted));
    (cursor.is_any(NO_EFFECT) || assigns).then(Reading::default)
}

/// A setting of the session, or of what `scope` names.
pub fn setting(name: &str, value: String, local: bool, scope: Option<&'static str>) -> Change {
    Change::Setting { name: name.to_owned(), value, local, scope }
}

/// `SET [SESSION | LOCAL | GLOBAL | PERSIST] name = value`.
fn set(cursor: &mut Cursor) -> Reading {
    cursor.eat("SET");
    let word = cursor.eat_any(&["LOCAL", "SESSION", "GLOBAL", "PERSIST"]);
    // What MySQL sets for the whole server holds for sessions that begin later, not for this one.
    let scope = word.is_some_and(|word| matches!(word, "GLOBAL" | "PERSIST")).then_some("global");
    const NO_PARAMETER: &[&str] =
        &["TRANSACTION", "CONSTRAINTS", "ROLE", "AUTHORIZATION", "CHARACTERISTICS", "NAMES", "CHARACTER SET", "PASSWORD"];
    if cursor.is_any(NO_PARAMETER) {
        return Reading::default();
    }
    assignment(cursor, word == Some("LOCAL"), scope)
}

/// `name = value` or `name TO value`, or `TIME ZONE value`.
fn assignment(cursor: &mut Cursor, local: bool, scope: Option<&'static str>) -> Reading {
    // `@@session.x` of MySQL; `@x` is a variable, which is kept under its name.
    while cursor.kind(0) == Some(Kind::Symbol) {
        cursor.next();
    }
    let name = if cursor.eat("TIME ZONE") {
        "timezone".to_owned()
    } else {
        let Some(name) = cursor.object_name() else { return Reading::default() };
        let schema = name.schema.filter(|schema| !matches!(schema.as_str(), "session" | "global"));
        let name = schema.map_or(name.name.to_string(), |schema| format!("{schema}.{}", name.name));
        if !cursor.eat("TO") && !cursor.eat_symbol("=") && !cursor.eat_symbol(":=") {
            return Reading::default();
        }
        name.to_ascii_lowercase()
    };
    let values = cursor.parts().map(|mut part| match part.literal() {
        Some(literal) if part.is_done() => literal.value,
        _ if part.kind(0) == Some(Kind::Quoted) && part.rest().len() == 1 => {
            part.identifier().map(|name| name.value).unwrap_or_default()
        }
        _ => part.rest_text().to_owned(),
    });
    let value = values.collect::<Vec<_>>().join(", ");
    Reading::of(setting(&name, value, local, scope))
}

/// `ALTER ROLE x SET ..`, `ALTER DATABASE x SET ..`, `ALTER SYSTEM SET ..`.
pub fn scoped_setting(cursor: &mut Cursor) -> Reading {
    let scope = match cursor.eat_any(&["ROLE", "USER", "DATABASE", "SYSTEM"]) {
        Some("DATABASE") => "database",
        Some("SYSTEM") => "system",
        _ => "role",
    };
    cursor.skip_until(|here| here.is("SET"));
    if !cursor.eat("SET") || cursor.is_any(&["TABLESPACE", "PASSWORD"]) {
        return Reading::default();
    }
    assignment(cursor, false, Some(scope))
}

fn lock(cursor: &mut Cursor) -> Option<Reading> {
    if cursor.dialect == Dialect::MySql {
        return Some(Reading::default());
    }
    cursor.eat("TABLE");
    cursor.eat("ONLY");
    let tables = cursor.object_names()?;
    cursor.eat_symbol("*");
    let mut mode = "ACCESS EXCLUSIVE".to_owned();
    if cursor.eat("IN") {
        let mut words = Vec::new();
        while !cursor.is_done() && !cursor.is("MODE") {
            words.push(cursor.leading_words(1));
            cursor.next();
        }
        mode = words.join(" ");
        cursor.eat("MODE");
    }
    let nowait = cursor.is("NOWAIT");
    Some(Reading::of(Change::LockTable { tables, mode, nowait }))
}

/// `REINDEX [(options)] {INDEX | TABLE | SCHEMA | ..} [CONCURRENTLY] name`.
fn reindex(cursor: &mut Cursor) -> Option<Reading> {
    let mut concurrently = None;
    if let Some(mut options) = cursor.group() {
        options.skip_until(|here| here.is("CONCURRENTLY"));
        concurrently = options.eat_spanned("CONCURRENTLY");
    }
    let object = cursor.eat_any(&["INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM"]);
    concurrently = cursor.eat_spanned("CONCURRENTLY").or(concurrently);
    let name = cursor.object_name();
    let target = name.filter(|_| matches!(object, Some("INDEX" | "TABLE") | None));
    Some(Reading::of(Change::Reindex { target, index: object == Some("INDEX"), concurrently }))
}

/// `VACUUM [(FULL)] [FULL] t`, `CLUSTER t [USING i]`, `ANALYZE t`.
fn maintenance(cursor: &mut Cursor) -> Change {
    let mut words = cursor.leading_words(1);
    cursor.next();
    if let Some(mut options) = cursor.group() {
        options.skip_until(|here| here.is("FULL"));
        if options.is("FULL") && !options.is_any(&["FULL FALSE", "FULL OFF"]) {
            words.push_str(" FULL");
        }
    }
    while let Some(option) = cursor.eat_any(&["FULL", "FREEZE", "VERBOSE", "ANALYZE", "TABLE"]) {
        if option == "FULL" {
            words.push_str(" FULL");
        }
    }
    let mut table: Option<ObjectName> = cursor.object_name();
    // `CLUSTER index ON table`, as it was written before PostgreSQL 8.3.
    if cursor.eat("ON") {
        table = cursor.object_name();
    }
    Change::Maintenance { words, table }
}
