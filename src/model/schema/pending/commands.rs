//! Pending commands that take a strong lock where a weaker one would do: indexes, partitions, materialized views,
//! maintenance.

use super::PendingStep;
use crate::model::schema::catalog::TableName;
use crate::sql::{Change, ObjectName, TableAction};

/// An index that is built anew, or all of a table, schema or database.
#[derive(Debug, Clone, Copy)]
pub struct Reindexed<'m> {
    /// The index or the table; `None` for all of a schema or database.
    pub target: Option<&'m ObjectName>,
    /// Whether the target is an index.
    pub is_index: bool,
}

impl<'m> PendingStep<'m> {
    /// The indexes that it drops.
    pub fn dropped_indexes(&self) -> &'m [ObjectName] {
        match &self.step.op.change {
            Change::DropIndex { names, .. } => names,
            _ => &[],
        }
    }

    /// Whether it locks nothing for certain: what it names is not there.
    pub fn locks_nothing(&self) -> bool {
        self.step.effects.locks.as_deref().is_some_and(<[_]>::is_empty)
    }

    /// What it builds anew.
    pub fn reindexed(&self) -> Option<Reindexed<'m>> {
        match &self.step.op.change {
            Change::Reindex { target, index, .. } => Some(Reindexed { target: target.as_ref(), is_index: *index }),
            _ => None,
        }
    }

    /// The partition that it detaches.
    pub fn detached_partition(&self) -> Option<&'m ObjectName> {
        match self.action()? {
            TableAction::DetachPartition { child, .. } => Some(child),
            _ => None,
        }
    }

    /// The partition that it attaches: its name in the catalog.
    pub fn attached_partition(&self) -> Option<TableName> {
        let TableAction::AttachPartition { child, .. } = self.action()? else { return None };
        let locks = self.step.effects.locks.as_deref().unwrap_or_default();
        let held = locks.iter().map(|(name, _)| name).find(|name| name.name == child.name);
        Some(held.cloned().unwrap_or_else(|| TableName { schema: child.schema.clone(), name: child.name.clone() }))
    }

    /// The materialized view that it fills anew, and whether readers may go on meanwhile.
    pub fn refreshed_view(&self) -> Option<(TableName, bool)> {
        match &self.step.op.change {
            Change::RefreshView { name, concurrently } => {
                let held = self.step.effects.locks.as_deref().unwrap_or_default().first();
                let written = TableName { schema: name.schema.clone(), name: name.name.clone() };
                Some((held.map(|(name, _)| name.clone()).unwrap_or(written), *concurrently))
            }
            _ => None,
        }
    }

    /// The words of a command whose purpose is to write a table anew, and the table; `None` for the table where it does so
    /// with all of them.
    pub fn rewriting_command(&self) -> Option<(&'m str, Option<String>)> {
        match &self.step.op.change {
            Change::Maintenance { words, table } if words == "VACUUM FULL" || words == "CLUSTER" => {
                Some((words, table.as_ref().map(|_| self.table())))
            }
            Change::AlterTable { action: TableAction::Other { words }, .. } if self.rewrites_table() => {
                Some((words, Some(self.table())))
            }
            _ => None,
        }
    }

    /// The column that it lets be NULL.
    pub fn relaxed_column(&self) -> Option<&'m str> {
        match self.action()? {
            TableAction::DropNotNull { column } => Some(&column.value),
            _ => None,
        }
    }

    /// The domain that it puts a constraint on which old rows must meet.
    pub fn constrained_domain(&self) -> Option<String> {
        match &self.step.op.change {
            Change::ConstrainDomain { name, not_valid: false } => Some(self.sql_name(&name.name)),
            _ => None,
        }
    }

    /// The tables that it reads in full, for certain.
    pub fn scanned_tables(&self) -> &'m [TableName] {
        self.step.effects.scans.as_deref().unwrap_or_default()
    }

    /// The database that it drops.
    pub fn dropped_database(&self) -> Option<&'m str> {
        match &self.step.op.change {
            Change::DropDatabase { name } => Some(&name.name),
            _ => None,
        }
    }
}
