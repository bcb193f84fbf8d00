//! The lines at the end of a report for people: how much was found, what was not shown, and how to see it.

use super::{count, printable};
use crate::diagnostic::{Report, Severity};
use std::fmt::Write;

/// The first line: `2 errors, 1 warning in 14 files`.
pub(super) fn headline(report: &Report) -> String {
    let kinds = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")];
    let counted = kinds.iter().map(|(severity, noun)| (report.count(*severity), noun)).filter(|(number, _)| *number > 0);
    let counted: Vec<String> = counted.map(|(number, noun)| count(number, noun)).collect();
    let found = if counted.is_empty() { "no problems".to_owned() } else { counted.join(", ") };
    format!("{found} in {}", count(report.files, "file"))
}

/// Which flags show what the filters hid.
fn flags(report: &Report) -> &'static str {
    match (report.hidden - report.hidden_by_confidence.min(report.hidden), report.hidden_by_confidence) {
        (_, 0) => "--min-severity info",
        (0, _) => "--min-confidence low",
        _ => "--min-severity info --min-confidence low",
    }
}

/// Everything but zeros, a line each.
pub fn lines(report: &Report) -> String {
    let mut out = headline(report) + "\n";
    let mut line = |name: &str, text: String| {
        let _ = writeln!(out, "  {name}: {text}");
    };
    if report.hidden > 0 {
        line("hidden", format!("{}, shown by `{}`", report.hidden, flags(report)));
    }
    if let Some(old @ 1..) = report.debt {
        line("before", format!("{} that the base has too, shown by a run without `--since`", count(old, "finding")));
    }
    if report.suppressed > 0 {
        line("suppressed", report.suppressed.to_string());
    }
    if report.baselined > 0 {
        line("baselined", report.baselined.to_string());
    }
    if !report.stale.is_empty() {
        let stale = count(report.stale.len(), "line");
        line("stale", format!("{stale} of the baseline, found no more, taken out by `backend-lint baseline prune`"));
    }
    if !report.unread.is_empty() {
        line("unread", format!("{}, listed with the reasons by `backend-lint files`", report.unread.len()));
    }
    if let Some(more @ 1..) = report.with_all_migrations {
        line(
            "migrations",
            format!("{} in migrations that are not pending, shown by `--migrations all`", count(more, "more finding")),
        );
    }
    if let Some(first) = report.findings.first() {
        line("reasons", format!("`backend-lint explain {}`", first.rule));
    }
    // Where all migrations were judged and all findings are told, nothing was decided by the base.
    let decides = report.with_all_migrations.is_some() || report.debt.is_some();
    if let Some(base) = report.base.as_ref().filter(|_| decides) {
        let short = |revision: &'_ str| -> usize {
            if revision.bytes().all(|byte| byte.is_ascii_hexdigit()) { 12 } else { revision.len() }
        };
        let revision = base.revision.as_deref().map_or("none", |revision| revision.get(..short(revision)).unwrap_or(revision));
        line("base", format!("{}, {}", printable(revision), printable(&base.why)));
    }
    out
}
