//! Runs rules; configuration, suppressions, base and head; orders findings.

mod findings;
mod fingerprint;
mod pending;
mod running;
mod selection;
pub mod suggest;

use crate::diagnostic::{Base, Confidence, Report, Severity};
use crate::discover::{self, Discovery};
use crate::files::Files;
use crate::model::{Model, Settings};
use crate::rules::{self, Rule};
use crate::source::Sources;
use selection::Selection;
use std::collections::BTreeMap;

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
    /// Which migrations are judged.
    pub migrations: Migrations,
    /// Which configuration is read.
    pub config: ConfigChoice,
    /// How many threads may read; never changes what is printed.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            select: Vec::new(),
            ignore: Vec::new(),
            min_severity: Severity::Warning,
            min_confidence: Confidence::Medium,
            migrations: Migrations::Auto,
            config: ConfigChoice::Found,
            threads: 1,
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
}

/// Why a run could not start: problems of the configuration, each ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub Vec<String>);

/// Checks a repository. `base` is the tree against which change is judged; `why` it is that one, or why there is none.
pub fn check(head: &dyn Files, base: Option<&dyn Files>, why: Option<Base>, options: &Options) -> Result<Outcome, Failure> {
    let selection = Selection::new(options)?;
    let mut settings = Settings { threads: options.threads.max(1), ..Settings::default() };
    let discovery = discover::find(head, &settings);
    settings.pending = pending::pending(head, base, &discovery, options);

    let rules: Vec<&'static Rule> = rules::all().filter(|rule| runs(rule, &selection, base.is_some())).collect();
    let mut sources = Sources::default();
    let model = Model::build(head, &discovery, &settings, &mut sources);
    let needs_base = rules.iter().any(|rule| needs(rule, "base"));
    let base_model = base.filter(|_| needs_base).map(|base| {
        let found = discover::find(base, &settings);
        Model::build(base, &found, &settings, &mut sources)
    });

    let said = running::run(&rules, &model, base_model.as_ref(), &sources, settings.threads);
    let considered = said.iter().map(|one| (one.rule.id.to_owned(), one.considered)).collect();
    let mut findings = Vec::new();
    for one in said {
        match one.diagnostics {
            Ok(diagnostics) => {
                let info = rules::info(one.rule.id);
                findings.extend(diagnostics.into_iter().filter_map(|diagnostic| Some(findings::finding(info?, diagnostic))));
            }
            Err(reason) => {
                let place = running::first_place(&discovery, &mut sources);
                let info = rules::info(running::RULE_FAILED);
                findings.extend(info.map(|info| findings::finding(info, running::failed(one.rule, &reason, place))));
            }
        }
    }
    findings::sort(&mut findings, &sources);
    findings::number(&mut findings);
    let all = findings.len();
    findings.retain(|one| one.severity >= options.min_severity && one.confidence >= options.min_confidence);
    let report = Report {
        base: why,
        hidden: all - findings.len(),
        findings,
        files: discovery.artifacts.len(),
        unread: model.unread.clone(),
        ..Report::default()
    };
    Ok(Outcome { report, sources, discovery, model, considered })
}

/// Whether a rule runs in this run.
fn runs(rule: &Rule, selection: &Selection, has_base: bool) -> bool {
    let on = rules::info(rule.id).is_some_and(|info| !info.opt_in);
    selection.runs(rule, on) && (has_base || !needs(rule, "base"))
}

/// Whether a rule's page says that it needs a part of the model.
fn needs(rule: &Rule, part: &str) -> bool {
    rules::info(rule.id).is_some_and(|info| info.needs.iter().any(|need| need == part))
}
