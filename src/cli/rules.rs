//! `rules`: lists the rules.

use super::arguments::{ListFormat, RulesArguments};
use super::{End, Trouble, terminal};
use crate::diagnostic::{Confidence, Remedy, RuleInfo, Severity};
use crate::report::json::to_text;
use crate::rules;
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
struct List<'r> {
    schema: u32,
    rules: Vec<Rule<'r>>,
}

#[derive(Serialize)]
struct Rule<'r> {
    id: &'r str,
    group: &'r str,
    summary: &'r str,
    severity: Severity,
    confidence: Confidence,
    remedy: Remedy,
    needs: &'r [String],
    equivalents: &'r [String],
    references: &'r [String],
    since: &'r str,
    opt_in: bool,
    fixable: bool,
}

pub(super) fn run(arguments: &RulesArguments) -> Result<End, Trouble> {
    let text = match arguments.format {
        ListFormat::Text => table(rules::infos()),
        ListFormat::Json => to_text(&List { schema: 1, rules: rules::infos().iter().map(rule).collect() }),
    };
    terminal::write(&text, false)?;
    Ok(End::Clean)
}

fn rule(info: &RuleInfo) -> Rule<'_> {
    Rule {
        id: &info.id,
        group: info.id.split('/').next().unwrap_or(&info.id),
        summary: &info.summary,
        severity: info.severity,
        confidence: info.confidence,
        remedy: info.remedy,
        needs: &info.needs,
        equivalents: &info.equivalents,
        references: &info.references,
        since: &info.since,
        opt_in: info.opt_in,
        fixable: info.fixable,
    }
}

fn table(infos: &[RuleInfo]) -> String {
    let width = infos.iter().map(|info| info.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for info in infos {
        let off = if info.opt_in { " (off by default)" } else { "" };
        let _ = writeln!(out, "{:<width$}  {:<7}  {}{off}", info.id, info.severity.name(), info.summary);
    }
    out
}
