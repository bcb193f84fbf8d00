//! Markdown for a comment on a pull request: the verdict and the counts are always visible, details are folded.

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
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let tail =
        format!("<details><summary>About this run</summary>\n\n```text\n{}```\n\n</details>\n", fenced(&summary::lines(report)));
    let mut left_out = 0;
    for (number, finding) in findings.iter().enumerate() {
        let text = section(finding, sources, number < OPEN);
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
    format!(
        "<details{attribute}><summary>{mark} {message} <code>{}</code></summary>\n\n```text\n{details}```\n\n[{}]({})\n\n</details>\n\n",
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
