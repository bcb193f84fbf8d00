//! Services of ECS with their containers, and the load balancers in front of them.

use super::super::balancer::{self, BALANCER};
use super::{DEEPEST, Folder, Property, or_default};
use crate::documents::hcl::{Attribute, Block, Entry, Piece, Said, Value};
use crate::documents::interpolation::STAND_IN;
use crate::fact::{Fact, Origin};
use crate::model::runtime::compose::words;
use crate::model::runtime::healthcheck::HealthCheck;
use crate::model::runtime::route::{Gateway, Route};
use crate::model::runtime::service::{Environment, Port, Replicas, Service, Variable};
use crate::model::runtime::timeout::Timeout;
use crate::source::Span;
use std::collections::HashMap;

/// The types of target groups.
const GROUPS: [&str; 2] = ["aws_lb_target_group", "aws_alb_target_group"];

/// Containers of a task, and entries of their lists, that are read.
const MOST: usize = 500;

/// What a listener does with requests.
struct Action<'b> {
    /// As its file calls it: `listener https`, `rule api`.
    name: String,
    /// Whether it does so with every request that no rule takes.
    is_every: bool,
    block: &'b Block,
}

impl<'b> Folder<'b> {
    /// The services of ECS, with the names of the target groups that lead to each.
    pub(super) fn containers(&self) -> Vec<(Service, Vec<String>)> {
        let mut found = Vec::new();
        let scalers = self.scalers();
        for (name, block) in self.resources("aws_ecs_service") {
            let mut service = Service::bare(0, name.to_owned(), block.span);
            service.workload = Some("aws_ecs_service".to_owned());
            let span = block.span;
            (service.healthcheck, service.restart, service.stop.grace) = (unread(span), unread(span), unread(span));
            (service.command, service.entrypoint, service.image) = (unread(span), unread(span), unread(span));
            service.open = Some("a task may be given more when it is deployed".to_owned());
            service.replicas = self.replicas(scalers.get(name).copied(), block);
            let balanced: Vec<&'b Block> = block.body.blocks("load_balancer").collect();
            let groups: Vec<String> = balanced.iter().filter_map(|inner| self.group(inner)).collect();
            let serving = balanced.iter().find_map(|inner| self.text(inner.body.get("container_name").map(|one| &one.value)));
            if let Some(container) = self.container(block, serving.as_deref()) {
                self.fill(&mut service, container);
            }
            service.is_partial = service.image.known().is_none();
            found.push((service, groups));
        }
        found
    }

    /// The container that a service is about: the one that serves, else the first of its task.
    fn container(&self, block: &Block, serving: Option<&str>) -> Option<&'b [Entry]> {
        let task = self.target(block.body.get("task_definition"), "aws_ecs_task_definition")?;
        let task = self.resource("aws_ecs_task_definition", &task)?;
        let Said::Call(function, arguments) = &task.body.get("container_definitions")?.value.said else { return None };
        let Said::List(containers) = &arguments.first().filter(|_| function == "jsonencode")?.said else { return None };
        let objects = || {
            containers.iter().take(MOST).filter_map(|one| match &one.said {
                Said::Object(entries) => Some(entries.as_slice()),
                _ => None,
            })
        };
        let is_named = |entries: &&[Entry]| serving.is_some() && self.text(of(entries, "name")).as_deref() == serving;
        objects().find(is_named).or_else(|| objects().next().filter(|_| serving.is_none()))
    }

    fn fill(&self, service: &mut Service, container: &'b [Entry]) {
        let list = |key: &str| match of(container, key).map(|value| &value.said) {
            Some(Said::List(items)) => items.iter().take(MOST).collect::<Vec<&Value>>(),
            _ => Vec::new(),
        };
        if let Some(image) = of(container, "image") {
            service.image = match self.value(image, DEEPEST) {
                Property::Text(text, origin) => Fact::Known(text, origin),
                // Only its tag is filled in, as a rule; the image is one of the project's own then.
                _ => unread(image.span),
            };
        }
        let run = |key: &str| match of(container, key) {
            None => Fact::Absent,
            Some(value) => {
                let said: Option<Vec<String>> = list(key).into_iter().map(|item| self.text(Some(item))).collect();
                match said.filter(|words| !words.is_empty()) {
                    Some(all) => Fact::Known(words::unwrap_shell(&all), Origin::Explicit(value.span)),
                    None => unread(value.span),
                }
            }
        };
        (service.command, service.entrypoint) = (run("command"), run("entryPoint"));
        let stop = of(container, "stopTimeout").map_or(Property::Absent, |stop| self.value(stop, DEEPEST));
        service.stop.grace = or_default(stop.seconds(), "ECS", "stopTimeout");
        if let Some((check, span)) = of(container, "healthCheck").and_then(|value| Some((self.check(value)?, value.span))) {
            service.healthcheck = Fact::explicit(check, span);
        }
        let mut environment = Environment::default();
        for item in list("environment") {
            let Said::Object(entries) = &item.said else { continue };
            let (Some(name), Some(value)) = (of(entries, "name"), of(entries, "value")) else { continue };
            let Some(key) = self.text(Some(name)) else { continue };
            let (said, partly) = match self.value(value, DEEPEST) {
                Property::Text(text, origin) => (Fact::Known(text, origin), None),
                _ => (unread(value.span), Some(self.composed(value))),
            };
            environment.set(key, Variable { value: said, partly, key_span: name.span });
        }
        if of(container, "secrets").or(of(container, "environmentFiles")).is_some() {
            environment.opened("secrets and files of the deployment".to_owned(), service.span);
        }
        service.environment = environment;
        for mapping in list("portMappings") {
            let Said::Object(entries) = &mapping.said else { continue };
            let port = of(entries, "containerPort").and_then(|value| self.text(Some(value))).and_then(|text| text.parse().ok());
            service.ports.extend(port.map(|container| Port {
                container,
                is_published: false,
                host_address: None,
                is_fixed: false,
                name: None,
                span: mapping.span,
            }));
        }
    }

    /// How a container is asked whether it works; `None` where that is computed.
    fn check(&self, value: &'b Value) -> Option<HealthCheck> {
        let Said::Object(entries) = &value.said else { return None };
        let text = |key: &str| self.text(of(entries, key));
        let Said::List(words) = &of(entries, "command")?.said else { return None };
        let test = words.iter().take(MOST).map(|word| self.text(Some(word))).collect::<Option<Vec<String>>>()?;
        Some(HealthCheck {
            is_disabled: test.first().is_some_and(|word| word == "NONE"),
            interval: text("interval"),
            timeout: text("timeout"),
            retries: text("retries"),
            test,
        })
    }

    /// A text as far as it is known: the address of a managed server of the folder is made of its name.
    fn composed(&self, value: &Value) -> String {
        let of_reference = |path: &str| match self.address_of(path) {
            Some(host) => host,
            None => match self.reference(path, value.span, DEEPEST) {
                Property::Text(text, _) => text,
                _ => STAND_IN.to_string(),
            },
        };
        match &value.said {
            Said::Reference(path) => of_reference(path),
            Said::Template(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.clone(),
                    Piece::Reference(path) => of_reference(path),
                    Piece::Other(_) => STAND_IN.to_string(),
                })
                .collect(),
            _ => STAND_IN.to_string(),
        }
    }

    /// The autoscalers by the service that they scale.
    fn scalers(&self) -> HashMap<&'b str, &'b Block> {
        let targets = self.resources("aws_appautoscaling_target");
        let named = targets.filter_map(|(_, target)| Some((target, target.body.get("resource_id")?)));
        let scaled = named.flat_map(|(target, resource)| {
            let paths = super::references(&resource.value).into_iter();
            paths.filter_map(|path| path.strip_prefix("aws_ecs_service.")?.split('.').next()).map(move |name| (name, target))
        });
        scaled.collect()
    }

    /// How many tasks run: as many as an autoscaler may start, else as written.
    fn replicas(&self, scaler: Option<&'b Block>, block: &'b Block) -> Fact<Replicas> {
        if let Some(target) = scaler {
            let number = |attribute: &str| self.property(target.body.get(attribute)).whole();
            return match number("max_capacity") {
                Fact::Known(most, origin) => {
                    let least = number("min_capacity").known().copied().unwrap_or(1);
                    Fact::Known(Replicas { least, most }, origin)
                }
                _ => Fact::not_read("an autoscaler decides", vec![target.span]),
            };
        }
        match self.property(block.body.get("desired_count")).whole() {
            Fact::Known(number, origin) => Fact::Known(Replicas::fixed(number), origin),
            _ => unread(block.span),
        }
    }

    /// The application load balancers with what they pass on. `services`: those of the folder with their target groups.
    pub(super) fn balancers(&self, path: &str, services: &[(Service, Vec<String>)]) -> Vec<(Gateway, Vec<Route>)> {
        let mut behind: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, (_, groups)) in services.iter().enumerate() {
            groups.iter().for_each(|group| behind.entry(group).or_default().push(at));
        }
        let actions = self.actions();
        let mut found = Vec::new();
        for of_type in ["aws_lb", "aws_alb"] {
            for (name, block) in self.resources(of_type) {
                let kind = self.text(block.body.get("load_balancer_type").map(|one| &one.value));
                if kind.is_some_and(|kind| kind != "application") || block.body.get("load_balancer_type").is_some_and(is_computed)
                {
                    continue;
                }
                let gateway = balancer::gateway(path);
                let idle = or_default(self.property(block.body.get("idle_timeout")).seconds(), BALANCER, "idle_timeout");
                let own = actions.get(&(of_type, name.to_owned())).into_iter().flatten();
                let routes = own.filter_map(|action| {
                    let group = self.group(action.block)?;
                    let passes = balancer::Passes {
                        name: action.name.clone(),
                        is_every: action.is_every,
                        span: action.block.span,
                        group: &group,
                        idle: idle.clone(),
                        drain: self.drain(&group),
                    };
                    let targets = behind.get(group.as_str()).into_iter().flatten();
                    let targets = targets.filter_map(|at| Some((*at, services.get(*at)?.0.name.as_str())));
                    Some(passes.route(block.span, targets))
                });
                found.push((gateway, routes.collect()));
            }
        }
        found
    }

    /// What the listeners of each load balancer do.
    fn actions(&self) -> HashMap<(&'static str, String), Vec<Action<'b>>> {
        let mut rules: HashMap<String, Vec<(&str, &Block)>> = HashMap::new();
        for (rule, block) in ["aws_lb_listener_rule", "aws_alb_listener_rule"].into_iter().flat_map(|one| self.resources(one)) {
            let listener = block.body.get("listener_arn");
            let listener = ["aws_lb_listener", "aws_alb_listener"].into_iter().find_map(|one| self.target(listener, one));
            listener.into_iter().for_each(|listener| rules.entry(listener).or_default().push((rule, block)));
        }
        let mut found: HashMap<(&'static str, String), Vec<Action<'b>>> = HashMap::new();
        for (listener, block) in ["aws_lb_listener", "aws_alb_listener"].into_iter().flat_map(|one| self.resources(one)) {
            let balancer = block.body.get("load_balancer_arn");
            let balancer = ["aws_lb", "aws_alb"].into_iter().find_map(|one| Some((one, self.target(balancer, one)?)));
            let Some(own) = balancer.map(|balancer| found.entry(balancer).or_default()) else { continue };
            let every = block.body.blocks("default_action");
            own.extend(every.map(|block| Action { name: format!("listener {listener}"), is_every: true, block }));
            for (rule, block) in rules.remove(listener).into_iter().flatten() {
                let some = block.body.blocks("action");
                own.extend(some.map(|block| Action { name: format!("rule {rule}"), is_every: false, block }));
            }
        }
        found
    }

    /// How long the servers of a target group may finish what they have begun.
    fn drain(&self, group: &str) -> Fact<Timeout> {
        let block = GROUPS.into_iter().find_map(|one| self.resource(one, group));
        block.map_or(Fact::Absent, |block| self.property(block.body.get("deregistration_delay")).seconds())
    }

    /// The target group that an action or a service names.
    fn group(&self, block: &'b Block) -> Option<String> {
        let named = block.body.get("target_group_arn");
        GROUPS.into_iter().find_map(|one| self.target(named, one))
    }

    /// A literal, or what a variable or a local holds.
    fn text(&self, value: Option<&'b Value>) -> Option<String> {
        match self.value(value?, DEEPEST) {
            Property::Text(text, _) => Some(text),
            _ => None,
        }
    }
}

/// The value under a key.
fn of<'e>(entries: &'e [Entry], key: &str) -> Option<&'e Value> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

fn is_computed(attribute: &Attribute) -> bool {
    !matches!(attribute.value.said, Said::Text(_))
}

fn unread<T>(span: Span) -> Fact<T> {
    Fact::not_read("what only a deployment knows", vec![span])
}
