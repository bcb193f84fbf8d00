//! What only SQL Server writes: the actions of its `ALTER TABLE`, parts of columns and tables, and `sp_rename`.

use super::alter::Target;
use super::column;
use super::{Reading, constraint, index};
use crate::source::{Name, Spanned};
use crate::sql::cursor::Cursor;
use crate::sql::{Change, ColumnDef, ObjectName, TableAction, types};

/// Walks the actions of `ALTER TABLE`; of a list only the first has its verb.
pub fn actions(cursor: &mut Cursor, target: &Target, reading: &mut Reading) {
    cursor.eat_any(&["WITH NOCHECK", "WITH CHECK"]);
    let adds = cursor.eat("ADD");
    let drops = !adds && cursor.eat("DROP");
    let mut kind = "CONSTRAINT";
    for mut part in cursor.parts() {
        let span = column::whole(&part);
        let before = part;
        let understood = if adds {
            add(&mut part, target, reading)
        } else if drops {
            kind = part.eat_any(&["CONSTRAINT", "COLUMN", "INDEX", "PERIOD FOR"]).unwrap_or(kind);
            drop(&mut part, kind, target, reading)
        } else {
            other(&mut part, target, reading)
        };
        if !understood {
            let words = before.leading_words(3);
            reading.doubt(&format!("`{words}`"), [target.table.clone()]);
            reading.act(target, TableAction::Unknown { words }, span);
        }
    }
    cursor.finish();
}

fn add(part: &mut Cursor, target: &Target, reading: &mut Reading) -> bool {
    let span = column::whole(part);
    let mut named = *part;
    if named.eat("CONSTRAINT") {
        named.identifier();
    }
    if named.is("DEFAULT") {
        let default = column::default_value(&mut named);
        let column = if named.eat("FOR") { named.identifier() } else { None };
        let (Some(default), Some(column)) = (default, column) else { return false };
        reading.act(target, TableAction::SetDefault { column, default }, span);
        return true;
    }
    if part.is("PERIOD FOR") {
        return true;
    }
    if index::starts_element(part) {
        let found = index::element(part, &target.table);
        return found.map(|found| reading.push(Change::CreateIndex(Box::new(found)), Some(span))).is_some();
    }
    if constraint::starts(part) {
        let found = constraint::read(part);
        return found.map(|found| reading.act(target, TableAction::AddConstraint(Box::new(found)), span)).is_some();
    }
    let Some(read) = column::read(part) else { return false };
    if let Some(doubt) = read.doubt {
        reading.doubt(&doubt, [target.table.clone()]);
    }
    reading.act(target, TableAction::AddColumn { column: Box::new(read.column), if_not_exists: false }, span);
    true
}

fn drop(part: &mut Cursor, kind: &str, target: &Target, reading: &mut Reading) -> bool {
    let span = column::whole(part);
    let if_exists = part.eat("IF EXISTS");
    if kind == "PERIOD FOR" {
        return true;
    }
    let Some(name) = part.identifier() else { return false };
    let action = match kind {
        "COLUMN" => TableAction::DropColumn { name, if_exists, cascade: false },
        "INDEX" => {
            let names = vec![ObjectName { schema: None, name: name.value.into(), span: name.span }];
            let table = Some(target.table.clone());
            reading.push(Change::DropIndex { names, table, if_exists, concurrently: None }, Some(span));
            return true;
        }
        _ => TableAction::DropConstraint { name, if_exists, cascade: false },
    };
    reading.act(target, action, span);
    true
}

fn other(part: &mut Cursor, target: &Target, reading: &mut Reading) -> bool {
    let span = column::whole(part);
    if part.eat("ALTER COLUMN") {
        let Some(column) = part.identifier() else { return false };
        if let Some(words) = part.eat_any(&["ADD", "DROP"]) {
            reading.act(target, TableAction::Other { words: format!("ALTER COLUMN {words}") }, span);
            return true;
        }
        let Some(read) = types::read(part) else { return false };
        let collation = if part.eat("COLLATE") { part.identifier().map(|name| name.value) } else { None };
        let own = || column.clone();
        let column_type = Some(read.column_type);
        reading.act(
            target,
            TableAction::AlterType { column: own(), column_type: column_type.map(Box::new), using: None, collation },
            span,
        );
        let nullability = match part.eat("NOT NULL") {
            true => TableAction::SetNotNull { column: own() },
            false => TableAction::DropNotNull { column: own() },
        };
        reading.act(target, nullability, span);
        return true;
    }
    const OTHER: &[&str] = &[
        "CHECK CONSTRAINT",
        "NOCHECK CONSTRAINT",
        "ENABLE TRIGGER",
        "DISABLE TRIGGER",
        "ENABLE CHANGE_TRACKING",
        "DISABLE CHANGE_TRACKING",
        "SET",
        "REBUILD",
        "SWITCH",
    ];
    let Some(words) = OTHER.iter().find(|words| part.is(words)) else { return false };
    reading.act(target, TableAction::Other { words: (*words).to_owned() }, span);
    true
}

/// Walks one thing that may follow a column's type; `false` where it is not known.
pub fn column_part(cursor: &mut Cursor, column: &mut ColumnDef) -> bool {
    if cursor.eat("IDENTITY") {
        column.auto_increment = true;
        cursor.group();
        return true;
    }
    if cursor.eat_any(&["GENERATED ALWAYS AS ROW START", "GENERATED ALWAYS AS ROW END"]).is_some() {
        cursor.eat("HIDDEN");
        return true;
    }
    if cursor.eat("MASKED WITH") || cursor.eat("ENCRYPTED WITH") {
        return cursor.group().is_some();
    }
    const WORDS: &[&str] = &[
        "NOT FOR REPLICATION",
        "ROWGUIDCOL",
        "SPARSE",
        "PERSISTED",
        "FILESTREAM",
        "HIDDEN",
        "WITH VALUES",
        "CLUSTERED",
        "NONCLUSTERED",
    ];
    cursor.eat_any(WORDS).is_some() || attribute(cursor)
}

/// Where a table or an index is kept: `ON [PRIMARY]`, `TEXTIMAGE_ON [x]`.
pub fn attribute(cursor: &mut Cursor) -> bool {
    if cursor.eat_any(&["NOT FOR REPLICATION"]).is_some() {
        return true;
    }
    if cursor.is("ON") && !cursor.is_any(&["ON DELETE", "ON UPDATE"]) || cursor.is_any(&["TEXTIMAGE_ON", "FILESTREAM_ON"]) {
        cursor.next();
        let known = cursor.identifier().is_some();
        cursor.group();
        return known;
    }
    false
}

/// Procedures of the system that leave tables alone.
const HARMLESS: &[&str] = &[
    "sp_refreshsqlmodule",
    "sp_refreshview",
    "sp_addextendedproperty",
    "sp_updateextendedproperty",
    "sp_dropextendedproperty",
    "sp_recompile",
    "sp_addrolemember",
    "sp_droprolemember",
    "sp_updatestats",
    "sp_settriggerorder",
    "sp_tableoption",
    "sp_configure",
    "sp_getapplock",
    "sp_releaseapplock",
];

/// Walks `EXEC procedure ..`.
pub fn exec(cursor: &mut Cursor) -> Option<Reading> {
    cursor.eat_any(&["EXECUTE", "EXEC"])?;
    let Some(name) = cursor.object_name() else { return Some(Reading::opaque("SQL that is put together at run time")) };
    if HARMLESS.iter().any(|one| name.name.eq_ignore_ascii_case(one)) {
        return Some(Reading::default());
    }
    if !name.name.eq_ignore_ascii_case("sp_rename") {
        return Some(Reading::opaque("a procedure, which may do anything"));
    }
    let mut arguments = cursor.parts().map(|mut part| {
        if part.eat_symbol("@") {
            part.identifier();
            part.eat_symbol("=");
        }
        part.literal()
    });
    let from = arguments.next()??;
    let to = arguments.next()??;
    let kind = arguments.next().flatten().map_or(String::new(), |kind| kind.value.to_ascii_uppercase());
    let parts: Vec<String> = from.value.split('.').map(|part| part.trim_matches(['[', ']', '"']).to_owned()).collect();
    let part = |back: usize| parts.len().checked_sub(back + 1).and_then(|at| parts.get(at)).cloned();
    let to = Spanned::new(to.value.trim_matches(['[', ']']).to_owned(), to.span);
    let last = part(0)?;
    let change = match kind.as_str() {
        "COLUMN" | "INDEX" => {
            let table = ObjectName { schema: part(2).map(Name::from), name: part(1)?.into(), span: from.span };
            match kind.as_str() {
                "COLUMN" => {
                    let action = TableAction::RenameColumn { from: Spanned::new(last, from.span), to };
                    Change::AlterTable { table, if_exists: false, only: false, action }
                }
                _ => {
                    let from = ObjectName { schema: None, name: last.into(), span: from.span };
                    Change::RenameIndex { from, to, table: Some(table) }
                }
            }
        }
        _ => {
            let table = ObjectName { schema: part(1).map(Name::from), name: last.into(), span: from.span };
            Change::AlterTable { table, if_exists: false, only: false, action: TableAction::RenameTable { to } }
        }
    };
    Some(Reading::of(change))
}
