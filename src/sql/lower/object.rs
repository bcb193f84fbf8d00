//! Sequences, functions, triggers, extensions, composite types and domains: made, changed and dropped.

use super::{Reading, view};
use crate::source::Name;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, Lexer, Token, literal_inside};
use crate::sql::{Change, ColumnType, Dialect, DomainChange, DomainCheck, ObjectChange, ObjectName, ViewColumn, types};

fn of(change: ObjectChange) -> Reading {
    Reading::of(Change::Object(Box::new(change)))
}

/// Walks what follows `CREATE`, where it is one of these. `None` where it is another object or its name cannot be read.
pub fn create(cursor: &mut Cursor) -> Option<Reading> {
    let object = cursor.eat_any(&["SEQUENCE", "EXTENSION", "FUNCTION", "PROCEDURE"])?;
    cursor.eat("IF NOT EXISTS");
    if object == "EXTENSION" {
        let name = cursor.identifier()?;
        cursor.skip_until(|here| here.is("SCHEMA"));
        let schema = if cursor.eat("SCHEMA") { Some(cursor.identifier()?.value) } else { None };
        return Some(of(ObjectChange::CreateExtension { name, schema }));
    }
    let name = cursor.object_name()?;
    if object == "SEQUENCE" {
        return Some(of(ObjectChange::CreateSequence { name, owner: owned_by(*cursor).flatten() }));
    }
    // What its body does is told by the session around it.
    let mut head = *cursor;
    let parameters = head.group().map(|inner| parameters(&inner)).unwrap_or_default();
    Some(of(ObjectChange::CreateFunction { name, tables: tables_of_body(cursor), parameters, body: None }))
}

/// The parameters of a routine between its brackets, as written, without defaults and those that only come out.
pub fn parameters(inner: &Cursor) -> Vec<Name> {
    let written = |mut part: Cursor| {
        if part.eat("OUT") {
            return None;
        }
        part.eat_any(&["IN", "INOUT", "VARIADIC"]);
        let start = part.mark();
        part.skip_until(|here| {
            here.is("DEFAULT") || here.peek(0).is_some_and(|token| matches!(here.token_text(token), "=" | ":="))
        });
        let words = part.over(start..part.mark());
        Some(words.rest().iter().map(|token| words.token_text(*token).to_lowercase()).collect::<Vec<_>>().join(" ").into())
    };
    inner.parts().filter_map(written).collect()
}

/// The owner after `OWNED BY`: `Some(None)` for `NONE`, `None` where nothing is said.
fn owned_by(mut cursor: Cursor) -> Option<Option<(ObjectName, String)>> {
    cursor.skip_until(|here| here.is("OWNED BY"));
    cursor.eat("OWNED BY").then_some(())?;
    if cursor.is("NONE") {
        return Some(None);
    }
    let parts: Vec<Token> =
        cursor.rest().iter().copied().take_while(|token| matches!(token.kind, Kind::Word | Kind::Quoted | Kind::Dot)).collect();
    let names: Vec<String> = parts.iter().filter_map(|token| cursor.fold(*token)).collect();
    let [.., table, column] = names.as_slice() else { return None };
    let schema = names.len().checked_sub(3).and_then(|at| names.get(at)).map(Name::from);
    let span = cursor.span_of(cursor.mark()..cursor.mark() + parts.len());
    Some(Some((ObjectName { schema, name: table.into(), span }, column.clone())))
}

/// Tables and views that the body of a routine names; none where the body is in another language.
fn tables_of_body(cursor: &Cursor) -> Vec<ObjectName> {
    let is_sql = |token: &Token| {
        let word = cursor.token_text(*token).trim_matches('\'');
        word.eq_ignore_ascii_case("sql") || word.eq_ignore_ascii_case("plpgsql")
    };
    if cursor.dialect != Dialect::Postgres {
        return view::names(cursor).tables;
    }
    let language = cursor.rest().windows(2).find_map(|pair| match pair {
        [word, language] if cursor.token_text(*word).eq_ignore_ascii_case("LANGUAGE") => Some(language),
        _ => None,
    });
    let body =
        cursor.rest().iter().find(|token| token.kind == Kind::Dollar).and_then(|token| literal_inside(*token, cursor.text));
    let Some(body) = body.filter(|_| language.is_none_or(is_sql)) else { return Vec::new() };
    let mut lexer = Lexer::new(cursor.text, body, cursor.dialect);
    let tokens: Vec<Token> = std::iter::from_fn(|| lexer.next_token()).filter(super::routine::is_code).collect();
    let inner = Cursor::new(cursor.text, cursor.site, cursor.dialect, &tokens);
    let mut tables = Vec::new();
    for part in statements(inner) {
        for table in view::names(&part).tables {
            if !tables.iter().any(|known: &ObjectName| known.schema == table.schema && known.name == table.name) {
                tables.push(table);
            }
        }
    }
    tables
}

/// The parts of a body between semicolons and the words that a statement may follow.
fn statements<'t>(body: Cursor<'t>) -> Vec<Cursor<'t>> {
    let mut parts = Vec::new();
    let mut walk = body;
    while !walk.is_done() {
        let start = walk.mark();
        walk.skip_until(|here| here.kind(0) == Some(Kind::Semicolon) || here.is_any(&["BEGIN", "THEN", "ELSE", "LOOP"]));
        parts.push(body.over(start..walk.mark()));
        walk.next();
    }
    parts
}

/// Walks what follows `DROP`, where it is one of these.
pub fn drop(cursor: &mut Cursor) -> Option<Reading> {
    let object = cursor.eat_any(&["SEQUENCE", "EXTENSION", "FUNCTION", "PROCEDURE", "ROUTINE"])?;
    cursor.eat("IF EXISTS");
    let (mut names, mut counts) = (Vec::new(), Vec::new());
    loop {
        names.push(cursor.object_name()?);
        counts.push(cursor.group().map(|inner| parameters(&inner).len()));
        if cursor.eat_kind(Kind::Comma).is_none() {
            break;
        }
    }
    let cascade = super::alter::cascade(cursor);
    match object {
        "SEQUENCE" => Some(of(ObjectChange::DropSequence { names, cascade })),
        // What columns an extension takes along is not known.
        "EXTENSION" if cascade => None,
        "EXTENSION" => Some(of(ObjectChange::DropExtension { names: names.into_iter().map(|name| name.name.into()).collect() })),
        _ => Some(of(ObjectChange::DropFunction { names, counts, cascade })),
    }
}

/// Walks what follows `ALTER`, where it is one of these.
pub fn alter(cursor: &mut Cursor) -> Option<Reading> {
    let object = cursor.eat_any(&["SEQUENCE", "FUNCTION", "PROCEDURE", "ROUTINE"])?;
    cursor.eat("IF EXISTS");
    let name = cursor.object_name()?;
    cursor.group();
    if cursor.eat("RENAME TO") {
        let to = cursor.identifier()?.value;
        return Some(of(match object {
            "SEQUENCE" => ObjectChange::RenameSequence { name, to },
            _ => ObjectChange::RenameFunction { name, to },
        }));
    }
    match owned_by(*cursor) {
        Some(owner) if object == "SEQUENCE" => Some(of(ObjectChange::OwnSequence { name, owner })),
        _ => Some(Reading::default()),
    }
}

/// What `CREATE TRIGGER` or `DROP TRIGGER` says of the trigger itself; `whole` starts at its name.
pub fn trigger(whole: &Cursor, drops: bool, reading: &mut Reading) {
    let mut cursor = *whole;
    cursor.eat_any(&["IF NOT EXISTS", "IF EXISTS"]);
    let Some(name) = cursor.object_name() else { return };
    let name = crate::source::Spanned::new(name.name.into(), name.span);
    cursor.skip_until(|here| here.is("ON"));
    cursor.eat("ON");
    let table = cursor.object_name();
    let change = match (drops, table) {
        (true, table) => ObjectChange::DropTrigger { name, table },
        (false, Some(table)) => {
            cursor.skip_until(|here| here.is_any(&["EXECUTE FUNCTION", "EXECUTE PROCEDURE"]));
            let calls = cursor.eat_any(&["EXECUTE FUNCTION", "EXECUTE PROCEDURE"]).is_some();
            let function = if calls { cursor.object_name() } else { None };
            ObjectChange::CreateTrigger { name, table, function }
        }
        (false, None) => return,
    };
    reading.push(Change::Object(Box::new(change)), None);
}

fn attribute(mut part: Cursor) -> Option<(String, Option<ColumnType>)> {
    let name = part.identifier()?.value;
    Some((name, types::read(&mut part).map(|read| read.column_type.value)))
}

/// `CREATE TYPE name AS (attributes)`, from the bracket.
pub fn composite(cursor: &mut Cursor, name: ObjectName) -> Option<Reading> {
    let attributes = cursor.group()?.parts().map(attribute).collect::<Option<Vec<_>>>()?;
    Some(of(ObjectChange::CreateComposite { name, attributes }))
}

/// `ALTER TYPE name ..` of attributes, several of them between commas.
pub fn attributes(cursor: &Cursor, name: &ObjectName) -> Option<Reading> {
    let mut reading = Reading::default();
    for mut part in cursor.parts() {
        let name = name.clone();
        let change = if part.eat("ADD ATTRIBUTE") {
            ObjectChange::AddAttribute { name, attribute: attribute(part)? }
        } else if part.eat("DROP ATTRIBUTE") {
            part.eat("IF EXISTS");
            ObjectChange::DropAttribute { name, attribute: part.identifier()?.value }
        } else if part.eat("RENAME ATTRIBUTE") {
            let from = part.identifier()?.value;
            part.eat("TO").then_some(())?;
            ObjectChange::RenameAttribute { name, from, to: part.identifier()?.value }
        } else if part.is("ALTER ATTRIBUTE") {
            continue;
        } else {
            return None;
        };
        reading.push(Change::Object(Box::new(change)), None);
    }
    Some(reading)
}

/// `SET SCHEMA s` of a type.
pub fn type_schema(cursor: &mut Cursor, name: ObjectName) -> Option<Reading> {
    Some(of(ObjectChange::TypeSchema { name, to: cursor.identifier()?.value }))
}

/// `SET SCHEMA s` of a view.
pub fn view_schema(cursor: &mut Cursor, name: ObjectName) -> Option<Reading> {
    Some(of(ObjectChange::ViewSchema { name, to: cursor.identifier()?.value }))
}

/// A check of a domain, from `[CONSTRAINT name] CHECK`; `None` where it is none or cannot be read.
pub fn domain_check(cursor: &mut Cursor) -> Option<DomainCheck> {
    let mark = cursor.mark();
    let name = if cursor.eat("CONSTRAINT") { Some(cursor.identifier()?.value) } else { None };
    cursor.eat("CHECK").then_some(())?;
    let text = cursor.group()?.rest_text().to_owned();
    let validated = !cursor.eat("NOT VALID");
    Some(DomainCheck { name, text, validated, span: cursor.span_since(mark) })
}

/// What follows `ALTER DOMAIN name`. `None` where it is not understood.
pub fn domain(cursor: &mut Cursor, name: ObjectName) -> Option<Reading> {
    let change = if cursor.eat("SET NOT NULL") {
        DomainChange::NotNull(true)
    } else if cursor.eat("DROP NOT NULL") {
        DomainChange::NotNull(false)
    } else if cursor.is("SET DEFAULT") {
        DomainChange::Default(true)
    } else if cursor.eat("DROP DEFAULT") {
        DomainChange::Default(false)
    } else if cursor.eat("ADD") {
        match cursor.eat("NOT NULL") {
            true => DomainChange::NotNull(true),
            false => DomainChange::AddCheck(domain_check(cursor)?),
        }
    } else if cursor.eat("DROP CONSTRAINT") {
        cursor.eat("IF EXISTS");
        DomainChange::DropConstraint(cursor.identifier()?.value)
    } else if cursor.eat("RENAME CONSTRAINT") {
        let from = cursor.identifier()?.value;
        cursor.eat("TO").then_some(())?;
        DomainChange::RenameConstraint(from, cursor.identifier()?.value)
    } else if cursor.eat("VALIDATE CONSTRAINT") {
        DomainChange::Validate(cursor.identifier()?.value)
    } else if cursor.eat("SET SCHEMA") {
        return type_schema(cursor, name);
    } else {
        return cursor.is("OWNER TO").then(Reading::default);
    };
    Some(of(ObjectChange::Domain { name, change }))
}

/// `[CONVERT TO] CHARACTER SET x [COLLATE y]` of MySQL's `ALTER TABLE`, noted beside the action itself.
pub fn charset(part: &Cursor, table: &ObjectName, reading: &mut Reading) {
    let mut walk = *part;
    let convert = walk.eat("CONVERT TO");
    let (mut charset, mut collation) = (None, None);
    loop {
        walk.eat("DEFAULT");
        let Some(word) = walk.eat_any(&["CHARACTER SET", "CHARSET", "COLLATE"]) else { break };
        walk.eat_symbol("=");
        let value = walk.identifier().or_else(|| walk.literal()).map(|name| name.value.to_lowercase());
        if word == "COLLATE" { collation = value } else { charset = value }
    }
    if charset.is_some() || collation.is_some() {
        let span = super::column::whole(part);
        let change = ObjectChange::Charset { table: table.clone(), charset, collation, convert };
        reading.push(Change::Object(Box::new(change)), Some(span));
    }
}

/// The columns of a view: the list behind its name, else what its query selects.
pub fn view_columns(list: Option<Cursor>, query: &Cursor) -> Vec<ViewColumn> {
    if let Some(list) = list {
        let name = |mut part: Cursor| part.identifier().map_or(ViewColumn::Unknown, |name| ViewColumn::Named(name.value));
        return list.parts().map(name).collect();
    }
    let mut walk = *query;
    while walk.kind(0) == Some(Kind::Open) {
        let Some(inner) = walk.group() else { return vec![ViewColumn::Unknown] };
        walk = inner;
    }
    walk.skip_until(|here| here.is("SELECT"));
    walk.eat("SELECT");
    walk.eat("ALL");
    if walk.eat("DISTINCT") && walk.eat("ON") {
        walk.group();
    }
    let start = walk.mark();
    walk.skip_until(|here| here.is_any(&["FROM", "WHERE", "UNION", "LIMIT", "ORDER BY", "GROUP BY"]));
    walk.over(start..walk.mark()).parts().map(|part| selected(&part)).collect()
}

/// The name of what a query selects, as PostgreSQL gives it in the plain cases.
fn selected(part: &Cursor) -> ViewColumn {
    let tokens = part.rest();
    let named = |token: &Token| part.fold(*token).map_or(ViewColumn::Unknown, ViewColumn::Named);
    let is_name = |token: &Token| matches!(token.kind, Kind::Word | Kind::Quoted);
    match tokens {
        [] => ViewColumn::Unknown,
        [.., last] if part.token_text(*last) == "*" && tokens.len() <= 5 && (tokens.len() == 1 || is_dotted(tokens)) => {
            ViewColumn::Star
        }
        [one] if is_name(one) => named(one),
        [.., dot, last] if dot.kind == Kind::Dot && is_name(last) && tokens.len() <= 5 && is_dotted(tokens) => named(last),
        [.., before, last] if is_name(last) && ends_value(part, before) => named(last),
        [name, open, .., close] if is_name(name) && open.kind == Kind::Open && close.kind == Kind::Close => {
            let mut walk = *part;
            walk.next();
            walk.group();
            if walk.is_done() && !part.is_any(&["CASE", "ARRAY", "ROW", "CAST", "EXISTS"]) {
                named(name)
            } else {
                ViewColumn::Unknown
            }
        }
        _ => ViewColumn::Unknown,
    }
}

fn is_dotted(tokens: &[Token]) -> bool {
    tokens.iter().skip(1).step_by(2).all(|token| token.kind == Kind::Dot)
}

/// Whether a name may follow as an alias: after `AS`, a bracket, a literal, `END` or another name.
fn ends_value(part: &Cursor, token: &Token) -> bool {
    match token.kind {
        Kind::Word => {
            const OPERATORS: &[&str] = &[
                "AND", "OR", "NOT", "IS", "IN", "LIKE", "ILIKE", "BETWEEN", "FROM", "WHEN", "THEN", "ELSE", "ZONE", "COLLATE",
                "CASE",
            ];
            !OPERATORS.iter().any(|word| part.token_text(*token).eq_ignore_ascii_case(word))
        }
        Kind::Quoted | Kind::Close | Kind::Text | Kind::Number => true,
        _ => false,
    }
}
