//! Markdown for a comment on a pull request: the verdict and the counts are always visible, details are folded.

use super::groups::{Group, groups};
use super::{count, origin, plain, summary};
use crate::diagnostic::{Finding, Report, Severity};
use crate::source::Sources;
use std::fmt::Write;

/// GitHub refuses comments of 65,536 characters and more; this leaves room for what a bot adds.
const LONGEST: usize = 60_000;

/// How many findings stand open; the others are folded with them.
const OPEN: usize = 5;

/// The comment.
pub fn report(report: &Report, sources: &Sources) -> String {
    let errors = report.count(Severity::Error);
    let verdict = match (report.findings.len(), errors) {
        (0, _) => "no problems".to_owned(),
        (all, 0) => count(all, "finding"),
        (_, errors) => count(errors, "error"),
    };
    let mut out = format!("### backend-lint: {verdict}\n\n");
    if !report.findings.is_empty() {
        let _ = writeln!(out, "{}.\n", summary::headline(report));
    }
    let groups = groups(report);
    let are_several = groups.len() > 1;
    if are_several {
        out.push_str(&table(&groups));
    }
    let tail =
        format!("<details><summary>About this run</summary>\n\n```text\n{}```\n\n</details>\n", fenced(&summary::lines(report)));
    let mut left_out = 0;
    let all =
        groups.iter().flat_map(|group| group.findings.iter().enumerate().map(move |(at, finding)| (at == 0, group, finding)));
    for (number, (is_first, group, finding)) in all.enumerate() {
        let heading = if is_first && are_several { format!("#### {}\n\n", name(group)) } else { String::new() };
        let text = heading + &section(finding, sources, number < OPEN);
        if left_out > 0 || out.chars().count() + text.chars().count() + tail.chars().count() + 100 > LONGEST {
            left_out += 1;
            continue;
        }
        out.push_str(&text);
    }
    if left_out > 0 {
        let _ = writeln!(out, "{} more: run `backend-lint` to see them.\n", left_out);
    }
    out + &tail
}

/// How many groups the table names.
const GROUPS: usize = 30;

/// Whose the findings are. Owners stand in code, so that a comment does not call on them.
fn table(groups: &[Group]) -> String {
    let mut out = String::from("| service and owners | errors | warnings | infos |\n|---|---|---|---|\n");
    for group in groups.iter().take(GROUPS) {
        let count = |severity| group.count(severity);
        let (errors, warnings, infos) = (count(Severity::Error), count(Severity::Warning), count(Severity::Info));
        let _ = writeln!(out, "| {} | {errors} | {warnings} | {infos} |", name(group).replace('|', "\\|"));
    }
    if groups.len() > GROUPS {
        let _ = writeln!(out, "| {} more | | | |", groups.len() - GROUPS);
    }
    out + "\n"
}

fn name(group: &Group) -> String {
    let code = |text: &str| format!("<code>{}</code>", escaped(&super::text::short(text, 80)));
    let service = group.service.map_or_else(|| "no service".to_owned(), code);
    let owners: Vec<String> = group.owners.iter().take(OPEN).map(|owner| code(owner)).collect();
    if owners.is_empty() { service } else { format!("{service} {}", owners.join(" ")) }
}

fn section(finding: &Finding, sources: &Sources, open: bool) -> String {
    let mark = match finding.severity {
        Severity::Error => "\u{274c}",
        Severity::Warning => "\u{26a0}\u{fe0f}",
        Severity::Info => "\u{2139}\u{fe0f}",
    };
    let place = origin(sources, finding.diagnostic.primary.span);
    let message = inline(&finding.diagnostic.message);
    let details = fenced(&plain::finding(finding, sources));
    let attribute = if open { " open" } else { "" };
    let allowed = finding.exception.as_ref().map_or(String::new(), |one| {
        let place = if one.is_comment { "on the line above" } else { "in `backend-lint.toml`" };
        format!("\n\nRight as it is? Say so {place}:\n```text\n{}```", fenced(&one.text))
    });
    format!(
        "<details{attribute}><summary>{mark} {message} <code>{}</code></summary>\n\n```text\n{details}```\n\n[{}]({}){allowed}\n\n</details>\n\n",
        escaped(&place),
        finding.rule,
        finding.url
    )
}

/// A message inside of HTML: backticks become code, nothing in it is markup.
fn inline(message: &str) -> String {
    let mut out = String::new();
    for (number, part) in super::printable(message).split('`').enumerate() {
        match number % 2 {
            0 => out.push_str(&escaped(part)),
            _ => {
                let _ = write!(out, "<code>{}</code>", escaped(part));
            }
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Lines inside of a fence: nothing in them ends the fence, and the last one is ended.
fn fenced(text: &str) -> String {
    super::text::printable_lines(text).trim_end().replace("```", "` ` `") + "\n"
}
