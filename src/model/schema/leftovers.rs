//! What a schema change left unfinished.

use super::remedy::quoted;
use super::view::TableRef;
use crate::source::Span;

/// A constraint that does not hold for rows from before it.
#[derive(Debug, Clone, Copy)]
pub struct LeftConstraint<'m> {
    /// Its table.
    pub table: TableRef<'m>,
    /// Its name.
    pub name: &'m str,
    /// The element that added it.
    pub span: Span,
    /// How many migrations came after the one that added it.
    pub migrations_since: usize,
}

impl LeftConstraint<'_> {
    /// Its name as SQL writes it.
    pub fn sql_name(&self) -> String {
        quoted(self.table.dialect(), self.name)
    }
}

impl<'m> TableRef<'m> {
    /// The named foreign keys and checks that were added `NOT VALID` and have stayed so, in migrations.
    pub fn not_validated(&self) -> Vec<LeftConstraint<'m>> {
        let (table, database) = (self.table(), self.database());
        let keys = table.foreign_keys.iter().map(|one| (one.validated, &one.name, one.span, one.migration));
        let checks = table.checks.iter().map(|one| (one.validated, &one.name, one.span, one.migration));
        let left = keys.chain(checks).filter(|(validated, ..)| !validated && database.tool.is_some());
        left.filter_map(|(_, name, span, migration)| {
            let migrations_since = database.migrations.len().saturating_sub(migration + 1);
            Some(LeftConstraint { table: *self, name: name.as_deref()?, span, migrations_since })
        })
        .collect()
    }
}
