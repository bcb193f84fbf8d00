//! Whether a column can hold what the column that it refers to holds.

use super::catalog::Database;
use super::view::{ColumnRef, ForeignKeyRef};
use crate::sql::{ColumnType, Dialect};

/// How the type of a referring column stands to that of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeFit {
    /// The same values.
    Same,
    /// Fewer values: some keys cannot be referred to.
    Narrower,
    /// More values, none of which can be a key.
    Wider,
    /// No value of one is a value of the other: a foreign key is refused, and a join needs a cast.
    Incompatible,
}

/// Two columns of a foreign key whose types differ.
#[derive(Debug, Clone, Copy)]
pub struct UnlikePair<'m> {
    /// The column that refers.
    pub column: ColumnRef<'m>,
    /// The column referred to.
    pub key: ColumnRef<'m>,
    /// How they stand to each other.
    pub fit: TypeFit,
}

impl<'m> ForeignKeyRef<'m> {
    /// The first of its columns whose type is not that of the column referred to. `None` also where a type is not known.
    pub fn unlike_pair(&self) -> Option<UnlikePair<'m>> {
        let parent = self.parent()?;
        let pairs = self.columns.iter().zip(&self.referenced_columns);
        let columns = pairs.filter_map(|(own, other)| Some((self.table().column(own)?, parent.column(other)?)));
        let fits = columns.filter_map(|(column, key)| Some(UnlikePair { column, key, fit: column.type_fit(&key)? }));
        fits.into_iter().find(|pair| pair.fit != TypeFit::Same)
    }
}

impl ColumnRef<'_> {
    /// How its type stands to that of a key; `None` where either is not known, or not of the kinds that keys are of.
    pub fn type_fit(&self, key: &ColumnRef) -> Option<TypeFit> {
        let database = self.table().database();
        let (own, other) = (resolved(database, self.known_type()?)?, resolved(database, key.known_type()?)?);
        match database.dialect {
            Dialect::Postgres => postgres(own, other),
            Dialect::MySql => mysql(own, other),
            _ => None,
        }
    }
}

/// The type itself, or the one that a domain stands for; `None` for arrays.
fn resolved<'d>(database: &'d Database, written: &'d ColumnType) -> Option<&'d ColumnType> {
    let bare = written.name.rsplit('.').next().unwrap_or(&written.name);
    let found = match database.domains.iter().find(|domain| domain.name.name == bare) {
        Some(domain) => domain.base.as_ref()?,
        None => written,
    };
    (!found.array).then_some(found)
}

/// The kinds of types that keys are of.
#[derive(PartialEq, Eq)]
enum Kind {
    /// A whole number; the wider, the larger.
    Integer(u8),
    /// A text with its greatest length, where it has one.
    Text(Option<u64>),
    /// A uuid.
    Uuid,
}

fn postgres(own: &ColumnType, other: &ColumnType) -> Option<TypeFit> {
    let kind = |one: &ColumnType| match one.name.as_str() {
        "smallint" => Some(Kind::Integer(1)),
        "integer" => Some(Kind::Integer(2)),
        "bigint" => Some(Kind::Integer(3)),
        "uuid" => Some(Kind::Uuid),
        "text" | "character varying" => Some(Kind::Text(one.length())),
        _ => None,
    };
    Some(match (kind(own)?, kind(other)?) {
        (Kind::Integer(own), Kind::Integer(other)) if own < other => TypeFit::Narrower,
        (Kind::Integer(own), Kind::Integer(other)) if own > other => TypeFit::Wider,
        (Kind::Text(Some(own)), Kind::Text(other)) if other.is_none_or(|other| own < other) => TypeFit::Narrower,
        // A longer text is no fault.
        (Kind::Text(_), Kind::Text(_)) => TypeFit::Same,
        (own, other) if own == other => TypeFit::Same,
        _ => TypeFit::Incompatible,
    })
}

/// InnoDB demands the same size and sign of integers, and lets texts differ in length.
fn mysql(own: &ColumnType, other: &ColumnType) -> Option<TypeFit> {
    const INTEGERS: &[&str] = &["tinyint", "smallint", "mediumint", "int", "bigint"];
    const TEXTS: &[&str] = &["char", "varchar"];
    let is_integer = |one: &ColumnType| INTEGERS.contains(&one.name.trim_end_matches(" unsigned"));
    let is_text = |one: &ColumnType| TEXTS.contains(&one.name.as_str());
    match (is_integer(own), is_integer(other), is_text(own), is_text(other)) {
        (true, true, ..) if own.name == other.name => Some(TypeFit::Same),
        (.., true, true) => Some(TypeFit::Same),
        (true, true, ..) | (true, _, _, true) | (_, true, true, _) => Some(TypeFit::Incompatible),
        _ => None,
    }
}
