//! The form in which rule pages state what a rule reports: headline, labels with places, help. No source lines, so that
//! the renderer can change without the pages.

use crate::diagnostic::{Finding, Role};
use crate::source::{Sources, Span};
use std::fmt::Write;

/// How many occurrences are written out.
const OCCURRENCES: usize = 5;

fn place(sources: &Sources, span: Span) -> String {
    let start = sources.line_column(span.source, span.start);
    format!("{}:{}:{}", sources.path(span.source), start.line, start.column)
}

/// One finding.
pub fn finding(finding: &Finding, sources: &Sources) -> String {
    let diagnostic = &finding.diagnostic;
    let mut out = format!("{}[{}]: {}\n", finding.severity.name(), finding.rule, diagnostic.message);
    for (role, label) in finding.labels() {
        let arrow = if role == Role::Primary { "-->" } else { ":::" };
        let colon = if label.text.is_empty() { "" } else { ": " };
        let _ = writeln!(out, "  {arrow} {}{colon}{}", place(sources, label.span), label.text);
    }
    for one in diagnostic.occurrences.iter().take(OCCURRENCES) {
        let _ = writeln!(out, "  also {}: {}", place(sources, one.span), one.subject);
    }
    if diagnostic.occurrences.len() > OCCURRENCES {
        let _ = writeln!(out, "  also in {} more places", diagnostic.occurrences.len() - OCCURRENCES);
    }
    for why in &diagnostic.joins {
        let _ = writeln!(out, "  joins: {why}");
    }
    for why in &diagnostic.because {
        let _ = writeln!(out, "  because: {why}");
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "  help: {}", help.trim_end().replace('\n', "\n        "));
    }
    out
}

/// All findings, in order.
pub fn findings(all: &[Finding], sources: &Sources) -> String {
    all.iter().map(|one| finding(one, sources)).collect()
}
