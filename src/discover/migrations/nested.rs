//! Folders of prefixed files (`V1__x.sql`) that their tool reads as one: it looks into every folder below its location, and
//! `{vendor}` in a location stands for the folder of a dialect.

use super::folders::{Group, Member, Shape, split};
use super::tools::{Named, table};
use std::collections::HashSet;

/// The location that Flyway looks into where nobody names another, and those that projects name instead.
const LOCATIONS: &[&str] = &["db/migration", "db/migrations", "resources/migration", "resources/migrations"];

/// Puts groups together that are one set.
pub(super) fn merge(groups: Vec<Group>) -> Vec<Group> {
    let (prefixed, mut merged): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(is_prefixed);
    let mut prefixed: Vec<Group> = prefixed;
    // The deepest folder first, so that what is put together can be put together again.
    prefixed.sort_by_key(|group| std::cmp::Reverse((group.folder.matches('/').count(), group.folder)));
    while let Some(group) = take_first(&mut prefixed) {
        match prefixed.iter_mut().find(|other| belongs(&group, other)) {
            Some(parent) => join(group, parent),
            None => merged.push(group),
        }
    }
    merged.sort_by(|a, b| (a.folder, a.shape).cmp(&(b.folder, b.shape)));
    merged
}

fn take_first<'a>(groups: &mut Vec<Group<'a>>) -> Option<Group<'a>> {
    (!groups.is_empty()).then(|| groups.remove(0))
}

fn is_prefixed(group: &Group) -> bool {
    group.shape == Shape::Files && !group.members.is_empty() && group.members.iter().all(|one| one.name.prefix.is_some())
}

/// Whether the files of a group are applied together with those of another.
fn belongs(group: &Group, other: &Group) -> bool {
    let own = dialect_of(group);
    let below = is_in(group.folder, other.folder);
    if own == Some(None) || (dialect_of(other).is_some() && !below) {
        return false;
    }
    let location = location(group.folder);
    let beside = location.is_some() && location == location_of(other) && own.is_none();
    let (above, last) = split(other.folder);
    let shared = table().shared_folders.iter().any(|name| name == last) && split(group.folder).0 == above;
    let own = own.flatten();
    (below || beside || shared) && versions(group, own.as_ref()).is_disjoint(&versions(other, own.as_ref()))
}

/// Whether a folder is another one, or lies below it.
fn is_in(folder: &str, other: &str) -> bool {
    folder.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The dialect that the last folder of a group is named after; `Some(None)` for one that is not read.
fn dialect_of(group: &Group) -> Option<Option<Named>> {
    let last = split(group.folder).1;
    match table().dialect(last) {
        Some(named) => Some(Some(named)),
        None => table().is_not_read(last).then_some(None),
    }
}

fn location_of<'a>(group: &Group<'a>) -> Option<&'a str> {
    location(group.folder)
}

fn location(folder: &str) -> Option<&str> {
    LOCATIONS.iter().find_map(|location| {
        let at = folder.find(location)? + location.len();
        let rest = folder.get(at..)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| folder.get(..at)).flatten()
    })
}

/// What names the files of a group that are for one dialect, or for any.
fn versions(group: &Group, dialect: Option<&Named>) -> HashSet<(Option<char>, Vec<u128>, String)> {
    let is_for = |one: &&Member| dialect.is_none() || one.name.dialect.is_none() || one.name.dialect.as_ref() == dialect;
    let title = |one: &Member| if one.name.numbers.is_empty() { one.name.version.clone() } else { String::new() };
    group.members.iter().filter(is_for).map(|one| (one.name.prefix, one.name.numbers.clone(), title(one))).collect()
}

fn join<'a>(group: Group<'a>, parent: &mut Group<'a>) {
    let dialect = dialect_of(&group).flatten();
    // The folder around both.
    while !parent.folder.is_empty() && !is_in(group.folder, parent.folder) {
        parent.folder = split(parent.folder).0;
    }
    parent.members.extend(group.members.into_iter().map(|mut member| {
        member.name.dialect = member.name.dialect.take().or_else(|| dialect.clone());
        member
    }));
    parent.strangers.extend(group.strangers);
    parent.members.sort_by_key(|member| member.path);
}
