//! What lies in the repository above the root of a run: configuration files there speak of the root too.
//!
//! Paths are relative to the root, so those above it start with `../`.

use crate::files::git::Repository;
use crate::model::settings::Upper;
use std::path::PathBuf;

/// The folders above the root of a run, up to the top of the repository that tracks it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::engine) struct Above {
    top: PathBuf,
    /// The names of the folders from the top to the root; empty where the root is the top, or nothing tracks it.
    names: Vec<String>,
}

impl Above {
    /// What lies above the folder that a repository was discovered from.
    pub(in crate::engine) fn new(repository: Option<&Repository>) -> Above {
        let tracked = repository.filter(|repository| repository.is_tracked());
        let Some((repository, top)) = tracked.and_then(|repository| Some((repository, repository.top()?))) else {
            return Above::default();
        };
        let names = repository.prefix().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Above { top: top.to_owned(), names }
    }

    /// The root of the run relative to the top; empty at the top.
    pub(in crate::engine) fn prefix(&self) -> String {
        self.names.join("/")
    }

    /// The files of these names in the folders above, outermost first; of one folder the first that is there.
    pub(in crate::engine) fn files(&self, names: &[&str]) -> Vec<Upper> {
        let depth = self.names.len();
        let in_folder = |at: usize| {
            let up = "../".repeat(depth - at);
            let found = names.iter().find_map(|name| {
                let path = format!("{up}{name}");
                self.read(&path).ok().map(|text| (path, text))
            });
            let below = self.names.get(at..).unwrap_or_default().join("/");
            found.map(|(path, text)| Upper { path, below, text })
        };
        (0..depth).filter_map(in_folder).collect()
    }

    /// The text of a file whose path starts with `../`.
    pub(in crate::engine) fn read(&self, path: &str) -> Result<String, String> {
        let ups = path.split('/').take_while(|part| *part == "..").count();
        let kept = self.names.len().checked_sub(ups).ok_or("it lies outside of the repository")?;
        let names = self.names.iter().take(kept).map(String::as_str).chain(path.split('/').skip(ups));
        let full = names.fold(self.top.clone(), |folder, name| folder.join(name));
        std::fs::read_to_string(full).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            std::io::ErrorKind::InvalidData => "not UTF-8".to_owned(),
            _ => error.to_string(),
        })
    }

    /// Joins a reference to the folder of the file that makes it. `/` starts at the top. `None` where it leaves the repository.
    pub(super) fn resolve(&self, from: &str, reference: &str) -> Option<String> {
        let mut parts: Vec<&str> = Vec::new();
        if !reference.starts_with('/') {
            parts.extend(self.names.iter().map(String::as_str));
            let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
            walk(&mut parts, folder)?;
        }
        walk(&mut parts, reference)?;
        let shared = parts.iter().zip(&self.names).take_while(|(part, name)| *part == name).count();
        let ups = "../".repeat(self.names.len() - shared);
        Some(ups + &parts.get(shared..).unwrap_or_default().join("/"))
    }
}

/// Goes along a path; `None` where it goes above the start.
fn walk<'p>(parts: &mut Vec<&'p str>, path: &'p str) -> Option<()> {
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_joined_within_the_repository() {
        let above = Above { top: PathBuf::new(), names: vec!["services".into(), "orders".into()] };
        let resolve = |from: &str, reference: &str| above.resolve(from, reference);
        assert_eq!(resolve("backend-lint.toml", "lint/a.toml").as_deref(), Some("lint/a.toml"));
        assert_eq!(resolve("a/backend-lint.toml", "../../b.toml").as_deref(), Some("../b.toml"));
        assert_eq!(resolve("../backend-lint.toml", "x.toml").as_deref(), Some("../x.toml"));
        assert_eq!(resolve("../../backend-lint.toml", "services/orders/x.toml").as_deref(), Some("x.toml"));
        assert_eq!(resolve("x.toml", "/lint/a.toml").as_deref(), Some("../../lint/a.toml"));
        assert_eq!(resolve("x.toml", "../../../a.toml"), None);
        assert_eq!(Above::default().resolve("a/x.toml", "../../b.toml"), None);
        assert_eq!(Above::default().resolve("a/x.toml", "/b.toml").as_deref(), Some("b.toml"));
    }
}
