//! Baselines: findings that were there when the tool came, so that nobody pays for yesterday's debt.
//!
//! One file for each folder with a configuration file, and one at the root of the run: a line for each finding, sorted by
//! fingerprint, so that two branches that add lines seldom meet in one place. Rule and subject stand behind the fingerprint for
//! people; only the fingerprint counts.

use super::{ConfigChoice, Failure, Migrations, Options};
use crate::diagnostic::{Finding, Report, StaleEntry};
use crate::engine::config::FILE_NAMES;
use crate::files::{Files, is_within};
use crate::source::Sources;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The name of the file.
pub const FILE_NAME: &str = "backend-lint.baseline";

/// How many characters a fingerprint has.
const FINGERPRINT: usize = 32;

/// The first lines of a file.
const HEAD: &str = "\
# Findings that are not reported because they were there before. `backend-lint baseline write` writes this file, and
# `backend-lint baseline prune` takes out what has been mended. A line is a fingerprint; what follows it is for people.
";

/// Which baselines a run takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BaselineChoice {
    /// Every `backend-lint.baseline` of the tree; none where no configuration is read.
    #[default]
    Found,
    /// This file alone, path as messages name it, with its text.
    Text(String, String),
    /// None.
    Nothing,
}

/// The entries of all baselines of a run.
#[derive(Debug, Default)]
pub(super) struct Baselines {
    entries: Vec<StaleEntry>,
}

impl Baselines {
    /// Reads the baselines that a run takes. Every line that is none is a problem.
    pub(super) fn read(files: &dyn Files, options: &Options) -> Result<Baselines, Failure> {
        let mut texts = Vec::new();
        let mut problems = Vec::new();
        match &options.baseline {
            BaselineChoice::Text(path, text) => texts.push((path.clone(), text.clone())),
            BaselineChoice::Found if options.config != ConfigChoice::Nothing => {
                for path in existing(files) {
                    match files.read(&path).map_err(|error| error.0).map(String::from_utf8) {
                        Ok(Ok(text)) => texts.push((path, text)),
                        Ok(Err(_)) => problems.push(format!("{path}: not UTF-8; run `backend-lint baseline write`")),
                        Err(reason) => problems.push(format!("{path}: {reason}")),
                    }
                }
            }
            _ => {}
        }
        let mut entries = Vec::new();
        for (path, text) in &texts {
            for (number, line) in text.lines().enumerate() {
                let line = line.trim_end();
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                match entry(path, number, line) {
                    Some(entry) => entries.push(entry),
                    None => problems.push(problem(path, number, line)),
                }
            }
        }
        if problems.is_empty() { Ok(Baselines { entries }) } else { Err(Failure(problems)) }
    }

    /// Takes what they hold out of a report, counts it, and notes the entries that stand for nothing any more. `whole` says that the
    /// report has everything that could be found, so that what is not there is gone.
    /// Findings on migrations come and go with what is pending: only a run that judges all of them can tell.
    pub(super) fn apply(&self, report: &mut Report, found: &HashSet<String>, whole: bool, migrations: Migrations) {
        let known: HashSet<&str> = self.entries.iter().map(|entry| entry.fingerprint.as_str()).collect();
        let all = report.findings.len();
        report.findings.retain(|finding| !known.contains(finding.fingerprint.as_str()));
        report.baselined = all - report.findings.len();
        if whole {
            let judged = |entry: &&StaleEntry| migrations == Migrations::All || !entry.text.starts_with("migrations/");
            let gone = self.entries.iter().filter(|entry| !found.contains(&entry.fingerprint)).filter(judged);
            report.stale = gone.cloned().collect();
        }
    }
}

/// The baselines of a tree, sorted by path.
fn existing(files: &dyn Files) -> Vec<String> {
    files.list().named(&[FILE_NAME]).map(str::to_owned).collect()
}

fn entry(path: &str, number: usize, line: &str) -> Option<StaleEntry> {
    let (fingerprint, rest) = line.split_once(' ').unwrap_or((line, ""));
    let is_one = fingerprint.len() == FINGERPRINT && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit());
    let line = u32::try_from(number + 1).ok()?;
    is_one.then(|| StaleEntry { path: path.to_owned(), line, fingerprint: fingerprint.to_owned(), text: rest.to_owned() })
}

fn problem(path: &str, number: usize, line: &str) -> String {
    let shown: String = line.chars().take(40).collect();
    let remedy = match ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
        true => "keep the lines of both sides of the conflict, in any order",
        false => "take the line out, or run `backend-lint baseline write`",
    };
    format!("{path}:{}: `{shown}` is no fingerprint; {remedy}", number + 1)
}

/// What `baseline write` puts where: path and text, sorted by path. Every file that exists is written anew, be it without a line.
pub(super) fn render(findings: &[Finding], sources: &Sources, files: &dyn Files) -> Vec<(String, String)> {
    let folder_of = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let listing = files.list();
    let roots: BTreeSet<String> = listing.named(&FILE_NAMES).map(folder_of).chain([String::new()]).collect();
    let mut lines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in findings {
        let path = sources.path(finding.diagnostic.primary.span.source);
        // Folders are in order: of those that hold the path the last is the deepest.
        let root = roots.iter().rfind(|root| is_within(root, path)).cloned().unwrap_or_default();
        let subject = finding.diagnostic.subject.replace(['\n', '\r'], " ");
        lines.entry(place(&root)).or_default().insert(format!("{} {} {subject}", finding.fingerprint, finding.rule));
    }
    let empty = existing(files).into_iter().chain([place("")]);
    for path in empty {
        lines.entry(path).or_default();
    }
    lines
        .into_iter()
        .map(|(path, lines)| (path, lines.into_iter().fold(HEAD.to_owned(), |text, line| text + &line + "\n")))
        .collect()
}

/// The path of a folder's baseline.
fn place(folder: &str) -> String {
    if folder.is_empty() { FILE_NAME.to_owned() } else { format!("{folder}/{FILE_NAME}") }
}

/// A baseline's text without the lines of these numbers, from 1.
pub fn without(text: &str, lines: &BTreeSet<u32>) -> String {
    let kept = text.split_inclusive('\n').zip(1u32..).filter(|(_, number)| !lines.contains(number));
    kept.map(|(line, _)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_fingerprint_and_what_people_read() {
        let line = "0123456789abcdef0123456789abcdef indexes/duplicate-index public.a.b";
        let found = entry("x", 4, line).map(|one| (one.line, one.text));
        assert_eq!(found, Some((5, "indexes/duplicate-index public.a.b".to_owned())));
        assert_eq!(entry("x", 0, "0123"), None);
        assert_eq!(entry("x", 0, "0123456789abcdef0123456789abcdeg"), None);
        assert!(problem("x", 1, "<<<<<<< HEAD").ends_with("keep the lines of both sides of the conflict, in any order"));
    }

    #[test]
    fn lines_are_taken_out_and_the_rest_stays_byte_for_byte() {
        assert_eq!(without("# a\r\nb\nc", &BTreeSet::from([2])), "# a\r\nc");
    }
}
