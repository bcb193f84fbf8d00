//! What the index says of the files below a folder, and where it differs from the tree of a commit.
//!
//! The index of a large repository is read once and shared: it knows the content of every file without a look into the object store,
//! and, by the ids of trees that it keeps, that whole folders are those of a commit.

use super::shared::Shared;
use super::tree::{GitTree, Item, join};
use crate::files::{Listing, ReadError};
use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage};
use gix::index::extension::Tree;
use std::cmp::Ordering as Order;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// The index, seen from a folder. Paths are relative to the folder.
pub(super) struct Staging {
    index: Arc<gix::index::File>,
    /// Leads from the top of the repository to the folder; empty or ended by `/`.
    below: String,
    range: Range<usize>,
    /// Where the last file was found: most questions come in order.
    last: AtomicUsize,
    /// Found at the first question about all files.
    known: OnceLock<Known>,
}

/// What one pass over all entries tells.
struct Known {
    /// Every file whose name is UTF-8.
    listing: Arc<Listing>,
    /// The places of the other entries, in order.
    others: Vec<usize>,
    /// By the hash of its path the place of each file that is not called as source code is: nearly all questions are about these, and
    /// a search for one meets memory that is far apart.
    places: HashMap<u64, usize, foldhash::fast::RandomState>,
}

fn hash(path: &str) -> u64 {
    foldhash::fast::FixedState::default().hash_one(path)
}

/// Files on which the index and a tree differ, with the tree's content; `None` where the tree does not have the file.
pub(super) type Differences = BTreeMap<String, Option<ObjectId>>;

/// Why a submodule is not read.
pub(super) const SUBMODULE: &str = "a submodule, which is not read from here; check it by itself";

/// Whether an entry is a file whose content is settled: no link, no submodule, no conflict, and more than announced (`git add -N`).
pub(super) fn is_file(entry: &gix::index::Entry) -> bool {
    matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE)
        && entry.stage() == Stage::Unconflicted
        && !entry.flags.contains(Flags::INTENT_TO_ADD)
}

impl Staging {
    /// The index of a repository below a folder; without entries where there is no index.
    pub(super) fn read(shared: &Shared, prefix: &str) -> Result<Arc<Staging>, ReadError> {
        shared.staging(prefix, |index| {
            let below = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
            let range = index.prefixed_entries_range(below.as_str().into()).unwrap_or(0..0);
            Staging { index, below, range, last: AtomicUsize::new(0), known: OnceLock::new() }
        })
    }

    /// The index itself.
    pub(super) fn state(&self) -> &gix::index::State {
        &self.index
    }

    /// Every entry below the folder, sorted by path.
    pub(super) fn entries(&self) -> &[gix::index::Entry] {
        self.index.entries().get(self.range.clone()).unwrap_or_default()
    }

    /// The path of an entry.
    pub(super) fn path(&self, entry: &gix::index::Entry) -> &BStr {
        entry.path(&self.index).get(self.below.len()..).unwrap_or_default().into()
    }

    /// The file at a path.
    pub(super) fn file(&self, path: &str) -> Option<&gix::index::Entry> {
        self.placed(path).or_else(|| self.search(path))
    }

    /// The file at a path, where it is known by its hash.
    fn placed(&self, path: &str) -> Option<&gix::index::Entry> {
        let at = self.known.get()?.places.get(&hash(path))?;
        // Two paths may have the same hash.
        self.entries().get(*at).filter(|entry| self.path(entry) == path)
    }

    /// The file at a path, whatever is known.
    fn search(&self, path: &str) -> Option<&gix::index::Entry> {
        let entries = self.entries();
        let order = |entry: &gix::index::Entry| self.path(entry).cmp(path.as_bytes().into());
        let is_at = |at: usize, wanted: Order| entries.get(at).is_some_and(|entry| order(entry) == wanted);
        let last = self.last.load(Ordering::Relaxed);
        let (mut window, mut step) = (0..entries.len(), 4);
        match entries.get(last).map(order) {
            Some(Order::Equal) => window = last..last + 1,
            Some(Order::Less) => {
                window.start = last + 1;
                while is_at(window.start + step, Order::Less) {
                    window.start += step + 1;
                    step *= 2;
                }
                window.end = window.end.min(window.start + step + 1);
            }
            Some(Order::Greater) => {
                window.end = last;
                while step < window.end && is_at(window.end - step, Order::Greater) {
                    window.end -= step;
                    step *= 2;
                }
                window.start = window.end.saturating_sub(step);
            }
            None => {}
        }
        let at = window.start + entries.get(window.clone())?.binary_search_by(order).ok()?;
        self.last.store(at, Ordering::Relaxed);
        entries.get(at).filter(|entry| is_file(entry))
    }

    fn known(&self) -> &Known {
        self.known.get_or_init(|| {
            let mut others = Vec::new();
            let files = self.entries().iter().enumerate().filter_map(|(at, entry)| {
                let path = is_file(entry).then(|| self.path(entry).to_str().ok()).flatten();
                if path.is_none() {
                    others.push(at);
                }
                path
            });
            let listing = Listing::of_sorted(files);
            let mut places = HashMap::default();
            let mut passed = 0;
            for (at, path) in listing.places_apart() {
                while others.get(passed).is_some_and(|other| *other <= at + passed) {
                    passed += 1;
                }
                places.insert(hash(path), at + passed);
            }
            Known { listing: Arc::new(listing), others, places }
        })
    }

    /// Every file, sorted by path; names that are not UTF-8 are left out.
    pub(super) fn listing(&self) -> Arc<Listing> {
        self.known().listing.clone()
    }

    /// The entries that are not listed: links, submodules, conflicts, what is only announced, names that are not UTF-8.
    pub(super) fn others(&self) -> impl Iterator<Item = &gix::index::Entry> {
        self.known().others.iter().filter_map(|at| self.entries().get(*at))
    }

    /// The folders of submodules, sorted, checked out or not.
    pub(super) fn submodules(&self) -> Vec<String> {
        let modules = self.others().filter(|entry| entry.mode == Mode::COMMIT);
        modules.map(|entry| self.path(entry).to_str_lossy().into_owned()).collect()
    }

    /// The files of a tree, given where it differs.
    pub(super) fn files_of(&self, differences: &Differences) -> Arc<Listing> {
        let listing = self.listing();
        // Where only contents differ, the files are the same.
        let is_other = |(path, id): &(&str, bool)| listing.has(path) != *id;
        let edits: Vec<(&str, bool)> =
            differences.iter().map(|(path, id)| (path.as_str(), id.is_some())).filter(is_other).collect();
        if edits.is_empty() { listing } else { Arc::new(listing.edited(edits.into_iter())) }
    }

    /// Where the index and a tree, rooted at the same folder, differ. Only folders whose ids differ are looked into.
    pub(super) fn differences(&self, tree: &GitTree) -> Differences {
        let mut cached = self.index.tree();
        for name in self.below.split('/').filter(|name| !name.is_empty()) {
            cached = cached.and_then(|tree| child(tree, name));
        }
        let mut differences = Differences::new();
        self.compare("", tree, tree.root(), cached, self.entries(), &mut differences);
        differences
    }

    /// The id that a folder's tree has if it holds nothing but these files, whose names begin so far behind the start of their paths; `None`
    /// where it holds a folder, or what a commit would not take. Found in less time than the tree of that id is unpacked.
    fn id_of(&self, skip: usize, entries: &[gix::index::Entry]) -> Option<ObjectId> {
        const FEW: usize = 100;
        if entries.len() > FEW {
            return None;
        }
        let mut written = Vec::with_capacity(entries.len() * 50);
        for entry in entries {
            let name = self.path(entry).get(skip..).filter(|name| !name.contains(&b'/'))?;
            let is_settled = entry.stage() == Stage::Unconflicted && !entry.flags.contains(Flags::INTENT_TO_ADD);
            let mode = entry.mode.to_tree_entry_mode().filter(|_| is_settled)?;
            // <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>: mode, name and id, in the order of the index.
            written.extend_from_slice(mode.as_bytes(&mut [0; 6]));
            written.extend_from_slice(b" ");
            written.extend_from_slice(name);
            written.push(0);
            written.extend_from_slice(entry.id.as_bytes());
        }
        let kind = entries.first()?.id.kind();
        gix::objs::compute_hash(kind, gix::objs::Kind::Tree, &written).ok()
    }

    /// Compares a folder of the index with one of the tree; either may be absent there.
    fn compare(
        &self,
        folder: &str,
        tree: &GitTree,
        id: Option<ObjectId>,
        cached: Option<&Tree>,
        entries: &[gix::index::Entry],
        differences: &mut Differences,
    ) {
        if id.is_some() && cached.is_some_and(|cached| cached.num_entries.is_some() && Some(cached.id) == id) {
            return;
        }
        let skip = if folder.is_empty() { 0 } else { folder.len() + 1 };
        if id.is_some() && self.id_of(skip, entries) == id {
            return;
        }
        let items = id.map(|id| tree.folder(id, folder));
        let mut met = Vec::new();
        let mut rest = entries;
        while let Some(first) = rest.first() {
            let name = self.path(first).get(skip..).unwrap_or_default();
            let slash = name.find_byte(b'/');
            let part = name.get(..slash.unwrap_or(name.len())).unwrap_or_default();
            let inside = |entry: &gix::index::Entry| {
                let name = self.path(entry).get(skip..).unwrap_or_default();
                name.strip_prefix(part).is_some_and(|after| after.starts_with(b"/"))
            };
            // All that lies in one folder stands together, and so do the sides of a conflict.
            let length = if slash.is_some() { rest.partition_point(inside).max(1) } else { 1 };
            let (group, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = after;
            let Ok(part) = part.to_str() else { continue };
            let item = items.as_ref().and_then(|items| items.get(part));
            if slash.is_some() {
                let id = if let Some(Item::Folder(id)) = item { Some(id) } else { None };
                self.compare(&join(folder, part), tree, id, cached.and_then(|cached| child(cached, part)), group, differences);
                met.extend(id.map(|_| part));
                continue;
            }
            let Some(entry) = group.first().filter(|entry| is_file(entry)) else { continue };
            match item {
                Some(Item::File(id)) => {
                    met.push(part);
                    if id != entry.id {
                        differences.insert(join(folder, part), Some(id));
                    }
                }
                _ => drop(differences.insert(join(folder, part), None)),
            }
        }
        met.sort_unstable();
        for (name, item) in items.iter().flat_map(|items| items.iter()) {
            if met.binary_search(&name).is_ok() {
                continue;
            }
            match item {
                Item::File(id) => drop(differences.insert(join(folder, name), Some(id))),
                Item::Folder(id) => self.compare(&join(folder, name), tree, Some(id), None, &[], differences),
                Item::Other => {}
            }
        }
    }
}

/// The folder of a name within a folder of the index.
fn child<'t>(tree: &'t Tree, name: &str) -> Option<&'t Tree> {
    tree.children.iter().find(|child| child.name.as_slice() == name.as_bytes())
}
