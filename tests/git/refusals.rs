//! What cannot be done is one sentence with the remedy and exit code 2, and nothing is written.

use super::support::{Scratch, Work};
use std::process::Command;

/// Every file of a working tree, with its content.
fn files(work: &Work) -> Vec<(String, Vec<u8>)> {
    let walk = walkdir::WalkDir::new(&work.0).sort_by_file_name().into_iter().filter_entry(|entry| entry.file_name() != ".git");
    let files = walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().display().to_string(), std::fs::read(entry.path()).unwrap())).collect()
}

/// What the program says when it refuses, without `error: `.
fn refused(work: &Work, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let before = files(work);
    let mut command = Command::new(env!("CARGO_BIN_EXE_backend-lint"));
    let output = command.args(arguments).current_dir(&work.0).env_clear().envs(variables.iter().copied()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
    assert!(files(work) == before, "{arguments:?} wrote something");
    said.trim_end().strip_prefix("error: ").unwrap_or(&said).to_owned()
}

const TABLE: &str = "CREATE TABLE a (id bigint PRIMARY KEY);\n";

fn shop(scratch: &Scratch, name: &str) -> Work {
    let work = scratch.repository(name);
    work.write("db/migrations/0001_a.up.sql", TABLE).write("db/migrations/0001_a.down.sql", "DROP TABLE a;\n");
    work
}

/// A run that would write a report, too.
const WRITES: &[&str] = &["--format", "json", "--output", "sarif=report.sarif"];

#[test]
fn a_base_that_is_not_there() {
    let scratch = Scratch::new();
    let work = shop(&scratch, "shop");
    let since = |name: &'static str| [&["--since", name], WRITES].concat();
    let unborn = "no base to compare with: the repository has no commit yet; commit first, or leave --since out: all is new";
    assert_eq!(refused(&work, &since("main"), &[]), unborn);
    work.commit();
    work.git(&["checkout", "-q", "--orphan", "other"]);
    assert_eq!(refused(&work, &since("main"), &[]), unborn, "an unborn branch beside one with commits");
    work.git(&["checkout", "-q", "-f", "main"]);
    assert_eq!(
        refused(&work, &since("maine"), &[]),
        "no base to compare with: --since names `maine`, which this clone does not have; did you mean `main`?"
    );
    let moved = "0123456789012345678901234567890123456789";
    let fetch = format!("run: git fetch --no-tags origin {moved}");
    assert_eq!(
        refused(&work, &["--since", moved], &[]),
        format!("no base to compare with: --since names `{moved}`, which this clone does not have; {fetch}")
    );
    assert_eq!(
        refused(&work, WRITES, &[("CI_MERGE_REQUEST_DIFF_BASE_SHA", moved)]),
        format!(
            "no base to compare with: CI_MERGE_REQUEST_DIFF_BASE_SHA names `{moved}`, which this clone does not have; {fetch}"
        )
    );
    assert_eq!(
        refused(&work, &["--since", ""], &[]),
        "no base to compare with: --since names ``, which this clone does not have; name a branch, a tag or a commit of it"
    );
}

#[test]
fn a_baseline_that_is_damaged_or_gone() {
    let scratch = Scratch::new();
    let work = shop(&scratch, "shop");
    work.write("backend-lint.baseline", "0123 indexes/duplicate-index public.a.b\n").commit();
    let damaged = "backend-lint.baseline:1: `0123 indexes/duplicate-index public.a.b` is no fingerprint; \
                   take the line out, or run `backend-lint baseline write`";
    for command in [WRITES, &["baseline", "prune"], &["baseline", "check"]] {
        assert_eq!(refused(&work, command, &[]), damaged);
    }
    let said = refused(&work, &["--baseline", "moved.baseline"], &[]);
    let remedy = "; `backend-lint baseline write` makes one";
    assert!(said.starts_with("--baseline moved.baseline: ") && said.ends_with(remedy), "{said}");
}

#[test]
fn a_configuration_that_includes_itself() {
    let scratch = Scratch::new();
    let work = shop(&scratch, "shop");
    work.write("backend-lint.toml", "extends = \"more.toml\"\n").write("more.toml", "extends = \"backend-lint.toml\"\n").commit();
    let ring = "more.toml:1:11: the file extends itself: backend-lint.toml extends more.toml extends backend-lint.toml; take one of these lines out";
    for command in [WRITES, &["baseline", "write"], &["--staged"], &["--since", "main"]] {
        assert_eq!(refused(&work, command, &[]), ring);
    }
}
