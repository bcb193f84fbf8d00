//! Hosts that configuration names: the URLs and addresses in the variables of services, the servers behind routes.

use super::names::{Asker, Names};
use super::route::Target;
use super::service::{Runner, Service};
use super::{Runtime, ServiceRef};
use crate::documents::interpolation::STAND_IN;
use crate::source::Span;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Variables longer than this name no host.
const LONGEST: usize = 4_096;

/// What names the hosts that a health check asks.
pub(super) const CHECK: &str = "healthcheck";

/// A host that is named somewhere.
#[derive(Debug, Clone)]
pub struct Reference<'r> {
    /// The service that names it; `None` for a gateway configuration that no service is known to run.
    pub service: Option<ServiceRef<'r>>,
    /// What names it: a variable, a route.
    pub key: String,
    /// Whether that is a variable.
    pub is_variable: bool,
    /// The host.
    pub host: String,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// Where it stands.
    pub span: Span,
    /// Whom it means.
    pub meaning: Meaning,
}

/// Whom a host name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The machine itself, or a bare address.
    Own,
    /// A service of the repository.
    Service(Target),
    /// Something that the project knows, or may know, by this name and the repository does not have.
    Other,
    /// A host of the outside world.
    External,
    /// A bare name that nobody has.
    Nobody,
}

struct Words {
    keys: Vec<String>,
    not_keys: Vec<String>,
    not_schemes: Vec<String>,
    own: Vec<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let table: toml::Table = include_str!("../../../data/references.toml").parse().unwrap_or_default();
    let list = |key: &str| -> Vec<String> {
        let items = table.get(key).and_then(toml::Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    Words { keys: list("keys"), not_keys: list("not_keys"), not_schemes: list("not_schemes"), own: list("own") }
});

impl Runtime {
    /// Every host that a variable of a service or a route names, in order.
    pub fn references(&self) -> Vec<Reference<'_>> {
        let names = self.names();
        let mut found = Vec::new();
        for service in self.services() {
            for (key, variable) in service.service().environment.iter() {
                let Some(text) = variable.value.known().or(variable.partly.as_ref()).filter(|text| text.len() < LONGEST) else {
                    continue;
                };
                let span = variable.value.span().unwrap_or(variable.key_span);
                for (host, port) in hosts(key, text) {
                    let meaning = self.meaning(&names, &host, Some(service), &[service.index()]);
                    let (service, key) = (Some(service), key.to_owned());
                    found.push(Reference { service, key, is_variable: true, host, port, span, meaning });
                }
            }
        }
        let clusters = self.projects.iter().filter(|project| project.runner == Runner::Kubernetes);
        let manifests: HashSet<&str> = clusters.flat_map(|project| &project.files).map(String::as_str).collect();
        for route in self.routes() {
            let is_of_manifest = self.gateways.get(route.gateway).is_some_and(|one| manifests.contains(one.path.as_str()));
            let runners = self.gateways.get(route.gateway).map_or(&[][..], |gateway| gateway.services.as_slice());
            let service = runners.first().and_then(|first| self.service(*first));
            for server in route.servers.known().into_iter().flatten() {
                let (host, port) = (server.host.clone(), server.port);
                if host.is_empty() || host.contains(['$', '{', STAND_IN]) {
                    continue;
                }
                let meaning = match route.targets.iter().find(|target| self.is_called(&names, target.service, &host)) {
                    Some(target) => Meaning::Service(target.clone()),
                    None => match self.meaning(&names, &host, service, runners) {
                        // Whoever registers under the name has it, wherever that one runs.
                        Meaning::Nobody if server.is_registered => Meaning::Other,
                        // A Service that no workload here stands behind: what Compose runs under its name is another one.
                        Meaning::Service(target) if is_of_manifest && self.is_of_compose(target.service) => Meaning::Other,
                        meaning => meaning,
                    },
                };
                let (key, span) = (route.name.clone(), route.pass_span);
                found.push(Reference { service, key, is_variable: false, host, port, span, meaning });
            }
        }
        found
    }

    /// Every host that a health check of a service asks over HTTP, in order.
    pub(super) fn checked_hosts(&self) -> Vec<Reference<'_>> {
        let names = self.names();
        let mut found = Vec::new();
        for service in self.services() {
            let Some((check, origin)) = service.service().healthcheck.known_with_origin().filter(|(one, _)| !one.is_disabled)
            else {
                continue;
            };
            let span = origin.span().unwrap_or(service.span());
            for (host, port) in addresses(&check.test).into_iter().flat_map(|word| hosts("", word)) {
                let meaning = self.meaning(&names, &host, Some(service), &[service.index()]);
                found.push(Reference {
                    service: Some(service),
                    key: CHECK.into(),
                    is_variable: false,
                    host,
                    port,
                    span,
                    meaning,
                });
            }
        }
        found
    }

    fn names(&self) -> Names<'_> {
        Names::new(&self.projects, &self.services)
    }

    fn is_of_compose(&self, service: usize) -> bool {
        self.service(service).is_some_and(|service| service.is_run_by(Runner::Compose))
    }

    fn is_called(&self, names: &Names<'_>, service: usize, host: &str) -> bool {
        self.services.get(service).is_some_and(|service| names.answers(service, host).is_some())
    }

    fn meaning(&self, names: &Names<'_>, host: &str, service: Option<ServiceRef<'_>>, runners: &[usize]) -> Meaning {
        let is_address = host.contains(':') || host.chars().all(|c| c.is_ascii_digit() || c == '.');
        if is_address || WORDS.own.iter().any(|own| own == host) {
            return Meaning::Own;
        }
        let project = service.and_then(ServiceRef::project);
        let path = project.map_or("", |project| project.path());
        let near = names.resolve(host, Asker { path, services: runners }).into_iter().next();
        if let Some(target) = near {
            return Meaning::Service(target);
        }
        let short = host.split('.').next().unwrap_or(host);
        let is_kubernetes = project.is_some_and(|project| project.runner == Runner::Kubernetes);
        let knows = |name: &str| {
            let linked = service.is_some_and(|service| service.service().links.iter().any(|(link, _)| link == name));
            linked || project.is_some_and(|project| project.others.iter().any(|other| other == name))
        };
        if knows(host) || (is_kubernetes && knows(short)) {
            return Meaning::Other;
        }
        // Several files are often used together although nothing in them says so: the name alone then has to do.
        let far = names.resolve(host, Asker { path, services: &[] }).into_iter().next();
        match far {
            Some(target) => Meaning::Service(target),
            None if names.may_be_container(host) => Meaning::Other,
            None if host.contains('.') => Meaning::External,
            None => Meaning::Nobody,
        }
    }
}

/// Flags of `curl` and `wget` by which a name in an address is not looked up, and what only a shell works out.
const LOOKED_UP_ELSEWHERE: [&str; 7] =
    ["--unix-socket", "--abstract-unix-socket", "--resolve", "--connect-to", "proxy", "`", "$("];
/// Flags that take a value which is no address to ask.
const VALUED: [&str; 12] =
    ["-H", "--header", "-e", "--referer", "-A", "--user-agent", "-U", "-d", "--data", "--post-data", "-b", "-x"];

/// The addresses that a health check asks, as far as they are written out.
fn addresses(test: &[String]) -> Vec<&str> {
    if test.iter().any(|word| LOOKED_UP_ELSEWHERE.iter().any(|one| word.contains(one))) {
        return Vec::new();
    }
    let words = || test.iter().flat_map(|word| word.split_whitespace()).map(|word| word.trim_matches(['\'', '"', ';', '(', ')']));
    let before = std::iter::once("").chain(words());
    let is_asked = |(before, word): &(&str, &str)| {
        let is_url = word.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(|one| one.is_ascii_alphanumeric()));
        // `Origin: http://shop` in a header.
        is_url && !VALUED.contains(before) && !before.ends_with(':')
    };
    before.zip(words()).filter(is_asked).map(|(_, word)| word).take(20).collect()
}

/// The hosts that a variable names.
fn hosts(key: &str, text: &str) -> Vec<(String, Option<u16>)> {
    let upper = key.to_ascii_uppercase();
    let ends = |word: &String| upper == *word || upper.ends_with(&format!("_{word}"));
    let is_address = WORDS.keys.iter().any(ends) && !WORDS.not_keys.iter().any(ends);
    // What is called a URL and is one word is the part of a path: `ADMIN_URL: admin`.
    let is_url = ["URL", "URI"].iter().any(|word| upper.ends_with(word));
    let mut found = Vec::new();
    for part in text.split([',', ' ', ';']).filter(|part| !part.is_empty()).take(50) {
        let authority = match part.split_once("://") {
            Some((scheme, _)) if WORDS.not_schemes.iter().any(|one| scheme.eq_ignore_ascii_case(one)) => continue,
            Some((_, rest)) => rest.split(['/', '?', '#', '\'', '"', ')']).next().unwrap_or(""),
            None if is_address && !part.contains('/') && (!is_url || part.contains([':', '.'])) => part,
            None => continue,
        };
        let authority = authority.rsplit('@').next().unwrap_or(authority);
        // `tcp(db:3306)`, as Go writes MySQL's.
        let authority = authority.split_once('(').map_or(authority, |(_, rest)| rest.trim_end_matches(')'));
        let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
        let is_name = host.starts_with(|c: char| c.is_ascii_alphanumeric())
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
            && !matches!(host, "true" | "false" | "none" | "null" | "None");
        let has_port = port.is_none_or(|port| port.parse::<u16>().is_ok() || port.starts_with(STAND_IN));
        if is_name && has_port && !host.chars().all(|c| c.is_ascii_digit()) {
            found.push((host.to_owned(), port.and_then(|port| port.parse().ok())));
        }
    }
    found
}

/// Whether nothing but the project itself could give a name to a service of it.
pub(super) fn is_closed(service: &Service) -> bool {
    service.outside.is_none() && service.open.is_none() && !service.is_partial
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_name_hosts() {
        let of = |key: &str, text: &str| {
            hosts(key, text).into_iter().map(|(host, port)| format!("{host}:{port:?}")).collect::<Vec<_>>()
        };
        assert_eq!(of("DATABASE_URL", "postgres://u:p@db:5432/shop"), ["db:Some(5432)"]);
        assert_eq!(of("REDIS_ADDR", "redis-cart:6379"), ["redis-cart:Some(6379)"]);
        assert_eq!(of("DSN", "user:pw@tcp(mysql:3306)/app"), Vec::<String>::new());
        assert_eq!(of("KAFKA_BROKERS", "a:9092,b:9092"), ["a:Some(9092)", "b:Some(9092)"]);
        assert_eq!(of("COMPOSE_PROFILES", "feature-complete"), Vec::<String>::new());
        assert_eq!(of("BUCKET", "s3://profiles?region=x&endpoint=files:8333"), Vec::<String>::new());
        assert_eq!(of("DB_HOST", "true"), Vec::<String>::new());
        assert_eq!(of("ADMIN_URL", "admin"), Vec::<String>::new());
        assert_eq!(of("ORDERS_URL", "orders:8080"), ["orders:Some(8080)"]);
        assert_eq!(of("LISTEN_ADDR", "api:8080"), Vec::<String>::new());
        assert_eq!(of("X", "http://a.example.com/x?y=http://b"), ["a.example.com:None"]);
    }
}
