//! Variables that Compose files use and that nothing in the repository sets: no `.env` file, no example of one, no script, no CI.

use crate::documents::interpolation::{Variable, bare, demanded};
use crate::documents::{NodeRef, Tree};
use crate::files;
use crate::model::Workspace;
use crate::model::runtime::Runtime;
use crate::model::runtime::profile::{Profile, profile};
use crate::model::runtime::service::{Project, Runner, Service};
use crate::model::runtime::tables::tables;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::value::Variables;

/// Nodes of one file that are looked at: aliases may multiply them.
const MOST_NODES: usize = 200_000;
/// Names that are looked for in other files, and files in which they are looked for; with more nothing is known to be missing.
const MOST_NAMES: usize = 2_000;
const MOST_FILES: usize = 3_000;
/// An example names the variables of a project if it has as many of them as this.
const FEWEST_NAMED: usize = 3;

/// A place at which a variable is used as it is, without a default, or demanded.
#[derive(Debug, Clone)]
pub(super) struct Use {
    /// Index of the project.
    pub(super) project: usize,
    /// Its name.
    name: String,
    /// Where it is used.
    span: Span,
    /// The service whose shell runs the text, for commands and health checks.
    shell_of: Option<String>,
    /// Whether no `.env` file of the project sets it.
    is_unset: bool,
    /// Whether nothing starts without it: `${X:?}`.
    is_demanded: bool,
}

/// A variable that nothing sets.
#[derive(Debug, Clone)]
pub struct Unset {
    /// Its name.
    pub name: String,
    /// Where it is used first.
    pub span: Span,
    /// The service that has a variable of this name in its container, whose shell was meant to read it, and where that is set.
    pub in_container: Option<(String, Span)>,
}

/// The variables that nothing sets, of the projects of one folder.
#[derive(Debug, Clone)]
pub struct UnsetVariables {
    /// The file that names the first of the projects.
    pub path: String,
    /// For which kind of use they are made.
    pub profile: Profile,
    /// In order of project and place: of several with one name all are here.
    pub all: Vec<Unset>,
    /// The `.env` file, or example of one, that names others of the projects, and how many.
    pub named_in: Option<(String, usize)>,
}

impl Runtime {
    /// Projects of Compose with variables that nothing sets, by folder and kind of use; and how many projects there are.
    pub fn unset_variables(&self) -> (usize, &[UnsetVariables]) {
        (self.projects.iter().filter(|project| project.runner == Runner::Compose).count(), &self.unset)
    }
}

/// The uses in one file of a project.
pub(super) fn uses(project: usize, tree: &Tree, variables: &Variables, found: &mut Vec<Use>) {
    if !tree.holds("$") {
        return;
    }
    let Some(root) = tree.root() else { return };
    let mut seen = HashSet::new();
    let mut left = MOST_NODES;
    let mut todo: Vec<(NodeRef<'_>, Option<String>)> = Vec::new();
    for (key, value) in root.entries() {
        if key.text() != Some("services") {
            todo.push((value, None));
            continue;
        }
        for (name, service) in value.entries() {
            for (key, value) in service.entries() {
                let is_run = matches!(key.text(), Some("command" | "entrypoint" | "healthcheck"));
                todo.push((value, name.text().filter(|_| is_run).map(str::to_owned)));
            }
        }
    }
    while let Some((node, shell_of)) = todo.pop() {
        let Some(rest) = left.checked_sub(1) else { return };
        left = rest;
        if let Some(text) = node.text().filter(|text| text.contains('$')) {
            let demanded = demanded(text).into_iter().map(|name| (name, true));
            for (name, is_demanded) in bare(text).into_iter().map(|name| (name, false)).chain(demanded) {
                if !is_of_shell(name) && seen.insert((node.span(), name.to_owned(), is_demanded)) {
                    let is_unset = variables.lookup(name) == Variable::Unset;
                    let (name, span, shell_of) = (name.to_owned(), node.span(), shell_of.clone());
                    found.push(Use { project, name, span, shell_of, is_unset, is_demanded });
                }
            }
        }
        todo.extend(node.items().map(|item| (item, shell_of.clone())));
        todo.extend(node.entries().map(|(_, value)| (value, shell_of.clone())));
    }
}

/// Whether every shell has a variable, or Compose sets it.
fn is_of_shell(name: &str) -> bool {
    let has = |key: &str, fits: &dyn Fn(&String) -> bool| tables().words("compose", key).iter().any(fits);
    has("shell_variables", &|word| word.eq_ignore_ascii_case(name))
        || has("shell_prefixes", &|start| name.starts_with(start.as_str()))
}

/// What nothing sets, by project.
pub(super) fn find(workspace: &Workspace, projects: &[Project], services: &[Service], uses: Vec<Use>) -> Vec<UnsetVariables> {
    let names: BTreeSet<&str> = uses.iter().filter(|one| one.is_unset).map(|one| one.name.as_str()).collect();
    if names.is_empty() || names.len() > MOST_NAMES {
        return Vec::new();
    }
    let wanted: HashMap<&[u8], &str> = uses.iter().map(|one| (one.name.as_bytes(), one.name.as_str())).collect();
    let paths: Vec<String> = workspace.paths().iter().filter(|path| may_set(path)).map(str::to_owned).collect();
    if paths.len() > MOST_FILES {
        return Vec::new();
    }
    let hits = workspace.scan(&paths, |bytes| mentioned(bytes, &wanted));
    let mentioned: HashSet<&str> = hits.iter().flatten().copied().collect();
    let mut by_project: BTreeMap<usize, Vec<&Use>> = BTreeMap::new();
    for one in &uses {
        by_project.entry(one.project).or_default().push(one);
    }
    let by_name: HashMap<(usize, &str), &Service> =
        services.iter().map(|service| ((service.project, service.name.as_str()), service)).collect();
    let mut found: BTreeMap<(&str, Profile), UnsetVariables> = BTreeMap::new();
    for (at, uses) in by_project {
        let Some(project) = projects.get(at) else { continue };
        let demanded: HashSet<&str> = uses.iter().filter(|one| one.is_demanded).map(|one| one.name.as_str()).collect();
        let is_set = |one: &Use| !one.is_unset || mentioned.contains(one.name.as_str()) || demanded.contains(one.name.as_str());
        let mut first: HashMap<(&str, bool), Unset> = HashMap::new();
        for one in uses.iter().filter(|one| !is_set(one)) {
            let own = one.shell_of.as_ref().and_then(|name| {
                let service = by_name.get(&(at, name.as_str()))?;
                // What the container gets from the same variable is no other value.
                let variable = service.environment.named(&one.name)?;
                Some((name.clone(), variable.key_span, variable.value.known()?.is_empty()))
            });
            // Where the container's own is empty (`X: ${X:-}`), its shell reads nothing either way.
            if own.as_ref().is_some_and(|(.., is_empty)| *is_empty) {
                continue;
            }
            let own = own.map(|(name, span, _)| (name, span));
            let known = first.entry((one.name.as_str(), own.is_some())).or_insert_with(|| Unset {
                name: one.name.clone(),
                span: one.span,
                in_container: own.clone(),
            });
            if (one.span.source, one.span.start) < (known.span.source, known.span.start) {
                (known.span, known.in_container) = (one.span, own);
            }
        }
        let mut all: Vec<Unset> = first.into_values().collect();
        if all.is_empty() {
            continue;
        }
        all.sort_by(|a, b| (a.span.source, a.span.start, &a.name).cmp(&(b.span.source, b.span.start, &b.name)));
        let profile = use_of(at, project, services);
        let of_project: BTreeSet<&str> = uses.iter().map(|one| one.name.as_str()).collect();
        let named = example(project.folder(), &paths, &hits, &of_project);
        let known = found.entry((project.folder(), profile)).or_insert_with(|| UnsetVariables {
            path: project.path().to_owned(),
            profile,
            all: Vec::new(),
            named_in: None,
        });
        known.all.extend(all);
        known.named_in = known.named_in.take().or(named);
    }
    found.into_values().collect()
}

/// For which kind of use a project is made: as its path says, else as all of its services say.
fn use_of(at: usize, project: &Project, services: &[Service]) -> Profile {
    let named = profile(project.path(), &[]);
    let mut said = services.iter().filter(|service| service.project == at).map(|service| service.profile);
    match said.next() {
        Some(first) if named == Profile::Unknown && said.all(|other| other == first) => first,
        _ => named,
    }
}

/// The file of variables nearest to a folder, in it or above, that names most of some variables, and how many.
fn example(folder: &str, paths: &[String], hits: &[Vec<&str>], wanted: &BTreeSet<&str>) -> Option<(String, usize)> {
    let near = paths.iter().zip(hits).filter_map(|(path, hits)| {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_above = files::is_within(above, folder);
        let number = hits.iter().filter(|name| wanted.contains(*name)).count();
        (is_above && is_env(name) && number >= FEWEST_NAMED).then_some((above.len(), number, path))
    });
    let best = near.max_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.cmp(a.2)));
    best.map(|(_, number, path)| (path.clone(), number))
}

/// Whether a file of this name holds variables: `.env`, `.env.example`, `production.env`, `env.sample`.
fn is_env(name: &str) -> bool {
    name.split(['.', '-', '_']).any(|word| word.eq_ignore_ascii_case("env")) && !name.ends_with(".ts") && !name.ends_with(".js")
}

/// Whether a file may set variables for Compose, or tell people to: files of variables, scripts, what CI runs, and read-mes.
fn may_set(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folders.contains("node_modules") || folders.contains("vendor/") {
        return false;
    }
    let has = |key: &str, text: &str| tables().words("compose", key).iter().any(|word| word == text);
    let stem = name.split('.').next().unwrap_or("").to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    is_env(name)
        || has("setting_names", &stem)
        || has("setting_endings", ending)
        || (matches!(ending, "yml" | "yaml")
            && (path.starts_with('.') || folders.contains("/.") || has("setting_folders", folders)))
}

/// Those of some names that a text has as words, each once.
fn mentioned<'n>(bytes: &[u8], wanted: &HashMap<&[u8], &'n str>) -> Vec<&'n str> {
    let words = bytes.split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
    let mut found: Vec<&str> = words.filter_map(|word| wanted.get(word).copied()).collect();
    found.sort_unstable();
    found.dedup();
    found
}
