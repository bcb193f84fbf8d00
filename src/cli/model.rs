//! `model`: the model and its joins.

use super::arguments::{ListFormat, ModelArguments};
use super::target::Target;
use super::{End, Trouble, base_model, run, terminal};
use crate::engine::{Migrations, Options, Outcome};
use crate::model::{api, links, queries, runtime, schema};
use crate::report::json::to_text;
use crate::report::printable;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The document: each part of the model says what it holds; an unknown value is null.
#[derive(Serialize)]
struct Document {
    schema: u32,
    operations: Value,
    conventions: Value,
    databases: Value,
    statements: Value,
    queries: Value,
    services: Value,
    gateways: Value,
    links: Value,
    /// Which folders are services of their own.
    boundaries: Value,
    /// What a later run is held against, where a program reads this.
    #[serde(flatten)]
    later: BTreeMap<&'static str, Value>,
}

pub(super) fn run(arguments: &ModelArguments) -> Result<End, Trouble> {
    let target = Target::new(std::slice::from_ref(&arguments.path))?;
    // Every statement is asked what it does, whether it ran or not.
    let options = Options { migrations: Migrations::All, every_step: true, ..run::options(&arguments.reading)? };
    let outcome = run::run(&target, &options)?;
    let mut document = document(&outcome);
    if arguments.format == ListFormat::Json {
        document.later = base_model::to_json(&run::snapshot(&target, &options)?).into();
    }
    let text = match arguments.format {
        ListFormat::Text => text(&document),
        ListFormat::Json => to_text(&document),
    };
    terminal::write(&text, false)?;
    let nothing = outcome.discovery.artifacts.is_empty() && outcome.report.unread.is_empty();
    Ok(if nothing { End::Nothing(run::nothing_found(&target)) } else { End::Clean })
}

fn document(outcome: &Outcome) -> Document {
    let (model, sources) = (&outcome.model, &outcome.sources);
    let mut schema = schema::json::to_json(&model.schema, sources);
    Document {
        schema: 1,
        operations: api::to_json(&model.api, sources),
        conventions: api::conventions_to_json(&model.api),
        databases: schema["databases"].take(),
        statements: schema["statements"].take(),
        queries: queries::to_json(&model.queries, sources),
        services: runtime::to_json(&model.runtime, sources),
        gateways: runtime::gateways_to_json(&model.runtime, sources),
        links: links::to_json(model, sources),
        boundaries: model.boundaries.to_json(),
        later: BTreeMap::new(),
    }
}

/// The items of a list; none where it is none.
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().map_or(&[][..], Vec::as_slice).iter()
}

/// A field as people read it: `?` where it is unknown, lists with commas.
fn word(value: &Value, field: &str) -> String {
    match &value[field] {
        Value::Null => "?".into(),
        Value::String(text) => printable(text).into_owned(),
        Value::Array(list) => list
            .iter()
            .map(|one| one.as_str().map_or_else(|| one.to_string(), |text| printable(text).into_owned()))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

fn text(document: &Document) -> String {
    let mut out = String::new();
    heading(&mut out, "operations", &document.operations);
    for one in items(&document.operations) {
        let _ = writeln!(out, "  {} {} ({}:{})", word(one, "method"), word(one, "path"), word(one, "file"), one["line"]);
    }
    heading(&mut out, "conventions", &document.conventions);
    items(&document.conventions).for_each(|one| conventions(&mut out, one));
    heading(&mut out, "databases", &document.databases);
    items(&document.databases).for_each(|one| database(&mut out, one));
    heading(&mut out, "queries", &document.queries);
    for one in items(&document.queries) {
        let (name, verb, tables) = (word(one, "name"), word(one, "verb"), word(one, "tables"));
        let _ = writeln!(out, "  {name} {verb} {tables} ({}:{})", word(one, "path"), one["line"]);
    }
    heading(&mut out, "services", &document.services);
    for one in items(&document.services) {
        let _ = writeln!(out, "  {} {} ({}:{})", word(one, "role"), word(one, "name"), word(one, "path"), one["line"]);
        for link in items(&one["links"]) {
            let _ = writeln!(out, "    {} -> {} ({}:{})", word(link, "kind"), word(link, "to"), word(link, "path"), link["line"]);
        }
    }
    heading(&mut out, "gateways", &document.gateways);
    items(&document.gateways).for_each(|one| gateway(&mut out, one));
    heading(&mut out, "links", &document.links);
    for one in items(&document.links) {
        let (kind, from, to) = (word(one, "kind"), word(one, "from"), word(one, "to"));
        let _ = writeln!(out, "  {kind}: {from} -> {to} ({}: {})", word(one, "confidence"), word(one, "evidence"));
    }
    if items(&document.boundaries).next().is_some() {
        heading(&mut out, "boundaries", &document.boundaries);
    }
    for one in items(&document.boundaries) {
        let _ = writeln!(out, "  {} in {}: {}", word(one, "name"), word(one, "paths"), word(one, "evidence"));
    }
    out
}

fn heading(out: &mut String, name: &str, list: &Value) {
    let _ = writeln!(out, "{name}: {}", items(list).count());
}

/// What a document does over and over, a line for each topic: `paging: cursor 12, none 2`.
fn conventions(out: &mut String, house: &Value) {
    let style = if house["rpc_style"] == Value::Bool(true) { " (calls procedures)" } else { "" };
    let _ = writeln!(out, "  {}{style}", word(house, "document"));
    for (topic, tallies) in house.as_object().into_iter().flatten().filter(|(_, value)| value.is_array()) {
        let counted: Vec<String> = items(tallies).map(|one| format!("{} {}", word(one, "name"), one["count"])).collect();
        if !counted.is_empty() {
            let _ = writeln!(out, "    {}: {}", topic.replace('_', " "), counted.join(", "));
        }
    }
}

/// A gateway, and a line for each of its routes.
fn gateway(out: &mut String, gateway: &Value) {
    let runners = word(gateway, "services");
    let run_by = if runners.is_empty() { String::new() } else { format!(", run by {runners}") };
    let _ = writeln!(out, "  {} {}{run_by}", word(gateway, "product"), word(gateway, "path"));
    for route in items(&gateway["routes"]) {
        let (name, servers) = (word(route, "name"), word(route, "servers"));
        let _ = writeln!(out, "    {name} -> {servers} ({}:{})", word(route, "path"), route["line"]);
    }
}

fn database(out: &mut String, database: &Value) {
    let _ = writeln!(out, "  {} from {}", word(database, "dialect"), word(database, "source"));
    for table in items(&database["tables"]) {
        let _ = writeln!(out, "    {}.{}", word(table, "schema"), word(table, "name"));
        for column in items(&table["columns"]) {
            let required = if column["nullable"] == Value::Bool(false) { " not null" } else { "" };
            let _ = writeln!(out, "      {} {}{required}", word(column, "name"), word(column, "type"));
        }
        for index in items(&table["indexes"]) {
            let unique = if index["unique"] == Value::Bool(true) { "unique index" } else { "index" };
            let _ = writeln!(out, "      {unique} {} ({})", word(index, "name"), word(index, "columns"));
        }
        for key in items(&table["foreign_keys"]) {
            let there = word(key, "referenced_columns");
            let _ = writeln!(out, "      foreign key ({}) -> {} ({there})", word(key, "columns"), word(key, "references"));
        }
    }
}
