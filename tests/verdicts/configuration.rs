//! Every finding on configuration over real repositories, at info and above, read by hand on both sides: `configuration.tsv`.
//!
//! The repositories lie outside of this one, in `../shared`. Where they are not there, the test says so and passes.

use backend_lint::diagnostic::{Confidence, Severity};
use backend_lint::engine::{self, Options};
use backend_lint::files::disk::Disk;
use backend_lint::rules;
use std::collections::BTreeMap;
use std::path::Path;

/// What was made of a finding: its severity then, whether what it says is true, whether its owner would act on it.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    severity: String,
    right: bool,
    worth: bool,
}

/// The key of a finding: repository, rule, fingerprint.
type Key = (String, String, String);

/// Whether a rule asks what configuration says.
fn is_of_configuration(rule: &str) -> bool {
    rules::info(rule).is_some_and(|info| info.needs.iter().any(|need| need == "runtime"))
}

fn table() -> BTreeMap<Key, Verdict> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts/configuration.tsv");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut all = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [repository, rule, fingerprint, severity, right, worth, why] = cells[..] else { panic!("seven cells: {line}") };
        let (right, worth) = (super::word(right, line), super::word(worth, line));
        assert!(is_of_configuration(rule), "no rule on configuration: {line}");
        assert!((20..=200).contains(&why.len()) && !why.ends_with('.'), "{line}");
        assert!(right || !worth, "what is wrong is nothing to act on: {line}");
        let key = (repository.to_owned(), rule.to_owned(), fingerprint.to_owned());
        let verdict = Verdict { severity: severity.to_owned(), right, worth };
        assert!(all.insert(key, verdict).is_none(), "twice: {line}");
    }
    all
}

#[test]
fn nine_of_ten_findings_on_configuration_are_right() {
    let all = table();
    let told: Vec<&Verdict> = all.values().filter(|one| one.severity != "info").collect();
    let right = |all: &[&Verdict]| all.iter().filter(|one| one.right).count();
    let every: Vec<&Verdict> = all.values().collect();
    println!("{} findings read, {} right; by default {}, {} right", every.len(), right(&every), told.len(), right(&told));
    assert!(every.len() >= 80, "only {} verdicts", every.len());
    assert!(right(&every) * 100 >= every.len() * 90 && right(&told) * 100 >= told.len() * 90);
    let worth = told.iter().filter(|one| one.worth).count();
    assert!(worth * 100 >= told.len() * 80, "{worth} of {} are worth a reviewer's time", told.len());
}

#[test]
fn every_finding_on_configuration_was_read() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(entries) = std::fs::read_dir(&corpus) else {
        println!("skipped: {} is not there", corpus.display());
        return;
    };
    let known = table();
    let on = rules::infos().iter().filter(|info| !info.opt_in && is_of_configuration(&info.id));
    let select = on.map(|info| info.id.clone()).collect();
    let options = Options { select, min_severity: Severity::Info, min_confidence: Confidence::Low, ..Options::default() };
    let mut made = BTreeMap::new();
    let mut by_repository: Vec<usize> = Vec::new();
    for root in entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir()) {
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let outcome =
            engine::check(&Disk::new(&root), None, None, &options).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        let told = outcome.report.findings.iter().filter(|finding| finding.severity >= Severity::Warning);
        by_repository.push(told.count());
        for finding in outcome.report.findings.into_iter().filter(|finding| is_of_configuration(&finding.rule)) {
            made.insert((name.clone(), finding.rule, finding.fingerprint), finding.severity.name().to_owned());
        }
    }
    let unread: Vec<String> = made
        .iter()
        .filter(|(key, severity)| known.get(key).is_none_or(|verdict| verdict.severity != **severity))
        .map(|((repository, rule, fingerprint), severity)| format!("{repository}\t{rule}\t{fingerprint}\t{severity}"))
        .collect();
    assert!(unread.is_empty(), "not read, or at another severity:\n{}", unread.join("\n"));
    let gone: Vec<&Key> = known.keys().filter(|key| !made.contains_key(*key)).collect();
    assert!(gone.is_empty(), "read, and made no more: {gone:#?}");
    by_repository.sort_unstable();
    let median = by_repository.get(by_repository.len() / 2).copied().unwrap_or_default();
    assert!(median <= 8, "{median} findings at warning and above in a repository at the median");
}
