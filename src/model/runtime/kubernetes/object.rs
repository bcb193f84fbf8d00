//! Objects: the documents of a manifest, and the items of its lists.

use crate::documents::{NodeRef, Tree};
use crate::source::Span;

/// Lists within lists; nobody writes more than one.
const DEEPEST_LIST: usize = 4;

/// One manifest file has no more objects in use.
const MOST_OBJECTS: usize = 20_000;

/// The kinds that are read; a file that names none of them is not parsed.
const KINDS: [&str; 28] = [
    "SealedSecret",
    "ExternalSecret",
    "OnePasswordItem",
    "Deployment",
    "DeploymentConfig",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "Rollout",
    "Job",
    "CronJob",
    "Pod",
    "Service",
    "Ingress",
    "HorizontalPodAutoscaler",
    "ConfigMap",
    "Secret",
    "HTTPRoute",
    "GRPCRoute",
    "VirtualService",
    "DestinationRule",
    "List",
    "Template",
    "ScaledObject",
    "IngressRoute",
    "Middleware",
    "ServersTransport",
    "TraefikService",
];

/// One object.
#[derive(Debug, Clone)]
pub(super) struct Object<'t> {
    /// Its file.
    pub(super) path: &'t str,
    pub(super) node: NodeRef<'t>,
    pub(super) kind: &'t str,
    pub(super) name: &'t str,
    pub(super) name_span: Span,
    pub(super) namespace: Option<&'t str>,
}

impl<'t> Object<'t> {
    /// The value at a path of keys.
    pub(super) fn at(&self, path: &str) -> Option<NodeRef<'t>> {
        self.node.at(path)
    }

    /// Whether two cannot be applied together: one would replace the other.
    pub(super) fn key(&self) -> (&'t str, Option<&'t str>, &'t str) {
        (self.kind, self.namespace, self.name)
    }

    /// The value of an annotation, with the place of its key.
    pub(super) fn annotation(&self, name: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        self.annotations()?.entry(name)
    }

    /// Its annotations; those of an Ingress in the values of a chart stand without `metadata`.
    pub(super) fn annotations(&self) -> Option<NodeRef<'t>> {
        self.at("metadata/annotations").or_else(|| self.node.get("annotations"))
    }
}

/// Whether a text names a kind that is read.
pub(super) fn is_wanted(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, b"kind").any(|at| {
        let Some(rest) = text.get(at + 4..) else { return false };
        let value = rest.trim_start_matches(['"', '\'', ' ', '\t']).strip_prefix(':');
        let value = value.map(|value| value.trim_start_matches(['"', '\'', ' ', '\t']));
        let length = |value: &str| value.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(value.len());
        value.is_some_and(|value| KINDS.contains(&&value[..length(value)]))
    })
}

/// The objects of a file, in order.
pub(super) fn of_tree<'t>(path: &'t str, tree: &'t Tree) -> Vec<Object<'t>> {
    let mut found = Vec::new();
    for document in tree.documents() {
        add(path, document, DEEPEST_LIST, &mut found);
    }
    found
}

fn add<'t>(path: &'t str, node: NodeRef<'t>, left: usize, found: &mut Vec<Object<'t>>) {
    let Some(left) = left.checked_sub(1) else { return };
    let Some(kind) = node.get_text("kind") else { return };
    if kind.ends_with("List") && node.get("items").is_some_and(NodeRef::is_list) {
        for item in node.get("items").into_iter().flat_map(NodeRef::items) {
            add(path, item, left, found);
        }
        return;
    }
    // A template of OpenShift holds the objects that it makes; what its parameters fill in stands there as `${NAME}`.
    if kind == "Template" {
        for object in node.get("objects").into_iter().flat_map(NodeRef::items) {
            add(path, object, left, found);
        }
        return;
    }
    if found.len() >= MOST_OBJECTS || !KINDS.contains(&kind) {
        return;
    }
    // `generateName` gives no name that others could use.
    let Some(name) = node.at("metadata/name") else { return };
    let Some(text) = name.text().filter(|text| !text.is_empty()) else { return };
    let namespace = node.at("metadata/namespace").and_then(NodeRef::text);
    found.push(Object { path, node, kind, name: text, name_span: name.span(), namespace });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_without_a_kind_that_is_read_are_told_apart_without_parsing() {
        assert!(is_wanted("apiVersion: apps/v1\nkind: Deployment\n"));
        assert!(is_wanted("{\"kind\": \"Service\"}"));
        assert!(is_wanted("kind: 'List'\n"));
        assert!(!is_wanted("kind: CustomResourceDefinition\nspec:\n  names:\n    kind: Widget\n"));
        assert!(is_wanted("kind: DeploymentConfig\n") && !is_wanted("kind: BuildConfig\n"));
        assert!(!is_wanted("kind"));
    }
}
