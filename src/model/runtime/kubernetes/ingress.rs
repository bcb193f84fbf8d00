//! Ingress objects. What a controller does without an annotation is its own setting and not known here.

use super::backend::{MOST, Routes, annotated_seconds};
use super::object::Object;
use crate::documents::NodeRef;
use crate::fact::Fact;
use crate::model::runtime::route::{Address, CrossOrigin, Limit, PathMatch, Retry, Rewrite, Route, Strength, Target, Unverified};

/// Annotations of ingress-nginx. <https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/>
const PREFIX: &str = "nginx.ingress.kubernetes.io/";

/// What ingress-nginx answers above a limit.
#[derive(Debug, Clone)]
pub(super) struct LimitStatus {
    /// Above a number of requests in a time.
    requests: Fact<u16>,
    /// Above a number of connections at once.
    connections: Fact<u16>,
}

impl LimitStatus {
    /// The controller's own settings are not here.
    pub(super) fn unread() -> LimitStatus {
        let unread = || Fact::not_read("the settings of the controller decide", Vec::new());
        LimitStatus { requests: unread(), connections: unread() }
    }
}

/// What ingress-nginx answers above a limit: what its ConfigMap says, where just one in the repository says it.
/// <https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/#limit-req-status-code>
pub(super) fn limit_status(objects: &[Object<'_>]) -> LimitStatus {
    let (requests, connections) = (status(objects, "limit-req-status-code"), status(objects, "limit-conn-status-code"));
    LimitStatus { requests, connections }
}

fn status(objects: &[Object<'_>], key: &str) -> Fact<u16> {
    let maps = objects.iter().filter(|object| object.kind == "ConfigMap");
    let said: Vec<NodeRef<'_>> = maps.filter_map(|object| object.at("data")?.get(key)).collect();
    let [only] = said.as_slice() else {
        return Fact::not_read("the settings of the controller decide", said.iter().map(|node| node.span()).collect());
    };
    match only.text().and_then(|text| text.trim().parse().ok()) {
        Some(status) => Fact::explicit(status, only.span()),
        None => Fact::not_read("not a status", vec![only.span()]),
    }
}

pub(super) fn read(object: &Object<'_>, routes: &mut Routes<'_>) {
    let gateway = routes.gateway(object, if is_nginx(object) { "ingress-nginx" } else { "Ingress" });
    // A path that none of its rules takes goes to the default backend, or nowhere; a snippet may hold routes of its own.
    if object.annotation(&format!("{PREFIX}server-snippet")).is_none() {
        routes.knows_routes(gateway);
    }
    if let Some(backend) = object.at("spec/defaultBackend").or(object.at("spec/backend")) {
        let mut route = bare(object, (gateway, &routes.limit_status), "default backend".into(), backend);
        route.path = Fact::explicit(PathMatch::Prefix("/".into()), backend.span());
        routes.lead(&mut route, address(backend).into_iter().collect());
        routes.routes.push(route);
    }
    for rule in object.at("spec/rules").into_iter().flat_map(NodeRef::items).take(MOST) {
        for path in rule.at("http/paths").into_iter().flat_map(NodeRef::items).take(MOST) {
            let Some(backend) = path.get("backend") else { continue };
            let text = path.get_text("path").unwrap_or("/");
            let mut route = bare(object, (gateway, &routes.limit_status), format!("path {text}"), path);
            route.server_name = rule.get_text("host").map(str::to_owned);
            route.path =
                Fact::explicit(path_match(object, path.get_text("pathType"), text), path.get("path").unwrap_or(path).span());
            routes.lead(&mut route, address(backend).into_iter().collect());
            routes.routes.push(route);
        }
    }
}

/// The Ingress that the values of a chart ask for; it leads to the part that has it. `service`: its index.
pub(super) fn of_values(object: &Object<'_>, service: usize, routes: &mut Routes<'_>) {
    let gateway = routes.gateway(object, if is_nginx(object) { "ingress-nginx" } else { "Ingress" });
    let why = format!("the chart puts its Ingress in front of `{}`", routes.services.get(service).map_or("", |one| &one.name));
    let mut add = |host: Option<&str>, path: &str, kind: Option<&str>, node: NodeRef<'_>| {
        let mut route = bare(object, (gateway, &routes.limit_status), format!("path {path}"), node);
        route.server_name = host.filter(|host| !host.is_empty()).map(str::to_owned);
        route.path = Fact::explicit(path_match(object, kind, path), node.span());
        route.targets.push(Target { service, strength: Strength::Structure, why: why.clone() });
        routes.routes.push(route);
    };
    let hosts = object.node.get("hosts").filter(|hosts| hosts.is_list());
    for host in hosts.into_iter().flat_map(NodeRef::items).take(MOST) {
        let name = host.text().or_else(|| host.get_text("host")).or_else(|| host.get_text("name"));
        let mut paths = host.get("paths").into_iter().flat_map(NodeRef::items).take(MOST).peekable();
        if paths.peek().is_none() {
            add(name, "/", None, host);
        }
        for path in paths {
            let text = path.text().or_else(|| path.get_text("path")).unwrap_or("/");
            add(name, text, path.get_text("pathType"), path);
        }
    }
    if hosts.is_none_or(|hosts| hosts.items().next().is_none()) {
        let host = object.node.get_text("hostname").or_else(|| object.node.get_text("host"));
        add(host, object.node.get_text("path").unwrap_or("/"), object.node.get_text("pathType"), object.node);
    }
}

fn is_nginx(object: &Object<'_>) -> bool {
    let class = ["spec/ingressClassName", "className", "ingressClassName"].into_iter().find_map(|path| object.at(path));
    let class = class.or_else(|| Some(object.annotation("kubernetes.io/ingress.class")?.1));
    let annotations = object.annotations().map(NodeRef::merged_entries).unwrap_or_default();
    match class.and_then(NodeRef::text).filter(|class| !class.is_empty()) {
        Some(class) => class.contains("nginx"),
        None => annotations.iter().any(|(key, _)| key.text().is_some_and(|key| key.starts_with(PREFIX))),
    }
}

fn bare(object: &Object<'_>, (gateway, answers): (usize, &LimitStatus), name: String, node: NodeRef<'_>) -> Route {
    let mut route = Route::bare(gateway, name, object.name_span, node.span());
    route.methods = Fact::Absent;
    if !is_nginx(object) {
        return route;
    }
    let named = |name: &str| object.annotation(&format!("{PREFIX}{name}"));
    route.waits.connect = annotated_seconds(object, &format!("{PREFIX}proxy-connect-timeout"));
    route.waits.read = annotated_seconds(object, &format!("{PREFIX}proxy-read-timeout"));
    route.waits.send = annotated_seconds(object, &format!("{PREFIX}proxy-send-timeout"));
    let protocol = named("backend-protocol").and_then(|(_, value)| value.text());
    if protocol.is_some_and(|protocol| protocol.starts_with("GRPC")) {
        route.module = "grpc";
        route.streaming = Some("gRPC calls may stream".into());
    }
    if named("websocket-services").is_some() || named("proxy-buffering").is_some_and(|(_, value)| value.text() == Some("off")) {
        route.streaming = Some("its annotations are for streams".into());
    }
    let speaks_tls = protocol.is_some_and(|protocol| protocol.ends_with('S'));
    let unverified = named("proxy-ssl-verify").filter(|(_, value)| speaks_tls && value.text() == Some("off"));
    route.unverified = unverified.map(|(_, value)| Unverified::by("proxy-ssl-verify: off", value.span()));
    route.retry = retry(object);
    route.limits = limits(object, answers);
    if let Some((_, size)) = named("proxy-body-size") {
        route.body_limit = match size.text().and_then(bytes) {
            Some(bytes) => Fact::explicit(bytes, size.span()),
            None => Fact::not_read("not a size", vec![size.span()]),
        };
    }
    route.rewrite = match named("rewrite-target") {
        Some((_, target)) if target.text().is_some_and(|text| !text.contains('$')) => {
            Fact::explicit(Rewrite::Whole(target.text().unwrap_or_default().to_owned()), target.span())
        }
        Some((_, target)) => Fact::not_read("a rewrite by pattern", vec![target.span()]),
        None if named("configuration-snippet").or(named("server-snippet")).is_some() => {
            Fact::not_read("a snippet may rewrite", vec![object.name_span])
        }
        None => Fact::Absent,
    };
    if let Some((_, enabled)) = named("enable-cors").filter(|(_, value)| value.text() == Some("true")) {
        // Defaults: every origin, with credentials. For every origin the star is sent, which browsers refuse together with them; who
        // writes that they are allowed means it.
        let origin = named("cors-allow-origin").and_then(|(_, value)| value.text()).unwrap_or("*");
        let credentials = named("cors-allow-credentials").and_then(|(_, value)| value.text()) == Some("true");
        let any_origin = origin.split(',').any(|one| one.trim() == "*");
        let (is_star, span) = (any_origin, enabled.span());
        route.cross_origin = Fact::explicit(CrossOrigin { any_origin, is_star, credentials, span }, span);
    }
    route
}

fn retry(object: &Object<'_>) -> Fact<Retry> {
    let Some((key, value)) = object.annotation(&format!("{PREFIX}proxy-next-upstream")) else {
        return Fact::not_read("the settings of the controller decide", vec![object.name_span]);
    };
    let on: Vec<String> = value.text().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if on.iter().any(|word| word == "off") {
        return Fact::Absent;
    }
    let number = |name: &str| object.annotation(&format!("{PREFIX}{name}"))?.1.text()?.trim().parse::<u32>().ok();
    let attempts = number("proxy-next-upstream-tries").filter(|tries| *tries > 0).map(|tries| tries - 1);
    let resends_post = on.iter().find(|word| *word == "non_idempotent").map(|word| format!("`{word}`"));
    let within = annotated_seconds(object, &format!("{PREFIX}proxy-next-upstream-timeout"));
    let (methods, per_try, backoff, span) = (Fact::Absent, Fact::Absent, Fact::Absent, key.span());
    Fact::explicit(
        Retry { attempts, is_by_servers: false, on, methods, resends_post, per_try, backoff, within, span },
        value.span(),
    )
}

fn limits(object: &Object<'_>, answers: &LimitStatus) -> Fact<Vec<Limit>> {
    let mut found = Vec::new();
    for (name, status) in
        [("limit-rps", &answers.requests), ("limit-rpm", &answers.requests), ("limit-connections", &answers.connections)]
    {
        if let Some((key, value)) = object.annotation(&format!("{PREFIX}{name}")) {
            let name = format!("{name} {}", value.text().unwrap_or_default());
            found.push(Limit { name, status: status.clone(), span: key.span() });
        }
    }
    match found.first().map(|limit| limit.span) {
        Some(span) => Fact::explicit(found, span),
        None => Fact::not_read("the settings of the controller decide", vec![object.name_span]),
    }
}

fn path_match(object: &Object<'_>, kind: Option<&str>, path: &str) -> PathMatch {
    let is_pattern = object.annotation(&format!("{PREFIX}use-regex")).is_some_and(|(_, value)| value.text() == Some("true"))
        || path.contains(['(', '*', '$']);
    match kind {
        _ if is_pattern => PathMatch::Pattern(path.to_owned()),
        Some("Exact") => PathMatch::Exact(path.to_owned()),
        Some("Prefix") if path != "/" => PathMatch::Segments(path.trim_end_matches('/').to_owned()),
        _ => PathMatch::Prefix(path.to_owned()),
    }
}

/// The Service of a backend, in the form of `networking.k8s.io/v1` or the one before.
fn address(backend: NodeRef<'_>) -> Option<(Address, NodeRef<'_>)> {
    let name = backend.at("service/name").or(backend.get("serviceName"))?;
    let port = backend.at("service/port/number").or(backend.get("servicePort"));
    let port = port.and_then(NodeRef::text).and_then(|port| port.trim().parse().ok());
    Some((Address::of(name.text()?.to_owned(), port), name))
}

/// A size of nginx: `8m`, `512k`, `1g`, bytes without a letter; zero is no limit.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let (number, factor) = match text.char_indices().next_back()? {
        (end, 'k') => (&text[..end], 1u64 << 10),
        (end, 'm') => (&text[..end], 1 << 20),
        (end, 'g') => (&text[..end], 1 << 30),
        _ => (text.as_str(), 1),
    };
    let size = number.trim().parse::<u64>().ok()?.checked_mul(factor)?;
    Some(if size == 0 { u64::MAX } else { size })
}
