//! Enums, domains and views.

use super::State;
use crate::model::schema::catalog::{Domain, EnumType, Index, TableName, View, method};
use crate::model::schema::names;
use crate::source::{Name, Span, Spanned};
use crate::sql::{ColumnType, DomainCheck, IndexDef, ObjectName, ViewColumn};
use std::sync::Arc;

/// Most labels, views' names and the like that are followed in one place.
const MOST: usize = 10_000;

/// How many views of one table are looked at.
const MOST_VIEWS: usize = 256;

/// A view as it is created.
pub(super) struct NewView<'a> {
    pub name: &'a ObjectName,
    pub materialized: bool,
    pub reads: &'a [ObjectName],
    pub identifiers: &'a [Spanned<String>],
    pub columns: &'a [ViewColumn],
    pub span: Span,
}

/// A domain as it is created.
pub(super) struct NewDomain<'a> {
    pub name: &'a ObjectName,
    pub base: Option<&'a ColumnType>,
    pub not_null: bool,
    pub has_default: bool,
    pub checks: &'a [DomainCheck],
    pub span: Span,
}

impl State {
    pub(super) fn create_enum(&mut self, name: &ObjectName, labels: &[Spanned<String>], maybe: bool, span: Span) {
        let key = self.key(&name.name);
        if maybe && self.enums.contains_key(&key) {
            return;
        }
        let made = EnumType { name: self.new_name(name), labels: labels.to_vec(), complete: true, span };
        self.enums.insert(key, made);
    }

    pub(super) fn add_label(
        &mut self,
        name: &ObjectName,
        label: &Spanned<String>,
        before: Option<&String>,
        after: Option<&String>,
    ) {
        let key = self.key(&name.name);
        let Some(held) = self.enums.get_mut(&key) else { return };
        if held.labels.len() >= MOST || held.labels.iter().any(|one| one.value == label.value) {
            return;
        }
        let place = |wanted: &String| held.labels.iter().position(|one| one.value == *wanted);
        let at = before.and_then(place).or_else(|| after.and_then(place).map(|at| at + 1)).unwrap_or(held.labels.len());
        held.labels.insert(at, label.clone());
    }

    pub(super) fn rename_label(&mut self, name: &ObjectName, from: &Spanned<String>, to: &Spanned<String>) {
        let key = self.key(&name.name);
        let Some(held) = self.enums.get_mut(&key) else { return };
        match held.labels.iter_mut().find(|one| one.value == from.value) {
            Some(label) => *label = to.clone(),
            None => held.complete = false,
        }
        // A default holds the label itself, and says its new name from here on.
        let (of, old, new) = (held.name.clone(), format!("'{}'", from.value), format!("'{}'", to.value));
        for column in self.tables.iter_mut().flatten().flat_map(|table| table.columns.iter_mut()) {
            if let (crate::fact::Fact::Known(held, _), crate::fact::Fact::Known(default, _)) =
                (&column.column_type, &mut column.default)
                && is_type(&held.name, &of)
            {
                default.text = default.text.replace(&old, &new).into();
            }
        }
    }

    /// Whether there is an enum or a domain of this name.
    pub(super) fn holds_type(&self, name: &ObjectName) -> bool {
        let key = self.key(&name.name);
        self.type_named(&key).is_some()
    }

    /// The labels of an enum are no longer known; `false` where there is no such type.
    pub(super) fn doubt_type(&mut self, name: &ObjectName) -> bool {
        let key = self.key(&name.name);
        match self.enums.get_mut(&key) {
            Some(held) => held.complete = false,
            None => return self.domains.contains_key(&key) || self.views.contains_key(&key),
        }
        true
    }

    /// `ALTER TYPE a RENAME TO b`: columns of the type say the new name.
    pub(super) fn rename_type(&mut self, name: &ObjectName, to: &str) {
        let to = self.cut(to);
        self.move_type_to(name, |held| held.name = to);
    }

    /// `ALTER TYPE a SET SCHEMA s`.
    pub(super) fn move_type(&mut self, name: &ObjectName, to: &str) {
        self.move_type_to(name, |held| held.schema = Some(to.into()));
    }

    fn move_type_to(&mut self, name: &ObjectName, change: impl FnOnce(&mut TableName)) {
        let key = self.key(&name.name);
        let Some(old) = self.type_named(&key).cloned() else { return };
        let mut new = old.clone();
        change(&mut new);
        let new_key = self.key(&new.name);
        if let Some(mut held) = self.enums.remove(&key) {
            held.name = new.clone();
            self.enums.insert(new_key, held);
        } else if let Some(mut held) = self.domains.remove(&key) {
            held.name = new.clone();
            self.domains.insert(new_key, held);
        } else if let Some(mut held) = self.held.composites.remove(&key) {
            held.name = new.clone();
            self.held.composites.insert(new_key, held);
        }
        for column in self.tables.iter_mut().flatten().flat_map(|table| table.columns.iter_mut()) {
            if let crate::fact::Fact::Known(held, _) = &mut column.column_type
                && is_type(&held.name, &old)
            {
                Arc::make_mut(held).name = written_type(&new);
            }
        }
    }

    fn type_named(&self, key: &str) -> Option<&TableName> {
        let domain = || self.domains.get(key).map(|one| &one.name);
        let composite = || self.held.composites.get(key).map(|one| &one.name);
        self.enums.get(key).map(|one| &one.name).or_else(domain).or_else(composite)
    }

    /// `DROP TYPE`: with `CASCADE` the columns go too, without it a type that is used stays.
    pub(super) fn drop_type(&mut self, name: &ObjectName, cascade: bool, maybe: bool, span: Span) {
        if maybe {
            self.doubt_type(name);
            return;
        }
        let key = self.key(&name.name);
        let Some(held) = self.type_named(&key).cloned() else { return };
        let mut users: Vec<(usize, Name)> = Vec::new();
        for (slot, table) in self.tables.iter().enumerate() {
            let of_type = table
                .iter()
                .flat_map(|table| &table.columns)
                .filter(|column| column.column_type.known().is_some_and(|kind| is_type(&kind.name, &held)));
            users.extend(of_type.map(|column| (slot, column.name.clone())));
        }
        if !users.is_empty() && !cascade {
            return;
        }
        self.enums.remove(&key);
        self.domains.remove(&key);
        self.held.composites.remove(&key);
        for (slot, column) in users {
            self.forget_views_with(slot, &column);
            self.drop_column_of(slot, &column, true, span);
        }
    }

    pub(super) fn create_domain(&mut self, new: NewDomain) {
        let constrained = new.not_null || !new.checks.is_empty();
        let mut made = Domain {
            name: self.new_name(new.name),
            base: new.base.cloned(),
            constrained,
            not_null: new.not_null,
            has_default: new.has_default,
            checks: Vec::new(),
            span: new.span,
        };
        for check in new.checks.iter().take(MOST) {
            let mut check = check.clone();
            check.name = check.name.or_else(|| super::objects::check_name(&made));
            made.checks.push(check);
        }
        self.domains.insert(self.key(&new.name.name), made);
    }

    /// A domain gets a constraint.
    pub(super) fn constrain_domain(&mut self, name: &ObjectName) {
        let key = self.key(&name.name);
        if let Some(domain) = self.domains.get_mut(&key) {
            domain.constrained = true;
        }
    }

    /// The domain that a column type names, with or without its schema.
    pub fn domain_named(&self, type_name: &str) -> Option<&Domain> {
        self.domains.get(&self.key(bare(type_name)))
    }

    /// The enum that a column type names, with or without its schema.
    pub fn enum_named(&self, type_name: &str) -> Option<&EnumType> {
        self.enums.get(&self.key(bare(type_name)))
    }

    pub(super) fn create_view(&mut self, new: NewView) {
        let name = self.new_name(new.name);
        let key = self.key(&name.name);
        let reads: Vec<TableName> = new.reads.iter().map(|one| self.resolved(one)).collect();
        for read in &reads {
            self.readers.entry(names::key(self.dialect, &read.name)).or_default().insert(key.clone());
        }
        let star = new.columns.contains(&ViewColumn::Star);
        let columns = self.view_columns(new.columns, &reads);
        let view = View {
            name,
            materialized: new.materialized,
            reads,
            identifiers: new.identifiers.to_vec(),
            columns,
            star,
            indexes: Vec::new(),
            span: new.span,
        };
        self.views.insert(key, view);
    }

    /// The names of a view's columns, where the text and what it reads say them all.
    fn view_columns(&self, written: &[ViewColumn], reads: &[TableName]) -> Option<Vec<Name>> {
        let mut names = Vec::new();
        for one in written {
            match one {
                ViewColumn::Named(name) => names.push(self.cut(name)),
                ViewColumn::Star => {
                    let [only] = reads else { return None };
                    let table = self.exact(only).and_then(|slot| self.table(slot));
                    match table.filter(|table| table.columns_complete()) {
                        Some(table) => names.extend(table.columns.iter().map(|column| column.name.clone())),
                        None => names.extend(self.views.get(&self.key(&only.name))?.columns.clone()?),
                    }
                }
                ViewColumn::Unknown => return None,
            }
        }
        (!names.is_empty()).then_some(names)
    }

    /// `CREATE INDEX` on a materialized view.
    pub(super) fn put_view_index(&mut self, def: &IndexDef) {
        let key = self.key(&def.table.name);
        let Some(name) = self.views.get(&key).map(|view| view.name.name.clone()) else { return };
        let named = def.name.as_ref().map(|name| self.cut(&name.value));
        let addition = names::index_addition(&def.keys, &def.include);
        let index = Index {
            keys: def.keys.clone(),
            include: def.include.as_slice().into(),
            unique: def.unique,
            nulls_not_distinct: def.nulls_not_distinct,
            method: method(&def.method),
            predicate: def.predicate.clone().map(Box::new),
            ..self.plain_index(Vec::new(), def.span)
        };
        let Some(view) = self.views.get_mut(&key).filter(|view| view.indexes.len() < MOST_VIEWS) else { return };
        let taken = |name: &str| view.indexes.iter().any(|one| one.name.as_deref() == Some(name));
        if named.as_deref().is_some_and(taken) {
            return;
        }
        let made = named.unwrap_or_else(|| names::choose(&name, Some(&addition), "idx", view.indexes.len(), taken).into());
        view.indexes.push(Index { name: Some(made), ..index });
    }

    /// Whether there is a view of this name.
    pub fn is_view(&self, name: &ObjectName) -> bool {
        self.views.contains_key(&self.key(&name.name))
    }

    pub(super) fn drop_view(&mut self, name: &ObjectName) {
        let key = self.key(&name.name);
        if let Some(view) = self.views.remove(&key) {
            // What reads a view goes with it, or the statement failed.
            self.forget_views_of(&view.name.name);
        }
    }

    /// `ALTER VIEW a SET SCHEMA s`.
    pub(super) fn move_view(&mut self, name: &ObjectName, to: &str) {
        let key = self.key(&name.name);
        if let Some(view) = self.views.get_mut(&key) {
            view.name.schema = Some(to.into());
        }
    }

    /// Views that name a column go with it, by `CASCADE`.
    pub(super) fn forget_views_with(&mut self, slot: usize, column: &str) {
        if self.dialect != crate::sql::Dialect::Postgres {
            return;
        }
        let Some(name) = self.table(slot).map(|table| table.name.clone()) else { return };
        let keys = self.readers.get(&self.key(&name.name)).cloned().unwrap_or_default();
        for key in keys {
            let names_it = self.views.get(&key).is_some_and(|view| {
                view.reads.contains(&name) && (view.star || view.identifiers.iter().any(|one| one.value == column))
            });
            if names_it && let Some(view) = self.views.remove(&key) {
                self.forget_views_of(&view.name.name);
            }
        }
    }

    pub(super) fn rename_view(&mut self, from: &ObjectName, to: &str) {
        let key = self.key(&from.name);
        let Some(mut view) = self.views.remove(&key) else { return };
        view.name.name = self.cut(to);
        let key = self.key(to);
        for read in &view.reads {
            self.readers.entry(names::key(self.dialect, &read.name)).or_default().insert(key.clone());
        }
        self.views.insert(key, view);
    }

    /// The views that name a table, in order of name; no more than anybody would read.
    pub fn views_of(&self, table: &TableName) -> Vec<&View> {
        let keys = self.readers.get(&self.key(&table.name)).into_iter().flatten().take(MOST_VIEWS);
        keys.filter_map(|key| self.views.get(key)).filter(|view| view.reads.contains(table)).collect()
    }

    /// A view cannot outlive a table that it reads.
    pub(super) fn forget_views_of(&mut self, table: &str) {
        if self.dialect != crate::sql::Dialect::Postgres {
            return;
        }
        let mut todo: Vec<Name> = self.readers.remove(&self.key(table)).unwrap_or_default().into_iter().collect();
        while let Some(key) = todo.pop() {
            if let Some(view) = self.views.remove(&key) {
                todo.extend(self.readers.remove(&self.key(&view.name.name)).unwrap_or_default());
            }
        }
    }

    pub(super) fn rename_in_views(&mut self, from: &TableName, to: &TableName) {
        let keys = self.readers.get(&self.key(&from.name)).cloned().unwrap_or_default();
        for key in &keys {
            let reads = self.views.get_mut(key).map(|view| view.reads.iter_mut()).into_iter().flatten();
            for read in reads.filter(|read| *read == from) {
                *read = to.clone();
            }
        }
        let new_key = self.key(&to.name);
        self.readers.entry(new_key).or_default().extend(keys);
    }

    /// PostgreSQL's views follow a renamed column.
    pub(super) fn rename_column_in_views(&mut self, table: &TableName, from: &str, to: &str) {
        let keys = self.readers.get(&self.key(&table.name)).cloned().unwrap_or_default();
        for key in keys {
            let identifiers =
                self.views.get_mut(&key).filter(|view| view.reads.contains(table)).map(|view| view.identifiers.iter_mut());
            for one in identifiers.into_iter().flatten().filter(|one| one.value == from) {
                one.value = to.to_owned();
            }
        }
    }
}

/// Whether a column's type is that of this name; the schema that everybody has is left out of it.
fn is_type(written: &str, name: &TableName) -> bool {
    written == written_type(name) || (written == name.name && !written.contains('.'))
}

fn written_type(name: &TableName) -> String {
    match name.schema.as_deref() {
        None | Some("public") => name.name.to_string(),
        Some(schema) => format!("{schema}.{}", name.name),
    }
}

/// A type's name without its schema.
fn bare(type_name: &str) -> &str {
    type_name.rsplit('.').next().unwrap_or(type_name)
}
