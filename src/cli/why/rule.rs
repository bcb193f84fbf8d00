//! Why a rule fired here, or did not.

use super::place;
use crate::cli::target::Target;
use crate::cli::{Trouble, run};
use crate::diagnostic::{Confidence, Finding, RuleInfo, Severity};
use crate::engine::context::Change;
use crate::engine::{self, Options, Outcome};
use crate::model::Model;
use crate::rules;
use std::fmt::Write;

/// How many findings are printed.
const MOST: usize = 10;

/// What a rule said of a repository, hidden findings included; `None` where no rule is called so.
pub(super) fn rule(target: &Target, options: &Options, wanted: &str) -> Result<Option<String>, Trouble> {
    let Some(info) = rules::info(wanted) else { return Ok(None) };
    let all = Options { min_severity: Severity::Info, min_confidence: Confidence::Low, every_finding: true, ..options.clone() };
    let as_configured = run::run(target, &all)?;
    let is_on = as_configured.considered.contains_key(&info.id);
    let outcome = match is_on {
        true => as_configured,
        false => run::run(target, &Options { select: vec![info.id.clone()], ..all })?,
    };
    let facts = engine::context_of(&target.root, options, "").map_err(|failure| Trouble(failure.0))?;
    Ok(Some(text(info, &outcome, is_on, facts.silences(&info.id))))
}

fn text(info: &RuleInfo, outcome: &Outcome, is_on: bool, silenced: Option<&Change>) -> String {
    let found: Vec<&Finding> = outcome.report.findings.iter().filter(|finding| finding.rule == info.id).collect();
    let considered = outcome.considered.get(&info.id).copied().unwrap_or(0);
    let mut out = format!("rule {}: looked at {}, found {}\n", info.id, counted(considered, "subject"), found.len());
    if !is_on {
        let by = if info.opt_in { "by default" } else { "by the configuration" };
        let _ = writeln!(out, "  it is off {by}, and was run for this answer alone; to turn it on, in backend-lint.toml:");
        let _ = writeln!(out, "    [rules]\n    \"{}\" = \"{}\"", info.id, info.severity.name());
    }
    for finding in found.iter().take(MOST) {
        one_finding(&mut out, outcome, finding);
    }
    if found.len() > MOST {
        let _ = writeln!(out, "  and {} more", found.len() - MOST);
    }
    if found.is_empty() {
        silence(info, outcome, considered, silenced).iter().for_each(|why| out.push_str(&format!("  silent: {why}\n")));
    }
    out
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn one_finding(out: &mut String, outcome: &Outcome, finding: &Finding) {
    let shown = finding.severity >= Severity::Warning && finding.confidence >= Confidence::Medium;
    let hidden = if shown { "" } else { ", not shown by default" };
    let (severity, confidence) = (finding.severity.name(), finding.confidence.name());
    let said = &finding.diagnostic;
    let _ = writeln!(out, "  {}: {}", place(&outcome.sources, said.primary.span), said.message);
    let _ = writeln!(out, "    {severity}, {confidence} confidence{hidden}");
    said.joins.iter().for_each(|why| out.push_str(&format!("    joined: {why}\n")));
    said.because.iter().for_each(|why| out.push_str(&format!("    because: {why}\n")));
}

/// Why a rule found nothing, as far as the run tells.
fn silence(info: &RuleInfo, outcome: &Outcome, considered: usize, silenced: Option<&Change>) -> Vec<String> {
    if let Some(change) = silenced {
        return vec![format!("[context] {} = {} turns it off: {}", change.key(), change.when(), change.why)];
    }
    let mut why: Vec<String> = Vec::new();
    let missing = info.needs.iter().filter_map(|need| missing(need, &outcome.model, outcome.report.base.is_none()));
    why.extend(missing.map(str::to_owned));
    if info.id.starts_with("migrations/") && outcome.model.schema.pending_migrations().next().is_none() {
        why.push("it judges migrations that have not run, and none is pending here; `--migrations all` judges all".to_owned());
    }
    match (considered, why.is_empty()) {
        (0, true) => why.push("nothing here is what it looks at, or too little of it was understood".to_owned()),
        (0, false) => {}
        (some, _) => {
            why.push(format!("it looked at {}, and each is as it should be or not wholly known", counted(some, "subject")))
        }
    }
    if outcome.report.suppressed > 0 {
        why.push(format!(
            "{} of all rules are suppressed by comments or [[allow]]",
            counted(outcome.report.suppressed, "finding")
        ));
    }
    if !outcome.report.unread.is_empty() {
        why.push(format!("{} not read, and nothing is claimed of what they hold", files(outcome.report.unread.len())));
    }
    why
}

fn files(number: usize) -> String {
    let verb = if number == 1 { "was" } else { "were" };
    format!("{} {verb}", counted(number, "file"))
}

/// What a rule needs and is not here.
fn missing(need: &str, model: &Model, has_no_base: bool) -> Option<&'static str> {
    let (is_missing, why) = match need {
        "api" => (model.api.operations().next().is_none(), "it needs an OpenAPI document with operations, and none was found"),
        "schema" => (model.schema.is_empty(), "it needs migrations or a schema file, and none was found"),
        "queries" => (model.queries.numbered(0).is_none(), "it needs queries of the application, and none was found"),
        "runtime" => (
            model.runtime.services().next().is_none() && model.runtime.gateways().next().is_none(),
            "it needs configuration of services or gateways, and none was found",
        ),
        "base" => (has_no_base, "it needs a base to compare with, and none is known"),
        _ => return None,
    };
    is_missing.then_some(why)
}
