//! Words of queries that name no column.

use std::collections::HashSet;
use std::sync::OnceLock;

fn set(key: &'static str) -> HashSet<String> {
    let table: toml::Table = include_str!("../../../data/query_words.toml").parse().unwrap_or_default();
    let words = table.get(key).and_then(|value| value.as_array()).into_iter().flatten();
    words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

fn holds(words: &HashSet<String>, word: &str) -> bool {
    // The longest has 18 letters; a longer word is not worth a copy.
    word.len() <= 24 && words.contains(word.to_ascii_lowercase().as_str())
}

/// Whether a bare word within an expression is a keyword.
pub fn is_keyword(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    holds(WORDS.get_or_init(|| set("keywords")), word)
}

/// Whether a function makes one row of many.
pub fn is_aggregate(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    holds(WORDS.get_or_init(|| set("aggregates")), word)
}

/// Whether a word after a table can be no alias of it.
pub fn ends_table(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    holds(WORDS.get_or_init(|| set("after_table")), word)
}
