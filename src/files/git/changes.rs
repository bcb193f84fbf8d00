//! Whether the working tree differs from the checked out commit.

use super::{GitTree, Head, Repository};
use crate::files::{Entry, Files, ReadError};
use gix::bstr::ByteSlice;
use gix::index::entry::Mode;
use std::path::Path;
use std::time::UNIX_EPOCH;

impl Repository {
    /// Whether anything below the folder differs from the checked out commit: changed, added, removed, or untracked and listed.
    /// `listing` is what the working tree holds there. Contents count, line ends apart; a file whose size and time are
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
            let path = entry.path(&index).to_str_lossy();
            // Submodules, links and parts that a sparse checkout leaves out are none of ours.
            let is_file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
            if !is_file || entry.flags.contains(gix::index::entry::Flags::SKIP_WORKTREE) {
                continue;
            }
            files += 1;
            let relative = path.strip_prefix(below.as_str()).unwrap_or(&path);
            if differs(&top.join(path.as_ref()), entry, &index, &tree, relative) {
                return Ok(true);
            }
        }
        // What was removed from the index and from the disk is only in the commit.
        let sparse = index.entries().iter().any(|entry| entry.flags.contains(gix::index::entry::Flags::SKIP_WORKTREE));
        Ok(!sparse && tree.list().len() != files)
    }
}

/// Whether a tracked file differs from the commit.
fn differs(path: &Path, entry: &gix::index::Entry, index: &gix::index::State, tree: &GitTree, relative: &str) -> bool {
    let Ok(data) = path.symlink_metadata() else { return true };
    let modified = data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let (seconds, nanoseconds) = modified.map_or((0, 0), |time| (time.as_secs(), time.subsec_nanos()));
    let stat = &entry.stat;
    let unchanged = u64::from(stat.size) == data.len()
        && u64::from(stat.mtime.secs) == seconds
        && (stat.mtime.nsecs == nanoseconds || stat.mtime.nsecs == 0)
        // A file written in the very moment of the index may have changed after it.
        && i64::from(stat.mtime.secs) < index.timestamp().unix_seconds();
    if unchanged {
        return !tree.holds(relative, entry.id);
    }
    !std::fs::read(path).is_ok_and(|bytes| tree.same(relative, &bytes))
}
