//! Findings by service and owner: whose they are.

use crate::diagnostic::{Finding, Report, Severity};
use std::collections::BTreeMap;

/// The findings of one service that the same people own.
pub(super) struct Group<'r> {
    /// The service; `None` for what belongs to none or to all.
    pub(super) service: Option<&'r str>,
    /// The owners; empty where nobody is named.
    pub(super) owners: &'r [String],
    /// The findings, the most severe first.
    pub(super) findings: Vec<&'r Finding>,
}

impl Group<'_> {
    /// How many of the findings have this severity.
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// The findings of a report by service and owner; the group with the most errors first, then with the most warnings, then by name.
pub(super) fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut found: BTreeMap<(Option<&str>, &[String]), Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        found.entry((finding.service.as_deref(), &finding.owners[..])).or_default().push(finding);
    }
    let mut groups: Vec<Group> =
        found.into_iter().map(|((service, owners), findings)| Group { service, owners, findings }).collect();
    groups.iter_mut().for_each(|group| group.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity)));
    groups.sort_by_key(|group| std::cmp::Reverse((group.count(Severity::Error), group.count(Severity::Warning))));
    groups
}
