//! A baseline of the first commit keeps its findings quiet through a whole history, until what they say has changed.

use super::beside::{Random, change, everything, start};
use super::support::Scratch;
use backend_lint::diagnostic::Finding;
use backend_lint::engine::{self, BaselineChoice, Migrations, Options};
use std::collections::{BTreeMap, BTreeSet};

/// What a finding says: the same words of the same subject are the same fault.
fn said(finding: &Finding) -> (String, String, String) {
    (finding.rule.clone(), finding.diagnostic.subject.clone(), finding.diagnostic.message.clone())
}

fn counted(findings: &[Finding]) -> BTreeMap<(String, String, String), usize> {
    let mut counts = BTreeMap::new();
    findings.iter().for_each(|finding| *counts.entry(said(finding)).or_default() += 1);
    counts
}

#[test]
fn an_old_finding_comes_back_only_when_it_says_something_else() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    start(&work);
    work.commit();
    let run = |baseline: BaselineChoice, migrations: Migrations| {
        let options = Options { baseline, migrations, ..everything() };
        engine::run(&work.0, &BTreeMap::new(), &options).unwrap()
    };
    let first = run(BaselineChoice::Nothing, Migrations::All);
    let old = counted(&first.report.findings);
    assert!(old.len() >= 5, "{old:#?}");
    let written = engine::baselines(&work.0, &first.report.findings, &first.sources);
    let [(name, text)] = &written[..] else { panic!("one configuration, one file: {written:?}") };
    let mut random = Random::new(11);
    let (mut taken, mut new) = (0, BTreeSet::new());
    for round in 0..25 {
        (0..=random.below(2)).for_each(|step| change(&work, &mut random, round * 10 + step));
        work.commit();
        let report = run(BaselineChoice::Text(name.clone(), text.clone()), Migrations::All).report;
        taken += report.baselined;
        let now = counted(&run(BaselineChoice::Nothing, Migrations::All).report.findings);
        // One more place with the same fault is new; as many as there were, or fewer, are not.
        for (one, shown) in counted(&report.findings) {
            let more = now.get(&one).copied().unwrap_or(0).saturating_sub(old.get(&one).copied().unwrap_or(0));
            assert!(shown <= more, "round {round}: {shown} of {one:?}, although there are only {more} more");
        }
        new.extend(report.findings.iter().map(said));
    }
    assert!(taken > 100 && new.len() > 5, "{taken} taken, {} new", new.len());
}

/// A tracked configuration has a baseline of its own, whatever `.gitignore` says; one in a repository within belongs to that one.
#[test]
fn baselines_stand_where_the_run_found_configuration() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let table = "CREATE TABLE a (id bigint PRIMARY KEY, b_id bigint REFERENCES a (id));\nCREATE INDEX x ON a (id);\n";
    work.write(".gitignore", "orders/\n").write("inner/backend-lint.toml", "").write("orders/backend-lint.toml", "");
    work.write("orders/migrations/0001_a.up.sql", table).write("orders/migrations/0001_a.down.sql", "DROP TABLE a;\n");
    work.git(&["init", "-q", "inner"]);
    work.git(&["add", "-f", "orders", ".gitignore"]);
    let run = engine::run(&work.0, &BTreeMap::new(), &everything()).unwrap();
    assert!(!run.report.findings.is_empty());
    let written = engine::baselines(&work.0, &run.report.findings, &run.sources);
    let lines = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count();
    let counted: Vec<(&str, bool)> = written.iter().map(|(path, text)| (path.as_str(), lines(text) > 0)).collect();
    assert_eq!(counted, [("backend-lint.baseline", false), ("orders/backend-lint.baseline", true)]);
}
