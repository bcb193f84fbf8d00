//! Pools of database connections: what settings files, variables and URLs say of them, each once.
//!
//! What is absent: pools that only code makes. Where code may raise or lower what is written here, no file says so, and the
//! written value counts.

mod bounds;
mod load;
mod session;
mod suspect;
pub(super) mod table;

pub use bounds::{EndlessPoolWait, PoolBounds, PoolLifetime, PoolWait};
pub use load::{Load, Part, PoolerLoad, ServerSide};
pub use session::{PreparingClient, SessionStatement};
pub(super) use session::{SessionNeeds, read as session_needs};
pub use suspect::Suspect;
pub use table::{Sanity, ServerDefault};

use super::application::{Application, Said, View, squash};
use super::names::{Asker, Names};
use super::profile::Profile;
use super::route::Strength;
use super::server::is_server;
use super::service::Service;
use super::timeout::{self, Timeout, Units};
use crate::documents::url::{self, DatabaseUrl};
use crate::fact::{Fact, Origin};
use crate::source::{Sources, Span};
use std::collections::{BTreeMap, HashSet};
use table::{Means, PoolDefault, Zero, table};

/// A pool of database connections.
#[derive(Debug, Clone)]
pub struct Pool {
    /// What makes it (`HikariCP`), where its settings tell.
    pub product: Option<&'static str>,
    /// As one would search for it: the key or variable that names its database, else that of its size.
    pub name: String,
    /// Index of the service that has it.
    pub service: Option<usize>,
    /// Index of the settings that describe it; `None` where only variables do.
    pub application: Option<usize>,
    /// For which kind of use it is made.
    pub use_for: Profile,
    /// Which database it is for.
    pub url: Option<DatabaseUrl>,
    /// Index of the service that it connects to, and how sure that is.
    pub target: Option<(usize, Strength)>,
    /// The most connections.
    pub max: Fact<u32>,
    /// How many it keeps.
    pub min: Fact<u32>,
    /// How many it opens beyond its size.
    pub overflow: Fact<u32>,
    /// How long a caller waits for a connection.
    pub wait: Fact<Timeout>,
    /// How old a connection may grow.
    pub lifetime: Fact<Timeout>,
    /// How often an idle connection is used.
    pub keepalive: Fact<Timeout>,
    /// Where its database is named, else the first of its settings.
    pub span: Span,
    /// Whether any of its settings is written.
    pub is_sized: bool,
}

/// A key with its value, wherever it stands.
struct Item {
    name: String,
    key: String,
    said: Fact<Said>,
    /// The format whose rows hold for it.
    format: &'static str,
}

/// Finds every pool, each once: services first, then settings that no service is known to read.
pub(super) fn read(applications: &[Application], services: &[Service], names: &Names<'_>, sources: &Sources) -> Vec<Pool> {
    let mut found = Vec::new();
    let mut owned: HashSet<usize> = HashSet::new();
    for (at, application) in applications.iter().enumerate() {
        for owner in &application.owners {
            let Some(service) = services.get(owner.service).filter(|service| !is_server(service)) else { continue };
            owned.insert(owner.service);
            let view = application.view_in(service);
            found.extend(of_items(&items(&view), Some((owner.service, service)), Some(at), view.use_for()));
        }
        for view in application.views() {
            found.extend(of_items(&items(&view), None, Some(at), view.use_for()));
        }
    }
    for (at, service) in services.iter().enumerate().filter(|(_, service)| !is_server(service)) {
        if !owned.contains(&at) {
            found.extend(of_items(&variables(service), Some((at, service)), None, service.profile));
        }
    }
    // The same places say it for several services and profiles; it is one pool of each service, and one of the files.
    let mut seen = HashSet::new();
    let mut said = HashSet::new();
    found.retain(|pool| {
        let places = (pool.span, pool.max.span(), pool.min.span(), pool.wait.span());
        let is_known = pool.service.is_none() && said.contains(&places);
        said.insert(places);
        seen.insert((places, pool.service)) && !is_known
    });
    for pool in &mut found {
        pool.target = target(pool, names, sources);
    }
    found
}

/// The service that a pool connects to.
fn target(pool: &Pool, names: &Names<'_>, sources: &Sources) -> Option<(usize, Strength)> {
    let host = pool.url.as_ref()?.host.as_deref()?;
    let asker: Vec<usize> = pool.service.into_iter().collect();
    let path = sources.path(pool.span.source);
    let found = names.resolve(host, Asker { path, services: &asker }).into_iter().next()?;
    Some((found.service, found.strength))
}

/// Everything that is in force in a view: the variables of its service over the files.
fn items(view: &View<'_>) -> Vec<Item> {
    let format = view.application.format.name();
    let mut found = view.service.map(variables).unwrap_or_default();
    let names: HashSet<String> = found.iter().map(|item| item.name.clone()).collect();
    let files = view.entries().into_iter().filter(|entry| !names.contains(&entry.name));
    found.extend(files.map(|entry| {
        let item = Item { name: entry.name.clone(), key: entry.key.clone(), said: view.said(entry), format };
        // Where a database is, is a join and takes what is written; how large a pool is counts only where nothing else can say it.
        match row_of(&item).and_then(|_| view.of_service(&entry.name, &entry.key)) {
            Some(unread) => Item { said: unread, ..item },
            None => item,
        }
    }));
    found
}

/// The variables of a service. Frameworks read theirs as keys of their own.
fn variables(service: &Service) -> Vec<Item> {
    let found = service.environment.iter().map(|(variable, said)| {
        let name = squash(variable);
        let format = match &name {
            name if name.starts_with("springdatasource") => "spring",
            name if name.starts_with("quarkusdatasource") => "quarkus",
            _ => "variable",
        };
        let value = match (&said.value, &said.partly) {
            (Fact::Known(text, origin), _) => {
                let span =
                    said.key_span.to(origin.span().filter(|span| span.source == said.key_span.source).unwrap_or(said.key_span));
                Fact::explicit(Said { text: text.clone(), key: variable.to_owned(), span }, span)
            }
            // A password that only the shell has leaves the rest of a URL readable.
            (_, Some(partly)) if partly.contains("://") => {
                Fact::explicit(Said { text: partly.clone(), key: variable.to_owned(), span: said.key_span }, said.key_span)
            }
            (Fact::Absent, _) => Fact::Absent,
            (Fact::Unknown(why), _) => Fact::Unknown(why.clone()),
        };
        Item { name, key: variable.to_owned(), said: value, format }
    });
    found.collect()
}

/// Ends of keys that hold the address of a database.
const ADDRESSES: [&str; 8] = ["jdbcurl", "connectionstring", "url", "uri", "dsn", "datasource", "postgresql", "connection"];

/// Keys of other pools than HikariCP, or of a datasource whose type is chosen: whose defaults hold is then not known.
const OTHER_POOLS: [&str; 6] =
    ["datasourcedruid", "datasourcetomcat", "datasourcedbcp2", "datasourcetype", "datasourceoracleucp", "shardingsphere"];

/// Pools by what their keys begin with.
fn of_items(items: &[Item], service: Option<(usize, &Service)>, application: Option<usize>, use_for: Profile) -> Vec<Pool> {
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    let is_hikari = !items.iter().any(|item| OTHER_POOLS.iter().any(|other| item.name.contains(other)));
    for item in items {
        let Some(said) = item.said.known() else {
            if let Some((row, group)) = row_of(item) {
                let why = item.said.unknown().unwrap_or("").to_owned();
                drafts.entry(group).or_default().unknown(row.means, why);
            }
            continue;
        };
        if let Some((row, group)) = row_of(item) {
            drafts.entry(group).or_default().take(row.means, row.unit, row.zero, row.product, said);
            continue;
        }
        let Some(url) = url::parse(&said.text).filter(|url| matches!(url.system, "postgres" | "mysql" | "sqlserver")) else {
            continue;
        };
        let group = ADDRESSES.iter().find_map(|end| item.name.strip_suffix(end)).unwrap_or(&item.name).to_owned();
        let is_spring = matches!(item.format, "spring" | "micronaut") && is_hikari && !item.name.contains("r2dbc");
        drafts.entry(group).or_default().address(url, said, is_spring.then_some("HikariCP"));
    }
    let open = service.and_then(|(_, service)| service.environment.open());
    let service = service.map(|(at, _)| at);
    merge(drafts).into_iter().filter_map(|draft| draft.finish(service, application, use_for, open)).collect()
}

/// The row that a key is named by, and what stands before it.
fn row_of(item: &Item) -> Option<(&'static table::KeyRow, String)> {
    table().keys.iter().find_map(|row| {
        if !row.formats.iter().any(|format| format == item.format) || !item.name.starts_with(&row.starts) {
            return None;
        }
        let group = item.name.strip_suffix(&row.ends)?;
        (!row.is_own || names_database(&item.key)).then(|| (row, group.to_owned()))
    })
}

/// Whether a word of a key is one for databases.
fn names_database(key: &str) -> bool {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in key.chars() {
        if !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && word.chars().any(|c| c.is_ascii_lowercase())) {
            words.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c);
        }
    }
    words.push(word);
    words.iter().any(|word| table().databases.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// One size and one address under different names belong together where there is no other.
fn merge(mut drafts: BTreeMap<String, Draft>) -> Vec<Draft> {
    let without = |of: fn(&Draft) -> bool| -> Vec<String> {
        drafts.iter().filter(|(_, draft)| of(draft)).map(|(group, _)| group.clone()).collect()
    };
    let (sizes, addresses) = (without(|draft| draft.url.is_none()), without(|draft| draft.url.is_some()));
    if let ([size], [address]) = (sizes.as_slice(), addresses.as_slice())
        && let Some(size) = drafts.remove(size)
        && let Some(address) = drafts.get_mut(address)
    {
        address.join(size);
    }
    drafts.into_values().collect()
}

/// A pool while its keys are gathered.
struct Draft {
    product: Option<&'static str>,
    name: Option<String>,
    url: Option<DatabaseUrl>,
    url_span: Option<Span>,
    first: Option<Span>,
    max: Fact<u32>,
    min: Fact<u32>,
    overflow: Fact<u32>,
    wait: Fact<Timeout>,
    lifetime: Fact<Timeout>,
    keepalive: Fact<Timeout>,
}

impl Default for Draft {
    fn default() -> Draft {
        Draft {
            product: None,
            name: None,
            url: None,
            url_span: None,
            first: None,
            max: Fact::Absent,
            min: Fact::Absent,
            overflow: Fact::Absent,
            wait: Fact::Absent,
            lifetime: Fact::Absent,
            keepalive: Fact::Absent,
        }
    }
}

impl Draft {
    fn unknown(&mut self, means: Means, why: String) {
        let number = || Fact::not_read(why.clone(), Vec::new());
        match means {
            Means::Max => self.max = number(),
            Means::Min => self.min = number(),
            Means::Overflow => self.overflow = number(),
            Means::Wait => self.wait = Fact::not_read(why, Vec::new()),
            Means::Lifetime => self.lifetime = Fact::not_read(why, Vec::new()),
            Means::Keepalive => self.keepalive = Fact::not_read(why, Vec::new()),
            Means::Idle => {}
        }
    }

    fn take(&mut self, means: Means, unit: Option<f64>, zero: Zero, product: Option<&'static str>, said: &Said) {
        self.product = self.product.or(product);
        self.first.get_or_insert(said.span);
        self.name.get_or_insert_with(|| said.key.clone());
        let number = || match said.text.trim().parse() {
            Ok(0) if zero == Zero::NoLimit => Fact::not_read("0 means that there is no limit", vec![said.span]),
            Ok(number) => Fact::explicit(number, said.span),
            Err(_) => Fact::not_read("not a number", vec![said.span]),
        };
        let time = || match timeout::parse(&said.text, Units::Common, unit) {
            Some(duration) if zero == Zero::AtOnce => Fact::explicit(Timeout::after(duration, said.text.trim()), said.span),
            Some(duration) => Fact::explicit(Timeout::or_never(duration, said.text.trim()), said.span),
            None => Fact::not_read("its unit is not known", vec![said.span]),
        };
        // The first key of two counts: it is that of the stronger layer.
        match means {
            Means::Max if self.max.known_absent() => self.max = number(),
            Means::Min if self.min.known_absent() => self.min = number(),
            Means::Overflow if self.overflow.known_absent() => self.overflow = number(),
            Means::Wait if self.wait.known_absent() => self.wait = time(),
            Means::Lifetime if self.lifetime.known_absent() => self.lifetime = time(),
            Means::Keepalive if self.keepalive.known_absent() => self.keepalive = time(),
            _ => {}
        }
    }

    fn address(&mut self, url: DatabaseUrl, said: &Said, product: Option<&'static str>) {
        if self.url.is_some() {
            return;
        }
        self.product = self.product.or(product);
        for row in table().parameters.iter().filter(|row| row.system == url.system) {
            if let Some(value) = url.parameter(&row.name) {
                let said = Said { text: value.to_owned(), key: said.key.clone(), span: said.span };
                self.take(row.means, row.unit, Zero::Usual, Some(row.product), &said);
            }
        }
        self.name = Some(said.key.clone());
        self.url_span = Some(said.span);
        self.url = Some(url);
    }

    fn join(&mut self, size: Draft) {
        self.product = self.product.or(size.product);
        self.first = self.first.or(size.first);
        let take = |to: &mut Fact<u32>, from: Fact<u32>| {
            if to.known_absent() {
                *to = from;
            }
        };
        take(&mut self.max, size.max);
        take(&mut self.min, size.min);
        take(&mut self.overflow, size.overflow);
        for (to, from) in
            [(&mut self.wait, size.wait), (&mut self.lifetime, size.lifetime), (&mut self.keepalive, size.keepalive)]
        {
            if to.known_absent() {
                *to = from;
            }
        }
    }

    /// `open`: why a variable that nobody read may say what is not said here, so that no default is known to hold.
    fn finish(self, service: Option<usize>, application: Option<usize>, use_for: Profile, open: Option<&str>) -> Option<Pool> {
        let span = self.url_span.or(self.first)?;
        let is_sized = self.first.is_some() || self.max.unknown().is_some();
        let default: Option<&PoolDefault> = table().defaults.iter().find(|row| Some(row.product) == self.product);
        let by_default = |product: &'static str| Origin::default_of(product);
        let number = |fact: Fact<u32>, of: fn(&PoolDefault) -> Option<u32>| match default {
            Some(row) if fact.known_absent() && open.is_none() => {
                of(row).map_or(Fact::Absent, |value| Fact::Known(value, by_default(row.product)))
            }
            _ => unless_open(fact, open),
        };
        let time = |fact: Fact<Timeout>, of: fn(&PoolDefault) -> Option<std::time::Duration>| match default {
            Some(row) if fact.known_absent() && open.is_none() => of(row).map_or(Fact::Absent, |value| {
                Fact::Known(Timeout::after(value, &timeout::shown(value)), by_default(row.product))
            }),
            _ => unless_open(fact, open),
        };
        Some(Pool {
            name: self.name?,
            service,
            application,
            use_for,
            url: self.url,
            target: None,
            max: number(self.max, |row| row.max),
            min: unless_open(self.min, open),
            // A pool that may grow further has its size at least.
            overflow: if open.is_some() { self.overflow } else { number(self.overflow, |row| row.overflow) },
            wait: time(self.wait, |row| row.wait),
            lifetime: time(self.lifetime, |row| row.lifetime),
            keepalive: unless_open(self.keepalive, open),
            span,
            is_sized,
            product: self.product,
        })
    }
}

/// What is not said is not known where a variable that nobody read may say it.
fn unless_open<T>(fact: Fact<T>, open: Option<&str>) -> Fact<T> {
    match open {
        Some(why) if fact.known_absent() => Fact::not_read(why, Vec::new()),
        _ => fact,
    }
}

impl Pool {
    /// The most connections that one process may open.
    pub fn most(&self) -> Fact<u32> {
        match (&self.max, &self.overflow) {
            (Fact::Known(max, origin), Fact::Known(overflow, of_overflow)) => {
                let weaker = if of_overflow.is_default() { of_overflow } else { origin };
                Fact::Known(max.saturating_add(*overflow), weaker.clone())
            }
            (Fact::Known(..), Fact::Unknown(why)) => Fact::Unknown(why.clone()),
            (max, _) => max.clone(),
        }
    }

    /// `pool spring.datasource.url`.
    pub fn subject(&self) -> String {
        format!("pool {}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_name_databases_by_a_word_of_theirs() {
        for key in ["PG_POOL_MAX", "db.max_open", "postgresql.max_open_connections", "dbPoolSize", "DATABASE_POOL_SIZE"] {
            assert!(names_database(key), "{key}");
        }
        for key in ["REDIS_POOL_SIZE", "worker.pool_size", "sandbox.max_conns", "POOL_SIZE"] {
            assert!(!names_database(key), "{key}");
        }
    }
}
