//! What SQLite refuses in a pending migration, by facts measured on SQLite 3.40.1.

use super::PendingStep;
use crate::model::schema::TableOrigin;
use crate::model::schema::effects::sqlite::is_no_constant;
use crate::source::{Sources, Span};
use crate::sql::{Change, ColumnDef, ConstraintKind, TableAction, tokens};

/// What SQLite refuses, and what to do instead.
#[derive(Debug, Clone)]
pub struct Refused {
    /// What is refused, in words of SQL: `ADD CONSTRAINT`.
    pub what: String,
    /// Why, in one line.
    pub why: String,
    /// Where the reason stands, where that is elsewhere.
    pub cause: Option<Span>,
    /// What to do instead, as far as it is not building the table anew.
    pub instead: Option<String>,
}

fn refused(what: &str, why: &str) -> Option<Refused> {
    Some(Refused { what: what.to_owned(), why: why.to_owned(), cause: None, instead: None })
}

fn syntax(what: &str, why: &str) -> Option<Refused> {
    Some(Refused { what: what.to_owned(), why: why.to_owned(), cause: None, instead: Some("take the words away".into()) })
}

impl<'m> PendingStep<'m> {
    /// Why SQLite refuses this step; `None` where it does not. A column that is NOT NULL without a value for the rows that are
    /// there is not among them: that is a question of its own.
    pub fn refused_by_sqlite(&self, sources: &Sources) -> Option<Refused> {
        match &self.step.op.change {
            Change::CreateIndex(index) if index.concurrently.is_some() => {
                syntax("CREATE INDEX CONCURRENTLY", "SQLite has one writer, and no such word")
            }
            Change::DropIndex { concurrently: Some(_), .. } => {
                syntax("DROP INDEX CONCURRENTLY", "SQLite has one writer, and no such word")
            }
            Change::AlterTable { if_exists: true, .. } => syntax("ALTER TABLE IF EXISTS", "SQLite has no IF EXISTS here"),
            Change::AlterTable { action, .. } => self.action_refused(action, sources),
            _ => None,
        }
    }

    fn action_refused(&self, action: &TableAction, sources: &Sources) -> Option<Refused> {
        let only = "SQLite's ALTER TABLE renames, adds a column and drops a column, and nothing else";
        let actions = self.statement.ops.iter().filter(|step| matches!(step.op.change, Change::AlterTable { .. }));
        if actions.count() > 1 && !self.is_first_action() {
            let mut found = refused("ALTER TABLE .. , ..", "SQLite takes one action in each statement")?;
            found.instead = Some("write a statement for each action".into());
            return Some(found);
        }
        match action {
            TableAction::AlterType { .. }
            | TableAction::SetNotNull { .. }
            | TableAction::DropNotNull { .. }
            | TableAction::SetDefault { .. }
            | TableAction::DropDefault { .. }
            | TableAction::Identity { .. } => refused("ALTER COLUMN", only),
            TableAction::AddConstraint(_) => refused("ADD CONSTRAINT", only),
            TableAction::DropConstraint { .. } => refused("DROP CONSTRAINT", only),
            TableAction::ValidateConstraint { .. } => refused("VALIDATE CONSTRAINT", only),
            TableAction::RenameConstraint { .. } => refused("RENAME CONSTRAINT", only),
            TableAction::AddColumn { if_not_exists: true, .. } => {
                syntax("ADD COLUMN IF NOT EXISTS", "SQLite has no IF NOT EXISTS here")
            }
            TableAction::DropColumn { if_exists: true, .. } => syntax("DROP COLUMN IF EXISTS", "SQLite has no IF EXISTS here"),
            TableAction::AddColumn { column, .. } => self.column_refused(column, sources),
            TableAction::DropColumn { name, .. } => self.drop_refused(&name.value),
            _ => None,
        }
    }

    fn is_first_action(&self) -> bool {
        self.statement.ops.first().is_some_and(|first| std::ptr::eq(first, self.step))
    }

    /// Whether the table may hold rows; where it holds none SQLite is less strict.
    fn may_hold_rows(&self) -> bool {
        self.before().is_some_and(|before| !before.temporary && (before.seeded || before.origin != TableOrigin::SameMigration))
    }

    fn column_refused(&self, column: &ColumnDef, sources: &Sources) -> Option<Refused> {
        let has = |wanted: fn(&ConstraintKind) -> bool| column.constraints.iter().any(|one| wanted(&one.kind));
        if has(|kind| matches!(kind, ConstraintKind::PrimaryKey { .. })) {
            return refused("ADD COLUMN .. PRIMARY KEY", "a new column cannot become the key of its table");
        }
        if has(|kind| matches!(kind, ConstraintKind::Unique { .. })) {
            let mut found = refused("ADD COLUMN .. UNIQUE", "a new column cannot be unique from the start")?;
            let (table, column) = (self.table(), self.sql_name(&column.name.value));
            found.instead = Some(format!("make an index of it after the column:\nCREATE UNIQUE INDEX .. ON {table} ({column});"));
            return Some(found);
        }
        if !self.may_hold_rows() {
            return None;
        }
        if column.generated == Some(true) {
            return refused("ADD COLUMN .. STORED", "the value would have to be written into every row; VIRTUAL works");
        }
        let default = column.default.as_ref().filter(|default| !default.text.trim().eq_ignore_ascii_case("null"))?;
        let text = default.text.trim();
        if is_no_constant(text) {
            return refused("ADD COLUMN .. DEFAULT", "the default of a new column must be a constant");
        }
        if has(|kind| matches!(kind, ConstraintKind::ForeignKey { .. })) {
            return refused("ADD COLUMN .. DEFAULT .. REFERENCES", "with foreign keys on, a reference must start as NULL");
        }
        let check = column.constraints.iter().find_map(|one| match &one.kind {
            ConstraintKind::Check { expression, .. } => Some(*expression),
            _ => None,
        })?;
        let words = tokens(sources.text(check), self.dialect());
        violates(&words, text).then(|| refused("ADD COLUMN .. CHECK", "the default itself does not pass"))?
    }

    /// An index, a key or a constraint that holds the column forbids the drop.
    fn drop_refused(&self, column: &str) -> Option<Refused> {
        let table = &self.before()?.name;
        let same = |name: &str| name.eq_ignore_ascii_case(column);
        let mut found: Option<(String, Option<String>, Span)> = None;
        let all =
            self.database.migrations.iter().flat_map(|migration| &migration.statements).flat_map(|statement| &statement.ops);
        for step in all.take_while(|step| !std::ptr::eq(*step, self.step)) {
            match &step.op.change {
                Change::CreateIndex(index) if index.table.name.eq_ignore_ascii_case(&table.name) => {
                    let holds = index.keys.iter().any(|key| key.column.as_deref().is_some_and(same));
                    let name = index.name.as_ref().map(|name| name.value.clone());
                    if holds {
                        found = Some((format!("index `{}` holds it", name.clone().unwrap_or_default()), name, index.span));
                    }
                }
                Change::DropIndex { names, .. } => {
                    let gone = |held: &str| names.iter().any(|name| name.name.eq_ignore_ascii_case(held));
                    found.take_if(|(_, name, _)| name.as_deref().is_some_and(gone));
                }
                Change::CreateTable(def) if def.name.name.eq_ignore_ascii_case(&table.name) => {
                    let own = def.columns.iter().find(|one| same(&one.name.value));
                    found = own.and_then(key_of).map(|(why, span)| (why.to_owned(), None, span));
                }
                Change::AlterTable { table: on, action: TableAction::AddColumn { column: own, .. }, .. }
                    if on.name.eq_ignore_ascii_case(&table.name) && same(&own.name.value) =>
                {
                    found = key_of(own).map(|(why, span)| (why.to_owned(), None, span));
                }
                // The table may have been another one under that name.
                Change::DropTable { names, .. } if names.iter().any(|name| name.name.eq_ignore_ascii_case(&table.name)) => {
                    found = None
                }
                Change::AlterTable { action: TableAction::RenameTable { to }, table: from, .. }
                    if to.value.eq_ignore_ascii_case(&table.name) || from.name.eq_ignore_ascii_case(&table.name) =>
                {
                    found = None;
                }
                _ => {}
            }
        }
        let (why, index, span) = found?;
        let instead = index.map(|name| format!("before it:\nDROP INDEX {};", self.sql_name(&name)));
        Some(Refused { what: format!("DROP COLUMN {column}"), why, cause: Some(span), instead })
    }
}

/// Why a column cannot be dropped for what stands with it.
fn key_of(column: &ColumnDef) -> Option<(&'static str, Span)> {
    column.constraints.iter().find_map(|one| match one.kind {
        ConstraintKind::PrimaryKey { .. } => Some(("it is the primary key", one.span)),
        ConstraintKind::Unique { .. } => Some(("it is unique", one.span)),
        _ => None,
    })
}

/// Whether a comparison of one name with a number is wrong for a default that is a number.
fn violates(check: &[&str], default: &str) -> bool {
    let [_, operator, limit] = check else { return false };
    let (Ok(value), Ok(limit)) = (default.parse::<f64>(), limit.parse::<f64>()) else { return false };
    match *operator {
        ">" => value <= limit,
        ">=" => value < limit,
        "<" => value >= limit,
        "<=" => value > limit,
        "<>" | "!=" => value == limit,
        "=" => value != limit,
        _ => false,
    }
}
