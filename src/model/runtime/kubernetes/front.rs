//! What stands around workloads: the Services that name them, and what scales them.

use super::object::Object;
use super::workload::scalar;
use crate::documents::NodeRef;
use crate::fact::Fact;
use crate::model::runtime::service::{Front, FrontPort, Replicas, Service};

/// Ports of a Service that are read.
const MOST: usize = 500;

/// Puts the Services of a namespace in front of the workloads that they select. Returns the names of those that select none.
/// `labels`: those of the pods of each workload, in the order of `services`.
pub(super) fn attach(objects: &[&Object<'_>], labels: &[Vec<(&str, &str)>], services: &mut [Service]) -> Vec<String> {
    let mut others = Vec::new();
    for object in objects.iter().filter(|object| object.kind == "Service") {
        let selector: Vec<(&str, &str)> = object
            .at("spec/selector")
            .map(NodeRef::merged_entries)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(key, value)| Some((key.text()?, value.text()?)))
            .collect();
        let selects = |labels: &Vec<(&str, &str)>| !selector.is_empty() && selector.iter().all(|one| labels.contains(one));
        let mut selected = labels.iter().enumerate().filter(|(_, labels)| selects(labels)).map(|(at, _)| at).peekable();
        if selected.peek().is_none() {
            others.push(object.name.to_owned());
        }
        for at in selected {
            if let Some(service) = services.get_mut(at) {
                service.fronts.push(front(object));
                if service.name != object.name {
                    service.aliases.push((object.name.to_owned(), "Service"));
                }
            }
        }
    }
    others
}

fn front(object: &Object<'_>) -> Front {
    let ports = object.at("spec/ports").into_iter().flat_map(NodeRef::items).take(MOST).filter_map(|port| {
        let number = port.get("port")?;
        let text = number.text()?.trim();
        Some(FrontPort {
            port: text.parse().ok()?,
            target: port.get_text("targetPort").unwrap_or(text).to_owned(),
            is_udp: port.get_text("protocol").is_some_and(|protocol| protocol.eq_ignore_ascii_case("udp")),
            name: port.get_text("name").map(str::to_owned),
            span: number.span(),
        })
    });
    let kind = object.at("spec/type").and_then(NodeRef::text);
    Front {
        name: object.name.to_owned(),
        ports: ports.collect(),
        is_open: matches!(kind, Some("LoadBalancer" | "NodePort")),
        is_headless: object.at("spec/clusterIP").and_then(NodeRef::text) == Some("None"),
        lists_unready: object.at("spec/publishNotReadyAddresses").and_then(NodeRef::as_bool) == Some(true),
        span: object.name_span,
    }
}

/// The bounds of autoscalers replace the number that a workload writes.
pub(super) fn scale(objects: &[&Object<'_>], services: &mut [Service]) {
    for object in objects {
        let (least, most) = match object.kind {
            "HorizontalPodAutoscaler" => ("spec/minReplicas", "spec/maxReplicas"),
            "ScaledObject" => ("spec/minReplicaCount", "spec/maxReplicaCount"),
            _ => continue,
        };
        let Some(target) = object.at("spec/scaleTargetRef") else { continue };
        let kind = target.get_text("kind").unwrap_or("Deployment");
        let is_meant = |service: &&mut Service| {
            service.workload.as_deref() == Some(kind) && Some(service.name.as_str()) == target.get_text("name")
        };
        let Some(service) = services.iter_mut().find(is_meant) else { continue };
        let number = |path: &str| match scalar(object.at(path)) {
            Fact::Known(text, origin) => Some((text.trim().parse::<u32>().ok()?, origin)),
            _ => None,
        };
        let least = number(least).map_or(u32::from(object.kind == "HorizontalPodAutoscaler"), |(number, _)| number);
        service.replicas = match number(most) {
            Some((most, origin)) => Fact::Known(Replicas { least, most }, origin),
            None => Fact::not_read("an autoscaler decides", vec![object.name_span]),
        };
    }
}
