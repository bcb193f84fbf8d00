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

/// A resource with properties: its name, where that stands, and the properties.
type Resource<'t> = (&'t str, NodeRef<'t>, NodeRef<'t>);

/// The resources of a template, by type; of several with one name the first counts.
struct Resources<'t> {
    by_type: HashMap<&'t str, Vec<Resource<'t>>>,
    by_name: HashMap<(&'t str, &'t str), NodeRef<'t>>,
}

impl<'t> Resources<'t> {
    fn of(all: &[(NodeRef<'t>, NodeRef<'t>)]) -> Resources<'t> {
        let mut found = Resources { by_type: HashMap::new(), by_name: HashMap::new() };
        for (name, resource) in all {
            let named = || Some((name.text()?, resource.get_text("Type")?, resource.get("Properties")?));
            let Some((id, kind, own)) = named() else { continue };
            found.by_type.entry(kind).or_default().push((id, *name, own));
            found.by_name.entry((kind, id)).or_insert(own);
        }
        found
    }

    /// The resources of a type, in order of place.
    fn of_type(&self, kind: &str) -> impl Iterator<Item = Resource<'t>> {
        self.by_type.get(kind).into_iter().flatten().copied()
    }

    /// The properties of a resource, by its type and name.
    fn named(&self, kind: &str, name: &str) -> Option<NodeRef<'t>> {
        self.by_name.get(&(kind, name)).copied()
    }
}

/// What autoscalers decide.
struct Scaled<'t> {
    /// The autoscaler of each resource, by the name of that: where its name stands, and its properties.
    by_name: HashMap<&'t str, (NodeRef<'t>, NodeRef<'t>)>,
    /// Whether an autoscaler was not read to its end.
    is_open: bool,
}

/// The services of a template with the target groups that lead to each, and its balancers with what they pass on.
pub(super) struct Running {
    pub(super) services: Vec<Service>,
    pub(super) gateways: Vec<(Gateway, Vec<Route>)>,
}

impl<'t> Template<'t> {
    /// What runs on ECS, and the balancers that pass requests on to it. `path`: the file.
    pub(super) fn running(&self, all: &[(NodeRef<'t>, NodeRef<'t>)], path: &str) -> Running {
        let addresses = self.addresses(all);
        let all = &Resources::of(all);
        let containers = self.containers(all, &addresses);
        let gateways = self.balancers(all, path, &containers);
        Running { services: containers.into_iter().map(|(service, _)| service).collect(), gateways }
    }

    /// The services of ECS, with the names of the target groups that lead to each.
    fn containers(&self, all: &Resources<'t>, addresses: &HashMap<&'t str, String>) -> Vec<(Service, Vec<String>)> {
        let scaled = self.scaled(all);
        let services = all.of_type("AWS::ECS::Service").map(|(id, name, own)| {
            let span = name.span();
            let mut service = Service::bare(0, id.to_owned(), span);
            service.workload = Some("AWS::ECS::Service".to_owned());
            (service.healthcheck, service.restart, service.stop.grace) = (unread(span), unread(span), unread(span));
            (service.command, service.entrypoint, service.image) = (unread(span), unread(span), unread(span));
            service.open = Some("a task may be given more when it is deployed".to_owned());
            service.replicas = self.replicas(&scaled, id, own);
            let balanced: Vec<NodeRef<'t>> = own.get("LoadBalancers").into_iter().flat_map(NodeRef::items).take(MOST).collect();
            let groups = balanced.iter().filter_map(|one| self.target(one.get("TargetGroupArn"))).collect();
            let serving = balanced.iter().find_map(|one| self.said(one.get("ContainerName")));
            if let Some(container) = self.container(all, own, serving.as_deref()) {
                self.fill(&mut service, container, addresses);
            }
            service.is_partial = service.image.known().is_none();
            (service, groups)
        });
        services.collect()
    }

    /// The container that a service is about: the one that serves, else the first of its task.
    fn container(&self, all: &Resources<'t>, service: NodeRef<'t>, serving: Option<&str>) -> Option<NodeRef<'t>> {
        let task = all.named("AWS::ECS::TaskDefinition", &self.target(service.get("TaskDefinition"))?)?;
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
            // Many services may share one list, through a task or an alias.
            if !self.work.takes(1 + item.get_text("Value").map_or(0, str::len)) {
                environment.opened("the template grows too large".to_owned(), service.span);
                break;
            }
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
        let Some(left) = left.checked_sub(1).filter(|_| self.work.takes(1 + node.text().map_or(0, str::len))) else {
            return stand_in();
        };
        let of_name = |name: &str| {
            let text = match name.split_once('.') {
                _ if self.work.is_spent() => None,
                Some((name, attribute)) if attribute.ends_with("Address") => addresses.get(name).cloned(),
                Some(_) => None,
                None => match self.named(name, node.span()) {
                    Property::Text(text, _) => Some(text),
                    _ => None,
                },
            };
            text.filter(|text| self.work.takes(1 + text.len())).unwrap_or_else(stand_in)
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
            ("Sub", [text, own]) => {
                let Some(text) = text.text().filter(|text| self.work.takes(text.len())) else { return stand_in() };
                let own: HashMap<&str, NodeRef<'t>> =
                    own.merged_entries().into_iter().rev().filter_map(|(key, value)| Some((key.text()?, value))).collect();
                if !self.work.takes(own.len()) {
                    return stand_in();
                }
                substituted(text, &|name| match own.get(name) {
                    Some(value) => self.composed(*value, addresses, left),
                    None => of_name(name),
                })
            }
            ("Join", [between, items]) => {
                let items: Vec<String> = items.items().take(MOST).map(|item| self.composed(item, addresses, left)).collect();
                let between = between.text().unwrap_or("");
                match self.work.takes(between.len().saturating_mul(items.len())) {
                    true => items.join(between),
                    false => stand_in(),
                }
            }
            ("Ref", []) => argument.text().map_or_else(stand_in, of_name),
            _ => stand_in(),
        }
    }

    /// What the autoscalers of a template speak of; of several that speak of the same the first counts.
    fn scaled(&self, all: &Resources<'t>) -> Scaled<'t> {
        let mut by_name = HashMap::new();
        for (_, name, own) in all.of_type("AWS::ApplicationAutoScaling::ScalableTarget") {
            let mut spoken = Vec::new();
            self.spoken_of(own.get("ResourceId"), &mut spoken, DEEPEST);
            for id in spoken {
                by_name.entry(id).or_insert((name, own));
            }
        }
        Scaled { by_name, is_open: self.work.is_spent() }
    }

    /// The names of the resources that a value refers to.
    fn spoken_of(&self, node: Option<NodeRef<'t>>, found: &mut Vec<&'t str>, left: usize) {
        let (Some(node), Some(left)) = (node, left.checked_sub(1)) else { return };
        if !self.work.takes(1 + node.text().map_or(0, str::len)) {
            return;
        }
        let of_name = |name: &'t str| name.split('.').next().unwrap_or(name);
        let within = |text: &'t str| text.split("${").skip(1).map(|part| of_name(part.split('}').next().unwrap_or("")));
        match call(node) {
            Some(("Sub", argument)) if argument.text().is_some() => found.extend(argument.text().into_iter().flat_map(within)),
            Some(("GetAtt" | "Ref", argument)) => {
                found.extend(argument.text().or_else(|| argument.items().next().and_then(NodeRef::text)).map(of_name));
            }
            Some((_, all)) => all.items().take(MOST).for_each(|item| self.spoken_of(Some(item), found, left)),
            None => node.items().take(MOST).for_each(|item| self.spoken_of(Some(item), found, left)),
        }
    }

    /// How many tasks run: as many as an autoscaler may start, else as written.
    fn replicas(&self, scaled: &Scaled<'t>, id: &str, own: NodeRef<'t>) -> Fact<Replicas> {
        if let Some((name, target)) = scaled.by_name.get(id) {
            return match self.property(target.get("MaxCapacity")).whole() {
                Fact::Known(most, origin) => {
                    let least = self.property(target.get("MinCapacity")).whole().known().copied().unwrap_or(1);
                    Fact::Known(Replicas { least, most }, origin)
                }
                _ => Fact::not_read("an autoscaler decides", vec![name.span()]),
            };
        }
        match self.property(own.get("DesiredCount")).whole() {
            Fact::Known(..) if scaled.is_open => unread(own.span()),
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
        for (id, name, own) in all.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer").filter(|(_, _, own)| is_application(own))
        {
            let idle = self.attribute(own.get("LoadBalancerAttributes"), "idle_timeout.timeout_seconds");
            let idle = or_default(idle, BALANCER, "idle_timeout");
            let routes = actions.remove(id).unwrap_or_default().into_iter().map(|action| {
                let group = all.named("AWS::ElasticLoadBalancingV2::TargetGroup", &action.group);
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
        for (id, _, own) in all.of_type("AWS::ElasticLoadBalancingV2::Listener") {
            let Some(balancer) = self.target(own.get("LoadBalancerArn")) else { continue };
            let passes = self.passes(own.get("DefaultActions"), &format!("listener {id}"), true);
            found.entry(balancer.clone()).or_default().extend(passes);
            balancers.insert(id, balancer);
        }
        for (id, _, own) in all.of_type("AWS::ElasticLoadBalancingV2::ListenerRule") {
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

fn unread<T>(span: Span) -> Fact<T> {
    Fact::not_read("what only a deployment knows", vec![span])
}
