//! What happens inside one transaction of a pending migration, and what is locked meanwhile.

use super::super::catalog::{Index, Table, TableName};
use super::super::history::{AppliedStatement, LockMode};
use super::super::{MigrationRef, Schema};
use super::{Audience, PendingStep, Reach};
use crate::source::{Sources, Span};
use crate::sql::{Change, ConstraintKind, DataVerb, TableAction, tokens};
use std::collections::{HashMap, HashSet};

/// The statements of a pending migration that commit together.
#[derive(Debug, Clone)]
pub struct PendingTransaction<'m> {
    migration: MigrationRef<'m>,
    /// The `BEGIN` of the migration itself; `None` where its tool or its server opens the transaction.
    pub begin: Option<Span>,
    /// Its statements in order.
    pub statements: Vec<&'m AppliedStatement>,
}

/// A slow statement that runs while an earlier one keeps a table locked against everybody.
#[derive(Debug, Clone, Copy)]
pub struct Follower<'m> {
    /// The slow statement.
    pub statement: &'m AppliedStatement,
    /// What took the lock.
    pub lock: PendingStep<'m>,
    /// The table that is locked.
    pub locked: &'m TableName,
    /// Whether it changes the catalog, so that other rules say how the change is made fast by itself.
    pub is_change: bool,
}

impl Schema {
    /// Every transaction of every pending migration, in the order of application. Statements of which nobody knows whether they
    /// run in one are left out.
    pub fn pending_transactions(&self) -> impl Iterator<Item = PendingTransaction<'_>> {
        self.pending_migrations().flat_map(|one| one.transactions())
    }
}

impl<'m> MigrationRef<'m> {
    /// Its transactions in order. One that is rolled back is none; a `DO` block outside of a transaction is one.
    pub fn transactions(&self) -> Vec<PendingTransaction<'m>> {
        let empty = |begin| PendingTransaction { migration: *self, begin, statements: Vec::new() };
        let (mut all, mut open) = (Vec::new(), empty(None));
        for statement in &self.migration().statements {
            let says = |wanted: fn(&Change) -> bool| statement.ops.iter().any(|step| wanted(&step.op.change));
            if says(|change| matches!(change, Change::Begin)) {
                all.push(std::mem::replace(&mut open, empty(Some(statement.span))));
            } else if says(|change| matches!(change, Change::Commit)) {
                all.push(std::mem::replace(&mut open, empty(None)));
            } else if says(|change| matches!(change, Change::Rollback)) {
                open = empty(None);
            } else if statement.in_transaction.known() == Some(&true) {
                open.statements.push(statement);
            } else {
                let same_block = |last: &&AppliedStatement| statement.block.is_some() && last.block == statement.block;
                if !open.statements.last().is_some_and(same_block) {
                    all.push(std::mem::replace(&mut open, empty(None)));
                }
                open.statements.extend(statement.block.map(|_| statement));
            }
        }
        all.push(open);
        all.retain(|one| !one.statements.is_empty());
        all
    }
}

impl<'m> PendingTransaction<'m> {
    /// Its migration.
    pub fn migration(&self) -> MigrationRef<'m> {
        self.migration
    }

    /// Its steps in order.
    pub fn steps(&self) -> impl Iterator<Item = PendingStep<'m>> + use<'m> {
        let (database, migration) = (self.migration.database(), self.migration.migration());
        let statements = self.statements.clone();
        statements
            .into_iter()
            .flat_map(move |statement| statement.ops.iter().map(move |step| PendingStep { database, migration, statement, step }))
    }

    /// Every lock of at least this mode on a table in use, with the step that takes it, in order. A table that is dropped is
    /// used no more, and who writes `LOCK TABLE` knows what they ask for.
    pub fn locks(&self, least: LockMode) -> Vec<(PendingStep<'m>, &'m TableName)> {
        let mut found = Vec::new();
        for step in self.steps() {
            if matches!(step.step.op.change, Change::LockTable { .. }) {
                continue;
            }
            let drops = |name: &TableName| match &step.step.op.change {
                Change::DropTable { names, .. } => names.iter().any(|one| one.name == name.name),
                _ => false,
            };
            for (table, mode) in step.step.effects.locks.iter().flatten() {
                if *mode >= least && !drops(table) && step.is_in_use(table) {
                    found.push((step, table));
                }
            }
        }
        found
    }

    /// The tables in use that statements of this transaction change under a lock that writers feel, each with the first step
    /// that does so. Other tables that a statement has to lock along with its own do not count: no order of statements spares them.
    pub fn changed_tables(&self) -> Vec<(PendingStep<'m>, &'m TableName)> {
        let mut known: HashSet<&TableName> = HashSet::new();
        let own = |step: &PendingStep, table: &TableName| step.before().is_some_and(|before| before.name == *table);
        let all = self.locks(LockMode::ShareRowExclusive).into_iter();
        all.filter(|(step, table)| own(step, table) && known.insert(table)).collect()
    }

    /// For each table the first step that changes it under a lock that writers feel.
    fn first_changes(&self) -> HashMap<&'m TableName, PendingStep<'m>> {
        let mut first = HashMap::new();
        for step in self.steps().filter(|step| !step.writes_rows() && step.locks_own_table(LockMode::ShareRowExclusive)) {
            if let Some(before) = step.before() {
                first.entry(&before.name).or_insert(step);
            }
        }
        first
    }

    /// Every slow statement that runs while an earlier one keeps a table locked against everybody. What fills or empties the
    /// locked table itself is not among them (see [`PendingTransaction::backfills`]), nor is what locks that table as
    /// much itself, nor the validation of a constraint that this transaction adds.
    pub fn followers(&self, sources: &Sources) -> Vec<Follower<'m>> {
        let locks = self.locks(LockMode::AccessExclusive);
        if locks.is_empty() {
            return Vec::new();
        }
        let said = Said { changes: self.first_changes(), constraints: self.added_constraints() };
        let (database, migration) = (self.migration.database(), self.migration.migration());
        let mut found: Vec<Follower> = Vec::new();
        for statement in &self.statements {
            let held = locks.iter().take_while(|(step, _)| step.statement.span.start < statement.span.start);
            let steps = || statement.ops.iter().map(|step| PendingStep { database, migration, statement, step });
            let locks_itself = |table: &TableName| steps().any(|step| step.locks(table, LockMode::AccessExclusive));
            let Some((lock, locked)) = held.clone().find(|(_, table)| !locks_itself(table)) else { continue };
            let mut slow = steps().filter(|step| step.is_slow(sources) && !said.is_said(step)).peekable();
            if slow.peek().is_none() && !self.is_slow_query(statement, sources) {
                continue;
            }
            let is_validation = |step: &PendingStep| matches!(step.action(), Some(TableAction::ValidateConstraint { .. }));
            let is_change = slow.peek().is_some_and(|step| !step.writes_rows() && !is_validation(step));
            found.push(Follower { statement, lock: *lock, locked, is_change });
        }
        found
    }

    /// The constraints that it adds, by table and name.
    fn added_constraints(&self) -> HashSet<(&'m TableName, &'m str)> {
        let added = self.steps().filter_map(|step| match step.action()? {
            TableAction::AddConstraint(def) => Some((&step.before()?.name, def.name.as_ref()?.value.as_str())),
            _ => None,
        });
        added.collect()
    }

    /// Whether a statement is a query that reads a table in full: nothing bounds or filters it.
    fn is_slow_query(&self, statement: &AppliedStatement, sources: &Sources) -> bool {
        if !statement.ops.is_empty() || !sources.text(statement.head).eq_ignore_ascii_case("select") {
            return false;
        }
        let database = self.migration.database();
        let words = tokens(sources.text(statement.span), database.dialect);
        let is = |word: &&&str, wanted: &str| word.eq_ignore_ascii_case(wanted);
        let Some(from) = words.iter().position(|word| is(&word, "from")) else { return false };
        let bounded = words.iter().any(|word| is(&word, "where") || is(&word, "limit") || is(&word, "into"));
        let named = |name: &&str| database.tables.iter().find(|one| one.name.name.eq_ignore_ascii_case(name.trim_matches('"')));
        let table = words.get(from + 1).and_then(named).filter(|_| !bounded);
        table.is_some_and(|table| !reads_an_end(words.get(..from).unwrap_or(&[]), table))
    }

    /// The changes of rows of a table that this transaction also changes, each with the first step that locks the table; the
    /// flag says that the lock comes first, so that it is held while the rows are written.
    pub fn backfills(&self, sources: &Sources) -> Vec<(PendingStep<'m>, PendingStep<'m>, bool)> {
        let changes = self.first_changes();
        let writes = self.steps().filter(|step| step.writes_rows() && !changes.is_empty());
        let together = writes.filter_map(|rows| Some((rows, *changes.get(&rows.before()?.name)?)));
        let slow = together.filter(|(rows, _)| rows.backfill(sources).is_some_and(|one| one.takes_long(rows.statement.maybe)));
        slow.map(|(rows, lock)| (rows, lock, lock.statement.span.start < rows.statement.span.start)).collect()
    }
}

/// Whether the words before `FROM` ask for nothing but the least or the greatest value of a column that an ordered index of the
/// table leads with: that is one entry of it.
fn reads_an_end(words: &[&str], table: &Table) -> bool {
    let list = words.iter().rposition(|word| word.eq_ignore_ascii_case("select")).and_then(|at| words.get(at + 1..));
    let [function, "(", column, ")", rest @ ..] = list.unwrap_or(&[]) else { return false };
    let column = column.trim_matches('"');
    let leads = |index: &Index| {
        let first = index.keys.first().and_then(|key| key.column.as_deref());
        index.method == "btree" && index.predicate.is_none() && first.is_some_and(|one| one.eq_ignore_ascii_case(column))
    };
    ["max", "min"].iter().any(|name| function.eq_ignore_ascii_case(name))
        && rest.iter().all(|word| matches!(*word, "+" | "-") || word.bytes().all(|byte| byte.is_ascii_digit()))
        && table.indexes.iter().any(leads)
}

/// What other rules speak of.
struct Said<'m> {
    changes: HashMap<&'m TableName, PendingStep<'m>>,
    constraints: HashSet<(&'m TableName, &'m str)>,
}

impl Said<'_> {
    /// Whether another rule speaks of this slow step: rows of a table that the transaction has locked, and a constraint that is
    /// added and validated together.
    fn is_said(&self, slow: &PendingStep) -> bool {
        let Some(table) = slow.before().map(|before| &before.name) else { return false };
        match &slow.step.op.change {
            Change::Data { .. } => {
                self.changes.get(table).is_some_and(|change| change.statement.span.start < slow.statement.span.start)
            }
            Change::AlterTable { action: TableAction::ValidateConstraint { name }, .. } => {
                self.constraints.contains(&(table, name.value.as_str()))
            }
            _ => false,
        }
    }
}

impl<'m> PendingStep<'m> {
    /// Whether running code uses a table of its database: nothing of this migration made it, and it is there for certain.
    pub(super) fn is_in_use(&self, name: &TableName) -> bool {
        if self.before().is_some_and(|before| before.name == *name) {
            return self.audience() == Audience::Everybody;
        }
        let dropped = self.database.dropped_tables.iter().map(|gone| &gone.table);
        let mut held = self.database.tables.iter().chain(dropped).filter(|table| table.name == *name).peekable();
        held.peek().is_some() && held.all(|table| !table.temporary && !self.is_made_here(table))
    }

    fn is_made_here(&self, table: &Table) -> bool {
        !table.external && self.database.migrations.get(table.migration).is_some_and(|one| one.source == self.migration.source)
    }

    /// Whether it locks a table at least so much.
    fn locks(&self, table: &TableName, least: LockMode) -> bool {
        self.step.effects.locks.iter().flatten().any(|(one, mode)| one == table && *mode >= least)
    }

    /// Whether it locks its own table at least so much.
    fn locks_own_table(&self, least: LockMode) -> bool {
        self.before().is_some_and(|before| self.locks(&before.name, least))
    }

    /// Whether it writes rows, and changes nothing of the catalog.
    pub(super) fn writes_rows(&self) -> bool {
        matches!(self.step.op.change, Change::Data { .. })
    }

    fn adds_foreign_key(&self) -> bool {
        matches!(self.action(), Some(TableAction::AddConstraint(def)) if matches!(def.kind, ConstraintKind::ForeignKey { .. }))
    }

    /// Whether it certainly takes long on a table in use that is large: reads or writes it in full.
    fn is_slow(&self, sources: &Sources) -> bool {
        if let Change::Data { verb, .. } = &self.step.op.change {
            let backfill = self.backfill(sources).filter(|_| *verb != DataVerb::Truncate);
            return backfill.is_some_and(|one| one.takes_long(self.statement.maybe) && one.reach != Reach::Class);
        }
        // The parent of a foreign key is looked up by its key, row by row of the child.
        if self.adds_foreign_key() && self.audience() == Audience::Nobody {
            return false;
        }
        let effects = &self.step.effects;
        let mut full = effects.rewrites.iter().chain(&effects.scans).flatten();
        full.any(|table| self.is_in_use(table)) && !self.is_emptied()
    }
}
