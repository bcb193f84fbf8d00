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

/// Whether two scripts lead to the same schema for all that can be told from their words: the same statements, whatever their order,
/// their guards (`IF EXISTS`, `CONCURRENTLY`), and what is only about locks, settings and transactions.
pub fn same_outcome(old: &str, new: &str, dialect: Dialect) -> bool {
    outcome(old, dialect) == outcome(new, dialect)
}

/// The statements of a script that last, each as its words, sorted.
fn outcome(text: &str, dialect: Dialect) -> Vec<Vec<String>> {
    let mut statements = vec![Vec::new()];
    for token in words(text, dialect, &|_| false) {
        match (token.kind, statements.last_mut()) {
            (Kind::Semicolon, _) => statements.push(Vec::new()),
            (Kind::Word, Some(statement)) => statement.push(token.text(text).to_ascii_uppercase()),
            (_, Some(statement)) => statement.push(token.text(text).to_owned()),
            (_, None) => {}
        }
    }
    statements.iter_mut().for_each(without_guards);
    statements.retain(|statement| statement.first().is_some_and(|verb| !PASSING.contains(&verb.as_str())));
    // Switches of SQLite for the connection alone; other pragmas write into the file.
    statements.retain(
        |statement| !matches!(statement.as_slice(), [verb, what, ..] if verb == "PRAGMA" && SWITCHES.contains(&what.as_str())),
    );
    statements.sort_unstable();
    statements
}

/// Verbs of statements that leave nothing behind.
const PASSING: &[&str] = &["BEGIN", "COMMIT", "END", "LOCK", "RESET", "SET", "START"];

/// Pragmas that are gone with their connection.
const SWITCHES: &[&str] = &["FOREIGN_KEYS", "DEFER_FOREIGN_KEYS", "LEGACY_ALTER_TABLE"];

fn without_guards(statement: &mut Vec<String>) {
    let mut kept: Vec<String> = Vec::with_capacity(statement.len());
    for word in statement.drain(..) {
        let before = |back: usize| kept.len().checked_sub(back).and_then(|at| kept.get(at)).map(String::as_str);
        let guard = match (word.as_str(), before(1), before(2)) {
            ("EXISTS", Some("NOT"), Some("IF")) => 2,
            ("EXISTS", Some("IF"), _) => 1,
            _ => 0,
        };
        if guard > 0 {
            kept.truncate(kept.len() - guard);
        } else if word != "CONCURRENTLY" {
            kept.push(word);
        }
    }
    *statement = kept;
}

/// What a text says to a server, word by word.
pub fn said<'t>(text: &'t str, dialect: Dialect, counts: &'t dyn Fn(&str) -> bool) -> impl Iterator<Item = &'t str> {
    words(text, dialect, counts).map(move |token| token.text(text))
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

    #[test]
    fn order_guards_and_locks_do_not_change_the_outcome() {
        let same = |old: &str, new: &str| same_outcome(old, new, Dialect::Postgres);
        let add = "ALTER TABLE a ADD COLUMN b int;";
        assert!(same(add, "SET LOCAL lock_timeout = '5s'; LOCK TABLE a; alter table a add column if not exists b int"));
        assert!(same("DROP INDEX CONCURRENTLY IF EXISTS x; SELECT 1;", "-- both\nSELECT 1; DROP INDEX x;"));
        assert!(!same(add, "ALTER TABLE a ADD COLUMN b bigint;"));
        assert!(!same(add, &format!("{add} {add}")));
        assert!(!same("ALTER TABLE \"a\" ADD c int", "ALTER TABLE \"A\" ADD c int"), "quoted names are as they are written");
        assert!(!same("SELECT 'IF EXISTS'", "SELECT ''"));
        assert!(same(add, &format!("PRAGMA foreign_keys = OFF; BEGIN; {add} COMMIT; PRAGMA foreign_keys = ON;")));
        assert!(!same(add, &format!("PRAGMA user_version = 2; {add}")));
    }
}
