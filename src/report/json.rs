//! JSON, version 1: the contract in `README.md`. Lines and columns from 1, byte offsets from 0.

use super::groups::{Group, groups};
use super::places;
use crate::diagnostic::{
    Applicability, Base, Confidence, Edit, Finding, Fix, Label, Occurrence, Place, Remedy, Report, Role, Severity, Unread,
};
use crate::source::{Sources, Span};
use serde::Serialize;

/// The version of the form. A field may be added without a new one; none is renamed or removed.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'r> {
    schema: u32,
    tool: Tool,
    base: Option<BaseObject<'r>>,
    summary: Summary,
    findings: Vec<FindingObject<'r>>,
    /// How much each service and owner has, worst first.
    groups: Vec<GroupObject<'r>>,
    unread: Vec<UnreadObject<'r>>,
}

#[derive(Serialize)]
struct GroupObject<'r> {
    service: Option<&'r str>,
    owners: &'r [String],
    errors: usize,
    warnings: usize,
    infos: usize,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct BaseObject<'r> {
    revision: &'r str,
    why: &'r str,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    infos: usize,
    hidden: usize,
    suppressed: usize,
    baselined: usize,
    /// How many the base has too, so that they are not here; null where all findings are reported.
    debt: Option<usize>,
    files: usize,
    unread: usize,
}

/// A place as JSON documents print it, whatever command prints them.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

/// A span as JSON documents print it.
#[derive(Debug, Clone, Serialize)]
pub struct Stretch<'r> {
    path: &'r str,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct FindingObject<'r> {
    rule: &'r str,
    severity: Severity,
    confidence: Confidence,
    message: &'r str,
    help: Option<&'r str>,
    url: &'r str,
    fingerprint: &'r str,
    subject: &'r str,
    remedy: Remedy,
    service: Option<&'r str>,
    owners: &'r [String],
    /// How it is allowed where it is right as it is; null for findings on what allows others.
    suppression: Option<SuppressionObject<'r>>,
    #[serde(flatten)]
    at: Stretch<'r>,
    labels: Vec<LabelObject<'r>>,
    occurrences: Vec<OccurrenceObject<'r>>,
    joins: &'r [String],
    because: &'r [String],
    fixes: Vec<FixObject<'r>>,
}

#[derive(Serialize)]
struct SuppressionObject<'r> {
    /// `comment`, on the line or the line above, or `configuration`.
    form: &'static str,
    text: &'r str,
}

#[derive(Serialize)]
struct LabelObject<'r> {
    #[serde(flatten)]
    at: Stretch<'r>,
    message: &'r str,
    role: Role,
}

#[derive(Serialize)]
struct OccurrenceObject<'r> {
    #[serde(flatten)]
    at: Stretch<'r>,
    subject: &'r str,
}

#[derive(Serialize)]
struct FixObject<'r> {
    title: &'r str,
    applicability: Applicability,
    edits: Vec<EditObject<'r>>,
}

#[derive(Serialize)]
struct EditObject<'r> {
    #[serde(flatten)]
    at: Stretch<'r>,
    text: &'r str,
}

#[derive(Serialize)]
struct UnreadObject<'r> {
    path: &'r str,
    reason: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Position>,
}

impl From<Place> for Position {
    fn from(place: Place) -> Position {
        Position { line: place.position.line, column: place.position.column, offset: place.offset }
    }
}

impl<'r> Stretch<'r> {
    /// Resolves a span.
    pub fn new(sources: &'r Sources, span: Span) -> Stretch<'r> {
        let (start, end) = places(sources, span);
        Stretch { path: sources.path(span.source), start: start.into(), end: end.into() }
    }
}

/// The whole report, ended by a line break.
pub fn report(report: &Report, sources: &Sources) -> String {
    to_text(&document(report, sources))
}

fn document<'r>(report: &'r Report, sources: &'r Sources) -> Document<'r> {
    Document {
        schema: SCHEMA,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        base: report.base.as_ref().and_then(base),
        summary: Summary {
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            infos: report.count(Severity::Info),
            hidden: report.hidden,
            suppressed: report.suppressed,
            baselined: report.baselined,
            debt: report.debt,
            files: report.files,
            unread: report.unread.len(),
        },
        findings: report.findings.iter().map(|one| finding(one, sources)).collect(),
        groups: groups(report).iter().map(group).collect(),
        unread: report.unread.iter().map(unread).collect(),
    }
}

/// Each finding, each file that was not read, and the summary, as objects with a `type`.
pub fn lines(report: &Report, sources: &Sources) -> Vec<serde_json::Value> {
    let typed = |name: &str, object: serde_json::Value| {
        let serde_json::Value::Object(fields) = object else { return object };
        let head = [("type".to_owned(), serde_json::Value::from(name))];
        serde_json::Value::Object(head.into_iter().chain(fields).collect())
    };
    let findings = report.findings.iter().map(|one| typed("finding", serde_json::json!(finding(one, sources))));
    let unread = report.unread.iter().map(|one| typed("unread", serde_json::json!(unread(one))));
    let end = document(report, sources);
    let summary = serde_json::json!({ "schema": SCHEMA, "tool": end.tool, "base": end.base, "summary": end.summary });
    findings.chain(unread).chain([typed("summary", summary)]).collect()
}

/// A document as text: indented, ended by a line break.
pub fn to_text(document: &impl Serialize) -> String {
    // Our documents have string keys and no failing fields, so there is no error to tell.
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}

/// The document on one line, for programs only.
pub(super) fn compact(document: &impl Serialize) -> String {
    serde_json::to_string(document).unwrap_or_default() + "\n"
}

/// A base that could not be had is null; the reason goes to the error stream.
fn base(base: &Base) -> Option<BaseObject<'_>> {
    Some(BaseObject { revision: base.revision.as_deref()?, why: &base.why })
}

fn finding<'r>(finding: &'r Finding, sources: &'r Sources) -> FindingObject<'r> {
    let diagnostic = &finding.diagnostic;
    let label =
        |(role, label): (Role, &'r Label)| LabelObject { at: Stretch::new(sources, label.span), message: &label.text, role };
    let occurrence = |one: &'r Occurrence| OccurrenceObject { at: Stretch::new(sources, one.span), subject: &one.subject };
    FindingObject {
        rule: &finding.rule,
        severity: finding.severity,
        confidence: finding.confidence,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        url: &finding.url,
        fingerprint: &finding.fingerprint,
        subject: &diagnostic.subject,
        remedy: finding.remedy,
        service: finding.service.as_deref(),
        owners: &finding.owners,
        suppression: finding
            .exception
            .as_ref()
            .map(|one| SuppressionObject { form: if one.is_comment { "comment" } else { "configuration" }, text: &one.text }),
        at: Stretch::new(sources, diagnostic.primary.span),
        labels: finding.labels().map(label).collect(),
        occurrences: diagnostic.occurrences.iter().map(occurrence).collect(),
        joins: &diagnostic.joins,
        because: &diagnostic.because,
        fixes: diagnostic.fixes.iter().map(|one| fix(one, sources)).collect(),
    }
}

fn group<'r>(group: &Group<'r>) -> GroupObject<'r> {
    GroupObject {
        service: group.service,
        owners: group.owners,
        errors: group.count(Severity::Error),
        warnings: group.count(Severity::Warning),
        infos: group.count(Severity::Info),
    }
}

fn fix<'r>(fix: &'r Fix, sources: &'r Sources) -> FixObject<'r> {
    let edit = |edit: &'r Edit| EditObject { at: Stretch::new(sources, edit.span), text: &edit.text };
    FixObject { title: &fix.title, applicability: fix.applicability, edits: fix.edits.iter().map(edit).collect() }
}

fn unread(unread: &Unread) -> UnreadObject<'_> {
    UnreadObject { path: &unread.path, reason: &unread.reason, start: unread.start.map(Position::from) }
}
