//! What each kind of change costs; actions of `ALTER TABLE` have a room of their own.

use super::super::catalog::{Backing, TableName};
use super::super::history::{Effects, LockMode, TableBefore};
use super::Moment;
use super::actions::{Action, default_partition, name_of};
use super::cost::{Cost, Family, by_words};
use super::dependents::drop_types;
use crate::sql::{Change, ConstraintKind, CreateTable, DataVerb, IndexDef, ObjectName, SchemaOp};

/// The cost of an operation on PostgreSQL.
pub(super) fn of(moment: &Moment, op: &SchemaOp, before: Option<&TableBefore>) -> Effects {
    let mut cost = Cost::default();
    let state = moment.state;
    let in_transaction = moment.transactions.is_open() == Some(true);
    let written = moment.text.get(moment.statement.span.range()).unwrap_or("");
    if let Some(label) = moment.transactions.used_label(written)
        && !matches!(op.change, Change::AddEnumValue { .. })
    {
        cost.fail(format!("uses enum value '{label}' in the transaction that adds it"));
    }
    match &op.change {
        Change::AlterTable { table, if_exists, action, .. } => match before {
            Some(_) if *if_exists && state.find(table).is_none() => {}
            Some(before) => Action::new(moment, table, before).cost(action, &mut cost),
            None => cost.doubt_locks(),
        },
        Change::CreateIndex(def) => create_index(moment, def, &mut cost),
        Change::DropIndex { concurrently, names, if_exists, .. } => {
            let mode = if concurrently.is_some() { LockMode::ShareUpdateExclusive } else { LockMode::AccessExclusive };
            for name in names {
                match state.find_index(name, None) {
                    Some((slot, position)) => drop_index(moment, name, (slot, position), mode, &mut cost),
                    None if *if_exists && state.tables_unknown.is_empty() => {}
                    None => cost.doubt_locks(),
                }
            }
            if concurrently.is_some() && in_transaction {
                cost.fail("DROP INDEX CONCURRENTLY cannot run inside a transaction");
            }
        }
        Change::Reindex { target, index, concurrently } => {
            let mode = if concurrently.is_some() { LockMode::ShareUpdateExclusive } else { LockMode::Share };
            let slot = target.as_ref().and_then(|target| {
                if *index { state.find_index(target, None).map(|(slot, _)| slot) } else { state.find(target) }
            });
            match slot.and_then(|slot| state.table(slot)) {
                Some(table) => {
                    cost.lock(&table.name, mode);
                    cost.scan(&table.name);
                }
                None => {
                    cost.doubt_locks();
                    cost.doubt_scan();
                }
            }
            if concurrently.is_some() && in_transaction {
                cost.fail("REINDEX CONCURRENTLY cannot run inside a transaction");
            }
        }
        Change::CreateTable(def) => create_table(moment, def, &mut cost),
        Change::DropTable { names, cascade, if_exists } => {
            let there = |name: &&ObjectName| !if_exists || state.find(name).is_some() || !state.tables_unknown.is_empty();
            names.iter().filter(there).for_each(|name| drop_table(moment, name, names, *cascade, &mut cost));
        }
        Change::CreateView { name, materialized, reads, .. } => {
            reads.iter().for_each(|read| cost.lock(&name_of(state, read), LockMode::AccessShare));
            if *materialized {
                cost.doubt_scan();
            }
            let _ = name;
        }
        Change::RefreshView { name, concurrently } => {
            let view = state.new_name(name);
            cost.lock(&view, if *concurrently { LockMode::Exclusive } else { LockMode::AccessExclusive });
            if !concurrently {
                cost.rewrite(&view);
            }
            cost.doubt_scan();
        }
        Change::TableObject { words, table } => match by_words(words) {
            Some((mode, _)) => cost.lock(&name_of(state, table), mode),
            None => cost.doubt_locks(),
        },
        Change::Data { verb: DataVerb::Truncate, tables, cascade, .. } => truncate(moment, tables, *cascade, &mut cost),
        Change::Data { verb, tables, filtered, copied, .. } => {
            tables.iter().for_each(|table| data(moment, *verb, table, *filtered, &mut cost));
            if *copied {
                cost.doubt_scan();
            }
        }
        Change::DropType { names, cascade, .. } => drop_types(state, names, *cascade, &mut cost),
        Change::DropView { names, .. } => {
            let views = names.iter().map(|name| state.new_name(name));
            let held = |name: &TableName| state.views.values().any(|view| view.materialized && view.name == *name);
            views.filter(held).for_each(|name| cost.lock(&name, LockMode::AccessExclusive));
        }
        Change::LockTable { tables, mode, .. } => match LockMode::parse(mode) {
            Some(mode) => tables.iter().for_each(|table| cost.lock(&name_of(state, table), mode)),
            None => cost.doubt_locks(),
        },
        Change::Maintenance { words, table } => maintenance(moment, words, table.as_ref(), &mut cost),
        Change::ConstrainDomain { name, not_valid: false } => constrain_domain(moment, name, &mut cost),
        Change::AddEnumValue { .. } if moment.version < 12 && in_transaction => {
            cost.fail("ALTER TYPE .. ADD VALUE cannot run inside a transaction before PostgreSQL 12");
        }
        _ => {}
    }
    cost.finish()
}

fn create_index(moment: &Moment, def: &IndexDef, cost: &mut Cost) {
    let state = moment.state;
    let name = name_of(state, &def.table);
    let slot = state.find(&def.table);
    let mode = if def.concurrently.is_some() { LockMode::ShareUpdateExclusive } else { LockMode::Share };
    let held = def.name.as_ref().is_some_and(|index| {
        let index = ObjectName { schema: None, name: index.value.as_str().into(), span: index.span };
        def.if_not_exists && state.find_index(&index, None).is_some()
    });
    let partitioned = slot.and_then(|slot| state.table(slot)).is_some_and(|table| table.partitioned);
    let family = Family::of(state, &name, slot.filter(|_| partitioned && !def.only));
    family.all.iter().for_each(|table| cost.lock(table, mode));
    let builds_nothing = held || (partitioned && def.only);
    if !builds_nothing {
        family.stored.iter().for_each(|table| cost.scan(table));
    }
    if def.concurrently.is_some() {
        if moment.transactions.is_open() == Some(true) {
            cost.fail("CREATE INDEX CONCURRENTLY cannot run inside a transaction");
        }
        if partitioned {
            let remedy =
                "CREATE INDEX .. ON ONLY the table, CONCURRENTLY on each partition, and then ALTER INDEX .. ATTACH PARTITION";
            cost.forbid("CREATE INDEX CONCURRENTLY does not work on a partitioned table", remedy);
        }
    }
}

fn create_table(moment: &Moment, def: &CreateTable, cost: &mut Cost) {
    let state = moment.state;
    if def.if_not_exists && state.find(&def.name).is_some() {
        return;
    }
    let of_columns = def.columns.iter().flat_map(|column| &column.constraints);
    for constraint in of_columns.chain(&def.constraints) {
        if let ConstraintKind::ForeignKey { references, .. } = &constraint.kind
            && references.name != def.name.name
        {
            cost.lock(&name_of(state, references), LockMode::ShareRowExclusive);
        }
    }
    if let Some(parent) = &def.partition_of {
        let parent = name_of(state, parent);
        cost.lock(&parent, LockMode::AccessExclusive);
        if let Some(rest) = default_partition(moment, &parent) {
            cost.lock(&rest, LockMode::AccessExclusive);
            cost.scan(&rest);
        }
    }
    def.inherits.iter().for_each(|parent| cost.lock(&name_of(state, parent), LockMode::ShareUpdateExclusive));
    def.like.iter().for_each(|(other, _)| cost.lock(&name_of(state, other), LockMode::AccessShare));
    if def.from_query {
        cost.doubt_locks();
        cost.doubt_scan();
    }
}

/// Every table with a column of the domain is read, under a lock that blocks writers.
fn constrain_domain(moment: &Moment, name: &ObjectName, cost: &mut Cost) {
    let state = moment.state;
    for table in state.tables() {
        let is_domain = |known: &str| known.rsplit('.').next() == Some(name.name.as_str());
        if table.columns.iter().any(|column| column.column_type.known().is_some_and(|known| is_domain(&known.name))) {
            cost.lock(&table.name, LockMode::Share);
            cost.scan(&table.name);
        }
    }
}

fn drop_table(moment: &Moment, name: &ObjectName, all: &[ObjectName], cascade: bool, cost: &mut Cost) {
    let state = moment.state;
    let Some(slot) = state.find(name) else {
        cost.lock(&name_of(state, name), LockMode::AccessExclusive);
        return;
    };
    for one in std::iter::once(slot).chain(state.descendants(slot)) {
        let Some(table) = state.table(one) else { continue };
        cost.lock(&table.name, LockMode::AccessExclusive);
        table.foreign_keys.iter().for_each(|key| cost.lock(&key.references, LockMode::AccessExclusive));
        if let Some(parent) = table.parent.as_deref() {
            cost.lock(parent, LockMode::AccessExclusive);
        }
    }
    let Some(table) = state.table(slot) else { return };
    let stays = |one: &usize| {
        state.table(*one).is_some_and(|heir| heir.parent.is_none() && !all.iter().any(|name| state.find(name) == Some(*one)))
    };
    if !cascade && let Some(heir) = state.descendants(slot).into_iter().find(stays).and_then(|one| state.table(one)) {
        cost.fail(format!("`{}` cannot be dropped: `{}` inherits from it", table.name, heir.name));
    }
    let leaves: Vec<usize> = all.iter().filter_map(|name| state.find(name)).collect();
    for other in state.referring(&table.name.name) {
        let Some(held) = state.table(other).filter(|_| !leaves.contains(&other)) else { continue };
        let Some(key) = held.foreign_keys.iter().find(|key| key.references == table.name) else { continue };
        if cascade {
            cost.lock(&held.name, LockMode::AccessExclusive);
        } else if held.constraints_complete() {
            let columns = key.columns.join(", ");
            cost.fail(format!("`{}` cannot be dropped: `{}` ({columns}) refers to it", table.name, held.name));
        }
    }
    if !cascade && let Some(view) = state.views_of(&table.name).first() {
        cost.fail(format!("`{}` cannot be dropped: view `{}` reads it", table.name, view.name));
    }
}

/// An index of a partitioned table takes those of the partitions along; one behind a constraint stays.
fn drop_index(moment: &Moment, name: &ObjectName, at: (usize, usize), mode: LockMode, cost: &mut Cost) {
    let state = moment.state;
    let Some(table) = state.table(at.0) else { return };
    let family = Family::of(state, &table.name, Some(at.0).filter(|_| table.partitioned));
    family.all.iter().for_each(|one| cost.lock(one, mode));
    if table.partitioned && mode == LockMode::ShareUpdateExclusive {
        cost.forbid("DROP INDEX CONCURRENTLY does not work on a partitioned table", "leave CONCURRENTLY out");
    }
    let backs = table.indexes.get(at.1).and_then(|index| index.backs);
    if backs.is_some_and(|backs| backs != Backing::ForeignKey) {
        let why = format!("index `{}` cannot be dropped: a constraint of `{}` requires it", name.name, table.name);
        cost.forbid(why, format!("drop the constraint:\nALTER TABLE {} DROP CONSTRAINT {};", table.name, name.name));
    } else if table.indexes.get(at.1).is_some_and(|index| index.inherited) {
        let why = format!("index `{}` cannot be dropped: the index of the partitioned table requires it", name.name);
        cost.forbid(why, "drop the index of the partitioned table");
    }
}

/// `TRUNCATE`: refused while others refer to a table that they do not share the fate of.
fn truncate(moment: &Moment, names: &[ObjectName], cascade: bool, cost: &mut Cost) {
    let state = moment.state;
    let mut slots: Vec<usize> = names.iter().filter_map(|name| state.find(name)).collect();
    names.iter().filter(|name| state.find(name).is_none()).map(|name| name_of(state, name)).for_each(|name| {
        cost.lock(&name, LockMode::AccessExclusive);
        cost.rewrite(&name);
    });
    let mut at = 0;
    while let Some(slot) = slots.get(at).copied() {
        at += 1;
        let Some(table) = state.table(slot) else { continue };
        let family = Family::of(state, &table.name, Some(slot));
        family.all.iter().for_each(|one| cost.lock(one, LockMode::AccessExclusive));
        family.stored.iter().for_each(|one| cost.rewrite(one));
        for other in state.referring(&table.name.name) {
            let Some(held) = state.table(other).filter(|_| !slots.contains(&other)) else { continue };
            let Some(key) = held.foreign_keys.iter().find(|key| key.references == table.name) else { continue };
            if cascade {
                slots.push(other);
            } else if held.constraints_complete() {
                let columns = key.columns.join(", ");
                let why = format!("`{}` cannot be emptied: `{}` ({columns}) refers to it", table.name, held.name);
                cost.forbid(why, format!("empty both:\nTRUNCATE {}, {};", table.name, held.name));
            }
        }
    }
}

fn data(moment: &Moment, verb: DataVerb, name: &ObjectName, filtered: bool, cost: &mut Cost) {
    let state = moment.state;
    let table = name_of(state, name);
    let held = state.find(name).and_then(|slot| state.table(slot));
    match verb {
        DataVerb::Truncate => {}
        DataVerb::Insert => {
            cost.lock(&table, LockMode::RowExclusive);
            for key in held.into_iter().flat_map(|held| &held.foreign_keys) {
                cost.lock(&key.references, LockMode::RowShare);
            }
        }
        DataVerb::Update | DataVerb::Delete => {
            cost.lock(&table, LockMode::RowExclusive);
            let by_key =
                held.is_some_and(|held| held.indexes.iter().any(|index| index.unique && is_lookup(moment, index.columns())));
            match (filtered, by_key) {
                (false, _) => cost.scan(&table),
                (true, true) => {}
                (true, false) => cost.doubt_scan(),
            }
        }
    }
}

/// Whether the statement's condition is one value for each column of a unique key, and nothing else.
fn is_lookup(moment: &Moment, columns: Option<Vec<&str>>) -> bool {
    let text = moment.text.get(moment.statement.span.range()).unwrap_or("").to_lowercase();
    let Some((_, condition)) = text.split_once("where") else { return false };
    let Some(columns) = columns.filter(|columns| !columns.is_empty()) else { return false };
    let conjuncts: Vec<&str> = condition.split(" and ").collect();
    let equals = |column: &&str| {
        conjuncts
            .iter()
            .any(|one| one.split_once('=').is_some_and(|(left, right)| left.trim() == *column && !right.contains("select")))
    };
    conjuncts.len() == columns.len() && columns.iter().all(equals)
}

fn maintenance(moment: &Moment, words: &str, table: Option<&ObjectName>, cost: &mut Cost) {
    let Some(table) = table else {
        cost.doubt_locks();
        cost.doubt_rewrite();
        return;
    };
    let name = name_of(moment.state, table);
    match by_words(words) {
        Some((mode, rewrites)) => {
            cost.lock(&name, mode);
            if rewrites {
                cost.rewrite(&name);
            }
            if words.starts_with("VACUUM") && !rewrites {
                cost.doubt_scan();
            }
        }
        None => {
            cost.doubt_locks();
            cost.doubt_rewrite();
        }
    }
    if words.starts_with("VACUUM") && moment.transactions.is_open() == Some(true) {
        cost.fail("VACUUM cannot run inside a transaction");
    }
}
