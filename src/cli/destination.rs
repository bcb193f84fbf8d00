//! Files that a run was asked to write.

use super::Trouble;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes a file at once: readers see the old content or the new, never a half. Links are followed; what is no regular file
/// (a pipe, `/dev/stdout`) is written to as it is.
pub(super) fn write(file: &Path, text: &str) -> Result<(), Trouble> {
    let trouble = |error: std::io::Error| Trouble::new(format!("{}: cannot be written: {error}", file.display()));
    let real = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    if real.metadata().is_ok_and(|data| !data.is_file()) {
        return std::fs::OpenOptions::new()
            .write(true)
            .open(&real)
            .and_then(|mut out| out.write_all(text.as_bytes()))
            .map_err(trouble);
    }
    let beside = beside(&real);
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, &real));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        trouble(error)
    })
}

/// A name in the same folder, so that the rename stays within one file system.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    file.with_file_name(name)
}
