//! Schemas that are stated in another language than SQL: `schema.prisma` and Rails' `db/schema.rb`.

use super::migrations::dialect_word;
use super::{Artifact, Kind, names};
use crate::files::{Listing, folder_of};
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
pub(super) fn find(listing: &Listing, read: &mut dyn FnMut(&str) -> Option<String>) -> Found {
    let mut found = Found::default();
    let mut models = Vec::new();
    let of_prisma = listing.apart_from_code().filter(|path| path.ends_with(".prisma")).map(|path| (path, true));
    let of_rails = listing.folders().filter_map(|folder| folder.file("schema.rb")).map(|path| (path, false));
    for (path, is_prisma) in of_prisma.chain(of_rails) {
        let Some(text) = read(path) else { continue };
        let counts = if is_prisma {
            text.contains("model ") || text.contains("datasource ")
        } else {
            text.contains("ActiveRecord::Schema")
        };
        if !counts {
            continue;
        }
        match names::left_out(path) {
            Some(reason) => found.skipped.push((path.to_owned(), reason)),
            None if is_prisma => models.push((path.to_owned(), text)),
            None => found.artifacts.push(artifact(path, "its name, and `ActiveRecord::Schema`".into())),
        }
    }
    let is_whole = |text: &str| text.contains("datasource ");
    let wholes: Vec<&str> = models.iter().filter(|(_, text)| is_whole(text)).map(|(path, _)| path.as_str()).collect();
    // A part that belongs to no file with a datasource: the schema around it is read in part only, and then says nothing about
    // what is not there.
    let orphans: HashSet<&str> = models
        .iter()
        .filter(|(path, text)| !is_whole(text) && whole_of(path, &wholes).is_none())
        .map(|(path, _)| folder_of(path))
        .collect();
    let is_torn = |path: &str| {
        orphans.iter().any(|part| {
            folder_of(path) == *part
                || part.starts_with(&format!("{}/", folder_of(path)))
                || folder_of(path).starts_with(&format!("{part}/"))
        })
    };
    for (path, text) in &models {
        if is_torn(path) {
            found
                .unread
                .push((path.clone(), "a schema.prisma of several files, none of which has the datasource, is not read".into()));
            continue;
        }
        let whole = if is_whole(text) { None } else { whole_of(path, &wholes) };
        let stated = whole.and_then(|whole| models.iter().find(|(path, _)| path == whole)).map_or(text, |(_, text)| text);
        match (provider(stated), whole) {
            (Some(word), Some(whole)) if readable(word) => {
                found.artifacts.push(artifact(path, format!("part of the schema of `{whole}`")))
            }
            (Some(word), None) if readable(word) => found.artifacts.push(artifact(path, format!("a datasource of `{word}`"))),
            (Some(word), _) => found.skipped.push((path.clone(), format!("a datasource of `{word}` is not read"))),
            (None, _) => found.skipped.push((path.clone(), "a schema.prisma whose datasource has no provider".into())),
        }
    }
    found
}

/// The file with the datasource that a part of a schema.prisma belongs to: the only one in the nearest folder around it.
pub(crate) fn whole_of<'w>(part: &str, wholes: &[&'w str]) -> Option<&'w str> {
    let holds = |whole: &&&str| {
        let around = folder_of(whole);
        around.is_empty()
            || folder_of(part) == around
            || folder_of(part).strip_prefix(around).is_some_and(|rest| rest.starts_with('/'))
    };
    let around: Vec<&&str> = wholes.iter().filter(holds).collect();
    let nearest = around.iter().map(|whole| folder_of(whole).len()).max()?;
    match around.iter().filter(|whole| folder_of(whole).len() == nearest).collect::<Vec<_>>().as_slice() {
        [only] => Some(***only),
        _ => None,
    }
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
