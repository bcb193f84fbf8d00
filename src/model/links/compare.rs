//! The values of an API enum against those that its column takes.

use super::view::{ParameterColumn, PropertyColumn};
use super::{OperationLink, TableKey};
use crate::fact::Fact;
use crate::model::Model;
use crate::model::api::{Method, OperationRef};
use crate::model::schema::{ColumnRef, Lookup, TableRef, text_literal};
use crate::source::{Span, Spanned};
use crate::sql::Dialect;
use std::collections::{BTreeSet, HashSet};

/// The two lists of one field or filter, where both are known and speak of the same values.
#[derive(Debug, Clone)]
pub struct ValueComparison<'m> {
    /// The column.
    pub column: ColumnRef<'m>,
    /// Values of the API alone, in its order.
    pub only_api: Vec<Spanned<String>>,
    /// Values of the column alone, in its order.
    pub only_column: Vec<Spanned<String>>,
    /// The API's list: its first value.
    pub api_span: Span,
    /// The column's list: its enum type or CHECK; the column itself where it takes anything.
    pub column_span: Span,
    /// Whether nothing in the database limits the column.
    pub column_takes_anything: bool,
    /// Whether the values of each side alone are those of the other in another spelling: `free-text`, `free_text`.
    pub is_respelled: bool,
    api: Vec<String>,
    held: Vec<String>,
    kind: Option<String>,
    list: Option<Lookup<'m>>,
}

impl PropertyColumn<'_> {
    /// The field's enum against each database's column. One per logical table: databases that agree are said once.
    pub fn compare_values(&self) -> Vec<ValueComparison<'_>> {
        let mut found = compare(&self.property.schema.core().enum_values(), &self.columns);
        // What one form does not list, another may.
        found.iter_mut().filter(|_| self.is_form).for_each(|one| one.only_column.clear());
        found
    }
}

impl ParameterColumn<'_> {
    /// The filter's choices against the column of the same name.
    pub fn compare_values(&self) -> Vec<ValueComparison<'_>> {
        compare(&self.parameter.choices(), &self.filter_columns())
    }
}

fn compare<'m>(api: &[Spanned<&str>], columns: &[ColumnRef<'m>]) -> Vec<ValueComparison<'m>> {
    let mut found: Vec<ValueComparison> = Vec::new();
    for column in columns {
        let Some(comparison) = compare_one(api, *column) else { continue };
        let same = |other: &ValueComparison| other.only_api == comparison.only_api && other.held == comparison.held;
        if !found.iter().any(same) {
            found.push(comparison);
        }
    }
    found
}

fn compare_one<'m>(api: &[Spanned<&str>], column: ColumnRef<'m>) -> Option<ValueComparison<'m>> {
    let first = api.first().filter(|_| api.len() > 1)?;
    let owned: Vec<Spanned<String>> = api.iter().map(|one| Spanned::new(one.value.to_owned(), one.span)).collect();
    let mut comparison = ValueComparison {
        column,
        only_api: Vec::new(),
        is_respelled: false,
        only_column: Vec::new(),
        api_span: first.span,
        column_span: column.span,
        column_takes_anything: false,
        api: owned.iter().map(|one| one.value.clone()).collect(),
        held: Vec::new(),
        kind: None,
        list: None,
    };
    let (held, origin) = match column.allowed_values() {
        Fact::Known(held, origin) => (held, origin),
        Fact::Absent if column.is_text() => {
            comparison.column_takes_anything = true;
            return Some(comparison);
        }
        _ => return None,
    };
    // Values of MySQL are held as they are written, escapes and all.
    if column.table().dialect() == Dialect::MySql && held.iter().any(|one| one.value.contains('\\')) {
        return None;
    }
    let ours: BTreeSet<&str> = api.iter().map(|one| one.value).collect();
    let theirs: BTreeSet<&str> = held.iter().map(|one| one.value.as_str()).collect();
    // Lists that hardly share a word are mapped by the application, or the join is wrong: neither is a contradiction.
    if ours.intersection(&theirs).count() * 2 < ours.len().min(theirs.len()) {
        return None;
    }
    comparison.only_api = owned.iter().filter(|one| !theirs.contains(one.value.as_str())).cloned().collect();
    comparison.only_column = held.iter().filter(|one| !ours.contains(one.value.as_str())).cloned().collect();
    respell(&ours, &theirs, &mut comparison);
    comparison.column_span = origin.span().unwrap_or(column.span);
    comparison.held = held.into_iter().map(|one| one.value).collect();
    comparison.kind = column.enum_type().map(|kind| kind.sql_name(column.table().dialect()));
    comparison.list = column.lookup().filter(|lookup| origin.span() == Some(lookup.list.name_span));
    Some(comparison)
}

/// Notes what both lists have in two spellings (`free-text`, `free_text`), where no value of several words is spelled alike: a library
/// may spell all of them anew, on the way in and out. Where that is not all in which they differ, it is taken out.
fn respell(ours: &BTreeSet<&str>, theirs: &BTreeSet<&str>, comparison: &mut ValueComparison) {
    let parts = |value: &str| value.split(['-', '_', ' ']).map(str::to_owned).collect::<Vec<_>>();
    if ours.intersection(theirs).any(|value| parts(value).len() > 1) {
        return;
    }
    let folded = |values: &[Spanned<String>]| values.iter().map(|one| parts(&one.value)).collect::<BTreeSet<_>>();
    let (api, column) = (folded(&comparison.only_api), folded(&comparison.only_column));
    let (mut own, mut other) = (comparison.only_api.clone(), comparison.only_column.clone());
    own.retain(|one| !column.contains(&parts(&one.value)));
    other.retain(|one| !api.contains(&parts(&one.value)));
    comparison.is_respelled = own.is_empty() && other.is_empty() && !comparison.only_api.is_empty();
    if !comparison.is_respelled {
        (comparison.only_api, comparison.only_column) = (own, other);
    }
}

impl<'m> ValueComparison<'m> {
    /// The table whose rows are the column's values, where they are.
    pub fn list(&self) -> Option<TableRef<'m>> {
        self.list.as_ref().map(|lookup| lookup.list)
    }

    /// What holds the column's values, in a few words.
    pub fn held_by(&self) -> String {
        match self.list() {
            Some(list) => format!("`{}` has no other rows in the migrations", list.short_name()),
            None => "the column's values".to_owned(),
        }
    }

    /// Whether each list has values that the other lacks, which speaks for words that the application maps.
    pub fn is_mapped(&self) -> bool {
        !self.only_api.is_empty() && !self.only_column.is_empty()
    }

    /// The values as words of a sentence: `` `a`, `b` and 2 more ``.
    pub fn quoted(&self, values: &[Spanned<String>]) -> String {
        let named = |value: &str| if value.is_empty() { "`\"\"`".to_owned() } else { format!("`{value}`") };
        let shown: Vec<String> = values.iter().take(3).map(|one| named(&one.value)).collect();
        match values.len().saturating_sub(3) {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }

    /// The values in one word, sorted, for fingerprints.
    pub fn words(&self, values: &[Spanned<String>]) -> String {
        let words: BTreeSet<&str> = values.iter().map(|one| one.value.as_str()).collect();
        words.into_iter().collect::<Vec<_>>().join(",")
    }

    /// The column's list, for an `enum:` line.
    pub fn column_list(&self) -> String {
        self.held.join(", ")
    }

    /// The API's list with what the column adds; only what to add where the list is long.
    pub fn union(&self) -> String {
        let added: Vec<String> = self.only_column.iter().map(|one| one.value.clone()).collect();
        match self.api.len() + added.len() {
            0..=8 => format!("enum: [{}]", [self.api.clone(), added].concat().join(", ")),
            _ => format!("add to the enum: {}", added.join(", ")),
        }
    }

    /// The condition that lets the column take the API's list alone, and where to write it.
    pub fn check_help(&self) -> String {
        let (table, column) = (self.column.table(), self.column.sql_name());
        let check = format!("CHECK ({column} IN ({}))", literals(table.dialect(), &self.api));
        match table.dialect() {
            _ if table.is_stated() => table.in_place(&check),
            // SQLite adds no condition to a table that is there.
            Dialect::Sqlite => table.in_place(&check),
            Dialect::Postgres => table.in_place(&format!("ALTER TABLE {} ADD {check} NOT VALID;", table.sql_name())),
            _ => table.in_place(&format!("ALTER TABLE {} ADD {check};", table.sql_name())),
        }
    }

    /// What lets the column take the rejected values too, and where to write it.
    pub fn widening_help(&self, rejected: &[Spanned<String>]) -> String {
        let table = self.column.table();
        let all: Vec<String> = self.held.iter().cloned().chain(rejected.iter().map(|one| one.value.clone())).collect();
        if let Some(Lookup { list, column, .. }) = &self.list {
            let rows = rejected
                .iter()
                .map(|one| format!("({})", text_literal(list.dialect(), &one.value)))
                .collect::<Vec<_>>()
                .join(", ");
            return list.in_place(&format!("INSERT INTO {} ({column}) VALUES {rows};", list.sql_name()));
        }
        if let Some(kind) = &self.kind {
            if table.is_stated() {
                return table.in_place(&format!("CREATE TYPE {kind} AS ENUM ({});", literals(table.dialect(), &all)));
            }
            let adds =
                rejected.iter().map(|one| format!("ALTER TYPE {kind} ADD VALUE {};", text_literal(table.dialect(), &one.value)));
            return table.in_place(&adds.collect::<Vec<_>>().join(" "));
        }
        // MySQL lists the values in the type of the column.
        if self.column.is_of(&["enum"])
            && let Some(help) = self.column.alter_type_help(&format!("ENUM({})", literals(table.dialect(), &all)))
        {
            return help;
        }
        let check = format!("CHECK ({} IN ({}))", self.column.sql_name(), literals(table.dialect(), &all));
        match self.column.allowed_by_check() {
            Some(name) if table.dialect() == Dialect::Postgres && !table.is_stated() => table.in_place(&format!(
                "ALTER TABLE {} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {check} NOT VALID;",
                table.sql_name()
            )),
            _ => table.in_place(&check),
        }
    }
}

impl Model {
    /// Whether the application may add rows to a table: an operation that creates is about it, or an `INSERT` of a query writes it.
    pub fn may_grow(&self, table: TableRef<'_>) -> bool {
        let readings = || self.readings(table.database_number(), &table.name);
        self.tables_created_in().contains(&TableKey::of(table))
            || readings().any(|one| one.writes() && one.query().is_application())
    }

    /// The tables that an operation which creates is about.
    fn tables_created_in(&self) -> &HashSet<TableKey> {
        self.links.created_in.get_or_init(|| {
            let operations: Vec<OperationRef> = self.api.operations().collect();
            let creates = |link: &&OperationLink| {
                operations.get(link.operation).is_some_and(|one| matches!(one.method(), Method::Post | Method::Put))
            };
            self.links.operations.iter().filter(creates).flat_map(|link| link.tables.iter().cloned()).collect()
        })
    }
}

fn literals(dialect: Dialect, values: &[String]) -> String {
    values.iter().map(|value| text_literal(dialect, value)).collect::<Vec<_>>().join(", ")
}
