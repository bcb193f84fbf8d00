//! A folder on disk, walked as version control sees it.

use super::{Files, Listing, ReadError, too_large};
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A folder on disk. `.gitignore` is honoured, links are not followed, `.git` is left out; hidden files are seen, because
/// `.env` and `.github` are.
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
        let mut folders: Vec<String> = found.iter().filter_map(|folder| self.relative(folder)).collect();
        folders.sort();
        folders
    }

    /// A path below the root as it is listed, where that takes no more than a cut.
    fn cut<'p>(&self, path: &'p Path) -> Option<&'p str> {
        let rest = path.to_str()?.strip_prefix(self.root.to_str()?)?;
        rest.strip_prefix('/').filter(|rest| MAIN_SEPARATOR == '/' && !rest.starts_with('/'))
    }

    fn relative(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(&self.root).ok()?.to_str()?;
        Some(if MAIN_SEPARATOR == '/' { below.to_owned() } else { below.replace(MAIN_SEPARATOR, "/") })
    }

    /// The bytes of a file, and what the disk says of it.
    pub(super) fn load(&self, path: &str, most: u64) -> Result<(Vec<u8>, Metadata), ReadError> {
        if path.split('/').any(|part| part == "..") || path.starts_with('/') {
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
    /// What is expected to be there, and what of it was found.
    known: &'w Listing,
    met: &'w [AtomicBool],
    /// Where the last path stands there.
    near: usize,
    /// What is there beside that.
    paths: Vec<String>,
    all: &'w Mutex<Vec<Vec<String>>>,
}

/// A file that was found: one of those that are known, or another.
enum Place {
    Known(usize),
    New(String),
}

impl Walked<'_> {
    fn path(&mut self, path: &Path) -> Option<Place> {
        let cut = self.disk.cut(path);
        let known = cut.and_then(|path| self.known.position(path, &mut self.near));
        known.map(Place::Known).or_else(|| cut.map(str::to_owned).or_else(|| self.disk.relative(path)).map(Place::New))
    }

    fn note(&mut self, entry: Result<ignore::DirEntry, ignore::Error>) {
        let refuse = |path: String, reason: String| {
            self.disk.refused.lock().unwrap_or_else(PoisonError::into_inner).push((path, reason));
        };
        match entry {
            Err(error) => refuse(String::new(), error.to_string()),
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => match self.path(entry.path()) {
                Some(Place::Known(at)) => {
                    if let Some(met) = self.met.get(at) {
                        met.store(true, Ordering::Relaxed);
                    }
                }
                Some(Place::New(path)) => self.paths.push(path),
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

impl Disk {
    /// The listing, given one that is nearly or wholly the same: paths that it has are neither copied nor sorted.
    pub(super) fn list_like(&self, known: Arc<Listing>) -> Arc<Listing> {
        let met: Vec<AtomicBool> = (0..known.len()).map(|_| AtomicBool::new(false)).collect();
        let mut others = self.walk(&known, &met);
        if known.is_empty() {
            return Arc::new(others.into_iter().collect());
        }
        others.sort_unstable();
        let gone = known.iter().zip(&met).filter(|(_, met)| !met.load(Ordering::Relaxed)).map(|(path, _)| (path, false));
        let mut edits: Vec<(&str, bool)> = gone.chain(others.iter().map(|path| (path.as_str(), true))).collect();
        if edits.is_empty() {
            return known;
        }
        edits.sort_unstable();
        Arc::new(known.edited(edits.into_iter()))
    }

    /// Walks the folder: marks what is known, and gives every other file, in no order.
    fn walk(&self, known: &Listing, met: &[AtomicBool]) -> Vec<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.repositories.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let repositories = self.repositories.clone();
        let is_walked = move |entry: &ignore::DirEntry| {
            let name = entry.file_name();
            // The root's own stands at depth 1.
            if name == ".git" && entry.depth() > 1 {
                let above = entry.path().parent().map(Path::to_owned);
                repositories.lock().unwrap_or_else(PoisonError::into_inner).extend(above);
            }
            name != ".git" && name != "node_modules"
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
            let mut walked = Walked { disk: self, known, met, near: 0, paths: Vec::new(), all: &all };
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
        self.list_like(Arc::default())
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
