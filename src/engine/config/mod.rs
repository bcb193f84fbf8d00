//! `backend-lint.toml`: what the configuration says, and which of its files says it for which place.
//!
//! Each folder may have a file; it refines those of the folders above it, and the nearest one that speaks of a rule wins.
//! A file that `extends` another stands above it, in the same folder. All problems of all files are reported at once.

mod layers;
mod patterns;
mod reader;
mod sections;

pub(super) use layers::{Parent, parents, read};
pub(super) use patterns::Pattern;
pub(super) use sections::parse_date;

use super::selection::names;
use crate::diagnostic::{RuleInfo, Severity};
use crate::model::Settings;
use crate::model::settings::Refinement;
use crate::source::{Span, Spanned};
use crate::sql::Dialect;
use std::collections::BTreeMap;

/// The names under which a configuration file is looked for.
pub(in crate::engine) const FILE_NAMES: [&str; 2] = ["backend-lint.toml", ".backend-lint.toml"];

/// A day: year, month, day.
pub(super) type Date = (i32, u32, u32);

/// What `[rules]` says of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// `off`.
    Off,
    /// On, with this severity.
    On(Severity),
}

impl Level {
    /// The level that a word names.
    pub(super) fn parse(word: &str) -> Option<Level> {
        match word {
            "off" => Some(Level::Off),
            word => Severity::parse(word).map(Level::On),
        }
    }
}

/// For which files a configuration file speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// Its folder, relative to the root of the run; empty at the root and above.
    pub(super) folder: String,
    /// The root of the run relative to its folder, where that lies above; empty otherwise.
    pub(super) above: String,
}

impl Scope {
    /// A path as the file's patterns see it, relative to its folder; `None` outside of it.
    fn local(&self, path: &str) -> Option<String> {
        match (self.folder.as_str(), self.above.as_str()) {
            ("", "") => Some(path.to_owned()),
            ("", above) => Some(format!("{above}/{path}")),
            (folder, _) => Some(path.strip_prefix(folder)?.strip_prefix('/')?.to_owned()),
        }
    }

    /// A path pattern of the file as one over paths of the run; `None` where it cannot match there.
    fn pattern(&self, pattern: &str) -> Option<String> {
        match (self.folder.as_str(), self.above.as_str()) {
            ("", "") => Some(pattern.to_owned()),
            ("", _) if pattern.starts_with("**/") => Some(pattern.to_owned()),
            ("", above) => Some(pattern.strip_prefix(above)?.strip_prefix('/')?.to_owned()),
            (folder, _) => Some(format!("{folder}/{pattern}")),
        }
    }
}

/// One `[[override]]`.
#[derive(Debug, Clone, Default)]
pub(super) struct Override {
    paths: Vec<Pattern>,
    operations: Vec<Pattern>,
    tables: Vec<Pattern>,
    rules: Vec<(String, Level)>,
}

/// One `[[allow]]`.
#[derive(Debug, Clone)]
pub(super) struct Allow {
    /// For which files it speaks.
    pub(super) scope: Scope,
    /// The rule or group.
    pub(super) rule: Spanned<String>,
    /// A subject or a path.
    pub(super) target: Pattern,
    /// The target as a pattern over paths.
    pub(super) target_path: Option<Pattern>,
    /// Last day on which it holds.
    pub(super) until: Option<Spanned<Date>>,
    /// The place of the target.
    pub(super) span: Span,
}

impl Allow {
    /// Whether it speaks of a place: a subject, or a path.
    pub(super) fn covers(&self, path: &str, subject: &str) -> bool {
        let Some(local) = self.scope.local(path) else { return false };
        self.target.matches_subject(subject) || self.target_path.as_ref().is_some_and(|target| target.matches_path(&local))
    }
}

/// One configuration file.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer {
    scope: Scope,
    path: String,
    rules: Vec<(String, Level)>,
    overrides: Vec<Override>,
    artifacts: Vec<(String, String)>,
    refinement: Refinement,
    links: BTreeMap<String, Option<String>>,
}

/// All configuration files of a run, from the outermost to the innermost.
#[derive(Debug, Clone, Default)]
pub(super) struct Config {
    layers: Vec<Layer>,
    /// Every `[[allow]]`, in order.
    pub(super) allows: Vec<Allow>,
}

/// What the most exact entry says: the name of the rule counts more than that of its group.
fn exact<'r>(rules: &'r [(String, Level)], rule: &str) -> Option<&'r (String, Level)> {
    rules.iter().filter(|(name, _)| names(name, rule)).max_by_key(|(name, _)| name.len())
}

/// What the configuration says of a rule at one place.
pub(super) struct Verdict<'c> {
    /// The level.
    pub(super) level: Level,
    /// The file that says so.
    pub(super) file: &'c str,
}

impl Config {
    /// What the configuration says of a rule at a place. `selected`: the command line names the rule, which turns on what
    /// `[rules]` turned off; an `[[override]]` stays.
    pub(super) fn verdict(&self, info: &RuleInfo, path: &str, subject: &str, selected: bool) -> Option<Verdict<'_>> {
        for layer in self.layers.iter().rev() {
            let Some(local) = layer.scope.local(path) else { continue };
            let matching = layer.overrides.iter().rev().filter(|one| one.covers(&local, subject));
            let overridden = matching.filter_map(|one| exact(&one.rules, &info.id)).next();
            let general = || exact(&layer.rules, &info.id).filter(|(_, level)| !(selected && *level == Level::Off));
            if let Some((name, level)) = overridden.or_else(general) {
                // Only its own name turns on a rule that is off by default.
                if info.opt_in && !selected && *name != info.id {
                    continue;
                }
                return Some(Verdict { level: *level, file: &layer.path });
            }
        }
        (info.opt_in && !selected).then_some(Verdict { level: Level::Off, file: "" })
    }

    /// Whether a rule is on anywhere.
    pub(super) fn is_on_somewhere(&self, info: &RuleInfo) -> bool {
        let on = |rules: &[(String, Level)], general: bool| {
            exact(rules, &info.id).is_some_and(|(name, level)| *level != Level::Off && (general || *name == info.id))
        };
        let mut answer = !info.opt_in;
        for layer in &self.layers {
            let general = !info.opt_in;
            if layer.scope.folder.is_empty()
                && let Some((name, level)) = exact(&layer.rules, &info.id)
                && (general || *name == info.id)
            {
                answer = *level != Level::Off;
            }
            answer |= on(&layer.rules, general) || layer.overrides.iter().any(|one| on(&one.rules, general));
        }
        answer
    }

    /// Fills the model's settings.
    pub(super) fn fill(&self, settings: &mut Settings) {
        for layer in &self.layers {
            let artifacts = layer.artifacts.iter();
            settings.artifacts.extend(artifacts.filter_map(|(path, kind)| Some((layer.scope.pattern(path)?, kind.clone()))));
            settings.links.extend(layer.links.iter().map(|(operation, table)| (operation.clone(), table.clone())));
            match layer.scope.folder.is_empty() {
                true => settings.refine(&layer.refinement),
                false => settings.refinements.push(layer.refinement.clone()),
            }
        }
    }
}

impl Override {
    /// Whether it speaks of a place: every kind of pattern that it has must match.
    fn covers(&self, local: &str, subject: &str) -> bool {
        let any = |patterns: &[Pattern], matches: &dyn Fn(&Pattern) -> bool| patterns.is_empty() || patterns.iter().any(matches);
        any(&self.paths, &|one| one.matches_path(local))
            && any(&self.operations, &|one| one.matches_operation(subject))
            && any(&self.tables, &|one| one.matches_table(subject))
    }
}

/// The dialects that can be configured.
const DIALECTS: [Dialect; 5] = [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite, Dialect::SqlServer, Dialect::ClickHouse];
