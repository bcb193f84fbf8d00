//! `-- name: ListOrders :many`: what tools that generate code call a query.

use crate::source::{SourceId, Span, Spanned};
use std::ops::Range;

/// What the application expects of a query, in sqlc's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// One row.
    One,
    /// Any number of rows.
    Many,
    /// No row.
    Exec,
    /// No row; the number of those that changed.
    ExecRows,
    /// No row; the driver's result.
    ExecResult,
    /// No row; the last generated key.
    ExecLastId,
    /// Many rows are written at once.
    CopyFrom,
    /// Many runs at once, without rows.
    BatchExec,
    /// Many runs at once, each with one row.
    BatchOne,
    /// Many runs at once, each with any number of rows.
    BatchMany,
}

impl Cardinality {
    const ALL: [(Cardinality, &str); 10] = [
        (Cardinality::One, "one"),
        (Cardinality::Many, "many"),
        (Cardinality::Exec, "exec"),
        (Cardinality::ExecRows, "execrows"),
        (Cardinality::ExecResult, "execresult"),
        (Cardinality::ExecLastId, "execlastid"),
        (Cardinality::CopyFrom, "copyfrom"),
        (Cardinality::BatchExec, "batchexec"),
        (Cardinality::BatchOne, "batchone"),
        (Cardinality::BatchMany, "batchmany"),
    ];

    /// The word after the colon.
    pub fn name(self) -> &'static str {
        Cardinality::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, name)| name)
    }

    fn parse(word: &str) -> Option<Cardinality> {
        Cardinality::ALL.iter().find(|(_, name)| *name == word).map(|(one, _)| *one)
    }
}

/// What a comment says of the statement below.
pub(super) struct Header {
    pub name: Spanned<String>,
    pub cardinality: Option<Cardinality>,
}

/// Reads a comment that names a query: alone on its line, and nothing but the name and what is expected. Prose that starts with
/// `name:` and the `-- Name: orders; Type: TABLE` of dumps name none.
pub(super) fn read(text: &str, comment: &Range<usize>, source: SourceId) -> Option<Header> {
    let line_start = text.get(..comment.start)?.trim_end_matches([' ', '\t', '\u{feff}']);
    line_start.chars().next_back().is_none_or(|last| matches!(last, '\n' | '\r')).then_some(())?;
    let written = text.get(comment.clone())?;
    let inside = ["--", "#"].iter().find_map(|mark| written.strip_prefix(mark));
    let inside = inside.or_else(|| written.strip_prefix("/*")?.strip_suffix("*/"))?;
    let said = inside.trim_start().strip_prefix("name:")?;
    let mut words = said.split_whitespace();
    // aiosql says by these marks what it expects.
    let name = words.next()?.trim_end_matches(['^', '$', '!', '<', '*', '#']);
    let command = words.next();
    let is_header = match command {
        Some(word) => word.starts_with(':'),
        None => name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.')),
    };
    if !is_header || name.is_empty() {
        return None;
    }
    let start = comment.start + written.find("name:")? + "name:".len() + said.find(name)?;
    let name = Spanned::new(name.to_owned(), Span::new(source, start, start + name.len()));
    Some(Header { name, cardinality: command.and_then(|word| Cardinality::parse(word.trim_start_matches(':'))) })
}
