//! Bytes to statements with spans: lexer, splitter, skeleton, leaf parse, and lowering into our own [`SchemaOp`].
//!
//! Structure comes from our own tokens, so every span is exact and a clause that nobody knows costs only itself; expressions
//! are understood by `sqlparser` ([`leaf`]). Reading never fails: what is not understood becomes an opaque statement that names
//! what it may have touched. What is absent: any knowledge of other files; the catalog that the operations make is replayed
//! in `model/schema`.

mod cursor;
mod leaf;
mod lexer;
mod lower;
mod names;
pub mod op;
mod query;
mod reading;
mod repeated;
mod same;
mod split;
mod types;

pub use names::names_in;
pub use op::*;
pub use query::*;
pub use reading::{Part, Reading};
pub use repeated::{may_repeat_columns, repeated_columns, repeats};
pub use same::{first_difference, said, same_outcome};

use crate::diagnostic::Problem;
use crate::source::{SourceId, Span};
use std::ops::{ControlFlow, Range};

/// Reads a file, or the `range` of it that holds the forward statements; spans are always those of the whole file.
///
/// ClickHouse is not read: the script is empty and says so.
pub fn read(source: SourceId, text: &str, range: Option<Range<usize>>, dialect: Dialect) -> Script {
    let mut script = Script { source, dialect, statements: Vec::new(), comments: Vec::new(), problems: Vec::new() };
    if dialect == Dialect::ClickHouse {
        script.problems.push(Problem::new(source, 0, 0, format!("SQL of {} is not read", dialect.name())));
        return script;
    }
    let (mut statements, mut comments) = (Vec::new(), Vec::new());
    let mut keep = |statement| {
        statements.push(statement);
        ControlFlow::Continue(())
    };
    script.problems = each(source, text, range, dialect, &mut keep, &mut |comment| comments.push(comment));
    (script.statements, script.comments) = (statements, comments);
    script
}

/// Reads as [`read`] does, but gives away each statement and each comment as soon as it is read, so that a large file is never held
/// as statements as a whole; stops where it is told to. Gives what was wrong with the file.
pub fn each(
    source: SourceId,
    text: &str,
    range: Option<Range<usize>>,
    dialect: Dialect,
    keep: &mut dyn FnMut(Statement) -> ControlFlow<()>,
    comment: &mut dyn FnMut(Span),
) -> Vec<Problem> {
    let range = range.unwrap_or(0..text.len());
    Reading::new(dialect).part(source, (text, range), false, keep, comment).problems
}

/// Whether one of the first words of a statement says that it is about a function or a procedure.
pub fn is_about_routine(statement: &str) -> bool {
    let mut words = statement.split_whitespace().take(4);
    words.any(|word| ["FUNCTION", "PROCEDURE"].iter().any(|one| word.eq_ignore_ascii_case(one)))
}

/// The byte ranges of a text's comments, markers included, in order. Nothing is understood: this is cheap.
pub fn comments(text: &str, dialect: Dialect) -> Vec<Range<usize>> {
    let mut lexer = lexer::Lexer::new(text, 0..text.len(), dialect);
    let tokens = std::iter::from_fn(|| lexer.next_token()).filter(|token| token.kind == lexer::Kind::Comment);
    tokens.map(|token| token.start as usize..token.end as usize).collect()
}

/// The tokens of a statement as they are written, without its comments: for questions about words that no operation keeps.
pub fn tokens(text: &str, dialect: Dialect) -> Vec<&str> {
    let mut lexer = lexer::Lexer::new(text, 0..text.len(), dialect);
    let tokens = std::iter::from_fn(|| lexer.next_token()).filter(|token| token.kind != lexer::Kind::Comment);
    tokens.map(|token| token.text(text)).collect()
}

/// The places of the statements of a file, without reading them: what the splitter does alone.
pub fn split(text: &str, dialect: Dialect) -> Vec<Range<usize>> {
    let mut splitter = split::Splitter::new(text, 0..text.len(), dialect);
    let (mut tokens, mut comments, mut pieces) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(piece) = splitter.next_piece(&mut tokens, &mut comments) {
        pieces.push(piece.start..piece.end);
        comments.clear();
    }
    pieces
}
