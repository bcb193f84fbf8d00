//! Stores that can be reached from outside of their project, and those that let everybody in.

use super::compose::words;
use super::server::Server;
use super::service::{Port, Runner, Service};
use super::stay::{Deployments, Stay};
use super::view::Role;
use super::{Runtime, ServiceRef};
use crate::fact::Fact;
use crate::source::Span;
use std::sync::LazyLock;

/// A store that takes connections from outside.
#[derive(Debug, Clone)]
pub struct OpenStore<'r> {
    /// The store.
    pub service: ServiceRef<'r>,
    /// The product.
    pub product: String,
    /// Where it is opened.
    pub span: Span,
    /// Whether it is meant to stay up with its clients beside it: in a cluster a `LoadBalancer` and the like opens it, else a published
    /// port of Compose.
    pub stay: Stay,
}

/// A store that lets everybody in.
#[derive(Debug, Clone)]
pub struct UnlockedStore<'r> {
    /// The store.
    pub service: ServiceRef<'r>,
    /// What says so: `POSTGRES_HOST_AUTH_METHOD=trust`.
    pub setting: String,
    /// Where it is written.
    pub span: Span,
    /// What to write instead.
    pub instead: &'r str,
    /// How it can be reached from outside, where it can.
    pub open: Option<OpenStore<'r>>,
}

impl Runtime {
    /// Every store whose port is published on all addresses of its host, or outside of its cluster, in order.
    pub fn open_stores(&self) -> Vec<OpenStore<'_>> {
        let deployments = Deployments::of(self);
        self.services().filter_map(|service| open_store(service, &deployments)).collect()
    }

    /// Every store that lets everybody in, in order.
    pub fn unlocked_stores(&self) -> Vec<UnlockedStore<'_>> {
        let deployments = Deployments::of(self);
        self.services().filter_map(|service| unlocked_store(service, &deployments)).collect()
    }
}

fn product(service: ServiceRef<'_>) -> Option<String> {
    match service.role() {
        Role::Datastore(product) | Role::Cache(product) | Role::Broker(product) => Some(product),
        Role::Pooler => Some("a pooler".into()),
        _ => None,
    }
}

/// Whether the clients of a product are often outside of the project by design.
fn is_outward(product: &str) -> bool {
    let list = TABLE.get("outward").and_then(|outward| outward.get("products")?.as_array());
    list.into_iter().flatten().any(|one| one.as_str() == Some(product))
}

fn is_everywhere(port: &Port) -> bool {
    port.is_published
        && port.is_fixed
        && port.host_address.as_deref().is_none_or(|address| matches!(address, "0.0.0.0" | "::" | "" | "*"))
}

fn open_store<'r>(service: ServiceRef<'r>, deployments: &Deployments) -> Option<OpenStore<'r>> {
    let product = product(service)?;
    let said = service.service();
    if service.is_run_by(Runner::Kubernetes) {
        // A Service that selects more than the store may lead to the others alone.
        let leads_here = |target: &str| {
            let is_own = |own: &Port| own.name.as_deref() == Some(target) || own.container.to_string() == target;
            said.ports.is_empty() || said.ports.iter().any(is_own)
        };
        let open = said.fronts.iter().filter(|front| front.is_open);
        let mut ports = open.flat_map(|front| front.ports.iter().map(move |port| (front, port)));
        let (front, _) = ports.find(|(_, port)| leads_here(&port.target))?;
        return Some(OpenStore { service, product, span: front.span, stay: Stay::Cluster });
    }
    let port = said.ports.iter().find(|port| is_everywhere(port))?;
    let stay = if is_outward(&product) { Stay::Unsaid } else { deployments.stay(service) };
    Some(OpenStore { service, product, span: port.span, stay })
}

struct Opener {
    name: String,
    values: Vec<String>,
    unless: Vec<String>,
    instead: String,
}

static TABLE: LazyLock<toml::Table> = LazyLock::new(|| include_str!("../../../data/exposure.toml").parse().unwrap_or_default());

static OPENERS: LazyLock<Vec<Opener>> = LazyLock::new(|| {
    let table = &*TABLE;
    let rows = table.get("opener").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let text = |row: &toml::Value, key: &str| row.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let opener = |row: &toml::Value| {
        let list = |key: &str| -> Vec<String> {
            let items = row.get(key).and_then(toml::Value::as_array).into_iter().flatten();
            items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let (values, unless) = (list("values"), list("unless"));
        Some(Opener { name: text(row, "name")?, values, unless, instead: text(row, "instead")? })
    };
    rows.iter().filter_map(opener).collect()
});

fn unlocked_store<'r>(service: ServiceRef<'r>, deployments: &Deployments) -> Option<UnlockedStore<'r>> {
    product(service)?;
    let said = service.service();
    let open = open_store(service, deployments);
    for opener in OPENERS.iter() {
        let Some((name, variable)) = said.environment.iter().find(|(key, _)| *key == opener.name) else { continue };
        let value = variable.value.known().map(|value| value.to_ascii_lowercase());
        let is_locked = opener.unless.iter().any(|name| !said.environment.get(name).known_absent());
        if let Some(value) = value.filter(|value| !is_locked && opener.values.contains(value)) {
            let setting = format!("{name}={value}");
            return Some(UnlockedStore { service, setting, span: variable.key_span, instead: &opener.instead, open });
        }
    }
    let unprotected = unprotected_by_command(service.service()).or_else(|| unprotected_by_file(service));
    unprotected.map(|(setting, span, instead)| UnlockedStore { service, setting: setting.into(), span, instead, open })
}

/// What switches the protection of a Redis server off, where it stands, and what to write instead.
type Unprotected = (&'static str, Span, &'static str);

/// A Redis server whose command line switches its protection off.
fn unprotected_by_command(said: &Service) -> Option<Unprotected> {
    let (Fact::Known(command, origin), true) = (&said.command, said.entrypoint.known_absent()) else { return None };
    let arguments = words::arguments_of(command, "redis-server").or(words::arguments_of(command, "valkey-server"))?;
    let is_unprotected = words::flag(arguments, "--protected-mode") == Some("no");
    let has_password = arguments.iter().any(|word| word.starts_with("--requirepass") || word.starts_with("--aclfile"));
    let has_file = arguments.first().is_some_and(|word| !word.starts_with('-'));
    let span = origin.span().unwrap_or(said.span);
    (is_unprotected && !has_password && !has_file).then_some(("--protected-mode no", span, "--requirepass from a secret"))
}

/// <https://github.com/bitnami/containers/tree/main/bitnami/redis#configuration>
const PASSWORDS: [&str; 4] = ["REDIS_PASSWORD", "REDIS_PASSWORD_FILE", "VALKEY_PASSWORD", "VALKEY_PASSWORD_FILE"];

/// A Redis server whose file switches its protection off, where nothing gives it a password or users.
fn unprotected_by_file(service: ServiceRef<'_>) -> Option<Unprotected> {
    let own = |server: &&Server| server.product == "redis" && server.service == Some(service.index());
    let server = service.runtime().servers.iter().find(own)?;
    let told = server.get("protected_mode");
    let told = told.known().filter(|told| told.value.trim().eq_ignore_ascii_case("no"))?;
    let is_locked = ["requirepass", "aclfile", "user"].iter().any(|name| !server.get(name).known_absent());
    // Nobody else reaches a server that listens for its own container alone.
    let bind = server.get("bind");
    let is_own = |word: &str| matches!(word.trim_start_matches('-'), "127.0.0.1" | "::1" | "localhost");
    let is_alone = bind.known().is_some_and(|told| told.value.split_whitespace().all(is_own));
    // Images of this publisher write the password of a variable into the settings.
    let said = service.service();
    let folders = said.known_image().and_then(|image| image.rsplit_once('/')).map_or("", |(folders, _)| folders);
    let has_variable = PASSWORDS.iter().any(|name| said.environment.named(name).is_some() || said.environment.open().is_some());
    let is_given = has_variable && folders.split('/').any(|folder| folder.starts_with("bitnami"));
    (!is_locked && !is_alone && !is_given).then_some((
        "protected-mode no",
        told.span,
        "requirepass, or an `aclfile`, from a secret",
    ))
}
