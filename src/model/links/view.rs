//! Joins as rules ask for them: properties and parameters with their columns.

use super::{EntityLink, TableKey, entities, filters, tables};
use crate::diagnostic::Confidence;
use crate::model::Model;
use crate::model::api::{OperationRef, ParameterRef, Property, SchemaRef};
use crate::model::schema::{ColumnRef, DroppedColumn, MigrationRef, Schema, TableRef, per_dialect};
use crate::model::words;
use crate::source::{Name, Spanned};
use crate::sql::Change;
use std::collections::{HashMap, HashSet};

/// A property of an object, and the column that stores it.
#[derive(Debug, Clone)]
pub struct PropertyColumn<'m> {
    /// What people call the object.
    pub entity: &'m str,
    /// The property.
    pub property: Property<'m>,
    /// The column, in each database that has the table.
    pub columns: Vec<ColumnRef<'m>>,
    /// Where the column is no more: the drop, in each database, with the migration that dropped it.
    pub dropped: Vec<(TableRef<'m>, &'m DroppedColumn, MigrationRef<'m>)>,
    /// Whether clients may send it.
    pub in_request: bool,
    /// Whether clients receive it.
    pub in_response: bool,
    /// Whether clients receive it in answer to a request that writes: what it holds was sent in some form.
    pub answers_write: bool,
    /// How sure we are that the object is stored in the table.
    pub confidence: Confidence,
    /// Why: "`Order` is stored in `public.orders`: schema name, 5 of 6 properties are columns".
    pub why: String,
    /// The first operation that uses the object.
    pub operation: Option<OperationRef<'m>>,
}

impl PropertyColumn<'_> {
    /// How each column that holds fewer characters is made to hold `length`, one line for each dialect; empty where no dialect
    /// has a statement for it.
    pub fn lengthening_help(&self, length: i64) -> String {
        let short = self.columns.iter().filter(|column| column.length().is_some_and(|held| held < length));
        let to = format!("varchar({length})");
        per_dialect(short.filter_map(|column| Some((column.table(), column.alter_type_help(&to)?))))
    }

    /// `Order.status`.
    pub fn subject(&self) -> String {
        format!("{}.{}", self.entity, self.property.name)
    }
}

/// A query parameter whose choices are columns or values of the operation's table.
#[derive(Debug, Clone)]
pub struct ParameterColumn<'m> {
    /// The operation.
    pub operation: OperationRef<'m>,
    /// The parameter.
    pub parameter: ParameterRef<'m>,
    /// The table, in each database that has it.
    pub tables: Vec<TableRef<'m>>,
    /// How sure we are that the operation is about the table.
    pub confidence: Confidence,
    /// Why: "`GET /orders` reads `public.orders`: ...".
    pub why: String,
}

/// A choice of a sort parameter that no index orders.
#[derive(Debug, Clone)]
pub struct UnservedSort<'m> {
    /// The choice, where it is written.
    pub choice: Spanned<&'m str>,
    /// The column, in each database in which no index orders it; never empty.
    pub columns: Vec<ColumnRef<'m>>,
}

impl<'m> ParameterColumn<'m> {
    /// `GET /orders ?sort`.
    pub fn subject(&self) -> String {
        format!("{} ?{}", self.operation.subject(), self.parameter.name())
    }

    /// Whether clients choose an order with it.
    pub fn is_sort(&self) -> bool {
        words::is_sort(&tables::fold(self.parameter.name()))
    }

    /// The columns of one choice of a sort parameter: `-created_at`, `created_at:desc`, `createdAt desc` are `created_at`.
    pub fn sort_columns(&self, choice: &str) -> Vec<ColumnRef<'m>> {
        let bare = choice.trim().trim_start_matches(['-', '+']);
        let field = bare.split([':', ' ', ',']).next().unwrap_or("");
        let folded = tables::fold(field);
        let without = ["desc", "asc"].iter().find_map(|ending| folded.strip_suffix(ending)).unwrap_or(&folded);
        let named = |wanted: &str| -> Vec<ColumnRef<'m>> {
            self.tables.iter().filter_map(|table| table.columns().find(|column| tables::fold(&column.name) == wanted)).collect()
        };
        let found = named(&folded);
        if found.is_empty() { named(without) } else { found }
    }

    /// Its choices that are columns: what no index orders, or `None` for a choice that is served or not known.
    pub fn sorts(&self) -> Vec<Option<UnservedSort<'m>>> {
        let narrowing = self.narrowing_columns();
        let mut seen: Vec<Name> = Vec::new();
        let mut sorts = Vec::new();
        for choice in sort_choices(self.parameter) {
            let columns = self.sort_columns(choice.value);
            let Some(name) = columns.first().map(|column| column.name.clone()) else { continue };
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            if columns.iter().all(|column| column.takes_few_values()) {
                continue;
            }
            let columns: Vec<ColumnRef> =
                columns.into_iter().filter(|column| column.sort_index(&narrowing).known_absent()).collect();
            sorts.push((!columns.is_empty()).then_some(UnservedSort { choice, columns }));
        }
        sorts
    }

    /// The statements that make the indexes which `unserved` wants, and where to write them; one line for each dialect.
    pub fn index_help(&self, unserved: &[UnservedSort<'m>]) -> String {
        let help = |table: &TableRef<'m>| {
            let here = unserved.iter().flat_map(|one| &one.columns).filter(|column| {
                (column.table().database_number(), &column.table().name) == (table.database_number(), &table.name)
            });
            let mut indexes: Vec<Vec<String>> = Vec::new();
            for columns in here.map(|column| column.ordering_index()) {
                if !indexes.contains(&columns) {
                    indexes.push(columns);
                }
            }
            (!indexes.is_empty()).then(|| (*table, table.create_indexes_help(&indexes)))
        };
        per_dialect(self.tables.iter().filter_map(help))
    }

    /// Why few rows are left to sort: the path says whose are meant (`/projects/{id}/keys`), they are one tenant's, or the list is a catalogue.
    pub fn few_rows(&self, unserved: &[UnservedSort<'m>]) -> Option<&'static str> {
        if self.operation.path().contains('{') {
            return Some("the path narrows the rows before they are sorted");
        }
        // Where every index begins with the tenant, so does every query, and a tenant has few rows of most things.
        let scoped = |column: &ColumnRef| column.ordering_index().len() > 1 && !words::is_growing(&column.table().name.name);
        if unserved.iter().flat_map(|one| &one.columns).all(scoped) {
            return Some("the indexes of the table begin with its tenant, so only one tenant's rows are sorted");
        }
        let catalogue = self.operation.list().is_some_and(|list| self.operation.is_catalogue(&list));
        catalogue.then_some("it is a catalogue by its name or its entries")
    }

    /// The column of the parameter's own name, for filters.
    pub fn filter_columns(&self) -> Vec<ColumnRef<'m>> {
        let wanted = tables::fold(&filters::bare_name(self.parameter.name()));
        self.tables.iter().filter_map(|table| table.columns().find(|column| tables::fold(&column.name) == wanted)).collect()
    }

    /// Columns that a request narrows the rows by before it sorts them: those that path parameters are named after.
    pub fn narrowing_columns(&self) -> Vec<String> {
        let given: Vec<String> =
            self.operation.parameters().iter().filter(|one| one.is_required()).map(|one| tables::fold(one.name())).collect();
        let columns = self.tables.iter().flat_map(|table| table.columns());
        columns.map(|column| column.name.to_string()).filter(|name| given.contains(&tables::fold(name))).collect()
    }
}

/// What clients may sort by, as far as the document says it: a list, the words of a pattern (`^-?(created_at|name)$`), the default.
fn sort_choices(parameter: ParameterRef<'_>) -> Vec<Spanned<&str>> {
    let listed = parameter.choices();
    let Some(schema) = parameter.schema().map(SchemaRef::core).filter(|_| listed.is_empty()) else { return listed };
    match schema.pattern() {
        Some(pattern) => {
            let words = pattern.value.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.filter(|word| word.len() > 1).map(|word| Spanned::new(word, pattern.span)).collect()
        }
        None => schema.default_text().into_iter().collect(),
    }
}

/// Whether a parameter lists what clients may ask for.
fn chooses(parameter: ParameterRef<'_>) -> bool {
    !parameter.choices().is_empty() || words::is_sort(&tables::fold(parameter.name())) && !sort_choices(parameter).is_empty()
}

fn table_refs<'m>(schema: &'m Schema, keys: &[TableKey]) -> Vec<TableRef<'m>> {
    keys.iter().filter_map(|key| schema.table_in(key.database, &key.name)).collect()
}

impl Model {
    /// Every property of every joined object that is (or was) a column, at medium confidence or better.
    pub fn property_columns(&self) -> Vec<PropertyColumn<'_>> {
        let operations: Vec<OperationRef> = self.api.operations().collect();
        let mut all = Vec::new();
        for (link, fields) in self.links.entities.iter().zip(self.fields()).filter(|(_, fields)| !fields.is_empty()) {
            let Some(schema) = self.api.schema(link.pin) else { continue };
            let tables = table_refs(&self.schema, &link.tables);
            let Some(first) = tables.first() else { continue };
            let why = format!("`{}` is stored in `{}`: {}", link.name, first.subject(), link.why);
            let properties = schema.properties();
            for field in fields {
                let Some(property) = properties.get(field.property).copied() else { continue };
                let at = |(table, column): &(usize, usize)| tables.get(*table)?.columns().nth(*column);
                all.push(PropertyColumn {
                    entity: &link.name,
                    in_request: link.in_request && !property.schema.core().is_read_only() && !property.schema.is_read_only(),
                    in_response: link.in_response && !property.schema.core().is_write_only() && !property.schema.is_write_only(),
                    answers_write: link.answers_write && !property.schema.is_read_only(),
                    columns: field.columns.iter().filter_map(at).collect(),
                    dropped: if field.is_dropped { self.dropped(&tables, property.name) } else { Vec::new() },
                    confidence: if field.same_name { link.confidence } else { Confidence::Medium },
                    why: why.clone(),
                    operation: operations.get(link.operation).copied(),
                    property,
                });
            }
        }
        all
    }

    /// The properties of each joined object that are (or were) columns; looked for once.
    fn fields(&self) -> &[Vec<FieldPlace>] {
        self.links.fields.get_or_init(|| self.links.entities.iter().map(|link| self.fields_of(link)).collect())
    }

    fn fields_of(&self, link: &EntityLink) -> Vec<FieldPlace> {
        let schema = self.api.schema(link.pin).filter(|_| link.confidence >= Confidence::Medium);
        let Some(schema) = schema else { return Vec::new() };
        let tables = table_refs(&self.schema, &link.tables);
        let named: Vec<NamedColumns> = tables.iter().map(NamedColumns::new).collect();
        let properties = schema.properties();
        let names: HashSet<String> = properties.iter().map(|property| tables::fold(property.name)).collect();
        let mut found = Vec::new();
        for (number, property) in properties.iter().enumerate() {
            if !entities::is_scalar(property.schema) || !property.schema.is_known() {
                continue;
            }
            let wanted = tables::fold(property.name);
            let places = named.iter().enumerate();
            let places: Vec<(usize, (usize, bool))> =
                places.filter_map(|(table, columns)| Some((table, columns.storing(&wanted)?))).collect();
            let same_name = places.iter().all(|(_, (_, same_name))| *same_name);
            // A column of a name that says as much may be what serves it now.
            let is_gone = places.is_empty() && !named.iter().any(|columns| columns.names_row(&wanted));
            let is_dropped = is_gone && !self.dropped(&tables, property.name).is_empty();
            let mut columns: Vec<(usize, usize)> = places.into_iter().map(|(table, (column, _))| (table, column)).collect();
            // A column of another name may be another thing: one that was dropped, or another property.
            let is_taken = |(table, column): &(usize, usize)| {
                tables
                    .get(*table)
                    .and_then(|table| table.table().columns.get(*column))
                    .is_some_and(|column| names.contains(&tables::fold(&column.name)))
            };
            if !same_name && (is_dropped || columns.iter().any(is_taken)) {
                columns.clear();
            }
            if !columns.is_empty() || is_dropped {
                found.push(FieldPlace { property: number, columns, same_name, is_dropped });
            }
        }
        found
    }

    fn dropped<'m>(&'m self, tables: &[TableRef<'m>], name: &str) -> Vec<(TableRef<'m>, &'m DroppedColumn, MigrationRef<'m>)> {
        let wanted = tables::fold(name);
        let of_table = |table: &TableRef<'m>| {
            let gone = table.table().dropped_columns.iter().rev().find(|gone| tables::fold(&gone.column.name) == wanted)?;
            let migration = self.schema.migration_in(table.database_number(), gone.migration)?;
            Some((*table, gone, migration))
        };
        tables.iter().filter_map(of_table).collect()
    }

    /// Whether a migration bounds the statements of a role, a database or the server, so that its configuration need not.
    pub fn statement_timeout_set_in_sql(&self) -> bool {
        let migrations = self.schema.databases.iter().flat_map(|database| &database.migrations);
        let mut steps = migrations.flat_map(|migration| &migration.statements).flat_map(|statement| &statement.ops);
        steps.any(|step| matches!(&step.op.change, Change::Setting { name, scope: Some(_), .. } if name == "statement_timeout"))
    }

    /// Every query parameter with choices, of an operation that is joined to a table at medium confidence or better.
    pub fn parameter_columns(&self) -> Vec<ParameterColumn<'_>> {
        let operations: Vec<OperationRef> = self.api.operations().collect();
        let mut found = Vec::new();
        for link in self.links.operations.iter().filter(|link| link.confidence >= Confidence::Medium) {
            let Some(operation) = operations.get(link.operation).copied() else { continue };
            let tables = table_refs(&self.schema, &link.tables);
            let Some(first) = tables.first() else { continue };
            let why = format!("`{}` reads `{}`: {}", operation.subject(), first.subject(), link.why);
            for parameter in operation.query_parameters().into_iter().filter(|parameter| chooses(*parameter)) {
                found.push(ParameterColumn {
                    operation,
                    parameter,
                    tables: tables.clone(),
                    confidence: link.confidence,
                    why: why.clone(),
                });
            }
        }
        found
    }
}

impl Schema {
    /// Every column that a pending migration drops from a table that stays.
    pub fn pending_drops(&self) -> Vec<(TableRef<'_>, &DroppedColumn, MigrationRef<'_>)> {
        let mut found = Vec::new();
        for table in self.tables() {
            for gone in &table.table().dropped_columns {
                let migration = self.migration_in(table.database_number(), gone.migration);
                found.extend(migration.filter(|migration| migration.pending).map(|migration| (table, gone, migration)));
            }
        }
        found
    }
}

/// Where a property of a joined object is stored.
#[derive(Debug, Clone)]
pub(super) struct FieldPlace {
    /// Its position among the properties of the object.
    property: usize,
    /// Table among those of the link, and position of the column there.
    columns: Vec<(usize, usize)>,
    /// Whether the columns are called just so.
    same_name: bool,
    /// Whether it was a column that is no more.
    is_dropped: bool,
}

/// The columns of a table by folded name.
struct NamedColumns {
    noun: String,
    by_name: HashMap<String, usize>,
}

impl NamedColumns {
    fn new(table: &TableRef) -> NamedColumns {
        let mut by_name = HashMap::new();
        for (number, column) in table.table().columns.iter().enumerate() {
            by_name.entry(tables::fold(&column.name)).or_insert(number);
        }
        NamedColumns { noun: tables::fold(&words::noun(words::without_table_mark(&words::snake(&table.name.name)))), by_name }
    }

    /// Whether a property, by its folded name, says which row it is: `client_id` of a client is its `id`. Where it is sent, it asks for
    /// the row and is not stored.
    fn names_row(&self, wanted: &str) -> bool {
        let row = wanted.strip_suffix("id").filter(|row| row.len() > 2 && self.noun.ends_with(row));
        row.is_some() && self.by_name.contains_key("id")
    }

    /// The column that stores a property, by its folded name, and whether it is called just so. Else it is one named after the row
    /// (`roles.role` for `name`), or one whose name says more or less in the usual way: `order_number` for `number`, `is_active` for
    /// `active`.
    fn storing(&self, wanted: &str) -> Option<(usize, bool)> {
        let named = |name: &str| self.by_name.get(name).copied();
        let own = || if wanted == "name" { named(&self.noun) } else { None };
        if let Some(column) = named(wanted).or_else(own) {
            return Some((column, true));
        }
        let longer = [format!("{}{wanted}", self.noun), format!("is{wanted}")];
        let heads = [self.noun.as_str(), "is"];
        let shorter = heads.iter().filter_map(|head| wanted.strip_prefix(head)).filter(|rest| rest.len() > 2);
        let other = longer.iter().map(String::as_str).chain(shorter).find_map(named)?;
        (wanted != "id").then_some((other, false))
    }
}
