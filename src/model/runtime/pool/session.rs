//! Poolers that give a connection back after each transaction, and statements that need the same one for longer.

use super::load::PoolerLoad;
use super::table::table;
use crate::discover::{Discovery, Kind};
use crate::fact::Fact;
use crate::model::Workspace;
use crate::model::runtime::server::Server;
use crate::model::runtime::{Runtime, ServiceRef};
use crate::source::{SourceId, Span};
use crate::sql::{self, Dialect};

/// Query files are searched no longer than this.
const LONGEST_FILE: usize = 1 << 20;

/// A statement that needs one connection for longer than a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionStatement {
    /// What it does, as in `LISTEN`.
    pub what: &'static str,
    /// Where it stands.
    pub span: Span,
    /// The file.
    pub path: String,
}

/// A schema of Prisma: which variable names its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::model::runtime) struct PrismaSchema {
    pub(in crate::model::runtime) path: String,
    /// The variable under `url = env("...")`.
    pub(in crate::model::runtime) variable: String,
    /// Whether a `directUrl` is there for migrations.
    pub(in crate::model::runtime) span: Span,
}

/// What is looked for only where a pooler lends connections by transaction.
#[derive(Debug, Default)]
pub(in crate::model::runtime) struct SessionNeeds {
    pub(in crate::model::runtime) statements: Vec<SessionStatement>,
    pub(in crate::model::runtime) prisma: Vec<PrismaSchema>,
}

/// A client of a pooler whose driver prepares statements, which the pooler does not keep apart.
#[derive(Debug, Clone)]
pub struct PreparingClient<'r> {
    /// The service.
    pub service: ServiceRef<'r>,
    /// Where its URL stands.
    pub span: Span,
    /// The variable.
    pub key: String,
    /// The schema of Prisma that reads it.
    pub schema: String,
    /// Why the pooler does not keep prepared statements: written, or its version.
    pub why: String,
    /// Where that is written.
    pub why_span: Span,
}

/// Looks through query files and schemas of Prisma, where a pooler lends connections by transaction.
pub(in crate::model::runtime) fn read(workspace: &mut Workspace, discovery: &Discovery, servers: &[Server]) -> SessionNeeds {
    let mut needs = SessionNeeds::default();
    if !servers.iter().any(lends_by_transaction) {
        return needs;
    }
    let queries = discovery.artifacts.iter().filter(|artifact| artifact.kind == Kind::Queries && artifact.path.ends_with(".sql"));
    let paths: Vec<String> = queries.map(|artifact| artifact.path.clone()).collect();
    for (path, source, text) in workspace.load_texts(&paths) {
        if text.len() <= LONGEST_FILE {
            needs.statements.extend(statements(&path, source, &text));
        }
    }
    let schemas: Vec<String> =
        workspace.paths().iter().filter(|path| path.ends_with(".prisma")).take(50).map(str::to_owned).collect();
    for (path, source, text) in workspace.load_texts(&schemas) {
        needs.prisma.extend(prisma(&path, source, &text));
    }
    needs
}

/// Whether a PgBouncer is told to take a connection back after each transaction, or statement.
pub(in crate::model::runtime) fn lends_by_transaction(server: &Server) -> bool {
    let mode = server.get("pool_mode");
    server.product == "pgbouncer" && mode.known().is_some_and(|told| matches!(told.value.trim(), "transaction" | "statement"))
}

fn statements(path: &str, source: SourceId, text: &str) -> Vec<SessionStatement> {
    let mut found = Vec::new();
    for range in sql::split(text, Dialect::Postgres) {
        let Some(part) = text.get(range.clone()) else { continue };
        let words: Vec<String> = sql::tokens(part, Dialect::Postgres).into_iter().map(str::to_ascii_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let Some(what) = needs_session(&words) {
            let start = range.start + (part.len() - part.trim_start().len());
            let end = start + part.trim().lines().last().map_or(0, |_| part.trim().len());
            found.push(SessionStatement { what, span: Span::new(source, start, end), path: path.to_owned() });
        }
    }
    found
}

/// What in a statement outlives its transaction.
fn needs_session(words: &[&str]) -> Option<&'static str> {
    let has = |word: &str| words.contains(&word);
    match words {
        ["listen", ..] => return Some("LISTEN"),
        ["set", "local" | "transaction" | "constraints", ..] => return None,
        ["set", "session", "characteristics", ..] | ["set", ..] => return Some("SET without LOCAL"),
        ["prepare", second, ..] if *second != "transaction" => return Some("PREPARE"),
        ["declare", ..] if has("hold") && !has("without") => return Some("a cursor WITH HOLD"),
        ["create", "temp" | "temporary", "table", ..] if !has("drop") => return Some("a temporary table"),
        _ => {}
    }
    let locks = ["pg_advisory_lock", "pg_try_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock_shared"];
    words.iter().any(|word| locks.contains(word)).then_some("an advisory lock of the session")
}

fn prisma(path: &str, source: SourceId, text: &str) -> Option<PrismaSchema> {
    let block = text.find("datasource ")?;
    let inner = &text[block..];
    let end = inner.find('}').unwrap_or(inner.len());
    let inner = &inner[..end];
    let is_postgres = inner.contains("\"postgresql\"") || inner.contains("\"postgres\"");
    let line = inner.lines().find(|line| line.trim_start().starts_with("url") && line.contains("env("))?;
    let variable = line.split("env(").nth(1)?.split(['"', '\'']).nth(1)?.to_owned();
    let start = block + (line.as_ptr() as usize - inner.as_ptr() as usize) + (line.len() - line.trim_start().len());
    let span = Span::new(source, start, start + line.trim().len());
    is_postgres.then(|| PrismaSchema { path: path.to_owned(), variable, span })
}

impl Runtime {
    /// Statements of query files that need one connection for longer than a transaction, where the only pooler of the repository
    /// lends them by transaction and nobody speaks to the server past it.
    pub fn session_statements(&self) -> Option<(PoolerLoad<'_>, &[SessionStatement], bool)> {
        let mut poolers = self.poolers().into_iter().filter(|pooler| lends_by_transaction(pooler.pooler));
        let pooler = poolers.next().filter(|pooler| !pooler.clients.is_empty() || self.has_client(pooler.pooler))?;
        if poolers.next().is_some() {
            return None;
        }
        let past = self.uses.iter().any(|one| {
            let direct = one.store.and_then(|store| self.stores.get(store)?.service);
            let host = one.url.host.as_deref().unwrap_or("");
            let to_server = direct
                .and_then(|at| self.services.get(at))
                .is_some_and(|service| super::super::names::answers_to(service, host).is_some());
            to_server && one.service != pooler.pooler.service
        });
        Some((pooler, self.session_needs.statements.as_slice(), past))
    }

    fn has_client(&self, pooler: &Server) -> bool {
        self.pools.iter().any(|pool| pool.target.is_some_and(|(target, _)| Some(target) == pooler.service))
    }

    /// Services that reach a database through a pooler which lends by transaction and keeps no prepared statements, with Prisma, and
    /// without telling it.
    pub fn preparing_clients(&self) -> (usize, Vec<PreparingClient<'_>>) {
        let (mut compared, mut found) = (0, Vec::new());
        for pooler in self.servers.iter().filter(|server| lends_by_transaction(server)) {
            let keeps_none = self.keeps_no_statements(pooler);
            for pool in self.pools.iter().filter(|pool| pool.target.is_some_and(|(target, _)| Some(target) == pooler.service)) {
                let Some(schema) = self.session_needs.prisma.iter().find(|schema| schema.variable == pool.name) else { continue };
                compared += 1;
                let told = pool.url.as_ref().and_then(|url| url.parameter("pgbouncer"));
                let (Some(service), Some((why, why_span))) = (self.service_of_pool(pool), keeps_none.clone()) else { continue };
                if told != Some("true") {
                    let (key, schema) = (pool.name.clone(), schema.path.clone());
                    found.push(PreparingClient { service, span: pool.span, key, schema, why, why_span });
                }
            }
        }
        (compared, found)
    }

    /// Why a PgBouncer keeps no prepared statements: it is told so, or is older than 1.21, the first that can.
    fn keeps_no_statements(&self, pooler: &Server) -> Option<(String, Span)> {
        if let Fact::Known(number, origin) = pooler.number("max_prepared_statements") {
            let span = origin.span().unwrap_or(pooler.span);
            return (number == 0).then(|| ("`max_prepared_statements` is 0".to_owned(), span));
        }
        let image = self.services.get(pooler.service?)?.image.known()?;
        let tag = image.split('@').next()?.rsplit_once(':')?.1;
        let mut numbers = tag.trim_start_matches('v').split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
        let (major, minor) = (numbers.next()?, numbers.next()?);
        ((major, minor) < table().prepared_since).then(|| (format!("version {major}.{minor} cannot"), pooler.span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_say_what_they_need() {
        let of = |text: &str| statements("q.sql", SourceId(0), text).into_iter().map(|one| one.what).collect::<Vec<_>>();
        assert_eq!(of("LISTEN jobs; SELECT 1; SET LOCAL x = 1; SET x = 1;"), ["LISTEN", "SET without LOCAL"]);
        assert_eq!(of("SELECT pg_advisory_lock(1); SELECT pg_advisory_xact_lock(1)"), ["an advisory lock of the session"]);
        assert_eq!(of("CREATE TEMP TABLE a (b int); CREATE TEMP TABLE a (b int) ON COMMIT DROP;"), ["a temporary table"]);
        assert_eq!(of("DECLARE c CURSOR WITH HOLD FOR SELECT 1; UPDATE a SET b = 1; SELECT 'LISTEN x'"), ["a cursor WITH HOLD"]);
    }

    #[test]
    fn prisma_names_its_variable() {
        let text = "generator client {}\ndatasource db {\n  provider = \"postgresql\"\n  url      = env(\"DATABASE_URL\")\n}\n";
        assert_eq!(prisma("p", SourceId(0), text).map(|schema| schema.variable).as_deref(), Some("DATABASE_URL"));
        assert_eq!(prisma("p", SourceId(0), "datasource db { provider = \"mysql\"\nurl = env(\"X\") }"), None);
    }
}
