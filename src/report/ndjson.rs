//! One JSON object a line: each finding as in the JSON document, what was not read, and the summary last, so that programs can
//! read while lines arrive.

use super::json;
use crate::diagnostic::Report;
use crate::source::Sources;

/// The lines. Each object has a `type`: `finding`, `unread` or `summary`.
pub fn report(report: &Report, sources: &Sources) -> String {
    let mut out = String::new();
    for line in json::lines(report, sources) {
        out.push_str(&line.to_string());
        out.push('\n');
    }
    out
}
