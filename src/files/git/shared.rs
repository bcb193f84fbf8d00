//! What all views of one repository share: handles to its objects, and its index, read once.

use super::reason;
use crate::files::{Listing, ReadError};
use gix::ThreadSafeRepository;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// An opened repository.
pub(super) struct Shared {
    repository: ThreadSafeRepository,
    /// Another file than the repository's own index.
    index_file: Option<PathBuf>,
    index: OnceLock<Result<Arc<gix::index::File>, ReadError>>,
    /// The files of the index below a folder, as they were last asked for.
    listing: Mutex<Option<(String, Arc<Listing>)>>,
    /// Handles that no thread uses now: a new one knows nothing of what was decoded.
    idle: Mutex<Vec<gix::Repository>>,
}

impl Shared {
    /// A repository whose index is its own, or another file.
    pub(super) fn new(repository: ThreadSafeRepository, index_file: Option<PathBuf>) -> Shared {
        Shared { repository, index_file, index: OnceLock::new(), listing: Mutex::default(), idle: Mutex::default() }
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

    /// The files of the index below a folder; listed where they were not.
    pub(super) fn listing(&self, below: &str, list: impl FnOnce() -> Listing) -> Arc<Listing> {
        let mut held = self.listing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = held.as_ref().filter(|(folder, _)| folder == below) {
            return known.clone();
        }
        let listing = Arc::new(list());
        *held = Some((below.to_owned(), listing.clone()));
        listing
    }

    /// The index; empty where there is none.
    pub(super) fn index(&self) -> Result<Arc<gix::index::File>, ReadError> {
        let read = || {
            let path = self.index_file.clone().unwrap_or_else(|| self.ask(gix::Repository::index_path));
            let hash = self.ask(gix::Repository::object_hash);
            // As git does, without the checksum over the whole: a file that is damaged does not decode.
            gix::index::File::at_or_default(path, hash, true, gix::index::decode::Options::default())
                .map(Arc::new)
                .map_err(reason)
        };
        self.index.get_or_init(read).clone()
    }
}
