//! Gateway API: HTTPRoutes and GRPCRoutes. Without a timeout the implementation decides.

use super::backend::{MOST, Routes, duration};
use super::object::Object;
use crate::documents::NodeRef;
use crate::fact::Fact;
use crate::model::runtime::route::{Address, PathMatch, Retry, Rewrite, Route};
use crate::model::runtime::timeout::Timeout;

pub(super) fn read(object: &Object<'_>, routes: &mut Routes<'_>) {
    let gateway = routes.gateway(object, "Gateway API");
    // A rule that leads to no Service redirects, or answers by itself.
    let leads = |rule: NodeRef<'_>| rule.get("backendRefs").is_some_and(NodeRef::is_list);
    if object.at("spec/rules").into_iter().flat_map(NodeRef::items).all(leads) {
        routes.knows_routes(gateway);
    }
    let hosts = object.at("spec/hostnames").into_iter().flat_map(NodeRef::items).filter_map(NodeRef::text);
    let host = hosts.into_iter().next().map(str::to_owned);
    for (number, rule) in object.at("spec/rules").into_iter().flat_map(NodeRef::items).take(MOST).enumerate() {
        let Some(backends) = rule.get("backendRefs").filter(|backends| backends.is_list()) else { continue };
        let name = match rule.get_text("name") {
            Some(name) => format!("rule {name} of {}", object.name),
            None if number == 0 => format!("rule of {}", object.name),
            None => format!("rule {} of {}", number + 1, object.name),
        };
        let mut route = Route::bare(gateway, name, object.name_span, rule.span());
        route.server_name = host.clone();
        route.waits.total = decided(duration(rule.at("timeouts/request")), rule);
        route.waits.each = duration(rule.at("timeouts/backendRequest"));
        if object.kind == "GRPCRoute" {
            route.module = "grpc";
            route.streaming = Some("gRPC calls may stream".into());
        }
        (route.path, route.methods) = matches(rule);
        route.rewrite = rewrite(rule, &route.path);
        route.retry = retry(rule);
        let backends = backends.items().take(MOST).filter_map(address).collect();
        routes.lead(&mut route, backends);
        routes.routes.push(route);
    }
}

fn decided(timeout: Fact<Timeout>, rule: NodeRef<'_>) -> Fact<Timeout> {
    match timeout {
        Fact::Absent => Fact::not_read("the implementation of the Gateway API decides", vec![rule.span()]),
        other => other,
    }
}

fn matches(rule: NodeRef<'_>) -> (Fact<PathMatch>, Fact<Vec<String>>) {
    let all: Vec<NodeRef<'_>> = rule.get("matches").into_iter().flat_map(NodeRef::items).take(MOST).collect();
    let everything = || Fact::explicit(PathMatch::Prefix("/".into()), rule.span());
    let only = match all.as_slice() {
        [] => return (everything(), Fact::Absent),
        [only] => *only,
        [first, ..] => {
            let unknown = "it has several matches";
            return (Fact::not_read(unknown, vec![first.span()]), Fact::not_read(unknown, vec![first.span()]));
        }
    };
    let path = match only.get("path") {
        Some(path) => match (path.get_text("type"), path.get_text("value")) {
            (Some("Exact"), Some(value)) => Fact::explicit(PathMatch::Exact(value.to_owned()), path.span()),
            (Some("RegularExpression"), Some(value)) => Fact::explicit(PathMatch::Pattern(value.to_owned()), path.span()),
            (_, Some(value)) if value != "/" => {
                Fact::explicit(PathMatch::Segments(value.trim_end_matches('/').to_owned()), path.span())
            }
            _ => everything(),
        },
        None => everything(),
    };
    let methods = match only.get("method") {
        Some(method) if method.text().is_some() => {
            Fact::explicit(vec![method.text().unwrap_or_default().to_owned()], method.span())
        }
        _ => Fact::Absent,
    };
    (path, methods)
}

fn rewrite(rule: NodeRef<'_>, path: &Fact<PathMatch>) -> Fact<Rewrite> {
    let filters = rule.get("filters").into_iter().flat_map(NodeRef::items).take(MOST);
    let Some(replaced) = filters.into_iter().find_map(|filter| filter.at("urlRewrite/path")) else { return Fact::Absent };
    if let Some(whole) = replaced.get_text("replaceFullPath") {
        return Fact::explicit(Rewrite::Whole(whole.to_owned()), replaced.span());
    }
    match (replaced.get_text("replacePrefixMatch"), path.known()) {
        (Some(to), Some(PathMatch::Segments(from) | PathMatch::Prefix(from))) => {
            Fact::explicit(Rewrite::Prefix { from: from.clone(), to: to.to_owned() }, replaced.span())
        }
        _ => Fact::not_read("a rewrite of several matches", vec![replaced.span()]),
    }
}

/// The retries of a rule: by status codes, so a request that was begun may be sent again.
fn retry(rule: NodeRef<'_>) -> Fact<Retry> {
    let Some((key, retry)) = rule.entry("retry").filter(|(_, retry)| retry.is_map()) else {
        return Fact::not_read("the implementation of the Gateway API decides", vec![rule.span()]);
    };
    let codes = retry.get("codes").into_iter().flat_map(NodeRef::items).take(MOST);
    let on: Vec<String> = codes.filter_map(|code| code.text().map(str::to_owned)).collect();
    let resends_post = on.first().map(|code| format!("status {code}"));
    let attempts = retry.get_text("attempts").and_then(|text| text.trim().parse().ok());
    let per_try = duration(rule.at("timeouts/backendRequest"));
    let backoff = duration(retry.get("backoff"));
    let (methods, within) = (Fact::Absent, Fact::Absent);
    Fact::explicit(
        Retry { attempts, is_by_servers: false, on, methods, resends_post, per_try, backoff, within, span: key.span() },
        key.span(),
    )
}

fn address(backend: NodeRef<'_>) -> Option<(Address, NodeRef<'_>)> {
    if backend.get_text("kind").is_some_and(|kind| kind != "Service") {
        return None;
    }
    let name = backend.get("name")?;
    let host = match backend.get_text("namespace") {
        Some(namespace) => format!("{}.{namespace}", name.text()?),
        None => name.text()?.to_owned(),
    };
    let port = backend.get_text("port").and_then(|port| port.trim().parse().ok());
    Some((Address::of(host, port), name))
}
