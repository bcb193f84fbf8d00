//! What the paths on the command line mean: the root of the run, and what is reported on.

use super::Trouble;
use crate::engine::suggest;
use crate::files::git::Repository;
use clap::CommandFactory;
use std::path::{Component, Path, PathBuf};

/// A root, and the places below it that were asked for.
#[derive(Debug)]
pub(super) struct Target {
    /// The folder that is read.
    pub(super) root: PathBuf,
    /// Paths relative to the root, with `/`; a finding must touch one of them. Empty: everything.
    pub(super) only: Vec<String>,
    /// Leads from the top of the checkout, or else from the current folder, to the root; empty or ended by `/`. Empty too where
    /// the root lies elsewhere.
    pub(super) prefix: String,
}

impl Target {
    /// One folder is the root. Of several paths, the first is the root if it is a folder that holds the others; otherwise the root
    /// is the current folder, or the nearest one that holds all. Findings join files, so everything below the root is read.
    pub(super) fn new(paths: &[PathBuf]) -> Result<Target, Trouble> {
        let here = std::env::current_dir().and_then(|path| path.canonicalize());
        let here = here.map_err(|error| Trouble::new(format!("the current folder cannot be read: {error}")))?;
        let full = paths.iter().map(|path| existing(path)).collect::<Result<Vec<PathBuf>, Trouble>>()?;
        let (root, given) = match full.split_first() {
            None => (here.clone(), &[][..]),
            Some((first, others)) if first.is_dir() && others.iter().all(|one| one.starts_with(first)) => (first.clone(), others),
            Some(_) if full.iter().all(|one| one.starts_with(&here)) => (here.clone(), &full[..]),
            Some((first, _)) => (common(first, &full), &full[..]),
        };
        readable(&root)?;
        let only = given.iter().filter_map(|path| relative(path, &root)).filter(|path| !path.is_empty()).collect();
        let prefix = in_checkout(&root).or_else(|| relative(&root, &here)).filter(|path| !path.is_empty());
        let prefix = prefix.map_or(String::new(), |path| path + "/");
        Ok(Target { root, only, prefix })
    }

    /// The current folder as the root, or the nearest one that holds the path, and the path below it. A path that is not there yet
    /// stands for what would be there.
    pub(super) fn of_path(path: &Path) -> Result<Target, Trouble> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let full = existing(path).or_else(|trouble| match (existing(parent), path.file_name()) {
            (Ok(parent), Some(name)) if parent.is_dir() => Ok(parent.join(name)),
            _ => Err(trouble),
        })?;
        let here = std::env::current_dir().and_then(|path| path.canonicalize());
        let here = here.map_err(|error| Trouble::new(format!("the current folder cannot be read: {error}")))?;
        let folder = if full.is_dir() { full.as_path() } else { full.parent().unwrap_or(Path::new("/")) };
        let root = if full.starts_with(&here) { here } else { folder.to_owned() };
        readable(&root)?;
        let only = relative(&full, &root).filter(|path| !path.is_empty()).into_iter().collect();
        Ok(Target { root, only, prefix: String::new() })
    }

    /// Whether a path, relative to the root, was asked for.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|one| within(path, one))
    }
}

/// Whether a path is another one or lies below it.
pub(super) fn within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path without links and dots.
fn existing(path: &Path) -> Result<PathBuf, Trouble> {
    path.canonicalize().map_err(|error| {
        let shown = path.display();
        if error.kind() != std::io::ErrorKind::NotFound {
            return Trouble::new(format!("`{shown}` cannot be read: {error}"));
        }
        // A mistyped command looks like a path.
        let commands = super::Arguments::command();
        let names: Vec<&str> = commands.get_subcommands().map(clap::Command::get_name).collect();
        Trouble::new(format!("`{shown}`: no such file or folder{}", suggest::hint(&path.to_string_lossy(), &names)))
    })
}

fn readable(root: &Path) -> Result<(), Trouble> {
    match std::fs::read_dir(root) {
        Ok(_) => Ok(()),
        Err(error) => Err(Trouble::new(format!("`{}` cannot be read: {error}", root.display()))),
    }
}

/// The root as its repository names it: what code hosts mean by a path. `None` where no repository tracks it.
fn in_checkout(root: &Path) -> Option<String> {
    let repository = Repository::discover(root).ok()??;
    repository.is_tracked().then(|| repository.prefix().to_owned())
}

/// The nearest folder that holds all paths.
fn common(first: &Path, all: &[PathBuf]) -> PathBuf {
    let holds = |folder: &&Path| folder.is_dir() && all.iter().all(|one| one.starts_with(folder));
    first.ancestors().find(holds).unwrap_or(Path::new("/")).to_owned()
}

/// A path below a folder, with `/`; empty for the folder itself.
fn relative(path: &Path, folder: &Path) -> Option<String> {
    let below = path.strip_prefix(folder).ok()?;
    let names = below.components().filter_map(|part| match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    Some(names.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_what_is_below_it_and_no_namesake() {
        assert!(within("db/a.sql", "db") && within("db", "db"));
        assert!(!within("db2/a.sql", "db") && !within("db", "db/a.sql"));
    }

    #[test]
    fn the_nearest_common_folder() {
        let root = std::env::temp_dir().canonicalize().expect("a folder for temporary files");
        let (one, two) = (root.join("x"), root.join("y"));
        assert_eq!(common(&one, &[one.clone(), two]), root);
    }
}
