//! What the configuration says to the model.

use super::demands::{Demands, DemandsByFolder};
use super::owners::Owners;
use super::standards::Standards;
use crate::sql::Dialect;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// How a file stands against the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileStatus {
    /// The base has the same content.
    Same,
    /// The base has other content, which runs the same: comments, white space or the backward section differ, first at this byte.
    Reworded(u32),
    /// The base runs something else forward, first at this byte, which leads to the same schema: the order, guards and locks of the
    /// statements differ.
    Rearranged(u32),
    /// The base runs something else forward, first at this byte.
    Changed(u32),
    /// The base does not have it.
    New,
}

/// Which migrations are judged for what they do to a live database. All feed the model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Pending {
    /// Every migration is judged.
    All,
    /// None is judged: there is no base.
    #[default]
    None,
    /// Those that are new or changed against the base. A path that is missing here is the same as in the base.
    Changed(BTreeMap<String, FileStatus>),
}

impl FileStatus {
    /// Whether the file runs what the base does not run.
    pub fn runs_anew(self) -> bool {
        matches!(self, FileStatus::Rearranged(_) | FileStatus::Changed(_) | FileStatus::New)
    }

    /// How a migration stands that shares a file of this status with others, `None` for a whole file: what ends before the first
    /// difference is the same, and what begins after it is new, since such files grow at their end.
    pub fn of_part(self, range: Option<&Range<usize>>) -> FileStatus {
        let (at, anew) = match self {
            FileStatus::Changed(at) | FileStatus::Rearranged(at) => (at as usize, true),
            FileStatus::Reworded(at) => (at as usize, false),
            FileStatus::Same | FileStatus::New => return self,
        };
        match range {
            Some(range) if range.end <= at => FileStatus::Same,
            Some(range) if anew && range.start > at => FileStatus::New,
            _ => self,
        }
    }
}

impl Pending {
    /// How a file stands.
    pub fn status(&self, path: &str) -> FileStatus {
        match self {
            Pending::All => FileStatus::New,
            Pending::None => FileStatus::Same,
            Pending::Changed(files) => files.get(path).copied().unwrap_or(FileStatus::Same),
        }
    }
}

/// A file above the root of a run that speaks of what lies below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upper {
    /// Its path, as messages name it: `../.gitattributes`.
    pub path: String,
    /// The root of the run relative to its folder.
    pub below: String,
    /// Its text.
    pub text: String,
}

/// What the configuration says to the model.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Which migrations are judged.
    pub pending: Pending,
    /// `[migrations] tool`: id of a row of `data/migration_tools.toml`; overrides detection.
    pub migration_tool: Option<String>,
    /// `[migrations] dialect`; overrides detection.
    pub dialect: Option<Dialect>,
    /// `[migrations] transaction`: whether the tool wraps a migration in a transaction; overrides the convention.
    pub transaction: Option<bool>,
    /// `[migrations] after`: migrations up to and including this version or file name are never judged.
    pub judged_after: Option<String>,
    /// `[versions]`: product to version as written, for example `postgres` to `15`.
    pub versions: BTreeMap<String, String>,
    /// `[api]`: what is asked of the interface, instead of what a document mostly does.
    pub api: Standards,
    /// Of `[context]` what states a length of time.
    pub demands: Demands,
    /// `[links]`: operation (`GET /orders`) to table; `None` forbids a link.
    pub links: BTreeMap<String, Option<String>>,
    /// `[[artifact]]`: path (a glob) and kind, in order; wins over detection and .gitignore.
    pub artifacts: Vec<(String, String)>,
    /// `[services.NAME]`: name and the patterns of its folders and files, in order.
    pub services: Vec<(String, Vec<String>)>,
    /// What configuration files in folders below the root say of those folders, folders above first. Ask [`Settings::at`].
    pub refinements: Vec<Refinement>,
    /// What CODEOWNERS says.
    pub owners: Owners,
    /// The `.gitattributes` files above the root, outermost first.
    pub attributes: Vec<Upper>,
    /// How many threads may read; at least 1. Never changes what is printed.
    pub threads: usize,
    /// Whether only those steps of schema files, and of migrations that are not judged, are kept that a rule may ask for.
    pub only_asked_steps: bool,
}

/// What one configuration file says of its folder and those below.
#[derive(Debug, Clone, Default)]
pub struct Refinement {
    /// The folder, relative to the root; empty at the root.
    pub folder: String,
    /// As [`Settings::migration_tool`].
    pub migration_tool: Option<String>,
    /// As [`Settings::dialect`].
    pub dialect: Option<Dialect>,
    /// As [`Settings::transaction`].
    pub transaction: Option<bool>,
    /// As [`Settings::judged_after`].
    pub judged_after: Option<String>,
    /// As [`Settings::versions`].
    pub versions: BTreeMap<String, String>,
    /// As [`Settings::api`].
    pub api: Standards,
    /// As [`Settings::demands`].
    pub demands: Demands,
}

impl Settings {
    /// The settings for a file or folder: the nearest configuration file that speaks of something wins.
    pub fn at(&self, path: &str) -> Cow<'_, Settings> {
        let is_below = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let mut settings = Cow::Borrowed(self);
        for refinement in self.refinements.iter().filter(|one| is_below(&one.folder)) {
            settings.to_mut().refine(refinement);
        }
        settings
    }

    /// The lengths of time that are stated, by folder.
    pub fn demands_by_folder(&self) -> DemandsByFolder {
        let below = self.refinements.iter().map(|one| (one.folder.clone(), one.demands.clone()));
        DemandsByFolder::new(std::iter::once((String::new(), self.demands.clone())).chain(below))
    }

    /// Takes over what a configuration file says.
    pub fn refine(&mut self, refinement: &Refinement) {
        let Refinement { folder: _, migration_tool, dialect, transaction, judged_after, versions, api, demands } = refinement;
        self.api.refine(api);
        self.demands.refine(demands);
        self.migration_tool = migration_tool.clone().or_else(|| self.migration_tool.take());
        self.dialect = dialect.or(self.dialect);
        self.transaction = transaction.or(self.transaction);
        self.judged_after = judged_after.clone().or_else(|| self.judged_after.take());
        self.versions.extend(versions.iter().map(|(product, version)| (product.clone(), version.clone())));
    }
}
