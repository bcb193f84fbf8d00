//! What stands in a folder on disk, with as few calls as the system asks for: a walk does little else.

use std::path::Path;

/// What an entry of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// A link, a device, a pipe.
    Other,
}

/// Shows the name of each entry, in no order, and what it is. `None` where the folder cannot be read to its end.
#[cfg(target_os = "linux")]
pub(super) fn each(folder: &Path, mut meet: impl FnMut(&[u8], Kind)) -> Option<()> {
    use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, open, statat};
    use std::mem::MaybeUninit;
    let folder = open(folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    // The entries of most folders fit, and each does: a name has at most 255 bytes.
    let mut buffer = [MaybeUninit::uninit(); 16 << 10];
    let mut entries = RawDir::new(&folder, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry.ok()?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let kind = match entry.file_type() {
            // Not every file system says it here.
            FileType::Unknown => FileType::from_raw_mode(statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW).ok()?.st_mode),
            kind => kind,
        };
        let kind = match kind {
            FileType::Directory => Kind::Folder,
            FileType::RegularFile => Kind::File,
            _ => Kind::Other,
        };
        meet(name.to_bytes(), kind);
    }
    Some(())
}

/// Shows the name of each entry, in no order, and what it is. `None` where the folder cannot be read to its end.
#[cfg(not(target_os = "linux"))]
pub(super) fn each(folder: &Path, mut meet: impl FnMut(&[u8], Kind)) -> Option<()> {
    for entry in std::fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        let kind = entry.file_type().ok()?;
        let kind = if kind.is_dir() {
            Kind::Folder
        } else if kind.is_file() {
            Kind::File
        } else {
            Kind::Other
        };
        meet(entry.file_name().as_encoded_bytes(), kind);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_met_once() {
        let folder = std::env::temp_dir().join(format!("backend-lint-folder-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("sub")).expect("a scratch folder");
        let names: Vec<String> = (0..900).map(|number| format!("{number:03}-{}", "x".repeat(40))).collect();
        names.iter().for_each(|name| std::fs::write(folder.join(name), "").expect("a file"));
        let mut met = Vec::new();
        each(&folder, |name, kind| met.push((String::from_utf8_lossy(name).into_owned(), kind))).expect("a folder");
        met.sort_by(|a, b| a.0.cmp(&b.0));
        let wanted = names.into_iter().map(|name| (name, Kind::File)).chain([("sub".to_owned(), Kind::Folder)]);
        assert_eq!(met, wanted.collect::<Vec<_>>());
        assert_eq!(each(&folder.join("nowhere"), |_, _| {}), None);
        std::fs::remove_dir_all(&folder).expect("its removal");
    }
}
