//! A folder on disk beside the files that it is known to hold: what git tracks counts whatever `.gitignore` says, so that only what
//! stands beside it has to be held against rules.

use crate::files::{Listing, in_threads, threads_for_files};
use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Names that are never looked into: what git keeps for itself, and what a package manager brings.
pub(super) const PASSED_OVER: [&str; 2] = [".git", "node_modules"];

/// What of the known files is there, and where others are.
#[derive(Default)]
pub(super) struct Met {
    /// Places of known files that are not there, sorted.
    pub(super) gone: Vec<usize>,
    /// Folders that hold known files and a repository of their own.
    pub(super) repositories: Vec<PathBuf>,
    /// Folders that hold something else too, or cannot be read, with all folders above them.
    pub(super) mixed: HashSet<String>,
}

/// A folder below the root that is known to hold files.
struct Folder {
    /// Relative to the root; empty for the root itself, else ended by `/`.
    path: String,
    /// Where its files stand among those that are known.
    files: Range<usize>,
}

/// What was seen in one folder.
#[derive(Default)]
struct Seen {
    folders: Vec<Folder>,
    gone: Vec<usize>,
    is_mixed: bool,
    is_repository: bool,
}

/// Looks for the known files below a folder.
pub(super) fn meet(root: &Path, known: &Listing) -> Met {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut met = Met::default();
    let mut todo = vec![Folder { path: String::new(), files: 0..known.len() }];
    while !todo.is_empty() {
        let seen = in_threads(threads_for_files(todo.len(), threads), &todo, |folder| look(root, folder, known));
        let mut next = Vec::new();
        for (folder, seen) in todo.iter().zip(seen) {
            met.gone.extend(seen.gone);
            next.extend(seen.folders);
            if seen.is_repository && !folder.path.is_empty() {
                met.repositories.push(root.join(folder.path.trim_end_matches('/')));
            }
            if seen.is_mixed {
                met.note_mixed(folder.path.trim_end_matches('/'));
            }
        }
        todo = next;
    }
    met.gone.sort_unstable();
    met
}

impl Met {
    fn note_mixed(&mut self, folder: &str) {
        let mut folder = folder;
        while self.mixed.insert(folder.to_owned()) {
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }
}

/// Whether an entry of a folder, at a path relative to the root, is none of the known files and may lead to other ones.
pub(super) fn is_beyond(path: &str, is_folder: bool, known: &Listing, mixed: &HashSet<String>) -> bool {
    match is_folder {
        true => mixed.contains(path) || known.below(path).next().is_none(),
        false => !known.has(path),
    }
}

/// Looks at what a folder holds.
fn look(root: &Path, folder: &Folder, known: &Listing) -> Seen {
    let mut seen = Seen::default();
    let Some(names) = names(&root.join(&folder.path), &mut seen) else {
        // Why it cannot be read is said by the walk that finds other files.
        return Seen { is_mixed: true, gone: folder.files.clone().collect(), ..Seen::default() };
    };
    let depth = folder.path.len();
    let name = |at: usize| known.path(at).and_then(|path| path.get(depth..)).unwrap_or("");
    let mut files = folder.files.clone();
    for found in &names {
        let is_folder = found.ends_with('/');
        // What would stand before it is not there.
        while !files.is_empty() && name(files.start) < found.as_str() {
            seen.gone.extend(files.next());
        }
        let count = if is_folder {
            known.going_on(files.clone(), depth, found)
        } else {
            usize::from(!files.is_empty() && name(files.start) == found)
        };
        if count == 0 {
            seen.is_mixed = true;
        } else if is_folder {
            seen.folders.push(Folder { path: format!("{}{found}", folder.path), files: files.start..files.start + count });
        }
        files.start += count;
    }
    seen.gone.extend(files);
    seen
}

/// The names of the files and folders in a folder, sorted as their paths are; those of folders end in `/`. `None` where it cannot be
/// read.
fn names(folder: &Path, seen: &mut Seen) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        let kind = entry.file_type().ok()?;
        let Ok(mut name) = entry.file_name().into_string() else {
            seen.is_mixed = true;
            continue;
        };
        if PASSED_OVER.contains(&name.as_str()) {
            seen.is_repository |= name == ".git";
        } else if kind.is_dir() {
            name.push('/');
            names.push(name);
        } else if kind.is_file() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Some(names)
}
