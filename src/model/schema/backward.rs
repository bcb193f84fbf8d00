//! What the backward half of a migration leaves behind: forward, then backward, and the catalog must be the one from before.

use super::catalog::{Check, Column, ForeignKey, Index, Table};
use super::history::AppliedMigration;
use super::replay::State;
use crate::discover::{Migration, MigrationSet};
use crate::model::Workspace;
use crate::model::workspace::in_threads;
use crate::source::{Name, SourceId, Span};
use crate::sql::{self, Change, ColumnType, Dialect, IndexKey, ObjectName, Script, Statement, Understanding};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The backward half of a migration, tried on the catalog that the forward half made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backward {
    /// The place that stands for it: its first statement.
    pub place: Span,
    /// Path of its file, which may be that of the forward half.
    pub path: String,
    /// Whether both halves were understood and compared.
    pub compared: bool,
    /// What differs from the catalog before the migration; empty where nothing does, or where nothing was compared.
    pub differences: Vec<Difference>,
}

/// One thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What, in a few words: ``column `orders.note` stays``.
    pub what: String,
    /// The object that stays, or the one that does not come back.
    pub span: Span,
}

/// The backward half as it was read.
pub(super) struct Half {
    path: String,
    text: Arc<str>,
    script: Script,
}

/// Reads the backward halves of those migrations of a set that are wanted, each in its place. What cannot be read is nothing:
/// nobody runs it unless all else fails.
pub(super) fn read(workspace: &mut Workspace, set: &MigrationSet, wanted: &[bool]) -> Vec<Option<Half>> {
    let file = |one: &Migration| one.down.clone().or_else(|| one.down_sections.first().map(|_| one.path.clone()));
    let files: Vec<(&Migration, Option<String>)> =
        set.migrations.iter().zip(wanted).map(|(one, wanted)| (one, file(one).filter(|_| *wanted))).collect();
    let paths: Vec<String> = files.iter().filter_map(|(_, path)| path.clone()).collect();
    let loaded = workspace.load_texts(&paths);
    let texts: BTreeMap<String, (SourceId, Arc<str>)> = loaded.into_iter().map(|(path, id, text)| (path, (id, text))).collect();
    in_threads(workspace.threads(), &files, |(migration, path)| {
        let path = path.as_ref()?;
        let (source, text) = texts.get(path)?;
        let parts = if migration.down.is_some() { [].as_slice() } else { migration.down_sections.as_slice() };
        let mut script = sql::read(*source, text, parts.first().cloned(), set.dialect);
        for part in parts.iter().skip(1) {
            script.append(sql::read(*source, text, Some(part.clone()), set.dialect));
        }
        Some(Half { path: path.clone(), text: text.clone(), script })
    })
}

/// A forward half: the script, and the text of its file.
pub(super) type Forward<'a> = (&'a Script, &'a str);

/// What migrations that go back together may touch, and the catalog before them once it is there.
struct Trial {
    names: BTreeSet<Name>,
    /// Tables that the forward halves drop, and that none of them has made.
    taken: Vec<ObjectName>,
    before: Option<State>,
}

/// The backward halves of a replay, tried where it passes them: each by itself, or what is pending as one deployment.
pub(super) struct Trials {
    halves: Vec<Option<Half>>,
    /// The first migration of the deployment, where what is pending goes out as one.
    together_from: Option<usize>,
    trial: Option<Trial>,
    /// What differs, by the last migration that went back.
    found: Vec<(usize, Vec<Difference>)>,
}

impl Trials {
    /// Prepares the trials of a replay; `pending` says which migrations are judged, and `forward` what they run.
    pub(super) fn new(state: &State, halves: Vec<Option<Half>>, together: Option<&[bool]>, forward: &[Forward]) -> Trials {
        let mut trials = Trials { halves, together_from: None, trial: None, found: Vec::new() };
        let Some(pending) = together else { return trials };
        let first = pending.iter().position(|one| *one).unwrap_or(pending.len());
        trials.together_from = Some(first);
        // What is applied already would stand between.
        if pending.iter().skip(first).all(|one| *one) {
            let chain = forward.iter().copied().zip(&trials.halves).skip(first);
            trials.trial = Trial::new(state, chain.map(|(forward, half)| (forward, half.as_ref())));
        }
        trials
    }

    /// Before a migration is applied.
    pub(super) fn begin(&mut self, number: usize, state: &State, forward: Forward) {
        if self.together_from.is_none() {
            let half = self.halves.get(number).and_then(Option::as_ref);
            self.trial = Trial::new(state, [(forward, half)].into_iter());
        }
        if let Some(trial) = self.trial.as_mut().filter(|_| self.together_from.is_none_or(|first| first == number)) {
            // What nothing here has made stood all the same: the catalog before the migration is not known.
            let is_known = trial.taken.iter().all(|name| state.find(name).is_some());
            trial.before = if is_known { state.excerpt(&trial.names) } else { None };
        }
    }

    /// After a migration was applied.
    pub(super) fn end(&mut self, number: usize, state: &State) {
        let first = self.together_from.unwrap_or(number);
        if self.together_from.is_some() && (number < first || number + 1 < self.halves.len()) {
            return;
        }
        let halves: Vec<&Half> = self.halves.get(first..=number).unwrap_or(&[]).iter().flatten().collect();
        if let Some(differences) = self.trial.take().and_then(|trial| trial.end(state, &halves)) {
            self.found.push((number, differences));
        }
    }

    /// Tells the migrations what was found.
    pub(super) fn tell(self, migrations: &mut [AppliedMigration]) {
        for (half, migration) in self.halves.iter().zip(migrations.iter_mut()) {
            migration.backward = half.as_ref().and_then(Half::untried);
        }
        for (number, differences) in self.found {
            let first = self.together_from.unwrap_or(number);
            let Some(chain) = migrations.get_mut(first..=number) else { continue };
            chain.iter_mut().flat_map(|one| &mut one.backward).for_each(|one| one.compared = true);
            for difference in differences {
                let own = chain.iter().position(|one| one.source == difference.span.source);
                let at = own.unwrap_or(chain.len().saturating_sub(1));
                if let Some(backward) = chain.get_mut(at).and_then(|one| one.backward.as_mut()) {
                    backward.differences.push(difference);
                }
            }
        }
        if self.together_from.is_none() {
            forgive_neighbours(migrations);
        }
    }
}

impl Trial {
    /// Prepares the comparison. `None` where one of the migrations has no backward half, or not all of it is understood.
    fn new<'a>(state: &State, chain: impl Iterator<Item = (Forward<'a>, Option<&'a Half>)>) -> Option<Trial> {
        let (mut names, mut taken, mut made) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
        for ((forward, text), half) in chain {
            for op in forward.statements.iter().flat_map(|statement| &statement.ops) {
                match &op.change {
                    Change::CreateTable(def) => {
                        made.insert(&def.name.name);
                    }
                    Change::DropTable { names, if_exists: false, .. } => {
                        taken.extend(names.iter().filter(|name| !made.contains(&name.name)).cloned());
                    }
                    _ => {}
                }
            }
            let half = half.filter(|half| !half.script.statements.is_empty())?;
            for (script, text) in [(forward, text), (&half.script, &*half.text)] {
                let understood = script.problems.is_empty() && script.statements.iter().all(is_understood);
                understood.then_some(())?;
                names.extend(state.spoken_of(script.statements.iter().filter_map(|one| text.get(one.span.range()))));
            }
        }
        Some(Trial { names, taken, before: None })
    }

    /// Runs backward halves, the last first, on the catalog after the forward halves, and says what is not as it was. `None`
    /// where that cannot be told.
    fn end(self, state: &State, halves: &[&Half]) -> Option<Vec<Difference>> {
        let before = self.before?;
        let mut after = state.excerpt(&self.names)?;
        let stood: BTreeMap<String, Span> = after.standing_tables().into_iter().map(|(name, table)| (name, table.span)).collect();
        for statement in halves.iter().rev().flat_map(|half| &half.script.statements) {
            if let Some(called) = state.called(statement) {
                after.follow(&called, statement.span);
            }
            statement.ops.iter().for_each(|op| after.apply(op, false));
        }
        (after.is_sure() && before.is_sure()).then(|| {
            let mut found = differences(&before, &after);
            found.extend(emptied(&stood, &before, &after));
            found
        })
    }
}

impl Half {
    /// What is known of it before it is tried. `None` where it is empty.
    fn untried(&self) -> Option<Backward> {
        let place = self.script.statements.first()?.head;
        Some(Backward { place, path: self.path.clone(), compared: false, differences: Vec::new() })
    }
}

/// Judged one by one, a migration that another one next to it may make up for is left in peace: some tools write one change as many
/// small steps.
fn forgive_neighbours(migrations: &mut [AppliedMigration]) {
    let restores = |one: &AppliedMigration| one.backward.as_ref().is_some_and(|one| one.compared && one.differences.is_empty());
    let clean: Vec<bool> = migrations.iter().map(restores).collect();
    let is_clean = |at: usize| clean.get(at).copied().unwrap_or(true);
    for (at, migration) in migrations.iter_mut().enumerate() {
        let alone = is_clean(at + 1) && at.checked_sub(1).is_none_or(is_clean);
        if let Some(backward) = migration.backward.as_mut().filter(|_| !alone) {
            backward.differences.clear();
        }
    }
}

/// The tables that stood all along, and that the way back drops and makes anew, empty.
fn emptied(stood: &BTreeMap<String, Span>, before: &State, after: &State) -> Vec<Difference> {
    let was = before.standing_tables();
    let anew = |name: &String, table: &Table| was.contains_key(name) && stood.get(name).is_some_and(|span| *span != table.span);
    // SQLite changes a table by making another and copying the rows.
    let tables = after.standing_tables().into_iter().filter(|(name, table)| anew(name, table) && !table.copied);
    tables
        .map(|(_, table)| Difference {
            what: format!("table `{}` is created again, without its rows", said(table)),
            span: table.name_span,
        })
        .collect()
}

fn differences(before: &State, after: &State) -> Vec<Difference> {
    let (was, is) = (before.standing_tables(), after.standing_tables());
    let mut found = Vec::new();
    for (name, table) in &is {
        match was.get(name) {
            Some(old) if old.gaps.is_empty() && table.gaps.is_empty() => tables(old, table, after.dialect, &mut found),
            // It is there, and what is in it is not known.
            Some(_) => {}
            None => found.push(Difference { what: format!("table `{}` stays", said(table)), span: table.name_span }),
        }
    }
    for (_, old) in was.iter().filter(|(name, _)| !is.contains_key(*name)) {
        found.push(Difference { what: format!("table `{}` does not come back", said(old)), span: old.name_span });
    }
    found
}

fn is_understood(statement: &Statement) -> bool {
    !statement.maybe && matches!(statement.understanding, Understanding::Full | Understanding::NoEffect)
}

/// Text without white space, brackets and quotes, in lower case.
fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"' | '`')).flat_map(char::to_lowercase).collect()
}

/// A default that is a value and no expression, without the cast that says its type again: `'new'` of `'new'::text`.
fn value_of(default: &str) -> Option<String> {
    let text = squeeze(default);
    let end = match text.strip_prefix('\'') {
        Some(rest) => rest.rfind('\'')? + 2,
        None => text.find("::").unwrap_or(text.len()),
    };
    let (value, cast) = text.split_at_checked(end)?;
    let is_value = value.starts_with('\'') || value.parse::<f64>().is_ok() || matches!(value, "true" | "false");
    (is_value && (cast.is_empty() || cast.starts_with("::"))).then(|| value.to_owned())
}

/// Whether two defaults are two values for certain: an expression can be written in many ways.
fn differ(one: &str, other: &str) -> bool {
    value_of(one).zip(value_of(other)).is_some_and(|(one, other)| one != other)
}

/// A type as it counts: text without a limit goes by two names.
fn bare(one: &ColumnType) -> ColumnType {
    let is_text = one.name == "character varying" && one.arguments.is_empty();
    ColumnType { name: if is_text { "text".into() } else { one.name.clone() }, ..one.clone() }
}

/// The column that a named NOT NULL of PostgreSQL 18 demands, which stands among the checks.
fn demanded(check: &Check) -> Option<&str> {
    let column = check.not_null_columns.first().filter(|_| check.not_null_columns.len() == 1)?;
    (check.expression.range().len() <= column.len() + 2).then_some(column.as_str())
}

/// A table as people say it: without the schema that is searched anyway.
fn said(table: &Table) -> String {
    match table.name.schema.as_deref() {
        Some("public") | None => table.name.name.to_string(),
        Some(_) => table.name.to_string(),
    }
}

fn tables(old: &Table, new: &Table, dialect: Dialect, found: &mut Vec<Difference>) {
    let name = said(new);
    let checks = || old.checks.iter().chain(&new.checks);
    let demands = |column: &str| checks().any(|one| demanded(one) == Some(column));
    for column in &new.columns {
        let what = match old.column_named(&column.name) {
            None => format!("column `{name}.{}` stays", column.name),
            Some(was) => match change(was, column, dialect, demands(&column.name)) {
                None => continue,
                Some(how) => format!("column `{name}.{}` {how}", column.name),
            },
        };
        found.push(Difference { what, span: column.span });
    }
    for column in old.columns.iter().filter(|column| new.column_named(&column.name).is_none()) {
        let what = format!("column `{name}.{}` does not come back", column.name);
        found.push(Difference { what, span: column.span });
    }
    let index = |one: &Index| {
        // An expression can be written in many ways: which one it is counts no more than that it is one.
        let text = |key: &IndexKey| key.column.as_ref().map_or("(..)".to_owned(), |_| squeeze(key.text()));
        let keys: Vec<String> = one.keys.iter().map(|key| format!("{}{}", text(key), key.descending)).collect();
        (keys, one.include.clone(), one.unique, one.method.clone(), one.predicate.is_some())
    };
    let predicate = |one: &Index| one.predicate.as_ref().map(|predicate| squeeze(&predicate.value));
    // A condition can be written in many ways; the name says that the same index is meant.
    let is_index = |a: &Index, b: &Index| index(a) == index(b) && (predicate(a) == predicate(b) || a.name == b.name);
    let shown = |one: &Index| {
        let keys: Vec<&str> = one.keys.iter().map(|key| key.text()).collect();
        format!("index on `{name}({})`", keys.join(", "))
    };
    // What MySQL makes for a foreign key comes and goes with it.
    let implicit = |one: &&Index| one.backs != Some(super::catalog::Backing::ForeignKey);
    lists(&old.indexes, &new.indexes, implicit, is_index, shown, |one| one.span, found);
    let key =
        |one: &ForeignKey| (one.columns.clone(), one.references.clone(), one.referenced_columns.clone(), one.on_delete.clone());
    let shown = |one: &ForeignKey| format!("foreign key of `{name}({})`", one.columns.join(", "));
    lists(
        &old.foreign_keys,
        &new.foreign_keys,
        |_| true,
        |a: &ForeignKey, b: &ForeignKey| key(a) == key(b),
        shown,
        |one| one.span,
        found,
    );
    let shown = |one: &Check| format!("check `{}` of `{name}`", one.name.as_deref().unwrap_or(&one.text));
    let written = |one: &&Check| demanded(one).is_none();
    let is_check = |a: &Check, b: &Check| {
        squeeze(&a.text) == squeeze(&b.text) || (a.name.is_some() && a.name == b.name && !demand_other(&a.text, &b.text, dialect))
    };
    lists(&old.checks, &new.checks, written, is_check, shown, |one| one.span, found);
}

/// Whether two conditions are two for certain. Most can be written in many ways, but not with other values; a comparison with one
/// value is written in one.
fn demand_other(one: &str, other: &str, dialect: Dialect) -> bool {
    let tokens = |text: &'_ str| -> Vec<String> {
        let all = sql::tokens(text, dialect).into_iter().filter(|token| !matches!(*token, "(" | ")"));
        all.map(|token| token.to_lowercase()).collect()
    };
    let (one, other) = (tokens(one), tokens(other));
    let is_value = |token: &&String| token.starts_with(|c: char| c == '\'' || c.is_ascii_digit());
    let values = |tokens: &[String]| -> BTreeSet<String> { tokens.iter().filter(is_value).cloned().collect() };
    let is_comparison = |tokens: &[String]| matches!(tokens, [_, sign, _] if matches!(sign.as_str(), "<" | ">" | "<=" | ">="));
    values(&one) != values(&other) || (is_comparison(&one) && is_comparison(&other) && one != other)
}

/// What stays of a list, and what of it does not come back.
fn lists<T>(
    old: &[T],
    new: &[T],
    counts: impl Fn(&&T) -> bool,
    same: impl Fn(&T, &T) -> bool,
    shown: impl Fn(&T) -> String,
    span: impl Fn(&T) -> Span,
    found: &mut Vec<Difference>,
) {
    let missing = |from: &[T], one: &T| !from.iter().any(|other| same(other, one));
    let lost: Vec<&T> = old.iter().filter(&counts).filter(|one| missing(new, one)).collect();
    for one in new.iter().filter(&counts).filter(|one| missing(old, one)) {
        let is_other = lost.iter().any(|was| shown(was) == shown(one));
        let how = if is_other { "is not the one from before" } else { "stays" };
        found.push(Difference { what: format!("{} {how}", shown(one)), span: span(one) });
    }
    for one in lost.into_iter().filter(|one| !new.iter().any(|other| shown(other) == shown(one))) {
        found.push(Difference { what: format!("{} does not come back", shown(one)), span: span(one) });
    }
}

/// How a column differs from what it was; `None` where it does not, or where that is not known.
fn change(was: &Column, is: &Column, dialect: Dialect, demanded: bool) -> Option<String> {
    // A column that is made again is NULL in every row, or needs a default to be NOT NULL.
    let again = was.span != is.span;
    if let (Some(a), Some(b)) = (was.column_type.known(), is.column_type.known())
        && a != b
        && (dialect != Dialect::Postgres || bare(a) != bare(b))
        // The type of a column there bounds nothing.
        && dialect != Dialect::Sqlite
    {
        return Some(format!("is `{}` and was `{}`", b.display(), a.display()));
    }
    match (was.nullable.known(), is.nullable.known()) {
        (Some(true), Some(false)) if !again && !demanded => return Some("stays NOT NULL".into()),
        (Some(false), Some(true)) if !again && !demanded => return Some("is nullable and was not".into()),
        _ => {}
    }
    let (before, after) = (was.default.known(), is.default.known());
    if before.map(|one| squeeze(&one.text)) == after.map(|one| squeeze(&one.text))
        || was.default.unknown().is_some()
        || is.default.unknown().is_some()
    {
        return None;
    }
    Some(match (before, after) {
        (None, Some(_)) if again => return None,
        (None, Some(_)) => "keeps its new default".into(),
        (Some(old), None) => format!("has lost its default `{}`", old.text),
        (Some(old), Some(new)) if !differ(&old.text, &new.text) => return None,
        (Some(old), _) => format!("has another default than `{}`", old.text),
        (None, None) => return None,
    })
}
