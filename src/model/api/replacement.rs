//! What a version has instead of a key that it does not know: `data/openapi_replacements.toml`.

use super::document::Version;
use serde::Deserialize;
use std::sync::OnceLock;

#[derive(Debug, Default, Deserialize)]
struct File {
    replacement: Vec<Replacement>,
}

#[derive(Debug, Deserialize)]
struct Replacement {
    object: String,
    key: String,
    r#in: Vec<String>,
    text: String,
}

/// What to write instead of a key of an object, ready to paste.
pub(super) fn replacement(object: &str, key: &str, version: Version) -> Option<&'static str> {
    static FILE: OnceLock<File> = OnceLock::new();
    let file = FILE.get_or_init(|| toml::from_str(include_str!("../../../data/openapi_replacements.toml")).unwrap_or_default());
    let name = match version {
        Version::V2 => "2",
        Version::V3 => "3.0",
        Version::V31 | Version::V32 => "3.1",
    };
    let mut fitting = file.replacement.iter().filter(|one| one.object == object && one.key == key);
    fitting.find(|one| one.r#in.iter().any(|one| one == name)).map(|one| one.text.as_str())
}
