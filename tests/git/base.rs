//! Which commit a run compares with: on branches, in pipelines, in clones that lack it, and outside of git.

use super::support::{Scratch, Work};
use backend_lint::engine::{self, Failure, Migrations, Options};
use std::collections::BTreeMap;
use std::path::Path;

/// The base's commit and how it was found.
fn base(root: &Path, variables: &[(&str, &str)]) -> (Option<String>, String) {
    let base = run(root, variables, Migrations::Auto).unwrap();
    (base.revision, base.why)
}

fn run(root: &Path, variables: &[(&str, &str)], migrations: Migrations) -> Result<backend_lint::diagnostic::Base, Failure> {
    let environment: BTreeMap<String, String> = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let options = Options { migrations, ..Options::default() };
    engine::run(root, &environment, &options).map(|outcome| outcome.report.base.unwrap())
}

/// What a run that demands a base says when there is none.
fn refusal(root: &Path, variables: &[(&str, &str)]) -> String {
    let Failure(lines) = run(root, variables, Migrations::Auto).unwrap_err();
    lines.join("\n")
}

#[test]
fn the_default_branch_is_compared_with_what_came_before() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    assert_eq!(base(&work.0, &[]), (None, "the repository has no commit yet".into()));
    let first = work.write("a.sql", "SELECT 1;\n").commit();
    assert_eq!(base(&work.0, &[]), (None, "the only commit of `main` has none before it".into()));
    let second = work.write("b.sql", "SELECT 2;\n").commit();
    assert_eq!(base(&work.0, &[]), (Some(first), "first parent of HEAD on `main`".into()));

    let dirty = (Some(second), "HEAD of `main`, because the working tree has changes".into());
    work.write("b.sql", "SELECT 3;\n");
    assert_eq!(base(&work.0, &[]), dirty, "a changed file");
    work.git(&["add", "-A"]);
    assert_eq!(base(&work.0, &[]), dirty, "a staged change");
    work.git(&["reset", "-q", "--hard"]);
    work.write("new/c.sql", "SELECT 4;\n");
    assert_eq!(base(&work.0, &[]), dirty, "an untracked file");
    std::fs::remove_dir_all(work.0.join("new")).unwrap();
    std::fs::remove_file(work.0.join("a.sql")).unwrap();
    assert_eq!(base(&work.0, &[]), dirty, "a removed file");
    work.git(&["rm", "-q", "a.sql"]);
    assert_eq!(base(&work.0, &[]), dirty, "a removal that is staged");
}

#[test]
fn line_ends_and_what_is_ignored_make_no_tree_dirty() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let first = work.write("a.sql", "SELECT 1;\nSELECT 2;\n").write(".gitignore", "tmp/\n").commit();
    work.write("b.sql", "SELECT 3;\n").commit();
    work.write("a.sql", "SELECT 1;\r\nSELECT 2;\r\n").write("tmp/x.sql", "SELECT 4;\n");
    assert_eq!(base(&work.0, &[]).0, Some(first));
}

#[test]
fn a_branch_is_compared_with_where_it_left_the_default_branch() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let fork = work.write("a", "1").commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    work.write("b", "2").commit();
    work.git(&["checkout", "-q", "main"]);
    work.write("c", "3").commit();
    work.git(&["checkout", "-q", "feature"]);
    assert_eq!(base(&work.0, &[]), (Some(fork.clone()), "merge base with `main`".into()));
    work.git(&["checkout", "-q", "--detach"]);
    assert_eq!(base(&work.0, &[]).0, Some(fork), "a detached branch is still beside the default branch");
}

#[test]
fn a_detached_head_on_the_default_branch_stands_on_it() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let first = work.write("a", "1").commit();
    let second = work.write("b", "2").commit();
    work.write("c", "3").commit();
    work.git(&["checkout", "-q", "--detach"]);
    assert_eq!(base(&work.0, &[]).0, Some(second.clone()));
    work.git(&["checkout", "-q", &second]);
    assert_eq!(base(&work.0, &[]).0, Some(first));
}

#[test]
fn the_remote_says_which_branch_is_the_default() {
    let scratch = Scratch::new();
    let upstream = scratch.repository("upstream");
    upstream.git(&["checkout", "-q", "-b", "trunk"]);
    let fork = upstream.write("a", "1").commit();
    upstream.git(&["clone", "-q", ".", "../clone"]);
    let clone = Work(scratch.path().join("clone"));
    clone.git(&["checkout", "-q", "-b", "main"]);
    clone.write("b", "2").commit();
    assert_eq!(base(&clone.0, &[]), (Some(fork), "merge base with `trunk`".into()));
}

#[test]
fn without_a_known_default_branch_there_is_no_base() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.git(&["checkout", "-q", "-b", "develop"]);
    let first = work.write("a", "1").commit();
    work.write("b", "2").commit();
    assert_eq!(base(&work.0, &[]).0, Some(first), "an only branch is the default");
    work.git(&["branch", "other"]);
    assert_eq!(base(&work.0, &[]), (None, "there is no origin/HEAD, main or master to compare with".into()));
    let Failure(lines) = run(&work.0, &[], Migrations::Pending).unwrap_err();
    assert_eq!(lines, ["no base to compare with: there is no origin/HEAD, main or master to compare with"]);
}

#[test]
fn outside_of_git_there_is_no_base() {
    let scratch = Scratch::new();
    let (revision, why) = base(scratch.path(), &[("GITHUB_BASE_REF", "main")]);
    assert_eq!(revision, None);
    assert!(why.ends_with("lies in no git repository"), "{why}");
    let work = scratch.repository("shop");
    work.write(".gitignore", "vendor/\n").write("vendor/a.sql", "SELECT 1;").write("src/a.sql", "SELECT 1;").commit();
    let (revision, why) = base(&work.0.join("vendor"), &[]);
    assert_eq!((revision, why.as_str()), (None, "the enclosing git repository does not track vendor"));
    work.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let (revision, why) = base(&scratch.path().join("bare.git"), &[]);
    assert_eq!((revision, why.as_str()), (None, "a bare repository has no working tree"));
    let missing = scratch.path().join("nowhere");
    let Failure(lines) = run(&missing, &[], Migrations::Auto).unwrap_err();
    assert_eq!(lines, [format!("{} does not exist", missing.display())]);
}

#[test]
fn worktrees_and_folders_of_a_repository_know_their_base() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let fork = work.write("service/a.sql", "SELECT 1;").commit();
    work.git(&["worktree", "add", "-q", "-b", "feature", "../tree"]);
    let tree = Work(scratch.path().join("tree"));
    tree.write("service/b.sql", "SELECT 2;").commit();
    assert_eq!(base(&tree.0, &[]).0, Some(fork.clone()));
    assert_eq!(base(&tree.0.join("service"), &[]).0, Some(fork));
}

#[test]
fn pipelines_name_their_base() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let first = work.write("a", "1").commit();
    work.git(&["branch", "release"]);
    let second = work.write("b", "2").commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    let third = work.write("c", "3").commit();
    let found = |variables: &[(&str, &str)]| base(&work.0, variables).0;
    assert_eq!(found(&[("GITHUB_BASE_REF", "release")]), Some(first.clone()));
    assert_eq!(found(&[("GITHUB_BASE_REF", "")]), Some(second.clone()), "an empty variable is none");
    assert_eq!(found(&[("BITBUCKET_PR_DESTINATION_BRANCH", "release")]), Some(first.clone()));
    assert_eq!(found(&[("CI_MERGE_REQUEST_DIFF_BASE_SHA", &first)]), Some(first.clone()));
    let target = [("CI_MERGE_REQUEST_DIFF_BASE_SHA", first.as_str()), ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", &second)];
    assert_eq!(found(&target), Some(second.clone()), "a merged result has its target as base");
    let queue = format!("refs/heads/gh-readonly-queue/main/pr-7-{first}");
    assert_eq!(found(&[("GITHUB_REF", &queue)]), Some(first.clone()));

    work.git(&["checkout", "-q", "--detach", "release"]);
    work.write("d", "4").commit();
    work.git(&["merge", "-q", "--no-edit", "feature"]);
    let merge = work.git(&["rev-parse", "HEAD"]);
    let tip = work.git(&["rev-parse", "HEAD^1"]);
    let pull = [("GITHUB_BASE_REF", "release"), ("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_SHA", merge.as_str())];
    assert_eq!(found(&pull), Some(tip));
    work.git(&["checkout", "-q", &third]);
    assert_eq!(found(&pull), Some(first), "another commit was checked out than the merge");
}

#[test]
fn what_a_pipeline_names_must_be_there() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write("a", "1").commit();
    assert_eq!(
        refusal(&work.0, &[("GITHUB_BASE_REF", "release")]),
        "no base to compare with: GITHUB_BASE_REF names `release`, which this clone does not have; \
         run: git fetch --no-tags origin +refs/heads/release:refs/remotes/origin/release"
    );
    let all = run(&work.0, &[("GITHUB_BASE_REF", "release")], Migrations::All).unwrap();
    assert_eq!((all.revision, all.why.as_str()), (None, "GITHUB_BASE_REF names `release`, which this clone does not have"));
    let id = "0123456789012345678901234567890123456789";
    assert_eq!(
        refusal(&work.0, &[("CI_MERGE_REQUEST_DIFF_BASE_SHA", id)]),
        format!(
            "no base to compare with: CI_MERGE_REQUEST_DIFF_BASE_SHA names `{id}`, which this clone does not have; \
             run: git fetch --no-tags origin {id}"
        )
    );
    work.git(&["checkout", "-q", "--orphan", "other"]);
    work.write("b", "2").commit();
    assert_eq!(
        refusal(&work.0, &[("GITHUB_BASE_REF", "main")]),
        "no base to compare with: GITHUB_BASE_REF names `main`, which has no commit in common with HEAD"
    );
}

#[test]
fn a_shallow_clone_says_what_to_fetch_and_the_command_helps() {
    let scratch = Scratch::new();
    let upstream = scratch.repository("upstream");
    let fork = upstream.write("a", "1").commit();
    upstream.git(&["checkout", "-q", "-b", "feature"]);
    upstream.write("b", "2").commit();
    upstream.write("c", "3").commit();
    let url = format!("file://{}", upstream.0.display());
    upstream.git(&["clone", "-q", "--depth=1", "--branch=feature", &url, "../clone"]);
    let clone = Work(scratch.path().join("clone"));

    let said = refusal(&clone.0, &[("GITHUB_BASE_REF", "main")]);
    let (what, command) = said.split_once("; run: git ").unwrap();
    assert_eq!(what, "no base to compare with: GITHUB_BASE_REF names `main`, which this clone does not have");
    clone.git(&command.split(' ').collect::<Vec<_>>());
    assert_eq!(base(&clone.0, &[("GITHUB_BASE_REF", "main")]).0, Some(fork));

    upstream.git(&["checkout", "-q", "main"]);
    let second = upstream.write("d", "4").commit();
    upstream.write("e", "5").commit();
    upstream.git(&["clone", "-q", "--depth=1", &url, "../main"]);
    let clone = Work(scratch.path().join("main"));
    assert_eq!(base(&clone.0, &[]), (None, "this shallow clone ends at HEAD".into()), "not asked for: no base, with the reason");
    let Failure(lines) = run(&clone.0, &[], Migrations::Pending).unwrap_err();
    let (_, command) = lines[0].split_once("; run: git ").unwrap();
    clone.git(&command.split(' ').collect::<Vec<_>>());
    assert_eq!(base(&clone.0, &[]).0, Some(second));
}

#[test]
fn a_damaged_repository_is_no_base() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write("a", "1").commit();
    std::fs::write(work.0.join(".git/HEAD"), "nonsense").unwrap();
    let (revision, why) = base(&work.0, &[]);
    assert_eq!(revision, None);
    assert!(!why.is_empty() && !why.contains('\n'), "{why}");
}
