//! What each file is, and by which evidence. Names first, then a byte scan of the whole file; nothing is parsed here.

pub mod code;
mod compose;
mod configuration;
mod foreign;
pub mod generated;
mod kind;
pub mod migrations;
pub(crate) mod names;
pub mod scan;
pub mod servers;
pub(crate) mod stated;
mod verdict;

pub use kind::Kind;
pub use names::left_out;
pub use verdict::of_text;

use crate::files::{ByPath, Files, Listing};
use crate::model::Settings;
use crate::model::workspace::{LARGE, in_threads};
use crate::sql::Dialect;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use verdict::{Verdict, judge};

/// A file that counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Artifact {
    /// Its path.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Why it was taken to be that, in one line.
    pub evidence: String,
}

/// How a migration runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transaction {
    /// Inside one transaction, because of this (the tool's convention, or the configuration).
    Wrapped(String),
    /// Every statement on its own, because of this (an opt-out marker, the tool's convention).
    Unwrapped(String),
    /// As one multi-statement message: an implicit transaction unless it has a single statement (golang-migrate, Prisma on PostgreSQL).
    Implicit(String),
    /// Nothing says how: the tool is not known, for this reason.
    Unknown(String),
}

impl Default for Transaction {
    fn default() -> Transaction {
        Transaction::Unknown("the migration tool is not known".into())
    }
}

/// One migration: what a tool applies as one step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Migration {
    /// The file with the forward statements.
    pub path: String,
    /// The file with the backward statements, where it is another file.
    pub down: Option<String>,
    /// The version as written.
    pub version: String,
    /// Byte range of the forward section within the file, for tools that keep both directions in one.
    pub up: Option<std::ops::Range<usize>>,
    /// Byte ranges of the backward section, of which most tools read one.
    pub down_sections: Vec<std::ops::Range<usize>>,
    /// How it runs.
    pub transaction: Transaction,
    /// When it runs.
    pub role: Role,
    /// Byte ranges that are read one by one, where something else than `;` separates them (`endDelimiter`, the other direction, literals
    /// in a file of another language); empty where the section is read as a whole.
    pub pieces: Vec<std::ops::Range<usize>>,
    /// An earlier migration of the set with the same version, where its tool goes by versions.
    pub repeats: Option<String>,
    /// A line that was meant to say how it runs, and that its tool does not read.
    pub ignored: Option<IgnoredLine>,
}

/// When a migration runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Once, in its place in the order.
    #[default]
    Versioned,
    /// After all versions, and again whenever it changes: Flyway's `R__`, Liquibase's `runOnChange`.
    Repeatable,
    /// On an empty database only, in place of all before it: Flyway's `B`.
    Baseline,
}

/// A comment that was meant for the migration tool and that it does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredLine {
    /// Its bytes in the file.
    pub range: std::ops::Range<usize>,
    /// Why the tool does not read it, in a few words.
    pub why: String,
    /// What has to be written, and where.
    pub remedy: String,
    /// Whether it was to turn the transaction off.
    pub turns_off: bool,
}

/// The migrations of one database, in the order in which their tool applies them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationSet {
    /// The folder that holds them.
    pub folder: String,
    /// Id of the tool in `data/migration_tools.toml`; `unknown` where only the numbering was recognised.
    pub tool: String,
    /// Its dialect.
    pub dialect: Dialect,
    /// A relative of the dialect, where the files are for that: `cockroachdb`.
    pub variant: Option<String>,
    /// How a migration of this set is kept out of a transaction, in a few words after "with"; `None` where its tool knows no
    /// way, or is not known.
    pub way_out: Option<String>,
    /// Why we think so: tool, order, dialect.
    pub evidence: Vec<String>,
    /// In the order of application.
    pub migrations: Vec<Migration>,
    /// Whether the tool runs all that is pending in one transaction.
    pub together: bool,
    /// What the tool does with a second migration of the same version, in a few words; `None` where it does not go by versions.
    pub repeats: Option<String>,
    /// Why the tool holds a lock of a transaction that is open while it migrates, so that what waits for older transactions waits for
    /// ever; `None` where it does not.
    pub holds_lock: Option<String>,
    /// What lets the tool run files that sort before one that has run, although it refuses them by itself: a setting, and its file.
    pub late_files_run: Option<String>,
    /// Why foreign keys of SQLite may be off while the tool migrates; `None` where nothing says so.
    pub foreign_keys_off: Option<String>,
    /// Steps that are not SQL (Go, Python): the catalog after them is incomplete.
    pub foreign_steps: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    /// The files that count, sorted by path.
    pub artifacts: Vec<Artifact>,
    /// Migrations by database, sorted by folder.
    pub migration_sets: Vec<MigrationSet>,
    /// What says which version of a database server runs, sorted.
    pub servers: Vec<servers::Server>,
    /// Files that fill tables and make none (`data.sql`, `seed_roles.sql`), sorted; they are left out as artifacts.
    pub seeds: Vec<String>,
    /// Names of the tables of stores whose SQL is recognised and not read (ClickHouse), sorted.
    pub elsewhere: Vec<String>,
    /// What looked like something and was left out: (path, reason), sorted.
    pub skipped: Vec<(String, String)>,
    /// What could not be read although it counts: (path, reason), sorted. Becomes `unread`.
    pub unread: Vec<(String, String)>,
    /// What each file that its name allows to be something turned out to be.
    pub looks: Looks,
    /// What `.gitattributes` says of files.
    pub attributes: generated::Attributes,
}

/// What files turned out to be; kept for [`find_beside`].
#[derive(Debug, Clone, Default)]
pub struct Looks(Arc<Looked>);

#[derive(Debug, Default)]
struct Looked {
    by_path: ByPath<Look>,
    /// The folders of charts, by which names are judged.
    charts: HashSet<String>,
}

/// What a file turned out to be, by its name and its content.
#[derive(Debug, Clone)]
struct Look {
    guess: names::Guess,
    verdict: Verdict,
    images: Vec<servers::Server>,
}

/// What was found in another revision of nearly the same tree.
pub struct Beside<'a> {
    /// What was found there.
    pub discovery: &'a Discovery,
    /// Whether a file is the same there and here.
    pub unchanged: &'a (dyn Fn(&str) -> bool + Sync),
}

/// Says what each file is.
pub fn find(files: &dyn Files, settings: &Settings) -> Discovery {
    find_beside(files, settings, None)
}

/// Says what each file is; one that is the same in another revision is not looked into again.
pub fn find_beside(files: &dyn Files, settings: &Settings, other: Option<Beside>) -> Discovery {
    let listing = files.list();
    let mut listing = Cow::Borrowed(&*listing);
    let declared = declare(files, settings, &mut listing);
    let mut discovery = Discovery { attributes: attributes(files, &listing, settings), ..Discovery::default() };
    discovery.leave_out_vendored(&mut listing, |path| declared.contains_key(path));
    let charts = names::chart_folders(&listing);
    let others = other.as_ref().map(|other| &*other.discovery.looks.0);
    // Then a name means there what it means here.
    let is_named_alike = others
        .is_some_and(|others| others.charts.len() == charts.len() && charts.iter().all(|chart| others.charts.contains(*chart)));
    let mut candidates: Vec<(&str, names::Guess, Option<&Look>)> = Vec::new();
    for path in listing.apart_from_code() {
        if declared.contains_key(path) {
            continue;
        }
        let look = others.and_then(|others| others.by_path.get(path));
        let guess = look.filter(|_| is_named_alike).map_or_else(|| names::guess(path, &charts), |look| look.guess);
        match guess {
            names::Guess::Nothing => {}
            names::Guess::Template(reason) => discovery.unread.push((path.to_owned(), reason.to_owned())),
            guess => candidates.push((path, guess, look.filter(|look| look.guess == guess))),
        }
    }
    let looks = in_threads(settings.threads, &candidates, |(path, guess, known)| {
        let is_unchanged = || other.as_ref().is_some_and(|other| (other.unchanged)(path));
        let known = known.filter(|_| is_unchanged()).cloned();
        known.unwrap_or_else(|| {
            let (verdict, images) = judge(files, path, *guess);
            Look { guess: *guess, verdict, images }
        })
    });
    let submodules = files.read(".gitmodules").ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let submodules = submodules.map(|text| foreign::submodules(&text)).unwrap_or_default();
    let in_submodule = |path: &str| {
        let holds = |folder: &&String| path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
        submodules.iter().find(holds).map(|folder| format!("in a submodule (`{folder}/`, says `.gitmodules`)"))
    };
    for ((path, ..), Look { verdict, images, .. }) in candidates.iter().zip(&looks) {
        // What test and example trees run says nothing about the server that the migrations meet.
        if !images.is_empty() && names::left_out(path).is_none() && !path.split('/').any(|part| part.starts_with('.')) {
            discovery.servers.extend(images.iter().cloned());
        }
        if let Verdict::Nothing = verdict {
            continue;
        }
        let path = (*path).to_owned();
        match verdict {
            Verdict::Nothing => {}
            Verdict::Is(kind, evidence) => match names::left_out(&path).or_else(|| in_submodule(&path)) {
                Some(reason) => discovery.skipped.push((path, reason)),
                None => discovery.artifacts.push(Artifact { path, kind: *kind, evidence: evidence.clone() }),
            },
            Verdict::Foreign(reason) => discovery.skipped.push((path, reason.clone())),
            Verdict::Unread(reason) => discovery.unread.push((path, reason.clone())),
        }
    }
    // A third revision is not asked about.
    if other.is_none() {
        let by_path = candidates.iter().map(|(path, ..)| (*path).to_owned()).zip(looks).collect();
        let charts = charts.into_iter().map(str::to_owned).collect();
        discovery.looks = Looks(Arc::new(Looked { by_path, charts }));
    }
    let undeclared = |path: &&str| declared.get(*path).is_none_or(|(kind, _)| *kind == Kind::Migration);
    if !declared.is_empty() {
        listing = Cow::Owned(listing.iter().filter(undeclared).collect());
    }
    let mut read = |path: &str| {
        let text = files.read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
        // What is looked into here is mostly read by the model too.
        if text.len() <= LARGE {
            files.keep(path, text.clone().into_bytes());
        }
        Some(text)
    };
    let found = migrations::find(&listing, &mut read, settings);
    discovery.migration_sets = found.sets;
    let stated = stated::find(&listing, &mut read);
    discovery.artifacts.extend(stated.artifacts.into_iter().filter(|artifact| !declared.contains_key(&artifact.path)));
    discovery.skipped.extend(stated.skipped);
    discovery.unread.extend(stated.unread);
    discovery.take_code(&listing, &mut read, settings);
    discovery.take_declared(&declared, &mut read, settings);
    discovery.note_servers(&mut read, settings);
    discovery.artifacts.extend(found.artifacts.into_iter().filter(|artifact| !declared.contains_key(&artifact.path)));
    discovery.seeds = found.seeds;
    discovery.elsewhere = found.elsewhere;
    discovery.skipped.extend(found.skipped);
    discovery.unread.extend(found.unread);
    for (path, (kind, evidence)) in &declared {
        discovery.artifacts.push(Artifact { path: path.clone(), kind: *kind, evidence: evidence.clone() });
    }
    for (path, reason) in files.refused() {
        match names::left_out(&format!("{path}/")) {
            Some(left_out) => discovery.skipped.push((path, left_out)),
            None => discovery.unread.push((path, reason)),
        }
    }
    discovery.artifacts.sort();
    discovery.skipped.sort();
    discovery.unread.sort();
    discovery
}

/// Endings of what we would read, so that leaving it out is worth a word.
const READ: [&str; 8] = ["sql", "yaml", "yml", "json", "conf", "env", "prisma", "xml"];

/// What the `.gitattributes` files of a tree, and those above it, say.
fn attributes(files: &dyn Files, listing: &Listing, settings: &Settings) -> generated::Attributes {
    let read = |path: &str| files.read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    generated::Attributes::new(
        &settings.attributes,
        listing.named(&[".gitattributes"]).filter_map(|path| Some((path, read(path)?))),
    )
}

impl Discovery {
    /// Whether something else wrote a file, as `.gitattributes` and its text say, given whether a path exists.
    pub fn generated(&self, path: &str, text: &str, exists: impl Fn(&str) -> bool) -> Option<generated::Generated> {
        let told = || generated::of(path, text, &exists);
        match self.attributes.generated(path) {
            None => told(),
            Some((false, _)) => None,
            Some((true, file)) => {
                let evidence = format!("`{file}` says linguist-generated");
                Some(told().unwrap_or(generated::Generated { evidence, ..generated::Generated::default() }))
            }
        }
    }

    /// Takes out what `.gitattributes` calls vendored, but for what the configuration asks for.
    fn leave_out_vendored(&mut self, listing: &mut Cow<Listing>, is_declared: impl Fn(&str) -> bool) {
        if self.attributes.is_empty() {
            return;
        }
        let (attributes, skipped) = (&self.attributes, &mut self.skipped);
        let kept: Listing = listing
            .iter()
            .filter(|path| {
                let Some((true, file)) = attributes.vendored(path).filter(|_| !is_declared(path)) else { return true };
                if path.rsplit_once('.').is_some_and(|(_, ending)| READ.contains(&ending)) {
                    skipped.push(((*path).to_owned(), format!("vendored, says `{file}` (linguist-vendored)")));
                }
                false
            })
            .collect();
        *listing = Cow::Owned(kept);
    }

    /// Adds the migrations that are code. Code beside SQL migrations is a step of theirs.
    fn take_code(&mut self, listing: &Listing, read: &mut dyn FnMut(&str) -> Option<String>, settings: &Settings) {
        let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let of_sets = self.migration_sets.iter().flat_map(|set| set.migrations.iter().map(|one| folder(&one.path)));
        let mut taken: HashSet<String> = of_sets.collect();
        taken.extend(self.migration_sets.iter().map(|set| set.folder.clone()));
        let found = code::find(listing, &taken, read, settings, &self.servers);
        self.migration_sets.extend(found.sets);
        self.artifacts.extend(found.artifacts);
        self.unread.extend(found.unread);
    }

    /// Makes sets of the files that the configuration calls migrations and that no tool's convention has taken.
    fn take_declared(
        &mut self,
        declared: &HashMap<String, (Kind, String)>,
        read: &mut dyn FnMut(&str) -> Option<String>,
        settings: &Settings,
    ) {
        let taken: HashSet<&str> = self
            .migration_sets
            .iter()
            .flat_map(|set| &set.migrations)
            .flat_map(|one| std::iter::once(&one.path).chain(&one.down))
            .map(String::as_str)
            .collect();
        let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (path, (kind, _)) in declared {
            if *kind == Kind::Migration && !taken.contains(path.as_str()) {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                folders.entry(folder.to_owned()).or_default().push(path.clone());
            }
        }
        for (folder, paths) in folders {
            self.migration_sets.push(migrations::declared_set(&folder, paths, read, settings));
        }
        self.migration_sets.sort_by(|a, b| (&a.folder, a.dialect, &a.variant).cmp(&(&b.folder, b.dialect, &b.variant)));
    }

    /// Adds to the evidence of each set which server it is judged by.
    fn note_servers(&mut self, read: &mut dyn FnMut(&str) -> Option<String>, settings: &Settings) {
        let own = self.migration_sets.iter().filter_map(|set| servers::of_supabase(set, read));
        let own: Vec<servers::Server> = own.collect();
        self.servers.extend(own);
        self.servers.sort();
        for set in &mut self.migration_sets {
            if settings.at(&set.folder).versions.contains_key(set.dialect.name()) {
                continue;
            }
            if let Some((major, why)) = servers::of(&self.servers, set.dialect, set.variant.as_deref(), &set.folder) {
                set.evidence.push(format!("server {} {major}: {why}", set.variant.as_deref().unwrap_or(set.dialect.name())));
            }
        }
    }
}

/// What `[[artifact]]` says, by path. A path without a wildcard counts even where the listing leaves it out (.gitignore).
fn declare(files: &dyn Files, settings: &Settings, listing: &mut Cow<Listing>) -> HashMap<String, (Kind, String)> {
    let mut declared = HashMap::new();
    for (pattern, kind) in &settings.artifacts {
        let Some(kind) = Kind::parse(kind) else { continue };
        let evidence = format!("[[artifact]] path = \"{pattern}\"");
        if files.exists(pattern) {
            if !listing.has(pattern) {
                *listing = Cow::Owned(listing.iter().chain([pattern.as_str()]).collect());
            }
            declared.insert(pattern.clone(), (kind, evidence));
        } else if let Ok(glob) = globset::GlobBuilder::new(pattern).literal_separator(true).build() {
            let matcher = glob.compile_matcher();
            for path in listing.iter().filter(|path| matcher.is_match(path)) {
                declared.insert(path.to_owned(), (kind, evidence.clone()));
            }
        }
    }
    declared
}
