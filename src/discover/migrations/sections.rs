//! Where the directions of a migration lie within its file, and whether it runs in a transaction.

use super::tools::{Tool, Wrapping};
use crate::discover::Transaction;
use crate::model::Settings;
use crate::sql::Dialect;
use std::ops::Range;

/// The sections of one file.
#[derive(Debug, Default)]
pub(super) struct Sections {
    /// Bytes of the forward section, in parts where the tool goes on with a direction; empty where the whole file is forward.
    pub up: Vec<Range<usize>>,
    /// Bytes of the backward section, likewise.
    pub down: Vec<Range<usize>>,
    /// The rest of the line that opens the forward section: its options. Of every such line where the tool reads each.
    pub options: String,
}

/// The text of a comment line after its dashes, in lower case with single spaces.
pub(super) fn comment(line: &str) -> Option<String> {
    let text = line.trim_start().strip_prefix("--")?.trim_start_matches('-');
    Some(text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase())
}

/// Finds the sections that the tool's marker lines open.
pub(super) fn find(text: &str, tool: &Tool) -> Sections {
    let (Some(up), Some(down)) = (&tool.up, &tool.down) else { return Sections::default() };
    let mut sections = Sections::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        let Some(said) = comment(line.trim_start_matches('\u{feff}')) else { continue };
        let opens = |marker: &str| said.strip_prefix(marker).filter(|rest| rest.is_empty() || rest.starts_with(' '));
        if let Some(options) = opens(up) {
            close(&mut sections.down, start);
            if sections.up.is_empty() || tool.reopens {
                sections.options.push_str(options);
                open(&mut sections.up, end);
            }
        } else if opens(down).is_some() {
            close(&mut sections.up, start);
            if sections.down.is_empty() || tool.reopens {
                open(&mut sections.down, end);
            }
        }
    }
    close(&mut sections.up, text.len());
    close(&mut sections.down, text.len());
    // A file of a sectioned tool with a backward section only does nothing forward.
    if sections.up.is_empty() && !sections.down.is_empty() {
        sections.up.push(0..0);
    }
    sections
}

/// Opens another part, where none is open.
fn open(parts: &mut Vec<Range<usize>>, at: usize) {
    if parts.last().is_none_or(|last| last.end != usize::MAX) {
        parts.push(at..usize::MAX);
    }
}

fn close(parts: &mut [Range<usize>], at: usize) {
    if let Some(range) = parts.last_mut().filter(|range| range.end == usize::MAX) {
        range.end = at.max(range.start);
    }
}

/// What decides about the transaction of one file.
pub(super) struct Evidence<'a> {
    pub text: Option<&'a str>,
    pub sections: &'a Sections,
    pub autocommit: bool,
    /// The text of `off_file`, where there is such a file.
    pub beside: Option<String>,
    pub dialect: Dialect,
}

/// What says, in a comment of a file that squawk checks, that no runner opens a transaction around it.
const NOT_WRAPPED: &str = "squawk-disable-assume-in-transaction";

/// How a migration runs, and why.
pub(super) fn transaction(tool: Option<&Tool>, evidence: &Evidence, settings: &Settings) -> Transaction {
    if let Some(because) = tool.and_then(|tool| switched_off(tool, evidence)) {
        return Transaction::Unwrapped(because);
    }
    if evidence.text.is_some_and(says_not_wrapped) {
        return Transaction::Unwrapped(format!("`{NOT_WRAPPED}` in the file"));
    }
    match (settings.transaction, tool) {
        (Some(true), _) => Transaction::Wrapped("the configuration says so".into()),
        (Some(false), _) => Transaction::Unwrapped("the configuration says so".into()),
        (None, None) => Transaction::Unknown("the migration tool is not known".into()),
        (None, Some(tool)) => {
            let (wrapping, why) = tool.convention(evidence.dialect);
            match wrapping {
                Wrapping::Wrapped => Transaction::Wrapped(why.to_owned()),
                Wrapping::Implicit => Transaction::Implicit(why.to_owned()),
                Wrapping::Unwrapped => Transaction::Unwrapped(why.to_owned()),
            }
        }
    }
}

fn says_not_wrapped(text: &str) -> bool {
    let comments = text.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
    comments.map(str::trim).any(|comment| comment.split_whitespace().next() == Some(NOT_WRAPPED))
}

/// The marker that turns the transaction off, where the file has it.
fn switched_off(tool: &Tool, evidence: &Evidence) -> Option<String> {
    if evidence.autocommit {
        return tool.off_name.as_ref().map(|part| format!("`{part}` in the file name"));
    }
    if let Some((name, wanted)) = tool.off_file.as_ref().and_then(|file| file.split_once(": "))
        && let Some(text) = &evidence.beside
    {
        let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        if squeeze(text).contains(&squeeze(wanted)) {
            return Some(format!("`{wanted}` in `{name}`"));
        }
    }
    let text = evidence.text?;
    if let Some(start) = &tool.off_start
        && text.starts_with(start.as_str())
    {
        return Some(format!("the file starts with `{start}`"));
    }
    if let Some(option) = &tool.off_option
        && evidence.sections.options.split_whitespace().any(|word| word.eq_ignore_ascii_case(option))
    {
        return Some(format!("`{option}` on the line that opens the section"));
    }
    if let Some(wanted) = tool.off_head.as_ref().and_then(|line| comment(line))
        && let (lines, true) = head_comments(text)
        && lines.iter().any(|line| comment(line).as_deref() == Some(wanted.as_str()))
    {
        return Some(format!("`-- {wanted}` at the head of the file"));
    }
    let wanted = tool.off_line.as_ref().and_then(|line| comment(line))?;
    let mut lines = text.lines().filter(|line| line.starts_with("--"));
    lines.find(|line| comment(line).as_deref() == Some(wanted.as_str())).map(|line| format!("`{}`", line.trim_end()))
}

/// The comment lines at the head of a file, and whether an empty line ends them.
pub(super) fn head_comments(text: &str) -> (Vec<&str>, bool) {
    let mut lines = text.lines();
    let mut comments = Vec::new();
    for line in lines.by_ref() {
        if !(line.starts_with("--") || line.starts_with('#')) {
            return (comments, line.trim().is_empty());
        }
        comments.push(line);
    }
    (comments, false)
}

#[cfg(test)]
mod tests {
    use super::super::tools::table;
    use super::*;

    fn tool(id: &str) -> &'static Tool {
        table().tool.iter().find(|tool| tool.id == id).expect("a row of the table")
    }

    fn mode(id: &str, text: &str) -> Transaction {
        let sections = find(text, tool(id));
        let evidence =
            Evidence { text: Some(text), sections: &sections, autocommit: false, beside: None, dialect: Dialect::Postgres };
        transaction(Some(tool(id)), &evidence, &Settings::default())
    }

    #[test]
    fn sections_end_where_the_next_begins() {
        let text = "-- +goose Up\r\nCREATE TABLE a (b int);\n-- +goose Down\nDROP TABLE a;\n";
        let sections = find(text, tool("goose"));
        let said =
            |parts: &[Range<usize>], text: &str| parts.iter().map(|part| text[part.clone()].to_owned()).collect::<Vec<_>>();
        assert_eq!(said(&sections.up, text), ["CREATE TABLE a (b int);\n"]);
        assert_eq!(said(&sections.down, text), ["DROP TABLE a;\n"]);
        let only_down = find("-- +goose Down\nDROP TABLE a;\n", tool("goose"));
        assert_eq!(only_down.up, vec![0..0]);
        assert!(find("SELECT 1;", tool("goose")).up.is_empty());
        let text = "-- +migrate Up\na;\n-- +migrate Down\nb;\n-- +migrate Up notransaction\nc;\n-- +migrate Up\nd;\n-- +migrate Down\ne;\n";
        let sections = find(text, tool("sql-migrate"));
        assert_eq!(said(&sections.up, text), ["a;\n", "c;\n-- +migrate Up\nd;\n"]);
        assert_eq!(said(&sections.down, text), ["b;\n", "e;\n"]);
        let text = "-- +goose Up\na;\n-- +goose Down\nb;\n-- +goose Up\nc;\n";
        let sections = find(text, tool("goose"));
        assert_eq!((said(&sections.up, text).len(), said(&sections.down, text)), (1, vec!["b;\n".to_owned()]));
    }

    #[test]
    fn opt_outs_count_only_where_the_tool_reads_them() {
        assert!(matches!(mode("goose", "-- +goose Up\n-- +goose no transaction\nSELECT 1;"), Transaction::Unwrapped(_)));
        assert!(matches!(mode("goose", "-- +goose Up\n-- +goose NO TRANSACTION\nSELECT 1;"), Transaction::Unwrapped(_)));
        assert!(matches!(mode("goose", "-- +goose Up\nSELECT '-- +goose NO TRANSACTION';"), Transaction::Wrapped(_)));
        assert!(matches!(mode("sqlx", "-- no-transaction\nSELECT 1;"), Transaction::Unwrapped(_)));
        assert!(matches!(mode("sqlx", "\n-- no-transaction\nSELECT 1;"), Transaction::Wrapped(_)));
        assert!(matches!(mode("dbmate", "-- migrate:up transaction:false\nSELECT 1;"), Transaction::Unwrapped(_)));
        assert!(matches!(mode("dbmate", "-- migrate:up\n-- transaction:false\nSELECT 1;"), Transaction::Wrapped(_)));
        assert!(matches!(mode("golang-migrate", "SELECT 1;"), Transaction::Implicit(_)));
        assert!(matches!(mode("atlas", "-- atlas:txmode none\n\nSELECT 1;"), Transaction::Unwrapped(_)));
        assert!(matches!(mode("atlas", "-- a word\n-- atlas:txmode none\n \nSELECT 1;"), Transaction::Unwrapped(_)));
        assert!(matches!(mode("atlas", "-- atlas:txmode none\nSELECT 1;"), Transaction::Wrapped(_)));
        assert!(matches!(mode("atlas", "\n-- atlas:txmode none\n\nSELECT 1;"), Transaction::Wrapped(_)));
    }

    #[test]
    fn a_file_may_say_that_it_is_not_wrapped() {
        let says = |text: &str| mode("flyway", text);
        assert!(matches!(says("SELECT 1;\n-- squawk-disable-assume-in-transaction\n"), Transaction::Unwrapped(_)));
        assert!(matches!(says("SELECT '-- squawk-disable-assume-in-transaction';"), Transaction::Wrapped(_)));
    }
}
