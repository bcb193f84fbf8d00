//! Tables come, go and change their names.

use super::State;
use crate::fact::Fact;
use crate::model::schema::catalog::{Check, DroppedTable, Facet, ForeignKey, Table, TableName};
use crate::source::{Name, Span};
use crate::sql::{ConstraintDef, CreateTable, Dialect, ObjectName};

/// A table without anything.
pub(super) fn blank(name: TableName, span: Span, name_span: Span, migration: usize) -> Table {
    Table {
        name,
        columns: Vec::new(),
        indexes: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        triggers: Vec::new(),
        dropped_columns: Vec::new(),
        temporary: false,
        unlogged: false,
        charset: None,
        collation: None,
        partitioned: false,
        partition_key: None,
        parent: None,
        default_partition: false,
        seeded: false,
        copied: false,
        rows: None,
        row_security: false,
        qualifier: None,
        stated: None,
        external: false,
        conditional: false,
        gaps: Vec::new(),
        span,
        name_span,
        migration,
    }
}

impl State {
    /// `CREATE TABLE`; one that stands under a condition creates what is not there.
    pub(super) fn create_table(&mut self, def: &CreateTable, maybe: bool, span: Span) {
        if let Some(slot) = self.find_created(def) {
            let external = self.table(slot).is_some_and(|table| table.external);
            if !external && (def.if_not_exists || maybe) {
                return;
            }
            // Created anew although it is there: what we know of the old one was not its end.
            self.forget(slot);
        }
        let mut name = self.new_name(&def.name);
        if def.temporary && self.dialect == Dialect::Postgres {
            name.schema = Some("pg_temp".into());
        }
        let mut table = blank(name, span, def.name.span, self.migration);
        (table.temporary, table.conditional) = (def.temporary, maybe);
        table.unlogged = def.unlogged;
        (table.charset, table.collation) = (def.charset.clone().map(Name::from), def.collation.clone().map(Name::from));
        if table.charset.is_none() {
            table.charset = def.collation.as_ref().and_then(|name| name.split('_').next().map(Name::from));
        }
        table.partitioned = def.partitioned;
        table.partition_key = def.partition_key.clone().map(Box::new);
        let parents: Vec<usize> =
            def.inherits.iter().chain(&def.partition_of).map(|parent| self.existing_or_external(parent)).collect();
        table.parent = def.partition_of.as_ref().map(|parent| Box::new(self.resolved(parent)));
        table.default_partition = def.default_partition;
        let sources: Vec<usize> = def.like.iter().map(|(source, _)| self.existing_or_external(source)).collect();
        let slot = self.insert(table);
        for parent in &parents {
            self.children.entry(*parent).or_default().push(slot);
            self.inherit(*parent, slot, span);
        }
        for (source, (_, including)) in sources.iter().zip(&def.like) {
            self.copy_like(*source, slot, including, span);
        }
        if def.from_query {
            self.gap(slot, &[Facet::Columns], "created from a query", Some(span));
        }
        if !def.complete {
            self.gap(slot, &Facet::ALL, "an element of `CREATE TABLE` was not understood", Some(def.name.span));
        }
        if let Some(table) = self.table_mut(slot) {
            table.columns.reserve_exact(def.columns.len());
        }
        for column in &def.columns {
            self.put_column(slot, column);
        }
        if let Some(parent) = def.partition_of.as_ref().and(parents.last()) {
            self.inherit_indexes(*parent, slot, span);
        }
        let of_columns =
            def.columns.iter().flat_map(|column| column.constraints.iter().map(move |one| (one, Some(&*column.name.value))));
        let constraints: Vec<(&ConstraintDef, Option<&str>)> =
            of_columns.chain(def.constraints.iter().map(|one| (one, None))).collect();
        self.put_constraints(slot, &constraints);
        self.trust_constraints(slot);
        for index in &def.indexes {
            self.put_index(slot, index);
        }
    }

    /// A table that is new has no row that `NOT VALID` could spare: PostgreSQL takes its constraints for validated.
    fn trust_constraints(&mut self, slot: usize) {
        let Some(table) = self.table_mut(slot) else { return };
        table.foreign_keys.iter_mut().for_each(|key| key.validated = true);
        table.checks.iter_mut().for_each(|check| check.validated = true);
    }

    /// The table that a `CREATE TABLE` would meet: in its own schema only.
    fn find_created(&self, def: &CreateTable) -> Option<usize> {
        let slot = self.find(&def.name)?;
        let table = self.table(slot)?;
        let same_schema = table.name.schema == self.new_name(&def.name).schema;
        (table.temporary == def.temporary && (same_schema || def.temporary || table.external)).then_some(slot)
    }

    /// `DROP TABLE`.
    pub(super) fn drop_table(&mut self, name: &ObjectName, cascade: bool, maybe: bool, span: Span) {
        let Some(slot) = self.find(name) else { return };
        if maybe {
            self.gap(slot, &Facet::ALL, "may have been dropped under a condition", Some(span));
            return;
        }
        self.drop_slot(slot, cascade, span);
    }

    /// Drops a table and its partitions; `CASCADE` takes what inherits too.
    pub(super) fn drop_slot(&mut self, slot: usize, cascade: bool, span: Span) {
        let mut gone = vec![slot];
        for child in self.descendants(slot) {
            if cascade || self.table(child).is_some_and(|child| child.parent.is_some()) {
                gone.push(child);
            }
        }
        for slot in gone {
            self.drop_one(slot, span);
        }
    }

    fn drop_one(&mut self, slot: usize, span: Span) {
        let Some(table) = self.forget(slot) else { return };
        let referring = self.referring(&table.name.name);
        for other in referring {
            // MySQL and SQLite keep the reference by name; PostgreSQL drops it, or refuses.
            if self.dialect == Dialect::Postgres
                && let Some(other) = self.table_mut(other)
            {
                other.foreign_keys.retain(|one| one.references != table.name);
            }
        }
        self.forget_views_of(&table.name.name);
        if !table.external && !table.temporary {
            let name = table.name.clone();
            self.dropped.push(DroppedTable { table, span, migration: self.migration });
            self.note_drop(slot, name, span);
        }
    }

    /// `RENAME TO` and `SET SCHEMA`.
    pub(super) fn rename_table(&mut self, slot: usize, to: TableName, span: Span) {
        // SQLite's rebuild: a new table takes the name of one that is gone.
        if let Some(other) = self.exact(&to)
            && other != slot
        {
            self.forget(other);
        }
        let referring = self.table(slot).map(|table| self.referring(&table.name.name)).unwrap_or_default();
        let Some(mut table) = self.forget(slot) else { return };
        let old = std::mem::replace(&mut table.name, to.clone());
        table.name_span = if table.external { span } else { table.name_span };
        for foreign_key in table.foreign_keys.iter_mut().filter(|one| one.references == old) {
            foreign_key.references = to.clone();
        }
        if let Some(place) = self.tables.get_mut(slot) {
            *place = Some(table);
        }
        let key = self.key(&to.name);
        self.by_name.push(&key, slot);
        if referring.contains(&slot) {
            self.note_reference(&to.name, slot);
        }
        for other in referring {
            let Some(held) = self.table_mut(other) else { continue };
            let mut changed = false;
            for foreign_key in held.foreign_keys.iter_mut().filter(|one| one.references == old) {
                foreign_key.references = to.clone();
                changed = true;
            }
            if changed {
                self.note_reference(&to.name, other);
            }
        }
        self.rename_in_views(&old, &to);
        let children = self.children.get(&slot).cloned().unwrap_or_default();
        for child in children {
            if let Some(child) = self.table_mut(child)
                && child.parent.as_deref() == Some(&old)
            {
                child.parent = Some(Box::new(to.clone()));
            }
        }
        self.note_rename(slot, old, span);
    }

    pub(super) fn exact(&self, name: &TableName) -> Option<usize> {
        self.by_name
            .get(&self.key(&name.name))
            .find(|slot| self.table(*slot).is_some_and(|table| table.name.schema == name.schema))
    }

    /// `DROP SCHEMA`.
    pub(super) fn drop_schema(&mut self, schema: &str, span: Span) {
        let inside = |table: &Table| table.name.schema.as_deref() == Some(schema);
        let slots: Vec<usize> = (0..self.tables.len()).filter(|slot| self.table(*slot).is_some_and(inside)).collect();
        for slot in slots {
            self.drop_slot(slot, true, span);
        }
        self.enums.retain(|_, one| one.name.schema.as_deref() != Some(schema));
        self.domains.retain(|_, one| one.name.schema.as_deref() != Some(schema));
        self.views.retain(|_, one| one.name.schema.as_deref() != Some(schema));
    }

    /// `ALTER SCHEMA a RENAME TO b`.
    pub(super) fn rename_schema(&mut self, from: &str, to: &str, span: Span) {
        let inside = |table: &Table| table.name.schema.as_deref() == Some(from);
        let slots: Vec<usize> = (0..self.tables.len()).filter(|slot| self.table(*slot).is_some_and(inside)).collect();
        for slot in slots {
            let Some(name) = self.table(slot).map(|table| table.name.name.clone()) else { continue };
            self.rename_table(slot, TableName { schema: Some(to.into()), name }, span);
        }
        let types = self.enums.values_mut().map(|one| &mut one.name).chain(self.domains.values_mut().map(|one| &mut one.name));
        for name in types.chain(self.views.values_mut().map(|one| &mut one.name)) {
            if name.schema.as_deref() == Some(from) {
                name.schema = Some(to.into());
            }
        }
    }

    /// `LIKE other INCLUDING ..`.
    fn copy_like(&mut self, source: usize, slot: usize, including: &[String], span: Span) {
        let Some(other) = self.table(source).cloned() else { return };
        let has = |word: &str| including.iter().any(|one| one == "ALL" || one.contains(word));
        self.take_gaps(&other, slot, span);
        let (has_defaults, has_identity, has_generated) = (has("DEFAULTS"), has("IDENTITY"), has("GENERATED"));
        let Some(table) = self.table_mut(slot) else { return };
        for column in &other.columns {
            let mut column = column.clone();
            if column.identity.is_some() && !has_identity {
                (column.identity, column.auto_increment) = (None, false);
            }
            // The default of a serial column goes on with the sequence of the other table.
            column.set_sequence(None);
            if !has_defaults {
                column.default = Fact::Absent;
                // The sequence of a serial column is its default.
                column.auto_increment &= column.identity.is_some();
            }
            if !has_generated {
                column.generated = None;
                column.extras.iter_mut().for_each(|extras| extras.expression = None);
            }
            column.span = span;
            if table.column_named(&column.name).is_none() {
                table.columns.push(column);
            }
        }
        if has("CONSTRAINTS") {
            take_checks(table, &other);
        }
        if has("INDEXES") {
            self.repeat_indexes(source, slot, span);
        }
    }

    /// What is not known of the parent is not known of the child.
    pub(super) fn take_gaps(&mut self, parent: &Table, slot: usize, span: Span) {
        for gap in &parent.gaps {
            self.gap(slot, &[gap.facet], &gap.why, gap.span.or(Some(span)));
        }
    }

    /// Columns, checks and (for partitions) foreign keys that come from a parent.
    fn inherit(&mut self, parent: usize, slot: usize, span: Span) {
        let Some(parent) = self.table(parent).cloned() else { return };
        self.take_gaps(&parent, slot, span);
        let Some(table) = self.table_mut(slot) else { return };
        let partition = table.parent.as_deref() == Some(&parent.name);
        for column in &parent.columns {
            if table.column_named(&column.name).is_none() {
                let mut column = column.clone();
                // Identity stays with the parent, unlike the default of a serial column.
                column.auto_increment &= column.identity.take().is_none();
                column.set_sequence(None);
                table.columns.push(column);
            }
        }
        take_checks(table, &parent);
        if partition {
            let keys: Vec<ForeignKey> = parent.foreign_keys.clone();
            let names: Vec<Name> = keys.iter().map(|one| one.references.name.clone()).collect();
            table.foreign_keys.extend(keys);
            for name in names {
                self.note_reference(&name, slot);
            }
        }
    }
}

fn take_checks(table: &mut Table, other: &Table) {
    for check in other.checks.iter().filter(|check| !check.no_inherit) {
        if !table.checks.iter().any(|one| one.name == check.name && one.text == check.text) {
            // A new table has no rows that could break it.
            table.checks.push(Check { validated: true, ..check.clone() });
        }
    }
}
