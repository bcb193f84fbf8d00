//! Schemas that are stated in another language than SQL: `schema.prisma` and Rails' `db/schema.rb`.

use super::migrations::dialect_word;
use super::{Artifact, Kind, names};
use crate::files::Entry;
use crate::sql::Dialect;
use std::collections::HashSet;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub artifacts: Vec<Artifact>,
    /// (path, reason)
    pub skipped: Vec<(String, String)>,
    pub unread: Vec<(String, String)>,
}

/// Finds the files.
pub(super) fn find(entries: &[Entry], read: &mut dyn FnMut(&str) -> Option<String>) -> Found {
    let mut found = Found::default();
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let mut models = Vec::new();
    for entry in entries {
        let name = entry.path.rsplit('/').next().unwrap_or("");
        let is_prisma = name.ends_with(".prisma");
        if !is_prisma && name != "schema.rb" {
            continue;
        }
        let Some(text) = read(&entry.path) else { continue };
        let counts = if is_prisma {
            text.contains("model ") || text.contains("datasource ")
        } else {
            text.contains("ActiveRecord::Schema")
        };
        if !counts {
            continue;
        }
        match names::left_out(&entry.path) {
            Some(reason) => found.skipped.push((entry.path.clone(), reason)),
            None if is_prisma => models.push((entry.path.clone(), text)),
            None => found.artifacts.push(artifact(&entry.path, "its name, and `ActiveRecord::Schema`".into())),
        }
    }
    // A schema of several files is read in part only, and then says nothing about what is not there.
    let parts: HashSet<String> =
        models.iter().filter(|(_, text)| !text.contains("datasource ")).map(|(path, _)| folder(path)).collect();
    let is_part = |path: &str| {
        parts.iter().any(|part| {
            folder(path) == *part
                || part.starts_with(&format!("{}/", folder(path)))
                || folder(path).starts_with(&format!("{part}/"))
        })
    };
    for (path, text) in &models {
        if is_part(path) {
            found.unread.push((path.clone(), "a schema.prisma of several files is not read".into()));
            continue;
        }
        match provider(text) {
            Some(word) if readable(word) => found.artifacts.push(artifact(path, format!("a datasource of `{word}`"))),
            Some(word) => found.skipped.push((path.clone(), format!("a datasource of `{word}` is not read"))),
            None => found.skipped.push((path.clone(), "a schema.prisma whose datasource has no provider".into())),
        }
    }
    found
}

fn artifact(path: &str, evidence: String) -> Artifact {
    Artifact { path: path.to_owned(), kind: Kind::Schema, evidence }
}

fn readable(word: &str) -> bool {
    dialect_word(word).is_some_and(|(dialect, _)| matches!(dialect, Dialect::Postgres | Dialect::MySql | Dialect::Sqlite))
}

/// The provider of the datasource of a schema.prisma.
pub(super) fn provider(text: &str) -> Option<&str> {
    let block = text.get(text.find("datasource ")?..)?;
    let line = block.lines().take_while(|line| line.trim() != "}").find(|line| line.trim_start().starts_with("provider"))?;
    line.split('"').nth(1)
}

/// The dialect of a schema.rb: Rails writes PostgreSQL's extensions and MySQL's character sets into it, and nothing of SQLite.
pub(super) fn dialect_of_ruby(text: &str) -> Dialect {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["enable_extension", "t.jsonb", "t.timestamptz", "array: true", "create_enum", "using: :gin"]) {
        Dialect::Postgres
    } else if says(&["charset: ", "ENGINE=", "collation: \"utf8", "unsigned: true"]) {
        Dialect::MySql
    } else {
        Dialect::Sqlite
    }
}
