//! What a move from one column or table to another left behind: the old one, the half-made new one, the trigger that kept both
//! alike. A name alone proves nothing (`new_email` may be an address that waits for its confirmation): each has a statement that
//! shows the move.

use super::Schema;
use super::catalog::Database;
use super::history::Step;
use super::pending::FormerName;
use super::pending::assignments;
use super::remedy::quoted;
use super::view::TableRef;
use crate::model::words;
use crate::source::{Sources, Span};
use crate::sql::{Change, DataVerb, Dialect, ObjectName, TableAction};

/// What was left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftPart {
    /// A column beside the one that it was made from, or is to replace.
    Column {
        /// The one that is left.
        left: String,
        /// The other one.
        beside: String,
    },
    /// A table beside the one that took its name.
    Table {
        /// The table that has the name now.
        beside: String,
    },
    /// A trigger that copies one column into another.
    Trigger {
        /// Its name.
        name: String,
        /// The columns that it keeps alike.
        columns: (String, String),
    },
}

/// A part of a move that nobody finished.
#[derive(Debug, Clone)]
pub struct LeftTransition<'m> {
    /// The table that has it.
    pub table: TableRef<'m>,
    /// The part.
    pub part: LeftPart,
    /// The statement that shows the move.
    pub shown_by: Span,
    /// How many migrations came after that one.
    pub migrations_since: usize,
}

impl Schema {
    /// Every part of an unfinished move that stands in migrations, the triggers first; a column that a trigger fills is told with
    /// the trigger.
    pub fn left_transitions(&self, sources: &Sources) -> Vec<LeftTransition<'_>> {
        let mut found = Vec::new();
        // Once for each database: a dump has thousands of tables and of statements.
        let former: Vec<_> = self.databases.iter().map(|database| (&**database, database.former_names())).collect();
        for table in self.tables().filter(|table| !table.is_derived() && !table.temporary && table.database().tool.is_some()) {
            let mut of_table = triggers(table, sources);
            let told: Vec<(String, String)> = of_table.iter().filter_map(|one| one.columns()).collect();
            of_table.extend(columns(table, sources).into_iter().filter(|one| {
                let pair = one.columns();
                !told.iter().any(|(a, b)| pair.as_ref().is_some_and(|(c, d)| (a, b) == (c, d) || (a, b) == (d, c)))
            }));
            let of_database = former.iter().find(|(database, _)| std::ptr::eq(*database, table.database()));
            of_table.extend(of_database.and_then(|(_, former)| renamed_aside(table, former)));
            found.extend(of_table);
        }
        found
    }
}

impl LeftTransition<'_> {
    fn columns(&self) -> Option<(String, String)> {
        match &self.part {
            LeftPart::Column { left, beside } => Some((left.clone(), beside.clone())),
            LeftPart::Trigger { columns, .. } => Some(columns.clone()),
            LeftPart::Table { .. } => None,
        }
    }

    /// The statement that drops a trigger of its table: PostgreSQL names the table, too.
    pub fn drop_trigger(&self, name: &str) -> String {
        match self.table.dialect() {
            Dialect::Postgres => format!("DROP TRIGGER {} ON {};", self.sql_name(name), self.table.sql_name()),
            _ => format!("DROP TRIGGER {};", self.sql_name(name)),
        }
    }

    /// A name of its database as SQL writes it.
    pub fn sql_name(&self, name: &str) -> String {
        quoted(self.table.dialect(), name)
    }
}

/// Whether a name is another one with a mark of something put aside or half made: `total_old`, `new_total`.
fn is_marked(name: &str, plain: &str) -> bool {
    let name = words::snake(name);
    let rest = words::snake(plain);
    let mark = name.strip_prefix(rest.as_str()).or_else(|| name.strip_suffix(rest.as_str()));
    mark.is_some_and(|mark| mark.contains('_') && words::is_transition(mark.trim_matches('_')))
}

fn since(database: &Database, span: Span) -> Option<usize> {
    let at = database.migrations.iter().position(|one| one.source == span.source)?;
    Some(database.migrations.len().saturating_sub(at + 1))
}

/// Columns that are called like another one with a mark, and that a rename or a copy of rows ties to it.
fn columns<'m>(table: TableRef<'m>, sources: &Sources) -> Vec<LeftTransition<'m>> {
    if !table.columns_complete() {
        return Vec::new();
    }
    let names: Vec<&str> = table.table().columns.iter().map(|column| column.name.as_str()).collect();
    let pairs = names.iter().flat_map(|left| names.iter().map(move |beside| (*left, *beside)));
    let pairs: Vec<(&str, &str)> = pairs.filter(|(left, beside)| left.len() > beside.len() && is_marked(left, beside)).collect();
    let shown = pairs.into_iter().filter_map(|(left, beside)| {
        let shown_by = tie(table, left, beside, sources)?;
        let part = LeftPart::Column { left: left.to_owned(), beside: beside.to_owned() };
        Some(LeftTransition { table, part, shown_by, migrations_since: since(table.database(), shown_by)? })
    });
    shown.collect()
}

/// The last statement that renames one column to the other or copies one into the other.
fn tie(table: TableRef, left: &str, beside: &str, sources: &Sources) -> Option<Span> {
    let is_pair = |a: &str, b: &str| (a, b) == (left, beside) || (a, b) == (beside, left);
    let mut found = None;
    for statement in table.database().migrations.iter().flat_map(|migration| &migration.statements) {
        for step in statement.ops.iter().filter(|step| is_about(step, table)) {
            let ties = match &step.op.change {
                Change::AlterTable { action: TableAction::RenameColumn { from, to }, .. } => {
                    from.value == beside && to.value == left
                }
                Change::Data { verb: DataVerb::Update, .. } => assignments(sources.text(statement.span)).any(|(set, value)| {
                    let value = value.split_whitespace().next().unwrap_or("").trim_end_matches(';');
                    is_pair(set, value.rsplit('.').next().unwrap_or(value).trim_matches(['"', '`']))
                }),
                _ => false,
            };
            if ties {
                found = Some(step.op.span);
            }
        }
    }
    found
}

/// Whether a step works on a table. Of migrations that nobody judges the statement is kept alone, with the name as it is written.
fn is_about(step: &Step, table: TableRef) -> bool {
    let name = &table.table().name;
    let written = |of: &ObjectName| of.name == name.name && (of.schema.is_none() || of.schema == name.schema);
    match (&step.table, &step.op.change) {
        (Some(of), _) => of.name == *name,
        (None, Change::AlterTable { table, .. }) => written(table),
        (None, Change::Data { tables, .. }) => tables.iter().any(written),
        _ => false,
    }
}

/// The table, where it was put aside for another one that has its name now.
fn renamed_aside<'m>(table: TableRef<'m>, former: &[FormerName]) -> Option<LeftTransition<'m>> {
    let database = table.database();
    let aside = former.iter().rev().find(|former| former.given == table.table().name)?;
    let other = database.table_named(&aside.name).filter(|other| !other.external && other.parent.is_none())?;
    if !is_marked(&aside.given.name, &aside.name.name) {
        return None;
    }
    let part = LeftPart::Table { beside: other.name.name.to_string() };
    Some(LeftTransition { table, part, shown_by: aside.span, migrations_since: since(database, aside.span)? })
}

/// Triggers whose function copies a column into another one that is called like it, or two columns into each other.
fn triggers<'m>(table: TableRef<'m>, sources: &Sources) -> Vec<LeftTransition<'m>> {
    let held = |name: &str| table.table().columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    let mut found = Vec::new();
    for trigger in &table.table().triggers {
        let function = trigger
            .function
            .as_ref()
            .and_then(|name| table.database().objects.functions.iter().find(|function| function.name.name == name.name));
        let body = function.map_or(trigger.span, |function| function.span);
        let copies = copies(sources.text(body));
        let is_kept = |(to, from): &&(String, String)| {
            let alike = is_marked(to, from) || is_marked(from, to);
            alike || copies.iter().any(|(other, back)| other == from && back == to)
        };
        let pair = copies.iter().filter(|(to, from)| to != from).find(|pair| is_kept(pair));
        let Some((to, from)) = pair.and_then(|(to, from)| Some((held(to)?, held(from)?))) else { continue };
        let part = LeftPart::Trigger { name: trigger.name.to_string(), columns: (from.name.to_string(), to.name.to_string()) };
        let Some(migrations_since) = since(table.database(), trigger.span) else { continue };
        found.push(LeftTransition { table, part, shown_by: trigger.span, migrations_since });
    }
    found
}

/// The columns that `NEW.a := NEW.b` sets, each with the one that it is copied from, in lower case.
fn copies(text: &str) -> Vec<(String, String)> {
    let text = text.to_ascii_lowercase();
    let column = |side: &str| {
        let name = side.trim().strip_prefix("new.")?.trim_matches('"');
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_name.then(|| name.to_owned())
    };
    let copy = |part: &str| {
        let (to, from) = part.split_once(":=").or_else(|| part.split_once('='))?;
        Some((column(to.split_whitespace().next_back()?)?, column(from)?))
    };
    text.split(';').filter_map(copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_say_what_was_put_aside() {
        assert!(is_marked("total_old", "total") && is_marked("new_total", "total") && is_marked("orders_backup", "orders"));
        assert!(!is_marked("total_cents", "total") && !is_marked("renewed", "ed") && !is_marked("total", "total"));
    }

    #[test]
    fn copies_are_read_from_the_text() {
        let of = |text: &str| copies(text).into_iter().map(|(to, from)| format!("{to}<{from}")).collect::<Vec<_>>();
        assert_eq!(of("BEGIN NEW.total_new := NEW.total; RETURN NEW; END"), ["total_new<total"]);
        assert_eq!(of("if true then new.\"a\" = new.b; end if;"), ["a<b"]);
        assert!(of("NEW.a := lower(NEW.b); NEW.c := NEW.d + 1; IF NEW.e = OLD.f THEN x; END IF").is_empty());
    }
}
