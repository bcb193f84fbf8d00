//! The catalog as `model --format json` prints it. What is not known is null; every element says where it is written.

use super::Schema;
use super::catalog::{Backing, Check, Column, Database, Domain, ForeignKey, Identity, Index, Table, TableName};
use super::history::{AppliedMigration, AppliedStatement};
use super::objects::{Composite, Function, RebuiltTable, Sequence, Trigger};
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
                "columns": one.columns, "indexes": one.indexes.iter().map(|index| self.index(index)).collect::<Vec<_>>(),
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
            "domains": database.domains.iter().map(|one| self.domain(one)).collect::<Vec<_>>(),
            "composites": database.objects.composites.iter().map(|one| self.composite(one)).collect::<Vec<_>>(),
            "sequences": database.objects.sequences.iter().map(sequence).collect::<Vec<_>>(),
            "functions": database.objects.functions.iter().map(|one| self.function(one)).collect::<Vec<_>>(),
            "extensions": database.objects.extensions,
            "rebuilds": database.objects.rebuilds.iter().map(|one| self.rebuild(one)).collect::<Vec<_>>(),
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
            "triggers": table.triggers.iter().map(|trigger| self.trigger(trigger)).collect::<Vec<_>>(),
            "unlogged": table.unlogged,
            "partitioned": table.partitioned,
            "parent": table.parent.as_deref().map(TableName::to_string),
            "charset": table.charset,
            "collation": table.collation,
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
            "identity": column.identity.map(|one| if one == Identity::Always { "always" } else { "by default" }),
            "generated": column.generated.map(|stored| if stored { "stored" } else { "virtual" }),
            "expression": column.expression(),
            "charset": column.charset(),
            "collation": column.collation(),
            "path": self.path(column.name_span),
            "line": self.line(column.name_span),
        })
    }

    fn index(&self, index: &Index) -> Value {
        let keys: Vec<&str> = index.keys.iter().map(|key| key.text()).collect();
        json!({
            "name": index.name,
            "columns": keys,
            "unique": index.unique,
            "method": index.method,
            "predicate": index.predicate.as_ref().map(|one| one.value.as_str()),
            "include": index.include,
            "nulls_not_distinct": index.nulls_not_distinct,
            "backs": index.backs.map(Backing::name),
            "deferrable": index.deferrable,
            "keys": index.keys.iter().map(key).collect::<Vec<_>>(),
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
            "on_update": key.on_update,
            "deferrable": key.deferrable,
            "initially_deferred": key.initially_deferred,
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
            "no_inherit": check.no_inherit,
            "path": self.path(check.span),
            "line": self.line(check.span),
        })
    }

    fn domain(&self, domain: &Domain) -> Value {
        let checks = domain.checks.iter().map(|one| json!({ "name": one.name, "text": one.text, "validated": one.validated }));
        json!({
            "schema": domain.name.schema,
            "name": domain.name.name,
            "type": domain.base.as_ref().map(crate::sql::ColumnType::display),
            "nullable": !domain.not_null,
            "checks": checks.collect::<Vec<_>>(),
            "path": self.path(domain.span),
            "line": self.line(domain.span),
        })
    }

    fn composite(&self, composite: &Composite) -> Value {
        let attribute = |(name, kind): &(String, Option<crate::sql::ColumnType>)| json!({ "name": name, "type": kind.as_ref().map(|one| one.display()) });
        json!({
            "schema": composite.name.schema,
            "name": composite.name.name,
            "attributes": composite.attributes.iter().map(attribute).collect::<Vec<_>>(),
            "path": self.path(composite.span),
            "line": self.line(composite.span),
        })
    }

    fn function(&self, function: &Function) -> Value {
        json!({
            "schema": function.name.schema,
            "name": function.name.name,
            "tables": function.tables.iter().map(TableName::to_string).collect::<Vec<_>>(),
            "path": self.path(function.span),
            "line": self.line(function.span),
        })
    }

    fn trigger(&self, trigger: &Trigger) -> Value {
        json!({
            "name": trigger.name,
            "function": trigger.function.as_ref().map(TableName::to_string),
            "path": self.path(trigger.span),
            "line": self.line(trigger.span),
        })
    }

    fn rebuild(&self, rebuild: &RebuiltTable) -> Value {
        let names = |indexes: &[Index]| indexes.iter().map(|index| index.name.clone()).collect::<Vec<_>>();
        json!({
            "table": rebuild.table.to_string(),
            "lost_indexes": names(&rebuild.lost_indexes),
            "lost_triggers": rebuild.lost_triggers.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
            "lost_columns": rebuild.lost_columns.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
            "path": self.path(rebuild.renamed),
            "line": self.line(rebuild.renamed),
        })
    }

    fn statement(&self, migration: &AppliedMigration, statement: &AppliedStatement) -> Value {
        let effects = statement.effects();
        let names = |tables: &[TableName]| tables.iter().map(TableName::to_string).collect::<Vec<_>>();
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
            "rewrites": effects.rewrites.as_deref().map(names),
            "scans": effects.scans.as_deref().map(names),
            "fails": effects.fails(),
            "blocks_reads": blocked(effects.blocks_reads()),
            "blocks_writes": blocked(effects.blocks_writes()),
            "algorithm": effects.algorithm.map(|one| one.name()),
            "reversible": effects.reversible.map(|one| one.name()),
            "in_transaction": statement.in_transaction.known(),
            "pending": migration.pending,
        })
    }
}

fn sequence(sequence: &Sequence) -> Value {
    let owner = sequence.owner.as_ref().map(|(table, column)| format!("{table}.{column}"));
    json!({ "schema": sequence.name.schema, "name": sequence.name.name, "owner": owner })
}

fn key(key: &crate::sql::IndexKey) -> Value {
    json!({
        "column": key.column,
        "text": key.text(),
        "opclass": key.opclass(),
        "collation": key.collation(),
        "descending": key.descending,
        "nulls_first": key.nulls_first,
        "prefix": key.prefix(),
    })
}
