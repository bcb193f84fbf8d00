//! The repositories that lie in `../shared`.

#[path = "shared.rs"]
mod real;

use real::shared;
use std::path::PathBuf;

/// The folders of a folder there, sorted; `None` with a word about it where there is no such folder.
pub fn folders(place: &str) -> Option<Vec<PathBuf>> {
    let path = shared(place);
    let Ok(entries) = std::fs::read_dir(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    let mut found: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    found.sort();
    Some(found)
}
