//! The operations and the house style as `model --format json` prints them.

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

/// An array with one object for each entry document: `document`, `rpc_style`, and by topic (`error_media_types`, `paging` ...)
/// what it does over and over, as objects of `name` and `count`, the most frequent first.
pub fn conventions_to_json(api: &Api) -> Value {
    let documents = api.documents().filter(|document| document.own_operations().next().is_some()).map(|document| {
        let house = document.house();
        let topics = house.topics().into_iter().map(|(topic, tallies)| {
            let counted = tallies.iter().map(|one| json!({ "name": one.name, "count": one.count }));
            (topic.to_owned(), Value::Array(counted.collect()))
        });
        let mut object: serde_json::Map<String, Value> = topics.collect();
        object.insert("document".to_owned(), document.path().into());
        object.insert("rpc_style".to_owned(), house.is_rpc_style.into());
        Value::Object(object)
    });
    Value::Array(documents.collect())
}
