//! How long a service keeps an idle connection open, against how long its gateway keeps one for the next request.

use super::timeout::{Timeout, Units, parse};
use super::view::{EdgeRef, ServiceRef};
use super::{Runtime, tables::tables};
use crate::fact::{Fact, Origin};
use std::time::Duration;

/// How long a service keeps an idle connection.
#[derive(Debug, Clone)]
pub struct KeepAlive {
    /// How long.
    pub length: Duration,
    /// The setting: `uvicorn --timeout-keep-alive`.
    pub setting: String,
}

/// The servers that we know: program, flags, and whether a default counts without further words.
const SERVERS: [(&str, &[&str], &str); 3] = [
    ("uvicorn", &["--timeout-keep-alive"], "--timeout-keep-alive"),
    ("gunicorn", &["--keep-alive", "--keepalive"], "--keep-alive"),
    ("hypercorn", &["--keep-alive"], "--keep-alive"),
];

impl<'r> ServiceRef<'r> {
    /// How long it keeps an idle connection; unknown for servers that we do not know.
    pub fn keep_alive(self) -> Fact<KeepAlive> {
        let unknown = |why: &str| Fact::not_read(why.to_owned(), vec![self.span()]);
        let parts = [&self.service().entrypoint, &self.service().command];
        let Some(origin) = parts.iter().rev().find_map(|part| part.known_with_origin()).map(|(_, origin)| origin.clone()) else {
            return unknown("its command is not known");
        };
        let words: Vec<&str> = parts.iter().filter_map(|part| part.known()).flatten().map(String::as_str).collect();
        let program = |word: &&str| SERVERS.iter().find(|(name, ..)| word.rsplit('/').next() == Some(name));
        let Some((name, flags, shown)) = words.iter().find_map(program) else { return unknown("its server is not known") };
        let value = words.iter().enumerate().find_map(|(at, word)| {
            let flag = flags.iter().find(|flag| word.starts_with(**flag))?;
            match word[flag.len()..].strip_prefix('=') {
                Some(value) => Some(value),
                None if word.len() == flag.len() => words.get(at + 1).copied(),
                None => None,
            }
        });
        // Only gunicorn's threads and its event loops keep connections; another program may decide that.
        let class = self.service().server_file.get("worker_class");
        let threads = self.service().server_file.get("threads");
        let keeps = class.known().is_some_and(|class| class.contains("gthread") || class.contains("gevent"))
            || threads.known().is_some_and(|threads| threads != "1");
        if *name == "gunicorn"
            && !keeps
            && !words.iter().any(|word| word.contains("gthread") || word.contains("gevent") || *word == "--threads")
        {
            return unknown("gunicorn's synchronous workers keep no connections");
        }
        let setting = format!("{name} {shown}");
        let in_file = self.service().server_file.get("keepalive");
        match value {
            None if *name == "gunicorn" && !in_file.known_absent() => match in_file {
                Fact::Known(text, origin) => match parse(&text, Units::Common, Some(1.0)) {
                    Some(length) => Fact::Known(KeepAlive { length, setting }, origin),
                    None => unknown("not a length of time"),
                },
                _ => unknown("its configuration file may say it"),
            },
            Some(text) => match parse(text, Units::Common, Some(1.0)) {
                Some(length) => Fact::Known(KeepAlive { length, setting }, origin),
                None => unknown("not a length of time"),
            },
            None => match tables().default(name, shown) {
                Some(length) => Fact::Known(KeepAlive { length, setting }, Origin::default_of(name)),
                None => unknown("its default is not known"),
            },
        }
    }
}

/// A gateway that keeps connections at least as long as the service behind it.
#[derive(Debug, Clone)]
pub struct StaleConnection<'r> {
    /// The route.
    pub edge: EdgeRef<'r>,
    /// The service.
    pub service: ServiceRef<'r>,
    /// How long the gateway keeps a connection.
    pub gateway: &'r Timeout,
    /// Where that comes from.
    pub gateway_origin: &'r Origin,
    /// How long the service does.
    pub kept: KeepAlive,
    /// Where that comes from.
    pub kept_origin: Origin,
}

impl Runtime {
    /// Every known pair of a gateway's and a service's patience, whichever is longer.
    pub fn kept_connections(&self) -> impl Iterator<Item = StaleConnection<'_>> {
        self.edges().filter_map(|edge| {
            let service = edge.target()?;
            let (gateway, gateway_origin) = edge.route().waits.idle.known_with_origin()?;
            let Fact::Known(kept, kept_origin) = service.keep_alive() else { return None };
            Some(StaleConnection { edge, service, gateway, gateway_origin, kept, kept_origin })
        })
    }
}

impl StaleConnection<'_> {
    /// Whether the service closes first: a request that is on its way then meets a closed connection.
    pub fn is_inverted(&self) -> bool {
        self.gateway.after.is_none_or(|gateway| self.kept.length <= gateway) && !self.kept.length.is_zero()
    }
}
