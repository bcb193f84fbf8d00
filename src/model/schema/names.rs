//! Names as databases make and compare them: PostgreSQL's generated names, its 63 bytes, and case.

use crate::source::Name;
use crate::sql::{self, Dialect, IndexKey};

/// The longest identifier that PostgreSQL keeps, in bytes.
const LONGEST: usize = 63;

/// Cuts a name to what PostgreSQL keeps, at a character boundary.
pub(super) fn cut(dialect: Dialect, name: &str) -> Name {
    if dialect == Dialect::Postgres { clip(name, LONGEST).into() } else { name.into() }
}

fn clip(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// What stands before a name with its dot, as it is written: `public` of `public."orders"`, the placeholder of a template.
pub(super) fn qualifier(written: &str) -> Option<&str> {
    let written = written.trim_end();
    let opening = match written.chars().next_back()? {
        '"' => '"',
        '`' => '`',
        ']' => '[',
        _ => return written.rsplit_once('.').map(|(head, _)| head.trim_end()),
    };
    let inner = written.get(..written.len() - 1)?;
    let head = inner.get(..inner.rfind(opening)?)?.trim_end();
    head.strip_suffix('.').map(str::trim_end).filter(|head| !head.is_empty())
}

/// A name as maps hold it: PostgreSQL has folded it already, the others compare without case.
pub(super) fn key(dialect: Dialect, name: &str) -> Name {
    if dialect == Dialect::Postgres { clip(name, LONGEST).into() } else { name.to_lowercase().into() }
}

/// Whether two names mean the same object.
pub(super) fn same(dialect: Dialect, a: &str, b: &str) -> bool {
    if dialect == Dialect::Postgres { clip(a, LONGEST) == clip(b, LONGEST) } else { a.eq_ignore_ascii_case(b) }
}

/// Whether an expression names a column.
pub(super) fn mentions(dialect: Dialect, text: &str, column: &str) -> bool {
    // Most expressions do not, and are not worth reading.
    text.to_lowercase().contains(&column.to_lowercase())
        && sql::names_in(text, dialect).iter().any(|(_, name)| same(dialect, name, column))
}

/// An expression after a column was renamed.
pub(super) fn renamed(dialect: Dialect, text: &str, from: &str, to: &str) -> String {
    if !text.to_lowercase().contains(&from.to_lowercase()) {
        return text.to_owned();
    }
    let plain = to.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let written = if plain || dialect != Dialect::Postgres { to.to_owned() } else { format!("\"{}\"", to.replace('"', "\"\"")) };
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (range, name) in sql::names_in(text, dialect) {
        if same(dialect, &name, from) {
            out.push_str(text.get(at..range.start).unwrap_or(""));
            out.push_str(&written);
            at = range.end;
        }
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

/// `table_column_label`, shortened as PostgreSQL's `makeObjectName` does: the longer of the two names gives way first.
fn joined(first: &str, second: Option<&str>, label: &str) -> String {
    let overhead = label.len() + 1 + second.map_or(0, |_| 1);
    let room = LONGEST.saturating_sub(overhead);
    let (mut a, mut b) = (first.len(), second.map_or(0, str::len));
    while a + b > room {
        if a > b { a -= 1 } else { b -= 1 }
    }
    let first = clip(first, a);
    match second {
        Some(second) => format!("{first}_{}_{label}", clip(second, b)),
        None => format!("{first}_{label}"),
    }
}

/// How many numbered names are tried one after the other; nobody has more, and hostile input must not make a long search.
const TRIES: usize = 16;

/// The first of `t_c_label`, `t_c_label1`, ... that is not taken. `held`: how many names may be taken at most.
pub(super) fn choose(first: &str, second: Option<&str>, label: &str, held: usize, taken: impl Fn(&str) -> bool) -> String {
    let plain = joined(first, second, label);
    if !taken(&plain) {
        return plain;
    }
    let numbered = (1..=TRIES).chain(held + TRIES..held + 2 * TRIES).map(|pass| joined(first, second, &format!("{label}{pass}")));
    numbered.into_iter().find(|name| !taken(name)).unwrap_or(plain)
}

/// What stands for the columns in a generated name: their names joined, at most 63 bytes.
pub(super) fn addition<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for name in names {
        if text.len() > LONGEST {
            break;
        }
        if !text.is_empty() {
            text.push('_');
        }
        text.push_str(name);
    }
    clip(&text, LONGEST).to_owned()
}

/// What stands for each key of an index in its generated name: the column, the function of an expression, or `expr`; numbered
/// where it repeats.
pub(super) fn index_addition(keys: &[IndexKey], include: &[Name]) -> String {
    let mut names: Vec<Name> = Vec::new();
    let plain = keys.iter().map(|key| key.column.clone().unwrap_or_else(|| expression_name(key.text()).into()));
    for wanted in plain.chain(include.iter().cloned()) {
        let taken = |name: &str| names.iter().any(|known| known == name);
        let mut name = wanted.clone();
        let mut pass = 0;
        while taken(&name) && pass < 1000 {
            pass += 1;
            name = format!("{wanted}{pass}").into();
        }
        names.push(name);
    }
    addition(names.iter().map(Name::as_str))
}

/// The name that PostgreSQL gives an expression: its function, or the type of its outermost cast.
fn expression_name(text: &str) -> String {
    let text = text.trim().trim_start_matches('(').trim();
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let rest = text.get(word.len()..).unwrap_or("").trim_start();
    if !word.is_empty() && rest.starts_with('(') { word.to_lowercase() } else { "expr".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_as_postgres_makes_them() {
        assert_eq!(choose("orders", Some("user_id"), "fkey", 0, |_| false), "orders_user_id_fkey");
        assert_eq!(choose("orders", None, "pkey", 0, |_| false), "orders_pkey");
        assert_eq!(choose("t", Some("a"), "key", 0, |name| name == "t_a_key"), "t_a_key1");
        let long = choose(&"a".repeat(50), Some(&"b".repeat(50)), "idx", 0, |_| false);
        assert_eq!(long, format!("{}_{}_idx", "a".repeat(29), "b".repeat(29)));
        assert_eq!(long.len(), 63);
        let uneven = choose(&"t".repeat(60), Some("ab"), "fkey", 0, |_| false);
        assert_eq!(uneven, format!("{}_ab_fkey", "t".repeat(55)));
        assert_eq!(cut(Dialect::Postgres, &"é".repeat(40)), "é".repeat(31));
    }

    #[test]
    fn a_qualifier_is_what_was_written() {
        assert_eq!(qualifier("orders"), None);
        assert_eq!(qualifier("\"a.b\""), None);
        assert_eq!(qualifier("shop.orders"), Some("shop"));
        assert_eq!(qualifier("\"Shop\" . \"my.orders\""), Some("\"Shop\""));
        assert_eq!(qualifier("[dbo].[orders]"), Some("[dbo]"));
        assert_eq!(qualifier("{{ index .Options \"Namespace\" }}.orders"), Some("{{ index .Options \"Namespace\" }}"));
        assert_eq!(qualifier("\""), None);
        assert_eq!(qualifier(""), None);
    }

    #[test]
    fn an_expression_gives_its_function_name() {
        let key = |column: Option<&str>, text: &str| {
            let mut key = IndexKey::new(column.map(Name::from));
            key.details_mut().expression = text.to_owned();
            key
        };
        let keys = [key(Some("a"), "a"), key(None, "lower(email)"), key(None, "(a || b)"), key(None, "(a + b)")];
        assert_eq!(index_addition(&keys, &["a".into()]), "a_lower_expr_expr1_a1");
    }
}
