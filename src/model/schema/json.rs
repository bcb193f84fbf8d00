//! The catalog as `model --format json` prints it. What is not known is null; every element says where it is written.

use super::Schema;
use super::catalog::{Check, Column, Database, ForeignKey, Index, Table, TableName};
use super::history::{AppliedMigration, AppliedStatement};
use crate::fact::Fact;
use crate::source::{Sources, Span};
use serde_json::{Value, json};

/// `{"databases": [...], "statements": [...]}`.
pub fn to_json(schema: &Schema, sources: &Sources) -> Value {
    let writer = Writer { sources };
    let databases: Vec<Value> = schema.databases.iter().map(|database| writer.database(database)).collect();
    let migrations = schema.databases.iter().flat_map(|database| &database.migrations);
    let statements: Vec<Value> = migrations
        .flat_map(|migration| migration.statements.iter().map(move |statement| (migration, statement)))
        .map(|(migration, statement)| writer.statement(migration, statement))
        .collect();
    json!({ "databases": databases, "statements": statements })
}

struct Writer<'a> {
    sources: &'a Sources,
}

impl Writer<'_> {
    fn path(&self, span: Span) -> Value {
        self.sources.path(span.source).into()
    }

    fn line(&self, span: Span) -> Value {
        self.sources.line_column(span.source, span.start).line.into()
    }

    fn database(&self, database: &Database) -> Value {
        let enums = database.enums.iter().map(|one| {
            let labels: Vec<&str> = one.labels.iter().map(|label| label.value.as_str()).collect();
            json!({
                "schema": one.name.schema, "name": one.name.name, "labels": one.complete.then_some(labels),
                "path": self.path(one.span), "line": self.line(one.span),
            })
        });
        let views = database.views.iter().map(|one| {
            let reads: Vec<String> = one.reads.iter().map(TableName::to_string).collect();
            json!({
                "schema": one.name.schema, "name": one.name.name, "materialized": one.materialized, "reads": reads,
                "path": self.path(one.span), "line": self.line(one.span),
            })
        });
        json!({
            "dialect": database.variant.as_deref().unwrap_or(database.dialect.name()),
            "source": database.source,
            "tool": database.tool,
            "server_version": (database.server_version > 0).then_some(database.server_version),
            "version_assumed": database.version_assumed,
            "version_origin": database.version_origin,
            "tables": database.tables.iter().map(|table| self.table(table)).collect::<Vec<_>>(),
            "enums": enums.collect::<Vec<_>>(),
            "views": views.collect::<Vec<_>>(),
            "unknown": database.tables_unknown,
        })
    }

    fn table(&self, table: &Table) -> Value {
        let gaps: Vec<&str> = table.gaps.iter().map(|gap| gap.facet.name()).collect();
        let why: Vec<&str> = table.gaps.iter().map(|gap| gap.why.as_str()).collect();
        json!({
            "schema": table.name.schema,
            "name": table.name.name,
            "columns": table.columns.iter().map(|column| self.column(column)).collect::<Vec<_>>(),
            "primary_key": table.primary_key().and_then(Index::columns),
            "indexes": table.indexes.iter().map(|index| self.index(index)).collect::<Vec<_>>(),
            "foreign_keys": table.foreign_keys.iter().map(|key| self.foreign_key(key)).collect::<Vec<_>>(),
            "checks": table.checks.iter().map(|check| self.check(check)).collect::<Vec<_>>(),
            "external": table.external,
            "unknown": gaps,
            "unknown_because": why,
            "path": self.path(table.name_span),
            "line": self.line(table.name_span),
        })
    }

    fn column(&self, column: &Column) -> Value {
        // `false`, not null, where there is certainly no default: null says that it is not known.
        let default = match &column.default {
            Fact::Known(value, _) => Value::from(value.text.as_str()),
            Fact::Absent if column.auto_increment => Value::from("auto_increment"),
            Fact::Absent => Value::Bool(false),
            Fact::Unknown(..) => Value::Null,
        };
        json!({
            "name": column.name,
            "type": column.column_type.known().map(|one| one.display()),
            "nullable": column.nullable.known(),
            "default": default,
            "path": self.path(column.name_span),
            "line": self.line(column.name_span),
        })
    }

    fn index(&self, index: &Index) -> Value {
        let keys: Vec<&str> = index.keys.iter().map(|key| key.text.as_str()).collect();
        json!({
            "name": index.name,
            "columns": keys,
            "unique": index.unique,
            "method": index.method,
            "predicate": index.predicate.as_ref().map(|one| one.value.as_str()),
            "include": index.include,
            "path": self.path(index.span),
            "line": self.line(index.span),
        })
    }

    fn foreign_key(&self, key: &ForeignKey) -> Value {
        let there = (!key.referenced_columns.is_empty()).then_some(&key.referenced_columns);
        json!({
            "name": key.name,
            "columns": key.columns,
            "references": key.references.to_string(),
            "referenced_columns": there,
            "on_delete": key.on_delete,
            "validated": key.validated,
            "path": self.path(key.span),
            "line": self.line(key.span),
        })
    }

    fn check(&self, check: &Check) -> Value {
        json!({
            "name": check.name,
            "text": check.text,
            "validated": check.validated,
            "path": self.path(check.span),
            "line": self.line(check.span),
        })
    }

    fn statement(&self, migration: &AppliedMigration, statement: &AppliedStatement) -> Value {
        let effects = statement.effects();
        let names = |tables: &Vec<TableName>| tables.iter().map(TableName::to_string).collect::<Vec<_>>();
        let blocked = |tables: Option<Vec<&TableName>>| {
            let tables = tables.map(|tables| tables.into_iter().map(TableName::to_string).collect::<Vec<_>>());
            tables.map_or(Value::Null, Value::from)
        };
        let locks = effects.locks.as_ref().map(|locks| {
            let lock = |(table, mode): &(TableName, super::LockMode)| json!({ "table": table.to_string(), "mode": mode.name() });
            locks.iter().map(lock).collect::<Vec<_>>()
        });
        json!({
            "path": migration.path,
            "line": self.line(statement.span),
            "locks": locks,
            "rewrites": effects.rewrites.as_ref().map(names),
            "scans": effects.scans.as_ref().map(names),
            "fails": effects.fails,
            "blocks_reads": blocked(effects.blocks_reads()),
            "blocks_writes": blocked(effects.blocks_writes()),
            "algorithm": effects.algorithm.map(|one| one.name()),
            "reversible": effects.reversible.map(|one| one.name()),
            "in_transaction": statement.in_transaction.known(),
            "pending": migration.pending,
        })
    }
}
