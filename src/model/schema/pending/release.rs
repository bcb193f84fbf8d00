//! What a deployment does as a whole: columns that it adds and drops in one step, columns that it adds and demands.

use super::{Audience, PendingStep};
use crate::model::schema::{AppliedMigration, AppliedStatement, Database, Schema};
use crate::model::words;
use crate::source::{Sources, Span};
use crate::sql::{Change, DataVerb, TableAction, Understanding};

/// A column that a deployment drops, and the one that it adds in its place.
#[derive(Debug, Clone, Copy)]
pub struct Replaced<'m> {
    /// The step that drops.
    pub drop: PendingStep<'m>,
    /// The column that goes.
    pub old: &'m str,
    /// The step that adds.
    pub add: PendingStep<'m>,
    /// The column that comes.
    pub new: &'m str,
    /// The statement that copies one to the other, where there is one. Without it, names and types are the evidence.
    pub copy: Option<Span>,
}

/// A column that a deployment adds without a value and then demands.
#[derive(Debug, Clone, Copy)]
pub struct Unfilled<'m> {
    /// The step that adds it.
    pub add: PendingStep<'m>,
    /// The step that demands NOT NULL.
    pub demand: PendingStep<'m>,
    /// The column.
    pub column: &'m str,
}

impl Database {
    /// The statements that go out together with one of a pending migration, in the order of application.
    fn deployed_with<'m>(
        &'m self,
        migration: &'m AppliedMigration,
    ) -> impl Iterator<Item = (&'m AppliedMigration, &'m AppliedStatement)> {
        let together = self.deployed_together;
        let all = self.migrations.iter().filter(move |one| std::ptr::eq(*one, migration) || (together && one.pending));
        all.flat_map(|one| one.statements.iter().map(move |statement| (one, statement)))
    }
}

impl Schema {
    /// Every column of a table in use that a deployment drops while it adds the one that replaces it: the new one is filled from
    /// the old one, or has its type and its name.
    pub fn replaced_in_one_release(&self, sources: &Sources) -> Vec<Replaced<'_>> {
        let drops = self.pending_steps().filter(|step| step.column_audience() == Audience::Everybody);
        drops.filter_map(|drop| replacement(drop, sources)).collect()
    }

    /// Whether a pending migration drops or renames a column, or may take values from one.
    pub fn takes_away(&self) -> bool {
        self.pending_steps().any(|step| {
            let narrows = matches!(step.action(), Some(TableAction::AlterType { .. } | TableAction::DropConstraint { .. }));
            narrows || step.dropped_column().is_some() || step.renamed_column().is_some()
        })
    }

    /// Every column that a deployment adds without a value for the rows that are there, and demands before anything fills it.
    pub fn demanded_unfilled(&self) -> Vec<Unfilled<'_>> {
        self.pending_steps().filter_map(unfilled).collect()
    }
}

/// The steps that go out together with one, on its table.
fn company<'m>(of: PendingStep<'m>) -> impl Iterator<Item = PendingStep<'m>> {
    let all = of.database.deployed_with(of.migration);
    let steps = all.flat_map(move |(migration, statement)| {
        statement.ops.iter().map(move |step| PendingStep { migration, statement, step, ..of })
    });
    steps.filter(move |other| other.before().zip(of.before()).is_some_and(|(a, b)| a.name == b.name))
}

fn replacement<'m>(drop: PendingStep<'m>, sources: &Sources) -> Option<Replaced<'m>> {
    let old = drop.dropped_column()?;
    // A name that comes back, or that was only put aside, is no other column.
    let is_aside = company(drop).any(|step| step.renamed_column().is_some_and(|(_, to)| to == old));
    if is_aside {
        return None;
    }
    let added: Vec<(PendingStep<'m>, &'m str)> = company(drop)
        .filter_map(|add| Some((add, add.added_column()?)))
        .filter(|(add, column)| column.name.value != old && !add.is_there_already())
        .map(|(add, column)| (add, column.name.value.as_str()))
        .collect();
    let copies = added.iter().find_map(|(add, new)| {
        let writes = company(drop).filter(|step| matches!(step.step.op.change, Change::Data { verb: DataVerb::Update, .. }));
        let copy = writes
            .map(|step| step.statement.span)
            .find(|span| assignments(sources.text(*span)).any(|(column, value)| column == *new && words::mentions(value, old)))?;
        Some(Replaced { drop, old, add: *add, new, copy: Some(copy) })
    });
    let old_type = drop.column().and_then(|column| column.column_type.known());
    let alike = || {
        let same_type = |add: &PendingStep<'m>| {
            let new_type = add.added_column().and_then(|column| column.column_type.as_ref());
            old_type.zip(new_type).is_some_and(|(a, b)| a.name == b.value.name && a.array == b.value.array)
        };
        let (add, new) = added.iter().find(|(add, new)| same_type(add) && words::is_rewording(old, new))?;
        Some(Replaced { drop, old, add: *add, new, copy: None })
    };
    copies.or_else(alike)
}

/// The columns that an `UPDATE` sets, and to what.
pub(in crate::model::schema) fn assignments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let ends = ["where", "from", "returning", "order", "limit"];
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quote, mut word) = (None, 0i32, None, 0);
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if quote.is_some() || c.is_alphanumeric() || c == '_' || depth > 0 {
            continue;
        }
        let said = text.get(word..at).unwrap_or("").trim().to_ascii_lowercase();
        word = at + c.len_utf8();
        match start {
            None if said == "set" => start = Some(at),
            Some(from) if c == ',' || at == text.len() || ends.contains(&said.as_str()) => {
                parts.push(text.get(from..at).unwrap_or(""));
                if c != ',' {
                    break;
                }
                start = Some(at + 1);
            }
            _ => {}
        }
    }
    parts.into_iter().filter_map(|part| {
        let (column, value) = part.split_once('=')?;
        let column = column.trim().trim_matches(['"', '`']);
        Some((column.rsplit(['.', '"', '`']).next().unwrap_or(column), value))
    })
}

fn unfilled<'m>(demand: PendingStep<'m>) -> Option<Unfilled<'m>> {
    let column = demand.required_column()?;
    let may_hold_rows = demand.before().is_some_and(|before| before.seeded) || demand.audience() == Audience::Everybody;
    if !may_hold_rows || demand.is_emptied() {
        return None;
    }
    let add = company(demand)
        .take_while(|step| !std::ptr::eq(step.step, demand.step))
        .filter(|step| step.added_column().is_some_and(|added| added.name.value == column))
        .last()?;
    let added = add.added_column().filter(|added| added.complete && !added.is_filled() && !added.is_required())?;
    if add.is_there_already() || add.statement.maybe || added.column_type.is_none() {
        return None;
    }
    // What stands between may fill it: an UPDATE, a block, a function that is called.
    let mut between = demand
        .database
        .deployed_with(demand.migration)
        .skip_while(|(_, statement)| !std::ptr::eq(*statement, add.statement))
        .map(|(_, statement)| statement)
        .take_while(|statement| !std::ptr::eq(*statement, demand.statement));
    let fills = |statement: &AppliedStatement| {
        let is_opaque = matches!(statement.understanding, Understanding::Partial(_) | Understanding::Opaque(_));
        let writes = |change: &Change| match change {
            Change::Data { .. } | Change::TableObject { .. } => true,
            Change::AlterTable { action, .. } => matches!(action, TableAction::Unknown { .. }),
            _ => false,
        };
        is_opaque || statement.ops.is_empty() || statement.ops.iter().any(|step| writes(&step.op.change))
    };
    let is_filled = between.any(fills);
    (!is_filled).then_some(Unfilled { add, demand, column })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_update_sets_is_read_from_its_text() {
        let of = |text: &str| assignments(text).map(|(a, b)| format!("{a}={}", b.trim())).collect::<Vec<_>>();
        assert_eq!(of("UPDATE t SET a = b * 2, \"c\" = f(d, 'x, y') WHERE e = 1"), ["a=b * 2", "c=f(d, 'x, y') WHERE"]);
        assert_eq!(of("update t as x set x.a = 'from' from u"), ["a='from' from"]);
        assert_eq!(of("UPDATE t SET a=1"), ["a=1"]);
        assert!(of("DELETE FROM t").is_empty());
    }
}
