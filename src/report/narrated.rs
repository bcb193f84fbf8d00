//! For screen readers: sentences instead of drawings, through miette's narrating renderer.

use super::library::LibraryReport;
use super::{origin, printable, summary};
use crate::diagnostic::Report;
use crate::source::Sources;
use miette::NarratableReportHandler;
use std::fmt::Write;

/// Each finding as a few sentences, then the summary.
pub fn report(report: &Report, sources: &Sources) -> String {
    let handler = NarratableReportHandler::new();
    let mut out = String::new();
    for finding in &report.findings {
        let narrated = LibraryReport::new(finding, sources);
        // Writing to a string does not fail.
        let _ = handler.render_report(&mut out, &narrated);
        let diagnostic = &finding.diagnostic;
        for one in &diagnostic.occurrences {
            let _ = writeln!(out, "also at {}: {}", origin(sources, one.span), printable(&one.subject));
        }
        for (word, lines) in [("joined", &diagnostic.joins), ("because", &diagnostic.because)] {
            for line in lines {
                let _ = writeln!(out, "{word}: {}", printable(line));
            }
        }
        out.push('\n');
    }
    out + &summary::lines(report)
}
