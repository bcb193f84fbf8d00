//! Whether a change can be taken back, and what that would cost.

use super::super::history::{Reversible, TableBefore, TypeChange};
use super::super::replay::State;
use crate::sql::{Change, ColumnType, DataVerb, ObjectName, SchemaOp, TableAction};

/// The class of a change; `None` where it cannot be told.
pub(super) fn of(state: &State, op: &SchemaOp, before: Option<&TableBefore>) -> Option<Reversible> {
    use Reversible::*;
    Some(match &op.change {
        Change::AlterTable { action, .. } => return of_action(action, before),
        Change::CreateIndex(_) | Change::RenameIndex { .. } | Change::AttachIndex { .. } | Change::Reindex { .. } => Freely,
        Change::DropIndex { .. } => Slowly,
        // Rows that were written since go with the table, the type or the schema that is taken back.
        Change::CreateTable(_) | Change::AddEnumValue { .. } => LosesNew,
        Change::DropTable { names, if_exists, .. } => by_presence(state, names, *if_exists),
        Change::CreateEnum { .. }
        | Change::CreateDomain { .. }
        | Change::CreateOtherType { .. }
        | Change::CreateSchema { .. } => Freely,
        Change::RenameEnumValue { .. } | Change::RenameType { .. } | Change::RenameSchema { .. } | Change::RenameView { .. } => {
            Freely
        }
        // Refused while a column is of the type; with CASCADE the column goes.
        Change::DropType { cascade: false, .. } | Change::DropSchema { cascade: false, .. } => Freely,
        Change::DropType { .. } | Change::DropSchema { .. } => Never,
        Change::CreateView { .. } => Freely,
        Change::DropView { names, .. } => {
            let materialized = names.iter().any(|name| {
                let name = state.new_name(name);
                state.views.values().any(|view| view.materialized && view.name == name)
            });
            if materialized { Slowly } else { Freely }
        }
        Change::RefreshView { .. } => Never,
        Change::TableObject { .. } => Freely,
        Change::Data { verb: DataVerb::Insert, .. } => LosesNew,
        Change::Data { .. } => Never,
        Change::Setting { .. } | Change::Begin | Change::Commit | Change::Rollback | Change::LockTable { .. } => Freely,
        Change::Maintenance { .. } => Freely,
        #[allow(unreachable_patterns)]
        _ => return None,
    })
}

/// What does not exist cannot be lost.
fn by_presence(state: &State, names: &[ObjectName], if_exists: bool) -> Reversible {
    let gone = if_exists && state.tables_unknown.is_empty() && names.iter().all(|name| state.find(name).is_none());
    if gone { Reversible::Freely } else { Reversible::Never }
}

fn of_action(action: &TableAction, before: Option<&TableBefore>) -> Option<Reversible> {
    use Reversible::*;
    Some(match action {
        TableAction::AddColumn { .. } | TableAction::DropNotNull { .. } => LosesNew,
        TableAction::DropColumn { .. } => Never,
        TableAction::RenameColumn { .. }
        | TableAction::RenameTable { .. }
        | TableAction::SetSchema { .. }
        | TableAction::RenameConstraint { .. } => Freely,
        TableAction::SetDefault { .. } | TableAction::DropDefault { .. } | TableAction::SetNotNull { .. } => Freely,
        TableAction::Identity { .. } | TableAction::AddConstraint(_) | TableAction::ValidateConstraint { .. } => Freely,
        TableAction::DropConstraint { .. } | TableAction::DetachPartition { .. } => Slowly,
        TableAction::AttachPartition { .. } => Freely,
        TableAction::AlterType { column_type, .. } => {
            let from = before?.column.as_ref()?.column_type.known()?;
            return of_types(from, &column_type.as_ref()?.value, before?.type_change.as_deref());
        }
        TableAction::Other { words } => {
            let slow = ["SET LOGGED", "SET UNLOGGED", "SET TABLESPACE", "SET ACCESS METHOD"];
            if slow.iter().any(|one| words.starts_with(one)) { Slowly } else { Freely }
        }
        TableAction::Unknown { .. } => return None,
    })
}

/// Numbers by how much they hold.
const NUMBERS: [&str; 8] = ["tinyint", "smallint", "mediumint", "integer", "bigint", "real", "double precision", "numeric"];

fn of_types(from: &ColumnType, to: &ColumnType, change: Option<&TypeChange>) -> Option<Reversible> {
    if from == to {
        return Some(Reversible::Freely);
    }
    if matches!(change, Some(TypeChange::CatalogOnly(_) | TypeChange::Scan(_))) {
        return Some(Reversible::LosesNew);
    }
    if from.array || to.array {
        return None;
    }
    let size = |one: &ColumnType| NUMBERS.iter().position(|name| *name == one.name);
    if from.name == to.name {
        let arguments =
            |one: &ColumnType| one.arguments.iter().map(|text| text.parse::<u64>().ok()).collect::<Option<Vec<u64>>>();
        let (old, new) = (arguments(from)?, arguments(to)?);
        let shrinks = !new.is_empty() && (old.is_empty() || old.iter().zip(&new).any(|(old, new)| new < old));
        return Some(if shrinks { Reversible::Never } else { Reversible::LosesNew });
    }
    match (size(from), size(to)) {
        (Some(old), Some(new)) => Some(if new < old { Reversible::Never } else { Reversible::LosesNew }),
        _ => None,
    }
}
