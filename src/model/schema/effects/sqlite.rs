//! What a statement does in SQLite: which `ALTER TABLE` its grammar or its checks refuse, and what writes or reads every row.
//!
//! Measured on SQLite 3.40 by `tests/servers/sqlite.py`. Locks are of the whole database there and are not judged.

use super::super::catalog::{Backing, Column, Table};
use super::super::history::{Effects, TableBefore};
use super::super::replay::is_null;
use super::cost::Cost;
use super::{Moment, find_column};
use crate::sql::{Change, ColumnDef, ConstraintKind, Dialect, SchemaOp, TableAction, tokens};

/// The cost of an operation on SQLite.
pub(super) fn of(moment: &Moment, op: &SchemaOp, before: Option<&TableBefore>) -> Effects {
    let mut cost = Cost::default();
    cost.doubt_locks();
    match &op.change {
        Change::AlterTable { table, if_exists, action, .. } => {
            let name = moment.state.resolved(table);
            if *if_exists {
                cost.fail("SQLite has no ALTER TABLE IF EXISTS");
            }
            let held = moment.state.find(table).and_then(|slot| moment.state.table(slot)).filter(|held| !held.external);
            match action {
                TableAction::AddColumn { column, if_not_exists } => {
                    if *if_not_exists {
                        cost.fail("SQLite has no ADD COLUMN IF NOT EXISTS");
                    }
                    add_column(column, held, before, &mut cost);
                    let tested = column.constraints.iter().any(|one| matches!(one.kind, ConstraintKind::Check { .. }));
                    let made = column.generated.is_some() && column.not_null.is_some();
                    if tested || made {
                        cost.scan(&name);
                    }
                }
                TableAction::DropColumn { name: column, if_exists, cascade } => {
                    if *if_exists || *cascade {
                        cost.fail("SQLite knows neither IF EXISTS nor CASCADE at DROP COLUMN");
                    }
                    if let Some(held) = held {
                        drop_column(moment, held, &column.value, &mut cost);
                    }
                    cost.rewrite(&name);
                }
                TableAction::RenameTable { .. } | TableAction::RenameColumn { .. } => {}
                other => match refused(other) {
                    Some(what) => cost.fail(format!("SQLite has no {what}: the table has to be built anew")),
                    None => cost.doubt_rewrite(),
                },
            }
        }
        Change::CreateIndex(index) => {
            if index.concurrently.is_some() {
                cost.fail("SQLite has no CREATE INDEX CONCURRENTLY");
            }
            if !index.include.is_empty() {
                cost.fail("SQLite has no INCLUDE in an index");
            }
            cost.scan(&moment.state.resolved(&index.table));
        }
        Change::DropIndex { names, concurrently, if_exists, .. } => {
            if concurrently.is_some() {
                cost.fail("SQLite has no DROP INDEX CONCURRENTLY");
            }
            for name in names {
                let at = moment.state.find_index(name, None);
                let backs = at.and_then(|(slot, position)| moment.state.table(slot)?.indexes.get(position)?.backs);
                // The index behind a constraint has a name of SQLite's own, so that `IF EXISTS` finds nothing.
                if backs.is_some() && !if_exists {
                    cost.fail(format!("index `{}` cannot be dropped: it belongs to a constraint", name.name));
                }
            }
        }
        Change::DropTable { cascade: true, .. } => cost.fail("SQLite has no DROP TABLE CASCADE"),
        Change::Data { verb: crate::sql::DataVerb::Truncate, .. } => cost.fail("SQLite has no TRUNCATE: use DELETE FROM"),
        Change::CreateTable(_) | Change::DropTable { .. } | Change::CreateView { .. } | Change::DropView { .. } => {}
        Change::Begin | Change::Commit | Change::Rollback | Change::Setting { .. } | Change::TableObject { .. } => {}
        _ => cost.doubt_rewrite(),
    }
    cost.finish()
}

/// The words of an action that SQLite's grammar does not have.
fn refused(action: &TableAction) -> Option<&'static str> {
    Some(match action {
        TableAction::AlterType { .. } => "ALTER COLUMN .. TYPE",
        TableAction::SetNotNull { .. } | TableAction::DropNotNull { .. } => "ALTER COLUMN .. NOT NULL",
        TableAction::SetDefault { .. } | TableAction::DropDefault { .. } => "ALTER COLUMN .. DEFAULT",
        TableAction::Identity { .. } => "identity columns",
        TableAction::AddConstraint(_) => "ADD CONSTRAINT",
        TableAction::DropConstraint { .. } => "DROP CONSTRAINT",
        TableAction::ValidateConstraint { .. } => "VALIDATE CONSTRAINT",
        TableAction::RenameConstraint { .. } => "RENAME CONSTRAINT",
        TableAction::SetSchema { .. } => "SET SCHEMA",
        TableAction::AttachPartition { .. } | TableAction::DetachPartition { .. } => "partitions",
        _ => return None,
    })
}

fn add_column(column: &ColumnDef, held: Option<&Table>, before: Option<&TableBefore>, cost: &mut Cost) {
    let name = &column.name.value;
    if held.is_some_and(|table| table.columns.iter().any(|one| one.name.eq_ignore_ascii_case(name))) {
        cost.fail(format!("column `{name}` is there already"));
    }
    let default = column.default.as_ref().filter(|default| !is_null(default));
    for constraint in &column.constraints {
        match &constraint.kind {
            ConstraintKind::PrimaryKey { .. } => cost.fail("SQLite cannot add a PRIMARY KEY column"),
            ConstraintKind::Unique { .. } => cost.fail("SQLite cannot add a UNIQUE column"),
            _ => {}
        }
    }
    if column.generated == Some(true) {
        cost.fail("SQLite cannot add a STORED column");
    }
    // The rest is refused only where there are rows that would need a value.
    let Some(before) = before.filter(|before| before.may_hold_rows()) else { return };
    let mut fail = |why: &str| cost.fail(format!("fails when `{}` holds rows: {why}", before.name));
    if default.is_some_and(|default| is_no_constant(&default.text)) {
        fail("the default of a new column must be a constant");
    }
    if column.not_null.is_some() && default.is_none() && column.generated.is_none() {
        fail("they have no value for a NOT NULL column without a default");
    }
}

/// Whether a default is for certain none that rows that are there can share. Of an expression in brackets SQLite works out signs alone.
pub(in crate::model::schema) fn is_no_constant(default: &str) -> bool {
    let mut words = tokens(default, Dialect::Sqlite);
    words.retain(|word| !matches!(*word, "(" | ")" | "+" | "-"));
    let is = |word: &str, one: &&str| word.eq_ignore_ascii_case(one);
    match words.as_slice() {
        [] => false,
        [only] => ["current_timestamp", "current_date", "current_time"].iter().any(|one| is(only, one)),
        // `CAST` of a constant is one, and so is `x'00'`.
        [first, ..] => default.trim_start().starts_with('(') && !["cast", "x"].iter().any(|one| is(first, one)),
    }
}

/// What keeps a column from being dropped.
fn drop_column(moment: &Moment, table: &Table, name: &str, cost: &mut Cost) {
    let Some(column) = find_column(moment.state, table, name) else { return };
    let is = |one: &str| one.eq_ignore_ascii_case(&column.name);
    let says = |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(is);
    for index in &table.indexes {
        let in_key = index.keys.iter().any(|key| key.column.as_deref().map_or_else(|| says(key.text()), is));
        if in_key || index.predicate.as_ref().is_some_and(|one| says(&one.value)) {
            return cost.fail(match index.backs {
                Some(Backing::PrimaryKey) => format!("column `{name}` cannot be dropped: it is in the primary key"),
                Some(_) => format!("column `{name}` cannot be dropped: it is UNIQUE"),
                None => format!(
                    "column `{name}` cannot be dropped: index `{}` uses it",
                    index.name.as_deref().unwrap_or("without a name")
                ),
            });
        }
    }
    if table.foreign_keys.iter().any(|key| key.columns.iter().any(|one| is(one)) && !is_own(key.span, column)) {
        return cost.fail(format!("column `{name}` cannot be dropped: a foreign key uses it"));
    }
    if table.checks.iter().any(|check| says(&check.text) && !is_own(check.span, column)) {
        return cost.fail(format!("column `{name}` cannot be dropped: a CHECK uses it"));
    }
    for view in moment.state.views_of(&table.name) {
        if view.reads.len() == 1 && view.identifiers.iter().any(|one| is(&one.value)) {
            return cost.fail(format!("column `{name}` cannot be dropped: view `{}` uses it", view.name));
        }
    }
}

/// Whether a constraint is written with the column itself, so that it goes with it.
fn is_own(span: crate::source::Span, column: &Column) -> bool {
    span.source == column.span.source && column.span.start <= span.start && span.end <= column.span.end
}
