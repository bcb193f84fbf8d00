//! Tables by what one row of them is called, twins of several dialects together.

use crate::model::schema::{ColumnRef, Schema, TableName, TableRef};
use crate::model::words;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Names a table: its database and its name there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableKey {
    /// Number of the database, as in [`Schema::databases`].
    pub database: usize,
    /// Its name there.
    pub name: TableName,
}

impl TableKey {
    /// Names a table.
    pub fn of(table: TableRef<'_>) -> TableKey {
        TableKey { database: table.database_number(), name: table.name.clone() }
    }

    /// Whether it names a table.
    pub fn is_of(&self, table: TableRef<'_>) -> bool {
        self.database == table.database_number() && self.name == table.name
    }
}

/// What one row is, wherever it is stored: the same table in one or several databases.
#[derive(Debug, Clone)]
pub struct LogicalTable {
    /// What one row is called: `order`, `line_item`.
    pub noun: String,
    /// What one row is called in the application, where its schema file says another name: `line_item`, `LineItem`.
    pub model: Option<(String, String)>,
    /// The version that its name carries: `v1` for `v1_orders`.
    pub version: Option<String>,
    /// Where it stands; one database each, in order.
    pub tables: Vec<TableKey>,
    /// Folded names of columns (see [`fold`]), dropped ones included.
    pub columns: BTreeSet<String>,
}

/// A name without case and signs, for comparing columns with properties: `customerId` and `customer_id` are the same.
pub fn fold(name: &str) -> String {
    // Nearly every name is of ASCII, and every column of every table is asked for.
    if name.is_ascii() {
        let kept = name.bytes().filter(u8::is_ascii_alphanumeric);
        return kept.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    }
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl LogicalTable {
    /// Whether one row is called so, by the name of the table or in the application.
    pub fn is_called(&self, name: &str) -> bool {
        self.noun == name || self.model.as_ref().is_some_and(|(model, _)| model == name)
    }

    /// Why a table of another name is meant, where it is: "the schema file calls a row `LineItem`".
    pub fn said(&self, name: &str) -> Option<String> {
        let model = self.model.as_ref().filter(|(model, _)| model == name && self.noun != name);
        model.map(|(_, model)| format!("the schema file calls a row `{model}`"))
    }
}

/// The column that a property or a parameter asks for, by its folded name: its field in the application is called so, or else itself.
pub fn column_called<'m>(table: &TableRef<'m>, folded: &str) -> Option<ColumnRef<'m>> {
    let spoken = |column: &ColumnRef| column.field_name().is_some_and(|field| fold(field) == folded);
    let by_field = table.spoken().and_then(|_| table.columns().find(spoken));
    by_field.or_else(|| table.columns().find(|column| fold(&column.name) == folded))
}

/// What one row of a table is called, by the name of the table: `line_item` for `tbl_line_items`.
pub fn noun(table: &str) -> String {
    words::noun(words::without_table_mark(&words::snake(table)))
}

/// All tables by noun. A noun may have several logical tables (`public.user` and `audit.user`): then a join has to choose.
#[derive(Debug, Default)]
pub struct Tables {
    all: Vec<LogicalTable>,
    by_noun: HashMap<String, Vec<usize>>,
    /// By the last words of the noun: `invoice` for `billing_invoice`.
    by_ending: HashMap<String, Vec<usize>>,
    by_key: HashMap<TableKey, usize>,
}

impl Tables {
    /// Puts the tables of all databases together; with `only`, those of one service. `prefixes` are those of [`common_prefixes`], and
    /// `homes` says of each database in which service it lies. Two databases of one service hold the same logical table when it is called the same and the dialects differ, or
    /// one restates the other: at least half of the smaller one's columns agree.
    pub fn new(schema: &Schema, prefixes: &BTreeMap<usize, String>, homes: &[Option<&str>], only: Option<&str>) -> Tables {
        let mut tables = Tables::default();
        let home = |database: usize| homes.get(database).copied().flatten();
        let lasting = schema.tables().filter(|table| !table.temporary && table.parent.is_none());
        for table in lasting.filter(|table| only.is_none() || home(table.database_number()) == only) {
            let key = TableKey::of(table);
            let own = table.columns.iter().chain(table.dropped_columns.iter().map(|dropped| &dropped.column));
            let mut columns: BTreeSet<String> = own.map(|column| fold(&column.name)).collect();
            let spoken = table.spoken();
            columns.extend(spoken.into_iter().flat_map(|spoken| &spoken.fields).map(|(_, field)| fold(field)));
            let name = words::snake(&table.name.name);
            let stripped = prefixes.get(&table.database_number()).and_then(|prefix| name.strip_prefix(prefix.as_str()));
            let noun = words::noun(words::without_table_mark(stripped.unwrap_or(&name)));
            let columns = begun_by_row(columns, &fold(&noun));
            let model = spoken.map(|spoken| (words::noun(&words::snake(&spoken.model)), spoken.model.to_string()));
            let model = model.filter(|(model, _)| *model != noun);
            let known = tables.by_noun.get(&noun).into_iter().flatten().copied();
            let twin = known.into_iter().find(|at| {
                let other = &tables.all[*at];
                let apart =
                    other.tables.iter().all(|one| one.database != key.database && home(one.database) == home(key.database));
                let shared = other.columns.intersection(&columns).count();
                apart && shared * 2 >= other.columns.len().min(columns.len())
            });
            match twin {
                Some(at) => {
                    tables.by_key.insert(key.clone(), at);
                    let held = &mut tables.all[at];
                    held.tables.push(key);
                    held.columns.extend(columns);
                    if let (None, Some(model)) = (&held.model, model) {
                        tables.by_noun.entry(model.0.clone()).or_default().push(at);
                        held.model = Some(model);
                    }
                }
                None => {
                    let at = tables.all.len();
                    for name in std::iter::once(&noun).chain(model.as_ref().map(|(model, _)| model)) {
                        tables.by_noun.entry(name.clone()).or_default().push(at);
                    }
                    for (dash, _) in noun.match_indices('_') {
                        tables.by_ending.entry(noun[dash + 1..].to_owned()).or_default().push(at);
                    }
                    tables.by_key.insert(key.clone(), at);
                    tables.all.push(LogicalTable { noun, model, version: words::version(&name), tables: vec![key], columns });
                }
            }
        }
        tables
    }

    /// The tables whose rows are called so.
    pub fn named(&self, noun: &str) -> impl Iterator<Item = &LogicalTable> {
        self.by_noun.get(noun).into_iter().flatten().map(|at| &self.all[*at])
    }

    /// The tables whose rows are called so with other words before it: `billing_invoice` for `invoice`.
    pub fn ending_in(&self, noun: &str) -> impl Iterator<Item = &LogicalTable> {
        self.by_ending.get(noun).into_iter().flatten().map(|at| &self.all[*at])
    }

    /// The logical table that a table is.
    pub fn holding(&self, key: &TableKey) -> Option<&LogicalTable> {
        self.by_key.get(key).map(|at| &self.all[*at])
    }

    /// The tables of a name as people write it: `orders`, `public.orders`. `None` where there is none.
    pub fn called(&self, name: &str) -> Option<Vec<TableKey>> {
        let bare = name.rsplit('.').next().unwrap_or(name);
        let same = |key: &&TableKey| key.name.name == bare && (!name.contains('.') || key.name.to_string() == name);
        let found = self.all.iter().map(|table| table.tables.iter().filter(same).cloned().collect::<Vec<_>>());
        found.into_iter().find(|keys| !keys.is_empty())
    }

    /// Whether a table carries this version in its name.
    pub fn has_version(&self, version: &str) -> bool {
        self.all.iter().any(|table| table.version.as_deref() == Some(version))
    }

    /// Whether there is no table.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// Columns with what an API calls them: the name of a role for `roles.role`, and `number` for `orders.order_number` where most columns
/// begin with what the row is.
fn begun_by_row(mut columns: BTreeSet<String>, noun: &str) -> BTreeSet<String> {
    if columns.contains(noun) && !columns.contains("name") {
        columns.insert("name".to_owned());
    }
    let shorter: Vec<String> =
        columns.iter().filter_map(|name| name.strip_prefix(noun).filter(|rest| rest.len() > 1).map(str::to_owned)).collect();
    if shorter.len() * 2 >= columns.len() {
        columns.extend(shorter);
    }
    columns
}

/// By number of the database a word and `_` with which most of its tables begin (`wp_`, `app_`): it says nothing about the rows.
pub fn common_prefixes(schema: &Schema) -> BTreeMap<usize, String> {
    let mut counts: BTreeMap<usize, (usize, BTreeMap<String, usize>)> = BTreeMap::new();
    for table in schema.tables() {
        let (total, words) = counts.entry(table.database_number()).or_default();
        *total += 1;
        if let Some((first, rest)) = words::snake(&table.name.name).split_once('_').map(|(a, b)| (a.to_owned(), b.to_owned()))
            && !rest.is_empty()
        {
            *words.entry(format!("{first}_")).or_default() += 1;
        }
    }
    let prefix = |(database, (total, words)): (usize, (usize, BTreeMap<String, usize>))| {
        let (word, count) = words.into_iter().max_by_key(|(_, count)| *count)?;
        (total >= 5 && count * 3 >= total * 2).then_some((database, word))
    };
    counts.into_iter().filter_map(prefix).collect()
}
