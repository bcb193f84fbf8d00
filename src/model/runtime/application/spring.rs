//! What settings of Spring (and, where they have the same, Quarkus and Micronaut) say of queues, caches, endpoints and tables.

use super::{Application, Said, View, squash};
use crate::discover::Kind;
use crate::fact::Fact;
use crate::model::runtime::route::PathMatch;
use crate::model::runtime::{Profile, Runtime};
use crate::source::Span;
use std::collections::HashSet;

/// A listener of RabbitMQ, as settings describe all of its kind.
#[derive(Debug, Clone)]
pub struct RabbitListener {
    /// `settings src/main/resources`.
    pub subject: String,
    /// `spring.rabbitmq.listener.simple`.
    pub prefix: String,
    /// How messages are confirmed.
    pub acknowledge: Fact<String>,
    /// Whether a rejected message goes back to its queue.
    pub requeue: Fact<bool>,
    /// Whether it tries again within the process before it rejects.
    pub retry: Fact<bool>,
    /// Its first setting.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

impl RabbitListener {
    /// Whether a message that fails goes back to its queue at once, whatever happened to it before.
    pub fn requeues_at_once(&self) -> bool {
        let by_hand = self.acknowledge.known().is_some_and(|mode| !mode.eq_ignore_ascii_case("auto"));
        let no_retry = self.retry.known() == Some(&false) || self.retry.known_absent();
        let requeues = self.requeue.known() == Some(&true) || self.requeue.known_absent();
        !by_hand && self.acknowledge.unknown().is_none() && no_retry && requeues
    }
}

/// The consumers of Kafka, as settings describe them.
#[derive(Debug, Clone)]
pub struct KafkaConsumer {
    /// `settings src/main/resources`.
    pub subject: String,
    /// Where it is told to commit offsets by itself.
    pub auto_commit: Option<Span>,
    /// Where the listener is told to acknowledge by hand.
    pub manual: Option<Span>,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// A cache that settings choose.
#[derive(Debug, Clone)]
pub struct SpringCache {
    /// `settings src/main/resources`.
    pub subject: String,
    /// `redis`, `caffeine`.
    pub product: &'static str,
    /// Whether nothing makes its entries leave.
    pub is_endless: bool,
    /// What is missing, for the label.
    pub why: &'static str,
    /// What to write.
    pub help: &'static str,
    /// Where it is chosen.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// Management endpoints that are exposed over HTTP.
#[derive(Debug, Clone)]
pub struct ManagementEndpoints {
    /// `settings src/main/resources`.
    pub subject: String,
    /// Those that show the inside: `env`, `heapdump`; empty where none is exposed.
    pub endpoints: Vec<String>,
    /// Whether all are.
    pub is_everything: bool,
    /// Whether they have a port of their own, or may have one.
    pub own_port: bool,
    /// A gateway that passes requests for them on: where, and its name.
    pub gateway: Option<(Span, String)>,
    /// Where they are exposed.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// Endpoints that show secrets, memory, or let the application be changed.
const INSIDE: [&str; 6] = ["env", "heapdump", "threaddump", "configprops", "shutdown", "logfile"];

/// An object-relational mapper that is told what to do with tables at the start.
#[derive(Debug, Clone)]
pub struct SchemaUpdate {
    /// `settings src/main/resources/spring.jpa.hibernate.ddl-auto`.
    pub subject: String,
    /// The key as written.
    pub key: String,
    /// What it is told: `update`, `create-drop`.
    pub mode: String,
    /// Whether it speaks as JPA does, for which `create` drops nothing.
    pub is_jpa: bool,
    /// What it should be told.
    pub remedy: &'static str,
    /// Where that stands.
    pub span: Span,
    /// The folder of the application.
    pub root: String,
    /// Whether its database lives in the process.
    pub is_embedded: bool,
    /// Whether it writes the statements into a file.
    pub is_script: bool,
    /// Whether the production profile says something else.
    pub is_overruled: bool,
    /// Whether a service, or the production profile, is known to run with it.
    pub is_in_force: bool,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// Indicators of Spring's actuator that ask others than the process; `*` is all of them.
/// <https://docs.spring.io/spring-boot/reference/actuator/endpoints.html#actuator.endpoints.health.auto-configured-health-indicators>
const FAR_INDICATORS: [&str; 14] = [
    "*",
    "db",
    "r2dbc",
    "redis",
    "rabbit",
    "mongo",
    "elasticsearch",
    "cassandra",
    "couchbase",
    "jms",
    "ldap",
    "mail",
    "neo4j",
    "hazelcast",
];

/// Liveness that asks others, as the settings of an application say it.
#[derive(Debug, Clone)]
pub struct FarGroup {
    /// The application.
    pub subject: String,
    /// The indicator: `db`.
    pub asked: String,
    /// Where it is written.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

impl SchemaUpdate {
    /// Whether it changes tables at all.
    pub fn changes(&self) -> bool {
        self.drops() || self.mode == "update" || (self.is_jpa && self.mode == "create")
    }

    /// Whether it drops tables.
    pub fn drops(&self) -> bool {
        match self.mode.as_str() {
            "create" => !self.is_jpa,
            mode => matches!(mode, "create-drop" | "drop-and-create" | "drop"),
        }
    }
}

impl Runtime {
    /// The settings in force for every service that runs an application, and for every profile; those for real use first.
    pub fn views(&self) -> Vec<View<'_>> {
        let mut found = Vec::new();
        for application in &self.applications {
            let owners = application.owners.iter().filter_map(|owner| self.services.get(owner.service));
            found.extend(owners.map(|service| application.view_in(service)));
            found.extend(application.views());
        }
        found.sort_by_key(|view| view.use_for().is_rehearsal());
        found
    }

    /// Every profile of all settings as it runs, those for real use first; see [`View::as_run`].
    pub(in crate::model::runtime) fn views_as_run(&self) -> Vec<View<'_>> {
        let files = self.applications.iter().flat_map(Application::views);
        let mut found: Vec<View<'_>> = files.flat_map(|files| files.as_run(&self.services)).collect();
        found.sort_by_key(|view| view.use_for().is_rehearsal());
        found
    }

    pub(super) fn spring_views(&self) -> Vec<View<'_>> {
        let mut views = self.views();
        views.retain(|view| view.application.format == Kind::Spring);
        views
    }

    /// Listeners of RabbitMQ that settings describe.
    pub fn rabbit_listeners(&self) -> Vec<RabbitListener> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for view in self.spring_views() {
            for kind in ["simple", "direct"] {
                let prefix = format!("spring.rabbitmq.listener.{kind}");
                let name = squash(&prefix);
                let Some(first) = view.entries().into_iter().find(|entry| entry.name.starts_with(&name)) else { continue };
                let listener = RabbitListener {
                    subject: view.application.subject(),
                    acknowledge: text(view.get(&format!("{prefix}.acknowledge-mode"))),
                    requeue: truth(view.get(&format!("{prefix}.default-requeue-rejected"))),
                    retry: truth(view.get(&format!("{prefix}.retry.enabled"))),
                    prefix,
                    span: first.span(),
                    use_for: view.use_for(),
                };
                let places = (listener.acknowledge.span(), listener.requeue.span(), listener.retry.span());
                // One file for every profile is one thing to mend, whichever profile shows it.
                if seen.insert((view.application.place.clone(), kind, places.0.or(places.1).unwrap_or(first.span()))) {
                    found.push(listener);
                }
            }
        }
        found
    }

    /// Consumers of Kafka that settings describe.
    pub fn kafka_consumers(&self) -> Vec<KafkaConsumer> {
        let mut seen = HashSet::new();
        let found = self.spring_views().into_iter().filter_map(|view| {
            let commit = view.get("spring.kafka.consumer.enable-auto-commit");
            let span = commit.span().filter(|span| seen.insert(*span))?;
            let auto_commit = view.is_true("spring.kafka.consumer.enable-auto-commit").then_some(span);
            let mode = view.get("spring.kafka.listener.ack-mode");
            let is_manual = mode.known().is_some_and(|said| said.text.trim().to_ascii_lowercase().starts_with("manual"));
            let manual = mode.span().filter(|_| is_manual);
            Some(KafkaConsumer { subject: view.application.subject(), auto_commit, manual, use_for: view.use_for() })
        });
        found.collect()
    }

    /// Caches that settings choose.
    pub fn spring_caches(&self) -> Vec<SpringCache> {
        let mut seen = HashSet::new();
        let found = self.spring_views().into_iter().filter_map(|view| {
            let chosen = view.get("spring.cache.type");
            let said = chosen.known()?.clone();
            if !seen.insert(said.span) {
                return None;
            }
            let cache = |product, is_endless, why, help| SpringCache {
                subject: view.application.subject(),
                product,
                is_endless,
                why,
                help,
                span: said.span,
                use_for: view.use_for(),
            };
            match said.text.trim().to_ascii_lowercase().as_str() {
                "redis" => {
                    let no_time = view.get("spring.cache.redis.time-to-live").known_absent();
                    let is_endless = no_time && view.application.expiry_in_code.is_none();
                    let why = "no `spring.cache.redis.time-to-live`: what is stale stays, and memory only grows";
                    Some(cache("redis", is_endless, why, "spring.cache.redis.time-to-live=10m"))
                }
                "caffeine" => {
                    let spec = view.get("spring.cache.caffeine.spec");
                    let text = spec.known()?.text.to_ascii_lowercase();
                    let bounds = ["expire", "maximumsize", "maximumweight", "refresh"];
                    let is_endless = !bounds.iter().any(|word| text.contains(word));
                    let why = "`spring.cache.caffeine.spec` bounds neither age nor number";
                    Some(cache("caffeine", is_endless, why, "spring.cache.caffeine.spec=maximumSize=10000,expireAfterWrite=10m"))
                }
                _ => None,
            }
        });
        found.collect()
    }

    /// Management endpoints that settings expose.
    pub fn management_endpoints(&self) -> Vec<ManagementEndpoints> {
        let mut seen = HashSet::new();
        let found = self.spring_views().into_iter().filter_map(|view| {
            let listed = listed(&view, "management.endpoints.web.exposure.include");
            let first = listed.first().filter(|first| seen.insert(first.span))?;
            let named: Vec<String> =
                listed.iter().flat_map(|said| said.text.split(',')).map(|name| name.trim().to_owned()).collect();
            let excluded =
                view.first(&["management.endpoints.web.exposure.exclude", "management.endpoints.web.exposure.exclude.0"]);
            let is_everything = named.iter().any(|name| name == "*") && excluded.known_absent();
            let endpoints = match is_everything {
                true => vec!["*".to_owned()],
                false => named.into_iter().filter(|name| INSIDE.contains(&name.as_str())).collect(),
            };
            let path = view.get("management.endpoints.web.base-path");
            let path = path.known().map_or("/actuator".to_owned(), |said| said.text.clone());
            Some(ManagementEndpoints {
                subject: view.application.subject(),
                endpoints,
                is_everything,
                own_port: !view.get("management.server.port").known_absent(),
                gateway: self.gateway_to(&view, &path),
                span: first.span,
                use_for: view.use_for(),
            })
        });
        found.collect()
    }

    /// What the liveness of an application is told to ask besides the process, with the key of the setting.
    pub fn far_liveness_groups(&self) -> Vec<FarGroup> {
        let mut seen = HashSet::new();
        let found = self.spring_views().into_iter().filter_map(|view| {
            let listed = listed(&view, "management.endpoint.health.group.liveness.include");
            let names = |said: &Said| said.text.split(',').map(|name| name.trim().to_owned()).collect::<Vec<String>>();
            let (asked, said) = listed.iter().find_map(|said| {
                let is_far = |name: &String| FAR_INDICATORS.contains(&name.to_ascii_lowercase().as_str());
                Some((names(said).into_iter().find(is_far)?, said))
            })?;
            let (subject, use_for) = (view.application.subject(), view.use_for());
            seen.insert(said.span).then_some(FarGroup { subject, asked, span: said.span, use_for })
        });
        found.collect()
    }

    /// A route of a gateway for real use that passes requests under a path on to the service that runs the application.
    fn gateway_to(&self, view: &View<'_>, path: &str) -> Option<(Span, String)> {
        let owners: Vec<usize> = view.application.owners.iter().map(|owner| owner.service).collect();
        let runs = |service: usize| owners.contains(&service);
        let route = self.routes.iter().find(|route| {
            route.targets.iter().any(|target| runs(target.service))
                && !self.gateway_profile(route).is_rehearsal()
                && !self.is_run_by_nobody(route)
                && route.path.known().map_or(route.name == "location /", |pattern| accepts(pattern, path))
        })?;
        Some((route.pass_span, route.name.clone()))
    }

    /// Settings that tell an object-relational mapper what to do with tables.
    pub fn schema_updates(&self) -> Vec<SchemaUpdate> {
        let keys = [
            ("spring.jpa.hibernate.ddl-auto", "validate", false),
            ("spring.jpa.properties.hibernate.hbm2ddl.auto", "validate", false),
            // https://jakarta.ee/specifications/persistence/3.1/jakarta-persistence-spec-3.1#a12917
            ("spring.jpa.properties.jakarta.persistence.schema-generation.database.action", "none", true),
            ("spring.jpa.properties.javax.persistence.schema-generation.database.action", "none", true),
            // https://quarkus.io/guides/hibernate-orm#quarkus-hibernate-orm_quarkus-hibernate-orm-database-generation
            ("quarkus.hibernate-orm.database.generation", "none", true),
            ("quarkus.hibernate-orm.schema-management.strategy", "none", true),
            ("jpa.default.properties.hibernate.hbm2ddl.auto", "validate", false),
        ];
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for view in self.views() {
            for (key, remedy, is_jpa) in keys {
                let said = view.get(key);
                let Some(said) = said.known().filter(|said| seen.insert(said.span)) else { continue };
                let production = view.application.layers.iter().filter(|layer| layer.use_for == Profile::Production);
                let name = squash(key);
                let mut others = production.flat_map(|layer| &layer.entries).filter(|entry| entry.name == name);
                found.push(SchemaUpdate {
                    subject: format!("{}/{key}", view.application.subject()),
                    key: said.key.clone(),
                    mode: said.text.trim().to_ascii_lowercase(),
                    is_jpa,
                    remedy,
                    span: said.span,
                    root: root(&view.application.place).to_owned(),
                    is_embedded: is_embedded(&view),
                    is_script: writes_script(&view),
                    is_overruled: view.use_for() != Profile::Production && others.any(|entry| entry.span() != said.span),
                    is_in_force: view.service.is_some() || view.use_for() == Profile::Production,
                    use_for: view.use_for(),
                });
            }
        }
        found
    }
}

/// What is said under a key that holds a list: in one text, or as items.
fn listed(view: &View<'_>, key: &str) -> Vec<Said> {
    match view.get(key).known() {
        Some(said) => vec![said.clone()],
        None => (0..40).map_while(|at| view.get(&format!("{key}.{at}")).known().cloned()).collect(),
    }
}

/// Whether the database of a view lives in the process, or no other is named.
fn is_embedded(view: &View<'_>) -> bool {
    let url = view.first(&[
        "spring.datasource.url",
        "spring.datasource.jdbc-url",
        "quarkus.datasource.jdbc.url",
        "datasources.default.url",
    ]);
    let words = ["jdbc:h2:", "jdbc:hsqldb:", "jdbc:derby:", "sqlite"];
    url.known().is_some_and(|said| words.iter().any(|word| said.text.contains(word)))
}

/// Whether the mapper of a view writes its statements into a file and leaves the database alone: where an action of JPA for scripts
/// is named, and none for the database, Hibernate does not ask `ddl-auto` (its `SchemaManagementToolCoordinator`). Where a script
/// would go says nothing of that.
fn writes_script(view: &View<'_>) -> bool {
    ["jakarta", "javax"].iter().any(|package| {
        let action = |of: &str| view.get(&format!("spring.jpa.properties.{package}.persistence.schema-generation.{of}.action"));
        let writes = action("scripts").known().is_some_and(|said| !said.text.trim().eq_ignore_ascii_case("none"));
        writes && action("database").known_absent()
    })
}

/// The folder of an application: what stands before `src/` in the place of its settings.
fn root(place: &str) -> &str {
    match place.split_once("/src/") {
        Some((root, _)) => root,
        None if place.starts_with("src/") => "",
        None => place,
    }
}

/// Whether a route answers for a path and all below it. What a regular expression accepts is not asked.
fn accepts(pattern: &PathMatch, path: &str) -> bool {
    match pattern {
        PathMatch::Prefix(prefix) | PathMatch::Segments(prefix) => path.starts_with(prefix.trim_end_matches('/')),
        PathMatch::Exact(_) | PathMatch::Pattern(_) => false,
    }
}

fn text(said: Fact<Said>) -> Fact<String> {
    match said {
        Fact::Known(said, origin) => Fact::Known(said.text.trim().to_owned(), origin),
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why),
    }
}

fn truth(said: Fact<Said>) -> Fact<bool> {
    match said {
        Fact::Known(said, origin) => match said.text.trim().to_ascii_lowercase().as_str() {
            "true" => Fact::Known(true, origin),
            "false" => Fact::Known(false, origin),
            _ => Fact::not_read("neither true nor false", vec![said.span]),
        },
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why),
    }
}
