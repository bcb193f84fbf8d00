//! Finds the comments that suppress something, in the comment syntax of each language. JSON has none.

use super::directive::{Directive, MARKER, parse};
use crate::documents;
use crate::source::{SourceId, Sources, Span};
use crate::sql::{self, Dialect};
use std::collections::HashMap;

/// A suppression in a file, and the lines that it speaks of.
pub(super) struct Comment {
    /// The file.
    pub(super) source: SourceId,
    /// What it says.
    pub(super) directive: Directive,
    /// The line whose places it removes.
    pub(super) line: u32,
    /// Whether places that end on its line count too: the end of a statement is where a comment behind it stands.
    pub(super) at_end: bool,
}

/// How a language writes comments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    /// `#`, known to the document tree.
    Tree,
    /// `--` to the end of the line, `/* .. */`.
    Sql,
    /// `#` at the start of a line or after a space.
    Hash,
    /// As [`Language::Hash`], and `;` at the start of a line.
    Ini,
}

/// The language that a path's name tells.
fn language(path: &str) -> Option<Language> {
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "json" => None,
        "sql" => Some(Language::Sql),
        "yaml" | "yml" | "toml" => Some(Language::Tree),
        "ini" | "cnf" => Some(Language::Ini),
        _ => Some(Language::Hash),
    }
}

/// The dialects of SQL files by path; PostgreSQL where none is known.
pub(in crate::engine) type Dialects<'d> = HashMap<&'d str, Dialect>;

/// Every suppression of some files, in order of place.
pub(super) fn find(sources: &Sources, ids: impl Iterator<Item = SourceId>, dialects: &Dialects) -> Vec<Comment> {
    ids.flat_map(|id| in_file(sources, id, dialects)).collect()
}

fn in_file(sources: &Sources, id: SourceId, dialects: &Dialects) -> Vec<Comment> {
    let source = sources.get(id);
    // A file that stands in a block of another one has the comments of its own language, at places of that one.
    let outer = sources.outermost(Span::new(id, 0, 0)).source;
    let language = if outer == id { language(&source.path) } else { Some(Language::Hash) };
    let Some(language) = language.filter(|_| source.contains(MARKER)) else { return Vec::new() };
    let text = source.text();
    let found = text.match_indices(MARKER).map(|(at, _)| at);
    // Only files that hold the marker are parsed again, so that the common case costs a search.
    let comments: Vec<u32> = match language {
        Language::Tree => {
            documents::parse(&source.path, id, text.clone()).comments().iter().map(|comment| comment.start).collect()
        }
        Language::Sql => {
            let dialect = dialects.get(&*source.path).copied().unwrap_or(Dialect::Postgres);
            sql::comments(text, dialect).iter().map(|comment| comment.start as u32).collect()
        }
        Language::Hash | Language::Ini => Vec::new(),
    };
    let is_plain = matches!(language, Language::Hash | Language::Ini);
    let is_comment = |opener: usize| is_plain || comments.binary_search(&(opener as u32)).is_ok();
    found
        .filter_map(|at| {
            let line = sources.line_column(id, u32::try_from(at).ok()?).line;
            let range = sources.line_range(id, line);
            let before = text.get(range.start..at)?;
            let opener = range.start + opener(before, language)?;
            let directive = parse(text.get(..range.end)?, at).filter(|_| is_comment(opener))?;
            let alone = text.get(range.start..opener)?.trim_start_matches('\u{feff}').trim().is_empty();
            let line = if alone { line_below(sources, id, line, language) } else { line };
            Some(Comment { source: outer, directive, line, at_end: !alone && language == Language::Sql })
        })
        .collect()
}

/// Where the comment starts that holds nothing but white space before the marker, given the line up to the marker.
fn opener(before: &str, language: Language) -> Option<usize> {
    let text = before.trim_end();
    let stripped = match language {
        Language::Sql => text.strip_suffix("--").map(|rest| rest.trim_end_matches('-')).or_else(|| text.strip_suffix("/*")),
        Language::Ini if text.trim_start().trim_matches(';').is_empty() => {
            text.strip_suffix(';').map(|rest| rest.trim_end_matches(';'))
        }
        Language::Tree | Language::Hash | Language::Ini => text.strip_suffix('#').map(|rest| rest.trim_end_matches('#')),
    }?;
    let free = match language {
        Language::Sql | Language::Tree => true,
        Language::Hash | Language::Ini => stripped.is_empty() || stripped.ends_with([' ', '\t', ';', '{', '}', '\u{feff}']),
    };
    free.then_some(stripped.len())
}

/// The next line that is no comment of its own, so that suppressions can be stacked.
fn line_below(sources: &Sources, id: SourceId, line: u32, language: Language) -> u32 {
    let text = sources.get(id).text();
    let marks: &[&str] = match language {
        Language::Sql => &["--", "/*"],
        Language::Ini => &["#", ";"],
        Language::Tree | Language::Hash => &["#"],
    };
    let mut below = line + 1;
    while text.get(sources.line_range(id, below)).is_some_and(|line| marks.iter().any(|mark| line.trim_start().starts_with(mark)))
    {
        below += 1;
    }
    below
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines that the suppressions of a file speak of, and whether ends count too.
    fn lines(path: &str, text: &str) -> Vec<(u32, bool)> {
        let mut sources = Sources::default();
        let id = sources.add(path, text);
        find(&sources, std::iter::once(id), &Dialects::new()).iter().map(|one| (one.line, one.at_end)).collect()
    }

    #[test]
    fn each_language_has_its_comments() {
        let allow = "backend-lint: allow(a/b)";
        assert_eq!(
            lines("a.sql", &format!("-- {allow}\nSELECT 1;\nSELECT 2; -- {allow}\n/* {allow} */\nSELECT 3;")),
            [(2, false), (3, true), (5, false)]
        );
        assert_eq!(lines("a.sql", &format!("SELECT '-- {allow}', $$\n-- {allow}\n$$;\n-- x -- {allow}\n")), []);
        assert_eq!(
            lines("nginx.conf", &format!("# {allow}\nlocation / {{ # {allow}\n  proxy_pass http://a#{allow};\n}}\n")),
            [(2, false), (2, false)]
        );
        assert_eq!(lines(".env", &format!("## {allow}\r\n# why\r\nA=b # {allow}\r\n")), [(3, false), (3, false)]);
        assert_eq!(lines("a.toml", &format!("a = \"# {allow}\" # {allow}\n")), [(1, false)]);
        assert_eq!(
            lines("a.yaml", &format!("\u{feff}# {allow}\na: \"# {allow}\"\nb: |\n  # {allow}\nc: 1 # {allow}\n")),
            [(2, false), (5, false)]
        );
        assert_eq!(
            lines("pgbouncer.ini", &format!("; {allow}\n;; why\na = 1 # {allow}\nb = 1 ; {allow}\n")),
            [(3, false), (3, false)]
        );
        assert_eq!(lines("a.json", &format!("{{}} # {allow}")), []);
    }

    #[test]
    fn a_file_within_another_one_has_comments_of_its_own() {
        let text = "data:\n  nginx.conf: |\n    # backend-lint: allow(a/b)\n    proxy_pass http://x;\n";
        let mut sources = Sources::default();
        let outer = sources.add("web.yaml", text);
        let inner = sources.add_within(outer, text.find("# ").unwrap_or(0)..text.len());
        let found = find(&sources, [outer, inner].into_iter(), &Dialects::new());
        assert_eq!(found.iter().map(|one| (one.source, one.line)).collect::<Vec<_>>(), [(outer, 4)]);
    }

    #[test]
    fn hostile_texts_are_read_to_their_end() {
        let many = "# backend-lint: allow(\n".repeat(2000);
        assert_eq!(lines("a.yaml", &many), []);
        assert_eq!(lines("a.sql", &"-- backend-lint: allow(a)".repeat(2000)).len(), 1);
        assert_eq!(lines("a.env", "# backend-lint:"), []);
    }
}
