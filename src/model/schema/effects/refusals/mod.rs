//! What PostgreSQL refuses by its catalog alone, whatever the rows: the statement then changes nothing.
//!
//! A refusal is told only where everything that it rests on is known. Actions of one `ALTER TABLE` are tried one after the other,
//! in the server's order.

mod alter;
mod columns;
mod indexes;
mod keys;
mod objects;
mod partitions;
mod tables;
mod types;

use super::super::catalog::{Column, Table, TableName};
use super::super::history::Refusal;
use super::super::replay::State;
use crate::sql::{Change, Dialect, ObjectName, SchemaOp, Statement, TableAction, Understanding};

/// The moment of a question: the catalog before an operation, and the words.
struct Ask<'a> {
    state: &'a State,
    /// The whole text of the file.
    text: &'a str,
    statement: &'a Statement,
    /// Major version of the server.
    version: u32,
}

/// Why the server refuses a statement; `None` where it does not, and where that is not known. `text` is the whole file.
pub(in super::super) fn of(state: &State, statement: &Statement, text: &str, version: u32) -> Option<Refusal> {
    let plain = statement.understanding == Understanding::Full && !statement.maybe && !statement.guarded;
    if state.dialect != Dialect::Postgres || !plain || statement.block.is_some() {
        return None;
    }
    let ask = Ask { state, text, statement, version };
    match statement.ops.as_slice() {
        [SchemaOp { change: Change::AlterTable { table, .. }, .. }, _, ..] => ask.one_after_the_other(table),
        ops => ops.iter().enumerate().find_map(|(at, op)| Some(Refusal { op: at, ..ask.operation(op)? })),
    }
}

impl<'a> Ask<'a> {
    /// Tries the actions of one `ALTER TABLE` in the server's order, each on what those before it left.
    fn one_after_the_other(&self, table: &ObjectName) -> Option<Refusal> {
        let ops = &self.statement.ops;
        if ops.iter().any(|op| !matches!(op.change, Change::AlterTable { .. })) {
            return None;
        }
        let Some(mut trial) = self.state.trial(table, ops) else { return self.operation(ops.first()?) };
        let mut order: Vec<usize> = (0..ops.len()).collect();
        order.sort_by_key(|at| ops.get(*at).map_or(0, pass));
        for at in order {
            let op = ops.get(at)?;
            if let Some(found) = (Ask { state: &trial, ..*self }).operation(op) {
                return Some(Refusal { op: at, ..found });
            }
            if let Some(found) = self.speaks_of_the_gone(&trial, op).or_else(|| self.changes_type_again(&trial, table, op)) {
                return Some(Refusal { op: at, ..found });
            }
            trial.apply(op, false);
        }
        None
    }

    fn operation(&self, op: &SchemaOp) -> Option<Refusal> {
        match &op.change {
            Change::CreateTable(def) => self.create_table(def),
            Change::AlterTable { table, if_exists, only, action } => {
                let Some(slot) = self.state.find(table) else {
                    return (!if_exists).then(|| self.missing_relation(table)).flatten();
                };
                self.alter(slot, *only, action, op)
            }
            Change::DropTable { names, if_exists: false, .. } => names.iter().find_map(|name| self.missing_table(name)),
            Change::CreateIndex(def) => self.create_index(def),
            Change::DropIndex { names, if_exists, .. } => self.drop_index(names, *if_exists),
            Change::RenameIndex { from, to, table: None } => self.rename_index(from, &to.value),
            _ => self.object(&op.change),
        }
    }

    /// Whether the statement is refused since a table is gone. One that was never seen may have been made elsewhere.
    fn missing_relation(&self, name: &ObjectName) -> Option<Refusal> {
        let known = self.state.find(name).is_some() || self.state.find_index(name, None).is_some() || self.state.is_other(name);
        let wanted = self.state.new_name(name);
        let gone = self.state.dropped.iter().rev().find(|one| one.table.name == wanted)?;
        (!known && self.state.is_whole()).then(|| {
            let found =
                Refusal::new(format!("there is no `{}` any more", spoken(name)), "name what is there, or create it first");
            found.against(gone.span, "it is dropped here")
        })
    }

    fn missing_table(&self, name: &ObjectName) -> Option<Refusal> {
        let mut found = self.missing_relation(name)?;
        found.remedy = format!("DROP TABLE IF EXISTS {};", spoken(name));
        Some(found)
    }

    /// Refused since a table, an index or a view has the name.
    fn taken(&self, name: &TableName) -> Option<Refusal> {
        self.state.is_relation(name).then(|| {
            let found =
                Refusal::new(format!("there is a `{}` already", short(name)), "take another name, or drop the other one first");
            let there = self.state.tables().find(|table| table.name == *name);
            match there {
                Some(table) => found.against(table.name_span, "the other one is created here"),
                None => found,
            }
        })
    }

    /// An action before it in the statement has changed the type already. One that wrote the type that the column has changes nothing.
    fn changes_type_again(&self, trial: &State, table: &ObjectName, op: &SchemaOp) -> Option<Refusal> {
        let Change::AlterTable { action: TableAction::AlterType { column: named, .. }, .. } = &op.change else { return None };
        let held = |state: &State| {
            let table = state.find(table).and_then(|slot| state.certain(slot))?;
            column(state, table, &named.value)?.column_type.known().cloned()
        };
        (held(self.state)? != held(trial)?).then(|| {
            let why = format!("the type of `{}` is changed twice in one statement", named.value);
            Refusal::new(why, "leave one of the two changes out")
        })
    }
}

/// When the server carries an action out, among the others of its statement.
fn pass(op: &SchemaOp) -> u8 {
    use crate::sql::ConstraintKind::{PrimaryKey, Unique};
    let Change::AlterTable { action, .. } = &op.change else { return 0 };
    match action {
        TableAction::DropColumn { .. }
        | TableAction::DropConstraint { .. }
        | TableAction::DropNotNull { .. }
        | TableAction::DropDefault { .. }
        | TableAction::Identity { add: false, .. } => 0,
        TableAction::AlterType { .. } => 1,
        TableAction::AddColumn { .. } => 2,
        TableAction::SetNotNull { .. } => 3,
        TableAction::AddConstraint(def) if matches!(def.kind, PrimaryKey { .. } | Unique { .. }) => 4,
        TableAction::AddConstraint(_) | TableAction::SetDefault { .. } | TableAction::Identity { .. } => 5,
        _ => 6,
    }
}

/// A name as it is written.
fn spoken(name: &ObjectName) -> String {
    match &name.schema {
        Some(schema) => format!("{schema}.{}", name.name),
        None => name.name.to_string(),
    }
}

/// A name without the schema that everybody has.
fn short(name: &TableName) -> String {
    match name.schema.as_deref() {
        None | Some("public" | "pg_temp") => name.name.to_string(),
        Some(schema) => format!("{schema}.{}", name.name),
    }
}

/// The column of this name.
fn column<'t>(state: &State, table: &'t Table, name: &str) -> Option<&'t Column> {
    super::find_column(state, table, name)
}

/// Names, quoted for people.
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
