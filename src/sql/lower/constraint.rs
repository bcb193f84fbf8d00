//! Constraints: those of a table, and the parts that a column's share with them.

use super::expression;
use crate::source::Spanned;
use crate::sql::cursor::Cursor;
use crate::sql::{ConstraintDef, ConstraintKind, Dialect};

/// What was written after a constraint.
pub struct Written {
    /// `NOT VALID`.
    pub not_valid: bool,
}

/// Whether a table constraint starts here; a column may bear the names of the softer words.
pub fn starts(cursor: &Cursor) -> bool {
    let followed_by_group = |ahead: usize| {
        cursor.peek(ahead).is_some_and(|token| token.kind == crate::sql::lexer::Kind::Open && cursor.token_text(token) == "(")
    };
    cursor.is_any(&["CONSTRAINT", "PRIMARY KEY", "FOREIGN KEY", "EXCLUDE USING", "UNIQUE", "NOT NULL"])
        || (cursor.is_any(&["CHECK", "EXCLUDE"]) && followed_by_group(1))
}

/// Walks a table constraint. `None` where it is not understood.
pub fn read(cursor: &mut Cursor) -> Option<ConstraintDef> {
    let mark = cursor.mark();
    let mut name = None;
    if cursor.eat("CONSTRAINT") {
        cursor.eat("IF NOT EXISTS");
        // MySQL allows `CONSTRAINT` without a name.
        let unnamed = cursor.is_any(&["PRIMARY KEY", "FOREIGN KEY", "UNIQUE", "CHECK"]) && cursor.dialect == Dialect::MySql;
        if !unnamed {
            name = Some(cursor.identifier()?);
        }
    }
    let kind = if cursor.eat("PRIMARY KEY") {
        index_method(cursor);
        let using_index = using_index(cursor)?;
        let columns = if using_index.is_some() { Vec::new() } else { key_columns(cursor)? };
        ConstraintKind::PrimaryKey { columns, using_index }
    } else if cursor.eat("UNIQUE") {
        cursor.eat_any(&["KEY", "INDEX"]);
        let nulls_not_distinct = cursor.eat("NULLS NOT DISTINCT");
        cursor.eat("NULLS DISTINCT");
        let using_index = using_index(cursor)?;
        if using_index.is_none() && cursor.kind(0) != Some(crate::sql::lexer::Kind::Open) && !cursor.is("USING") {
            name = Some(cursor.identifier()?).or(name);
        }
        index_method(cursor);
        let columns = if using_index.is_some() { Vec::new() } else { key_columns(cursor)? };
        ConstraintKind::Unique { columns, using_index, nulls_not_distinct }
    } else if cursor.eat("FOREIGN KEY") {
        cursor.eat("IF NOT EXISTS");
        if cursor.kind(0) != Some(crate::sql::lexer::Kind::Open) {
            let index_name = cursor.identifier()?;
            name = name.or(Some(index_name));
        }
        let columns = cursor.column_list()?;
        references(cursor, columns)?
    } else if cursor.is("CHECK") {
        check(cursor)?
    } else if cursor.eat("EXCLUDE") {
        if cursor.eat("USING") {
            cursor.identifier()?;
        }
        cursor.group()?;
        ConstraintKind::Exclusion
    } else if cursor.eat("NOT NULL") {
        // PostgreSQL 18 keeps these by name; what they demand is what a check demands.
        let column = cursor.identifier()?;
        let text = format!("{} IS NOT NULL", column.value);
        ConstraintKind::Check { text, expression: column.span, not_null_columns: vec![column.value], allowed: None }
    } else {
        return None;
    };
    let Written { not_valid } = trailing(cursor);
    cursor.is_done().then(|| ConstraintDef { name, kind, not_valid, span: cursor.span_since(mark) })
}

/// `USING INDEX name`: `Some(None)` where it is not written, `None` where the name cannot be read.
fn using_index(cursor: &mut Cursor) -> Option<Option<String>> {
    if !cursor.eat("USING INDEX") {
        return Some(None);
    }
    cursor.identifier().map(|name| Some(name.value))
}

/// `USING BTREE` of MySQL, before the columns.
fn index_method(cursor: &mut Cursor) {
    cursor.eat_any(&["USING BTREE", "USING HASH", "CLUSTERED", "NONCLUSTERED"]);
}

/// Columns of a key: a prefix length, a direction, an operator (`WITHOUT OVERLAPS`) may follow each.
fn key_columns(cursor: &mut Cursor) -> Option<Vec<Spanned<String>>> {
    let inner = cursor.group()?;
    let one = |mut part: Cursor| {
        let name = part.identifier()?;
        part.group();
        if part.eat("COLLATE") {
            part.object_name()?;
        }
        part.eat_any(&["ASC", "DESC"]);
        part.eat("WITHOUT OVERLAPS");
        part.is_done().then_some(name)
    };
    inner.parts().into_iter().map(one).collect()
}

/// `CHECK (condition)`.
pub fn check(cursor: &mut Cursor) -> Option<ConstraintKind> {
    cursor.eat("CHECK").then_some(())?;
    let inner = cursor.group()?;
    // What a template puts into a condition may be the whole of it.
    if inner.rest().iter().any(|token| token.kind == crate::sql::lexer::Kind::Template) {
        return None;
    }
    let condition = expression::condition(&inner);
    Some(ConstraintKind::Check {
        text: inner.rest_text().to_owned(),
        expression: super::column::whole(&inner),
        not_null_columns: condition.not_null_columns,
        allowed: condition.allowed,
    })
}

/// `REFERENCES table (columns) ON DELETE ..`, with what may follow in any order.
pub fn references(cursor: &mut Cursor, columns: Vec<Spanned<String>>) -> Option<ConstraintKind> {
    cursor.eat("REFERENCES").then_some(())?;
    let references = cursor.object_name()?;
    let is_group = cursor.kind(0) == Some(crate::sql::lexer::Kind::Open);
    let referenced_columns =
        if is_group { cursor.column_list()?.into_iter().map(|column| column.value).collect() } else { Vec::new() };
    let mut on_delete = None;
    loop {
        if cursor.eat_any(&["MATCH FULL", "MATCH SIMPLE", "MATCH PARTIAL"]).is_some() {
            continue;
        }
        let deletes = cursor.eat("ON DELETE");
        if !deletes && !cursor.eat("ON UPDATE") {
            break;
        }
        let action = cursor.eat_any(&["CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT", "NO ACTION"])?;
        // `SET NULL (column)`
        cursor.group();
        if deletes && action != "NO ACTION" {
            on_delete = Some(action.to_owned());
        }
    }
    Some(ConstraintKind::ForeignKey { columns, references, referenced_columns, on_delete })
}

/// One attribute that says nothing to the catalog.
pub fn attributes(cursor: &mut Cursor) -> bool {
    const WORDS: &[&str] = &[
        "DEFERRABLE",
        "NOT DEFERRABLE",
        "INITIALLY DEFERRED",
        "INITIALLY IMMEDIATE",
        "ENFORCED",
        "NOT ENFORCED",
        "NO INHERIT",
        "CLUSTERED",
        "NONCLUSTERED",
    ];
    if cursor.eat_any(WORDS).is_some() {
        return true;
    }
    if cursor.dialect == Dialect::SqlServer && super::tsql_alter::attribute(cursor) {
        return true;
    }
    let before = *cursor;
    let known = if cursor.eat_any(&["INCLUDE", "WITH", "WHERE", "STORING"]).is_some() {
        cursor.group().is_some()
    } else if cursor.eat_any(&["USING INDEX TABLESPACE", "TABLESPACE"]).is_some() {
        cursor.identifier().is_some()
    } else if cursor.eat_any(&["USING BTREE", "USING HASH", "VISIBLE", "INVISIBLE"]).is_some() {
        true
    } else if cursor.eat_any(&["COMMENT"]).is_some() {
        cursor.literal().is_some()
    } else if cursor.eat("ON CONFLICT") {
        cursor.identifier().is_some()
    } else {
        false
    };
    if !known {
        *cursor = before;
    }
    known
}

/// What may follow a constraint.
pub fn trailing(cursor: &mut Cursor) -> Written {
    let mut not_valid = false;
    loop {
        if cursor.eat("NOT VALID") {
            not_valid = true;
        } else if !attributes(cursor) {
            return Written { not_valid };
        }
    }
}
