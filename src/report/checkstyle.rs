//! Checkstyle XML: what most review bots and editors of other languages read.

use super::xml::escaped;
use super::{details, places};
use crate::diagnostic::{Finding, Report, Severity};
use crate::source::Sources;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The document, files in order of path.
pub fn report(report: &Report, sources: &Sources) -> String {
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        files.entry(sources.path(finding.diagnostic.primary.span.source)).or_default().push(finding);
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n");
    for (path, findings) in files {
        let _ = writeln!(out, "  <file name=\"{}\">", escaped(path));
        for finding in findings {
            let start = places(sources, finding.diagnostic.primary.span).0.position;
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "info",
            };
            let message = escaped(&details(finding, sources));
            let (line, column, rule) = (start.line, start.column, escaped(&finding.rule));
            let _ = writeln!(
                out,
                "    <error line=\"{line}\" column=\"{column}\" severity=\"{severity}\" message=\"{message}\" source=\"backend-lint/{rule}\"/>"
            );
        }
        out.push_str("  </file>\n");
    }
    out + "</checkstyle>\n"
}
