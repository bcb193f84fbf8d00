//! The changesets of one formatted SQL file.

use super::super::tools::{Named, table};
use std::ops::Range;

/// One changeset.
#[derive(Debug, Clone)]
pub(super) struct Changeset {
    /// `author:id`.
    pub id: String,
    /// Its statements: from the line below its header to the next header.
    pub range: Range<usize>,
    /// `dbms:` as written, parts split at commas.
    pub dbms: Vec<String>,
    /// Not `runInTransaction:false`.
    pub in_transaction: bool,
    /// `runOnChange:true` or `runAlways:true`.
    pub repeats: bool,
    /// `endDelimiter:` where it is another than `;`.
    pub delimiter: Option<String>,
}

impl Changeset {
    /// The dialects that `dbms:` names and that are read.
    pub fn named_dialects(&self) -> impl Iterator<Item = Named> {
        self.dbms.iter().filter(|word| !word.starts_with('!')).filter_map(|word| table().dialect(word))
    }

    /// Whether it runs on a database of this dialect.
    pub fn is_for(&self, named: &Named) -> bool {
        let same = |word: &str| table().dialect(word).is_some_and(|one| one == *named);
        let excluded = self.dbms.iter().filter_map(|word| word.strip_prefix('!')).any(same);
        let mut included = self.dbms.iter().filter(|word| !word.starts_with('!')).peekable();
        !excluded && (included.peek().is_none() || included.any(|word| same(word) || word == "all"))
    }
}

/// Whether the first line that is not empty is `--liquibase formatted sql`.
pub(super) fn is_formatted(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').lines().find(|line| !line.trim().is_empty());
    first.and_then(marker).is_some_and(|said| said.to_ascii_lowercase().starts_with("liquibase formatted sql"))
}

/// The text of a comment line.
fn marker(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("--").map(str::trim)
}

/// The changesets in order.
pub(super) fn read(text: &str) -> Vec<Changeset> {
    let mut sets: Vec<Changeset> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some(said) = marker(line) else { continue };
        let Some(head) = said.get(..9).filter(|head| head.eq_ignore_ascii_case("changeset")) else { continue };
        if let Some(last) = sets.last_mut() {
            last.range.end = start;
        }
        sets.push(header(said.get(head.len()..).unwrap_or(""), at..text.len()));
    }
    for set in &mut sets {
        // White space before the next header belongs to no changeset.
        let kept = text.get(set.range.clone()).map_or(0, |body| body.trim_end().len());
        set.range.end = set.range.start + kept;
    }
    sets
}

/// `author:id attribute:value ..`; names and values may stand in quotes.
fn header(text: &str, range: Range<usize>) -> Changeset {
    let mut words = words(text).into_iter();
    let id = words.next().unwrap_or_default();
    let mut set = Changeset { id, range, dbms: Vec::new(), in_transaction: true, repeats: false, delimiter: None };
    for word in words {
        let Some((name, value)) = word.split_once(':') else { continue };
        let is = |wanted: &str| value.eq_ignore_ascii_case(wanted);
        match name.to_ascii_lowercase().as_str() {
            "dbms" => set.dbms = value.split(',').map(|part| part.trim().to_ascii_lowercase()).collect(),
            "runintransaction" => set.in_transaction = !is("false"),
            "runonchange" | "runalways" => set.repeats |= is("true"),
            "enddelimiter" => set.delimiter = Some(value.to_owned()).filter(|end| end != ";" && !end.is_empty()),
            _ => {}
        }
    }
    set
}

/// Words between blanks, quotes taken away; a blank inside quotes ends none.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in text.trim().chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, _) if letter.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(letter),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The statements between lines that end in another delimiter. The usual ones are short words (`/`, `GO`, `//`), so only the end of
/// a line counts.
pub(super) fn pieces(text: &str, range: Range<usize>, delimiter: &str) -> Vec<Range<usize>> {
    let delimiter = delimiter.trim_start_matches("\\n").trim_end_matches("\\n");
    let (mut pieces, mut start, mut at) = (Vec::new(), range.start, range.start);
    for line in text.get(range.clone()).unwrap_or("").split_inclusive('\n') {
        let shown = line.trim_end();
        let is_word = delimiter.chars().all(char::is_alphanumeric) || delimiter == "/";
        let ends = !delimiter.is_empty()
            && if is_word { shown.trim().eq_ignore_ascii_case(delimiter) } else { shown.ends_with(delimiter) };
        if ends {
            let end = at + shown.len().saturating_sub(delimiter.len());
            pieces.push(start..end.max(start));
            start = at + line.len();
        }
        at += line.len();
    }
    if start < range.end {
        pieces.push(start..range.end);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changesets_have_ids_ranges_and_attributes() {
        let text = "--liquibase formatted sql\n\n--changeset ann:1 dbms:postgresql,h2\nCREATE TABLE a (b int);\n--rollback DROP TABLE a;\n\
                    -- changeset ann:\"2 x\" runInTransaction:false endDelimiter:/ runOnChange:true\nSELECT 1\n/\nSELECT 2;\n";
        assert!(is_formatted(text) && !is_formatted("-- a word\n--liquibase formatted sql\n"));
        let sets = read(text);
        let ids: Vec<_> = sets.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["ann:1", "ann:2 x"]);
        let second = sets.last().expect("two");
        assert!(!second.in_transaction && second.repeats);
        let end = second.delimiter.as_deref().expect("a delimiter");
        let pieces: Vec<&str> = pieces(text, second.range.clone(), end).into_iter().map(|range| text[range].trim()).collect();
        assert_eq!(pieces, ["SELECT 1", "SELECT 2;"]);
        assert!(text[..sets[0].range.end].ends_with("DROP TABLE a;"));
    }

    #[test]
    fn dbms_includes_and_excludes() {
        let of = |text: &str| header(text, 0..0);
        let named = |word: &str| table().dialect(word).expect("a dialect");
        assert!(of("a:1").is_for(&named("mysql")));
        assert!(of("a:1 dbms:postgresql").is_for(&named("postgres")) && !of("a:1 dbms:postgresql").is_for(&named("mysql")));
        assert!(!of("a:1 dbms:!mysql").is_for(&named("mysql")) && of("a:1 dbms:!mysql").is_for(&named("postgres")));
        assert!(!of("a:1 dbms:h2").is_for(&named("postgres")));
    }
}
