//! A run in a folder of a repository: what lies above it speaks of it too.

use crate::support::Scratch;
use backend_lint::diagnostic::Severity;
use backend_lint::engine::{self, Failure, Options, Outcome};
use std::collections::BTreeMap;

const TABLES: &str = "CREATE TABLE customers (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id) ON DELETE CASCADE);\n";

/// A run in `services/orders` of a repository with these files.
fn run(files: &[(&str, &str)]) -> Result<Outcome, Failure> {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write("services/orders/migrations/000001_init.up.sql", TABLES);
    files.iter().for_each(|(path, text)| _ = work.write(path, text));
    work.git(&["add", "-A"]);
    engine::run(&work.0.join("services/orders"), &BTreeMap::new(), &Options::default())
}

fn severity(outcome: Result<Outcome, Failure>) -> (Severity, Vec<String>, Vec<String>) {
    let outcome = outcome.unwrap();
    let finding = outcome.report.findings.first().unwrap();
    (finding.severity, finding.owners.clone(), finding.diagnostic.because.clone())
}

#[test]
fn files_above_are_refined_and_may_extend_others() {
    let (level, _, because) = severity(run(&[
        ("backend-lint.toml", "extends = \"lint/shared.toml\"\n"),
        ("lint/shared.toml", "[rules]\nindexes = \"error\"\n"),
    ]));
    assert_eq!(
        (level, because.as_slice()),
        (Severity::Error, &["../../lint/shared.toml sets `indexes/foreign-key-without-index` to error".to_owned()][..])
    );
    let (level, ..) = severity(run(&[
        ("backend-lint.toml", "[rules]\nindexes = \"error\"\n"),
        ("services/orders/backend-lint.toml", "extends = \"../lint.toml\"\n"),
        ("services/lint.toml", "[rules]\nindexes = \"on\"\n"),
    ]));
    assert_eq!(level, Severity::Warning, "the nearest file that speaks of it, through what it extends");
}

#[test]
fn a_ring_through_the_folders_above_is_one_sentence() {
    let said = run(&[
        ("backend-lint.toml", "extends = \"services/orders/backend-lint.toml\"\n"),
        ("services/orders/backend-lint.toml", "extends = \"../../backend-lint.toml\"\n"),
    ]);
    let Err(Failure(lines)) = said else { panic!("it was read") };
    assert!(lines.iter().all(|line| line.contains("the file extends itself: ")), "{lines:?}");
    let Err(Failure(lines)) = run(&[("services/orders/backend-lint.toml", "extends = \"../../../x.toml\"\n")]) else {
        panic!("it was read")
    };
    assert_eq!(lines, ["backend-lint.toml:1:11: `../../../x.toml` lies outside of the repository"]);
}

#[test]
fn owners_are_named_at_the_top() {
    for place in [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"] {
        let (_, owners, _) = severity(run(&[(place, "* @all\n[Orders] @lead\n/services/orders/**/*.sql\n")]));
        assert_eq!(owners, ["@all", "@lead"], "{place}");
    }
}

#[test]
fn attributes_above_the_root_count_from_their_own_folder() {
    let path = "services/orders/migrations/000001_init.up.sql";
    let skipped = |files: &[(&str, &str)]| -> Vec<String> {
        let skipped = run(files).unwrap().discovery.skipped;
        skipped.into_iter().map(|(path, reason)| format!("{path}: {reason}")).collect()
    };
    let said = "migrations/000001_init.up.sql: vendored, says `../../.gitattributes` (linguist-vendored)";
    for pattern in [path, "/services/**", "*.sql", "services/orders/migrations/*"] {
        assert_eq!(skipped(&[(".gitattributes", &format!("{pattern} linguist-vendored\n"))]), [said], "{pattern}");
    }
    for pattern in ["migrations/*", "/orders/**", "services/*.sql", "services/billing/**"] {
        assert!(skipped(&[(".gitattributes", &format!("{pattern} linguist-vendored\n"))]).is_empty(), "{pattern}");
    }
    let (top, own) = (("services/.gitattributes", "*.sql linguist-vendored\n"), "*.sql -linguist-vendored\n");
    assert!(skipped(&[top, ("services/orders/.gitattributes", own)]).is_empty(), "the nearest file that speaks of it");
    let outer = (".gitattributes", "*.sql -linguist-vendored\n");
    assert_eq!(skipped(&[top, outer]), [said.replace("../../", "../")], "the nearer of two above");
}
