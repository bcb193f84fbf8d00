//! Terraform: functions, queues, containers, load balancers and managed servers of AWS, by folder, as Terraform reads it. Variables count by their defaults, locals by their
//! values; whatever a module, a data source or a function gives is unknown.

mod container;
mod server;

use super::stack::{DraftFunction, DraftQueue, DraftTrigger, DraftVariable, Stack, may_stream, or_default};
use super::value::Property;
use crate::documents::hcl::{self, Attribute, Block, Body, Piece, Said, Value};
use crate::fact::{Fact, Origin};
use crate::model::Workspace;
use crate::model::runtime::function::TriggerKind;
use crate::model::runtime::queue::Notation;
use crate::source::Span;
use std::collections::{BTreeMap, HashMap};

/// A folder without any of these words is not read.
const WORDS: [&str; 8] = [
    "aws_sqs_queue",
    "aws_lambda_function",
    "statement_timeout",
    "parameter_group",
    "aws_ecs_service",
    "\"aws_lb\"",
    "\"aws_alb\"",
    "terraform-aws-modules/rds",
];
/// Locals that refer to locals are followed so far.
const DEEPEST: usize = 5;

/// Reads the folders of Terraform files: each with the path of its first file that has something to read.
pub(super) fn read(workspace: &mut Workspace, paths: Vec<&str>) -> Vec<(String, Stack)> {
    let paths: Vec<String> = paths.into_iter().map(str::to_owned).collect();
    let mut folders: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (path, source, text) in workspace.load_texts(&paths) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        folders.entry(folder).or_default().push((path, source, text));
    }
    let mut found = Vec::new();
    for files in folders.into_values() {
        let says = |text: &str| WORDS.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some());
        let Some(first) = files.iter().find(|(.., text)| says(text)).map(|(path, ..)| path.clone()) else { continue };
        let mut open = None;
        let mut bodies = Vec::new();
        for (path, source, text) in &files {
            let file = hcl::parse(*source, text);
            for problem in file.problems {
                open = Some(("a file of the folder could not be read", problem.span));
                workspace.note_unread(path, problem.message, Some(problem.span));
            }
            bodies.push(file.body);
        }
        let streams = files.iter().any(|(.., text)| may_stream(text));
        let folder = Folder::of(&bodies);
        let mut stack = Stack { streams, ..folder.stack(open) };
        folder.run(&first, &mut stack);
        found.push((first, stack));
    }
    found
}

struct Folder<'b> {
    /// Resources by type, in order.
    resources: HashMap<&'b str, Vec<(&'b str, &'b Block)>>,
    /// Resources by type and name: the first of each.
    named: HashMap<(&'b str, &'b str), &'b Block>,
    /// Modules of others that are used, by name.
    modules: HashMap<&'b str, &'b Block>,
    /// Defaults of variables.
    variables: HashMap<&'b str, &'b Value>,
    locals: HashMap<&'b str, &'b Value>,
}

impl<'b> Folder<'b> {
    fn of(bodies: &'b [Body]) -> Folder<'b> {
        let all = |kind: &'static str| bodies.iter().flat_map(move |body| body.blocks(kind));
        let default = |block: &'b Block| Some((block.labels.first()?.as_str(), &block.body.get("default")?.value));
        let local = |attribute: &'b Attribute| (attribute.name.as_str(), &attribute.value);
        let mut resources: HashMap<&str, Vec<(&str, &Block)>> = HashMap::new();
        let mut by_name = HashMap::new();
        for block in all("resource") {
            if let [of_type, name] = block.labels.as_slice() {
                resources.entry(of_type).or_default().push((name, block));
                by_name.entry((of_type.as_str(), name.as_str())).or_insert(block);
            }
        }
        Folder {
            resources,
            named: by_name,
            modules: all("module").filter_map(|block| Some((block.labels.first()?.as_str(), block))).collect(),
            variables: all("variable").filter_map(default).collect(),
            locals: all("locals").flat_map(|block| &block.body.attributes).map(local).collect(),
        }
    }

    /// Resources of a type: name and block.
    fn resources(&self, of_type: &str) -> impl Iterator<Item = (&'b str, &'b Block)> {
        self.resources.get(of_type).into_iter().flatten().copied()
    }

    /// A resource by its type and name.
    fn resource(&self, of_type: &str, name: &str) -> Option<&'b Block> {
        self.named.get(&(of_type, name)).copied()
    }

    fn stack(&self, open: Option<(&'static str, Span)>) -> Stack {
        let mut stack = Stack { open, ..Stack::default() };
        for (name, block) in self.resources("aws_sqs_queue") {
            let of = |attribute: &str| self.property(block.body.get(attribute));
            let visibility = or_default(of("visibility_timeout_seconds").seconds(), "SQS", "VisibilityTimeout");
            let draft = DraftQueue {
                span: block.span,
                dead_letter: of("redrive_policy").presence(),
                visibility,
                notation: Notation::Terraform,
            };
            self.last_stops(block.body.get("redrive_policy"), &mut stack);
            stack.queues.insert(name.to_owned(), draft);
        }
        for (_, block) in self.resources("aws_sqs_queue_redrive_policy") {
            self.last_stops(block.body.get("redrive_policy"), &mut stack);
            let queue = self.target(block.body.get("queue_url"), "aws_sqs_queue");
            match queue.and_then(|name| stack.queues.get_mut(&name)) {
                Some(queue) => queue.dead_letter = Fact::explicit((), block.span),
                None => stack.open = Some(("a redrive policy for a queue that is not known", block.span)),
            }
        }
        for of_type in ["aws_db_instance", "aws_rds_cluster"] {
            let named = self.resources(of_type).map(|(name, block)| (format!("{of_type}.{name}"), block.span));
            stack.databases.extend(named);
        }
        stack.statement_timeout = self.statement_timeout();
        for (name, block) in self.resources("aws_lambda_function") {
            stack.functions.insert(name.to_owned(), self.function(block));
        }
        self.joins(&mut stack);
        stack
    }

    /// What runs besides functions, and what passes requests on to it.
    fn run(&self, path: &str, stack: &mut Stack) {
        let containers = self.containers();
        stack.gateways = self.balancers(path, &containers);
        stack.services = containers.into_iter().map(|(service, _)| service).chain(self.servers()).collect();
    }

    fn function(&self, block: &'b Block) -> DraftFunction {
        let of = |attribute: &str| self.property(block.body.get(attribute));
        let timeout = or_default(of("timeout").seconds(), "Lambda", "Timeout");
        let mut variables = Vec::new();
        let mut open = block.body.is_dynamic("environment").then_some(block.span);
        for attribute in block.body.blocks("environment").filter_map(|block| block.body.get("variables")) {
            let Said::Object(entries) = &attribute.value.said else {
                open = Some(attribute.value.span);
                continue;
            };
            for entry in entries {
                let value = match self.value(&entry.value, DEEPEST) {
                    Property::Text(text, origin) => Fact::Known(text, origin),
                    Property::Absent => Fact::Absent,
                    _ => Fact::not_read("what only a deployment knows", vec![entry.value.span]),
                };
                let addresses = references(&entry.value).into_iter().filter_map(address).collect();
                variables.push(DraftVariable { name: entry.key.clone(), span: entry.key_span, value, addresses });
            }
        }
        let failure = block.body.blocks("dead_letter_config").next().map(|block| block.span);
        let dynamic = block.body.is_dynamic("dead_letter_config");
        DraftFunction {
            span: block.span,
            timeout,
            notation: Notation::Terraform,
            concurrency: of("reserved_concurrent_executions").whole(),
            on_failure: match failure {
                Some(span) => Fact::explicit((), span),
                None if dynamic => Fact::not_read("a `dynamic` block may say it", vec![block.span]),
                None => Fact::Absent,
            },
            triggers: Vec::new(),
            variables,
            open,
        }
    }

    /// Resources that join others.
    fn joins(&self, stack: &mut Stack) {
        let mut joins: Vec<(Option<String>, DraftTrigger, Span)> = Vec::new();
        let function = |block: &'b Block, attribute: &str| self.target(block.body.get(attribute), "aws_lambda_function");
        for (_, block) in self.resources("aws_lambda_event_source_mapping") {
            let queue = self.target(block.body.get("event_source_arn"), "aws_sqs_queue");
            let trigger = if queue.is_some() { DraftTrigger::Queue(queue) } else { DraftTrigger::Other(TriggerKind::Other) };
            joins.push((function(block, "function_name"), trigger, block.span));
        }
        for (_, block) in self.resources("aws_apigatewayv2_integration") {
            joins.push((function(block, "integration_uri"), DraftTrigger::Other(TriggerKind::HttpApi), block.span));
        }
        for (_, block) in self.resources("aws_api_gateway_integration") {
            // `X-Amz-Invocation-Type: 'Event'` among them starts the function without waiting for it.
            if block.body.get("request_parameters").is_none() {
                joins.push((function(block, "uri"), DraftTrigger::Other(TriggerKind::RestApi), block.span));
            }
        }
        for (_, block) in self.resources("aws_sns_topic_subscription") {
            if block.body.get("redrive_policy").is_none() {
                joins.push((function(block, "endpoint"), DraftTrigger::Other(TriggerKind::Event("SNS")), block.span));
            }
        }
        for (_, block) in self.resources("aws_s3_bucket_notification") {
            for inner in block.body.blocks("lambda_function") {
                let trigger = DraftTrigger::Other(TriggerKind::Event("S3"));
                joins.push((function(inner, "lambda_function_arn"), trigger, inner.span));
            }
        }
        for (name, trigger, span) in joins {
            if let Some(function) = name.and_then(|name| stack.functions.get_mut(&name)) {
                function.triggers.push((trigger, span));
            }
        }
        for (_, block) in self.resources("aws_lambda_function_event_invoke_config") {
            let function = function(block, "function_name").and_then(|name| stack.functions.get_mut(&name));
            let target = block.body.blocks("destination_config").flat_map(|inner| inner.body.blocks("on_failure")).next();
            match (function, target) {
                (Some(function), Some(target)) => function.on_failure = Fact::explicit((), target.span),
                (None, _) => stack.open = Some(("an invoke configuration for a function that is not known", block.span)),
                _ => {}
            }
        }
    }

    /// Where a parameter group sets `statement_timeout`.
    fn statement_timeout(&self) -> Option<Span> {
        let groups =
            ["aws_db_parameter_group", "aws_rds_cluster_parameter_group"].into_iter().flat_map(|one| self.resources(one));
        let mut parameters = groups.flat_map(|(_, group)| group.body.blocks("parameter"));
        let is_named = |block: &&Block| matches!(block.body.get("name").map(|name| &name.value.said), Some(Said::Text(name)) if name == "statement_timeout");
        parameters.find(is_named).map(|block| block.span)
    }

    fn last_stops(&self, attribute: Option<&'b Attribute>, stack: &mut Stack) {
        let all = attribute.map(|attribute| references(&attribute.value)).unwrap_or_default();
        stack.last_stops.extend(all.into_iter().filter_map(|path| named(path, "aws_sqs_queue")));
    }

    /// The resource of a type that an attribute refers to.
    fn target(&self, attribute: Option<&'b Attribute>, of_type: &str) -> Option<String> {
        self.property(attribute).target().and_then(|path| named(path, of_type))
    }

    fn property(&self, attribute: Option<&'b Attribute>) -> Property {
        attribute.map_or(Property::Absent, |attribute| self.value(&attribute.value, DEEPEST))
    }

    fn value(&self, value: &'b Value, left: usize) -> Property {
        let literal = |text: String| Property::Text(text, Origin::Explicit(value.span));
        match &value.said {
            Said::Null => Property::Absent,
            Said::Number(number) => literal(number.to_string()),
            Said::Text(text) => literal(text.clone()),
            Said::List(_) | Said::Object(_) => Property::Collection(value.span),
            Said::Call(name, _) if name == "jsonencode" => Property::Collection(value.span),
            Said::Reference(path) => self.reference(path, value.span, left),
            Said::Call(..) | Said::Template(_) | Said::Other(_) => Property::Unknown("computed", value.span),
        }
    }

    fn reference(&self, path: &str, span: Span, left: usize) -> Property {
        let mut parts = path.split('.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("var"), Some(name), None) => match self.variables.get(name) {
                Some(Value { said: Said::Number(number), span }) => Property::Text(number.to_string(), Origin::Inherited(*span)),
                Some(Value { said: Said::Text(text), span }) => Property::Text(text.clone(), Origin::Inherited(*span)),
                _ => Property::Unknown("a variable without a default", span),
            },
            (Some("local"), Some(name), None) if left > 0 => {
                let local = self.locals.get(name);
                local.map_or(Property::Unknown("a local that is not known", span), |local| self.value(local, left - 1))
            }
            (Some(first), ..) if first.starts_with("aws_") => Property::Reference(path.to_owned(), span),
            _ => Property::Unknown("given from elsewhere", span),
        }
    }
}

/// `jobs` of `aws_sqs_queue.jobs.arn`.
fn named(path: &str, of_type: &str) -> Option<String> {
    let mut parts = path.split('.');
    (parts.next() == Some(of_type)).then(|| parts.next().map(str::to_owned))?
}

/// `aws_db_instance.main` of `aws_db_instance.main.address`.
fn address(path: &str) -> Option<String> {
    let (resource, attribute) = path.rsplit_once('.')?;
    let endpoints = ["address", "endpoint", "reader_endpoint", "primary_endpoint_address", "configuration_endpoint_address"];
    endpoints.contains(&attribute).then(|| resource.to_owned())
}

/// Every reference in a value.
fn references(value: &Value) -> Vec<&str> {
    match &value.said {
        Said::Reference(path) => vec![path],
        Said::Other(paths) => paths.iter().map(String::as_str).collect(),
        Said::Template(pieces) => {
            fn paths(piece: &Piece) -> &[String] {
                match piece {
                    Piece::Text(_) => &[],
                    Piece::Reference(path) => std::slice::from_ref(path),
                    Piece::Other(paths) => paths,
                }
            }
            pieces.iter().flat_map(paths).map(String::as_str).collect()
        }
        Said::List(items) | Said::Call(_, items) => items.iter().flat_map(references).collect(),
        Said::Object(entries) => entries.iter().flat_map(|entry| references(&entry.value)).collect(),
        Said::Null | Said::Number(_) | Said::Text(_) => Vec::new(),
    }
}
