//! Indexes: `CREATE INDEX`, and the elements and actions that MySQL and CockroachDB write inside tables.

use crate::source::{Span, Spanned};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::{Dialect, IndexDef, IndexKey, ObjectName};

/// Words that may follow a key without being its operator class.
const NO_OPCLASS: &[&str] = &["ASC", "DESC", "NULLS", "COLLATE"];

/// Walks `CREATE .. INDEX` after the word `INDEX`, to the end. `None` where it is not understood.
pub fn create(cursor: &mut Cursor, unique: bool, method: Option<&str>) -> Option<IndexDef> {
    let concurrently = cursor.eat_spanned("CONCURRENTLY");
    let if_not_exists = cursor.eat("IF NOT EXISTS");
    // A name that is put together at run time is one that nobody knows.
    let unnamed = cursor.is("ON") || cursor.is_template_name();
    if unnamed {
        cursor.skip_until(|here| here.is("ON"));
    }
    let name = if unnamed { None } else { Some(cursor.object_name()?) };
    let mut method = method.map(str::to_owned);
    if cursor.dialect == Dialect::MySql && cursor.eat("USING") {
        method = Some(cursor.identifier()?.value.to_ascii_lowercase());
    }
    cursor.eat("ON").then_some(())?;
    let only = cursor.eat("ONLY");
    let table = cursor.object_name()?;
    let name = name.map(|name| Spanned::new(name.name.into(), name.span));
    let mut index = finish(cursor, name, table, method)?;
    (index.unique, index.concurrently, index.if_not_exists, index.only) = (unique, concurrently, if_not_exists, only);
    Some(index)
}

/// Whether an index element of a table starts here: `KEY name (columns)`, `INDEX (columns)`, `UNIQUE KEY ..`.
pub fn starts_element(cursor: &Cursor) -> bool {
    let mut walk = *cursor;
    if !eat_element_words(&mut walk) {
        return false;
    }
    if matches!(walk.dialect, Dialect::MySql | Dialect::SqlServer) {
        return true;
    }
    // A column may be called `index` or `key`: `index numeric(10)`, `key text`.
    if walk.kind(0) != Some(Kind::Open) && walk.identifier().is_none() {
        return false;
    }
    walk.group().is_some_and(|inner| matches!(inner.kind(0), Some(Kind::Word | Kind::Quoted)))
}

/// Walks the words that start an index element; the unique keys of MySQL are constraints and not among them.
fn eat_element_words(cursor: &mut Cursor) -> bool {
    let options: &[&str] = match cursor.dialect {
        Dialect::MySql => &["FULLTEXT", "SPATIAL", "KEY", "INDEX"],
        Dialect::Postgres => &["INVERTED INDEX", "INDEX"],
        Dialect::SqlServer => &["INDEX"],
        _ => &[],
    };
    match cursor.eat_any(options) {
        None => false,
        Some("FULLTEXT" | "SPATIAL") => {
            cursor.eat_any(&["KEY", "INDEX"]);
            true
        }
        Some(_) => true,
    }
}

/// Walks an index element of `table`, to the end.
pub fn element(cursor: &mut Cursor, table: &ObjectName) -> Option<IndexDef> {
    let method = match cursor.word(0).to_ascii_uppercase().as_str() {
        "FULLTEXT" => Some("fulltext".to_owned()),
        "SPATIAL" => Some("spatial".to_owned()),
        "INVERTED" => Some("gin".to_owned()),
        _ => None,
    };
    eat_element_words(cursor).then_some(())?;
    let if_not_exists = cursor.eat("IF NOT EXISTS");
    let name = if cursor.kind(0) == Some(Kind::Open) || cursor.is("USING") { None } else { Some(cursor.identifier()?) };
    let unique = cursor.dialect == Dialect::SqlServer && cursor.eat("UNIQUE");
    if cursor.dialect == Dialect::SqlServer {
        cursor.eat_any(&["CLUSTERED", "NONCLUSTERED"]);
    }
    let mut index = finish(cursor, name, table.clone(), method)?;
    index.if_not_exists = if_not_exists;
    index.unique = unique;
    Some(index)
}

/// Walks `[USING method] (keys) ..` to the end.
fn finish(cursor: &mut Cursor, name: Option<Spanned<String>>, table: ObjectName, method: Option<String>) -> Option<IndexDef> {
    let mut method = method.unwrap_or_else(|| "btree".into());
    if cursor.eat("USING") {
        method = cursor.identifier()?.value.to_ascii_lowercase();
    }
    let keys: Option<Vec<IndexKey>> = cursor.group()?.parts().map(key).collect();
    let mut index = IndexDef {
        name,
        table,
        method,
        keys: keys?,
        include: Vec::new(),
        unique: false,
        nulls_not_distinct: false,
        predicate: None,
        concurrently: None,
        if_not_exists: false,
        only: false,
        span: Span { source: cursor.site.source, start: 0, end: 0 },
    };
    while !cursor.is_done() {
        if cursor.eat_any(&["INCLUDE", "STORING", "COVERING"]).is_some() {
            index.include = cursor.column_list()?.into_iter().map(|column| column.value.into()).collect();
        } else if cursor.eat("NULLS NOT DISTINCT") {
            index.nulls_not_distinct = true;
        } else if cursor.eat_any(&["NULLS DISTINCT", "VISIBLE", "INVISIBLE", "USING BTREE", "USING HASH"]).is_some() {
        } else if cursor.eat_any(&["WITH", "PARTITION BY"]).is_some() {
            cursor.skip_until(|here| here.kind(0) == Some(Kind::Open));
            cursor.group()?;
        } else if cursor.eat_any(&["TABLESPACE", "ALGORITHM", "LOCK", "COMMENT", "KEY_BLOCK_SIZE", "WITH PARSER"]).is_some() {
            cursor.eat_symbol("=");
            cursor.next()?;
        } else if cursor.eat("WHERE") {
            let mark = cursor.mark();
            // SQL Server's options follow the condition.
            let options = |here: &Cursor| here.dialect == Dialect::SqlServer && here.is_any(&["WITH", "ON"]);
            cursor.skip_until(options);
            let text = cursor.over(mark..cursor.mark()).rest_text().to_owned();
            index.predicate = Some(Spanned::new(text, cursor.span_since(mark)));
        } else if cursor.dialect == Dialect::SqlServer && super::tsql_alter::attribute(cursor) {
        } else {
            return None;
        }
    }
    Some(index)
}

/// One key, to the end of `cursor`.
pub fn key(mut cursor: Cursor) -> Option<IndexKey> {
    let mark = cursor.mark();
    let mut key = IndexKey::new(None);
    let is_call = cursor.kind(1) == Some(Kind::Open) && matches!(cursor.kind(0), Some(Kind::Word | Kind::Quoted));
    let is_prefix = is_call
        && cursor.kind(2) == Some(Kind::Number)
        && cursor.kind(3) == Some(Kind::Close)
        && cursor.dialect == Dialect::MySql;
    if is_prefix {
        key.column = Some(cursor.identifier()?.value.into());
        key.details_mut().prefix = cursor.peek(1).and_then(|token| cursor.token_text(token).parse().ok());
        cursor.group();
    } else if cursor.kind(0) == Some(Kind::Open) || is_call || cursor.kind(1) == Some(Kind::Dot) {
        // An expression: to the words that may follow a key, or to an operator class after its last bracket.
        let is_group = cursor.kind(0) == Some(Kind::Open);
        cursor.skip_until(|here| here.kind(0) == Some(Kind::Open));
        let inner = cursor.group()?;
        while matches!(cursor.kind(0), Some(Kind::Symbol | Kind::Cast)) {
            cursor.next();
            cursor.skip_one();
        }
        let whole = cursor.over(mark..cursor.mark());
        let alone = is_group && inner.rest().len() + 2 == whole.rest().len();
        key.details_mut().expression = if alone { inner.rest_text() } else { whole.rest_text() }.to_owned();
    } else {
        let column = cursor.identifier()?;
        // SQLite takes expressions without brackets.
        if matches!(cursor.kind(0), Some(Kind::Symbol | Kind::Cast)) {
            cursor.finish();
            key.details_mut().expression = cursor.over(mark..cursor.mark()).rest_text().to_owned();
            return Some(key);
        }
        key.column = Some(column.value.into());
    }
    while !cursor.is_done() {
        if cursor.eat("COLLATE") {
            key.details_mut().collation = Some(cursor.object_name()?.name.into());
        } else if cursor.eat("DESC") {
            key.descending = true;
        } else if cursor.eat("NULLS FIRST") {
            key.nulls_first = Some(true);
        } else if cursor.eat("NULLS LAST") {
            key.nulls_first = Some(false);
        } else if cursor.eat("ASC") {
        } else if key.opclass().is_none() && !cursor.is_any(NO_OPCLASS) {
            key.details_mut().opclass = Some(cursor.object_name()?.name.into());
            cursor.group();
        } else {
            return None;
        }
    }
    Some(key)
}
