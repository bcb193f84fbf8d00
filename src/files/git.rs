//! What version control knows: commits, branches, and the tree of a commit as [`Files`]. Read in this process, through `gix`;
//! no `git` is run, nothing is written, and neither the user's nor the machine's git configuration is consulted.

mod checkout;
mod index;
mod open;
mod shared;
mod staging;
mod tree;

pub use checkout::Checkout;
pub use index::Index;
pub use open::Told;
pub use tree::GitTree;

use super::ReadError;
use gix::bstr::ByteSlice;
use shared::Shared;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit(gix::ObjectId);

impl std::fmt::Display for Commit {
    /// The full id.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What is checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// A branch without a commit.
    Unborn,
    /// A commit, and the branch where it is not detached.
    At(Commit, Option<String>),
}

/// A repository, seen from a folder in its working tree.
pub struct Repository {
    shared: Arc<Shared>,
    /// The working tree; `None` for bare repositories.
    top: Option<PathBuf>,
    /// The folder relative to the working tree, separated by `/`; empty at its top.
    prefix: String,
}

/// What went wrong, in one line.
fn reason(error: impl std::fmt::Display) -> ReadError {
    ReadError(error.to_string().lines().next().unwrap_or("").to_owned())
}

impl Repository {
    /// A handle of this thread.
    fn local(&self) -> gix::Repository {
        self.shared.repository().to_thread_local()
    }

    /// The top of the working tree; `None` for bare repositories, and for folders inside of `.git`.
    pub fn top(&self) -> Option<&Path> {
        self.top.as_deref()
    }

    /// The folder relative to the top, separated by `/`; empty at the top.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether the repository has anything below the folder: in the checked out commit, or added.
    pub fn is_tracked(&self) -> bool {
        let local = self.local();
        let in_index = || {
            let below = format!("{}/", self.prefix);
            self.shared.index().is_ok_and(|index| index.prefixed_entries(below.as_str().into()).is_some())
        };
        let in_commit = || local.head_tree().ok()?.lookup_entry_by_path(&self.prefix).ok().flatten();
        self.prefix.is_empty() || in_commit().is_some_and(|entry| entry.mode().is_tree()) || in_index()
    }

    /// What is checked out.
    pub fn head(&self) -> Result<Head, ReadError> {
        let local = self.local();
        let mut head = local.head().map_err(reason)?;
        let branch = head.referent_name().map(|name| name.shorten().to_str_lossy().into_owned());
        Ok(match head.try_peel_to_id().map_err(reason)? {
            Some(id) => Head::At(Commit(id.detach()), branch),
            None => Head::Unborn,
        })
    }

    /// The commit that a full name such as `refs/heads/main` stands for.
    pub fn reference(&self, name: &str) -> Option<Commit> {
        let local = self.local();
        let id = local.try_find_reference(name).ok()??.peel_to_commit().ok()?.id;
        Some(Commit(id))
    }

    /// The name that a symbolic reference such as `refs/remotes/origin/HEAD` leads to.
    pub fn symbolic(&self, name: &str) -> Option<String> {
        let local = self.local();
        let reference = local.try_find_reference(name).ok()??;
        Some(reference.target().try_name()?.as_bstr().to_str().ok()?.to_owned())
    }

    /// The names of local branches, sorted.
    pub fn branches(&self) -> Vec<String> {
        let local = self.local();
        let Ok(references) = local.references() else { return Vec::new() };
        let Ok(branches) = references.local_branches() else { return Vec::new() };
        let names = branches.filter_map(Result::ok).map(|branch| branch.name().shorten().to_str_lossy().into_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// The commit with a full id, where this clone has it.
    pub fn commit(&self, id: &str) -> Option<Commit> {
        let id = gix::ObjectId::from_hex(id.as_bytes()).ok()?;
        self.local().find_commit(id).ok().map(|commit| Commit(commit.id))
    }

    /// The commit that a name stands for, in any form that git knows: `main`, `origin/main`, `HEAD~2`, the first digits of an id.
    pub fn revision(&self, name: &str) -> Option<Commit> {
        let local = self.local();
        let id = local.rev_parse_single(name).ok()?.object().ok()?.peel_to_commit().ok()?.id;
        Some(Commit(id))
    }

    /// What is staged below the folder.
    pub fn index(&self) -> Result<Index, ReadError> {
        Index::new(self.shared.clone(), &self.prefix)
    }

    /// The parents that a commit names, whether this clone has them or not.
    pub fn parents(&self, commit: Commit) -> Vec<Commit> {
        let local = self.local();
        local.find_commit(commit.0).map(|commit| commit.parent_ids().map(|id| Commit(id.detach())).collect()).unwrap_or_default()
    }

    /// Whether this clone has a commit; shallow ones lack most.
    pub fn has(&self, commit: Commit) -> bool {
        self.local().find_commit(commit.0).is_ok()
    }

    /// Whether this clone ends before its history does.
    pub fn is_shallow(&self) -> bool {
        self.local().is_shallow().unwrap_or(false)
    }

    /// The best common ancestor, as far as this clone has the history.
    pub fn merge_base(&self, one: Commit, other: Commit) -> Option<Commit> {
        let mut local = self.local();
        local.object_cache_size_if_unset(4 << 20);
        local.merge_base(one.0, other.0).ok().flatten().map(|id| Commit(id.detach()))
    }

    /// The tree of a commit below the folder. Empty where the commit does not have the folder.
    pub fn tree(&self, commit: Commit) -> Result<GitTree, ReadError> {
        GitTree::new(self.shared.clone(), commit.0, &self.prefix)
    }
}
