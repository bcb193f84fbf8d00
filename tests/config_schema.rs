//! The JSON Schema of `backend-lint.toml` is current, and it and the reader accept the same files.
//!
//! `UPDATE_SCHEMA=1 cargo test --test config_schema` writes it; the diff is then the review.

use backend_lint::engine::{self, Failure, Options, config};
use backend_lint::files::Memory;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/backend-lint.schema.json")
}

fn rendered() -> String {
    backend_lint::report::json::to_text(&config::schema::document())
}

/// What the reader says of a text.
fn problems(text: &str) -> Vec<String> {
    let mut memory = Memory::new();
    memory.insert("backend-lint.toml", text);
    memory.insert("shared.toml", "");
    match engine::check(&memory, None, None, &Options::default()) {
        Ok(_) => Vec::new(),
        Err(Failure(lines)) => lines,
    }
}

/// TOML as editors hand it to a schema: dates are texts.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(answer) => answer.into(),
        toml::Value::Datetime(moment) => moment.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(entries) => entries.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}

struct Both(jsonschema::Validator);

impl Both {
    fn new() -> Both {
        Both(jsonschema::validator_for(&config::schema::document()).expect("the schema is a schema"))
    }

    /// What the schema and the reader say of a text: both nothing, or both something.
    fn accept(&self, text: &str) -> bool {
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
        let document = json(toml::Value::Table(table));
        let by_schema: Vec<String> =
            self.0.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
        let by_reader = problems(text);
        assert_eq!(
            by_schema.is_empty(),
            by_reader.is_empty(),
            "they do not agree on\n{text}\nschema: {by_schema:#?}\nreader: {by_reader:#?}"
        );
        by_reader.is_empty()
    }
}

#[test]
fn the_committed_schema_is_current() {
    let fresh = rendered();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path(), &fresh).expect("the schema is written");
        return;
    }
    let text = std::fs::read_to_string(path()).unwrap_or_default();
    assert!(text == fresh, "data/backend-lint.schema.json is not current: UPDATE_SCHEMA=1 cargo test --test config_schema");
}

/// The smallest section that has all that is required, with one key more or other: `[check]\nfail_on = "error"`.
fn with(section: &str, key: &str, value: &str) -> String {
    let required: &[(&str, &str)] = match section {
        "override" => &[("paths", "\"a\""), ("rules", "{ contract = \"off\" }")],
        "allow" => &[("rule", "\"contract\""), ("target", "\"a\""), ("reason", "\"b\"")],
        "artifact" => &[("path", "\"a\""), ("kind", "\"openapi\"")],
        _ => &[],
    };
    let head = match section {
        "file" => String::new(),
        "override" | "allow" | "artifact" => format!("[[{section}]]\n"),
        "services" => "[services.a]\n".to_owned(),
        section => format!("[{section}]\n"),
    };
    let others: String =
        required.iter().filter(|(name, _)| *name != key).map(|(name, value)| format!("{name} = {value}\n")).collect();
    format!("{head}{others}{key} = {value}\n")
}

/// Every key of the file: section, key, a value that is right.
const KEYS: &[(&str, &str, &str)] = &[
    ("file", "preset", "\"strict\""),
    ("file", "extends", "\"shared.toml\""),
    ("file", "check", "{ fail_on = \"never\" }"),
    ("file", "rules", "{ contract = \"error\", \"contract/enum-mismatch\" = \"on\" }"),
    ("file", "override", "[{ operations = \"GET /a\", rules = {} }]"),
    ("file", "allow", "[]"),
    ("file", "artifact", "[]"),
    ("file", "services", "{ a = {} }"),
    ("file", "api", "{ casing = { paths = \"kebab-case\" } }"),
    ("file", "migrations", "{}"),
    ("file", "versions", "{ postgres = 15, nginx = \"1.25\", mysql = 8.4 }"),
    ("file", "links", "{ \"GET /orders\" = \"orders\", \"POST /a\" = false }"),
    ("file", "context", "{ tenancy = \"single\" }"),
    ("context", "preset", "\"django-monolith\""),
    ("context", "team_size", "8"),
    ("context", "qps_p99", "50"),
    ("context", "read_write_ratio", "2.5"),
    ("context", "tenancy", "\"shared-multi-tenant\""),
    ("context", "data_sensitivity", "\"pii\""),
    ("context", "pattern", "\"modular-monolith\""),
    ("context", "exposure", "\"public\""),
    ("context", "deploy", "\"rolling\""),
    ("context", "latency_p99_ms", "600"),
    ("context", "slo_availability", "99.9"),
    ("context", "connect_budget_ms", "2000"),
    ("context", "statement_budget_ms", "1000"),
    ("context", "request_budget_ms", "10000"),
    ("context", "job_budget_ms", "0"),
    ("context", "tables", "{ orders = { rows = 50_000_000, growth = \"hot\" } }"),
    ("check", "fail_on", "\"never\""),
    ("check", "min_severity", "\"info\""),
    ("check", "min_confidence", "\"high\""),
    ("override", "paths", "[\"a\", \"b/**\"]"),
    ("override", "operations", "\"GET /orders\""),
    ("override", "tables", "[\"audit_*\"]"),
    ("override", "rules", "{ indexes = \"info\" }"),
    ("allow", "rule", "\"indexes\""),
    ("allow", "target", "\"public.a\""),
    ("allow", "reason", "\"why\""),
    ("allow", "until", "2031-01-31"),
    ("artifact", "path", "\"a/*.yaml\""),
    ("artifact", "kind", "\"queries\""),
    ("services", "path", "\"a\""),
    ("services", "openapi", "[\"a.yaml\"]"),
    ("services", "sql", "\"db\""),
    ("services", "compose", "\"c.yaml\""),
    ("services", "k8s", "\"k8s\""),
    ("migrations", "tool", "\"goose\""),
    ("migrations", "dialect", "\"postgres\""),
    ("migrations", "transaction", "false"),
    ("migrations", "after", "42"),
    ("api", "errors", "\"problem-details\""),
    ("api", "error_schema", "\"Error\""),
    ("api", "pagination", "\"cursor\""),
    ("api", "page_size", "\"limit\""),
    ("api", "page_position", "\"cursor\""),
    ("api", "casing", "{}"),
    ("api", "versioning", "\"path\""),
    ("api", "idempotency", "\"Idempotency-Key\""),
    ("api", "rate_limit_headers", "\"X-RateLimit-*\""),
    ("api.casing", "paths", "\"kebab-case\""),
    ("api.casing", "properties", "\"snake_case\""),
    ("api.casing", "parameters", "\"PascalCase\""),
];

/// The keys that a part of the schema has.
fn properties(schema: &Value, section: &str) -> Vec<String> {
    let root = &schema["properties"];
    let part = match section {
        "file" => root,
        "override" | "allow" | "artifact" => &root[section]["items"]["properties"],
        "services" => &root["services"]["additionalProperties"]["properties"],
        "api.casing" => &root["api"]["properties"]["casing"]["properties"],
        section => &root[section]["properties"],
    };
    part.as_object().unwrap_or_else(|| panic!("no section {section}")).keys().cloned().collect()
}

#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let both = Both::new();
    let schema = config::schema::document();
    for section in ["file", "check", "override", "allow", "artifact", "services", "migrations", "api", "api.casing", "context"] {
        let mut listed: Vec<&str> = KEYS.iter().filter(|(of, ..)| *of == section).map(|(_, key, _)| *key).collect();
        listed.sort_unstable();
        assert_eq!(properties(&schema, section), listed, "the keys of {section}");
        assert!(!both.accept(&with(section, "nonsense", "1")), "an unknown key of {section}");
    }
    for (section, key, value) in KEYS {
        assert!(both.accept(&with(section, key, value)), "{section} {key}");
        // Nothing takes a list of lists: the reader looks at every key.
        assert!(!both.accept(&with(section, key, "[[1]]")), "{section} {key} of a wrong type");
    }
}

#[test]
fn both_refuse_the_same_mistakes() {
    let both = Both::new();
    for wrong in [
        "preset = \"adopt\"",
        "[check]\nfail_on = \"errors\"",
        "[check]\nmin_severity = \"never\"",
        "[rules]\ncontract = \"eror\"",
        "[rules]\n\"contract/length-mismach\" = \"warning\"",
        "[[override]]\nrules = { contract = \"off\" }",
        "[[override]]\npaths = \"a\"",
        "[[allow]]\nrule = \"contract\"\ntarget = \"a\"",
        "[[allow]]\nrule = \"contracts\"\ntarget = \"a\"\nreason = \"b\"",
        "[[allow]]\nrule = \"contract\"\ntarget = \"a\"\nreason = \" \"",
        "[[artifact]]\npath = \"x.yaml\"\nkind = \"opneapi\"",
        "[migrations]\ndialect = \"postgresql\"",
        "[migrations]\ntool = \"gooose\"",
        "[links]\norders = \"orders\"",
        "[links]\n\"GET /orders\" = true",
        "[versions]\npostgres = [15]",
        "[services]\nshop = 1",
        "[api]\nerrors = \"rfc9457\"",
        "[api]\npagination = \"key\"",
        "[api]\ncasing = \"kebab-case\"",
        "[api.casing]\npaths = \"mixed\"",
        "[api]\nversioning = \"server\"",
        "[api]\nrate_limit_headers = \"X-RateLimit\"",
        "[api]\nidempotency = \" \"",
    ] {
        assert!(!both.accept(wrong), "{wrong}");
    }
    assert!(both.accept(""));
}
