//! GitHub workflow commands: annotations on the lines of a pull request.
//!
//! GitHub shows ten errors, ten warnings and ten notices a step and drops the rest without a word, so the most telling come first
//! and the last line, itself a notice, says how many were left out.

use super::{joins_files, places, printable};
use crate::diagnostic::{Finding, Report, Severity};
use crate::source::Sources;
use std::cmp::Reverse;
use std::fmt::Write;

/// How many annotations of one level GitHub shows for one step.
const SHOWN: usize = 10;

/// The commands, a line each. `prefix` leads from the folder that GitHub calls the workspace to the root of the run; empty or
/// ended by `/`.
pub fn report(report: &Report, sources: &Sources, prefix: &str) -> String {
    let mut out = String::new();
    let mut left_out = 0;
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let mut findings: Vec<&Finding> = report.findings.iter().filter(|one| one.severity == severity).collect();
        findings.sort_by_key(|one| Reverse(joins_files(one)));
        // The line that counts what was left out takes the place of a notice.
        let counted = severity == Severity::Info && left_out + findings.len().saturating_sub(SHOWN) > 0;
        let shown = SHOWN - usize::from(counted);
        for one in findings.iter().take(shown) {
            let _ = writeln!(out, "{}", command(one, sources, prefix));
        }
        left_out += findings.len().saturating_sub(shown);
    }
    if left_out > 0 {
        let _ = writeln!(out, "::notice title=backend-lint::{left_out} more: run backend-lint to see them");
    }
    out
}

fn command(finding: &Finding, sources: &Sources, prefix: &str) -> String {
    let diagnostic = &finding.diagnostic;
    let span = diagnostic.primary.span;
    let (start, end) = places(sources, span);
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut text = printable(&diagnostic.message).into_owned();
    for (_, label) in finding.labels() {
        let (place, _) = places(sources, label.span);
        let colon = if label.text.is_empty() { "" } else { ": " };
        let path = sources.path(label.span.source);
        let _ = write!(text, "\n{prefix}{path}:{}{colon}{}", place.position.line, printable(&label.text));
    }
    for why in &diagnostic.joins {
        let _ = write!(text, "\njoins: {}", printable(why));
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "\nhelp: {}", super::text::printable_lines(help.trim_end()));
    }
    let path = format!("{prefix}{}", sources.path(span.source));
    let (start, end) = (start.position, end.position);
    // GitHub ignores columns of a range over several lines.
    let columns = if start.line == end.line && start.column < end.column {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        format!(",col={}", start.column)
    };
    format!(
        "::{level} file={},line={},endLine={}{columns},title={}::{}",
        property(&path),
        start.line,
        end.line,
        property(&finding.rule),
        data(&text)
    )
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
