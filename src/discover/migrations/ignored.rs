//! Comments that were meant for the migration tool and that it does not read.

use super::sections::{Sections, comment, head_comments};
use super::tools::Tool;
use crate::discover::{IgnoredLine, Transaction};

/// How many letters may be wrong in a marker that is still recognised.
const WRONG_LETTERS: usize = 2;

/// The first such line of a migration's text.
pub(super) fn find(tool: &Tool, text: &str, sections: &Sections, transaction: &Transaction) -> Option<IgnoredLine> {
    let is_off = matches!(transaction, Transaction::Unwrapped(_));
    // What stands in the other direction says nothing about this one.
    let end = sections.down.first().map_or(text.len(), |down| down.start);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.trim_end();
        if start >= end || !line.trim_start_matches('\u{feff}').trim_start().starts_with("--") {
            continue;
        }
        let found = marker(tool, line, is_off).or_else(|| if is_off { None } else { off_switch(tool, text, start, line) });
        if let Some((why, remedy, turns_off)) = found {
            let lead = line.len() - line.trim_start_matches(['\u{feff}', ' ', '\t']).len();
            return Some(IgnoredLine { range: start + lead..start + line.len(), why, remedy, turns_off });
        }
    }
    None
}

/// Why, what to write, and whether it was to turn the transaction off.
type Found = (String, String, bool);

/// A line that looks like one of the tool's own markers and is none.
fn marker(tool: &Tool, line: &str, is_off: bool) -> Option<Found> {
    let (sign, known) = tool.markers.split_first()?;
    let said = comment(line)?;
    let id = &tool.id;
    let Some(rest) = said.strip_prefix(sign.as_str()) else {
        // `-- goose NO TRANSACTION`
        let off = known.first()?;
        let is_near = near(&squeezed(&said), &squeezed(&format!("{sign}{off}"))) && !is_off;
        return is_near.then(|| (format!("{id} reads lines that start with `-- {sign}` only"), format!("-- {sign} {off}"), true));
    };
    let rest = rest.trim();
    let exact = known.iter().find(|word| word.eq_ignore_ascii_case(rest));
    let meant = exact.or_else(|| known.iter().find(|word| near(&squeezed(rest), &squeezed(word))));
    let turns_off = meant == known.first();
    if (exact.is_some() && line.trim_start_matches('\u{feff}').starts_with("--")) || (turns_off && is_off) {
        return None;
    }
    let why = match exact {
        Some(_) => format!("{id} reads it at the start of a line only"),
        None => format!("{id} has no such marker"),
    };
    let meant = meant?;
    Some((why, format!("-- {sign} {meant}"), turns_off))
}

/// A line that was to turn the transaction off and does not.
fn off_switch(tool: &Tool, text: &str, start: usize, line: &str) -> Option<Found> {
    let said = comment(line)?;
    let id = &tool.id;
    let means = |wanted: &str| near(&squeezed(&said), &squeezed(wanted));
    if let Some(wanted) = tool.off_start.as_ref().filter(|wanted| means(wanted)) {
        let why = match start {
            0 => format!("{id} reads `{wanted}` and nothing else"),
            _ => format!("{id} reads it at the first byte of the file only"),
        };
        return Some((why, wanted.clone(), true));
    }
    if let Some(wanted) = tool.off_head.as_ref().filter(|wanted| means(wanted)) {
        let (comments, _) = head_comments(text);
        let is_head = comments.iter().any(|comment| comment.trim_end() == line) && comment(line) == comment(wanted);
        let why = match is_head {
            true => format!("{id} reads it only where an empty line ends the comments at the head of the file"),
            false => format!("{id} reads it among the comments at the head of the file only"),
        };
        return Some((why, format!("{wanted}\n"), true));
    }
    let (option, up) = (tool.off_option.as_ref()?, tool.up.as_ref()?);
    let rest = said.strip_prefix(up.as_str()).unwrap_or(&said);
    let sign = up.split_once([' ', ':']).map_or("", |(sign, _)| sign);
    let rest = rest.strip_prefix(sign).unwrap_or(rest);
    let is_meant = squeezed(rest) == squeezed(option);
    is_meant.then(|| {
        let on_line = said.starts_with(up.as_str());
        let why = match on_line {
            true => format!("{id} reads `{option}`, letter by letter"),
            false => format!("{id} reads it on the line that opens the section only"),
        };
        // The hint ends in the line as the tool spells it.
        let opening = tool.off_hint.as_ref().and_then(|hint| hint.rsplit('`').nth(1)).unwrap_or(up);
        (why, format!("{opening} {option}"), true)
    })
}

/// Letters and digits in lower case.
fn squeezed(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether two squeezed texts are the same but for a slip of the finger.
fn near(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if b.len() < 8 || a.len().abs_diff(b.len()) > WRONG_LETTERS {
        return false;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut last = i;
        let mut next = vec![i + 1];
        for (above, y) in row.iter().skip(1).zip(b) {
            let left = next.last().copied().unwrap_or(0);
            next.push((last + usize::from(x != y)).min(above + 1).min(left + 1));
            last = *above;
        }
        row = next;
    }
    row.last().is_some_and(|wrong| *wrong <= WRONG_LETTERS)
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::super::tools::table;
    use super::*;
    use crate::model::Settings;
    use crate::sql::Dialect;

    /// The line that is not read, and what should stand there.
    fn ignored(id: &str, text: &str) -> Option<(String, String, bool)> {
        let tool = table().tool.iter().find(|tool| tool.id == id).expect("a row of the table");
        let sections = sections::find(text, tool);
        let evidence = sections::Evidence {
            text: Some(text),
            sections: &sections,
            autocommit: false,
            beside: None,
            dialect: Dialect::Postgres,
        };
        let transaction = sections::transaction(Some(tool), &evidence, &Settings::default());
        find(tool, text, &sections, &transaction).map(|one| (text[one.range].to_owned(), one.remedy, one.turns_off))
    }

    #[test]
    fn what_the_tool_reads_is_not_ignored() {
        assert_eq!(ignored("sqlx", "-- no-transaction\nSELECT 1;"), None);
        assert_eq!(ignored("goose", "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\nSELECT 1;"), None);
        assert_eq!(ignored("goose", "-- +goose Up\n-- we run this with no transaction\nSELECT 1;"), None);
        assert_eq!(
            ignored("dbmate", "-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\n-- transaction:false\n"),
            None
        );
        assert_eq!(ignored("atlas", "-- atlas:txmode none\n\nSELECT 1;"), None);
    }

    #[test]
    fn what_it_does_not_read_is() {
        let line = |id: &str, text: &str| ignored(id, text).map(|(line, _, off)| (line, off));
        assert_eq!(line("sqlx", "\n--no-transaction\nSELECT 1;"), Some(("--no-transaction".into(), true)));
        assert_eq!(line("goose", "-- +goose Up\n-- +goose NO_TRANSACTION\n"), Some(("-- +goose NO_TRANSACTION".into(), true)));
        assert_eq!(line("goose", "-- +goose Up\n  -- +goose NO TRANSACTION\n"), Some(("-- +goose NO TRANSACTION".into(), true)));
        assert_eq!(line("goose", "-- +goose Up\n-- goose no transaction\n"), Some(("-- goose no transaction".into(), true)));
        assert_eq!(line("goose", "-- +goose Up\n-- +goose StatmentBegin\n"), Some(("-- +goose StatmentBegin".into(), false)));
        assert_eq!(line("dbmate", "-- migrate:up\n-- transaction:false\n"), Some(("-- transaction:false".into(), true)));
        assert_eq!(
            ignored("dbmate", "-- migrate:up transaction: false\n").map(|(_, remedy, _)| remedy),
            Some("-- migrate:up transaction:false".into())
        );
        assert_eq!(line("atlas", "-- atlas:txmode none\nSELECT 1;"), Some(("-- atlas:txmode none".into(), true)));
        assert_eq!(
            ignored("sql-migrate", "-- +migrate Up\n-- +migrate notransaction\n").map(|(_, remedy, _)| remedy),
            Some("-- +migrate Up notransaction".into())
        );
    }
}
