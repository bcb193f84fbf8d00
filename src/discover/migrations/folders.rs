//! Which files stand together: the folder of a set, one folder a migration, one folder a version.

use super::Read;
use super::dialect::Verdict;
use super::elsewhere::tables;
use super::file_name::{self, FileName};
use crate::discover::code::Drivers;
use crate::files::Listing;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many of a folder's names must carry a version.
const NUMBERED_SHARE: f64 = 0.8;

/// How many folders called by numbers make a series: of fewer nobody can tell.
const LEAST_SERIES: usize = 3;

/// One file that may be a migration.
#[derive(Debug, Clone)]
pub(super) struct Member<'a> {
    pub path: &'a str,
    pub name: FileName,
    /// The name of the folder that is the migration or the version, where there is one between the set and the file.
    pub inner: Option<&'a str>,
    /// The numbers of that folder where it is a version.
    pub inner_numbers: Vec<u128>,
}

/// What kind of folder holds the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// Files with versions in their names.
    Files,
    /// Folders with versions, each with `up.sql` or `migration.sql`.
    Folders,
}

/// Files that may be one set of migrations.
#[derive(Debug, Clone)]
pub(super) struct Group<'a> {
    pub folder: &'a str,
    pub shape: Shape,
    pub members: Vec<Member<'a>>,
    /// Files of the folder whose names carry no version.
    pub strangers: Vec<&'a str>,
}

impl Group<'_> {
    /// The folder as printed.
    pub fn name(&self) -> &str {
        if self.folder.is_empty() { "." } else { self.folder }
    }

    /// Every member's path.
    pub fn paths(&self) -> impl Iterator<Item = String> + '_ {
        self.members.iter().map(|member| member.path.to_owned())
    }
}

/// The last folder of a path and what is above it.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Puts `.sql` files into groups; the rest is loose.
pub(super) fn group<'a>(paths: &[&'a str], read: Read) -> (Vec<Group<'a>>, Vec<String>) {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in paths {
        folders.entry(split(path).0).or_default().push(path);
    }
    let series = series(&folders, read);
    let mut groups: BTreeMap<(&str, Shape), Group> = BTreeMap::new();
    let mut loose = Vec::new();
    for (folder, files) in folders {
        let (above, last) = split(folder);
        let one_migration = file_name::is_numbered_folder(last);
        let is_step = |path: &&&str| matches!(split(path).1, "up.sql" | "down.sql" | "migration.sql");
        if one_migration && files.iter().any(|path| is_step(&path)) {
            let group = entry(&mut groups, above, Shape::Folders);
            for path in files {
                let version = last.split_once('_').map_or(last, |(version, _)| version);
                let name = FileName {
                    prefix: None,
                    version: version.to_owned(),
                    numbers: file_name::numbers(version, &['.', '-']).unwrap_or_default(),
                    direction: match split(path).1 {
                        "up.sql" | "migration.sql" => file_name::Direction::Up,
                        "down.sql" => file_name::Direction::Down,
                        _ => {
                            loose.push(path.to_owned());
                            continue;
                        }
                    },
                    dialect: None,
                    autocommit: false,
                };
                group.members.push(Member { path, name, inner: Some(last), inner_numbers: Vec::new() });
            }
            continue;
        }
        let (numbered, strangers): (Vec<_>, Vec<_>) =
            files.iter().map(|path| (*path, file_name::read(split(path).1))).partition(|(_, name)| name.is_some());
        if (numbered.len() as f64) < NUMBERED_SHARE * files.len() as f64 {
            loose.extend(files.into_iter().map(str::to_owned));
            continue;
        }
        let number = || file_name::number_folder(last).filter(|_| series.contains(above)).map(|number| vec![number]);
        let version = file_name::version_folder(last).or_else(number);
        let inner = (one_migration || version.is_some()).then_some(last);
        let group = entry(&mut groups, if inner.is_some() { above } else { folder }, Shape::Files);
        group.strangers.extend(strangers.into_iter().map(|(path, _)| path));
        let inner_numbers = version.unwrap_or_default();
        for (path, name) in numbered {
            let Some(name) = name else { continue };
            group.members.push(Member { path, name, inner, inner_numbers: inner_numbers.clone() });
        }
    }
    (groups.into_values().collect(), loose)
}

/// The folders in which those called by a number and nothing else go on one after the other: `1/01_orders.up.sql`, `2/01_items.up.sql`.
/// Where the same names come in several of them, as in folders for versions of a server, each is a set of its own.
fn series<'a>(folders: &BTreeMap<&'a str, Vec<&'a str>>, read: Read) -> HashSet<&'a str> {
    let mut found: HashMap<&str, Vec<Vec<&str>>> = HashMap::new();
    for (folder, files) in folders {
        let (above, last) = split(folder);
        let numbered: Vec<&str> = files.iter().copied().filter(|path| file_name::read(split(path).1).is_some()).collect();
        if file_name::number_folder(last).is_some() && !numbered.is_empty() {
            found.entry(above).or_default().push(numbered);
        }
    }
    let is_series = |folders: &Vec<Vec<&str>>| {
        let all: Vec<&str> = folders.concat();
        let different: HashSet<&str> = all.iter().map(|path| split(path).1).collect();
        folders.len() >= LEAST_SERIES && different.len() as f64 >= NUMBERED_SHARE * all.len() as f64
    };
    found.retain(|_, folders| is_series(folders) && !are_apart(folders, read));
    found.into_keys().collect()
}

/// Whether most of the folders make a table that another one makes too: each then fills a database of its own, that of a tenant, a
/// shard or a version of a server.
fn are_apart(folders: &[Vec<&str>], read: Read) -> bool {
    let is_forward = |path: &str| file_name::read(split(path).1).is_some_and(|name| name.direction != file_name::Direction::Down);
    let mut made: Vec<HashSet<String>> = Vec::new();
    for files in folders {
        let texts = files.iter().filter(|path| is_forward(path)).filter_map(|path| read(path));
        made.push(texts.flat_map(|text| tables(&text)).map(|name| name.to_lowercase()).collect());
    }
    made.retain(|names| !names.is_empty());
    let mut count: HashMap<&str, usize> = HashMap::new();
    for name in made.iter().flatten() {
        *count.entry(name).or_default() += 1;
    }
    let is_shared = |name: &String| count.get(name.as_str()).is_some_and(|count| *count > 1);
    let shared = made.iter().filter(|names| names.iter().any(is_shared)).count();
    shared * 2 > made.len()
}

fn entry<'a, 'g>(groups: &'g mut BTreeMap<(&'a str, Shape), Group<'a>>, folder: &'a str, shape: Shape) -> &'g mut Group<'a> {
    groups.entry((folder, shape)).or_insert_with(|| Group { folder, shape, members: Vec::new(), strangers: Vec::new() })
}

/// The other files of the tree, as evidence.
pub(super) struct Surroundings<'a> {
    listing: &'a Listing,
    drivers: Drivers<'a>,
}

impl<'a> Surroundings<'a> {
    /// The files of a tree.
    pub fn new(listing: &'a Listing) -> Surroundings<'a> {
        Surroundings { listing, drivers: Drivers::new(listing) }
    }

    /// The dialect of the driver that the project of a folder depends on.
    pub fn driver(&self, folder: &str, read: Read) -> Option<Verdict> {
        self.drivers.dialect(folder, read).map(|(dialect, why)| Verdict { named: (dialect, None), why })
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.listing.has(path)
    }

    /// The path of a file of this name in a folder or the nearest one above it.
    pub fn nearest(&self, folder: &str, name: &str) -> Option<String> {
        let mut folder = folder;
        loop {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if self.has(&path) {
                return Some(path);
            }
            if folder.is_empty() {
                return None;
            }
            folder = split(folder).0;
        }
    }

    /// The file of this relative path in a folder itself or the one above it, where tools put their own files.
    pub fn nearest_beside(&self, folder: &str, name: &str) -> Option<String> {
        [folder, split(folder).0].into_iter().find_map(|folder| {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            self.has(&path).then_some(path)
        })
    }

    /// Steps in another language in a folder.
    pub fn foreign_steps(&self, folder: &str) -> Vec<String> {
        let files = self.listing.below(folder).map(split);
        let steps = files.filter(|(above, name)| *above == folder && file_name::is_foreign_step(name));
        steps.map(|(above, name)| if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") }).collect()
    }
}
