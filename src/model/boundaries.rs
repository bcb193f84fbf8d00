//! Which service a file belongs to: the folders of a repository that have a specification, migrations or a build context of their own.
//!
//! What is absent: who calls whom, which `runtime` knows, and who owns a file, which only CODEOWNERS says.

use super::runtime::Runtime;
use super::{Settings, Workspace};
use crate::discover::names::listed;
use crate::discover::{Discovery, Kind};
use crate::files::is_within;
use globset::{GlobBuilder, GlobMatcher};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::OnceLock;

/// A service, seen as a part of the repository.
#[derive(Debug, Clone)]
pub struct Boundary {
    /// The name in `[services.NAME]`, or the last name of its folder; the whole path of the folder where several have that.
    pub name: String,
    /// Its folders, or patterns of its files, relative to the root.
    pub paths: Vec<String>,
    /// Further names by which it is known: services of compose files that are built in its folder; sorted.
    pub aliases: Vec<String>,
    /// Why it was taken to be one, in a few words.
    pub evidence: String,
    /// How many artifacts of each kind it has.
    pub artifacts: BTreeMap<&'static str, usize>,
    /// The first of them by path; absent where it has none.
    pub first: Option<String>,
    /// Whether somebody is named for it: by CODEOWNERS for one of its artifacts, or by a file of its folder.
    pub is_owned: bool,
    patterns: Vec<GlobMatcher>,
}

/// The services of a repository; none where it is a single one.
#[derive(Debug, Clone, Default)]
pub struct Boundaries {
    /// Those that the configuration names first, then those that were found, by folder.
    all: Vec<Boundary>,
}

impl Boundary {
    /// How well a path fits: the length of the folder that holds it; `None` where it does not belong here.
    fn fit(&self, path: &str) -> Option<usize> {
        let folders = self.paths.iter().filter(|folder| is_within(folder, path)).map(String::len);
        let patterns = self.patterns.iter().filter(|pattern| pattern.is_match(path)).map(|pattern| pattern.glob().glob().len());
        folders.chain(patterns).max()
    }

    /// Whether a word names it.
    pub fn is_called(&self, word: &str) -> bool {
        let word = word.trim_end_matches('/');
        self.name == word || self.paths.iter().any(|path| path == word) || self.aliases.iter().any(|alias| alias == word)
    }
}

impl Boundaries {
    /// The service that a file belongs to; `None` where it belongs to none or to all.
    pub fn of(&self, path: &str) -> Option<&Boundary> {
        self.all.get(self.place(path)?)
    }

    fn place(&self, path: &str) -> Option<usize> {
        let fitting = self.all.iter().enumerate().filter_map(|(at, one)| Some((one.fit(path)?, at)));
        // Of two that fit equally well the first one counts: the configuration's.
        fitting.rev().max_by_key(|(fit, _)| *fit).map(|(_, at)| at)
    }

    /// Every service.
    pub fn iter(&self) -> impl Iterator<Item = &Boundary> {
        self.all.iter()
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        let one = |one: &Boundary| {
            let Boundary { name, paths, aliases, evidence, artifacts, .. } = one;
            json!({ "name": name, "paths": paths, "aliases": aliases, "artifacts": artifacts, "evidence": evidence })
        };
        self.all.iter().map(one).collect()
    }
}

/// Files that name who looks after the folder in which they lie.
const OWNER_FILES: [&str; 5] = ["OWNERS", "MAINTAINERS", "MAINTAINERS.md", "catalog-info.yaml", "catalog-info.yml"];

/// The file that an image is built from.
const IMAGE_FILE: &str = "Dockerfile";

struct Words {
    service_folders: Vec<String>,
    source_folders: Vec<String>,
    manifests: Vec<String>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| Words {
        service_folders: listed("service_folders"),
        source_folders: listed("source_folders"),
        manifests: listed("manifests"),
    })
}

/// The folders above a path, the nearest first; not the root.
fn above(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').filter_map(|(at, _)| path.get(..at))
}

/// Reads this part.
pub fn read(workspace: &Workspace, discovery: &Discovery, runtime: &Runtime, settings: &Settings) -> Boundaries {
    let mut all: Vec<Boundary> = settings.services.iter().map(|(name, paths)| stated(name, paths)).collect();
    let contexts = contexts(runtime);
    let mut folders: BTreeMap<String, String> = BTreeMap::new();
    // Migrations lie by the hundred in one folder.
    let telling = discovery.artifacts.iter().filter(|one| matches!(one.kind, Kind::OpenApi | Kind::Migration | Kind::Schema));
    let homes: BTreeSet<&str> = telling.filter_map(|one| above(&one.path).next()).collect();
    for (folder, services) in &contexts {
        // An image of a database with a few settings is built somewhere too, and is no service of this repository's own.
        if homes.iter().any(|home| is_within(folder, home))
            || project_file(folder, workspace).is_some_and(|file| file != IMAGE_FILE)
        {
            folders.insert(folder.clone(), built(services));
        }
    }
    for home in homes {
        if let Some((folder, why)) = unit(home, &contexts, workspace) {
            folders.entry(folder.to_owned()).or_insert(why);
        }
    }
    let is_stated = |folder: &str| all.iter().any(|one| one.fit(folder).is_some());
    let folders: Vec<(String, String)> = folders.into_iter().filter(|(folder, _)| !is_stated(folder)).collect();
    let last = |folder: &str| folder.rsplit('/').next().unwrap_or(folder).to_owned();
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    folders.iter().for_each(|(folder, _)| *names.entry(last(folder)).or_default() += 1);
    all.iter().for_each(|one| *names.entry(one.name.clone()).or_default() += 1);
    for (folder, evidence) in folders {
        let name = Some(last(&folder)).filter(|name| names.get(name) == Some(&1)).unwrap_or_else(|| folder.clone());
        let aliases = contexts.get(&folder).into_iter().flatten().filter(|alias| **alias != name).cloned().collect();
        let (paths, patterns) = (vec![folder], Vec::new());
        let is_owned = OWNER_FILES.iter().any(|file| paths.iter().any(|folder| workspace.exists(&format!("{folder}/{file}"))));
        all.push(Boundary { name, paths, aliases, evidence, artifacts: BTreeMap::new(), first: None, is_owned, patterns });
    }
    let mut boundaries = Boundaries { all };
    let found = boundaries.all.iter().skip(settings.services.len());
    let folders: Vec<&str> = found.flat_map(|one| &one.paths).map(String::as_str).collect();
    // Folders that hold no other, and of which the configuration says nothing: all in them is one's.
    let holds_other = |folder: &str| folders.iter().any(|other| *other != folder && is_within(folder, other));
    let is_whole = |folder: &&str| settings.services.is_empty() && !holds_other(folder);
    let whole: HashSet<String> = folders.iter().copied().filter(is_whole).map(str::to_owned).collect();
    let mut last: Option<(String, usize)> = None;
    for artifact in &discovery.artifacts {
        // Artifacts are sorted by path: what lies in one folder stands together.
        let known = last.as_ref().filter(|(folder, _)| is_within(folder, &artifact.path)).map(|(_, place)| *place);
        let place = known.or_else(|| boundaries.place(&artifact.path));
        if known.is_none() {
            let folder = place.and_then(|place| Some((boundaries.all.get(place)?.paths.first()?, place)));
            last = folder.filter(|(folder, _)| whole.contains(*folder)).map(|(folder, place)| (folder.clone(), place));
        }
        if let Some(one) = place.and_then(|place| boundaries.all.get_mut(place)) {
            *one.artifacts.entry(artifact.kind.name()).or_default() += 1;
            one.is_owned = one.is_owned || !settings.owners.of(&artifact.path).is_empty();
            one.first.get_or_insert_with(|| artifact.path.clone());
        }
    }
    boundaries
}

/// A service that the configuration names.
fn stated(name: &str, paths: &[String]) -> Boundary {
    let is_pattern = |path: &&String| path.contains(['*', '?', '[', '{']);
    let glob = |path: &String| GlobBuilder::new(path).literal_separator(true).build().ok().map(|glob| glob.compile_matcher());
    Boundary {
        name: name.to_owned(),
        paths: paths.to_vec(),
        aliases: Vec::new(),
        evidence: format!("[services.{name}]"),
        artifacts: BTreeMap::new(),
        first: None,
        is_owned: false,
        patterns: paths.iter().filter(is_pattern).filter_map(glob).collect(),
    }
}

/// The folders that services are built in, with the names of those services; not the root.
fn contexts(runtime: &Runtime) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for service in runtime.services() {
        if let Some(folder) = service.service().build.known().filter(|folder| !folder.is_empty()) {
            found.entry(folder.clone()).or_default().insert(service.name().to_owned());
        }
    }
    found
}

/// The folder of the service that a folder with artifacts belongs to, and why. `None` where the root is the only project.
fn unit<'p>(home: &'p str, contexts: &BTreeMap<String, BTreeSet<String>>, workspace: &Workspace) -> Option<(&'p str, String)> {
    let folders = || std::iter::once(home).chain(above(home));
    if let Some(folder) = folders().find(|folder| contexts.contains_key(*folder)) {
        let services = contexts.get(folder)?;
        return Some((folder, built(services)));
    }
    let is_named = |folder: &&str| {
        let (container, _) = folder.rsplit_once('/').unwrap_or(("", folder));
        let mut outer = container.split('/').rev();
        let is_container = outer.next().is_some_and(|name| words().service_folders.iter().any(|word| word == name));
        is_container && outer.all(|name| !words().source_folders.iter().any(|word| word == name))
    };
    if let Some(folder) = folders().find(is_named) {
        let (container, _) = folder.rsplit_once('/')?;
        return Some((folder, format!("a folder of its own in `{container}/`")));
    }
    folders().find_map(|folder| Some((folder, format!("has a `{}` of its own", project_file(folder, workspace)?))))
}

/// The file that says that a folder is the top of a project; that of an image tells least.
fn project_file(folder: &str, workspace: &Workspace) -> Option<&'static str> {
    let mut files = words().manifests.iter().map(String::as_str).chain([IMAGE_FILE]);
    files.find(|file| workspace.exists(&format!("{folder}/{file}")))
}

/// The folder of the project that a file belongs to: the nearest above it with a file that says so, else the root.
pub(super) fn project<'p>(path: &'p str, workspace: &Workspace) -> &'p str {
    above(path).find(|folder| project_file(folder, workspace).is_some()).unwrap_or_default()
}

/// How many services of compose files are named.
const NAMED: usize = 3;

/// "compose service `a` is built there", "compose services `a`, `b` are built there".
fn built(services: &BTreeSet<String>) -> String {
    let quoted: Vec<String> = services.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    let rest = services.len().saturating_sub(NAMED);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let (noun, verb) = if services.len() == 1 { ("service", "is") } else { ("services", "are") };
    format!("compose {noun} {}{more} {verb} built there", quoted.join(", "))
}
