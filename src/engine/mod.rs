//! Runs rules; configuration, suppressions, base and head; orders findings.

mod base;
pub mod baseline;
mod beside;
mod changes;
mod check;
pub mod config;
pub mod context;
mod edit_target;
mod findings;
mod fingerprint;
mod fold;
mod owners;
mod pending;
mod renames;
mod running;
mod selection;
mod shipped;
mod snapshot;
pub mod suggest;
mod suppressions;

pub use baseline::BaselineChoice;
pub use snapshot::{Snapshot, Written, snapshot};

use crate::diagnostic::{Base, Confidence, Finding, Report, Severity};
use crate::discover::Discovery;
use crate::files::git::{Checkout, Repository};
use crate::files::listed::Listed;
use crate::files::{Files, Memory, ReadError};
use crate::model::Model;
use crate::source::Sources;
use config::show::Effective;
use config::{Above, Config};
use std::collections::BTreeMap;
use std::path::Path;

/// Which migrations are judged for what they do to a live database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Migrations {
    /// Pending ones where there is a base, none otherwise.
    #[default]
    Auto,
    /// Those that are new or changed against the base; a base is demanded.
    Pending,
    /// All.
    All,
}

/// What is reported of what was found. Everything is analysed, whatever this says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reach {
    /// All of it.
    #[default]
    Everything,
    /// What the change since a revision brought; the revision is named as git names it, and `auto` is the base of the run. A base is
    /// demanded.
    Since(String),
    /// What the change that is staged brought: the index is read, and compared with the checked out commit.
    Staged,
    /// What is new since an earlier run.
    SinceRun(Snapshot),
}

/// Which configuration file is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ConfigChoice {
    /// `backend-lint.toml` of the root and of the folders below.
    #[default]
    Found,
    /// This file, path relative to the root of the run or absolute, with its text.
    Text(String, String),
    /// None at all.
    Nothing,
}

/// What a run is asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only these rules or groups; turns on what is off. Empty: the defaults.
    pub select: Vec<String>,
    /// Not these rules or groups.
    pub ignore: Vec<String>,
    /// Findings below are hidden.
    pub min_severity: Severity,
    /// Findings below are hidden.
    pub min_confidence: Confidence,
    /// Whether the configuration may say another lowest severity.
    pub severity_by_config: bool,
    /// Whether the configuration may say another lowest confidence.
    pub confidence_by_config: bool,
    /// Which migrations are judged.
    pub migrations: Migrations,
    /// What is reported of what was found.
    pub reach: Reach,
    /// Which configuration is read.
    pub config: ConfigChoice,
    /// Which baselines are taken.
    pub baseline: BaselineChoice,
    /// The day of the run (year, month, day), which the last days of suppressions are held against. Nothing expires without it.
    pub today: Option<(i32, u32, u32)>,
    /// How many threads may read; never changes what is printed.
    pub threads: usize,
    /// Whether the model keeps every step of every file with what it costs, and not only those that a rule may ask for. Never
    /// changes what is found.
    pub every_step: bool,
    /// Whether findings that are one habit are reported one by one all the same: what is written down must be known by itself.
    pub every_finding: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            select: Vec::new(),
            ignore: Vec::new(),
            min_severity: Severity::Warning,
            min_confidence: Confidence::Medium,
            severity_by_config: false,
            confidence_by_config: false,
            migrations: Migrations::Auto,
            reach: Reach::Everything,
            config: ConfigChoice::Found,
            baseline: BaselineChoice::Found,
            today: None,
            threads: 1,
            every_step: false,
            every_finding: false,
        }
    }
}

/// What a run found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is reported.
    pub report: Report,
    /// The texts that the report points into.
    pub sources: Sources,
    /// What each file is.
    pub discovery: Discovery,
    /// The model of the head.
    pub model: Model,
    /// How many subjects each rule that ran considered.
    pub considered: BTreeMap<String, usize>,
    /// The configuration of the run.
    config: Config,
}

impl Outcome {
    /// What `[context]` says for a path.
    pub fn context(&self, path: &str) -> context::Facts {
        self.config.context(path)
    }

    /// The lowest severity that the configuration lets fail a run at a path; `None` where it does not speak of that, and inside
    /// where nothing fails it.
    pub fn fail_on(&self, path: &str) -> Option<Option<Severity>> {
        self.config.fail_on(path)
    }

    /// Whether the repository has a configuration that was read.
    pub fn is_configured(&self) -> bool {
        !self.config.is_empty()
    }
}

/// Why a run could not start: problems of the configuration, each ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub Vec<String>);

/// Checks a repository. `base` is the tree against which change is judged; `why` it is that one, or why there is none.
pub fn check(head: &dyn Files, base: Option<&dyn Files>, why: Option<Base>, options: &Options) -> Result<Outcome, Failure> {
    check::check(head, base, why, &Above::default(), options)
}

/// The configuration of a folder on disk that is in effect for a path below it; empty for the folder itself, and ended by `/` for one
/// below it.
pub fn configuration(root: &Path, options: &Options, path: &str) -> Result<Effective, Failure> {
    let repository = Repository::discover(root);
    let above = Above::new(repository.as_ref().ok().and_then(Option::as_ref));
    let mut sources = Sources::default();
    let config = config::read(&checkout(root, &repository), &options.config, &above, &mut sources)?;
    Ok(config.effective(path, &sources))
}

/// What `[context]` says for a path below a folder on disk; empty for the folder itself.
pub fn context_of(root: &Path, options: &Options, path: &str) -> Result<context::Facts, Failure> {
    let repository = Repository::discover(root);
    let above = Above::new(repository.as_ref().ok().and_then(Option::as_ref));
    let config = config::read(&checkout(root, &repository), &options.config, &above, &mut Sources::default())?;
    Ok(config.context(path))
}

/// What the baselines of a folder on disk become when findings are written down: path and text, sorted by path. Every file that exists is
/// written anew, be it without a line.
pub fn baselines(root: &Path, findings: &[Finding], sources: &Sources) -> Vec<(String, String)> {
    let repository = Repository::discover(root);
    baseline::render(findings, sources, &checkout(root, &repository))
}

/// Checks a folder on disk. `environment` holds the variables in which pipelines name the base (`GITHUB_BASE_REF` and the like).
pub fn run(root: &Path, environment: &BTreeMap<String, String>, options: &Options) -> Result<Outcome, Failure> {
    if !root.is_dir() {
        let what = if root.exists() { "is no folder" } else { "does not exist" };
        return Err(Failure(vec![format!("{} {what}", root.display())]));
    }
    let repository = Repository::find(root, &base::told(environment));
    let above = Above::new(repository.as_ref().ok().and_then(Option::as_ref));
    if let Reach::SinceRun(snapshot) = &options.reach {
        let why = "the model of an earlier run, which --base-model names".to_owned();
        let base = Base { revision: Some(snapshot.name.clone()), why };
        return check::check(&checkout(root, &repository), None, Some(base), &above, options);
    }
    if options.reach == Reach::Staged {
        let staged = base::staged(root, &repository)?;
        let nothing = Memory::new();
        let tree = staged.tree.as_ref().map_or(&nothing as &dyn Files, |tree| tree as &dyn Files);
        return check::check(&staged.index, Some(tree), Some(staged.base), &above, options);
    }
    let checkout = checkout(root, &repository);
    let files = Listed::new(&checkout);
    let found = base::find(root, &files, &repository, environment, options)?;
    let tree = found.tree.as_ref().map(|tree| tree as &dyn Files);
    check::check(&files, tree, Some(found.base), &above, options)
}

/// Checks a folder on disk without a base.
fn alone(root: &Path, environment: &BTreeMap<String, String>, options: &Options) -> Result<Outcome, Failure> {
    let repository = Repository::find(root, &base::told(environment));
    let above = Above::new(repository.as_ref().ok().and_then(Option::as_ref));
    check::check(&checkout(root, &repository), None, None, &above, options)
}

/// A folder on disk, with what the repository around it tracks.
fn checkout<'r>(root: &Path, repository: &'r Result<Option<Repository>, ReadError>) -> Checkout<'r> {
    let tracked = repository.as_ref().ok().and_then(Option::as_ref).filter(|repository| repository.is_tracked());
    Checkout::new(root, tracked)
}
