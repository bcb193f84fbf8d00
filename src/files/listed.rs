//! A tree whose listing is asked for once, because walking a disk costs more than all else on a small repository.

use super::{Entry, Files, ReadError};
use std::sync::OnceLock;

/// A tree of files with its listing kept.
pub struct Listed<'f> {
    files: &'f dyn Files,
    entries: OnceLock<Vec<Entry>>,
}

impl<'f> Listed<'f> {
    /// The same tree; the first listing is kept.
    pub fn new(files: &'f dyn Files) -> Listed<'f> {
        Listed { files, entries: OnceLock::new() }
    }
}

impl Files for Listed<'_> {
    fn list(&self) -> Vec<Entry> {
        self.entries.get_or_init(|| self.files.list()).clone()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.files.read(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.files.exists(path)
    }

    fn same(&self, path: &str, bytes: &[u8]) -> bool {
        self.files.same(path, bytes)
    }

    fn refused(&self) -> Vec<(String, String)> {
        self.files.refused()
    }
}
