//! Repositories and documents in `../shared`, read into memory.

#[path = "shared.rs"]
mod place;

use backend_lint::files::disk::Disk;
use backend_lint::files::{Files, Memory};
pub use place::shared;

/// What stands under a path there: a file alone, or all of a folder. `None` with a word about it where nothing does.
pub fn load(place: &str) -> Option<Memory> {
    let path = shared(place);
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
