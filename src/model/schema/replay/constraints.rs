//! Keys, checks and references come and go, and the indexes behind them.

use super::State;
use super::columns::MOST;
use crate::model::schema::catalog::{Backing, Check, Facet, ForeignKey, Index, method};
use crate::model::schema::names;
use crate::source::{Name, Span, Spanned};
use crate::sql::{self, ConstraintDef, ConstraintKind, Dialect, IndexKey};

impl State {
    /// Adds the constraints of a `CREATE TABLE` or one `ADD COLUMN` in PostgreSQL's order: checks, then the primary key, then
    /// other keys, then references. Each with the column that it is written at, where it is.
    pub(super) fn put_constraints(&mut self, slot: usize, constraints: &[(&ConstraintDef, Option<&str>)]) {
        let class = |kind: &ConstraintKind| match kind {
            ConstraintKind::Check { .. } => 0,
            ConstraintKind::PrimaryKey { .. } => 1,
            ConstraintKind::Unique { .. } | ConstraintKind::Exclusion => 2,
            ConstraintKind::ForeignKey { .. } => 3,
        };
        let mut ordered: Vec<(&ConstraintDef, Option<&str>)> = constraints.to_vec();
        ordered.sort_by_key(|(def, _)| class(&def.kind));
        let mut made: Vec<(KeyOf, Option<Name>, usize)> = Vec::new();
        let mut names: Vec<Option<Name>> = Vec::with_capacity(ordered.len());
        let mut repeated = vec![false; ordered.len()];
        for (at, (def, _)) in ordered.iter().enumerate() {
            let name = def.name.as_ref().map(|name| self.cut(&name.value));
            names.push(name.clone());
            // PostgreSQL makes one index of equal keys in a statement, under the first name that is written.
            let Some(key) = KeyOf::new(def).filter(|_| self.dialect == Dialect::Postgres) else { continue };
            match made.iter_mut().find(|(known, _, _)| *known == key) {
                Some((_, held, first)) => {
                    repeated[at] = true;
                    if held.is_none() {
                        *held = name.clone();
                        names[*first] = name;
                    }
                }
                None => made.push((key, name, at)),
            }
        }
        for (at, (def, at_column)) in ordered.iter().enumerate() {
            // InnoDB reads a reference that is written at a column and makes nothing of it.
            let ignored =
                self.dialect == Dialect::MySql && at_column.is_some() && matches!(def.kind, ConstraintKind::ForeignKey { .. });
            if !ignored && !repeated.get(at).copied().unwrap_or(false) {
                self.put_constraint(slot, def, *at_column, names.get(at).cloned().flatten());
            }
        }
    }

    /// Adds a constraint under a name, or under the one that the server makes.
    pub(super) fn put_constraint(&mut self, slot: usize, def: &ConstraintDef, at_column: Option<&str>, name: Option<Name>) {
        let full =
            self.table(slot).is_none_or(|table| table.indexes.len() + table.foreign_keys.len() + table.checks.len() >= MOST);
        if full {
            self.gap(slot, &[Facet::Constraints, Facet::Indexes], "more constraints than are followed", Some(def.span));
            return;
        }
        match &def.kind {
            ConstraintKind::PrimaryKey { columns, using_index } => {
                let columns = self.values(columns);
                let backing = Backing::PrimaryKey;
                if let Some(columns) =
                    self.put_key(slot, def, Key { name, columns, using_index, backing, nulls_not_distinct: false })
                {
                    self.demand_values(slot, &columns, def.span);
                }
            }
            ConstraintKind::Unique { columns, using_index, nulls_not_distinct } => {
                let columns = self.values(columns);
                let key = Key { name, columns, using_index, backing: Backing::Unique, nulls_not_distinct: *nulls_not_distinct };
                self.put_key(slot, def, key);
            }
            ConstraintKind::Exclusion => {
                let backing = Some(Backing::Exclusion);
                let keys = def.details().keys.clone();
                let name = name.or_else(|| self.made_name(slot, Some(&names::index_addition(&keys, &[])), "excl"));
                let index = Index {
                    name,
                    keys,
                    backs: backing,
                    method: method(def.details().method.as_deref().unwrap_or("btree")),
                    include: def.details().include.iter().map(Name::from).collect(),
                    predicate: def.details().predicate.clone().map(Box::new),
                    deferrable: def.details().deferrable,
                    ..self.plain_index(Vec::new(), def.span)
                };
                self.add_index(slot, index);
            }
            ConstraintKind::ForeignKey { .. } => self.put_foreign_key(slot, def, at_column, name),
            ConstraintKind::Check { text, expression, not_null_columns, allowed } => {
                let named = self.columns_in(slot, text);
                let only = match named.as_slice() {
                    [] => at_column,
                    [one] => Some(one.as_str()),
                    _ => None,
                };
                // Its name says the only column that it is about, which a table of unknown columns does not tell.
                let known = at_column.is_some() || self.table(slot).is_some_and(|table| table.columns_complete());
                let name = name.or_else(|| if known { self.made_name(slot, only, "check") } else { None });
                let check = Check {
                    name,
                    text: text.as_str().into(),
                    not_null_columns: not_null_columns.iter().map(Name::from).collect(),
                    allowed: allowed.as_ref().map(|(column, texts)| {
                        Box::new((
                            column.into(),
                            texts.iter().map(|text| Spanned::new(Name::from(&text.value), text.span)).collect(),
                        ))
                    }),
                    validated: !def.not_valid,
                    no_inherit: def.details().no_inherit,
                    span: def.span,
                    expression: *expression,
                    migration: self.migration,
                };
                self.put_check(slot, check);
            }
        }
    }

    /// A check is one of every table that inherits, but for `NO INHERIT`.
    fn put_check(&mut self, slot: usize, check: Check) {
        let heirs = if check.no_inherit { Vec::new() } else { self.descendants(slot) };
        if let Some(name) = &check.name {
            self.note_constraint(name, slot);
        }
        for heir in heirs {
            if let Some(table) = self.table_mut(heir)
                && !table.checks.iter().any(|one| one.name == check.name)
                && table.checks.len() < MOST
            {
                table.checks.push(check.clone());
            }
        }
        if let Some(table) = self.table_mut(slot) {
            // Most tables have one or two, where room would be made for four.
            if table.checks.len() < 4 {
                table.checks.reserve_exact(1);
            }
            table.checks.push(check);
        }
    }

    fn values(&self, names: &[Spanned<String>]) -> Vec<Name> {
        names.iter().map(|name| self.cut(&name.value)).collect()
    }

    fn put_foreign_key(&mut self, slot: usize, def: &ConstraintDef, at_column: Option<&str>, written: Option<Name>) {
        let ConstraintKind::ForeignKey { columns, references, referenced_columns, on_delete } = &def.kind else { return };
        let mut columns = self.values(columns);
        if columns.is_empty() {
            columns.extend(at_column.map(|one| self.cut(one)));
        }
        let target = self.find(references).and_then(|slot| self.table(slot));
        let referenced: Vec<Name> = if referenced_columns.is_empty() {
            let key = target.and_then(|table| table.primary_key()).and_then(Index::columns).unwrap_or_default();
            key.into_iter().map(Name::from).collect()
        } else {
            referenced_columns.iter().map(|one| self.cut(one)).collect()
        };
        let same = |names: Vec<&str>| {
            names.len() == referenced.len() && names.iter().all(|one| referenced.iter().any(|name| name == one))
        };
        let rests = |one: &&Index| match referenced_columns.is_empty() {
            true => one.backs == Some(Backing::PrimaryKey),
            false => one.unique && one.predicate.is_none() && one.columns().is_some_and(same),
        };
        let rests_on = target.and_then(|table| table.indexes.iter().find(rests)).map_or(0, |one| one.family);
        let name = written.clone().or_else(|| match self.dialect {
            Dialect::MySql => self.innodb_name(slot),
            _ => self.made_name(slot, Some(&names::addition(columns.iter().map(Name::as_str))), "fkey"),
        });
        let references = self.resolved(references);
        self.note_reference(&references.name, slot);
        if self.dialect == Dialect::MySql {
            self.put_implicit_index(slot, &columns, written, def.span);
        }
        let key = ForeignKey {
            name,
            columns,
            references,
            referenced_columns: referenced,
            rests_on,
            on_delete: on_delete.as_ref().map(Name::from),
            on_update: def.details().on_update.as_ref().map(Name::from),
            deferrable: def.details().deferrable,
            initially_deferred: def.details().initially_deferred,
            validated: !def.not_valid,
            span: def.span,
            migration: self.migration,
        };
        if let Some(name) = &key.name {
            self.note_constraint(name, slot);
        }
        // A reference of a partitioned table is one of every partition.
        for child in self.descendants(slot) {
            let is_partition = self.table(child).is_some_and(|child| child.parent.is_some() && child.foreign_keys.len() < MOST);
            if let Some(child) = self.table_mut(child).filter(|_| is_partition) {
                child.foreign_keys.push(key.clone());
            }
        }
        if let Some(table) = self.table_mut(slot) {
            // Most tables have one or two, where room would be made for four.
            if table.foreign_keys.len() < 4 {
                table.foreign_keys.reserve_exact(1);
            }
            table.foreign_keys.push(key);
        }
    }

    /// `table_ibfk_3`: one more than the highest number in use.
    fn innodb_name(&self, slot: usize) -> Option<Name> {
        let table = self.table(slot)?;
        let prefix = format!("{}_ibfk_", table.name.name);
        let number = |key: &ForeignKey| key.name.as_ref()?.strip_prefix(&prefix)?.parse::<u32>().ok();
        let highest = table.foreign_keys.iter().filter_map(number).max().unwrap_or(0);
        Some(format!("{prefix}{}", highest.saturating_add(1)).into())
    }

    /// The columns of the table that an expression names, each once.
    fn columns_in(&self, slot: usize, text: &str) -> Vec<Name> {
        let Some(table) = self.table(slot) else { return Vec::new() };
        let mut named: Vec<Name> = Vec::new();
        for (_, name) in sql::names_in(text, self.dialect) {
            let column = table.columns.iter().find(|column| self.same(&column.name, &name));
            if let Some(column) = column.filter(|column| !named.contains(&column.name)) {
                named.push(column.name.clone());
            }
        }
        named
    }

    /// A generated name in PostgreSQL; none elsewhere.
    pub(super) fn made_name(&self, slot: usize, addition: Option<&str>, label: &str) -> Option<Name> {
        if self.dialect != Dialect::Postgres {
            return None;
        }
        let table = self.table(slot)?;
        let schema = table.name.schema.as_ref();
        // Checks and references share their names with constraints, indexes with relations and, where they back one, both.
        let taken = |name: &str| match label {
            "check" | "fkey" => self.is_taken_by_constraint(schema, name),
            "idx" => self.is_taken(schema, name),
            _ => self.is_taken(schema, name) || self.is_taken_by_constraint(schema, name),
        };
        let held = table.indexes.len() + table.foreign_keys.len() + table.checks.len();
        Some(names::choose(&table.name.name, addition.filter(|text| !text.is_empty()), label, held, taken).into())
    }

    pub(super) fn plain_index(&self, columns: Vec<Name>, span: Span) -> Index {
        Index {
            name: None,
            keys: columns.into_iter().map(|column| IndexKey::new(Some(column))).collect(),
            include: Box::default(),
            unique: false,
            nulls_not_distinct: false,
            method: "btree".into(),
            predicate: None,
            backs: None,
            only: false,
            inherited: false,
            family: 0,
            called: None,
            deferrable: false,
            span,
            migration: self.migration,
        }
    }

    /// A primary key or unique constraint: a new index, or an existing one that it takes over. Gives its columns.
    fn put_key(&mut self, slot: usize, def: &ConstraintDef, key: Key) -> Option<Vec<Name>> {
        if let Some(existing) = key.using_index {
            return self.take_over(slot, existing, &key, def.span);
        }
        let mut index = self.plain_index(key.columns.clone(), def.span);
        index.unique = true;
        index.nulls_not_distinct = key.nulls_not_distinct;
        index.backs = Some(key.backing);
        index.name = key.name.clone();
        index.include = def.details().include.iter().map(|one| self.cut(one)).collect();
        index.deferrable = def.details().deferrable;
        if index.name.is_none() {
            index.name = match (key.backing, self.dialect) {
                (Backing::PrimaryKey, Dialect::Postgres) => self.made_name(slot, None, "pkey"),
                (Backing::PrimaryKey, Dialect::MySql) => Some("PRIMARY".into()),
                (_, Dialect::MySql) => key.columns.first().cloned(),
                _ => self.made_name(slot, Some(&names::index_addition(&index.keys, &index.include)), "key"),
            };
        }
        if key.backing == Backing::PrimaryKey
            && let Some(table) = self.table_mut(slot)
        {
            table.indexes.retain(|one| one.backs != Some(Backing::PrimaryKey));
        }
        self.settle(&mut index);
        let copy = index.clone();
        self.add_index(slot, index);
        self.inherit_key(slot, &copy, &key.columns);
        Some(key.columns)
    }

    /// `USING INDEX`: the index takes the name of the constraint.
    fn take_over(&mut self, slot: usize, existing: &str, key: &Key, span: Span) -> Option<Vec<Name>> {
        let wanted = self.cut(existing);
        let dialect = self.dialect;
        let table = self.table_mut(slot)?;
        let Some(index) =
            table.indexes.iter_mut().find(|one| one.name.as_ref().is_some_and(|name| names::same(dialect, name, &wanted)))
        else {
            let why = format!("uses index `{existing}`, which was never seen");
            self.gap(slot, &[Facet::Constraints, Facet::Indexes], &why, Some(span));
            return None;
        };
        index.backs = Some(key.backing);
        index.unique = true;
        if let Some(name) = &key.name {
            index.name = Some(name.clone());
        }
        let columns = index.columns().map(|names| names.into_iter().map(Name::from).collect());
        if let Some(name) = &key.name {
            self.note_index(name, slot);
        }
        columns
    }

    /// `DROP CONSTRAINT`. `name` is `PRIMARY` for MySQL's primary key.
    pub(super) fn drop_constraint(&mut self, slot: usize, name: &str, if_exists: bool, span: Span) {
        let dialect = self.dialect;
        let Some(table) = self.table_mut(slot) else { return };
        let named = |one: &Option<Name>| one.as_ref().is_some_and(|one| names::same(dialect, one, name));
        let before = table.indexes.len() + table.foreign_keys.len() + table.checks.len();
        let gone: Vec<Index> = table.indexes.iter().filter(|one| one.backs.is_some() && named(&one.name)).cloned().collect();
        let is_check = table.checks.iter().any(|one| named(&one.name));
        let is_reference = table.foreign_keys.iter().any(|one| named(&one.name));
        table.indexes.retain(|one| one.backs.is_none() || !named(&one.name));
        table.foreign_keys.retain(|one| !named(&one.name));
        table.checks.retain(|one| !named(&one.name));
        let found = before != table.indexes.len() + table.foreign_keys.len() + table.checks.len();
        if is_check || is_reference {
            for child in self.reached(slot) {
                if let Some(child) = self.table_mut(child) {
                    child.checks.retain(|one| !is_check || !named(&one.name));
                    let partition = child.parent.is_some();
                    child.foreign_keys.retain(|one| !is_reference || !partition || !named(&one.name));
                }
            }
        }
        gone.iter().for_each(|index| self.drop_inherited(slot, index));
        // The names of SQL Server's defaults are not held.
        let is_default = dialect == Dialect::SqlServer && name.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("df_"));
        if !found && !if_exists && !is_default {
            // A named NOT NULL is a constraint too, and not one that we hold.
            let not_null = name.ends_with("_not_null");
            let facets: &[Facet] = if not_null { &[Facet::Columns] } else { &[Facet::Constraints, Facet::Indexes] };
            self.gap(slot, facets, &format!("drops constraint `{name}`, which was never seen"), Some(span));
        }
        // Foreign keys that rest on a dropped key go by CASCADE; without it the statement would have failed.
        if gone.iter().any(|one| one.backs == Some(Backing::PrimaryKey) || one.unique) {
            self.drop_references_to(slot, &gone);
        }
    }

    fn drop_references_to(&mut self, slot: usize, gone: &[Index]) {
        let Some(table) = self.table(slot) else { return };
        let name = table.name.clone();
        let kept: Vec<Vec<Name>> = table
            .indexes
            .iter()
            .filter(|one| one.unique)
            .filter_map(|one| Some(one.columns()?.into_iter().map(Name::from).collect()))
            .collect();
        let lost: Vec<Vec<Name>> =
            gone.iter().filter_map(|one| Some(one.columns()?.into_iter().map(Name::from).collect())).collect();
        if self.dialect != Dialect::Postgres {
            return;
        }
        for other in self.referring(&name.name) {
            if let Some(other) = self.table_mut(other) {
                other.foreign_keys.retain(|key| {
                    let alone = || lost.contains(&key.referenced_columns) && !kept.contains(&key.referenced_columns);
                    let rests = if key.rests_on == 0 { alone() } else { gone.iter().any(|one| one.family == key.rests_on) };
                    key.references != name || !rests
                });
            }
        }
    }

    /// `VALIDATE CONSTRAINT`; what inherits is checked too.
    pub(super) fn validate_constraint(&mut self, slot: usize, name: &str, span: Span) {
        let dialect = self.dialect;
        let named = |one: &Option<Name>| one.as_ref().is_some_and(|one| names::same(dialect, one, name));
        let mut found = false;
        for one in std::iter::once(slot).chain(self.descendants(slot)) {
            let Some(table) = self.table_mut(one) else { continue };
            let keys = table.foreign_keys.iter_mut().filter(|key| named(&key.name)).map(|key| &mut key.validated);
            let checks = table.checks.iter_mut().filter(|check| named(&check.name)).map(|check| &mut check.validated);
            for validated in keys.chain(checks) {
                *validated = true;
                found |= one == slot;
            }
        }
        if !found {
            self.gap(slot, &[Facet::Constraints], &format!("validates constraint `{name}`, which was never seen"), Some(span));
        }
    }

    /// `RENAME CONSTRAINT`: the index behind it is renamed too, and an inherited check in all that inherit it.
    pub(super) fn rename_constraint(&mut self, slot: usize, from: &str, to: &str, span: Span) {
        let (dialect, to) = (self.dialect, self.cut(to));
        let named = |name: &Option<Name>| name.as_ref().is_some_and(|one| names::same(dialect, one, from));
        let mut found = false;
        for one in std::iter::once(slot).chain(self.descendants(slot)) {
            let Some(table) = self.table_mut(one) else { continue };
            let checks = table.checks.iter_mut().map(|check| &mut check.name);
            let own = table.indexes.iter_mut().filter(|index| index.backs.is_some() && one == slot).map(|index| &mut index.name);
            let keys = table.foreign_keys.iter_mut().filter(|_| one == slot).map(|key| &mut key.name);
            for name in checks.chain(own).chain(keys).filter(|name| named(name)) {
                *name = Some(to.clone());
                found |= one == slot;
            }
        }
        if found {
            self.note_index(&to, slot);
            self.note_constraint(&to, slot);
        } else if !from.ends_with("_not_null") {
            self.gap(slot, &[Facet::Constraints], &format!("renames constraint `{from}`, which was never seen"), Some(span));
        }
    }
}

/// What makes two keys of one statement the same index.
#[derive(PartialEq)]
struct KeyOf<'d> {
    columns: Vec<&'d str>,
    include: &'d [String],
    nulls_not_distinct: bool,
    deferrable: bool,
}

impl<'d> KeyOf<'d> {
    /// `None` for what is no key over written columns.
    fn new(def: &'d ConstraintDef) -> Option<KeyOf<'d>> {
        let (columns, nulls_not_distinct) = match &def.kind {
            ConstraintKind::PrimaryKey { columns, using_index: None } => (columns, false),
            ConstraintKind::Unique { columns, using_index: None, nulls_not_distinct } => (columns, *nulls_not_distinct),
            _ => return None,
        };
        let columns = columns.iter().map(|column| column.value.as_str()).collect();
        Some(KeyOf { columns, include: &def.details().include, nulls_not_distinct, deferrable: def.details().deferrable })
    }
}

/// A key that is about to be added.
struct Key<'a> {
    name: Option<Name>,
    columns: Vec<Name>,
    using_index: &'a Option<String>,
    backing: Backing,
    nulls_not_distinct: bool,
}
