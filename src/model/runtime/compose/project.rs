//! Which compose files are read together, and the layers of their services: `include`, `extends`, overrides.

use super::layer::{self, Layer};
use super::merge::Merger;
use super::unset::{self, UnsetVariables};
use super::value::Variables;
use crate::discover::{Discovery, Kind};
use crate::documents::interpolation::Variable;
use crate::documents::{NodeId, NodeRef, Tree, env};
use crate::files;
use crate::model::Workspace;
use crate::model::runtime::profile::{self, Profile};
use crate::model::runtime::service::{Project, Runner, Service};
use crate::model::runtime::startup;
use crate::model::runtime::tables::tables;
use crate::source::{SourceId, Span};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Chains of `include` and `extends` longer than this are not followed.
const LONGEST_CHAIN: usize = 16;

/// All services of one project together may have this many variables, ports, mounts and words: aliases could make more of them
/// than the files have bytes.
const HEAVIEST_PROJECT: usize = 200_000;

/// What `docker compose up` looks for, in this order.
const DEFAULT_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const OVERRIDE_NAMES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// Reads every project of the repository, in order of path, its services, in order of the files, and the variables that nothing sets.
pub(in crate::model::runtime) fn read(
    workspace: &mut Workspace,
    discovery: &Discovery,
) -> (Vec<Project>, Vec<Service>, Vec<UnsetVariables>) {
    let paths: Vec<String> =
        discovery.artifacts.iter().filter(|one| one.kind == Kind::Compose).map(|one| one.path.clone()).collect();
    workspace.load_trees(&paths);
    let known: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    let overrides = overrides(&known);
    let mut reader = Reader { workspace, included: BTreeSet::new(), indexes: HashMap::new(), uses: Vec::new() };
    reader.find_included(&paths);
    let (mut projects, mut services) = (Vec::new(), Vec::new());
    for path in &paths {
        if overrides.values().any(|over| over == path) || reader.included.contains(path) {
            continue;
        }
        let mut files = vec![path.clone()];
        files.extend(overrides.get(path.as_str()).cloned());
        let (files, called, found) = reader.project(projects.len(), files);
        let name = path.rsplit('/').next().unwrap_or("");
        let is_default = DEFAULT_NAMES.contains(&name);
        projects.push(Project { runner: Runner::Compose, files, is_default, name: called, namespace: None, others: Vec::new() });
        services.extend(found);
    }
    startup::lend_image_checks(&projects, &mut services);
    let uses = reader.uses;
    let unset = unset::find(workspace, &projects, &services, uses);
    (projects, services, unset)
}

/// Base file to the override that Compose adds by itself. Where a folder has several base files, it takes the first.
fn overrides(known: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let folders: BTreeSet<&str> = known.iter().map(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder)).collect();
    let found = folders.into_iter().filter_map(|folder| {
        let within = |name: &&str| if folder.is_empty() { (*name).to_owned() } else { format!("{folder}/{name}") };
        let first = |names: [&str; 4]| names.iter().map(within).find(|path| known.contains(path.as_str()));
        Some((first(DEFAULT_NAMES)?, first(OVERRIDE_NAMES)?))
    });
    found.collect()
}

struct Reader<'w, 'a> {
    workspace: &'w mut Workspace<'a>,
    /// Files that another one includes: they are part of its project.
    included: BTreeSet<String>,
    indexes: HashMap<SourceId, Arc<Index>>,
    /// Where files use variables as they are.
    uses: Vec<unset::Use>,
}

/// What is looked up by name in a file.
pub(super) struct Index {
    /// In order: names, keys and values under `services`.
    services: Vec<(String, NodeId, NodeId)>,
    by_name: HashMap<String, usize>,
    /// Top-level `configs` that are files: (name, path relative to the root).
    pub(super) configs: Vec<(String, String)>,
    /// Top-level `networks` that are not made by this project.
    external: Vec<String>,
}

impl Index {
    fn new(tree: &Tree, path: &str) -> Index {
        let root = tree.root();
        let services = root.and_then(|root| root.get("services")).map(NodeRef::merged_entries).unwrap_or_default();
        let services: Vec<(String, NodeId, NodeId)> =
            services.into_iter().filter_map(|(key, value)| Some((key.text()?.to_owned(), key.id(), value.id()))).collect();
        let by_name = services.iter().enumerate().map(|(at, (name, ..))| (name.clone(), at)).collect();
        let external = root.and_then(|root| root.get("networks")).map(NodeRef::merged_entries).unwrap_or_default();
        let is_external = |network: NodeRef<'_>| {
            network.get("external").is_some_and(|external| external.is_map() || external.as_bool() == Some(true))
        };
        let external = external.into_iter().filter(|(_, network)| is_external(*network));
        let external = external.take(2_000).filter_map(|(key, _)| key.text().map(str::to_owned)).collect();
        Index { services, by_name, configs: root.map(|root| config_files(root, path)).unwrap_or_default(), external }
    }

    /// Whether a network is shared with other projects.
    pub(super) fn is_external(&self, network: &str) -> bool {
        self.external.iter().any(|name| name == network)
    }
}

/// One file of a project, with what `${...}` means in it.
struct ProjectFile {
    path: String,
    tree: Arc<Tree>,
    variables: Variables,
    index: Arc<Index>,
}

impl Reader<'_, '_> {
    fn tree(&mut self, path: &str) -> Option<Arc<Tree>> {
        self.workspace.tree(path).ok()
    }

    fn file(&mut self, path: &str, variables: &Variables) -> Option<ProjectFile> {
        let tree = self.tree(path)?;
        let index = self.indexes.entry(tree.source()).or_insert_with(|| Arc::new(Index::new(&tree, path))).clone();
        Some(ProjectFile { path: path.to_owned(), tree, variables: variables.clone(), index })
    }

    /// A file that includes itself, over others or not, stays a project of its own.
    fn find_included(&mut self, paths: &[String]) {
        let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in paths {
            let Some(tree) = self.tree(path) else { continue };
            for problem in tree.problems().iter().take(5) {
                self.workspace.note_unread(path, problem.message.clone(), Some(problem.span));
            }
            let includes = tree.root().map(|root| includes(root, path, &Variables::default())).unwrap_or_default();
            edges.insert(path.clone(), includes.into_iter().flat_map(|include| include.files).collect());
        }
        for start in paths {
            let mut seen = BTreeSet::new();
            let mut todo = edges.get(start).cloned().unwrap_or_default();
            while let Some(path) = todo.pop().filter(|_| seen.len() < 1_000) {
                if path != *start && seen.insert(path.clone()) {
                    todo.extend(edges.get(&path).cloned().unwrap_or_default());
                }
            }
            let is_in_cycle = |path: &String| edges.get(path).is_some_and(|next| next.contains(start));
            self.included.extend(seen.into_iter().filter(|path| !is_in_cycle(path)));
        }
    }

    /// The files of a project with everything they include, its name, and its services.
    fn project(&mut self, index: usize, roots: Vec<String>) -> (Vec<String>, Option<String>, Vec<Service>) {
        let mut variables = Variables::default();
        if let Some(root) = roots.first() {
            self.add_env_file(&mut variables, files::resolve(root, ".env"));
        }
        let mut files: Vec<ProjectFile> = Vec::new();
        for root in &roots {
            self.collect(root, &variables, LONGEST_CHAIN, &mut files);
        }
        // Included files lie below what includes them.
        let (own, mut order): (Vec<ProjectFile>, Vec<ProjectFile>) =
            files.into_iter().partition(|file| roots.contains(&file.path));
        let called = called(&own, &variables);
        let mut paths: Vec<String> = roots.clone();
        paths.extend(order.iter().map(|file| file.path.clone()));
        order.extend(own);
        for file in &order {
            unset::uses(index, &file.tree, &file.variables, &mut self.uses);
        }
        let mut parts: Vec<Part> = Vec::new();
        let mut at_name: HashMap<String, usize> = HashMap::new();
        let mut budget = HEAVIEST_PROJECT;
        for (at, file) in order.iter().enumerate() {
            for (name, key, _) in &file.index.services {
                let slot = *at_name.entry(name.clone()).or_insert_with(|| {
                    let span = file.tree.node(*key).span();
                    parts.push(Part { name: name.clone(), span, layers: Vec::new(), last: at, lost: None });
                    parts.len() - 1
                });
                let Some(part) = parts.get_mut(slot) else { continue };
                part.last = at;
                if let Err(why) = self.layers(file, name, LONGEST_CHAIN, &mut part.layers, &mut budget) {
                    part.lost = Some(why);
                }
            }
        }
        let path = paths.first().cloned().unwrap_or_default();
        let head = self.workspace.source(&path).map(|source| profile::of_head(&self.workspace.text(source)));
        let head = head.ok().filter(|head| *head != Profile::Unknown).unwrap_or_else(|| of_builds(&parts));
        let services = parts.into_iter().filter_map(|part| {
            let variables = &order.get(part.last)?.variables;
            Merger { workspace: self.workspace, project: index, path: &path, head, variables, budget: &mut budget }.merge(part)
        });
        let services = services.collect();
        (paths, called, services)
    }

    fn add_env_file(&mut self, variables: &mut Variables, path: Option<String>) {
        let Some(path) = path.filter(|path| self.workspace.exists(path)) else { return };
        if let Ok(source) = self.workspace.source(&path) {
            variables.add(&env::parse(source, &self.workspace.text(source)));
        }
    }

    /// A file and those that it includes, innermost first, each once.
    fn collect(&mut self, path: &str, variables: &Variables, left: usize, files: &mut Vec<ProjectFile>) {
        let Some(left) = left.checked_sub(1) else { return };
        if files.len() > 200 || files.iter().any(|file| file.path == path) {
            return;
        }
        let Some(file) = self.file(path, variables) else { return };
        let tree = file.tree.clone();
        files.push(file);
        for include in tree.root().map(|root| includes(root, path, variables)).unwrap_or_default() {
            let mut inner = variables.clone();
            let env_files = match (include.env_files.is_empty(), include.files.first()) {
                (true, Some(first)) => vec![files::resolve(first, ".env")],
                _ => include.env_files.into_iter().map(Some).collect(),
            };
            env_files.into_iter().for_each(|path| self.add_env_file(&mut inner, path));
            for file in include.files {
                self.collect(&file, &inner, left, files);
            }
        }
    }

    /// The layers that a file has for a service: what it extends, then its own. The error says what could not be followed.
    fn layers(
        &mut self,
        file: &ProjectFile,
        name: &str,
        left: usize,
        found: &mut Vec<Layer>,
        budget: &mut usize,
    ) -> Result<(), String> {
        let left = left.checked_sub(1).ok_or("`extends` goes on and on")?;
        let Some((.., node)) = file.index.by_name.get(name).and_then(|at| file.index.services.get(*at)) else {
            return Err(format!("`extends` names the service `{name}`, which `{}` does not have", file.path));
        };
        let node = file.tree.node(*node);
        if *budget == 0 {
            found.push(Layer::bare());
            return Err("the project has more variables than one can have".into());
        }
        let mut own = layer::read(&file.path, node, &file.variables, &file.index);
        *budget = budget.saturating_sub(own.weight());
        let is_whole = file.tree.problems().is_empty();
        let mut result = if is_whole { Ok(()) } else { Err(format!("`{}` could not be read in full", file.path)) };
        if let Some(extends) = own.extends.take() {
            let followed = match &extends.file {
                Some(path) if *path != file.path => match self.file(path, &file.variables) {
                    Some(other) => self.layers(&other, &extends.service, left, found, budget),
                    None => Err("`extends` names a file that is not in the repository".into()),
                },
                _ => self.layers(file, &extends.service, left, found, budget),
            };
            result = result.and(followed);
        }
        found.push(own);
        result
    }
}

/// A service with its layers, lowest first.
pub(super) struct Part {
    pub(super) name: String,
    /// Where the first file of the project that has it names it.
    pub(super) span: Span,
    pub(super) layers: Vec<Layer>,
    /// The last file that has it.
    last: usize,
    /// What of it could not be followed.
    pub(super) lost: Option<String>,
}

impl Part {
    /// Whether the repository has its source: some layer builds it.
    fn is_built(&self) -> bool {
        self.layers.iter().any(|layer| !layer.build.known_absent())
    }

    /// Whether the Dockerfile or the stage that it is built from is named for work on the code, or its folder is of a tool for that.
    fn is_built_for_development(&self) -> bool {
        let mut folders = self.layers.iter().filter_map(|layer| layer.build.known());
        if folders.any(|folder| tables().words("profile", "dev_builds").iter().any(|tool| folder.contains(tool.as_str()))) {
            return true;
        }
        let names = self.layers.iter().flat_map(|layer| [&layer.dockerfile, &layer.target]).flatten();
        names.map(|name| profile::profile(name, &[])).any(|use_for| use_for == Profile::Development)
    }
}

/// What a project's builds say: it is for work on the code where it builds something, and everything that it builds is built for that.
fn of_builds(parts: &[Part]) -> Profile {
    let mut built = parts.iter().filter(|part| part.is_built()).peekable();
    match built.peek().is_some() && built.all(Part::is_built_for_development) {
        true => Profile::Development,
        false => Profile::Unknown,
    }
}

/// The name of a project, as far as its own files say it: the last `name`, else that of the folder, as Compose writes it. What
/// `.env` says wins, and the folder of the whole repository may be called anything.
fn called(own: &[ProjectFile], variables: &Variables) -> Option<String> {
    if !matches!(variables.lookup("COMPOSE_PROJECT_NAME"), Variable::Unset) {
        return None;
    }
    let mut said = own.iter().rev().filter_map(|file| Some(file.variables.of_key(file.tree.root()?, "name")));
    match said.find(|name| !name.known_absent()) {
        Some(name) => name.known().cloned(),
        None => {
            let folder = own.first()?.path.rsplit('/').nth(1)?.to_lowercase();
            let kept: String = folder.chars().filter(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_')).collect();
            Some(kept.trim_start_matches(['-', '_']).to_owned())
        }
    }
}

struct Include {
    files: Vec<String>,
    env_files: Vec<String>,
}

/// What the top level includes: `- path`, or `- path: [..]` with its `env_file`.
fn includes(root: NodeRef<'_>, path: &str, variables: &Variables) -> Vec<Include> {
    let Some(include) = root.get("include") else { return Vec::new() };
    let resolve = |item: NodeRef<'_>| {
        let reference = variables.scalar(item).known().cloned()?;
        if reference.contains("://") { None } else { files::resolve(path, &reference) }
    };
    let list = |value: Option<NodeRef<'_>>| -> Vec<String> {
        match value {
            Some(value) if value.is_list() => value.items().take(200).filter_map(resolve).collect(),
            Some(value) => resolve(value).into_iter().collect(),
            None => Vec::new(),
        }
    };
    let items = include.items().take(200).map(|item| match item.is_map() {
        true => Include { files: list(item.get("path")), env_files: list(item.get("env_file")) },
        false => Include { files: resolve(item).into_iter().collect(), env_files: Vec::new() },
    });
    items.collect()
}

/// Top-level `configs` that are files.
fn config_files(root: NodeRef<'_>, path: &str) -> Vec<(String, String)> {
    let Some(configs) = root.get("configs") else { return Vec::new() };
    let entries = configs.merged_entries().into_iter().take(2_000);
    entries.filter_map(|(key, config)| Some((key.text()?.to_owned(), files::resolve(path, config.get_text("file")?)?))).collect()
}
