//! Rows that a pending migration writes anew: how many of a table in use, as far as the statement says.

use super::super::catalog::Table;
use super::{Audience, PendingStep};
use crate::source::Sources;
use crate::sql::{Change, DataVerb, tokens};

/// How many rows of its table a statement takes, as far as its words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Those of some keys.
    Few,
    /// A batch: `LIMIT`, or a range with two ends.
    Batch,
    /// Those with one value of a column that is no key: few, or nearly all.
    Class,
    /// All, or all that a condition without a value takes (`IS NULL`, a join).
    Many,
}

/// A statement that writes rows of a table in use from what is there.
#[derive(Debug, Clone, Copy)]
pub struct Backfill {
    /// `UPDATE`, `DELETE`, or `INSERT` from a query.
    pub verb: DataVerb,
    /// How many rows it takes.
    pub reach: Reach,
    /// Whether it has a condition.
    pub filtered: bool,
}

impl Backfill {
    /// Whether it adds rows, and touches none that is there.
    pub fn inserts(self) -> bool {
        self.verb == DataVerb::Insert
    }

    /// The verb as SQL writes it, in marks.
    pub fn word(self) -> &'static str {
        match self.verb {
            DataVerb::Insert => "`INSERT`",
            DataVerb::Update => "`UPDATE`",
            DataVerb::Delete => "`DELETE`",
            DataVerb::Truncate => "`TRUNCATE`",
        }
    }

    /// Whether it takes rows away.
    pub fn deletes(self) -> bool {
        matches!(self.verb, DataVerb::Delete | DataVerb::Truncate)
    }

    /// Whether it takes long on a large table; in a loop a batch is all rows in the end.
    pub(super) fn takes_long(self, in_loop: bool) -> bool {
        self.reach > Reach::Batch || (self.reach == Reach::Batch && in_loop)
    }
}

impl<'m> PendingStep<'m> {
    /// What it does to rows that are there; `None` where it writes none, where nobody uses the table yet, and where the table
    /// holds only what migrations put into it.
    pub fn backfill(&self, sources: &Sources) -> Option<Backfill> {
        let Change::Data { verb, copied, .. } = &self.step.op.change else { return None };
        let wanted = match verb {
            DataVerb::Update | DataVerb::Delete => true,
            DataVerb::Insert => *copied,
            DataVerb::Truncate => false,
        };
        let before = self.before().filter(|_| wanted)?;
        let held = self.database.table_called(&before.name);
        let is_list = (before.seeded || held.is_some_and(|table| table.seeded)) && held.is_none_or(|table| !table.copied);
        if is_list || self.audience() != Audience::Everybody || self.is_emptied() {
            return None;
        }
        let words = tokens(sources.text(self.step.op.span), self.dialect());
        let whole = tokens(sources.text(self.statement.span), self.dialect());
        let condition = condition(&words);
        let reach = if is_bounded(&whole) { Reach::Batch } else { reach(condition, held) };
        // Rows that are cleaned up by comparison with others are rarely many; what has no value yet is.
        let cleans = *verb == DataVerb::Delete && !condition.is_empty() && !says_null(condition);
        let reach = if cleans { reach.min(Reach::Class) } else { reach };
        let reach = if is_from_constants(&whole) { Reach::Few } else { reach };
        Some(Backfill { verb: *verb, reach, filtered: !condition.is_empty() })
    }
}

fn is(word: &str, wanted: &str) -> bool {
    word.eq_ignore_ascii_case(wanted)
}

/// Words that bound how many rows are taken, wherever they stand.
fn is_bounded(words: &[&str]) -> bool {
    words.iter().any(|word| is(word, "limit") || is(word, "tablesample"))
        || words.windows(2).any(|pair| is(pair[0], "fetch") && (is(pair[1], "first") || is(pair[1], "next")))
}

/// Whether a condition asks for NULL, and nothing else is asked.
fn says_null(condition: &[&str]) -> bool {
    let parts = conjuncts(condition);
    let asks = |part: &&[&str]| matches!(part, [.., is_word, null] if is(is_word, "is") && is(null, "null"));
    !parts.is_empty() && parts.iter().all(asks)
}

/// Whether the rows come from a list in the statement: `FROM (VALUES ..)`, `unnest(ARRAY[..])`.
fn is_from_constants(words: &[&str]) -> bool {
    words.windows(2).any(|pair| pair[0] == "(" && is(pair[1], "values"))
        || words.windows(2).any(|pair| is(pair[0], "unnest") && pair[1] == "(" || is(pair[0], "generate_series"))
}

/// The tokens of the condition; none where there is no `WHERE` outside of brackets.
fn condition<'w, 't>(words: &'w [&'t str]) -> &'w [&'t str] {
    let mut depth = 0usize;
    for (at, word) in words.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            word if depth == 0 && is(word, "where") => return words.get(at + 1..).unwrap_or(&[]),
            _ => {}
        }
    }
    &[]
}

/// The parts of a condition between `AND`s outside of brackets; none where an `OR` stands beside them.
fn conjuncts<'w, 't>(condition: &'w [&'t str]) -> Vec<&'w [&'t str]> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0usize);
    for (at, word) in condition.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            word if depth == 0 && is(word, "or") => return Vec::new(),
            word if depth == 0 && (is(word, "and") || is(word, "returning") || is(word, "order")) => {
                parts.extend(condition.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(condition.get(start..));
    parts.retain(|part| !part.is_empty());
    parts
}

/// The column that a part of a condition begins with, without its quotes, and what follows it.
fn column<'w, 't>(part: &'w [&'t str]) -> Option<(&'t str, &'w [&'t str])> {
    let at = if part.get(1) == Some(&".") { 2 } else { 0 };
    let name = part.get(at)?.trim_matches(['"', '`']);
    Some((name, part.get(at + 1..)?))
}

fn is_value(word: &str) -> bool {
    let first = word.chars().next().unwrap_or(' ');
    first == '\''
        || first == '$'
        || first == '?'
        || first.is_ascii_digit()
        || word.ends_with('\'')
        || is(word, "true")
        || is(word, "false")
}

fn reach(condition: &[&str], table: Option<&Table>) -> Reach {
    let parts = conjuncts(condition);
    let compared: Vec<(&str, &[&str])> = parts.iter().filter_map(|part| column(part)).collect();
    let is_key = |name: &str| {
        let keys = table.into_iter().flat_map(|table| &table.indexes).filter(|index| index.unique).flat_map(|index| &index.keys);
        is(name, "id") || keys.filter_map(|key| key.column.as_ref()).any(|column| column.eq_ignore_ascii_case(name))
    };
    let mut reach = Reach::Many;
    for (name, rest) in &compared {
        let one = match rest {
            ["=", "(", ..] if is_key(name) => Reach::Few,
            ["=", value, ..] if is_value(value) => {
                if is_key(name) {
                    Reach::Few
                } else {
                    Reach::Class
                }
            }
            [word, "(", first, ..] if is(word, "in") && is_value(first) => {
                if is_key(name) {
                    Reach::Few
                } else {
                    Reach::Class
                }
            }
            [word, ..] if is(word, "between") => Reach::Batch,
            [">" | ">=", ..] if compared.iter().any(|(other, rest)| other == name && matches!(rest, ["<" | "<=", ..])) => {
                Reach::Batch
            }
            _ => Reach::Many,
        };
        reach = reach.min(one);
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Dialect;

    fn of(text: &str) -> Reach {
        let words = tokens(text, Dialect::Postgres);
        reach(condition(&words), None)
    }

    #[test]
    fn conditions_say_how_many_rows_they_take() {
        assert_eq!(of("UPDATE t SET a = 1"), Reach::Many);
        assert_eq!(of("UPDATE t SET a = 1 WHERE a IS NULL"), Reach::Many);
        assert_eq!(of("UPDATE t SET a = (SELECT 1 WHERE true)"), Reach::Many);
        assert_eq!(of("UPDATE t SET a = 1 WHERE id = 5"), Reach::Few);
        assert_eq!(of("UPDATE t SET a = 1 WHERE t.id IN (5, 6) AND b IS NULL"), Reach::Few);
        assert_eq!(of("UPDATE t SET a = 1 WHERE kind = 'x'"), Reach::Class);
        assert_eq!(of("UPDATE t SET a = 1 WHERE kind = 'x' OR b IS NULL"), Reach::Many);
        assert_eq!(of("DELETE FROM t WHERE n > low AND n <= high"), Reach::Batch);
        assert_eq!(of("DELETE FROM t WHERE n > low"), Reach::Many);
        assert_eq!(of("DELETE FROM t WHERE n BETWEEN low AND high"), Reach::Batch);
    }
}
