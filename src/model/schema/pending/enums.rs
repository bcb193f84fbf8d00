//! Enum values that are used before the transaction that adds them has committed.

use super::super::Schema;
use super::{Audience, PendingStep};
use crate::source::Sources;
use crate::sql::{Change, tokens};

/// A value of an enum that is given another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenamedLabel<'m> {
    /// The bare name of the type.
    pub type_name: &'m str,
    /// The old value.
    pub from: &'m str,
    /// The new value.
    pub to: &'m str,
    /// Who uses the type: nobody where the same migration makes it or adds the value.
    pub audience: Audience,
}

impl Schema {
    /// Every pair of a step that adds a value to an enum and a later step of the same transaction whose statement writes that
    /// value for a column, or a cast, of the type. An enum that the same transaction creates takes values at once.
    pub fn enum_values_used_early(&self, sources: &Sources) -> Vec<(PendingStep<'_>, PendingStep<'_>)> {
        let mut found = Vec::new();
        for transaction in self.pending_transactions() {
            let steps: Vec<PendingStep> = transaction.steps().filter(PendingStep::is_postgres).collect();
            let fresh = |wanted: &str| {
                steps.iter().any(|step| matches!(&step.step.op.change, Change::CreateEnum { name, .. } if name.name == wanted))
            };
            for (at, adding) in steps.iter().enumerate() {
                let Some((type_name, label)) = adding.added_enum_value().filter(|(type_name, _)| !fresh(type_name)) else {
                    continue;
                };
                let later = steps.get(at + 1..).unwrap_or(&[]);
                let using = later.iter().find(|step| step.uses_enum_value(type_name, label, sources));
                found.extend(using.map(|using| (*adding, *using)));
            }
        }
        found
    }
}

impl<'m> PendingStep<'m> {
    /// The type and the value, where it adds a value to an enum that does not have it yet.
    pub fn added_enum_value(&self) -> Option<(&'m str, &'m str)> {
        let Change::AddEnumValue { name, label, .. } = &self.step.op.change else { return None };
        let held = self.database.enums.iter().find(|one| one.name.name == name.name);
        // `IF NOT EXISTS` of a value that is there adds nothing: the value stands where another statement added it.
        let is_old = held.is_some_and(|held| held.labels.iter().any(|one| one.value == label.value && one.span != label.span));
        (!is_old).then_some((name.name.as_str(), label.value.as_str()))
    }

    /// The value of an enum that it renames.
    pub fn renamed_label(&self) -> Option<RenamedLabel<'m>> {
        let Change::RenameEnumValue { name, from, to } = &self.step.op.change else { return None };
        let mut made = None;
        for migration in &self.database.migrations {
            let steps = migration.statements.iter().flat_map(|statement| &statement.ops);
            let makes = |change: &Change| match change {
                Change::CreateEnum { name: other, .. } => other.name == name.name,
                Change::AddEnumValue { name: other, label, .. } => other.name == name.name && label.value == from.value,
                _ => false,
            };
            if steps.into_iter().take_while(|step| !std::ptr::eq(*step, self.step)).any(|step| makes(&step.op.change)) {
                made = Some(migration);
            }
            if std::ptr::eq(migration, self.migration) {
                break;
            }
        }
        let audience = match made {
            Some(made) if std::ptr::eq(made, self.migration) => Audience::Nobody,
            Some(made) if made.pending && self.database.deployed_together => Audience::Deployment,
            _ => Audience::Everybody,
        };
        Some(RenamedLabel { type_name: &name.name, from: &from.value, to: &to.value, audience })
    }

    fn uses_enum_value(&self, type_name: &str, label: &str, sources: &Sources) -> bool {
        let runs = matches!(
            self.step.op.change,
            Change::Data { .. } | Change::AlterTable { .. } | Change::CreateIndex(_) | Change::CreateTable(_)
        );
        let words = tokens(sources.text(self.step.op.span), self.dialect());
        let literal = format!("'{}'", label.replace('\'', "''"));
        if !runs || !words.contains(&literal.as_str()) {
            return false;
        }
        let names_type = words.iter().any(|word| word.trim_matches('"').eq_ignore_ascii_case(type_name));
        let table = self.before().and_then(|before| self.database.table_named(&before.name));
        let mut columns = table.into_iter().flat_map(|table| &table.columns);
        names_type || columns.any(|column| column.column_type.known().is_some_and(|known| known.name == type_name))
    }
}
