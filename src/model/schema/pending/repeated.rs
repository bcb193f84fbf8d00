//! Columns that one statement of a pending migration names twice where the server takes them once.

use super::PendingStep;
use crate::model::schema::Schema;
use crate::source::{Sources, Span, Spanned};
use crate::sql::{self, Change};

/// A column that a statement names twice.
#[derive(Debug, Clone)]
pub struct RepeatedColumn {
    /// What the statement works on; empty where it names no table.
    pub table: String,
    /// The second time.
    pub name: Spanned<String>,
    /// The first time.
    pub first: Span,
}

impl Schema {
    /// Every column that a statement of a pending migration names twice where the server refuses that. `looked` is called for each
    /// statement that could.
    pub fn repeated_columns(&self, sources: &Sources, looked: impl Fn()) -> Vec<RepeatedColumn> {
        let mut found = Vec::new();
        for migration in self.pending_migrations() {
            let text = &**sources.get(migration.source).text();
            for statement in &migration.migration().statements {
                let table = statement.ops.iter().find_map(|step| step.table.as_ref()).map(|table| table.name.to_string());
                let table = table.unwrap_or_default();
                let repeated = sql::repeated_columns(text, statement.span, migration.dialect());
                if sql::may_repeat_columns(text.get(statement.span.range()).unwrap_or("")) {
                    looked();
                }
                let new = |(name, first)| RepeatedColumn { table: table.clone(), name, first };
                found.extend(repeated.into_iter().map(new));
            }
        }
        for step in self.pending_steps() {
            if let Change::CreateTable(def) = &step.step.op.change {
                looked();
                let names = def.columns.iter().map(|column| column.name.clone());
                let new = |(name, first)| RepeatedColumn { table: subject(&step, &def.name.name), name, first };
                found.extend(sql::repeats(names, step.dialect()).into_iter().map(new));
            }
        }
        found
    }
}

fn subject(step: &PendingStep, written: &str) -> String {
    step.before().map_or_else(|| written.to_owned(), |before| before.subject(None))
}
