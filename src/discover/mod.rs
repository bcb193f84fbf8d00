//! What each file is, and by which evidence. Names first, then a byte scan of the whole file; nothing is parsed here.

use crate::sql::Dialect;

/// What a file is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// An OpenAPI entry document (has `openapi:` or `swagger:`); fragments are reached by reference only.
    OpenApi,
    /// An SQL migration; its set is in [`Discovery::migration_sets`].
    Migration,
    /// SQL that states a whole schema: `schema.sql`, `structure.sql`, versioned schema files.
    Schema,
    /// SQL that the application runs: sqlc queries, query folders.
    Queries,
    /// A docker-compose file.
    Compose,
    /// An nginx configuration.
    Nginx,
    /// A `.env` file.
    Env,
}

impl Kind {
    /// The name that is printed and configured.
    pub fn name(self) -> &'static str {
        match self {
            Kind::OpenApi => "openapi",
            Kind::Migration => "migration",
            Kind::Schema => "schema",
            Kind::Queries => "queries",
            Kind::Compose => "compose",
            Kind::Nginx => "nginx",
            Kind::Env => "env",
        }
    }
}

/// A file that counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Artifact {
    /// Its path.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Why it was taken to be that, in one line.
    pub evidence: String,
}

/// How a migration runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transaction {
    /// Inside one transaction, because of this (the tool's convention, or the configuration).
    Wrapped(String),
    /// Every statement on its own, because of this (an opt-out marker, the tool's convention).
    Unwrapped(String),
    /// As one multi-statement message: an implicit transaction unless it has a single statement (golang-migrate, Prisma on PostgreSQL).
    Implicit(String),
}

/// One migration: what a tool applies as one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The file with the forward statements.
    pub path: String,
    /// The file with the backward statements, where it is another file.
    pub down: Option<String>,
    /// The version as written.
    pub version: String,
    /// Byte range of the forward section within the file, for tools that keep both directions in one.
    pub up: Option<std::ops::Range<usize>>,
    /// Byte range of the backward section.
    pub down_section: Option<std::ops::Range<usize>>,
    /// How it runs.
    pub transaction: Transaction,
}

/// The migrations of one database, in the order in which their tool applies them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationSet {
    /// The folder that holds them.
    pub folder: String,
    /// Id of the tool in `data/migration_tools.toml`; `unknown` where only the numbering was recognised.
    pub tool: String,
    /// Its dialect.
    pub dialect: Dialect,
    /// Why we think so: tool, order, dialect.
    pub evidence: Vec<String>,
    /// In the order of application.
    pub migrations: Vec<Migration>,
    /// Steps that are not SQL (Go, Python): the catalog after them is incomplete.
    pub foreign_steps: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    /// The files that count, sorted by path.
    pub artifacts: Vec<Artifact>,
    /// Migrations by database, sorted by folder.
    pub migration_sets: Vec<MigrationSet>,
    /// What looked like something and was left out: (path, reason), sorted.
    pub skipped: Vec<(String, String)>,
    /// What could not be read although it counts: (path, reason), sorted. Becomes `unread`.
    pub unread: Vec<(String, String)>,
}
