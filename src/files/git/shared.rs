//! What all views of one repository share: handles to its objects, and its index, read once.

use super::reason;
use super::staging::Staging;
use crate::files::ReadError;
use gix::ThreadSafeRepository;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// An opened repository.
pub(super) struct Shared {
    repository: ThreadSafeRepository,
    /// Another file than the repository's own index.
    index_file: Option<PathBuf>,
    index: OnceLock<Result<Arc<gix::index::File>, ReadError>>,
    /// The index seen from the folder from which it was last asked for.
    staging: Mutex<Option<(String, Arc<Staging>)>>,
    /// Handles that no thread uses now: a new one knows nothing of what was decoded.
    idle: Mutex<Vec<gix::Repository>>,
}

impl Shared {
    /// A repository whose index is its own, or another file.
    pub(super) fn new(repository: ThreadSafeRepository, index_file: Option<PathBuf>) -> Shared {
        Shared { repository, index_file, index: OnceLock::new(), staging: Mutex::default(), idle: Mutex::default() }
    }

    /// The repository itself.
    pub(super) fn repository(&self) -> &ThreadSafeRepository {
        &self.repository
    }

    /// Asks the repository something with a handle of this thread.
    pub(super) fn ask<R>(&self, question: impl FnOnce(&gix::Repository) -> R) -> R {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let handle = idle.unwrap_or_else(|| self.repository.to_thread_local());
        let answer = question(&handle);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
        answer
    }

    /// The index seen from a folder; made where it was not.
    pub(super) fn staging(
        &self,
        folder: &str,
        make: impl FnOnce(Arc<gix::index::File>) -> Staging,
    ) -> Result<Arc<Staging>, ReadError> {
        let mut held = self.staging.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = held.as_ref().filter(|(known, _)| known == folder) {
            return Ok(known.clone());
        }
        let staging = Arc::new(make(self.index()?));
        *held = Some((folder.to_owned(), staging.clone()));
        Ok(staging)
    }

    /// The index; empty where there is none.
    pub(super) fn index(&self) -> Result<Arc<gix::index::File>, ReadError> {
        let read = || {
            let path = self.index_file.clone().unwrap_or_else(|| self.ask(gix::Repository::index_path));
            let hash = self.ask(gix::Repository::object_hash);
            // One thread: what several read is put together by copying it.
            let options = gix::index::decode::Options { thread_limit: Some(1), ..Default::default() };
            // As git does, without the checksum over the whole: a file that is damaged does not decode.
            gix::index::File::at_or_default(path, hash, true, options).map(Arc::new).map_err(reason)
        };
        self.index.get_or_init(read).clone()
    }
}
