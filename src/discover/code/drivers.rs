//! Which database the code of a project speaks to, as the manifests above its migrations say: the driver that it depends on.

use super::folder_of;
use crate::files::Listing;
use crate::sql::Dialect;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A row of the table `driver` in `data/code_migrations.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Driver {
    /// The name of a manifest; `*.csproj` is every file that ends so.
    file: String,
    /// What it holds where the project speaks to a database, by the name of the dialect.
    holds: BTreeMap<String, Vec<String>>,
}

impl Driver {
    /// The manifests of this row in a folder.
    fn manifests(&self, folder: &str, listing: &Listing) -> Vec<String> {
        let Some(ending) = self.file.strip_prefix('*') else {
            let path = format!("{folder}/{}", self.file);
            return vec![path.trim_start_matches('/').to_owned()];
        };
        let here = listing.apart_from_code().filter(|path| path.ends_with(ending) && folder_of(path) == folder);
        here.map(str::to_owned).collect()
    }
}

/// The only dialect that the manifests in a folder, or in the nearest one above it with any, name a driver of. SQLite beside another
/// one is what tests run on.
pub(super) fn dialect(
    drivers: &[Driver],
    folder: &str,
    listing: &Listing,
    read: &mut dyn FnMut(&str) -> Option<String>,
) -> Option<(Dialect, String)> {
    let mut at = folder;
    loop {
        let mut found: BTreeMap<&str, String> = BTreeMap::new();
        for driver in drivers {
            for path in driver.manifests(at, listing) {
                let Some(text) = read(&path) else { continue };
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
            (1, Some((name, why))) => return Some((Dialect::parse(name)?, why)),
            (0, _) if !at.is_empty() => at = folder_of(at),
            _ => return None,
        }
    }
}
