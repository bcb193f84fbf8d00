//! The pages are the tests: every example of every page runs through the whole engine on a repository in memory.
//!
//! `UPDATE_PAGES=1 cargo test --test rules` refreshes the `reports:` blocks; the diff is then the review.

#[path = "support/example.rs"]
mod example;

use backend_lint::diagnostic::{Confidence, Severity};
use backend_lint::report::plain;
use backend_lint::rules::{self, page};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs every example of a page; collects what is wrong, or rewrites the page.
fn run_page(rule: &str, path: &Path, wrong: &mut Vec<String>, needs_both: bool) {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let examples = page::examples(&text);
    let mut updated = text.clone();
    let mut reports = 0;
    let mut silent = 0;
    for example in examples.iter().rev() {
        let outcome = example::run(example, &[rule], &[]);
        let findings: Vec<_> = outcome.report.findings.iter().filter(|finding| finding.rule == rule).cloned().collect();
        let said = plain::findings(&findings, &outcome.sources);
        let name = format!("{}, `{}`", path.strip_prefix(root()).unwrap_or(path).display(), example.heading);
        match (&example.reports, &example.reports_range) {
            (Some(expected), Some(range)) => {
                reports += 1;
                if said.is_empty() {
                    wrong.push(format!("{name}: reports nothing; unread: {:?}", outcome.model.unread));
                } else if *expected != said {
                    updated.replace_range(range.clone(), &said);
                    if std::env::var_os("UPDATE_PAGES").is_none() {
                        wrong.push(format!("{name}: expected\n{expected}\nbut it reports\n{said}"));
                    }
                }
            }
            _ => {
                silent += 1;
                if !said.is_empty() {
                    wrong.push(format!("{name}: must be silent, but reports\n{said}"));
                }
                let considered = outcome.considered.get(rule).copied().unwrap_or(0);
                if example.heading == "Good" && considered == 0 && !is_found_by_engine(rule) {
                    wrong.push(format!("{name}: is silent because it considered nothing; unread: {:?}", outcome.model.unread));
                }
            }
        }
    }
    if updated != text && std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(path, updated).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    if needs_both && (reports == 0 || silent == 0) {
        wrong.push(format!("{}: needs an example that reports and one that is silent", path.display()));
    }
}

/// Findings that the engine makes itself have no subjects to consider.
fn is_found_by_engine(rule: &str) -> bool {
    ["suppressions/", "config/", "internal/"].iter().any(|group| rule.starts_with(group))
}

fn only() -> Option<String> {
    std::env::var("RULE").ok()
}

#[test]
fn every_page_reports_what_it_says() {
    let mut wrong = Vec::new();
    for rule in rules::all().filter(|rule| only().is_none_or(|only| rule.id.contains(&only))) {
        run_page(rule.id, &root().join("rules").join(format!("{}.md", rule.id)), &mut wrong, rule.id != "internal/rule-failed");
    }
    assert!(wrong.is_empty(), "{} wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_edge_case_holds() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for path in pages("tests/rules") {
        let rule = id_of(&path, "tests/rules");
        if only().is_some_and(|only| !rule.contains(&only)) {
            continue;
        }
        cases += page::examples(&std::fs::read_to_string(&path).unwrap_or_default()).len();
        run_page(&rule, &path, &mut wrong, false);
    }
    println!("{cases} edge cases");
    assert!(wrong.is_empty(), "{} wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Every Markdown file two levels below a folder.
fn pages(folder: &str) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(root().join(folder)).min_depth(2).max_depth(2).sort_by_file_name();
    walk.into_iter()
        .filter_map(Result::ok)
        .map(|entry| entry.into_path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect()
}

fn id_of(path: &Path, folder: &str) -> String {
    let relative = path.strip_prefix(root().join(folder)).unwrap_or(path).with_extension("");
    relative.to_string_lossy().replace('\\', "/")
}

#[test]
fn page_file_and_registry_are_one() {
    let registered: BTreeSet<String> = rules::all().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(registered.len(), rules::all().count(), "an id is registered twice");
    let paged: BTreeSet<String> = pages("rules").iter().map(|path| id_of(path, "rules")).collect();
    assert_eq!(registered, paged, "pages and registry differ");
    let files: BTreeSet<String> = walkdir::WalkDir::new(root().join("src/rules"))
        .min_depth(2)
        .into_iter()
        .filter_map(Result::ok)
        .map(|entry| entry.into_path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs") && path.file_name().is_some_and(|name| name != "mod.rs"))
        .map(|path| {
            path.strip_prefix(root().join("src/rules")).unwrap_or(&path).with_extension("").to_string_lossy().replace('_', "-")
        })
        .collect();
    assert_eq!(registered, files, "files and registry differ");
    for path in pages("tests/rules") {
        assert!(registered.contains(&id_of(&path, "tests/rules")), "{} belongs to no rule", path.display());
    }
    let order: Vec<&str> = rules::all().map(|rule| rule.id).collect();
    assert!(order.is_sorted(), "rules are not in order of id: {order:?}");
}

#[test]
fn front_matter_is_complete_and_known() {
    let keys = ["severity", "confidence", "remedy", "needs", "since", "references", "equivalents", "opt_in", "fixable"];
    for rule in rules::all() {
        let says = |key: &str| page::front_matter(rule.page, key);
        assert!(rule.page.starts_with("---\n"), "{}: no front matter", rule.id);
        let head = rule.page[4..].split("\n---\n").next().unwrap_or("");
        for line in head.lines().filter(|line| !line.starts_with([' ', '-'])) {
            let key = line.split(':').next().unwrap_or("");
            assert!(keys.contains(&key), "{}: unknown front matter `{key}`", rule.id);
        }
        assert!(says("severity").and_then(Severity::parse).is_some(), "{}: severity", rule.id);
        assert!(says("confidence").and_then(Confidence::parse).is_some(), "{}: confidence", rule.id);
        assert!(matches!(says("remedy"), Some("additive" | "breaking" | "migration")), "{}: remedy", rule.id);
        assert!(says("since").is_some_and(|since| since.split('.').count() == 3), "{}: since", rule.id);
        for need in page::front_matter_list(rule.page, "needs") {
            assert!(["api", "schema", "queries", "runtime", "base"].contains(&need.as_str()), "{}: needs `{need}`", rule.id);
        }
        for same in page::front_matter_list(rule.page, "equivalents") {
            assert!(
                same.split_once(':').is_some_and(|(tool, name)| !tool.is_empty() && !name.is_empty()),
                "{}: equivalent `{same}`",
                rule.id
            );
        }
        let headings: Vec<&str> = rule.page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let without_proof: Vec<&str> = headings.iter().copied().filter(|heading| *heading != "Proof").collect();
        assert_eq!(without_proof, ["Why", "Bad", "Good", "When to ignore it"], "{}: headings", rule.id);
        assert!(headings.len() == 4 || headings.get(3) == Some(&"Proof"), "{}: the proof stands after Good", rule.id);
        for heading in ["Why", "When to ignore it"] {
            let prose = page::section(rule.page, heading).unwrap_or("").trim();
            assert!(prose.len() > 60, "{}: `## {heading}` says nothing", rule.id);
        }
    }
}

/// The style of what the pages show: lower case, no full stop, something in backticks, a headline that fits a line.
#[test]
fn messages_keep_the_house_style() {
    let mut wrong = Vec::new();
    for path in pages("rules").into_iter().chain(pages("tests/rules")) {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for report in page::examples(&text).into_iter().filter_map(|example| example.reports) {
            for line in report.lines().filter(|line| ["error[", "warning[", "info["].iter().any(|start| line.starts_with(start)))
            {
                let message = line.split_once("]: ").map_or("", |(_, message)| message);
                let mut says = |what: &str| wrong.push(format!("{}: {what}: {message}", path.display()));
                if !message.contains('`') {
                    says("names nothing in backticks");
                }
                if message.ends_with('.') {
                    says("ends with a full stop");
                }
                if message.chars().count() > 110 {
                    says("is longer than 110 characters");
                }
                // SQL words and HTTP methods are written in capitals; a capitalised word is not.
                let first: String = message.chars().take_while(|c| c.is_alphanumeric()).collect();
                if first.starts_with(char::is_uppercase) && first.chars().any(char::is_lowercase) {
                    says("starts in upper case");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
