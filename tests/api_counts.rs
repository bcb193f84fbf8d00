//! Public OpenAPI documents, one by one: how often each rule on interfaces speaks, those that are off by default included, so that each
//! change shows its diff.
//!
//! The documents lie outside of this repository, in `../shared`. Where they are not there, the test says so and passes.
//! `UPDATE_COUNTS=1 cargo test --test api_counts` records the counts; the diff is then the review.

use backend_lint::diagnostic::{Confidence, Severity};
use backend_lint::engine::{self, Options};
use backend_lint::files::Memory;
use backend_lint::report::plain;
use backend_lint::rules::{self, page};
use std::collections::BTreeMap;
use std::path::Path;
use support::{load, shared};

#[path = "support/documents.rs"]
mod support;

/// The samples, and the documents of the benches.
fn places() -> Vec<String> {
    let samples = std::fs::read_dir(shared("sample")).into_iter().flatten().filter_map(Result::ok);
    let names = samples.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut places: Vec<String> =
        names.filter(|name| name.ends_with(".json") || name.ends_with(".yaml")).map(|name| format!("sample/{name}")).collect();
    places.sort();
    let benches = [
        "bench/digitalocean-multifile",
        "bench/github/api.github.com.json",
        "bench/github/api.github.com.yaml",
        "bench/stripe/spec3.json",
        "bench/stripe/spec3.yaml",
    ];
    places.extend(benches.map(str::to_owned));
    places
}

/// Errors, warnings, infos, and the places of all of them.
type Counts = BTreeMap<String, [usize; 4]>;

fn count(place: &str, files: &Memory, options: &Options) -> Counts {
    let outcome = engine::check(files, None, None, options).unwrap_or_else(|failure| panic!("{place}: {failure:?}"));
    assert!(outcome.model.api.operations().next().is_some(), "{place}: nothing was read");
    assert!(outcome.report.unread.iter().all(|unread| !unread.reason.is_empty()), "{place}: unread without a reason");
    let mut counts = Counts::new();
    for finding in &outcome.report.findings {
        assert!(!finding.rule.starts_with("internal/"), "{place}: {}", plain::finding(finding, &outcome.sources));
        let column = match finding.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Info => 2,
        };
        let own = counts.entry(finding.rule.clone()).or_default();
        own[column] += 1;
        own[3] += 1 + finding.diagnostic.occurrences.len();
    }
    counts
}

#[test]
fn counts_over_public_documents_are_as_recorded() {
    let asks_only_for_api = |rule: &&rules::Rule| page::front_matter_list(rule.page, "needs") == ["api"];
    let options = Options {
        select: rules::all().filter(asks_only_for_api).map(|rule| rule.id.to_owned()).collect(),
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        threads: 2,
        ..Options::default()
    };
    let mut counted: BTreeMap<String, Counts> = BTreeMap::new();
    for place in places() {
        let Some(files) = load(&place) else { return };
        counted.insert(place.clone(), count(&place, &files, &options));
    }
    // One interface in two notations is one interface; but GitHub's YAML leaves out quotes, and `0.16001e0` in an example is a number then.
    let (json, yaml) = ("bench/github/api.github.com.json", "bench/github/api.github.com.yaml");
    let differs = |rule: &str, counts: &[usize; 4], other: &str| {
        rule != "schemas/invalid-example" && counted[other].get(rule) != Some(counts)
    };
    let only = |one: &str, other: &str| -> Vec<String> {
        let own = counted[one].iter().filter(|(rule, counts)| differs(rule, counts, other));
        own.map(|(rule, _)| rule.clone()).collect()
    };
    assert_eq!((only(json, yaml), only(yaml, json)), (vec![], vec![]));
    let mut table = String::from("document\trule\terror\twarning\tinfo\tplaces\n");
    for (place, counts) in &counted {
        for (rule, [errors, warnings, infos, places]) in counts {
            table.push_str(&format!("{place}\t{rule}\t{errors}\t{warnings}\t{infos}\t{places}\n"));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api-counts.tsv");
    if std::env::var_os("UPDATE_COUNTS").is_some() {
        std::fs::write(&path, &table).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    let missing = |from: &str, to: &str| -> Vec<String> {
        from.lines().filter(|line| !to.lines().any(|other| other == *line)).map(str::to_owned).collect()
    };
    let (gone, new) = (missing(&recorded, &table), missing(&table, &recorded));
    assert!(gone.is_empty() && new.is_empty(), "counts differ; explain each line, then record it\n- {gone:#?}\n+ {new:#?}");
}
