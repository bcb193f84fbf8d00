//! References that stand beside a column of MySQL, where the server reads and forgets them.

use super::{Schema, TableRef};
use crate::source::Span;
use crate::sql::{Change, ColumnDef, ConstraintKind, Dialect, TableAction};

/// A reference that is no foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredReference {
    /// The column that it stands with.
    pub column: String,
    /// What it names, as SQL: `users (id)`.
    pub references: String,
    /// Where it stands.
    pub span: Span,
}

/// The first version that takes them for foreign keys.
const ENFORCED_SINCE: u32 = 9;

impl Schema {
    /// Every table of MySQL that stays, with the references beside its columns that are no foreign keys in the end. MariaDB, and
    /// MySQL from 9.0 on, make keys of them. `considered` is called for each table that could have some.
    pub fn ignored_references(&self, considered: impl Fn()) -> Vec<(TableRef<'_>, Vec<IgnoredReference>)> {
        let mut found = Vec::new();
        for table in self.tables().filter(|table| table.dialect() == Dialect::MySql && !table.is_derived()) {
            let database = table.database();
            let is_plain = database.variant.is_none() && database.server_version < ENFORCED_SINCE;
            if !is_plain || !table.constraints_complete() || !table.columns_complete() {
                continue;
            }
            considered();
            let references = references_of(&table);
            if !references.is_empty() {
                found.push((table, references));
            }
        }
        found
    }
}

/// The references beside the columns as the table has them now.
fn references_of(table: &TableRef) -> Vec<IgnoredReference> {
    let steps = table.database().migrations.iter().flat_map(|migration| &migration.statements).flat_map(|one| &one.ops);
    let mut columns: Vec<&ColumnDef> = Vec::new();
    for step in steps {
        match &step.op.change {
            Change::CreateTable(def) => columns.extend(&def.columns),
            Change::AlterTable { action: TableAction::AddColumn { column, .. }, .. } => columns.push(column),
            _ => {}
        }
    }
    let held = |def: &&ColumnDef| {
        let same = |column: &super::Column| column.span == def.span;
        let is_key = table.foreign_keys.iter().any(|key| key.columns.first().is_some_and(|name| *name == def.name.value));
        table.table().columns.iter().any(same) && !is_key
    };
    let defs = columns.into_iter().filter(held);
    let all = defs.flat_map(|def| def.constraints.iter().map(move |one| (def, one)));
    let ignored = all.filter_map(|(def, one)| match &one.kind {
        ConstraintKind::ForeignKey { references, referenced_columns, .. } => Some(IgnoredReference {
            column: def.name.value.clone(),
            references: match referenced_columns.as_slice() {
                [] => references.name.to_string(),
                columns => format!("{} ({})", references.name, columns.join(", ")),
            },
            span: one.span,
        }),
        _ => None,
    });
    ignored.collect()
}
