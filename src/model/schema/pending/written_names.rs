//! Names as pending migrations write them: too long, without a schema.

use super::PendingStep;
use crate::model::schema::{Schema, names};
use crate::source::{Sources, Span, Spanned};
use crate::sql::{Change, ConstraintDef, CreateTable, Dialect, ObjectName, TableAction};

/// A name that the server does not keep whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongName {
    /// What the server makes of it; the beginning where it is refused.
    pub kept: String,
    /// How long it is: bytes on PostgreSQL, characters on MySQL.
    pub length: usize,
    /// Whether the server refuses it instead of cutting it.
    pub refused: bool,
    /// Where it is written.
    pub span: Span,
    written: String,
    /// Where its kind of name has to be unique: the relations of a database, the columns of a table.
    space: (String, String),
    creates: bool,
}

impl LongName {
    /// Whether both name the same thing by the same word.
    pub fn same_object(&self, other: &LongName) -> bool {
        self.space == other.space && self.written == other.written
    }

    /// Whether both are made, by different words that are one name to the server.
    pub fn collides_with(&self, other: &LongName) -> bool {
        let both = self.creates && other.creates && !self.refused && !other.refused;
        both && self.space == other.space && self.kept == other.kept && self.written != other.written
    }
}

/// A name in a statement: where, in which space it has to be unique, and whether the statement makes it.
struct Written {
    span: Span,
    space: String,
    creates: bool,
}

impl Schema {
    /// Every name in pending migrations that is longer than the server takes, in order. `looked` is called for each name.
    pub fn long_names(&self, sources: &Sources, looked: impl Fn()) -> Vec<LongName> {
        let mut found = Vec::new();
        for step in self.pending_steps() {
            for name in written(&step.step.op.change) {
                looked();
                found.extend(long(&step, name, sources));
            }
        }
        found
    }
}

fn long(step: &PendingStep, name: Written, sources: &Sources) -> Option<LongName> {
    let text = sources.text(name.span);
    let text = names::qualifier(text)
        .and_then(|head| text.get(head.len()..))
        .map_or(text, |rest| rest.trim_start().trim_start_matches('.'));
    let written = text.trim().trim_matches(['"', '`', '[', ']']).to_owned();
    // A placeholder is of another length in the end, and what a function makes is not written where it is called.
    let is_quoted = text.trim().starts_with(['"', '`', '[']);
    let is_placeholder = written.contains(['{', '$', '%', '<']);
    if is_placeholder || !is_quoted && !written.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let (length, refused) = match step.dialect() {
        // CockroachDB keeps names of any length.
        Dialect::Postgres if step.database.variant.is_none() => (written.len(), false),
        Dialect::MySql => (written.chars().count(), true),
        _ => return None,
    };
    let most = if refused { 64 } else { 63 };
    if length <= most {
        return None;
    }
    let folded = if text.starts_with('"') { written.clone() } else { written.to_lowercase() };
    let kept = if refused { written.chars().take(24).collect() } else { names::cut(Dialect::Postgres, &folded).into() };
    let space = (step.database.source.clone(), name.space);
    Some(LongName { kept, length, refused, span: name.span, written: folded, space, creates: name.creates })
}

fn written(change: &Change) -> Vec<Written> {
    let relation = |span: Span, creates: bool| Written { span, space: "relations".into(), creates };
    let kind = |span: Span, creates: bool| Written { span, space: "types".into(), creates };
    match change {
        Change::CreateTable(def) => in_table(def),
        Change::AlterTable { table, action, .. } => {
            let mut found = vec![relation(table.span, false)];
            found.extend(in_action(&table.name, action));
            found
        }
        Change::DropTable { names, .. } | Change::DropView { names, .. } | Change::DropIndex { names, .. } => {
            names.iter().map(|name| relation(name.span, false)).collect()
        }
        Change::CreateIndex(def) => def.name.iter().map(|name| relation(name.span, true)).collect(),
        Change::RenameIndex { to, .. } | Change::RenameView { to, .. } => vec![relation(to.span, true)],
        Change::CreateView { name, or_replace, .. } => vec![relation(name.span, !or_replace)],
        Change::CreateEnum { name, .. } | Change::CreateDomain { name, .. } | Change::CreateOtherType { name } => {
            vec![kind(name.span, true)]
        }
        Change::RenameType { to, .. } => vec![kind(to.span, true)],
        _ => Vec::new(),
    }
}

fn in_table(def: &CreateTable) -> Vec<Written> {
    let table = &def.name.name;
    let mut found = vec![Written { span: def.name.span, space: "relations".into(), creates: !def.if_not_exists }];
    for column in &def.columns {
        found.push(in_columns(table, column.name.span));
        found.extend(column.constraints.iter().filter_map(|one| in_constraint(table, one)));
    }
    found.extend(def.constraints.iter().filter_map(|one| in_constraint(table, one)));
    found
}

fn in_columns(table: &str, span: Span) -> Written {
    Written { span, space: format!("columns of {table}"), creates: true }
}

fn in_constraint(table: &str, one: &ConstraintDef) -> Option<Written> {
    let name = one.name.as_ref()?;
    Some(Written { span: name.span, space: format!("constraints of {table}"), creates: true })
}

fn in_action(table: &str, action: &TableAction) -> Vec<Written> {
    let used =
        |name: &Spanned<String>, space: &str| Written { span: name.span, space: format!("{space} of {table}"), creates: false };
    match action {
        TableAction::AddColumn { column, .. } => {
            let constraints = column.constraints.iter().filter_map(|one| in_constraint(table, one));
            std::iter::once(in_columns(table, column.name.span)).chain(constraints).collect()
        }
        TableAction::RenameColumn { to, .. } => vec![in_columns(table, to.span)],
        TableAction::RenameTable { to } => vec![Written { span: to.span, space: "relations".into(), creates: true }],
        TableAction::DropColumn { name, .. } => vec![used(name, "columns")],
        TableAction::AlterType { column, .. } | TableAction::SetNotNull { column } => vec![used(column, "columns")],
        TableAction::AddConstraint(one) => in_constraint(table, one).into_iter().collect(),
        TableAction::DropConstraint { name, .. } | TableAction::ValidateConstraint { name } => vec![used(name, "constraints")],
        TableAction::RenameConstraint { to, .. } => {
            vec![Written { span: to.span, space: format!("constraints of {table}"), creates: true }]
        }
        _ => Vec::new(),
    }
}

impl<'m> PendingStep<'m> {
    /// The enum, the label that it adds to it, and whether its place among the others is said.
    pub fn added_label(&self) -> Option<(&'m str, &'m str, bool)> {
        match &self.step.op.change {
            Change::AddEnumValue { name, label, before, after, .. } => {
                Some((&name.name, &label.value, before.is_some() || after.is_some()))
            }
            _ => None,
        }
    }

    /// The tables that it makes, changes or drops, as they are written; temporary ones have a schema of their own.
    pub fn tables_written(&self) -> Vec<&'m ObjectName> {
        if self.before().is_some_and(|before| before.temporary) {
            return Vec::new();
        }
        match &self.step.op.change {
            Change::CreateTable(def) if !def.temporary => vec![&def.name],
            Change::AlterTable { table, .. } => vec![table],
            Change::DropTable { names, .. } => names.iter().collect(),
            _ => Vec::new(),
        }
    }
}
