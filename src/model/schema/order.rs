//! The order in which the server carries out the parts of one statement, where it is not the written one.

use crate::sql::{Change, Dialect, SchemaOp, TableAction};

/// The numbers of the operations in PostgreSQL's order: what an `ALTER TABLE` drops goes before what it adds. `None` where the written
/// order comes to the same.
pub(super) fn of_server(ops: &[SchemaOp], dialect: Dialect) -> Option<Vec<usize>> {
    let before = |late: fn(&TableAction) -> bool, drop: fn(&TableAction) -> bool| {
        let mut rest = ops.iter().map(action).skip_while(|one| !one.is_some_and(late));
        rest.any(|one| one.is_some_and(drop))
    };
    let forbids = |one: &TableAction| matches!(one, TableAction::SetNotNull { .. } | TableAction::SetDefault { .. });
    let allows = |one: &TableAction| matches!(one, TableAction::DropNotNull { .. } | TableAction::DropDefault { .. });
    // What a drop could take away again, or whose name it could free.
    let adds = |one: &TableAction| matches!(one, TableAction::AddConstraint(_));
    if dialect != Dialect::Postgres || !(before(adds, is_drop) || before(forbids, allows)) {
        return None;
    }
    let mut order: Vec<usize> = (0..ops.len()).collect();
    order.sort_by_key(|at| !ops.get(*at).and_then(action).is_some_and(is_drop));
    Some(order)
}

fn action(op: &SchemaOp) -> Option<&TableAction> {
    match &op.change {
        Change::AlterTable { action, .. } => Some(action),
        _ => None,
    }
}

fn is_drop(action: &TableAction) -> bool {
    use TableAction::{DropColumn, DropConstraint, DropDefault, DropNotNull};
    matches!(action, DropConstraint { .. } | DropColumn { .. } | DropNotNull { .. } | DropDefault { .. })
}
