//! The `services` of `model --format json`. What is not known is null.

use super::Runtime;
use super::service::ProbeKind;
use super::timeout::Timeout;
use super::view::{EdgeRef, ServiceRef};
use crate::fact::{Fact, Origin};
use crate::source::{Sources, Span};
use serde_json::{Map, Value, json};

/// Every compose service with its links, then every gateway configuration that no service runs.
pub fn to_json(runtime: &Runtime, sources: &Sources) -> Value {
    let mut all: Vec<Value> = runtime.services().map(|one| service(runtime, one, sources)).collect();
    for (at, gateway) in runtime.gateways.iter().enumerate().filter(|(_, gateway)| gateway.services.is_empty()) {
        let routes = runtime.routes.iter().filter(|route| route.gateway == at);
        let links: Vec<Value> =
            runtime.edges().filter(|edge| edge.route().gateway == at).map(|edge| route_link(edge, sources)).collect();
        let name = gateway.path.rsplit('/').next().unwrap_or("");
        all.push(json!({
            "name": name, "path": gateway.path, "line": 1, "role": "gateway", "product": gateway.product.0, "image": null,
            "profile": gateway.profile.name(), "routes": routes.count(), "links": links,
        }));
    }
    Value::Array(all)
}

/// Adds `path` and `line`.
pub(super) fn place(value: &mut Map<String, Value>, span: Span, sources: &Sources) {
    value.insert("path".into(), sources.path(span.source).into());
    value.insert("line".into(), sources.line_column(span.source, span.start).line.into());
}

fn service(runtime: &Runtime, one: ServiceRef<'_>, sources: &Sources) -> Value {
    let said = one.service();
    let product = said.product().map(|product| product.name.clone());
    let request_timeout = match one.request_timeout() {
        Fact::Known(limit, origin) => {
            let mut value = timeout(&Fact::Known(limit.timeout, origin), sources);
            if let Some(map) = value.as_object_mut() {
                map.insert("setting".into(), limit.setting.into());
            }
            value
        }
        _ => Value::Null,
    };
    let healthcheck = said.healthcheck.known().map(|check| {
        json!({ "disabled": check.is_disabled, "interval": check.interval, "timeout": check.timeout, "retries": check.retries })
    });
    let store = runtime.stores().find(|store| store.service().is_some_and(|service| service.span() == one.span()));
    let mut value = Map::new();
    value.insert("name".into(), one.name().into());
    place(&mut value, one.span(), sources);
    value.insert("project".into(), one.project().map(|project| project.path()).into());
    value.insert("role".into(), one.role().name().into());
    value.insert("product".into(), product.into());
    value.insert("image".into(), said.image.known().cloned().into());
    value.insert("build".into(), said.build.known().cloned().into());
    value.insert("profile".into(), one.profile().name().into());
    value.insert("replicas".into(), said.replicas.known().map(|replicas| replicas.most).into());
    value.insert("ports".into(), said.ports.iter().map(|port| port.container).collect::<Vec<u16>>().into());
    value.insert("healthcheck".into(), healthcheck.into());
    let fronts = said.fronts.iter().map(|front| {
        json!({ "name": front.name, "ports": front.ports.iter().map(|port| port.port).collect::<Vec<u16>>(), "open": front.is_open })
    });
    let probes = said.probes.iter().map(|probe| {
        let kind = match probe.kind {
            ProbeKind::Liveness => "liveness",
            ProbeKind::Readiness => "readiness",
            ProbeKind::Startup => "startup",
        };
        json!({ "kind": kind, "container": probe.container })
    });
    value.insert("workload".into(), said.workload.clone().into());
    value.insert("workers".into(), said.workers.known().copied().into());
    value.insert("fronts".into(), fronts.collect::<Vec<Value>>().into());
    value.insert("probes".into(), probes.collect::<Vec<Value>>().into());
    value.insert("grace".into(), timeout(&said.stop.grace, sources));
    value.insert("request_timeout".into(), request_timeout);
    if let Some(store) = store {
        value.insert("statement_timeout".into(), timeout(&store.statement_timeout(), sources));
    }
    if let Some(function) = runtime.function_of(one) {
        value.insert("timeout".into(), timeout(&function.timeout, sources));
    }
    value.insert("links".into(), links(runtime, one, sources).into());
    Value::Object(value)
}

/// `{"seconds", "written", "origin"}` with the place of the origin; null where it is not known; `seconds: null` for "never".
pub(super) fn timeout(fact: &Fact<Timeout>, sources: &Sources) -> Value {
    let Some((timeout, origin)) = fact.known_with_origin() else { return Value::Null };
    let mut value = Map::new();
    value.insert("seconds".into(), timeout.after.map(|duration| duration.as_secs_f64()).into());
    value.insert("written".into(), timeout.written.clone().into());
    let word = match origin {
        Origin::Explicit(_) => "explicit",
        Origin::Default { .. } => "default",
        Origin::Inherited(_) => "inherited",
        Origin::Inferred(_) => "inferred",
    };
    value.insert("origin".into(), word.into());
    if let Some(span) = origin.span() {
        place(&mut value, span, sources);
    }
    Value::Object(value)
}

fn links(runtime: &Runtime, one: ServiceRef<'_>, sources: &Sources) -> Vec<Value> {
    let mut found = Vec::new();
    for edge in runtime.edges() {
        let runs = |gateway: &super::route::Gateway| gateway.services.iter().any(|at| runtime.is_service(*at, one));
        if runtime.gateways.get(edge.route().gateway).is_some_and(runs) {
            found.push(route_link(edge, sources));
        }
    }
    for database in one.databases() {
        let mut link = Map::new();
        link.insert("kind".into(), database.url.system.into());
        link.insert("to".into(), database.url.host.clone().into());
        link.insert("database".into(), database.url.database.clone().into());
        place(&mut link, database.key_span, sources);
        found.push(Value::Object(link));
    }
    let taken = runtime.function_of(one).into_iter().flat_map(|function| runtime.deliveries_to(function));
    for delivery in taken {
        let mut link = Map::new();
        link.insert("kind".into(), "queue".into());
        link.insert("to".into(), delivery.queue.name.clone().into());
        place(&mut link, delivery.span, sources);
        link.insert("visibility".into(), timeout(&delivery.queue.visibility, sources));
        found.push(Value::Object(link));
    }
    for dependency in &one.service().depends_on {
        let mut link = Map::new();
        link.insert("kind".into(), "depends_on".into());
        link.insert("to".into(), dependency.service.clone().into());
        link.insert("condition".into(), dependency.condition.clone().into());
        place(&mut link, dependency.span, sources);
        found.push(Value::Object(link));
    }
    found
}

fn route_link(edge: EdgeRef<'_>, sources: &Sources) -> Value {
    let mut link = Map::new();
    link.insert("kind".into(), "route".into());
    link.insert("to".into(), edge.target().map(|service| service.name()).into());
    link.insert("location".into(), edge.name().into());
    place(&mut link, edge.pass_span(), sources);
    link.insert("why".into(), edge.why().into());
    link.insert("read_timeout".into(), timeout(edge.patience().0, sources));
    link.insert("streaming".into(), edge.streaming().into());
    Value::Object(link)
}
