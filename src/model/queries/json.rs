//! The `queries` of `model --format json`. What is not known is null.

use super::{Predicate, Queries, Query, ValueKind};
use crate::source::Sources;
use crate::sql::ObjectName;
use serde_json::{Value, json};

/// Every query with its place, ordered by path, then by place.
pub fn to_json(queries: &Queries, sources: &Sources) -> Value {
    queries.iter().map(|one| query(one, sources)).collect()
}

fn query(one: &Query, sources: &Sources) -> Value {
    let said = &one.statement;
    let inserts = said.inserts.iter().map(|insert| {
        let columns = insert.columns.as_ref().map(|list| list.iter().map(|one| one.value.as_str()).collect::<Vec<_>>());
        json!({ "table": table(&insert.table), "columns": columns })
    });
    let order_by = said.order_by.iter().map(|key| match &key.qualifier {
        Some(qualifier) => format!("{qualifier}.{}", key.column),
        None => key.column.clone(),
    });
    let predicates = said.scopes.iter().flat_map(|scope| &scope.predicates).map(predicate);
    json!({
        "name": one.name.as_ref().map(|name| name.value.as_str()),
        "path": one.path,
        "line": sources.line_column(said.span.source, said.span.start).line,
        "verb": said.verb.name(),
        "cardinality": one.cardinality.map(|one| one.name()),
        "tables": said.tables.iter().map(table).collect::<Vec<_>>(),
        "inserts": inserts.collect::<Vec<_>>(),
        "order_by": order_by.collect::<Vec<_>>(),
        "limited": one.limited(),
        "predicates": predicates.collect::<Vec<_>>(),
        "unknown_because": said.doubt,
    })
}

/// A condition: the column (null where it is an expression over several, or over none), what is asked, and of what.
fn predicate(one: &Predicate) -> Value {
    let (column, wrapped) = match &one.left.kind {
        ValueKind::Column(column) => (Some(column), false),
        ValueKind::OfColumn(column, _) => (Some(column), true),
        _ => (None, false),
    };
    let column = column.map(|column| match &column.qualifier {
        Some(qualifier) => format!("{qualifier}.{}", column.name),
        None => column.name.clone(),
    });
    let value = match &one.right.kind {
        ValueKind::Nothing => "nothing",
        ValueKind::Column(_) | ValueKind::OfColumn(..) => "column",
        ValueKind::Parameter => "parameter",
        ValueKind::Text(_) | ValueKind::Number(_) | ValueKind::Word(_) => "literal",
        ValueKind::Query(_) => "query",
        ValueKind::List | ValueKind::Constant => "constant",
        ValueKind::Other => "expression",
    };
    json!({ "column": column, "wrapped": wrapped, "operator": one.operator.name(), "value": value, "alternative": one.alternative })
}

fn table(name: &ObjectName) -> String {
    match &name.schema {
        Some(schema) => format!("{schema}.{}", name.name),
        None => name.name.to_string(),
    }
}
