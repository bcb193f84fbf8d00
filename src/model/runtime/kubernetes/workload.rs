//! The pods of a workload as a service: the container that serves, its variables, ports, probes, and how it is stopped.

use super::container::{self, Variables};
use super::object::Object;
use super::overlay::Overlays;
use crate::documents::NodeRef;
use crate::fact::{Fact, Origin};
use crate::model::runtime::compose::words;
use crate::model::runtime::service::{Mount, Port, Replicas, Service, Stop};
use crate::model::runtime::tables::tables;
use crate::model::runtime::timeout::Timeout;
use crate::source::Span;
use std::time::Duration;

/// Containers of a pod, and entries of their lists, that are read.
const MOST: usize = 500;

/// The pod that a workload runs; `None` for every other object.
pub(super) fn pod_of<'t>(object: &Object<'t>) -> Option<NodeRef<'t>> {
    match object.kind {
        "Deployment" | "DeploymentConfig" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Rollout" | "Job" => {
            object.at("spec/template")
        }
        "CronJob" => object.at("spec/jobTemplate/spec/template"),
        "Pod" => Some(object.node),
        _ => None,
    }
}

/// The labels of its pods.
pub(super) fn labels<'t>(object: &Object<'t>) -> Vec<(&'t str, &'t str)> {
    let labels = pod_of(object).and_then(|pod| pod.at("metadata/labels"));
    let entries = labels.map(NodeRef::merged_entries).unwrap_or_default();
    entries.into_iter().filter_map(|(key, value)| Some((key.text()?, value.text()?))).collect()
}

/// Reads a workload. `objects`: all of its namespace.
pub(super) fn read(
    project: usize,
    object: &Object<'_>,
    pod: NodeRef<'_>,
    objects: &[&Object<'_>],
    overlays: &Overlays,
) -> Service {
    let mut service = Service::bare(project, object.name.to_owned(), object.name_span);
    service.workload = Some(object.kind.to_owned());
    let spec = pod.get("spec");
    let list = |key: &str| spec.and_then(|spec| spec.get(key)).into_iter().flat_map(NodeRef::items).take(MOST);
    let containers: Vec<NodeRef<'_>> = list("containers").collect();
    service.replicas = replicas(object);
    // Names of its own, or the places where names are looked up: a bare name then needs no Service beside it.
    let resolves = ["dnsConfig", "hostAliases"].into_iter().find(|key| spec.is_some_and(|spec| spec.get(key).is_some()));
    service.outside = resolves.map(|key| format!("its pods have a `{key}`"));
    if let Some(main) = main(&containers, object.name) {
        service.image = scalar(main.get("image"));
        service.is_partial = service.image.known_absent();
        let variables = Variables { objects, overlays };
        let (environment, missing) = variables.of_container(main);
        service.environment = environment;
        service.missing_keys = missing;
        (service.entrypoint, service.command) = command(main);
        if let Some(spec) = spec {
            service.mounts = mounts(spec, main, objects);
        }
    } else {
        service.is_partial = true;
    }
    (service.has_injected_check, service.injected_ports) = injected(pod);
    service.lists_all_ports = !containers.is_empty();
    for container in &containers {
        let listed = ports(*container);
        service.lists_all_ports &= !listed.is_empty();
        service.ports.extend(listed);
        service.probes.extend(container::probes(*container));
        if let Some(pre_stop) = container::pre_stop(*container) {
            let longer = |fact: &Fact<Timeout>| fact.known().and_then(|timeout| timeout.after);
            if service.stop.pre_stop.known_absent() || longer(&pre_stop) > longer(&service.stop.pre_stop) {
                service.stop.pre_stop = pre_stop;
            }
        }
    }
    let grace = spec.and_then(|spec| spec.get("terminationGracePeriodSeconds"));
    service.stop = Stop { grace: container::seconds(grace), ..service.stop };
    service
}

/// Nothing that such a service does not say is known to be absent.
pub(super) fn open(service: &mut Service, why: &str) {
    fn unknown<T>(fact: &mut Fact<T>, why: &str, span: Span) {
        if fact.known_absent() {
            *fact = Fact::not_read(why.to_owned(), vec![span]);
        }
    }
    let span = service.span;
    unknown(&mut service.command, why, span);
    unknown(&mut service.entrypoint, why, span);
    unknown(&mut service.stop.grace, why, span);
    unknown(&mut service.stop.pre_stop, why, span);
    service.replicas = Fact::not_read(why.to_owned(), vec![span]);
    service.environment.opened(why.to_owned(), span);
    service.missing_keys.clear();
}

/// Whether an annotation of the pod asks a controller for a container that is not ready before the application is, and the ports of
/// such a container: its own, and those that other annotations name.
fn injected(pod: NodeRef<'_>) -> (bool, Vec<String>) {
    let Some(annotations) = pod.at("metadata/annotations") else { return (false, Vec::new()) };
    let words = |key: &str| tables().words("kubernetes", key).iter();
    let asks = |(name, value): &(&str, &str)| annotations.get_text(name).is_some_and(|said| said.eq_ignore_ascii_case(value));
    let Some((name, _)) = words("injecting").filter_map(|line| line.split_once('=')).find(asks) else {
        return (false, Vec::new());
    };
    let whose = name.split('/').next().unwrap_or(name);
    let is_port = |name: &str| name.starts_with(whose) && name.ends_with("-port");
    let stated = annotations.merged_entries().into_iter().filter(|(key, _)| key.text().is_some_and(is_port));
    let stated = stated.filter_map(|(_, value)| Some(value.text()?.trim().to_owned()));
    let waits = words("injected_readiness").any(|name| annotations.get_text(name).is_some());
    (waits, words("injected_ports").cloned().chain(stated).collect())
}

/// The container that the workload is about: the one of its name, else the first that is no helper.
fn main<'t>(containers: &[NodeRef<'t>], name: &str) -> Option<NodeRef<'t>> {
    let named = containers.iter().find(|container| container.get_text("name") == Some(name));
    let is_helper = |container: &NodeRef<'_>| {
        let product = container.get_text("image").and_then(|image| tables().product(image));
        product.is_some_and(|product| matches!(product.role.as_str(), "tool" | "gateway" | "pooler"))
    };
    named.or_else(|| containers.iter().find(|one| !is_helper(one))).or(containers.first()).copied()
}

/// The text of a scalar as it stands there.
pub(super) fn scalar(node: Option<NodeRef<'_>>) -> Fact<String> {
    match node.filter(|node| !node.is_null()) {
        Some(node) => match node.text() {
            Some(text) => Fact::explicit(text.to_owned(), node.span()),
            None => Fact::not_read("not a scalar", vec![node.span()]),
        },
        None => Fact::Absent,
    }
}

fn replicas(object: &Object<'_>) -> Fact<Replicas> {
    if matches!(object.kind, "DaemonSet" | "Job" | "CronJob") {
        return Fact::not_read("how many run is decided elsewhere", vec![object.name_span]);
    }
    match scalar(object.at("spec/replicas")) {
        Fact::Known(text, origin) => match text.trim().parse() {
            Ok(number) => Fact::Known(Replicas::fixed(number), origin),
            Err(_) => Fact::not_read("not a number", origin.span().into_iter().collect()),
        },
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why),
    }
}

/// Entrypoint and command: `command` and `args` of Kubernetes. The script of a shell is split, wherever it stands.
pub(super) fn command(container: NodeRef<'_>) -> (Fact<Vec<String>>, Fact<Vec<String>>) {
    let of = |key: &str| -> Fact<Vec<String>> {
        let Some(list) = container.get(key).filter(|list| !list.is_null()) else { return Fact::Absent };
        let mut words = Vec::new();
        for item in list.items().take(MOST) {
            match item.text() {
                // `$(NAME)` is replaced by Kubernetes; what it holds is not followed here.
                Some(text) if text.contains("$(") => return Fact::not_read("a variable", vec![item.span()]),
                Some(text) => words.push(text.to_owned()),
                None => return Fact::not_read("not a scalar", vec![item.span()]),
            }
        }
        Fact::Known(words, Origin::Explicit(list.span()))
    };
    let (entrypoint, command) = (of("command"), of("args"));
    let ends_in_flag = |words: &Vec<String>| words.last().is_some_and(|word| word.starts_with('-') && word.ends_with('c'));
    let shell = entrypoint.known().filter(|words| ends_in_flag(words)).cloned();
    match (shell, command) {
        (Some(mut shell), Fact::Known(words, origin)) => {
            shell.extend(words);
            (entrypoint, Fact::Known(words::unwrap_shell(&shell), origin))
        }
        (_, command) => (unwrapped(entrypoint), unwrapped(command)),
    }
}

fn unwrapped(words: Fact<Vec<String>>) -> Fact<Vec<String>> {
    match words {
        Fact::Known(words, origin) => Fact::Known(words::unwrap_shell(&words), origin),
        other => other,
    }
}

fn ports(container: NodeRef<'_>) -> Vec<Port> {
    let ports = container.get("ports").into_iter().flat_map(NodeRef::items).take(MOST);
    let found = ports.filter_map(|port| {
        let container = port.get("containerPort")?;
        let host = port.get("hostPort").is_some_and(|host| !host.is_null());
        Some(Port {
            container: container.text()?.trim().parse().ok()?,
            is_published: host,
            host_address: port.get_text("hostIP").map(str::to_owned),
            is_fixed: host,
            name: port.get_text("name").map(str::to_owned),
            span: container.span(),
        })
    });
    found.collect()
}

/// The files of ConfigMaps that the container sees, and every volume but secrets.
fn mounts(spec: NodeRef<'_>, container: NodeRef<'_>, objects: &[&Object<'_>]) -> Vec<Mount> {
    let volumes = || spec.get("volumes").into_iter().flat_map(NodeRef::items).take(MOST);
    let mut found = Vec::new();
    for mount in container.get("volumeMounts").into_iter().flat_map(NodeRef::items).take(MOST) {
        let (Some(name), Some(target)) = (mount.get_text("name"), mount.get_text("mountPath")) else { continue };
        // What the pod does not declare is a claim that its StatefulSet makes.
        let Some(volume) = volumes().find(|volume| volume.get_text("name") == Some(name)) else {
            found.push(Mount::kept(None, target));
            continue;
        };
        let Some(map) = volume.at("configMap/name").and_then(NodeRef::text) else {
            if volume.get("secret").is_none() {
                let is_lost = volume.get("emptyDir").is_some();
                found.push(Mount { is_lost, ..Mount::kept(None, target) });
            }
            continue;
        };
        let known = objects.iter().find(|object| object.kind == "ConfigMap" && object.name == map);
        let Some(data) = known.and_then(|object| Some((object, object.at("data")?))) else {
            found.push(Mount::kept(None, target));
            continue;
        };
        let (object, data) = data;
        let renamed = volume.at("configMap/items");
        for (key, _) in data.merged_entries().into_iter().take(MOST) {
            let Some(key) = key.text() else { continue };
            let item = renamed.into_iter().flat_map(NodeRef::items).find(|item| item.get_text("key") == Some(key));
            if renamed.is_some() && item.is_none() {
                continue;
            }
            let file = item.and_then(|item| item.get_text("path")).unwrap_or(key);
            let target = match mount.get_text("subPath") {
                Some(part) if part == file => target.to_owned(),
                Some(_) => continue,
                None => format!("{}/{file}", target.trim_end_matches('/')),
            };
            found.push(Mount::kept(Some(super::embedded::name(object, key)), target));
        }
    }
    found
}

/// A number of seconds as a timeout.
pub(super) fn of_seconds(text: &str) -> Option<Timeout> {
    let seconds: u64 = text.trim().parse().ok()?;
    Some(Timeout::after(Duration::from_secs(seconds), text.trim()))
}
