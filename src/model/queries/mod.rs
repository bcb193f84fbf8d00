//! The statements that the application runs: sqlc's files and folders of queries, statement by statement.
//!
//! What they name is written, not resolved: whether there is such a table says the schema. What stands in the application's
//! own code is absent.

mod json;
mod name;

pub use crate::sql::{Insert, Presence, RowStatement, SortKey, Verb};
pub use json::to_json;
pub use name::Cardinality;

use super::workspace::in_threads;
use super::{Settings, Workspace};
use crate::diagnostic::Problem;
use crate::discover::{Discovery, Kind, migrations};
use crate::source::{SourceId, Spanned};
use crate::sql::{self, Dialect};

/// The statements that the application runs.
#[derive(Debug, Default)]
pub struct Queries {
    /// Ordered by path, then by place.
    pub all: Vec<Query>,
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
    /// What it does, to which tables.
    pub statement: RowStatement,
}

impl Queries {
    /// Every query, ordered by path, then by place.
    pub fn iter(&self) -> impl Iterator<Item = &Query> {
        self.all.iter()
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
        match &self.name {
            Some(name) => format!("query {}", name.value),
            None => format!("{} in {}", self.statement.verb.name(), self.path),
        }
    }
}

/// Reads every file that discovery took to hold queries.
pub fn read(workspace: &mut Workspace, discovery: &Discovery, settings: &Settings) -> Queries {
    let artifacts = discovery.artifacts.iter().filter(|artifact| artifact.kind == Kind::Queries);
    let paths: Vec<String> = artifacts.map(|artifact| artifact.path.clone()).collect();
    let files = workspace.load_texts(&paths);
    for path in &paths {
        if let Err(reason) = workspace.source(path) {
            workspace.note_unread(path, reason, None);
        }
    }
    let read = in_threads(workspace.threads(), &files, |(path, source, text)| {
        let (dialect, _) = migrations::dialect_of(path, text, settings);
        file(path, *source, text, dialect)
    });
    let mut queries = Queries::default();
    for ((path, ..), (all, problems)) in files.iter().zip(read) {
        queries.all.extend(all);
        for problem in problems {
            workspace.note_unread(path, problem.message, Some(problem.span));
        }
    }
    queries
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
            statement,
        }));
    }
    (queries, problems)
}
