//! What a statement costs a live PostgreSQL: locks, rewrites, scans, and what fails, by facts measured on a server.
//!
//! Every answer may be "not known" (`None`); no rule concludes from that. MySQL and SQLite have rooms of their own.

mod actions;
mod changes;
mod cost;
mod dependents;
mod mysql;
pub(super) mod refusals;
mod reversible;
pub(super) mod sqlite;
mod types;

use super::catalog::{Check, Column, Table, TableName};
use super::history::{AppliedStatement, Effects, LockMode, Reversible, Step, TableBefore, TableOrigin};
use super::replay::State;
use super::transaction::Transactions;
use crate::source::{Excerpt, Name};
use crate::sql::{Change, Dialect, ObjectName, SchemaOp, Statement, TableAction, Understanding};

/// The moment just before an operation is applied.
pub(super) struct Moment<'a> {
    pub state: &'a State,
    /// The whole text of the file.
    pub text: &'a str,
    /// Major version of the server; 0 where none is known or assumed.
    pub version: u32,
    /// The relative of the dialect: `cockroachdb`, `mariadb`.
    pub variant: Option<&'a str>,
    pub transactions: &'a Transactions,
    /// Whether each migration of the database is pending.
    pub pending: &'a [bool],
    pub statement: &'a Statement,
    /// What the statement drops, folded: the server drops before it does anything else.
    pub leaving: &'a Leaving,
}

/// What a statement drops, wherever in it.
pub(super) struct Leaving {
    constraints: Vec<String>,
    columns: Vec<String>,
}

/// The constraints and columns that a statement drops.
pub(super) fn leaving(statement: &Statement) -> Leaving {
    let mut leaving = Leaving { constraints: Vec::new(), columns: Vec::new() };
    for op in &statement.ops {
        match &op.change {
            Change::AlterTable { action: TableAction::DropConstraint { name, .. }, .. } => {
                leaving.constraints.push(name.value.clone())
            }
            Change::AlterTable { action: TableAction::DropColumn { name, .. }, .. } => leaving.columns.push(name.value.clone()),
            _ => {}
        }
    }
    leaving
}

/// An operation with the facts before it and what it costs.
pub(super) fn step(moment: &Moment, op: SchemaOp) -> Step {
    let table = before(moment, &op);
    let mut effects = match moment.state.dialect {
        // Relatives of PostgreSQL refuse other things than it does.
        Dialect::Postgres if moment.variant.is_some() => {
            let mut effects = changes::of(moment, &op, table.as_ref());
            if let Some(reasons) = &mut effects.reasons {
                (reasons.fails, reasons.refusal) = (None, None);
            }
            effects
        }
        Dialect::Postgres => changes::of(moment, &op, table.as_ref()),
        Dialect::MySql => mysql::of(moment, &op),
        Dialect::Sqlite => sqlite::of(moment, &op, table.as_ref()),
        Dialect::SqlServer | Dialect::ClickHouse => Effects::default(),
    };
    effects.reversible = reversible::of(moment.state, &op, table.as_ref());
    Step { op, table, effects }
}

/// An operation of a migration that ran before: with the facts about its table, and without what it did cost.
pub(super) fn past_step(moment: &Moment, op: SchemaOp) -> Step {
    let mut table = before(moment, &op);
    if let Some(table) = &mut table {
        (table.column, table.type_change) = (None, None);
    }
    Step { op, table, effects: Effects::default() }
}

/// A comment on a table or a column, and statistics over it, lock the table: they become an operation of their own, since they
/// have no other effect.
pub(super) fn comment(statement: &mut Statement, text: Excerpt, dialect: Dialect) {
    let written = text.under(statement.span);
    let starts = |word: &str| written.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    if dialect != Dialect::Postgres || !statement.ops.is_empty() || !(starts("comment ") || starts("create statistics ")) {
        return;
    }
    let words: Vec<&str> = written.split_whitespace().collect();
    let (object, name) = match words.as_slice() {
        [_, _, object, name, ..] if starts("comment ") => (*object, *name),
        [.., from, name] if from.eq_ignore_ascii_case("from") => ("STATISTICS", *name),
        _ => return,
    };
    let fold = |part: &str| if part.contains('"') { part.replace('"', "") } else { part.to_lowercase() };
    let mut parts: Vec<Name> = name.split('.').map(|part| fold(part).into()).collect();
    let words = match object.to_ascii_uppercase().as_str() {
        "TABLE" => "COMMENT ON TABLE",
        "STATISTICS" => "CREATE STATISTICS",
        "COLUMN" => {
            parts.pop();
            "COMMENT ON COLUMN"
        }
        _ => return,
    };
    let Some(name) = parts.pop() else { return };
    let table = ObjectName { schema: parts.pop(), name, span: statement.head };
    statement.ops.push(SchemaOp { change: Change::TableObject { words: words.into(), table }, span: statement.span });
}

/// The table that an operation is about, and the column that it names.
fn subject(op: &SchemaOp) -> Option<(&ObjectName, Option<&str>)> {
    match &op.change {
        Change::AlterTable { table, action, .. } => Some((table, column_of(action))),
        Change::CreateIndex(def) => Some((&def.table, None)),
        Change::DropTable { names, .. } => names.first().map(|name| (name, None)),
        Change::TableObject { table, .. } => Some((table, None)),
        Change::Data { tables, .. } | Change::LockTable { tables, .. } => tables.first().map(|name| (name, None)),
        Change::DropIndex { table: Some(table), .. } | Change::RenameIndex { table: Some(table), .. } => Some((table, None)),
        Change::Maintenance { table: Some(table), .. } => Some((table, None)),
        Change::Reindex { target: Some(table), index: false, .. } => Some((table, None)),
        _ => None,
    }
}

fn column_of(action: &TableAction) -> Option<&str> {
    match action {
        TableAction::DropColumn { name, .. } => Some(&name.value),
        TableAction::RenameColumn { from, .. } => Some(&from.value),
        TableAction::AddColumn { column, .. } => Some(&column.name.value),
        TableAction::AlterType { column, .. }
        | TableAction::SetNotNull { column }
        | TableAction::DropNotNull { column }
        | TableAction::SetDefault { column, .. }
        | TableAction::DropDefault { column }
        | TableAction::Identity { column, .. } => Some(&column.value),
        _ => None,
    }
}

/// The facts about the table of an operation.
fn before(moment: &Moment, op: &SchemaOp) -> Option<TableBefore> {
    let state = moment.state;
    let slot = match (&op.change, subject(op)) {
        (Change::DropIndex { names, table: None, .. }, _) => state.find_index(names.first()?, None).map(|(slot, _)| slot),
        (Change::RenameIndex { from, table: None, .. }, _) => state.find_index(from, None).map(|(slot, _)| slot),
        (Change::Reindex { target: Some(target), index: true, .. }, _) => state.find_index(target, None).map(|(slot, _)| slot),
        (_, Some((name, _))) => match state.find(name) {
            Some(slot) => Some(slot),
            None => return Some(external(state.resolved(name))),
        },
        _ => return None,
    };
    let table = state.table(slot?)?;
    let named = subject(op).and_then(|(_, column)| column);
    let column = named.and_then(|name| find_column(state, table, name));
    let type_change = match (&op.change, column) {
        (Change::AlterTable { action: TableAction::AlterType { column_type, using, collation, .. }, .. }, column) => {
            let wanted = types::Wanted { to: column_type.as_deref(), using: using.as_deref(), collation: collation.as_deref() };
            Some(Box::new(types::judge(moment, table, column, &wanted)))
        }
        _ => None,
    };
    Some(TableBefore {
        name: table.name.clone(),
        origin: origin(moment, table),
        created: (!table.external).then_some(table.name_span),
        temporary: table.temporary,
        partitioned: table.partitioned,
        seeded: table.seeded,
        columns_known: table.columns_complete(),
        proven_not_null: column.and_then(|column| proof(table, column)).map(|check| check.span),
        column: column.cloned().map(Box::new),
        type_change,
    })
}

fn external(name: TableName) -> TableBefore {
    TableBefore {
        name,
        origin: TableOrigin::External,
        created: None,
        temporary: false,
        partitioned: false,
        seeded: false,
        columns_known: false,
        column: None,
        proven_not_null: None,
        type_change: None,
    }
}

fn find_column<'t>(state: &State, table: &'t Table, name: &str) -> Option<&'t Column> {
    table.columns.iter().find(|column| super::names::same(state.dialect, &column.name, name))
}

/// The validated check that proves a column not to be NULL, also one that the same statement drops.
fn proof<'t>(table: &'t Table, column: &Column) -> Option<&'t Check> {
    let proves = |check: &&Check| check.validated && check.not_null_columns.contains(&column.name);
    table.checks.iter().find(proves)
}

fn origin(moment: &Moment, table: &Table) -> TableOrigin {
    let is_pending = |number: usize| moment.pending.get(number).copied().unwrap_or(false);
    match table.migration {
        _ if table.external => TableOrigin::External,
        number if number == moment.state.migration => TableOrigin::SameMigration,
        number if is_pending(number) && is_pending(moment.state.migration) => TableOrigin::Pending,
        _ => TableOrigin::Before,
    }
}

/// The effects of all changes of a statement together: the strongest lock by table; one unknown makes the whole unknown.
pub(super) fn together(statement: &AppliedStatement) -> Effects {
    let known = matches!(statement.understanding, Understanding::Full | Understanding::NoEffect);
    let nothing = || known.then(Box::default);
    let mut sum = Effects {
        locks: Some(Box::default()),
        rewrites: nothing(),
        scans: nothing(),
        writers_wait: nothing(),
        reversible: known.then_some(Reversible::Freely),
        ..Effects::default()
    };
    if !known && statement.ops.is_empty() {
        sum.locks = None;
    }
    for step in costly(statement) {
        let one = &step.effects;
        sum.locks = merge(sum.locks, one.locks.as_deref(), add_lock);
        sum.rewrites = merge(sum.rewrites, one.rewrites.as_deref(), add_name);
        sum.scans = merge(sum.scans, one.scans.as_deref(), add_name);
        if let Some(more) = &one.reasons {
            let reasons = sum.reasons_mut();
            reasons.fails = reasons.fails.take().or_else(|| more.fails.clone());
            reasons.refused_by = reasons.refused_by.take().or_else(|| more.refused_by.clone());
            reasons.because = reasons.because.take().or_else(|| more.because.clone());
        }
        sum.writers_wait = merge(sum.writers_wait, one.writers_wait.as_deref(), add_name);
        sum.reversible = sum.reversible.zip(one.reversible).map(|(a, b)| a.max(b));
    }
    add_algorithms(&mut sum, statement);
    sum
}

/// The steps of a statement that may cost something; those of objects beside tables only note what the others do.
fn costly(statement: &AppliedStatement) -> impl Iterator<Item = &Step> {
    statement.ops.iter().filter(|step| !matches!(step.op.change, Change::Object(_)))
}

/// The changes of one statement are carried out together, by the dearest algorithm; what would be done at once alone may then
/// write every row anew.
fn add_algorithms(sum: &mut Effects, statement: &AppliedStatement) {
    let known = |step: &&Step| step.effects.writers_wait.is_some();
    if costly(statement).next().is_none() || !costly(statement).all(|step| known(&step)) {
        return;
    }
    let algorithms = || costly(statement).filter_map(|step| step.effects.algorithm);
    sum.algorithm = algorithms().max();
    let mixed = algorithms().min() != algorithms().max();
    if mixed && sum.rewrites.as_deref().is_some_and(<[_]>::is_empty) {
        sum.rewrites = None;
    }
}

fn merge<T: Clone>(sum: Option<Box<[T]>>, more: Option<&[T]>, add: fn(&mut Vec<T>, &T)) -> Option<Box<[T]>> {
    let mut sum = sum?.into_vec();
    for one in more? {
        add(&mut sum, one);
    }
    Some(sum.into())
}

/// Keeps the strongest mode of each table.
fn add_lock(locks: &mut Vec<(TableName, LockMode)>, one: &(TableName, LockMode)) {
    match locks.iter_mut().find(|(table, _)| *table == one.0) {
        Some((_, mode)) => *mode = (*mode).max(one.1),
        None => {
            // Nearly all hold one, where room would be made for four.
            if locks.is_empty() {
                locks.reserve_exact(1);
            }
            locks.push(one.clone());
        }
    }
}

fn add_name(names: &mut Vec<TableName>, one: &TableName) {
    if !names.contains(one) {
        if names.is_empty() {
            names.reserve_exact(1);
        }
        names.push(one.clone());
    }
}
