//! Finds and opens the repository of a folder: the one that it lies in, or the one that the process was told of as git itself is.

use super::shared::Shared;
use super::{Repository, reason};
use crate::files::ReadError;
use gix::ThreadSafeRepository;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What git's own variables tell. Hooks run with them: a commit of some files only has an index of its own, and the repository of a
/// working tree may lie elsewhere (`git --git-dir`). Absolute paths.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// `GIT_DIR`.
    pub repository: Option<PathBuf>,
    /// `GIT_WORK_TREE`.
    pub work_tree: Option<PathBuf>,
    /// `GIT_INDEX_FILE`; counts for the repository that it belongs to.
    pub index_file: Option<PathBuf>,
}

impl Repository {
    /// The repository that a folder lies in; `None` where it lies in none.
    pub fn discover(folder: &Path) -> Result<Option<Repository>, ReadError> {
        Repository::find(folder, &Told::default())
    }

    /// The repository whose working tree holds a folder, as the process was told, or else as it lies on the disk.
    pub fn find(folder: &Path, told: &Told) -> Result<Option<Repository>, ReadError> {
        let folder = folder.canonicalize().map_err(reason)?;
        let named = told.repository.as_deref().and_then(|path| open(path).ok()).and_then(|inner| {
            let top = told.work_tree.as_deref().or(inner.work_tree.as_deref())?.canonicalize().ok()?;
            folder.starts_with(&top).then_some((inner, Some(top)))
        });
        let (inner, top) = match named {
            Some(found) => found,
            None => {
                // A checkout in a container often belongs to another user. Nothing in it is run, so its owner does not matter.
                let trust = gix::discover::upwards::TrustPolicy::Assume(gix::sec::Trust::Full);
                let options = gix::discover::upwards::Options { trust, ..Default::default() };
                let Ok((path, _)) = gix::discover::upwards_opts(&folder, options) else { return Ok(None) };
                let inner = open(path.as_ref())?;
                let top = inner.work_tree.as_ref().and_then(|top| top.canonicalize().ok());
                (inner, top)
            }
        };
        let below = top.as_ref().and_then(|top| folder.strip_prefix(top).ok());
        let parts: Option<Vec<&str>> = below.map(|below| below.iter().map(|part| part.to_str()).collect()).unwrap_or_default();
        let prefix = parts.unwrap_or_default().join("/");
        let top = top.filter(|top| folder.starts_with(top));
        let index_file = told.index_file.clone().filter(|file| belongs(file, &inner));
        Ok(Some(Repository { shared: Arc::new(Shared::new(inner, index_file)), top, prefix }))
    }
}

fn open(path: &Path) -> Result<ThreadSafeRepository, ReadError> {
    ThreadSafeRepository::open_opts(path, gix::open::Options::isolated()).map_err(reason)
}

/// Whether an index is one of a repository: it lies in its folder.
fn belongs(index_file: &Path, repository: &ThreadSafeRepository) -> bool {
    let folder = index_file.parent().and_then(|folder| folder.canonicalize().ok());
    let own = repository.to_thread_local().git_dir().canonicalize().ok();
    folder.zip(own).is_some_and(|(folder, own)| folder.starts_with(own))
}
