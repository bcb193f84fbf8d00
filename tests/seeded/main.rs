//! Faults that are planted one at a time into a sound shop, each beside a near miss: every fault is found, no near miss is reported.
//!
//! A plant is a field or a parameter with its column; a shop is one of several ways to write the same thing: casing, names of
//! tables and objects, dialect, version of OpenAPI, layout of the files.

mod configuration;
mod files;
mod gateways;
mod ways;

use backend_lint::diagnostic::{Base, Confidence, Severity};
use backend_lint::engine::{self, Migrations, Options};
use backend_lint::files::Memory;
use files::{document, tables};
use std::collections::BTreeMap;
use ways::{Server, WAYS, Way};

/// What is planted: a field and its column, a parameter, or other parts of a shop.
#[derive(Debug, Clone, Default)]
struct Part {
    /// Name, in snake case, and schema of a field.
    field: Option<(&'static str, &'static str)>,
    /// Whether the field must be there.
    required: bool,
    /// The column, in PostgreSQL and in MySQL.
    columns: Option<(&'static str, &'static str)>,
    /// A statement behind the table; `TABLE` stands for its name.
    statement: &'static str,
    /// A parameter of the list, or of every operation where its name starts with a capital.
    parameter: &'static str,
    /// A response of the create operation.
    response: &'static str,
    /// The query that runs for the list; `TABLE` stands for the table.
    query: &'static str,
    /// A migration on top, which is the change.
    change: &'static str,
}

/// A fault and what looks like it and is none.
struct Plant {
    rule: &'static str,
    fault: Part,
    near: Part,
    /// Whether the type of a column has to bind what it holds, as that of SQLite does not.
    by_type: bool,
}

fn field(name: &'static str, schema: &'static str, postgres: &'static str, mysql: &'static str) -> Part {
    Part { field: Some((name, schema)), columns: Some((postgres, mysql)), ..Part::default() }
}

fn plant(rule: &'static str, fault: Part, near: Part) -> Plant {
    Plant { rule, fault, near, by_type: false }
}

/// A plant that only a server finds whose types bind.
fn typed(rule: &'static str, fault: Part, near: Part) -> Plant {
    Plant { by_type: true, ..plant(rule, fault, near) }
}

fn fields() -> Vec<Plant> {
    let one = |rule, fault, near| plant(rule, fault, near);
    vec![
        one(
            "contract/length-mismatch",
            field("note", r#"{"type": "string", "maxLength": 300}"#, "note varchar(200)", "note varchar(200)"),
            field("note", r#"{"type": "string", "maxLength": 200}"#, "note varchar(200)", "note varchar(200)"),
        ),
        one(
            "contract/enum-mismatch",
            field(
                "channel",
                r#"{"type": "string", "enum": ["web", "shop", "phone"]}"#,
                "channel text NOT NULL CHECK (channel IN ('web', 'shop'))",
                "channel enum('web', 'shop') NOT NULL",
            ),
            field(
                "channel",
                r#"{"type": "string", "enum": ["shop", "web"]}"#,
                "channel text NOT NULL CHECK (channel IN ('web', 'shop'))",
                "channel enum('web', 'shop') NOT NULL",
            ),
        ),
        typed(
            "contract/type-mismatch",
            field(
                "quantity",
                r#"{"type": "integer", "format": "int32"}"#,
                "quantity bigint NOT NULL",
                "quantity bigint NOT NULL",
            ),
            field("quantity", r#"{"type": "integer", "format": "int32"}"#, "quantity integer NOT NULL", "quantity int NOT NULL"),
        ),
        typed(
            "contract/type-mismatch",
            field("weight", r#"{"type": "integer"}"#, "weight numeric(10,3) NOT NULL", "weight decimal(10,3) NOT NULL"),
            field("weight", r#"{"type": "number"}"#, "weight numeric(10,3) NOT NULL", "weight decimal(10,3) NOT NULL"),
        ),
        typed(
            "contract/format-mismatch",
            field("external_id", r#"{"type": "string", "format": "uuid"}"#, "external_id varchar(20)", "external_id varchar(20)"),
            field("external_id", r#"{"type": "string", "format": "uuid"}"#, "external_id varchar(36)", "external_id char(36)"),
        ),
        one(
            "contract/nullability-mismatch",
            Part { required: true, ..field("note", r#"{"type": "string"}"#, "note varchar(200)", "note varchar(200)") },
            Part {
                required: true,
                ..field("note", r#"{"type": "string"}"#, "note varchar(200) NOT NULL", "note varchar(200) NOT NULL")
            },
        ),
        one(
            "contract/default-mismatch",
            field(
                "priority",
                r#"{"type": "string", "default": "low"}"#,
                "priority varchar(10) NOT NULL DEFAULT 'high'",
                "priority varchar(10) NOT NULL DEFAULT 'high'",
            ),
            field(
                "priority",
                r#"{"type": "string", "default": "low"}"#,
                "priority varchar(10) NOT NULL DEFAULT 'low'",
                "priority varchar(10) NOT NULL DEFAULT 'low'",
            ),
        ),
        typed(
            "contract/range-mismatch",
            field(
                "quantity",
                r#"{"type": "integer", "minimum": 1, "maximum": 100000}"#,
                "quantity smallint NOT NULL",
                "quantity smallint NOT NULL",
            ),
            field(
                "quantity",
                r#"{"type": "integer", "minimum": 1, "maximum": 32000}"#,
                "quantity smallint NOT NULL",
                "quantity smallint NOT NULL",
            ),
        ),
        one(
            "contract/range-mismatch",
            field(
                "rating",
                r#"{"type": "integer", "minimum": 1, "maximum": 10}"#,
                "rating integer NOT NULL CHECK (rating BETWEEN 1 AND 5)",
                "rating int NOT NULL CHECK (rating BETWEEN 1 AND 5)",
            ),
            field(
                "rating",
                r#"{"type": "integer", "minimum": 1, "maximum": 5}"#,
                "rating integer NOT NULL CHECK (rating BETWEEN 1 AND 5)",
                "rating int NOT NULL CHECK (rating BETWEEN 1 AND 5)",
            ),
        ),
        one(
            "contract/required-without-column",
            Part { required: true, field: Some(("salutation", r#"{"type": "string"}"#)), ..Part::default() },
            Part { field: Some(("salutation", r#"{"type": "string"}"#)), ..Part::default() },
        ),
        one(
            "contract/secret-column-exposed",
            field("password_hash", r#"{"type": "string"}"#, "password_hash text", "password_hash text"),
            field("password_hash", r#"{"type": "string", "writeOnly": true}"#, "password_hash text", "password_hash text"),
        ),
        one(
            "contract/internal-column-exposed",
            field("shard_id", r#"{"type": "integer"}"#, "shard_id integer", "shard_id int"),
            field("shard_id", r#"{"type": "integer", "writeOnly": true}"#, "shard_id integer", "shard_id int"),
        ),
        one(
            "contract/money-as-float",
            field(
                "total_amount",
                r#"{"type": "number", "format": "float"}"#,
                "total_amount numeric(12,2) NOT NULL",
                "total_amount decimal(12,2) NOT NULL",
            ),
            field(
                "total_amount",
                r#"{"type": "string"}"#,
                "total_amount numeric(12,2) NOT NULL",
                "total_amount decimal(12,2) NOT NULL",
            ),
        ),
    ]
}

fn operations() -> Vec<Plant> {
    let parameter = |parameter: &'static str| Part { parameter, ..Part::default() };
    let limit = r#"{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}"#;
    let cursor = r#"{"name": "cursor", "in": "query", "schema": {"type": "string"}}"#;
    let version = r#"{"name": "If-Match", "in": "header", "schema": {"type": "string"}}"#;
    let key = r#"{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}}"#;
    let shipped = r#"{"name": "shipped_on", "in": "query", "schema": {"type": "string", "format": "date"}}"#;
    let sort = r#"{"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["shipped_on"]}}"#;
    let since = r#"{"name": "shipped_after", "in": "query", "schema": {"type": "string", "format": "date"}}"#;
    let pattern = r#"{"name": "order_by", "in": "query", "schema": {"type": "string", "pattern": "^-?(shipped_on|id)$"}}"#;
    let date = Some(("shipped_on date", "shipped_on date"));
    let indexed = "CREATE INDEX shipped_idx ON TABLE (shipped_on);";
    vec![
        plant(
            "indexes/filter-parameter-without-index",
            Part { columns: date, ..parameter(shipped) },
            Part { columns: date, statement: indexed, ..parameter(shipped) },
        ),
        plant(
            "indexes/sort-parameter-without-index",
            Part { columns: date, ..parameter(sort) },
            Part { columns: date, statement: indexed, ..parameter(sort) },
        ),
        plant(
            "indexes/filter-parameter-without-index",
            Part { columns: date, ..parameter(since) },
            Part { columns: date, statement: indexed, ..parameter(since) },
        ),
        plant(
            "indexes/sort-parameter-without-index",
            Part { columns: date, ..parameter(pattern) },
            Part { columns: date, statement: indexed, ..parameter(pattern) },
        ),
        plant(
            "contract/conflict-not-documented",
            Part { statement: "CREATE UNIQUE INDEX number_idx ON TABLE (number);", ..Part::default() },
            Part { statement: "CREATE UNIQUE INDEX number_idx ON TABLE (number);", response: "409", ..Part::default() },
        ),
        plant(
            "contract/precondition-without-version-column",
            parameter(version),
            Part {
                columns: Some(("version integer NOT NULL DEFAULT 1", "version int NOT NULL DEFAULT 1")),
                ..parameter(version)
            },
        ),
        plant(
            "indexes/cursor-without-unique-order",
            Part { query: "SELECT number, status FROM TABLE ORDER BY currency LIMIT 20;", ..parameter(cursor) },
            Part { query: "SELECT number, status FROM TABLE ORDER BY currency, id LIMIT 20;", ..parameter(cursor) },
        ),
        plant(
            "indexes/list-query-without-limit",
            Part { query: "SELECT number, status FROM TABLE ORDER BY id;", ..parameter(limit) },
            Part { query: "SELECT number, status FROM TABLE ORDER BY id LIMIT 20;", ..parameter(limit) },
        ),
        plant(
            "indexes/offset-on-growing-table",
            parameter(r#"{"name": "offset", "in": "query", "schema": {"type": "integer"}}"#),
            parameter(cursor),
        ),
        plant(
            "idempotency/key-without-storage",
            parameter(key),
            Part {
                columns: Some(("idempotency_key varchar(255) UNIQUE", "idempotency_key varchar(255) UNIQUE")),
                ..parameter(key)
            },
        ),
        plant(
            "idempotency/key-storage-not-unique",
            Part { columns: Some(("idempotency_key varchar(255)", "idempotency_key varchar(255)")), ..parameter(key) },
            Part {
                columns: Some(("idempotency_key varchar(255) UNIQUE", "idempotency_key varchar(255) UNIQUE")),
                ..parameter(key)
            },
        ),
    ]
}

const REQUIRED: &str = "UPDATE TABLE SET note = '' WHERE note IS NULL;\nALTER TABLE TABLE ALTER COLUMN note SET NOT NULL;";

/// Faults that a change brings.
fn changes() -> Vec<Plant> {
    let wide = || field("note", r#"{"type": "string", "maxLength": 300}"#, "note varchar(300)", "note varchar(300)");
    vec![
        plant(
            "migrations/type-narrowing-against-api",
            Part { change: "ALTER TABLE TABLE ALTER COLUMN note TYPE varchar(100);", ..wide() },
            Part { change: "ALTER TABLE TABLE ALTER COLUMN note TYPE varchar(400);", ..wide() },
        ),
        plant(
            "migrations/not-null-breaks-insert",
            Part { change: REQUIRED, query: "INSERT INTO TABLE (number, status, currency) VALUES ($1, $2, $3);", ..wide() },
            Part {
                change: REQUIRED,
                query: "INSERT INTO TABLE (number, status, currency, note) VALUES ($1, $2, $3, $4);",
                ..wide()
            },
        ),
        plant(
            "migrations/drop-column-still-exposed",
            Part { change: "ALTER TABLE TABLE DROP COLUMN note;", ..wide() },
            Part {
                change: "ALTER TABLE TABLE DROP COLUMN note;",
                field: None,
                columns: Some(("note varchar(300)", "note varchar(300)")),
                ..Part::default()
            },
        ),
        plant(
            "migrations/drop-column-still-read",
            Part { change: "ALTER TABLE TABLE DROP COLUMN note;", query: "SELECT number, note FROM TABLE LIMIT $1;", ..wide() },
            Part { change: "ALTER TABLE TABLE DROP COLUMN note;", query: "SELECT number FROM TABLE LIMIT $1;", ..wide() },
        ),
    ]
}

/// The repository, before the change where there is one and after it.
fn shop(way: &Way, part: &Part) -> (Memory, Option<Memory>) {
    let mut files = BTreeMap::from([(way.document.to_owned(), document(way, part)), (way.schema.to_owned(), tables(way, part))]);
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    if !part.query.is_empty() {
        let text = format!("-- name: ListOrders :many\n{}\n", part.query.replace("TABLE", way.table));
        files.insert(format!("{}queries/orders.sql", folder(way.document)), text);
    }
    let memory = |files: &BTreeMap<String, String>| {
        let mut memory = Memory::new();
        files.iter().for_each(|(path, text)| {
            memory.insert(path.clone(), text.clone());
        });
        memory
    };
    let before = memory(&files);
    if part.change.is_empty() {
        return (before, None);
    }
    let next = way
        .schema
        .replace("0001_init", "0002_change")
        .replace("V1__init", "V2__change")
        .replace("20260101000000_init", "20260102000000_change")
        .replace("001_init", "002_change");
    let change = part.change.replace("TABLE TABLE", &format!("TABLE {}", way.table));
    files.insert(next, change.replace("UPDATE TABLE", &format!("UPDATE {}", way.table)) + "\n");
    (memory(&files), Some(before))
}

/// What a rule says of a shop, and how many subjects it looked at.
fn said(rule: &str, way: &Way, part: &Part) -> (Vec<String>, usize) {
    let (head, base) = shop(way, part);
    told(rule, &head, base.as_ref())
}

/// What a rule says of a repository, and how many subjects it looked at: of its change where it is given as it was before, else of all.
fn told(rule: &str, head: &Memory, base: Option<&Memory>) -> (Vec<String>, usize) {
    let options = Options {
        select: vec![rule.to_owned()],
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        migrations: if base.is_some() { Migrations::Pending } else { Migrations::All },
        ..Options::default()
    };
    let why = base.map(|_| Base { revision: None, why: "a plant".into() });
    let outcome = engine::check(head, base.map(|base| base as &dyn backend_lint::files::Files), why, &options);
    let outcome = outcome.unwrap_or_else(|failure| panic!("{rule}: {failure:?}"));
    let found = outcome.report.findings.iter().filter(|finding| finding.rule == rule);
    (found.map(|finding| finding.diagnostic.message.clone()).collect(), outcome.considered.get(rule).copied().unwrap_or(0))
}

/// Plants every fault in every way, and every near miss.
fn sow(plants: &[Plant], ways: &[Way]) -> usize {
    let mut wrong = Vec::new();
    let mut planted = 0;
    for plant in plants {
        for way in ways.iter().filter(|way| !(plant.by_type && way.server == Server::Sqlite)) {
            planted += 1;
            let place = format!("{} in `{}`", plant.rule, way.name);
            let (found, _) = said(plant.rule, way, &plant.fault);
            if found.is_empty() {
                wrong.push(format!("{place}: not found\n{}\n{}", document(way, &plant.fault), tables(way, &plant.fault)));
            }
            let (near, _) = said(plant.rule, way, &plant.near);
            if !near.is_empty() {
                wrong.push(format!("{place}: a near miss is reported: {near:?}"));
            }
        }
    }
    println!("{planted} faults planted, and as many near misses");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    planted
}

#[test]
fn faults_of_fields_are_found_and_near_misses_are_not() {
    assert!(sow(&fields(), &WAYS) >= 150);
}

#[test]
fn faults_of_operations_are_found_and_near_misses_are_not() {
    // A list below another thing has few rows.
    let lists: Vec<Way> = WAYS.into_iter().filter(|way| !way.path.contains('{')).collect();
    let planted = sow(&operations(), &lists);
    assert!(planted >= 130, "{planted}");
}

#[test]
fn faults_of_changes_are_found_and_near_misses_are_not() {
    let fitting = |way: &Way| way.schema.contains("migration") && way.server == Server::Postgres;
    let migrated: Vec<Way> = WAYS.into_iter().filter(fitting).collect();
    assert!(sow(&changes(), &migrated) >= 20);
}

#[test]
fn a_shop_without_a_plant_is_sound() {
    let rules: Vec<&str> = fields().iter().chain(&operations()).chain(&changes()).map(|plant| plant.rule).collect();
    for way in &WAYS {
        for rule in &rules {
            let (found, _) = said(rule, way, &Part::default());
            assert!(found.is_empty(), "{rule} in `{}`: {found:?}", way.name);
        }
    }
}
