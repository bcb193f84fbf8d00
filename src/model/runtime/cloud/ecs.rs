//! Services of ECS in a template, with their containers, and the load balancers in front of them.

use super::balancer::{self, BALANCER};
use super::stack::or_default;
use super::template::Template;
use super::value::Property;
use crate::documents::NodeRef;
use crate::documents::interpolation::STAND_IN;
use crate::fact::{Fact, Origin};
use crate::model::runtime::compose::words;
use crate::model::runtime::healthcheck::HealthCheck;
use crate::model::runtime::route::{Gateway, Route};
use crate::model::runtime::service::{Environment, Port, Replicas, Service, Variable};
use crate::model::runtime::timeout::Timeout;
use crate::source::Span;
use std::collections::HashMap;

/// Containers of a task, and entries of their lists, that are read.
const MOST: usize = 500;
/// Calls within calls are followed so far.
const DEEPEST: usize = 8;

/// The resources of a template: name and resource.
type Resources<'t> = [(NodeRef<'t>, NodeRef<'t>)];

/// The services of a template with the target groups that lead to each, and its balancers with what they pass on.
pub(super) struct Running {
    pub(super) services: Vec<Service>,
    pub(super) gateways: Vec<(Gateway, Vec<Route>)>,
}

/// The resources of a type, by name.
fn of_type<'a, 't>(all: &'a Resources<'t>, kind: &'static str) -> impl Iterator<Item = (&'t str, NodeRef<'t>, NodeRef<'t>)> + 'a {
    let is_one = move |(_, resource): &&(NodeRef<'t>, NodeRef<'t>)| resource.get_text("Type") == Some(kind);
    all.iter().filter(is_one).filter_map(|(name, resource)| Some((name.text()?, *name, resource.get("Properties")?)))
}

/// The properties of a resource, by its type and name.
fn named<'t>(all: &Resources<'t>, kind: &'static str, name: &str) -> Option<NodeRef<'t>> {
    of_type(all, kind).find(|(id, ..)| *id == name).map(|(_, _, own)| own)
}

impl<'t> Template<'t> {
    /// What runs on ECS, and the balancers that pass requests on to it. `path`: the file.
    pub(super) fn running(&self, all: &Resources<'t>, path: &str) -> Running {
        let containers = self.containers(all);
        let gateways = self.balancers(all, path, &containers);
        Running { services: containers.into_iter().map(|(service, _)| service).collect(), gateways }
    }

    /// The services of ECS, with the names of the target groups that lead to each.
    fn containers(&self, all: &Resources<'t>) -> Vec<(Service, Vec<String>)> {
        let addresses = self.addresses(all);
        let services = of_type(all, "AWS::ECS::Service").map(|(id, name, own)| {
            let span = name.span();
            let mut service = Service::bare(0, id.to_owned(), span);
            service.workload = Some("AWS::ECS::Service".to_owned());
            (service.healthcheck, service.restart, service.stop.grace) = (unread(span), unread(span), unread(span));
            (service.command, service.entrypoint, service.image) = (unread(span), unread(span), unread(span));
            service.open = Some("a task may be given more when it is deployed".to_owned());
            service.replicas = self.replicas(all, id, own);
            let balanced: Vec<NodeRef<'t>> = own.get("LoadBalancers").into_iter().flat_map(NodeRef::items).take(MOST).collect();
            let groups = balanced.iter().filter_map(|one| self.target(one.get("TargetGroupArn"))).collect();
            let serving = balanced.iter().find_map(|one| self.said(one.get("ContainerName")));
            if let Some(container) = self.container(all, own, serving.as_deref()) {
                self.fill(&mut service, container, &addresses);
            }
            service.is_partial = service.image.known().is_none();
            (service, groups)
        });
        services.collect()
    }

    /// The container that a service is about: the one that serves, else the first of its task.
    fn container(&self, all: &Resources<'t>, service: NodeRef<'t>, serving: Option<&str>) -> Option<NodeRef<'t>> {
        let task = named(all, "AWS::ECS::TaskDefinition", &self.target(service.get("TaskDefinition"))?)?;
        let containers = || task.get("ContainerDefinitions").into_iter().flat_map(NodeRef::items).take(MOST);
        let is_named = |one: &NodeRef<'t>| serving.is_some() && self.said(one.get("Name")).as_deref() == serving;
        containers().find(is_named).or_else(|| containers().next().filter(|_| serving.is_none()))
    }

    fn fill(&self, service: &mut Service, container: NodeRef<'t>, addresses: &HashMap<&'t str, String>) {
        let list = |key: &str| container.get(key).into_iter().flat_map(NodeRef::items).take(MOST);
        if let Some(image) = container.get("Image") {
            service.image = match self.property(Some(image)) {
                Property::Text(text, origin) => Fact::Known(text, origin),
                // Only its tag is filled in, as a rule; the image is one of the project's own then.
                _ => unread(image.span()),
            };
        }
        let run = |key: &str| match container.get(key) {
            None => Fact::Absent,
            Some(value) => {
                let said: Option<Vec<String>> = value.items().take(MOST).map(|item| self.said(Some(item))).collect();
                match said.filter(|words| !words.is_empty()) {
                    Some(all) => Fact::Known(words::unwrap_shell(&all), Origin::Explicit(value.span())),
                    None => unread(value.span()),
                }
            }
        };
        (service.command, service.entrypoint) = (run("Command"), run("EntryPoint"));
        service.stop.grace = or_default(self.property(container.get("StopTimeout")).seconds(), "ECS", "stopTimeout");
        if let Some((check, span)) = container.get("HealthCheck").and_then(|node| Some((self.check(node)?, node.span()))) {
            service.healthcheck = Fact::explicit(check, span);
        }
        let mut environment = Environment::default();
        for item in list("Environment") {
            let (Some(name), Some(value)) = (item.get("Name"), item.get("Value")) else { continue };
            let Some(key) = self.said(Some(name)) else { continue };
            let (said, partly) = match self.property(Some(value)) {
                Property::Text(text, origin) => (Fact::Known(text, origin), None),
                _ => (unread(value.span()), Some(self.composed(value, addresses, DEEPEST))),
            };
            environment.set(key, Variable { value: said, partly, key_span: name.span() });
        }
        if container.get("Secrets").or(container.get("EnvironmentFiles")).is_some() {
            environment.opened("secrets and files of the deployment".to_owned(), service.span);
        }
        service.environment = environment;
        for mapping in list("PortMappings") {
            let port = self.said(mapping.get("ContainerPort")).and_then(|text| text.parse().ok());
            service.ports.extend(port.map(|container| Port {
                container,
                is_published: false,
                host_address: None,
                is_fixed: false,
                name: None,
                span: mapping.span(),
            }));
        }
    }

    /// How a container is asked whether it works; `None` where that is computed.
    fn check(&self, node: NodeRef<'t>) -> Option<HealthCheck> {
        let text = |key: &str| self.said(node.get(key));
        let words = node.get("Command").filter(|words| words.is_list())?;
        let test = words.items().take(MOST).map(|word| self.said(Some(word))).collect::<Option<Vec<String>>>()?;
        Some(HealthCheck {
            is_disabled: test.first().is_some_and(|word| word == "NONE"),
            interval: text("Interval"),
            timeout: text("Timeout"),
            retries: text("Retries"),
            test,
        })
    }

    /// A text as far as it is known: the address of a managed server of the template is made of its name.
    fn composed(&self, node: NodeRef<'t>, addresses: &HashMap<&'t str, String>, left: usize) -> String {
        let stand_in = || STAND_IN.to_string();
        let Some(left) = left.checked_sub(1) else { return stand_in() };
        let of_name = |name: &str| match name.split_once('.') {
            Some((name, attribute)) if attribute.ends_with("Address") => addresses.get(name).cloned().unwrap_or_else(stand_in),
            Some(_) => stand_in(),
            None => match self.named(name, node.span()) {
                Property::Text(text, _) => text,
                _ => stand_in(),
            },
        };
        let (name, argument) = match call(node) {
            Some(call) => call,
            None => return node.text().map_or_else(stand_in, str::to_owned),
        };
        let parts: Vec<NodeRef<'t>> = argument.items().take(MOST).collect();
        match (name, parts.as_slice()) {
            ("GetAtt", []) => argument.text().map_or_else(stand_in, of_name),
            ("GetAtt", [name, attribute]) => match (name.text(), attribute.text()) {
                (Some(name), Some(attribute)) => of_name(&format!("{name}.{attribute}")),
                _ => stand_in(),
            },
            ("Sub", []) => argument.text().map_or_else(stand_in, |text| substituted(text, &of_name)),
            // Names of its own stand in a second argument.
            ("Sub", [text, own]) => text.text().map_or_else(stand_in, |text| {
                substituted(text, &|name| match own.get(name) {
                    Some(value) => self.composed(value, addresses, left),
                    None => of_name(name),
                })
            }),
            ("Join", [between, items]) => {
                let items: Vec<String> = items.items().take(MOST).map(|item| self.composed(item, addresses, left)).collect();
                items.join(between.text().unwrap_or(""))
            }
            ("Ref", []) => argument.text().map_or_else(stand_in, of_name),
            _ => stand_in(),
        }
    }

    /// How many tasks run: as many as an autoscaler may start, else as written.
    fn replicas(&self, all: &Resources<'t>, id: &str, own: NodeRef<'t>) -> Fact<Replicas> {
        let scaled = |(_, _, target): &(&str, NodeRef<'t>, NodeRef<'t>)| {
            target.get("ResourceId").is_some_and(|resource| speaks_of(resource, id, DEEPEST))
        };
        if let Some((_, name, target)) = of_type(all, "AWS::ApplicationAutoScaling::ScalableTarget").find(scaled) {
            return match self.property(target.get("MaxCapacity")).whole() {
                Fact::Known(most, origin) => {
                    let least = self.property(target.get("MinCapacity")).whole().known().copied().unwrap_or(1);
                    Fact::Known(Replicas { least, most }, origin)
                }
                _ => Fact::not_read("an autoscaler decides", vec![name.span()]),
            };
        }
        match self.property(own.get("DesiredCount")).whole() {
            Fact::Known(number, origin) => Fact::Known(Replicas::fixed(number), origin),
            _ => unread(own.span()),
        }
    }

    /// The application load balancers with what they pass on. `services`: those of the template with their target groups.
    fn balancers(&self, all: &Resources<'t>, path: &str, services: &[(Service, Vec<String>)]) -> Vec<(Gateway, Vec<Route>)> {
        let mut behind: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, (_, groups)) in services.iter().enumerate() {
            groups.iter().for_each(|group| behind.entry(group).or_default().push(at));
        }
        let is_application = |own: &NodeRef<'t>| match self.property(own.get("Type")) {
            Property::Absent => true,
            Property::Text(kind, _) => kind == "application",
            _ => false,
        };
        let mut actions = self.actions(all);
        let mut found = Vec::new();
        for (id, name, own) in of_type(all, "AWS::ElasticLoadBalancingV2::LoadBalancer").filter(|(_, _, own)| is_application(own))
        {
            let idle = self.attribute(own.get("LoadBalancerAttributes"), "idle_timeout.timeout_seconds");
            let idle = or_default(idle, BALANCER, "idle_timeout");
            let routes = actions.remove(id).unwrap_or_default().into_iter().map(|action| {
                let group = named(all, "AWS::ElasticLoadBalancingV2::TargetGroup", &action.group);
                let attributes = group.and_then(|group| group.get("TargetGroupAttributes"));
                let passes = balancer::Passes {
                    name: action.name,
                    is_every: action.is_every,
                    span: action.span,
                    group: &action.group,
                    idle: idle.clone(),
                    drain: self.attribute(attributes, "deregistration_delay.timeout_seconds"),
                };
                let targets = behind.get(action.group.as_str()).into_iter().flatten();
                passes.route(name.span(), targets.filter_map(|at| Some((*at, services.get(*at)?.0.name.as_str()))))
            });
            found.push((balancer::gateway(path), routes.collect()));
        }
        found
    }

    /// What the listeners of each load balancer pass on to target groups.
    fn actions(&self, all: &Resources<'t>) -> HashMap<String, Vec<Action>> {
        let mut balancers: HashMap<&str, String> = HashMap::new();
        let mut found: HashMap<String, Vec<Action>> = HashMap::new();
        for (id, _, own) in of_type(all, "AWS::ElasticLoadBalancingV2::Listener") {
            let Some(balancer) = self.target(own.get("LoadBalancerArn")) else { continue };
            let passes = self.passes(own.get("DefaultActions"), &format!("listener {id}"), true);
            found.entry(balancer.clone()).or_default().extend(passes);
            balancers.insert(id, balancer);
        }
        for (id, _, own) in of_type(all, "AWS::ElasticLoadBalancingV2::ListenerRule") {
            let balancer = self.target(own.get("ListenerArn")).and_then(|listener| balancers.get(listener.as_str()));
            let Some(balancer) = balancer else { continue };
            let passes = self.passes(own.get("Actions"), &format!("rule {id}"), false);
            found.entry(balancer.clone()).or_default().extend(passes);
        }
        found
    }

    /// The actions of a list that pass requests on.
    fn passes(&self, actions: Option<NodeRef<'t>>, name: &str, is_every: bool) -> Vec<Action> {
        let actions = actions.into_iter().flat_map(NodeRef::items).take(MOST);
        let passes = actions.filter_map(|action| {
            let lone = || {
                let mut groups = action.at("ForwardConfig/TargetGroups").into_iter().flat_map(NodeRef::items);
                groups.next().filter(|_| groups.next().is_none())
            };
            let group = action.get("TargetGroupArn").or_else(|| lone()?.get("TargetGroupArn"));
            Some(Action { name: name.to_owned(), is_every, span: action.span(), group: self.target(group)? })
        });
        passes.collect()
    }

    /// Seconds of an attribute in a list of keys and values.
    fn attribute(&self, list: Option<NodeRef<'t>>, key: &str) -> Fact<Timeout> {
        let Some(list) = list else { return Fact::Absent };
        if !list.is_list() || list.items().any(|item| call(item).is_some()) {
            return unread(list.span());
        }
        let item = list.items().find(|item| self.said(item.get("Key")).as_deref() == Some(key));
        item.map_or(Fact::Absent, |item| self.property(item.get("Value")).seconds())
    }

    /// A literal, or the default of a parameter.
    fn said(&self, node: Option<NodeRef<'t>>) -> Option<String> {
        match self.property(node) {
            Property::Text(text, _) => Some(text),
            _ => None,
        }
    }
}

/// What a listener does with requests.
struct Action {
    /// As messages call it: `listener Https`, `rule Api`.
    name: String,
    /// Whether it does so with every request that no rule takes.
    is_every: bool,
    span: Span,
    /// The target group.
    group: String,
}

/// The function that a value calls, and its argument: `!Sub`, `{ "Fn::Sub": .. }`, `{ Ref: .. }`.
fn call(node: NodeRef<'_>) -> Option<(&str, NodeRef<'_>)> {
    if let Some(tag) = node.tag().and_then(|tag| tag.strip_prefix('!')).filter(|tag| !tag.starts_with('!')) {
        return Some((tag, node));
    }
    let mut entries = node.entries();
    let ((key, value), None) = (entries.next()?, entries.next()) else { return None };
    let name = key.text()?;
    name.strip_prefix("Fn::").or((name == "Ref").then_some(name)).map(|name| (name, value))
}

/// A text with its `${..}` replaced; `${!..}` is literal.
fn substituted(text: &str, of_name: &dyn Fn(&str) -> String) -> String {
    let mut parts = text.split("${");
    let mut found = parts.next().unwrap_or("").to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((name, rest)) if name.starts_with('!') => found.extend(["${", name.get(1..).unwrap_or(""), "}", rest]),
            Some((name, rest)) => {
                found.push_str(&of_name(name.trim()));
                found.push_str(rest);
            }
            None => found.push(STAND_IN),
        }
    }
    found
}

/// Whether a value refers to a resource.
fn speaks_of(node: NodeRef<'_>, id: &str, left: usize) -> bool {
    let Some(left) = left.checked_sub(1) else { return false };
    let is_it = |name: &str| name.split('.').next() == Some(id);
    match (call(node), node.text()) {
        (Some(("Sub", _)), Some(text)) => text.split("${").skip(1).any(|part| is_it(part.split('}').next().unwrap_or(""))),
        (Some(("GetAtt" | "Ref", argument)), _) => {
            argument.text().or_else(|| argument.items().next().and_then(NodeRef::text)).is_some_and(is_it)
        }
        (Some(("Sub", argument)), None) if argument.text().is_some() => {
            let text = argument.text().unwrap_or("");
            text.split("${").skip(1).any(|part| is_it(part.split('}').next().unwrap_or("")))
        }
        (Some((_, argument)), _) => argument.items().take(MOST).any(|item| speaks_of(item, id, left)),
        (None, _) => node.items().take(MOST).any(|item| speaks_of(item, id, left)),
    }
}

fn unread<T>(span: Span) -> Fact<T> {
    Fact::not_read("what only a deployment knows", vec![span])
}
