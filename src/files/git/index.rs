//! What is staged, read as it is asked for.

use super::reason;
use super::tree::{blob, has_content};
use crate::files::{Entry, Files, ReadError};
use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode, Stage};
use gix::{ObjectId, ThreadSafeRepository};
use std::collections::BTreeMap;

/// The index of a repository, rooted at a folder of it: what the next commit would hold.
pub struct Index {
    repository: ThreadSafeRepository,
    files: BTreeMap<String, ObjectId>,
    /// Names that are not UTF-8, and files whose conflict is not resolved.
    refused: Vec<(String, String)>,
}

impl Index {
    /// What is staged below a folder. Links and submodules are left out; so is what is only announced (`git add -N`).
    pub(super) fn new(repository: ThreadSafeRepository, prefix: &str) -> Result<Index, ReadError> {
        let local = repository.to_thread_local();
        let index = local.index_or_empty().map_err(reason)?;
        let below = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let entries = if below.is_empty() { Some(index.entries()) } else { index.prefixed_entries(below.as_str().into()) };
        let (mut files, mut refused) = (BTreeMap::new(), Vec::new());
        for entry in entries.unwrap_or_default() {
            let is_file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
            if !is_file || entry.flags.contains(Flags::INTENT_TO_ADD) {
                continue;
            }
            let Ok(path) = entry.path(&index).to_str() else {
                refused.push((entry.path(&index).to_str_lossy().into_owned(), "the path is not UTF-8".to_owned()));
                continue;
            };
            let relative = path.strip_prefix(below.as_str()).unwrap_or(path).to_owned();
            match entry.stage() {
                Stage::Unconflicted => drop(files.insert(relative, entry.id)),
                // A conflict has up to three entries; one word about it is enough.
                Stage::Ours => refused.push((relative, "its merge conflict is not resolved".to_owned())),
                _ => {}
            }
        }
        drop(index);
        Ok(Index { repository, files, refused })
    }
}

impl Files for Index {
    /// Sizes would cost a look at every object: they are 0 here, as in the tree of a commit.
    fn list(&self) -> Vec<Entry> {
        self.files.keys().map(|path| Entry { path: path.clone(), size: 0, modified: None }).collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let id = self.files.get(path).ok_or_else(|| ReadError("no such file".into()))?;
        blob(&self.repository, *id)
    }

    fn exists(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    fn same(&self, path: &str, bytes: &[u8]) -> bool {
        self.files.get(path).is_some_and(|id| has_content(&self.repository, *id, bytes))
    }

    fn refused(&self) -> Vec<(String, String)> {
        self.refused.clone()
    }
}
