//! The word lists of `data/api_words.toml`, and how names are folded before they are looked up.

use serde::Deserialize;
use std::sync::OnceLock;

type Set = super::Set<String>;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Words {
    pub(super) paging: PagingWords,
    pub(super) envelope: EnvelopeWords,
    pub(super) paths: PathWords,
    pub(super) creates: CreateWords,
    pub(super) errors: ErrorWords,
    pub(super) verbs: VerbWords,
    pub(super) accepted: AcceptedWords,
    pub(super) times: TimeWords,
    pub(super) naming: NamingWords,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct PagingWords {
    pub(super) size: Set,
    pub(super) ambiguous_size: Set,
    pub(super) position: Set,
    pub(super) cursor: Set,
    pub(super) offset: Set,
    pub(super) number: Set,
    pub(super) ambiguous_position: Set,
    pub(super) window: Set,
    pub(super) search: Set,
    pub(super) headers: Set,
    pub(super) request_headers: Set,
    pub(super) next_links: Set,
    pub(super) next_marks: Set,
    pub(super) objects: Set,
    pub(super) totals: Set,
    pub(super) extensions: Set,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct EnvelopeWords {
    pub(super) arrays: Set,
    pub(super) objects: Set,
    pub(super) meta: Set,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct PathWords {
    pub(super) health: Set,
    pub(super) stream_media: Vec<String>,
    pub(super) search: Set,
    pub(super) own: Set,
    pub(super) catalogue: Set,
    pub(super) catalogue_endings: Vec<String>,
    pub(super) bounded: Set,
    pub(super) configuration: Set,
    pub(super) tenants: Set,
    pub(super) plurals: Set,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct CreateWords {
    pub(super) headers: Set,
    pub(super) described_headers: Set,
    pub(super) client_keys: Set,
    pub(super) verbs: Set,
    pub(super) sensitive: Set,
    pub(super) sensitive_actions: Set,
    pub(super) sends: Set,
    pub(super) harmless: Set,
    pub(super) harmless_starts: Set,
    pub(super) list_counts: Set,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ErrorWords {
    pub(super) segments: Set,
    pub(super) media: Set,
    pub(super) oauth: Set,
    pub(super) problem: Set,
    pub(super) flags: Set,
    pub(super) reasons: Set,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct VerbWords {
    pub(super) methods: Set,
    pub(super) nouns: Set,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct AcceptedWords {
    pub(super) headers: Set,
    pub(super) members: Set,
    pub(super) endings: Set,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct TimeWords {
    pub(super) names: Set,
    pub(super) durations: Set,
    pub(super) participles: Set,
    pub(super) units: Set,
    pub(super) prose: Vec<String>,
    /// Words that tell that a text is for people.
    pub(super) people: Vec<String>,
    /// Words that tell that it is a place in a text.
    pub(super) places: Vec<String>,
    pub(super) suffixes: Set,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct NamingWords {
    pub(super) verbs: Set,
}

/// The lists, read once.
pub(super) fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/api_words.toml"));
    WORDS.get_or_init(|| toml::from_str(TEXT).unwrap_or_default())
}

/// A name without case and signs: `page[size]`, `page_size` and `pageSize` are `pagesize`.
pub(super) fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    if name.is_ascii() {
        folded.extend(name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| char::from(byte.to_ascii_lowercase())));
    } else {
        folded.extend(name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
    }
    folded
}

/// The words of a name in lower case: `petTypes` and `pet-types` are `pet` and `types`.
pub(super) fn tokens(name: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut fresh = true;
    let mut lower_before = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            fresh = true;
            continue;
        }
        if fresh || (c.is_uppercase() && lower_before) {
            tokens.push(String::new());
        }
        fresh = false;
        lower_before = c.is_lowercase() || c.is_numeric();
        if let Some(last) = tokens.last_mut() {
            last.extend(c.to_lowercase());
        }
    }
    tokens
}

/// The last word of a name, lower case; empty where there is none.
pub(super) fn last_token(name: &str) -> String {
    tokens(name).pop().unwrap_or_default()
}

/// A plural without its ending, as far as simple rules go.
pub(super) fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let stem = word.strip_suffix('s').filter(|stem| !stem.ends_with('s') && stem.len() > 2);
    stem.unwrap_or(word).to_owned()
}

/// Whether a word means many.
pub(super) fn is_plural(word: &str) -> bool {
    singular(word) != word || words().paths.plurals.contains(word)
}

/// Whether prose speaks of idempotency.
pub(super) fn speaks_of_idempotency(text: &str) -> bool {
    text.to_ascii_lowercase().contains("idempoten")
}

/// Whether prose about a header says that it marks repeated requests: by the word, or because the server keeps its keys.
pub(super) fn speaks_of_keys(text: &str) -> bool {
    let keeps = |words: &[String]| words.iter().any(|word| word == "keys") && words.iter().any(|word| word.starts_with("stor"));
    speaks_of_idempotency(text) || keeps(&tokens(text))
}

/// Whether prose speaks of idempotency as of something that the service offers, and not as of what PUT and DELETE always are.
pub(super) fn offers_idempotency(text: &str) -> bool {
    let is_of_method = |sentence: &str| {
        let words = tokens(sentence);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        has(&["put", "delete"]) && !has(&["post", "key", "keys", "header", "token"])
    };
    text.split(['.', '\n', '|']).any(|sentence| speaks_of_idempotency(sentence) && !is_of_method(sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read() {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/api_words.toml"));
        assert!(toml::from_str::<Words>(text).is_ok());
        assert!(words().paging.size.contains("perpage"));
    }

    #[test]
    fn idempotent_methods_are_no_offer() {
        assert!(offers_idempotency("All calls are idempotent."));
        assert!(offers_idempotency("Send an Idempotency-Key with each POST or PUT."));
        assert!(!offers_idempotency("Ask for it. Like DELETE, the PUT method is idempotent.\nIt sets the state."));
        assert!(!offers_idempotency("This idempotency means that you need not look before you delete"));
    }

    #[test]
    fn names_are_folded_and_split() {
        assert_eq!(folded("page[size]"), "pagesize");
        assert_eq!(tokens("petTypes_v2 ID"), ["pet", "types", "v2", "id"]);
        assert_eq!(
            (singular("currencies"), singular("orders"), singular("address")),
            ("currency".into(), "order".into(), "address".into())
        );
    }
}
