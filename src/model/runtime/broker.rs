//! RabbitMQ definitions, and how long its brokers wait for workers.

use super::alert::tree;
use super::profile::profile;
use super::queue::{Notation, Queue};
use super::server::Server;
use super::tables::{Bounds, tables};
use super::{Runtime, ServiceRef, Timeout};
use crate::discover::{Discovery, Kind};
use crate::documents::NodeRef;
use crate::fact::{Fact, Origin, Product};
use crate::model::Workspace;
use crate::source::Span;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// What RabbitMQ writes of a queue. Files of the same form with more belong to a program that declares the queues itself.
const OF_QUEUES: [&str; 8] = ["name", "vhost", "durable", "auto_delete", "exclusive", "arguments", "type", "internal"];

/// Reads every `definitions.json`.
pub(super) fn queues(workspace: &mut Workspace, discovery: &Discovery) -> Vec<Queue> {
    let mut found = Vec::new();
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::RabbitmqDefinitions) {
        let Some(tree) = tree(workspace, &artifact.path, "") else { continue };
        let Some(root) = tree.root() else { continue };
        let profile = profile(&artifact.path, &[]);
        let definitions = Definitions::of(root);
        for node in root.get("queues").into_iter().flat_map(NodeRef::items) {
            let Some((name, span)) = node.get("name").and_then(|name| Some((name.text()?, name.span()))) else { continue };
            found.push(Queue {
                name: name.to_owned(),
                span,
                broker: Product("RabbitMQ"),
                dead_letter: definitions.dead_letter(node, name),
                visibility: Fact::not_read("RabbitMQ hides messages until they are acknowledged", vec![span]),
                notation: Notation::Definitions,
                is_last_stop: definitions.is_last_stop(node, name),
                profile,
            });
        }
    }
    found
}

/// A broker that takes a message away from a worker that has not confirmed it, and a worker that may need longer.
#[derive(Debug, Clone)]
pub struct ShortDelivery<'r> {
    /// The broker.
    pub broker: &'r Server,
    /// After how long it does.
    pub waits: Duration,
    /// Where that is written.
    pub span: Span,
    /// The worker.
    pub worker: ServiceRef<'r>,
    /// How long a job may take.
    pub job: Duration,
    /// The setting that says so.
    pub setting: &'r str,
    /// Where that is written.
    pub job_span: Span,
}

impl Runtime {
    /// Every RabbitMQ that is told how long a consumer may take, with each service of its project whose jobs have a written limit; the
    /// broker must be the only one there.
    pub fn broker_deliveries(&self) -> Vec<ShortDelivery<'_>> {
        let project = |server: &Server| server.service.and_then(|at| self.services.get(at)).map(|service| service.project);
        let mut brokers: HashMap<usize, Vec<&Server>> = HashMap::new();
        for server in self.servers.iter().filter(|server| server.product == "rabbitmq") {
            project(server).into_iter().for_each(|project| brokers.entry(project).or_default().push(server));
        }
        let found = self.settings().filter_map(|setting| {
            let said = setting.setting();
            let Fact::Known(Timeout { after: Some(job), .. }, Origin::Explicit(job_span)) = &said.timeout else { return None };
            let worker = setting.service().filter(|_| said.bounds == Bounds::Job)?;
            let [broker] = brokers.get(&worker.service().project)?.as_slice() else { return None };
            let told = broker.get("consumer_timeout");
            let told = told.known()?;
            let waits = Duration::from_millis(told.value.trim().parse().ok()?);
            let (span, job_span) = (told.span, *job_span);
            Some(ShortDelivery { broker, waits, span, worker, job: *job, setting: &said.name, job_span })
        });
        found.collect()
    }
}

/// What the definitions say besides queues.
struct Definitions<'t> {
    /// Policies that give queues an exchange for dead letters.
    policies: Vec<NodeRef<'t>>,
    /// Queues that take from such an exchange: virtual host and name.
    drains: HashSet<(&'t str, &'t str)>,
}

/// So many policies nobody writes; with more of them nothing is known of a queue without its own exchange.
const MOST_POLICIES: usize = 500;
const EXCHANGE: &str = "x-dead-letter-exchange";

impl<'t> Definitions<'t> {
    fn of(root: NodeRef<'t>) -> Definitions<'t> {
        let items = |key: &str| root.get(key).into_iter().flat_map(NodeRef::items);
        let policies: Vec<NodeRef<'t>> =
            items("policies").filter(|policy| policy.at("definition/dead-letter-exchange").is_some()).collect();
        let of_policies = policies.iter().filter_map(|policy| policy.at("definition/dead-letter-exchange"));
        let of_queues = items("queues").filter_map(|queue| queue.get("arguments")?.get(EXCHANGE));
        let exchanges: HashSet<&str> = of_policies.chain(of_queues).filter_map(NodeRef::text).collect();
        let bindings =
            items("bindings").filter(|binding| binding.get_text("source").is_some_and(|source| exchanges.contains(source)));
        let drain = |binding: NodeRef<'t>| Some((binding.get_text("vhost").unwrap_or("/"), binding.get_text("destination")?));
        // The default exchange knows queues by their names.
        let keys = items("queues").filter_map(|queue| {
            let key = queue.get("arguments")?.get_text("x-dead-letter-routing-key")?;
            Some((queue.get_text("vhost").unwrap_or("/"), key))
        });
        let drains = bindings.filter_map(drain).chain(keys).collect();
        Definitions { policies, drains }
    }

    fn dead_letter(&self, queue: NodeRef<'t>, name: &str) -> Fact<()> {
        let is_foreign = |key: NodeRef<'_>| key.text().is_none_or(|key| !OF_QUEUES.contains(&key));
        if let Some((key, _)) = queue.entries().into_iter().find(|(key, _)| is_foreign(*key)) {
            return Fact::not_read("not a queue as RabbitMQ writes it: a program may do more with it", vec![key.span()]);
        }
        if let Some(exchange) = queue.get("arguments").and_then(|arguments| arguments.get(EXCHANGE)) {
            return Fact::explicit((), exchange.span());
        }
        let vhost = queue.get_text("vhost").unwrap_or("/");
        let mut doubt = self.policies.get(MOST_POLICIES).map(|policy| policy.span());
        for policy in self.policies.iter().take(MOST_POLICIES).filter(|policy| policy.get_text("vhost").unwrap_or("/") == vhost) {
            match policy.get_text("pattern").and_then(|pattern| matches(pattern, name)) {
                Some(true) => return Fact::explicit((), policy.span()),
                Some(false) => {}
                None => doubt = Some(policy.span()),
            }
        }
        doubt.map_or(Fact::Absent, |span| Fact::not_read("a policy whose pattern is not understood may say it", vec![span]))
    }

    /// Whether it holds what others could not handle, or messages that nobody misses.
    fn is_last_stop(&self, queue: NodeRef<'t>, name: &str) -> bool {
        let is_true = |key: &str| queue.get(key).and_then(NodeRef::as_bool) == Some(true);
        let argument = |key: &str| queue.get("arguments").and_then(|arguments| arguments.get(key));
        let lower = name.to_ascii_lowercase();
        let words = |key: &str| tables().words("queues", key).iter().any(|word| lower.contains(word.as_str()));
        is_true("auto_delete")
            || is_true("exclusive")
            || argument("x-expires").is_some()
            || argument("x-queue-type").and_then(NodeRef::text) == Some("stream")
            || words("last_stops")
            || words("passing")
            || self.drains.contains(&(queue.get_text("vhost").unwrap_or("/"), name))
    }
}

/// Whether a name matches a pattern, for patterns of plain characters with `^`, `$` and `.*` at their ends; else `None`.
fn matches(pattern: &str, name: &str) -> Option<bool> {
    let (rest, from_start) = pattern.strip_prefix('^').map_or((pattern, false), |rest| (rest, true));
    let (rest, to_end) = rest.strip_suffix('$').map_or((rest, false), |rest| (rest, true));
    let (rest, is_open) = [".*", ".+"].iter().find_map(|end| rest.strip_suffix(end)).map_or((rest, false), |rest| (rest, true));
    let (rest, from_start) = rest.strip_prefix(".*").map_or((rest, from_start), |rest| (rest, false));
    let plain = rest.replace("\\.", "\u{1}");
    if !plain.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | ':' | ' ' | '\u{1}')) {
        return None;
    }
    let plain = plain.replace('\u{1}', ".");
    Some(match (from_start, to_end && !is_open) {
        (true, true) => name == plain,
        (true, false) => name.starts_with(&plain),
        (false, true) => name.ends_with(&plain),
        (false, false) => name.contains(&plain),
    })
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_are_understood_or_not() {
        assert_eq!(matches(".*", "orders"), Some(true));
        assert_eq!(matches("^orders\\.", "orders.new"), Some(true));
        assert_eq!(matches("^orders$", "orders.new"), Some(false));
        assert_eq!(matches("^jobs-.*$", "jobs-mail"), Some(true));
        assert_eq!(matches("mail", "jobs-mail"), Some(true));
        assert_eq!(matches("^(?!amq\\.).*", "orders"), None);
        assert_eq!(matches("^a|b$", "b"), None);
    }
}
