//! The `gateways` of `model --format json`: what was read of each, so that one can see what rules see. What is not known is null.

use super::Runtime;
use super::json::{place, timeout};
use super::route::{Address, Gateway, PathMatch, Rewrite, Route};
use crate::fact::Fact;
use crate::source::Sources;
use serde_json::{Map, Value, json};

/// Every gateway configuration with its listeners and routes, in the order in which they were read.
pub fn gateways_to_json(runtime: &Runtime, sources: &Sources) -> Value {
    let mut routes: Vec<Vec<Value>> = vec![Vec::new(); runtime.gateways.len()];
    for one in &runtime.routes {
        if let Some(own) = routes.get_mut(one.gateway) {
            own.push(route(runtime, one, sources));
        }
    }
    let all = runtime.gateways.iter().zip(routes).map(|(one, routes)| gateway(runtime, one, routes, sources));
    Value::Array(all.collect())
}

fn gateway(runtime: &Runtime, one: &Gateway, routes: Vec<Value>, sources: &Sources) -> Value {
    let services = one.services.iter().filter_map(|at| runtime.service(*at)).map(|service| service.name());
    let listeners = one.listeners.known().map(|all| {
        let listener = |one: &super::route::Listener| {
            let mut value = Map::new();
            value.insert("port".into(), one.port.into());
            value.insert("names".into(), one.names.clone().into());
            value.insert("tls".into(), one.is_encrypted.into());
            value.insert("redirects".into(), one.redirects.into());
            place(&mut value, one.span, sources);
            Value::Object(value)
        };
        all.iter().map(listener).collect::<Vec<Value>>()
    });
    json!({
        "product": one.product.0, "path": one.path, "line": 1, "profile": one.profile.name(),
        "services": services.collect::<Vec<&str>>(), "all_routes_known": one.knows_routes, "listeners": listeners, "routes": routes,
    })
}

fn route(runtime: &Runtime, one: &Route, sources: &Sources) -> Value {
    let mut value = Map::new();
    value.insert("name".into(), one.name.clone().into());
    place(&mut value, one.span, sources);
    value.insert("host".into(), one.server_name.clone().into());
    value.insert("paths".into(), one.path.known().map(paths).into());
    value.insert("methods".into(), known(&one.methods, "all", |methods| methods.clone().into()));
    value.insert("rewrite".into(), known(&one.rewrite, "none", rewrite));
    value.insert("speaks".into(), one.module.into());
    value.insert("servers".into(), known(&one.servers, "none", |all| all.iter().map(address).collect::<Vec<String>>().into()));
    let targets = one.targets.iter().filter_map(|target| Some((target, runtime.service(target.service)?)));
    let targets = targets.map(|(target, service)| json!({ "service": service.name(), "why": target.why }));
    value.insert("targets".into(), targets.collect::<Vec<Value>>().into());
    let waits = [
        ("connect", &one.waits.connect),
        ("read", &one.waits.read),
        ("send", &one.waits.send),
        ("total", &one.waits.total),
        ("idle", &one.waits.idle),
    ];
    let waits: Map<String, Value> = waits
        .into_iter()
        .map(|(name, fact)| (name.to_owned(), if fact.known_absent() { "none".into() } else { timeout(fact, sources) }))
        .collect();
    value.insert("waits".into(), waits.into());
    let retry = known(&one.retry, "none", |retry| {
        json!({
            "attempts": retry.attempts, "on": retry.on, "resends_post": retry.resends_post.is_some(),
            "per_try": timeout(&retry.per_try, sources), "backoff": timeout(&retry.backoff, sources),
        })
    });
    value.insert("retry".into(), retry);
    let limits = known(&one.limits, "none", |all| {
        let limit = |one: &super::route::Limit| json!({ "name": one.name, "status": one.status.known() });
        all.iter().map(limit).collect::<Vec<Value>>().into()
    });
    value.insert("limits".into(), limits);
    let body = known(&one.body_limit, "none", |bytes| if *bytes == u64::MAX { "none".into() } else { (*bytes).into() });
    value.insert("body_limit".into(), body);
    value.insert("streaming".into(), one.streaming.clone().into());
    Value::Object(value)
}

/// A fact, with a word for what is known not to be there.
fn known<T>(fact: &Fact<T>, absent: &str, shown: impl Fn(&T) -> Value) -> Value {
    match fact {
        Fact::Known(value, _) => shown(value),
        Fact::Absent => absent.into(),
        Fact::Unknown(_) => Value::Null,
    }
}

fn paths(matched: &PathMatch) -> String {
    match matched {
        PathMatch::Prefix(path) => format!("{path}*"),
        PathMatch::Segments(path) => format!("{}/**", path.trim_end_matches('/')),
        PathMatch::Exact(path) => path.clone(),
        PathMatch::Pattern(pattern) => format!("~ {pattern}"),
    }
}

fn rewrite(one: &Rewrite) -> Value {
    match one {
        Rewrite::Prefix { from, to } => json!({ "from": from, "to": to }),
        Rewrite::Whole(to) => json!({ "to": to }),
    }
}

fn address(one: &Address) -> String {
    match one.port {
        Some(port) => format!("{}:{port}", one.host),
        None => one.host.clone(),
    }
}
