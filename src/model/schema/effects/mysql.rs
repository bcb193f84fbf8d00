//! How MySQL and MariaDB carry out a change: the algorithm, whether rows are written anew, and whether writers wait.
//!
//! The facts are data: `data/mysql_online_ddl.toml`. Metadata locks are not judged: every change takes one.

use super::super::catalog::{Backing, Column, TableName};
use super::super::history::{Algorithm, Effects};
use super::super::replay::is_null;
use super::{Moment, find_column};
use crate::source::Name;
use crate::sql::{Change, ColumnDef, ColumnType, ConstraintKind, DefaultKind, ObjectName, SchemaOp, TableAction};
use serde::Deserialize;
use std::sync::OnceLock;

/// How one operation is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    algorithm: Algorithm,
    rebuilds: bool,
    blocks: bool,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    mysql5: Option<String>,
    mysql8: Option<String>,
    mariadb: Option<String>,
}

#[derive(Deserialize, Default)]
struct Rows {
    operation: Vec<Row>,
}

/// The way of an operation on the product and version of the moment; where no version is configured, MySQL 8.
fn way(moment: &Moment, name: &str) -> Option<Way> {
    static ROWS: OnceLock<Rows> = OnceLock::new();
    let rows = ROWS.get_or_init(|| toml::from_str(include_str!("../../../../data/mysql_online_ddl.toml")).unwrap_or_default());
    let row = rows.operation.iter().find(|row| row.name == name)?;
    let words = match (moment.variant, moment.version) {
        (Some("mariadb"), _) => row.mariadb.as_deref(),
        (Some(_), _) => None,
        (None, 5) => row.mysql5.as_deref(),
        (None, _) => row.mysql8.as_deref(),
    }?;
    let algorithm = ["INSTANT", "INPLACE", "COPY"].iter().position(|one| words.starts_with(one))?;
    let algorithm = [Algorithm::Instant, Algorithm::InPlace, Algorithm::Copy].get(algorithm).copied()?;
    Some(Way { algorithm, rebuilds: words.contains("rebuild"), blocks: words.contains("blocks") })
}

/// The cost of an operation.
pub(super) fn of(moment: &Moment, op: &SchemaOp) -> Effects {
    let quiet = Effects { rewrites: Some(Box::default()), ..Effects::default() };
    match &op.change {
        Change::AlterTable { table, action, .. } => {
            let written = moment.text.get(op.span.range()).unwrap_or("").to_ascii_lowercase();
            let names = action_names(moment, table, action, &written);
            by_names(moment, table, names)
        }
        Change::CreateIndex(index) => {
            let name = match index.method.as_str() {
                "fulltext" => "add fulltext index",
                "spatial" => "add spatial index",
                _ => "add index",
            };
            by_names(moment, &index.table, Some(vec![name]))
        }
        Change::DropIndex { table: Some(table), .. } => by_names(moment, table, Some(vec!["drop index"])),
        Change::RenameIndex { table: Some(table), .. } => by_names(moment, table, Some(vec!["rename index"])),
        Change::CreateTable(_) | Change::DropTable { .. } | Change::CreateView { .. } | Change::DropView { .. } => quiet,
        Change::Begin | Change::Commit | Change::Rollback | Change::Setting { .. } | Change::TableObject { .. } => quiet,
        _ => Effects::default(),
    }
}

/// The effects of operations together; none known for `None`.
fn by_names(moment: &Moment, table: &ObjectName, names: Option<Vec<&'static str>>) -> Effects {
    let Some(ways) = names.and_then(|names| names.into_iter().map(|name| way(moment, name)).collect::<Option<Vec<Way>>>()) else {
        return Effects::default();
    };
    let statement = moment.text.get(moment.statement.span.range()).unwrap_or("").to_ascii_lowercase();
    let demands = |words: &str| statement.split_whitespace().collect::<String>().contains(words);
    let copied = demands("algorithm=copy");
    let algorithm = ways.iter().map(|way| way.algorithm).max().map(|least| if copied { Algorithm::Copy } else { least });
    let together = ways.windows(2).any(|pair| matches!(pair, [a, b] if a.algorithm != b.algorithm));
    let rebuilds = copied || ways.iter().any(|way| way.rebuilds);
    let blocks = copied || ways.iter().any(|way| way.blocks) || demands("lock=shared") || demands("lock=exclusive");
    let named: TableName = moment.state.resolved(table);
    let list = |yes: bool| if yes { Box::from([named.clone()]) } else { Box::default() };
    Effects {
        // What is done at once alone may write every row anew in company.
        rewrites: (rebuilds || !together).then(|| list(rebuilds)),
        writers_wait: Some(list(blocks)),
        algorithm: algorithm.filter(|_| !ways.is_empty()),
        ..Effects::default()
    }
}

/// The operations that an action is made of; an empty list where nothing changes, `None` where that cannot be told.
fn action_names(moment: &Moment, table: &ObjectName, action: &TableAction, written: &str) -> Option<Vec<&'static str>> {
    let held = moment.state.find(table).and_then(|slot| moment.state.table(slot));
    let column = |name: &str| held.and_then(|held| find_column(moment.state, held, name));
    // Also says where the column stands, how it compares, or that it counts.
    let says_more =
        [" after ", " first", "collate", "charset", "character set", "auto_increment"].iter().any(|one| written.contains(one));
    Some(match action {
        TableAction::AddColumn { column: def, .. } => return of_new_column(def),
        TableAction::DropColumn { .. } => vec!["drop column"],
        TableAction::RenameColumn { .. } => vec!["rename column"],
        TableAction::RenameTable { .. } => vec!["rename table"],
        TableAction::AlterType { column: name, column_type, .. } => {
            if says_more {
                return None;
            }
            return of_type(column(&name.value)?, &column_type.as_ref()?.value);
        }
        TableAction::SetNotNull { column: name } => match column(&name.value)?.nullable.known()? {
            true => vec!["demand values"],
            false => Vec::new(),
        },
        TableAction::DropNotNull { column: name } => match column(&name.value)?.nullable.known()? {
            true => Vec::new(),
            false => vec!["allow null"],
        },
        TableAction::SetDefault { column: name, default } => {
            let same = column(&name.value).and_then(|held| held.default.known()).is_some_and(|held| held.text == default.text);
            if same { Vec::new() } else { vec!["change default"] }
        }
        TableAction::DropDefault { column: name } => {
            if column(&name.value)?.default.known_absent() {
                Vec::new()
            } else {
                vec!["change default"]
            }
        }
        TableAction::AddConstraint(def) => match &def.kind {
            ConstraintKind::PrimaryKey { .. } => vec!["add primary key"],
            ConstraintKind::Unique { .. } => vec!["add index"],
            ConstraintKind::Check { .. } => vec!["add check"],
            ConstraintKind::ForeignKey { .. } if moment.transactions.checks_keys() == Some(false) => {
                vec!["add unchecked foreign key"]
            }
            ConstraintKind::ForeignKey { .. } => vec!["add foreign key"],
            ConstraintKind::Exclusion => return None,
        },
        TableAction::DropConstraint { name, .. } => {
            let held = held?;
            let named = |one: &Option<Name>| one.as_deref().is_some_and(|one| one.eq_ignore_ascii_case(&name.value));
            let backing = held.indexes.iter().find(|index| named(&index.name)).and_then(|index| index.backs);
            if name.value == "PRIMARY" || backing == Some(Backing::PrimaryKey) {
                vec!["drop primary key"]
            } else if held.foreign_keys.iter().any(|key| named(&key.name)) {
                vec!["drop foreign key"]
            } else if held.checks.iter().any(|check| named(&check.name)) {
                vec!["drop check"]
            } else if backing.is_some() {
                vec!["drop index"]
            } else {
                return None;
            }
        }
        TableAction::Other { words } | TableAction::Unknown { words } if words.starts_with("CONVERT TO") => {
            vec!["convert charset"]
        }
        TableAction::Other { words } if words.starts_with("ALGORITHM") || words.starts_with("LOCK") => Vec::new(),
        _ => return None,
    })
}

fn of_new_column(def: &ColumnDef) -> Option<Vec<&'static str>> {
    let default = def.default.as_ref().filter(|default| !is_null(default));
    let mut names = vec![match default {
        _ if def.auto_increment => "add automatic column",
        _ if def.generated == Some(true) => "add stored column",
        _ if def.generated == Some(false) => "add virtual column",
        // An expression stands in brackets; without them only a constant or the time of the statement may stand.
        Some(default) if default.text.trim_start().starts_with('(') => match default.kind {
            DefaultKind::Constant => return None,
            _ => "add column with expression",
        },
        _ => "add column",
    }];
    for constraint in &def.constraints {
        match constraint.kind {
            ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } => names.push("add index"),
            ConstraintKind::Check { .. } => names.push("add check"),
            // InnoDB reads a reference at a column and makes nothing of it.
            ConstraintKind::ForeignKey { .. } | ConstraintKind::Exclusion => {}
        }
    }
    def.complete.then_some(names)
}

/// The bytes that the longest text of one character set may take for each character.
const WIDEST: u64 = 4;
/// From this many bytes on the length of a text takes two bytes.
const LONG: u64 = 256;

fn of_type(column: &Column, to: &ColumnType) -> Option<Vec<&'static str>> {
    let from: &ColumnType = column.column_type.known()?;
    if from == to {
        return Some(Vec::new());
    }
    let is_text = |one: &ColumnType| matches!(one.name.as_str(), "character varying" | "varchar");
    if is_text(from) && is_text(to) {
        let (old, new) = (from.arguments.first()?.parse::<u64>().ok()?, to.arguments.first()?.parse::<u64>().ok()?);
        return match () {
            () if new < old => Some(vec!["change type"]),
            () if new * WIDEST < LONG || old >= LONG => Some(vec!["widen text"]),
            () if old * WIDEST < LONG && new >= LONG => Some(vec!["widen text over 255 bytes"]),
            // The character set decides, and it is not known here.
            () => None,
        };
    }
    if from.name == to.name && matches!(to.name.as_str(), "enum" | "set") {
        let appended = to.arguments.len() >= from.arguments.len() && to.arguments.starts_with(&from.arguments);
        // One byte holds 255 labels of an enum, and 8 of a set.
        let room = |count: usize| if to.name == "enum" { usize::from(count > 255) } else { count.div_ceil(8) };
        let fits = room(from.arguments.len()) == room(to.arguments.len());
        return Some(vec![if appended && fits { "append enum value" } else { "change enum" }]);
    }
    Some(vec!["change type"])
}
