//! What each action of `ALTER TABLE` costs.

use super::super::catalog::{ForeignKey, Table, TableName};
use super::super::history::{LockMode, TableBefore, TypeChange};
use super::super::replay::{State, is_null};
use super::cost::{Cost, Family, by_words};
use super::{Moment, find_column, proof, types};
use crate::source::{Span, Spanned};
use crate::sql::{ColumnDef, ConstraintDef, ConstraintKind, DefaultKind, ObjectName, TableAction};

/// An action on its table.
pub(super) struct Action<'a> {
    pub moment: &'a Moment<'a>,
    /// The table as resolved.
    pub before: &'a TableBefore,
    pub family: Family,
    pub table: Option<&'a Table>,
}

impl<'a> Action<'a> {
    pub fn new(moment: &'a Moment<'a>, named: &'a ObjectName, before: &'a TableBefore) -> Action<'a> {
        let slot = moment.state.find(named);
        let family = Family::of(moment.state, &before.name, slot);
        Action { moment, before, family, table: slot.and_then(|slot| moment.state.table(slot)) }
    }

    pub(super) fn state(&self) -> &'a State {
        self.moment.state
    }

    fn lock_all(&self, cost: &mut Cost, mode: LockMode) {
        self.family.all.iter().for_each(|table| cost.lock(table, mode));
    }

    fn scan_all(&self, cost: &mut Cost) {
        self.family.stored.iter().for_each(|table| cost.scan(table));
    }

    fn rewrite_all(&self, cost: &mut Cost) {
        self.family.stored.iter().for_each(|table| cost.rewrite(table));
    }

    pub fn cost(&self, action: &TableAction, cost: &mut Cost) {
        use LockMode::AccessExclusive;
        match action {
            TableAction::AddColumn { column, if_not_exists } => self.add_column(column, *if_not_exists, cost),
            TableAction::DropColumn { name, cascade, .. } => {
                self.lock_all(cost, AccessExclusive);
                self.refused(&name.value, *cascade, "cannot be dropped", cost);
                self.drop_with_column(&name.value, *cascade, cost);
            }
            TableAction::RenameColumn { .. } | TableAction::SetDefault { .. } | TableAction::DropDefault { .. } => {
                self.lock_all(cost, AccessExclusive)
            }
            TableAction::DropNotNull { .. } | TableAction::Identity { .. } => self.lock_all(cost, AccessExclusive),
            TableAction::RenameTable { .. } | TableAction::SetSchema { .. } | TableAction::RenameConstraint { .. } => {
                cost.lock(&self.before.name, AccessExclusive)
            }
            TableAction::AlterType { column, .. } => {
                self.lock_all(cost, AccessExclusive);
                self.refused(&column.value, false, "cannot change its type", cost);
                let rewrites = matches!(self.before.type_change.as_deref(), Some(TypeChange::Rewrite(_)));
                self.keys_made_again(&column.value, rewrites, cost);
                match self.before.type_change.as_deref() {
                    Some(TypeChange::CatalogOnly(why)) => cost.because(why.clone()),
                    Some(TypeChange::Scan(why)) => {
                        cost.because(why.clone());
                        self.scan_all(cost);
                    }
                    Some(TypeChange::Rewrite(why)) => {
                        cost.because(why.clone());
                        self.rewrite_all(cost);
                    }
                    Some(TypeChange::Unknown(why)) => {
                        cost.because(why.clone());
                        cost.doubt_rewrite();
                    }
                    None => cost.doubt_rewrite(),
                }
            }
            TableAction::SetNotNull { column } => {
                self.lock_all(cost, AccessExclusive);
                self.set_not_null(&column.value, cost);
            }
            TableAction::AddConstraint(def) => self.add_constraint(def, cost),
            TableAction::DropConstraint { name, cascade, .. } => {
                self.lock_all(cost, AccessExclusive);
                match self.foreign_key(&name.value) {
                    Some(key) => cost.lock(&key.references, AccessExclusive),
                    None if self.table.is_none_or(|table| !table.constraints_complete()) => cost.doubt_locks(),
                    None => self.drop_with_key(&name.value, *cascade, cost),
                }
            }
            TableAction::ValidateConstraint { name } => self.validate(&name.value, cost),
            TableAction::AttachPartition { child, .. } => self.attach(child, cost),
            TableAction::DetachPartition { child, concurrently } => {
                let mode = if concurrently.is_some() { LockMode::ShareUpdateExclusive } else { AccessExclusive };
                cost.lock(&self.before.name, mode);
                cost.lock(&self.state().resolved(child), AccessExclusive);
                if let Some(rest) = default_partition(self.moment, &self.before.name) {
                    cost.lock(&rest, AccessExclusive);
                }
                if concurrently.is_some() && self.moment.transactions.is_open() == Some(true) {
                    cost.fail("DETACH PARTITION CONCURRENTLY cannot run inside a transaction");
                }
            }
            TableAction::Other { words } => match by_words(words) {
                Some((mode, rewrites)) => {
                    self.lock_all(cost, mode);
                    if rewrites && self.may_be_there_already() {
                        cost.doubt_rewrite();
                    } else if rewrites {
                        self.rewrite_all(cost);
                    }
                }
                None => self.unknown(cost),
            },
            TableAction::Unknown { .. } => self.unknown(cost),
        }
    }

    /// Whether the statement moves the table to where it may be: then nothing happens.
    fn may_be_there_already(&self) -> bool {
        let text = self.moment.text.get(self.moment.statement.span.range()).unwrap_or("").to_lowercase();
        text.contains("tablespace pg_default") || text.contains("access method heap")
    }

    /// Whether an element says these words.
    fn says(&self, span: Span, words: &str) -> bool {
        let text = self.moment.text.get(span.range()).unwrap_or("").to_lowercase();
        text.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
    }

    fn unknown(&self, cost: &mut Cost) {
        cost.doubt_locks();
        cost.doubt_rewrite();
    }

    /// A view that reads the column forbids the change.
    fn refused(&self, column: &str, cascade: bool, what: &str, cost: &mut Cost) {
        if cascade {
            return;
        }
        for view in self.state().views_of(&self.before.name) {
            let named = view.identifiers.iter().any(|one| one.value == column);
            // A column that the statement drops may take the view along, before anything else is done.
            let goes = self
                .moment
                .leaving
                .columns
                .iter()
                .any(|gone| gone != column && view.identifiers.iter().any(|one| one.value == *gone));
            let others = view.reads.iter().filter(|read| **read != self.before.name);
            // Another table with a column of that name may be the one that is meant.
            let certain = others.clone().all(|read| {
                let held = self.state().tables().find(|table| table.name == *read);
                held.is_some_and(|table| table.columns_complete() && find_column(self.state(), table, column).is_none())
            });
            if named && certain && !goes {
                cost.refuse(&view.name, format!("column `{column}` {what}: view `{}` uses it", view.name));
            }
        }
    }

    fn add_column(&self, column: &ColumnDef, if_not_exists: bool, cost: &mut Cost) {
        self.lock_all(cost, LockMode::AccessExclusive);
        let known = self.table.and_then(|table| find_column(self.state(), table, &column.name.value)).is_some();
        if known && if_not_exists {
            if self.table.is_some_and(|table| !table.columns_complete()) {
                cost.because("whether the column is there already is not known");
                cost.doubt_rewrite();
            }
            return;
        }
        let demanding = self.domain_demands(column, cost);
        let default = column.default.as_ref().filter(|default| !is_null(default)).map(|default| default.kind);
        let rewrites =
            column.auto_increment || column.generated == Some(true) || demanding || default == Some(DefaultKind::Volatile);
        if rewrites || (default.is_some() && self.moment.version < 11) {
            self.rewrite_all(cost);
            cost.because(if column.auto_increment {
                "the sequence gives every row a value"
            } else if column.generated == Some(true) {
                "the value of every row is computed and stored"
            } else if demanding {
                "the domain has a constraint"
            } else {
                "the default is computed for every row"
            });
        } else if default == Some(DefaultKind::Unknown) {
            cost.because("the default calls a function that is not known");
            cost.doubt_rewrite();
        }
        for constraint in &column.constraints {
            match &constraint.kind {
                ConstraintKind::ForeignKey { references, .. } => {
                    let parent = self.state().resolved(references);
                    cost.lock(&parent, LockMode::ShareRowExclusive);
                    if default.is_some() {
                        self.scan_all(cost);
                        cost.scan(&parent);
                    }
                }
                _ => self.scan_all(cost),
            }
        }
        let filled = default.is_some() || column.auto_increment || column.generated.is_some();
        if column.constraints.iter().any(|one| matches!(one.kind, ConstraintKind::PrimaryKey { .. })) {
            self.second_primary_key(cost);
        }
        if column.is_required() && !filled && self.before.may_hold_rows() {
            cost.fail(format!("fails when `{}` holds rows: they have no value for `{}`", self.before.name, column.name.value));
        }
        if !column.complete {
            cost.doubt_rewrite();
        }
    }

    /// Whether the type of a new column is a domain that is checked for every row.
    fn domain_demands(&self, column: &ColumnDef, cost: &mut Cost) -> bool {
        let Some(wanted) = &column.column_type else { return false };
        let name = &wanted.value.name;
        if let Some(domain) = self.state().domain_named(name) {
            return domain.constrained;
        }
        if !types::is_builtin(name) && self.state().enum_named(name).is_none() {
            cost.because(format!("type `{name}` is not known"));
            cost.doubt_rewrite();
        }
        false
    }

    fn set_not_null(&self, name: &str, cost: &mut Cost) {
        let Some(table) = self.table else { return cost.doubt_scan() };
        let Some(column) = find_column(self.state(), table, name) else { return cost.doubt_scan() };
        if column.nullable.known() == Some(&false) {
            cost.because("the column is NOT NULL already");
        } else if let Some(check) = proof(table, column)
            && self.moment.version >= 12
        {
            if check.name.as_ref().is_some_and(|name| self.moment.leaving.constraints.iter().any(|one| one == name)) {
                cost.because("the statement drops the CHECK that proves it, and the server drops first");
                self.scan_all(cost);
            } else {
                cost.because("a validated CHECK proves that no row has NULL");
            }
        } else if !table.constraints_complete() || column.nullable.unknown().is_some() {
            cost.doubt_scan();
        } else {
            self.scan_all(cost);
        }
    }

    fn add_constraint(&self, def: &ConstraintDef, cost: &mut Cost) {
        match &def.kind {
            ConstraintKind::ForeignKey { references, .. } => {
                let parent = self.state().resolved(references);
                self.lock_all(cost, LockMode::ShareRowExclusive);
                cost.lock(&parent, LockMode::ShareRowExclusive);
                if !def.not_valid {
                    self.scan_all(cost);
                    cost.scan(&parent);
                } else if self.before.partitioned && self.moment.version < 18 {
                    let why = "a foreign key of a partitioned table cannot be NOT VALID before PostgreSQL 18";
                    cost.forbid(why, "leave NOT VALID out");
                }
            }
            ConstraintKind::Check { .. } if self.says(def.span, "no inherit") => {
                cost.lock(&self.before.name, LockMode::AccessExclusive);
                if !def.not_valid {
                    cost.scan(&self.before.name);
                }
            }
            ConstraintKind::Check { .. } => {
                self.lock_all(cost, LockMode::AccessExclusive);
                if !def.not_valid {
                    self.scan_all(cost);
                }
            }
            ConstraintKind::Unique { using_index: Some(_), .. } => self.lock_all(cost, LockMode::AccessExclusive),
            ConstraintKind::PrimaryKey { using_index: Some(index), .. } => {
                self.second_primary_key(cost);
                self.lock_all(cost, LockMode::AccessExclusive);
                match self.all_not_null(index) {
                    Some(true) => {}
                    Some(false) => self.scan_all(cost),
                    None => cost.doubt_scan(),
                }
            }
            ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclusion => {
                if matches!(def.kind, ConstraintKind::PrimaryKey { .. }) {
                    self.second_primary_key(cost);
                }
                // The partitions get an index each, as from CREATE INDEX, and NOT NULL where the key demands it.
                let below = match &def.kind {
                    _ if !self.before.partitioned => LockMode::AccessExclusive,
                    ConstraintKind::PrimaryKey { columns, .. } if !self.are_required(columns) => LockMode::AccessExclusive,
                    _ => LockMode::Share,
                };
                self.lock_all(cost, below);
                cost.lock(&self.before.name, LockMode::AccessExclusive);
                self.scan_all(cost);
            }
        }
    }

    /// Whether every column of an index is known to be NOT NULL.
    fn all_not_null(&self, index: &str) -> Option<bool> {
        let table = self.table?;
        let index = table.indexes.iter().find(|one| one.name.as_deref() == Some(index))?;
        let nullable = index.columns()?.into_iter().map(|name| Some(*find_column(self.state(), table, name)?.nullable.known()?));
        let nullable: Option<Vec<bool>> = nullable.collect();
        Some(!nullable?.contains(&true))
    }

    /// Whether columns are known to be NOT NULL.
    fn are_required(&self, columns: &[Spanned<String>]) -> bool {
        let required = |name: &Spanned<String>| {
            let column = self.table.and_then(|table| find_column(self.state(), table, &name.value));
            column.is_some_and(|column| column.nullable.known() == Some(&false))
        };
        columns.iter().all(required)
    }

    fn foreign_key(&self, name: &str) -> Option<&'a ForeignKey> {
        self.table?.foreign_keys.iter().find(|key| key.name.as_deref() == Some(name))
    }

    fn validate(&self, name: &str, cost: &mut Cost) {
        self.lock_all(cost, LockMode::ShareUpdateExclusive);
        if let Some(key) = self.foreign_key(name) {
            cost.lock(&key.references, LockMode::RowShare);
            if !key.validated {
                self.scan_all(cost);
                cost.scan(&key.references);
            }
            return;
        }
        let check = self.table.and_then(|table| table.checks.iter().find(|check| check.name.as_deref() == Some(name)));
        match check {
            Some(check) if check.validated => {}
            Some(_) => self.scan_all(cost),
            None => {
                cost.doubt_locks();
                cost.doubt_scan();
            }
        }
    }

    fn attach(&self, child: &ObjectName, cost: &mut Cost) {
        let name = self.state().resolved(child);
        cost.lock(&self.before.name, LockMode::ShareUpdateExclusive);
        cost.lock(&name, LockMode::AccessExclusive);
        if let Some(rest) = default_partition(self.moment, &self.before.name) {
            cost.lock(&rest, LockMode::AccessExclusive);
            cost.scan(&rest);
        }
        let Some(table) = self.state().find(child).and_then(|slot| self.state().table(slot)) else { return cost.doubt_scan() };
        let bound = self.moment.text.get(self.moment.statement.span.range()).unwrap_or("");
        if table.checks.iter().any(|check| check.validated && covers(&check.text, bound)) {
            cost.because("a CHECK of the partition proves its bound");
        } else if table.constraints_complete() && table.checks.is_empty() {
            cost.scan(&name);
        } else {
            cost.doubt_scan();
        }
        if table.indexes.len() < self.table.map_or(0, |parent| parent.indexes.len()) {
            cost.scan(&name);
        }
    }
}

/// Whether a condition speaks of every literal of a partition's bound, and excludes NULL.
fn covers(check: &str, attach: &str) -> bool {
    let bound = attach.to_lowercase();
    let Some((_, bound)) = bound.split_once("for values") else { return false };
    let literals: Vec<&str> = bound.split('\'').skip(1).step_by(2).collect();
    let check = check.to_lowercase();
    !literals.is_empty() && check.contains("is not null") && literals.iter().all(|one| check.contains(&format!("'{one}'")))
}

/// The partition of a table that takes what no other one takes: it is read when another one comes, and locked when one goes.
pub(super) fn default_partition(moment: &Moment, parent: &TableName) -> Option<TableName> {
    let tables = || moment.state.tables();
    let rest = tables().find(|table| table.default_partition && table.parent.as_deref() == Some(parent))?;
    Some(rest.name.clone())
}

/// A name for a table that may not be known.
pub(super) fn name_of(state: &State, name: &ObjectName) -> TableName {
    state.resolved(name)
}
