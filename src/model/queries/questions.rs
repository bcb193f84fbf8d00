//! What single rules ask of queries: whether their names exist, what `NOT IN` leaves out, whom they are for.

use super::view::{QueryRef, Resolved, ScopeRef};
use super::{Clause, ItemKind, Mention, Operator, Predicate, ValueKind};
use crate::model::schema::{ColumnRef, TableRef};
use crate::model::words;
use crate::source::Span;
use crate::sql::{Dialect, is_given_column};

/// `NOT IN (SELECT ..)`.
#[derive(Debug, Clone, Copy)]
pub struct Exclusion<'m> {
    /// The condition.
    pub predicate: &'m Predicate,
    /// The subquery.
    pub subquery: ScopeRef<'m>,
}

impl<'m> Exclusion<'m> {
    /// The column of the subquery that can be NULL, by the schema and by the subquery's own conditions.
    pub fn nullable(&self) -> Option<ColumnRef<'m>> {
        let scope = self.subquery.scope();
        let [item] = scope.items.as_slice() else { return None };
        let ItemKind::Column(name) = &item.what else { return None };
        let column = self.subquery.resolve(name).column()?;
        let is_it = |value: &super::Value| {
            let named = value.column().and_then(|name| self.subquery.resolve(name).column());
            named.is_some_and(|other| other.name == column.name && other.table().name == column.table().name)
        };
        // Whatever compares it leaves NULL out.
        let excluded = scope.predicates.iter().any(|one| {
            !one.alternative
                && one.operator != Operator::IsNull
                && one.operator != Operator::Other
                && (is_it(&one.left) || is_it(&one.right))
        });
        let takes_null = column.nullable.known() == Some(&true)
            && column
                .table()
                .twins()
                .all(|table| table.column(&column.name).is_none_or(|twin| twin.nullable.known() == Some(&true)));
        (takes_null && !excluded).then_some(column)
    }
}

/// A place in a query that can be nothing but a column.
#[derive(Debug, Clone, Copy)]
pub struct NamedColumn<'m> {
    /// The place.
    pub mention: &'m Mention,
    scope: ScopeRef<'m>,
}

/// A table that lacks a column which a query names.
#[derive(Debug, Clone, Copy)]
pub struct MissingColumn<'m> {
    /// The table.
    pub table: TableRef<'m>,
    /// The action that dropped it, where one did.
    pub dropped: Option<Span>,
    name: &'m str,
}

impl<'m> MissingColumn<'m> {
    /// A column of the table that differs from it by a letter or two, or in spelling alone.
    pub fn alike(&self) -> Option<&'m str> {
        alike(self.name, self.table.table().columns.iter().map(|column| column.name.as_str()))
    }
}

/// A table that a query names and no database has.
#[derive(Debug, Clone)]
pub struct MissingTable<'m> {
    /// Its name, as the query writes it.
    pub name: String,
    /// The statement that dropped or renamed it, where one did.
    pub dropped: Option<Span>,
    /// The name that it was given by that statement, where it was renamed.
    pub renamed: Option<&'m str>,
    /// A table whose name differs by a letter or two.
    pub alike: Option<&'m str>,
}

impl<'m> NamedColumn<'m> {
    /// The table that it belongs to and that does not have it in any statement of the schema. What a pending migration drops is
    /// not among them.
    pub fn missing(&self) -> Option<MissingColumn<'m>> {
        let (name, query) = (self.mention.column.name.as_str(), self.scope.query());
        let (owner, is_dropped) = match self.scope.resolve_mention(self.mention) {
            Resolved::Nowhere(table) => (table, false),
            Resolved::Dropped(table, _) => (table, true),
            _ => return None,
        };
        if is_given_column(name) || !query.is_settled() {
            return None;
        }
        let table = query.schema().table_in(query.database_number()?, owner)?;
        let has = |table: &TableRef| table.columns().any(|column| column.name.eq_ignore_ascii_case(name));
        if table.twins().any(|table| has(&table) || !table.columns_complete()) || table.external {
            return None;
        }
        let gone = table.table().dropped_columns.iter().rev().find(|gone| gone.column.name.eq_ignore_ascii_case(name));
        let pending = gone.and_then(|gone| query.schema().migration_in(table.database_number(), gone.migration));
        if is_dropped && pending.is_none_or(|migration| migration.pending) {
            return None;
        }
        // Who still calls by its old name what is about to be renamed is told so where it is renamed.
        let is_renamed = query.schema().pending_steps().any(|step| {
            let of_table = || step.before().is_some_and(|before| before.name == table.name);
            step.renamed_column().is_some_and(|(from, _)| from.eq_ignore_ascii_case(name)) && of_table()
        });
        (!is_renamed).then(|| MissingColumn { table, dropped: gone.map(|gone| gone.span), name })
    }
}

impl<'m> QueryRef<'m> {
    /// Every `NOT IN` with a subquery.
    pub fn exclusions(&self) -> Vec<Exclusion<'m>> {
        let mut found = Vec::new();
        for scope in self.scopes() {
            for predicate in &scope.scope().predicates {
                if let (Operator::NotIn, ValueKind::Query(number)) = (&predicate.operator, &predicate.right.kind)
                    && let Some(subquery) = self.scope(*number)
                {
                    found.push(Exclusion { predicate, subquery });
                }
            }
        }
        found
    }

    /// Whether every table that it names is one of its database, so that the database is not another one.
    pub fn is_settled(&self) -> bool {
        let settled = |scope: ScopeRef<'m>| {
            let tables = scope.scope().tables.iter().enumerate();
            tables
                .into_iter()
                .all(|(number, used)| !matches!(used.relation, super::Relation::Table(_)) || scope.table_name(number).is_some())
        };
        self.scopes().all(settled)
    }

    /// Every place that can be nothing but a column, where the database is known.
    pub fn named_columns(&self) -> Vec<NamedColumn<'m>> {
        let known = self.database_number().is_some() && self.dialect != Dialect::SqlServer;
        let scopes = self.scopes().filter(|_| known);
        let of = |scope: ScopeRef<'m>| {
            let certain = scope.scope().mentions.iter().filter(|mention| mention.certain && mention.column.name != "*");
            certain.filter(|mention| mention.clause != Clause::Other).map(move |mention| NamedColumn { mention, scope })
        };
        scopes.flat_map(of).collect()
    }

    /// Whether its name says that all rows are meant: `DeleteAllSessions`, `truncate-logs`.
    pub fn means_all(&self) -> bool {
        const WORDS: &[&str] = &["all", "truncate", "reset", "clear", "purge", "wipe", "every", "everything", "flush", "empty"];
        let name = self.name.as_ref().map(|name| words::snake(&name.value)).unwrap_or_default();
        name.split('_').any(|word| WORDS.contains(&word))
    }
}

impl<'m> ScopeRef<'m> {
    /// The table that a relation names although nothing makes it.
    pub fn missing_table(&self, number: usize) -> Option<MissingTable<'m>> {
        let super::Relation::Table(name) = &self.scope().tables.get(number)?.relation else { return None };
        let database = self.query().database()?;
        let known = || database.tables.iter().filter(|table| !table.external).map(|table| table.name.name.as_str());
        if self.is_nowhere(number) {
            return Some(MissingTable {
                name: name.name.to_string(),
                dropped: None,
                renamed: None,
                alike: alike(&name.name, known()),
            });
        }
        let elsewhere = || self.query().schema().tables().any(|table| table.name.name.eq_ignore_ascii_case(&name.name));
        // Who still calls by its old name what is about to be renamed is told so where it is renamed.
        if let Some(former) = self.former_name(number).filter(|former| !former.pending && !elsewhere()) {
            let renamed = Some(former.given.name.as_str());
            return Some(MissingTable { name: name.name.to_string(), dropped: Some(former.span), renamed, alike: None });
        }
        let gone = self.dropped_table(number)?;
        let migration = self.query().schema().migration_in(self.query().database_number()?, gone.migration)?;
        (!migration.pending && !elsewhere()).then(|| MissingTable {
            name: name.name.to_string(),
            dropped: Some(gone.span),
            renamed: None,
            alike: None,
        })
    }

    /// The columns that it writes, as they are named.
    pub fn written_columns(&self) -> impl Iterator<Item = &'m str> + use<'m> {
        let written = self.scope().mentions.iter().filter(|mention| mention.clause == Clause::Written);
        written.map(|mention| mention.column.name.as_str())
    }

    /// Whether its list holds nothing of the rows: `SELECT 1`.
    pub fn gives_constants(&self) -> bool {
        let items = &self.scope().items;
        let constant = |item: &super::Item| {
            let has =
                |mention: &Mention| item.span.start <= mention.column.span.start && mention.column.span.end <= item.span.end;
            !self.scope().mentions.iter().any(has)
        };
        !items.is_empty() && items.iter().all(constant)
    }

    /// Whether its rows are work that somebody takes: it locks them, or asks for what is due.
    pub fn is_work(&self) -> bool {
        let due = |predicate: &Predicate| predicate.operator == Operator::Less && predicate.right.kind == ValueKind::Constant;
        let rest = self.scope().predicates.iter().any(due);
        rest || self.scope().locks_rows
    }
}

/// The name among `names` that differs from `wanted` by one letter, or in its ending or spelling alone.
fn alike<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let noun = words::noun(wanted);
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    let same = names.iter().find(|name| words::noun(name) == noun);
    same.or_else(|| names.iter().find(|name| name.len() > 3 && words::differs_by_one(name, wanted))).copied()
}
