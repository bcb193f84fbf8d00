//! The cases of other tools in `../shared/oracles`, and which of our rules answer to theirs.

#[path = "shared.rs"]
mod place;

use backend_lint::rules;
use place::shared;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The cases of one file; `None` where it is not there.
pub fn cases(name: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(shared("oracles").join(name)).ok()?;
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect())
}

/// Our rules by the other tools' rules that they are the equivalent of.
pub fn equivalents() -> BTreeMap<String, BTreeSet<String>> {
    let mut table: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for info in rules::infos() {
        for same in &info.equivalents {
            table.entry(same.clone()).or_default().insert(info.id.clone());
        }
    }
    table
}

/// A text of a case; empty where it has none.
pub fn text<'v>(case: &'v Value, key: &str) -> &'v str {
    case.get(key).and_then(Value::as_str).unwrap_or_default()
}
