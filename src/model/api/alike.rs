//! Values as numbers: equal values, whatever their notation, have equal ones.
//!
//! A number has 128 bits, so that values that differ do not meet by chance, and is the same in every run. Nothing is written out to be
//! compared.

use super::Map;
use crate::documents::{NodeId, NodeRef};
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
        Number::of(("all", members.fold(Number(0, 0), sum)))
    }

    /// The number of a list of numbers, in their order.
    pub(super) fn of_list(members: impl Iterator<Item = Number>) -> Number {
        Number::of(("list", members.collect::<Vec<_>>()))
    }

    /// The number of a value.
    pub(super) fn of_value(node: NodeRef) -> Number {
        of_value(node, 0, &mut Known::default())
    }
}

/// What was found of the nodes of one document that aliases stand for: ten aliases of ten aliases are read once each.
#[derive(Default)]
pub(super) struct Known(Map<NodeId, Number>);

impl Known {
    /// The number of a node by `make`, which gets the node itself where this is an alias of it.
    pub(super) fn number<'a>(&mut self, node: NodeRef<'a>, make: impl FnOnce(NodeRef<'a>, &mut Known) -> Number) -> Number {
        let real = node.resolved();
        if real.id() == node.id() {
            return make(node, self);
        }
        if let Some(known) = self.0.get(&real.id()) {
            return *known;
        }
        let number = make(real, self);
        self.0.insert(real.id(), number);
        number
    }
}

fn of_value(node: NodeRef, depth: usize, known: &mut Known) -> Number {
    known.number(node, |node, known| written(node, depth, known))
}

/// Each kind of value names itself: of a number, a word and an empty list the bits may be the same.
fn written(node: NodeRef, depth: usize, known: &mut Known) -> Number {
    if depth > DEEPEST {
        return Number::of("..");
    }
    if node.is_map() {
        let entries = node.merged_entries().into_iter();
        let named = entries.map(|(key, value)| Number::of((key.text(), of_value(value, depth + 1, known))));
        return Number::of(("map", Number::of_all(named)));
    }
    if node.is_list() {
        return Number::of_list(node.items().map(|item| of_value(item, depth + 1, known)));
    }
    let text = |text: &str| Number::of(("text", text));
    if let Some(own) = node.as_text() {
        return text(own);
    }
    match (node.as_bool(), node.as_f64()) {
        (Some(word), _) => Number::of(("word", word)),
        (_, Some(number)) => Number::of(("number", number.to_bits())),
        _ if node.is_null() => Number::of("null"),
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
        let different = [
            ("{a: 1}", "{a: '1'}"),
            ("[1, 2]", "[2, 1]"),
            ("{}", "[]"),
            ("'true'", "true"),
            ("{a: 1}", "{a: 1, b: 1}"),
            ("false", "0"),
            ("false", "[]"),
            ("0", "[]"),
            ("null", "[]"),
            ("true", "1"),
            ("[false]", "[0]"),
            ("[[1]]", "[1]"),
        ];
        assert!(!different.iter().any(|(one, other)| same(one, other)));
        assert!(!same("'null'", "null") && !same("", "''"));
    }

    #[test]
    fn aliases_of_aliases_are_read_once() {
        let level = |at: usize| format!("- &a{} [{}]\n", at + 1, vec![format!("*a{at}"); 10].join(", "));
        let text = format!("- &a0 [1, 2]\n{}", (0..30).map(level).collect::<String>());
        let tree = documents::parse("a.yaml", SourceId(0), text.as_str().into());
        let items: Vec<NodeRef> = tree.root().map(|root| root.items().collect()).unwrap_or_default();
        assert_eq!(items.len(), 31);
        let last = items.last().copied().map(Number::of_value);
        assert!(last.is_some() && last != items.first().copied().map(Number::of_value));
    }
}
