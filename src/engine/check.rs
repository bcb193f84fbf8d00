//! One run from files to a report: configuration, discovery, models, rules, suppressions, filters.

use super::baseline::Baselines;
use super::changes::Changes;
use super::config::{self, Config, Level, Parent};
use super::running::Subject;
use super::selection::{Selection, names};
use super::suppressions::{Circumstances, Places, Suppressions, UNUSED};
use super::{Failure, Options, Outcome, Reach, findings, pending, running};
use crate::diagnostic::{Base, Confidence, Finding, Report, RuleInfo, Severity};
use crate::discover::{self, Discovery};
use crate::files::Files;
use crate::files::listed::Listed;
use crate::model::{Model, Pending, Settings};
use crate::rules::{self, Rule};
use crate::source::{SourceId, Sources};
use std::collections::HashSet;
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
    let baselines = Baselines::read(head, options)?;
    let mut settings = Settings { threads: options.threads.max(1), only_asked_steps: !options.every_step, ..Settings::default() };
    config.fill(&mut settings);
    let configured = (settings.clone(), sources.clone());
    // Reading must not fail on any bytes; where it does, the run has judged nothing and must not look as if it had.
    let judged = |discovery: &Discovery| pending::pending(head, base, discovery, options);
    let read =
        catch_unwind(AssertUnwindSafe(|| Run::read(head, base, &config, &selection, (settings, sources), options, &judged)));
    let failure = |panic: Box<dyn std::any::Any + Send>| {
        Failure(vec![format!("internal error while reading: {}", running::reason(panic.as_ref()))])
    };
    let run = read.map_err(failure)?;
    let judged = run.settings.pending.clone();
    let (mut outcome, found) = run.finish(why, &config, &selection, options);
    let whole = options.reach == Reach::Everything && options.select.is_empty() && options.ignore.is_empty();
    baselines.apply(&mut outcome.report, &found, whole, options.migrations);
    if let Some(base) = base.filter(|_| options.reach != Reach::Everything) {
        // Where nothing is found, nothing can be old.
        let known = if outcome.report.findings.is_empty() {
            Ok(HashSet::new())
        } else {
            let judged = |discovery: &Discovery| pending::before(head, base, discovery, &judged);
            catch_unwind(AssertUnwindSafe(|| debt(base, &config, &selection, configured, options, &judged)))
        };
        let changes = Changes::new(head, base, &outcome.sources, known.map_err(failure)?);
        let all = outcome.report.findings.len();
        outcome.report.findings.retain(|finding| changes.brought(finding));
        outcome.report.debt = Some(all - outcome.report.findings.len());
    }
    Ok(outcome)
}

/// The fingerprints of what is found in the base, by the head's configuration: what is turned on anew is not brought by a change of
/// the code.
fn debt(
    base: &dyn Files,
    config: &Config,
    selection: &Selection,
    configured: (Settings, Sources),
    options: &Options,
    judged: &dyn Fn(&Discovery) -> Pending,
) -> HashSet<String> {
    let base = &Listed::new(base);
    let everything = Options { min_severity: Severity::Info, min_confidence: Confidence::Low, ..options.clone() };
    let run = Run::read(base, None, config, selection, configured, &everything, judged);
    run.finish(None, config, selection, &everything).1
}

/// The group of the rules that judge what a pending migration does to a live database.
const MIGRATIONS: &str = "migrations";

/// A run whose rules have spoken.
struct Run {
    outcome: Outcome,
    settings: Settings,
    /// What the rules found.
    found: Vec<Finding>,
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
        (mut settings, mut sources): (Settings, Sources),
        options: &Options,
        judged: &dyn Fn(&Discovery) -> Pending,
    ) -> Run {
        let discovery = discover::find(head, &settings);
        settings.pending = judged(&discovery);
        let rules: Vec<&'static Rule> = rules::all().filter(|rule| runs(rule, config, selection, base.is_some())).collect();

        let first = sources.len();
        let model = Model::build(head, &discovery, &settings, &mut sources);
        let head_sources: Vec<SourceId> = sources.iter().skip(first).map(|(id, _)| id).collect();
        // A base is read in full only where something goes: nothing else is asked of it.
        let needs_base = rules.iter().any(|rule| needs(rule, "base")) && model.schema.takes_away();
        let base_model = base.filter(|_| needs_base).map(|base| {
            let found = discover::find(base, &settings);
            Model::build(base, &found, &settings, &mut sources)
        });

        let whole = Subject { head: &model, base: base_model.as_ref(), sources: &sources };
        let said = running::run(&rules, whole, settings.threads);
        let considered = said.iter().map(|one| (one.rule.id.to_owned(), one.considered)).collect();
        let (found, stopped) = running::collect(said, &sources);

        let about_migrations: Vec<&'static Rule> = rules.into_iter().filter(|rule| names(MIGRATIONS, rule.id)).collect();
        let mut with_all = None;
        if settings.pending != Pending::All && options.reach == Reach::Everything {
            let all = pending::judging_all(head, &discovery, &model, &settings, &mut sources, &head_sources);
            let said = all.as_ref().map(|head| Subject { head, base: base_model.as_ref(), sources: &sources });
            let said = said.map(|subject| running::run(&about_migrations, subject, settings.threads));
            with_all = Some(running::collect(said.unwrap_or_default(), &sources).0);
        }

        let mut failed = Vec::new();
        for (rule, reason) in stopped {
            let place = running::first_place(&discovery, &mut sources);
            failed.extend(findings::finding(running::RULE_FAILED, running::failed(rule, &reason, place)));
        }
        let report = Report { files: discovery.artifacts.len(), unread: model.unread.clone(), ..Report::default() };
        Run {
            outcome: Outcome { report, sources, discovery, model, considered },
            settings,
            found,
            with_all,
            failed,
            head_sources,
        }
    }

    /// What is reported, and the fingerprints of all that was found, whatever the filters hide.
    fn finish(self, why: Option<Base>, config: &Config, selection: &Selection, options: &Options) -> (Outcome, HashSet<String>) {
        let Run { mut outcome, settings, found: mut findings, with_all, failed, head_sources } = self;
        let sources = &outcome.sources;
        let sets = outcome.discovery.migration_sets.iter();
        let dialects = sets.flat_map(|set| set.migrations.iter().map(|one| (one.path.as_str(), set.dialect))).collect();
        let new = || Suppressions::new(sources, head_sources.iter().copied(), &dialects, &config.allows, options.today);
        let mut suppressions = new();
        let suppressed = suppressions.apply(&mut findings, sources);
        let is_shown = |one: &Finding| one.severity >= options.min_severity && one.confidence >= options.min_confidence;

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
        let fingerprints = findings.iter().map(|one| one.fingerprint.clone()).collect();
        let hidden_by_confidence = findings.iter().filter(|one| one.confidence < options.min_confidence).count();
        findings.retain(is_shown);
        let with_all_migrations = with_all.map(|mut with_all| {
            new().apply(&mut with_all, sources);
            with_all.retain_mut(|finding| judge(finding, config, selection, sources) && is_shown(finding));
            with_all.len().saturating_sub(findings.iter().filter(|one| names(MIGRATIONS, &one.rule)).count())
        });
        let hidden = all - findings.len();
        let read = std::mem::take(&mut outcome.report);
        outcome.report = Report { base: why, hidden, hidden_by_confidence, suppressed, findings, with_all_migrations, ..read };
        (outcome, fingerprints)
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
