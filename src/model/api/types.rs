//! Types of JSON Schema, as a set.

use crate::documents::NodeRef;

/// The words for types.
pub(super) const TYPES: [&str; 7] = ["null", "boolean", "object", "array", "number", "string", "integer"];

/// Types of JSON Schema, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Types(u8);

impl Types {
    /// No type at all.
    pub(super) const NONE: Types = Types(0);
    /// `null`.
    pub(super) const NULL: Types = Types(1);
    /// `object`.
    pub(super) const OBJECT: Types = Types(1 << 2);
    /// `array`.
    pub(super) const ARRAY: Types = Types(1 << 3);
    /// `number`.
    pub(super) const NUMBER: Types = Types(1 << 4);
    /// `string`.
    pub(super) const STRING: Types = Types(1 << 5);
    /// `integer`.
    const INTEGER: Types = Types(1 << 6);
    /// A word that is no type.
    const UNKNOWN: Types = Types(1 << 7);

    /// The type of a name.
    fn named(word: &str) -> Types {
        TYPES.iter().position(|one| *one == word).map_or(Types::UNKNOWN, |at| Types(1 << at))
    }

    /// The types that are written under `type`: a word, or a list of them.
    pub(super) fn written(types: NodeRef) -> Types {
        let listed = types.items().filter_map(NodeRef::text).map(Types::named).fold(Types::NONE, Types::with);
        types.text().map_or(listed, Types::named)
    }

    /// The type of a value. A whole number is a number too.
    fn of_value(node: NodeRef) -> Types {
        let number = || node.as_f64();
        match () {
            () if node.is_map() => Types::OBJECT,
            () if node.is_list() => Types::ARRAY,
            () if node.is_null() => Types::NULL,
            () if node.as_bool().is_some() => Types::named("boolean"),
            () if number().is_some_and(|number| number.fract() == 0.0) => Types::INTEGER.with(Types::NUMBER),
            () if number().is_some() => Types::NUMBER,
            () => Types::STRING,
        }
    }

    /// Both together.
    pub(super) fn with(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    /// Whether it has a type of the others.
    pub(super) fn has(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether a value is of one of these types; true where there are none, or a word is no type.
    pub(super) fn fit(self, node: NodeRef) -> bool {
        self.excludes_nothing() || self.has(Types::of_value(node))
    }

    fn excludes_nothing(self) -> bool {
        self == Types::NONE || self.has(Types::UNKNOWN)
    }

    /// Whether these types leave out one of the others; whole numbers are numbers.
    pub(super) fn leave_out_some(self, others: Types) -> bool {
        let own = if self.has(Types::INTEGER) { self.with(Types::NUMBER) } else { self };
        !self.excludes_nothing() && others.0 & !own.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_its_place() {
        let of = |names: &[&str]| names.iter().copied().map(Types::named).fold(Types::NONE, Types::with);
        assert_eq!(of(&["null", "object", "array"]), Types::NULL.with(Types::OBJECT).with(Types::ARRAY));
        assert_eq!(of(&["number", "string", "integer"]), Types::NUMBER.with(Types::STRING).with(Types::INTEGER));
        assert!(of(&["integer"]).leave_out_some(Types::STRING) && !of(&["integer"]).leave_out_some(Types::NUMBER));
        assert!(!of(&[]).leave_out_some(Types::STRING) && !of(&["integer", "file"]).leave_out_some(Types::STRING));
    }
}
