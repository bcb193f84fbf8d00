//! One run from files to a report: configuration, discovery, models, rules, suppressions, filters.

use super::baseline::Baselines;
use super::beside::Beside;
use super::changes::Changes;
use super::config::{self, Above, Config, Level, Refused, UNMATCHED};
use super::edit_target::Targets;
use super::renames::Renames;
use super::running::Subject;
use super::selection::{Selection, names};
use super::shipped::{self, Known};
use super::suppressions::{Circumstances, Places, Suppressions, UNUSED};
use super::{Failure, Migrations, Options, Outcome, Reach, findings, fold, owners, pending, running};
use crate::diagnostic::{Base, Confidence, Finding, Report, RuleInfo, Severity};
use crate::discover::{self, Artifact, Discovery, Kind};
use crate::files::Files;
use crate::files::listed::Listed;
use crate::model::schema::TableNames;
use crate::model::{self, Kept, Model, Pending, Settings, Workspace, callers};
use crate::report::origin;
use crate::rules::{self, Rule};
use crate::source::{SourceId, Sources};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Checks a repository; `above` is what lies above its root.
pub(super) fn check(
    head: &dyn Files,
    base: Option<&dyn Files>,
    why: Option<Base>,
    above: &Above,
    options: &Options,
) -> Result<Outcome, Failure> {
    let head = &Listed::new(head);
    let selection = Selection::new(options)?;
    let mut sources = Sources::default();
    let config = config::read(head, &options.config, above, &mut sources);
    let config = config.map_err(|refused| refusal(head, refused, sources.clone(), above, options))?;
    let baselines = Baselines::read(head, options)?;
    let mut settings = settings(&config, above, options);
    settings.owners = owners::read(head, above);
    let asked = Asked { config: &config, selection: &selection, settings, options };
    // Reading must not fail on any bytes; where it does, the run has judged nothing and must not look as if it had.
    let judged = |discovery: &Discovery| pending::pending(head, base, discovery, options);
    let read = catch_unwind(AssertUnwindSafe(|| Run::read(head, base, &asked, sources, None, &judged)));
    let failure = |panic: Box<dyn std::any::Any + Send>| {
        Failure(vec![format!("internal error while reading: {}", running::reason(panic.as_ref()))])
    };
    let mut run = read.map_err(failure)?;
    let (kept, judged) = (std::mem::take(&mut run.kept), run.settings.pending.clone());
    let (mut outcome, found) = run.finish(head, why, &asked);
    let whole = options.reach == Reach::Everything && options.select.is_empty() && options.ignore.is_empty();
    baselines.apply(&mut outcome.report, &found.fingerprints, whole, options.migrations);
    if let Some(base) = base.filter(|_| options.reach != Reach::Everything) {
        let known = catch_unwind(AssertUnwindSafe(|| debt((head, base), &asked, (&outcome, &found), (&kept, &judged))));
        let renames = Renames::of(&outcome.model.schema);
        let changes = Changes::new(head, base, &outcome.sources, known.map_err(failure)?, renames);
        asked.leave_what_was_brought(&changes, &outcome.model, &mut outcome.report, &outcome.sources);
    }
    if let Reach::SinceRun(snapshot) = &options.reach {
        let all = outcome.report.findings.len();
        let api = &outcome.model.api;
        outcome.report.findings.retain_mut(|finding| {
            let places = snapshot.places.get(&finding.fingerprint);
            let is_old = snapshot.findings.contains(&finding.fingerprint);
            !is_old || places.is_some_and(|places| shipped::keep_unnamed(finding, api, places))
        });
        outcome.report.debt = Some(all - outcome.report.findings.len());
    }
    if !options.every_finding {
        let subject = Subject { head: &outcome.model, base: None, sources: &outcome.sources };
        let failed = fold::fold(&mut outcome.report.findings, subject);
        asked.tell_unfolded(failed, &mut outcome);
    }
    let targets = Targets {
        files: head,
        sources: &outcome.sources,
        discovery: &outcome.discovery,
        model: &outcome.model,
        pending: &judged,
        year: options.today.map(|(year, ..)| year),
        threads: options.threads.max(1),
    };
    targets.name(&mut outcome.report.findings);
    for finding in &mut outcome.report.findings {
        let path = outcome.sources.path(finding.diagnostic.primary.span.source);
        finding.service = outcome.model.boundaries.of(path).map(|one| one.name.clone());
        finding.owners = asked.settings.owners.of(path);
    }
    Ok(outcome)
}

/// What the model is told of a configuration.
fn settings(config: &Config, above: &Above, options: &Options) -> Settings {
    let mut settings = Settings { threads: options.threads.max(1), only_asked_steps: !options.every_step, ..Settings::default() };
    config.fill(&mut settings);
    settings.attributes = above.files(&[".gitattributes"]);
    settings
}

/// All that is wrong with a configuration: its own problems, and the targets that nothing in the repository has, which only a run can
/// tell.
fn refusal(head: &Listed, refused: Refused, sources: Sources, above: &Above, options: &Options) -> Failure {
    let Refused { config, mut problems } = refused;
    let everything = Options {
        select: Vec::new(),
        ignore: Vec::new(),
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        migrations: Migrations::All,
        reach: Reach::Everything,
        ..options.clone()
    };
    if let Ok(selection) = Selection::new(&everything) {
        let settings = settings(&config, above, &everything);
        let asked = Asked { config: &config, selection: &selection, settings, options: &everything };
        let run = || Run::read(head, None, &asked, sources, None, &|_| Pending::All).finish(head, None, &asked).0;
        // What a run cannot tell is not said: the configuration is refused all the same.
        if let Ok(Outcome { report, sources, .. }) = catch_unwind(AssertUnwindSafe(run)) {
            let unmatched = report.findings.iter().filter(|finding| finding.rule == UNMATCHED);
            problems.extend(unmatched.map(|finding| {
                let place = origin(&sources, finding.diagnostic.primary.span);
                format!("{place}: {}", finding.diagnostic.message)
            }));
        }
    }
    Failure(problems)
}

/// What is asked of a run.
struct Asked<'a> {
    config: &'a Config,
    selection: &'a Selection<'a>,
    settings: Settings,
    options: &'a Options,
}

impl Asked<'_> {
    /// The lowest severity that is shown at a path.
    fn least_severity(&self, path: &str) -> Severity {
        let configured = self.config.min_severity(path).filter(|_| self.options.severity_by_config);
        configured.unwrap_or(self.options.min_severity)
    }

    /// Whether the configuration gives a finding its severity, which is then meant as it stands.
    fn sets_severity(&self, finding: &Finding, path: &str) -> bool {
        let info = rules::info(&finding.rule);
        let selected = self.selection.selects(&finding.rule);
        let verdict = info.and_then(|info| self.config.verdict(info, path, &finding.diagnostic.subject, selected));
        verdict.is_some_and(|verdict| matches!(verdict.level, Level::On(_)))
    }

    /// Adds to a report that rules failed to put their findings together.
    fn tell_unfolded(&self, failed: Vec<(&'static Rule, String)>, outcome: &mut Outcome) {
        if failed.is_empty() {
            return;
        }
        let place = running::first_place(&outcome.discovery, &mut outcome.sources);
        let said = failed.iter().map(|(rule, reason)| running::failed_to_fold(rule, reason, place));
        let mut ours: Vec<Finding> = said.filter_map(|said| findings::finding(running::RULE_FAILED, said)).collect();
        findings::number(&mut ours);
        let (sources, report) = (&outcome.sources, &mut outcome.report);
        ours.retain_mut(|finding| judge(finding, self.config, self.selection, (sources, &TableNames::default())));
        let least = self.least_severity(sources.path(place.source));
        let (shown, hidden): (Vec<Finding>, Vec<Finding>) = ours.into_iter().partition(|finding| finding.severity >= least);
        report.hidden += hidden.len();
        report.findings.extend(shown);
        findings::sort(&mut report.findings, sources);
    }

    /// Leaves in a report what a change brought, counts the rest, and lowers what it only touched and cannot mend.
    fn leave_what_was_brought(&self, changes: &Changes, model: &Model, report: &mut Report, sources: &Sources) {
        let (mut debt, mut hidden) = (0, 0);
        report.findings.retain_mut(|finding| {
            let touches = |span| changes.touches(span);
            if shipped::concerns(finding) && changes.known.keep_new(finding, &model.api, touches) {
                return true;
            }
            if !changes.brought(finding) {
                debt += 1;
                return false;
            }
            let path = sources.path(finding.diagnostic.primary.span.source);
            if shipped::concerns(finding) && finding.severity > Severity::Info && !self.sets_severity(finding, path) {
                finding.severity = Severity::Info;
                finding.diagnostic.because.push(shipped::WHY.to_owned());
                let is_shown = self.least_severity(path) == Severity::Info;
                hidden += usize::from(!is_shown);
                return is_shown;
            }
            true
        });
        report.debt = Some(debt);
        report.hidden += hidden;
    }
}

/// What the head's reading leaves to the base's.
struct Other<'a> {
    beside: &'a Beside<'a>,
    discovery: &'a Discovery,
    kept: &'a Kept,
    /// The rules that are asked; `None` is all.
    rules: Option<HashSet<&'a str>>,
}

/// What is found in the base, by the head's configuration: what is turned on anew is not brought by a change of
/// the code. Only what the head's report has is looked for.
fn debt(
    (head, base): (&Listed, &dyn Files),
    asked: &Asked,
    (outcome, found): (&Outcome, &Known),
    (kept, judged): (&Kept, &Pending),
) -> Known {
    let findings = &outcome.report.findings;
    // Where nothing is found, nothing can be old.
    if findings.is_empty() {
        return Known::default();
    }
    let base = &Listed::new(base);
    let beside = Beside::new(head, base).knowing(kept, &outcome.sources);
    // Where every answer is the same, so is what is found.
    if head.list() == base.list() && head.read_paths().iter().all(|path| beside.unchanged(path)) {
        return found.clone();
    }
    let everything = Options { min_severity: Severity::Info, min_confidence: Confidence::Low, ..asked.options.clone() };
    let asked = Asked { settings: asked.settings.clone(), options: &everything, ..*asked };
    let other = Other { beside: &beside, discovery: &outcome.discovery, kept, rules: behind(findings) };
    let judged = |discovery: &Discovery| pending::before(discovery, judged);
    Run::read(&beside, None, &asked, outcome.sources.clone(), Some(other), &judged).finish(&beside, None, &asked).1
}

/// The groups whose findings come from what other rules found, or did not find.
const OF_OTHERS: [&str; 3] = ["config", "internal", "suppressions"];

/// The rules behind findings; `None` where one speaks of what other rules found.
fn behind(findings: &[Finding]) -> Option<HashSet<&str>> {
    let of_others = |rule: &str| OF_OTHERS.iter().any(|group| names(group, rule));
    let rules = findings.iter().map(|finding| finding.rule.as_str());
    rules.map(|rule| (!of_others(rule)).then_some(rule)).collect()
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
    /// What the reading of the base can use.
    kept: Kept,
}

impl Run {
    fn read(
        head: &dyn Files,
        base: Option<&dyn Files>,
        asked: &Asked,
        mut sources: Sources,
        other: Option<Other>,
        judged: &dyn Fn(&Discovery) -> Pending,
    ) -> Run {
        let Asked { config, selection, options, .. } = *asked;
        let mut settings = asked.settings.clone();
        let unchanged = |path: &str| other.as_ref().is_some_and(|other| other.beside.unchanged(path));
        let before = other.as_ref().map(|other| discover::Beside { discovery: other.discovery, unchanged: &unchanged });
        let discovery = discover::find_beside(head, &settings, before);
        settings.pending = judged(&discovery);
        let is_asked =
            |rule: &Rule| other.as_ref().and_then(|other| other.rules.as_ref()).is_none_or(|rules| rules.contains(rule.id));
        let rules: Vec<&'static Rule> =
            rules::all().filter(|rule| is_asked(rule) && runs(rule, config, selection, base.is_some())).collect();

        let first = sources.len();
        let mut workspace = Workspace::new(head, &mut sources, settings.threads);
        if let Some(other) = &other {
            workspace = workspace.beside(model::Other { discovery: other.discovery, kept: other.kept }, &unchanged);
        }
        let (mut model, kept) = Model::read(workspace, &discovery, &settings);
        let head_sources: Vec<SourceId> = match &other {
            None => sources.iter().skip(first).map(|(id, _)| id).collect(),
            Some(_) => kept.sources(),
        };
        let is_asked_for = rules.iter().any(|rule| needs(rule, "base"));
        let base_model = base.filter(|_| is_asked_for).and_then(|base| {
            let beside = Beside::new(head, base);
            let unchanged = |path: &str| beside.unchanged(path);
            let found = base_discovery(&beside, &settings, (&discovery, &model), &unchanged, &sources)?;
            let other = model::Other { discovery: &discovery, kept: &kept };
            let workspace = Workspace::new(&beside, &mut sources, settings.threads).beside(other, &unchanged);
            Some(match model.schema.takes_away() {
                true => Model::read(workspace, &found, &settings).0,
                false => Model::read_api(workspace, &found, &settings),
            })
        });

        if let Some(base) = base_model.as_ref().filter(|_| config.is_internal_somewhere()) {
            let workspace = Workspace::new(head, &mut sources, settings.threads).knowing(&head_sources);
            let is_internal = |path: &str| config.context(path).is_internal();
            model.callers = Arc::new(callers::read(workspace, &model.api, &base.api, &is_internal));
        }
        if let Some(base) = base {
            let unchanged = |path: &str| Beside::new(head, base).unchanged(path);
            let migrations = pending::migration_files(&discovery);
            let trees = model::mentions::Trees { head, base, unchanged: &unchanged, migrations: &migrations };
            model.mentions = Arc::new(model.mentions.against(&trees, &model.schema, &sources, &settings));
        }

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
        let report = Report {
            files: discovery.artifacts.len() + model.runtime.settings_in_code(),
            unread: model.unread.clone(),
            ..Report::default()
        };
        Run {
            outcome: Outcome { report, sources, discovery, model, considered, config: config.clone() },
            settings,
            found,
            with_all,
            failed,
            head_sources,
            kept,
        }
    }

    /// What is reported, and what is known of all that was found, whatever the filters hide.
    fn finish(self, head: &dyn Files, why: Option<Base>, asked: &Asked) -> (Outcome, Known) {
        let Run { mut outcome, settings, found: mut findings, with_all, failed, head_sources, .. } = self;
        let Asked { config, selection, options, .. } = *asked;
        let sources = &outcome.sources;
        let sets = outcome.discovery.migration_sets.iter();
        let dialects = sets.flat_map(|set| set.migrations.iter().map(|one| (one.path.as_str(), set.dialect))).collect();
        let new = || Suppressions::new(sources, head_sources.iter().copied(), &dialects, &config.allows, options.today);
        let mut suppressions = new();
        let suppressed = suppressions.apply(&mut findings, sources);
        let path = |one: &Finding| sources.path(one.diagnostic.primary.span.source);
        let is_sure = |one: &Finding| {
            let least = config.min_confidence(path(one)).filter(|_| options.confidence_by_config);
            one.confidence >= least.unwrap_or(options.min_confidence)
        };
        let is_shown = |one: &Finding| one.severity >= asked.least_severity(path(one)) && is_sure(one);

        let ran: Vec<&str> = outcome.considered.keys().map(String::as_str).collect();
        let migrations = pending::migration_files(&outcome.discovery);
        let targets = config.unmatched(head, &outcome.model, sources, &suppressions.used());
        let unmatched = targets.iter().map(|(span, _)| *span).collect();
        let run = Circumstances { ran: &ran, pending: &settings.pending, migrations: &migrations, unmatched: &unmatched };
        let verdicts = suppressions.verdicts(sources, &run).into_iter();
        let mut ours: Vec<Finding> = verdicts.filter_map(|(rule, said)| findings::finding(rule, said)).chain(failed).collect();
        ours.extend(targets.into_iter().filter_map(|(_, said)| findings::finding(UNMATCHED, said)));
        findings::sort(&mut ours, sources);
        findings::number(&mut ours);
        findings.extend(ours);

        let tables = TableNames::of(&outcome.model.schema);
        findings.retain_mut(|finding| judge(finding, config, selection, (sources, &tables)));
        findings::sort(&mut findings, sources);
        let all = findings.len();
        let known = Known::of(&findings, &outcome.model.api, sources, options.reach != Reach::Everything);
        let hidden_by_confidence = findings.iter().filter(|one| !is_sure(one)).count();
        findings.retain(is_shown);
        let with_all_migrations = with_all.map(|mut with_all| {
            new().apply(&mut with_all, sources);
            with_all.retain_mut(|finding| judge(finding, config, selection, (sources, &tables)) && is_shown(finding));
            with_all.len().saturating_sub(findings.iter().filter(|one| names(MIGRATIONS, &one.rule)).count())
        });
        let hidden = all - findings.len();
        let read = std::mem::take(&mut outcome.report);
        outcome.report = Report { base: why, hidden, hidden_by_confidence, suppressed, findings, with_all_migrations, ..read };
        (outcome, known)
    }
}

/// What of the base is to be read: all where the head takes something from a schema, the documents that differ where only interfaces change,
/// and else nothing, for nothing else is asked of it.
fn base_discovery(
    beside: &Beside,
    settings: &Settings,
    (discovery, model): (&Discovery, &Model),
    unchanged: &(dyn Fn(&str) -> bool + Sync),
    sources: &Sources,
) -> Option<Discovery> {
    if model.schema.takes_away() {
        return Some(discover::find_beside(beside, settings, Some(discover::Beside { discovery, unchanged })));
    }
    let differing: HashSet<&str> = model.api.documents_over(|source| !unchanged(sources.path(source))).into_iter().collect();
    let differs =
        |one: &&Artifact| one.kind == Kind::OpenApi && differing.contains(one.path.as_str()) && beside.exists(&one.path);
    let artifacts: Vec<Artifact> = discovery.artifacts.iter().filter(differs).cloned().collect();
    (!artifacts.is_empty()).then(|| Discovery { artifacts, ..Discovery::default() })
}

/// Puts the configured severity into a finding and takes out the places where its rule is off. Whether it is shown.
fn judge(finding: &mut Finding, config: &Config, selection: &Selection, (sources, tables): (&Sources, &TableNames)) -> bool {
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
    if let Some(verdict) = verdict(path, &finding.diagnostic.subject) {
        let effective = match verdict.level {
            Level::Off | Level::Page => finding.severity,
            Level::Lowered if finding.severity == Severity::Warning => Severity::Info,
            Level::Lowered => finding.severity,
            // Below the page's maximum it lowers like any other reason; from there on it is meant as it stands.
            Level::On(severity) if severity >= info.severity => severity,
            Level::On(severity) => severity.min(finding.severity),
        };
        if effective != finding.severity {
            let why = format!("{} sets `{}` to {}", verdict.file, info.id, effective.name());
            finding.diagnostic.because.push(why);
            finding.severity = effective;
        }
        if matches!(verdict.level, Level::On(_) | Level::Lowered) {
            return true;
        }
    }
    // What the context turns off only the command line asks for all the same.
    config.context(path).apply(finding, info, tables) || selected
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
