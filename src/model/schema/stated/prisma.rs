//! `schema.prisma`: models as the tables that Prisma Migrate makes of them.

mod text;

use super::{Draft, Drafts, types};
use crate::model::schema::Spoken;
use crate::source::Name;
use crate::sql::Dialect;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use text::{Attribute, Block, Field};

/// What a file declares, by the names that it uses.
struct Declared<'t> {
    models: BTreeMap<&'t str, &'t Block<'t>>,
    enums: BTreeMap<&'t str, &'t Block<'t>>,
    /// `relationMode = "prisma"`: no foreign keys in the database.
    keyless: bool,
}

/// Turns the file into statements: enums, then tables with their indexes, then foreign keys. What the file names may be declared in
/// any of `parts`, of which it is one.
pub(super) fn read(source: &str, parts: &[Arc<str>], drafts: &mut Drafts) {
    let blocks = text::blocks(source);
    let all: Vec<Block> = parts.iter().flat_map(|part| text::blocks(part)).collect();
    let of = |kind: &str| all.iter().filter(|block| block.kind == kind).map(|block| (block.name, block)).collect();
    let keyless = all.iter().any(|block| {
        block.kind == "datasource"
            && block.lines.iter().any(|line| line.text.starts_with("relationMode") && line.text.contains("\"prisma\""))
    });
    let declared = Declared { models: of("model"), enums: of("enum"), keyless };
    for block in blocks.iter().filter(|block| block.kind == "enum") {
        if drafts.dialect == Dialect::Postgres {
            enumeration(block, drafts);
        }
    }
    let models = || blocks.iter().filter(|block| block.kind == "model" && !block.is_ignored());
    models().for_each(|block| table(block, &declared, drafts));
    models().for_each(|block| indexes(block, drafts));
    models().for_each(|block| foreign_keys(block, &declared, drafts));
    models().for_each(|block| join_tables(block, &declared, drafts));
}

/// The models and fields that have other names in the database (`@@map`, `@map`).
pub(super) fn names(source: &str) -> Vec<Spoken> {
    let blocks = text::blocks(source);
    let models = blocks.iter().filter(|block| block.kind == "model" && !block.is_ignored());
    let spoken = models.map(|block| {
        let differs = |field: &Field| field.name != field.database_name();
        let names = |field: Field| (Name::from(field.database_name()), Name::from(field.name));
        let fields: Vec<(Name, Name)> = block.fields().filter(differs).map(names).collect();
        Spoken { table: Name::from(block.database_name()), model: Name::from(block.name), fields }
    });
    spoken.filter(|one| one.table != one.model || !one.fields.is_empty()).collect()
}

fn enumeration(block: &Block, drafts: &mut Drafts) {
    let mut draft = Draft::new(block.range.clone());
    draft.say("CREATE TYPE ").say_at(&qualified(block, drafts), block.name_range.clone()).say(" AS ENUM (");
    for (number, line) in block.lines.iter().filter(|line| !line.text.starts_with('@')).enumerate() {
        let Some(label) = line.text.split_whitespace().next() else { continue };
        let label = line.attributes().iter().find(|one| one.name == "map").and_then(Attribute::text).unwrap_or(label).to_owned();
        draft.say(if number == 0 { "" } else { ", " }).say_at(&format!("'{}'", label.replace('\'', "''")), line.range.clone());
    }
    draft.say(")");
    drafts.finish(draft);
}

/// The name in the database, with the schema that `@@schema` says.
fn qualified(block: &Block, drafts: &Drafts) -> String {
    let name = drafts.quoted(block.database_name());
    match block.attribute("schema").and_then(|one| one.text()) {
        Some(schema) => format!("{}.{name}", drafts.quoted(schema)),
        None => name,
    }
}

fn table(block: &Block, declared: &Declared, drafts: &mut Drafts) {
    let mut draft = Draft::new(block.range.clone());
    draft.say("CREATE TABLE ").say_at(&qualified(block, drafts), block.name_range.clone()).say(" (");
    let mut is_first = true;
    for field in block.fields() {
        let Some(kind) = column_type(&field, declared, drafts) else { continue };
        draft.say(if is_first { "" } else { ", " });
        is_first = false;
        let start = draft.sql.len();
        draft.say_at(&drafts.quoted(field.database_name()), field.name_range.clone()).say(" ");
        draft.say_at(&kind, field.type_range.clone());
        let key = field.attribute("id").is_some();
        if !field.optional && !field.list {
            draft.say(" NOT NULL");
        }
        if let Some(default) = default(&field, declared, drafts) {
            draft.say(&default);
        }
        if key {
            draft.say(" PRIMARY KEY");
            if drafts.dialect == Dialect::Sqlite && field.says_default("autoincrement()") {
                draft.say(" AUTOINCREMENT");
            }
        }
        draft.since(start, field.range.clone());
    }
    if let Some(key) = block.attribute("id")
        && let Some(columns) = columns(block, &key, drafts)
    {
        let start = draft.sql.len();
        let name = key.named("map").map_or(format!("{}_pkey", block.database_name()), str::to_owned);
        let name =
            if drafts.dialect == Dialect::Postgres { format!("CONSTRAINT {} ", drafts.quoted(&name)) } else { String::new() };
        draft.say(if is_first { "" } else { ", " }).say(&format!("{name}PRIMARY KEY ({columns})"));
        draft.since(start, key.range.clone());
    }
    draft.say(")");
    drafts.finish(draft);
}

/// The SQL type of a field; `None` for relations, which are no columns.
fn column_type(field: &Field, declared: &Declared, drafts: &Drafts) -> Option<String> {
    let dialect = drafts.dialect;
    let list = if field.list && dialect == Dialect::Postgres { "[]" } else { "" };
    if let Some(native) = field.attributes.iter().find_map(|one| one.name.strip_prefix("db.").map(|name| (name, one.arguments))) {
        let (name, arguments) = native;
        let word = types().native.get(name).cloned().unwrap_or_else(|| name.to_ascii_lowercase());
        let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
        return Some(match word.split_once(' ') {
            Some((head, tail)) if tail == "unsigned" => format!("{head}{arguments} {tail}{list}"),
            _ => format!("{word}{arguments}{list}"),
        });
    }
    if let Some(block) = declared.enums.get(field.kind) {
        return Some(match dialect {
            Dialect::Postgres => format!("{}{list}", qualified(block, drafts)),
            Dialect::MySql => format!("enum({})", labels(block)),
            _ => "TEXT".to_owned(),
        });
    }
    if let Some(raw) = field.kind.strip_prefix("Unsupported(\"").and_then(|rest| rest.strip_suffix("\")")) {
        return Some(format!("{raw}{list}"));
    }
    if declared.models.contains_key(field.kind) {
        return None;
    }
    if dialect == Dialect::Postgres && field.says_default("autoincrement()") {
        return match field.kind {
            "Int" => Some("serial".to_owned()),
            "BigInt" => Some("bigserial".to_owned()),
            _ => None,
        };
    }
    let word = types().prisma.get(dialect.name())?.get(field.kind)?;
    Some(format!("{word}{list}"))
}

fn labels(block: &Block) -> String {
    let lines = block.lines.iter().filter(|line| !line.text.starts_with('@'));
    let label = |line: &text::Line| {
        let own = line.attributes().iter().find(|one| one.name == "map").and_then(Attribute::text).map(str::to_owned);
        own.or_else(|| line.text.split_whitespace().next().map(str::to_owned))
    };
    lines.filter_map(label).map(|label| format!("'{label}'")).collect::<Vec<_>>().join(",")
}

/// The default that the database has: what Prisma makes up itself (`uuid()`, `cuid()`) is none.
fn default(field: &Field, declared: &Declared, drafts: &Drafts) -> Option<String> {
    let said = field.attribute("default")?.first()?;
    let text = match said {
        "autoincrement()" => return (drafts.dialect == Dialect::MySql).then(|| " AUTO_INCREMENT".to_owned()),
        "now()" if drafts.dialect == Dialect::MySql => "CURRENT_TIMESTAMP(3)".to_owned(),
        "now()" => "CURRENT_TIMESTAMP".to_owned(),
        "true" | "false" => said.to_owned(),
        _ if said.starts_with("dbgenerated(") => {
            let inner = said.strip_prefix("dbgenerated(")?.strip_suffix(')')?.trim().trim_matches('"');
            if inner.is_empty() { return None } else { format!("({})", inner.replace("\\\"", "\"")) }
        }
        "[]" if drafts.dialect == Dialect::Postgres => "'{}'".to_owned(),
        _ if said.ends_with(')') || said.starts_with('[') => return None,
        _ if said.starts_with('"') => format!("'{}'", said.trim_matches('"').replace('\'', "''")),
        _ => match declared.enums.get(field.kind) {
            Some(block) => {
                let line = block.lines.iter().find(|line| line.text.split_whitespace().next() == Some(said));
                let map = line.and_then(|line| {
                    line.attributes().iter().find(|one| one.name == "map").and_then(Attribute::text).map(str::to_owned)
                });
                format!("'{}'", map.unwrap_or_else(|| said.to_owned()))
            }
            None => said.to_owned(),
        },
    };
    Some(format!(" DEFAULT {text}"))
}

/// The columns that an attribute names first, as a list in SQL; with direction and operator class.
fn columns(block: &Block, attribute: &Attribute, drafts: &Drafts) -> Option<String> {
    let list = attribute.named("fields").or_else(|| attribute.first())?;
    let mut said = Vec::new();
    for part in text::split(list.strip_prefix('[').map_or(Some(list), |rest| rest.strip_suffix(']'))?) {
        let (name, options) = part.split_once('(').map_or((part, ""), |(name, options)| (name.trim(), options));
        let field = block.fields().find(|field| field.name == name)?;
        let length =
            options.split("length:").nth(1).map(|rest| rest.trim().chars().take_while(char::is_ascii_digit).collect::<String>());
        let length = length.filter(|_| drafts.dialect == Dialect::MySql).map_or(String::new(), |n| format!("({n})"));
        let direction = if options.contains("Desc") { " DESC" } else { "" };
        said.push(format!("{}{length}{direction}", drafts.quoted(field.database_name())));
    }
    (!said.is_empty()).then(|| said.join(", "))
}

/// A name that Prisma makes: what is too long is cut before its ending.
fn generated(name: &str, ending: &str, drafts: &Drafts) -> String {
    let longest = if drafts.dialect == Dialect::MySql { 64 } else { 63 };
    let mut length = name.len().min(longest - ending.len() - 1);
    while !name.is_char_boundary(length) {
        length -= 1;
    }
    format!("{}_{ending}", name.get(..length).unwrap_or(name))
}

fn indexes(block: &Block, drafts: &mut Drafts) {
    let add = |unique: bool, columns: &str, name: String, method: Option<&str>, at: Range<usize>, drafts: &mut Drafts| {
        let mut draft = Draft::new(at);
        let method = method
            .filter(|_| drafts.dialect == Dialect::Postgres)
            .map_or(String::new(), |one| format!(" USING {}", one.to_ascii_lowercase()));
        let unique = if unique { "UNIQUE " } else { "" };
        draft.say(&format!("CREATE {unique}INDEX {} ON {}{method} ({columns})", drafts.quoted(&name), qualified(block, drafts)));
        drafts.finish(draft);
    };
    let table = block.database_name();
    for field in block.fields() {
        if let Some(unique) = field.attribute("unique") {
            let column = field.database_name();
            let name = unique.named("map").map_or_else(|| generated(&format!("{table}_{column}"), "key", drafts), str::to_owned);
            let columns = drafts.quoted(column);
            add(true, &columns, name, None, field.range.clone(), drafts);
        }
    }
    for attribute in block.attributes() {
        let (unique, end) = match attribute.name {
            "unique" => (true, "key"),
            "index" => (false, "idx"),
            _ => continue,
        };
        let Some(said) = columns(block, &attribute, drafts) else {
            drafts.unknown("an index of a schema.prisma was not understood", attribute.range.clone());
            continue;
        };
        let parts: Vec<&str> = said.split(['"', '`']).skip(1).step_by(2).collect();
        let name =
            attribute.named("map").map_or_else(|| generated(&format!("{table}_{}", parts.join("_")), end, drafts), str::to_owned);
        add(unique, &said, name, attribute.bare("type"), attribute.range.clone(), drafts);
    }
}

fn foreign_keys(block: &Block, declared: &Declared, drafts: &mut Drafts) {
    if declared.keyless {
        return;
    }
    for field in block.fields() {
        let Some(relation) = field.attribute("relation") else { continue };
        let (Some(own), Some(theirs)) = (relation.list("fields"), relation.list("references")) else { continue };
        let Some(target) = declared.models.get(field.kind).filter(|target| !target.is_ignored()) else { continue };
        let of = |block: &Block, names: &[&str]| -> Option<Vec<String>> {
            names
                .iter()
                .map(|name| block.fields().find(|one| one.name == *name).map(|one| one.database_name().to_owned()))
                .collect()
        };
        let (Some(columns), Some(references)) = (of(block, &own), of(target, &theirs)) else { continue };
        let delete = match relation.bare("onDelete") {
            Some("Cascade") => "CASCADE",
            Some("SetNull") => "SET NULL",
            Some("SetDefault") => "SET DEFAULT",
            Some("NoAction") => "NO ACTION",
            None if field.optional => "SET NULL",
            _ => "RESTRICT",
        };
        let name = relation
            .named("map")
            .map_or(generated(&format!("{}_{}", block.database_name(), columns.join("_")), "fkey", drafts), str::to_owned);
        let (this, that) = (qualified(block, drafts), qualified(target, drafts));
        let mut draft = Draft::new(field.range.clone());
        draft.say(&format!(
            "ALTER TABLE {this} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {that} ({}) ON DELETE {delete}",
            drafts.quoted(&name),
            drafts.names(&columns),
            drafts.names(&references)
        ));
        drafts.finish(draft);
    }
}

/// Lists on both sides without fields are a table of their own: `_AToB` with the columns `A` and `B`.
fn join_tables(block: &Block, declared: &Declared, drafts: &mut Drafts) {
    for field in block.fields().filter(|field| field.list) {
        let Some(other) = declared.models.get(field.kind).filter(|other| !other.is_ignored()) else { continue };
        let name = |field: &Field| {
            let relation = field.attribute("relation")?;
            relation
                .named("name")
                .or_else(|| relation.first().filter(|said| said.starts_with('"')).map(|said| said.trim_matches('"')))
                .map(str::to_owned)
        };
        let own = name(&field);
        // A model that refers to itself holds both lists.
        let is_self = block.name == other.name;
        let is_back =
            |back: &Field| back.list && back.kind == block.name && name(back) == own && !(is_self && back.name == field.name);
        let Some(back) = other.fields().find(is_back) else { continue };
        // Each pair is met twice.
        if block.name > other.name || (is_self && field.name > back.name) {
            continue;
        }
        let key = |block: &Block| {
            let field = block.fields().find(|field| field.attribute("id").is_some())?;
            let kind = column_type(&field, declared, drafts)?.replace("bigserial", "bigint").replace("serial", "integer");
            Some((kind, drafts.quoted(field.database_name())))
        };
        let (Some((a, a_key)), Some((b, b_key))) = (key(block), key(other)) else {
            drafts.unknown("a many-to-many relation of a schema.prisma was not understood", field.range.clone());
            continue;
        };
        let table = format!("_{}", own.unwrap_or_else(|| format!("{}To{}", block.name, other.name)));
        let (quoted, ca, cb) = (drafts.quoted(&table), drafts.quoted("A"), drafts.quoted("B"));
        let mut draft = Draft::new(field.range.clone());
        draft.say(&format!("CREATE TABLE {quoted} ({ca} {a} NOT NULL, {cb} {b} NOT NULL"));
        draft.say(&match drafts.dialect {
            Dialect::Postgres => format!(", CONSTRAINT {} PRIMARY KEY ({ca}, {cb})", drafts.quoted(&format!("{table}_AB_pkey"))),
            _ => String::new(),
        });
        if !declared.keyless {
            for (column, target, key) in [(&ca, block, &a_key), (&cb, *other, &b_key)] {
                draft
                    .say(&format!(", FOREIGN KEY ({column}) REFERENCES {} ({key}) ON DELETE CASCADE", qualified(target, drafts)));
            }
        }
        draft.say(");");
        if drafts.dialect != Dialect::Postgres {
            draft.say(&format!("CREATE UNIQUE INDEX {} ON {quoted} ({ca}, {cb});", drafts.quoted(&format!("{table}_AB_unique"))));
        }
        draft.say(&format!("CREATE INDEX {} ON {quoted} ({cb});", drafts.quoted(&format!("{table}_B_index"))));
        drafts.finish(draft);
    }
}
