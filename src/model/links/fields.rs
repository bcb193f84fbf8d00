//! What a field of the API takes and gives, against the type of its column.

use super::narrowing::{greatest, has_fraction};
use super::view::PropertyColumn;
use super::{entities, places, tables};
use crate::diagnostic::Confidence;
use crate::model::Model;
use crate::model::api::{Property, SchemaRef};
use crate::model::schema::{ColumnRef, TableRef, type_sql};
use crate::model::words;
use crate::sql::{ColumnType, Dialect};

/// How the type of a field and that of its column contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeClash {
    /// The API says 32 bits, the column has twice as many. An unsigned 32-bit column is taken for one of the same width.
    WideNumber,
    /// The API says whole numbers, the column holds fractions.
    Fraction,
    /// The API takes fractions, the column holds whole numbers.
    WholeNumber,
    /// The API says a moment, the column holds a day.
    TimeOfDay,
}

/// How the format of a field and its column contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatClash {
    /// Values of this format are no values of the column's type.
    OtherType,
    /// Values of this format have so many characters, the column holds fewer: both numbers.
    Short(i64, i64),
    /// The column takes values of one form alone, and the API takes any text.
    AnyText(&'static str),
}

/// The only type that a schema allows, null aside; `None` where it allows several or none is said.
fn only_type(schema: SchemaRef<'_>) -> Option<&str> {
    let types: Vec<&str> = schema.types().into_iter().filter(|name| *name != "null").collect();
    match types.as_slice() {
        [one] if !schema.has_alternatives() => Some(one),
        _ => None,
    }
}

impl ColumnRef<'_> {
    /// Its type where that bounds what it holds: the types of SQLite and ClickHouse bound nothing that is judged here.
    pub fn binding_type(&self) -> Option<&ColumnType> {
        let binds = !matches!(self.table().dialect(), Dialect::Sqlite | Dialect::ClickHouse);
        self.known_type().filter(|kind| binds && !kind.array)
    }

    /// Whether the server makes its values: a number, a key of its own, an expression.
    pub fn is_made_by_server(&self) -> bool {
        let key = self.table().key_alone().is_some_and(|key| key.name == self.name);
        key || self.auto_increment || self.generated.is_some() || self.identity.is_some()
    }
}

impl ColumnRef<'_> {
    /// Its type as SQL writes it; empty where it is not known.
    pub fn type_text(&self) -> String {
        self.known_type().map_or_else(String::new, |kind| type_sql(self.table().dialect(), kind))
    }

    /// What keeps NULL out of it from now on, and where to write it.
    pub fn refuse_null_help(&self) -> String {
        let (table, name) = (self.table(), self.sql_name());
        let statement = match (table.dialect(), table.is_stated()) {
            (Dialect::Postgres, false) => format!("ALTER TABLE {} ADD CHECK ({name} IS NOT NULL) NOT VALID;", table.sql_name()),
            (Dialect::MySql, false) => self.modify_sql(&self.type_text(), true),
            _ => format!("{name} {} NOT NULL", self.type_text()),
        };
        table.in_place(&statement)
    }

    /// Whether it holds a moment or a day.
    pub fn is_moment(&self) -> bool {
        self.known_type().is_some_and(is_moment)
    }

    /// Whether it names a row of another table, by a foreign key or by its name.
    pub fn names_a_row(&self) -> bool {
        self.is_foreign_key() || words::snake(&self.name).ends_with("_id")
    }

    /// Whether rows are found in it by its values as a whole: not so for documents and lists, which have indexes of their own.
    pub fn is_plain(&self) -> bool {
        self.known_type().is_some_and(|kind| !kind.array && !matches!(kind.name.as_str(), "json" | "jsonb" | "xml" | "tsvector"))
    }

    /// Whether it is a foreign key by itself.
    pub fn is_foreign_key(&self) -> bool {
        self.table().foreign_keys().any(|key| key.columns.len() == 1 && key.columns.contains(&self.column().name))
    }
}

impl<'m> PropertyColumn<'m> {
    /// The clash of types with one of its columns, and that column.
    pub fn type_clash(&self) -> Option<(TypeClash, ColumnRef<'m>)> {
        let schema = self.property.schema.core();
        let said = only_type(schema).filter(|_| schema.enum_values().is_empty())?;
        let clash = |column: &ColumnRef<'m>| {
            let kind = column.binding_type()?;
            let whole = greatest(kind);
            match said {
                "integer" if self.in_response && has_fraction(kind) && says_scale(kind) => Some(TypeClash::Fraction),
                "integer" if self.in_response && schema.format() == Some("int32") && schema.maximum().is_none() => {
                    (whole? > i64::from(u32::MAX)).then_some(TypeClash::WideNumber)
                }
                "number" if self.in_request => whole.filter(|_| kind.name != "tinyint").map(|_| TypeClash::WholeNumber),
                "string" if schema.format() == Some("date-time") && kind.name == "date" => Some(TypeClash::TimeOfDay),
                _ => None,
            }
        };
        self.columns.iter().find_map(|column| Some((clash(column)?, *column)))
    }

    /// The clash of its format with one of its columns, and that column.
    pub fn format_clash(&self) -> Option<(FormatClash, ColumnRef<'m>)> {
        let schema = self.property.schema.core();
        if only_type(schema) != Some("string") {
            return None;
        }
        let clash = |column: &ColumnRef<'m>| {
            let kind = column.binding_type()?;
            match schema.format() {
                Some("uuid") if greatest(kind).is_some() || has_fraction(kind) || is_moment(kind) => Some(FormatClash::OtherType),
                Some("uuid") => shorter(column, 32, 36),
                Some("ipv6") => shorter(column, 39, 39),
                Some("email" | "uri" | "hostname") if kind.name == "uuid" || greatest(kind).is_some() || is_moment(kind) => {
                    Some(FormatClash::OtherType)
                }
                None if self.in_request && schema.pattern().is_none() && schema.enum_values().is_empty() => {
                    demanded_form(kind).map(FormatClash::AnyText)
                }
                _ => None,
            }
        };
        self.columns.iter().find_map(|column| Some((clash(column)?, *column)))
    }

    /// Whether every database takes NULL for it and gives none by itself. Keys, and what is made by the server, never do.
    pub fn may_be_null(&self) -> bool {
        let takes = |column: &ColumnRef| {
            let bare = column.default.known_absent() && !column.is_made_by_server();
            bare && column.nullable.known() == Some(&true) && column.table().columns_complete()
        };
        !self.columns.is_empty() && self.columns.iter().all(takes)
    }

    /// Whether clients may send null for it: the API says so in so many words.
    pub fn takes_null(&self) -> bool {
        let schema = self.property.schema;
        self.in_request && (schema.types().contains(&"null") || schema.core().types().contains(&"null"))
    }

    /// The columns that take no NULL although clients may send one.
    pub fn refuses_null(&self) -> Vec<ColumnRef<'m>> {
        let refuses = |column: &&ColumnRef| {
            column.nullable.known() == Some(&false) && !column.is_made_by_server() && column.binding_type().is_some()
        };
        match self.takes_null() {
            true => self.columns.iter().filter(refuses).copied().collect(),
            false => Vec::new(),
        }
    }

    /// Whether it gives what nobody may read: `Some(true)` for certain, `Some(false)` where some APIs show it once on purpose.
    pub fn secret(&self) -> Option<bool> {
        let by_column = self.columns.iter().filter_map(|column| words::is_secret(&column.name)).max();
        // A property of another name may show something else of the column: whether there is one, or its last letters.
        let shown =
            self.columns.iter().any(|column| words::is_shown_part(&column.name)) || words::is_shown_part(self.property.name);
        by_column.filter(|_| words::is_secret(self.property.name).is_some() && !shown)
    }

    /// Whether its column is there for the service alone.
    pub fn is_internal(&self) -> bool {
        let within = !self.holders.is_empty() && !self.columns.is_empty() && words::is_internal(self.property.name);
        within || self.columns.iter().any(|column| words::is_internal(&column.name))
    }

    /// Whether it is an amount of money, by its own name and that of its columns.
    pub fn is_money(&self) -> bool {
        words::is_money(self.property.name) && self.columns.iter().any(|column| words::is_money(&column.name))
    }
}

/// Whether a type says that it keeps what stands behind the decimal point. `numeric` alone is also how whole numbers beyond 64 bits
/// are kept.
fn says_scale(kind: &ColumnType) -> bool {
    kind.name != "numeric" || !kind.arguments.is_empty()
}

fn is_moment(kind: &ColumnType) -> bool {
    ["timestamp", "datetime", "date", "time"].iter().any(|word| kind.name.starts_with(word))
}

/// A text that holds fewer than `least` characters, where values are `usual` long.
fn shorter(column: &ColumnRef, least: i64, usual: i64) -> Option<FormatClash> {
    let held = column.length().filter(|_| column.is_text())?;
    (held < least).then_some(FormatClash::Short(usual, held))
}

/// The only form of text that a type takes, as `format` says it.
fn demanded_form(kind: &ColumnType) -> Option<&'static str> {
    match kind.name.as_str() {
        "uuid" => Some("uuid"),
        "timestamp with time zone" | "timestamp without time zone" => Some("date-time"),
        "date" => Some("date"),
        _ => None,
    }
}

/// A field that clients must send, and the table that its object is stored in.
#[derive(Debug, Clone)]
pub struct UnkeptField<'m> {
    /// The object, as people call it, and the field: `Order.status`, `Order.address.street`.
    pub subject: String,
    /// The field.
    pub property: Property<'m>,
    /// The table.
    pub table: TableRef<'m>,
    /// Whether a column keeps it: one of its name, of a part of its name, or one that takes anything (JSON).
    pub is_kept: bool,
    /// How sure we are that the object is stored in the table.
    pub confidence: Confidence,
    /// Why.
    pub why: String,
}

impl Model {
    /// Every scalar field that clients must send, of objects that are stored in a table whose columns are all known, and of objects
    /// within these that are stored there too. Of an object that is one of several forms it is not known what the others need.
    pub fn required_fields(&self) -> Vec<UnkeptField<'_>> {
        let mut found = Vec::new();
        let links = self.links.entities.iter().zip(self.fields());
        for (link, places) in links.filter(|(link, _)| link.in_request && !link.is_form && link.confidence >= Confidence::Medium)
        {
            let Some(schema) = self.api.schema(link.pin) else { continue };
            let key = link.tables.first();
            let table = key.and_then(|key| self.schema.table_in(key.database, &key.name));
            let Some(table) = table.filter(|table| table.columns_complete() && schema.is_wholly_known()) else { continue };
            let why = format!("`{}` is stored in `{}`: {}", link.name, table.subject(), link.why);
            let properties = schema.properties();
            let parts = places::parts(&properties, places).into_iter().filter(|part| part.is_required);
            let own = places::Part { path: Vec::new(), is_required: true, properties };
            for part in std::iter::once(own).chain(parts) {
                for property in part.properties.iter().filter(|property| must_be_sent(property)) {
                    let path: Vec<&str> = std::iter::once(link.name.as_str()).chain(part.path.iter().copied()).collect();
                    found.push(UnkeptField {
                        subject: format!("{}.{}", path.join("."), property.name),
                        property: *property,
                        table,
                        is_kept: keeps(table, property.name),
                        confidence: link.confidence,
                        why: why.clone(),
                    });
                }
            }
        }
        found
    }
}

/// Whether clients must send it and it says anything: what has one value alone marks the form.
fn must_be_sent(property: &Property) -> bool {
    let schema = property.schema;
    let says_something = schema.core().enum_values().len() != 1;
    property.required && says_something && entities::is_scalar(schema) && !schema.is_read_only() && schema.is_known()
}

/// Whether some column may keep a field.
fn keeps(table: TableRef, property: &str) -> bool {
    let folded = tables::fold(property);
    let near = |column: ColumnRef| {
        let name = tables::fold(&column.name);
        let json = column.is_of(&["json", "jsonb"]);
        let field = column.field_name().is_some_and(|field| tables::fold(field) == folded);
        json || field || name.contains(&folded) || folded.contains(&name) || words::is_rewording(property, &column.name)
    };
    words::is_transformed(property) || table.columns().any(near)
}
