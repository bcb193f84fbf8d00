//! `FROM`: relations, their names, and how they are joined.

use super::reader::{Reader, whole};
use super::scope::{Clause, ColumnName, Join, Relation, Role, TableUse};
use super::words;
use crate::sql::Dialect;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;

/// More relations of one scope are not read.
const MOST_TABLES: usize = 256;
/// Brackets around joins may be so deep.
const DEEPEST: usize = 8;
/// Words that join; each ends with the word `JOIN`.
const JOINS: &[&str] = &["NATURAL", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "OUTER", "JOIN", "STRAIGHT_JOIN"];

impl Reader {
    /// Walks a list of relations; `written` says that the first is written.
    pub fn from(&mut self, body: Cursor, scope: usize, written: bool) {
        self.relations(body, scope, written, 0);
    }

    fn relations(&mut self, body: Cursor, scope: usize, mut written: bool, depth: usize) {
        let mut walk = body;
        let mut join = Join::None;
        while !walk.is_done() {
            if self.scopes.get(scope).is_some_and(|one| one.tables.len() >= MOST_TABLES) {
                return self.doubt(scope, "it reads too many tables");
            }
            if !self.relation(&mut walk, scope, join, written, depth) {
                return self.doubt(scope, "FROM was not understood");
            }
            written = false;
            let number = self.scopes.get(scope).map_or(0, |one| one.tables.len().saturating_sub(1));
            // TABLESAMPLE, index hints and the like change nothing of what is read.
            walk.skip_until(|here| here.kind(0) == Some(Kind::Comma) || here.is_any(JOINS) || here.is_any(&["ON", "USING"]));
            while walk.is_any(&["ON", "USING"]) {
                self.condition(&mut walk, scope, number);
            }
            if walk.eat_kind(Kind::Comma).is_some() {
                join = Join::None;
                continue;
            }
            join = Join::Inner;
            let before = walk.mark();
            while let Some(word) = walk.eat_any(JOINS) {
                if matches!(word, "LEFT" | "RIGHT" | "FULL") {
                    join = Join::Outer;
                }
            }
            if walk.mark() == before && !walk.is_done() {
                return self.doubt(scope, "FROM was not understood");
            }
        }
    }

    /// `ON ..`, `USING (..)`.
    fn condition(&mut self, walk: &mut Cursor, scope: usize, number: usize) {
        if walk.eat("USING") {
            let columns = walk.column_list().unwrap_or_default();
            for column in columns {
                let column = ColumnName { qualifier: None, name: column.value, span: column.span };
                self.mention(scope, column, Clause::On, false);
            }
            return;
        }
        walk.eat("ON");
        let mark = walk.mark();
        // `LEFT(a, 1)` is a function.
        let joins = |here: &Cursor| here.is_any(JOINS) && here.kind(1) != Some(Kind::Open);
        walk.skip_until(|here| here.kind(0) == Some(Kind::Comma) || joins(here) || here.is_any(&["ON", "USING"]));
        if walk.mark() == mark {
            return walk.finish();
        }
        let body = walk.over(mark..walk.mark());
        let first = self.walk_marked(body, scope, Clause::On);
        self.predicates(body, scope, Clause::On, Some(number), first);
    }

    /// Walks one relation with its alias.
    fn relation(&mut self, walk: &mut Cursor, scope: usize, join: Join, written: bool, depth: usize) -> bool {
        while walk.eat_any(&["ONLY", "LATERAL"]).is_some() {}
        let start = walk.mark();
        let (relation, own) = if walk.kind(0) == Some(Kind::Open) {
            let Some(inner) = walk.group() else { return false };
            if inner.is_any(&["SELECT", "WITH", "VALUES"]) || super::verb(&inner) == super::Verb::Select {
                (self.query(inner, Role::Derived, Some(scope)).map_or(Relation::Other, Relation::Query), None)
            } else if depth < DEEPEST {
                // `(a JOIN b ON ..) JOIN c`: its relations are those of the scope.
                self.relations(inner, scope, false, depth + 1);
                return true;
            } else {
                return false;
            }
        } else {
            match self.named(walk, scope) {
                Some(found) => found,
                None => return false,
            }
        };
        let span = walk.span_since(start);
        let mut used = TableUse { relation, alias: own, renamed: Vec::new(), join, written, span };
        alias(walk, &mut used);
        self.edit(scope, |scope| scope.tables.push(used));
        true
    }

    /// A table, a part of `WITH`, or a function with its arguments; of the last two what they are called without an alias.
    fn named(&mut self, walk: &mut Cursor, scope: usize) -> Option<(Relation, Option<String>)> {
        if walk.eat("ROWS FROM") {
            walk.group()?;
            return Some((Relation::Other, None));
        }
        let name = walk.object_name()?;
        if walk.kind(0) == Some(Kind::Open) {
            let arguments = walk.group()?;
            self.walk(arguments, scope, Clause::From);
            walk.eat("WITH ORDINALITY");
            return Some((Relation::Other, Some(name.name.into())));
        }
        // `t *`: with its descendants.
        walk.eat_symbol("*");
        let part = if name.schema.is_none() { self.part(&name.name, scope) } else { None };
        Some(match part {
            Some(part) => (Relation::Query(part), Some(name.name.into())),
            None => (Relation::Table(name), None),
        })
    }

    /// The table of `INSERT`, with its alias.
    pub fn written_table(&mut self, walk: &mut Cursor, scope: usize) -> bool {
        let Some(name) = walk.object_name() else { return false };
        let span = name.span;
        let alias = if walk.eat("AS") { walk.identifier().map(|alias| alias.value) } else { None };
        let relation = Relation::Table(name);
        let used = TableUse { relation, alias, renamed: Vec::new(), join: Join::None, written: true, span };
        self.edit(scope, |scope| scope.tables.push(used));
        true
    }

    /// Marks a mention as certain where the whole of `body` is one name.
    pub fn sure(&mut self, body: Cursor, scope: usize, first: usize) {
        // SQLite takes a name in double quotes that is none for a text.
        let may_be_text = body.dialect == Dialect::Sqlite && body.rest_text().starts_with('"') && body.rest().len() == 1;
        if may_be_text {
            return;
        }
        let span = whole(&body);
        self.edit(scope, |scope| {
            if let Some(mention) = scope.mentions.get_mut(first)
                && mention.column.span == span
            {
                mention.certain = true;
            }
        });
    }
}

fn alias(walk: &mut Cursor, used: &mut TableUse) {
    let said = walk.eat("AS");
    let may_be = match walk.kind(0) {
        Some(Kind::Quoted) => true,
        Some(Kind::Word) => !words::ends_table(walk.word(0)),
        _ => false,
    };
    if may_be {
        used.alias = walk.identifier().map(|alias| alias.value).or(used.alias.take());
    }
    if (said || may_be)
        && walk.kind(0) == Some(Kind::Open)
        && let Some(inner) = walk.group()
    {
        // `AS x (a, b)`, and with types behind functions.
        used.renamed = inner.parts().filter_map(|mut part| part.identifier()).map(|name| name.value).collect();
    }
}
