//! Names of tables and columns that have to be written in quotes.

use super::view::TableRef;
use crate::source::{Name, Span};
use crate::sql::Dialect;
use std::collections::HashSet;
use std::sync::OnceLock;

/// A name that has to be written in quotes.
#[derive(Debug, Clone)]
pub struct QuotedName<'m> {
    /// The name, without quotes.
    pub name: String,
    /// What it names: `public.Orders`, `public.orders.order`.
    pub subject: String,
    /// The folder or file of its database.
    pub database: &'m str,
    /// Why it needs quotes.
    pub why: &'static str,
    /// Where it is given.
    pub span: Span,
}

fn reserved() -> &'static HashSet<String> {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let table: toml::Table = include_str!("../../../data/reserved_words.toml").parse().unwrap_or_default();
        let words = table.get("postgres").and_then(|value| value.as_array()).into_iter().flatten();
        words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
    })
}

/// Why PostgreSQL wants a name in quotes; `None` where it does not.
fn reason(name: &str) -> Option<&'static str> {
    let plain = |c: char| c.is_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '$');
    if name.contains(char::is_uppercase) {
        return Some("without quotes its capitals are read as small letters, and it is not found");
    }
    if !name.chars().all(|c| plain(c) || c.is_alphabetic()) || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Some("without quotes its signs are read as operators");
    }
    reserved().contains(name).then_some("without quotes it is a word of SQL")
}

impl<'m> TableRef<'m> {
    /// Its own name and those of its columns, where PostgreSQL wants them in quotes.
    pub fn quoted_names(&self) -> Vec<QuotedName<'m>> {
        if self.dialect() != Dialect::Postgres {
            return Vec::new();
        }
        let database = self.database().source.as_str();
        let own = [(self.name.name.clone(), self.subject(), self.name_span)];
        let columns = self.columns().map(|column| (column.name.clone(), column.subject(), column.name_span));
        let named = |(name, subject, span): (Name, String, Span)| {
            let why = reason(&name)?;
            Some(QuotedName { name: name.into(), subject, database, why, span })
        };
        own.into_iter().chain(columns).filter_map(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn plain_names_need_no_quotes() {
        for name in ["orders", "order_id", "größe", "a1", "_x"] {
            assert_eq!(reason(name), None, "{name}");
        }
        for name in ["Orders", "order", "order-id", "1st", "user"] {
            assert!(reason(name).is_some(), "{name}");
        }
    }
}
