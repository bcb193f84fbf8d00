//! Whether the working tree differs from the checked out commit.

use super::{GitTree, Head, Repository};
use crate::files::{Entry, Files, ReadError};
use gix::bstr::ByteSlice;
use gix::index::entry::Mode;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

impl Repository {
    /// Whether anything below the folder differs from the checked out commit: changed, added, removed, or untracked and listed.
    /// `listing` is what the working tree holds there, sorted by path. Contents count, line ends apart; a file whose size and time are
    /// those of the index is taken as unchanged, as git itself does.
    pub fn is_dirty(&self, listing: &[Entry]) -> Result<bool, ReadError> {
        let Head::At(commit, _) = self.head()? else { return Ok(!listing.is_empty()) };
        let Some(top) = self.top() else { return Ok(false) };
        let tree = self.tree(commit)?;
        let local = self.inner.to_thread_local();
        let index = local.index_or_empty().map_err(super::reason)?;
        let below = if self.prefix.is_empty() { String::new() } else { format!("{}/", self.prefix) };
        let submodules: Vec<String> = index
            .entries()
            .iter()
            .filter(|entry| entry.mode == Mode::COMMIT)
            .map(|entry| format!("{}/", entry.path(&index).to_str_lossy()))
            .collect();
        let is_untracked = |entry: &Entry| {
            let path = format!("{below}{}", entry.path);
            index.entry_by_path(path.as_str().into()).is_none() && !submodules.iter().any(|folder| path.starts_with(folder))
        };
        if listing.iter().any(is_untracked) {
            return Ok(true);
        }
        let entries = if below.is_empty() { Some(index.entries()) } else { index.prefixed_entries(below.as_str().into()) };
        let mut files = 0;
        for entry in entries.unwrap_or_default() {
            // Submodules, links, names that are not UTF-8 and parts that a sparse checkout leaves out are none of ours.
            let Ok(path) = entry.path(&index).to_str() else { continue };
            let is_file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
            if !is_file || entry.flags.contains(gix::index::entry::Flags::SKIP_WORKTREE) {
                continue;
            }
            files += 1;
            let relative = path.strip_prefix(below.as_str()).unwrap_or(path);
            let full = top.join(path);
            let listed = listing.binary_search_by(|one| one.path.as_str().cmp(relative)).ok().and_then(|at| listing.get(at));
            // What is tracked and not listed is ignored by now, or gone.
            let state = listed.map(|one| (one.size, one.modified)).or_else(|| {
                let data = full.symlink_metadata().ok()?;
                Some((data.len(), data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok())))
            });
            let Some(state) = state else { return Ok(true) };
            let is_as_indexed = is_unchanged(state, entry, &index);
            if !(if is_as_indexed { tree.holds(relative, entry.id) } else { is_same(&full, &tree, relative) }) {
                return Ok(true);
            }
        }
        // What was removed from the index and from the disk is only in the commit.
        let sparse = index.entries().iter().any(|entry| entry.flags.contains(gix::index::entry::Flags::SKIP_WORKTREE));
        Ok(!sparse && tree.list().len() != files)
    }
}

/// Whether a file's size and time are those that the index noted.
fn is_unchanged((size, modified): (u64, Option<Duration>), entry: &gix::index::Entry, index: &gix::index::State) -> bool {
    let stat = &entry.stat;
    let same_time = modified.is_some_and(|time| {
        u64::from(stat.mtime.secs) == time.as_secs() && (stat.mtime.nsecs == time.subsec_nanos() || stat.mtime.nsecs == 0)
    });
    // A file written in the very moment of the index may have changed after it.
    u64::from(stat.size) == size && same_time && i64::from(stat.mtime.secs) < index.timestamp().unix_seconds()
}

/// Whether a file has the content that the commit has.
fn is_same(full: &Path, tree: &GitTree, relative: &str) -> bool {
    std::fs::read(full).is_ok_and(|bytes| tree.same(relative, &bytes))
}
