//! JUnit XML: a test case for each finding, so that pipelines which know nothing but tests show them.
//!
//! Errors and warnings are failures; what is for information only passes and stands in the output of its case. A run without
//! findings is one case that passes, because an empty suite is taken for a suite that did not run.

use super::xml::escaped;
use super::{details, places};
use crate::diagnostic::{Finding, Report, Severity};
use crate::source::Sources;
use std::fmt::Write;

/// The document.
pub fn report(report: &Report, sources: &Sources) -> String {
    let fails = |finding: &&Finding| finding.severity > Severity::Info;
    let failures = report.findings.iter().filter(fails).count();
    let tests = report.findings.len().max(1);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    let _ =
        writeln!(out, "<testsuites name=\"backend-lint\" {counts}>\n  <testsuite name=\"backend-lint\" {counts} skipped=\"0\">");
    if report.findings.is_empty() {
        out.push_str("    <testcase classname=\"backend-lint\" name=\"no findings\"/>\n");
    }
    for finding in &report.findings {
        out.push_str(&case(finding, sources));
    }
    out + "  </testsuite>\n</testsuites>\n"
}

fn case(finding: &Finding, sources: &Sources) -> String {
    let span = finding.diagnostic.primary.span;
    let (path, line) = (sources.path(span.source), places(sources, span).0.position.line);
    // Some consumers tell cases apart by name alone: the subject and the place make it one of its kind.
    let name = format!("{} {} ({path}:{line})", finding.rule, finding.diagnostic.subject);
    let text = escaped(&details(finding, sources));
    let body = match finding.severity {
        Severity::Info => format!("<system-out>{text}</system-out>"),
        severity => {
            let message = escaped(&finding.diagnostic.message);
            format!("<failure message=\"{message}\" type=\"{}\">{text}</failure>", severity.name())
        }
    };
    format!(
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{line}\">{body}</testcase>\n",
        escaped(&finding.rule),
        escaped(&name),
        escaped(path),
    )
}
