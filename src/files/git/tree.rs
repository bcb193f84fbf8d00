//! The tree of a commit, read as it is asked for.

use super::reason;
use super::shared::Shared;
use super::staging::{Differences, Staging};
use crate::files::{ContentId, Files, Listing, ReadError, same_content};
use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::tree::EntryKind;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Blobs that are larger are not read: spans are 32 bits wide.
const LARGEST_BLOB: u64 = 1 << 31;

/// What a folder holds under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Folder(ObjectId),
    File(ObjectId),
    /// A link or a submodule: never followed.
    Other,
}

/// What a folder holds, sorted by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Folder(Arc<Vec<(String, Item)>>);

impl Folder {
    /// What stands under a name.
    pub(super) fn get(&self, name: &str) -> Option<Item> {
        let at = self.0.binary_search_by(|(other, _)| other.as_str().cmp(name)).ok()?;
        self.0.get(at).map(|(_, item)| *item)
    }

    /// All of it, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Item)> {
        self.0.iter().map(|(name, item)| (name.as_str(), *item))
    }
}

/// A commit's tree, rooted at a folder of the repository.
pub struct GitTree {
    shared: Arc<Shared>,
    root: Option<ObjectId>,
    prefix: String,
    /// The index, and where it differs from the tree: read when a question is asked about all files. `None` where it cannot be read.
    staging: OnceLock<Option<(Arc<Staging>, Differences)>>,
    listing: OnceLock<Arc<Listing>>,
    /// Folders that were read, by id: every folder is read once.
    folders: Mutex<HashMap<ObjectId, Folder>>,
    /// Names that are not UTF-8, and objects that are missing.
    refused: Mutex<Vec<(String, String)>>,
}

impl GitTree {
    /// The tree of a commit below a folder, which is empty where the commit does not have it.
    pub(super) fn new(shared: Arc<Shared>, commit: ObjectId, prefix: &str) -> Result<GitTree, ReadError> {
        let tree =
            |local: &gix::Repository| local.find_commit(commit).map_err(reason)?.tree_id().map(|id| id.detach()).map_err(reason);
        let top = shared.ask(tree)?;
        let whole = GitTree {
            shared,
            root: Some(top),
            prefix: prefix.to_owned(),
            staging: OnceLock::new(),
            listing: OnceLock::new(),
            folders: Mutex::default(),
            refused: Mutex::default(),
        };
        let root = match prefix {
            "" => Some(top),
            prefix => match whole.find(prefix) {
                Some(Item::Folder(id)) => Some(id),
                _ => None,
            },
        };
        Ok(GitTree { root, ..whole })
    }

    /// The folder that is the root; `None` where the commit does not have it.
    pub(super) fn root(&self) -> Option<ObjectId> {
        self.root
    }

    /// The index, and where it differs from the tree.
    fn staging(&self) -> Option<&(Arc<Staging>, Differences)> {
        let read = || {
            let staging = Staging::read(&self.shared, &self.prefix).ok()?;
            let differences = staging.differences(self);
            Some((staging, differences))
        };
        self.staging.get_or_init(read).as_ref()
    }

    /// What a folder holds; empty where it cannot be read, which is noted.
    pub(super) fn folder(&self, id: ObjectId, path: &str) -> Folder {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = folders.get(&id) {
            return known.clone();
        }
        let mut items = Vec::new();
        let mut refused = Vec::new();
        self.shared.ask(|local| match local.find_tree(id) {
            Err(error) => refused.push((path.to_owned(), reason(error).0)),
            Ok(tree) => {
                for entry in tree.iter() {
                    let Ok(entry) = entry else {
                        refused.push((path.to_owned(), "a damaged tree in the repository".to_owned()));
                        break;
                    };
                    let item = match entry.mode().kind() {
                        EntryKind::Tree => Item::Folder(entry.object_id()),
                        EntryKind::Blob | EntryKind::BlobExecutable => Item::File(entry.object_id()),
                        EntryKind::Link | EntryKind::Commit => Item::Other,
                    };
                    match entry.filename().to_str() {
                        Ok(name) => items.push((name.to_owned(), item)),
                        Err(_) => refused.push((join(path, &entry.filename().to_str_lossy()), "the path is not UTF-8".into())),
                    }
                }
            }
        });
        if !refused.is_empty() {
            self.refused.lock().unwrap_or_else(PoisonError::into_inner).extend(refused);
        }
        // Git sorts a folder as if its name ended in `/`.
        items.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let folder = Folder(Arc::new(items));
        folders.insert(id, folder.clone());
        folder
    }

    /// What stands at a path.
    fn find(&self, path: &str) -> Option<Item> {
        let mut at = Item::Folder(self.root?);
        for part in path.split('/') {
            let Item::Folder(id) = at else { return None };
            at = self.folder(id, path).get(part)?;
        }
        Some(at)
    }

    /// Every file, found by a walk through all folders.
    fn walk(&self) -> Listing {
        let mut paths = Vec::new();
        let mut todo: Vec<(String, ObjectId)> = self.root.map(|id| (String::new(), id)).into_iter().collect();
        while let Some((path, id)) = todo.pop() {
            for (name, item) in self.folder(id, &path).iter() {
                match item {
                    Item::Folder(id) => todo.push((join(&path, name), id)),
                    Item::File(_) => paths.push(join(&path, name)),
                    Item::Other => {}
                }
            }
        }
        paths.into_iter().collect()
    }
}

/// The bytes of a blob.
pub(super) fn blob(shared: &Shared, id: ObjectId) -> Result<Vec<u8>, ReadError> {
    shared.ask(|local| {
        let size = local.find_header(id).map_err(reason)?.size();
        if size > LARGEST_BLOB {
            return Err(ReadError(format!("larger than {LARGEST_BLOB} bytes")));
        }
        Ok(local.find_blob(id).map_err(reason)?.take_data())
    })
}

/// The bytes of a blob whose file had so many when it was added; without a look at its size first, where that was few.
pub(super) fn small_blob(shared: &Shared, id: ObjectId, size: u32) -> Result<Vec<u8>, ReadError> {
    const FEW: u32 = 1 << 26;
    if size == 0 || size > FEW {
        return blob(shared, id);
    }
    shared.ask(|local| Ok(local.find_blob(id).map_err(reason)?.take_data()))
}

/// Whether a blob has these bytes, line ends apart. Compares ids first, so that an unchanged file costs no look into the object store.
pub(super) fn has_content(shared: &Shared, id: ObjectId, bytes: &[u8]) -> bool {
    let own = gix::objs::compute_hash(id.kind(), gix::objs::Kind::Blob, bytes);
    own.is_ok_and(|own| own == id) || blob(shared, id).is_ok_and(|blob| same_content(&blob, bytes))
}

/// A name within a folder.
pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

impl Files for GitTree {
    fn list(&self) -> Arc<Listing> {
        let list = || match self.staging() {
            Some((staging, differences)) => staging.files_of(differences),
            None => Arc::new(self.walk()),
        };
        self.listing.get_or_init(list).clone()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match self.find(path) {
            Some(Item::File(id)) => blob(&self.shared, id),
            Some(Item::Folder(_)) => Err(ReadError("a folder, not a file".into())),
            Some(Item::Other) => Err(ReadError("a link or a submodule, which is not followed".into())),
            None => Err(ReadError("no such file".into())),
        }
    }

    fn exists(&self, path: &str) -> bool {
        match self.staging() {
            Some(_) => self.id(path).is_some(),
            None => matches!(self.find(path), Some(Item::File(_))),
        }
    }

    fn same(&self, path: &str, bytes: &[u8]) -> bool {
        matches!(self.find(path), Some(Item::File(id)) if has_content(&self.shared, id, bytes))
    }

    fn id(&self, path: &str) -> Option<ContentId> {
        let (staging, differences) = self.staging()?;
        match differences.get(path) {
            Some(id) => id.map(ContentId),
            None => staging.file(path).map(|entry| ContentId(entry.id)),
        }
    }

    fn refused(&self) -> Vec<(String, String)> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        refused.sort();
        refused
    }
}
