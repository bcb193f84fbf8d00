//! What a comment says: `backend-lint: allow(rule, ...) reason="..." until=2027-01-31`.

use crate::engine::config::{Date, parse_date};
use std::ops::Range;

/// The word that starts a suppression.
pub(super) const MARKER: &str = "backend-lint:";

/// A suppression as written; ranges are bytes of the text it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directive {
    /// From the marker to the last word that belongs to it.
    pub(super) range: Range<usize>,
    /// The rules or groups named.
    pub(super) rules: Vec<(String, Range<usize>)>,
    /// The reason, where one is given.
    pub(super) reason: Option<String>,
    /// The last day on which it holds, as written, and what that means; `None` inside where it is no day.
    pub(super) until: Option<(String, Option<Date>)>,
}

/// Reads a suppression that starts at `start`, up to the end of `text`, which is at most the rest of its line.
pub(super) fn parse(text: &str, start: usize) -> Option<Directive> {
    let mut at = start + MARKER.len();
    let rest = |at: usize| text.get(at..).unwrap_or("");
    let skip = |at: usize| at + (rest(at).len() - rest(at).trim_start().len());
    at = skip(at);
    at += rest(at).strip_prefix("allow").map(|_| "allow".len())?;
    at = skip(at);
    at += rest(at).strip_prefix('(').map(|_| 1)?;
    let close = at + rest(at).find(')')?;
    let mut rules = Vec::new();
    let mut from = at;
    for part in text.get(at..close)?.split(',') {
        let name = part.trim();
        let begin = from + (part.len() - part.trim_start().len());
        if !name.is_empty() {
            rules.push((name.to_owned(), begin..begin + name.len()));
        }
        from += part.len() + 1;
    }
    let mut directive = Directive { range: start..close + 1, rules, reason: None, until: None };
    at = skip(close + 1);
    // Words after the list, in any order; the first one that is not ours ends the suppression.
    loop {
        if let Some(value) = rest(at).strip_prefix("reason=\"") {
            let length = value.find('"').unwrap_or(value.len());
            directive.reason = value.get(..length).map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
            at = (at + "reason=\"".len() + length + 1).min(text.len());
        } else if let Some(value) = rest(at).strip_prefix("until=") {
            let word = value.split_whitespace().next().unwrap_or("");
            let day = word.trim_matches('"');
            directive.until = Some((day.to_owned(), parse_date(day)));
            at += "until=".len() + word.len();
        } else {
            return Some(directive);
        }
        directive.range.end = at;
        at = skip(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suppression_is_read_with_its_places() {
        let text = "# backend-lint: allow(indexes/a, migrations ) reason=\"a copy, see #12\" until=2027-01-31 -- and so on";
        let read = parse(text, 2).unwrap();
        assert_eq!(
            &text[read.range.clone()],
            "backend-lint: allow(indexes/a, migrations ) reason=\"a copy, see #12\" until=2027-01-31"
        );
        assert_eq!(read.rules.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["indexes/a", "migrations"]);
        assert!(read.rules.iter().all(|(name, range)| text[range.clone()] == *name));
        assert_eq!(read.reason.as_deref(), Some("a copy, see #12"));
        assert_eq!(read.until, Some(("2027-01-31".into(), Some((2027, 1, 31)))));
    }

    #[test]
    fn what_is_missing_or_wrong_is_told_apart() {
        let bare = parse("backend-lint: allow(a/b)", 0).unwrap();
        assert_eq!((bare.reason, bare.until), (None, None));
        assert_eq!(parse("backend-lint: allow(a/b) reason=\" \"", 0).unwrap().reason, None);
        assert_eq!(parse("backend-lint: allow(a/b) until=2027-02-30", 0).unwrap().until, Some(("2027-02-30".into(), None)));
        assert_eq!(parse("backend-lint: allow(a/b) reason=\"open", 0).unwrap().reason.as_deref(), Some("open"));
        assert_eq!(parse("backend-lint: deny(a/b)", 0), None);
        assert_eq!(parse("backend-lint: allow(a/b", 0), None);
        assert_eq!(parse("backend-lint:", 0), None);
    }
}
