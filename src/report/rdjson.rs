//! Reviewdog's diagnostic format (rdjson): what its reporters comment on pull requests, with suggestions and related places.

use super::{details, json, places};
use crate::diagnostic::{Finding, Place, Report, Severity};
use crate::source::{SourceId, Sources, Span};
use serde_json::{Value, json};

/// The document.
pub fn report(report: &Report, sources: &Sources) -> String {
    let diagnostics: Vec<Value> = report.findings.iter().map(|finding| diagnostic(finding, sources)).collect();
    let source = json!({ "name": env!("CARGO_PKG_NAME") });
    json::to_text(&json!({ "source": source, "diagnostics": diagnostics }))
}

fn diagnostic(finding: &Finding, sources: &Sources) -> Value {
    let span = finding.diagnostic.primary.span;
    let related =
        finding.labels().skip(1).map(|(_, label)| json!({ "message": label.text, "location": location(label.span, sources) }));
    // A suggestion changes the file that is commented on; what a fix does elsewhere cannot be offered.
    let edits = finding.diagnostic.fixes.iter().filter(|fix| fix.edits.iter().all(|edit| edit.span.source == span.source));
    let edits = edits.filter_map(|fix| match fix.edits.as_slice() {
        [edit] => Some(json!({ "range": range(edit.span, sources), "text": edit.text })),
        _ => None,
    });
    let mut value = json!({
        "message": details(finding, sources),
        "location": location(span, sources),
        "severity": match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        "code": { "value": finding.rule, "url": finding.url },
    });
    let (related, edits): (Vec<Value>, Vec<Value>) = (related.collect(), edits.collect());
    for (key, list) in [("related_locations", related), ("suggestions", edits)] {
        if !list.is_empty() {
            value[key] = Value::Array(list);
        }
    }
    value
}

fn location(span: Span, sources: &Sources) -> Value {
    json!({ "path": sources.path(span.source), "range": range(span, sources) })
}

fn range(span: Span, sources: &Sources) -> Value {
    let (start, end) = places(sources, span);
    json!({ "start": position(span.source, start, sources), "end": position(span.source, end, sources) })
}

/// Columns of this format count bytes of UTF-8, from 1.
fn position(source: SourceId, place: Place, sources: &Sources) -> Value {
    let start = sources.line_range(source, place.position.line).start;
    json!({ "line": place.position.line, "column": (place.offset as usize).saturating_sub(start) + 1 })
}
