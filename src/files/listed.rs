//! A tree whose listing is asked for once, because walking a disk costs more than all else on a small repository; and which knows what
//! was read of it.

use super::{ContentId, Files, Listing, ReadError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A tree of files with its listing kept.
pub struct Listed<'f> {
    files: &'f dyn Files,
    listing: OnceLock<Arc<Listing>>,
    read: Mutex<Vec<String>>,
}

impl<'f> Listed<'f> {
    /// The same tree; the first listing is kept.
    pub fn new(files: &'f dyn Files) -> Listed<'f> {
        Listed { files, listing: OnceLock::new(), read: Mutex::default() }
    }

    /// The paths that were read so far, in no order, some more than once.
    pub fn read_paths(&self) -> Vec<String> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, path: &str) {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
    }
}

impl Files for Listed<'_> {
    fn list(&self) -> Arc<Listing> {
        self.listing.get_or_init(|| self.files.list()).clone()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.note(path);
        self.files.read(path)
    }

    fn read_up_to(&self, path: &str, most: u64) -> Result<Vec<u8>, ReadError> {
        self.note(path);
        self.files.read_up_to(path, most)
    }

    fn exists(&self, path: &str) -> bool {
        self.files.exists(path)
    }

    fn same(&self, path: &str, bytes: &[u8]) -> bool {
        self.files.same(path, bytes)
    }

    fn id(&self, path: &str) -> Option<ContentId> {
        self.files.id(path)
    }

    fn refused(&self) -> Vec<(String, String)> {
        self.files.refused()
    }
}
