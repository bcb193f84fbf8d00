//! Topics of Kafka: as Strimzi declares them, and what brokers are told of those that nobody declares (Strimzi, `server.properties`, the
//! variables of their images).
//!
//! What is absent: topics that code or a command makes, and defaults of Kafka itself.

use super::alert::tree;
use super::profile::{Profile, profile};
use super::queue::{Topic, TopicKeys};
use super::service::Service;
use crate::discover::{Discovery, Kind};
use crate::documents::{NodeRef, properties};
use crate::fact::Fact;
use crate::model::Workspace;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const STRIMZI_TOPIC: TopicKeys = TopicKeys { replicas: "replicas: ", in_sync: "min.insync.replicas: " };
const STRIMZI: [TopicKeys; 2] = [
    TopicKeys { replicas: "default.replication.factor: ", in_sync: "min.insync.replicas: " },
    TopicKeys { replicas: "offsets.topic.replication.factor: ", in_sync: "min.insync.replicas: " },
];
const PROPERTIES: [TopicKeys; 2] = [
    TopicKeys { replicas: "default.replication.factor=", in_sync: "min.insync.replicas=" },
    TopicKeys { replicas: "offsets.topic.replication.factor=", in_sync: "min.insync.replicas=" },
];
const VARIABLES: [TopicKeys; 2] = [
    TopicKeys { replicas: "KAFKA_DEFAULT_REPLICATION_FACTOR: ", in_sync: "KAFKA_MIN_INSYNC_REPLICAS: " },
    TopicKeys { replicas: "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: ", in_sync: "KAFKA_MIN_INSYNC_REPLICAS: " },
];

/// What only brokers are told, after `KAFKA_` or `KAFKA_CFG_`.
const TOLD_TO_BROKERS: [&str; 3] = ["BROKER_ID", "NODE_ID", "ADVERTISED_LISTENERS"];
/// Variables that are equal for the brokers of one cluster and for no other.
const VOTERS: [&str; 2] = ["KAFKA_CONTROLLER_QUORUM_VOTERS", "KAFKA_CFG_CONTROLLER_QUORUM_VOTERS"];
/// The servers of ZooKeeper that a broker asks: any of those that keep the state of its cluster.
const KEEPERS: [&str; 2] = ["KAFKA_ZOOKEEPER_CONNECT", "KAFKA_CFG_ZOOKEEPER_CONNECT"];
/// Programs by which images start a broker.
const STARTS: [&str; 5] = ["kafka-server-start", "kafka-server-start.sh", "run", "run.sh", "start-kafka.sh"];

/// Reads every `KafkaTopic`, with the cluster that it belongs to.
pub(super) fn topics(workspace: &mut Workspace, discovery: &Discovery, services: &[Service]) -> Vec<Topic> {
    let mut found: Vec<(Option<String>, Topic)> = Vec::new();
    let mut brokers: HashMap<String, (u32, Span)> = HashMap::new();
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::Kubernetes) {
        let Some(tree) = tree(workspace, &artifact.path, "kafka.strimzi.io/") else { continue };
        let profile = profile(&artifact.path, &[]);
        for document in tree.documents() {
            let Some((name, span)) = document.at("metadata/name").and_then(|name| Some((name.text()?, name.span()))) else {
                continue;
            };
            let cluster = document.at("metadata/labels").and_then(|labels| labels.get_text("strimzi.io/cluster"));
            let spec = document.get("spec");
            let of = |key: &str| spec.and_then(|spec| spec.at(key));
            match document.get_text("kind").unwrap_or("") {
                "KafkaTopic" => {
                    let config = of("config").and_then(|config| config.get("min.insync.replicas"));
                    let topic = Topic {
                        name: of("topicName").and_then(NodeRef::text).unwrap_or(name).to_owned(),
                        span,
                        replicas: whole(of("replicas")),
                        in_sync: whole(config),
                        brokers: None,
                        keys: STRIMZI_TOPIC,
                        profile,
                    };
                    found.push((cluster.map(str::to_owned), topic));
                }
                "Kafka" => {
                    count(&mut brokers, name, of("kafka/replicas"));
                    let config = of("kafka/config");
                    let said = |key: &str| whole(config.and_then(|config| config.get(key)));
                    let defaults = Defaults { said: &said, keys: STRIMZI, span, brokers: None, profile };
                    found.extend(defaults.topics().into_iter().map(|topic| (Some(name.to_owned()), topic)));
                }
                "KafkaNodePool" if of("roles").is_some_and(|roles| roles.items().any(|role| role.text() == Some("broker"))) => {
                    cluster.into_iter().for_each(|cluster| count(&mut brokers, cluster, of("replicas")));
                }
                _ => {}
            }
        }
    }
    let joined = found.into_iter().map(|(cluster, topic)| {
        let brokers = cluster.and_then(|cluster| brokers.get(&cluster).copied());
        Topic { brokers, ..topic }
    });
    let mut topics: Vec<Topic> = joined.collect();
    topics.extend(of_files(workspace, discovery));
    topics.extend(of_services(services));
    topics
}

/// What brokers are told of topics that nobody describes.
struct Defaults<'d> {
    said: &'d dyn Fn(&str) -> Fact<u32>,
    /// How the file writes the keys of new topics, and that of the offsets of consumers.
    keys: [TopicKeys; 2],
    span: Span,
    brokers: Option<(u32, Span)>,
    profile: Profile,
}

impl Defaults<'_> {
    /// The topics for which it is told: new ones, and the one in which consumers keep how far they are.
    fn topics(&self) -> Vec<Topic> {
        let named = [("", "default.replication.factor"), ("__consumer_offsets", "offsets.topic.replication.factor")];
        let found = named.into_iter().zip(self.keys).map(|((name, key), keys)| Topic {
            name: name.to_owned(),
            span: self.span,
            replicas: (self.said)(key),
            in_sync: (self.said)("min.insync.replicas"),
            brokers: self.brokers,
            keys,
            profile: self.profile,
        });
        found.filter(|topic| topic.replicas.known().is_some()).collect()
    }
}

/// The settings files of brokers.
fn of_files(workspace: &mut Workspace, discovery: &Discovery) -> Vec<Topic> {
    let mut found = Vec::new();
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::KafkaServer) {
        let Ok(source) = workspace.source(&artifact.path) else { continue };
        let lines = properties::parse(source, &workspace.text(source)).lines;
        let said = |key: &str| match lines.get("", key) {
            Some(line) => number(&line.value, line.value_span),
            None => Fact::Absent,
        };
        // Where brokers are controllers too, those that vote are the brokers.
        let votes = lines.get("", "controller.quorum.voters").filter(|_| {
            let roles = lines.get("", "process.roles").map_or("", |line| line.value.as_str());
            roles.contains("broker") && roles.contains("controller")
        });
        let brokers = votes.and_then(|line| Some((u32::try_from(line.value.split(',').count()).ok()?, line.value_span)));
        let profile = profile(&artifact.path, &[]);
        let span = Span::new(source, 0, 0);
        found.extend(Defaults { said: &said, keys: PROPERTIES, span, brokers, profile }.topics());
    }
    found
}

/// The variables of brokers that run beside each other.
fn of_services(services: &[Service]) -> Vec<Topic> {
    let is_kafka = |service: &&Service| !service.is_partial && service.product().is_some_and(|product| product.name == "kafka");
    let lists: Vec<(usize, Vec<&str>)> = services.iter().flat_map(keeper_lists).collect();
    let mut by_cluster: BTreeMap<(usize, Option<String>), Vec<&Service>> = BTreeMap::new();
    for service in services.iter().filter(is_kafka) {
        by_cluster.entry((service.project, cluster(service, &lists))).or_default().push(service);
    }
    let found = by_cluster.into_values().flat_map(|containers| {
        let is_counted = containers.iter().all(|service| is_broker(service).is_some());
        let brokers: Vec<&Service> = containers.into_iter().filter(|service| is_broker(service) == Some(true)).collect();
        let second = brokers.get(1).filter(|_| is_counted);
        let many = second.and_then(|second| Some((u32::try_from(brokers.len()).ok()?, second.span)));
        let told = brokers.first().copied().map(|first| {
            let said = |key: &str| {
                let name = format!("KAFKA_{}", key.replace('.', "_").to_ascii_uppercase());
                match first.environment.named(&name).and_then(|variable| variable.value.known_with_origin()) {
                    Some((text, origin)) => number(text, origin.span().unwrap_or(first.span)),
                    None => Fact::Absent,
                }
            };
            Defaults { said: &said, keys: VARIABLES, span: first.span, brokers: many, profile: first.profile }.topics()
        });
        told.into_iter().flatten().collect::<Vec<Topic>>()
    });
    found.collect()
}

/// What tells the brokers of one cluster from those of another beside it: who votes in it, or who keeps its state.
fn cluster(service: &Service, lists: &[(usize, Vec<&str>)]) -> Option<String> {
    let known = |name: &&str| service.environment.named(name)?.value.known();
    if let Some(voters) = VOTERS.iter().find_map(known) {
        return Some(voters.clone());
    }
    let asked = KEEPERS.iter().find_map(known)?;
    let mut joined: BTreeSet<&str> = keepers(asked).into_iter().collect();
    // Whoever stands in one list keeps the same state. Each round takes in at least one list.
    for _ in 0..lists.len() {
        let is_new = |list: &&(usize, Vec<&'_ str>)| {
            list.0 == service.project
                && list.1.iter().any(|one| joined.contains(one))
                && list.1.iter().any(|one| !joined.contains(one))
        };
        let Some((_, more)) = lists.iter().find(is_new) else { break };
        joined.extend(more);
    }
    // Several clusters may keep their state under paths of their own in the same ensemble.
    let path = asked.find('/').map_or("", |at| &asked[at..]);
    Some(format!("{}{path}", joined.into_iter().collect::<Vec<_>>().join(",")))
}

/// What variables of a service list as servers of one ZooKeeper, the service itself with them.
fn keeper_lists(service: &Service) -> Vec<(usize, Vec<&str>)> {
    let lists = service
        .environment
        .iter()
        .filter(|(name, _)| KEEPERS.contains(name) || matches!(*name, "ZOO_SERVERS" | "ZOOKEEPER_SERVERS"));
    let known = lists.take(20).filter_map(|(name, variable)| Some((name, variable.value.known()?)));
    let hosts = known.map(|(name, text)| {
        let itself = (!KEEPERS.contains(&name)).then_some(service.name.as_str());
        (service.project, keepers(text).into_iter().chain(itself).collect())
    });
    hosts.collect()
}

/// The hosts of `zk1:2181,zk2:2181/kafka`, of `server.1=zk1:2888:3888;2181 server.2=zk2:2888:3888;2181`.
fn keepers(text: &str) -> Vec<&str> {
    let servers = text.split('/').next().unwrap_or("").split([',', ' ', ';']).take(50);
    let hosts = servers.filter_map(|server| server.rsplit('=').next()?.split(':').next());
    hosts.filter(|host| host.contains(|c: char| c.is_ascii_alphabetic())).collect()
}

/// Whether a container with an image of Kafka is a broker; `None` where nothing tells. The same image makes topics, and votes without
/// keeping messages.
fn is_broker(service: &Service) -> Option<bool> {
    let named = |key: &str| {
        let variables = [format!("KAFKA_{key}"), format!("KAFKA_CFG_{key}")];
        variables.iter().find_map(|name| service.environment.named(name))
    };
    let roles = named("PROCESS_ROLES");
    if let Some(roles) = roles
        && !roles.value.known()?.contains("broker")
    {
        return Some(false);
    }
    let is_told = roles.is_some() || TOLD_TO_BROKERS.iter().any(|key| named(key).is_some());
    let parts = [&service.entrypoint, &service.command];
    if parts.iter().any(|part| part.unknown().is_some()) {
        return None;
    }
    let mut words = parts.into_iter().filter_map(|part| part.known()).flatten().peekable();
    let starts = |word: &String| STARTS.contains(&word.rsplit('/').next().unwrap_or(""));
    let runs_other = words.peek().is_some() && !words.any(starts);
    (is_told != runs_other).then_some(is_told)
}

fn whole(node: Option<NodeRef<'_>>) -> Fact<u32> {
    match node.filter(|node| !node.is_null()) {
        None => Fact::Absent,
        Some(node) => number(node.text().unwrap_or_default(), node.span()),
    }
}

fn number(text: &str, span: Span) -> Fact<u32> {
    match text.trim().parse() {
        Ok(number) => Fact::explicit(number, span),
        Err(_) => Fact::not_read("not a number", vec![span]),
    }
}

fn count(brokers: &mut HashMap<String, (u32, Span)>, cluster: &str, replicas: Option<NodeRef<'_>>) {
    if let Some((number, span)) = replicas.and_then(|node| Some((node.text()?.trim().parse::<u32>().ok()?, node.span()))) {
        let known = brokers.entry(cluster.to_owned()).or_insert((0, span));
        known.0 = known.0.saturating_add(number);
    }
}
