//! CloudFormation and SAM templates, and the `resources` of a Serverless service.

use super::stack::{DraftFunction, DraftQueue, DraftTrigger, DraftVariable, Stack, or_default};
use super::value::Property;
use crate::documents::{NodeRef, Tree};
use crate::fact::{Fact, Origin};
use crate::model::Workspace;
use crate::model::runtime::function::TriggerKind;
use crate::model::runtime::queue::Notation;
use crate::source::Span;
use std::cell::Cell;
use std::sync::Arc;

/// References within a value deeper than this are not looked for.
const DEEPEST: usize = 20;
/// Nodes of one value in which references are looked for: aliases may multiply them.
const MOST_NODES: usize = 5_000;

/// Nodes and bytes that may be made out of one template: calls within calls, lists that are shared and aliases multiply them.
const MOST_WORK: usize = 8 << 20;

/// What may still be made out of a template.
pub(super) struct Work(Cell<usize>);

impl Default for Work {
    fn default() -> Work {
        Work(Cell::new(MOST_WORK))
    }
}

impl Work {
    /// Whether so much more may be made; what is too much spends all that is left.
    pub(super) fn takes(&self, much: usize) -> bool {
        let left = self.0.get().saturating_sub(much);
        self.0.set(left);
        left > 0
    }

    /// Whether nothing more may be made.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// The tree of a file; problems are noted.
pub(super) fn tree(workspace: &mut Workspace, path: &str) -> Option<Arc<Tree>> {
    match workspace.tree(path) {
        Ok(tree) => {
            for problem in tree.problems().iter().take(5) {
                workspace.note_unread(path, problem.message.clone(), Some(problem.span));
            }
            Some(tree)
        }
        Err(why) => {
            workspace.note_unread(path, why, None);
            None
        }
    }
}

/// Reads a template.
pub(super) fn read(workspace: &mut Workspace, path: &str) -> Option<Stack> {
    let tree = tree(workspace, path)?;
    let root = tree.root()?;
    let template = Template {
        parameters: root.get("Parameters"),
        globals: root.at("Globals/Function"),
        service: None,
        work: Work::default(),
        notation: if path.ends_with(".json") { Notation::JsonTemplate } else { Notation::Template },
    };
    let mut stack = Stack::default();
    if let Some(macros) = root.get("Transform").filter(|transform| !is_sam(*transform)) {
        stack.open = Some(("a macro may change the template", macros.span()));
    }
    template.resources(root.get("Resources")?, path, &mut stack);
    Some(stack)
}

/// Whether a transform is SAM's alone.
fn is_sam(transform: NodeRef<'_>) -> bool {
    let sam = |node: NodeRef<'_>| node.text().is_some_and(|text| text.starts_with("AWS::Serverless-"));
    if transform.is_list() { transform.items().all(sam) } else { sam(transform) }
}

/// What gives the values of a template their meaning.
pub(super) struct Template<'t> {
    pub(super) parameters: Option<NodeRef<'t>>,
    /// `Globals.Function` of SAM.
    pub(super) globals: Option<NodeRef<'t>>,
    /// The Serverless file, where it is one: what `${self:..}` asks.
    pub(super) service: Option<NodeRef<'t>>,
    pub(super) notation: Notation,
    pub(super) work: Work,
}

impl<'t> Template<'t> {
    /// Reads the resources of a template. `path`: its file.
    pub(super) fn resources(&self, resources: NodeRef<'t>, path: &str, stack: &mut Stack) {
        let all = resources.merged_entries();
        for (name, resource) in &all {
            let Some(id) = name.text() else { continue };
            if id.starts_with("Fn::") {
                stack.open = Some(("a loop or a macro makes resources", name.span()));
            }
            self.resource(id, name.span(), *resource, stack);
        }
        let running = self.running(&all, path);
        // Indexes of routes are those of the services that run on ECS: these come next, after those of other parts.
        let first = stack.services.len();
        stack.gateways.extend(running.gateways.into_iter().map(|(gateway, mut routes)| {
            routes.iter_mut().flat_map(|route| &mut route.targets).for_each(|target| target.service += first);
            (gateway, routes)
        }));
        stack.services.extend(running.services);
        stack.services.extend(self.servers(&all));
        for (_, resource) in all {
            self.joined(resource, stack);
        }
    }

    fn resource(&self, id: &str, span: Span, resource: NodeRef<'t>, stack: &mut Stack) {
        let of = |key: &str| resource.get("Properties").and_then(|properties| properties.get(key));
        match resource.get_text("Type").unwrap_or("") {
            "AWS::SQS::Queue" => {
                let redrive = of("RedrivePolicy");
                stack.last_stops.extend(redrive.and_then(|redrive| self.target(redrive.get("deadLetterTargetArn"))));
                let visibility = or_default(self.property(of("VisibilityTimeout")).seconds(), "SQS", "VisibilityTimeout");
                let dead_letter = self.property(redrive).presence();
                stack.queues.insert(id.to_owned(), DraftQueue { span, dead_letter, visibility, notation: self.notation });
            }
            "AWS::Serverless::Function" | "AWS::Lambda::Function" => {
                let function = self.function(span, resource, stack);
                stack.functions.insert(id.to_owned(), function);
            }
            "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" => {
                stack.databases.insert(id.to_owned(), span);
            }
            "AWS::RDS::DBParameterGroup" | "AWS::RDS::DBClusterParameterGroup" => {
                let parameter = of("Parameters").and_then(|parameters| parameters.entry("statement_timeout"));
                stack.statement_timeout = stack.statement_timeout.or(parameter.map(|(key, _)| key.span()));
            }
            _ => {}
        }
    }

    fn function(&self, span: Span, resource: NodeRef<'t>, stack: &mut Stack) -> DraftFunction {
        let globals = self.globals.filter(|_| resource.get_text("Type") == Some("AWS::Serverless::Function"));
        let own = |path: &str| resource.get("Properties").and_then(|properties| properties.at(path));
        let of = |path: &str| own(path).or_else(|| globals.and_then(|globals| globals.at(path)));
        let failures = ["DeadLetterQueue", "DeadLetterConfig", "EventInvokeConfig/DestinationConfig/OnFailure"];
        let failure = failures.into_iter().find_map(of);
        for target in ["TargetArn", "Destination"] {
            stack.last_stops.extend(failure.and_then(|failure| self.target(failure.get(target))));
        }
        let mut variables = Vec::new();
        let mut open = None;
        let given = |map: Option<NodeRef<'t>>| map.and_then(|map| map.at("Environment/Variables"));
        for map in [given(globals), given(resource.get("Properties"))].into_iter().flatten() {
            match map.is_map() && map.tag().is_none() {
                true => self.variables(map, &mut variables),
                false => open = Some(map.span()),
            }
        }
        let events = own("Events").map(NodeRef::merged_entries).unwrap_or_default();
        let mut triggers: Vec<(DraftTrigger, Span)> =
            events.into_iter().filter_map(|(name, event)| Some((self.event(event)?, name.span()))).collect();
        triggers.extend(own("FunctionUrlConfig").map(|url| (DraftTrigger::Other(TriggerKind::Other), url.span())));
        DraftFunction {
            span,
            timeout: or_default(self.property(of("Timeout")).seconds(), "Lambda", "Timeout"),
            notation: self.notation,
            concurrency: self.property(of("ReservedConcurrentExecutions")).whole(),
            on_failure: self.property(failure).presence(),
            triggers,
            variables,
            open,
        }
    }

    /// Adds the variables of a map; of several with one name the last counts.
    pub(super) fn variables(&self, map: NodeRef<'t>, variables: &mut Vec<DraftVariable>) {
        for (key, value) in map.merged_entries() {
            let Some(name) = key.text() else { continue };
            let said = match self.property(Some(value)) {
                Property::Absent => Fact::explicit(String::new(), value.span()),
                Property::Text(text, origin) => Fact::Known(text, origin),
                // The text of a reference is a name; what a text is composed around may be a secret.
                _ if value.stands_for_another() && value.tag() != Some("!Sub") => {
                    Fact::not_read("what only a deployment knows", vec![key.span()])
                }
                _ => Fact::not_read("what only a deployment knows", vec![value.span()]),
            };
            let (mut addresses, mut budget) = (Vec::new(), MOST_NODES);
            endpoints(value, &mut addresses, DEEPEST, &mut budget);
            variables.push(DraftVariable { name: name.to_owned(), span: key.span(), value: said, addresses });
        }
    }

    /// An event of a SAM function.
    fn event(&self, event: NodeRef<'t>) -> Option<DraftTrigger> {
        let of = |key: &str| event.get("Properties").and_then(|properties| properties.get(key));
        let kind = match event.get_text("Type")? {
            "Api" => TriggerKind::RestApi,
            "HttpApi" => TriggerKind::HttpApi,
            "SQS" => return Some(DraftTrigger::Queue(self.target(of("Queue")))),
            "SNS" if of("SqsSubscription").is_none() && of("RedrivePolicy").is_none() => TriggerKind::Event("SNS"),
            "S3" => TriggerKind::Event("S3"),
            "EventBridgeRule" | "CloudWatchEvent" if of("DeadLetterConfig").is_none() => TriggerKind::Event("EventBridge"),
            "Schedule" | "ScheduleV2" => TriggerKind::Schedule,
            _ => TriggerKind::Other,
        };
        Some(DraftTrigger::Other(kind))
    }

    /// Resources that join others.
    fn joined(&self, resource: NodeRef<'t>, stack: &mut Stack) {
        let of = |path: &str| resource.get("Properties").and_then(|properties| properties.at(path));
        let (trigger, function) = match resource.get_text("Type").unwrap_or("") {
            "AWS::Lambda::EventSourceMapping" => {
                let source = self.target(of("EventSourceArn"));
                let is_queue = source.as_ref().is_some_and(|name| stack.queues.contains_key(name));
                let trigger = if is_queue { DraftTrigger::Queue(source) } else { DraftTrigger::Other(TriggerKind::Other) };
                (trigger, self.target(of("FunctionName")))
            }
            "AWS::SNS::Subscription" if of("RedrivePolicy").is_none() => {
                (DraftTrigger::Other(TriggerKind::Event("SNS")), self.target(of("Endpoint")))
            }
            "AWS::ApiGatewayV2::Integration" => (DraftTrigger::Other(TriggerKind::HttpApi), self.target(of("IntegrationUri"))),
            "AWS::Lambda::EventInvokeConfig" => {
                let function = self.target(of("FunctionName")).and_then(|name| stack.functions.get_mut(&name));
                if let (Some(function), Some(target)) = (function, of("DestinationConfig/OnFailure")) {
                    function.on_failure = Fact::explicit((), target.span());
                }
                return;
            }
            _ => return,
        };
        if let Some(function) = function.and_then(|name| stack.functions.get_mut(&name)) {
            function.triggers.push((trigger, resource.span()));
        }
    }

    /// The name that a value refers to.
    pub(super) fn target(&self, node: Option<NodeRef<'t>>) -> Option<String> {
        self.property(node).target().map(str::to_owned)
    }

    /// What a value says.
    pub(super) fn property(&self, node: Option<NodeRef<'t>>) -> Property {
        let Some(node) = node.filter(|node| !node.is_null()) else { return Property::Absent };
        if let Some(tag) = node.tag().and_then(|tag| tag.strip_prefix('!')).filter(|tag| !tag.starts_with('!')) {
            return self.call(tag, node);
        }
        let mut entries = node.entries();
        if let (Some((key, value)), None) = (entries.next(), entries.next()) {
            match key.text() {
                Some("Ref") => return self.call("Ref", value),
                Some(name) if name.starts_with("Fn::") => return self.call(&name[4..], value),
                _ => {}
            }
        }
        match node.text() {
            Some(text) if self.service.is_some() && text.contains("${") => self.of_service(text, node.span(), 3),
            Some(text) => Property::Text(text.to_owned(), Origin::Explicit(node.span())),
            None => Property::Collection(node.span()),
        }
    }

    /// What an intrinsic function says.
    fn call(&self, name: &str, argument: NodeRef<'t>) -> Property {
        let span = argument.span();
        let text = argument.text();
        match (name, text) {
            ("Ref", Some("AWS::NoValue")) => Property::Absent,
            ("Ref", Some(name)) => self.named(name, span),
            ("GetAtt", Some(text)) => Property::Reference(text.split('.').next().unwrap_or("").to_owned(), span),
            ("GetAtt", None) => match argument.items().next().and_then(NodeRef::text) {
                Some(name) => Property::Reference(name.to_owned(), span),
                None => Property::Unknown("computed", span),
            },
            ("Sub", Some(text)) if !text.contains("${") => Property::Text(text.to_owned(), Origin::Explicit(span)),
            ("Sub", Some(text)) => match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
                Some(inner) if inner.contains(['$', '{', ':']) => Property::Unknown("a composed text", span),
                Some(inner) => match inner.split_once('.') {
                    Some((name, _)) => Property::Reference(name.to_owned(), span),
                    None => self.named(inner, span),
                },
                None => Property::Unknown("a composed text", span),
            },
            ("If", _) => Property::Unknown("a condition decides", span),
            _ => Property::Unknown("computed by the deployment", span),
        }
    }

    /// A parameter, or a resource.
    pub(super) fn named(&self, name: &str, span: Span) -> Property {
        match self.parameters.and_then(|parameters| parameters.get(name)) {
            None => Property::Reference(name.to_owned(), span),
            Some(parameter) => match parameter.get("Default").and_then(|default| Some((default.text()?, default.span()))) {
                Some((text, span)) => Property::Text(text.to_owned(), Origin::Inherited(span)),
                None => Property::Unknown("a parameter without a default", span),
            },
        }
    }

    /// `${self:custom.timeout}` of a Serverless file; everything else that it can ask is a deployment's.
    fn of_service(&self, text: &str, span: Span, left: usize) -> Property {
        let path =
            text.strip_prefix("${self:").and_then(|rest| rest.strip_suffix('}')).filter(|path| !path.contains(['$', '{', ',']));
        let found = path.and_then(|path| self.service?.at(&path.replace('.', "/")));
        match found.and_then(|node| Some((node.text()?, node.span()))) {
            Some((text, span)) if text.contains("${") && left > 0 => self.of_service(text, span, left - 1),
            Some((text, span)) if !text.contains("${") => Property::Text(text.to_owned(), Origin::Explicit(span)),
            _ => Property::Unknown("a variable of the deployment", span),
        }
    }
}

/// Names of resources of which a value holds an endpoint: `!GetAtt Database.Endpoint.Address`, `${Database.Endpoint.Address}`.
fn endpoints(node: NodeRef<'_>, found: &mut Vec<String>, left: usize, budget: &mut usize) {
    let (Some(left), Some(rest)) = (left.checked_sub(1), budget.checked_sub(1)) else { return };
    *budget = rest;
    if let Some(text) = node.text() {
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
        for part in text.split("${") {
            let part = part.split('}').next().unwrap_or("");
            let named = part.split_once('.').filter(|(name, rest)| is_name(name) && is_endpoint(rest));
            found.extend(named.map(|(name, _)| name.to_owned()));
        }
    }
    let parts: Vec<&str> = node.items().take(2).filter_map(NodeRef::text).collect();
    if let [name, attribute] = parts.as_slice()
        && is_endpoint(attribute)
    {
        found.push((*name).to_owned());
    }
    for item in node.items() {
        endpoints(item, found, left, budget);
    }
    for (_, value) in node.entries() {
        endpoints(value, found, left, budget);
    }
}

fn is_endpoint(attribute: &str) -> bool {
    ["Endpoint.Address", "ReadEndpoint.Address"].contains(&attribute)
}
