//! `DROP` of anything, `ALTER` of anything but the actions of a table, and `RENAME TABLE`.

use super::alter::{self, Target, cascade};
use super::create::{NOT_KEPT, on_table};
use super::{Reading, object, session};
use crate::source::Spanned;
use crate::sql::cursor::Cursor;
use crate::sql::{Change, Dialect, ObjectName, TableAction};

/// What `DROP` and `ALTER` are followed down for; everything else is not kept in the catalog.
const OBJECTS: &[&str] =
    &["FOREIGN TABLE", "TABLE", "INDEX", "MATERIALIZED VIEW", "VIEW", "TYPE", "DOMAIN", "SCHEMA", "TRIGGER", "POLICY", "RULE"];

/// Walks a `DROP` statement.
pub fn drop(cursor: &mut Cursor, head: &mut usize) -> Option<Reading> {
    cursor.eat("DROP");
    cursor.eat_any(&["TEMPORARY", "CONSTRAINT"]);
    let object = cursor.eat_any(OBJECTS);
    *head = cursor.mark() + usize::from(object.is_none());
    let Some(object) = object else { return not_kept(cursor) };
    let concurrently = cursor.eat_spanned("CONCURRENTLY");
    let if_exists = cursor.eat("IF EXISTS");
    if matches!(object, "TRIGGER" | "POLICY" | "RULE") {
        let whole = *cursor;
        let mut reading = on_table(cursor, &format!("DROP {object}"));
        if object == "TRIGGER" {
            object::trigger(&whole, true, &mut reading);
        }
        return Some(reading);
    }
    let names = names(cursor)?;
    // MySQL: `DROP INDEX i ON t`.
    let table = if object == "INDEX" && cursor.eat("ON") { Some(cursor.object_name()?) } else { None };
    // HSQLDB and H2 write `IF EXISTS` behind the name.
    let if_exists = cursor.eat("IF EXISTS") || if_exists;
    let cascade = cascade(cursor);
    let change = match object {
        "TABLE" | "FOREIGN TABLE" => Change::DropTable { names, if_exists, cascade },
        "INDEX" => Change::DropIndex { names, table, if_exists, concurrently },
        "TYPE" | "DOMAIN" => Change::DropType { names, if_exists, cascade },
        // A schema of MySQL is a database.
        "SCHEMA" if cursor.dialect == Dialect::MySql => Change::DropDatabase { name: names.into_iter().next()? },
        "SCHEMA" => Change::DropSchema { names: names.into_iter().map(|name| name.name.into()).collect(), cascade },
        _ => Change::DropView { names, if_exists, cascade },
    };
    let options = cursor.is_any(&["ALGORITHM", "LOCK", "WAIT", "NOWAIT"]);
    (cursor.is_done() || options).then(|| Reading::of(change))
}

/// Names between commas; CockroachDB writes `table@index` for an index.
fn names(cursor: &mut Cursor) -> Option<Vec<ObjectName>> {
    let mut names = Vec::new();
    loop {
        let mut name = cursor.object_name()?;
        if cursor.eat_symbol("@") {
            name = cursor.object_name()?;
        }
        names.push(name);
        if cursor.eat_kind(crate::sql::lexer::Kind::Comma).is_none() {
            return Some(names);
        }
    }
}

/// Objects that the catalog does not hold; with `CASCADE` an extension takes columns along.
fn not_kept(cursor: &mut Cursor) -> Option<Reading> {
    if cursor.eat("DATABASE") {
        cursor.eat("IF EXISTS");
        return Some(cursor.object_name().map_or_else(Reading::default, |name| Reading::of(Change::DropDatabase { name })));
    }
    if cursor.is_any(&["SEQUENCE", "EXTENSION", "FUNCTION", "PROCEDURE", "ROUTINE"]) {
        let before = *cursor;
        if let Some(reading) = object::drop(cursor) {
            return Some(reading);
        }
        *cursor = before;
    }
    let takes_along = cursor.is_any(&["EXTENSION", "OWNED"]);
    let known = cursor.is_any(NOT_KEPT) || cursor.is("AGGREGATE") || cursor.is("PROCEDURAL") || cursor.is("PREPARE");
    cursor.skip_until(|here| here.is("CASCADE"));
    (known && !(takes_along && cursor.is("CASCADE"))).then(Reading::default)
}

/// Walks an `ALTER` statement.
pub fn alter(cursor: &mut Cursor, head: &mut usize) -> Option<Reading> {
    cursor.eat("ALTER");
    cursor.eat_any(&["ONLINE", "IGNORE"]);
    let object = cursor.eat_any(OBJECTS);
    *head = cursor.mark() + usize::from(object.is_none());
    match object {
        Some("TABLE" | "FOREIGN TABLE") => alter::table(cursor),
        Some("INDEX") => index(cursor),
        Some("VIEW" | "MATERIALIZED VIEW") => view(cursor),
        Some("TYPE") => alter_type(cursor),
        Some("DOMAIN") => domain(cursor),
        Some("SCHEMA") => schema(cursor),
        Some(object) => Some(on_table(cursor, &format!("ALTER {object}"))),
        None if cursor.is_any(&["ROLE", "USER", "DATABASE", "SYSTEM"]) => Some(session::scoped_setting(cursor)),
        None if cursor.is_any(&["SEQUENCE", "FUNCTION", "PROCEDURE", "ROUTINE"]) => {
            Some(object::alter(cursor).unwrap_or_default())
        }
        None if cursor.is_any(NOT_KEPT) || cursor.is("AGGREGATE") => Some(Reading::default()),
        None => None,
    }
}

fn index(cursor: &mut Cursor) -> Option<Reading> {
    if cursor.eat("ALL IN TABLESPACE") {
        return Some(Reading::default());
    }
    cursor.eat("IF EXISTS");
    let mut from = cursor.object_name()?;
    let mut table = None;
    if cursor.eat_symbol("@") {
        table = Some(from);
        from = cursor.object_name()?;
    }
    if cursor.eat("RENAME TO") {
        return Some(Reading::of(Change::RenameIndex { from, to: cursor.identifier()?, table }));
    }
    if cursor.eat("ATTACH PARTITION") {
        return Some(Reading::of(Change::AttachIndex { parent: from, child: cursor.object_name()? }));
    }
    const HARMLESS: &[&str] = &["SET", "RESET", "ALTER COLUMN", "ALTER", "DEPENDS ON", "NO DEPENDS ON", "SPLIT", "CONFIGURE"];
    cursor.is_any(HARMLESS).then(Reading::default)
}

fn view(cursor: &mut Cursor) -> Option<Reading> {
    cursor.eat("IF EXISTS");
    let from = cursor.object_name()?;
    if cursor.eat("RENAME TO") {
        return Some(Reading::of(Change::RenameView { from, to: cursor.identifier()? }));
    }
    const HARMLESS: &[&str] =
        &["OWNER TO", "SET", "RESET", "ALTER", "DEPENDS ON", "CLUSTER ON", "NO DEPENDS ON", "RENAME COLUMN", "RENAME"];
    if cursor.eat("SET SCHEMA") {
        return object::view_schema(cursor, from);
    }
    cursor.is_any(HARMLESS).then(Reading::default)
}

fn alter_type(cursor: &mut Cursor) -> Option<Reading> {
    let name = cursor.object_name()?;
    if cursor.eat("ADD VALUE") {
        let if_not_exists = cursor.eat("IF NOT EXISTS");
        let label = cursor.literal()?;
        let before = if cursor.eat("BEFORE") { Some(cursor.literal()?.value) } else { None };
        let after = if cursor.eat("AFTER") { Some(cursor.literal()?.value) } else { None };
        return Some(Reading::of(Change::AddEnumValue { name, label, before, after, if_not_exists }));
    }
    if cursor.eat("RENAME VALUE") {
        let from = cursor.literal()?;
        cursor.eat("TO").then_some(())?;
        return Some(Reading::of(Change::RenameEnumValue { name, from, to: cursor.literal()? }));
    }
    if cursor.eat("RENAME TO") {
        return Some(Reading::of(Change::RenameType { name, to: cursor.identifier()? }));
    }
    if cursor.eat("SET SCHEMA") {
        return object::type_schema(cursor, name);
    }
    if cursor.is_any(&["RENAME ATTRIBUTE", "ADD ATTRIBUTE", "DROP ATTRIBUTE", "ALTER ATTRIBUTE"]) {
        return object::attributes(cursor, &name);
    }
    cursor.is_any(&["OWNER TO", "SET"]).then(Reading::default)
}

fn domain(cursor: &mut Cursor) -> Option<Reading> {
    let name = cursor.object_name()?;
    if cursor.eat("RENAME TO") {
        return Some(Reading::of(Change::RenameType { name, to: cursor.identifier()? }));
    }
    // What it costs is judged apart from what it makes of the domain.
    let mut ahead = *cursor;
    let constrains = cursor.is_any(&["ADD", "SET NOT NULL"]);
    ahead.skip_until(|here| here.is("NOT VALID"));
    let not_valid = ahead.is("NOT VALID");
    let mut reading = object::domain(cursor, name.clone())?;
    if constrains {
        reading.push(Change::ConstrainDomain { name, not_valid }, None);
    }
    Some(reading)
}

fn schema(cursor: &mut Cursor) -> Option<Reading> {
    let from = cursor.identifier()?.value;
    if cursor.eat("RENAME TO") {
        return Some(Reading::of(Change::RenameSchema { from, to: cursor.identifier()?.value }));
    }
    (cursor.is("OWNER TO") || cursor.dialect == Dialect::MySql).then(Reading::default)
}

/// `RENAME TABLE a TO b, c TO d` of MySQL.
pub fn rename_tables(cursor: &mut Cursor) -> Option<Reading> {
    cursor.eat_any(&["RENAME TABLE", "RENAME TABLES"])?;
    let mut reading = Reading::default();
    for mut part in cursor.parts() {
        let span = super::column::whole(&part);
        let table = part.object_name()?;
        part.eat("TO").then_some(())?;
        let to = part.object_name()?;
        let to = Spanned::new(to.name.into(), to.span);
        reading.act(&Target { table, if_exists: false, only: false }, TableAction::RenameTable { to }, span);
    }
    Some(reading)
}
