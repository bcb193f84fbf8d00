//! Where Alertmanager sends alerts: the receivers that its routes name.
//!
//! What is absent: `AlertmanagerConfig` objects, which an operator puts together, and files that a template makes.

use super::Runtime;
use super::alert::tree;
use super::profile::{Profile, profile};
use crate::discover::{Discovery, Kind};
use crate::documents::NodeRef;
use crate::model::Workspace;
use crate::source::Span;
use std::collections::BTreeSet;

/// Routes of one file that are looked at.
const MOST: usize = 5_000;

/// A receiver that a route names.
#[derive(Debug, Clone)]
pub struct NamedReceiver {
    /// The file.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Where the route names it.
    pub span: Span,
    /// The receivers that the file has, where this is none of them; `None`: it is one, or not each of them is known by its name.
    pub others: Option<Vec<String>>,
    /// For which kind of use the file is made.
    pub profile: Profile,
}

/// Reads the routes of every configuration of Alertmanager.
pub(super) fn read(workspace: &mut Workspace, discovery: &Discovery) -> Vec<NamedReceiver> {
    let mut found = Vec::new();
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::Alertmanager) {
        let Some(tree) = tree(workspace, &artifact.path, "") else { continue };
        let Some(root) = tree.root() else { continue };
        let profile = profile(&artifact.path, &[]);
        let receivers = root.get("receivers").into_iter().flat_map(NodeRef::items);
        let has: Option<BTreeSet<&str>> = receivers.map(|one| one.get_text("name").filter(|name| is_fixed(name))).collect();
        let has = has.filter(|_| tree.problems().is_empty() && root.get("receivers").is_none_or(NodeRef::is_list));
        let mut todo: Vec<NodeRef<'_>> = root.get("route").into_iter().collect();
        for _ in 0..MOST {
            let Some(route) = todo.pop() else { break };
            todo.extend(route.get("routes").into_iter().flat_map(NodeRef::items).take(MOST));
            let Some(named) = route.get("receiver") else { continue };
            let Some(name) = named.text().filter(|name| is_fixed(name)) else { continue };
            let others = has.as_ref().filter(|has| !has.contains(name));
            let others = others.map(|has| has.iter().map(|one| (*one).to_owned()).collect());
            found.push(NamedReceiver { path: artifact.path.clone(), name: name.to_owned(), span: named.span(), others, profile });
        }
    }
    found.sort_by_key(|one| one.span);
    found
}

/// Whether a name is what it will be: what a deployment fills in may be any name.
fn is_fixed(name: &str) -> bool {
    !name.is_empty() && !name.contains(['$', '{'])
}

impl Runtime {
    /// Every receiver that a route of Alertmanager names, in order of file.
    pub fn named_receivers(&self) -> impl Iterator<Item = &NamedReceiver> {
        self.receivers.iter()
    }
}
