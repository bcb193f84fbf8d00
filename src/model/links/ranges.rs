//! The numbers that a field of the API takes, against those that its column holds.

use super::narrowing::greatest;
use super::view::PropertyColumn;
use crate::model::schema::{Check, ColumnRef, TableRef};
use crate::source::Span;
use crate::sql::ColumnType;
use std::sync::Arc;

/// Numbers that the API takes and the column refuses.
#[derive(Debug, Clone)]
pub struct RangeClash<'m> {
    /// The column.
    pub column: ColumnRef<'m>,
    /// What the API allows: its bound; `None` where it states none.
    pub said: Option<i64>,
    /// Where.
    pub said_at: Span,
    /// The last number on that side that the column takes.
    pub held: i64,
    /// Where: its CHECK, or its type.
    pub held_at: Span,
    /// Whether the numbers are too great; too small otherwise.
    pub above: bool,
}

/// The whole numbers that a CHECK leaves, either side open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Bounds {
    least: Option<i64>,
    most: Option<i64>,
}

impl<'m> PropertyColumn<'m> {
    /// The numbers on either side that clients may send and the column refuses.
    pub fn range_clashes(&self) -> Vec<RangeClash<'m>> {
        let schema = self.property.schema.core();
        let judged = self.in_request && schema.is_number() && !schema.has_alternatives() && schema.enum_values().is_empty();
        let Some(column) = self.columns.iter().find(|column| judged && !column.is_made_by_server()) else { return Vec::new() };
        let mut found = Vec::new();
        let (bounds, check) = checked(column);
        let (least, most) = (schema.minimum(), schema.maximum());
        let here = self.property.span;
        let mut clash = |said: Option<(i64, Span)>, held: i64, held_at: Span, above: bool| {
            let (said, said_at) = said.map_or((None, here), |(said, at)| (Some(said), at));
            found.push(RangeClash { column: *column, said, said_at, held, held_at, above });
        };
        let said_most = most.map(|one| (one.value, one.span));
        let said_least = least.map(|one| (one.value, one.span));
        let width = column.binding_type().and_then(greatest).filter(|width| *width < i64::MAX);
        match (bounds.most, width) {
            (Some(held), _) if said_most.is_none_or(|(said, _)| said > held) => clash(said_most, held, check, true),
            (None, Some(held)) => match (said_most, schema.format()) {
                (Some((said, _)), _) if said > held => clash(said_most, held, column.type_span(), true),
                (None, Some("int64")) => clash(Some((i64::MAX, here)), held, column.type_span(), true),
                _ => {}
            },
            _ => {}
        }
        if let Some(held) = bounds.least.filter(|held| said_least.is_none_or(|(said, _)| said < *held)) {
            clash(said_least, held, check, false);
        }
        found
    }
}

/// Types of whole numbers, by their first words.
const WHOLE: [&str; 6] = ["tinyint", "smallint", "mediumint", "integer", "int", "bigint"];

/// So many whole numbers are few values.
const FEW: i64 = 100;

impl ColumnRef<'_> {
    /// Whether its CHECKs leave few whole numbers, and it holds no others.
    pub(super) fn takes_few_numbers(&self) -> bool {
        let is_whole = |kind: &Arc<ColumnType>| kind.name.split(' ').next().is_some_and(|word| WHOLE.contains(&word));
        if !self.column_type.known().is_some_and(is_whole) {
            return false;
        }
        let (bounds, _) = checked(self);
        bounds.least.zip(bounds.most).is_some_and(|(least, most)| most.saturating_sub(least) < FEW)
    }

    /// Whether its CHECKs leave one value: `CHECK (id = 1)`, or `CHECK (only)` over a truth.
    fn takes_one_value(&self) -> bool {
        let (bounds, _) = checked(self);
        let is_truth = self.is_of(&["boolean", "bool"]);
        let says_true = |check: &Check| {
            let words: Vec<String> =
                tokens(&check.text).into_iter().filter(|word| !matches!(word.as_str(), "(" | ")" | "check")).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let is_it = |name: &str| name.trim_matches(['"', '`']).eq_ignore_ascii_case(&self.name);
            matches!(words.as_slice(), [name] | [name, "=" | "is", "true"] if is_it(name))
        };
        bounds.least.is_some() && bounds.least == bounds.most || is_truth && self.table().table().checks.iter().any(says_true)
    }
}

impl TableRef<'_> {
    /// Whether it can hold one row at most: a unique key has one column, and that takes one value.
    pub fn holds_one_row(&self) -> bool {
        self.indexes().any(|index| {
            let whole = index.unique && index.predicate.is_none();
            let column = index.columns().filter(|columns| whole && columns.len() == 1);
            let column = column.and_then(|columns| self.column(columns.first()?));
            column.is_some_and(|column| column.nullable.known() == Some(&false) && column.takes_one_value())
        })
    }
}

/// What the CHECKs over a column alone leave, and the place of the one that says most.
fn checked(column: &ColumnRef) -> (Bounds, Span) {
    let mut all = Bounds::default();
    let mut place = column.span;
    for check in &column.table().table().checks {
        let Some(bounds) = bounds(&check.text, &column.name) else { continue };
        place = check.expression;
        all.least = all.least.max(bounds.least);
        all.most = match (all.most, bounds.most) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    (all, place)
}

/// The whole numbers that a condition leaves for a column. `None` where it is no conjunction of comparisons with numbers.
fn bounds(text: &str, column: &str) -> Option<Bounds> {
    let words = tokens(text);
    let mut words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !matches!(*word, "(" | ")")).collect();
    if words.first() == Some(&"check") {
        words.remove(0);
    }
    let is_column = |word: &str| word.trim_matches(['"', '`', '[', ']']).eq_ignore_ascii_case(column);
    let number = |word: &str| word.parse::<i64>().ok();
    let mut all = Bounds::default();
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let taken = match rest {
            [name, "between", low, "and", high, ..] if is_column(name) => {
                all.least = all.least.max(number(low));
                all.most = Some(number(high)?.min(all.most.unwrap_or(i64::MAX)));
                number(low)?;
                5
            }
            [name, sign, bound, ..] if is_column(name) => {
                compare(&mut all, sign, number(bound)?)?;
                3
            }
            [bound, sign, name, ..] if is_column(name) => {
                let turned = match *sign {
                    "<" => ">",
                    "<=" => ">=",
                    ">" => "<",
                    ">=" => "<=",
                    _ => return None,
                };
                compare(&mut all, turned, number(bound)?)?;
                3
            }
            _ => return None,
        };
        rest = match rest.get(taken..)? {
            ["and", more @ ..] if !more.is_empty() => more,
            [] => &[],
            _ => return None,
        };
    }
    (all != Bounds::default()).then_some(all)
}

fn compare(all: &mut Bounds, sign: &str, bound: i64) -> Option<()> {
    let most = |all: &mut Bounds, value: i64| all.most = Some(all.most.map_or(value, |old| old.min(value)));
    match sign {
        ">=" => all.least = all.least.max(Some(bound)),
        ">" => all.least = all.least.max(Some(bound.checked_add(1)?)),
        "<=" => most(all, bound),
        "<" => most(all, bound.checked_sub(1)?),
        "=" => {
            all.least = all.least.max(Some(bound));
            most(all, bound);
        }
        _ => return None,
    }
    Some(())
}

/// Words, numbers, signs and brackets, in lower case; casts of numbers are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let length = |keep: &dyn Fn(char) -> bool| rest.find(|c: char| !keep(c)).unwrap_or(rest.len());
        let negative = first == '-' && rest.chars().nth(1).is_some_and(|next| next.is_ascii_digit());
        let end = match first {
            c if c.is_whitespace() => length(&char::is_whitespace),
            '<' | '>' | '=' | '!' => length(&|c| matches!(c, '<' | '>' | '=' | '!')),
            _ if negative => 1 + rest[1..].find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len() - 1),
            c if c.is_alphanumeric() || matches!(c, '_' | '"' | '`') => {
                length(&|c| c.is_alphanumeric() || matches!(c, '_' | '"' | '`' | '.' | '$'))
            }
            c => c.len_utf8(),
        };
        let (word, after) = rest.split_at(end);
        rest = after;
        if !word.trim().is_empty() {
            found.push(word.to_lowercase());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_leave_numbers() {
        let of = |text: &str| bounds(text, "quantity");
        let some = |least: Option<i64>, most: Option<i64>| Some(Bounds { least, most });
        assert_eq!(of("quantity > 0"), some(Some(1), None));
        assert_eq!(of("((quantity >= 1) AND (quantity <= 99))"), some(Some(1), Some(99)));
        assert_eq!(of("\"quantity\" BETWEEN -5 AND 5"), some(Some(-5), Some(5)));
        assert_eq!(of("0 <= quantity"), some(Some(0), None));
        for text in
            ["quantity > 0 OR free", "quantity > least", "quantity <> 0", "price > 0", "quantity IS NULL OR quantity > 0", ""]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
