//! Where two statements of one schema disagree: twins for several dialects, and a dump beside the migrations that made it.

use super::catalog::{Backing, Column, Database, Index};
use super::view::TableRef;
use super::{Schema, TableName};
use crate::source::{Sources, Span};
use crate::sql::{ColumnType, Dialect};
use std::collections::{BTreeMap, BTreeSet};

mod groups;
mod reasons;

pub use groups::{Divergence, Together};
pub use reasons::Reason;

/// What two statements disagree about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disagreement {
    /// A column is NOT NULL in the first and takes NULL in the second.
    Required,
    /// A column takes NULL in the first and is NOT NULL in the second.
    Optional,
    /// A column is missing in the first.
    MissingColumn,
    /// A column holds numbers in one and text in the other: both types, the first's first.
    Type(String, String),
    /// These columns are unique in the second alone.
    NotUnique(Vec<String>),
    /// A table is missing in the first.
    MissingTable,
}

/// One disagreement.
#[derive(Debug, Clone)]
pub struct Drift<'m> {
    /// The table in the statement that stands apart; of a missing table that of the other one.
    pub table: TableRef<'m>,
    /// The column; `None` where it is about more or less than one.
    pub column: Option<&'m str>,
    /// What it is.
    pub what: Disagreement,
    /// The place in the first statement.
    pub here: Span,
    /// The table in the other statement.
    pub other: TableRef<'m>,
    /// The place there.
    pub there: Span,
}

/// The words with which tools head the dumps that they write.
const DUMP_MARKS: &[&str] = &["database dump", "Dumped from", "Dumped by", "MySQL dump", "schema_migrations"];

/// How much of a file's beginning and end is looked at for these.
const MARGIN: usize = 4 << 10;

/// One table in each dialect, relatives apart.
type Twins<'m> = BTreeMap<(Dialect, Option<String>), TableRef<'m>>;

impl Schema {
    /// Every disagreement between tables that are one and the same for several dialects.
    fn dialect_drifts(&self) -> Vec<Drift<'_>> {
        let kind = |number: usize| self.databases.get(number).map(|one| (one.dialect, one.variant.as_deref()));
        let has_twin = |number: usize| {
            let family = self.family_of(number);
            (0..self.databases.len()).any(|other| self.family_of(other) == family && kind(other) != kind(number))
        };
        let of_several: Vec<bool> = (0..self.databases.len()).map(has_twin).collect();
        let is_twin = |table: &TableRef| of_several.get(table.database_number()) == Some(&true);
        let mut twins: BTreeMap<(usize, String), Twins> = BTreeMap::new();
        for table in self.tables().filter(|table| is_twin(table) && !table.is_derived()) {
            let database = table.database();
            let held = twins.entry(table.logical()).or_default();
            let place = held.entry((database.dialect, database.variant.clone())).or_insert(table);
            // What the migrations make is what runs.
            if place.is_stated() && !table.is_stated() {
                *place = table;
            }
        }
        let mut found = Vec::new();
        for tables in twins.into_values() {
            let tables: Vec<TableRef> = tables.into_values().filter(|table| table.columns_complete()).collect();
            if tables.len() > 1 {
                disagree(&tables, &mut found);
            }
        }
        found
    }

    /// Every difference between a dump of a schema and what the migrations beside it make, by dump. Empty where not everything of
    /// both is known.
    pub fn dump_drifts(&self, sources: &Sources) -> Vec<(&Database, Vec<Drift<'_>>)> {
        let mut found = Vec::new();
        for (number, dump) in self.databases.iter().enumerate() {
            let made = self.databases.iter().position(|made| is_dump_of(dump, made, sources));
            let Some(made) = made.filter(|made| self.family_of(*made) == self.family_of(number)) else { continue };
            let tables = |number: usize| -> BTreeMap<&TableName, TableRef> {
                // A table that a dump restates is no table of its own elsewhere; here it is what is compared.
                let count = self.databases.get(number).map_or(0, |database| database.tables.len());
                let all = (0..count).filter_map(|at| self.table_at(number, at));
                let all = all.filter(|table| !table.external && !table.is_derived());
                all.map(|table| (&table.table().name, table)).collect()
            };
            let (dumped, made) = (tables(number), tables(made));
            let all = dumped.values().chain(made.values());
            if all.clone().any(|table| !table.gaps.is_empty()) {
                continue;
            }
            let mut drifts = Vec::new();
            for (name, table) in &made {
                match dumped.get(name) {
                    Some(copy) => disagree_in_one_dialect(*copy, *table, &mut drifts),
                    // Whoever wrote the dump may have found the condition otherwise.
                    None if table.conditional => {}
                    // The tool's own book-keeping stands in the dump alone, and never the other way round.
                    None => drifts.extend(dumped.values().next().map(|first| Drift {
                        table: *table,
                        column: None,
                        what: Disagreement::MissingTable,
                        here: Span { end: first.span.start + 1, ..first.span },
                        other: *table,
                        there: table.name_span,
                    })),
                }
            }
            found.push((&**dump, drifts));
        }
        found
    }
}

/// Whether a schema file is what a tool wrote after the migrations of a folder beside it had run.
fn is_dump_of(dump: &Database, made: &Database, sources: &Sources) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let beside = folder(&dump.source);
    let is_beside = made.source == beside || folder(&made.source) == beside;
    let known = made.tables_unknown.is_empty() && dump.tables_unknown.is_empty();
    if dump.tool.is_some() || made.tool.is_none() || dump.dialect != made.dialect || !is_beside || !known {
        return false;
    }
    let Some(id) = dump.migrations.first().map(|one| one.source) else { return false };
    let source = sources.get(id);
    let head = source.head(MARGIN);
    let tail = source.get(sources.boundary(id, source.length().saturating_sub(MARGIN))..source.length()).unwrap_or("");
    DUMP_MARKS.iter().any(|mark| head.contains(mark) || tail.contains(mark))
}

/// The columns of a table by their names in lower case.
fn by_name<'m>(table: &TableRef<'m>) -> BTreeMap<String, &'m Column> {
    table.table().columns.iter().map(|column| (column.name.to_lowercase(), column)).collect()
}

/// Whether NULL is the column's own business: keys, sequences and expressions have their own rules in each dialect, and so have
/// MySQL's timestamps.
fn may_differ_in_null(table: &TableRef, column: &Column) -> bool {
    let is_key = table.primary_key().is_some_and(|key| key.keys.iter().any(|one| one.column.as_ref() == Some(&column.name)));
    let is_timestamp = column.column_type.known().is_some_and(|one| one.name.starts_with("timestamp"));
    is_key || column.auto_increment || column.generated.is_some() || (table.dialect() == Dialect::MySql && is_timestamp)
}

fn disagree<'m>(tables: &[TableRef<'m>], found: &mut Vec<Drift<'m>>) {
    let columns: Vec<BTreeMap<String, &Column>> = tables.iter().map(by_name).collect();
    let names: BTreeSet<&String> = columns.iter().flat_map(BTreeMap::keys).collect();
    for name in names {
        let held: Vec<(TableRef<'m>, &'m Column)> =
            tables.iter().zip(&columns).filter_map(|(table, columns)| Some((*table, *columns.get(name)?))).collect();
        let Some((first, known)) = held.first().copied() else { continue };
        // An expression may stand in for what a dialect has no other way to say.
        let is_expression = held.iter().any(|(_, column)| column.generated.is_some());
        let lacking = if is_expression { &[] } else { tables };
        for (table, _) in lacking.iter().zip(&columns).filter(|(_, columns)| !columns.contains_key(name)) {
            found.push(Drift {
                table: *table,
                column: Some(&known.name),
                what: Disagreement::MissingColumn,
                here: table.name_span,
                other: first,
                there: known.span,
            });
        }
        nullability(&held, found);
        if let Some(drift) = types(&held) {
            found.push(drift);
        }
    }
    uniqueness(tables, found);
}

/// The smaller side stands apart; where both are equal, the one that refuses what the other takes.
fn nullability<'m>(held: &[(TableRef<'m>, &'m Column)], found: &mut Vec<Drift<'m>>) {
    if held.iter().any(|(table, column)| may_differ_in_null(table, column) || column.nullable.known().is_none()) {
        return;
    }
    let (optional, required): (Vec<_>, Vec<_>) =
        held.iter().copied().partition(|(_, column)| column.nullable.known() == Some(&true));
    let (apart, others, what) = match required.len() <= optional.len() {
        true => (required, optional, Disagreement::Required),
        false => (optional, required, Disagreement::Optional),
    };
    let Some((other, there)) = others.first() else { return };
    for (table, column) in apart {
        let (here, there) = (last_word(column), last_word(there));
        found.push(Drift { table, column: Some(&column.name), what: what.clone(), here, other: *other, there });
    }
}

/// The element that decided about a column as it is now: the last that changed it.
fn last_word(column: &Column) -> Span {
    column.changes().last().copied().unwrap_or(column.span)
}

fn types<'m>(held: &[(TableRef<'m>, &'m Column)]) -> Option<Drift<'m>> {
    // The type of a column in SQLite bounds nothing.
    let bound = held.iter().filter(|(table, _)| table.dialect() != Dialect::Sqlite);
    let classed: Vec<_> = bound
        .filter_map(|(table, column)| Some((table, column, column.column_type.known()?, class(column.column_type.known()?)?)))
        .collect();
    let (other, there, was, kind) = classed.first()?;
    let (table, column, is, _) = classed.iter().find(|(_, _, _, other)| other != kind)?;
    Some(Drift {
        table: **table,
        column: Some(&column.name),
        what: Disagreement::Type(is.display(), was.display()),
        here: column.span,
        other: **other,
        there: there.span,
    })
}

/// Whether a type holds text or numbers; `None` for those that dialects write in each other's place (dates, documents, flags).
fn class(one: &ColumnType) -> Option<&'static str> {
    match one.name.as_str() {
        _ if one.array => None,
        "text" | "character varying" | "varchar" | "tinytext" | "mediumtext" | "longtext" => Some("text"),
        "integer" | "int" | "bigint" | "smallint" | "mediumint" | "numeric" | "decimal" | "double precision" | "double"
        | "real" => Some("number"),
        _ => None,
    }
}

/// The sets of columns that an index keeps unique for all rows.
fn unique_sets<'m>(table: &TableRef<'m>) -> Vec<(BTreeSet<String>, &'m Index)> {
    let whole = table.table().indexes.iter().filter(|index| index.unique || index.backs == Some(Backing::PrimaryKey));
    let plain = whole.filter(|index| index.predicate.is_none());
    plain.filter_map(|index| Some((index.columns()?.into_iter().map(str::to_lowercase).collect(), index))).collect()
}

fn uniqueness<'m>(tables: &[TableRef<'m>], found: &mut Vec<Drift<'m>>) {
    let known: Vec<&TableRef> = tables.iter().filter(|table| table.indexes_complete() && table.constraints_complete()).collect();
    let sets: Vec<_> = known.iter().map(|table| unique_sets(table)).collect();
    let mut told: BTreeSet<&BTreeSet<String>> = BTreeSet::new();
    for (other, own) in known.iter().zip(&sets) {
        for (columns, index) in own.iter().filter(|(_, index)| index.backs != Some(Backing::PrimaryKey)) {
            // Fewer columns are a stronger promise; an index over an expression or a part of the rows may keep it too.
            let lacks = |(table, sets): &(&&TableRef, &Vec<(BTreeSet<String>, &Index)>)| {
                let partial =
                    table.table().indexes.iter().any(|one| one.unique && (one.predicate.is_some() || one.columns().is_none()));
                !partial && !sets.iter().any(|(set, _)| set.is_subset(columns))
            };
            let has_columns = |table: &TableRef| columns.iter().all(|name| by_name(table).contains_key(name));
            if told.contains(columns) {
                continue;
            }
            for (table, _) in known.iter().zip(&sets).filter(lacks).filter(|(table, _)| has_columns(table)) {
                told.insert(columns);
                found.push(Drift {
                    table: **table,
                    column: None,
                    what: Disagreement::NotUnique(index.columns().unwrap_or_default().into_iter().map(str::to_owned).collect()),
                    here: table.name_span,
                    other: **other,
                    there: index.span,
                });
            }
        }
    }
}

/// Within one dialect types can be compared too; `copy` is the dump.
fn disagree_in_one_dialect<'m>(copy: TableRef<'m>, made: TableRef<'m>, found: &mut Vec<Drift<'m>>) {
    disagree(&[copy, made], found);
    for column in &copy.table().columns {
        let Some(other) = made.table().column_named(&column.name) else { continue };
        let (Some(is), Some(was)) = (column.column_type.known(), other.column_type.known()) else { continue };
        if is != was && class(is) == class(was) {
            found.push(Drift {
                table: copy,
                column: Some(&column.name),
                what: Disagreement::Type(is.display(), was.display()),
                here: column.span,
                other: made,
                there: last_word(other),
            });
        }
    }
}
