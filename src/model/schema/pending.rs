//! What pending migrations do to a database that is in use: each step with its statement and migration, and the questions
//! that decide whether anybody feels it.

mod absent;
mod again;
mod backfill;
mod batches;
mod commands;
mod contract;
mod defaults;
mod demands;
mod enums;
mod former;
mod late;
mod locks;
mod mysql;
mod named;
mod readers;
mod rebuild;
mod refused;
mod release;
mod repeated;
mod repeats;
mod rerun;
mod retyped;
mod sqlite;
mod statements;
mod tables;
mod timeouts;
mod tools;
mod transactions;
mod uniqueness;
pub mod waits;
mod written_names;

pub use commands::Reindexed;
pub use enums::RenamedLabel;
pub use former::FormerName;
pub use late::LateMigration;
pub use locks::{NewConstraint, RewriteCause};
pub(super) use named::NamedSteps;
pub use readers::{StillRead, Unwritten};
pub(super) use release::assignments;
pub use release::{Replaced, Unfilled};
pub use repeated::RepeatedColumn;
pub use tables::LostTable;
pub use uniqueness::NewUniqueness;
pub use written_names::LongName;

use super::catalog::{Database, TableName};
use super::history::{AppliedMigration, AppliedStatement, Step, TableBefore, TableOrigin};
use super::remedy::quoted;
use super::view::MigrationRef;
use super::{Column, Schema};
use crate::discover::migrations;
pub use crate::discover::migrations::{Edited, Late, TakesOut};
use crate::model::Model;
use crate::source::Span;
use crate::sql::{Change, ColumnDef, ColumnType, Dialect, IndexDef, TableAction, Understanding};
pub use backfill::{Backfill, Reach};
pub use mysql::TableCopy;
pub use sqlite::Refused;
pub use transactions::{Follower, PendingTransaction};

/// One step of a pending migration.
#[derive(Debug, Clone, Copy)]
pub struct PendingStep<'m> {
    database: &'m Database,
    /// The migration that it belongs to.
    pub migration: &'m AppliedMigration,
    /// The statement that it belongs to.
    pub statement: &'m AppliedStatement,
    /// The step.
    pub step: &'m Step,
}

/// Who uses what a step changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Nobody: it was made by the same migration, or is temporary.
    Nobody,
    /// Nobody but the rest of the deployment: another pending migration made it.
    Deployment,
    /// Running code.
    Everybody,
}

impl Schema {
    /// Every pending migration of a dialect that is read, in the order of application.
    pub fn pending_migrations(&self) -> impl Iterator<Item = MigrationRef<'_>> {
        let read = |dialect: Dialect| matches!(dialect, Dialect::Postgres | Dialect::MySql | Dialect::Sqlite);
        self.migrations().filter(move |migration| migration.pending && read(migration.dialect()))
    }

    /// Every step of every pending migration, in the order of application.
    pub fn pending_steps(&self) -> impl Iterator<Item = PendingStep<'_>> {
        self.pending_migrations().flat_map(|one| {
            let (database, migration) = (one.database(), one.migration());
            let steps = migration.statements.iter().flat_map(|statement| statement.ops.iter().map(move |step| (statement, step)));
            steps.map(move |(statement, step)| PendingStep { database, migration, statement, step })
        })
    }
}

impl Model {
    /// Where a migration drops a column that is still a field of the API.
    pub fn dropped_fields(&self) -> Vec<Span> {
        let fields = self.property_columns();
        fields.iter().flat_map(|field| &field.dropped).map(|(_, gone, _)| gone.span).collect()
    }
}

impl MigrationRef<'_> {
    /// The name by which people know it: that of its file, or of its folder where every file is called alike.
    pub fn file_name(&self) -> &str {
        let mut parts = self.path.rsplit('/');
        match parts.next() {
            Some("up.sql" | "migration.sql") => parts.next().unwrap_or(&self.path),
            name => name.unwrap_or(&self.path),
        }
    }

    /// The statements that were not understood in full, with the reason.
    pub fn not_understood(&self) -> impl Iterator<Item = (&AppliedStatement, &str)> {
        self.statements.iter().filter_map(|statement| match &statement.understanding {
            Understanding::Partial(why) | Understanding::Opaque(why) => Some((statement, why.as_str())),
            Understanding::Full | Understanding::NoEffect => None,
        })
    }
}

impl<'m> PendingStep<'m> {
    /// The dialect of the database.
    pub fn dialect(&self) -> Dialect {
        self.database.dialect
    }

    /// Whether the database is PostgreSQL itself: its relatives lock otherwise.
    pub fn is_postgres(&self) -> bool {
        self.database.dialect == Dialect::Postgres && self.database.variant.is_none()
    }

    /// Major version of the server, and whether it is assumed.
    pub fn server_version(&self) -> (u32, bool) {
        (self.database.server_version, self.database.version_assumed)
    }

    /// The action, where the step is one of an `ALTER TABLE`.
    fn action(&self) -> Option<&'m TableAction> {
        match &self.step.op.change {
            Change::AlterTable { action, .. } => Some(action),
            _ => None,
        }
    }

    /// The column that it drops.
    pub fn dropped_column(&self) -> Option<&'m str> {
        match self.action()? {
            TableAction::DropColumn { name, .. } => Some(&name.value),
            _ => None,
        }
    }

    /// The column that it renames, and its new name.
    pub fn renamed_column(&self) -> Option<(&'m str, &'m str)> {
        match self.action()? {
            TableAction::RenameColumn { from, to } => Some((&from.value, &to.value)),
            _ => None,
        }
    }

    /// The column that it adds.
    pub fn added_column(&self) -> Option<&'m ColumnDef> {
        match self.action()? {
            TableAction::AddColumn { column, .. } => Some(column),
            _ => None,
        }
    }

    /// Whether it adds, `IF NOT EXISTS`, a column that is there.
    pub fn is_there_already(&self) -> bool {
        self.may_be_there_already() && self.before().is_some_and(|before| before.columns_known)
    }

    /// Whether it adds, `IF NOT EXISTS`, a column that was there once: a statement that was not understood may have taken it.
    pub fn may_be_there_already(&self) -> bool {
        matches!(self.action(), Some(TableAction::AddColumn { if_not_exists: true, .. })) && self.column().is_some()
    }

    /// The column of which it demands NOT NULL.
    pub fn required_column(&self) -> Option<&'m str> {
        match self.action()? {
            TableAction::SetNotNull { column } => Some(&column.value),
            _ => None,
        }
    }

    /// The column whose type it changes, and the new type as people write it, where it was understood.
    pub fn retyped_column(&self) -> Option<(&'m str, Option<String>)> {
        match self.action()? {
            TableAction::AlterType { column, column_type, .. } => {
                Some((&column.value, column_type.as_ref().map(|known| self.type_sql(&known.value))))
            }
            _ => None,
        }
    }

    /// Whether the database is MySQL or a relative.
    pub fn is_mysql(&self) -> bool {
        self.database.dialect == Dialect::MySql
    }

    /// Whether the database is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.database.dialect == Dialect::Sqlite
    }

    /// The index, where the step makes one.
    pub fn new_index(&self) -> Option<&'m IndexDef> {
        match &self.step.op.change {
            Change::CreateIndex(index) => Some(index),
            _ => None,
        }
    }

    /// Where `CONCURRENTLY` is written, and the words before it.
    pub fn concurrently(&self) -> Option<(&'static str, Span)> {
        match &self.step.op.change {
            Change::CreateIndex(index) => index.concurrently.map(|span| ("CREATE INDEX CONCURRENTLY", span)),
            Change::DropIndex { concurrently, .. } => concurrently.map(|span| ("DROP INDEX CONCURRENTLY", span)),
            Change::Reindex { concurrently, .. } => concurrently.map(|span| ("REINDEX CONCURRENTLY", span)),
            Change::AlterTable { action: TableAction::DetachPartition { concurrently, .. }, .. } => {
                concurrently.map(|span| ("DETACH PARTITION CONCURRENTLY", span))
            }
            _ => None,
        }
    }

    /// The facts about its table just before it.
    pub fn before(&self) -> Option<&'m TableBefore> {
        self.step.table.as_ref()
    }

    /// The column that it names, as it was; `None` where it names none or the column was never seen.
    pub fn column(&self) -> Option<&'m Column> {
        self.before()?.column.as_deref()
    }

    /// What the table is called in findings: `public.orders`; with a column `public.orders.note`.
    pub fn subject(&self, column: Option<&str>) -> String {
        self.before().map(|before| before.subject(column)).unwrap_or_default()
    }

    /// The table as people say it: without the schema that is searched anyway.
    pub fn table(&self) -> String {
        self.before().map(|before| self.name_of(&before.name)).unwrap_or_default()
    }

    /// Any table of its database as people say it.
    pub fn name_of(&self, table: &TableName) -> String {
        match table.schema.as_deref() {
            None | Some("public") => quoted(self.dialect(), &table.name),
            Some(schema) => format!("{}.{}", quoted(self.dialect(), schema), quoted(self.dialect(), &table.name)),
        }
    }

    /// A name as it has to be written in SQL.
    pub fn sql_name(&self, name: &str) -> String {
        quoted(self.dialect(), name)
    }

    /// A type as it has to be written in SQL.
    pub fn type_sql(&self, of: &ColumnType) -> String {
        super::remedy::type_sql(self.dialect(), of)
    }

    /// Who uses the table.
    pub fn audience(&self) -> Audience {
        match self.before() {
            Some(before) if before.temporary => Audience::Nobody,
            Some(before) => match before.origin {
                TableOrigin::SameMigration => Audience::Nobody,
                TableOrigin::Pending => Audience::Deployment,
                TableOrigin::Before => Audience::Everybody,
                TableOrigin::External => self.audience_of_stranger(&before.name),
            },
            None => Audience::Everybody,
        }
    }

    /// Who uses the column that it names: it may be newer than its table.
    pub fn column_audience(&self) -> Audience {
        let same = self.column().is_some_and(|column| column.span.source == self.migration.source);
        if same || self.drops_what_is_not_there() { Audience::Nobody } else { self.audience() }
    }

    /// Whether the table was never created here, so that nothing else is known of it.
    pub fn is_external(&self) -> bool {
        self.before().is_some_and(|before| before.origin == TableOrigin::External)
    }

    /// Whether the migration emptied the table before this step, so that no row is in the way.
    pub fn is_emptied(&self) -> bool {
        let Some(before) = self.before() else { return false };
        self.migration.emptied.iter().any(|(at, table)| *at < self.statement.span.start && *table == before.name)
    }

    /// Whether the same migration keeps the old name alive after a rename: a generated column of that name, or a column with a
    /// trigger that fills it.
    pub fn is_old_name_kept(&self, column: &str) -> bool {
        let Some(before) = self.before() else { return false };
        let all = self.migration.statements.iter().flat_map(|one| &one.ops);
        let here = all.filter(|step| step.table.as_ref().is_some_and(|table| table.name == before.name));
        let (mut is_back, mut is_generated, mut has_trigger) = (false, false, false);
        for step in here.filter(|step| step.op.span.start > self.step.op.span.start) {
            match &step.op.change {
                Change::AlterTable { action: TableAction::AddColumn { column: added, .. }, .. } if added.name.value == column => {
                    is_back = true;
                    is_generated |= added.generated.is_some();
                }
                Change::TableObject { words, .. } => has_trigger |= words == "CREATE TRIGGER",
                _ => {}
            }
        }
        is_back && (is_generated || has_trigger)
    }

    /// Whether a constraint of the table that was never seen being made is validated before this step: it may prove anything.
    pub fn follows_unseen_validation(&self) -> bool {
        let Some(before) = self.before().filter(|before| before.origin == TableOrigin::External) else { return false };
        let all =
            self.database.migrations.iter().flat_map(|migration| &migration.statements).flat_map(|statement| &statement.ops);
        let mut made: Vec<&str> = Vec::new();
        let mut is_unseen = false;
        for step in all.take_while(|step| !std::ptr::eq(*step, self.step)) {
            let Change::AlterTable { action, .. } = &step.op.change else { continue };
            if step.table.as_ref().is_none_or(|table| table.name != before.name) {
                continue;
            }
            match action {
                TableAction::AddConstraint(here) => made.extend(here.name.as_ref().map(|name| name.value.as_str())),
                TableAction::ValidateConstraint { name } => is_unseen |= !made.contains(&name.value.as_str()),
                _ => {}
            }
        }
        is_unseen
    }

    /// Whether `other` is the same migration for another dialect.
    pub fn is_twin_of(&self, other: &PendingStep) -> bool {
        let variant = |step: &PendingStep| (step.database.dialect, step.database.variant.clone());
        let same = !self.migration.version.is_empty() && self.migration.version == other.migration.version;
        same && variant(self) != variant(other)
    }

    /// Whether it runs inside a transaction for certain.
    pub fn is_in_transaction(&self) -> bool {
        self.statement.in_transaction.known() == Some(&true)
    }

    /// The `BEGIN` of the migration that it runs under, where the migration opens its transaction itself.
    pub fn own_begin(&self) -> Option<Span> {
        let earlier = self.migration.statements.iter().take_while(|one| one.span.start < self.statement.span.start);
        let mut open = None;
        for step in earlier.flat_map(|one| &one.ops) {
            match step.op.change {
                Change::Begin => open = Some(step.op.span),
                Change::Commit | Change::Rollback => open = None,
                _ => {}
            }
        }
        open
    }

    /// Whether the name of the migration says that it runs outside of a transaction, in words that no known tool reads: the
    /// project may have a runner of its own.
    pub fn name_says_no_transaction(&self) -> bool {
        says_no_transaction(&self.migration.path)
    }

    /// Why it runs inside a transaction or outside of one, where the tool decides.
    pub fn transaction_reason(&self) -> &'m str {
        &self.migration.transaction
    }

    /// Whether the tool runs this step outside of its transaction by itself.
    pub fn tool_takes_it_out(&self) -> TakesOut {
        let takes_out = self.database.tool.as_deref().map(migrations::takes_out).unwrap_or_default();
        if takes_out != TakesOut::Alone || self.own_begin().is_some() {
            return if self.own_begin().is_some() { TakesOut::No } else { takes_out };
        }
        let steps =
            self.migration.statements.iter().flat_map(|statement| statement.ops.iter().map(move |step| (statement, step)));
        let mut others = steps.map(|(statement, step)| PendingStep { statement, step, ..*self });
        if others.all(|one| one.concurrently().is_some() || matches!(one.step.op.change, Change::Setting { .. })) {
            TakesOut::Yes
        } else {
            TakesOut::No
        }
    }

    /// Whether a change of type is free or not by the time zone of the session alone.
    pub fn type_hinges_on_time_zone(&self) -> bool {
        let is_timestamp = |name: &str| name.starts_with("timestamp");
        let from = self.column().and_then(|column| column.column_type.known()).is_some_and(|known| is_timestamp(&known.name));
        let using = matches!(self.action(), Some(TableAction::AlterType { using: Some(_), .. }));
        from && !using
    }

    /// How a migration of this tool is kept out of a transaction, for people: the text to type and where.
    pub fn way_out(&self) -> String {
        way_out(self.database)
    }
}

fn says_no_transaction(path: &str) -> bool {
    const WORDS: &[&str] = &["autocommit", "no_transaction", "no-transaction", "notransaction", "no_tx", "no-tx", "notx"];
    let path = path.to_ascii_lowercase();
    WORDS.iter().any(|word| path.contains(word))
}

fn way_out(database: &Database) -> String {
    match database.tool.as_deref() {
        None | Some("unknown") => "run without a transaction".into(),
        Some(tool) => match &database.way_out {
            Some(hint) => format!("with {hint}"),
            None => format!("run by hand before the deployment ({tool} has no way out of its transaction)"),
        },
    }
}
