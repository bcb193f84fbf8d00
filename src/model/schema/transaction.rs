//! Whether a statement runs inside a transaction, and what has happened in that transaction so far.

use super::replay::State;
use crate::discover::Transaction;
use crate::fact::{Fact, Origin};
use crate::source::Span;
use crate::sql::{Change, SchemaOp, Script, Statement};

/// The transactions of one migration, statement by statement.
pub(super) struct Transactions {
    /// Whether a transaction is open; `None` where the tool is not known.
    open: Option<bool>,
    /// The whole file is one message of several statements: a transaction even after `COMMIT`.
    message: bool,
    /// Why, for facts.
    why: String,
    /// Labels added to enums in this transaction, to enums that are older than it.
    labels: Vec<(String, Span)>,
    /// Enums created in this transaction.
    fresh_enums: Vec<String>,
    /// The session's time zone where it was set: whether it is UTC.
    utc: Option<bool>,
}

impl Transactions {
    pub fn new(mode: &Transaction, script: &Script) -> Transactions {
        let mut statements = 0;
        let mut block = None;
        for statement in &script.statements {
            // To the server a block is one statement.
            if statement.block.is_none() || statement.block != block {
                statements += 1;
            }
            block = statement.block;
        }
        let (open, message, why) = match mode {
            Transaction::Wrapped(why) => (Some(true), false, why),
            Transaction::Unwrapped(why) => (Some(false), false, why),
            Transaction::Implicit(why) => (Some(statements > 1), statements > 1, why),
            Transaction::Unknown(why) => (None, false, why),
        };
        Transactions { open, message, why: why.clone(), labels: Vec::new(), fresh_enums: Vec::new(), utc: None }
    }

    /// Whether a statement runs in a transaction. `BEGIN` and `COMMIT` act from here on.
    pub fn of(&mut self, statement: &Statement) -> Fact<bool> {
        for op in &statement.ops {
            match op.change {
                Change::Begin => self.open = Some(true),
                Change::Commit | Change::Rollback => {
                    self.open = Some(self.message);
                    self.labels.clear();
                    self.fresh_enums.clear();
                }
                _ => {}
            }
        }
        match self.open {
            Some(open) => Fact::Known(open, Origin::Inferred(statement.head)),
            None => Fact::Unknown(self.why.clone(), Vec::new()),
        }
    }

    /// Remembers what later statements of the same transaction depend on.
    pub fn note(&mut self, state: &State, op: &SchemaOp) {
        match &op.change {
            Change::CreateEnum { name, .. } => self.fresh_enums.push(name.name.clone()),
            Change::AddEnumValue { name, label, .. } => {
                let old = state.enum_named(&name.name).is_none_or(|held| !held.labels.iter().any(|one| one.value == label.value));
                if self.open == Some(true) && old && !self.fresh_enums.contains(&name.name) {
                    self.labels.push((label.value.clone(), op.span));
                }
            }
            Change::Setting { name, value, scope: None, .. } if name == "timezone" => {
                self.utc = Some(["utc", "gmt", "etc/utc", "zulu", "0", "+00:00"].contains(&value.to_ascii_lowercase().as_str()));
            }
            _ => {}
        }
    }

    /// Whether a transaction is open.
    pub fn is_open(&self) -> Option<bool> {
        self.open
    }

    /// Whether the session's time zone is UTC, where the migration says so.
    pub fn is_utc(&self) -> Option<bool> {
        self.utc
    }

    /// The label, added earlier in this transaction, that a text uses.
    pub fn used_label(&self, text: &str) -> Option<&str> {
        self.labels.iter().map(|(label, _)| label.as_str()).find(|label| text.contains(&format!("'{label}'")))
    }
}
