//! Where bytes come from: one trait, so that a run reads a disk, a commit, or a repository in memory in the same way.
//!
//! Paths are relative to the root of the run and separated by `/`. No implementation leaves its root or follows a link
//! out of it.

pub mod disk;
pub mod git;
pub mod listed;
mod listing;
mod threads;

pub use listing::{Listing, Neighbours, folder_of, is_called, is_code};
pub use threads::{in_threads, threads_for_files};

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Why a file could not be read, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError(pub String);

/// By path. Paths are long, and a repository has many.
pub(crate) type ByPath<V> = HashMap<String, V, foldhash::fast::RandomState>;

/// Names a content: two files with the same id have the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentId(pub(in crate::files) gix::ObjectId);

/// A tree of files.
pub trait Files: Sync {
    /// Every file that counts, sorted by path: what version control ignores is left out.
    fn list(&self) -> Arc<Listing>;

    /// The bytes of a file. A path that leaves the root, by `..` or a link, is refused.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;

    /// The bytes of a file that has at most so many; larger ones are refused, before they are read where that can be told.
    fn read_up_to(&self, path: &str, most: u64) -> Result<Vec<u8>, ReadError> {
        let bytes = self.read(path)?;
        if bytes.len() as u64 > most { Err(too_large(most)) } else { Ok(bytes) }
    }

    /// Gives back the bytes of a file that will be read once more: where they are kept until then, that costs nothing.
    fn keep(&self, _path: &str, _bytes: Vec<u8>) {}

    /// Whether there is a file (not a folder) at this path.
    fn exists(&self, path: &str) -> bool;

    /// Whether the file at this path has these bytes, line ends apart: a checkout may have others than the commit.
    fn same(&self, path: &str, bytes: &[u8]) -> bool {
        self.read(path).is_ok_and(|own| same_content(&own, bytes))
    }

    /// What the file at this path holds, where that is known without reading it. `None` says nothing.
    fn id(&self, _path: &str) -> Option<ContentId> {
        None
    }

    /// What the listing could not enter or follow, with the reason: (path, reason).
    fn refused(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Why a file is not read that has more bytes than this.
fn too_large(most: u64) -> ReadError {
    ReadError(format!("larger than {} MB", most >> 20))
}

/// Whether two files have the same content, line ends apart.
pub fn same_content(left: &[u8], right: &[u8]) -> bool {
    left == right || folded(left) == folded(right)
}

/// Every `\r\n` as `\n`.
fn folded(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.windows(2).any(|pair| pair == b"\r\n") {
        return Cow::Borrowed(bytes);
    }
    let next = bytes.iter().skip(1).map(Some).chain([None]);
    let kept = bytes.iter().zip(next).filter(|(byte, next)| !(**byte == b'\r' && *next == Some(&b'\n')));
    Cow::Owned(kept.map(|(byte, _)| *byte).collect())
}

/// A repository in memory: pages, tests, library users.
#[derive(Debug, Clone, Default)]
pub struct Memory(BTreeMap<String, Vec<u8>>);

impl Memory {
    /// An empty repository.
    pub fn new() -> Memory {
        Memory::default()
    }

    /// Puts a file at a path, replacing what was there.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), bytes.into());
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: &str) {
        self.0.remove(path);
    }
}

impl Files for Memory {
    fn list(&self) -> Arc<Listing> {
        Arc::new(self.0.keys().collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.0.get(path).cloned().ok_or_else(|| ReadError("no such file".into()))
    }

    fn exists(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}

/// Whether a path is a folder or lies below it. The root, which has no name, holds everything.
pub fn is_within(folder: &str, path: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Joins a reference to the folder of the file that makes it, and resolves `.` and `..`. `None` where it would leave the root.
pub fn resolve(from_file: &str, reference: &str) -> Option<String> {
    let mut parts: Vec<&str> = match reference.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from_file.split('/').collect::<Vec<_>>().split_last().map_or(Vec::new(), |(_, folder)| folder.to_vec()),
    };
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}
