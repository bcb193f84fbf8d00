//! Settings of servers, one on a line: `postgresql.conf` (`name = value`, `name value`, quotes doubled) and `redis.conf`
//! (`name value value`). Comments run from `#`.
//!
//! Includes stand among the entries under their own names; following them is the caller's.

use super::lines::{Line, Lines, lines, span};
use crate::source::SourceId;

/// Reads a file; any text is one.
pub fn parse(source: SourceId, text: &str) -> Lines {
    let mut found = Lines::default();
    for (offset, line) in lines(text) {
        let said = line.trim_start();
        let length = said.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(said.len());
        let key = &said[..length];
        if key.is_empty() || key.starts_with('#') {
            continue;
        }
        let rest = said[length..].trim_start();
        let rest = rest.strip_prefix('=').map_or(rest, str::trim_start);
        let (value, written) = value(rest);
        found.entries.push(Line {
            section: String::new(),
            key: key.to_owned(),
            key_span: span(source, offset, line, key),
            value,
            value_span: span(source, offset, line, written),
        });
    }
    found
}

/// The value that a rest of a line begins with, and how it is written.
fn value(rest: &str) -> (String, &str) {
    let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
        let written = rest.find(" #").or_else(|| rest.find("\t#")).map_or(rest, |at| &rest[..at]);
        let written = if written.starts_with('#') { &rest[..0] } else { written.trim_end() };
        return (written.to_owned(), written);
    };
    let mut out = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => out.extend(characters.next().map(|(_, c)| c)),
            c if c == quote && characters.peek().is_some_and(|(_, next)| *next == quote) => {
                out.push(quote);
                characters.next();
            }
            c if c == quote => return (out, &rest[..=at]),
            c => out.push(c),
        }
    }
    (out, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_with_quotes_and_comments() {
        let text = "# none\nmax_connections = 200\t# said\nshared_buffers 1GB\nsearch_path = 'a, ''b'' # c'\nsave 900 1\ninclude 'more.conf'\nopen = 'x\nbare\n";
        let found = parse(SourceId(0), text);
        let of = |key: &str| found.get("", key).map(|line| line.value.as_str());
        assert_eq!((of("max_connections"), of("shared_buffers")), (Some("200"), Some("1GB")));
        assert_eq!((of("search_path"), of("save")), (Some("a, 'b' # c"), Some("900 1")));
        assert_eq!((of("include"), of("open"), of("bare")), (Some("more.conf"), Some("x"), Some("")));
        let span = found.get("", "max_connections").map(|line| line.value_span.range());
        assert_eq!(span.map(|range| &text[range]), Some("200"));
    }
}
