//! A tree whose listing is asked for once, because walking a disk costs more than all else on a small repository; and which knows what
//! was read of it, and keeps what will be read once more.

use super::{ByPath, ContentId, Files, Listing, ReadError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A tree of files with its listing kept.
pub struct Listed<'f> {
    files: &'f dyn Files,
    listing: OnceLock<Arc<Listing>>,
    read: Mutex<Vec<String>>,
    kept: Mutex<ByPath<Vec<u8>>>,
}

impl<'f> Listed<'f> {
    /// The same tree; the first listing is kept.
    pub fn new(files: &'f dyn Files) -> Listed<'f> {
        Listed { files, listing: OnceLock::new(), read: Mutex::default(), kept: Mutex::default() }
    }

    /// The paths that were read so far, in no order, some more than once.
    pub fn read_paths(&self) -> Vec<String> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that a file is read; gives its bytes where they were kept for that.
    fn note(&self, path: &str) -> Option<Vec<u8>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
        // Where they were kept, the file was read before.
        if kept.is_none() {
            self.read.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
        }
        kept
    }
}

impl Files for Listed<'_> {
    fn list(&self) -> Arc<Listing> {
        self.listing.get_or_init(|| self.files.list()).clone()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.note(path).map_or_else(|| self.files.read(path), Ok)
    }

    fn read_up_to(&self, path: &str, most: u64) -> Result<Vec<u8>, ReadError> {
        let kept = self.note(path).filter(|bytes| bytes.len() as u64 <= most);
        kept.map_or_else(|| self.files.read_up_to(path, most), Ok)
    }

    fn keep(&self, path: &str, bytes: Vec<u8>) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), bytes);
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
