//! `backend-lint.toml`: what the configuration says, and which of its files says it for which place.
//!
//! Each folder may have a file; it refines those of the folders above it, and the nearest one that speaks of a rule wins.
//! A file that `extends` another stands above it, in the same folder. All problems of all files are reported at once.

mod above;
mod api;
mod context;
mod keys;
mod layers;
mod patterns;
pub mod presets;
mod reader;
pub mod schema;
mod sections;
pub mod show;
mod targets;
mod written;

pub(super) use above::Above;
pub(super) use layers::{Refused, read};
pub(super) use patterns::Pattern;
pub(super) use sections::parse_date;
pub(super) use targets::UNMATCHED;
pub use written::bare;

use super::context::Facts;
use super::selection::names;
use crate::diagnostic::{Confidence, RuleInfo, Severity};
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
    /// `on`: as its page says.
    Page,
    /// As its page says, but for warnings, which count as infos; presets alone say so.
    Lowered,
    /// On, with this severity.
    On(Severity),
}

impl Level {
    /// The level that a word names.
    pub(super) fn parse(word: &str) -> Option<Level> {
        match word {
            "off" => Some(Level::Off),
            "on" => Some(Level::Page),
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
    rules: Vec<Entry>,
}

/// What `[rules]` says of a rule or group.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    level: Level,
    /// Where; `None` in a preset.
    span: Option<Span>,
}

/// A value and where it stands; nowhere in a preset.
type Placed<T> = (T, Option<Span>);

/// `[check]`.
#[derive(Debug, Clone, Default)]
struct Shown {
    /// `None` inside: never.
    fail_on: Option<Placed<Option<Severity>>>,
    min_severity: Option<Placed<Severity>>,
    min_confidence: Option<Placed<Confidence>>,
}

/// One `[services.NAME]`.
#[derive(Debug, Clone)]
struct Service {
    name: Spanned<String>,
    /// Patterns of its files, relative to the folder of the configuration file.
    paths: Vec<String>,
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
    shown: Shown,
    rules: Vec<Entry>,
    /// Whether rules that are off by default are on.
    opt_in: bool,
    overrides: Vec<Override>,
    artifacts: Vec<(String, String)>,
    services: Vec<Service>,
    refinement: Refinement,
    links: BTreeMap<String, Option<String>>,
    context: Facts,
    /// All that it says, as it is written.
    written: Vec<written::Written>,
    /// All names and patterns of things of the repository.
    targets: Vec<targets::Target>,
}

/// All configuration files of a run, from the outermost to the innermost.
#[derive(Debug, Clone, Default)]
pub(super) struct Config {
    layers: Vec<Layer>,
    /// Every `[[allow]]`, in order.
    pub(super) allows: Vec<Allow>,
}

/// What the most exact entry says: the name of the rule counts more than that of its group.
fn exact<'r>(rules: &'r [Entry], rule: &str) -> Option<&'r Entry> {
    rules.iter().filter(|one| names(&one.name, rule)).max_by_key(|one| one.name.len())
}

/// What the configuration says of a rule at one place.
pub(super) struct Verdict<'c> {
    /// The level.
    pub(super) level: Level,
    /// The file or preset that says so.
    pub(super) file: &'c str,
    /// Where; `None` where a preset or the rule's page says so.
    span: Option<Span>,
}

impl Config {
    /// What the configuration says of a rule at a place. `selected`: the command line names the rule, which turns on what
    /// `[rules]` turned off; an `[[override]]` stays.
    pub(super) fn verdict(&self, info: &RuleInfo, path: &str, subject: &str, selected: bool) -> Option<Verdict<'_>> {
        for layer in self.layers.iter().rev() {
            let Some(local) = layer.scope.local(path) else { continue };
            let matching = layer.overrides.iter().rev().filter(|one| one.covers(&local, subject));
            let overridden = matching.filter_map(|one| exact(&one.rules, &info.id)).next();
            let general = || exact(&layer.rules, &info.id).filter(|one| !(selected && one.level == Level::Off));
            // Only its own name turns on a rule that is off by default.
            let speaks = |one: &&Entry| !info.opt_in || selected || one.name == info.id;
            if let Some(one) = overridden.or_else(general).filter(speaks) {
                return Some(Verdict { level: one.level, file: &layer.path, span: one.span });
            }
            if layer.opt_in && info.opt_in {
                return Some(Verdict { level: Level::Page, file: &layer.path, span: None });
            }
        }
        let off = info.opt_in && !selected && !self.context(path).turns_on(&info.id);
        off.then_some(Verdict { level: Level::Off, file: "", span: None })
    }

    /// Whether somewhere an interface is said to be called by the house alone.
    pub(super) fn is_internal_somewhere(&self) -> bool {
        self.layers.iter().any(|layer| layer.context.is_internal())
    }

    /// What `[context]` says for a path.
    pub(super) fn context(&self, path: &str) -> Facts {
        let mut facts = Facts::default();
        let here = self.layers.iter().filter(|layer| layer.scope.local(path).is_some());
        here.for_each(|layer| facts.refine(&layer.context));
        facts
    }

    /// Whether a rule is on anywhere.
    pub(super) fn is_on_somewhere(&self, info: &RuleInfo) -> bool {
        let on = |rules: &[Entry]| {
            exact(rules, &info.id).is_some_and(|one| one.level != Level::Off && (!info.opt_in || one.name == info.id))
        };
        let mut answer = !info.opt_in || self.layers.iter().any(|layer| layer.context.turns_on(&info.id));
        for layer in &self.layers {
            if layer.scope.folder.is_empty()
                && let Some(one) = exact(&layer.rules, &info.id)
                && (!info.opt_in || one.name == info.id)
            {
                answer = one.level != Level::Off;
            }
            answer |= layer.opt_in || on(&layer.rules) || layer.overrides.iter().any(|one| on(&one.rules));
        }
        answer
    }

    /// What the nearest file that speaks of something in `[check]` says of it at a path.
    fn shown<T: Copy>(&self, path: &str, ask: impl Fn(&Shown) -> Option<Placed<T>>) -> Option<(T, &Layer, Option<Span>)> {
        let here = self.layers.iter().rev().filter(|layer| layer.scope.local(path).is_some());
        here.filter_map(|layer| ask(&layer.shown).map(|(value, span)| (value, layer, span))).next()
    }

    /// The lowest severity that fails a run at a path; `None` inside where none does.
    pub(super) fn fail_on(&self, path: &str) -> Option<Option<Severity>> {
        self.shown(path, |shown| shown.fail_on).map(|(severity, ..)| severity)
    }

    /// The lowest severity that is shown at a path.
    pub(super) fn min_severity(&self, path: &str) -> Option<Severity> {
        self.shown(path, |shown| shown.min_severity).map(|(severity, ..)| severity)
    }

    /// The lowest confidence that is shown at a path.
    pub(super) fn min_confidence(&self, path: &str) -> Option<Confidence> {
        self.shown(path, |shown| shown.min_confidence).map(|(confidence, ..)| confidence)
    }

    /// Whether there is any configuration file.
    pub(super) fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Fills the model's settings.
    pub(super) fn fill(&self, settings: &mut Settings) {
        for layer in &self.layers {
            let artifacts = layer.artifacts.iter();
            settings.artifacts.extend(artifacts.filter_map(|(path, kind)| Some((layer.scope.pattern(path)?, kind.clone()))));
            for service in &layer.services {
                let paths = service.paths.iter().filter_map(|path| layer.scope.pattern(path));
                settings.services.push((service.name.value.clone(), paths.collect()));
            }
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
