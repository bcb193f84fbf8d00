//! Rails' `db/schema.rb`: its calls as the SQL that the adapter runs. The file is written by Rails, one call a line; a call that is not
//! known leaves the catalog open.

mod call;

use super::{Draft, Drafts, types};
use crate::sql::Dialect;
use call::Call;

/// Calls that change nothing that the catalog holds.
const HARMLESS: &[&str] =
    &["enable_extension", "create_schema", "end", "create_function", "create_trigger", "ActiveRecord::Schema", "comment"];

/// Turns the file into statements, in order.
pub(super) fn read(source: &str, drafts: &mut Drafts) {
    let calls = call::calls(source);
    let mut at = 0;
    while let Some(call) = calls.get(at) {
        at += 1;
        match call.name {
            "create_table" => {
                let body: Vec<&Call> = calls.iter().skip(at).take_while(|one| one.name != "end").collect();
                at += body.len();
                table(call, &body, drafts);
            }
            "create_enum" => enumeration(call, drafts),
            "add_foreign_key" => foreign_key(call, drafts),
            "add_index" => match call.positional(0) {
                Some(name) => index(name, call, 1, drafts),
                None => drafts.unknown("`add_index` was not understood", call.range.clone()),
            },
            // What it holds is not said here; that it is there is.
            "create_view" | "create_virtual_table" => view(call, drafts),
            name if HARMLESS.iter().any(|one| name.starts_with(one)) => {}
            name => drafts.unknown(&format!("`{name}` was not understood"), call.range.clone()),
        }
    }
}

fn qualified(name: &str, drafts: &Drafts) -> String {
    name.split('.').map(|part| drafts.quoted(part)).collect::<Vec<_>>().join(".")
}

fn table(call: &Call, body: &[&Call], drafts: &mut Drafts) {
    let Some(name) = call.positional(0) else {
        drafts.unknown("`create_table` was not understood", call.range.clone());
        return;
    };
    let end = body.last().map_or(call.range.end, |last| last.range.end);
    let mut draft = Draft::new(call.range.start..end);
    draft.say("CREATE TABLE ").say_at(&qualified(name, drafts), call.place(0)).say(" (");
    let mut parts = 0;
    let mut next = |draft: &mut Draft| {
        draft.say(if parts == 0 { "" } else { ", " });
        parts += 1;
    };
    if let Some(key) = key_column(call, drafts) {
        next(&mut draft);
        draft.say_at(&key, call.range.clone());
    }
    for one in body {
        if let Some(column) = column(one, drafts) {
            next(&mut draft);
            let start = draft.sql.len();
            for (text, place) in column {
                match place {
                    Some(at) => draft.say_at(&text, at),
                    None => draft.say(&text),
                };
            }
            draft.since(start, one.range.clone());
        } else if let Some(constraint) = constraint(one, drafts) {
            next(&mut draft);
            draft.say_at(&constraint, one.range.clone());
        }
    }
    // `primary_key: ["a", "b"]`
    if let Some(columns) = call.list("primary_key") {
        next(&mut draft);
        draft.say_at(&format!("PRIMARY KEY ({})", drafts.names(&columns)), call.range.clone());
    }
    draft.say(")");
    drafts.finish(draft);
    for one in body {
        match one.name {
            "t.index" => index(name, one, 0, drafts),
            known if is_column(known, drafts) || known == "t.check_constraint" || known == "t.unique_constraint" => {}
            "t.exclusion_constraint" => {}
            known => drafts.unknown(&format!("`{known}` was not understood"), one.range.clone()),
        }
    }
}

/// The key that Rails adds to each table by itself.
fn key_column(call: &Call, drafts: &Drafts) -> Option<String> {
    if call.list("primary_key").is_some() {
        return None;
    }
    let name = drafts.quoted(call.text("primary_key").unwrap_or("id"));
    let said = call.word("id").unwrap_or("bigint");
    if said == "false" {
        return None;
    }
    // `id: { type: :string, limit: 36 }`
    let said = match said.split_once("type:") {
        Some((_, rest)) => rest.trim_start().trim_start_matches(':').split([',', ' ', '}']).next().unwrap_or("bigint"),
        None => said,
    };
    let kind = match (said, drafts.dialect) {
        ("bigint" | "primary_key" | "bigserial", Dialect::Postgres) => "bigserial".to_owned(),
        ("integer" | "serial", Dialect::Postgres) => "serial".to_owned(),
        ("bigint" | "primary_key", Dialect::MySql) => "bigint AUTO_INCREMENT".to_owned(),
        ("integer", Dialect::MySql) => "int AUTO_INCREMENT".to_owned(),
        ("bigint" | "integer" | "primary_key", _) => return Some(format!("{name} integer PRIMARY KEY AUTOINCREMENT NOT NULL")),
        (other, _) => plain_type(other, drafts),
    };
    let default = call.default().map_or(String::new(), |text| format!(" DEFAULT {text}"));
    Some(format!("{name} {kind}{default} NOT NULL PRIMARY KEY"))
}

fn plain_type(method: &str, drafts: &Drafts) -> String {
    let table = types().rails.get(drafts.dialect.name());
    table.and_then(|table| table.get(method)).cloned().unwrap_or_else(|| method.to_owned())
}

/// Whether a call of a table adds a column: `t.string`, and any other type with the name of a column.
fn is_column(name: &str, drafts: &Drafts) -> bool {
    let Some(method) = name.strip_prefix("t.") else { return false };
    let known = types().rails.get(drafts.dialect.name()).is_some_and(|table| table.contains_key(method));
    let own =
        ["index", "check_constraint", "unique_constraint", "exclusion_constraint", "timestamps", "references", "belongs_to"];
    known || !own.contains(&method)
}

type Parts = Vec<(String, Option<std::ops::Range<usize>>)>;

/// A column as parts of SQL with their places; `None` where the call adds none, or is not understood.
fn column(call: &Call, drafts: &Drafts) -> Option<Parts> {
    if !is_column(call.name, drafts) {
        return None;
    }
    let method = call.name.strip_prefix("t.")?;
    let name = call.positional(0)?;
    let kind = match method {
        "column" => call.positional(1)?.to_owned(),
        "enum" => drafts.quoted(call.text("enum_type")?),
        "virtual" => sized(call.word("type")?, call, drafts),
        _ => sized(method, call, drafts),
    };
    let array = if call.word("array") == Some("true") { "[]" } else { "" };
    let mut parts: Parts = vec![(drafts.quoted(name), Some(call.place(0))), (format!(" {kind}{array}"), None)];
    if call.word("null") == Some("false") {
        parts.push((" NOT NULL".to_owned(), None));
    }
    if method == "virtual" {
        let stored = if call.word("stored") == Some("true") { "STORED" } else { "VIRTUAL" };
        parts.push((format!(" GENERATED ALWAYS AS ({}) {stored}", call.text("as")?), None));
    } else if let Some(default) = call.default() {
        parts.push((format!(" DEFAULT {default}"), None));
    }
    Some(parts)
}

/// The SQL type of a column method with its limit, precision and scale.
fn sized(method: &str, call: &Call, drafts: &Drafts) -> String {
    let word = plain_type(method, drafts);
    let limit = call.word("limit");
    let precision = call.word("precision");
    match (method, drafts.dialect) {
        ("string", Dialect::MySql) => format!("varchar({})", limit.unwrap_or("255")),
        ("string", _) => limit.map_or(word.clone(), |n| format!("varchar({n})")),
        ("integer", Dialect::Postgres) => match limit {
            Some("1" | "2") => "smallint".into(),
            Some("5" | "6" | "7" | "8") => "bigint".into(),
            _ => word,
        },
        ("integer", Dialect::MySql) => {
            let word = match limit {
                Some("1") => "tinyint",
                Some("2") => "smallint",
                Some("3") => "mediumint",
                Some("5" | "6" | "7" | "8") => "bigint",
                _ => word.as_str(),
            };
            format!("{word}{}", if call.word("unsigned") == Some("true") { " unsigned" } else { "" })
        }
        ("bigint", Dialect::MySql) if call.word("unsigned") == Some("true") => format!("{word} unsigned"),
        ("text" | "binary", Dialect::MySql) => match call.word("size") {
            Some(size) => format!("{}{word}", size.trim_start_matches(':')),
            None => word,
        },
        ("decimal" | "numeric", _) => match (precision, call.word("scale")) {
            (Some(precision), Some(scale)) => format!("{word}({precision},{scale})"),
            (Some(precision), None) => format!("{word}({precision})"),
            _ => word,
        },
        ("datetime" | "timestamp" | "timestamptz", Dialect::Postgres | Dialect::MySql) => match precision {
            Some("nil") => word,
            Some(precision) => format!("{word}({precision})"),
            None => format!("{word}(6)"),
        },
        (_, _) => {
            limit.filter(|_| matches!(method, "bit" | "bit_varying" | "binary")).map_or(word.clone(), |n| format!("{word}({n})"))
        }
    }
}

fn constraint(call: &Call, drafts: &Drafts) -> Option<String> {
    let name = call.text("name").map_or(String::new(), |name| format!("CONSTRAINT {} ", drafts.quoted(name)));
    match call.name {
        "t.check_constraint" => Some(format!("{name}CHECK ({})", call.positional(0)?)),
        "t.unique_constraint" => Some(format!("{name}UNIQUE ({})", drafts.names(&call.columns(0)?))),
        _ => None,
    }
}

fn index(table: &str, call: &Call, columns_at: usize, drafts: &mut Drafts) {
    let Some(columns) = call.columns(columns_at) else {
        drafts.unknown("an index of a schema.rb was not understood", call.range.clone());
        return;
    };
    let order = call.word("order").unwrap_or("");
    let is_desc = |column: &str| order == ":desc" || order == "desc" || order.contains(&format!("{column}: :desc"));
    let opclass = call.word("opclass").unwrap_or("");
    let key = |column: &str| {
        let plain = column.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
        let name = if plain { drafts.quoted(column) } else { format!("({column})") };
        let class = match opclass.trim_start_matches(':') {
            "" => String::new(),
            one if !one.starts_with('{') => format!(" {one}"),
            many => many.split_once(&format!("{column}: :")).map_or(String::new(), |(_, rest)| {
                format!(" {}", rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>())
            }),
        };
        format!("{name}{class}{}", if is_desc(column) { " DESC" } else { "" })
    };
    // An expression is one text and no list.
    let keys: Vec<String> = columns.iter().map(|column| key(column)).collect();
    let unique = if call.word("unique") == Some("true") { "UNIQUE " } else { "" };
    let name = call.text("name").map_or_else(|| format!("index_{table}_on_{}", columns.join("_and_")), str::to_owned);
    let method = call.word("using").map(|word| word.trim_start_matches(':')).filter(|_| drafts.dialect == Dialect::Postgres);
    let method = method.map_or(String::new(), |word| format!(" USING {word}"));
    let include = call.list("include").map_or(String::new(), |columns| format!(" INCLUDE ({})", drafts.names(&columns)));
    let predicate = call.text("where").map_or(String::new(), |text| format!(" WHERE {text}"));
    let mut draft = Draft::new(call.range.clone());
    let on = qualified(table, drafts);
    draft.say(&format!(
        "CREATE {unique}INDEX {} ON {on}{method} ({}){include}{predicate}",
        drafts.quoted(&name),
        keys.join(", ")
    ));
    drafts.finish(draft);
}

fn enumeration(call: &Call, drafts: &mut Drafts) {
    let (Some(name), Some(labels)) = (call.positional(0), call.columns(1)) else {
        drafts.unknown("`create_enum` was not understood", call.range.clone());
        return;
    };
    let labels: Vec<String> = labels.iter().map(|label| format!("'{}'", label.replace('\'', "''"))).collect();
    let mut draft = Draft::new(call.range.clone());
    draft.say("CREATE TYPE ").say_at(&qualified(name, drafts), call.place(0)).say(&format!(" AS ENUM ({})", labels.join(", ")));
    drafts.finish(draft);
}

fn view(call: &Call, drafts: &mut Drafts) {
    let Some(name) = call.positional(0) else { return };
    let kind = if call.word("materialized") == Some("true") { "MATERIALIZED VIEW" } else { "VIEW" };
    let mut draft = Draft::new(call.range.clone());
    draft.say(&format!("CREATE {kind} {} AS SELECT 1", qualified(name, drafts)));
    drafts.finish(draft);
}

/// `add_foreign_key "orders", "users"`: the column is `user_id` where none is written.
fn foreign_key(call: &Call, drafts: &mut Drafts) {
    let (Some(from), Some(to)) = (call.positional(0), call.positional(1)) else {
        drafts.unknown("`add_foreign_key` was not understood", call.range.clone());
        return;
    };
    let singular = || format!("{}_id", crate::model::words::singular(to.rsplit('.').next().unwrap_or(to)));
    let columns = call.list("column").map(|all| all.iter().map(|one| (*one).to_owned()).collect());
    let columns: Vec<String> = columns.unwrap_or_else(|| vec![call.text("column").map_or_else(singular, str::to_owned)]);
    let references: Vec<String> = match call.list("primary_key") {
        Some(all) => all.iter().map(|one| (*one).to_owned()).collect(),
        None => vec![call.text("primary_key").unwrap_or("id").to_owned()],
    };
    let delete = match call.word("on_delete").map(|word| word.trim_start_matches(':')) {
        Some("cascade") => " ON DELETE CASCADE",
        Some("nullify") => " ON DELETE SET NULL",
        Some("restrict") => " ON DELETE RESTRICT",
        _ => "",
    };
    let name = call.text("name").map_or(String::new(), |name| format!("CONSTRAINT {} ", drafts.quoted(name)));
    let late = if call.word("validate") == Some("false") && drafts.dialect == Dialect::Postgres { " NOT VALID" } else { "" };
    let mut draft = Draft::new(call.range.clone());
    draft.say(&format!(
        "ALTER TABLE {} ADD {name}FOREIGN KEY ({}) REFERENCES {} ({}){delete}{late}",
        qualified(from, drafts),
        drafts.names(&columns),
        qualified(to, drafts),
        drafts.names(&references)
    ));
    drafts.finish(draft);
}
