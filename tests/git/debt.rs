//! A baseline of the first commit keeps its findings quiet through a whole history, until what they say has changed.

use super::beside::{Random, change, everything, start};
use super::support::Scratch;
use backend_lint::diagnostic::Finding;
use backend_lint::engine::{self, BaselineChoice, Migrations, Options, baseline};
use backend_lint::files::disk::Disk;
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
    let written = baseline::render(&first.report.findings, &first.sources, &Disk::new(&work.0));
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
