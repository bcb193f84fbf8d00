//! Queries and tables, joined once: what each name in `FROM` is, and every place that reads or writes a table.

use super::bind;
use super::view::{QueryRef, Resolved};
use super::{Clause, Queries, Relation, Verb};
use crate::model::schema::pending::FormerName;
use crate::model::schema::{Database, Schema, TableName};
use crate::source::Span;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a name in `FROM` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A table: its position in the database.
    Table(usize),
    /// A table that is no more: its position among those.
    Dropped(usize),
    /// A table or view by a name that it had before it was renamed: position of that name in [`QueryLinks::former`].
    Former(usize),
    /// A view: its position in the database.
    View(usize),
    /// A subquery or a part of `WITH`: number of its scope.
    Query(usize),
    /// No table or view has this name, and all are known.
    Nowhere,
    /// Not known.
    Unknown,
}

/// A place in a query that reads or writes a table or one of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Number of the query: those of the application first, then those that the database keeps.
    pub query: usize,
    /// Number of the scope in it.
    pub scope: usize,
    /// The column; `None` where the table itself is named.
    pub column: Option<String>,
    /// Whether it is `*`, or a whole row, that reads the column.
    pub star: bool,
    /// The part of the query.
    pub clause: Clause,
    /// Whether it can be nothing else than that column: a bare word that is also a keyword is not certain.
    pub certain: bool,
    /// The place.
    pub span: Span,
}

/// The table that is read, in whatever dialect: family of its database, name in lower case.
type TableKey = (usize, String);

/// Queries and tables.
#[derive(Debug, Default)]
pub struct QueryLinks {
    /// For each query its database.
    pub(super) databases: Vec<Option<usize>>,
    /// For each query, scope and relation what it is.
    pub(super) targets: Vec<Vec<Vec<Target>>>,
    /// For each database the names that its tables and views had.
    pub(super) former: Vec<Vec<FormerName>>,
    readings: BTreeMap<TableKey, Vec<Reading>>,
}

/// Joins queries and tables.
pub fn join(schema: &Schema, queries: &Queries) -> QueryLinks {
    let mut links = QueryLinks::default();
    if queries.all.is_empty() && queries.stored.is_empty() {
        return links;
    }
    links.former = schema.databases.iter().map(|database| database.former_names()).collect();
    links.databases = bind::databases(schema, queries, &links.former);
    let all: Vec<&Database> = schema.databases.iter().map(|database| &**database).collect();
    let held = all.iter().flat_map(|database| &database.tables).map(|table| &table.name.name);
    let made = queries.all.iter().filter_map(|query| query.statement.creates.as_ref()).map(|table| &table.name);
    let anywhere: HashSet<String> = held.chain(made).map(|name| name.to_lowercase()).collect();
    let with_former = all.iter().zip(&links.former);
    let names: Vec<Names> = with_former.map(|(database, former)| Names::new(database, former, &anywhere)).collect();
    let mut targets = Vec::new();
    for (number, query) in queries.all.iter().chain(&queries.stored).enumerate() {
        let names = links.databases.get(number).copied().flatten().and_then(|database| names.get(database));
        let of_scope = |scope: &super::Scope| scope.tables.iter().map(|used| target(&used.relation, names)).collect::<Vec<_>>();
        targets.push(query.statement.scopes.iter().map(of_scope).collect());
    }
    drop(names);
    links.targets = targets;
    let total = queries.all.len() + queries.stored.len();
    let mut found: Vec<(TableKey, Reading)> = Vec::new();
    for number in 0..total {
        if let Some(query) = QueryRef::new(schema, queries, &links, number) {
            collect(schema, query, &mut found);
        }
    }
    for (key, reading) in found {
        links.readings.entry(key).or_default().push(reading);
    }
    links
}

impl QueryLinks {
    /// Every place that reads or writes a table of this logical name, in the order of the queries.
    pub(super) fn readings(&self, key: &TableKey) -> &[Reading] {
        self.readings.get(key).map_or(&[], Vec::as_slice)
    }
}

/// The tables of a database by name.
struct Names<'m> {
    tables: HashMap<&'m str, Vec<(&'m TableName, Target)>>,
    folds: bool,
    complete: bool,
    /// The tables of all databases, and those that queries make: what is there is not missing for certain.
    anywhere: &'m HashSet<String>,
}

impl<'m> Names<'m> {
    fn new(database: &'m Database, former: &'m [FormerName], anywhere: &'m HashSet<String>) -> Names<'m> {
        let mut tables: HashMap<&str, Vec<(&TableName, Target)>> = HashMap::new();
        let held = database.tables.iter().enumerate().map(|(at, table)| (&table.name, Target::Table(at)));
        let views = database.views.iter().enumerate().map(|(at, view)| (&view.name, Target::View(at)));
        let gone = database.dropped_tables.iter().enumerate().rev().map(|(at, gone)| (&gone.table.name, Target::Dropped(at)));
        let former = former.iter().enumerate().rev().map(|(at, former)| (&former.name, Target::Former(at)));
        for (name, target) in held.chain(views).chain(gone).chain(former) {
            tables.entry(name.name.as_str()).or_default().push((name, target));
        }
        let folds = database.dialect != crate::sql::Dialect::Postgres;
        Names { tables, folds, complete: database.tables_unknown.is_empty(), anywhere }
    }

    fn find(&self, wanted: &crate::sql::ObjectName) -> Target {
        let mut found = self.tables.get(wanted.name.as_str());
        if found.is_none() && self.folds {
            found = self.tables.iter().find(|(name, _)| name.eq_ignore_ascii_case(&wanted.name)).map(|(_, found)| found);
        }
        let found = found.map_or(&[][..], Vec::as_slice);
        let fits = |(name, _): &&(&TableName, Target)| match (&wanted.schema, &name.schema) {
            (Some(wanted), Some(schema)) => wanted == schema,
            // Without a schema the search path decides: `public` first.
            (None, Some(schema)) => schema == "public",
            (_, None) => true,
        };
        let is_there = |(_, target): &&(&TableName, Target)| !matches!(target, Target::Dropped(_) | Target::Former(_));
        if let Some((_, target)) = found.iter().filter(is_there).find(fits) {
            return *target;
        }
        let elsewhere: Vec<Target> = found.iter().filter(is_there).map(|(_, target)| *target).collect();
        match (elsewhere.as_slice(), &wanted.schema) {
            ([only], None) => return *only,
            ([_, ..], None) => return Target::Unknown,
            _ => {}
        }
        if let Some((_, target)) = found.iter().find(fits) {
            return *target;
        }
        // Catalogs of the server and tables of extensions are in no migration.
        let name = wanted.name.as_str();
        let is_system = wanted.schema.is_some()
            || is_sequence(name)
            || name.starts_with("pg_")
            || name.starts_with("sqlite_")
            || crate::sql::is_given_table(name);
        let is_elsewhere = self.anywhere.contains(&wanted.name.to_lowercase());
        if self.complete && !is_system && !is_elsewhere { Target::Nowhere } else { Target::Unknown }
    }
}

/// Whether a name is that of a sequence, which can be read like a table, by PostgreSQL's own way to name them.
fn is_sequence(name: &str) -> bool {
    name == "seq" || name.ends_with("_seq")
}

fn target(relation: &Relation, names: Option<&Names>) -> Target {
    match (relation, names) {
        (Relation::Query(scope), _) => Target::Query(*scope),
        (Relation::Table(name), Some(names)) => names.find(name),
        _ => Target::Unknown,
    }
}

/// Notes the places of one query.
fn collect(schema: &Schema, query: QueryRef, found: &mut Vec<(TableKey, Reading)>) {
    let Some(database) = query.database_number() else { return };
    let family = schema.family_of(database);
    for scope in query.scopes() {
        let note = |name: &str, column: Option<String>, star: bool, clause: Clause, certain: bool, span: Span| {
            let reading = Reading { query: query.number(), scope: scope.number(), column, star, clause, certain, span };
            ((family, name.to_lowercase()), reading)
        };
        for (number, used) in scope.tables.iter().enumerate() {
            if let Some(name) = scope.table_name(number) {
                let clause = if used.written { Clause::Written } else { Clause::From };
                found.push(note(&name.name, None, false, clause, true, used.span));
            }
        }
        // `INSERT INTO t SELECT ..` without a list writes every column.
        let writes_all = scope.verb == Verb::Insert && !scope.mentions.iter().any(|one| one.clause == Clause::Written);
        if writes_all && let (Some(name), Some(used)) = (scope.table_name(0), scope.tables.first()) {
            found.push(note(&name.name, Some("*".into()), true, Clause::Written, true, used.span));
        }
        for mention in &scope.mentions {
            let (clause, certain, span) = (mention.clause, mention.certain, mention.column.span);
            if mention.column.name == "*" {
                for name in scope.starred(&mention.column) {
                    found.push(note(&name.name, Some("*".into()), true, clause, certain, span));
                }
                continue;
            }
            match scope.resolve_mention(mention) {
                Resolved::Column(column) => {
                    found.push(note(&column.table().name.name, Some(column.name.to_string()), false, clause, certain, span));
                }
                Resolved::Dropped(name, column) => {
                    found.push(note(&name.name, Some(column.to_owned()), false, clause, certain, span));
                }
                Resolved::Nowhere(name) => {
                    found.push(note(&name.name, Some(mention.column.name.clone()), false, clause, certain, span));
                }
                Resolved::Row(name) => found.push(note(&name.name, Some("*".into()), true, clause, certain, span)),
                Resolved::Query | Resolved::Unknown => {}
            }
        }
    }
}
