//! SARIF 2.1.0 for code scanning: one run, a location for every result, our own fingerprint.
//!
//! One result without a location makes GitHub refuse the whole file, more than 5,000 are not shown, and a missing `results`
//! array is refused too, as is what comes to more than 10 MB when it is compressed; `primaryLocationLineHash` is left to the
//! uploader, which computes it from the sources.

mod log;

use super::{RulePage, count, joins_files, json, places, printable};
use crate::diagnostic::{Edit, Finding, Label, Report, Role, Severity, Unread};
use crate::source::{Sources, Span};
use log::*;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many results are written.
const RESULTS: usize = 5_000;
/// How many related locations a result has at most; GitHub shows no more.
const RELATED: usize = 100;
/// How many unread files are named.
const UNREAD: usize = 1_000;
/// How many bytes the results take at most, so that a log can be held and read.
const WRITTEN: usize = 50_000_000;
/// How many bytes a log takes at most when it is compressed: 10 MB are taken, and not every compressor does as well.
const COMPRESSED: usize = 9_500_000;
/// The name of our fingerprint.
const FINGERPRINT: &str = "backendLint/v1";

/// The log. `rules` describe the rules that may occur; only those that do are written. `prefix` leads from the root of the
/// sources (the checkout) to the root of the run; empty or ended by `/`.
pub fn report(report: &Report, sources: &Sources, rules: &[RulePage], prefix: &str) -> String {
    let writer = Writer { sources, prefix };
    // Each with its place in the report, to which the order goes back when it is known which of them fit.
    let mut ranked: Vec<(usize, &Finding)> = report.findings.iter().enumerate().collect();
    ranked.sort_by_key(|(_, finding)| Reverse(finding.severity));
    ranked.truncate(RESULTS);
    let mut written = 0;
    let fit = |(_, finding): &&(usize, &Finding)| {
        written += json::compact(&writer.result(finding, 0)).len();
        written <= WRITTEN
    };
    let fitting = ranked.iter().take_while(fit).count();
    ranked.truncate(fitting);
    loop {
        let text = log(report, &in_order(&ranked), &writer, rules);
        let compressed = compressed(&text);
        if compressed <= COMPRESSED || ranked.is_empty() {
            return text;
        }
        // Results differ in size, so a share of the number is a guess: a little less, until it fits.
        ranked.truncate(ranked.len() * (COMPRESSED / 100) / (compressed / 100 + 1) * 19 / 20);
    }
}

/// How many bytes a text takes when it is compressed, as uploads are.
fn compressed(text: &str) -> usize {
    if text.len() <= COMPRESSED {
        return text.len();
    }
    let mut out = vec![0; zlib_rs::compress_bound(text.len())];
    zlib_rs::compress_slice(&mut out, text.as_bytes(), zlib_rs::DeflateConfig::new(6)).0.len()
}

fn in_order<'f>(ranked: &[(usize, &'f Finding)]) -> Vec<&'f Finding> {
    let mut ranked = ranked.to_vec();
    ranked.sort_by_key(|(at, _)| *at);
    ranked.into_iter().map(|(_, finding)| finding).collect()
}

fn log(report: &Report, kept: &[&Finding], writer: &Writer, rules: &[RulePage]) -> String {
    let mut used: Vec<&str> = kept.iter().map(|finding| finding.rule.as_str()).collect();
    used.sort_unstable();
    used.dedup();
    let url = |id: &str| kept.iter().find(|finding| finding.rule == id).map(|finding| finding.url.as_str());
    let described = used.iter().map(|id| rule(id, rules.iter().find(|page| page.info.id == *id), url(id).unwrap_or_default()));
    let index = |id: &str| used.binary_search(&id).unwrap_or_default();
    let mut notifications: Vec<Notification> = report.unread.iter().take(UNREAD).map(|one| writer.unread(one)).collect();
    if let Some(more @ 1..) = report.unread.len().checked_sub(UNREAD) {
        let text = format!("not read: {}, listed by `backend-lint files`", count(more, "more file"));
        notifications.push(Notification { level: "warning", message: Message { text }, locations: Vec::new() });
    }
    let dropped = report.findings.len() - kept.len();
    if dropped > 0 {
        let text = format!(
            "{} left out: a log holds at most {RESULTS} and 10 MB compressed, the most severe ones",
            count(dropped, "result")
        );
        notifications.push(Notification { level: "warning", message: Message { text }, locations: Vec::new() });
    }
    let driver = Driver {
        name: env!("CARGO_PKG_NAME"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: described.collect(),
    };
    let root = UriBase { description: Message { text: "The root of the checkout.".into() } };
    json::compact(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            column_kind: "unicodeCodePoints",
            original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
            invocations: [Invocation { execution_successful: true, tool_execution_notifications: notifications }],
            results: kept.iter().map(|finding| writer.result(finding, index(&finding.rule))).collect(),
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule<'r>(id: &'r str, page: Option<&RulePage<'r>>, url: &'r str) -> Rule<'r> {
    let group = id.split('/').next().unwrap_or(id);
    let summary = page.map_or(id, |page| &page.info.summary);
    Rule {
        id,
        name: id,
        short_description: Message { text: summary.to_owned() },
        full_description: Message { text: summary.to_owned() },
        help: page.map(|page| Help { text: page.markdown.trim(), markdown: page.markdown.trim() }),
        help_uri: (!url.is_empty()).then_some(url),
        default_configuration: page.map(|page| Configuration { level: level(page.info.severity) }),
        properties: page.map(|page| RuleProperties {
            tags: vec!["backend", group],
            precision: page.info.confidence,
            severity: match page.info.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        }),
    }
}

/// The text of a link: brackets are escaped.
fn link_text(text: &str) -> String {
    printable(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// Text outside links. Brackets are escaped only where they would make a link: help must stay fit to be copied.
fn plain_text(text: &str) -> String {
    if text.contains("](") { link_text(text) } else { printable(text).into_owned() }
}

struct Writer<'r> {
    sources: &'r Sources,
    prefix: &'r str,
}

impl<'r> Writer<'r> {
    fn result(&self, finding: &'r Finding, rule_index: usize) -> SarifResult<'r> {
        let diagnostic = &finding.diagnostic;
        let others = finding.labels().skip(1).map(|(_, label)| (label.span, label.text.as_str()));
        let occurrences = diagnostic.occurrences.iter().map(|one| (one.span, one.subject.as_str()));
        let related: Vec<(Span, &str)> = others.chain(occurrences).take(RELATED).collect();
        let primary = &diagnostic.primary;
        SarifResult {
            rule_id: &finding.rule,
            rule_index,
            level: level(finding.severity),
            message: Message { text: self.message(finding, &related) },
            locations: [self.location(primary.span, &primary.text, None)],
            related_locations: related.iter().zip(1..).map(|((span, text), id)| self.location(*span, text, Some(id))).collect(),
            code_flows: self.chain(finding).into_iter().collect(),
            partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.fingerprint.as_str())]),
            fixes: diagnostic.fixes.iter().map(|fix| self.fix(&fix.title, &fix.edits)).collect(),
            properties: ResultProperties { confidence: finding.confidence, remedy: finding.remedy, subject: &diagnostic.subject },
        }
    }

    /// A finding that joins files as a chain of steps: the place to edit, then each cause.
    fn chain(&self, finding: &Finding) -> Option<CodeFlow> {
        let causes = finding.labels().filter(|(role, _)| *role != Role::Context).take(RELATED);
        let step = |label: &Label| Step { location: self.location(label.span, &label.text, None) };
        let locations: Vec<Step> = causes.map(|(_, label)| step(label)).collect();
        joins_files(finding).then_some(CodeFlow { thread_flows: [ThreadFlow { locations }] })
    }

    /// The headline, then a link for each related location (GitHub shows those that the text refers to), then why and how.
    fn message(&self, finding: &Finding, related: &[(Span, &str)]) -> String {
        let diagnostic = &finding.diagnostic;
        let mut lines = vec![plain_text(&diagnostic.message)];
        for ((span, text), id) in related.iter().zip(1..) {
            let origin = link_text(&super::origin(self.sources, *span));
            let colon = if text.is_empty() { "" } else { ": " };
            lines.push(format!("[{origin}]({id}){colon}{}", plain_text(text)));
        }
        let total = diagnostic.causes.len() + diagnostic.contexts.len() + diagnostic.occurrences.len();
        if total > related.len() {
            lines.push(format!("and {}", count(total - related.len(), "more place")));
        }
        lines.extend(diagnostic.joins.iter().map(|why| format!("joins: {}", plain_text(why))));
        lines.extend(diagnostic.because.iter().map(|why| format!("because: {}", plain_text(why))));
        lines.extend(diagnostic.help.iter().map(|help| {
            let escaped: Vec<String> = help.trim_end().lines().map(plain_text).collect();
            format!("help: {}", escaped.join("\n"))
        }));
        lines.join("\n")
    }

    fn location(&self, span: Span, text: &str, id: Option<usize>) -> Location {
        let message = (!text.is_empty()).then(|| Message { text: plain_text(text) });
        let physical_location = PhysicalLocation {
            artifact_location: self.artifact(self.sources.path(span.source)),
            region: Some(self.region(span)),
        };
        Location { id, physical_location, message }
    }

    fn region(&self, span: Span) -> Region {
        let (start, end) = places(self.sources, span);
        let (start, end) = (start.position, end.position);
        Region { start_line: start.line, start_column: start.column, end_line: Some(end.line), end_column: Some(end.column) }
    }

    fn artifact(&self, path: &str) -> ArtifactLocation {
        ArtifactLocation { uri: uri(&format!("{}{path}", self.prefix)), uri_base_id: ROOT }
    }

    fn fix(&self, title: &'r str, edits: &'r [Edit]) -> Fix {
        let mut files: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
        for edit in edits {
            files.entry(self.sources.path(edit.span.source)).or_default().push(edit);
        }
        let replacement = |edit: &&Edit| Replacement {
            deleted_region: self.region(edit.span),
            inserted_content: Message { text: edit.text.clone() },
        };
        let change = |(path, edits): (&str, Vec<&Edit>)| ArtifactChange {
            artifact_location: self.artifact(path),
            replacements: edits.iter().map(replacement).collect(),
        };
        Fix { description: Message { text: plain_text(title) }, artifact_changes: files.into_iter().map(change).collect() }
    }

    fn unread(&self, unread: &Unread) -> Notification {
        let region = unread.start.map(|place| Region {
            start_line: place.position.line,
            start_column: place.position.column,
            end_line: None,
            end_column: None,
        });
        let physical_location = PhysicalLocation { artifact_location: self.artifact(&unread.path), region };
        Notification {
            level: "warning",
            message: Message { text: format!("not read: {}", plain_text(&unread.reason)) },
            locations: vec![Location { id: None, physical_location, message: None }],
        }
    }
}

/// A path as a relative reference: everything but unreserved characters and `/` is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_percent_encoded() {
        assert_eq!(uri("db/größe 1%:a?.sql"), "db/gr%C3%B6%C3%9Fe%201%25%3Aa%3F.sql");
    }

    #[test]
    fn brackets_are_no_links() {
        assert_eq!(plain_text("enum: [a, b] \\ x"), "enum: [a, b] \\ x");
        assert_eq!(plain_text("[a](1)"), "\\[a\\](1)");
        assert_eq!(link_text("db[1]\\x.sql"), "db\\[1\\]\\\\x.sql");
    }
}
