//! INI files as PgBouncer and MySQL write them: sections, `key = value`, comments from `;` and `#`.
//!
//! Includes (`%include file`, `!include file`, `!includedir folder`) stand among the entries under their own names; following them is
//! the caller's.

use super::lines::{Line, Lines, lines, span};
use crate::diagnostic::Problem;
use crate::source::SourceId;

/// Reads a file. A line that is none is a problem, and the next line goes on.
pub fn parse(source: SourceId, text: &str) -> Lines {
    let mut found = Lines::default();
    let mut section = String::new();
    for (offset, line) in lines(text) {
        let said = line.trim();
        if said.is_empty() || said.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = said.strip_prefix('[') {
            match rest.split_once(']') {
                Some((name, _)) => section = name.trim().to_owned(),
                None => {
                    let place = span(source, offset, line, said);
                    let message = "a section without its closing bracket";
                    found.problems.push(Problem::new(source, place.start as usize, place.end as usize, message));
                }
            }
            continue;
        }
        let is_include = said.starts_with(['%', '!']);
        let (key, value) = match said.split_once('=').filter(|_| !is_include) {
            Some(pair) => pair,
            None => said.split_once([' ', '\t']).filter(|_| is_include).unwrap_or((said, &said[said.len()..])),
        };
        let (key, value) = (key.trim(), without_comment(value.trim()));
        if key.is_empty() {
            let place = span(source, offset, line, said);
            found.problems.push(Problem::new(source, place.start as usize, place.end as usize, "a value without a name"));
            continue;
        }
        found.entries.push(Line {
            section: section.clone(),
            key: key.to_owned(),
            key_span: span(source, offset, line, key),
            value: unquoted(value).to_owned(),
            value_span: span(source, offset, line, value),
        });
    }
    found
}

/// A comment behind a value begins with `#` or `;` after a blank, outside of quotes.
fn without_comment(value: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in value.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"') => quote = Some(c),
            None if matches!(c, '#' | ';') && before.is_whitespace() => return value[..at].trim_end(),
            None => {}
        }
        before = c;
    }
    value
}

fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_values_comments_and_includes() {
        let text = "; none\n[databases]\r\n* = host=db port=5432 password='a ; b' ; said\n[pgbouncer]\npool_mode = transaction # said\n%include \
                    /etc/more.ini\n[mysqld]\nskip-name-resolve\nsql_mode=\"\"\n!includedir /etc/mysql/conf.d/\n[open\n= x\n";
        let found = parse(SourceId(0), text);
        let of = |section: &str, key: &str| found.get(section, key).map(|line| line.value.as_str());
        assert_eq!(of("databases", "*"), Some("host=db port=5432 password='a ; b'"));
        assert_eq!(of("pgbouncer", "POOL_MODE"), Some("transaction"));
        assert_eq!(of("pgbouncer", "%include"), Some("/etc/more.ini"));
        assert_eq!((of("mysqld", "skip-name-resolve"), of("mysqld", "sql_mode")), (Some(""), Some("")));
        assert_eq!(of("mysqld", "!includedir"), Some("/etc/mysql/conf.d/"));
        assert_eq!(found.problems.len(), 2);
        let mode = found.get("pgbouncer", "pool_mode").map(|line| line.value_span.range());
        assert_eq!(mode.map(|range| &text[range]), Some("transaction"));
    }
}
