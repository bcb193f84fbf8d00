//! Query parameters by which a list is narrowed, and the columns that they ask by.

use super::operations::OperationTable;
use super::tables;
use crate::model::api::ParameterRef;
use crate::model::schema::ColumnRef;
use crate::model::words;
use crate::source::Span;

/// A query parameter that is a column of the operation's table.
#[derive(Debug, Clone)]
pub struct Filter<'m> {
    /// As clients write it: `status`, `filter[status]`, `created_after`.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// Whether it asks for what lies on one side of a value: `created_after`, `price[lte]`.
    pub is_range: bool,
    /// Whether its values are whole ones, of which nobody knows only a part: addresses, keys.
    pub is_whole: bool,
    /// The column, in each database that has the table; never empty.
    pub columns: Vec<ColumnRef<'m>>,
}

/// A name by which clients narrow a list, before it is held against columns.
struct Named<'m> {
    name: String,
    span: Span,
    is_list: bool,
    format: Option<&'m str>,
}

/// What a filter parameter is called without what says that it is one: `status` for `filter[status]`, `price[lte]` for
/// `filter[price][lte]`.
pub(super) fn bare_name(name: &str) -> String {
    let inner = name.split_once('[').filter(|(head, _)| words::is_filter(head)).map(|(_, rest)| rest.replacen(']', "", 1));
    let inner = inner.or_else(|| {
        let (head, rest) = name.split_once(['.', '_'])?;
        words::is_filter(head).then(|| rest.to_owned())
    });
    inner.unwrap_or_else(|| name.to_owned())
}

/// The names of a parameter: its own, or those of the properties of an object (`?filter[status]=open`).
fn names(parameter: ParameterRef<'_>) -> Vec<Named<'_>> {
    let schema = parameter.schema().map(|schema| schema.core());
    if let Some(object) = schema.filter(|schema| schema.is_object() && words::is_filter(parameter.name())) {
        let of = |property: &crate::model::api::Property<'_>| format!("{}[{}]", parameter.name(), property.name);
        let named = object.properties().into_iter().map(|property| Named {
            name: of(&property),
            span: property.span,
            is_list: property.schema.core().is_array(),
            format: property.schema.core().format(),
        });
        return named.collect();
    }
    let is_list = schema.is_some_and(|schema| schema.is_array());
    let format = schema.and_then(|schema| schema.array_items().unwrap_or(schema).core().format());
    vec![Named { name: parameter.name().to_owned(), span: parameter.span(), is_list, format }]
}

impl<'m> OperationTable<'m> {
    /// Its query parameters that are columns of the table: `status`, `filter[status]`, `customerId`, `created_after`.
    pub fn filters(&self) -> Vec<Filter<'m>> {
        let parameters = self.operation.query_parameters();
        parameters.into_iter().flat_map(names).filter_map(|named| self.filter(named)).collect()
    }

    fn filter(&self, named: Named<'m>) -> Option<Filter<'m>> {
        let bare = bare_name(&named.name);
        if words::is_sort(&tables::fold(&bare)) {
            return None;
        }
        let called = |wanted: &str| -> Vec<ColumnRef<'m>> {
            self.tables.iter().filter_map(|table| tables::column_called(table, wanted)).collect()
        };
        let own = called(&tables::fold(&bare));
        let (columns, is_range) = match own.is_empty() {
            false => (own, false),
            true => {
                let mut candidates = words::ranged(&bare).into_iter().map(|name| (name, true)).collect::<Vec<_>>();
                if named.is_list {
                    candidates.push((words::noun(&bare), false));
                }
                let found = candidates.into_iter().map(|(name, is_range)| (called(&tables::fold(&name)), is_range));
                found.into_iter().find(|(columns, _)| !columns.is_empty())?
            }
        };
        let is_whole = matches!(named.format, Some("email" | "uuid" | "uri" | "ipv4" | "ipv6"));
        Some(Filter { name: named.name, span: named.span, is_range, is_whole, columns })
    }
}

/// Whether a key of a type may begin with the time at which it was made: a UUID of version 7, or a ULID, of 26 letters or 16 bytes.
/// <https://github.com/ulid/spec>
fn is_long_enough(name: &str, arguments: &[String]) -> bool {
    let length = arguments.first().and_then(|length| length.trim().parse::<u32>().ok());
    match name {
        "uuid" | "bytea" => true,
        "char" | "character" => length.is_some_and(|length| length >= 26),
        "binary" => length.is_some_and(|length| length >= 16),
        _ => false,
    }
}

impl ColumnRef<'_> {
    /// Whether it says when the row was made, and the application makes the key of the table, which may say the same.
    pub fn may_follow_key(&self) -> bool {
        let is_made_outside = |key: ColumnRef| {
            let is_long = key.known_type().is_some_and(|kind| is_long_enough(&kind.name, &kind.arguments));
            is_long && key.default.known_absent() && key.generated.is_none() && !key.is_foreign_key()
        };
        let is_creation = words::is_audit(&self.name) && !words::is_row_version(&self.name);
        self.is_moment() && is_creation && self.table().key_alone().is_some_and(is_made_outside)
    }
}

impl<'m> Filter<'m> {
    /// The columns that no index serves, where that is known. Columns of few values are served by none to any avail.
    pub fn unserved(&self, narrowing: &[String]) -> Vec<ColumnRef<'m>> {
        let held_otherwise = |column: &ColumnRef| {
            column.table().indexes().any(|index| {
                let holds = index.keys.iter().any(|key| match &key.column {
                    Some(name) => *name == column.name,
                    None => words::mentions(key.text(), &column.name),
                });
                holds && (index.method != "btree" || index.keys.first().is_some_and(|key| key.column.is_none()))
            })
        };
        let bare = |column: &&ColumnRef| {
            column.is_plain()
                && !column.takes_few_values()
                && !held_otherwise(column)
                && column.sort_index(narrowing).known_absent()
        };
        self.columns.iter().filter(bare).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_freed_of_what_says_that_they_filter() {
        for (name, bare) in [
            ("status", "status"),
            ("filter[status]", "status"),
            ("filter[price][lte]", "price[lte]"),
            ("filter.status", "status"),
            ("where[status]", "status"),
            ("status[in]", "status[in]"),
            ("filtered", "filtered"),
        ] {
            assert_eq!(bare_name(name), bare, "{name}");
        }
    }
}
