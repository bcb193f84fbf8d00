//! What is staged, read as it is asked for.

use super::shared::Shared;
use super::staging::{SUBMODULE, Staging, is_file};
use super::tree::{has_content, small_blob};
use crate::files::{ContentId, Files, Listing, ReadError};
use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode, Stage};
use std::sync::Arc;

/// The index of a repository, rooted at a folder of it: what the next commit would hold. Links and submodules are left out; so is
/// what is only announced (`git add -N`).
pub struct Index {
    shared: Arc<Shared>,
    staging: Arc<Staging>,
}

impl Index {
    /// What is staged below a folder.
    pub(super) fn new(shared: Arc<Shared>, prefix: &str) -> Result<Index, ReadError> {
        let staging = Staging::read(&shared, prefix)?;
        Ok(Index { shared, staging })
    }
}

impl Files for Index {
    fn list(&self) -> Arc<Listing> {
        self.staging.listing()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let entry = self.staging.file(path).ok_or_else(|| ReadError("no such file".into()))?;
        small_blob(&self.shared, entry.id, entry.stat.size)
    }

    fn exists(&self, path: &str) -> bool {
        self.staging.file(path).is_some()
    }

    fn same(&self, path: &str, bytes: &[u8]) -> bool {
        self.staging.file(path).is_some_and(|entry| has_content(&self.shared, entry.id, bytes))
    }

    fn id(&self, path: &str) -> Option<ContentId> {
        self.staging.file(path).map(|entry| ContentId(entry.id))
    }

    /// Names that are not UTF-8, files whose conflict is not resolved, and submodules.
    fn refused(&self) -> Vec<(String, String)> {
        let submodules = self.staging.submodules().into_iter();
        let mut refused: Vec<(String, String)> = submodules.map(|one| (one, SUBMODULE.to_owned())).collect();
        for entry in self.staging.others() {
            let path = self.staging.path(entry);
            // A conflict has up to three entries; one word about it is enough.
            let is_blob = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
            if is_file(entry) {
                refused.push((path.to_str_lossy().into_owned(), "the path is not UTF-8".to_owned()));
            } else if is_blob && entry.stage() == Stage::Ours && !entry.flags.contains(Flags::INTENT_TO_ADD) {
                refused.push((path.to_str_lossy().into_owned(), "its merge conflict is not resolved".to_owned()));
            }
        }
        refused
    }
}
