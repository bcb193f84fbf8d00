//! One file's word on one service. Layers are merged in [`super::merge`].

use super::project::Index;
use super::value::Variables;
use super::words;
use crate::documents::NodeRef;
use crate::documents::interpolation::STAND_IN;
use crate::fact::{Fact, Origin};
use crate::files;
use crate::model::runtime::service::{Dependency, Label, Mount, Port, Replicas, Stop};
use crate::model::runtime::timeout::{self, Timeout, Units};
use crate::source::Span;

/// No list of a service is longer in use; what follows is not read.
const LONGEST_LIST: usize = 2_000;

/// What one file says of a service. Absent: it says nothing.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub image: Fact<String>,
    pub image_partly: Option<String>,
    pub build: Fact<String>,
    /// `build.dockerfile`.
    pub dockerfile: Option<String>,
    /// `build.target`.
    pub target: Option<String>,
    pub command: Fact<Vec<String>>,
    pub entrypoint: Fact<Vec<String>>,
    pub env_files: Vec<EnvFileUse>,
    pub environment: Vec<(String, Fact<String>, Option<String>, Span)>,
    pub ports: Vec<Port>,
    pub depends_on: Vec<Dependency>,
    /// Key, words of its value, place.
    pub healthcheck: Vec<(String, Vec<String>, Span)>,
    pub profiles: Vec<String>,
    pub replicas: Fact<Replicas>,
    pub stop: Stop,
    pub restart: Fact<String>,
    pub labels: Vec<Label>,
    pub aliases: Vec<(String, &'static str)>,
    pub links: Vec<(String, String)>,
    pub mounts: Vec<Mount>,
    /// Why it meets services of other projects: a network that is not the project's own.
    pub outside: Option<String>,
    pub extends: Option<Extends>,
    /// Keys that replace what the layers below say (`!reset`, `!override`).
    pub replaces: Vec<String>,
}

impl Layer {
    /// A layer that says nothing.
    pub(super) fn bare() -> Layer {
        Layer {
            image: Fact::Absent,
            image_partly: None,
            build: Fact::Absent,
            dockerfile: None,
            target: None,
            command: Fact::Absent,
            entrypoint: Fact::Absent,
            env_files: Vec::new(),
            environment: Vec::new(),
            ports: Vec::new(),
            depends_on: Vec::new(),
            healthcheck: Vec::new(),
            profiles: Vec::new(),
            replicas: Fact::Absent,
            stop: Stop::default(),
            restart: Fact::Absent,
            labels: Vec::new(),
            aliases: Vec::new(),
            links: Vec::new(),
            mounts: Vec::new(),
            outside: None,
            extends: None,
            replaces: Vec::new(),
        }
    }

    /// How much memory it takes, in rough units.
    pub(super) fn weight(&self) -> usize {
        let words = self.command.known().map_or(0, Vec::len) + self.entrypoint.known().map_or(0, Vec::len);
        let lists = self.ports.len() + self.depends_on.len() + self.mounts.len() + self.aliases.len() + self.env_files.len();
        1 + words + lists + self.environment.len()
    }
}

/// A file under `env_file`.
#[derive(Debug, Clone)]
pub(super) struct EnvFileUse {
    /// Relative to the root; unknown where it holds unresolved variables or lies outside.
    pub path: Fact<String>,
    pub is_required: bool,
    pub is_raw: bool,
    pub span: Span,
}

/// What `extends` names.
#[derive(Debug, Clone)]
pub(super) struct Extends {
    /// Another file, relative to the root; `None`: the same.
    pub file: Option<String>,
    pub service: String,
}

/// Reads a service. `path`: the file it stands in; relative paths start from there.
pub(super) fn read(path: &str, node: NodeRef<'_>, variables: &Variables, index: &Index) -> Layer {
    let reader = Reader { path, variables, index };
    let tagged = node.merged_entries().into_iter().filter(|(_, value)| matches!(value.tag(), Some("!reset" | "!override")));
    Layer {
        image: variables.of_key(node, "image"),
        image_partly: node.get_text("image").and_then(|image| variables.resolve_partly(image)),
        build: reader.build(node),
        dockerfile: node.at("build/dockerfile").and_then(|file| variables.scalar(file).known().cloned()),
        target: node.at("build/target").and_then(|stage| variables.scalar(stage).known().cloned()),
        command: reader.command(node, "command"),
        entrypoint: reader.command(node, "entrypoint"),
        env_files: reader.env_files(node),
        environment: reader.environment(node),
        ports: reader.ports(node),
        depends_on: reader.depends_on(node),
        healthcheck: reader.healthcheck(node),
        profiles: reader.list(node, "profiles"),
        replicas: reader.replicas(node),
        stop: reader.stop(node),
        restart: variables.of_key(node, "restart"),
        labels: reader.labels(node),
        aliases: reader.aliases(node),
        links: reader.links(node),
        mounts: reader.mounts(node),
        outside: reader.outside(node),
        extends: reader.extends(node),
        replaces: tagged.filter_map(|(key, _)| key.text().map(str::to_owned)).collect(),
    }
}

struct Reader<'a> {
    path: &'a str,
    variables: &'a Variables,
    index: &'a Index,
}

fn is_reset(node: NodeRef<'_>) -> bool {
    node.tag() == Some("!reset")
}

impl Reader<'_> {
    /// The scalars of a list (or of a single scalar) under a key, variables resolved; unresolved ones are left out.
    fn list(&self, node: NodeRef<'_>, key: &str) -> Vec<String> {
        self.nodes(node, key).into_iter().filter_map(|item| self.variables.scalar(item).known().cloned()).collect()
    }

    /// The items of a list under a key, or the single scalar there.
    fn nodes<'t>(&self, node: NodeRef<'t>, key: &str) -> Vec<NodeRef<'t>> {
        match node.get(key) {
            Some(value) if is_reset(value) => Vec::new(),
            Some(value) if value.is_list() => value.items().take(LONGEST_LIST).collect(),
            Some(value) if !value.is_map() && !value.is_null() => vec![value],
            _ => Vec::new(),
        }
    }

    fn resolve_path(&self, reference: &str) -> Option<String> {
        if reference.starts_with(['/', '~']) || reference.contains("://") {
            return None;
        }
        files::resolve(self.path, reference)
    }

    fn build(&self, node: NodeRef<'_>) -> Fact<String> {
        let Some(build) = node.get("build").filter(|build| !build.is_null()) else { return Fact::Absent };
        let context = if build.is_map() { self.variables.of_key(build, "context") } else { self.variables.scalar(build) };
        let outside = || Fact::not_read("a build context outside of the repository", vec![build.span()]);
        match context {
            Fact::Known(context, origin) => match self.resolve_path(&context) {
                Some(folder) => Fact::Known(folder, origin),
                None => outside(),
            },
            Fact::Absent => self.resolve_path(".").map_or_else(outside, |folder| Fact::explicit(folder, build.span())),
            unknown => unknown,
        }
    }

    fn command(&self, node: NodeRef<'_>, key: &str) -> Fact<Vec<String>> {
        let Some(value) = node.get(key).filter(|value| !value.is_null()) else { return Fact::Absent };
        if !value.is_list() {
            return match self.variables.scalar(value) {
                Fact::Known(text, origin) => Fact::Known(words::unwrap_shell(&words::split(&text)), origin),
                Fact::Absent => Fact::Absent,
                Fact::Unknown(why) => Fact::Unknown(why),
            };
        }
        let mut found = Vec::new();
        for item in value.items().take(LONGEST_LIST) {
            match self.variables.scalar(item) {
                Fact::Known(text, _) => found.push(text),
                Fact::Absent => {}
                Fact::Unknown(why) => return Fact::Unknown(why),
            }
        }
        Fact::Known(words::unwrap_shell(&found), Origin::Explicit(value.span()))
    }

    fn env_files(&self, node: NodeRef<'_>) -> Vec<EnvFileUse> {
        let one = |item: NodeRef<'_>| {
            let (path, flag) = if item.is_map() {
                (self.variables.of_key(item, "path"), item.get("required").and_then(NodeRef::as_bool))
            } else {
                (self.variables.scalar(item), None)
            };
            let path = match path {
                Fact::Known(path, origin) => match self.resolve_path(&path) {
                    Some(path) => Fact::Known(path, origin),
                    None => Fact::not_read("an env_file outside of the repository", vec![item.span()]),
                },
                other => other,
            };
            let is_raw = item.is_map() && item.get_text("format") == Some("raw");
            EnvFileUse { path, is_required: flag.unwrap_or(true), is_raw, span: item.span() }
        };
        match node.get("env_file").filter(|value| !is_reset(*value) && !value.is_null()) {
            Some(value) if value.is_list() => value.items().take(LONGEST_LIST).map(one).collect(),
            Some(value) => vec![one(value)],
            None => Vec::new(),
        }
    }

    fn environment(&self, node: NodeRef<'_>) -> Vec<(String, Fact<String>, Option<String>, Span)> {
        let Some(environment) = node.get("environment").filter(|value| !is_reset(*value)) else { return Vec::new() };
        let from_shell = |name: &str, span: Span| self.variables.resolve(&format!("${{{name}}}"), span);
        let valued = |name: &str, text: &str, key: Span, value: Span| {
            let fact = self.variables.resolve(text, value);
            let partly = if fact.unknown().is_some() { self.variables.resolve_partly(text) } else { None };
            (name.to_owned(), fact, partly, key)
        };
        if environment.is_map() {
            let entries = environment.merged_entries().into_iter().filter_map(|(key, value)| {
                let name = key.text()?;
                if is_reset(value) {
                    return Some((name.to_owned(), Fact::Absent, None, key.span()));
                }
                Some(match value.text().filter(|_| !value.is_null()) {
                    Some(text) => valued(name, text, key.span(), value.span()),
                    None => (name.to_owned(), from_shell(name, key.span()), None, key.span()),
                })
            });
            return entries.collect();
        }
        let items = environment.items().filter_map(|item| {
            let text = item.text()?;
            let span = item.span();
            Some(match text.split_once('=') {
                Some((name, value)) => valued(name.trim(), value, span, span),
                None => (text.trim().to_owned(), from_shell(text.trim(), span), None, span),
            })
        });
        items.collect()
    }

    fn ports(&self, node: NodeRef<'_>) -> Vec<Port> {
        let published = self.nodes(node, "ports").into_iter().flat_map(|item| {
            let span = item.span();
            let (text, host_address, is_fixed) = match item.is_map() {
                true => {
                    let target = self.variables.of_key(item, "target").known().cloned().unwrap_or_default();
                    let address = self.variables.of_key(item, "host_ip").known().cloned();
                    (target, address, item.get("published").is_some())
                }
                false => {
                    let raw = item.text().unwrap_or("");
                    let text = self.variables.resolve_partly(raw).unwrap_or_default();
                    let host = text.rsplit_once(':').map(|(host, _)| host);
                    // One variable before the port may hold an address, too, unless it is named for a port.
                    let is_port = raw.to_ascii_uppercase().contains("PORT");
                    let address = match host {
                        Some(host) if host.contains(STAND_IN) && !is_port => Some(STAND_IN.to_string()),
                        _ => host_address(&text).map(str::to_owned),
                    };
                    let is_fixed = host.is_some();
                    (text, address, is_fixed)
                }
            };
            let container = text.split('/').next().and_then(|text| text.rsplit(':').next()).unwrap_or("");
            let port = |container| Port {
                container,
                is_published: true,
                host_address: host_address.clone(),
                is_fixed,
                name: None,
                span,
            };
            range(container).into_iter().map(port).collect::<Vec<Port>>()
        });
        let exposed = self.nodes(node, "expose").into_iter().flat_map(|item| {
            let text = self.variables.scalar(item).known().cloned().unwrap_or_default();
            let span = item.span();
            let port = |container| Port { container, is_published: false, host_address: None, is_fixed: false, name: None, span };
            range(text.split('/').next().unwrap_or("")).into_iter().map(port).collect::<Vec<Port>>()
        });
        published.chain(exposed).collect()
    }

    fn depends_on(&self, node: NodeRef<'_>) -> Vec<Dependency> {
        let Some(value) = node.get("depends_on").filter(|value| !is_reset(*value)) else { return Vec::new() };
        // A stack of Swarm waits for nobody, and refuses the long form: who writes that runs it with Compose.
        let is_of_stack = !value.is_map() && super::value::is_of_stack(node);
        let started = if is_of_stack { "" } else { "service_started" };
        if value.is_map() {
            let entries = value.merged_entries().into_iter().take(LONGEST_LIST).filter_map(|(key, value)| {
                let condition = value.get_text("condition").unwrap_or(started).to_owned();
                let is_required = value.get("required").and_then(NodeRef::as_bool) != Some(false);
                let service = key.text()?.to_owned();
                Some(Dependency { service, condition, is_short: false, is_required, span: key.span() })
            });
            return entries.collect();
        }
        let items = value.items().take(LONGEST_LIST);
        items
            .filter_map(|item| {
                let service = self.variables.scalar(item).known()?.clone();
                let condition = started.to_owned();
                Some(Dependency { service, condition, is_short: true, is_required: true, span: item.span() })
            })
            .collect()
    }

    fn healthcheck(&self, node: NodeRef<'_>) -> Vec<(String, Vec<String>, Span)> {
        let Some(check) = node.get("healthcheck").filter(|check| check.is_map() && !is_reset(*check)) else { return Vec::new() };
        let fields = ["test", "interval", "timeout", "retries", "disable"].into_iter().filter_map(|key| {
            let value = check.get(key)?;
            let items = if value.is_list() { value.items().take(LONGEST_LIST).collect() } else { vec![value] };
            let words = items.into_iter().map(|item| self.variables.scalar(item).known().cloned().unwrap_or_default());
            Some((key.to_owned(), words.collect(), value.span()))
        });
        fields.collect()
    }

    fn stop(&self, node: NodeRef<'_>) -> Stop {
        let grace = match self.variables.of_key(node, "stop_grace_period") {
            Fact::Known(text, origin) => match timeout::parse(&text, Units::Common, Some(1.0)) {
                Some(duration) => Fact::Known(Timeout::after(duration, text.trim()), origin),
                None => Fact::not_read("not a length of time", origin.span().into_iter().collect()),
            },
            Fact::Absent => Fact::Absent,
            Fact::Unknown(why) => Fact::Unknown(why),
        };
        Stop { grace, pre_stop: Fact::Absent, signal: self.variables.of_key(node, "stop_signal") }
    }

    fn labels(&self, node: NodeRef<'_>) -> Vec<Label> {
        let mut found = Vec::new();
        let deployed = node.get("deploy").and_then(|deploy| deploy.get("labels"));
        for labels in [deployed, node.get("labels")].into_iter().flatten().filter(|labels| !is_reset(*labels)) {
            if labels.is_map() {
                found.extend(labels.merged_entries().into_iter().take(LONGEST_LIST).filter_map(|(key, value)| {
                    Some(Label { name: key.text()?.to_owned(), value: self.variables.scalar(value), span: key.span() })
                }));
                continue;
            }
            found.extend(labels.items().take(LONGEST_LIST).filter_map(|item| {
                let (name, value) = item.text()?.split_once('=')?;
                let span = item.span();
                Some(Label { name: name.trim().to_owned(), value: self.variables.resolve(value, span), span })
            }));
        }
        found
    }

    fn replicas(&self, node: NodeRef<'_>) -> Fact<Replicas> {
        let deploy = node.get("deploy").map_or(Fact::Absent, |deploy| self.variables.of_key(deploy, "replicas"));
        let written = if deploy.known_absent() { self.variables.of_key(node, "scale") } else { deploy };
        match written {
            Fact::Known(text, origin) => match text.trim().parse() {
                Ok(number) => Fact::Known(Replicas::fixed(number), origin),
                Err(_) => Fact::not_read("not a number", origin.span().into_iter().collect()),
            },
            Fact::Absent => Fact::Absent,
            Fact::Unknown(why) => Fact::Unknown(why),
        }
    }

    fn aliases(&self, node: NodeRef<'_>) -> Vec<(String, &'static str)> {
        let mut found = Vec::new();
        for (key, kind) in [("container_name", "container name"), ("hostname", "hostname")] {
            found.extend(self.variables.of_key(node, key).known().map(|name| (name.clone(), kind)));
        }
        if let Some(networks) = node.get("networks").filter(|networks| networks.is_map()) {
            for (_, network) in networks.merged_entries().into_iter().take(LONGEST_LIST) {
                found.extend(self.list(network, "aliases").into_iter().map(|name| (name, "network alias")));
            }
        }
        found
    }

    fn links(&self, node: NodeRef<'_>) -> Vec<(String, String)> {
        let links = self.list(node, "links").into_iter();
        let own = links.filter_map(|link| link.split_once(':').map(|(service, name)| (name.to_owned(), service.to_owned())));
        let last = |link: String| link.rsplit(':').next().unwrap_or("").to_owned();
        let outside = self.list(node, "external_links").into_iter().map(last);
        // `host:address`, `host=address`, or a map.
        let hosts = self.list(node, "extra_hosts").into_iter();
        let hosts = hosts.map(|host| host.split([':', '=']).next().unwrap_or("").to_owned());
        let mapped = node.get("extra_hosts").map(NodeRef::merged_entries).unwrap_or_default();
        let mapped = mapped.into_iter().take(LONGEST_LIST).filter_map(|(key, _)| key.text().map(str::to_owned));
        own.chain(outside.chain(hosts).chain(mapped).map(|name| (name, String::new()))).collect()
    }

    /// Why the service meets services of other projects.
    fn outside(&self, node: NodeRef<'_>) -> Option<String> {
        if let Some(mode) = node.get_text("network_mode").filter(|mode| *mode != "none") {
            return Some(format!("it has `network_mode: {mode}`"));
        }
        let networks = node.get("networks")?;
        let names = networks.items().chain(networks.merged_entries().into_iter().map(|(key, _)| key));
        let external = names.take(LONGEST_LIST).filter_map(NodeRef::text).find(|name| self.index.is_external(name))?;
        Some(format!("the network `{external}` is shared with other projects"))
    }

    fn mounts(&self, node: NodeRef<'_>) -> Vec<Mount> {
        let mut found = Vec::new();
        for item in self.nodes(node, "volumes") {
            if item.is_map() {
                let source = self.variables.of_key(item, "source");
                let target = item.get_text("target").and_then(|target| self.variables.resolve_partly(target));
                let kind = item.get_text("type");
                let source = source.known().filter(|_| kind == Some("bind")).and_then(|source| self.resolve_path(source));
                let target = target.unwrap_or_else(|| STAND_IN.to_string());
                found.push(Mount { is_lost: kind == Some("tmpfs"), ..Mount::kept(source, target) });
            } else if let Some(text) = item.text().and_then(|text| self.variables.resolve_partly(text)) {
                let mut parts = text.split(':');
                let (source, target) = match (parts.next(), parts.next()) {
                    (Some(source), Some(target)) => (source, target),
                    // One variable may hold both; a path alone is a volume without a name.
                    (Some(whole), None) if whole.contains(STAND_IN) => ("", whole),
                    _ => continue,
                };
                // A name without a slash is a volume, not a path.
                let is_path = (source.starts_with('.') || source.contains('/')) && !source.contains(STAND_IN);
                found.push(Mount::kept(is_path.then(|| self.resolve_path(source)).flatten(), target));
            }
        }
        for item in self.nodes(node, "tmpfs") {
            let target = item.text().and_then(|text| text.split(':').next()).unwrap_or_default().to_owned();
            found.push(Mount { source: None, target, is_lost: true });
        }
        if !self.nodes(node, "volumes_from").is_empty() {
            found.push(Mount::kept(None, STAND_IN));
        }
        for item in self.nodes(node, "configs") {
            let (name, target) = if item.is_map() {
                (item.get_text("source"), self.variables.of_key(item, "target").known().cloned())
            } else {
                (item.text(), None)
            };
            let Some(name) = name else { continue };
            let source = self.index.configs.iter().find(|(known, _)| known == name).map(|(_, path)| path.clone());
            found.push(Mount::kept(source, target.unwrap_or_else(|| format!("/{name}"))));
        }
        found
    }

    fn extends(&self, node: NodeRef<'_>) -> Option<Extends> {
        let extends = node.get("extends").filter(|extends| !is_reset(*extends))?;
        if !extends.is_map() {
            return Some(Extends { file: None, service: extends.text()?.to_owned() });
        }
        let file = self.variables.of_key(extends, "file");
        let file = match file.known() {
            Some(file) => Some(self.resolve_path(file).unwrap_or_default()),
            None if file.known_absent() => None,
            None => Some(String::new()),
        };
        Some(Extends { file, service: extends.get_text("service")?.to_owned() })
    }
}

/// The ports of `8080` or `8080-8085`; longer ranges than a hundred ports are cut, nobody names their ports one by one.
fn range(text: &str) -> Vec<u16> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse::<u16>(), last.trim().parse::<u16>()) {
        (Ok(first), Ok(last)) => (first..=last.min(first.saturating_add(99))).collect(),
        _ => Vec::new(),
    }
}

/// The address of the host in `127.0.0.1:5432:5432` or `[::1]:5432:5432`.
fn host_address(text: &str) -> Option<&str> {
    if let Some((host, _)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return Some(host);
    }
    let mut parts = text.rsplitn(3, ':');
    parts.nth(2)
}
