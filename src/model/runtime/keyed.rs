//! Single keys that say something by themselves, wherever they stand: variables of services and keys of settings files.

use super::application::{fallback, squash};
use super::driver::Client;
use super::pool::Pool;
use super::profile::Profile;
use super::service::Service;
use super::timeout::{self, Units};
use super::{Runtime, ServiceRef};
use crate::documents::url::DatabaseUrl;
use crate::source::Span;
use std::collections::HashSet;
use std::time::Duration;

/// A key with its value.
#[derive(Debug, Clone)]
pub struct Keyed<'r> {
    /// Who has it: `service api`, `settings src/main/resources`.
    pub owner: String,
    /// As written.
    pub key: &'r str,
    /// The value; the default where it is a placeholder.
    pub text: &'r str,
    /// Key and value.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// A token that is good for long.
#[derive(Debug, Clone)]
pub struct LongToken<'r> {
    /// Where it is said.
    pub keyed: Keyed<'r>,
    /// How long.
    pub lifetime: Duration,
}

/// A database that is spoken to in the open, or without asking who it is.
#[derive(Debug, Clone)]
pub struct OpenDatabase {
    /// The variable or key that holds its address.
    pub key: String,
    /// Where it stands.
    pub span: Span,
    /// Its host.
    pub host: String,
    /// The setting, as written: `sslmode=disable`.
    pub setting: String,
    /// What that means.
    pub means: &'static str,
    /// What to write instead.
    pub instead: &'static str,
    /// Whether an attacker has to do nothing but listen.
    pub is_certain: bool,
    /// Whether it is known which client reads the address: they do not all mean the same by it.
    pub knows_client: bool,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// What an address may say: the system, the key and the value in lower case, what it means, what to write instead, and whether it is
/// so whatever the server does.
type Setting = (&'static str, &'static str, &'static str, &'static str, &'static str, bool);

/// Settings that leave the connection open: system, name, value, what it means, what to write instead, whether that is certain.
const OPEN: [Setting; 14] = [
    ("postgres", "sslmode", "disable", "everything, passwords included, goes in the clear", "sslmode=verify-full", true),
    ("postgres", "sslmode", "allow", "it is encrypted only if the server insists", "sslmode=verify-full", false),
    ("postgres", "sslmode", "prefer", "it goes on in the clear if somebody in between says so", "sslmode=verify-full", false),
    ("postgres", "sslmode", "no-verify", "whoever answers is taken for the server", "sslmode=verify-full", true),
    ("postgres", "ssl mode", "disable", "everything, passwords included, goes in the clear", "SSL Mode=VerifyFull", true),
    ("postgres", "trust server certificate", "true", "whoever answers is taken for the server", "SSL Mode=VerifyFull", true),
    ("mysql", "usessl", "false", "everything, passwords included, goes in the clear", "sslMode=VERIFY_IDENTITY", true),
    ("mysql", "sslmode", "disabled", "everything, passwords included, goes in the clear", "sslMode=VERIFY_IDENTITY", true),
    ("mysql", "sslmode", "none", "everything, passwords included, goes in the clear", "SslMode=VerifyFull", true),
    ("mysql", "tls", "skip-verify", "whoever answers is taken for the server", "tls=true", true),
    ("mysql", "tls", "false", "everything, passwords included, goes in the clear", "tls=true", true),
    (
        "sqlserver",
        "trustservercertificate",
        "true",
        "whoever answers is taken for the server",
        "TrustServerCertificate=false",
        true,
    ),
    ("sqlserver", "encrypt", "false", "everything, passwords included, goes in the clear", "Encrypt=true", true),
    ("mongodb", "tlsinsecure", "true", "whoever answers is taken for the server", "tlsInsecure=false", true),
];

/// Settings under which it is encrypted, and nobody asks who answers, or whether it is the host that was meant.
const UNASKED: [Setting; 7] = [
    ("postgres", "sslmode", "require", "whoever answers is taken for the server", "sslmode=verify-full", true),
    (
        "postgres",
        "sslmode",
        "verify-ca",
        "any host with a certificate of the same authority may answer",
        "sslmode=verify-full",
        true,
    ),
    ("postgres", "ssl mode", "require", "whoever answers is taken for the server", "SSL Mode=VerifyFull", true),
    (
        "postgres",
        "ssl mode",
        "verifyca",
        "any host with a certificate of the same authority may answer",
        "SSL Mode=VerifyFull",
        true,
    ),
    ("mysql", "sslmode", "required", "whoever answers is taken for the server", "sslMode=VERIFY_IDENTITY", true),
    (
        "mysql",
        "sslmode",
        "verify_ca",
        "any host with a certificate of the same authority may answer",
        "sslMode=VERIFY_IDENTITY",
        true,
    ),
    ("mysql", "sslmode", "verifyca", "any host with a certificate of the same authority may answer", "SslMode=VerifyFull", true),
];

impl Runtime {
    /// Every key with a value, each place once; files for rehearsal included.
    pub fn keyed(&self) -> Vec<Keyed<'_>> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for service in &self.services {
            for (key, variable) in service.environment.iter() {
                let Some(text) = variable.value.known() else { continue };
                let span = variable.key_span;
                if seen.insert(span) {
                    found.push(Keyed { owner: format!("service {}", service.name), key, text, span, use_for: service.profile });
                }
            }
        }
        for application in &self.applications {
            for (layer, entry) in application.entries().filter(|(_, entry)| !entry.is_template) {
                let text = fallback(&entry.raw).unwrap_or(&entry.raw);
                if !text.contains("${") && seen.insert(entry.span()) {
                    let (owner, key, span, use_for) = (application.subject(), entry.key.as_str(), entry.span(), layer.use_for);
                    found.push(Keyed { owner, key, text, span, use_for });
                }
            }
        }
        found
    }

    /// Tokens of access whose lifetime is written; those that are there to get others are left out.
    pub fn token_lifetimes(&self) -> Vec<LongToken<'_>> {
        let found = self.keyed().into_iter().filter_map(|keyed| {
            let name = squash(keyed.key);
            let of_token = ["jwt", "accesstoken", "authtoken", "idtoken"].iter().any(|word| name.contains(word));
            let other = ["refresh", "remember", "reset", "verif", "invit", "key", "cache", "leeway", "skew"]
                .iter()
                .any(|word| name.contains(word));
            let ends = ["expiry", "expiration", "expiresin", "expires", "ttl", "lifetime", "validity", "maxage", "duration"];
            let units = [
                ("seconds", 1.0),
                ("secs", 1.0),
                ("minutes", 60.0),
                ("hours", 3600.0),
                ("days", 86400.0),
                ("millis", 1e-3),
                ("ms", 1e-3),
            ];
            let (stem, bare) = match units.iter().find(|(unit, _)| name.ends_with(unit)) {
                Some((unit, seconds)) => (name.trim_end_matches(unit).trim_end_matches("in"), Some(*seconds)),
                None => (name.as_str(), None),
            };
            if !of_token || other || !ends.iter().any(|end| stem.ends_with(end)) {
                return None;
            }
            let lifetime = timeout::parse(keyed.text, Units::Common, bare)?;
            Some(LongToken { keyed, lifetime })
        });
        found.collect()
    }

    /// Keys that name the algorithm by which tokens are signed.
    pub fn token_algorithms(&self) -> Vec<Keyed<'_>> {
        let is_named = |keyed: &Keyed<'_>| {
            let name = squash(keyed.key);
            (name.contains("jwt") || name.contains("token") || name.contains("jws"))
                && (name.ends_with("algorithm") || name.ends_with("alg"))
        };
        self.keyed().into_iter().filter(is_named).collect()
    }

    /// Flags of cookies that are written: the flag (`secure`, `http-only`), and whether it is on.
    pub fn cookie_flags(&self) -> Vec<(Keyed<'_>, &'static str, bool)> {
        let found = self.keyed().into_iter().filter_map(|keyed| {
            let name = squash(keyed.key);
            let flag = [("secure", "secure"), ("httponly", "http-only")].into_iter().find(|(end, _)| name.ends_with(end))?.1;
            let of_session = name.contains("cookie")
                && (name.contains("session") || name.contains("auth") || name.contains("cookiesecure") || name.contains("csrf"));
            let is_on = match keyed.text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "on" | "always" => true,
                "false" | "0" | "off" | "never" => false,
                _ => return None,
            };
            of_session.then_some((keyed, flag, is_on))
        });
        found.collect()
    }

    /// Shares of requests that are traced: what is written, between 0 and 1.
    pub fn trace_shares(&self) -> Vec<(Keyed<'_>, f64)> {
        let found = self.keyed().into_iter().filter_map(|keyed| {
            let name = squash(keyed.key);
            let of_traces = ["trac", "otel", "span", "jaeger", "zipkin", "opentelemetry"].iter().any(|word| name.contains(word));
            let ends = [
                "samplerate",
                "samplingrate",
                "samplingprobability",
                "samplingratio",
                "sampleratio",
                "sampler",
                "samplerarg",
                "probability",
            ];
            if !of_traces || !ends.iter().any(|end| name.ends_with(end)) {
                return None;
            }
            let text = keyed.text.trim();
            let share = match text {
                "always_on" | "parentbased_always_on" => 1.0,
                _ => text.parse().ok()?,
            };
            Some((keyed, share))
        });
        found.collect()
    }

    /// Services that say whether Node checks certificates, with what they say and where.
    pub fn certificate_checks(&self) -> Vec<(ServiceRef<'_>, &str, Span)> {
        let found = self.services().filter_map(|service| {
            let mut variables = service.service().environment.iter();
            let (_, variable) = variables.find(|(key, _)| *key == "NODE_TLS_REJECT_UNAUTHORIZED")?;
            Some((service, variable.value.known()?.trim(), variable.key_span))
        });
        found.collect()
    }

    /// Database addresses with what they say about encryption, of hosts that are none of the repository's own.
    pub fn outside_databases(&self) -> (usize, Vec<OpenDatabase>) {
        self.databases_that_say(&OPEN)
    }

    /// The same of hosts that nobody asks who they are, although what is sent to them is encrypted.
    pub fn unasked_databases(&self) -> (usize, Vec<OpenDatabase>) {
        self.databases_that_say(&UNASKED)
    }

    fn databases_that_say(&self, settings: &[Setting]) -> (usize, Vec<OpenDatabase>) {
        let mut seen = HashSet::new();
        let (mut compared, mut found) = (0, Vec::new());
        let pools = self
            .pools
            .iter()
            .filter_map(|pool| Some((pool.url.as_ref()?, &pool.name, pool.span, pool.use_for, pool.target.is_some())));
        let uses = self.uses.iter().map(|one| {
            let use_for = self.profile_of_use(one).unwrap_or(Profile::Unknown);
            (&one.url, &one.key, one.key_span, use_for, false)
        });
        for (url, key, span, use_for, is_own) in pools.chain(uses) {
            let Some(host) = url.host.as_deref().filter(|host| !is_own && is_outside(host)) else { continue };
            if !seen.insert((span.source, span.start)) {
                continue;
            }
            compared += 1;
            let client = self.database_clients.get(&span).copied().unwrap_or(Client::Unknown);
            let said = said_setting(url, settings)
                .filter(|(name, value, ..)| !(client == Client::NodePg && is_full_in_node(url, name, value)));
            let Some((name, value, means, instead, is_certain)) = said else { continue };
            let (key, host, setting) = (key.clone(), host.to_owned(), format!("{name}={value}"));
            let knows_client = url.driver.is_some() || client == Client::Other;
            found.push(OpenDatabase { key, span, host, setting, means, instead, is_certain, knows_client, use_for });
        }
        (compared, found)
    }

    /// Pools of services that answer requests, of which the size is written.
    pub fn serving_pools(&self) -> Vec<(&Pool, ServiceRef<'_>, u32, Span)> {
        let found = self.pools.iter().filter_map(|pool| {
            let service = self.service_of_pool(pool)?;
            let (size, span) = (*pool.max.known()?, pool.max.span()?);
            let serves = service.service().ports.iter().any(|_| true) || service.upstream_edges().next().is_some();
            (serves && pool.min.unknown().is_none()).then_some((pool, service, size, span))
        });
        found.collect()
    }

    /// Databases that services which are built from different folders use by the same name, each with its services in order.
    pub fn shared_databases(&self) -> Vec<(String, Vec<(ServiceRef<'_>, Span)>)> {
        let mut found: std::collections::BTreeMap<(usize, String), Vec<(ServiceRef<'_>, Span)>> =
            std::collections::BTreeMap::new();
        for pool in &self.pools {
            let (Some(service), Some((target, _)), Some(url)) = (self.service_of_pool(pool), pool.target, pool.url.as_ref())
            else {
                continue;
            };
            let Some(database) = url.database.clone() else { continue };
            if self.servers.iter().any(|server| server.service == Some(target) && server.product != "pgbouncer") {
                found.entry((target, database)).or_default().push((service, pool.span));
            }
        }
        let folder = |service: &Service| service.build.known().cloned();
        let shared = found.into_iter().filter_map(|((_, database), mut users)| {
            let mut folders = HashSet::new();
            users.retain(|(service, _)| folder(service.service()).is_some_and(|folder| folders.insert(folder)));
            (users.len() > 1).then_some((database, users))
        });
        shared.collect()
    }
}

/// <https://www.npmjs.com/package/pg-connection-string>: Node's `pg` takes these for `verify-full`, unless it is told to do as libpq does.
pub(super) fn is_full_in_node(url: &DatabaseUrl, name: &str, mode: &str) -> bool {
    let is_mode = name == "sslmode" && ["prefer", "require", "verify-ca"].contains(&mode);
    url.system == "postgres" && url.driver.is_none() && is_mode && url.parameter("uselibpqcompat") != Some("true")
}

/// Which of some settings an address says.
fn said_setting(url: &DatabaseUrl, settings: &[Setting]) -> Option<(String, String, &'static str, &'static str, bool)> {
    url.parameters.iter().find_map(|(name, value)| {
        let (lower, text) = (name.to_ascii_lowercase(), value.trim().to_ascii_lowercase());
        // <https://www.postgresql.org/docs/current/libpq-ssl.html>: with a file of authorities `require` is as `verify-ca`, which the
        // driver of Java does not have so.
        let has_root = text == "require" && url.parameter("sslrootcert").is_some() && url.driver.as_deref() != Some("jdbc");
        let meant = if url.system == "postgres" && has_root { "verify-ca" } else { text.as_str() };
        let row = settings.iter().find(|(system, key, open, ..)| *system == url.system && *key == lower && *open == meant)?;
        Some((name.clone(), value.clone(), row.3, row.4, row.5))
    })
}

/// Ends of names that lead nowhere outside of a network of one's own.
const OWN_NETWORK: [&str; 10] =
    [".local", ".internal", ".lan", ".home", ".svc", ".localhost", ".docker", ".test", ".example", ".invalid"];

/// Whether a host is one of the world outside: it has a domain that is not one of a private network.
pub fn is_outside(host: &str) -> bool {
    let is_number = host.contains(':') || host.chars().all(|c| c.is_ascii_digit() || c == '.');
    host.contains('.') && !is_number && !OWN_NETWORK.iter().any(|end| host.ends_with(end)) && !host.contains(".svc.")
}
