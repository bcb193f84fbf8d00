//! nginx files, parsed once, and what `include` brings together.

use super::super::service::{Mount, Service};
use super::super::tables::tables;
use crate::documents::nginx::{self, DirectiveId, Nginx};
use crate::files;
use crate::model::Workspace;
use crate::source::SourceId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A configuration brings together this many files at most.
const MOST_FILES: usize = 500;

/// Folders in which nginx looks for the files of its configuration.
const PREFIXES: [&str; 3] = ["/etc/nginx/", "/usr/local/nginx/conf/", "/opt/bitnami/nginx/conf/"];

/// Folders of which the configurations of distributions and images include every file.
const FOLDERS: [&str; 2] = ["conf.d", "sites-enabled"];

/// Names one file of a [`Library`].
pub(in crate::model::runtime) type FileId = usize;

/// One configuration: its main file, and what each `include` in it stands for.
pub(super) struct Configuration {
    pub(super) root: FileId,
    /// `None`: the include is not in the repository.
    pub(super) includes: HashMap<(FileId, DirectiveId), Option<Vec<FileId>>>,
    /// The upstreams of this configuration's routes that stand in files which the image includes beside the main file.
    pub(super) beside: Vec<(FileId, DirectiveId)>,
    /// Whether nothing but this file can speak outside of its `server` blocks: it has the `http` block, or it is the only
    /// file that an official image sees.
    pub(super) is_whole: bool,
}

/// Parsed nginx files.
pub(in crate::model::runtime) struct Library<'w, 'a, 's> {
    workspace: &'w mut Workspace<'a>,
    services: &'s [Service],
    files: Vec<(String, Nginx)>,
    by_path: HashMap<String, FileId>,
    globs: HashMap<String, Vec<FileId>>,
    /// The upstreams that the files of a folder have in the open, by folder and name; the last one counts.
    upstreams: HashMap<String, HashMap<String, (FileId, DirectiveId)>>,
}

impl<'w, 'a, 's> Library<'w, 'a, 's> {
    /// An empty library.
    pub(super) fn new(workspace: &'w mut Workspace<'a>, services: &'s [Service]) -> Library<'w, 'a, 's> {
        Library {
            workspace,
            services,
            files: Vec::new(),
            by_path: HashMap::new(),
            globs: HashMap::new(),
            upstreams: HashMap::new(),
        }
    }

    /// Parses the files that were found.
    pub(super) fn load(&mut self, paths: &[String]) {
        self.workspace.load_texts(paths);
        for path in paths {
            self.file(path);
        }
        for (file, (path, nginx)) in self.files.iter().enumerate() {
            let Some((folder, _)) = path.rsplit_once('/') else { continue };
            let is_named = |id: &DirectiveId, name: &str| nginx.directive(*id).name.text == name;
            if nginx.roots().iter().any(|id| is_named(id, "http")) {
                continue;
            }
            for id in nginx.roots().iter().filter(|id| is_named(id, "upstream")) {
                let Some(name) = nginx.directive(*id).arguments.first() else { continue };
                let own = self.upstreams.entry(folder.to_owned()).or_default();
                own.insert(name.text.clone(), (file, *id));
            }
        }
    }

    /// The path of a file.
    pub(super) fn path(&self, file: FileId) -> &str {
        self.files.get(file).map_or("", |(path, _)| path)
    }

    /// The path of a source.
    pub(super) fn path_of(&self, source: SourceId) -> &str {
        self.workspace.sources().path(source)
    }

    /// A parsed file.
    pub(super) fn nginx(&self, file: FileId) -> Option<&Nginx> {
        self.files.get(file).map(|(_, nginx)| nginx)
    }

    fn file(&mut self, path: &str) -> Option<FileId> {
        if let Some(known) = self.by_path.get(path) {
            return Some(*known);
        }
        let source = self.workspace.source(path).ok()?;
        let parsed = nginx::parse(source, &self.workspace.text(source));
        for problem in parsed.problems.iter().take(5) {
            self.workspace.note_unread(path, problem.message.clone(), Some(problem.span));
        }
        self.files.push((path.to_owned(), parsed));
        self.by_path.insert(path.to_owned(), self.files.len() - 1);
        Some(self.files.len() - 1)
    }

    /// The files that no other one includes. Files that include each other in a circle are entered at the first one.
    pub(super) fn roots(&mut self, paths: &[String]) -> Vec<FileId> {
        let mut included: BTreeMap<FileId, BTreeSet<FileId>> = BTreeMap::new();
        let all: Vec<FileId> = paths.iter().filter_map(|path| self.file(path)).collect();
        for file in &all {
            let others = self.includes(*file, &[]).into_values().flatten().flatten().collect();
            included.insert(*file, others);
        }
        let mut roots: Vec<FileId> =
            all.iter().copied().filter(|file| !included.iter().any(|(from, to)| from != file && to.contains(file))).collect();
        let mut covered: BTreeSet<FileId> =
            roots.iter().flat_map(|root| included.get(root).into_iter().flatten().copied()).collect();
        for file in all {
            if !roots.contains(&file) && covered.insert(file) {
                covered.extend(included.get(&file).into_iter().flatten().copied());
                roots.push(file);
            }
        }
        roots.sort_by(|a, b| self.path(*a).cmp(self.path(*b)));
        roots
    }

    /// A file with all that it includes. `running`: the compose services that run it; their mounts say where files lie.
    pub(super) fn configuration(&mut self, root: FileId, running: &[usize]) -> Configuration {
        let services = self.services;
        let running: Vec<&Service> = running.iter().filter_map(|at| services.get(*at)).collect();
        let mounts: Vec<Mount> = running.iter().flat_map(|service| service.mounts.iter().cloned()).collect();
        let has_http =
            self.nginx(root).is_some_and(|nginx| nginx.roots().iter().any(|id| nginx.directive(*id).name.text == "http"));
        let is_alone = !running.is_empty() && running.iter().all(|service| is_alone_in_image(service, self.path(root)));
        let includes = self.includes(root, &mounts);
        let own = includes.values().flatten().flatten().copied().chain([root]).collect();
        let beside = if has_http { Vec::new() } else { self.beside(root, own, &mounts) };
        Configuration { root, includes, beside, is_whole: has_http || is_alone }
    }

    /// The upstreams that routes of a configuration pass to and that stand in other files of its folder, where images include that as a
    /// whole: by its name, or by where it is mounted. `own`: the files of the configuration.
    fn beside(&self, root: FileId, own: BTreeSet<FileId>, mounts: &[Mount]) -> Vec<(FileId, DirectiveId)> {
        let path = self.path(root);
        let Some((folder, _)) = path.rsplit_once('/') else { return Vec::new() };
        let Some(there) = self.upstreams.get(folder) else { return Vec::new() };
        let is_whole = |path: &str| FOLDERS.contains(&path.rsplit('/').next().unwrap_or(path));
        let holds = |source: &str| folder.strip_prefix(source).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let is_mounted = |mount: &Mount| mount.source.as_deref() == Some(folder) && is_whole(mount.target.trim_end_matches('/'));
        // A file that is mounted by itself stands alone there, whatever its folder is called here.
        let is_picked = mounts.iter().any(|mount| mount.source.as_deref() == Some(path))
            && !mounts.iter().any(|mount| mount.source.as_deref().is_some_and(holds));
        if (!is_whole(folder) || is_picked) && !mounts.iter().any(is_mounted) {
            return Vec::new();
        }
        let mut found = BTreeSet::new();
        for nginx in own.iter().filter_map(|file| self.nginx(*file)) {
            let passes = nginx.ids().map(|id| nginx.directive(id)).filter(|directive| directive.name.text.ends_with("_pass"));
            for word in passes.filter_map(|directive| directive.arguments.first()) {
                let authority = word.text.split_once("://").map_or(word.text.as_str(), |(_, rest)| rest).split('/').next();
                found.extend(authority.and_then(|name| there.get(name)).filter(|(file, _)| *file != root));
            }
        }
        found.into_iter().collect()
    }

    /// What every `include` of a file and of the files behind it stands for.
    fn includes(&mut self, root: FileId, mounts: &[Mount]) -> HashMap<(FileId, DirectiveId), Option<Vec<FileId>>> {
        let mut found = HashMap::new();
        let mut seen = BTreeSet::from([root]);
        let mut todo = vec![root];
        while let Some(file) = todo.pop() {
            for (id, argument) in self.include_directives(file) {
                let Some(argument) = argument else {
                    found.insert((file, id), None);
                    continue;
                };
                if is_harmless(&argument) {
                    found.insert((file, id), Some(Vec::new()));
                    continue;
                }
                let files = self.resolve(&argument, root, file, mounts);
                for next in files.iter().flatten() {
                    if seen.len() < MOST_FILES && seen.insert(*next) {
                        todo.push(*next);
                    }
                }
                found.insert((file, id), files);
            }
        }
        found
    }

    fn include_directives(&self, file: FileId) -> Vec<(DirectiveId, Option<String>)> {
        let Some(nginx) = self.nginx(file) else { return Vec::new() };
        let includes = nginx.ids().filter(|id| nginx.directive(*id).name.text == "include");
        includes
            .map(|id| {
                let argument = nginx.directive(id).arguments.first().map(|word| word.text.clone());
                (id, argument.filter(|text| !text.contains('$')))
            })
            .collect()
    }

    /// The files that an include names: through the mounts of the services that run the configuration, beside the main
    /// file, beside the including file.
    fn resolve(&mut self, argument: &str, root: FileId, from: FileId, mounts: &[Mount]) -> Option<Vec<FileId>> {
        let relative = PREFIXES.iter().find_map(|prefix| argument.strip_prefix(prefix));
        let absolute = if argument.starts_with('/') { argument.to_owned() } else { format!("/etc/nginx/{argument}") };
        let mut patterns: Vec<String> = mounts.iter().filter_map(|mount| through(mount, &absolute)).collect();
        if let Some(relative) = relative.or((!argument.starts_with('/')).then_some(argument)) {
            patterns.extend([root, from].into_iter().filter_map(|file| files::resolve(self.path(file), relative)));
        }
        patterns.iter().find_map(|pattern| {
            let files = if pattern.contains(['*', '?', '[']) {
                self.matching(pattern)
            } else if self.workspace.exists(pattern) {
                self.file(pattern).into_iter().collect()
            } else {
                Vec::new()
            };
            (!files.is_empty()).then_some(files)
        })
    }

    fn matching(&mut self, pattern: &str) -> Vec<FileId> {
        if let Some(known) = self.globs.get(pattern) {
            return known.clone();
        }
        let listing = self.workspace.paths().iter();
        let matcher = globset::GlobBuilder::new(pattern).literal_separator(true).build().ok().map(|glob| glob.compile_matcher());
        let found: Vec<String> = listing
            .filter(|path| matcher.as_ref().is_some_and(|one| one.is_match(path)))
            .take(MOST_FILES)
            .map(str::to_owned)
            .collect();
        let files: Vec<FileId> = found.iter().filter_map(|path| self.file(path)).collect();
        self.globs.insert(pattern.to_owned(), files.clone());
        files
    }
}

/// Files of the distribution that set no timeout.
fn is_harmless(argument: &str) -> bool {
    let name = argument.rsplit('/').next().unwrap_or("");
    tables().words("nginx", "harmless_includes").iter().any(|known| known == name)
}

/// A path of the container as a path of the repository.
fn through(mount: &Mount, path: &str) -> Option<String> {
    let source = mount.source.as_ref()?;
    let rest = path.strip_prefix(mount.target.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then(|| format!("{source}{rest}"))
}

/// Whether an official image sees this file as its only configuration besides its own.
fn is_alone_in_image(service: &Service, path: &str) -> bool {
    let is_nginx = service.product().is_some_and(|product| product.name == "nginx");
    let of_nginx: Vec<&Mount> = service.mounts.iter().filter(|mount| mount.target.starts_with("/etc/nginx")).collect();
    is_nginx && matches!(of_nginx.as_slice(), [only] if only.source.as_deref() == Some(path))
}
