//! The joins as `model --format json` prints them.

use super::TableKey;
use crate::model::Model;
use crate::source::Sources;
use serde_json::{Value, json};

/// An array with one object for each join: `kind` (`object-table`, `operation-table`, and those of [`super::ConnectionKind`]), `from`,
/// `to` (tables with schema, routes with their file), `confidence`, `evidence` (the signals in words), `path` and `line` of what is
/// joined.
pub fn to_json(model: &Model, sources: &Sources) -> Value {
    let operations: Vec<_> = model.api.operations().collect();
    let mut all = Vec::new();
    for link in &model.links.entities {
        let Some(span) = model.api.schema(link.pin).map(|schema| schema.span()) else { continue };
        all.push(json!({
            "kind": "object-table", "from": link.name, "to": names(&link.tables), "confidence": link.confidence.name(),
            "evidence": link.why, "path": sources.path(span.source), "line": sources.line_column(span.source, span.start).line,
        }));
    }
    for link in &model.links.operations {
        let Some(operation) = operations.get(link.operation) else { continue };
        let span = operation.span();
        all.push(json!({
            "kind": "operation-table", "from": operation.subject(), "to": names(&link.tables), "confidence": link.confidence.name(),
            "evidence": link.why, "path": sources.path(span.source), "line": sources.line_column(span.source, span.start).line,
        }));
    }
    for one in model.connections() {
        all.push(json!({
            "kind": one.kind.name(), "from": one.from, "to": one.to, "confidence": one.confidence.name(), "evidence": one.why,
            "path": sources.path(one.span.source), "line": sources.line_column(one.span.source, one.span.start).line,
        }));
    }
    Value::Array(all)
}

/// The table, once where databases of other dialects hold it too.
fn names(tables: &[TableKey]) -> String {
    let mut names: Vec<String> = tables.iter().map(|key| key.name.to_string()).collect();
    names.dedup();
    names.join(", ")
}
