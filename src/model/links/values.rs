//! What a column can hold and which index orders it: the questions of the joined rules about one column.

use super::view::PropertyColumn;
use crate::fact::{Fact, Origin};
use crate::model::schema::{ColumnRef, EnumType, Facet, IndexRef, TableRef};
use crate::model::words;
use crate::source::{Name, Spanned};

impl<'m> ColumnRef<'m> {
    /// The texts that the column takes: labels of its enum type, the list of a CHECK, or the rows of a table that it refers to and that
    /// migrations fill. `Absent`: any text.
    pub fn allowed_values(&self) -> Fact<Vec<Spanned<String>>> {
        let Some(column_type) = self.column_type.known() else {
            return Fact::not_read("the column's type was not understood", vec![self.span]);
        };
        let table = self.table();
        if column_type.name == "enum" && !column_type.arguments.is_empty() {
            let labels = column_type.arguments.iter().map(|label| Spanned::new(label.trim_matches('\'').to_owned(), self.span));
            return Fact::explicit(labels.collect(), self.span);
        }
        let bare = |name: &str| name.rsplit('.').next().unwrap_or(name).trim_matches('"').to_owned();
        let wanted = bare(&column_type.name);
        if let Some(kind) = table.database().enums.iter().find(|kind| kind.name.name == wanted) {
            return match kind.complete {
                true => Fact::explicit(kind.labels.clone(), kind.span),
                false => Fact::not_read("the enum type was not wholly understood", vec![kind.span]),
            };
        }
        let mut lists = table.table().checks.iter().filter_map(|check| Some((check, check.allowed.as_ref()?)));
        if let Some((check, list)) = lists.find(|(_, list)| list.0 == self.name) {
            let texts = list.1.iter().map(|text| Spanned::new(text.value.to_string(), text.span));
            return Fact::Known(texts.collect(), Origin::Explicit(check.expression));
        }
        if let Some(lookup) = self.lookup() {
            return Fact::Known(lookup.texts, Origin::Explicit(lookup.list.name_span));
        }
        if self.is_foreign_key() {
            return Fact::not_read("the rows of another table list its values", vec![self.span]);
        }
        let other_check = table.table().checks.iter().find(|check| check.text.contains(self.name.as_str()));
        match (table.gap(Facet::Constraints), other_check) {
            (Some(gap), _) => Fact::not_read(gap.why.clone(), gap.span.into_iter().collect()),
            (None, Some(check)) => Fact::not_read("a CHECK of another form", vec![check.span]),
            (None, None) => Fact::Absent,
        }
    }

    /// An index that gives the rows in the order of this column: it leads, or only columns that narrow a request (keys of
    /// other tables, and `narrowing`) stand before it.
    pub fn sort_index(&self, narrowing: &[String]) -> Fact<IndexRef<'m>> {
        let narrows = |name: &str| {
            let scope = words::is_scope(name) || words::is_soft_delete(name) || name.ends_with("_id") || name.ends_with("Id");
            scope || narrowing.iter().any(|one| one == name)
        };
        let orders = |index: &IndexRef<'m>| {
            let before = index.keys.iter().take_while(|key| key.column.as_deref() != Some(self.name.as_str()));
            let found = index.keys.iter().any(|key| key.column.as_deref() == Some(self.name.as_str()) && key.prefix().is_none());
            found && index.method == "btree" && before.into_iter().all(|key| key.column.as_deref().is_some_and(narrows))
        };
        if let Some(index) = self.table().indexes().find(orders) {
            return Fact::explicit(index, index.span);
        }
        match self.table().gap(Facet::Indexes) {
            Some(gap) => Fact::not_read(gap.why.clone(), gap.span.into_iter().collect()),
            None => Fact::Absent,
        }
    }
}

impl TableRef<'_> {
    /// Its name as people say it: without the schema that is searched anyway.
    pub fn short_name(&self) -> String {
        match self.name.schema.as_deref() {
            None | Some("public") => self.name.name.to_string(),
            Some(schema) => format!("{schema}.{}", self.name.name),
        }
    }
}

impl<'m> ColumnRef<'m> {
    /// Its name as people say it: `orders.status`.
    pub fn short_name(&self) -> String {
        format!("{}.{}", self.table().short_name(), self.name)
    }

    /// How many characters it holds, where its type says so.
    pub fn length(&self) -> Option<i64> {
        self.column_type.known().and_then(|kind| kind.length()).and_then(|length| i64::try_from(length).ok())
    }

    /// Whether it holds text of any kind.
    pub fn is_text(&self) -> bool {
        let text = ["text", "character varying", "character", "varchar", "char", "citext", "longtext", "mediumtext", "tinytext"];
        self.column_type.known().is_some_and(|kind| text.contains(&kind.name.as_str()) && !kind.array)
    }

    /// Its enum type, where it has one.
    pub fn enum_type(&self) -> Option<&'m EnumType> {
        let wanted = self.column().column_type.known()?.name.rsplit('.').next()?;
        self.table().database().enums.iter().find(|kind| kind.name.name == wanted)
    }

    /// The name of the CHECK that lists its values.
    pub fn allowed_by_check(&self) -> Option<String> {
        let table = self.table();
        let check = table.table().checks.iter().find(|check| check.allowed.as_ref().is_some_and(|list| list.0 == self.name));
        check.and_then(|check| Some(check.name.as_ref()?.to_string()))
    }

    /// Whether it takes so few values that no index would order it to any avail: an enum, a boolean, a list in a CHECK,
    /// whole numbers between two that are near each other.
    pub fn takes_few_values(&self) -> bool {
        self.takes_listed_values() || self.takes_few_numbers()
    }

    /// Whether its values are listed: an enum, a boolean, a list in a CHECK.
    pub(super) fn takes_listed_values(&self) -> bool {
        let named =
            self.column_type.known().is_some_and(|kind| matches!(kind.name.as_str(), "boolean" | "bool" | "enum" | "bit"));
        named || self.enum_type().is_some() || self.allowed_values().known().is_some()
    }

    /// The columns of the index that would order it: behind the column that says whose row it is, where every other index of
    /// the table begins with that; those of the primary key and of other foreign keys are no lists.
    pub fn ordering_index(&self) -> Vec<String> {
        let table = self.table();
        let key = table.table().primary_key().and_then(|index| index.columns());
        let refers = |index: &IndexRef| {
            let columns = index.columns().unwrap_or_default();
            !index.leads_with_scope() && table.table().foreign_keys.iter().any(|one| one.columns == columns)
        };
        let lists = |index: &IndexRef| index.method == "btree" && (key.is_none() || index.columns() != key) && !refers(index);
        let others = table.indexes().filter(lists);
        let mut leads: Vec<Option<String>> = others
            .map(|index| {
                index.keys.first().and_then(|key| key.column.as_ref().map(Name::to_string)).filter(|_| index.leads_with_scope())
            })
            .collect();
        leads.dedup();
        match leads.as_slice() {
            [Some(scope)] if *scope != self.name => vec![scope.clone(), self.name.to_string()],
            _ => vec![self.name.to_string()],
        }
    }
}

/// The column that holds the fewest characters, and how many.
#[derive(Debug, Clone, Copy)]
pub struct ShortestColumn<'m> {
    /// The column.
    pub column: ColumnRef<'m>,
    /// How many characters it holds.
    pub length: i64,
}

impl<'m> PropertyColumn<'m> {
    /// Of its columns in all databases, the one that holds the fewest characters; `None` where none is bounded.
    pub fn shortest_column(&self) -> Option<ShortestColumn<'m>> {
        let bounded = self.columns.iter().filter_map(|column| Some(ShortestColumn { column: *column, length: column.length()? }));
        bounded.min_by_key(|one| one.length)
    }

    /// Whether what is stored is not what was sent: passwords, hashes, tokens.
    pub fn is_transformed(&self) -> bool {
        words::is_transformed(self.property.name) || self.columns.iter().any(|column| words::is_transformed(&column.name))
    }

    /// Whether nothing bounds what clients may send: no limit, no list, no pattern, no format with a length of its own.
    pub fn is_unbounded_text(&self) -> bool {
        let schema = self.property.schema.core();
        let bounded_format =
            matches!(schema.format(), Some("uuid" | "date" | "date-time" | "time" | "ipv4" | "ipv6" | "duration"));
        schema.max_length().is_none() && schema.enum_values().is_empty() && schema.pattern().is_none() && !bounded_format
    }
}
