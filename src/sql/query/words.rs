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

/// Whether a table is there although no migration creates it.
pub fn is_given_table(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    WORDS.get_or_init(|| set("given_tables")).contains(word.to_ascii_lowercase().as_str())
}

/// Whether a word is a column of every row, or none at all.
pub fn is_given_column(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    WORDS.get_or_init(|| set("given_columns")).contains(word.to_ascii_lowercase().as_str())
}
