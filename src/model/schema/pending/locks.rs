//! What a pending step asks of a table that is in use: new constraints, new columns that cost a pass over the rows, and how
//! to say the same without the lock.

use super::{Audience, PendingStep};
use crate::model::schema::catalog::TableName;
use crate::sql::{Change, ColumnDef, ConstraintDef, ConstraintKind, DefaultKind, TableAction};

/// A constraint that a step puts on a table.
#[derive(Debug, Clone, Copy)]
pub struct NewConstraint<'m> {
    /// The constraint.
    pub def: &'m ConstraintDef,
    /// The column that it is written with, where it comes with a new column.
    pub column: Option<&'m ColumnDef>,
}

/// Why adding a column writes every row anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RewriteCause {
    /// `serial`, or a default that takes from a sequence of its own, or an identity column.
    Sequence,
    /// `GENERATED ALWAYS AS (..) STORED`.
    Stored,
    /// The type is a domain with a constraint.
    Domain,
    /// The default is evaluated for each row.
    VolatileDefault,
    /// Any default, on a server before PostgreSQL 11.
    OldServer,
}

impl NewConstraint<'_> {
    /// Its name as written, or as PostgreSQL would choose it: `orders_customer_id_fkey`.
    pub fn name(&self, step: &PendingStep) -> String {
        if let Some(name) = &self.def.name {
            return name.value.clone();
        }
        let table = step.before().map(|before| before.name.name.as_str()).unwrap_or("t");
        let (columns, label): (Vec<&str>, &str) = match &self.def.kind {
            ConstraintKind::PrimaryKey { .. } => (Vec::new(), "pkey"),
            ConstraintKind::Unique { columns, .. } => (columns.iter().map(|one| one.value.as_str()).collect(), "key"),
            ConstraintKind::ForeignKey { columns, .. } => (columns.iter().map(|one| one.value.as_str()).collect(), "fkey"),
            ConstraintKind::Check { .. } => (self.column.iter().map(|one| one.name.value.as_str()).collect(), "check"),
            ConstraintKind::Exclusion => (Vec::new(), "excl"),
        };
        let middle = columns.join("_");
        let middle = (!middle.is_empty()).then_some(middle.as_str());
        super::super::names::choose(table, middle, label, 0, |_| false)
    }

    /// The columns that it is over; none for a condition, an exclusion, and an index that is there already.
    pub fn columns(&self) -> Vec<&str> {
        match &self.def.kind {
            ConstraintKind::PrimaryKey { columns, .. }
            | ConstraintKind::Unique { columns, .. }
            | ConstraintKind::ForeignKey { columns, .. } => columns.iter().map(|one| one.value.as_str()).collect(),
            ConstraintKind::Check { .. } | ConstraintKind::Exclusion => Vec::new(),
        }
    }

    /// The index that it takes over, with `USING INDEX`.
    pub fn using_index(&self) -> Option<&str> {
        match &self.def.kind {
            ConstraintKind::PrimaryKey { using_index, .. } | ConstraintKind::Unique { using_index, .. } => using_index.as_deref(),
            _ => None,
        }
    }
}

impl<'m> PendingStep<'m> {
    /// Whether anybody feels what it does to its table: it is there, in use, and was not emptied just before.
    pub fn is_felt(&self) -> bool {
        self.audience() != Audience::Nobody && !self.is_emptied() && !self.is_there_already()
    }

    /// The constraints that it puts on its table, alone or with a new column.
    pub fn new_constraints(&self) -> Vec<NewConstraint<'m>> {
        match self.action() {
            Some(TableAction::AddConstraint(def)) => vec![NewConstraint { def, column: None }],
            Some(TableAction::AddColumn { column, .. }) => {
                column.constraints.iter().map(|def| NewConstraint { def, column: Some(column) }).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether it writes every row of its table anew, for certain: what else it does in that pass is no fault of its own.
    pub fn rewrites_table(&self) -> bool {
        self.step.effects.rewrites.as_ref().is_some_and(|rewrites| !rewrites.is_empty())
    }

    /// Whether it reads every row of its table; `None` where that cannot be told.
    pub fn scans(&self) -> Option<bool> {
        self.step.effects.scans.as_ref().map(|scans| !scans.is_empty())
    }

    /// The column that it adds and why that writes every row anew.
    pub fn rewriting_column(&self) -> Option<(&'m ColumnDef, RewriteCause)> {
        let column = self.added_column()?;
        let is_doubtful = self.may_be_there_already() && self.step.effects.rewrites.is_none();
        if !self.rewrites_table() && !is_doubtful {
            return None;
        }
        let default = column.default.as_ref().map(|default| default.kind);
        let cause = if column.auto_increment {
            RewriteCause::Sequence
        } else if column.generated == Some(true) {
            RewriteCause::Stored
        } else if default == Some(DefaultKind::Volatile) {
            RewriteCause::VolatileDefault
        } else if default.is_some() && self.server_version().0 < 11 {
            RewriteCause::OldServer
        } else if is_doubtful {
            return None;
        } else {
            RewriteCause::Domain
        };
        Some((column, cause))
    }

    /// The column that it adds with a default that calls a function that is not known.
    pub fn column_with_unknown_default(&self) -> Option<&'m ColumnDef> {
        let column = self.added_column()?;
        let is_unknown = column.default.as_ref().is_some_and(|default| default.kind == DefaultKind::Unknown);
        (is_unknown && !self.rewrites_table()).then_some(column)
    }

    /// The table that a new foreign key refers to, as people say it.
    pub fn referenced_table(&self, constraint: &NewConstraint) -> Option<String> {
        let ConstraintKind::ForeignKey { references, .. } = &constraint.def.kind else { return None };
        let name = TableName { schema: references.schema.clone(), name: references.name.clone() };
        Some(self.spoken(&name))
    }

    /// A table as people say it: without the schema that is searched anyway.
    pub fn spoken(&self, name: &TableName) -> String {
        match name.schema.as_deref() {
            None | Some("public") => self.sql_name(&name.name),
            Some(schema) => format!("{}.{}", self.sql_name(schema), self.sql_name(&name.name)),
        }
    }

    /// The constraint that it validates.
    pub fn validated_constraint(&self) -> Option<&'m str> {
        match self.action()? {
            TableAction::ValidateConstraint { name } => Some(&name.value),
            _ => None,
        }
    }

    /// Where a statement goes that cannot run in a transaction, behind "in a migration of its own": empty where this one runs
    /// in none.
    pub fn place_apart(&self) -> String {
        match self.statement.in_transaction.known() {
            Some(false) => String::new(),
            _ => format!(", {}", self.way_out()),
        }
    }

    /// Why it runs in a transaction, where the tool decides and not the migration itself.
    pub fn transaction_note(&self) -> Option<String> {
        (self.own_begin().is_none() && self.is_in_transaction()).then(|| self.transaction_reason().to_owned())
    }

    /// The step that put the constraint on the table `NOT VALID`, where this one validates it in the same transaction.
    pub fn added_in_same_transaction(&self) -> Option<(&'m ConstraintDef, PendingStep<'m>)> {
        let Some(TableAction::ValidateConstraint { name }) = self.action() else { return None };
        let mut earlier: Vec<PendingStep> = self.earlier_in_transaction();
        earlier.reverse();
        earlier.into_iter().find_map(|step| match step.action() {
            Some(TableAction::AddConstraint(def)) => {
                let same = def.name.as_ref().is_some_and(|one| one.value == name.value) && step.table() == self.table();
                (same && def.not_valid).then_some((&**def, step))
            }
            _ => None,
        })
    }

    /// The steps of its migration that run before it in the same transaction, in order; those of its own statement always do.
    pub fn earlier_in_transaction(&self) -> Vec<PendingStep<'m>> {
        let mut held: Vec<PendingStep> = Vec::new();
        for statement in &self.migration.statements {
            let is_own = std::ptr::eq(statement, self.statement);
            if !is_own && statement.in_transaction.known() != Some(&true) || is_own && !self.is_in_transaction() {
                held.clear();
            }
            for step in &statement.ops {
                if std::ptr::eq(step, self.step) {
                    return held;
                }
                if matches!(step.op.change, Change::Begin | Change::Commit | Change::Rollback) {
                    held.clear();
                } else {
                    held.push(PendingStep { statement, step, ..*self });
                }
            }
        }
        held
    }
}
