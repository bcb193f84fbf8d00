//! A folder on disk, walked as version control sees it.

mod folder;
mod known;

use super::{Files, Listing, ReadError, too_large};
use known::Met;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A folder on disk. `.gitignore` is honoured for what git does not track, links are not followed, `.git` is left out; hidden files are
/// seen, because `.env` and `.github` are.
pub struct Disk {
    root: PathBuf,
    refused: Mutex<Vec<(String, String)>>,
    /// Folders below the root that the last listing found to hold a `.git` of their own.
    repositories: Arc<Mutex<Vec<PathBuf>>>,
}

impl Disk {
    /// The tree under `root`.
    pub fn new(root: impl Into<PathBuf>) -> Disk {
        Disk { root: root.into(), refused: Mutex::default(), repositories: Arc::default() }
    }

    /// The folder that is the root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folders below the root that the last listing found to be repositories of their own: submodules, clones. Sorted.
    pub fn repositories(&self) -> Vec<String> {
        let found = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        let mut folders: Vec<String> = found.iter().filter_map(|folder| relative(&self.root, folder)).collect();
        folders.sort();
        folders.dedup();
        folders
    }

    /// The bytes of a file, and what the disk says of it.
    pub(super) fn load(&self, path: &str, most: u64) -> Result<(Vec<u8>, Metadata), ReadError> {
        if path.starts_with('/') || path.contains("..") && path.split('/').any(|part| part == "..") {
            return Err(ReadError("outside the root".into()));
        }
        let told = |error: std::io::Error| ReadError(error.to_string());
        let full = self.root.join(path);
        let file = match open(&full) {
            Ok(file) => file,
            Err(error) if full.is_symlink() => {
                let real = full.canonicalize().map_err(told)?;
                if !real.starts_with(self.root.canonicalize().map_err(told)?) {
                    return Err(ReadError("a link that leaves the root".into()));
                }
                open(&real).map_err(|_| told(error))?
            }
            Err(error) => return Err(told(error)),
        };
        let data = file.metadata().map_err(told)?;
        if data.is_dir() {
            return Err(ReadError("a folder, not a file".into()));
        } else if !data.is_file() {
            return Err(ReadError("a device or a pipe, not a file".into()));
        } else if data.len() > most {
            return Err(too_large(most));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(data.len()).unwrap_or(0));
        // As much as there is, so that no further call has to find the end; what does not say its size is read until then.
        let length = if data.len() == 0 { u64::MAX } else { data.len() };
        file.take(length).read_to_end(&mut bytes).map_err(told)?;
        Ok((bytes, data))
    }
}

/// Opens a file and not what a link leads to, nor waits for a pipe's other end: one call where a look before would be another.
#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<File> {
    match path.is_symlink() {
        true => Err(std::io::Error::other("a link")),
        false => File::open(path),
    }
}

/// What one thread of a walk found, given to the whole when it ends.
struct Walked<'w> {
    disk: &'w Disk,
    paths: Vec<String>,
    all: &'w Mutex<Vec<Vec<String>>>,
}

impl Walked<'_> {
    fn note(&mut self, entry: Result<ignore::DirEntry, ignore::Error>) {
        let refuse = |path: String, reason: String| {
            self.disk.refused.lock().unwrap_or_else(PoisonError::into_inner).push((path, reason));
        };
        match entry {
            Err(error) => refuse(String::new(), error.to_string()),
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => match relative(&self.disk.root, entry.path()) {
                Some(path) => self.paths.push(path),
                None => refuse(entry.path().to_string_lossy().into_owned(), "the path is not UTF-8".into()),
            },
            Ok(_) => {}
        }
    }
}

impl Drop for Walked<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.paths));
    }
}

/// A path below a root as it is listed; `None` where it is not UTF-8.
fn relative(root: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(root).ok()?.to_str()?;
    Some(if MAIN_SEPARATOR == '/' { below.to_owned() } else { below.replace(MAIN_SEPARATOR, "/") })
}

impl Disk {
    /// The listing, given files that count wherever they are still there: what git tracks, which `.gitignore` does not speak of.
    pub(super) fn list_with(&self, known: Arc<Listing>) -> Arc<Listing> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.repositories.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if known.is_empty() {
            return Arc::new(self.walk(|_| true).into_iter().collect());
        }
        let Met { gone, repositories, mixed } = known::meet(&self.root, &known);
        self.repositories.lock().unwrap_or_else(PoisonError::into_inner).extend(repositories);
        let mut others = Vec::new();
        if !mixed.is_empty() {
            let (root, known) = (self.root.clone(), known.clone());
            others = self.walk(move |entry| {
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                // What is not UTF-8 is known to nobody.
                relative(&root, entry.path()).is_none_or(|path| known::is_beyond(&path, is_folder, &known, &mixed))
            });
            others.sort_unstable();
        }
        let gone = gone.iter().filter_map(|at| known.path(*at)).map(|path| (path, false));
        let mut edits: Vec<(&str, bool)> = gone.chain(others.iter().map(|path| (path.as_str(), true))).collect();
        if edits.is_empty() {
            return known;
        }
        edits.sort_unstable();
        Arc::new(known.edited(edits.into_iter()))
    }

    /// Every file below the root that rules do not leave out, in no order, and of the entries of its folders those that are wanted.
    fn walk(&self, is_wanted: impl Fn(&ignore::DirEntry) -> bool + Send + Sync + 'static) -> Vec<String> {
        let repositories = self.repositories.clone();
        let is_walked = move |entry: &ignore::DirEntry| {
            let name = entry.file_name();
            // The root's own stands at depth 1.
            if name == ".git" && entry.depth() > 1 {
                let above = entry.path().parent().map(Path::to_owned);
                repositories.lock().unwrap_or_else(PoisonError::into_inner).extend(above);
            }
            !known::PASSED_OVER.iter().any(|one| name == *one) && is_wanted(entry)
        };
        // The walk in threads finds the files of rules in what it lists; the other one looks for them in each folder.
        let walk = ignore::WalkBuilder::new(&self.root)
            .hidden(false)
            .require_git(false)
            .follow_links(false)
            .filter_entry(is_walked)
            .build_parallel();
        let all = Mutex::default();
        walk.run(|| {
            let mut walked = Walked { disk: self, paths: Vec::new(), all: &all };
            Box::new(move |entry| {
                walked.note(entry);
                ignore::WalkState::Continue
            })
        });
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).sort();
        all.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect()
    }
}

impl Files for Disk {
    fn list(&self) -> Arc<Listing> {
        self.list_with(Arc::default())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.read_up_to(path, u64::MAX)
    }

    fn read_up_to(&self, path: &str, most: u64) -> Result<Vec<u8>, ReadError> {
        self.load(path, most).map(|(bytes, _)| bytes)
    }

    fn exists(&self, path: &str) -> bool {
        !path.is_empty() && self.root.join(path).is_file()
    }

    fn refused(&self) -> Vec<(String, String)> {
        self.refused.lock().map(|list| list.clone()).unwrap_or_default()
    }
}
