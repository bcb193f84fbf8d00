//! Joins as rules ask for them: properties and parameters with their columns.

use super::elsewhere::Elsewhere;
use super::{TableKey, filters, operations, tables};
use crate::diagnostic::Confidence;
use crate::model::Model;
use crate::model::api::{OperationRef, ParameterRef, Property, SchemaRef};
use crate::model::schema::{ColumnRef, DroppedColumn, MigrationRef, Schema, TableRef, per_dialect};
use crate::model::words;
use crate::source::{Name, Spanned};
use crate::sql::Change;

/// A property of an object, and the column that stores it.
#[derive(Debug, Clone)]
pub struct PropertyColumn<'m> {
    /// What people call the object.
    pub entity: &'m str,
    /// The objects within it that hold the property, from the outside: `address` for `address.street`.
    pub holders: Vec<&'m str>,
    /// The property. One within an object that may be left out counts as one that may be.
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
    /// Whether the object is one of several forms (`oneOf`) wherever it is used: the others may hold what it does not.
    pub is_form: bool,
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

    /// `Order.status`, `Order.address.street`.
    pub fn subject(&self) -> String {
        format!("{}.{}", self.entity, self.path())
    }

    /// The name of the property with those of the objects that hold it: `address.street`.
    pub fn path(&self) -> String {
        self.holders.iter().copied().chain([self.property.name]).collect::<Vec<_>>().join(".")
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
    /// Whether a store whose SQL is not read holds such rows too, so that it may be what is read.
    pub is_elsewhere: bool,
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
            self.tables.iter().filter_map(|table| tables::column_called(table, wanted)).collect()
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
            for mut columns in here.map(|column| column.ordering_index()) {
                // What every request gives equals one value: the index orders what lies behind it.
                let before = self.narrowed_by(table).map(|name| name.to_string());
                columns.splice(0..0, before.filter(|name| !columns.contains(name)));
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
        if unserved.iter().flat_map(|one| &one.columns).all(|column| self.narrowed_by(&column.table()).is_some()) {
            return Some("a required parameter narrows the rows, by an index, before they are sorted");
        }
        // Where every index begins with the tenant, so does every query, and a tenant has few rows of most things.
        let scoped = |column: &ColumnRef| column.ordering_index().len() > 1 && !column.table().table().may_grow();
        if unserved.iter().flat_map(|one| &one.columns).all(scoped) {
            return Some("the indexes of the table begin with its tenant, so only one tenant's rows are sorted");
        }
        // What the configuration says of a table goes before what its name says.
        if unserved.iter().flat_map(|one| &one.columns).any(|column| column.table().is_said_to_grow()) {
            return None;
        }
        let catalogue = self.operation.list().is_some_and(|list| self.operation.is_catalogue(&list));
        if catalogue {
            return Some("it is a catalogue by its name or its entries");
        }
        self.operation.is_configuration().then_some("it is configuration by its name, of which there are few")
    }

    /// The column of the parameter's own name, for filters.
    pub fn filter_columns(&self) -> Vec<ColumnRef<'m>> {
        let wanted = tables::fold(&filters::bare_name(self.parameter.name()));
        self.tables.iter().filter_map(|table| tables::column_called(table, &wanted)).collect()
    }

    /// Columns that a request narrows the rows by before it sorts them: those that path parameters are named after.
    pub fn narrowing_columns(&self) -> Vec<String> {
        operations::narrowing_columns(self.operation, &self.tables)
    }

    /// The column of many values by which a required parameter narrows the rows of a table, where an index of all rows begins with it.
    fn narrowed_by(&self, table: &TableRef<'m>) -> Option<Name> {
        let narrowing = self.narrowing_columns();
        table.indexes().filter(|index| index.method == "btree" && index.predicate.is_none()).find_map(|index| {
            let name = index.keys.first()?.column.as_ref()?;
            let column = table.column(name).filter(|column| !column.takes_few_values());
            (column.is_some() && narrowing.iter().any(|one| one == name)).then(|| name.clone())
        })
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

pub(super) fn table_refs<'m>(schema: &'m Schema, keys: &[TableKey]) -> Vec<TableRef<'m>> {
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
                let Some(held) = field.held(&properties) else { continue };
                let at = |(table, column): &(usize, usize)| tables.get(*table)?.columns().nth(*column);
                all.push(PropertyColumn {
                    entity: &link.name,
                    in_request: link.in_request && !held.read_only,
                    in_response: link.in_response && !held.write_only,
                    answers_write: link.answers_write && !held.read_only,
                    is_form: link.is_form,
                    columns: field.columns.iter().filter_map(at).collect(),
                    // Forms are often kept in tables of their own, to which the column may have gone.
                    dropped: match field.dropped.as_deref().filter(|_| !link.is_form) {
                        Some(name) => self.dropped(&tables, name),
                        None => Vec::new(),
                    },
                    confidence: if field.same_name { link.confidence } else { Confidence::Medium },
                    why: why.clone(),
                    operation: operations.get(link.operation).copied(),
                    holders: held.holders,
                    property: held.property,
                });
            }
        }
        all
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
        let elsewhere = Elsewhere::new(&self.schema);
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
                    is_elsewhere: elsewhere.holds(&tables),
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
