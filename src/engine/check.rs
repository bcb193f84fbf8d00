//! One run from files to a report: configuration, discovery, models, rules, suppressions, filters.

use super::config::{self, Config, Level, Parent};
use super::selection::Selection;
use super::suppressions::{Circumstances, Places, Suppressions, UNUSED};
use super::{Failure, Options, Outcome, findings, pending, running};
use crate::diagnostic::{Base, Finding, Report, RuleInfo};
use crate::discover;
use crate::files::Files;
use crate::files::listed::Listed;
use crate::model::{Model, Settings};
use crate::rules::{self, Rule};
use crate::source::{SourceId, Sources};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Checks a repository; `parents` are the configuration files above its root.
pub(super) fn check(
    head: &dyn Files,
    base: Option<&dyn Files>,
    why: Option<Base>,
    parents: &[Parent],
    options: &Options,
) -> Result<Outcome, Failure> {
    let head = &Listed::new(head);
    let selection = Selection::new(options)?;
    let mut sources = Sources::default();
    let config = config::read(head, &options.config, parents, &mut sources)?;
    let mut settings = Settings { threads: options.threads.max(1), ..Settings::default() };
    config.fill(&mut settings);
    // Reading must not fail on any bytes; where it does, the run has judged nothing and must not look as if it had.
    let read = catch_unwind(AssertUnwindSafe(|| Run::read(head, base, &config, &selection, settings, sources, options)));
    let run =
        read.map_err(|panic| Failure(vec![format!("internal error while reading: {}", running::reason(panic.as_ref()))]))?;
    Ok(run.finish(why, &config, &selection, options))
}

/// A run whose rules have spoken.
struct Run {
    outcome: Outcome,
    settings: Settings,
    findings: Vec<Finding>,
    /// What the rules on migrations would say if every migration were judged; `None` where every one is.
    with_all: Option<Vec<Finding>>,
    failed: Vec<Finding>,
    head_sources: Vec<SourceId>,
}

impl Run {
    fn read(
        head: &dyn Files,
        base: Option<&dyn Files>,
        config: &Config,
        selection: &Selection,
        mut settings: Settings,
        mut sources: Sources,
        options: &Options,
    ) -> Run {
        let discovery = discover::find(head, &settings);
        settings.pending = pending::pending(head, base, &discovery, options);
        let rules: Vec<&'static Rule> = rules::all().filter(|rule| runs(rule, config, selection, base.is_some())).collect();

        let first = sources.len();
        let model = Model::build(head, &discovery, &settings, &mut sources);
        let head_sources: Vec<SourceId> = sources.iter().skip(first).map(|(id, _)| id).collect();
        let needs_base = rules.iter().any(|rule| needs(rule, "base"));
        let base_model = base.filter(|_| needs_base).map(|base| {
            let found = discover::find(base, &settings);
            Model::build(base, &found, &settings, &mut sources)
        });

        let mut said = running::run(&rules, &model, base_model.as_ref(), &sources, settings.threads);
        let with_all = (settings.pending != Pending::All).then(|| {
            let rules: Vec<&'static Rule> = rules.into_iter().filter(|rule| is_about_migrations(rule.id)).collect();
            match pending::judging_all(head, &discovery, &model, &settings, &mut sources).filter(|_| !rules.is_empty()) {
                Some(all) => running::run(&rules, &all, base_model.as_ref(), &sources, settings.threads),
                None => Vec::new(),
            }
        });
        let with_all = with_all.map(|said| collect(said, &sources));
        let (mut found, mut failed) = (Vec::new(), Vec::new());
        let mut outcome = Outcome::default();
        for one in said {
            outcome.considered.insert(one.rule.id.to_owned(), one.considered);
            match one.diagnostics {
                Ok(diagnostics) => found.extend(diagnostics.into_iter().filter_map(|said| findings::finding(one.rule.id, said))),
                Err(reason) => {
                    let place = running::first_place(&discovery, &mut sources);
                    failed.extend(findings::finding(running::RULE_FAILED, running::failed(one.rule, &reason, place)));
                }
            }
        }
        findings::sort(&mut found, &sources);
        findings::number(&mut found);
        outcome.report.files = discovery.artifacts.len();
        outcome.report.unread.clone_from(&model.unread);
        Run { outcome: Outcome { sources, discovery, model, ..outcome }, settings, findings: found, failed, head_sources }
    }

    fn finish(self, why: Option<Base>, config: &Config, selection: &Selection, options: &Options) -> Outcome {
        let Run { mut outcome, settings, mut findings, failed, head_sources } = self;
        let sources = &outcome.sources;
        let sets = outcome.discovery.migration_sets.iter();
        let dialects = sets.flat_map(|set| set.migrations.iter().map(|one| (one.path.as_str(), set.dialect))).collect();
        let mut suppressions =
            Suppressions::new(sources, head_sources.into_iter(), &dialects, &config.allows, options.today);
        let suppressed = suppressions.apply(&mut findings, sources);

        let ran: Vec<&str> = outcome.considered.keys().map(String::as_str).collect();
        let migrations = pending::migration_files(&outcome.discovery);
        let run = Circumstances { ran: &ran, pending: &settings.pending, migrations: &migrations };
        let verdicts = suppressions.verdicts(sources, &run).into_iter();
        let mut ours: Vec<Finding> = verdicts.filter_map(|(rule, said)| findings::finding(rule, said)).chain(failed).collect();
        findings::sort(&mut ours, sources);
        findings::number(&mut ours);
        findings.extend(ours);

        findings.retain_mut(|finding| judge(finding, config, selection, sources));
        findings::sort(&mut findings, sources);
        let all = findings.len();
        let hidden_by_confidence = findings.iter().filter(|one| one.confidence < options.min_confidence).count();
        findings.retain(|one| one.severity >= options.min_severity && one.confidence >= options.min_confidence);
        let hidden = all - findings.len();
        let read = std::mem::take(&mut outcome.report);
        outcome.report = Report { base: why, hidden, hidden_by_confidence, suppressed, findings, ..read };
        outcome
    }
}

/// Puts the configured severity into a finding and takes out the places where its rule is off. Whether it is shown.
fn judge(finding: &mut Finding, config: &Config, selection: &Selection, sources: &Sources) -> bool {
    let Some(info) = rules::info(&finding.rule) else { return false };
    // A rule that failed has judged nothing, and nobody selects that: only an explicit wish hides it.
    let failed = finding.rule == running::RULE_FAILED;
    if !(selection.shows(info, true) || failed && !selection.ignores(info)) {
        return false;
    }
    let selected = selection.selects(&info.id);
    let verdict = |path: &str, subject: &str| config.verdict(info, path, subject, selected);
    let is_on = |path: &str, subject: &str| verdict(path, subject).is_none_or(|verdict| verdict.level != Level::Off);
    if !Places::which(&finding.diagnostic, sources, is_on).keep(&mut finding.diagnostic) {
        return false;
    }
    let path = sources.path(finding.diagnostic.primary.span.source);
    if let Some(verdict) = verdict(path, &finding.diagnostic.subject)
        && let Level::On(severity) = verdict.level
    {
        // Below the page's maximum it lowers like any other reason; from there on it is meant as it stands.
        let effective = if severity >= info.severity { severity } else { severity.min(finding.severity) };
        if effective != finding.severity {
            let why = format!("{} sets `{}` to {}", verdict.file, info.id, severity.name());
            finding.diagnostic.because.push(why);
            finding.severity = effective;
        }
    }
    true
}

/// Whether a rule runs. Unused suppressions can only be told when the rules that they name have run.
fn runs(rule: &Rule, config: &Config, selection: &Selection, has_base: bool) -> bool {
    let Some(info) = rules::info(rule.id) else { return false };
    let on = config.is_on_somewhere(info);
    let shown = selection.shows(info, on) || (on && selection.selects(UNUSED));
    shown && (has_base || !needs(rule, "base"))
}

/// Whether a rule's page says that it needs a part of the model.
fn needs(rule: &Rule, part: &str) -> bool {
    let has = |info: &RuleInfo| info.needs.iter().any(|need| need == part);
    rules::info(rule.id).is_some_and(has)
}
