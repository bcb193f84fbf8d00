//! Repositories and documents in `../shared`, read into memory.

use backend_lint::files::disk::Disk;
use backend_lint::files::{Files, Memory};
use std::path::{Path, PathBuf};

/// Where they lie; a work tree elsewhere says where.
pub fn shared() -> PathBuf {
    let said = std::env::var_os("BACKEND_LINT_SHARED").map(PathBuf::from);
    said.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"))
}

/// What stands under a path there: a file alone, or all of a folder. `None` with a word about it where nothing does.
pub fn load(place: &str) -> Option<Memory> {
    let path = shared().join(place);
    let mut memory = Memory::new();
    if path.is_dir() {
        let disk = Disk::new(&path);
        disk.list().iter().for_each(|path| memory.insert(path, disk.read(path).unwrap_or_default()));
    } else if let Ok(bytes) = std::fs::read(&path) {
        memory.insert(place.rsplit('/').next().unwrap_or(place), bytes);
    } else {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(memory)
}
