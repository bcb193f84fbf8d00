//! The operations as `model --format json` prints them.

use super::Api;
use crate::source::Sources;
use serde_json::{Value, json};

/// An array with one object for each operation: `method`, `path` (of the URL), `operationId` (null where there is none),
/// `file` and `line` (where its method is written), `document` (the entry document).
pub fn to_json(api: &Api, sources: &Sources) -> Value {
    let operations = api.operations().map(|operation| {
        let span = operation.span();
        json!({
            "method": operation.method().name(),
            "path": operation.path(),
            "operationId": operation.operation_id(),
            "file": sources.path(span.source),
            "line": sources.line_column(span.source, span.start).line,
            "document": operation.document().path(),
        })
    });
    Value::Array(operations.collect())
}
