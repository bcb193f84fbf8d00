//! How often each rule spoke.

use crate::diagnostic::{Report, Severity};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A line for each rule that found something, the most frequent first: count, highest severity, id.
pub fn table(report: &Report) -> String {
    let mut rules: BTreeMap<&str, (usize, Severity)> = BTreeMap::new();
    for finding in &report.findings {
        let entry = rules.entry(&finding.rule).or_insert((0, finding.severity));
        *entry = (entry.0 + 1, entry.1.max(finding.severity));
    }
    let mut rows: Vec<_> = rules.into_iter().collect();
    rows.sort_by_key(|(_, (number, _))| Reverse(*number));
    let mut out = String::new();
    for (rule, (number, severity)) in rows {
        let _ = writeln!(out, "{number:>6}  {:<7}  {rule}", severity.name());
    }
    out
}
