//! Columns by what they are, and by what their names say they refer to: what the rules on types ask.

use super::{ColumnRef, Schema, TableRef};
use crate::model::words;
use crate::source::Span;
use crate::sql::{ColumnType, Dialect};
use std::collections::{HashMap, HashSet};

/// A column that is named after another table's key: `orders.customer_id` beside `customers.id`.
#[derive(Debug, Clone, Copy)]
pub struct NamedReference<'m> {
    /// The column.
    pub column: ColumnRef<'m>,
    /// The only column of the primary key of the table that it is named after.
    pub key: ColumnRef<'m>,
    /// Whether a foreign key holds the column.
    pub declared: bool,
}

impl Schema {
    /// Every column of every table that stays, and those that migrations add to tables which were never created here. Partitions
    /// and temporary tables are left out.
    pub fn stated_columns(&self) -> impl Iterator<Item = ColumnRef<'_>> {
        let all = self.databases.iter().enumerate();
        let tables =
            all.flat_map(move |(database, held)| held.tables.iter().map(move |table| TableRef { schema: self, database, table }));
        tables.filter(|table| !table.is_derived()).flat_map(|table| table.columns())
    }

    /// Every column that is named after the key of a table in the same database: `customer_id`, where exactly one table is
    /// called after customers and its key is `id`. A column that the other table has as well says nothing, and neither does one
    /// beside a column of its type (`owner_id`, `owner_type`), or one of a table whose own generation has such a table: in
    /// `v1_event_run` beside `v1_event` an `event_id` is none of `event`.
    pub fn named_references(&self) -> Vec<NamedReference<'_>> {
        let mut found = Vec::new();
        for (number, database) in self.databases.iter().enumerate() {
            let tables = database.tables.iter().map(|table| TableRef { schema: self, database: number, table });
            let tables: Vec<TableRef> = tables.filter(|table| !table.is_derived() && !table.external).collect();
            let known = tables.iter().filter(|table| table.columns_complete() && table.constraints_complete());
            let columns = known.clone().flat_map(|table| &table.table().columns);
            // Only what some column is named after: of thousands of tables that is a few.
            let wanted: HashSet<String> =
                columns.filter_map(|column| Some(words::noun(words::snake(&column.name).strip_suffix("_id")?))).collect();
            let mut by_noun: HashMap<String, Vec<TableRef>> = HashMap::new();
            let mut nouns: HashSet<String> = HashSet::new();
            for table in &tables {
                let noun = words::noun(&table.name.name);
                if wanted.contains(&noun) {
                    by_noun.entry(noun.clone()).or_default().push(*table);
                }
                nouns.insert(noun);
            }
            let columns = known.flat_map(|table| table.columns());
            found.extend(columns.filter_map(|column| named_after(column, &by_noun)).filter(|one| !has_nearer(one, &nouns)));
        }
        found
    }
}

fn named_after<'m>(column: ColumnRef<'m>, by_noun: &HashMap<String, Vec<TableRef<'m>>>) -> Option<NamedReference<'m>> {
    let (table, name) = (column.table(), words::snake(&column.name));
    let noun = name.strip_suffix("_id")?;
    let in_schema = |other: &&TableRef| other.name.schema == table.name.schema;
    let [parent] = by_noun.get(&words::noun(noun))?.iter().filter(in_schema).collect::<Vec<_>>()[..] else { return None };
    let is_ambiguous = parent.name == table.name
        || parent.columns.iter().any(|other| words::snake(&other.name) == name)
        || table.columns.iter().any(|other| words::snake(&other.name) == format!("{noun}_type"));
    if is_ambiguous {
        return None;
    }
    let key = parent.key_alone()?;
    let declared = table.foreign_keys.iter().any(|one| one.columns.contains(&column.name));
    (words::snake(&key.name) == "id").then_some(NamedReference { column, key, declared })
}

/// Whether a table that shares the first words of the referring one is called after the same thing, and the one referred to does not.
fn has_nearer(reference: &NamedReference, nouns: &HashSet<String>) -> bool {
    let (own, key) = (words::snake(reference.column.table().name.name.as_str()), words::snake(&reference.column.name));
    let Some(noun) = key.strip_suffix("_id") else { return false };
    let parent = words::noun(&reference.key.table().name.name);
    let prefixes = own.match_indices('_').filter_map(|(at, _)| own.get(..at));
    let named = prefixes.map(|prefix| words::noun(&format!("{prefix}_{noun}")));
    named.into_iter().any(|nearer| nearer != parent && nouns.contains(&nearer))
}

impl<'m> TableRef<'m> {
    /// The only column of its primary key.
    pub fn key_alone(&self) -> Option<ColumnRef<'m>> {
        match self.table().primary_key()?.keys.as_slice() {
            [key] => self.column(key.column.as_deref()?),
            _ => None,
        }
    }
}

impl<'m> ColumnRef<'m> {
    /// Its type where it is known, in canonical words.
    pub fn known_type(&self) -> Option<&'m ColumnType> {
        self.column().column_type.known().map(|known| &**known)
    }

    /// Whether its type, or that of its elements, has one of these canonical names.
    pub fn is_of(&self, names: &[&str]) -> bool {
        self.known_type().is_some_and(|one| names.contains(&one.name.as_str()))
    }

    /// Where its type is written; the whole element where that is not known.
    pub fn type_span(&self) -> Span {
        self.column().column_type.span().unwrap_or(self.column().span)
    }

    /// Whether its database is PostgreSQL itself: its relatives store some types otherwise.
    pub fn is_postgres(&self) -> bool {
        self.table().dialect() == Dialect::Postgres && self.table().database().variant.is_none()
    }

    /// What it is apart from its dialect, as [`TableRef::logical`].
    pub fn logical(&self) -> (usize, String, String) {
        let (family, table) = self.table().logical();
        (family, table, self.name.to_lowercase())
    }

    /// The largest number of rows that it can number, where it numbers the rows of its table by itself and that many is no
    /// more than 32 bits say.
    pub fn short_key(&self) -> Option<u64> {
        let is_key = self.auto_increment && self.table().key_alone().is_some_and(|key| key.name == self.name);
        let column_type = self.known_type().filter(|_| is_key)?;
        match (self.table().dialect(), column_type.name.as_str()) {
            (Dialect::Postgres | Dialect::MySql, "smallint") => Some(32_767),
            (Dialect::Postgres, "integer") | (Dialect::MySql, "int") => Some(2_147_483_647),
            (Dialect::MySql, "smallint unsigned") => Some(65_535),
            (Dialect::MySql, "mediumint") => Some(8_388_607),
            (Dialect::MySql, "mediumint unsigned") => Some(16_777_215),
            (Dialect::MySql, "int unsigned") => Some(4_294_967_295),
            _ => None,
        }
    }
}

/// How the times of a database are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeHabit {
    /// Columns of type `timestamp with time zone`.
    pub with_zone: usize,
    /// Columns of type `timestamp`.
    pub without_zone: usize,
}

impl TimeHabit {
    /// Whether nearly all of them keep their zone, so that one without is a departure. Where many have none, a part of the schema
    /// has a habit of its own.
    pub fn keeps_zones(&self) -> bool {
        self.with_zone >= 4 && self.with_zone >= 4 * self.without_zone && self.without_zone <= 10
    }
}

impl Schema {
    /// How the times of each database are kept, in the order of [`Schema::databases`].
    pub fn time_habits(&self) -> Vec<TimeHabit> {
        let mut habits = vec![TimeHabit { with_zone: 0, without_zone: 0 }; self.databases.len()];
        for column in self.stated_columns() {
            let Some(habit) = habits.get_mut(column.table().database_number()) else { continue };
            habit.with_zone += usize::from(column.is_of(&["timestamp with time zone"]));
            habit.without_zone += usize::from(column.is_of(&["timestamp without time zone"]));
        }
        habits
    }
}

impl TableRef<'_> {
    /// The type for a moment in its dialect; `None` where there is none and text or numbers are the way.
    pub fn moment_type(&self) -> Option<&'static str> {
        match self.dialect() {
            Dialect::Postgres => Some("timestamptz"),
            Dialect::MySql => Some("datetime(6)"),
            _ => None,
        }
    }

    /// The type for an exact decimal fraction in its dialect; `None` where there is none.
    pub fn money_type(&self) -> Option<&'static str> {
        match self.dialect() {
            Dialect::Postgres => Some("numeric(19,4)"),
            Dialect::MySql => Some("decimal(19,4)"),
            _ => None,
        }
    }

    /// Whether the server numbers rows by itself where no key does.
    pub fn numbers_rows_itself(&self) -> bool {
        self.dialect() == Dialect::Sqlite
    }
}

impl ColumnRef<'_> {
    /// Whether it is of one of PostgreSQL's two types for moments.
    pub fn is_timestamp(&self) -> bool {
        self.table().dialect() == Dialect::Postgres && self.is_of(&["timestamp with time zone", "timestamp without time zone"])
    }

    /// The statement that turns its values into those of a type that they are not assigned to by themselves, and where to write it.
    pub fn convert_help(&self, to: &str) -> Option<String> {
        match self.table().dialect() {
            Dialect::Postgres if !self.table().is_stated() => {
                self.alter_type_help(&format!("{to} USING {}::{to}", self.sql_name()))
            }
            _ => self.alter_type_help(to),
        }
    }

    /// The statements that give a `timestamp` column its time zone, and where to write them.
    pub fn keep_time_zone_help(&self) -> Option<String> {
        let help = self.alter_type_help("timestamptz")?;
        let is_stated = self.table().is_stated() || !self.is_postgres();
        // In that session only the catalog changes; `USING .. AT TIME ZONE` would write every row.
        let first = "the values being UTC, in the same transaction before it: SET LOCAL timezone = 'UTC';";
        Some(if is_stated { help } else { format!("{help}\n-- {first}") })
    }
}
