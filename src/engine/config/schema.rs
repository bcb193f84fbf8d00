//! The JSON Schema of `backend-lint.toml`, from the table of its keys, the registry of rules and the words that its reader knows.

use super::keys::{self, FILE, Key, Type};
use super::sections::{CONFIDENCES, GATES, LEVELS, METHODS, SEVERITIES};
use super::{DIALECTS, presets};
use crate::discover::{Kind, migrations};
use crate::engine::context;
use crate::model::api::{Casing, LimitDialect, PagingKind};
use crate::model::standards::{ErrorForm, VersionPlace};
use crate::rules;
use crate::sql::Dialect;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The schema (draft 7, which the TOML plug-ins of editors read).
pub fn document() -> Value {
    let mut root = section(FILE);
    if let Some(fields) = root.as_object_mut() {
        fields.insert("$schema".into(), "http://json-schema.org/draft-07/schema#".into());
        fields.insert("title".into(), "backend-lint.toml".into());
        let groups = rules::all().filter_map(|rule| rule.id.split('/').next());
        let names: BTreeSet<&str> = groups.chain(rules::all().map(|rule| rule.id)).collect();
        fields.insert("definitions".into(), json!({ "rule": { "enum": names } }));
    }
    root
}

/// The object of a section.
fn section(name: &str) -> Value {
    let mut properties = Map::new();
    for key in keys::of(name) {
        let mut value = of(key);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("description".into(), key.about.clone().into());
        }
        properties.insert(key.name.clone(), value);
    }
    let required: Vec<&str> = keys::of(name).filter(|key| key.required).map(|key| key.name.as_str()).collect();
    let mut object = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if let Some(fields) = object.as_object_mut() {
        if !required.is_empty() {
            fields.insert("required".into(), json!(required));
        }
        if name == "override" {
            fields.insert("anyOf".into(), json!(["paths", "operations", "tables"].map(|key| json!({ "required": [key] }))));
        }
    }
    object
}

fn of(key: &Key) -> Value {
    let text = json!({ "type": "string", "pattern": "\\S" });
    match key.kind {
        Type::Text if key.section == "allow" && key.name == "rule" => json!({ "allOf": [{ "$ref": "#/definitions/rule" }] }),
        Type::Text => text,
        Type::Texts => json!({ "anyOf": [text, { "type": "array", "items": text }] }),
        Type::Written => written(),
        Type::Boolean => json!({ "type": "boolean" }),
        Type::Day => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Type::Severity => json!({ "enum": SEVERITIES }),
        Type::Confidence => json!({ "enum": CONFIDENCES }),
        Type::Gate => json!({ "enum": GATES }),
        Type::Levels => json!({
            "type": "object",
            "propertyNames": { "$ref": "#/definitions/rule" },
            "additionalProperties": { "enum": LEVELS },
        }),
        Type::Links => json!({
            "type": "object",
            "propertyNames": { "pattern": format!("^({}) /[^ ]*$", METHODS.join("|")) },
            "additionalProperties": { "anyOf": [text, { "const": false }] },
        }),
        Type::Versions => json!({ "type": "object", "additionalProperties": written() }),
        Type::Section => section(&key.name),
        Type::Sections => json!({ "type": "array", "items": section(&key.name) }),
        Type::Named => json!({ "type": "object", "additionalProperties": section(&key.name) }),
        Type::Number => json!({ "type": "number", "minimum": 0 }),
        Type::Word => json!({ "enum": words(&key.name) }),
        Type::Context => json!({ "enum": context::presets().iter().map(|preset| &preset.name).collect::<Vec<_>>() }),
        Type::Kind => json!({ "enum": Kind::ALL.map(Kind::name).as_slice() }),
        Type::Tool => json!({ "enum": migrations::tools().collect::<Vec<_>>() }),
        Type::Dialect => json!({ "enum": DIALECTS.map(Dialect::name) }),
        Type::ErrorForm => json!({ "enum": ErrorForm::ALL.map(ErrorForm::name) }),
        Type::Paging => json!({ "enum": PagingKind::ASKED.map(PagingKind::name) }),
        Type::Casing => json!({ "enum": Casing::ASKED.map(Casing::name) }),
        Type::VersionPlace => json!({ "enum": VersionPlace::ALL.map(VersionPlace::name) }),
        Type::LimitHeaders => json!({ "enum": LimitDialect::ALL.map(LimitDialect::name) }),
        Type::Preset => json!({ "enum": presets::all().map(|(name, _)| name).collect::<Vec<_>>() }),
    }
}

/// The words of a key of `[context]`.
fn words(key: &str) -> Vec<&'static str> {
    let found = context::keys().iter().chain(context::table_keys()).find(|one| one.name == key);
    found.map(|one| one.words.iter().map(String::as_str).collect()).unwrap_or_default()
}

/// A text or number.
fn written() -> Value {
    json!({ "anyOf": [{ "type": "string", "pattern": "\\S" }, { "type": "number" }] })
}
