//! Sequences, functions, triggers, extensions, composite types, domains and character sets.

use super::State;
use crate::model::schema::catalog::{Domain, TableName};
use crate::model::schema::objects::{Composite, Function, Objects, Sequence, Trigger};
use crate::source::{Name, Span};
use crate::sql::{Dialect, DomainChange, ObjectChange, ObjectName, RoutineBody, TableAction};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// How many objects of a kind, and triggers of a table, are followed.
const MOST: usize = 20_000;

/// A sequence while it is being replayed: its owner by slot, since tables are renamed.
#[derive(Clone)]
pub(super) struct HeldSequence {
    name: TableName,
    owner: Option<(usize, Name)>,
}

/// Objects while they are being replayed, by folded name.
#[derive(Clone, Default)]
pub(super) struct Held {
    pub sequences: HashMap<Name, HeldSequence>,
    pub functions: HashMap<Name, Function>,
    /// What functions do when they are called, by what tells namesakes apart. Those that leave the catalog alone are not here.
    pub bodies: HashMap<Name, BTreeMap<Vec<Name>, Arc<RoutineBody>>>,
    pub composites: HashMap<Name, Composite>,
    pub extensions: Vec<String>,
    pub extension_schemas: Vec<String>,
}

impl State {
    pub(super) fn change_object(&mut self, change: &ObjectChange, maybe: bool, span: Span) {
        match change {
            ObjectChange::CreateSequence { name, owner } => {
                let made = self.new_name(name);
                let key = self.key(&name.name);
                if self.held.sequences.len() < MOST && !self.held.sequences.contains_key(&key) {
                    let owner = self.owner(owner.as_ref());
                    self.held.sequences.insert(key, HeldSequence { name: made, owner });
                }
            }
            ObjectChange::OwnSequence { name, owner } => {
                let (key, made) = (self.key(&name.name), self.new_name(name));
                let owner = self.owner(owner.as_ref());
                if self.held.sequences.len() < MOST {
                    self.held.sequences.entry(key).or_insert(HeldSequence { name: made, owner: None }).owner = owner;
                }
            }
            ObjectChange::RenameSequence { name, to } => self.rename_sequence(name, to),
            ObjectChange::DropSequence { names, .. } => {
                for name in names.iter().filter(|_| !maybe) {
                    self.held.sequences.remove(&self.key(&name.name));
                }
            }
            ObjectChange::CreateFunction { name, tables, parameters, body } => {
                let tables = tables.iter().map(|table| self.resolved(table)).collect();
                let made = Function { name: self.new_name(name), tables, span };
                if self.held.functions.len() < MOST {
                    self.held.functions.insert(self.key(&name.name), made);
                    self.put_body(self.key(&name.name), parameters, body.as_ref());
                }
            }
            ObjectChange::RenameFunction { name, to } => {
                let (key, to) = (self.key(&name.name), self.cut(to));
                if let Some(mut held) = self.held.functions.remove(&key) {
                    held.name.name = to.clone();
                    self.held.functions.insert(self.key(&to), held);
                    let bodies = self.held.bodies.remove(&key).unwrap_or_default();
                    self.held.bodies.entry(self.key(&to)).or_default().extend(bodies);
                }
            }
            ObjectChange::DropFunction { names, counts, cascade } => {
                for (name, count) in names.iter().zip(counts).filter(|_| !maybe) {
                    self.drop_function(name, *cascade);
                    self.drop_body(name, *count);
                }
            }
            ObjectChange::CreateTrigger { name, table, function } => {
                let function = function.as_ref().map(|one| self.new_name(one));
                let trigger = Trigger { name: self.cut(&name.value), function, span };
                // A trigger may stand on a view, which has no slot.
                let slot = self.find(table);
                if let Some(held) = slot.and_then(|slot| self.table_mut(slot)).filter(|held| held.triggers.len() < MOST) {
                    held.triggers.retain(|one| one.name != trigger.name);
                    held.triggers.push(trigger);
                }
            }
            ObjectChange::DropTrigger { name, table } => {
                if !maybe {
                    self.drop_trigger(&name.value, table.as_ref());
                }
            }
            ObjectChange::CreateExtension { name, schema } => {
                if let Some(schema) =
                    schema.as_ref().filter(|one| one.as_str() != "public" && self.held.extension_schemas.len() < MOST)
                {
                    self.held.extension_schemas.push(schema.clone());
                }
                if !self.held.extensions.contains(&name.value) && self.held.extensions.len() < MOST {
                    self.held.extensions.push(name.value.clone());
                }
            }
            ObjectChange::DropExtension { names } => {
                self.held.extensions.retain(|one| maybe || !names.contains(one));
            }
            ObjectChange::CreateComposite { name, attributes } => {
                let made = Composite { name: self.new_name(name), attributes: attributes.clone(), span };
                if self.held.composites.len() < MOST {
                    self.held.composites.insert(self.key(&name.name), made);
                }
            }
            ObjectChange::AddAttribute { name, attribute } => {
                self.composite(name, |held| held.attributes.push(attribute.clone()));
            }
            ObjectChange::DropAttribute { name, attribute } => {
                self.composite(name, |held| held.attributes.retain(|(one, _)| one != attribute));
            }
            ObjectChange::RenameAttribute { name, from, to } => self.composite(name, |held| {
                for (one, _) in held.attributes.iter_mut().filter(|(one, _)| one == from) {
                    *one = to.clone();
                }
            }),
            ObjectChange::Domain { name, change } => self.change_domain(name, change, maybe),
            ObjectChange::TypeSchema { name, to } => self.move_type(name, to),
            ObjectChange::ViewSchema { name, to } => self.move_view(name, to),
            ObjectChange::Charset { table, charset, collation, convert } => {
                self.set_charset(table, charset.as_ref(), collation.as_ref(), *convert)
            }
        }
    }

    fn owner(&self, owner: Option<&(ObjectName, String)>) -> Option<(usize, Name)> {
        let (table, column) = owner?;
        Some((self.find(table)?, column.into()))
    }

    fn composite(&mut self, name: &ObjectName, change: impl FnOnce(&mut Composite)) {
        let key = self.key(&name.name);
        if let Some(held) = self.held.composites.get_mut(&key).filter(|held| held.attributes.len() < MOST) {
            change(held);
        }
    }

    fn drop_function(&mut self, name: &ObjectName, cascade: bool) {
        let key = self.key(&name.name);
        self.held.functions.remove(&key);
        if !cascade {
            return;
        }
        let dialect = self.dialect;
        for table in self.tables.iter_mut().flatten() {
            let calls = |one: &Trigger| {
                one.function.as_ref().is_some_and(|called| crate::model::schema::names::same(dialect, &called.name, &name.name))
            };
            table.triggers.retain(|one| !calls(one));
        }
    }

    fn drop_trigger(&mut self, name: &str, table: Option<&ObjectName>) {
        let dialect = self.dialect;
        let is_it = |one: &Trigger| crate::model::schema::names::same(dialect, &one.name, name);
        match table {
            Some(table) => {
                if let Some(table) = self.find(table).and_then(|slot| self.table_mut(slot)) {
                    table.triggers.retain(|one| !is_it(one));
                }
            }
            None => self.tables.iter_mut().flatten().for_each(|table| table.triggers.retain(|one| !is_it(one))),
        }
    }

    fn change_domain(&mut self, name: &ObjectName, change: &DomainChange, maybe: bool) {
        let key = self.key(&name.name);
        let Some(held) = self.domains.get_mut(&key).filter(|held| held.checks.len() < MOST) else { return };
        let named = |one: &Option<String>, name: &str| one.as_deref() == Some(name);
        match change {
            DomainChange::NotNull(yes) => held.not_null = *yes || (maybe && held.not_null),
            DomainChange::Default(yes) => held.has_default = *yes || (maybe && held.has_default),
            DomainChange::AddCheck(check) => {
                let known = check.name.as_ref().is_some_and(|name| held.checks.iter().any(|one| named(&one.name, name)));
                if !known {
                    let mut check = check.clone();
                    check.name = check.name.or_else(|| check_name(held));
                    held.checks.push(check);
                }
            }
            DomainChange::DropConstraint(name) => held.checks.retain(|one| maybe || !named(&one.name, name)),
            DomainChange::RenameConstraint(from, to) => {
                held.checks.iter_mut().filter(|one| named(&one.name, from)).for_each(|one| one.name = Some(to.clone()));
            }
            DomainChange::Validate(name) => {
                held.checks.iter_mut().filter(|one| named(&one.name, name)).for_each(|one| one.validated = true);
            }
        }
        held.constrained = held.not_null || !held.checks.is_empty();
    }

    /// MySQL: the character set of new columns, and with `CONVERT TO` of the texts that are there.
    fn set_charset(&mut self, table: &ObjectName, charset: Option<&String>, collation: Option<&String>, convert: bool) {
        let Some(slot) = self.find(table) else { return };
        let Some(table) = self.table_mut(slot) else { return };
        let of_collation = collation.and_then(|name| name.split('_').next().map(Name::from));
        table.charset = charset.map(Name::from).or(of_collation);
        table.collation = collation.map(Name::from);
        if convert {
            let (charset, collation) = (table.charset.clone(), table.collation.clone());
            for column in table.columns.iter_mut().filter(|column| column.charset().is_some()) {
                column.set_charset(charset.clone(), collation.clone());
            }
        }
    }

    fn rename_sequence(&mut self, name: &ObjectName, to: &str) {
        let (key, to) = (self.key(&name.name), self.cut(to));
        if let Some(mut held) = self.held.sequences.remove(&key) {
            held.name.name = to.clone();
            self.held.sequences.insert(self.key(&to), held);
        }
    }

    /// `ALTER TABLE` also gives sequences another owner, which `pg_dump` writes so, and another name. Whether it is about one.
    pub(super) fn alter_sequence(&mut self, name: &ObjectName, action: &TableAction, maybe: bool) -> bool {
        if !self.held.sequences.contains_key(&self.key(&name.name)) {
            return false;
        }
        match action {
            TableAction::RenameTable { to } if !maybe => self.rename_sequence(name, &to.value),
            TableAction::RenameTable { .. } | TableAction::Other { .. } => {}
            _ => return false,
        }
        true
    }

    /// What is held at the end, in order of names.
    pub(super) fn objects(&mut self) -> Objects {
        let held = std::mem::take(&mut self.held);
        let mut objects = Objects {
            extensions: held.extensions,
            extension_schemas: held.extension_schemas,
            rebuilds: std::mem::take(&mut self.rebuilds),
            ..Objects::default()
        };
        for sequence in held.sequences.into_values() {
            let owner = match &sequence.owner {
                Some((slot, column)) => match self.table(*slot) {
                    Some(table) if table.column_named(column).is_some() => Some((table.name.clone(), column.clone())),
                    // Its table or column is gone, and it with them.
                    _ => continue,
                },
                None => None,
            };
            objects.sequences.push(Sequence { name: sequence.name, owner });
        }
        for table in self.tables() {
            let own = table.columns.iter().filter_map(|column| Some((column.sequence()?.clone(), column.name.clone())));
            objects.sequences.extend(own.map(|(name, column)| Sequence { name, owner: Some((table.name.clone(), column)) }));
        }
        objects.sequences.shrink_to_fit();
        objects.sequences.sort_by(|a, b| a.name.cmp(&b.name));
        objects.functions = held.functions.into_values().collect();
        objects.functions.sort_by(|a, b| a.name.cmp(&b.name));
        objects.composites = held.composites.into_values().collect();
        objects.composites.sort_by(|a, b| a.name.cmp(&b.name));
        objects.extensions.sort();
        objects
    }

    /// The sequence that PostgreSQL makes for a serial or identity column.
    pub(super) fn made_sequence(&self, slot: usize, column: &str) -> Option<TableName> {
        if self.dialect != Dialect::Postgres {
            return None;
        }
        let schema = self.table(slot)?.name.schema.clone();
        Some(TableName { schema, name: self.made_name(slot, Some(column), "seq")? })
    }
}

/// `d_check`, `d_check1`.
pub(super) fn check_name(domain: &Domain) -> Option<String> {
    let taken = |name: &str| domain.checks.iter().any(|one| one.name.as_deref() == Some(name));
    Some(crate::model::schema::names::choose(&domain.name.name, None, "check", domain.checks.len(), taken))
}
