//! `check`: finds problems.

use super::arguments::{CheckArguments, FailOn, Format};
use super::target::Target;
use super::{End, Trouble, destination, first_run, run, terminal};
use crate::diagnostic::{Confidence, Finding, Role, Severity};
use crate::engine::{BaselineChoice, Options, Outcome, Reach, suggest};
use crate::model::boundaries::Boundaries;
use crate::report::pretty::{self, Style};
use crate::report::{
    RulePage, checkstyle, concise, github, gitlab, json, junit, markdown, narrated, ndjson, rdjson, sarif, statistics,
};
use crate::rules;
use crate::source::Sources;

pub(super) fn run(arguments: &CheckArguments) -> Result<End, Trouble> {
    let target = Target::new(&arguments.paths)?;
    // What is asked about a part is said of that part: a habit of all would stand at a place elsewhere.
    let every_finding = !target.only.is_empty() || !arguments.service.is_empty();
    let options = Options { every_finding, ..options(arguments)? };
    // The process ends with the command: what a large repository takes long to free is left to that.
    let outcome: &mut Outcome = &mut std::mem::ManuallyDrop::new(run::run(&target, &options)?);
    let services = Services::new(&arguments.service, outcome)?;
    let is_asked = |path: &str| target.holds(path) && services.hold(&outcome.model.boundaries, path);
    outcome.report.findings = take(&mut outcome.report.findings, |finding| touches(finding, &outcome.sources, is_asked));
    outcome.report.unread = take(&mut outcome.report.unread, |unread| is_asked(&unread.path));

    let empty = nothing_read(outcome, &target);
    let style = terminal::style(arguments.color);
    if !(empty && arguments.format == Format::Pretty) {
        let text = render(arguments.format, outcome, &target, style);
        terminal::write(&text, arguments.format == Format::Pretty && style.color)?;
    }
    if arguments.format != Format::Pretty
        && let Some(base) = outcome.report.base.as_ref().filter(|base| base.revision.is_none())
    {
        terminal::say("note", &format!("no base: {}", base.why));
    }
    if let Some(summary) = first_run::summary(arguments, outcome) {
        match arguments.format {
            Format::Pretty => terminal::write(&summary, false)?,
            _ => summary.trim().lines().for_each(|line| terminal::say("note", line.trim_start())),
        }
    }
    if arguments.statistics {
        let table = statistics::table(&outcome.report);
        match arguments.format {
            Format::Pretty => terminal::write(&format!("\n{table}"), false)?,
            _ => table.lines().for_each(|line| terminal::say("statistics", line)),
        }
    }
    for output in &arguments.outputs {
        destination::write(&output.file, &render(output.format, outcome, &target, Style::default()))?;
    }
    for path in target.only.iter().filter(|_| !empty) {
        if !was_read(outcome, &|read| super::target::within(read, path)) {
            terminal::say("note", &format!("`{path}` holds nothing that is read; `backend-lint files` says what is"));
        }
    }
    if empty {
        return Ok(if arguments.allow_empty { End::Clean } else { End::Nothing(run::nothing_found(&target)) });
    }
    let fails = |finding: &Finding| least(arguments, outcome, finding).is_some_and(|least| finding.severity >= least);
    let stale = arguments.fail_on_stale && !outcome.report.stale.is_empty();
    if stale {
        outcome.report.stale.iter().for_each(|entry| terminal::say("stale", &super::baseline::described(entry)));
    }
    let failed = !arguments.exit_zero && (stale || outcome.report.findings.iter().any(fails));
    Ok(if failed { End::Findings } else { End::Clean })
}

fn options(arguments: &CheckArguments) -> Result<Options, Trouble> {
    // What was selected, or is to fail the run, must be seen.
    let wants_infos = !arguments.select.is_empty() || arguments.fail_on == Some(FailOn::Info);
    let least = if wants_infos { Severity::Info } else { Severity::Warning };
    Ok(Options {
        select: words(&arguments.select),
        ignore: words(&arguments.ignore),
        min_severity: arguments.min_severity.map_or(least, Severity::from),
        min_confidence: arguments.min_confidence.map_or(Confidence::Medium, Confidence::from),
        severity_by_config: arguments.min_severity.is_none() && !wants_infos,
        confidence_by_config: arguments.min_confidence.is_none() && !wants_infos,
        migrations: arguments.migrations.into(),
        reach: match (&arguments.since, &arguments.base_model) {
            (Some(name), _) => Reach::Since(name.trim().to_owned()),
            (_, Some(file)) => Reach::SinceRun(super::base_model::read(file)?),
            _ if arguments.staged => Reach::Staged,
            _ => Reach::Everything,
        },
        baseline: match &arguments.baseline {
            None => BaselineChoice::Found,
            Some(file) => {
                let text = std::fs::read_to_string(file);
                let text = text.map_err(|error| {
                    Trouble::new(format!("--baseline {}: {error}; `backend-lint baseline write` makes one", file.display()))
                })?;
                BaselineChoice::Text(file.to_string_lossy().into_owned(), text)
            }
        },
        ..run::options(&arguments.reading)?
    })
}

/// The words of a comma list; `a, b` and `a,b,` are meant as `a,b`.
fn words(list: &[String]) -> Vec<String> {
    list.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a finding, or a place that makes it one, lies in what was asked for.
fn touches(finding: &Finding, sources: &Sources, is_asked: impl Fn(&str) -> bool) -> bool {
    let labels = finding.labels().filter(|(role, _)| *role != Role::Context).map(|(_, label)| label.span);
    let occurrences = finding.diagnostic.occurrences.iter().map(|one| one.span);
    labels.chain(occurrences).any(|span| is_asked(sources.path(span.source)))
}

/// The items that satisfy a condition, in order.
fn take<T>(items: &mut Vec<T>, wanted: impl Fn(&T) -> bool) -> Vec<T> {
    std::mem::take(items).into_iter().filter(wanted).collect()
}

/// The lowest severity that makes a finding fail the run: as the command line says, else as the configuration says for its place.
fn least(arguments: &CheckArguments, outcome: &Outcome, finding: &Finding) -> Option<Severity> {
    let configured = || outcome.fail_on(outcome.sources.path(finding.diagnostic.primary.span.source));
    match arguments.fail_on {
        Some(word) => word.severity(),
        None => configured().unwrap_or(Some(Severity::Error)),
    }
}

/// The services that are reported on; all where none is named.
struct Services(Vec<String>);

impl Services {
    /// Finds what `--service` names.
    fn new(words: &[String], outcome: &Outcome) -> Result<Services, Trouble> {
        let boundaries = &outcome.model.boundaries;
        let names: Vec<&str> = boundaries.iter().map(|one| one.name.as_str()).collect();
        let mut wanted = Vec::new();
        let mut problems = Vec::new();
        for word in words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
            let called: Vec<String> = boundaries.iter().filter(|one| one.is_called(word)).map(|one| one.name.clone()).collect();
            if called.is_empty() {
                let known = if names.is_empty() { "none was found".to_owned() } else { names.join(", ") };
                problems.push(format!("--service: unknown service `{word}`{} (known: {known})", suggest::hint(word, &names)));
            }
            wanted.extend(called);
        }
        if problems.is_empty() { Ok(Services(wanted)) } else { Err(Trouble(problems)) }
    }

    /// Whether a file belongs to one of them.
    fn hold(&self, boundaries: &Boundaries, path: &str) -> bool {
        self.0.is_empty() || boundaries.of(path).is_some_and(|one| self.0.contains(&one.name))
    }
}

/// Whether any file that satisfies a condition was read, or should have been.
fn was_read(outcome: &Outcome, wanted: &dyn Fn(&str) -> bool) -> bool {
    let artifacts = outcome.discovery.artifacts.iter().map(|artifact| artifact.path.as_str());
    let unread = outcome.report.unread.iter().map(|unread| unread.path.as_str());
    let sources = outcome.sources.iter().map(|(_, source)| &*source.path);
    artifacts.chain(unread).chain(sources).any(wanted)
}

/// Whether the repository, or what was asked for of it, holds nothing for us.
fn nothing_read(outcome: &Outcome, target: &Target) -> bool {
    let no_artifact = outcome.discovery.artifacts.is_empty() && outcome.report.unread.is_empty();
    outcome.report.findings.is_empty() && (no_artifact || !was_read(outcome, &|path| target.holds(path)))
}

fn render(format: Format, outcome: &Outcome, target: &Target, style: Style) -> String {
    let (report, sources) = (&outcome.report, &outcome.sources);
    match format {
        Format::Pretty => pretty::report(report, sources, style),
        Format::Concise => concise::report(report, sources),
        Format::Json => json::report(report, sources),
        Format::Sarif => sarif::report(report, sources, &pages(), &target.prefix),
        Format::Github => github::report(report, sources, &target.prefix),
        Format::Ndjson => ndjson::report(report, sources),
        Format::Gitlab => gitlab::report(report, sources, &target.prefix),
        Format::Junit => junit::report(report, sources),
        Format::Checkstyle => checkstyle::report(report, sources),
        Format::Rdjson => rdjson::report(report, sources),
        Format::Markdown => markdown::report(report, sources),
        Format::Narrated => narrated::report(report, sources),
    }
}

fn pages() -> Vec<RulePage<'static>> {
    let pages = rules::all().map(|rule| rules::page::markdown(rule.page));
    rules::infos().iter().zip(pages).map(|(info, markdown)| RulePage { info, markdown }).collect()
}
