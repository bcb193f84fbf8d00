//! Reading a file in parts that follow each other, so that a large one is never held as a whole.

use super::{Dialect, Statement, lower, split};
use crate::diagnostic::Problem;
use crate::source::{Site, Span};
use std::ops::{ControlFlow, Range};

/// What the parts of a file that were read say about those after them.
pub struct Reading {
    dialect: Dialect,
    session: lower::Session,
    lists: lower::data::Lists,
    state: split::State,
}

/// What came of a part.
pub struct Part {
    /// Where in its text reading has come to.
    pub read: usize,
    /// Whether it was told to stop.
    pub stopped: bool,
    /// What is wrong with it, where nothing follows.
    pub problems: Vec<Problem>,
}

impl Reading {
    /// The reading of a file of which nothing is read yet.
    pub fn new(dialect: Dialect) -> Reading {
        Reading {
            dialect,
            session: lower::Session::default(),
            lists: lower::data::Lists::default(),
            state: split::State::default(),
        }
    }

    /// Reads a range of a text. Where `more` follows, a statement that reaches the end is left: it may go on there, and has to be read
    /// again together with it.
    pub fn part(
        &mut self,
        site: impl Into<Site>,
        (text, range): (&str, Range<usize>),
        more: bool,
        keep: &mut dyn FnMut(Statement) -> ControlFlow<()>,
        comment: &mut dyn FnMut(Span),
    ) -> Part {
        let site = site.into();
        let mut splitter = split::Splitter::new(text, range, self.dialect).after(std::mem::take(&mut self.state));
        let (mut tokens, mut comments, mut statements) = (Vec::new(), Vec::new(), Vec::new());
        let mut tell = |comments: &mut Vec<super::lexer::Token>| {
            comments.drain(..).for_each(|token| comment(site.span(token.start as usize, token.end as usize)))
        };
        let mut stopped = false;
        let mut before = splitter.state();
        'all: while let Some(piece) = splitter.next_piece(&mut tokens, &mut comments) {
            if more && splitter.is_at_end() {
                comments.clear();
                break;
            }
            let place = lower::Place { maybe: piece.conditional, ..lower::Place::new(text, site, self.dialect) };
            self.session.lower(place, &tokens, &mut statements);
            tell(&mut comments);
            for mut statement in statements.drain(..) {
                statement.ops.shrink_to_fit();
                self.lists.bound(&mut statement);
                if keep(statement).is_break() {
                    stopped = true;
                    break 'all;
                }
            }
            if more {
                before = splitter.state();
            }
        }
        // What stands behind the last statement is read again with what follows.
        let (read, state) = before;
        self.state = state;
        let wrong =
            |(at, what): &(usize, &'static str)| Problem { span: site.span(*at, at + 1), message: (*what).into(), other: None };
        match more && !stopped {
            true => Part { read, stopped, problems: Vec::new() },
            false => {
                tell(&mut comments);
                Part { read, stopped, problems: splitter.unterminated().iter().map(wrong).collect() }
            }
        }
    }
}
