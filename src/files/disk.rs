//! A folder on disk, walked as version control sees it.

use super::{Entry, Files, ReadError};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

/// A folder on disk. `.gitignore` is honoured, links are not followed, `.git` is left out; hidden files are seen, because
/// `.env` and `.github` are.
pub struct Disk {
    root: PathBuf,
    refused: Mutex<Vec<(String, String)>>,
}

impl Disk {
    /// The tree under `root`.
    pub fn new(root: impl Into<PathBuf>) -> Disk {
        Disk { root: root.into(), refused: Mutex::new(Vec::new()) }
    }

    /// The folder that is the root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn relative(&self, path: &Path) -> Option<String> {
        let parts: Option<Vec<&str>> = path.strip_prefix(&self.root).ok()?.iter().map(|part| part.to_str()).collect();
        Some(parts?.join("/"))
    }
}

impl Files for Disk {
    fn list(&self) -> Vec<Entry> {
        let mut refused = Vec::new();
        let mut entries = Vec::new();
        let walk = ignore::WalkBuilder::new(&self.root)
            .hidden(false)
            .require_git(false)
            .follow_links(false)
            .filter_entry(|entry| entry.file_name() != ".git" && entry.file_name() != "node_modules")
            .build();
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    refused.push((String::new(), error.to_string()));
                    continue;
                }
            };
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            match self.relative(entry.path()) {
                Some(path) => {
                    let data = entry.metadata().ok();
                    let size = data.as_ref().map_or(0, std::fs::Metadata::len);
                    let modified = data.and_then(|data| data.modified().ok()?.duration_since(UNIX_EPOCH).ok());
                    entries.push(Entry { path, size, modified });
                }
                None => refused.push((entry.path().to_string_lossy().into_owned(), "the path is not UTF-8".into())),
            }
        }
        entries.sort();
        *self.refused.lock().unwrap_or_else(|poison| poison.into_inner()) = refused;
        entries
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if path.split('/').any(|part| part == "..") || path.starts_with('/') {
            return Err(ReadError("outside the root".into()));
        }
        let full = self.root.join(path);
        let data = full.symlink_metadata().map_err(|error| ReadError(error.to_string()))?;
        if data.is_symlink() {
            let real = full.canonicalize().map_err(|error| ReadError(error.to_string()))?;
            let root = self.root.canonicalize().map_err(|error| ReadError(error.to_string()))?;
            if !real.starts_with(&root) {
                return Err(ReadError("a link that leaves the root".into()));
            }
        } else if data.is_dir() {
            return Err(ReadError("a folder, not a file".into()));
        }
        std::fs::read(&full).map_err(|error| ReadError(error.to_string()))
    }

    fn exists(&self, path: &str) -> bool {
        !path.is_empty() && self.root.join(path).is_file()
    }

    fn refused(&self) -> Vec<(String, String)> {
        self.refused.lock().map(|list| list.clone()).unwrap_or_default()
    }
}
