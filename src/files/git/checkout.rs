//! The working tree of a repository: files on a disk, whose content the index knows as long as they are as it noted them.

use super::staging::{SUBMODULE, Staging};
use super::{Head, Repository};
use crate::files::disk::Disk;
use crate::files::{ByPath, ContentId, Files, Listing, ReadError};
use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode};
use std::fs::Metadata;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

/// A folder on disk that may lie in a repository.
pub struct Checkout<'r> {
    disk: Disk,
    repository: Option<&'r Repository>,
    /// Read when it is asked for; `None` where it cannot be.
    staging: OnceLock<Option<Arc<Staging>>>,
    /// Folders of other repositories that the last listing left out.
    others: Mutex<Vec<String>>,
    /// What the disk said of the files that were read, when they were.
    seen: Mutex<ByPath<State>>,
}

/// Size in bytes and time of the last change since 1970, by which the index knows a file.
#[derive(Debug, Clone, Copy)]
struct State {
    size: u64,
    modified: Option<Duration>,
}

impl State {
    /// What the disk says of a file; `None` where it is none.
    fn of(data: &Metadata) -> Option<State> {
        let modified = || data.modified().ok()?.duration_since(UNIX_EPOCH).ok();
        data.is_file().then(|| State { size: data.len(), modified: modified() })
    }
}

impl<'r> Checkout<'r> {
    /// A folder, and the repository that it lies in.
    pub fn new(folder: &Path, repository: Option<&'r Repository>) -> Checkout<'r> {
        Checkout {
            disk: Disk::new(folder),
            repository,
            staging: OnceLock::new(),
            others: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    fn staging(&self) -> Option<&Staging> {
        let read = |repository: &Repository| Staging::read(&repository.shared, &repository.prefix).ok();
        self.staging.get_or_init(|| self.repository.and_then(read)).as_deref()
    }
}

impl Files for Checkout<'_> {
    /// What lies in a repository within this one belongs to that one: no commit of this one can hold it.
    fn list(&self) -> Arc<Listing> {
        let known = self.staging().map(Staging::listing);
        let all = self.disk.list_with(known.unwrap_or_default());
        let others = if self.repository.is_some() { self.disk.repositories() } else { Vec::new() };
        let is_inside =
            |path: &str| others.iter().any(|one| path.strip_prefix(one.as_str()).is_some_and(|rest| rest.starts_with('/')));
        let own = if others.is_empty() { all } else { Arc::new(all.iter().filter(|path| !is_inside(path)).collect()) };
        *self.others.lock().unwrap_or_else(PoisonError::into_inner) = others;
        own
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.read_up_to(path, u64::MAX)
    }

    fn read_up_to(&self, path: &str, most: u64) -> Result<Vec<u8>, ReadError> {
        let (bytes, data) = self.disk.load(path, most)?;
        if self.repository.is_some() {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            // The first reading is what the model takes: a file that is saved meanwhile must not pass for what the base has.
            if let Some(state) = State::of(&data) {
                seen.entry(path.into()).or_insert(state);
            }
        }
        Ok(bytes)
    }

    fn exists(&self, path: &str) -> bool {
        self.disk.exists(path)
    }

    fn id(&self, path: &str) -> Option<ContentId> {
        let staging = self.staging()?;
        let entry = staging.file(path)?;
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(path).copied();
        let state = seen.or_else(|| State::of(&self.disk.root().join(path).symlink_metadata().ok()?))?;
        is_unchanged(state, entry, staging).then_some(ContentId(entry.id))
    }

    /// Submodules that are not checked out are known from the index alone.
    fn refused(&self) -> Vec<(String, String)> {
        let mut refused = self.disk.refused();
        let submodules = self.staging().map(Staging::submodules).unwrap_or_default();
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let clones = others.iter().filter(|one| !submodules.contains(one)).cloned();
        refused.extend(
            clones.map(|one| (one, "a git repository of its own, which is not read from here; check it by itself".to_owned())),
        );
        refused.extend(submodules.into_iter().map(|one| (one, SUBMODULE.to_owned())));
        refused
    }
}

impl Repository {
    /// Whether anything below the folder differs from the checked out commit: changed, added, removed, or untracked and listed.
    /// `listing` is what the working tree holds there, sorted by path. Contents count, line ends apart; a file whose size and time are
    /// those of the index is taken as unchanged, as git itself does.
    pub fn is_dirty(&self, listing: &Listing) -> Result<bool, ReadError> {
        let Head::At(commit, _) = self.head()? else { return Ok(!listing.is_empty()) };
        let Some(top) = self.top() else { return Ok(false) };
        let folder = top.join(&self.prefix);
        let tree = self.tree(commit)?;
        let staging = Staging::read(&self.shared, &self.prefix)?;
        if has_untracked(listing, &staging) {
            return Ok(true);
        }
        let differences = staging.differences(&tree);
        let sparse = staging.state().entries().iter().any(|entry| entry.flags.contains(Flags::SKIP_WORKTREE));
        // What was removed from the index and from the disk is only in the commit.
        let is_gone = |path: &str| staging.file(path).is_none();
        if !sparse && differences.iter().any(|(path, id)| id.is_some() && is_gone(path)) {
            return Ok(true);
        }
        for entry in staging.entries() {
            // Submodules, links, names that are not UTF-8 and parts that a sparse checkout leaves out are none of ours.
            let Ok(path) = staging.path(entry).to_str() else { continue };
            let is_file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
            if !is_file || entry.flags.contains(Flags::SKIP_WORKTREE) {
                continue;
            }
            let full = folder.join(path);
            // What is tracked and not listed is ignored by now, or gone.
            let Ok(data) = full.symlink_metadata() else { return Ok(true) };
            let committed = differences.get(path).copied().unwrap_or(Some(entry.id));
            let is_unchanged = State::of(&data).is_some_and(|state| is_unchanged(state, entry, &staging));
            let is_committed = match is_unchanged {
                true => committed == Some(entry.id),
                false => std::fs::read(&full).is_ok_and(|bytes| tree.same(path, &bytes)),
            };
            if !is_committed {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a listing has a file that the index does not have, submodules apart. Both are sorted.
fn has_untracked(listing: &Listing, staging: &Staging) -> bool {
    let mut entries = staging.entries().iter().peekable();
    // The modules that a path can lie in stand before it.
    let mut modules: Vec<&[u8]> = Vec::new();
    for path in listing.iter().map(str::as_bytes) {
        while let Some(entry) = entries.next_if(|entry| staging.path(entry).as_bytes() < path) {
            if entry.mode == Mode::COMMIT {
                modules.push(staging.path(entry).as_bytes());
            }
        }
        let is_tracked = entries.peek().is_some_and(|entry| staging.path(entry).as_bytes() == path);
        let is_inside = |module: &&[u8]| path.strip_prefix(*module).is_some_and(|rest| rest.starts_with(b"/"));
        if !is_tracked && !modules.iter().any(is_inside) {
            return true;
        }
    }
    false
}

/// Whether a file's size and time are those that the index noted.
fn is_unchanged(state: State, entry: &gix::index::Entry, staging: &Staging) -> bool {
    let stat = &entry.stat;
    let same_time = state.modified.is_some_and(|time| {
        u64::from(stat.mtime.secs) == time.as_secs() && (stat.mtime.nsecs == time.subsec_nanos() || stat.mtime.nsecs == 0)
    });
    // A file written in the very moment of the index may have changed after it.
    let is_before = i64::from(stat.mtime.secs) < staging.state().timestamp().unix_seconds();
    u64::from(stat.size) == state.size && same_time && is_before
}
