//! Base and head side by side: what is the same in both is read, looked into and parsed once.

use crate::files::{ContentId, Files, Listing, ReadError};
use crate::model::Kept;
use crate::model::workspace::LARGE;
use crate::source::Sources;
use std::sync::Arc;

/// The base, which reads what it shares with the head from there: a checkout is at hand where an object has to be unpacked.
pub(super) struct Beside<'r> {
    head: &'r dyn Files,
    base: &'r dyn Files,
    /// What the head's model has read, with the texts.
    read: Option<(&'r Kept, &'r Sources)>,
}

impl<'r> Beside<'r> {
    /// The base beside the head.
    pub(super) fn new(head: &'r dyn Files, base: &'r dyn Files) -> Beside<'r> {
        Beside { head, base, read: None }
    }

    /// The same; what the head's model has read is taken from its texts.
    pub(super) fn knowing(self, kept: &'r Kept, sources: &'r Sources) -> Beside<'r> {
        Beside { read: Some((kept, sources)), ..self }
    }

    /// Whether both have a file at this path with the same content, line ends apart.
    pub(super) fn unchanged(&self, path: &str) -> bool {
        match (self.head.id(path), self.base.id(path)) {
            (Some(head), Some(base)) => head == base,
            // A file that was written in the moment of the checkout is known by its bytes alone.
            _ => self.base.exists(path) && self.head.read(path).is_ok_and(|bytes| self.base.same(path, &bytes)),
        }
    }
}

impl Files for Beside<'_> {
    fn list(&self) -> Arc<Listing> {
        self.base.list()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if !self.unchanged(path) {
            return self.base.read(path);
        }
        let known = self.read.and_then(|(kept, sources)| Some(sources.get(kept.source(path)?)));
        // A large text may be held compressed: reading its file costs less than holding it twice.
        let text = known.filter(|source| source.length() <= LARGE).map(|source| source.text().as_bytes().to_owned());
        text.map_or_else(|| self.head.read(path), Ok)
    }

    fn exists(&self, path: &str) -> bool {
        self.base.exists(path)
    }

    fn same(&self, path: &str, bytes: &[u8]) -> bool {
        self.base.same(path, bytes)
    }

    fn id(&self, path: &str) -> Option<ContentId> {
        self.base.id(path)
    }

    fn refused(&self) -> Vec<(String, String)> {
        self.base.refused()
    }
}
