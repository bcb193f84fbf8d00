//! `CREATE TABLE`.

use super::{Reading, column, constraint, index};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::{Change, CreateTable, Dialect, ObjectName, PartitionKey};

/// What the words before `TABLE` said.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flags {
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `UNLOGGED`.
    pub unlogged: bool,
}

/// An empty table of this name.
pub fn empty(name: ObjectName) -> CreateTable {
    CreateTable {
        name,
        if_not_exists: false,
        temporary: false,
        drops_on_commit: false,
        unlogged: false,
        partitioned: false,
        partition_key: None,
        partition_of: None,
        default_partition: false,
        inherits: Vec::new(),
        like: Vec::new(),
        from_query: false,
        columns: Vec::new(),
        constraints: Vec::new(),
        indexes: Vec::new(),
        complete: true,
        charset: None,
        collation: None,
    }
}

/// Walks what follows `CREATE TABLE`.
pub fn create(cursor: &mut Cursor, flags: Flags) -> Option<Reading> {
    let mut reading = Reading::default();
    let if_not_exists = cursor.eat("IF NOT EXISTS");
    if cursor.is_template_name() {
        return Some(Reading::of(Change::CreateSomeTable));
    }
    let mut table = empty(cursor.object_name()?);
    (table.if_not_exists, table.temporary, table.unlogged) = (if_not_exists, flags.temporary, flags.unlogged);
    if cursor.eat("PARTITION OF") {
        table.partition_of = Some(cursor.object_name()?);
    } else if cursor.eat("LIKE") {
        // MySQL: `CREATE TABLE a LIKE b` takes indexes along.
        table.like.push((cursor.object_name()?, vec!["ALL".into()]));
    } else if cursor.eat("OF") {
        reading.doubt("a typed table", []);
        table.complete = false;
        cursor.object_name();
    }
    if let Some(elements) = cursor.group() {
        if elements.is("SELECT") || elements.is("WITH") {
            table.from_query = true;
        } else {
            // Nearly all are columns, where room would be made for four, eight, sixteen.
            table.columns.reserve_exact(elements.parts().count());
            for mut part in elements.parts() {
                element(&mut part, &mut table, &mut reading);
            }
        }
    }
    table.default_partition = table.partition_of.is_some() && cursor.is("DEFAULT");
    let mut tail = *cursor;
    tail.skip_until(|here| here.is("ON COMMIT DROP"));
    table.drops_on_commit = flags.temporary && !tail.is_done();
    clauses(cursor, &mut table, &mut reading);
    reading.touches.extend((!table.complete).then(|| table.name.clone()));
    reading.push(Change::CreateTable(Box::new(table)), None);
    Some(reading)
}

/// One element between the brackets.
fn element(part: &mut Cursor, table: &mut CreateTable, reading: &mut Reading) {
    let span = column::whole(part);
    let is_family = part.is("FAMILY") && (part.kind(1) == Some(Kind::Open) || part.kind(2) == Some(Kind::Open));
    if (is_family && part.dialect == Dialect::Postgres) || part.is("PERIOD FOR") {
        return;
    }
    let understood = if part.eat("LIKE") {
        like(part).map(|found| table.like.push(found)).is_some()
    } else if index::starts_element(part) {
        let found = index::element(part, &table.name);
        found.map(|index| table.indexes.push(crate::sql::IndexDef { span, ..index })).is_some()
    } else if constraint::starts(part) {
        // Most tables have one or two, where room would be made for four.
        table.constraints.reserve_exact(1);
        constraint::read(part).map(|found| table.constraints.push(found)).is_some()
    } else if let Some(read) = column::read(part) {
        if let Some(doubt) = read.doubt {
            reading.doubt(&doubt, []);
            table.complete = false;
        }
        table.columns.push(read.column);
        true
    } else {
        false
    };
    if !understood {
        reading.doubt(&format!("`{}`", column::doubtful_words(part)), []);
        table.complete = false;
    }
}

/// What follows `LIKE`: the other table, and what comes along.
fn like(part: &mut Cursor) -> Option<(ObjectName, Vec<String>)> {
    const ALL: &[&str] =
        &["COMMENTS", "COMPRESSION", "CONSTRAINTS", "DEFAULTS", "GENERATED", "IDENTITY", "INDEXES", "STATISTICS", "STORAGE"];
    let other = part.object_name()?;
    let mut options: Vec<String> = Vec::new();
    while !part.is_done() {
        let including = part.eat("INCLUDING");
        if !including && !part.eat("EXCLUDING") {
            return None;
        }
        let option = part.identifier()?.value.to_ascii_uppercase();
        if including {
            options.push(option);
            continue;
        }
        if options.iter().any(|known| known == "ALL") {
            options = ALL.iter().map(|one| (*one).to_owned()).collect();
        }
        options.retain(|known| *known != option && option != "ALL");
    }
    Some((other, options))
}

/// What follows the brackets, in any order.
fn clauses(cursor: &mut Cursor, table: &mut CreateTable, reading: &mut Reading) {
    while !cursor.is_done() {
        if cursor.is_any(&["AS", "SELECT"]) {
            table.from_query = true;
            cursor.finish();
        } else if cursor.eat("INHERITS") {
            let parents = cursor.group().and_then(|mut inner| inner.object_names());
            table.complete &= parents.is_some();
            table.inherits = parents.unwrap_or_default();
        } else if cursor.eat("PARTITION BY") {
            table.partitioned = table.partition_of.is_none() || cursor.dialect == Dialect::Postgres;
            cursor.eat_any(&["LINEAR"]);
            let method = cursor.identifier();
            let key = cursor.group();
            table.partition_key = method.zip(key).map(|(method, key)| PartitionKey {
                method: method.value.to_lowercase(),
                columns: key.parts().map(partition_column).collect(),
            });
            if cursor.dialect == Dialect::MySql {
                // MySQL's partitions are storage, not tables.
                (table.partitioned, table.partition_key) = (false, None);
                cursor.finish();
            }
        } else if cursor.eat("FOR VALUES") {
            // `FROM (..) TO (..)`, `IN (..)`, `WITH (MODULUS ..)`.
            while cursor.eat_any(&["FROM", "TO", "IN", "WITH"]).is_some() && cursor.group().is_some() {}
        } else if cursor.dialect == Dialect::MySql && charset(cursor, table) {
        } else if !known_clause(cursor) {
            reading.doubt(&format!("`{}`", column::doubtful_words(cursor)), []);
            cursor.finish();
        }
    }
}

/// The column of one part of a partition key; `None` for an expression.
fn partition_column(mut part: Cursor) -> Option<String> {
    let column = part.identifier()?;
    let is_call = matches!(part.kind(0), Some(Kind::Open | Kind::Dot));
    (!is_call).then_some(column.value)
}

/// `[DEFAULT] CHARSET = utf8mb4`, `COLLATE utf8mb4_bin` of MySQL.
fn charset(cursor: &mut Cursor, table: &mut CreateTable) -> bool {
    let before = *cursor;
    cursor.eat("DEFAULT");
    let found = cursor.eat_any(&["CHARACTER SET", "CHARSET", "COLLATE"]);
    cursor.eat_symbol("=");
    let value = cursor.identifier().or_else(|| cursor.literal()).map(|name| name.value.to_lowercase());
    match (found, value) {
        (Some("COLLATE"), Some(value)) => table.collation = Some(value),
        (Some(_), Some(value)) => table.charset = Some(value),
        _ => *cursor = before,
    }
    cursor.mark() > before.mark()
}

/// A clause without effect on what the catalog keeps.
fn known_clause(cursor: &mut Cursor) -> bool {
    if cursor
        .eat_any(&[
            "WITHOUT OIDS",
            "WITHOUT ROWID",
            "STRICT",
            "DEFAULT",
            "ON COMMIT DROP",
            "ON COMMIT DELETE ROWS",
            "ON COMMIT PRESERVE ROWS",
            "LOCALITY REGIONAL BY ROW",
        ])
        .is_some()
    {
        return true;
    }
    if cursor.eat_any(&["WITH OIDS", "WITH NO DATA", "WITH DATA"]).is_some() {
        return true;
    }
    if cursor.eat_any(&["WITH", "OPTIONS", "TTL"]).is_some() {
        return cursor.group().is_some();
    }
    if cursor.eat_any(&["USING", "TABLESPACE", "SERVER"]).is_some() {
        return cursor.identifier().is_some();
    }
    if matches!(cursor.dialect, Dialect::MySql | Dialect::Sqlite | Dialect::SqlServer) {
        // `ENGINE = InnoDB`, `DEFAULT CHARSET=utf8mb4`, separated by blanks or commas.
        cursor.next();
        return true;
    }
    false
}

/// `SELECT .. INTO name`: a table from a query.
pub fn select_into(cursor: &mut Cursor) -> Option<Reading> {
    let temporary = cursor.eat_any(&["TEMPORARY", "TEMP"]).is_some();
    cursor.eat("UNLOGGED");
    cursor.eat("TABLE");
    let mut table = empty(cursor.object_name()?);
    (table.temporary, table.from_query) = (temporary, true);
    let mut reading = Reading::default();
    reading.push(Change::CreateTable(Box::new(table)), None);
    Some(reading)
}

/// `CREATE VIRTUAL TABLE name USING module(..)`: its columns are the module's business.
pub fn create_virtual(cursor: &mut Cursor) -> Option<Reading> {
    let if_not_exists = cursor.eat("IF NOT EXISTS");
    let mut table = empty(cursor.object_name()?);
    (table.if_not_exists, table.from_query) = (if_not_exists, true);
    let mut reading = Reading::default();
    reading.push(Change::CreateTable(Box::new(table)), None);
    Some(reading)
}
