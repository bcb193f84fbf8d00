//! Conditions: what `AND` joins, each as one side, an operator, and another side.

use super::reader::{Reader, whole};
use super::scope::{Clause, Operator, Pattern, Predicate, Value, ValueKind};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, literal_value};

/// Deeper brackets of conditions are not read.
const DEEPEST: usize = 24;

/// An operator where it stands.
struct Found {
    operator: Operator,
    /// Index of its first token.
    start: usize,
    /// Index of the token after it.
    end: usize,
}

impl Reader {
    /// Notes the conditions of a clause. Its columns were noted from `first` on.
    pub fn predicates(&mut self, body: Cursor, scope: usize, clause: Clause, joins: Option<usize>, first: usize) {
        let mut todo = vec![(body, false, 0)];
        while let Some((part, alternative, depth)) = todo.pop() {
            let part = without_brackets(part);
            if depth > DEEPEST {
                self.doubt(scope, "its conditions are nested too deep");
                continue;
            }
            let all = split(part, "AND");
            if all.len() > 1 {
                todo.extend(all.into_iter().rev().map(|one| (one, alternative, depth + 1)));
                continue;
            }
            let any = split(part, "OR");
            if any.len() > 1 {
                todo.extend(any.into_iter().rev().map(|one| (one, true, depth + 1)));
                continue;
            }
            self.condition_of(part, scope, clause, joins, first, alternative);
        }
    }

    fn condition_of(
        &mut self,
        part: Cursor,
        scope: usize,
        clause: Clause,
        joins: Option<usize>,
        first: usize,
        alternative: bool,
    ) {
        if part.is_done() {
            return;
        }
        let mut walk = part;
        let span = whole(&part);
        let negated = walk.eat("NOT");
        let nothing = |cursor: &Cursor| Value {
            kind: ValueKind::Nothing,
            cast: None,
            plain: String::new(),
            written: String::new(),
            span: cursor.span_of(cursor.mark()..cursor.mark()),
        };
        let push = |reader: &mut Reader, left: Value, operator: Operator, right: Value, alternative: bool, pattern| {
            let turn = left.column().is_none() && !matches!(left.kind, ValueKind::OfColumn(..)) && turns(&operator);
            let turn = turn && matches!(right.kind, ValueKind::Column(_) | ValueKind::OfColumn(..));
            let (left, operator, right) = if turn { (right, operator.flipped(), left) } else { (left, operator, right) };
            let predicate = Predicate { left, operator, right, clause, alternative, pattern, joins, span };
            reader.edit(scope, |scope| scope.predicates.push(predicate));
        };
        if walk.eat("EXISTS") {
            let right = self.value(walk, scope, first);
            let operator = if negated { Operator::Other } else { Operator::Exists };
            return push(self, nothing(&part), operator, right, alternative, None);
        }
        let Some(found) = operator(walk) else {
            let left = self.value(walk, scope, first);
            let operator = match (&left.kind, negated) {
                (ValueKind::Column(_), false) => Operator::IsTrue,
                (ValueKind::Column(_), true) => Operator::IsFalse,
                _ => Operator::Other,
            };
            let right = nothing(&part);
            return push(self, left, operator, right, alternative, None);
        };
        let left = walk.over(walk.mark()..found.start);
        let mut right = walk.over(found.end..usize::MAX);
        let mut operator = if negated { Operator::Other } else { found.operator };
        if let Some(word) = right.eat_any(&["ANY", "SOME", "ALL"]) {
            operator = match (operator, word) {
                (Operator::Equal, "ANY" | "SOME") => Operator::EqualsAny,
                (Operator::NotEqual, "ALL") => Operator::NotIn,
                _ => Operator::Other,
            };
            if let Some(inner) = right.group() {
                // The brackets of a subquery are its mark.
                let is_query = inner.is_any(&["SELECT", "WITH", "VALUES"]);
                right = if is_query { right.over(inner.mark() - 1..inner.mark() + inner.rest().len() + 1) } else { inner };
                if is_query && operator == Operator::EqualsAny {
                    operator = Operator::In;
                }
            }
        }
        if let Some(pairs) = pairs(&left, &right, &operator) {
            for (number, (one, other)) in pairs.into_iter().enumerate() {
                let (one, other) = (self.value(one, scope, first), self.value(other, scope, first));
                // Of `(a, b) < (c, d)` only the first bounds the rows by itself.
                let weaker = number > 0 && operator.is_range();
                push(self, one, operator.clone(), other, alternative || weaker, None);
            }
            return;
        }
        let pattern = matches!(operator, Operator::Like | Operator::ILike).then(|| pattern(&right));
        let (left, right) = (self.value(left, scope, first), self.value(right, scope, first));
        push(self, left, operator, right, alternative, pattern);
    }
}

fn turns(operator: &Operator) -> bool {
    !matches!(
        operator,
        Operator::In
            | Operator::NotIn
            | Operator::Like
            | Operator::ILike
            | Operator::HasKey
            | Operator::PathMatches
            | Operator::Between
    )
}

fn without_brackets(mut body: Cursor) -> Cursor {
    for _ in 0..DEEPEST {
        let mut ahead = body;
        match ahead.group().filter(|inner| ahead.is_done() && !inner.is_any(&["SELECT", "WITH", "VALUES"])) {
            Some(inner) if inner.parts().take(2).count() == 1 => body = inner,
            _ => break,
        }
    }
    body
}

/// Walks one token, a group, or a whole `CASE`.
fn skip(walk: &mut Cursor) {
    if !walk.is("CASE") {
        return walk.skip_one();
    }
    let mut depth = 0usize;
    while !walk.is_done() {
        if walk.is("CASE") {
            depth += 1;
        } else if walk.is("END") {
            depth -= 1;
        }
        walk.skip_one();
        if depth == 0 {
            return;
        }
    }
}

/// The parts between a word at bracket depth 0; the `AND` of `BETWEEN` is none.
fn split<'t>(body: Cursor<'t>, word: &str) -> Vec<Cursor<'t>> {
    let mut parts = Vec::new();
    let mut walk = body;
    let mut start = walk.mark();
    let mut between = false;
    while !walk.is_done() {
        if walk.is("BETWEEN") {
            between = true;
        } else if walk.is("AND") && between {
            between = false;
        } else if walk.is(word) {
            parts.push(body.over(start..walk.mark()));
            walk.next();
            start = walk.mark();
            continue;
        }
        skip(&mut walk);
    }
    parts.push(body.over(start..walk.mark()));
    parts
}

/// The operator that compares, at bracket depth 0.
fn operator(body: Cursor) -> Option<Found> {
    let mut walk = body;
    while let Some(token) = walk.peek(0) {
        let start = walk.mark();
        let found = match token.kind {
            Kind::Symbol => symbol(walk.token_text(token)),
            Kind::Word => {
                let mut ahead = walk;
                word_operator(&mut ahead).inspect(|_| walk = ahead)
            }
            _ => None,
        };
        if let Some(operator) = found {
            let end = if token.kind == Kind::Symbol { start + 1 } else { walk.mark() };
            return Some(Found { operator, start, end });
        }
        skip(&mut walk);
    }
    None
}

fn symbol(text: &str) -> Option<Operator> {
    Some(match text {
        "=" | "==" | "<=>" => Operator::Equal,
        "<>" | "!=" => Operator::NotEqual,
        "<" | "<=" => Operator::Less,
        ">" | ">=" => Operator::Greater,
        "@>" => Operator::Contains,
        "<@" => Operator::ContainedBy,
        "&&" => Operator::Overlaps,
        "?" | "?|" | "?&" => Operator::HasKey,
        "@?" | "@@" => Operator::PathMatches,
        "~" | "~*" | "!~" | "!~*" | "%" | "<->" | "@@@" | "~~" | "~~*" | "<%" | "%>" => Operator::Other,
        _ => return None,
    })
}

fn word_operator(walk: &mut Cursor) -> Option<Operator> {
    let not = walk.eat("NOT");
    if !not && walk.eat("IS") {
        let not = walk.eat("NOT");
        return Some(match walk.eat_any(&["NULL", "TRUE", "FALSE", "DISTINCT FROM"]) {
            Some("NULL") => {
                if not {
                    Operator::IsNotNull
                } else {
                    Operator::IsNull
                }
            }
            Some("TRUE") if !not => Operator::IsTrue,
            Some("FALSE") if !not => Operator::IsFalse,
            Some("DISTINCT FROM") => {
                if not {
                    Operator::Equal
                } else {
                    Operator::NotEqual
                }
            }
            _ => Operator::Other,
        });
    }
    let word =
        walk.eat_any(&["IN", "LIKE", "ILIKE", "BETWEEN", "SIMILAR TO", "GLOB", "REGEXP", "RLIKE", "MATCH", "ISNULL", "NOTNULL"])?;
    Some(match word {
        "IN" if not => Operator::NotIn,
        "IN" => Operator::In,
        _ if not => Operator::Other,
        "LIKE" | "GLOB" => Operator::Like,
        "ILIKE" => Operator::ILike,
        "BETWEEN" => Operator::Between,
        "ISNULL" => Operator::IsNull,
        "NOTNULL" => Operator::IsNotNull,
        _ => Operator::Other,
    })
}

/// The columns of a row on the left, each with its partner on the right.
fn pairs<'t>(left: &Cursor<'t>, right: &Cursor<'t>, operator: &Operator) -> Option<Vec<(Cursor<'t>, Cursor<'t>)>> {
    let row = |side: &Cursor<'t>| {
        let mut walk = *side;
        walk.eat("ROW");
        let inner = walk.group().filter(|inner| walk.is_done() && !inner.is_any(&["SELECT", "WITH", "VALUES"]))?;
        Some(inner.parts().collect::<Vec<_>>()).filter(|parts| parts.len() > 1)
    };
    let ours = row(left)?;
    match operator {
        Operator::Equal | Operator::Less | Operator::Greater => {
            let theirs = row(right).filter(|theirs| theirs.len() == ours.len())?;
            Some(ours.into_iter().zip(theirs).collect())
        }
        Operator::In => Some(ours.into_iter().map(|one| (one, *right)).collect()),
        _ => None,
    }
}

/// How a pattern begins: by its first literal or parameter.
fn pattern(right: &Cursor) -> Pattern {
    let first = right.rest().iter().find(|token| matches!(token.kind, Kind::Text | Kind::Parameter | Kind::Template));
    match first.and_then(|token| literal_value(*token, right.text)) {
        Some(text) if text.starts_with(['%', '_', '*', '?']) => Pattern::Wildcard,
        Some(text) if !text.is_empty() => Pattern::Letters,
        _ => Pattern::Unknown,
    }
}
