//! Columns come, go, and change type, nullability and default.

use super::State;
use crate::fact::{Fact, Origin};
use crate::model::schema::ColumnExtras;
use crate::model::schema::catalog::{Backing, Column, DroppedColumn, Facet, Table, TableName};
use crate::model::schema::column_extras::is_mysql_text;
use crate::model::schema::names;
use crate::source::{Name, Span, Spanned};
use crate::sql::{ColumnDef, ColumnType, DefaultValue, Dialect, Identity};
use std::sync::Arc;

/// More columns, indexes or constraints than this in one table are not followed: no database takes them.
pub(super) const MOST: usize = 4096;

/// What happens to a column.
pub(super) enum ColumnChange {
    Type(Option<Spanned<ColumnType>>),
    Nullable(bool),
    Default(Fact<DefaultValue>),
    Identity(bool),
}

impl State {
    /// Adds a column as it is defined, without its constraints.
    pub(super) fn put_column(&mut self, slot: usize, def: &ColumnDef) {
        let mut column = self.column(def);
        if column.auto_increment {
            let sequence = self.made_sequence(slot, &column.name);
            column.set_sequence(sequence);
        }
        let dialect = self.dialect;
        let Some(table) = self.table_mut(slot) else { return };
        if dialect == Dialect::MySql {
            take_charset(&mut column, table);
        }
        let known = table.columns.iter().any(|one| names::same(dialect, &one.name, &column.name));
        if known {
            return;
        }
        if table.columns.len() >= MOST {
            self.gap(slot, &[Facet::Columns], "more columns than a table can have", Some(def.span));
            return;
        }
        table.columns.push(column);
    }

    fn column(&mut self, def: &ColumnDef) -> Column {
        let name = self.cut(&def.name.value);
        let unread = || format!("the definition of `{name}` was not understood");
        let column_type = match &def.column_type {
            Some(one) => Fact::explicit(self.shared(&one.value), one.span),
            None if def.complete && self.dialect == Dialect::Sqlite => Fact::Absent,
            None => Fact::not_read(unread(), vec![def.span]),
        };
        let nullable = match def.not_null {
            Some(span) => Fact::explicit(false, span),
            None if def.auto_increment => Fact::Known(false, Origin::Inferred(def.span)),
            None if def.complete => match self.domain_of(&def.column_type) {
                Some(true) => Fact::not_read("the domain may demand a value", vec![def.span]),
                _ => Fact::Known(true, Origin::Inferred(def.name.span)),
            },
            None => Fact::not_read(unread(), vec![def.span]),
        };
        let default = match &def.default {
            Some(value) if is_null(value) => Fact::Absent,
            Some(value) => Fact::explicit(value.clone(), value.span),
            None if def.complete => Fact::Absent,
            None => Fact::not_read(unread(), vec![def.span]),
        };
        let extras = ColumnExtras {
            expression: def.details().expression.as_ref().map(|one| one.value.clone()),
            sequence: None,
            charset: def.details().charset.as_ref().map(|name| name.to_lowercase().into()),
            collation: def.details().collation.as_ref().map(Name::from),
            attributes: def.details().attributes.clone(),
        };
        Column {
            name,
            column_type,
            nullable,
            default,
            auto_increment: def.auto_increment,
            generated: def.generated,
            identity: def.details().identity,
            extras: (extras != ColumnExtras::default()).then(|| Box::new(extras)),
            span: def.span,
            name_span: def.name.span,
            later: None,
        }
    }

    /// The type, written once for all columns that have it.
    fn shared(&mut self, kind: &ColumnType) -> Arc<ColumnType> {
        if let Some(known) = self.kinds.get(kind) {
            return known.clone();
        }
        let made = Arc::new(kind.clone());
        if self.kinds.len() < MOST {
            self.kinds.insert(made.clone());
        }
        made
    }

    /// Whether a type is a known domain, and whether that is constrained.
    fn domain_of(&self, written: &Option<Spanned<ColumnType>>) -> Option<bool> {
        let written = written.as_ref()?;
        self.domain_named(&written.value.name).map(|domain| domain.constrained)
    }

    /// Changes a column and its partitions' copies.
    pub(super) fn change_column(&mut self, slot: usize, name: &str, change: &ColumnChange, span: Span) {
        let mut slots = vec![slot];
        // An identity stays with its table.
        if !matches!(change, ColumnChange::Identity(_)) {
            slots.extend(self.reached(slot));
        }
        let dialect = self.dialect;
        for one in slots {
            let Some(table) = self.table_mut(one) else { continue };
            // MySQL takes a key's columns for NOT NULL, whatever `MODIFY` leaves out.
            let is_key = dialect == Dialect::MySql
                && table.indexes.iter().any(|index| {
                    index.backs == Some(Backing::PrimaryKey)
                        && index.keys.iter().any(|key| key.column.as_deref().is_some_and(|own| names::same(dialect, own, name)))
                });
            let found = table.columns.iter_mut().find(|column| names::same(dialect, &column.name, name));
            let Some(column) = found else {
                let why = format!("changes column `{name}`, which was never seen");
                if one == slot {
                    self.gap(slot, &[Facet::Columns], &why, Some(span));
                    self.learn_type(slot, name, change, span);
                }
                continue;
            };
            column.note_change(span);
            match change {
                ColumnChange::Type(Some(to)) => column.column_type = Fact::explicit(Arc::new(to.value.clone()), to.span),
                ColumnChange::Type(None) => {
                    column.column_type = Fact::not_read(format!("the new type of `{name}` was not understood"), vec![span]);
                }
                ColumnChange::Nullable(true) if is_key => {}
                ColumnChange::Nullable(yes) => column.nullable = Fact::explicit(*yes, span),
                ColumnChange::Default(value) => {
                    // The sequence of a serial column is its default.
                    column.auto_increment &= dialect != Dialect::Postgres || column.identity.is_some();
                    column.default = value.clone();
                }
                // A serial column has no identity to drop.
                ColumnChange::Identity(false) if dialect == Dialect::Postgres && column.identity.is_none() => {}
                ColumnChange::Identity(add) => {
                    column.auto_increment = *add;
                    column.identity = add.then_some(Identity::ByDefault);
                    if *add {
                        column.nullable = Fact::Known(false, Origin::Inferred(span));
                    }
                }
            }
        }
    }

    /// Of a column that was never seen, a change of type says that it is there and of what type; nothing else is known of it.
    fn learn_type(&mut self, slot: usize, name: &str, change: &ColumnChange, span: Span) {
        let ColumnChange::Type(Some(to)) = change else { return };
        let Some(table) = self.table_mut(slot).filter(|table| table.external && table.columns.len() < MOST) else { return };
        let unseen = || "the column was never seen before its type changed".to_owned();
        table.columns.push(Column {
            name: name.into(),
            column_type: Fact::explicit(Arc::new(to.value.clone()), to.span),
            nullable: Fact::not_read(unseen(), vec![span]),
            default: Fact::not_read(unseen(), vec![span]),
            auto_increment: false,
            generated: None,
            identity: None,
            extras: None,
            span,
            name_span: span,
            later: None,
        });
    }

    /// A primary key makes its columns NOT NULL.
    pub(super) fn demand_values(&mut self, slot: usize, names: &[Name], span: Span) {
        let dialect = self.dialect;
        let Some(table) = self.table_mut(slot) else { return };
        for column in &mut table.columns {
            let in_key = names.iter().any(|name| names::same(dialect, name, &column.name));
            if in_key && column.nullable.known() != Some(&false) {
                column.nullable = Fact::Known(false, Origin::Inferred(span));
            }
        }
    }

    /// `DROP COLUMN`: indexes and constraints that name the column go with it.
    pub(super) fn drop_column(&mut self, slot: usize, name: &str, if_exists: bool, cascade: bool, span: Span) {
        let mut slots = vec![slot];
        slots.extend(self.reached(slot));
        for one in slots {
            if cascade {
                self.forget_views_with(one, name);
            }
            self.drop_column_of(one, name, if_exists || one != slot, span);
        }
    }

    pub(super) fn drop_column_of(&mut self, slot: usize, name: &str, if_exists: bool, span: Span) {
        let (dialect, migration) = (self.dialect, self.migration);
        let same = |a: &str| names::same(dialect, a, name);
        let Some(table) = self.table_mut(slot) else { return };
        let Some(position) = table.columns.iter().position(|column| same(&column.name)) else {
            if !if_exists || !table.columns_complete() {
                let why = format!("drops column `{name}`, which was never seen");
                self.gap(slot, &Facet::ALL, &why, Some(span));
            }
            return;
        };
        let column = table.columns.remove(position);
        let of_table = table.name.clone();
        let names_it = |text: &str| names::mentions(dialect, text, name);
        if dialect == Dialect::MySql {
            // MySQL takes the column out of each index, and drops the index when nothing is left.
            for index in &mut table.indexes {
                index.keys.retain(|key| !key.column.as_deref().is_some_and(same));
            }
            table.indexes.retain(|index| !index.keys.is_empty());
        } else {
            table.indexes.retain(|index| {
                let in_keys = index.keys.iter().any(|key| match &key.column {
                    Some(column) => same(column),
                    None => names_it(key.text()),
                });
                let in_rest =
                    index.include.iter().any(|one| same(one)) || index.predicate.as_ref().is_some_and(|one| names_it(&one.value));
                !in_keys && !in_rest
            });
        }
        table.foreign_keys.retain(|one| !one.columns.iter().any(|one| same(one)));
        table.checks.retain(|one| !names_it(&one.text));
        table.dropped_columns.push(DroppedColumn { column, span, migration });
        for other in self.referring(&of_table.name) {
            if let Some(other) = self.table_mut(other) {
                other
                    .foreign_keys
                    .retain(|one| one.references != of_table || !one.referenced_columns.iter().any(|one| same(one)));
            }
        }
    }

    /// `RENAME COLUMN a TO b`, in every place that names it.
    pub(super) fn rename_column(&mut self, slot: usize, from: &str, to: &str, span: Span) {
        let to = self.cut(to);
        let mut slots = vec![slot];
        slots.extend(self.descendants(slot));
        let mut missing = false;
        let mut of_table: Option<TableName> = None;
        let dialect = self.dialect;
        for one in slots {
            let Some(table) = self.table_mut(one) else { continue };
            if one == slot {
                of_table = Some(table.name.clone());
            }
            match table.columns.iter_mut().find(|column| names::same(dialect, &column.name, from)) {
                Some(column) => {
                    column.name = to.clone();
                    column.note_change(span);
                }
                None => missing |= one == slot,
            }
            rename_in_table(table, dialect, from, &to);
        }
        if missing {
            self.gap(slot, &[Facet::Columns], &format!("renames column `{from}`, which was never seen"), Some(span));
        }
        let Some(of_table) = of_table else { return };
        for other in self.referring(&of_table.name) {
            let Some(other) = self.table_mut(other) else { continue };
            for key in other.foreign_keys.iter_mut().filter(|key| key.references == of_table) {
                replace(&mut key.referenced_columns, dialect, from, &to);
            }
        }
        self.rename_column_in_views(&of_table, from, &to);
    }
}

/// A text of MySQL has the table's character set where it names none.
fn take_charset(column: &mut Column, table: &Table) {
    if !column.column_type.known().is_some_and(|kind| is_mysql_text(&kind.name)) {
        return;
    }
    if column.charset().is_none() && column.collation().is_none() {
        column.set_charset(table.charset.clone(), table.collation.clone());
    }
    if column.charset().is_none() {
        // `utf8mb4_bin` is a collation of `utf8mb4`.
        let collation = column.collation().map(str::to_lowercase);
        if let Some(charset) = collation.as_ref().and_then(|name| name.split('_').next()) {
            column.extras.get_or_insert_default().charset = Some(charset.into());
        }
    }
}

fn rename_in_table(table: &mut Table, dialect: Dialect, from: &str, to: &str) {
    for index in &mut table.indexes {
        index.keep_called();
        for key in &mut index.keys {
            match &mut key.column {
                Some(column) if names::same(dialect, column, from) => *column = to.into(),
                Some(_) => {}
                None => key.details_mut().expression = names::renamed(dialect, key.text(), from, to),
            }
        }
        replace(&mut index.include, dialect, from, to);
        if let Some(predicate) = &mut index.predicate {
            predicate.value = names::renamed(dialect, &predicate.value, from, to);
        }
    }
    for column in table.partition_key.iter_mut().flat_map(|key| key.columns.iter_mut()).flatten() {
        if names::same(dialect, column, from) {
            *column = to.into();
        }
    }
    for key in &mut table.foreign_keys {
        replace(&mut key.columns, dialect, from, to);
    }
    for check in &mut table.checks {
        replace(&mut check.not_null_columns, dialect, from, to);
        check.text = names::renamed(dialect, &check.text, from, to).into();
        if let Some(list) = &mut check.allowed
            && names::same(dialect, &list.0, from)
        {
            list.0 = to.into();
        }
    }
}

fn replace(names: &mut [Name], dialect: Dialect, from: &str, to: &str) {
    for name in names {
        if names::same(dialect, name, from) {
            *name = to.into();
        }
    }
}

/// The words of a text, whatever they are.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// `DEFAULT NULL` is no default.
pub(in crate::model::schema) fn is_null(value: &DefaultValue) -> bool {
    let text = value.text.trim().trim_start_matches('(').to_ascii_lowercase();
    text.strip_prefix("null").is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '('))
}
