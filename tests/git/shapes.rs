//! Repositories of odd shapes: in each other, beside their working tree, of another owner, with parts that are not there.

use super::beside::{document, everything};
use super::support::{Scratch, Work};
use backend_lint::engine::{self, Migrations, Options, Outcome, Reach};
use std::collections::BTreeMap;
use std::path::Path;

fn run(root: &Path, variables: &[(&str, &Path)], reach: Reach) -> Outcome {
    let environment: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), value.display().to_string())).collect();
    engine::run(root, &environment, &Options { reach, ..Options::default() }).unwrap()
}

/// The base's commit.
fn base(root: &Path, variables: &[(&str, &Path)]) -> Option<String> {
    run(root, variables, Reach::Everything).report.base.unwrap().revision
}

/// What was not read: path and reason.
fn unread(outcome: &Outcome) -> Vec<(&str, &str)> {
    outcome.report.unread.iter().map(|one| (one.path.as_str(), one.reason.as_str())).collect()
}

fn subjects(outcome: &Outcome) -> Vec<&str> {
    outcome.report.findings.iter().map(|one| one.diagnostic.subject.as_str()).collect()
}

const TABLES: &str = "CREATE TABLE customers (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id) ON DELETE CASCADE);\n";

/// A commit with tables, and a branch on which another one is staged or committed later.
fn shop(scratch: &Scratch) -> (Work, String) {
    let work = scratch.repository("shop");
    let first = work
        .write("db/migrations/0001_orders.up.sql", TABLES)
        .write("db/migrations/0001_orders.down.sql", "SELECT 1;\n")
        .commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    (work, first)
}

const LINES: &str = "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE);\n";

#[test]
fn submodules_and_clones_within_are_unread_and_said_so() {
    let scratch = Scratch::new();
    let inner = scratch.repository("inner");
    inner.write("migrations/0001_a.up.sql", TABLES).commit();
    let (work, _) = shop(&scratch);
    let url = inner.0.display().to_string();
    for place in ["sub", "vendor/sub"] {
        work.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, place]);
    }
    work.commit();
    work.git(&["clone", "-q", &url, "clone"]);
    let said = [
        ("clone", "a git repository of its own, which is not read from here; check it by itself"),
        ("sub", "a submodule, which is not read from here; check it by itself"),
    ];
    let outcome = run(&work.0, &[], Reach::Everything);
    assert_eq!(unread(&outcome), said);
    assert!(outcome.discovery.skipped.iter().any(|(path, _)| path == "vendor/sub"), "a vendored one is left out");
    assert_eq!(subjects(&outcome), ["public.orders.customer_id"], "the tables of the others are none of these");
    assert_eq!(unread(&run(&work.0, &[], Reach::Staged)), said[1..]);
    work.git(&["submodule", "--quiet", "deinit", "-f", "sub"]);
    assert_eq!(unread(&run(&work.0, &[], Reach::Everything)), said, "one that is not checked out too");
    let alone = run(&work.0.join("clone"), &[], Reach::Everything);
    assert_eq!((unread(&alone), subjects(&alone).len()), (vec![], 1), "by itself it is read");
    assert!(base(&work.0.join("clone"), &[]).is_none(), "and has a history of its own");
}

#[test]
fn lfs_pointers_are_unread_and_said_so() {
    let scratch = Scratch::new();
    let (work, _) = shop(&scratch);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    work.write("api/openapi.json", pointer).write("db/migrations/0002_big.up.sql", pointer).write("logo.png", pointer);
    let outcome = run(&work.0, &[], Reach::Everything);
    let why = "a Git LFS pointer; `git lfs pull` fetches the file";
    assert_eq!(unread(&outcome)[..2], [("api/openapi.json", why), ("db/migrations/0002_big.up.sql", why)]);
    assert!(!unread(&outcome).iter().any(|(path, _)| *path == "logo.png"), "what nobody reads is not missed");
    let is_told = outcome.report.findings.iter().any(|one| one.rule == "migrations/unread");
    assert!(is_told, "a pending migration that cannot be read does not pass");
}

#[test]
fn the_working_tree_of_a_bare_repository() {
    let scratch = Scratch::new();
    let (work, first) = shop(&scratch);
    work.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let bare = Work(scratch.path().join("bare.git"));
    bare.git(&["worktree", "add", "-q", "-b", "other", "../tree"]);
    let tree = Work(scratch.path().join("tree"));
    tree.write("db/migrations/0002_lines.up.sql", LINES).commit();
    assert_eq!(base(&tree.0, &[]), Some(first.clone()));
    assert_eq!(base(&tree.0.join("db"), &[]), Some(first));
}

#[test]
fn a_repository_beside_its_working_tree() {
    let scratch = Scratch::new();
    let (work, first) = shop(&scratch);
    work.write("db/migrations/0002_lines.up.sql", LINES);
    let elsewhere = scratch.path().join("elsewhere.git");
    std::fs::rename(work.0.join(".git"), &elsewhere).unwrap();
    assert_eq!(base(&work.0, &[]), None, "nothing says where it is");
    let told = [("GIT_DIR", elsewhere.as_path()), ("GIT_WORK_TREE", work.0.as_path())];
    assert_eq!(base(&work.0, &told), Some(first.clone()));
    assert_eq!(base(&work.0.join("db"), &told), Some(first));
    let other = scratch.repository("other");
    assert_eq!(base(&other.0, &told), None, "a folder outside of that working tree is none of it");
}

#[test]
fn a_hook_is_told_which_index_becomes_the_commit() {
    let scratch = Scratch::new();
    let (work, _) = shop(&scratch);
    let index = work.0.join(".git/next-index-1.lock");
    std::fs::copy(work.0.join(".git/index"), &index).unwrap();
    work.write("db/migrations/0002_lines.up.sql", LINES).git(&["add", "-A"]);
    let own = work.0.join(".git/index");
    let next = work.0.join(".git/other");
    std::fs::rename(&own, &next).unwrap();
    std::fs::rename(&index, &own).unwrap();
    assert_eq!(subjects(&run(&work.0, &[], Reach::Staged)), [""; 0], "the repository's own index has nothing new");
    let told = [("GIT_INDEX_FILE", next.as_path())];
    assert_eq!(subjects(&run(&work.0, &told, Reach::Staged)), ["public.lines.order_id"]);
    let foreign = scratch.path().join("index");
    std::fs::copy(&next, &foreign).unwrap();
    assert_eq!(subjects(&run(&work.0, &[("GIT_INDEX_FILE", &foreign)], Reach::Staged)), [""; 0], "that of another repository");
}

#[test]
fn commits_of_named_files_are_judged_by_what_they_take() {
    let scratch = Scratch::new();
    let (work, _) = shop(&scratch);
    let hook = format!("#!/bin/sh\nexec {} --staged --fail-on warning\n", env!("CARGO_BIN_EXE_backend-lint"));
    work.write(".git/hooks/pre-commit", hook);
    #[cfg(unix)]
    std::fs::set_permissions(work.0.join(".git/hooks/pre-commit"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    work.write("db/migrations/0002_lines.up.sql", "SELECT 1;\n").write("db/migrations/0002_lines.down.sql", "SELECT 1;\n");
    work.git(&["add", "-A"]);
    work.git(&["commit", "-q", "-m", "good"]);
    work.write("db/migrations/0002_lines.up.sql", LINES);
    assert!(!work.tries(&["commit", "-q", "-a", "-m", "all that is tracked"]));
    assert!(!work.tries(&["commit", "-q", "-m", "a file", "db/migrations/0002_lines.up.sql"]));
    work.write("notes.txt", "a").git(&["add", "notes.txt"]);
    assert!(work.tries(&["commit", "-q", "-m", "another file", "notes.txt"]), "what the commit does not take");
}

#[test]
#[cfg(unix)]
fn the_owner_of_a_checkout_does_not_matter() {
    let scratch = Scratch::new();
    let (work, first) = shop(&scratch);
    work.write("db/migrations/0002_lines.up.sql", LINES).commit();
    let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&work.0).unwrap());
    for path in [work.0.clone(), work.0.join(".git")] {
        if std::os::unix::fs::chown(path, Some(owner + 1), None).is_err() {
            println!("skipped: only root can give a file away");
            return;
        }
    }
    assert!(!work.tries(&["status"]), "git itself refuses");
    assert_eq!(base(&work.0, &[]), Some(first));
}

#[test]
fn a_branch_on_a_branch_is_held_against_the_one_below() {
    let scratch = Scratch::new();
    let (work, _) = shop(&scratch);
    work.write("db/migrations/0002_lines.up.sql", LINES).commit();
    work.git(&["checkout", "-q", "-b", "upper"]);
    let bills = LINES.replace("lines", "bills");
    work.write("db/migrations/0003_bills.up.sql", &bills).commit();
    let brought = |name: &str| {
        let outcome = run(&work.0, &[], Reach::Since(name.into()));
        subjects(&outcome).iter().map(|one| (*one).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(brought("feature"), ["public.bills.order_id"]);
    assert_eq!(brought("main").len(), 2);
    let target = BTreeMap::from([("GITHUB_BASE_REF".to_owned(), "feature".to_owned())]);
    let options = Options { reach: Reach::Since("auto".into()), ..Options::default() };
    assert_eq!(subjects(&engine::run(&work.0, &target, &options).unwrap()), ["public.bills.order_id"]);
}

/// The names of the migrations that were judged.
fn judged(root: &Path) -> Vec<String> {
    let outcome =
        engine::run(root, &BTreeMap::new(), &Options { migrations: Migrations::Pending, ..Options::default() }).unwrap();
    let migrations = outcome.model.schema.databases.iter().flat_map(|database| &database.migrations);
    migrations.filter(|one| one.pending).map(|one| one.path.rsplit('/').next().unwrap_or("").to_owned()).collect()
}

#[test]
fn another_title_makes_no_new_migration_and_another_version_does() {
    let scratch = Scratch::new();
    let (work, _) = shop(&scratch);
    work.git(&["mv", "db/migrations/0001_orders.up.sql", "db/migrations/0001_first.up.sql"]);
    work.git(&["mv", "db/migrations/0001_orders.down.sql", "db/migrations/0001_first.down.sql"]);
    assert_eq!(judged(&work.0), [""; 0]);
    work.git(&["mv", "db/migrations", "db/steps"]);
    assert_eq!(judged(&work.0), [""; 0], "nor does another folder");
    work.git(&["mv", "db/steps/0001_first.up.sql", "db/steps/0002_first.up.sql"]);
    assert_eq!(judged(&work.0), ["0002_first.up.sql"], "a tool that goes by versions runs it again");
    work.git(&["mv", "db/steps/0002_first.up.sql", "db/steps/0001_first.up.sql"]);
    work.write("db/steps/0001_first.up.sql", LINES);
    assert_eq!(judged(&work.0), ["0001_first.up.sql"], "nor is other content an old migration");
}

#[test]
fn a_renamed_document_keeps_its_findings() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write("api/openapi.yaml", document(&["orders"])).commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    let found = |reach: Reach| engine::run(&work.0, &BTreeMap::new(), &Options { reach, ..everything() }).unwrap().report;
    let prints = || found(Reach::Everything).findings.into_iter().map(|one| one.fingerprint).collect::<Vec<_>>();
    let before = prints();
    assert!(!before.is_empty());
    work.git(&["mv", "api/openapi.yaml", "api/orders.yaml"]);
    assert_eq!(prints(), before);
    let since = found(Reach::Since("main".into()));
    assert_eq!((since.findings.len(), since.debt), (0, Some(before.len())));
}
