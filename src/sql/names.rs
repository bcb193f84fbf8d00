//! The names in an expression that is kept as text: what a column is called there, and what it is called after a rename.

use super::Dialect;
use super::cursor::Cursor;
use super::lexer::{Kind, Lexer, Token};
use crate::source::SourceId;
use std::ops::Range;

/// Every name of an expression as its dialect folds it, and where it stands: no strings, no functions, no types after `::`.
pub fn names_in(text: &str, dialect: Dialect) -> Vec<(Range<usize>, String)> {
    let mut lexer = Lexer::new(text, 0..text.len(), dialect);
    let tokens: Vec<Token> = std::iter::from_fn(|| lexer.next_token()).collect();
    let cursor = Cursor::new(text, SourceId(0), dialect, &tokens);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let called = tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Open && next.text(text) == "(");
        let cast = at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|last| last.kind == Kind::Cast);
        let is_name = match token.kind {
            Kind::Word => !called && !cast,
            Kind::Quoted => !cast,
            _ => false,
        };
        if let Some(name) = cursor.fold(*token).filter(|_| is_name) {
            found.push((token.start as usize..token.end as usize, name));
        }
    }
    found
}
