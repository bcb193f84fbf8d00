//! What sqlx stores so that it can compile without a database: `.sqlx/query-*.json` and `sqlx-data.json` hold the SQL.
//!
//! A file is read through a copy of the same length in which the escapes of JSON are undone and filled up with blanks, so that
//! every span is one of the file.

use super::{Origin, Query};
use crate::documents;
use crate::source::SourceId;
use crate::sql::{self, Dialect};
use std::sync::Arc;

/// Whether a path is that of such a file.
pub(crate) fn is_offline(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let in_folder = path.starts_with(".sqlx/") || path.contains("/.sqlx/");
    name == "sqlx-data.json" || (in_folder && name.starts_with("query-") && name.ends_with(".json"))
}

/// The queries of one file.
pub(super) fn read(path: &str, source: SourceId, text: &Arc<str>) -> Vec<Query> {
    let tree = documents::parse(path, source, text.clone());
    let Some(root) = tree.root() else { return Vec::new() };
    // `query-*.json` holds one; `sqlx-data.json` has one for each hash, and the dialect at the top.
    let dialect = root.get_text("db_name").or(root.get_text("db")).and_then(dialect);
    let Some(dialect) = dialect else { return Vec::new() };
    let single = root.get("query");
    let many = root.entries().filter_map(|(_, value)| value.get("query"));
    let mut even = String::with_capacity(text.len());
    let mut insides = Vec::new();
    for node in single.into_iter().chain(many) {
        let range = node.span().range();
        let Some(written) = text.get(range.clone()).filter(|written| written.len() >= 2 && written.starts_with('"')) else {
            continue;
        };
        let inside = range.start + 1..range.end - 1;
        // What stands around is not read; blanks keep the offsets.
        let Some(blanks) = inside.start.checked_sub(even.len()) else { continue };
        even.extend(std::iter::repeat_n(' ', blanks));
        even.push_str(&undone(written.get(1..written.len() - 1).unwrap_or("")));
        insides.push(inside);
    }
    let mut queries = Vec::new();
    for inside in insides {
        let (statements, _) = sql::read_rows(source, &even, inside, dialect);
        queries.extend(statements.into_iter().map(|statement| Query {
            name: None,
            cardinality: None,
            path: path.to_owned(),
            dialect,
            origin: Origin::Offline,
            statement,
        }));
    }
    queries
}

fn dialect(name: &str) -> Option<Dialect> {
    Some(match name {
        "PostgreSQL" => Dialect::Postgres,
        "MySQL" | "MariaDB" => Dialect::MySql,
        "SQLite" => Dialect::Sqlite,
        _ => return None,
    })
}

/// The text of a JSON string in as many bytes: blanks stand beside what was escaped, outside of quoted names.
fn undone(escaped: &str) -> String {
    let mut out = String::with_capacity(escaped.len());
    let mut letters = escaped.char_indices();
    let mut quoted = false;
    while let Some((at, letter)) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        let Some((_, escape)) = letters.next() else { break };
        let (letter, length) = match escape {
            'n' => ('\n', 2),
            't' => ('\t', 2),
            'r' => ('\r', 2),
            'b' | 'f' => (' ', 2),
            'u' => {
                let code = escaped.get(at + 2..at + 6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                for _ in 0..4 {
                    letters.next();
                }
                (code.and_then(char::from_u32).unwrap_or(' '), 6)
            }
            other => (other, 1 + other.len_utf8()),
        };
        let blanks = length - letter.len_utf8();
        let before = letter == '"' && !quoted;
        if before {
            out.extend(std::iter::repeat_n(' ', blanks));
        }
        out.push(letter);
        if !before {
            out.extend(std::iter::repeat_n(' ', blanks));
        }
        quoted ^= letter == '"';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_in_place() {
        let escaped = r#"SELECT \"a b\"\n\u003d 'x\\y'"#;
        let even = undone(escaped);
        assert_eq!(even, "SELECT  \"a b\" \n =      'x\\ y'");
        assert_eq!(even.len(), escaped.len());
    }

    #[test]
    fn only_what_sqlx_writes_is_taken() {
        assert!(is_offline(".sqlx/query-0a.json") && is_offline("a/.sqlx/query-0a.json") && is_offline("sqlx-data.json"));
        assert!(!is_offline("query-0a.json") && !is_offline(".sqlx/other.json"));
    }
}
