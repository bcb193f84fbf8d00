//! `ROLLBACK`: what its transaction did is taken back.

use super::forward::Forward;
use super::replay::State;
use crate::sql::{Change, Dialect, Statement};
use std::ops::ControlFlow;

/// The catalog as it was when the open transaction began.
pub(super) struct Undo {
    /// Whether the script takes anything back: only then is the catalog kept.
    needed: bool,
    saved: Option<Box<State>>,
}

impl Undo {
    /// `text` is that of the file; `open`: whether a transaction is open when the file begins.
    pub fn new(state: &State, forward: &Forward, text: &str, open: Option<bool>) -> Undo {
        let transactional = matches!(state.dialect, Dialect::Postgres | Dialect::Sqlite);
        let needed = transactional && rolls_back(forward, text);
        let mut undo = Undo { needed, saved: None };
        if open == Some(true) {
            undo.save(state);
        }
        undo
    }

    fn save(&mut self, state: &State) {
        self.saved = self.needed.then(|| Box::new(state.clone()));
    }

    /// Acts on the words of a transaction. `open`: whether one was open before the statement, and whether one is after it.
    pub fn act(&mut self, state: &mut State, statement: &Statement, open: (Option<bool>, Option<bool>)) {
        if !self.needed {
            return;
        }
        let begins = has(statement, &Change::Begin) && self.saved.is_none();
        if has(statement, &Change::Rollback) {
            match self.saved.take() {
                Some(before) if !statement.maybe => state.go_back(*before),
                None if open.0 == Some(false) => {}
                _ => state.doubt_everything("a transaction of unknown extent is rolled back".into(), Some(statement.span)),
            }
        } else if !(begins || has(statement, &Change::Commit)) {
            return;
        }
        self.saved = None;
        if open.1 == Some(true) {
            self.save(state);
        }
    }
}

/// Whether anything in a file takes a transaction back.
fn rolls_back(forward: &Forward, text: &str) -> bool {
    let mut found = false;
    forward.look_for(text, &["rollback", "abort"], |statement| {
        found = has(&statement, &Change::Rollback);
        if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    found
}

/// Whether a statement outside of a block is this word.
fn has(statement: &Statement, word: &Change) -> bool {
    let is_it = |change: &Change| std::mem::discriminant(change) == std::mem::discriminant(word);
    statement.block.is_none() && statement.ops.iter().any(|op| is_it(&op.change))
}
