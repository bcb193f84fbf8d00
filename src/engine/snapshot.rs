//! What a later run needs of this one to tell what is new, without a repository that keeps both: `model --format json` prints it, and
//! `--base-model` reads it.
//!
//! What is absent: texts. So a migration that was edited is known to be, and not where; a finding that the snapshot has is old wherever
//! it stands; and rules that ask the base itself are not run.

use super::{Failure, Options, Outcome, shipped};
use crate::discover::migrations;
use crate::engine::fingerprint::hash;
use crate::source::Source;
use crate::sql::{self, Dialect};
use std::collections::{BTreeMap, BTreeSet};

/// The state of an earlier run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// How messages name it: the file that it was read from.
    pub name: String,
    /// The migrations, by path.
    pub migrations: BTreeMap<String, Written>,
    /// Fingerprints of all that was found, whatever was shown; nothing of what migrations do to a live database.
    pub findings: BTreeSet<String>,
    /// Of findings whose remedy breaks the consumers of an API: what their places are called, by fingerprint.
    pub places: BTreeMap<String, BTreeSet<String>>,
}

/// What a migration holds, as 32 hexadecimal digits each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Of its text, line ends apart.
    pub content: String,
    /// Of what runs forward, comments and white space apart.
    pub runs: String,
}

impl Written {
    /// `kind` is the tool and the dialect of what runs forward; `None` where it is no migration of a set.
    pub(super) fn of(kind: Option<(&str, Dialect)>, text: &str) -> Written {
        let content = hex(text.lines());
        let Some((tool, dialect)) = kind else { return Written { runs: content.clone(), content } };
        let forward = migrations::forward(tool, text);
        let counts = |comment: &str| migrations::is_read_by(tool, comment);
        Written { content, runs: hex(sql::said(&forward, dialect, &counts)) }
    }
}

fn hex<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    format!("{:032x}", hash(parts))
}

impl Snapshot {
    /// The snapshot of a run that had no base and showed everything.
    pub(super) fn of(outcome: &Outcome) -> Snapshot {
        let sources: BTreeMap<&str, &Source> = outcome.sources.iter().map(|(_, source)| (&*source.path, source)).collect();
        let sets = outcome.discovery.migration_sets.iter();
        let kinds = sets.flat_map(|set| set.migrations.iter().map(|one| (one.path.as_str(), (set.tool.as_str(), set.dialect))));
        let written =
            kinds.filter_map(|(path, kind)| Some((path.to_owned(), Written::of(Some(kind), sources.get(path)?.text()))));
        let findings = outcome.report.findings.iter().map(|finding| finding.fingerprint.clone());
        let places = shipped::by_fingerprint(&outcome.report.findings, &outcome.model.api);
        Snapshot { name: String::new(), migrations: written.collect(), findings: findings.collect(), places }
    }
}

/// The snapshot of a folder on disk, by the configuration of a run.
pub fn snapshot(root: &std::path::Path, environment: &BTreeMap<String, String>, options: &Options) -> Result<Snapshot, Failure> {
    let options = super::Options {
        min_severity: crate::diagnostic::Severity::Info,
        min_confidence: crate::diagnostic::Confidence::Low,
        migrations: super::Migrations::Auto,
        reach: super::Reach::Everything,
        baseline: super::BaselineChoice::Nothing,
        every_finding: true,
        ..options.clone()
    };
    super::alone(root, environment, &options).map(|outcome| Snapshot::of(&outcome))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_change_the_content_and_not_what_runs() {
        let kind = Some(("goose", Dialect::Postgres));
        let of = |text: &str| Written::of(kind, text);
        let (old, new) = (of("-- +goose Up\nSELECT 1;\n"), of("-- +goose Up\n-- why\nSELECT  1;\n"));
        assert!(old.content != new.content && old.runs == new.runs);
        assert_ne!(old.runs, of("-- +goose Up\nSELECT 2;\n").runs);
        assert_eq!(old, of("-- +goose Up\r\nSELECT 1;\r\n"));
        assert_eq!(Written::of(None, "a").runs, Written::of(None, "a").content);
    }
}
