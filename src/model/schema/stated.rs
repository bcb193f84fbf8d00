//! Schemas that are stated in another language than SQL: `schema.prisma` and Rails' `db/schema.rb`.
//!
//! Each is turned into the SQL that its tool would run, with a note of which part stands where in the file; that SQL is read as any
//! other, and its places become those of the file. So there is one reading of types, defaults, keys and names.

mod prisma;
mod ruby;

use super::Spoken;
use crate::source::{SourceId, Span, Spanned};
use crate::sql::{
    self, Change, ColumnDef, ConstraintDef, ConstraintKind, CreateTable, Dialect, IndexDef, SchemaOp, Script, Statement,
    TableAction, Understanding,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Reads a schema that is no SQL, by the name of its file; `None` where the name is that of SQL. `models` are the texts of all parts
/// of a `schema.prisma`.
pub(super) fn read(path: &str, source: SourceId, (text, models): (&str, &[Arc<str>]), dialect: Dialect) -> Option<Script> {
    let mut drafts = Drafts { source, dialect, statements: Vec::new() };
    match () {
        () if path.ends_with(".prisma") => prisma::read(text, models, &mut drafts),
        () if path.ends_with("/schema.rb") || path == "schema.rb" => ruby::read(text, &mut drafts),
        () => return None,
    }
    Some(Script { source, dialect, statements: drafts.statements, comments: Vec::new(), problems: Vec::new() })
}

/// What a schema in another language than SQL calls tables and columns that have other names in the database.
pub(super) fn names(path: &str, text: &str) -> Vec<Spoken> {
    if path.ends_with(".prisma") { prisma::names(text) } else { Vec::new() }
}

#[derive(Debug, Default, Deserialize)]
struct Types {
    prisma: BTreeMap<String, BTreeMap<String, String>>,
    native: BTreeMap<String, String>,
    rails: BTreeMap<String, BTreeMap<String, String>>,
}

fn types() -> &'static Types {
    static TYPES: OnceLock<Types> = OnceLock::new();
    TYPES.get_or_init(|| toml::from_str(include_str!("../../../data/schema_types.toml")).unwrap_or_default())
}

/// The statements made so far.
struct Drafts {
    source: SourceId,
    dialect: Dialect,
    statements: Vec<Statement>,
}

impl Drafts {
    /// A name in the quotes of the dialect.
    fn quoted(&self, name: &str) -> String {
        match self.dialect {
            Dialect::MySql => format!("`{}`", name.replace('`', "")),
            _ => format!("\"{}\"", name.replace('"', "")),
        }
    }

    fn names<S: AsRef<str>>(&self, names: &[S]) -> String {
        names.iter().map(|name| self.quoted(name.as_ref())).collect::<Vec<_>>().join(", ")
    }

    /// Adds what a draft says.
    fn finish(&mut self, draft: Draft) {
        let script = sql::read(self.source, &draft.sql, None, self.dialect);
        for mut statement in script.statements {
            draft.move_statement(self.source, &mut statement);
            self.statements.push(statement);
        }
    }

    /// Adds a statement whose effect is not known: it may have touched `touches`, or anything where that is empty.
    fn unknown(&mut self, why: &str, at: Range<usize>) {
        let span = Span::new(self.source, at.start, at.end);
        self.statements.push(Statement {
            span,
            head: span,
            ops: Vec::new(),
            understanding: Understanding::Opaque(why.to_owned()),
            touches: Vec::new(),
            maybe: false,
            guarded: false,
            calls: None,
            block: None,
        });
    }
}

/// SQL that is being put together, with the places of its parts in the file.
struct Draft {
    sql: String,
    /// (bytes of the SQL, bytes of the file)
    places: Vec<(Range<usize>, Range<usize>)>,
    whole: Range<usize>,
}

impl Draft {
    /// A draft for what stands at `whole`.
    fn new(whole: Range<usize>) -> Draft {
        Draft { sql: String::new(), places: Vec::new(), whole }
    }

    fn say(&mut self, text: &str) -> &mut Draft {
        self.sql.push_str(text);
        self
    }

    /// Says something that stands at a place of its own.
    fn say_at(&mut self, text: &str, at: Range<usize>) -> &mut Draft {
        let start = self.sql.len();
        self.sql.push_str(text);
        self.places.push((start..self.sql.len(), at));
        self
    }

    /// Notes that all from `start` on stands at a place.
    fn since(&mut self, start: usize, at: Range<usize>) {
        self.places.push((start..self.sql.len(), at));
    }

    /// The place in the file of a place in the SQL: that of the smallest part around it.
    fn place(&self, span: Span) -> Span {
        let (start, end) = (span.start as usize, span.end as usize);
        let around = self.places.iter().filter(|(part, _)| part.start <= start && end <= part.end);
        let found = around.min_by_key(|(part, _)| part.len()).map_or(&self.whole, |(_, at)| at);
        Span::new(span.source, found.start, found.end)
    }

    fn move_statement(&self, source: SourceId, statement: &mut Statement) {
        statement.span = Span::new(source, self.whole.start, self.whole.end);
        statement.head = self.place(statement.head);
        statement.touches.iter_mut().for_each(|name| name.span = self.place(name.span));
        statement.ops.iter_mut().for_each(|op| self.move_op(op));
    }

    fn move_op(&self, op: &mut SchemaOp) {
        op.span = self.place(op.span);
        match &mut op.change {
            Change::CreateTable(table) => self.move_table(table),
            Change::CreateIndex(index) => self.move_index(index),
            Change::AlterTable { table, action, .. } => {
                table.span = self.place(table.span);
                if let TableAction::AddConstraint(constraint) = action {
                    self.move_constraint(constraint);
                }
            }
            Change::CreateEnum { name, labels } => {
                name.span = self.place(name.span);
                labels.iter_mut().for_each(|label| self.move_text(label));
            }
            _ => {}
        }
    }

    fn move_text<T>(&self, text: &mut Spanned<T>) {
        text.span = self.place(text.span);
    }

    fn move_table(&self, table: &mut CreateTable) {
        table.name.span = self.place(table.name.span);
        table.columns.iter_mut().for_each(|column| self.move_column(column));
        table.constraints.iter_mut().for_each(|constraint| self.move_constraint(constraint));
        table.indexes.iter_mut().for_each(|index| self.move_index(index));
    }

    fn move_column(&self, column: &mut ColumnDef) {
        column.span = self.place(column.span);
        self.move_text(&mut column.name);
        column.column_type.iter_mut().for_each(|kind| self.move_text(kind));
        column.not_null.iter_mut().for_each(|span| *span = self.place(*span));
        column.default.iter_mut().for_each(|default| default.span = self.place(default.span));
        column.constraints.iter_mut().for_each(|constraint| self.move_constraint(constraint));
    }

    fn move_constraint(&self, constraint: &mut ConstraintDef) {
        constraint.span = self.place(constraint.span);
        constraint.name.iter_mut().for_each(|name| self.move_text(name));
        match &mut constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                columns.iter_mut().for_each(|column| self.move_text(column));
            }
            ConstraintKind::ForeignKey { columns, references, .. } => {
                columns.iter_mut().for_each(|column| self.move_text(column));
                references.span = self.place(references.span);
            }
            ConstraintKind::Check { expression, allowed, .. } => {
                *expression = self.place(*expression);
                allowed.iter_mut().flat_map(|(_, texts)| texts).for_each(|text| self.move_text(text));
            }
            _ => {}
        }
    }

    fn move_index(&self, index: &mut IndexDef) {
        index.span = self.place(index.span);
        index.table.span = self.place(index.table.span);
        index.name.iter_mut().for_each(|name| self.move_text(name));
        index.predicate.iter_mut().for_each(|predicate| self.move_text(predicate));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_read() {
        let read: Result<Types, _> = toml::from_str(include_str!("../../../data/schema_types.toml"));
        assert!(read.as_ref().is_ok_and(|types| types.prisma.len() == 3 && types.rails.len() == 3), "{:?}", read.err());
    }
}
