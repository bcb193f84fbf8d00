//! What reviewers of real changes would have been told, read by hand on both sides: `tests/verdicts/history.tsv`. And what the defaults
//! say of the interfaces of real repositories, read in the documents: `tests/verdicts/api.tsv`.
//!
//! The first is keyed by repository, commit and fingerprint; `tests/verdicts/replay.py` walks its commits again and says which findings
//! are still made. The second is keyed by document and fingerprint, and holds each finding of today.

#[path = "verdicts/configuration.rs"]
mod configuration;

use backend_lint::engine::{self, Options};
use backend_lint::rules;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[path = "support/documents.rs"]
mod support;

/// A finding and what was made of it.
struct Verdict<'t> {
    repository: &'t str,
    commit: &'t str,
    rule: &'t str,
    fingerprint: &'t str,
    right: bool,
    actionable: bool,
    why: &'t str,
}

fn word(text: &str, line: &str) -> bool {
    match text {
        "yes" => true,
        "no" => false,
        _ => panic!("neither yes nor no: {line}"),
    }
}

fn verdict(line: &str) -> Verdict<'_> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [repository, commit, rule, fingerprint, right, actionable, why] = cells[..] else { panic!("seven cells: {line}") };
    Verdict { repository, commit, rule, fingerprint, right: word(right, line), actionable: word(actionable, line), why }
}

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn verdicts(text: &str) -> Vec<Verdict<'_>> {
    text.lines().filter(|line| !line.starts_with('#')).map(verdict).collect()
}

#[test]
fn every_verdict_is_one_of_a_rule_and_says_why() {
    let text = text("history.tsv");
    let mut keys = BTreeSet::new();
    for one in verdicts(&text) {
        let hexadecimal = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let key = format!("{} {} {}", one.repository, one.commit, one.fingerprint);
        assert!(hexadecimal(one.commit, 12) && hexadecimal(one.fingerprint, 32), "{key}");
        assert!(rules::info(one.rule).is_some(), "{key}: there is no rule `{}`", one.rule);
        assert!((20..=200).contains(&one.why.len()) && !one.why.ends_with('.'), "{key}: {}", one.why);
        assert!(one.right || !one.actionable, "{key}: what is wrong is nothing to act on");
        assert!(keys.insert(key.clone()), "{key}: twice");
    }
}

#[test]
fn four_of_five_findings_are_worth_a_reviewers_time() {
    let text = text("history.tsv");
    let all = verdicts(&text);
    let mut repositories: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &all {
        *repositories.entry(one.repository).or_default() += 1;
    }
    assert!(all.len() >= 60, "{} verdicts", all.len());
    assert_eq!(repositories.keys().copied().collect::<Vec<_>>(), ["hatchet", "openmeter", "svix"]);
    let (right, actionable) = (all.iter().filter(|one| one.right).count(), all.iter().filter(|one| one.actionable).count());
    println!("{} findings read: {right} right, {actionable} actionable", all.len());
    assert!(actionable * 100 >= all.len() * 80, "{actionable} of {} are actionable", all.len());
    assert!(right * 100 >= all.len() * 90, "{right} of {} are right", all.len());
}

/// A default finding on an interface and what was made of it.
struct Reading<'t> {
    document: &'t str,
    fingerprint: &'t str,
    rule: &'t str,
    right: bool,
    worth: bool,
    why: &'t str,
}

fn reading(line: &str) -> Reading<'_> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [document, fingerprint, rule, right, worth, why] = cells[..] else { panic!("six cells: {line}") };
    Reading { document, fingerprint, rule, right: word(right, line), worth: word(worth, line), why }
}

/// The groups of rules on interfaces.
const INTERFACE: [&str; 12] = [
    "errors",
    "idempotency",
    "naming",
    "operations",
    "pagination",
    "paths",
    "rate-limit",
    "refs",
    "schemas",
    "security",
    "status",
    "versioning",
];

#[test]
fn nine_of_ten_findings_on_interfaces_are_right() {
    let text = text("api.tsv");
    let all: Vec<Reading> = text.lines().filter(|line| !line.starts_with('#')).map(reading).collect();
    let mut keys = BTreeSet::new();
    for one in &all {
        let key = format!("{} {}", one.document, one.fingerprint);
        assert!(one.fingerprint.len() == 32 && one.fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
        assert!(rules::info(one.rule).is_some(), "{key}: there is no rule `{}`", one.rule);
        assert!((20..=200).contains(&one.why.chars().count()) && !one.why.ends_with('.'), "{key}: {}", one.why);
        assert!(one.right || !one.worth, "{key}: what is wrong is not worth a reviewer's time");
        assert!(keys.insert(key.clone()), "{key}: twice");
    }
    let (right, worth) = (all.iter().filter(|one| one.right).count(), all.iter().filter(|one| one.worth).count());
    println!("{} findings read: {right} right, {worth} worth a reviewer's time", all.len());
    assert!(all.len() >= 150, "{} verdicts", all.len());
    assert!(right * 100 >= all.len() * 90, "{right} of {} are right", all.len());
    assert!(worth * 100 >= all.len() * 75, "{worth} of {} are worth a reviewer's time", all.len());
}

#[test]
fn each_default_finding_on_an_interface_has_been_read() {
    let text = text("api.tsv");
    let mut expected: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    // Of some documents nothing is said.
    for line in text.lines() {
        match line.strip_prefix("#silent\t") {
            Some(document) => drop(expected.entry(document).or_default()),
            None if line.starts_with('#') => {}
            None => {
                let one = reading(line);
                expected.entry(one.document).or_default().insert(format!("{} {}", one.rule, one.fingerprint));
            }
        }
    }
    let mut counts = Vec::new();
    let mut unread = Vec::new();
    for (document, expected) in &expected {
        let Some(files) = support::load(document) else { return };
        let options = Options { threads: 2, ..Options::default() };
        let outcome = engine::check(&files, None, None, &options).unwrap_or_else(|failure| panic!("{document}: {failure:?}"));
        let ours = outcome.report.findings.iter().filter(|one| INTERFACE.contains(&one.rule.split('/').next().unwrap_or("")));
        let today: BTreeSet<String> = ours.map(|one| format!("{} {}", one.rule, one.fingerprint)).collect();
        counts.push(today.len());
        unread.extend(today.difference(expected).map(|one| format!("{document}: not read yet: {one}")));
        unread.extend(expected.difference(&today).map(|one| format!("{document}: no longer said: {one}")));
        assert!(!document.contains("github") || today.len() <= 80, "{document}: {} findings", today.len());
    }
    assert!(unread.is_empty(), "read these, and record what they are: {unread:#?}");
    counts.sort_unstable();
    let median = counts.get(counts.len() / 2).copied().unwrap_or_default();
    println!("{} documents and repositories, {median} findings in the median", counts.len());
    assert!(median <= 12, "{median} findings in the median: {counts:?}");
}
