//! The only door through which the model reads files: each file once, decoded, parsed once, and what could not be read noted.

use super::asked::{Asked, Parts};
use crate::diagnostic::{Place, Unread};
use crate::discover::Discovery;
use crate::documents::{self, Tree};
pub use crate::files::in_threads;
use crate::files::{ByPath, Files, Listing, threads_for_files};
use crate::source::{Packed, SourceId, Sources, Span};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

/// Files larger than this are not read as artifacts: spans are 32 bits wide.
pub const LARGEST_FILE: usize = 1 << 31;

/// Texts of more bytes are large: they are rather read twice than held twice, and read piece by piece where that can be done.
pub const LARGE: usize = 1 << 20;

impl Kept {
    /// Every source that was read, in order.
    pub fn sources(&self) -> Vec<SourceId> {
        let mut sources: Vec<SourceId> = self.sources.values().copied().collect();
        sources.sort_unstable();
        sources
    }

    /// The source of a path, with the text that its file holds.
    pub fn source(&self, path: &str) -> Option<SourceId> {
        self.sources.get(path).copied()
    }
}

/// Trees by the sources that they were parsed from.
type Trees = HashMap<SourceId, Arc<Tree>, foldhash::fast::RandomState>;

/// Reads files for one model, base or head.
pub struct Workspace<'a> {
    files: &'a dyn Files,
    pub(super) sources: &'a mut Sources,
    pub(super) by_path: ByPath<Result<SourceId, String>>,
    trees: Trees,
    listing: OnceCell<Arc<Listing>>,
    pub(super) unread: Vec<Unread>,
    /// What is asked for the part that is being made.
    pub(super) asked: RefCell<Asked>,
    pub(super) parts: Parts,
    /// Another revision, whose parts are taken where they are the same.
    pub(super) other: Option<Other<'a>>,
    /// Sources whose text is not what their file holds.
    mended: Vec<SourceId>,
    /// Of these the sources of files that are not UTF-8: what rests on one was not read.
    undecoded: Vec<SourceId>,
    threads: usize,
}

/// What a reading leaves to that of another revision of nearly the same tree.
#[derive(Debug, Default)]
pub struct Kept {
    /// Sources by path.
    sources: ByPath<SourceId>,
    trees: Trees,
    pub(super) parts: Parts,
}

/// Another revision of nearly the same tree: what was discovered there, and what its reading leaves.
#[derive(Clone, Copy)]
pub struct Other<'a> {
    /// What was discovered.
    pub discovery: &'a Discovery,
    /// What was read and made.
    pub kept: &'a Kept,
}

impl<'a> Workspace<'a> {
    /// A workspace over a tree of files; sources are added to `sources`.
    pub fn new(files: &'a dyn Files, sources: &'a mut Sources, threads: usize) -> Workspace<'a> {
        Workspace {
            files,
            sources,
            by_path: ByPath::default(),
            trees: Trees::default(),
            listing: OnceCell::new(),
            unread: Vec::new(),
            asked: RefCell::default(),
            parts: Parts::default(),
            other: None,
            mended: Vec::new(),
            undecoded: Vec::new(),
            threads: threads.max(1),
        }
    }

    /// The same, with files that an earlier reading of this tree has added to the sources: they are not read again.
    pub fn knowing(mut self, earlier: &[SourceId]) -> Workspace<'a> {
        for id in earlier {
            self.by_path.insert(self.sources.path(*id).to_owned(), Ok(*id));
        }
        self
    }

    /// The same, with the files that another revision has too: they are neither read nor parsed again, and no part of a model is made
    /// again that rests on them alone. The sources must be those that the other reading added to, and the settings the same but for
    /// what is pending.
    pub fn beside(mut self, other: Other<'a>, unchanged: &dyn Fn(&str) -> bool) -> Workspace<'a> {
        for (path, id) in other.kept.sources.iter().filter(|(path, _)| unchanged(path)) {
            self.by_path.insert(path.clone(), Ok(*id));
            self.trees.extend(other.kept.trees.get(id).map(|tree| (*id, tree.clone())));
        }
        self.other = Some(other);
        self
    }

    /// All sources read so far.
    pub fn sources(&self) -> &Sources {
        self.sources
    }

    /// Whether there is such a file.
    pub fn exists(&self, path: &str) -> bool {
        let is_there = matches!(self.by_path.get(path), Some(Ok(_))) || self.files.exists(path);
        self.asked.borrow_mut().exists.push((path.to_owned(), is_there));
        is_there
    }

    /// Every path that the repository lists, sorted; listed at the first call.
    pub fn paths(&self) -> &Listing {
        let listing = self.listed();
        self.asked.borrow_mut().listing.get_or_insert_with(|| listing.clone());
        listing
    }

    /// The paths for which something holds, sorted. For the part that is being made no other ones count: it is asked for less than
    /// [`Workspace::paths`] asks for.
    pub fn paths_like(&self, is_like: fn(&str) -> bool) -> impl Iterator<Item = &str> {
        let listing = self.listed();
        self.asked.borrow_mut().like.push((listing.clone(), is_like));
        listing.iter().filter(move |path| is_like(path))
    }

    /// Those of [`Workspace::paths_like`] that are not called as source code is: of a tenth of the paths it is asked.
    pub fn apart_like(&self, is_like: fn(&str) -> bool) -> impl Iterator<Item = &str> {
        let listing = self.listed();
        self.asked.borrow_mut().like.push((listing.clone(), is_like));
        listing.apart_from_code().filter(move |path| is_like(path))
    }

    pub(super) fn listed(&self) -> &Arc<Listing> {
        self.listing.get_or_init(|| self.files.list())
    }

    /// Notes what was read for the part that is being made. What stands within another file was read with that, and of what is not
    /// there just that counts.
    fn note_read(&mut self, path: &str, result: &Result<SourceId, String>) {
        let asked = self.asked.get_mut();
        match result {
            Ok(id) if self.undecoded.contains(id) => asked.failed = true,
            Ok(id) if self.mended.contains(id) => {}
            Ok(id) => asked.read.push(*id),
            Err(_) if self.files.exists(path) => asked.failed = true,
            Err(_) => asked.exists.push((path.to_owned(), false)),
        }
    }

    /// How many threads may read.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The source at a path; read and decoded at the first call.
    pub fn source(&mut self, path: &str) -> Result<SourceId, String> {
        let result = self.by_path.get(path).cloned().unwrap_or_else(|| {
            let text = self.files.read(path).map_err(|error| error.0).and_then(decode);
            let result = text.map(|text| self.sources.add(path, text));
            self.by_path.insert(path.to_owned(), result.clone());
            result
        });
        self.note_read(path, &result);
        result
    }

    /// Whether there is no file at a path.
    pub fn is_missing(&self, path: &str) -> bool {
        let is_there = self.files.exists(path);
        self.asked.borrow_mut().exists.push((path.to_owned(), is_there));
        !is_there
    }

    /// The source of a file that is not UTF-8, with every bad byte as `?` so that offsets stay: what is pending must not pass for
    /// read, and needs a place to say so. `None` where the file cannot be read at all.
    pub fn source_despite(&mut self, path: &str) -> Option<SourceId> {
        let bytes = self.files.read(path).ok().filter(|bytes| bytes.len() <= LARGEST_FILE)?;
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|_| '?'));
        }
        let id = self.sources.add(path, text);
        self.by_path.insert(path.to_owned(), Ok(id));
        self.mended.push(id);
        self.undecoded.push(id);
        Some(id)
    }

    /// Makes a block of a file one of its own, by a name that no file has: readers then find it like any other.
    pub fn embed(&mut self, name: &str, outer: SourceId, block: std::ops::Range<usize>) {
        let id = self.sources.add_within(outer, block);
        self.by_path.insert(name.to_owned(), Ok(id));
        self.mended.push(id);
    }

    /// The text of a source.
    pub fn text(&self, id: SourceId) -> Arc<str> {
        self.sources.get(id).text().clone()
    }

    /// Compresses the text of a source, where that can be done.
    pub fn pack(&mut self, id: SourceId) -> Option<Arc<Packed>> {
        self.sources.pack(id)
    }

    /// The document tree of a file (YAML, JSON or TOML by its name, YAML where that says nothing).
    pub fn tree(&mut self, path: &str) -> Result<Arc<Tree>, String> {
        let id = self.source(path)?;
        if let Some(tree) = self.trees.get(&id) {
            return Ok(tree.clone());
        }
        let tree = Arc::new(documents::parse(path, id, self.text(id)));
        self.trees.insert(id, tree.clone());
        Ok(tree)
    }

    /// Reads and parses many files at once, in threads; later calls of [`Workspace::tree`] find them ready.
    /// The order of `paths` decides the order of sources, never the threads.
    pub fn load_trees(&mut self, paths: &[String]) {
        let todo: Vec<(String, SourceId, Arc<str>)> =
            self.load_texts(paths).into_iter().filter(|(_, id, _)| !self.trees.contains_key(id)).collect();
        let length = todo.iter().map(|(_, _, text)| text.len()).sum();
        let parsed = in_threads(threads_for(length, self.threads), &todo, |(path, id, text)| {
            Arc::new(documents::parse(path, *id, text.clone()))
        });
        for ((_, id, _), tree) in todo.iter().zip(parsed) {
            self.trees.insert(*id, tree);
        }
    }

    /// Reads many files in threads; those that cannot be read are left out here and answered by [`Workspace::source`].
    pub fn load_texts(&mut self, paths: &[String]) -> Vec<(String, SourceId, Arc<str>)> {
        let new: Vec<&String> = paths.iter().filter(|path| !self.by_path.contains_key(*path)).collect();
        let texts = in_threads(threads_for_files(new.len(), self.threads), &new, |path| {
            self.files.read(path).map_err(|error| error.0).and_then(decode)
        });
        for (path, text) in new.into_iter().zip(texts) {
            if !self.by_path.contains_key(path) {
                let result = text.map(|text| self.sources.add(path, text));
                self.by_path.insert(path.clone(), result);
            }
        }
        for path in paths {
            if let Some(result) = self.by_path.get(path).cloned() {
                self.note_read(path, &result);
            }
        }
        let found = paths.iter().filter_map(|path| Some((path.clone(), self.by_path.get(path)?.clone().ok()?)));
        found.map(|(path, id)| (path, id, self.sources.get(id).text().clone())).collect()
    }

    /// Looks into files in threads without keeping them; results stand in the order of the paths. What cannot be read is empty.
    pub fn scan<R: Send>(&self, paths: &[String], look: impl Fn(&[u8]) -> R + Sync) -> Vec<R> {
        self.scan_up_to(u64::MAX, paths, |_, bytes| look(bytes.unwrap_or_default()))
    }

    /// The same, with their paths, and `None` for what cannot be read or has more bytes than `most`.
    pub fn scan_up_to<R: Send>(&self, most: u64, paths: &[String], look: impl Fn(&str, Option<&[u8]>) -> R + Sync) -> Vec<R> {
        let files = self.files;
        // What is not kept cannot be told to be the same.
        self.asked.borrow_mut().failed |= !paths.is_empty();
        in_threads(self.threads, paths, |path| look(path, files.read_up_to(path, most).ok().as_deref()))
    }

    /// Notes that something could not be read.
    pub fn note_unread(&mut self, path: &str, reason: impl Into<String>, span: Option<Span>) {
        let start = span.map(|span| Place { position: self.sources.line_column(span.source, span.start), offset: span.start });
        self.unread.push(Unread { path: path.to_owned(), reason: reason.into(), start });
    }

    /// What could not be read, sorted and without repeats.
    pub fn finish(self) -> Vec<Unread> {
        self.leave().0
    }

    /// The same, and what the reading of another revision can use.
    pub fn leave(self) -> (Vec<Unread>, Kept) {
        let mut unread = self.unread;
        unread.sort();
        unread.dedup();
        let read = self.by_path.into_iter().filter_map(|(path, result)| Some((path, result.ok()?)));
        let sources = read.filter(|(_, id)| !self.mended.contains(id)).collect();
        (unread, Kept { sources, trees: self.trees, parts: self.parts })
    }
}

/// How a file begins that only says where Git LFS keeps its content.
pub const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Bytes to text. UTF-16 and Git LFS pointers are refused by name; the first byte that is not UTF-8 is named.
pub fn decode(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() > LARGEST_FILE {
        return Err(format!("larger than {LARGEST_FILE} bytes"));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("UTF-16; save it as UTF-8".into());
    }
    if bytes.starts_with(LFS_POINTER) {
        return Err("a Git LFS pointer; `git lfs pull` fetches the file".into());
    }
    String::from_utf8(bytes).map_err(|error| format!("not UTF-8: first bad byte at offset {}", error.utf8_error().valid_up_to()))
}

/// How many threads are worth starting for the reading of so many bytes.
pub fn threads_for(bytes: usize, threads: usize) -> usize {
    const LITTLE: usize = 1 << 16;
    if bytes < LITTLE { 1 } else { threads }
}
