//! A name that is taken away and given again in one migration.

use super::{PendingStep, assignments};
use crate::model::schema::history::Step;
use crate::model::words;
use crate::source::Sources;
use crate::sql::{Change, ColumnDef, DataVerb, Dialect, TableAction};

impl<'m> PendingStep<'m> {
    /// The column to which the same migration gives the name of one that this step drops: the usual way to change what is in it
    /// where a column cannot be changed in place.
    pub fn heir_of(&self, name: &str) -> Option<&'m str> {
        let here = self.step.op.span.start;
        self.own_on_table().filter(|step| step.op.span.start > here).find_map(|step| match &step.op.change {
            Change::AlterTable { action: TableAction::RenameColumn { from, to }, .. } if to.value == name => {
                Some(from.value.as_str())
            }
            _ => None,
        })
    }

    /// Whether the same migration fills one column of the table from another one before this step.
    pub fn is_filled_from(&self, filled: &str, from: &str, sources: &Sources) -> bool {
        let here = self.step.op.span.start;
        let mut before = self.own_on_table().filter(|step| step.op.span.start < here);
        before.any(|step| {
            let mut sets = assignments(sources.text(step.op.span));
            let is_copied = |(column, value): (&str, &str)| column.eq_ignore_ascii_case(filled) && words::mentions(value, from);
            matches!(step.op.change, Change::Data { verb: DataVerb::Update, .. }) && sets.any(is_copied)
        })
    }

    /// Whether the same migration drops a column of this name of the table before this step.
    pub fn is_freed_before(&self, name: &str) -> bool {
        let here = self.step.op.span.start;
        self.own_on_table().filter(|step| step.op.span.start < here).any(|step| match &step.op.change {
            Change::AlterTable { action: TableAction::DropColumn { name: gone, .. }, .. } => gone.value == name,
            _ => false,
        })
    }

    /// The column of this name that the same migration adds to the table after this step.
    pub fn column_made_again(&self, name: &str) -> Option<&'m ColumnDef> {
        let here = self.step.op.span.start;
        self.own_on_table().filter(|step| step.op.span.start > here).find_map(|step| match &step.op.change {
            Change::AlterTable { action: TableAction::AddColumn { column, .. }, .. } if column.name.value == name => {
                Some(&**column)
            }
            _ => None,
        })
    }

    /// What changes a column and keeps its values, in place of dropping it and adding it as `again`.
    pub fn keep_values_help(&self, again: &ColumnDef, sources: &Sources) -> String {
        let (table, column) = (self.table(), self.sql_name(&again.name.value));
        let whole = sources.text(again.span).trim();
        match self.dialect() {
            Dialect::MySql => {
                format!("change the column that is there instead, with its values:\nALTER TABLE {table} MODIFY {whole};")
            }
            // There is no statement that changes a column.
            Dialect::Sqlite => {
                let new = self.sql_name(&format!("{}_new", again.name.value));
                let definition = whole.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
                format!(
                    "copy the values before the old column goes:\nALTER TABLE {table} ADD COLUMN {new} {definition};\nUPDATE {table} SET {new} = {column};\nALTER TABLE {table} DROP COLUMN {column};\nALTER TABLE {table} RENAME COLUMN {new} TO {column};"
                )
            }
            _ => format!(
                "change the column that is there instead, with its values:\nALTER TABLE {table} ALTER COLUMN {column} ..;"
            ),
        }
    }

    /// The steps of its migration on its table, in order.
    fn own_on_table(&self) -> impl Iterator<Item = &'m Step> + use<'m> {
        let table = self.before().map(|before| &before.name);
        let all = self.migration.statements.iter().flat_map(|one| &one.ops);
        all.filter(move |step| step.table.as_ref().is_some_and(|before| Some(&before.name) == table))
    }
}
