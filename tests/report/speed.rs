//! What a report may cost. Judged in release builds only; elsewhere the cases just run.

use crate::build::{finding, report};
use backend_lint::diagnostic::{Diagnostic, Report, Severity};
use backend_lint::report::pretty::{self, Style};
use backend_lint::report::{json, sarif};
use backend_lint::source::{Sources, Span};
use std::time::{Duration, Instant};

/// A thousand findings, evenly over a text.
fn thousand(text: &str) -> (Sources, Report) {
    let mut sources = Sources::default();
    let id = sources.add("api/openapi.yaml", text);
    let step = text.len() / 1_000;
    let place = |at: usize| Span::new(id, at * step, at * step + 5);
    let one = |at: usize| {
        let diagnostic = Diagnostic::new("GET /orders", "`GET /orders` is wrong").at(place(at), "here");
        finding("group/problem", Severity::Error, diagnostic.cause(place((at + 500) % 1_000), "there").help("limit: 10"))
    };
    (sources, report((0..1_000).map(one).collect()))
}

fn held(name: &str, most: Duration, work: impl FnOnce() -> String) {
    let start = Instant::now();
    let written = work().len();
    let taken = start.elapsed();
    println!("{name}: {written} bytes in {taken:?}");
    assert!(cfg!(debug_assertions) || taken < most, "{name}: {taken:?}, at most {most:?}");
}

#[test]
fn a_thousand_findings_in_two_megabytes() {
    let text = "        description: a line of an ordinary length, as they come\n".repeat(33_000);
    let (sources, report) = thousand(&text);
    held("pretty", Duration::from_millis(100), || pretty::report(&report, &sources, Style::default()));
    held("json", Duration::from_millis(100), || json::report(&report, &sources));
    held("sarif", Duration::from_millis(100), || sarif::report(&report, &sources, &[], ""));
}

#[test]
fn a_thousand_findings_in_one_line_of_seven_megabytes() {
    let text = "{\"description\":\"größe\",\"type\":\"string\"},".repeat(7_000_000 / 42);
    let (sources, report) = thousand(&text);
    held("pretty", Duration::from_millis(100), || pretty::report(&report, &sources, Style::default()));
    held("json", Duration::from_millis(100), || json::report(&report, &sources));
}
