//! Diagnostics to findings: severity and confidence in effect, order, fingerprints.

use super::fingerprint::fingerprint;
use crate::diagnostic::{Diagnostic, Finding};
use crate::rules;
use crate::source::{Sources, Span};
use std::collections::{HashMap, HashSet};

/// Where the pages of the rules can be read: the source of the published crate.
const PAGES: &str = "https://docs.rs/crate/backend-lint/latest/source/rules/";

/// A finding as the page and the diagnostic's own caps say; the fingerprint comes with [`number`].
/// `None` for a rule that is not registered.
pub(super) fn finding(rule: &str, mut diagnostic: Diagnostic) -> Option<Finding> {
    let info = rules::info(rule)?;
    // A file that several others bring in gives the same place to each of them.
    let own = (diagnostic.primary.span, diagnostic.subject.clone());
    let mut seen = HashSet::from([own]);
    diagnostic.occurrences.retain(|one| seen.insert((one.span, one.subject.clone())));
    Some(Finding {
        rule: info.id.clone(),
        severity: diagnostic.severity_cap.map_or(info.severity, |cap| cap.min(info.severity)),
        confidence: diagnostic.confidence_cap.map_or(info.confidence, |cap| cap.min(info.confidence)),
        remedy: info.remedy,
        url: format!("{PAGES}{}.md", info.id),
        fingerprint: String::new(),
        service: None,
        owners: Vec::new(),
        exception: None,
        diagnostic,
    })
}

/// What a place is ordered by; ids of sources say nothing, paths do.
fn place(sources: &Sources, span: Span) -> (&str, u32, u32) {
    (sources.path(span.source), span.start, span.end)
}

/// Orders by path, start, end, rule, message, labels. Takes exact repeats out.
pub(super) fn sort(findings: &mut Vec<Finding>, sources: &Sources) {
    type Key<'a> = (&'a str, u32, u32);
    fn labels<'a>(finding: &'a Finding, sources: &'a Sources) -> Vec<(Key<'a>, &'a str)> {
        let spans = finding.labels().map(|(_, label)| (place(sources, label.span), label.text.as_str()));
        let further = finding.diagnostic.occurrences.iter().map(|one| (place(sources, one.span), one.subject.as_str()));
        spans.chain(further).collect()
    }
    findings.sort_by(|a, b| {
        place(sources, a.diagnostic.primary.span)
            .cmp(&place(sources, b.diagnostic.primary.span))
            .then_with(|| a.rule.cmp(&b.rule))
            .then_with(|| a.diagnostic.message.cmp(&b.diagnostic.message))
            .then_with(|| labels(a, sources).cmp(&labels(b, sources)))
            .then_with(|| a.diagnostic.subject.cmp(&b.diagnostic.subject))
    });
    findings.dedup();
}

/// Gives every finding its fingerprint; `findings` must be in order, because twins are numbered by it.
pub(super) fn number(findings: &mut [Finding]) {
    let mut twins: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let Diagnostic { subject, evidence, .. } = &finding.diagnostic;
        let first = fingerprint(&finding.rule, subject, evidence, 0);
        let seen = twins.entry(first.clone()).or_insert(0);
        finding.fingerprint = match *seen {
            0 => first,
            twin => fingerprint(&finding.rule, subject, evidence, twin),
        };
        *seen += 1;
    }
}
