//! Kustomize: which files are patches, and which objects somebody patches. Nothing is built.

use super::object::Object;
use crate::discover::{Discovery, Kind};
use crate::documents::{self, NodeRef};
use crate::files;
use crate::model::Workspace;
use crate::source::SourceId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Patches of a file that are looked at.
const MOST_PATCHES: usize = 2_000;

/// What the Kustomize files of a repository do to objects.
#[derive(Debug, Default)]
pub(super) struct Overlays {
    /// Files that are patches: their objects are no objects of their own.
    patches: BTreeSet<String>,
    /// Kind and name of patched objects, and the first file that patches them.
    patched: BTreeMap<(String, String), String>,
    /// Patches whose target is a pattern, or names no object: the folders that they may reach, and the file.
    wide: Vec<String>,
    /// For each Kustomize file, the files and folders that it names as its resources.
    resources: Vec<(String, String)>,
    /// ConfigMaps and Secrets that are generated: kind and name.
    generated: BTreeSet<(&'static str, String)>,
}

impl Overlays {
    pub(super) fn read(workspace: &mut Workspace, discovery: &Discovery) -> Overlays {
        let mut overlays = Overlays::default();
        let paths: Vec<String> =
            discovery.artifacts.iter().filter(|one| one.kind == Kind::Kustomize).map(|one| one.path.clone()).collect();
        workspace.load_trees(&paths);
        for path in &paths {
            let Ok(tree) = workspace.tree(path) else { continue };
            for problem in tree.problems().iter().take(5) {
                workspace.note_unread(path, problem.message.clone(), Some(problem.span));
            }
            if let Some(root) = tree.root() {
                overlays.add(workspace, path, root);
            }
        }
        overlays
    }

    fn add(&mut self, workspace: &mut Workspace, path: &str, root: NodeRef<'_>) {
        let items = |key: &str| root.get(key).into_iter().flat_map(NodeRef::items).take(MOST_PATCHES).collect::<Vec<_>>();
        for item in items("resources").into_iter().chain(items("bases")) {
            let named = item.text().and_then(|text| files::resolve(path, text));
            self.resources.extend(named.map(|named| (path.to_owned(), named)));
        }
        for item in items("patchesStrategicMerge") {
            self.patch(workspace, path, item.text());
        }
        for item in items("patches").into_iter().chain(items("patchesJson6902")) {
            match item.get("target") {
                Some(target) => self.target(path, target),
                None => self.patch(workspace, path, item.get_text("path").or(item.get_text("patch"))),
            }
            if let Some(file) = item.get_text("path").and_then(|file| files::resolve(path, file)) {
                self.patches.insert(file);
            }
        }
        for item in items("replicas") {
            for kind in ["Deployment", "StatefulSet", "ReplicaSet"] {
                let name = item.get_text("name").unwrap_or_default();
                self.patched.entry((kind.into(), name.into())).or_insert_with(|| path.to_owned());
            }
        }
        for (key, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
            for item in items(key) {
                let name = item.get_text("name").unwrap_or_default();
                self.patched.entry((kind.into(), name.into())).or_insert_with(|| path.to_owned());
                self.generated.insert((kind, name.to_owned()));
            }
        }
    }

    /// A patch that is an object with the parts to change: a file, or the text itself.
    fn patch(&mut self, workspace: &mut Workspace, path: &str, text: Option<&str>) {
        let Some(text) = text else { return };
        let tree = match text.contains('\n') {
            // Only kind and name are read: no place in it is ever shown.
            true => Ok(Arc::new(documents::parse("patch.yaml", SourceId(0), text.into()))),
            false => {
                let Some(file) = files::resolve(path, text) else { return };
                self.patches.insert(file.clone());
                workspace.tree(&file)
            }
        };
        let Ok(tree) = tree else { return };
        for document in tree.documents() {
            self.target_of(path, document.get_text("kind"), document.at("metadata/name").and_then(NodeRef::text));
        }
    }

    fn target(&mut self, path: &str, target: NodeRef<'_>) {
        self.target_of(path, target.get_text("kind"), target.get_text("name"));
    }

    fn target_of(&mut self, path: &str, kind: Option<&str>, name: Option<&str>) {
        let is_plain = |name: &str| !name.contains(['*', '.', '(', '|', '[', '^', '$', '+', '?']);
        match (kind, name.filter(|name| is_plain(name))) {
            (Some(kind), Some(name)) => {
                self.patched.entry((kind.into(), name.into())).or_insert_with(|| path.to_owned());
            }
            _ => self.wide.push(path.to_owned()),
        }
    }

    /// Whether a file is a patch.
    pub(super) fn is_patch(&self, path: &str) -> bool {
        self.patches.contains(path)
    }

    /// Adds the names of Secrets that the cluster makes of something else.
    pub(super) fn also_generated(&mut self, names: impl Iterator<Item = String>) {
        self.generated.extend(names.map(|name| ("Secret", name)));
    }

    /// Whether Kustomize, or the cluster, makes an object of this kind and name.
    pub(super) fn generates(&self, kind: &'static str, name: &str) -> bool {
        self.generated.contains(&(kind, name.to_owned()))
    }

    /// Why something that an object does not say may be said by a patch.
    pub(super) fn patch_of(&self, object: &Object<'_>) -> Option<String> {
        let named = self.patched.get(&(object.kind.to_owned(), object.name.to_owned()));
        let named = named.filter(|path| self.reaches(path, object.path));
        let wide = self.wide.iter().find(|path| self.reaches(path, object.path));
        named.or(wide).map(|path| format!("`{path}` patches it"))
    }

    /// Whether a Kustomize file may be used together with a manifest: both lie below one folder of the root, or some Kustomize
    /// file that lies there names the manifest. Components say nowhere to what they are added.
    fn reaches(&self, kustomization: &str, manifest: &str) -> bool {
        let first = |path: &str| path.split('/').next().unwrap_or("").to_owned();
        let below = first(kustomization);
        let within =
            |resource: &str| manifest == resource || manifest.strip_prefix(resource).is_some_and(|rest| rest.starts_with('/'));
        first(manifest) == below || self.resources.iter().any(|(path, resource)| first(path) == below && within(resource))
    }
}
