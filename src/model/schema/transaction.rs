//! Whether a statement runs inside a transaction, and what has happened in that transaction so far.

use super::replay::State;
use crate::discover::Transaction;
use crate::discover::migrations::TakesOut;
use crate::fact::{Fact, Origin};
use crate::source::Span;
use crate::sql::{Change, SchemaOp, Statement, TableAction};

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
    /// Whether the tool may take single statements out of the transaction: then none fails for certain.
    takes_out: bool,
    /// The session's time zone where it was set: whether it is UTC.
    utc: Option<bool>,
    /// MySQL's `foreign_key_checks` where it was set.
    checks_keys: Option<bool>,
}

impl Transactions {
    /// `beginning` are the statements of the migration, at least up to where [`is_enough`] holds.
    pub fn new(mode: &Transaction, beginning: &[Statement], takes_out: TakesOut) -> Transactions {
        let statements = units(beginning);
        let (open, message, why) = match mode {
            Transaction::Wrapped(why) => (Some(true), false, why),
            Transaction::Unwrapped(why) => (Some(false), false, why),
            Transaction::Implicit(why) => (Some(statements > 1), statements > 1, why),
            Transaction::Unknown(why) => (None, false, why),
        };
        let mut changes = beginning.iter().flat_map(|statement| &statement.ops);
        let alone = changes.any(forbids) && may_be_alone(beginning);
        let open = if takes_out == TakesOut::Alone && alone { Some(false) } else { open };
        Transactions {
            open,
            message,
            why: why.clone(),
            labels: Vec::new(),
            fresh_enums: Vec::new(),
            takes_out: matches!(takes_out, TakesOut::Newer | TakesOut::Yes),
            utc: None,
            checks_keys: None,
        }
    }

    /// Goes on in the transaction of the migration before.
    pub fn go_on(&mut self, before: Transactions) {
        if self.open == Some(true) && before.open == Some(true) {
            self.labels = before.labels;
            self.fresh_enums = before.fresh_enums;
        }
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
            None => Fact::not_read(self.why.clone(), Vec::new()),
        }
    }

    /// Remembers what later statements of the same transaction depend on.
    pub fn note(&mut self, state: &State, op: &SchemaOp) {
        match &op.change {
            Change::CreateEnum { name, .. } => self.fresh_enums.push(name.name.to_string()),
            Change::AddEnumValue { name, label, .. } => {
                let old = state.enum_named(&name.name).is_none_or(|held| !held.labels.iter().any(|one| one.value == label.value));
                if self.open == Some(true) && old && !self.fresh_enums.iter().any(|one| *one == name.name) {
                    self.labels.push((label.value.clone(), op.span));
                }
            }
            Change::Setting { name, value, scope: None, .. } if name == "timezone" => {
                self.utc = Some(["utc", "gmt", "etc/utc", "zulu", "0", "+00:00"].contains(&value.to_ascii_lowercase().as_str()));
            }
            Change::Setting { name, value, scope: None, .. } if name == "foreign_key_checks" => {
                self.checks_keys = Some(!["0", "off", "false"].contains(&value.to_ascii_lowercase().as_str()));
            }
            _ => {}
        }
    }

    /// Whether MySQL checks the rows of a new foreign key, where the migration says so.
    pub fn checks_keys(&self) -> Option<bool> {
        self.checks_keys
    }

    /// Whether a transaction is open, whatever the tool may take out of it.
    pub fn around(&self) -> Option<bool> {
        self.open
    }

    /// Whether a transaction is open around what a transaction forbids.
    pub fn is_open(&self) -> Option<bool> {
        if self.takes_out { None } else { self.open }
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

/// How many statements the server sees: to it a block is one.
fn units(statements: &[Statement]) -> usize {
    let (mut count, mut block) = (0, None);
    for statement in statements {
        if statement.block.is_none() || statement.block != block {
            count += 1;
        }
        block = statement.block;
    }
    count
}

/// Whether there is nothing but what cannot run inside a transaction, and settings.
fn may_be_alone(statements: &[Statement]) -> bool {
    let mut changes = statements.iter().flat_map(|statement| &statement.ops);
    changes.all(|op| forbids(op) || matches!(op.change, Change::Setting { .. }))
}

/// Whether what follows the beginning of a migration does not matter for how its transaction begins.
pub(super) fn is_enough(beginning: &[Statement]) -> bool {
    units(beginning) > 1 && !may_be_alone(beginning)
}

/// Whether an operation cannot run inside a transaction.
fn forbids(op: &SchemaOp) -> bool {
    match &op.change {
        Change::CreateIndex(def) => def.concurrently.is_some(),
        Change::DropIndex { concurrently, .. } | Change::Reindex { concurrently, .. } => concurrently.is_some(),
        Change::AlterTable { action: TableAction::DetachPartition { concurrently, .. }, .. } => concurrently.is_some(),
        Change::Maintenance { words, .. } => words.starts_with("VACUUM"),
        _ => false,
    }
}
