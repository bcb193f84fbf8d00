//! Whether two texts say the same to a server, whatever comments and white space they hold.

use super::Dialect;
use super::lexer::{Kind, Lexer, Token};

/// Where `new` first says something else than `old`, as an offset into `new`; `None` where both say the same. A comment counts
/// where `counts` says so of its text: tools read some.
pub fn first_difference(old: &str, new: &str, dialect: Dialect, counts: &dyn Fn(&str) -> bool) -> Option<usize> {
    let mut old_tokens = words(old, dialect, counts);
    let mut new_tokens = words(new, dialect, counts);
    loop {
        match (old_tokens.next(), new_tokens.next()) {
            (None, None) => return None,
            (Some(a), Some(b)) if a.text(old) == b.text(new) => {}
            (_, Some(b)) => return Some(b.start as usize),
            (Some(_), None) => return Some(new.trim_end().len()),
        }
    }
}

fn words<'t>(text: &'t str, dialect: Dialect, counts: &'t dyn Fn(&str) -> bool) -> impl Iterator<Item = Token> + 't {
    let mut lexer = Lexer::new(text, 0..text.len(), dialect);
    std::iter::from_fn(move || lexer.next_token()).filter(move |token| token.kind != Kind::Comment || counts(token.text(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_server_reads_counts() {
        let differ = |old: &str, new: &str| first_difference(old, new, Dialect::Postgres, &|text| text.contains("+goose"));
        assert_eq!(differ("SELECT 1; -- one", "SELECT\n  1;\n/* two */"), None);
        assert_eq!(differ("SELECT '-- one'", "SELECT '-- two'"), Some(7));
        assert_eq!(differ("SELECT 1;", "-- +goose NO TRANSACTION\nSELECT 1;"), Some(0));
        assert_eq!(differ("SELECT 1; SELECT 2;", "SELECT 1;\n"), Some(9));
    }
}
