//! Actions that only MySQL's `ALTER TABLE` has.

use super::alter::Target;
use super::{Reading, column};
use crate::source::{Span, Spanned};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::{Change, ColumnDef, ObjectName, TableAction};

/// Walks an action of MySQL. `None` where it is one that all dialects share; otherwise whether it was understood.
pub fn action(part: &mut Cursor, target: &Target, span: Span, reading: &mut Reading) -> Option<bool> {
    let before = *part;
    if part.eat_any(&["MODIFY COLUMN", "MODIFY"]).is_some() {
        return Some(column::read(part).is_some_and(|read| redefine(read, target, span, reading)));
    }
    if part.eat_any(&["CHANGE COLUMN", "CHANGE"]).is_some() {
        let Some(from) = part.identifier() else { return Some(false) };
        let Some(read) = column::read(part) else { return Some(false) };
        if from.value != read.column.name.value {
            let to = read.column.name.clone();
            reading.act(target, TableAction::RenameColumn { from, to }, span);
        }
        return Some(redefine(read, target, span, reading));
    }
    if part.is("ADD") && part.kind(1) == Some(Kind::Open) || part.is("ADD COLUMN") && part.kind(2) == Some(Kind::Open) {
        part.eat_any(&["ADD COLUMN", "ADD"]);
        let columns = part.group()?.parts().map(|mut one| column::read(&mut one));
        for read in columns.collect::<Option<Vec<_>>>()? {
            let span = read.column.span;
            reading.act(target, TableAction::AddColumn { column: Box::new(read.column), if_not_exists: false }, span);
        }
        return Some(true);
    }
    if part.eat("DROP PRIMARY KEY") {
        let name = Spanned::new("PRIMARY".to_owned(), span);
        reading.act(target, TableAction::DropConstraint { name, if_exists: false, cascade: false }, span);
        return Some(true);
    }
    if part.eat_any(&["DROP FOREIGN KEY", "DROP CHECK"]).is_some() {
        let if_exists = part.eat("IF EXISTS");
        let Some(name) = part.identifier() else { return Some(false) };
        reading.act(target, TableAction::DropConstraint { name, if_exists, cascade: false }, span);
        return Some(true);
    }
    if part.eat_any(&["DROP INDEX", "DROP KEY"]).is_some() {
        let if_exists = part.eat("IF EXISTS");
        let Some(name) = part.object_name() else { return Some(false) };
        let table = Some(target.table.clone());
        reading.push(Change::DropIndex { names: vec![name], table, if_exists, concurrently: None }, Some(span));
        return Some(true);
    }
    if part.eat_any(&["RENAME INDEX", "RENAME KEY"]).is_some() {
        return Some(rename_index(part, &target.table).map(|change| reading.push(change, Some(span))).is_some());
    }
    // `RENAME newname`, without `TO`.
    if part.is("RENAME") && part.rest().len() == 2 {
        part.eat("RENAME");
        let Some(to) = part.identifier() else { return Some(false) };
        reading.act(target, TableAction::RenameTable { to }, span);
        return Some(true);
    }
    *part = before;
    None
}

fn rename_index(part: &mut Cursor, table: &ObjectName) -> Option<Change> {
    let from = part.object_name()?;
    part.eat("TO").then_some(())?;
    Some(Change::RenameIndex { from, to: part.identifier()?, table: Some(table.clone()) })
}

/// `MODIFY` and `CHANGE` say a column anew: type, nullability and default.
fn redefine(read: column::ReadColumn, target: &Target, span: Span, reading: &mut Reading) -> bool {
    let ColumnDef { name: column, column_type, not_null, default, constraints, .. } = read.column;
    if let Some(doubt) = &read.doubt {
        reading.doubt(doubt, [target.table.clone()]);
    }
    let own = || column.clone();
    reading.act(
        target,
        TableAction::AlterType { column: own(), column_type: column_type.map(Box::new), using: None, collation: None },
        span,
    );
    let nullability = match not_null {
        Some(_) => TableAction::SetNotNull { column: own() },
        None => TableAction::DropNotNull { column: own() },
    };
    reading.act(target, nullability, span);
    let default = match default {
        Some(default) => TableAction::SetDefault { column: own(), default },
        None => TableAction::DropDefault { column: own() },
    };
    reading.act(target, default, span);
    for constraint in constraints {
        reading.act(target, TableAction::AddConstraint(Box::new(constraint)), span);
    }
    true
}
