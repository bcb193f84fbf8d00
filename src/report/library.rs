//! Findings for programs that use this crate as a library and print with `miette`.
//!
//! A `miette` report is bound to one source, so the labels of each further file of a finding become a related report.

use super::printable;
use super::text::without_passwords;
use crate::diagnostic::{Finding, Label, Role, Severity};
use crate::source::{SourceId, Sources};
use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A finding as a `miette` report; it owns what it prints.
#[derive(Debug)]
pub struct LibraryReport {
    message: String,
    rule: String,
    url: Option<String>,
    help: Option<String>,
    severity: miette::Severity,
    source: NamedSource<Arc<str>>,
    labels: Vec<LabeledSpan>,
    related: Vec<LibraryReport>,
}

impl LibraryReport {
    /// The report of a finding.
    pub fn new(finding: &Finding, sources: &Sources) -> LibraryReport {
        let mut files: Vec<SourceId> = Vec::new();
        for (_, label) in finding.labels() {
            if !files.contains(&label.span.source) {
                files.push(label.span.source);
            }
        }
        let mut reports = files.into_iter().map(|file| LibraryReport::of_file(finding, sources, file));
        // The primary label's file comes first: every finding has one.
        let mut first =
            reports.next().unwrap_or_else(|| LibraryReport::of_file(finding, sources, finding.diagnostic.primary.span.source));
        first.related = reports.collect();
        first
    }

    fn of_file(finding: &Finding, sources: &Sources, file: SourceId) -> LibraryReport {
        let own = file == finding.diagnostic.primary.span.source;
        let here = finding.labels().filter(|(_, label)| label.span.source == file);
        let labels = here.map(|(role, label)| labeled(role, label)).collect();
        let message = if own { finding.diagnostic.message.clone() } else { format!("see also {}", sources.path(file)) };
        LibraryReport {
            message: printable(&message).into_owned(),
            rule: finding.rule.clone(),
            url: Some(finding.url.clone()).filter(|url| own && !url.is_empty()),
            help: finding.diagnostic.help.clone().filter(|_| own),
            severity: match finding.severity {
                _ if !own => miette::Severity::Advice,
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Info => miette::Severity::Advice,
            },
            source: NamedSource::new(sources.path(file), shown(sources, file)),
            labels,
            related: Vec::new(),
        }
    }
}

/// The text of a file as it may be shown: passwords in addresses are masked, byte for byte.
fn shown(sources: &Sources, file: SourceId) -> Arc<str> {
    match without_passwords(sources.get(file).text()) {
        Cow::Borrowed(_) => sources.get(file).text().clone(),
        Cow::Owned(masked) => masked.into(),
    }
}

fn labeled(role: Role, label: &Label) -> LabeledSpan {
    let range = label.span.range();
    let text = (!label.text.is_empty()).then(|| printable(&label.text).into_owned());
    match role {
        Role::Primary => LabeledSpan::new_primary_with_span(text, range),
        Role::Cause | Role::Context => LabeledSpan::new_with_span(text, range),
    }
}

impl fmt::Display for LibraryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for LibraryReport {}

impl Diagnostic for LibraryReport {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.rule))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.url.as_ref().map(|url| Box::new(url) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.related.iter().map(|one| one as &dyn Diagnostic)))
    }
}
