//! What runs: services, their variables, ports, probes and files, whoever runs them (Compose, Kubernetes).
//!
//! What is absent: networks and volumes by themselves, and every value that only the shell, a cluster or an image could give.

use super::healthcheck::HealthCheck;
use super::managed::ToldElsewhere;
use super::profile::Profile;
use super::server_file::ServerFile;
use super::tables::{Product, tables};
use super::timeout::Timeout;
use crate::fact::Fact;
use crate::source::Span;
use std::collections::BTreeMap;

/// Files whose services reach each other by name: a Compose project, or the manifests of one Kubernetes namespace.
#[derive(Debug, Clone)]
pub struct Project {
    /// Who reads the files.
    pub runner: Runner,
    /// Its files: the first one gives the folder; of Compose overrides follow, then included files.
    pub files: Vec<String>,
    /// Whether the first file has one of the names that `docker compose up` looks for.
    pub is_default: bool,
    /// What Compose puts before the names of its containers; `None` where the files do not say it.
    pub name: Option<String>,
    /// The Kubernetes namespace, where the manifests name one.
    pub namespace: Option<String>,
    /// Names that resolve within the project and lead to none of its services: external links, further hosts, Services of
    /// Kubernetes without a workload in the repository.
    pub others: Vec<String>,
}

/// Who runs the services of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// Docker Compose.
    Compose,
    /// Kubernetes.
    Kubernetes,
    /// Kubernetes, as the values of a Helm chart ask for it.
    Helm,
    /// AWS, as a Serverless Framework file asks for it.
    Serverless,
    /// AWS, as a SAM or CloudFormation template asks for it.
    Cloudformation,
    /// A cloud, as Terraform asks for it.
    Terraform,
}

impl Project {
    /// The file that names the project.
    pub fn path(&self) -> &str {
        self.files.first().map_or("", String::as_str)
    }

    /// The folder of the project, without a slash at its end; empty at the root.
    pub fn folder(&self) -> &str {
        self.path().rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// One service of a project: a Compose service with all its layers merged, or the pods of a Kubernetes workload.
#[derive(Debug, Clone)]
pub struct Service {
    /// Index of its project.
    pub project: usize,
    /// Its key under `services`.
    pub name: String,
    /// Where the key stands: in the file that gives its image or build, where several have the service.
    pub span: Span,
    /// The image, variables resolved.
    pub image: Fact<String>,
    /// What is known of an image that could not be resolved as a whole (`postgres:${TAG}`): the rest stands as
    /// [`crate::documents::interpolation::STAND_IN`].
    pub image_partly: Option<String>,
    /// The folder that it is built from, relative to the root.
    pub build: Fact<String>,
    /// The words of `command`; a script behind `sh -c` is split.
    pub command: Fact<Vec<String>>,
    /// The words of `entrypoint`.
    pub entrypoint: Fact<Vec<String>>,
    /// What `environment` and `env_file` give.
    pub environment: Environment,
    /// Ports, published and exposed.
    pub ports: Vec<Port>,
    /// Whether each of its containers lists a port, so that none listens where nothing is said.
    pub lists_all_ports: bool,
    /// Whether a controller puts a container into its pods whose readiness probe, which no file shows, asks for the application too.
    pub has_injected_check: bool,
    /// The ports of such containers, by number or name.
    pub injected_ports: Vec<String>,
    /// What it waits for.
    pub depends_on: Vec<Dependency>,
    /// How it is probed.
    pub healthcheck: Fact<HealthCheck>,
    /// Compose profiles that start it; empty: always.
    pub profiles: Vec<String>,
    /// How many run: `deploy.replicas` or `scale`, the workload's `replicas`, the bounds of an autoscaler; absent where nothing is
    /// written (one then runs).
    pub replicas: Fact<Replicas>,
    /// How it is asked whether it lives, is ready, has started; a health check of Compose is [`Service::healthcheck`].
    pub probes: Vec<Probe>,
    /// How it is stopped.
    pub stop: Stop,
    /// The labels that other products read (Traefik), in order.
    pub labels: Vec<Label>,
    /// `restart`, as written.
    pub restart: Fact<String>,
    /// What the manifest calls it: `Deployment`, `StatefulSet`, `CronJob`; `None` for Compose.
    pub workload: Option<String>,
    /// Names besides its own by which others reach it: (name, what kind of name).
    pub aliases: Vec<(String, &'static str)>,
    /// Names that it alone has for others (`links: db:database`): (name, service); no service: something outside of the project.
    pub links: Vec<(String, String)>,
    /// Files and folders of the repository that it sees.
    pub mounts: Vec<Mount>,
    /// The HEALTHCHECK of its image, where that can be known.
    pub image_check: Fact<Span>,
    /// The image that its Dockerfile builds upon, where it is built here and the file was found.
    pub base_image: Option<String>,
    /// Whether its Dockerfile may add programs to what it builds upon.
    pub adds_programs: bool,
    /// Why it meets services of other projects: a network that is not the project's own.
    pub outside: Option<String>,
    /// The Services of Kubernetes that pass requests to it.
    pub fronts: Vec<Front>,
    /// How many processes of one replica serve requests; unknown where no known server says it.
    pub workers: Fact<u32>,
    /// The file of settings that its server reads.
    pub server_file: ServerFile,
    /// What a server that somebody else runs is told; its command is in the same words.
    pub told: Vec<ToldElsewhere>,
    /// Keys of objects of the repository that it asks for and that these do not have.
    pub missing_keys: Vec<MissingKey>,
    /// Why what is absent here may be said elsewhere: a patch, a file that could not be read.
    pub open: Option<String>,
    /// Whether it has neither image nor build: an overlay for a file that we cannot name.
    pub is_partial: bool,
    /// For which kind of use it is made.
    pub profile: Profile,
    /// For which kind of use its own variables tell it to run.
    pub told_profile: Profile,
}

impl Service {
    /// A service of which only its name is known; its reader fills in what the files say. Nothing is written, until it is.
    pub fn bare(project: usize, name: String, span: Span) -> Service {
        Service {
            project,
            name,
            span,
            image: Fact::Absent,
            image_partly: None,
            build: Fact::Absent,
            command: Fact::Absent,
            entrypoint: Fact::Absent,
            environment: Environment::default(),
            ports: Vec::new(),
            lists_all_ports: false,
            has_injected_check: false,
            injected_ports: Vec::new(),
            depends_on: Vec::new(),
            healthcheck: Fact::Absent,
            profiles: Vec::new(),
            replicas: Fact::Absent,
            probes: Vec::new(),
            stop: Stop::default(),
            labels: Vec::new(),
            restart: Fact::Absent,
            workload: None,
            aliases: Vec::new(),
            links: Vec::new(),
            mounts: Vec::new(),
            image_check: Fact::not_read("the image may carry a check", vec![span]),
            base_image: None,
            adds_programs: false,
            outside: None,
            fronts: Vec::new(),
            workers: Fact::not_read("no known server says it", vec![span]),
            server_file: ServerFile::None,
            told: Vec::new(),
            missing_keys: Vec::new(),
            open: None,
            is_partial: false,
            profile: Profile::Unknown,
            told_profile: Profile::Unknown,
        }
    }

    /// The image as far as it is known.
    pub fn known_image(&self) -> Option<&str> {
        self.image.known().or(self.image_partly.as_ref()).map(String::as_str)
    }

    /// The product that its image is, where it is a known one.
    pub fn product(&self) -> Option<&'static Product> {
        self.known_image().and_then(|image| tables().product(image))
    }
}

/// A Service of Kubernetes: a name for the pods of a workload, with ports of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// Its name.
    pub name: String,
    /// Its ports.
    pub ports: Vec<FrontPort>,
    /// Whether it can be reached from outside of the cluster (`LoadBalancer`, `NodePort`).
    pub is_open: bool,
    /// Whether it leads to the pods themselves (`clusterIP: None`), whose ports then count.
    pub is_headless: bool,
    /// Whether it lists the pods that are not ready, too.
    pub lists_unready: bool,
    /// Where its name stands.
    pub span: Span,
}

impl Front {
    /// Its first port that a request can be sent to and an answer waited for.
    pub fn asked_port(&self) -> Option<&FrontPort> {
        self.ports.iter().find(|port| !port.is_udp && !port.is_for_monitors())
    }
}

/// A port of a Service of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontPort {
    /// The port that clients use.
    pub port: u16,
    /// The port of the container that it leads to: a number, or the name of one.
    pub target: String,
    /// Whether it is one of UDP, where nobody is connected and nothing is refused.
    pub is_udp: bool,
    /// Its name.
    pub name: Option<String>,
    /// Where it stands.
    pub span: Span,
}

impl FrontPort {
    /// Whether its name says that only what collects figures asks it: `http-metrics`, `tcp-prometheus-servicemonitor`. It asks again.
    fn is_for_monitors(&self) -> bool {
        let says = |word: &str| matches!(word, "metrics" | "prometheus" | "servicemonitor" | "podmonitor");
        self.name.as_deref().is_some_and(|name| name.split(['-', '.', '_']).any(says))
    }
}

/// A key of an object that a workload asks for and that the object does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingKey {
    /// `ConfigMap` or `Secret`.
    pub kind: &'static str,
    /// The name of the object.
    pub object: String,
    /// The key.
    pub key: String,
    /// Keys that the object has.
    pub has: Vec<String>,
    /// Where it is asked for.
    pub span: Span,
    /// Where the object stands.
    pub object_span: Span,
}

/// The variables of a service.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    entries: BTreeMap<String, Variable>,
    /// Why a variable that is missing here may be set all the same.
    open: Option<(String, Vec<Span>)>,
}

/// One variable of a service.
#[derive(Debug, Clone)]
pub struct Variable {
    /// What it holds.
    pub value: Fact<String>,
    /// What is known of it where it could not be resolved as a whole: the rest stands as
    /// [`crate::documents::interpolation::STAND_IN`].
    pub partly: Option<String>,
    /// Where its name stands.
    pub key_span: Span,
}

impl Environment {
    /// What a variable holds; absent only where every file that could set it was read.
    pub fn get(&self, name: &str) -> Fact<String> {
        match (self.entries.get(name), &self.open) {
            (Some(variable), _) => variable.value.clone(),
            (None, Some((why, spans))) => Fact::not_read(why.clone(), spans.clone()),
            (None, None) => Fact::Absent,
        }
    }

    /// A variable that is named.
    pub fn named(&self, name: &str) -> Option<&Variable> {
        self.entries.get(name)
    }

    /// Every variable that is named, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.entries.iter().map(|(name, variable)| (name.as_str(), variable))
    }

    /// Why there may be more variables than are named.
    pub fn open(&self) -> Option<&str> {
        self.open.as_ref().map(|(why, _)| why.as_str())
    }

    pub(super) fn set(&mut self, name: String, variable: Variable) {
        self.entries.insert(name, variable);
    }

    /// A file that could not be read may set any variable, also those of the files before it.
    pub(super) fn unread_file(&mut self, why: String, span: Span) {
        for variable in self.entries.values_mut() {
            variable.value = Fact::not_read(why.clone(), vec![span]);
            variable.partly = None;
        }
        self.opened(why, span);
    }

    pub(super) fn opened(&mut self, why: String, span: Span) {
        self.open.get_or_insert((why, Vec::new())).1.push(span);
    }
}

/// How many of a service run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replicas {
    /// At least.
    pub least: u32,
    /// At most; the same without an autoscaler.
    pub most: u32,
}

impl Replicas {
    /// A fixed number.
    pub fn fixed(number: u32) -> Replicas {
        Replicas { least: number, most: number }
    }
}

/// What a probe is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeKind {
    /// Whether it must be restarted.
    Liveness,
    /// Whether it may get requests.
    Readiness,
    /// Whether it has started.
    Startup,
}

impl ProbeKind {
    /// `livenessProbe`.
    pub fn key(self) -> &'static str {
        match self {
            ProbeKind::Liveness => "livenessProbe",
            ProbeKind::Readiness => "readinessProbe",
            ProbeKind::Startup => "startupProbe",
        }
    }
}

/// How a probe asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handler {
    /// An HTTP request: path and port as written (a number or a name).
    Http(String, String),
    /// Making a connection to a port.
    Tcp(String),
    /// A gRPC health call to a port.
    Grpc(String),
    /// A command in the container.
    Command(Vec<String>),
}

/// A probe of a workload. Times are absent where they are not written.
#[derive(Debug, Clone)]
pub struct Probe {
    /// What it is asked for.
    pub kind: ProbeKind,
    /// How; unknown where it could not be read.
    pub handler: Fact<Handler>,
    /// `periodSeconds`.
    pub period: Fact<Timeout>,
    /// `timeoutSeconds`.
    pub timeout: Fact<Timeout>,
    /// `failureThreshold`.
    pub failures: Fact<u32>,
    /// The container that has it.
    pub container: String,
    /// Why the port that it asks is none of those that its container lists; `None` where it is one, or that is not known.
    pub stray_port: Option<StrayPort>,
    /// Where it stands.
    pub span: Span,
}

/// A port that a probe asks and its container does not list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrayPort {
    /// A name that no port of the container has, or the number as text.
    pub port: String,
    /// Whether it is a name, for which nothing else could stand.
    pub is_name: bool,
    /// The ports that the container lists, by name or number.
    pub listed: Vec<String>,
    /// Where the port is asked for.
    pub span: Span,
}

/// How a service is stopped. Absent: not written.
#[derive(Debug, Clone)]
pub struct Stop {
    /// How long it has before it is killed: `terminationGracePeriodSeconds`, `stop_grace_period`.
    pub grace: Fact<Timeout>,
    /// How long its `preStop` hook sleeps.
    pub pre_stop: Fact<Timeout>,
    /// Which signal it gets.
    pub signal: Fact<String>,
}

impl Default for Stop {
    fn default() -> Stop {
        Stop { grace: Fact::Absent, pre_stop: Fact::Absent, signal: Fact::Absent }
    }
}

/// A label of a service.
#[derive(Debug, Clone)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: Fact<String>,
    /// Where the name stands.
    pub span: Span,
}

/// A port of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// The port within the network of the project.
    pub container: u16,
    /// Whether the host publishes it.
    pub is_published: bool,
    /// The address of the host on which it is published; `None`: all of them; with
    /// [`crate::documents::interpolation::STAND_IN`] where it is not known.
    pub host_address: Option<String>,
    /// Whether it has a port of the host that somebody chose; otherwise it is published at another one at each start.
    pub is_fixed: bool,
    /// Its name in a manifest.
    pub name: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// A service that another one waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The service waited for.
    pub service: String,
    /// `service_started`, `service_healthy`, `service_completed_successfully`; the short form means the first.
    pub condition: String,
    /// Whether it is written in the short form, without a condition.
    pub is_short: bool,
    /// Whether the service does not start without it; `required: false` says otherwise.
    pub is_required: bool,
    /// Where it stands.
    pub span: Span,
}

/// A file or folder of the repository that a container sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Path relative to the root; `None` where it lies outside of the repository or could not be read.
    pub source: Option<String>,
    /// Path within the container; with [`crate::documents::interpolation::STAND_IN`] where a variable of it is not known.
    pub target: String,
    /// Whether what is written there goes with the container: an `emptyDir`, a `tmpfs`.
    pub is_lost: bool,
}

impl Mount {
    /// Something that is kept when the container goes.
    pub fn kept(source: Option<String>, target: impl Into<String>) -> Mount {
        Mount { source, target: target.into(), is_lost: false }
    }
}
