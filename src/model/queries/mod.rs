//! The statements that the application runs, and those that the database keeps, statement by statement.
//!
//! Sources: sqlc's files, folders of queries, the offline data of sqlx; views and functions of the schema. What they name is
//! written; [`QueryLinks`] says which tables that is, and [`view`] has the questions that rules ask. What stands in the
//! application's own code is absent.

mod access;
mod bind;
mod json;
mod links;
mod name;
mod offline;
mod pages;
mod questions;
mod serving;
mod soft_delete;
mod sqlc;
mod stored;
mod uses;
pub mod view;

pub use crate::sql::{
    Bound, Clause, ColumnName, Insert, Item, ItemKind, Join, Key, Mention, Operator, Pattern, Predicate, Presence, Relation,
    Role, RowStatement, Scope, SortKey, TableUse, Value, ValueKind, Verb, Wrapping,
};
pub use access::{Access, Condition, Narrowing};
pub use json::to_json;
pub use links::{QueryLinks, Reading, join};
pub use name::Cardinality;
pub(crate) use offline::is_offline;
pub use pages::{AmbiguousOrder, Pages};
pub use questions::{Exclusion, MissingColumn, MissingTable, NamedColumn};
pub use serving::{Misordered, Unserved, UnservedKind, WildcardSearch};
pub use soft_delete::SoftDelete;
pub use stored::DynamicSql;
pub use view::{QueryRef, ReadingRef, Resolved, ScopeRef};

/// The numbers of the application's queries with the database and the table that each is about: the one that it writes, else the
/// first that it reads.
pub fn main_tables<'m>(
    schema: &'m Schema,
    queries: &'m Queries,
    links: &'m QueryLinks,
) -> impl Iterator<Item = (usize, usize, &'m super::schema::TableName)> {
    let all = (0..queries.all.len()).filter_map(move |number| QueryRef::new(schema, queries, links, number));
    all.filter_map(|query| {
        let scope = query.scope(0)?;
        let written = scope.scope().tables.iter().position(|used| used.written).unwrap_or(0);
        let table = scope.table(written).or_else(|| query.table_refs().first().copied())?;
        Some((query.number(), query.database_number()?, &table.table().name))
    })
}

use super::schema::Schema;
use super::workspace::in_threads;
use super::{Settings, Workspace};
use crate::diagnostic::Problem;
use crate::discover::{Discovery, Kind, migrations};
use crate::source::{SourceId, Spanned};
use crate::sql::{self, Dialect};
use std::collections::HashMap;
use std::sync::Arc;

/// The statements that the application runs.
#[derive(Debug, Default)]
pub struct Queries {
    /// What the application runs, ordered by path, then by place.
    pub all: Vec<Arc<Query>>,
    /// What the database keeps: views and the statements of functions, by database.
    pub stored: Vec<Arc<Query>>,
    /// Functions that run text as SQL, by database.
    pub dynamic: Vec<DynamicSql>,
    /// What sqlc's configuration says.
    pairings: Vec<sqlc::Pairing>,
}

/// The queries of files, by source; kept for another revision.
pub(super) type ByFile = HashMap<SourceId, Arc<OfFile>, foldhash::fast::RandomState>;

/// The queries of one file.
#[derive(Debug, Default)]
pub(super) struct OfFile {
    /// What the file itself says of its dialect, where that was asked for.
    said: Option<Option<Dialect>>,
    /// By which dialect it was read; `None` where it says that for each query.
    dialect: Option<Dialect>,
    queries: Vec<Arc<Query>>,
    problems: Vec<Problem>,
}

/// Where a query comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A file of queries.
    File,
    /// The offline data of sqlx: a copy of what stands in the application's code.
    Offline,
    /// A view of this database.
    View(usize),
    /// A function of this database.
    Routine(usize),
}

/// One statement that the application runs.
#[derive(Debug, Clone)]
pub struct Query {
    /// What the comment above it calls it; statements under one name share it.
    pub name: Option<Spanned<String>>,
    /// How many rows the application expects, where the comment says so.
    pub cardinality: Option<Cardinality>,
    /// The file.
    pub path: String,
    /// How it was read.
    pub dialect: Dialect,
    /// Where it comes from.
    pub origin: Origin,
    /// What it does, to which tables.
    pub statement: RowStatement,
}

impl Queries {
    /// Every query of the application, ordered by path, then by place.
    pub fn iter(&self) -> impl Iterator<Item = &Query> {
        self.all.iter().map(|query| &**query)
    }

    /// The query of a number: those of the application first, then those that the database keeps.
    pub fn numbered(&self, number: usize) -> Option<&Query> {
        self.all.get(number).or_else(|| self.stored.get(number.checked_sub(self.all.len())?)).map(|query| &**query)
    }
}

impl Query {
    /// Whether nothing of it may be missing here.
    pub fn is_understood(&self) -> bool {
        self.statement.doubt.is_none()
    }

    /// Whether the number of rows of the whole result has a bound of its own. `None` where that is not known, as where only a
    /// subquery has one.
    pub fn limited(&self) -> Option<bool> {
        match self.statement.limit {
            Presence::Outermost => Some(true),
            Presence::Absent if self.is_understood() => Some(false),
            _ => None,
        }
    }

    /// What findings about it are about: its name, or its file where it has none.
    pub fn subject(&self) -> String {
        match (&self.name, self.origin) {
            (Some(name), Origin::View(_)) => format!("view {}", name.value),
            (Some(name), Origin::Routine(_)) => format!("function {}", name.value),
            (Some(name), _) => format!("query {}", name.value),
            (None, _) => format!("{} in {}", self.statement.verb.name(), self.path),
        }
    }
}

/// Reads every file that discovery took to hold queries, and what the databases keep.
pub fn read(workspace: &mut Workspace, discovery: &Discovery, settings: &Settings, schema: &Schema) -> Queries {
    let pairings = sqlc::pairings(workspace);
    let artifacts = discovery.artifacts.iter().filter(|artifact| artifact.kind == Kind::Queries);
    let paths: Vec<String> = artifacts.map(|artifact| artifact.path.clone()).collect();
    let files = workspace.load_texts(&paths);
    for path in &paths {
        if let Err(reason) = workspace.source(path) {
            workspace.note_unread(path, reason, None);
        }
    }
    // What says no dialect is for the databases of the repository, where all of them speak one.
    let mut spoken: Vec<Dialect> = schema.databases.iter().map(|database| database.dialect).collect();
    spoken.dedup();
    let only = if spoken.len() == 1 { spoken.first().copied() } else { None };
    let others = workspace.other.map(|other| &other.kept.parts.queries);
    let read = in_threads(workspace.threads(), &files, |(path, source, text)| {
        // A source holds the same text in both revisions.
        let known = others.and_then(|others| others.get(source));
        if is_offline(path) {
            let read = || Arc::new(OfFile { queries: shared(offline::read(path, *source, text)), ..OfFile::default() });
            return known.cloned().unwrap_or_else(read);
        }
        let paired = pairings.iter().find(|pairing| pairing.has_queries(path)).and_then(|pairing| pairing.dialect);
        let named = settings.at(path).dialect.or(paired);
        let ask = || known.and_then(|known| known.said).unwrap_or_else(|| migrations::dialect_said(path, text, settings));
        let said = named.is_none().then(ask);
        let dialect = named.or(said.flatten()).or(only).unwrap_or(Dialect::Postgres);
        if let Some(known) = known.filter(|known| known.dialect == Some(dialect)) {
            return known.clone();
        }
        let (queries, problems) = file(path, *source, text, dialect);
        Arc::new(OfFile { said, dialect: Some(dialect), queries: shared(queries), problems })
    });
    let (stored, dynamic) = stored::read(workspace, schema);
    let mut queries = Queries { stored: shared(stored), dynamic, pairings, ..Queries::default() };
    for ((path, source, _), read) in files.iter().zip(read) {
        queries.all.extend_from_slice(&read.queries);
        for problem in &read.problems {
            workspace.note_unread(path, problem.message.clone(), Some(problem.span));
        }
        workspace.parts.queries.insert(*source, read);
    }
    queries
}

fn shared(queries: Vec<Query>) -> Vec<Arc<Query>> {
    queries.into_iter().map(Arc::new).collect()
}

/// The queries of one file. A name ends the statement before it, since some tools ask for no semicolon.
fn file(path: &str, source: SourceId, text: &str, dialect: Dialect) -> (Vec<Query>, Vec<Problem>) {
    let mut sections = vec![(0, None)];
    for comment in sql::comments(text, dialect) {
        if let Some(name) = name::read(text, &comment, source) {
            sections.push((comment.start, Some(name)));
        }
    }
    let ends: Vec<usize> = sections.iter().skip(1).map(|(start, _)| *start).chain([text.len()]).collect();
    let (mut queries, mut problems) = (Vec::new(), Vec::new());
    for ((start, header), end) in sections.into_iter().zip(ends) {
        let (statements, wrong) = sql::read_rows(source, text, start..end, dialect);
        problems.extend(wrong);
        let (name, cardinality) = header.map_or((None, None), |header| (Some(header.name), header.cardinality));
        queries.extend(statements.into_iter().map(|statement| Query {
            name: name.clone(),
            cardinality,
            path: path.to_owned(),
            dialect,
            origin: Origin::File,
            statement,
        }));
    }
    (queries, problems)
}
