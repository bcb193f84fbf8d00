//! OpenAPI documents that are not the repository's own design although no folder says so: copies of others, and examples.
//! The words are data: `data/discover.toml`.

use super::{generated, names};

/// Why a document is left out: by its name, by what it says of itself.
pub(super) fn reason(path: &str, text: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let mut words = name.split(['.', '-', '_']).rev();
    // The ending says nothing, and a name of one word is what it is.
    let last = words.nth(1).filter(|_| words.next().is_some());
    if let Some(word) = last.filter(|word| names::means_example(word)) {
        return Some(format!("an example, as its name says (`{word}`)"));
    }
    if text.contains("x-providerName") && text.contains("x-origin") {
        return Some("a copy from a catalogue of APIs (`x-origin`, `x-providerName`)".to_owned());
    }
    let comments = generated::head_comments(text);
    let is_copy = |line: &&str| {
        let lower = line.to_ascii_lowercase();
        line.contains("://") && names::copy_words().any(|word| lower.contains(word))
    };
    let line = comments.lines().find(is_copy)?;
    let said = line.trim_start_matches(['#', '/', '*', ' ']).trim_end();
    Some(format!("a copy, as its head says: \"{}\"", said.chars().take(100).collect::<String>()))
}

/// The folders of submodules, as `.gitmodules` says.
pub(super) fn submodules(text: &str) -> Vec<String> {
    let paths = text.lines().filter_map(|line| line.trim().strip_prefix("path")?.trim_start().strip_prefix('='));
    paths.map(|path| path.trim().trim_matches('"').trim_end_matches('/').to_owned()).filter(|path| !path.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_heads_tell_examples_and_copies() {
        let of = |path: &str, text: &str| reason(path, text);
        assert_eq!(of("api/openapi.example.yaml", "").as_deref(), Some("an example, as its name says (`example`)"));
        assert_eq!((of("api/example.yaml", ""), of("api/sampling.yaml", ""), of("api/mock-server.yaml", "")), (None, None, None));
        let copy = "# Copied from https://example.com/specs/pay.yaml on 2026-01-31\nopenapi: 3.0.3\n";
        let why = "a copy, as its head says: \"Copied from https://example.com/specs/pay.yaml on 2026-01-31\"";
        assert_eq!(of("a.yaml", copy).as_deref(), Some(why));
        assert_eq!(of("a.yaml", "# Errors are copied from orders\nopenapi: 3.0.3\n"), None);
        assert_eq!(of("a.yaml", "openapi: 3.0.3\n# Copied from https://example.com\n"), None);
        assert!(of("a.json", "{\"info\": {\"x-origin\": [], \"x-providerName\": \"a\"}}").is_some());
    }

    #[test]
    fn submodules_are_read_from_their_list() {
        let text =
            "[submodule \"specs\"]\n\tpath = api/specs\n\turl = https://example.com/a\n[submodule \"b\"]\n\tpath=\"c d/\"\n";
        assert_eq!(submodules(text), ["api/specs", "c d"]);
    }
}
