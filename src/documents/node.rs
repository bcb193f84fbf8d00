//! One node of the arena, packed into 20 bytes: with its place in the list of children it takes 24.

use super::tree::{Kind, Style};

/// One node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Scalar: offset of the text; collection: first child; alias: target (or `u32::MAX` when undefined).
    pub(super) first: u32,
    /// Scalar: length of the text; collection: number of children (a map has two for each entry).
    pub(super) count: u32,
    /// Two bits for the kind, two for the style, four for the flags; above them 24 that rule most lookups out: of a scalar the
    /// [`Print`] of its text, of a map one bit for each key that it may have.
    packed: u32,
}

/// What else is known of a node.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags(u8);

impl Flags {
    /// A scalar's text lies in the tree's own buffer and not in the source.
    pub(super) const DECODED: Flags = Flags(1);
    /// A key stands twice in a map. Only maps have it, only scalars are decoded: the bit is shared.
    pub(super) const REPEATS: Flags = Flags(1);
    /// The node has an entry in the list of tags.
    pub(super) const TAGGED: Flags = Flags(2);
    /// A map has a merge key (`<<`).
    pub(super) const MERGES: Flags = Flags(4);
    /// A map's children are followed by the positions of its entries in order of their keys, one for each entry.
    pub(super) const SORTED: Flags = Flags(8);

    pub(super) fn with(self, flag: Flags, on: bool) -> Flags {
        if on { Flags(self.0 | flag.0) } else { self }
    }
}

const FLAGS: u32 = 4;
const MARK: u32 = 8;

/// 24 bits of a text: texts of different prints differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Print(u32);

impl Print {
    /// The print of a text. Looks at its length and a few bytes only, so that a fixed key's is known when the program is compiled.
    #[inline(always)]
    pub(super) fn of(text: &str) -> Print {
        Print::of_bytes(text.as_bytes())
    }

    /// The same of the bytes of a text.
    #[inline(always)]
    pub(super) fn of_bytes(bytes: &[u8]) -> Print {
        let at = |at: usize| bytes.get(at).copied().unwrap_or(0);
        let length = bytes.len();
        let few = [at(0), at(1), at(length / 2), at(length.wrapping_sub(1)), at(length.wrapping_sub(3)), length as u8, 0, 0];
        Print((u64::from_le_bytes(few).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as u32)
    }

    /// Its place in a table of so many, which is a power of two.
    #[inline]
    pub(super) fn slot(self, of: usize) -> usize {
        self.0 as usize & of.wrapping_sub(1)
    }

    /// The bit of a key with this print in the mark of a map. References are what is asked for most: their key has a bit to itself.
    #[inline(always)]
    fn bit(self) -> u32 {
        if self == Print::of("$ref") { 1 } else { 2 << ((self.0 * 23) >> 24) }
    }
}

/// Which keys a map may have.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Keys(u32);

impl Keys {
    /// Adds a key. Whether another one may be the same.
    pub(super) fn add(&mut self, key: Print) -> bool {
        let known = self.0 & key.bit() != 0;
        self.0 |= key.bit();
        known
    }
}

impl Node {
    pub(super) fn new(span: std::ops::Range<usize>, first: u32, count: u32, kind: Kind, style: Style) -> Node {
        let kind = match kind {
            Kind::Scalar => 0,
            Kind::Map => 1,
            Kind::List => 2,
            Kind::Alias => 3,
        };
        let style = match style {
            Style::Plain => 0,
            Style::Quoted => 1,
            Style::Block => 2,
        };
        Node { start: span.start as u32, end: span.end as u32, first, count, packed: kind | style << 2 }
    }

    /// The same with the print of a scalar's text.
    pub(super) fn with_print(self, print: Print) -> Node {
        Node { packed: self.packed | print.0 << MARK, ..self }
    }

    /// The same with the keys that a map may have.
    pub(super) fn with_keys(self, keys: Keys) -> Node {
        Node { packed: self.packed | keys.0 << MARK, ..self }
    }

    /// The same with further flags.
    pub(super) fn with_flags(self, flags: Flags) -> Node {
        Node { packed: self.packed | u32::from(flags.0) << FLAGS, ..self }
    }

    #[inline(always)]
    pub(super) fn kind(&self) -> Kind {
        match self.packed & 3 {
            0 => Kind::Scalar,
            1 => Kind::Map,
            2 => Kind::List,
            _ => Kind::Alias,
        }
    }

    #[inline]
    pub(super) fn style(&self) -> Style {
        match self.packed >> 2 & 3 {
            0 => Style::Plain,
            1 => Style::Quoted,
            _ => Style::Block,
        }
    }

    #[inline]
    pub(super) fn has(&self, flag: Flags) -> bool {
        self.packed >> FLAGS & u32::from(flag.0) != 0
    }

    /// The print of a scalar's text; `None` for everything else.
    #[inline]
    pub(super) fn print(&self) -> Option<Print> {
        (self.kind() == Kind::Scalar).then_some(Print(self.packed >> MARK))
    }

    /// Whether a map has a merge key.
    #[inline]
    pub(super) fn merges(&self) -> bool {
        self.kind() == Kind::Map && self.has(Flags::MERGES)
    }

    /// Whether a scalar may have a text, by its length and its print.
    #[inline]
    pub(super) fn may_be(&self, text: &str, print: Print) -> bool {
        self.count as usize == text.len() && self.packed >> MARK == print.0 && self.kind() == Kind::Scalar
    }

    /// Whether it may have a print, or be an alias of what has it.
    #[inline]
    pub(super) fn may_print(&self, print: Print) -> bool {
        self.packed >> MARK == print.0 || self.kind() == Kind::Alias
    }

    /// Whether two scalars may have the same text.
    #[inline]
    pub(super) fn is_like(&self, other: &Node) -> bool {
        self.count == other.count && self.packed >> MARK == other.packed >> MARK
    }

    /// Whether a map may have an entry of its own under a key; false for everything else.
    #[inline]
    pub(super) fn may_have(&self, key: Print) -> bool {
        self.kind() == Kind::Map && self.packed >> MARK & key.bit() != 0
    }

    /// The same, entries that a merge brings in included. Asked at every step through a document, and nearly always answered no.
    #[inline(always)]
    pub(super) fn may_find(&self, key: Print) -> bool {
        self.kind() == Kind::Map && self.packed & (key.bit() << MARK | u32::from(Flags::MERGES.0) << FLAGS) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_keeps_what_it_is_told() {
        let scalar = Node::new(1..7, 2, 4, Kind::Scalar, Style::Quoted).with_print(Print::of("type")).with_flags(Flags::TAGGED);
        assert_eq!((scalar.kind(), scalar.style(), scalar.has(Flags::TAGGED)), (Kind::Scalar, Style::Quoted, true));
        assert!(scalar.may_be("type", Print::of("type")) && !scalar.may_be("name", Print::of("name")));
        let mut keys = Keys::default();
        assert!(!keys.add(Print::of("type")) && !keys.add(Print::of("items")) && keys.add(Print::of("type")));
        let map = Node::new(0..9, 0, 2, Kind::Map, Style::Plain).with_keys(keys).with_flags(Flags::MERGES);
        assert!(map.may_have(Print::of("type")) && !map.may_have(Print::of("$ref")) && !map.has(Flags::TAGGED));
        assert!(Kind::List == Node::new(0..2, 0, 0, Kind::List, Style::Block).kind() && size_of::<Node>() == 20);
    }

    #[test]
    fn texts_of_any_length_have_a_print() {
        let prints: Vec<Print> = ["", "a", "ab", "\u{e9}", "$ref"].into_iter().map(Print::of).collect();
        assert!(prints.iter().enumerate().all(|(at, one)| !prints.iter().take(at).any(|other| other == one)));
        assert!(Print::of("minimum") != Print::of("maximum") && Print::of("minItems") != Print::of("maxItems"));
    }
}
