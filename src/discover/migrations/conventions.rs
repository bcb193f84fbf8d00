//! What tools do about files that change or come late, and which of their words stand in comments.

use super::sections;
use super::tools::{Layout, Tool, table};
use std::borrow::Cow;

/// What a tool says when a file changes after it has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edited {
    /// It does not notice.
    #[default]
    Nothing,
    /// It warns, and goes on.
    Warns,
    /// It stores a checksum, and runs nothing any more.
    Refuses,
}

/// What a tool does with a file that sorts before one that has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Late {
    /// Not known.
    #[default]
    Unknown,
    /// It runs the file, after those that should have come later.
    Runs,
    /// It stops.
    Refuses,
    /// It never runs the file.
    Skips,
}

fn row(tool: &str) -> Option<&'static Tool> {
    table().tool.iter().find(|row| row.id == tool)
}

/// What a tool says when a file changes after it has run.
pub fn edited(tool: &str) -> Edited {
    row(tool).map(|row| row.edited).unwrap_or_default()
}

/// What a tool does with a file that sorts before one that has run.
pub fn late(tool: &str) -> Late {
    row(tool).map(|row| row.late).unwrap_or_default()
}

/// The text of a file with blanks in place of what its tool does not run forward, so that every byte keeps its place.
pub fn forward<'t>(tool: &str, text: &'t str) -> Cow<'t, str> {
    let parts = row(tool).filter(|row| row.layout == Layout::File).map(|row| sections::find(text, row).up).unwrap_or_default();
    if parts.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut said = String::with_capacity(text.len());
    let blank = |bytes: usize| std::iter::repeat_n(' ', bytes);
    for part in parts {
        said.extend(blank(part.start.saturating_sub(said.len())));
        said.push_str(text.get(part).unwrap_or(""));
    }
    said.extend(blank(text.len().saturating_sub(said.len())));
    Cow::Owned(said)
}

/// Whether a comment is one that the tool reads: the markers of its sections, the way out of its transaction.
pub fn is_read_by(tool: &str, comment: &str) -> bool {
    let comment = comment.to_ascii_lowercase();
    let Some(row) = row(tool) else { return false };
    let markers = [&row.up, &row.down, &row.off_line, &row.off_head, &row.off_start, &row.off_option];
    let said = |marker: &String| comment.contains(marker.trim_start_matches(['-', ' ']).to_ascii_lowercase().as_str());
    markers.into_iter().flatten().any(said)
}
