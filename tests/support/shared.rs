//! Where real input lies: repositories, documents and other tools' cases in `../shared`, outside of this repository.

use std::path::{Path, PathBuf};

/// A path there, be there something or not; a work tree elsewhere says where the folder is.
pub fn shared(place: &str) -> PathBuf {
    let said = std::env::var_os("BACKEND_LINT_SHARED").map(PathBuf::from);
    said.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared")).join(place)
}

/// The folders of a folder there, sorted; `None` with a word about it where there is no such folder.
#[allow(dead_code)] // Not every test that asks for a file asks for folders.
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
