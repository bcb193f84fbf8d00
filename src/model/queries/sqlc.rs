//! `sqlc.yaml` and `sqlc.json`, versions 1 and 2: which query files belong to which schema, in which dialect.

use crate::documents::NodeRef;
use crate::files;
use crate::model::Workspace;
use crate::sql::Dialect;

/// One pair of queries and schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pairing {
    /// The configuration file.
    pub path: String,
    /// The dialect, where its engine is one that is read.
    pub dialect: Option<Dialect>,
    /// Files and folders of queries, relative to the repository's root.
    queries: Vec<String>,
    /// Files and folders of the schema, relative to the repository's root.
    schema: Vec<String>,
}

impl Pairing {
    /// Whether a file of queries belongs to it.
    pub fn has_queries(&self, path: &str) -> bool {
        self.queries.iter().any(|one| is_within(path, one))
    }

    /// Whether a file that makes the schema belongs to it.
    pub fn has_schema(&self, path: &str) -> bool {
        self.schema.iter().any(|one| is_within(path, one))
    }
}

/// Whether a path is the named file, or lies in the named folder, or is meant by a pattern.
fn is_within(path: &str, named: &str) -> bool {
    if named.contains('*') {
        let glob = globset::GlobBuilder::new(named).literal_separator(true).build();
        return glob.is_ok_and(|glob| glob.compile_matcher().is_match(path));
    }
    files::is_within(named, path)
}

/// Every pairing of the repository, in the order of the files.
pub(super) fn pairings(workspace: &mut Workspace) -> Vec<Pairing> {
    let paths: Vec<String> = workspace.paths().named(&["sqlc.yaml", "sqlc.yml", "sqlc.json"]).map(str::to_owned).collect();
    let mut found = Vec::new();
    for path in paths {
        let Ok(tree) = workspace.tree(&path) else { continue };
        let Some(root) = tree.root() else { continue };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let entries = ["sql", "packages"].into_iter().filter_map(|key| root.get(key)).flat_map(|list| list.items());
        for entry in entries {
            let list = |key: &str| entry.get(key).map(|value| texts(value, folder)).unwrap_or_default();
            let engine = entry.get_text("engine").unwrap_or("postgresql");
            found.push(Pairing {
                path: path.clone(),
                dialect: match engine {
                    "postgresql" => Some(Dialect::Postgres),
                    "mysql" => Some(Dialect::MySql),
                    "sqlite" => Some(Dialect::Sqlite),
                    _ => None,
                },
                queries: list("queries"),
                schema: list("schema"),
            });
        }
    }
    found
}

/// A path or a list of paths, relative to the root.
fn texts(value: NodeRef, folder: &str) -> Vec<String> {
    let one = value.text().map(|text| joined(folder, text));
    one.into_iter().chain(value.items().filter_map(|item| item.text()).map(|text| joined(folder, text))).collect()
}

/// `../a/./b` seen from a folder.
fn joined(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_file() {
        assert_eq!(joined("pkg/db", "../../sql/./schema/v0.sql"), "sql/schema/v0.sql");
        assert_eq!(joined("", "./queries"), "queries");
        assert!(is_within("queries/a.sql", "queries") && !is_within("queries2/a.sql", "queries"));
        assert!(is_within("queries/a.sql", "queries/*.sql"));
    }
}
