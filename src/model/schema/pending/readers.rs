//! Who still reads what a deployment takes away, and which statements miss what it demands.

use super::{Audience, PendingStep};
use crate::model::Model;
use crate::model::queries::{Clause, Origin, ReadingRef, Verb};
use crate::model::schema::{Database, TableName, TableRef};
use crate::sql::Change;

/// A column or table that a deployment takes away, and the queries that need it.
#[derive(Debug, Clone)]
pub struct StillRead<'m> {
    /// The step that takes it away.
    pub step: PendingStep<'m>,
    /// The table.
    pub table: TableName,
    /// The column; `None` where the table itself goes.
    pub column: Option<&'m str>,
    /// Its new name as SQL writes it, where it is renamed.
    pub renamed: Option<String>,
    /// The places that name it, in the order of the queries; never empty.
    pub readings: Vec<ReadingRef<'m>>,
}

/// A column that a deployment demands, and the statements that do not write it.
#[derive(Debug, Clone)]
pub struct Unwritten<'m> {
    /// The step that demands it.
    pub step: PendingStep<'m>,
    /// The column.
    pub column: &'m str,
    /// The `INSERT`s that list other columns and not this one; never empty.
    pub inserts: Vec<ReadingRef<'m>>,
}

impl Model {
    fn number_of(&self, database: &Database) -> Option<usize> {
        self.schema.databases.iter().position(|one| std::ptr::eq(&**one, database))
    }

    /// The database of another model that is the same as this one: of the same folder and dialect.
    fn same_database(&self, database: &Database) -> Option<usize> {
        let key = |one: &Database| (one.source.clone(), one.dialect, one.variant.clone());
        self.schema.databases.iter().position(|one| key(one) == key(database))
    }

    /// Every column and table in use that a deployment takes away while a query still names it.
    pub fn still_read(&self) -> Vec<StillRead<'_>> {
        self.schema.pending_steps().flat_map(|step| self.still_read_by(step)).collect()
    }

    fn still_read_by<'m>(&'m self, step: PendingStep<'m>) -> Vec<StillRead<'m>> {
        let Some(database) = self.number_of(step.database) else { return Vec::new() };
        let mut found = Vec::new();
        let gone = step.dropped_column().map(|name| (name, None)).or(step.renamed_column().map(|(from, to)| (from, Some(to))));
        if let Some((column, renamed)) = gone
            && let Some(before) = step.before().filter(|_| step.column_audience() == Audience::Everybody)
            && step.refusing_view().is_none()
        {
            let is_gone = self.schema.table_in(database, &before.name).is_some() && !self.comes_back(&step, column);
            if is_gone {
                let mut readings = self.sure_readings(database, &before.name, column);
                readings.retain(|one| renamed.is_none() || !follows(&step, one));
                let renamed = renamed.map(|to| step.sql_name(to));
                found.push(StillRead { step, table: before.name.clone(), column: Some(column), renamed, readings });
            }
        }
        for lost in step.lost_tables() {
            let is_back = self.schema.table_in(database, &lost.name).is_some();
            if !is_back && step.audience_of(&lost.name) == Audience::Everybody && step.step.effects.fails().is_none() {
                let readings = self.readings(database, &lost.name).filter(|one| one.column.is_none()).collect();
                found.push(StillRead { step, table: lost.name.clone(), column: None, renamed: None, readings });
            }
        }
        for (old, new) in step.renamed_relations() {
            let is_old = |one: &ReadingRef| one.former_name().is_some_and(|former| former.span == step.step.op.span);
            let readings = self.readings(database, &old).filter(|one| is_old(one) && !follows(&step, one)).collect();
            found.push(StillRead { step, table: old, column: None, renamed: Some(step.spoken(&new)), readings });
        }
        found.retain(|one| !one.readings.is_empty());
        found
    }

    /// Whether a column that a step drops stands in its table again after all migrations.
    pub fn comes_back(&self, step: &PendingStep, column: &str) -> bool {
        let table = self.number_of(step.database).zip(step.before());
        let table = table.and_then(|(database, before)| self.schema.table_in(database, &before.name));
        table.is_some_and(|table| table.column(column).is_some())
    }

    fn sure_readings<'m>(&'m self, database: usize, table: &TableName, column: &str) -> Vec<ReadingRef<'m>> {
        self.column_readings(database, table, column).filter(|one| one.certain && !one.star).collect()
    }

    /// The places at which the queries of this model, that of the base, read what a step of another one drops; empty where none
    /// does.
    pub fn readings_before<'m>(&'m self, step: &PendingStep) -> Vec<ReadingRef<'m>> {
        let (Some(column), Some(before)) = (step.dropped_column(), step.before()) else { return Vec::new() };
        let Some(database) = self.same_database(step.database) else { return Vec::new() };
        self.sure_readings(database, &before.name, column).into_iter().filter(|one| one.query().is_application()).collect()
    }

    /// Every column in use that a deployment demands, without a value of its own, while an `INSERT` of the application leaves it out.
    pub fn unwritten(&self) -> Vec<Unwritten<'_>> {
        self.schema.pending_steps().filter_map(|step| self.unwritten_by(step)).collect()
    }

    fn unwritten_by<'m>(&'m self, step: PendingStep<'m>) -> Option<Unwritten<'m>> {
        let added = step.added_column().filter(|column| column.is_required()).map(|column| column.name.value.as_str());
        let column = step.required_column().or(added)?;
        let before = step.before().filter(|_| step.audience() == Audience::Everybody)?;
        let database = self.number_of(step.database)?;
        let table = self.schema.table_in(database, &before.name)?;
        let has_trigger = has_trigger(step.database, &before.name);
        if !demands(table, column) || has_trigger || step.statement.maybe {
            return None;
        }
        let leaves_out = |one: &ReadingRef| {
            let Some(scope) = one.scope() else { return false };
            let written: Vec<_> = scope.mentions.iter().filter(|mention| mention.clause == Clause::Written).collect();
            scope.verb == Verb::Insert
                && one.query().is_application()
                && one.query().is_clear()
                && !written.is_empty()
                && !written.iter().any(|mention| mention.column.name.eq_ignore_ascii_case(column))
        };
        let places = self.readings(database, &before.name).filter(|one| one.column.is_none() && one.writes());
        let inserts: Vec<ReadingRef> = places.filter(leaves_out).collect();
        (!inserts.is_empty()).then_some(Unwritten { step, column, inserts })
    }
}

/// Whether what reads is a view that a rename carries along.
fn follows(step: &PendingStep, reading: &ReadingRef) -> bool {
    step.views_follow_renames() && matches!(reading.query().origin, Origin::View(_))
}

/// Whether a row without a value for the column is refused, after all migrations.
fn demands(table: TableRef, column: &str) -> bool {
    table.columns_complete()
        && table.column(column).is_some_and(|column| {
            column.nullable.known() == Some(&false)
                && column.default.known_absent()
                && !column.auto_increment
                && column.generated.is_none()
        })
}

/// Whether a trigger of the table may fill what is left out.
fn has_trigger(database: &Database, table: &TableName) -> bool {
    let statements = database.migrations.iter().flat_map(|migration| &migration.statements);
    statements.flat_map(|statement| &statement.ops).any(|step| match &step.op.change {
        Change::TableObject { words, table: on } => words.contains("TRIGGER") && on.name.eq_ignore_ascii_case(&table.name),
        _ => false,
    })
}
