//! `--base-model`: the earlier `model --format json` that a run is held against.

use super::{Trouble, terminal};
use crate::engine::{Snapshot, Written};
use serde_json::{Map, Value, json};
use std::path::Path;

/// The version of this program, which prints models and reads them.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What `model --format json` prints for later runs: `tool`, `migrations`, `findings`, `places`.
pub(super) fn to_json(snapshot: &Snapshot) -> [(&'static str, Value); 4] {
    let migrations = snapshot.migrations.iter();
    let migrations = migrations.map(|(path, one)| json!({"path": path, "content": one.content, "runs": one.runs}));
    [
        ("tool", json!({"name": env!("CARGO_PKG_NAME"), "version": VERSION})),
        ("migrations", migrations.collect()),
        ("findings", json!(snapshot.findings)),
        ("places", json!(snapshot.places)),
    ]
}

/// Reads the file.
pub(super) fn read(file: &Path) -> Result<Snapshot, Trouble> {
    let name = file.to_string_lossy().into_owned();
    let wrong = |what: &str| {
        Trouble::new(format!("--base-model {name}: {what}; `backend-lint model --format json > {name}` at the base prints one"))
    };
    let text = std::fs::read_to_string(file).map_err(|error| wrong(&error.to_string()))?;
    let document: Value = serde_json::from_str(&text).map_err(|error| wrong(&format!("not JSON: {error}")))?;
    let document = document.as_object().ok_or_else(|| wrong("no model"))?;
    if document.get("schema") != Some(&json!(1)) {
        return Err(wrong("no model of schema 1"));
    }
    let list = |name: &str| document.get(name).and_then(Value::as_array);
    let (Some(migrations), Some(findings)) = (list("migrations"), list("findings")) else {
        return Err(wrong("a model that says nothing of its migrations and findings, as older versions print it"));
    };
    let told = || document.get("tool")?.get("version")?.as_str();
    if let Some(version) = told().filter(|version| *version != VERSION) {
        terminal::say(
            "note",
            &format!("{name} was printed by version {version}: what rules find that came since is shown as new"),
        );
    }
    let word = |one: &Map<String, Value>, key: &str| one.get(key)?.as_str().map(str::to_owned);
    let migration = |one: &Value| {
        let one = one.as_object()?;
        Some((word(one, "path")?, Written { content: word(one, "content")?, runs: word(one, "runs")? }))
    };
    let migrations: Option<_> = migrations.iter().map(migration).collect();
    let findings: Option<_> = findings.iter().map(|one| one.as_str().map(str::to_owned)).collect();
    // Older versions do not print them.
    let places = document.get("places").cloned().unwrap_or_else(|| json!({}));
    match (migrations, findings, serde_json::from_value(places)) {
        (Some(migrations), Some(findings), Ok(places)) => Ok(Snapshot { name, migrations, findings, places }),
        _ => Err(wrong("a damaged model")),
    }
}
