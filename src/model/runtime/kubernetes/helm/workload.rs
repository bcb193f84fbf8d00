//! A part of a chart that runs, as a service.

use super::WHY;
use super::values::{Component, Values};
use crate::documents::NodeRef;
use crate::documents::interpolation::STAND_IN;
use crate::fact::Fact;
use crate::model::runtime::kubernetes::{container, workload};
use crate::model::runtime::service::{Environment, Front, FrontPort, Port, Probe, ProbeKind, Replicas, Service, Stop, Variable};

/// Entries of one list that are read.
const MOST: usize = 2_000;

/// Maps and lists of variables, as charts call them; what stands behind is stronger.
const VARIABLES: [&str; 9] =
    ["environment", "envVars", "envs", "env", "extraEnvironment", "extraEnvs", "extraEnvVars", "extraEnv", "additionalEnv"];

/// Reads a part of a chart.
pub(super) fn read(project: usize, component: &Component<'_>, chart: &str) -> Service {
    let Component { name, key, own: values, shared } = component;
    let mut service = Service::bare(project, name.clone(), key.span());
    service.workload = Some("Chart".to_owned());
    if name != chart {
        service.aliases.push((format!("{chart}-{name}"), "name of a chart's part"));
    }
    service.image = image(shared);
    service.is_partial = service.image.known().is_none();
    service.healthcheck = Fact::not_read(WHY, vec![key.span()]);
    service.restart = Fact::not_read(WHY, vec![key.span()]);
    service.environment = environment(shared);
    if let Some(owner) = values.layers().iter().find(|layer| layer.get("command").or_else(|| layer.get("args")).is_some()) {
        (service.entrypoint, service.command) = workload::command(*owner);
    }
    service.probes = probes(values);
    service.ports = ports(values);
    service.fronts.extend(front(name, values));
    let grace = values.first(&["terminationGracePeriodSeconds"]);
    let hooks = values.layers().iter().find_map(|layer| container::pre_stop(*layer));
    service.stop = Stop { grace: container::seconds(grace), pre_stop: hooks.unwrap_or(Fact::Absent), ..Stop::default() };
    workload::open(&mut service, WHY);
    service.replicas = replicas(values);
    service
}

/// `image: { registry, repository, tag }`, or the reference itself.
fn image(values: &Values<'_>) -> Fact<String> {
    let Some((_, node)) = values.entry("image") else { return Fact::Absent };
    if let Some(text) = node.text().filter(|text| !text.is_empty()) {
        return Fact::explicit(text.to_owned(), node.span());
    }
    let image = values.map("image");
    let Some(repository) = image.first(&["repository", "name"]) else { return Fact::Absent };
    let text = |path: &str| image.first(&[path]).and_then(NodeRef::text).filter(|text| !text.is_empty());
    let Some(name) = repository.text().filter(|name| !name.is_empty() && !name.contains("{{")) else { return Fact::Absent };
    let registry = text("registry").map(|registry| format!("{registry}/")).unwrap_or_default();
    let tag = text("tag").map(|tag| format!(":{tag}")).unwrap_or_default();
    Fact::explicit(format!("{registry}{name}{tag}"), repository.span())
}

/// How many run: as an autoscaler may start that is switched on, else as written.
fn replicas(values: &Values<'_>) -> Fact<Replicas> {
    let why = || Fact::not_read(WHY, Vec::new());
    for name in ["autoscaling", "hpa", "horizontalPodAutoscaler", "keda"] {
        let scaler = values.map(name);
        let most = scaler.number(&["maxReplicas", "maxReplicaCount", "max", "maxpods"]);
        match (scaler.flag("enabled"), most.known_with_origin()) {
            (Some(true), Some((most, origin))) => {
                let least = scaler.number(&["minReplicas", "minReplicaCount", "min", "minpods"]).known().copied().unwrap_or(1);
                return Fact::Known(Replicas { least, most: *most }, origin.clone());
            }
            (Some(true), None) => return why(),
            // Without a switch the templates decide whether there is one.
            (None, Some(_)) => return why(),
            _ => {}
        }
    }
    match values.number(&["replicaCount", "replicas"]) {
        Fact::Known(number, origin) => Fact::Known(Replicas::fixed(number), origin),
        _ => why(),
    }
}

/// Variables; templates may set more.
fn environment(values: &Values<'_>) -> Environment {
    let mut environment = Environment::default();
    for name in VARIABLES {
        let maps = values.map(name);
        for layer in maps.layers().iter().rev() {
            for (key, value) in layer.merged_entries().into_iter().take(MOST) {
                set(&mut environment, key, value.get("value").unwrap_or(value), value.get("valueFrom").is_some());
            }
        }
        let list = values.first(&[name]).filter(|node| node.is_list());
        for item in list.into_iter().flat_map(NodeRef::items).take(MOST) {
            let Some(key) = item.get("name") else { continue };
            let Some(value) = item.get("value").or_else(|| item.get("valueFrom")) else { continue };
            set(&mut environment, key, value, item.get("value").is_none());
        }
    }
    environment
}

fn set(environment: &mut Environment, key: NodeRef<'_>, value: NodeRef<'_>, is_reference: bool) {
    // `env: { open: { STORAGE: local } }`: a map of maps has other keys than variables.
    let is_name = |name: &&str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !value.is_map()
    };
    let Some(name) = key.text().filter(is_name) else { return };
    let (fact, partly) = match value.text().filter(|_| !is_reference && !value.is_null()) {
        None => (Fact::not_read("the cluster gives it", vec![value.span()]), None),
        Some(text) if text.contains("{{") => (Fact::not_read("the chart fills it in", vec![value.span()]), Some(filled(text))),
        Some(text) => (Fact::explicit(text.to_owned(), value.span()), None),
    };
    environment.set(name.to_owned(), Variable { value: fact, partly, key_span: key.span() });
}

/// A text with the name of the release where a template asks for it, and a stand-in for everything else that it asks.
fn filled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((asked, after)) = after.split_once("}}") else { return out };
        match asked.trim_matches(['-', ' ']) {
            ".Release.Name" | "$.Release.Name" => out.push_str("release"),
            _ => out.push(STAND_IN),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Probes that are written out; switches and numbers alone leave the question to the templates.
fn probes(values: &Values<'_>) -> Vec<Probe> {
    let mut found: Vec<Probe> = Vec::new();
    for layer in values.layers() {
        for probe in container::probes(*layer) {
            let key = match probe.kind {
                ProbeKind::Liveness => "livenessProbe",
                ProbeKind::Readiness => "readinessProbe",
                ProbeKind::Startup => "startupProbe",
            };
            let is_on = values.flag(&format!("{key}/enabled")) != Some(false);
            if is_on && !found.iter().any(|known| known.kind == probe.kind) {
                found.push(probe);
            }
        }
    }
    found
}

fn ports(values: &Values<'_>) -> Vec<Port> {
    let named = ["containerPort", "containerPorts/http", "service/targetPort"];
    let found = named.into_iter().filter_map(|path| values.entry(path)).filter_map(|(_, value)| {
        let container = value.text()?.trim().parse().ok().filter(|port| *port > 0)?;
        Some(Port { container, is_published: false, host_address: None, is_fixed: false, name: None, span: value.span() })
    });
    found.take(1).collect()
}

/// The Service in front of it.
fn front(name: &str, values: &Values<'_>) -> Option<Front> {
    let (key, _) = values.entry("service").filter(|(_, node)| node.is_map())?;
    let service = values.map("service");
    let ports = ["port", "servicePort", "externalPort", "ports/http"].into_iter().filter_map(|path| service.entry(path));
    let ports = ports.filter_map(|(_, value)| {
        let text = value.text()?.trim();
        let target = service.first(&["targetPort"]).and_then(NodeRef::text).unwrap_or(text).to_owned();
        Some(FrontPort { port: text.parse().ok()?, target, is_udp: false, name: None, span: value.span() })
    });
    let kind = service.first(&["type"]).and_then(NodeRef::text);
    Some(Front {
        name: name.to_owned(),
        ports: ports.take(1).collect(),
        is_open: matches!(kind, Some("LoadBalancer" | "NodePort")),
        is_headless: service.first(&["clusterIP"]).and_then(NodeRef::text) == Some("None"),
        lists_unready: false,
        span: key.span(),
    })
}
