//! Tokens to scopes: where each clause of a statement begins, and what it holds.
//!
//! Depth, the number of scopes and that of relations are bounded; beyond a bound there is doubt instead of an answer.

use super::scope::{Bound, Clause, ColumnName, Item, ItemKind, Mention, Role, Scope};
use super::sections::{Section, sections};
use super::words;
use super::{Verb, without_brackets};
use crate::source::Span;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::Kind;
use crate::sql::lower::data::NOISE;
use std::collections::HashMap;

/// Deeper subqueries are not read.
const DEEPEST: usize = 24;
/// More scopes of one statement are not read.
const MOST_SCOPES: usize = 2_000;

/// What is being read.
pub struct Reader {
    /// Every scope so far; the first is the statement itself.
    pub scopes: Vec<Scope>,
    /// The scope of the brackets that open at a token.
    pub starts: HashMap<usize, usize>,
    /// Parts of `WITH`: name, its scope, the scope in which it is visible.
    pub parts: Vec<(String, usize, usize)>,
    depth: usize,
}

/// Reads a whole statement; the first scope is the outermost.
pub fn scopes(cursor: Cursor) -> Vec<Scope> {
    let mut reader = Reader { scopes: Vec::new(), starts: HashMap::new(), parts: Vec::new(), depth: 0 };
    reader.query(cursor, Role::Main, None);
    reader.scopes
}

impl Reader {
    /// Notes that something of a scope was not understood.
    pub fn doubt(&mut self, scope: usize, why: &'static str) {
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.doubt.get_or_insert(why);
        }
    }

    /// Changes a scope.
    pub fn edit(&mut self, scope: usize, change: impl FnOnce(&mut Scope)) {
        self.scopes.get_mut(scope).map(change).unwrap_or_default()
    }

    /// Notes a column.
    pub fn mention(&mut self, scope: usize, column: ColumnName, clause: Clause, certain: bool) {
        self.edit(scope, |scope| scope.mentions.push(Mention { column, clause, certain }));
    }

    /// The scope of a part of `WITH` that is visible in `scope`.
    pub fn part(&self, name: &str, scope: usize) -> Option<usize> {
        let is_around = |owner: usize| {
            std::iter::successors(Some(scope), |at| self.scopes.get(*at)?.parent).take(DEEPEST + 2).any(|one| one == owner)
        };
        self.parts.iter().rev().find(|(known, _, owner)| known == name && is_around(*owner)).map(|(_, part, _)| *part)
    }

    /// Reads a query, or one that writes; gives the number of its scope.
    pub fn query(&mut self, cursor: Cursor, role: Role, parent: Option<usize>) -> Option<usize> {
        if self.depth >= DEEPEST || self.scopes.len() >= MOST_SCOPES {
            if let Some(parent) = parent {
                self.doubt(parent, "it is nested too deep");
            }
            return None;
        }
        self.depth += 1;
        let number = self.scopes.len();
        let mut main = without_brackets(cursor);
        self.scopes.push(Scope::new(role, parent, Verb::Other, whole(&main)));
        if main.eat("WITH") {
            self.with(&mut main, number);
        }
        let verb = super::verb(&main);
        self.edit(number, |scope| scope.verb = verb);
        match verb {
            Verb::Select => self.select(main, number),
            Verb::Insert => self.insert(main, number),
            Verb::Update => self.update(main, number),
            Verb::Delete => self.delete(main, number),
            Verb::Other => self.doubt(number, "it is no query that is read"),
        }
        self.depth -= 1;
        Some(number)
    }

    /// Walks the parts of `WITH`, up to the verb.
    fn with(&mut self, walk: &mut Cursor, scope: usize) {
        walk.eat("RECURSIVE");
        loop {
            let Some(name) = walk.identifier() else { return self.doubt(scope, "a part of WITH was not understood") };
            if walk.kind(0) == Some(Kind::Open) {
                walk.group();
            }
            walk.eat("AS");
            walk.eat_any(&["NOT MATERIALIZED", "MATERIALIZED"]);
            let Some(inner) = walk.group() else { return self.doubt(scope, "a part of WITH was not understood") };
            // A part may name itself: it is in the list before it is read, and where nothing recursive is meant a table of the
            // same name is shadowed only after it.
            let next = self.scopes.len();
            let is_recursive = inner.rest().iter().any(|token| inner.fold(*token).is_some_and(|word| word == name.value))
                && inner.rest().iter().any(|token| inner.token_text(*token).eq_ignore_ascii_case("UNION"));
            if is_recursive {
                self.parts.push((name.value.clone(), next, scope));
            }
            match self.query(inner, Role::With, Some(scope)) {
                Some(part) if !is_recursive => self.parts.push((name.value, part, scope)),
                _ => {}
            }
            walk.skip_until(|here| here.kind(0) == Some(Kind::Comma) || is_verb(here));
            if walk.eat_kind(Kind::Comma).is_none() {
                return;
            }
        }
    }

    fn select(&mut self, main: Cursor, scope: usize) {
        let parts = sections(main, Verb::Select);
        let branches = parts.iter().any(|(section, _)| *section == Section::Union);
        if branches {
            self.union(main, &parts, scope);
        }
        for (section, range) in parts {
            let body = main.over(range);
            match section {
                Section::Items if !branches => self.items_of_select(body, scope),
                Section::From if !branches => self.from(body, scope, false),
                Section::Where if !branches => self.filter(body, scope),
                Section::GroupBy if !branches => {
                    self.walk(body, scope, Clause::GroupBy);
                    let keys = self.keys(body, scope);
                    self.edit(scope, |scope| scope.group_by = keys);
                }
                Section::Having if !branches => self.walk(body, scope, Clause::Having),
                Section::OrderBy => self.order_by(body, scope),
                Section::Limit | Section::Offset | Section::Fetch => self.bound(section, body, scope),
                Section::Lock => self.edit(scope, |scope| scope.locks_rows = true),
                Section::Values | Section::Other if !branches => self.walk(body, scope, Clause::Other),
                _ => {}
            }
        }
    }

    /// The branches of `UNION` and its like, each a scope of its own.
    fn union(&mut self, main: Cursor, parts: &[(Section, std::ops::Range<usize>)], scope: usize) {
        const TAIL: &[Section] = &[Section::OrderBy, Section::Limit, Section::Offset, Section::Fetch];
        // ORDER BY and its like stand behind the last branch, and hold for all.
        let last_union = parts.iter().rposition(|(section, _)| *section == Section::Union).unwrap_or(0);
        let tail = parts.iter().skip(last_union).find(|(section, _)| TAIL.contains(section)).map(|(_, range)| range);
        let words = |section: &Section| if *section == Section::OrderBy { 2 } else { 1 };
        let end = parts
            .iter()
            .skip(last_union)
            .find(|(section, _)| TAIL.contains(section))
            .map_or(main.mark() + main.rest().len(), |(section, _)| tail.map_or(0, |range| range.start) - words(section));
        let mut start = main.mark();
        let mut found = Vec::new();
        let unions = parts.iter().filter(|(section, _)| *section == Section::Union).map(|(_, range)| range.clone());
        for (stop, next) in unions.map(|range| (range.start, range.end)).chain([(end, end)]) {
            // The range of a UNION is that of its words.
            found.extend(self.query(main.over(start..stop), Role::Branch, Some(scope)));
            start = next;
        }
        self.edit(scope, |scope| scope.branches = found);
    }

    fn items_of_select(&mut self, mut body: Cursor, scope: usize) {
        if body.eat("DISTINCT") {
            self.edit(scope, |scope| scope.distinct = true);
            if body.eat("ON")
                && let Some(keys) = body.group()
            {
                self.walk(keys, scope, Clause::GroupBy);
            }
        }
        body.eat_any(&["ALL", "SQL_CALC_FOUND_ROWS", "STRAIGHT_JOIN"]);
        self.items(body, scope, Clause::Items);
    }

    /// The list of `SELECT` or `RETURNING`.
    fn items(&mut self, body: Cursor, scope: usize, clause: Clause) {
        for part in body.parts() {
            let (expression, alias) = alias_of(part);
            let first = self.walk_marked(expression, scope, clause);
            let what = match star(expression) {
                Some(qualifier) => {
                    // `t.*` was noted where it was walked.
                    if self.mentions(scope) == first {
                        let column = ColumnName { qualifier: qualifier.clone(), name: "*".into(), span: whole(&part) };
                        self.mention(scope, column, clause, true);
                    }
                    ItemKind::Star(qualifier)
                }
                None => {
                    let value = self.value(expression, scope, first);
                    match value.column() {
                        Some(column) => ItemKind::Column(column.clone()),
                        None => ItemKind::Expression { aggregate: aggregates(expression) },
                    }
                }
            };
            let name = alias.or_else(|| match &what {
                ItemKind::Column(column) => Some(column.name.clone()),
                _ => None,
            });
            self.edit(scope, |scope| scope.items.push(Item { what, name, span: whole(&part) }));
        }
    }

    fn filter(&mut self, body: Cursor, scope: usize) {
        let first = self.walk_marked(body, scope, Clause::Where);
        self.edit(scope, |scope| scope.filter = Some(whole(&body)));
        self.predicates(body, scope, Clause::Where, None, first);
    }

    fn order_by(&mut self, body: Cursor, scope: usize) {
        self.walk(body, scope, Clause::OrderBy);
        let keys = self.keys(body, scope);
        self.edit(scope, |scope| {
            scope.order_by = keys;
            scope.order_span = Some(whole(&body));
        });
    }

    fn bound(&mut self, section: Section, mut body: Cursor, scope: usize) {
        if section == Section::Fetch {
            body.eat_any(&["FIRST", "NEXT"]);
            body = before(body, &["ROW", "ROWS", "ONLY", "WITH"]);
        }
        if section == Section::Offset {
            body = before(body, &["ROW", "ROWS"]);
        }
        if body.is_any(&["ALL", "NULL"]) {
            return;
        }
        let first = self.walk_marked(body, scope, Clause::Other);
        let parts: Vec<Cursor> = body.parts().collect();
        let bound = |reader: &mut Reader, part: Cursor| {
            let value = reader.value(part, scope, first);
            Bound { span: value.span, value }
        };
        match (section, parts.as_slice()) {
            // `LIMIT offset, count`
            (Section::Limit, [offset, limit]) => {
                let (offset, limit) = (bound(self, *offset), bound(self, *limit));
                self.edit(scope, |scope| (scope.offset, scope.limit) = (Some(offset), Some(limit)));
            }
            (Section::Offset, _) => {
                let bound = bound(self, body);
                self.edit(scope, |scope| scope.offset = Some(bound));
            }
            _ => {
                let bound = bound(self, body);
                self.edit(scope, |scope| scope.limit = Some(bound));
            }
        }
    }

    fn insert(&mut self, mut walk: Cursor, scope: usize) {
        walk.eat_any(&["INSERT", "REPLACE"]);
        while walk.eat_any(NOISE).is_some() {}
        if !self.written_table(&mut walk, scope) {
            return self.doubt(scope, "the table was not understood");
        }
        let mut ahead = walk;
        if let Some(columns) = ahead.column_list()
            && !walk.over(walk.mark() + 1..usize::MAX).is_any(&["SELECT", "WITH", "VALUES"])
        {
            walk = ahead;
            for column in columns {
                let column = ColumnName { qualifier: None, name: column.value, span: column.span };
                self.mention(scope, column, Clause::Written, true);
            }
        }
        let parts = sections(walk, Verb::Insert);
        let start = walk.mark();
        let tail =
            parts.iter().find(|(section, _)| matches!(section, Section::Conflict | Section::Duplicate | Section::Returning));
        let end = tail.map_or(start + walk.rest().len(), |(section, range)| range.start - section.words());
        let mut source = walk.over(start..end);
        source.eat_any(&["OVERRIDING SYSTEM VALUE", "OVERRIDING USER VALUE"]);
        if source.eat("SET") {
            self.assignments(source, scope);
        } else if source.is_any(&["SELECT", "WITH"]) || (source.kind(0) == Some(Kind::Open) && !source.is_done()) {
            self.query(source, Role::Source, Some(scope));
        } else {
            self.walk(source, scope, Clause::Other);
        }
        for (section, range) in parts {
            let mut body = walk.over(range);
            match section {
                Section::Conflict => self.conflict(body, scope),
                Section::Duplicate => self.assignments(body, scope),
                Section::Set => self.assignments(body, scope),
                Section::ConflictWhere => self.walk(body, scope, Clause::Other),
                Section::Returning => self.items(body, scope, Clause::Returning),
                _ => body.finish(),
            }
        }
    }

    /// `ON CONFLICT (a, b) WHERE .. DO ..`, up to the action.
    fn conflict(&mut self, mut body: Cursor, scope: usize) {
        let Some(inner) = body.group() else { return };
        let mut columns = Vec::new();
        let mut all = true;
        for part in inner.parts() {
            let mut walk = part;
            match walk.identifier() {
                Some(name) if walk.kind(0) != Some(Kind::Open) => {
                    columns.push(ColumnName { qualifier: None, name: name.value, span: name.span });
                }
                // An expression, as the index that it asks for has one: `lower(name)`.
                _ => {
                    all = false;
                    self.walk(part, scope, Clause::Other);
                }
            }
        }
        for column in &columns {
            self.mention(scope, column.clone(), Clause::Conflict, true);
        }
        self.edit(scope, |scope| scope.conflict = all.then_some(columns));
        self.walk(body, scope, Clause::Other);
    }

    fn update(&mut self, mut walk: Cursor, scope: usize) {
        walk.eat("UPDATE");
        while walk.eat_any(NOISE).is_some() {}
        self.rows(walk, Verb::Update, scope);
    }

    fn delete(&mut self, mut walk: Cursor, scope: usize) {
        walk.eat("DELETE");
        while walk.eat_any(&["LOW_PRIORITY", "QUICK", "IGNORE"]).is_some() {}
        self.rows(walk, Verb::Delete, scope);
    }

    /// What `UPDATE` and `DELETE` have in common. Of several tables the first is the one that is written.
    fn rows(&mut self, main: Cursor, verb: Verb, scope: usize) {
        let parts = sections(main, verb);
        let start = main.mark();
        let end = parts.first().map_or(start + main.rest().len(), |(section, range)| range.start - section.words());
        if verb == Verb::Update {
            self.from(main.over(start..end), scope, true);
        }
        for (section, range) in parts {
            let body = main.over(range);
            match section {
                Section::From => self.from(body, scope, verb == Verb::Delete),
                Section::Using => self.from(body, scope, false),
                Section::Set => self.assignments(body, scope),
                Section::Where => self.filter(body, scope),
                Section::OrderBy => self.order_by(body, scope),
                Section::Limit => self.bound(section, body, scope),
                Section::Returning => self.items(body, scope, Clause::Returning),
                _ => {}
            }
        }
    }

    /// `a = 1, (b, c) = (2, 3)`
    fn assignments(&mut self, body: Cursor, scope: usize) {
        for part in body.parts() {
            let mut walk = part;
            let mut targets = Vec::new();
            match walk.group() {
                Some(inner) => targets.extend(inner.parts().filter_map(|mut one| one.object_name())),
                None => targets.extend(walk.object_name()),
            }
            for name in targets {
                let column = ColumnName { qualifier: name.schema.map(String::from), name: name.name.into(), span: name.span };
                self.mention(scope, column, Clause::Written, true);
            }
            walk.skip_until(|here| here.peek(0).is_some_and(|token| here.token_text(token) == "="));
            walk.next();
            let first = self.walk_marked(walk, scope, Clause::Set);
            self.sure(walk, scope, first);
        }
    }

    /// The number of mentions of a scope: what comes after is new.
    pub fn mentions(&self, scope: usize) -> usize {
        self.scopes.get(scope).map_or(0, |scope| scope.mentions.len())
    }

    /// [`Reader::walk`], and where its mentions begin.
    pub fn walk_marked(&mut self, body: Cursor, scope: usize, clause: Clause) -> usize {
        let first = self.mentions(scope);
        self.walk(body, scope, clause);
        first
    }
}

fn is_verb(here: &Cursor) -> bool {
    here.is_any(&["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "VALUES", "MERGE"])
        || (here.kind(0) == Some(Kind::Open) && super::verb(here) == Verb::Select)
}

/// What stands before the first of these words.
fn before<'t>(body: Cursor<'t>, words: &[&str]) -> Cursor<'t> {
    let mut walk = body;
    walk.skip_until(|here| here.is_any(words));
    body.over(body.mark()..walk.mark())
}

/// `*`, `t.*`, `sqlc.embed(t)`: the table that is named.
fn star(part: Cursor) -> Option<Option<String>> {
    let text = |ahead: usize| part.peek(ahead).map_or("", |token| part.token_text(token));
    let count = part.rest().len();
    match count {
        1 if text(0) == "*" => Some(None),
        3.. if text(count - 1) == "*" && text(count - 2) == "." => Some(Some(part.fold(part.peek(count - 3)?)?)),
        6 if text(0).eq_ignore_ascii_case("sqlc") && text(2) == "embed" => Some(Some(part.fold(part.peek(4)?)?)),
        _ => None,
    }
}

/// An element of a list without its alias, and the alias.
fn alias_of<'t>(part: Cursor<'t>) -> (Cursor<'t>, Option<String>) {
    let (start, count) = (part.mark(), part.rest().len());
    let Some(last) = count.checked_sub(1).and_then(|at| part.peek(at)) else { return (part, None) };
    let Some(name) = Some(last).filter(|last| matches!(last.kind, Kind::Word | Kind::Quoted | Kind::Text)) else {
        return (part, None);
    };
    let before = count.checked_sub(2).and_then(|at| part.peek(at));
    let Some(before) = before else { return (part, None) };
    let word = part.token_text(before);
    if before.kind == Kind::Word && word.eq_ignore_ascii_case("AS") {
        return (part.over(start..start + count - 2), part.fold(name));
    }
    let follows = match before.kind {
        Kind::Close | Kind::Parameter | Kind::Number | Kind::Quoted => true,
        Kind::Word => {
            word.eq_ignore_ascii_case("END") || (!words::is_keyword(word) && count.is_multiple_of(2) && is_chain(part, count - 1))
        }
        _ => false,
    };
    if follows && last.kind != Kind::Text && !words::is_keyword(part.token_text(last)) {
        return (part.over(start..start + count - 1), part.fold(name));
    }
    (part, None)
}

/// Whether the first tokens are `a`, `a.b` or `a.b.c`.
fn is_chain(part: Cursor, count: usize) -> bool {
    (0..count).all(|at| match part.kind(at) {
        Some(Kind::Word | Kind::Quoted) => at % 2 == 0,
        Some(Kind::Dot) => at % 2 == 1,
        _ => false,
    })
}

/// Whether an aggregate is called outside of subqueries and of `OVER`.
fn aggregates(expression: Cursor) -> bool {
    let mut walk = expression;
    while let Some(token) = walk.next() {
        if token.kind == Kind::Open && walk.is_any(&["SELECT", "WITH"]) {
            let mut group = walk.over(walk.mark() - 1..usize::MAX);
            if group.group().is_none() {
                return false;
            }
            walk = expression.over(group.mark()..usize::MAX);
            continue;
        }
        if token.kind == Kind::Word && walk.kind(0) == Some(Kind::Open) && words::is_aggregate(walk.token_text(token)) {
            let mut after = walk;
            after.skip_one();
            if after.eat("FILTER") {
                after.skip_one();
            }
            if !after.is("OVER") {
                return true;
            }
        }
    }
    false
}

/// The place of all that is left.
pub fn whole(cursor: &Cursor) -> Span {
    cursor.span_of(cursor.mark()..cursor.mark() + cursor.rest().len())
}
