//! Conditions that ask whether something is there: what runs under them has run if it was.

use super::fold::Known;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, literal_value};
use crate::sql::{Change, Statement, TableAction};

/// A condition that asks for something by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Whether it asks that the thing is there, and not that it is absent.
    pub exists: bool,
    /// The texts that it compares with, in lower case: names of tables, columns, indexes.
    pub names: Vec<String>,
}

impl Guard {
    /// The opposite, as `ELSE` means it.
    pub fn negated(self) -> Guard {
        Guard { exists: !self.exists, ..self }
    }
}

/// More texts than this make no guard.
const MOST_NAMES: usize = 32;

/// Reads a condition: `[NOT] EXISTS (SELECT ..)`, `to_regclass('x') IS [NOT] NULL`, the same as `(SELECT ..)`, `OBJECT_ID('x') IS NULL`, `n > 0`. `None` where it
/// asks anything else. `counted` says what a variable counted or tested before.
pub fn read(condition: &Cursor, known: &Known, counted: &dyn Fn(&str) -> Option<Guard>) -> Option<Guard> {
    let mut walk = *condition;
    while walk.kind(0) == Some(Kind::Open) && walk.rest().len() > 2 {
        match walk.group() {
            Some(inner) if walk.is_done() => walk = inner,
            _ => break,
        }
    }
    // `(SELECT to_regclass('x') IS NOT NULL)`.
    walk.eat("SELECT");
    let whole = walk;
    let negated = walk.eat("NOT");
    if walk.is_any(&["EXISTS"]) {
        walk.next();
        walk.group()?;
        return walk.is_done().then(|| Guard { exists: !negated, names: names(&whole, known) });
    }
    if let (Some(guard), true) = (walk.identifier().and_then(|name| counted(&name.value)), true) {
        let exists = match () {
            () if walk.is_done() => true,
            () if walk.eat_symbol(">") || walk.eat_symbol(">=") || walk.eat_symbol("<>") || walk.eat_symbol("!=") => true,
            () if walk.eat_symbol("=") => !walk.rest().iter().any(|token| walk.token_text(*token) == "0"),
            () if walk.eat_symbol("<") => false,
            () => return None,
        };
        return Some(Guard { exists: (exists != negated) == guard.exists, ..guard });
    }
    let mut walk = whole;
    walk.skip_until(|here| here.is("IS"));
    let asks = ["to_regclass", "OBJECT_ID", "COL_LENGTH", "INDEXPROPERTY", "to_regtype"];
    if !asks.iter().any(|name| whole.is(name)) {
        return None;
    }
    let exists = walk.eat("IS NOT NULL");
    (exists || walk.eat("IS NULL")).then_some(())?;
    walk.is_done().then(|| Guard { exists, names: names(&whole, known) })
}

/// What a query that fills a variable counts or tests.
pub fn of_query(query: &Cursor, known: &Known) -> Guard {
    Guard { exists: true, names: names(query, known) }
}

/// The texts in a condition, and those of its variables; of `public.t` and `[dbo].[t]` each part too.
fn names(condition: &Cursor, known: &Known) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for token in condition.rest() {
        let texts: Vec<String> = match token.kind {
            Kind::Text => literal_value(*token, condition.text).into_iter().collect(),
            Kind::Word => known.of(condition.token_text(*token)).to_vec(),
            _ => continue,
        };
        for text in texts {
            let parts = text.split('.').map(|part| part.trim_matches(['"', '[', ']', '`']).to_lowercase());
            found.extend(parts.filter(|part| !part.is_empty()));
        }
        if found.len() > MOST_NAMES {
            return Vec::new();
        }
    }
    found
}

/// Whether everything that a statement drops or renames is asked for by the guard, so that the guard decides alone.
pub fn decides(guard: &Guard, statement: &Statement) -> bool {
    let asked = |name: &str| guard.names.contains(&name.to_lowercase());
    guard.exists
        && !statement.ops.is_empty()
        && statement.ops.iter().all(|op| match &op.change {
            Change::DropTable { names, .. }
            | Change::DropIndex { names, .. }
            | Change::DropView { names, .. }
            | Change::DropType { names, .. } => names.iter().all(|name| asked(&name.name)),
            Change::RenameIndex { from, .. } | Change::RenameView { from, .. } => asked(&from.name),
            Change::RenameType { name, .. } => asked(&name.name),
            Change::AlterTable { table, action, .. } => match action {
                TableAction::DropColumn { name, .. } | TableAction::DropConstraint { name, .. } => asked(&name.value),
                TableAction::RenameColumn { from, .. } | TableAction::RenameConstraint { from, .. } => asked(&from.value),
                TableAction::RenameTable { .. } | TableAction::SetSchema { .. } => asked(&table.name),
                _ => false,
            },
            _ => false,
        })
}
