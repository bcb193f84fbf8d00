//! The tree against which change is judged: what the pipeline says, or the merge base with the default branch.

use super::{Failure, Migrations, Options, Reach, suggest};
use crate::diagnostic::Base;
use crate::files::git::{Commit, GitTree, Head, Index, Repository, Told};
use crate::files::{Files, ReadError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The environment variables of a run, as the caller passes them in.
pub(super) type Environment = BTreeMap<String, String>;

/// The base of a run, or why there is none.
pub(super) struct Found {
    /// The base's tree.
    pub(super) tree: Option<GitTree>,
    /// Its commit, and how it was found.
    pub(super) base: Base,
}

/// Why there is no base, and what would change that.
struct Missing {
    reason: String,
    /// What to do about it, as half a sentence.
    remedy: Option<String>,
    /// Whether there is a repository in which a base was looked for.
    looked: bool,
}

impl Missing {
    fn new(reason: impl Into<String>) -> Missing {
        Missing { reason: reason.into(), remedy: None, looked: false }
    }

    /// What a run that demands a base says.
    fn failure(self) -> Failure {
        let what = format!("no base to compare with: {}", self.reason);
        Failure(vec![self.remedy.map_or(what.clone(), |remedy| format!("{what}; {remedy}"))])
    }

    /// The command that fetches what is missing.
    fn fetch(self, command: impl std::fmt::Display) -> Missing {
        self.remedy(format!("run: {command}"))
    }

    fn remedy(self, remedy: impl Into<String>) -> Missing {
        Missing { remedy: Some(remedy.into()), ..self }
    }
}

/// A commit, and how it was found.
type Choice = (Commit, String);

/// Finds the base of a folder. Going on without one is refused where it would let everything through: when pending migrations
/// are asked for, and when the pipeline names a base; but not when all migrations are judged anyway.
pub(super) fn find(
    root: &Path,
    files: &dyn Files,
    repository: &Result<Option<Repository>, ReadError>,
    environment: &Environment,
    options: &Options,
) -> Result<Found, Failure> {
    let named = match &options.reach {
        Reach::Since(name) if name != "auto" => Some(name.as_str()),
        _ => None,
    };
    let choice = match usable(root, repository) {
        Err(missing) => Err(missing),
        Ok(repository) => named
            .map_or_else(|| choose(repository, files, environment), |name| since(repository, name))
            .and_then(|(commit, why)| match repository.tree(commit) {
                Ok(tree) => Ok((tree, commit, why)),
                Err(error) => Err(damaged(&format!("the tree of {commit}"), &error)),
            })
            .map_err(|missing| Missing { looked: true, ..missing }),
    };
    let is_demanded = |missing: &Missing| match options.migrations {
        _ if options.reach != Reach::Everything => true,
        Migrations::Pending => true,
        Migrations::Auto => missing.looked && names_base(environment),
        Migrations::All => false,
    };
    match choice {
        Ok((tree, commit, why)) => Ok(Found { tree: Some(tree), base: Base { revision: Some(commit.to_string()), why } }),
        Err(missing) if is_demanded(&missing) => Err(missing.failure()),
        Err(missing) => Ok(Found { tree: None, base: Base { revision: None, why: missing.reason } }),
    }
}

/// Something of git's that should be there and cannot be read.
fn damaged(what: &str, error: &ReadError) -> Missing {
    Missing::new(format!("{what} cannot be read: {}", error.0)).remedy("`git fsck` says what is damaged")
}

/// The repository, where its working tree holds the folder.
fn usable<'r>(root: &Path, repository: &'r Result<Option<Repository>, ReadError>) -> Result<&'r Repository, Missing> {
    match repository {
        Err(error) => Err(Missing::new(format!("the git repository cannot be read: {}", error.0))),
        Ok(None) => Err(Missing::new(format!("{} lies in no git repository", root.display()))
            .remedy("--base-model FILE compares with what `backend-lint model --format json` printed earlier")),
        Ok(Some(repository)) if repository.top().is_none() => Err(Missing::new("a bare repository has no working tree")
            .remedy("`git worktree add FOLDER BRANCH` makes one that can be checked")),
        Ok(Some(repository)) if !repository.is_tracked() => {
            Err(Missing::new(format!("the enclosing git repository does not track {}", repository.prefix())))
        }
        Ok(Some(repository)) => Ok(repository),
    }
}

/// What is staged, and what it is compared with.
pub(super) struct Staged {
    /// The index.
    pub(super) index: Index,
    /// The checked out commit's tree; `None` before the first commit, when everything that is staged is new.
    pub(super) tree: Option<GitTree>,
    /// Its commit.
    pub(super) base: Base,
}

/// What is staged in the repository of a folder.
pub(super) fn staged(root: &Path, repository: &Result<Option<Repository>, ReadError>) -> Result<Staged, Failure> {
    let read = |what: &str, error: ReadError| damaged(what, &error).failure();
    let repository = usable(root, repository).map_err(Missing::failure)?;
    let index = repository.index().map_err(|error| read("the index", error))?;
    match repository.head().map_err(|error| read("HEAD", error))? {
        Head::Unborn => {
            let why = "the repository has no commit yet: all that is staged is new".to_owned();
            Ok(Staged { index, tree: None, base: Base { revision: None, why } })
        }
        Head::At(commit, _) => {
            let tree = repository.tree(commit).map_err(|error| read("the tree of HEAD", error))?;
            let base = Base { revision: Some(commit.to_string()), why: "HEAD, which what is staged is compared with".into() };
            Ok(Staged { index, tree: Some(tree), base })
        }
    }
}

/// The commit that `--since` names: where the history of HEAD left it.
fn since(repository: &Repository, name: &str) -> Result<Choice, Missing> {
    let head = match repository.head() {
        Ok(Head::At(commit, _)) => commit,
        Ok(Head::Unborn) => {
            let missing = Missing::new("the repository has no commit yet");
            return Err(missing.remedy("commit first, or leave --since out: all is new"));
        }
        Err(error) => return Err(damaged("HEAD", &error)),
    };
    let all = if repository.is_shallow() { " --unshallow" } else { "" };
    let branch = name.strip_prefix("origin/").filter(|branch| !branch.contains(['~', '^', '@', ':', ' ']));
    let is_id = name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let fetch = match branch {
        _ if is_id => format!("git fetch --no-tags origin {name}"),
        Some(branch) => format!("git fetch --no-tags{all} origin +refs/heads/{branch}:refs/remotes/origin/{branch}"),
        None => format!("git fetch{all} origin"),
    };
    let Some(named) = repository.revision(name) else {
        let missing = Missing::new(format!("--since names `{name}`, which this clone does not have"));
        let branches = repository.branches();
        let meant = suggest::nearest(name, &branches.iter().map(String::as_str).collect::<Vec<_>>());
        return Err(match meant {
            Some(meant) => missing.remedy(format!("did you mean `{meant}`?")),
            None if branch.is_some() || is_id || repository.is_shallow() => missing.fetch(fetch),
            None => missing.remedy("name a branch, a tag or a commit of it"),
        });
    };
    match repository.merge_base(head, named) {
        Some(base) if base == named => Ok((base, format!("`{name}`, which --since names"))),
        Some(base) => Ok((base, format!("merge base with `{name}`, which --since names"))),
        None if repository.is_shallow() => {
            Err(Missing::new(format!("this shallow clone ends before the merge base with `{name}`")).fetch(fetch))
        }
        None => Err(Missing::new(format!("--since names `{name}`, which has no commit in common with HEAD"))),
    }
}

/// What git's own variables tell of the repository.
pub(super) fn told(environment: &Environment) -> Told {
    let path = |name: &str| variable(environment, name).map(PathBuf::from).filter(|path| path.is_absolute());
    Told { repository: path("GIT_DIR"), work_tree: path("GIT_WORK_TREE"), index_file: path("GIT_INDEX_FILE") }
}

fn variable<'e>(environment: &'e Environment, name: &str) -> Option<&'e str> {
    environment.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

/// The base that GitHub's merge queue writes into the name of its branch: `gh-readonly-queue/main/pr-7-<id>`.
fn queue_base(environment: &Environment) -> Option<&str> {
    let name = variable(environment, "GITHUB_REF")?.strip_prefix("refs/heads/gh-readonly-queue/")?;
    name.rsplit_once('-').map(|(_, id)| id).filter(|id| id.len() == 40)
}

/// Whether the environment names a base.
fn names_base(environment: &Environment) -> bool {
    let variables = [
        "GITHUB_BASE_REF",
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA",
        "BITBUCKET_PR_DESTINATION_BRANCH",
    ];
    variables.iter().any(|name| variable(environment, name).is_some()) || queue_base(environment).is_some()
}

fn choose(repository: &Repository, files: &dyn Files, environment: &Environment) -> Result<Choice, Missing> {
    let (head, branch) = match repository.head() {
        Ok(Head::At(commit, branch)) => (commit, branch),
        Ok(Head::Unborn) => return Err(Missing::new("the repository has no commit yet")),
        Err(error) => return Err(damaged("HEAD", &error)),
    };
    // A pipeline that checks the result of a merge has the target as its first parent: exact, even in a shallow clone.
    if variable(environment, "GITHUB_BASE_REF").is_some()
        && variable(environment, "GITHUB_REF").is_some_and(|name| name.starts_with("refs/pull/") && name.ends_with("/merge"))
        && let [target, _] = repository.parents(head)[..]
        && variable(environment, "GITHUB_SHA") == Some(head.to_string().as_str())
        && repository.has(target)
    {
        return Ok((target, "first parent of the pull request's merge commit".into()));
    }
    for name in ["GITHUB_BASE_REF", "BITBUCKET_PR_DESTINATION_BRANCH"] {
        if let Some(branch) = variable(environment, name) {
            return with_branch(repository, head, branch, name);
        }
    }
    for name in ["CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"] {
        if let Some(id) = variable(environment, name) {
            return by_id(repository, id, name);
        }
    }
    if let Some(id) = queue_base(environment) {
        return by_id(repository, id, "GITHUB_REF");
    }
    with_default(repository, files, head, branch.as_deref())
}

/// The merge base with a branch that the environment names.
fn with_branch(repository: &Repository, head: Commit, branch: &str, variable: &str) -> Result<Choice, Missing> {
    let remote = format!("refs/remotes/origin/{branch}");
    let tip = repository.reference(&remote).or_else(|| repository.reference(&format!("refs/heads/{branch}")));
    let base = tip.and_then(|tip| repository.merge_base(head, tip));
    if let Some(base) = base {
        return Ok((base, format!("merge base with `{branch}`, which {variable} names")));
    }
    let all = if repository.is_shallow() { " --unshallow" } else { "" };
    let command = format!("git fetch --no-tags{all} origin +refs/heads/{branch}:{remote}");
    Err(match (tip, repository.is_shallow()) {
        (None, _) => Missing::new(format!("{variable} names `{branch}`, which this clone does not have")).fetch(command),
        (Some(_), true) => {
            Missing::new(format!("{variable} names `{branch}`, and this shallow clone ends before the merge base")).fetch(command)
        }
        (Some(_), false) => Missing::new(format!("{variable} names `{branch}`, which has no commit in common with HEAD")),
    })
}

/// A commit that the environment names.
fn by_id(repository: &Repository, id: &str, variable: &str) -> Result<Choice, Missing> {
    match repository.commit(id) {
        Some(commit) => Ok((commit, format!("the commit that {variable} names"))),
        None => {
            let is_id = id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
            let missing = Missing::new(format!("{variable} names `{id}`, which this clone does not have"));
            let depth = if repository.is_shallow() { " --depth=1" } else { "" };
            Err(if is_id { missing.fetch(format!("git fetch --no-tags{depth} origin {id}")) } else { missing })
        }
    }
}

/// The default branch: its name, and where it stands.
fn default_branch(repository: &Repository, current: Option<&str>) -> Option<(String, Commit)> {
    let remote = "refs/remotes/origin/";
    let told = repository.symbolic(&format!("{remote}HEAD"));
    let told = told.as_deref().and_then(|name| Some((name.strip_prefix(remote)?, repository.reference(name)?)));
    let usual = || {
        let places = [remote, "refs/heads/"].into_iter().flat_map(|place| ["main", "master"].map(|name| (place, name)));
        places.into_iter().find_map(|(place, name)| Some((name, repository.reference(&format!("{place}{name}"))?)))
    };
    let only = || {
        let branches = repository.branches();
        let [only] = &branches[..] else { return None };
        (current == Some(only)).then(|| repository.reference(&format!("refs/heads/{only}")).map(|tip| (only.clone(), tip)))?
    };
    told.or_else(usual).map(|(name, tip)| (name.to_owned(), tip)).or_else(only)
}

fn with_default(repository: &Repository, files: &dyn Files, head: Commit, current: Option<&str>) -> Result<Choice, Missing> {
    let Some((name, tip)) = default_branch(repository, current) else {
        return Err(Missing::new("there is no origin/HEAD, main or master to compare with"));
    };
    let base = (tip != head).then(|| repository.merge_base(head, tip)).flatten();
    // A detached HEAD that the default branch holds, as pipelines check it out, stands on it too.
    let on_default = current == Some(name.as_str()) || (current.is_none() && (tip == head || base == Some(head)));
    if on_default {
        return before(repository, files, head, &name);
    }
    let deepen = format!("git fetch --no-tags --unshallow origin +refs/heads/{name}:refs/remotes/origin/{name}");
    match base {
        Some(base) => Ok((base, format!("merge base with `{name}`"))),
        None if tip == head => Ok((head, format!("HEAD, which is `{name}` too"))),
        None if repository.is_shallow() => {
            Err(Missing::new(format!("this shallow clone ends before the merge base with `{name}`")).fetch(deepen))
        }
        None => Err(Missing::new(format!("`{name}` has no commit in common with HEAD"))),
    }
}

/// On the default branch: the commit itself while there is uncommitted work, else the one before it.
fn before(repository: &Repository, files: &dyn Files, head: Commit, name: &str) -> Result<Choice, Missing> {
    match repository.is_dirty(&files.list()) {
        Ok(true) => return Ok((head, format!("HEAD of `{name}`, because the working tree has changes"))),
        Ok(false) => {}
        Err(error) => return Err(Missing::new(format!("the working tree cannot be compared with HEAD: {}", error.0))),
    }
    match repository.parents(head).first() {
        None => Err(Missing::new(format!("the only commit of `{name}` has none before it"))),
        Some(parent) if repository.has(*parent) => Ok((*parent, format!("first parent of HEAD on `{name}`"))),
        Some(_) => Err(Missing::new("this shallow clone ends at HEAD").fetch("git fetch --no-tags --deepen=1 origin")),
    }
}
