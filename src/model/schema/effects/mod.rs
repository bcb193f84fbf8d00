//! What a statement costs a live PostgreSQL: locks, rewrites, scans, and what fails, by facts measured on a server.

use super::catalog::TableName;
use super::history::{AppliedStatement, Effects, LockMode};

/// The effects of all changes of a statement together: the strongest lock by table; one unknown makes the whole unknown.
pub(super) fn together(statement: &AppliedStatement) -> Effects {
    let mut sum = Effects { locks: Some(Vec::new()), rewrites: Some(Vec::new()), scans: Some(Vec::new()), ..Effects::default() };
    for step in &statement.ops {
        let one = &step.effects;
        sum.locks = merge(sum.locks, one.locks.as_deref(), add_lock);
        sum.rewrites = merge(sum.rewrites, one.rewrites.as_deref(), add_name);
        sum.scans = merge(sum.scans, one.scans.as_deref(), add_name);
        sum.fails = sum.fails.or_else(|| one.fails.clone());
        sum.because = sum.because.or_else(|| one.because.clone());
    }
    sum
}

fn merge<T: Clone>(sum: Option<Vec<T>>, more: Option<&[T]>, add: fn(&mut Vec<T>, &T)) -> Option<Vec<T>> {
    let mut sum = sum?;
    for one in more? {
        add(&mut sum, one);
    }
    Some(sum)
}

/// Keeps the strongest mode of each table.
pub(super) fn add_lock(locks: &mut Vec<(TableName, LockMode)>, one: &(TableName, LockMode)) {
    match locks.iter_mut().find(|(table, _)| *table == one.0) {
        Some((_, mode)) => *mode = (*mode).max(one.1),
        None => locks.push(one.clone()),
    }
}

fn add_name(names: &mut Vec<TableName>, one: &TableName) {
    if !names.contains(one) {
        names.push(one.clone());
    }
}
