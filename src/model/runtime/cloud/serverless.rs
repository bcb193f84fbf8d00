//! Serverless Framework files, for AWS: functions with their events, and the resources beside them.

use super::stack::{DraftFunction, DraftTrigger, Stack, or_default};
use super::template::{self, Template, Work};
use crate::documents::{NodeId, NodeRef, Tree};
use crate::fact::Fact;
use crate::files;
use crate::model::Workspace;
use crate::model::runtime::function::TriggerKind;
use crate::model::runtime::queue::Notation;
use std::sync::Arc;

/// Files that one service names with `${file(..)}`; more are not followed.
const MOST_FILES: usize = 100;

/// A part of the service, in its own file or in another one.
type Part = (Arc<Tree>, NodeId);

/// Reads a service; `None` where it runs elsewhere than on AWS.
pub(super) fn read(workspace: &mut Workspace, path: &str) -> Option<Stack> {
    let tree = template::tree(workspace, path)?;
    let root = tree.root()?;
    let provider = root.get("provider")?;
    if provider.text().or_else(|| provider.get_text("name")) != Some("aws") {
        return None;
    }
    let mut stack = Stack::default();
    let functions = parts(workspace, path, &tree, root.get("functions"));
    let mut resources = Vec::new();
    for part in parts(workspace, path, &tree, root.get("resources")) {
        resources.extend(parts(workspace, path, &part.0, node(&part).get("Resources")));
    }
    let template =
        Template { parameters: None, globals: None, service: Some(root), notation: Notation::Template, work: Work::default() };
    for part in &resources {
        template.resources(node(part), path, &mut stack);
    }
    for (name, function) in functions.iter().map(node).flat_map(NodeRef::merged_entries) {
        if let Some(key) = name.text().filter(|_| function.is_map()) {
            let draft = draft(&template, provider, (name, function), &mut stack);
            stack.functions.insert(key.to_owned(), draft);
        }
    }
    Some(stack)
}

/// A value, or the files that its `${file(..)}` name; of a list each item. `tree`: the file in which the value stands.
fn parts(workspace: &mut Workspace, path: &str, tree: &Arc<Tree>, value: Option<NodeRef<'_>>) -> Vec<Part> {
    let Some(value) = value else { return Vec::new() };
    let items: Vec<NodeRef<'_>> = if value.is_list() { value.items().take(MOST_FILES).collect() } else { vec![value] };
    items
        .into_iter()
        .filter_map(|item| if item.is_map() { Some((tree.clone(), item.id())) } else { file(workspace, path, item.text()?) })
        .collect()
}

/// `${file(path)}`, `${file(path):key.below}`.
fn file(workspace: &mut Workspace, path: &str, text: &str) -> Option<Part> {
    let (file, key) = text.strip_prefix("${file(")?.strip_suffix('}')?.split_once(')')?;
    let target = files::resolve(path, file.trim())
        .filter(|file| file.ends_with(".yml") || file.ends_with(".yaml") || file.ends_with(".json"))?;
    let tree = workspace.tree(&target).ok()?;
    let root = tree.root()?;
    let found = match key.strip_prefix(':') {
        Some(key) => root.at(&key.replace('.', "/"))?,
        None => root,
    };
    let id = found.id();
    Some((tree, id))
}

fn node(part: &Part) -> NodeRef<'_> {
    part.0.node(part.1)
}

fn draft<'t>(
    template: &Template<'t>,
    provider: NodeRef<'t>,
    (name, function): (NodeRef<'t>, NodeRef<'t>),
    stack: &mut Stack,
) -> DraftFunction {
    let own = |path: &str| function.at(path);
    let mut variables = Vec::new();
    let mut open = None;
    for map in [provider.get("environment"), own("environment")].into_iter().flatten() {
        match map.is_map() {
            true => template.variables(map, &mut variables),
            false => open = Some(map.span()),
        }
    }
    let failure = own("onError").or_else(|| own("destinations/onFailure"));
    stack.last_stops.extend(template.target(failure));
    let timeout = template.property(own("timeout").or_else(|| provider.get("timeout"))).seconds();
    let events = own("events").into_iter().flat_map(NodeRef::items);
    let url =
        own("url").filter(|url| url.as_bool() != Some(false)).map(|url| (DraftTrigger::Other(TriggerKind::Other), url.span()));
    DraftFunction {
        span: name.span(),
        timeout: or_default(timeout, "Serverless Framework", "timeout"),
        notation: Notation::Serverless,
        concurrency: template.property(own("reservedConcurrency")).whole(),
        on_failure: match failure {
            Some(failure) => Fact::explicit((), failure.span()),
            None => Fact::Absent,
        },
        triggers: events.map(|event| (trigger(template, event), event.span())).chain(url).collect(),
        variables,
        open,
    }
}

/// An event: `- schedule: rate(1 hour)`, `- sqs: {arn: ..}`.
fn trigger<'t>(template: &Template<'t>, event: NodeRef<'t>) -> DraftTrigger {
    let Some((key, said)) = event.entries().next() else { return DraftTrigger::Other(TriggerKind::Other) };
    let kind = match key.text().unwrap_or("") {
        "http" if said.get("async").and_then(NodeRef::as_bool) != Some(true) => TriggerKind::RestApi,
        "httpApi" => TriggerKind::HttpApi,
        "sqs" => {
            return DraftTrigger::Queue(template.target(if said.is_map() { said.get("arn").or(Some(said)) } else { Some(said) }));
        }
        "sns" if said.get("redrivePolicy").is_none() => TriggerKind::Event("SNS"),
        "s3" => TriggerKind::Event("S3"),
        "schedule" => TriggerKind::Schedule,
        "eventBridge" if said.get("schedule").is_some() => TriggerKind::Schedule,
        "eventBridge" if said.get("deadLetterQueueArn").is_none() => TriggerKind::Event("EventBridge"),
        "cloudwatchEvent" => TriggerKind::Event("EventBridge"),
        _ => TriggerKind::Other,
    };
    DraftTrigger::Other(kind)
}
