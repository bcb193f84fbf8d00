//! Constraints: those of a table, and the parts that a column's share with them.

use super::expression;
use super::index;
use crate::source::Spanned;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::{ConstraintDef, ConstraintDetails, ConstraintKind, Dialect, IndexKey};

/// What was written after a constraint.
pub struct Written {
    /// `NOT VALID`.
    pub not_valid: bool,
    /// The rest.
    pub details: ConstraintDetails,
}

/// Whether a table constraint starts here; a column may bear the names of the softer words.
pub fn starts(cursor: &Cursor) -> bool {
    let followed_by_group =
        |ahead: usize| cursor.peek(ahead).is_some_and(|token| token.kind == Kind::Open && cursor.token_text(token) == "(");
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
    let mut exclusion = ConstraintDetails::default();
    let kind = if cursor.eat("PRIMARY KEY") {
        // MySQL takes a name here, and calls the key PRIMARY all the same.
        if cursor.dialect == Dialect::MySql && cursor.kind(0) != Some(Kind::Open) && !cursor.is("USING") {
            cursor.identifier()?;
        }
        index_method(cursor);
        let using_index = using_index(cursor)?;
        let columns = if using_index.is_some() { Vec::new() } else { key_columns(cursor)? };
        ConstraintKind::PrimaryKey { columns, using_index }
    } else if cursor.eat("UNIQUE") {
        cursor.eat_any(&["KEY", "INDEX"]);
        let nulls_not_distinct = cursor.eat("NULLS NOT DISTINCT");
        cursor.eat("NULLS DISTINCT");
        let using_index = using_index(cursor)?;
        if using_index.is_none() && cursor.kind(0) != Some(Kind::Open) && !cursor.is("USING") {
            name = Some(cursor.identifier()?).or(name);
        }
        index_method(cursor);
        let columns = if using_index.is_some() { Vec::new() } else { key_columns(cursor)? };
        ConstraintKind::Unique { columns, using_index, nulls_not_distinct }
    } else if cursor.eat("FOREIGN KEY") {
        cursor.eat("IF NOT EXISTS");
        if cursor.kind(0) != Some(Kind::Open) {
            let index_name = cursor.identifier()?;
            name = name.or(Some(index_name));
        }
        let columns = referring_columns(cursor)?;
        references(cursor, columns)?
    } else if cursor.is("CHECK") {
        check(cursor)?
    } else if cursor.eat("EXCLUDE") {
        if cursor.eat("USING") {
            exclusion.method = Some(cursor.identifier()?.value.to_ascii_lowercase());
        }
        exclusion.keys = cursor.group()?.parts().map(excluded).collect::<Option<Vec<_>>>()?;
        ConstraintKind::Exclusion
    } else if cursor.eat("NOT NULL") {
        // PostgreSQL 18 keeps these by name; what they demand is what a check demands.
        let column = cursor.identifier()?;
        let text = format!("{} IS NOT NULL", column.value);
        ConstraintKind::Check { text, expression: column.span, not_null_columns: vec![column.value], allowed: None }
    } else {
        return None;
    };
    let Written { not_valid, mut details } = trailing(cursor, &kind, &[]);
    (details.method, details.keys) = (exclusion.method, exclusion.keys);
    cursor.is_done().then(|| ConstraintDef { name, kind, not_valid, span: cursor.span_since(mark), details: details.boxed() })
}

/// One element of an exclusion constraint: a key of an index, and `WITH` an operator.
fn excluded(part: Cursor) -> Option<IndexKey> {
    let mut walk = part;
    walk.skip_until(|here| here.is("WITH"));
    index::key(part.over(part.mark()..walk.mark()))
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
    inner.parts().map(one).collect()
}

/// Columns of a foreign key, on either side. The last may be a period of time (`PERIOD valid`, PostgreSQL 18); a column may be called
/// so as well.
fn referring_columns(cursor: &mut Cursor) -> Option<Vec<Spanned<String>>> {
    let one = |mut part: Cursor| {
        if part.is("PERIOD") && part.kind(1).is_some() {
            part.eat("PERIOD");
        }
        part.identifier().filter(|_| part.is_done())
    };
    cursor.group()?.parts().map(one).collect()
}

/// `CHECK (condition)`.
pub fn check(cursor: &mut Cursor) -> Option<ConstraintKind> {
    cursor.eat("CHECK").then_some(())?;
    let inner = cursor.group()?;
    // What a template puts into a condition may be the whole of it.
    if inner.rest().iter().any(|token| token.kind == Kind::Template) {
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
    let is_group = cursor.kind(0) == Some(Kind::Open);
    let referenced_columns =
        if is_group { referring_columns(cursor)?.into_iter().map(|column| column.value).collect() } else { Vec::new() };
    let mut on_delete = None;
    loop {
        if cursor.eat_any(&["MATCH FULL", "MATCH SIMPLE", "MATCH PARTIAL"]).is_some() {
            continue;
        }
        let deletes = cursor.eat("ON DELETE");
        if !deletes && !cursor.eat("ON UPDATE") {
            break;
        }
        let action = cursor.eat_any(ON_CHANGE)?;
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
    const WORDS: &[&str] = &["NOT DEFERRABLE", "INITIALLY IMMEDIATE", "ENFORCED", "NOT ENFORCED", "CLUSTERED", "NONCLUSTERED"];
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

/// What may follow a constraint, up to words that belong to what it stands in.
pub fn trailing(cursor: &mut Cursor, kind: &ConstraintKind, until: &[&str]) -> Written {
    let (mut not_valid, mut details) = (false, ConstraintDetails::default());
    details.on_update = match kind {
        ConstraintKind::ForeignKey { .. } => on_update(cursor),
        _ => None,
    };
    let is_key = matches!(kind, ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclusion);
    loop {
        if cursor.eat("NOT VALID") {
            not_valid = true;
        } else if cursor.eat("DEFERRABLE") {
            details.deferrable = true;
        } else if cursor.eat("INITIALLY DEFERRED") {
            (details.deferrable, details.initially_deferred) = (true, true);
        } else if cursor.eat("NO INHERIT") {
            details.no_inherit = true;
        } else if is_key && cursor.is_any(&["INCLUDE", "STORING"]) {
            cursor.next();
            let Some(columns) = cursor.column_list() else { return Written { not_valid, details } };
            details.include = columns.into_iter().map(|column| column.value).collect();
        } else if is_key && cursor.is("WHERE") && cursor.kind(1) == Some(Kind::Open) {
            cursor.eat("WHERE");
            let Some(inner) = cursor.group() else { return Written { not_valid, details } };
            details.predicate = Some(Spanned::new(inner.rest_text().to_owned(), super::column::whole(&inner)));
        } else if cursor.is_any(until) || !attributes(cursor) {
            return Written { not_valid, details };
        }
    }
}

/// The action after `ON UPDATE` in the reference that was walked last.
fn on_update(after: &Cursor) -> Option<String> {
    let mut walk = after.over(after.mark().saturating_sub(LONGEST_REFERENCE)..after.mark());
    let start = walk.mark();
    let found = (start..after.mark()).rev().find(|at| after.over(*at..after.mark()).is("ON UPDATE"))?;
    let references = (start..after.mark()).rev().find(|at| after.over(*at..after.mark()).is("REFERENCES"))?;
    walk = after.over(found..after.mark());
    walk.eat("ON UPDATE");
    walk.eat_any(ON_CHANGE).filter(|action| found > references && *action != "NO ACTION").map(str::to_owned)
}

/// How many tokens back the actions of a reference are looked for.
const LONGEST_REFERENCE: usize = 24;

/// What a reference may do when the row that it refers to changes.
const ON_CHANGE: &[&str] = &["CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT", "NO ACTION"];
