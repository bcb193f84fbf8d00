//! GitLab's Code Quality report: an array of findings that a merge request shows on its lines.
//!
//! GitLab compares the fingerprints of two branches, so they are the ones that outlive moved lines, and each occurs once.

use super::{details, json, places};
use crate::diagnostic::{Finding, Report, Severity};
use crate::source::Sources;
use serde::Serialize;

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'r str,
    fingerprint: &'r str,
    severity: &'static str,
    content: Content,
    location: Location,
}

#[derive(Serialize)]
struct Content {
    body: String,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// The document. `prefix` leads from the top of the checkout to the root of the run; empty or ended by `/`.
pub fn report(report: &Report, sources: &Sources, prefix: &str) -> String {
    let issues: Vec<Issue> = report.findings.iter().map(|finding| issue(finding, sources, prefix)).collect();
    json::to_text(&issues)
}

fn issue<'r>(finding: &'r Finding, sources: &Sources, prefix: &str) -> Issue<'r> {
    let span = finding.diagnostic.primary.span;
    let (start, end) = places(sources, span);
    Issue {
        description: format!("{} ({})", finding.diagnostic.message, finding.rule),
        check_name: &finding.rule,
        fingerprint: &finding.fingerprint,
        severity: match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        content: Content { body: details(finding, sources) },
        location: Location {
            path: format!("{prefix}{}", sources.path(span.source)),
            lines: Lines { begin: start.position.line, end: end.position.line },
        },
    }
}
