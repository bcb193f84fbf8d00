//! Which manifests are applied together. Nothing says it: two objects of one kind and name exclude each other, and folders are
//! joined as long as nothing in them does.

use super::object::Object;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

/// Objects that can be applied together.
type Group<'o, 't> = Vec<&'o Object<'t>>;

/// What is asked of every object once for each folder above it.
type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// The groups of all objects, in order of path.
pub(super) fn together<'o, 't>(objects: &'o [Object<'t>]) -> Vec<Group<'o, 't>> {
    // Objects stand in order of path, and so do the files of one folder.
    let mut open: Map<&str, Vec<Group<'o, 't>>> = Map::default();
    for file in objects.chunk_by(|a, b| a.path == b.path) {
        let folder = file.first().map_or("", |object| above(object.path));
        open.entry(folder).or_default().push(file.iter().collect());
    }
    open.values_mut().for_each(|groups| *groups = joined(std::mem::take(groups)));
    // The deepest first, and of one depth in order of path.
    let mut folders: BinaryHeap<_> = open.keys().map(|folder| (depth(folder), Reverse(*folder))).collect();
    while let Some((depth, Reverse(folder))) = folders.pop() {
        let groups = joined(open.remove(folder).unwrap_or_default());
        if folder.is_empty() {
            return groups;
        }
        let above = above(folder);
        let waiting = open.entry(above).or_insert_with(|| {
            folders.push((depth - 1, Reverse(above)));
            Vec::new()
        });
        waiting.extend(groups);
    }
    Vec::new()
}

/// The folder of a file or folder; empty for the root.
fn above(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).and_then(|at| path.get(..at)).unwrap_or("")
}

/// How many folders lead to a folder, itself included.
fn depth(folder: &str) -> usize {
    if folder.is_empty() { 0 } else { 1 + folder.bytes().filter(|byte| *byte == b'/').count() }
}

/// One group, if nothing in the groups excludes another thing in them; else the groups as they are.
fn joined<'o, 't>(groups: Vec<Group<'o, 't>>) -> Vec<Group<'o, 't>> {
    if groups.len() < 2 {
        return groups;
    }
    let mut seen: Map<_, usize> = Map::default();
    // What one group holds twice does not exclude another one.
    let is_free =
        groups.iter().enumerate().all(|(at, group)| group.iter().all(|object| *seen.entry(object.key()).or_insert(at) == at));
    if is_free { vec![groups.into_iter().flatten().collect()] } else { groups }
}

/// The objects of a group by namespace. Those without one belong to the only namespace that is named, if there is just one.
pub(super) fn namespaces<'o, 't>(group: &[&'o Object<'t>]) -> Vec<(Option<&'t str>, Group<'o, 't>)> {
    let named: BTreeSet<&str> = group.iter().filter_map(|object| object.namespace).collect();
    let only = if named.len() == 1 { named.first().copied() } else { None };
    let mut found: BTreeMap<Option<&str>, Group<'o, 't>> = BTreeMap::new();
    for object in group {
        found.entry(object.namespace.or(only)).or_default().push(object);
    }
    found.into_iter().collect()
}
