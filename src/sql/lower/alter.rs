//! `ALTER TABLE`: one operation for every action.

use super::{Reading, column, constraint, index};
use crate::source::{Span, Spanned};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::{Change, ConstraintDef, ConstraintKind, Dialect, ObjectName, TableAction, types};

/// Actions without effect on columns, keys and indexes, by their leading words, longest first.
const OTHER: &[&str] = &[
    "ENABLE ROW LEVEL SECURITY",
    "DISABLE ROW LEVEL SECURITY",
    "FORCE ROW LEVEL SECURITY",
    "NO FORCE ROW LEVEL SECURITY",
    "ENABLE REPLICA TRIGGER",
    "ENABLE ALWAYS TRIGGER",
    "ENABLE TRIGGER",
    "DISABLE TRIGGER",
    "ENABLE RULE",
    "DISABLE RULE",
    "ENABLE ALWAYS RULE",
    "ENABLE REPLICA RULE",
    "SET WITHOUT CLUSTER",
    "SET WITHOUT OIDS",
    "SET WITH OIDS",
    "SET ACCESS METHOD",
    "SET TABLESPACE",
    "SET UNLOGGED",
    "SET LOGGED",
    "SET",
    "RESET",
    "CLUSTER ON",
    "OWNER TO",
    "REPLICA IDENTITY",
    "NO INHERIT",
    "INHERIT",
    "NOT OF",
    "OF",
    "ALTER CONSTRAINT",
    "OPTIONS",
    "ALTER INDEX",
    "ALTER CHECK",
    "CONVERT TO",
    "DEFAULT CHARACTER SET",
    "DEFAULT CHARSET",
    "DEFAULT COLLATE",
    "CHARACTER SET",
    "CHARSET",
    "COLLATE",
    "ENGINE",
    "AUTO_INCREMENT",
    "COMMENT",
    "ROW_FORMAT",
    "ALGORITHM",
    "LOCK",
    "DISABLE KEYS",
    "ENABLE KEYS",
    "FORCE",
    "ORDER BY",
    "KEY_BLOCK_SIZE",
    "STATS_PERSISTENT",
    "AVG_ROW_LENGTH",
    "SPLIT AT",
    "EXPERIMENTAL_AUDIT",
    "CONFIGURE ZONE",
    "RANDOMIZE",
    "REMOVE PARTITIONING",
    "PARTITION BY",
    "DISCARD TABLESPACE",
    "IMPORT TABLESPACE",
    "WITH VALIDATION",
    "WITHOUT VALIDATION",
];

/// What MySQL does with partitions, whose names follow between commas. It stands alone.
const PARTITIONS: &[&str] = &[
    "REBUILD PARTITION",
    "OPTIMIZE PARTITION",
    "ANALYZE PARTITION",
    "ADD PARTITION",
    "DROP PARTITION",
    "TRUNCATE PARTITION",
    "REORGANIZE PARTITION",
    "EXCHANGE PARTITION",
    "COALESCE PARTITION",
    "CHECK PARTITION",
    "REPAIR PARTITION",
    "DISCARD PARTITION",
    "IMPORT PARTITION",
];

/// What an alteration is about.
pub struct Target {
    /// The table.
    pub table: ObjectName,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// `ONLY`.
    pub only: bool,
}

/// Walks what follows `ALTER TABLE`.
pub fn table(cursor: &mut Cursor) -> Option<Reading> {
    if cursor.eat("ALL IN TABLESPACE") {
        return Some(Reading::default());
    }
    let if_exists = cursor.eat("IF EXISTS");
    let only = cursor.eat("ONLY");
    if cursor.is_template_name() {
        return any_table(cursor);
    }
    let target = Target { table: cursor.object_name()?, if_exists, only };
    cursor.eat_symbol("*");
    let mut reading = Reading::default();
    if cursor.dialect == Dialect::SqlServer {
        super::tsql_alter::actions(cursor, &target, &mut reading);
        return Some(reading);
    }
    if cursor.dialect == Dialect::Postgres && cursor.is("ALTER PRIMARY KEY USING COLUMNS") {
        return primary_key(cursor, &target);
    }
    let whole = column::whole(cursor);
    let of_partitions = if cursor.dialect == Dialect::MySql { cursor.eat_any(PARTITIONS) } else { None };
    if let Some(words) = of_partitions {
        cursor.finish();
        reading.act(&target, TableAction::Other { words: words.to_owned() }, whole);
        return Some(reading);
    }
    for mut part in cursor.parts() {
        let span = column::whole(&part);
        let before = part;
        if !action(&mut part, &target, span, &mut reading) {
            let words = before.leading_words(3);
            reading.doubt(&format!("`{words}`"), [target.table.clone()]);
            reading.act(&target, TableAction::Unknown { words }, span);
        }
    }
    cursor.finish();
    Some(reading)
}

/// Actions on a table whose name is put together at run time: `None` but for those that would change nothing of any table.
fn any_table(cursor: &mut Cursor) -> Option<Reading> {
    while matches!(cursor.kind(0), Some(Kind::Template | Kind::Quoted | Kind::Dot)) || cursor.kind(1) == Some(Kind::Template) {
        cursor.next();
    }
    let harmless = |mut part: Cursor| {
        let found = if part.is("ALTER") { alter_column(&mut part) } else { other(&mut part) };
        matches!(found, Some(TableAction::Other { .. }))
    };
    let mut parts = cursor.parts().peekable();
    (parts.peek().is_some() && parts.all(harmless)).then(Reading::default)
}

/// `ALTER PRIMARY KEY USING COLUMNS (..)` of CockroachDB: another key under the name of the old one.
fn primary_key(cursor: &mut Cursor, target: &Target) -> Option<Reading> {
    let span = column::whole(cursor);
    cursor.eat("ALTER PRIMARY KEY USING COLUMNS");
    let columns = cursor.column_list()?;
    cursor.finish();
    let kind = ConstraintKind::PrimaryKey { columns, using_index: None };
    let key = ConstraintDef { name: None, kind, not_valid: false, span, details: None };
    let mut reading = Reading::default();
    reading.act(target, TableAction::AddConstraint(Box::new(key)), span);
    Some(reading)
}

/// Walks one action; `false` where it is not understood.
fn action(part: &mut Cursor, target: &Target, span: Span, reading: &mut Reading) -> bool {
    // MySQL's own actions make several operations; all others make one.
    if part.dialect == Dialect::MySql
        && let Some(understood) = super::mysql::action(part, target, span, reading)
    {
        return understood;
    }
    if part.is("ADD") {
        return add(part, target, span, reading);
    }
    let before = *part;
    let found = match part.word(0).to_ascii_uppercase().as_str() {
        "DROP" => drop(part),
        "RENAME" => rename(part),
        "ALTER" => alter_column(part),
        "VALIDATE" => validate(part),
        "ATTACH" | "DETACH" => partition(part),
        _ => None,
    };
    let found = found.filter(|_| part.is_done()).or_else(|| {
        *part = before;
        other(part)
    });
    match found {
        Some(action) => {
            if part.dialect == Dialect::MySql && matches!(action, TableAction::Other { .. }) {
                super::object::charset(part, &target.table, reading);
            }
            reading.act(target, action, span);
            true
        }
        None => false,
    }
}

fn other(part: &mut Cursor) -> Option<TableAction> {
    if part.is("SET SCHEMA") {
        part.eat("SET SCHEMA");
        return Some(TableAction::SetSchema { to: part.identifier()?.value });
    }
    let words = OTHER.iter().find(|words| part.is(words))?;
    Some(TableAction::Other { words: (*words).to_owned() })
}

/// `ADD [COLUMN] ..` or `ADD constraint`.
fn add(part: &mut Cursor, target: &Target, span: Span, reading: &mut Reading) -> bool {
    part.eat("ADD");
    if index::starts_element(part) {
        let Some(mut found) = index::element(part, &target.table) else { return false };
        found.span = span;
        reading.push(Change::CreateIndex(Box::new(found)), Some(span));
        return true;
    }
    if constraint::starts(part) {
        let Some(mut found) = constraint::read(part) else { return false };
        found.span = span;
        reading.act(target, TableAction::AddConstraint(Box::new(found)), span);
        return true;
    }
    part.eat("COLUMN");
    let if_not_exists = part.eat("IF NOT EXISTS");
    let Some(read) = column::read(part) else { return false };
    if let Some(doubt) = read.doubt {
        reading.doubt(&doubt, [target.table.clone()]);
    }
    let column = Box::new(read.column);
    reading.act(target, TableAction::AddColumn { column, if_not_exists }, span);
    true
}

/// Walks `CASCADE` or `RESTRICT` or nothing.
pub fn cascade(part: &mut Cursor) -> bool {
    part.eat_any(&["CASCADE", "RESTRICT"]) == Some("CASCADE")
}

fn drop(part: &mut Cursor) -> Option<TableAction> {
    part.eat("DROP");
    if part.eat("CONSTRAINT") {
        let if_exists = part.eat("IF EXISTS");
        return Some(TableAction::DropConstraint { name: part.identifier()?, if_exists, cascade: cascade(part) });
    }
    part.eat("COLUMN");
    let if_exists = part.eat("IF EXISTS");
    Some(TableAction::DropColumn { name: part.identifier()?, if_exists, cascade: cascade(part) })
}

/// The name in `RENAME TO name`. MySQL and PostgreSQL differ only in the words that may be left out.
fn rename(part: &mut Cursor) -> Option<TableAction> {
    part.eat("RENAME");
    if part.eat_any(&["TO", "AS"]).is_some() {
        let to = part.object_name()?;
        return Some(TableAction::RenameTable { to: Spanned::new(to.name.into(), to.span) });
    }
    let is_constraint = part.eat("CONSTRAINT");
    if !is_constraint {
        part.eat("COLUMN");
    }
    let from = part.identifier()?;
    part.eat("TO").then_some(())?;
    let to = part.identifier()?;
    Some(if is_constraint { TableAction::RenameConstraint { from, to } } else { TableAction::RenameColumn { from, to } })
}

fn validate(part: &mut Cursor) -> Option<TableAction> {
    part.eat("VALIDATE CONSTRAINT").then_some(())?;
    Some(TableAction::ValidateConstraint { name: part.identifier()? })
}

fn partition(part: &mut Cursor) -> Option<TableAction> {
    if part.is("ATTACH PARTITION") || part.is("DETACH PARTITION") {
        let mut name = *part;
        name.eat_any(&["ATTACH PARTITION", "DETACH PARTITION"]);
        // Which child comes or goes changes nothing of the parent.
        if name.is_template_name() {
            let words = part.leading_words(2);
            part.finish();
            return Some(TableAction::Other { words });
        }
    }
    if part.eat("ATTACH PARTITION") {
        let child = part.object_name()?;
        let default = part.is("DEFAULT");
        part.finish();
        return Some(TableAction::AttachPartition { child, default });
    }
    part.eat("DETACH PARTITION").then_some(())?;
    let child = part.object_name()?;
    let concurrently = part.eat_spanned("CONCURRENTLY");
    part.eat("FINALIZE");
    Some(TableAction::DetachPartition { child, concurrently })
}

/// `ALTER [COLUMN] name ..`
fn alter_column(part: &mut Cursor) -> Option<TableAction> {
    part.eat("ALTER");
    if part.is("CONSTRAINT") && part.kind(1) == Some(Kind::Word) && !part.is("CONSTRAINT SET") {
        part.finish();
        return Some(TableAction::Other { words: "ALTER CONSTRAINT".into() });
    }
    part.eat("COLUMN");
    let column = part.identifier()?;
    if part.eat_any(&["TYPE", "SET DATA TYPE"]).is_some() {
        return alter_type(part, column);
    }
    if part.eat("SET NOT NULL") {
        return Some(TableAction::SetNotNull { column });
    }
    if part.eat("DROP NOT NULL") {
        return Some(TableAction::DropNotNull { column });
    }
    if part.eat("DROP DEFAULT") {
        return Some(TableAction::DropDefault { column });
    }
    if part.is("SET DEFAULT") {
        part.eat("SET");
        let default = column::default_value(part)?;
        return Some(TableAction::SetDefault { column, default });
    }
    if part.eat("ADD GENERATED") {
        part.finish();
        return Some(TableAction::Identity { column, add: true });
    }
    if part.eat("DROP IDENTITY") {
        part.eat("IF EXISTS");
        return Some(TableAction::Identity { column, add: false });
    }
    const HARMLESS: &[&str] = &[
        "SET STATISTICS",
        "SET STORAGE",
        "SET COMPRESSION",
        "SET GENERATED",
        "SET INCREMENT",
        "SET START",
        "SET MINVALUE",
        "SET MAXVALUE",
        "SET CACHE",
        "SET NO",
        "SET CYCLE",
        "SET SEQUENCE",
        "SET EXPRESSION",
        "DROP EXPRESSION",
        "RESTART",
        "RESET",
        "OPTIONS",
        "SET VISIBLE",
        "SET INVISIBLE",
        "SET NOT VISIBLE",
        "SET ON UPDATE",
        "DROP STORED",
    ];
    let words = part.eat_any(HARMLESS);
    let is_options = words.is_none() && part.is("SET") && part.kind(1) == Some(Kind::Open);
    let words = words.or(is_options.then_some("SET"))?;
    part.finish();
    Some(TableAction::Other { words: words.to_owned() })
}

fn alter_type(part: &mut Cursor, column: Spanned<String>) -> Option<TableAction> {
    let column_type = types::read(part).map(|read| read.column_type);
    let collation = if part.eat("COLLATE") { Some(part.object_name()?.name.into()) } else { None };
    let using = part.eat("USING").then(|| part.rest_text().to_owned());
    if using.is_some() {
        part.finish();
    }
    column_type.as_ref()?;
    Some(TableAction::AlterType { column, column_type: column_type.map(Box::new), using, collation })
}
