//! One operation at a time; what was not understood leaves doubt behind.

use super::columns::{ColumnChange, is_null, words};
use super::types::{NewDomain, NewView};
use super::{State, default_path};
use crate::fact::Fact;
use crate::model::schema::catalog::{Facet, TableName};
use crate::model::schema::forward::LOOK_BACK;
use crate::source::{Excerpt, Name, Span};
use crate::sql::{Change, DataVerb, ObjectName, Rows, SchemaOp, Statement, TableAction, Understanding};

const CONDITION: &str = "may have been changed under a condition";

impl State {
    /// Applies an operation. `maybe`: it stands under a condition; what it creates is created where it is absent, what it
    /// drops or changes becomes unknown.
    pub fn apply(&mut self, op: &SchemaOp, maybe: bool) {
        let span = op.span;
        let maybe = match self.guarded.then(|| self.holds_target(&op.change)) {
            // The condition asks for exactly this, so that the catalog knows the answer.
            Some(true) => false,
            Some(false) => return,
            None => maybe,
        };
        match &op.change {
            Change::CreateTable(def) => self.create_table(def, maybe, span),
            Change::CreateSomeTable => self.note_unknown("a table is created whose name is put together at run time"),
            Change::AlterTable { table, if_exists, only, action } => {
                self.only = *only;
                self.alter(table, *if_exists, action, maybe, span);
                self.only = false;
            }
            Change::DropTable { names, cascade, .. } => {
                names.iter().for_each(|name| self.drop_table(name, *cascade, maybe, span));
            }
            Change::CreateIndex(def) if self.find(&def.table).is_none() && self.is_view(&def.table) => self.put_view_index(def),
            Change::CreateIndex(def) => {
                let slot = self.existing_or_external(&def.table);
                self.put_index(slot, def);
            }
            Change::DropIndex { names, table, if_exists, .. } => {
                names.iter().for_each(|name| self.drop_index(name, table.as_ref(), *if_exists, maybe))
            }
            Change::RenameIndex { from, to, table } => self.rename_index(from, &to.value, table.as_ref()),
            Change::AttachIndex { parent, child } => self.attach_index(parent, child),
            Change::Reindex { .. } => {}
            Change::CreateEnum { name, labels } => self.create_enum(name, labels, maybe, span),
            Change::AddEnumValue { name, label, before, after, .. } => {
                self.add_label(name, label, before.as_ref(), after.as_ref())
            }
            Change::RenameEnumValue { name, .. } if maybe => {
                self.doubt_type(name);
            }
            Change::RenameEnumValue { name, from, to } => self.rename_label(name, from, to),
            Change::RenameType { name, to } => self.rename_type(name, &to.value),
            Change::DropType { names, cascade, .. } => names.iter().for_each(|name| self.drop_type(name, *cascade, maybe, span)),
            Change::ConstrainDomain { name, .. } => self.constrain_domain(name),
            Change::CreateDomain { name, base, not_null, has_default, checks, .. } => {
                self.create_domain(NewDomain {
                    name,
                    base: base.as_ref(),
                    not_null: *not_null,
                    has_default: *has_default,
                    checks,
                    span,
                });
            }
            Change::Object(change) => self.change_object(change, maybe, span),
            Change::CreateOtherType { .. } | Change::RefreshView { .. } | Change::CreateSchema { .. } => {}
            Change::CreateView { name, materialized, reads, identifiers, columns, .. } => {
                self.create_view(NewView { name, materialized: *materialized, reads, identifiers, columns, span });
            }
            Change::DropView { names, .. } => names.iter().filter(|_| !maybe).for_each(|name| self.drop_view(name)),
            Change::RenameView { from, to } => self.rename_view(from, &to.value),
            Change::DropSchema { names, .. } if !maybe => names.iter().for_each(|name| self.drop_schema(name, span)),
            Change::RenameSchema { from, to } if !maybe => self.rename_schema(from, to, span),
            Change::DropSchema { .. } | Change::RenameSchema { .. } => self.doubt_everything(CONDITION.into(), Some(span)),
            Change::Data { verb: DataVerb::Insert, tables, copied, sources, rows, .. } => {
                self.seed(tables, *copied, rows.as_deref().filter(|_| !maybe));
                self.note_fill(tables, sources);
            }
            Change::Setting { name, value, scope: None, .. } if name == "search_path" => self.set_search_path(value),
            Change::Data { tables, .. } => self.unsettle_rows(tables),
            Change::TableObject { .. }
            | Change::Setting { .. }
            | Change::Begin
            | Change::Commit
            | Change::Rollback
            | Change::DropDatabase { .. }
            | Change::LockTable { .. }
            | Change::Maintenance { .. } => {}
        }
    }

    fn seed(&mut self, tables: &[ObjectName], copied: bool, rows: Option<&Rows>) {
        for name in tables {
            if let Some(table) = self.find(name).and_then(|slot| self.table_mut(slot)) {
                table.seeded = true;
                table.copied |= copied;
                table.take_rows(rows);
            }
        }
    }

    /// Rows are changed or taken away, and which is not followed.
    fn unsettle_rows(&mut self, tables: &[ObjectName]) {
        for name in tables {
            if let Some(rows) = self.find(name).and_then(|slot| self.table_mut(slot)).and_then(|table| table.rows.as_mut()) {
                rows.doubt();
            }
        }
    }

    /// `SET search_path TO a, "$user", b`; `default` and an empty path fall back to what a session starts with.
    fn set_search_path(&mut self, value: &str) {
        let parts = value.split(',').map(|part| part.trim().trim_matches(['"', '\'']));
        let path: Vec<Name> =
            parts.filter(|part| !part.is_empty() && *part != "$user" && *part != "pg_catalog").map(Name::from).collect();
        let reset = path.is_empty() || path.iter().any(|part| part.eq_ignore_ascii_case("default"));
        self.search_path = if reset { default_path(self.dialect) } else { path };
    }

    fn alter(&mut self, name: &ObjectName, if_exists: bool, action: &TableAction, maybe: bool, span: Span) {
        if if_exists && self.find(name).is_none() {
            return;
        }
        // `ALTER TABLE` also renames indexes and views.
        if let TableAction::RenameTable { to } = action
            && self.find(name).is_none()
        {
            if self.is_view(name) {
                return self.rename_view(name, &to.value);
            }
            if self.find_index(name, None).is_some() {
                return self.rename_index(name, &to.value, None);
            }
        }
        if self.find(name).is_none() && self.alter_sequence(name, action, maybe) {
            return;
        }
        let slot = self.existing_or_external(name);
        if maybe && let Some(facets) = doubtful(action) {
            return self.doubt_family(slot, facets, CONDITION, span);
        }
        self.act(slot, action, span);
    }

    fn act(&mut self, slot: usize, action: &TableAction, span: Span) {
        match action {
            TableAction::AddColumn { column, .. } => {
                let known = self
                    .table(slot)
                    .is_some_and(|table| table.columns.iter().any(|one| self.same(&one.name, &column.name.value)));
                if known {
                    return;
                }
                self.put_column(slot, column);
                for child in self.descendants(slot) {
                    self.put_column(child, column);
                }
                let constraints: Vec<_> = column.constraints.iter().map(|one| (one, Some(column.name.value.as_str()))).collect();
                self.put_constraints(slot, &constraints);
                if !column.complete {
                    let why = "an added column was not understood in full";
                    self.doubt_family(slot, &[Facet::Constraints, Facet::Indexes], why, column.span);
                }
            }
            TableAction::DropColumn { name, if_exists, cascade } => {
                self.drop_column(slot, &name.value, *if_exists, *cascade, span)
            }
            TableAction::RenameColumn { from, to } => self.rename_column(slot, &from.value, &to.value, span),
            TableAction::RenameTable { to } => {
                let schema = self.table(slot).and_then(|table| table.name.schema.clone());
                let to = TableName { schema, name: self.cut(&to.value) };
                self.rename_table(slot, to, span);
            }
            TableAction::SetSchema { to } => {
                let Some(name) = self.table(slot).map(|table| table.name.name.clone()) else { return };
                self.rename_table(slot, TableName { schema: Some(to.into()), name }, span);
            }
            TableAction::AlterType { column, column_type, .. } => {
                self.change_column(slot, &column.value, &ColumnChange::Type(column_type.as_deref().cloned()), span)
            }
            TableAction::SetNotNull { column } => self.change_column(slot, &column.value, &ColumnChange::Nullable(false), span),
            TableAction::DropNotNull { column } => self.change_column(slot, &column.value, &ColumnChange::Nullable(true), span),
            TableAction::SetDefault { column, default } => {
                let value = if is_null(default) { Fact::Absent } else { Fact::explicit(default.clone(), default.span) };
                self.change_column(slot, &column.value, &ColumnChange::Default(value), span);
            }
            TableAction::DropDefault { column } => {
                self.change_column(slot, &column.value, &ColumnChange::Default(Fact::Absent), span)
            }
            TableAction::Identity { column, add } => self.change_column(slot, &column.value, &ColumnChange::Identity(*add), span),
            TableAction::AddConstraint(def) => {
                let held = def.name.as_ref().is_some_and(|name| self.holds_constraint(slot, &name.value));
                if !held {
                    let name = def.name.as_ref().map(|name| self.cut(&name.value));
                    self.put_constraint(slot, def, None, name);
                }
            }
            TableAction::DropConstraint { name, if_exists, .. } => self.drop_constraint(slot, &name.value, *if_exists, span),
            TableAction::ValidateConstraint { name } => self.validate_constraint(slot, &name.value, span),
            TableAction::RenameConstraint { from, to } => self.rename_constraint(slot, &from.value, &to.value, span),
            TableAction::AttachPartition { child, default } => self.attach(slot, child, *default, span),
            TableAction::DetachPartition { child, concurrently } => self.detach(slot, child, concurrently.is_some(), span),
            TableAction::Other { words } => match words.as_str() {
                "INHERIT" | "NO INHERIT" => self.doubt_heirs(),
                "ENABLE ROW LEVEL SECURITY" | "DISABLE ROW LEVEL SECURITY" => {
                    if let Some(table) = self.table_mut(slot) {
                        table.row_security = words.starts_with("ENABLE");
                    }
                }
                "SET LOGGED" | "SET UNLOGGED" => {
                    if let Some(table) = self.table_mut(slot) {
                        table.unlogged = words == "SET UNLOGGED";
                    }
                }
                _ => {}
            },
            TableAction::Unknown { words } => {
                let why = format!("`{}` was not understood", words.to_lowercase());
                self.doubt_family(slot, &Facet::ALL, &why, span);
            }
        }
    }

    /// Whether everything that a change drops or renames is there.
    fn holds_target(&self, change: &Change) -> bool {
        let is_there = |name: &ObjectName| self.find(name).is_some();
        match change {
            Change::DropTable { names, .. } => names.iter().all(is_there),
            Change::DropIndex { names, table, .. } => names.iter().all(|name| self.find_index(name, table.as_ref()).is_some()),
            Change::DropView { names, .. } => names.iter().all(|name| self.is_view(name)),
            Change::DropType { names, .. } => names.iter().all(|name| self.holds_type(name)),
            Change::RenameIndex { from, table, .. } => self.find_index(from, table.as_ref()).is_some(),
            Change::RenameView { from, .. } => self.is_view(from),
            Change::RenameType { name, .. } => self.holds_type(name),
            Change::AlterTable { table, action, .. } => {
                let Some(slot) = self.find(table) else { return false };
                let has =
                    |name: &str| self.table(slot).is_some_and(|table| table.columns.iter().any(|one| self.same(&one.name, name)));
                match action {
                    TableAction::DropColumn { name, .. } => has(&name.value),
                    TableAction::RenameColumn { from, .. } => has(&from.value),
                    TableAction::DropConstraint { name, .. } => self.holds_constraint(slot, &name.value),
                    TableAction::RenameConstraint { from, .. } => self.holds_constraint(slot, &from.value),
                    _ => true,
                }
            }
            _ => true,
        }
    }

    pub(super) fn holds_constraint(&self, slot: usize, name: &str) -> bool {
        let same = |one: &Option<Name>| one.as_ref().is_some_and(|one| self.same(one, name));
        let Some(table) = self.table(slot) else { return false };
        let keys = table.indexes.iter().filter(|one| one.backs.is_some()).map(|one| &one.name);
        keys.chain(table.foreign_keys.iter().map(|one| &one.name)).chain(table.checks.iter().map(|one| &one.name)).any(same)
    }

    /// Counts a statement, and notes what the part that was not understood may have touched; `text` is the file around it.
    pub fn doubt(&mut self, statement: &Statement, text: Excerpt) {
        self.now += 1;
        self.guarded = statement.guarded;
        let written = text.under(statement.span);
        self.casts_unknown |= ["create cast", "create operator"]
            .iter()
            .any(|words| written.get(..words.len()).is_some_and(|head| head.eq_ignore_ascii_case(words)));
        let (why, span) = match &statement.understanding {
            Understanding::Opaque(why) | Understanding::Partial(why) => (why, statement.span),
            Understanding::Full | Understanding::NoEffect => return,
        };
        let found = self.doubt_touched(&statement.touches, why, span);
        let opaque = matches!(statement.understanding, Understanding::Opaque(_));
        if !found && opaque && !self.doubt_named_in(code_before(text, span), why, span) {
            self.doubt_everything(why.clone(), Some(span));
        }
    }

    /// What a statement may have touched is in doubt; `false` where it names nothing that is known.
    pub(super) fn doubt_touched(&mut self, touches: &[ObjectName], why: &str, span: Span) -> bool {
        let mut found = false;
        for name in touches {
            if let Some(slot) = self.find(name) {
                self.doubt_family(slot, &Facet::ALL, why, span);
            } else if let Some((slot, _)) = self.find_index(name, None) {
                self.gap(slot, &[Facet::Indexes], why, Some(span));
            } else if !self.doubt_type(name) {
                continue;
            }
            found = true;
        }
        found
    }

    /// A procedure or prepared text says in its literals what it works on: the tables that a text names are in doubt.
    /// `false` where it names none.
    fn doubt_named_in(&mut self, text: &str, why: &str, span: Span) -> bool {
        let mut slots: Vec<usize> = words(text).flat_map(|word| self.by_name.get(&self.key(word))).collect();
        slots.sort_unstable();
        slots.dedup();
        for slot in &slots {
            self.doubt_family(*slot, &Facet::ALL, why, span);
        }
        !slots.is_empty()
    }
}

/// What an opaque statement may draw on: itself, and for `EXECUTE` of a prepared text what stands before it in the file.
fn code_before(around: Excerpt<'_>, span: Span) -> &str {
    let own = around.under(span);
    let Some((text, _, range)) = around.at(span) else { return own };
    if !own.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("execute")) {
        return own;
    }
    let end = range.end.min(text.len());
    let mut start = end.saturating_sub(LOOK_BACK);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..end).unwrap_or(own)
}

/// What of a table is in doubt when an action may not have run; `None` where the action only adds, which counts as done.
fn doubtful(action: &TableAction) -> Option<&'static [Facet]> {
    match action {
        TableAction::AddColumn { .. } | TableAction::AddConstraint(_) | TableAction::Other { .. } => None,
        TableAction::ValidateConstraint { .. } => None,
        TableAction::AlterType { .. }
        | TableAction::SetNotNull { .. }
        | TableAction::DropNotNull { .. }
        | TableAction::SetDefault { .. }
        | TableAction::DropDefault { .. }
        | TableAction::Identity { .. } => Some(&[Facet::Columns]),
        TableAction::DropConstraint { .. } | TableAction::RenameConstraint { .. } => Some(&[Facet::Constraints, Facet::Indexes]),
        _ => Some(&Facet::ALL),
    }
}
