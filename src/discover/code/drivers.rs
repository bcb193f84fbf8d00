//! Which database the code of a project speaks to, as the manifests above its migrations say: the driver that it depends on.

use super::manifests::Form;
use crate::files::{Listing, folder_of};
use crate::sql::Dialect;
use serde::Deserialize;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};

/// A row of the table `driver` in `data/code_migrations.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Driver {
    /// The name of a manifest; `*.csproj` is every file that ends so.
    file: String,
    /// How it is written.
    form: Form,
    /// What it holds where the project speaks to a database, by the name of the dialect; `other` is a product that is not read.
    holds: BTreeMap<String, Vec<String>>,
}

/// A dialect, and what says it.
type Said = Option<(Dialect, String)>;

/// The drivers that the manifests of a tree name. What a folder has answered is kept: many sets of migrations lie below the same ones.
#[derive(Debug)]
pub struct Drivers<'l> {
    listing: &'l Listing,
    /// By folder, the manifests that are told by their endings; found at the first question.
    by_ending: OnceCell<HashMap<String, Vec<String>>>,
    known: RefCell<HashMap<String, Said>>,
}

impl<'l> Drivers<'l> {
    /// Those of a tree.
    pub fn new(listing: &'l Listing) -> Drivers<'l> {
        Drivers { listing, by_ending: OnceCell::new(), known: RefCell::default() }
    }

    /// The only dialect that the manifests in a folder, or in the nearest one above it with any, name a driver of. SQLite beside
    /// another one is what tests run on.
    pub fn dialect(&self, folder: &str, read: &mut dyn FnMut(&str) -> Option<String>) -> Said {
        let (mut asked, mut at) = (Vec::new(), folder);
        let said = loop {
            if let Some(known) = self.known.borrow().get(at) {
                break known.clone();
            }
            asked.push(at.to_owned());
            match self.said_in(at, read) {
                Some(said) => break said,
                None if at.is_empty() => break None,
                None => at = folder_of(at),
            }
        };
        self.known.borrow_mut().extend(asked.into_iter().map(|folder| (folder, said.clone())));
        said
    }

    /// What the manifests in a folder say, `Some(None)` where they name several products or one that is not read; `None` where they
    /// name none.
    fn said_in(&self, folder: &str, read: &mut dyn FnMut(&str) -> Option<String>) -> Option<Said> {
        let mut found: BTreeMap<&str, String> = BTreeMap::new();
        for driver in &super::table().driver {
            for path in self.manifests(driver, folder) {
                let Some(text) = read(&path).map(|text| driver.form.said(&text)) else { continue };
                for (name, words) in &driver.holds {
                    if let Some(word) = words.iter().find(|word| text.contains(word.as_str())) {
                        found.entry(name.as_str()).or_insert_with(|| format!("`{}` in {path}", word.trim_matches(['"', '\''])));
                    }
                }
            }
        }
        if found.len() > 1 {
            found.remove(Dialect::Sqlite.name());
        }
        match (found.len(), found.pop_first()) {
            (1, Some((name, why))) => Some(Dialect::parse(name).map(|dialect| (dialect, why))),
            (_, first) => first.map(|_| None),
        }
    }

    /// The manifests of a row in a folder; what tests are made of is none.
    fn manifests(&self, driver: &Driver, folder: &str) -> Vec<String> {
        let Some(ending) = driver.file.strip_prefix('*') else {
            let path = format!("{folder}/{}", driver.file);
            return vec![path.trim_start_matches('/').to_owned()];
        };
        let here = self.by_ending.get_or_init(|| self.told_by_endings()).get(folder);
        let is_test = |path: &str| path.get(folder.len()..).is_some_and(|name| name.to_ascii_lowercase().contains("test"));
        let here = here.into_iter().flatten().filter(|path| path.ends_with(ending) && !is_test(path));
        here.cloned().collect()
    }

    fn told_by_endings(&self) -> HashMap<String, Vec<String>> {
        let endings: Vec<&str> = super::table().driver.iter().filter_map(|driver| driver.file.strip_prefix('*')).collect();
        let mut found: HashMap<String, Vec<String>> = HashMap::new();
        for path in self.listing.apart_from_code().filter(|path| endings.iter().any(|ending| path.ends_with(ending))) {
            found.entry(folder_of(path).to_owned()).or_default().push(path.to_owned());
        }
        found
    }
}
