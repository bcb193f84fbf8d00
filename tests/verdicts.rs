//! What reviewers of real changes would have been told, read by hand on both sides: `tests/verdicts/history.tsv`.
//!
//! The file is keyed by repository, commit and fingerprint; `tests/verdicts/replay.py` walks its commits again and says which findings
//! are still made.

use backend_lint::rules;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

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

fn text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts/history.tsv");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn verdicts(text: &str) -> Vec<Verdict<'_>> {
    text.lines().filter(|line| !line.starts_with('#')).map(verdict).collect()
}

#[test]
fn every_verdict_is_one_of_a_rule_and_says_why() {
    let text = text();
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
    let text = text();
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
