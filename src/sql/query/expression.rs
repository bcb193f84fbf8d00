//! Expressions: the columns that they name, what one side of a condition is, and what the keys of a sort are.

use super::reader::{Reader, whole};
use super::scope::{Clause, ColumnName, Key, Role, Value, ValueKind, Wrapping};
use super::words;
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, Token, literal_value};
use crate::sql::types;

/// Brackets around an operand, and casts of it, may be so many.
const DEEPEST: usize = 8;

impl Reader {
    /// Notes every column that an expression or a list names, and reads its subqueries.
    pub fn walk(&mut self, body: Cursor, scope: usize, clause: Clause) {
        let mut walk = body;
        let mut exists = false;
        // `EXTRACT(year FROM x)`: the word is no column.
        let mut is_field = false;
        // `CAST(x AS text)`
        let mut casts: Vec<bool> = Vec::new();
        while let Some(token) = walk.peek(0) {
            let was_exists = std::mem::take(&mut exists);
            let field = std::mem::take(&mut is_field);
            match token.kind {
                Kind::Open => {
                    let mark = walk.mark();
                    let inside = walk.over(mark + 1..usize::MAX);
                    if inside.is_any(&["SELECT", "WITH", "VALUES"]) {
                        let Some(inner) = walk.group() else {
                            return self.doubt(scope, "its brackets do not match");
                        };
                        let role = if was_exists { Role::Exists } else { Role::Expression };
                        if let Some(number) = self.query(inner, role, Some(scope)) {
                            self.starts.insert(mark, number);
                        }
                        continue;
                    }
                    casts.push(false);
                    walk.next();
                }
                Kind::Close => {
                    casts.pop();
                    walk.next();
                }
                Kind::Cast => {
                    walk.next();
                    if types::read(&mut walk).is_none() {
                        walk.next();
                    }
                }
                Kind::Word | Kind::Quoted => {
                    let word = if token.kind == Kind::Word { walk.token_text(token) } else { "" };
                    let calls = walk.kind(1) == Some(Kind::Open) && walk.peek(1).is_some_and(|next| walk.token_text(next) == "(");
                    if calls && !words::is_keyword(word) || word.eq_ignore_ascii_case("CAST") {
                        walk.next();
                        is_field = word.eq_ignore_ascii_case("EXTRACT");
                        if is_field || word.eq_ignore_ascii_case("CAST") {
                            casts.push(!is_field);
                            walk.next();
                        }
                        continue;
                    }
                    if word.eq_ignore_ascii_case("AS") && casts.last() == Some(&true) {
                        walk.next();
                        if types::read(&mut walk).is_none() {
                            walk.next();
                        }
                        continue;
                    }
                    if field && walk.word(1).eq_ignore_ascii_case("FROM") {
                        walk.next();
                        continue;
                    }
                    exists = word.eq_ignore_ascii_case("EXISTS");
                    self.name(&mut walk, scope, clause, word);
                }
                _ => {
                    walk.next();
                }
            }
        }
    }

    /// Walks a name, or a word that is none.
    fn name(&mut self, walk: &mut Cursor, scope: usize, clause: Clause, word: &str) {
        if walk.eat("AT TIME ZONE") {
            return;
        }
        let is_chain = walk.kind(1) == Some(Kind::Dot);
        let next = walk.peek(1);
        let next_text = next.map_or("", |next| walk.token_text(next));
        // `DATE '2020-01-01'`, `name => value`
        let is_none = !is_chain
            && (words::is_keyword(word)
                || (!word.is_empty() && next.is_some_and(|next| next.kind == Kind::Text))
                || matches!(next_text, "=>" | ":="));
        if is_none {
            walk.next();
            return;
        }
        let mark = walk.mark();
        let mut parts: Vec<Token> = Vec::new();
        let mut starred = false;
        while let Some(token) = walk.peek(0) {
            if !matches!(token.kind, Kind::Word | Kind::Quoted) {
                starred = walk.token_text(token) == "*";
                break;
            }
            parts.push(token);
            walk.next();
            if walk.eat_kind(Kind::Dot).is_none() {
                break;
            }
        }
        if walk.mark() == mark {
            walk.next();
            return;
        }
        let folded: Option<Vec<String>> = parts.iter().map(|token| walk.fold(*token)).collect();
        let Some(mut names) = folded else { return };
        let span = walk.span_since(mark);
        if starred {
            walk.next();
            let column = ColumnName { qualifier: names.pop(), name: "*".into(), span };
            self.mention(scope, column, clause, true);
            return;
        }
        // `schema.function(..)`
        if names.len() > 1 && walk.kind(0) == Some(Kind::Open) {
            return;
        }
        let Some(name) = names.pop() else { return };
        let qualifier = names.pop();
        let certain = qualifier.is_some();
        self.mention(scope, ColumnName { qualifier, name, span }, clause, certain);
    }

    /// What an operand is. Its columns were noted from `first` on.
    pub fn value(&mut self, body: Cursor, scope: usize, first: usize) -> Value {
        let mut body = body;
        let mut cast: Option<String> = None;
        let span = whole(&body);
        let (plain, written) = (plain(&body), written(&body));
        let mut wrapping: Option<Wrapping> = None;
        for _ in 0..DEEPEST {
            if let Some(inner) = bracketed(&body) {
                body = inner;
            } else if let Some((inner, kind)) = uncast(&body) {
                body = inner;
                wrapping.get_or_insert_with(|| Wrapping::Cast(kind.clone()));
                cast.get_or_insert(kind);
            } else {
                break;
            }
        }
        let kind = self.kind(body, scope, first, wrapping);
        if let ValueKind::Column(_) = &kind {
            self.sure(body, scope, self.first_within(scope, first, &body));
        }
        Value { kind, cast, plain, written, span }
    }

    fn first_within(&self, scope: usize, first: usize, body: &Cursor) -> usize {
        let start = whole(body).start;
        let mentions = self.scopes.get(scope).and_then(|scope| scope.mentions.get(first..)).unwrap_or(&[]);
        first + mentions.partition_point(|mention| mention.column.span.start < start)
    }

    fn kind(&self, body: Cursor, scope: usize, first: usize, wrapping: Option<Wrapping>) -> ValueKind {
        let count = body.rest().len();
        let Some(token) = body.peek(0) else { return ValueKind::Nothing };
        let column = |column: ColumnName| match wrapping.clone() {
            Some(wrapping) => ValueKind::OfColumn(column, wrapping),
            None => ValueKind::Column(column),
        };
        match token.kind {
            Kind::Parameter if count == 1 => return ValueKind::Parameter,
            Kind::Text | Kind::Dollar if count == 1 => {
                return ValueKind::Text(literal_value(token, body.text).unwrap_or_default());
            }
            Kind::Number if count == 1 => return ValueKind::Number(body.token_text(token).to_owned()),
            Kind::Symbol if count == 2 && body.kind(1) == Some(Kind::Number) => {
                return ValueKind::Number(body.rest_text().to_owned());
            }
            Kind::Word if count == 1 => {
                let word = body.token_text(token).to_ascii_lowercase();
                if matches!(word.as_str(), "null" | "true" | "false" | "default") {
                    return ValueKind::Word(word);
                }
            }
            Kind::Open if matches!(body.kind(1), Some(Kind::Word)) => {
                if let Some(number) = self.starts.get(&body.mark()) {
                    let mut rest = body;
                    rest.group();
                    return if rest.is_done() { ValueKind::Query(*number) } else { ValueKind::Other };
                }
            }
            _ => {}
        }
        let from = self.first_within(scope, first, &body);
        let end = whole(&body).end;
        let mentions = self.scopes.get(scope).and_then(|scope| scope.mentions.get(from..)).unwrap_or(&[]);
        let mut named = mentions.iter().take_while(|mention| mention.column.span.end <= end).map(|mention| &mention.column);
        let has_query = (body.mark()..body.mark() + count).any(|mark| self.starts.contains_key(&mark));
        let one = named.next();
        let several = one.is_some_and(|one| named.any(|other| (&other.qualifier, &other.name) != (&one.qualifier, &one.name)));
        match one {
            _ if has_query || several => ValueKind::Other,
            Some(one) if one.name == "*" => ValueKind::Other,
            Some(one) if one.span == whole(&body) => column(one.clone()),
            Some(one) => ValueKind::OfColumn(one.clone(), how(&body)),
            None if is_list(&body) => ValueKind::List,
            None => ValueKind::Constant,
        }
    }

    /// The keys of `ORDER BY` or `GROUP BY`, whose columns were noted already.
    pub fn keys(&mut self, body: Cursor, scope: usize) -> Vec<Key> {
        let start = whole(&body).start;
        let mentions = self.scopes.get(scope).map_or(&[][..], |scope| &scope.mentions);
        let first = mentions.iter().rposition(|mention| mention.column.span.start < start).map_or(0, |at| at + 1);
        let mut keys = Vec::new();
        for part in body.parts() {
            let mut end = part.mark() + part.rest().len();
            let tail = |end: usize, count: usize| part.over(end.saturating_sub(count).max(part.mark())..end);
            let mut nulls_first = None;
            if tail(end, 2).is_any(&["NULLS FIRST", "NULLS LAST"]) {
                nulls_first = Some(tail(end, 2).is("NULLS FIRST"));
                end -= 2;
            }
            let descending = tail(end, 1).is("DESC");
            if descending || tail(end, 1).is("ASC") {
                end -= 1;
            }
            let value = self.value(part.over(part.mark()..end), scope, first);
            keys.push(Key { value, descending, nulls_first });
        }
        keys
    }
}

/// What is inside, where brackets stand around all of it and hold one operand.
fn bracketed<'t>(body: &Cursor<'t>) -> Option<Cursor<'t>> {
    let mut walk = *body;
    if walk.peek(0).is_none_or(|token| walk.token_text(token) != "(") {
        return None;
    }
    let inner = walk.group()?;
    let is_query = inner.is_any(&["SELECT", "WITH", "VALUES"]);
    (walk.is_done() && !is_query && inner.parts().take(2).count() == 1).then_some(inner)
}

/// What is cast, and to which type: `x::text`, `CAST(x AS text)`.
fn uncast<'t>(body: &Cursor<'t>) -> Option<(Cursor<'t>, String)> {
    if body.is("CAST") && body.kind(1) == Some(Kind::Open) {
        let mut walk = *body;
        walk.next();
        let inner = walk.group().filter(|_| walk.is_done())?;
        let mut at = inner;
        at.skip_until(|here| here.is("AS"));
        let operand = inner.over(inner.mark()..at.mark());
        at.eat("AS").then_some(())?;
        return Some((operand, type_name(&mut at)?));
    }
    let mut walk = *body;
    let mut last = None;
    while let Some(token) = walk.peek(0) {
        if token.kind == Kind::Cast {
            last = Some(walk.mark());
        }
        walk.skip_one();
    }
    let last = last?;
    let mut after = body.over(last + 1..usize::MAX);
    let kind = type_name(&mut after)?;
    let operand = body.over(body.mark()..last);
    // `a + b::int` casts `b` alone.
    let binds = operand.rest().len() == 1
        || is_name(&operand)
        || bracketed_or_called(&operand)
        || operand.rest().iter().any(|token| token.kind == Kind::Cast);
    binds.then_some((operand, kind))
}

fn type_name(cursor: &mut Cursor) -> Option<String> {
    let read = types::read(cursor)?;
    cursor.is_done().then(|| read.column_type.value.display())
}

fn is_name(body: &Cursor) -> bool {
    let mut walk = *body;
    walk.object_name().is_some() && walk.is_done()
}

/// `( .. )`, `f( .. )`, `ARRAY[ .. ]`.
fn bracketed_or_called(body: &Cursor) -> bool {
    let mut walk = *body;
    if walk.kind(0) != Some(Kind::Open) && walk.object_name().is_none() {
        return false;
    }
    walk.group().is_some() && walk.is_done()
}

fn is_list(body: &Cursor) -> bool {
    let mut walk = *body;
    walk.eat("ARRAY");
    walk.group().is_some() && walk.is_done()
}

/// What is done to the one column of an expression.
fn how(body: &Cursor) -> Wrapping {
    let mut walk = *body;
    if matches!(walk.kind(0), Some(Kind::Word | Kind::Quoted)) && walk.kind(1) == Some(Kind::Open) {
        let name = walk.peek(0).and_then(|token| walk.fold(token)).unwrap_or_default().to_ascii_lowercase();
        walk.next();
        if walk.group().is_some() && walk.is_done() {
            return Wrapping::Function(name);
        }
    }
    let mut found = Wrapping::Expression;
    for token in body.rest().iter().filter(|token| token.kind == Kind::Symbol) {
        found = match body.token_text(*token) {
            "->>" | "#>>" => Wrapping::JsonText,
            "->" | "#>" if found == Wrapping::Expression => Wrapping::Json,
            "->" | "#>" => found,
            _ => return Wrapping::Expression,
        };
    }
    found
}

/// The text without blanks, brackets, quotes and qualifiers, in lower case.
pub fn plain(body: &Cursor) -> String {
    let mut out = String::new();
    let tokens = body.rest();
    for (at, token) in tokens.iter().enumerate() {
        let after = tokens.get(at + 1).map(|next| next.kind);
        match token.kind {
            Kind::Dot => {}
            Kind::Word | Kind::Quoted if after == Some(Kind::Dot) => {}
            Kind::Open | Kind::Close => {}
            Kind::Text => out.push_str(body.token_text(*token)),
            _ => out.extend(body.token_text(*token).chars().filter(|c| !matches!(c, '"' | '`')).flat_map(char::to_lowercase)),
        }
    }
    out
}

/// The text of an operand that is short, without the qualifiers of its columns.
fn written(body: &Cursor) -> String {
    const LONGEST: usize = 200;
    let mut out = String::new();
    let tokens = body.rest();
    let mut end = None;
    for (at, token) in tokens.iter().enumerate() {
        let after = tokens.get(at + 1).map(|next| next.kind);
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|token| token.kind);
        let is_qualifier = matches!(token.kind, Kind::Word | Kind::Quoted) && after == Some(Kind::Dot);
        if is_qualifier || (token.kind == Kind::Dot && before.is_some_and(|kind| matches!(kind, Kind::Word | Kind::Quoted))) {
            end = Some(tokens.get(at + 1).map_or(token.end, |next| next.start));
            continue;
        }
        if end.is_some_and(|end| end < token.start) {
            out.push(' ');
        }
        out.push_str(body.token_text(*token));
        end = Some(token.end);
        if out.len() > LONGEST {
            break;
        }
    }
    out
}
