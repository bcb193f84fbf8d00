//! `baseline`: writes down what is found now, says what of it is gone, and takes that out.

use super::arguments::{BaselineArguments, BaselineCommand};
use super::target::Target;
use super::{End, Trouble, destination, run, terminal};
use crate::diagnostic::{Confidence, Severity, StaleEntry};
use crate::engine::baseline::without;
use crate::engine::{self, BaselineChoice, Options, Outcome};
use crate::report::count;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(command: &BaselineCommand) -> Result<End, Trouble> {
    match command {
        BaselineCommand::Write(arguments) => write(arguments),
        BaselineCommand::Check(arguments) => check(arguments),
        BaselineCommand::Prune(arguments) => prune(arguments),
    }
}

/// An entry as a line for people: `backend-lint.baseline:7: indexes/duplicate-index public.orders.a`.
pub(super) fn described(entry: &StaleEntry) -> String {
    let what = if entry.text.is_empty() { &entry.fingerprint } else { &entry.text };
    format!("{}:{}: {what}", entry.path, entry.line)
}

/// Everything that can be found, so that what is shown later was written down too.
fn everything(arguments: &BaselineArguments, baseline: BaselineChoice) -> Result<(Target, Outcome), Trouble> {
    let target = Target::new(std::slice::from_ref(&arguments.path))?;
    let options = Options {
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        migrations: arguments.migrations.into(),
        baseline,
        every_finding: true,
        ..run::options(&arguments.reading)?
    };
    let outcome = run::run(&target, &options)?;
    Ok((target, outcome))
}

fn write(arguments: &BaselineArguments) -> Result<End, Trouble> {
    let (target, outcome) = everything(arguments, BaselineChoice::Nothing)?;
    let findings = &outcome.report.findings;
    let files = engine::baselines(&target.root, findings, &outcome.sources);
    for (path, text) in &files {
        destination::write(&target.root.join(path), text)?;
    }
    let names: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    terminal::write(&format!("{} written to {}\n", count(findings.len(), "finding"), names.join(", ")), false)?;
    Ok(End::Clean)
}

fn check(arguments: &BaselineArguments) -> Result<End, Trouble> {
    let (_, outcome) = everything(arguments, BaselineChoice::Found)?;
    let stale = &outcome.report.stale;
    let lines: String = stale.iter().map(|entry| described(entry) + "\n").collect();
    let kept = count(outcome.report.baselined, "finding");
    terminal::write(&format!("{lines}{} stale, {kept} still there\n", stale.len()), false)?;
    Ok(if stale.is_empty() { End::Clean } else { End::Findings })
}

fn prune(arguments: &BaselineArguments) -> Result<End, Trouble> {
    let (target, outcome) = everything(arguments, BaselineChoice::Found)?;
    let mut gone: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for entry in &outcome.report.stale {
        gone.entry(&entry.path).or_default().insert(entry.line);
    }
    for (path, lines) in &gone {
        let file = target.root.join(path);
        let text = std::fs::read_to_string(&file).map_err(|error| Trouble::new(format!("{path}: {error}")))?;
        destination::write(&file, &without(&text, lines))?;
    }
    terminal::write(&format!("{} taken out\n", count(outcome.report.stale.len(), "stale line")), false)?;
    Ok(End::Clean)
}
