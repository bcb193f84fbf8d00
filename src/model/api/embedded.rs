//! Documents inside other files, where the configuration names the file: a value of a ConfigMap, the body of a snapshot.
//!
//! Everything around such a document is blanked out and nothing is moved, so that every place in it is one of the file.

use crate::documents::{self, Tree};
use crate::source::{SourceId, Span};
use std::ops::Range;

/// The first document inside a file, and where further ones begin.
pub(super) struct Embedded {
    pub(super) tree: Tree,
    pub(super) others: Vec<Span>,
}

/// Looks for documents inside a file that is none itself.
pub(super) fn inside(path: &str, source: SourceId, text: &str) -> Option<Embedded> {
    let mut found = candidates(text).into_iter().filter_map(|range| {
        let tree = documents::parse(path, source, blanked(text, &range).into());
        let is_document = ["openapi", "swagger"].iter().any(|key| tree.root().is_some_and(|root| root.get_text(key).is_some()));
        is_document.then_some((tree, range))
    });
    let (tree, _) = found.next()?;
    let others = found.map(|(_, range)| Span::new(source, range.start, range.end)).collect();
    Some(Embedded { tree, others })
}

/// The parts of a text that may be documents: what stands below the head of a snapshot, and block scalars.
fn candidates(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = below_head(text).into_iter().chain(blocks(text)).collect();
    found.retain(|range| text.get(range.clone()).is_some_and(|part| part.contains("openapi") || part.contains("swagger")));
    found
}

/// What follows the second line of dashes, where the first one opens the file.
fn below_head(text: &str) -> Option<Range<usize>> {
    const LINE: &str = "\n---\n";
    let start = text.strip_prefix("---\n").and_then(|rest| rest.find(LINE))?;
    Some("---\n".len() + start + LINE.len()..text.len())
}

/// The lines of every literal block scalar. Folded and quoted ones are not the text that they stand for.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Option<(usize, Range<usize>)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let end = at;
        let indent = line.len() - line.trim_start_matches(' ').len();
        if let Some((outer, range)) = &mut open {
            if line.trim().is_empty() || indent > *outer {
                range.end = end;
                continue;
            }
            found.extend(open.take().map(|(_, range)| range));
        }
        if opens_block(line) {
            let outer = line.len() - line.trim_start_matches([' ', '-']).len();
            open = Some((outer, end..end));
        }
    }
    found.extend(open.map(|(_, range)| range));
    found
}

/// Whether a line ends in the mark of a literal block: `openapi.yaml: |-`.
fn opens_block(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim();
    let Some((key, mark)) = line.rsplit_once(": ") else { return false };
    let mark = mark.trim();
    !key.is_empty() && mark.starts_with('|') && mark.chars().skip(1).all(|c| c == '-' || c == '+' || c.is_ascii_digit())
}

/// The text with spaces for everything outside of a part; lines stay.
fn blanked(text: &str, part: &Range<usize>) -> String {
    let blank = |outside: &str| -> String { outside.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect() };
    let (before, rest) = text.split_at_checked(part.start).unwrap_or((text, ""));
    let (inside, after) = rest.split_at_checked(part.len()).unwrap_or((rest, ""));
    format!("{}{inside}{}", blank(before), blank(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_where_the_indentation_does() {
        let text = "data:\n  a.yaml: |-\n    openapi: 3.0.3\n\n    paths: {}\n  b: c\n- d: | # why\n    e\n";
        let parts: Vec<&str> = blocks(text).into_iter().filter_map(|range| text.get(range)).collect();
        assert_eq!(parts, ["    openapi: 3.0.3\n\n    paths: {}\n", "    e\n"]);
        assert!(!opens_block("a: >-\n") && !opens_block("a: '|'\n") && !opens_block("| a\n"));
    }

    #[test]
    fn what_is_blanked_keeps_its_place() {
        let text = "ä: |\n  openapi: 3.0.3\nö: b\n";
        let range = blocks(text).pop().unwrap();
        let blank = blanked(text, &range);
        assert_eq!((blank.len(), blank.find("openapi")), (text.len(), text.find("openapi")));
        assert_eq!(blank.trim(), "openapi: 3.0.3");
    }
}
