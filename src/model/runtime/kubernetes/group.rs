//! Which manifests are applied together. Nothing says it: two objects of one kind and name exclude each other, and folders are
//! joined as long as nothing in them does.

use super::object::Object;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Objects that can be applied together.
type Group<'o, 't> = Vec<&'o Object<'t>>;

/// The groups of all objects, in order of path.
pub(super) fn together<'o, 't>(objects: &'o [Object<'t>]) -> Vec<Group<'o, 't>> {
    let mut by_folder: BTreeMap<&str, BTreeMap<&str, Group<'o, 't>>> = BTreeMap::new();
    for object in objects {
        let folder = object.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        by_folder.entry(folder).or_default().entry(object.path).or_default().push(object);
    }
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    for folder in by_folder.keys() {
        let mut folder = *folder;
        folders.insert(folder);
        while let Some((above, _)) = folder.rsplit_once('/') {
            folders.insert(above);
            folder = above;
        }
        folders.insert("");
    }
    let mut open: BTreeMap<&str, Vec<Group<'o, 't>>> = BTreeMap::new();
    let mut deepest_first: Vec<&str> = folders.into_iter().collect();
    let depth = |folder: &str| if folder.is_empty() { 0 } else { folder.split('/').count() };
    deepest_first.sort_by_key(|folder| (std::cmp::Reverse(depth(folder)), *folder));
    for folder in deepest_first {
        let mut groups: Vec<Group<'o, 't>> =
            joined(by_folder.remove(folder).into_iter().flatten().map(|(_, group)| group).collect());
        groups.extend(open.remove(folder).unwrap_or_default());
        let groups = joined(groups);
        if folder.is_empty() {
            return groups;
        }
        let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
        open.entry(above).or_default().extend(groups);
    }
    Vec::new()
}

/// One group, if nothing in the groups excludes another thing in them; else the groups as they are.
fn joined<'o, 't>(groups: Vec<Group<'o, 't>>) -> Vec<Group<'o, 't>> {
    let mut seen = HashSet::new();
    let is_free = groups.iter().all(|group| {
        let keys: HashSet<_> = group.iter().map(|object| object.key()).collect();
        keys.into_iter().all(|key| seen.insert(key))
    });
    if is_free && groups.len() > 1 { vec![groups.into_iter().flatten().collect()] } else { groups }
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
