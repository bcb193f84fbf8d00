//! A folder on disk beside the files that it is known to hold: what git tracks counts whatever `.gitignore` says, so that only what
//! stands beside it has to be held against rules.

use super::folder::Kind;
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
    let Some(names) = names(&root.join(&folder.path), folder.files.len(), &mut seen) else {
        // Why it cannot be read is said by the walk that finds other files.
        return Seen { is_mixed: true, gone: folder.files.clone().collect(), ..Seen::default() };
    };
    let depth = folder.path.len();
    let name = |at: usize| known.path(at).and_then(|path| path.get(depth..)).unwrap_or("");
    let mut files = folder.files.clone();
    for found in names.iter() {
        let is_folder = found.ends_with('/');
        // What would stand before it is not there.
        while !files.is_empty() && name(files.start) < found {
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
/// read. `expected`: about how many there are.
fn names(folder: &Path, expected: usize, seen: &mut Seen) -> Option<Names> {
    let expected = expected.clamp(4, MOST_AT_ONCE);
    let mut names = Names { text: String::with_capacity(expected * LENGTH), places: Vec::with_capacity(expected) };
    super::folder::each(folder, |name, kind| {
        let Ok(name) = std::str::from_utf8(name) else {
            seen.is_mixed = true;
            return;
        };
        if PASSED_OVER.contains(&name) {
            seen.is_repository |= name == ".git";
        } else if kind != Kind::Other {
            names.add(name, kind == Kind::Folder);
        }
    })?;
    names.sort();
    Some(names)
}

/// Room for how many names is taken at once, and how long they are: guesses that hold for most folders.
const MOST_AT_ONCE: usize = 64;
const LENGTH: usize = 24;

/// Names in one piece of memory: a repository has tens of thousands of folders.
struct Names {
    text: String,
    /// Where each stands, with its first bytes as a number that is ordered as they are.
    places: Vec<(u64, Range<usize>)>,
}

impl Names {
    fn add(&mut self, name: &str, is_folder: bool) {
        let start = self.text.len();
        self.text.push_str(name);
        if is_folder {
            self.text.push('/');
        }
        let bytes = self.text.as_bytes().get(start..).unwrap_or_default();
        let mut first = [0; 8];
        first.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
        self.places.push((u64::from_be_bytes(first), start..self.text.len()));
    }

    fn sort(&mut self) {
        let text = &self.text;
        let at = |place: &Range<usize>| text.as_bytes().get(place.clone());
        self.places.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| at(&a.1).cmp(&at(&b.1))));
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.places.iter().filter_map(|(_, place)| self.text.get(place.clone()))
    }
}
