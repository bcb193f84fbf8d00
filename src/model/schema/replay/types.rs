//! Enums, domains and views.

use super::State;
use crate::model::schema::catalog::{Domain, EnumType, TableName, View};
use crate::model::schema::names;
use crate::source::{Span, Spanned};
use crate::sql::{ColumnType, ObjectName};

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
    }

    /// Whether there is an enum or a domain of this name.
    pub(super) fn holds_type(&self, name: &ObjectName) -> bool {
        let key = self.key(&name.name);
        self.enums.contains_key(&key) || self.domains.contains_key(&key)
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
        let (key, to) = (self.key(&name.name), self.cut(to));
        let new_key = self.key(&to);
        let mut renamed = false;
        if let Some(mut held) = self.enums.remove(&key) {
            held.name.name = to.clone();
            self.enums.insert(new_key.clone(), held);
            renamed = true;
        }
        if let Some(mut held) = self.domains.remove(&key) {
            held.name.name = to.clone();
            self.domains.insert(new_key, held);
            renamed = true;
        }
        if !renamed {
            return;
        }
        for column in self.tables.iter_mut().flatten().flat_map(|table| table.columns.iter_mut()) {
            if let crate::fact::Fact::Known(held, _) = &mut column.column_type
                && held.name == name.name
            {
                held.name = to.clone();
            }
        }
    }

    pub(super) fn drop_type(&mut self, name: &ObjectName, maybe: bool) {
        if maybe {
            self.doubt_type(name);
            return;
        }
        let key = self.key(&name.name);
        self.enums.remove(&key);
        self.domains.remove(&key);
    }

    pub(super) fn create_domain(&mut self, name: &ObjectName, base: Option<&ColumnType>, constrained: bool, span: Span) {
        let made = Domain { name: self.new_name(name), base: base.cloned(), constrained, span };
        self.domains.insert(self.key(&name.name), made);
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
        let view = View { name, materialized: new.materialized, reads, identifiers: new.identifiers.to_vec(), span: new.span };
        self.views.insert(key, view);
    }

    /// Whether there is a view of this name.
    pub fn is_view(&self, name: &ObjectName) -> bool {
        self.views.contains_key(&self.key(&name.name))
    }

    pub(super) fn drop_view(&mut self, name: &ObjectName) {
        let key = self.key(&name.name);
        self.views.remove(&key);
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
        for key in self.readers.remove(&self.key(table)).unwrap_or_default() {
            self.views.remove(&key);
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

/// A type's name without its schema.
fn bare(type_name: &str) -> &str {
    type_name.rsplit('.').next().unwrap_or(type_name)
}
