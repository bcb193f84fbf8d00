//! One line a finding, in the form that editors and terminals make clickable.

use super::{origin, printable};
use crate::diagnostic::Report;
use crate::source::Sources;
use std::fmt::Write;

/// `path:line:column: severity[rule] message`, a line each.
pub fn report(report: &Report, sources: &Sources) -> String {
    let mut out = String::new();
    for one in &report.findings {
        let place = origin(sources, one.diagnostic.primary.span);
        let _ = writeln!(out, "{place}: {}[{}] {}", one.severity.name(), one.rule, printable(&one.diagnostic.message));
    }
    out
}
