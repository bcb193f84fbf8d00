//! Real repositories: no panic, nothing silently skipped, and a recorded count for every rule, so that each change shows its diff.
//!
//! The repositories lie outside of this one, in `../shared`. Where they are not there, the tests say so and pass.
//! `UPDATE_COUNTS=1 cargo test --test corpus` records the counts; the diff is then the review.

use backend_lint::diagnostic::{Confidence, Severity};
use backend_lint::engine::{self, Migrations, Options, Outcome};
use backend_lint::files::disk::Disk;
use backend_lint::report::plain;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A folder of `../shared`, or `None` with a word about it.
fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

fn everything(threads: usize) -> Options {
    Options {
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        migrations: Migrations::All,
        threads,
        ..Options::default()
    }
}

fn check(root: &Path, options: &Options) -> Outcome {
    engine::check(&Disk::new(root), None, None, options).unwrap_or_else(|failure| panic!("{}: {failure:?}", root.display()))
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

/// One line for each repository and rule: how many findings at each severity, all migrations judged.
fn count_table(corpus: &Path) -> String {
    let mut table = String::from("repository\trule\terror\twarning\tinfo\n");
    for root in folders(corpus) {
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let outcome = check(&root, &everything(2));
        let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for finding in &outcome.report.findings {
            assert!(!finding.rule.starts_with("internal/"), "{name}: {}", plain::finding(finding, &outcome.sources));
            let column = match finding.severity {
                Severity::Error => 0,
                Severity::Warning => 1,
                Severity::Info => 2,
            };
            counts.entry(&finding.rule).or_default()[column] += 1;
        }
        for unread in &outcome.report.unread {
            assert!(!unread.reason.is_empty(), "{name}: {} is unread without a reason", unread.path);
        }
        for (rule, [errors, warnings, infos]) in counts {
            table.push_str(&format!("{name}\t{rule}\t{errors}\t{warnings}\t{infos}\n"));
        }
    }
    table
}

#[test]
fn counts_over_the_corpus_are_as_recorded() {
    let Some(corpus) = shared("corpus") else { return };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus-counts.tsv");
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    let counted = count_table(&corpus);
    if std::env::var_os("UPDATE_COUNTS").is_some() {
        std::fs::write(&path, &counted).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    let (before, after) = (lines(&recorded), lines(&counted));
    let gone: Vec<&String> = before.iter().filter(|line| !after.contains(line)).collect();
    let new: Vec<&String> = after.iter().filter(|line| !before.contains(line)).collect();
    assert!(gone.is_empty() && new.is_empty(), "counts differ; explain each line, then record it\n- {gone:#?}\n+ {new:#?}");
}

/// Every folder of big inputs and every single sample runs through, and what is not read has a reason.
#[test]
fn big_inputs_run_through() {
    let mut runs = 0;
    for folder in ["bench", "sample", "catalogs"] {
        let Some(parent) = shared(folder) else { continue };
        for root in folders(&parent).into_iter().chain([parent.clone()]) {
            let outcome = check(&root, &everything(2));
            for finding in &outcome.report.findings {
                assert!(
                    !finding.rule.starts_with("internal/"),
                    "{}: {}",
                    root.display(),
                    plain::finding(finding, &outcome.sources)
                );
            }
            assert!(outcome.report.unread.iter().all(|unread| !unread.reason.is_empty()));
            runs += 1;
        }
    }
    println!("{runs} runs over big inputs");
}

/// Same input, same bytes: ten runs, one thread and two.
#[test]
fn output_does_not_depend_on_threads_or_runs() {
    let Some(corpus) = shared("corpus") else { return };
    for root in folders(&corpus).into_iter().take(3) {
        let say = |threads: usize| {
            let outcome = check(&root, &everything(threads));
            plain::findings(&outcome.report.findings, &outcome.sources) + &format!("{:?}", outcome.report.unread)
        };
        let first = say(1);
        for run in 0..9 {
            assert!(say(1 + run % 2) == first, "{}: run {run} differs", root.display());
        }
    }
}
