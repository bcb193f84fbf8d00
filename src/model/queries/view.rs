//! Queries with neighbours: their database, their tables, and what their names mean.

use super::links::{QueryLinks, Reading, Target};
use super::{Clause, ColumnName, ItemKind, Mention, Queries, Query, Relation, Scope, TableUse, Verb};
use crate::model::Model;
use crate::model::schema::pending::FormerName;
use crate::model::schema::{Column, ColumnRef, Database, DroppedTable, Schema, Table, TableName, TableRef};

/// `SELECT *` is followed through so many subqueries.
const DEEPEST: usize = 8;

/// A query in its model.
#[derive(Debug, Clone, Copy)]
pub struct QueryRef<'m> {
    schema: &'m Schema,
    queries: &'m Queries,
    links: &'m QueryLinks,
    query: &'m Query,
    number: usize,
}

/// One `SELECT`, `INSERT`, `UPDATE` or `DELETE` of a query.
#[derive(Debug, Clone, Copy)]
pub struct ScopeRef<'m> {
    query: QueryRef<'m>,
    scope: &'m Scope,
    number: usize,
}

/// A place that reads or writes a table or a column, with its query.
#[derive(Debug, Clone, Copy)]
pub struct ReadingRef<'m> {
    reading: &'m Reading,
    query: QueryRef<'m>,
}

looks_like!(QueryRef, query, Query);
looks_like!(ScopeRef, scope, Scope);
looks_like!(ReadingRef, reading, Reading);

/// What a name of a column means.
#[derive(Debug, Clone)]
pub enum Resolved<'m> {
    /// A column of a table.
    Column(ColumnRef<'m>),
    /// A column that was dropped, or one of a table that was: the table, and the column's name.
    Dropped(&'m TableName, &'m str),
    /// The name of a table or alias, which stands for a whole row.
    Row(&'m TableName),
    /// This table has no such column, and all of its columns are known.
    Nowhere(&'m TableName),
    /// A column of a subquery, a view, or of the result.
    Query,
    /// Not known.
    Unknown,
}

impl<'m> Resolved<'m> {
    /// The column, where it is one of a table.
    pub fn column(&self) -> Option<ColumnRef<'m>> {
        match self {
            Resolved::Column(column) => Some(*column),
            _ => None,
        }
    }
}

impl Model {
    /// What the application runs, ordered by path, then by place.
    pub fn application_queries(&self) -> impl Iterator<Item = QueryRef<'_>> {
        (0..self.queries.all.len()).filter_map(|number| self.query(number))
    }

    /// What the databases keep: views and the statements of functions.
    pub fn stored_queries(&self) -> impl Iterator<Item = QueryRef<'_>> {
        let first = self.queries.all.len();
        (first..first + self.queries.stored.len()).filter_map(|number| self.query(number))
    }

    /// The query of a number.
    pub fn query(&self, number: usize) -> Option<QueryRef<'_>> {
        QueryRef::new(&self.schema, &self.queries, &self.links.queries, number)
    }

    /// Every place that reads or writes a table or one of its columns, in queries, views and functions, whatever dialect the
    /// query is for. `database` is that of the table, which may have been dropped.
    pub fn readings(&self, database: usize, table: &TableName) -> impl Iterator<Item = ReadingRef<'_>> {
        let key = (self.schema.family_of(database), table.name.to_lowercase());
        let all = self.links.queries.readings(&key).iter();
        all.filter_map(|reading| Some(ReadingRef { reading, query: self.query(reading.query)? }))
    }

    /// Every place that names a column of a table, now or formerly, or reads it through `*` or a whole row.
    pub fn column_readings(&self, database: usize, table: &TableName, column: &str) -> impl Iterator<Item = ReadingRef<'_>> {
        let same = move |reading: &ReadingRef| {
            reading.column.as_deref().is_some_and(|name| reading.star || name.eq_ignore_ascii_case(column))
        };
        self.readings(database, table).filter(same)
    }
}

impl Reading {
    /// Whether the place writes: the list of `INSERT`, `SET`, the table of a writing statement.
    pub fn writes(&self) -> bool {
        matches!(self.clause, Clause::Written)
    }
}

impl<'m> ReadingRef<'m> {
    /// The query that it stands in.
    pub fn query(&self) -> QueryRef<'m> {
        self.query
    }

    /// The part of the query that it stands in.
    pub fn scope(&self) -> Option<ScopeRef<'m>> {
        self.query.scope(self.reading.scope)
    }

    /// The name by which it calls a table or view that was renamed since; `None` where it names something else.
    pub fn former_name(&self) -> Option<&'m FormerName> {
        let scope = self.scope().filter(|_| self.reading.column.is_none())?;
        let number = scope.scope().tables.iter().position(|used| used.span == self.reading.span)?;
        scope.former_name(number)
    }

    /// The place itself, with the life of the model.
    pub fn reading(&self) -> &'m Reading {
        self.reading
    }
}

impl<'m> QueryRef<'m> {
    pub(super) fn new(schema: &'m Schema, queries: &'m Queries, links: &'m QueryLinks, number: usize) -> Option<QueryRef<'m>> {
        Some(QueryRef { schema, queries, links, query: queries.numbered(number)?, number })
    }

    /// Its number: those of the application first, then those that the database keeps.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The query itself, with the life of the model.
    pub fn query(&self) -> &'m Query {
        self.query
    }

    /// The databases.
    pub(super) fn schema(&self) -> &'m Schema {
        self.schema
    }

    /// The number of the database that it is for; `None` where that is not known.
    pub fn database_number(&self) -> Option<usize> {
        self.links.databases.get(self.number).copied().flatten()
    }

    /// The database that it is for.
    pub fn database(&self) -> Option<&'m Database> {
        self.schema.databases.get(self.database_number()?).map(|database| &**database)
    }

    /// Whether it stands in a file of queries or in the application's code.
    pub fn is_application(&self) -> bool {
        self.number < self.queries.all.len()
    }

    /// Its scopes, the outermost first.
    pub fn scopes(&self) -> impl Iterator<Item = ScopeRef<'m>> + use<'m> {
        let query = *self;
        self.query.statement.scopes.iter().enumerate().map(move |(number, scope)| ScopeRef { query, scope, number })
    }

    /// The scope of a number.
    pub fn scope(&self, number: usize) -> Option<ScopeRef<'m>> {
        let scope = self.query.statement.scopes.get(number)?;
        Some(ScopeRef { query: *self, scope, number })
    }

    /// Every table that it reads or writes, each once, in the order of the text.
    pub fn table_refs(&self) -> Vec<TableRef<'m>> {
        let mut found: Vec<TableRef> = Vec::new();
        for scope in self.scopes() {
            for number in 0..scope.scope.tables.len() {
                let Some(table) = scope.table(number) else { continue };
                if !found.iter().any(|known| known.name == table.name) {
                    found.push(table);
                }
            }
        }
        found
    }

    /// Whether all of it was understood: no doubt in any scope.
    pub fn is_clear(&self) -> bool {
        self.query.is_understood() && self.query.statement.scopes.iter().all(|scope| scope.doubt.is_none())
    }
}

impl<'m> ScopeRef<'m> {
    /// Its number in the query.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The query that it stands in.
    pub fn query(&self) -> QueryRef<'m> {
        self.query
    }

    /// The scope itself, with the life of the model.
    pub fn scope(&self) -> &'m Scope {
        self.scope
    }

    /// The scope around it.
    pub fn parent(&self) -> Option<ScopeRef<'m>> {
        self.query.scope(self.scope.parent?)
    }

    fn target(&self, number: usize) -> Target {
        let all = self.query.links.targets.get(self.query.number).and_then(|scopes| scopes.get(self.number));
        all.and_then(|targets| targets.get(number)).copied().unwrap_or(Target::Unknown)
    }

    /// The table that a relation is, by its position; `None` where it is none that is known.
    pub fn table(&self, number: usize) -> Option<TableRef<'m>> {
        match self.target(number) {
            Target::Table(at) => self.query.schema.table_at(self.query.database_number()?, at).filter(|table| !table.external),
            _ => None,
        }
    }

    /// Whether a relation is a table that no migration makes, although all tables are known.
    pub fn is_nowhere(&self, number: usize) -> bool {
        self.target(number) == Target::Nowhere
    }

    /// The table that a relation was, by its position, where it is no more.
    pub(super) fn dropped_table(&self, number: usize) -> Option<&'m DroppedTable> {
        match self.target(number) {
            Target::Dropped(at) => self.query.database()?.dropped_tables.get(at),
            _ => None,
        }
    }

    /// The name that a table or view had and that a relation calls it by, by its position, where it was renamed since.
    pub fn former_name(&self, number: usize) -> Option<&'m FormerName> {
        match self.target(number) {
            Target::Former(at) => self.query.links.former.get(self.query.database_number()?)?.get(at),
            _ => None,
        }
    }

    /// The scope of a relation that is a subquery or a part of `WITH`.
    pub fn source(&self, number: usize) -> Option<ScopeRef<'m>> {
        match self.target(number) {
            Target::Query(scope) => self.query.scope(scope),
            _ => None,
        }
    }

    /// The table that a relation is or was, by its position.
    pub fn table_name(&self, number: usize) -> Option<&'m TableName> {
        let database = self.query.database()?;
        match self.target(number) {
            Target::Table(at) => database.tables.get(at).map(|table| &table.name),
            Target::View(at) => database.views.get(at).map(|view| &view.name),
            Target::Dropped(at) => database.dropped_tables.get(at).map(|gone| &gone.table.name),
            Target::Former(_) => self.former_name(number).map(|former| &former.name),
            Target::Query(_) | Target::Nowhere | Target::Unknown => None,
        }
    }

    /// The position of the relation that a qualifier names in this scope.
    pub fn relation_named(&self, qualifier: &str) -> Option<usize> {
        self.scope.tables.iter().position(|used| is_called(used, qualifier))
    }

    /// The position of the relation, in this scope, that a column belongs to.
    pub fn relation_of(&self, column: &ColumnName) -> Option<usize> {
        match &column.qualifier {
            Some(qualifier) => self.relation_named(qualifier),
            None => (0..self.scope.tables.len()).find(|number| matches!(self.within(*number, &column.name), Within::Has(_))),
        }
    }

    /// The tables whose columns `*` stands for; subqueries are looked through.
    pub(super) fn starred(&self, star: &ColumnName) -> Vec<&'m TableName> {
        let all = 0..self.scope.tables.len();
        match &star.qualifier {
            Some(qualifier) => {
                let around = std::iter::successors(Some(*self), ScopeRef::parent);
                let found = around.filter_map(|scope| Some((scope, scope.relation_named(qualifier)?))).next();
                found.and_then(|(scope, number)| scope.table_name(number)).into_iter().collect()
            }
            // RETURNING and SELECT alike: the rows of what is written, and of what is read.
            None => all.filter_map(|number| self.table_name(number)).collect(),
        }
    }

    /// What a mention means.
    pub fn resolve_mention(&self, mention: &Mention) -> Resolved<'m> {
        match mention.clause {
            // The column that is written is one of the table that is written.
            Clause::Written | Clause::Conflict if mention.column.qualifier.is_none() => {
                match self.scope.tables.iter().position(|used| used.written) {
                    Some(number) => self.within(number, &mention.column.name).resolved(),
                    None => Resolved::Unknown,
                }
            }
            Clause::OrderBy if mention.column.qualifier.is_none() => self.resolve_key(&mention.column),
            // Here a column comes before a name of the result.
            Clause::GroupBy | Clause::Having if mention.column.qualifier.is_none() => match self.resolve(&mention.column) {
                Resolved::Column(column) => Resolved::Column(column),
                _ => self.resolve_key(&mention.column),
            },
            _ => self.resolve(&mention.column),
        }
    }

    /// What a key of `ORDER BY` means: a name of the result comes before a column.
    pub fn resolve_key(&self, column: &ColumnName) -> Resolved<'m> {
        if column.qualifier.is_none() {
            let item = self.scope.items.iter().find(|item| item.name.as_ref() == Some(&column.name));
            match item.map(|item| &item.what) {
                Some(ItemKind::Column(behind)) => return self.resolve(behind),
                Some(_) => return Resolved::Query,
                None if !self.scope.branches.is_empty() => return Resolved::Query,
                None => {}
            }
        }
        self.resolve(column)
    }

    /// What a name of a column means in this scope.
    pub fn resolve(&self, column: &ColumnName) -> Resolved<'m> {
        let mut at = Some(*self);
        let mut is_first = true;
        while let Some(scope) = at {
            // The rows of INSERT .. SELECT do not see the table that is written.
            let sees = is_first || scope.scope.verb != Verb::Insert;
            let found = if sees { scope.here(column) } else { None };
            if let Some(found) = found {
                return found;
            }
            at = scope.parent();
            is_first = false;
        }
        Resolved::Unknown
    }

    /// What it means by the relations of this scope alone; `None` where the scopes around may have it.
    fn here(&self, column: &ColumnName) -> Option<Resolved<'m>> {
        if let Some(qualifier) = &column.qualifier {
            if qualifier == "excluded" && self.scope.verb == Verb::Insert {
                return Some(self.within(0, &column.name).resolved());
            }
            return self.relation_named(qualifier).map(|number| self.within(number, &column.name).resolved());
        }
        let mut all_known = true;
        let mut formerly = None;
        for number in 0..self.scope.tables.len() {
            match self.within(number, &column.name) {
                Within::Has(found) => return Some(Resolved::Column(found)),
                Within::Query => return Some(Resolved::Query),
                Within::Had(table, name) => formerly = Some(Resolved::Dropped(table, name)),
                Within::Lacks(_) => {}
                Within::Unknown => all_known = false,
            }
        }
        if let Some(number) = self.relation_named(&column.name) {
            return Some(self.table_name(number).map_or(Resolved::Query, Resolved::Row));
        }
        match self.parent().filter(|_| all_known) {
            // Behind the last scope nothing is left that could have it.
            None if all_known => match (formerly, self.only_table()) {
                (Some(formerly), _) => Some(formerly),
                (None, Some(table)) => Some(Resolved::Nowhere(table)),
                _ => Some(Resolved::Unknown),
            },
            Some(_) => formerly,
            None => Some(formerly.unwrap_or(Resolved::Unknown)),
        }
    }

    /// The only table that is read or written here.
    fn only_table(&self) -> Option<&'m TableName> {
        if self.scope.tables.len() == 1 { self.table_name(0) } else { None }
    }

    fn within(&self, number: usize, column: &str) -> Within<'m> {
        self.within_bounded(number, column, 0)
    }

    fn within_bounded(&self, number: usize, column: &str, depth: usize) -> Within<'m> {
        let used = self.scope.tables.get(number);
        if used.is_none_or(|used| !used.renamed.is_empty()) {
            return Within::Unknown;
        }
        let database = self.query.database();
        match self.target(number) {
            Target::Table(at) => {
                let found = self.query.database_number().and_then(|database| self.query.schema.table_at(database, at));
                found.map_or(Within::Unknown, |table| in_table(table, column))
            }
            Target::Dropped(at) => {
                let gone = database.and_then(|database| database.dropped_tables.get(at)).map(|gone| &gone.table);
                let held = gone.and_then(|table| Some((table, named(table, column)?)));
                held.map_or(Within::Unknown, |(table, column)| Within::Had(&table.name, column.name.as_str()))
            }
            // A part of WITH may read itself.
            Target::Query(_) if depth >= DEEPEST => Within::Unknown,
            Target::Query(scope) => match self.query.scope(scope).and_then(|scope| scope.gives(column, depth)) {
                Some(true) => Within::Query,
                Some(false) => Within::Lacks(None),
                None => Within::Unknown,
            },
            Target::Former(_) | Target::View(_) | Target::Nowhere | Target::Unknown => Within::Unknown,
        }
    }

    /// Whether the rows of this scope have a column of this name; `None` where that is not known.
    fn gives(&self, column: &str, depth: usize) -> Option<bool> {
        let first = match self.scope.branches.first() {
            Some(branch) => self.query.scope(*branch)?,
            None => *self,
        };
        let mut known = !first.scope.items.is_empty();
        for item in &first.scope.items {
            let behind = match (&item.what, &item.name) {
                (_, Some(name)) if name == column => return Some(true),
                (_, Some(_)) => continue,
                (ItemKind::Star(None), None) => 0..first.scope.tables.len(),
                (ItemKind::Star(Some(qualifier)), None) => match first.relation_named(qualifier) {
                    Some(number) => number..number + 1,
                    None => 0..0,
                },
                (_, None) => 0..0,
            };
            known &= !behind.is_empty();
            for number in behind {
                match first.within_bounded(number, column, depth + 1) {
                    Within::Has(_) | Within::Had(..) | Within::Query => return Some(true),
                    Within::Lacks(_) => {}
                    Within::Unknown => known = false,
                }
            }
        }
        known.then_some(false)
    }
}

/// Whether a relation has a column.
enum Within<'m> {
    Has(ColumnRef<'m>),
    Had(&'m TableName, &'m str),
    Lacks(Option<&'m TableName>),
    Query,
    Unknown,
}

impl<'m> Within<'m> {
    fn resolved(self) -> Resolved<'m> {
        match self {
            Within::Has(column) => Resolved::Column(column),
            Within::Had(table, column) => Resolved::Dropped(table, column),
            Within::Lacks(Some(table)) => Resolved::Nowhere(table),
            Within::Query => Resolved::Query,
            Within::Lacks(None) | Within::Unknown => Resolved::Unknown,
        }
    }
}

fn named<'m>(table: &'m Table, column: &str) -> Option<&'m Column> {
    table.columns.iter().find(|one| one.name == column)
}

fn in_table<'m>(table: TableRef<'m>, name: &str) -> Within<'m> {
    let folds = table.dialect() != crate::sql::Dialect::Postgres;
    let is_it = |column: &str| column == name || (folds && column.eq_ignore_ascii_case(name));
    if let Some(column) = table.columns().find(|column| is_it(&column.name)) {
        return Within::Has(column);
    }
    if let Some(gone) = table.table().dropped_columns.iter().rev().find(|gone| is_it(&gone.column.name)) {
        return Within::Had(&table.table().name, &gone.column.name);
    }
    if table.external || !table.columns_complete() { Within::Unknown } else { Within::Lacks(Some(&table.table().name)) }
}

/// Whether a relation is called so: by its alias, else by its name.
fn is_called(used: &TableUse, qualifier: &str) -> bool {
    match (&used.alias, &used.relation) {
        (Some(alias), _) => alias.eq_ignore_ascii_case(qualifier),
        (None, Relation::Table(name)) => name.name.eq_ignore_ascii_case(qualifier),
        _ => false,
    }
}
