//! Values as numbers: equal values, whatever their notation, have equal ones.
//!
//! A number has 128 bits, so that values that differ do not meet by chance, and is the same in every run. Nothing is written out to be
//! compared.

use crate::documents::NodeRef;
use foldhash::quality::FixedState;
use std::hash::{BuildHasher, Hash};

/// How deep values are compared; nothing real is nested deeper.
const DEEPEST: usize = 64;

/// The number of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Number(u64, u64);

impl Number {
    /// The number of what consists of this alone.
    pub(super) fn of(whole: impl Hash) -> Number {
        Number(FixedState::with_seed(1).hash_one(&whole), FixedState::with_seed(2).hash_one(&whole))
    }

    /// The number of a collection whose order says nothing.
    pub(super) fn of_all(members: impl Iterator<Item = Number>) -> Number {
        let sum = |sum: Number, one: Number| Number(sum.0.wrapping_add(one.0), sum.1.wrapping_add(one.1));
        Number::of(members.fold(Number(0, 0), sum))
    }

    /// The number of a value.
    pub(super) fn of_value(node: NodeRef) -> Number {
        of_value(node, 0)
    }
}

fn of_value(node: NodeRef, depth: usize) -> Number {
    if depth > DEEPEST {
        return Number::of("..");
    }
    if node.is_map() {
        let entries = node.merged_entries().into_iter();
        let named = entries.map(|(key, value)| Number::of((key.text(), of_value(value, depth + 1))));
        return Number::of(("map", Number::of_all(named)));
    }
    if node.is_list() {
        return Number::of(node.items().map(|item| of_value(item, depth + 1)).collect::<Vec<_>>());
    }
    let text = |text: &str| Number::of(("text", text));
    if let Some(own) = node.as_text() {
        return text(own);
    }
    match (node.as_bool(), node.as_f64()) {
        (Some(word), _) => Number::of(word),
        (_, Some(number)) => Number::of(number.to_bits()),
        _ if node.is_null() => Number::of(()),
        // Digits after a leading zero are text to some readers.
        _ => text(node.text().unwrap_or("")),
    }
}

/// Whether two values are the same whatever their notation.
pub(super) fn equal(one: NodeRef, other: NodeRef) -> bool {
    match (one.as_text(), other.as_text()) {
        (Some(one), Some(other)) => one == other,
        _ => Number::of_value(one) == Number::of_value(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents;
    use crate::source::SourceId;

    #[test]
    fn notation_makes_no_difference_and_values_do() {
        let same = |one: &str, other: &str| {
            let tree = |text: &str| documents::parse("a.yaml", SourceId(0), format!("- {text}\n").into());
            let (one, other) = (tree(one), tree(other));
            let first = |tree: &documents::Tree| tree.root().and_then(|root| root.items().next()).map(Number::of_value);
            first(&one) == first(&other)
        };
        let alike = [("{a: 1, b: 2}", "{b: 2.0, a: 1}"), ("'x'", "x"), ("~", "null"), ("[1, 2]", "[1.0, 2]"), ("010", "'010'")];
        assert!(alike.iter().all(|(one, other)| same(one, other)));
        let different =
            [("{a: 1}", "{a: '1'}"), ("[1, 2]", "[2, 1]"), ("{}", "[]"), ("'true'", "true"), ("{a: 1}", "{a: 1, b: 1}")];
        assert!(!different.iter().any(|(one, other)| same(one, other)));
        assert!(!same("'null'", "null") && !same("", "''"));
    }
}
