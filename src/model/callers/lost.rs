//! What code says of properties that are gone: the places that read them, and whether it has such a word at all.

use super::called::is_quote;
use crate::model::api::Removal;
use crate::model::mentions::{as_word, is_telling, spellings};
use crate::model::words;
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, BTreeSet};

/// How far behind the type of its object a property with a plain name may stand, in bytes.
const NEAR: usize = 600;

/// So many places of a name are looked at in one file.
const MOST: usize = 20;

/// So many bytes tell whether a file is text.
const HEAD: usize = 8000;

/// The names of lost properties, each once.
pub(super) struct Names {
    spellings: Vec<Vec<String>>,
    finder: Option<AhoCorasick>,
}

/// A lost property: its name, and what its object is called where the name alone says little.
pub(super) struct Lost {
    /// The place of its name among the names.
    pub(super) name: usize,
    companions: Vec<String>,
}

/// What a file says of one name.
pub(super) struct Told {
    /// The place of the name among the names.
    pub(super) name: usize,
    /// Where it is a part of something, by what stands around it: first byte, one past the last.
    pub(super) fields: Vec<(usize, usize)>,
}

impl Names {
    /// The names that removals lose, and what each removal loses.
    pub(super) fn of(removals: &[Removal]) -> (Names, Vec<Vec<Lost>>) {
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        for property in removals.iter().flat_map(|one| &one.lost) {
            let next = numbers.len();
            numbers.entry(property.name).or_insert(next);
        }
        let mut names = vec![""; numbers.len()];
        for (name, number) in &numbers {
            names.get_mut(*number).into_iter().for_each(|place| *place = name);
        }
        let lost = |removal: &Removal| {
            let object = object(removal);
            let of = |name: &str| Some(Lost { name: *numbers.get(name)?, companions: companions(name, &object) });
            removal.lost.iter().filter_map(|property| of(property.name)).collect()
        };
        (Names::new(&names), removals.iter().map(lost).collect())
    }

    fn new(names: &[&str]) -> Names {
        let folded: Vec<Vec<u8>> = names.iter().map(|name| folded(name.as_bytes())).collect();
        let spellings = names.iter().map(|name| spellings(name).collect()).collect();
        Names { spellings, finder: AhoCorasick::new(folded).ok() }
    }

    /// The names that a file may have, however it spells them: `getTotalCents` has `total_cents`. `None` where it cannot be searched.
    /// What is no text has none.
    pub(super) fn told(&self, bytes: &[u8]) -> Option<Vec<Told>> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return None;
        }
        if bytes.iter().take(HEAD).any(|byte| *byte == 0) {
            return Some(Vec::new());
        }
        let text = folded(bytes);
        let found: BTreeSet<usize> =
            self.finder.as_ref()?.find_overlapping_iter(&text).map(|hit| hit.pattern().as_usize()).collect();
        let one = |name: usize| Told { name, fields: self.fields(name, bytes) };
        Some(found.into_iter().map(one).collect())
    }

    fn fields(&self, name: usize, bytes: &[u8]) -> Vec<(usize, usize)> {
        let spellings = self.spellings.get(name).map_or(&[][..], Vec::as_slice);
        let places = spellings.iter().flat_map(|name| as_word(bytes, name).map(|start| (start, start + name.len())));
        let mut found: Vec<(usize, usize)> = places.filter(|(start, end)| is_field(bytes, *start, *end)).take(MOST).collect();
        found.sort_unstable();
        found
    }
}

/// A text in lower case, without what stands between the words of a name.
fn folded(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().filter(|byte| !matches!(byte, b'_' | b'-')).map(u8::to_ascii_lowercase).collect()
}

/// What the object of a removal is called: `Order.lines[]` is a part of an order; what has no name of its own is named after the
/// operation (`GET /orders 200`).
fn object(removal: &Removal) -> String {
    let last = removal.operation.last_literal().filter(|_| removal.name.contains(' '));
    words::noun(last.unwrap_or_else(|| removal.name.split(['.', '[']).next().unwrap_or_default()))
}

fn companions(property: &str, object: &str) -> Vec<String> {
    if is_telling(property) { Vec::new() } else { spellings(object).collect() }
}

impl Lost {
    /// Whether a field is meant, and no other thing of that name: what it is a part of is called like the object (`order.note`,
    /// `selectedOrder?.note`), or its type is named not far before (`interface Order { note: string }`).
    pub(super) fn is_meant(&self, bytes: &[u8], start: usize) -> bool {
        if self.companions.is_empty() {
            return true;
        }
        let before = bytes.get(..start).unwrap_or_default();
        if let Some(holder) = before.strip_suffix(b".") {
            let holder = holder.trim_ascii_end();
            let holder = holder.strip_suffix(b"?").or(holder.strip_suffix(b"!")).unwrap_or(holder);
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            let length = holder.iter().rev().take_while(|byte| is_part(byte)).count();
            let name = String::from_utf8_lossy(holder.get(holder.len() - length..).unwrap_or_default()).into_owned();
            let name = words::snake(&name);
            return self
                .companions
                .iter()
                .map(|one| words::snake(one))
                .any(|one| name.strip_suffix(one.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('_')));
        }
        let near = before.get(before.len().saturating_sub(NEAR)..).unwrap_or_default();
        let is_type = |name: &&String| name.starts_with(|letter: char| letter.is_ascii_uppercase());
        self.companions.iter().filter(is_type).any(|name| as_word(near, name).next().is_some())
    }
}

/// Whether a word is a part of something by what stands around it: `order.note`, `order["note"]`, `"note": ..`, `note: string`,
/// `json:"note"`, `{ id, note } = order`.
fn is_field(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = |back: usize| start.checked_sub(back).and_then(|at| bytes.get(at)).copied();
    let after = |on: usize| bytes.get(end + on).copied();
    if before(1).is_some_and(is_quote) && after(0).is_some_and(is_quote) {
        return matches!(before(2), Some(b'[' | b':')) || after(1) == Some(b':');
    }
    let opens = matches!((before(1), before(2)), (Some(b' '), Some(b'{' | b',')));
    let closes = after(0) == Some(b',') || (after(0), after(1)) == (Some(b' '), Some(b'}'));
    let line = bytes.get(..start).and_then(|before| before.rsplit(|byte| *byte == b'\n').next()).unwrap_or_default();
    // What begins with a capital and stands between braces is the name of a type.
    let is_taken_out = opens
        && closes
        && bytes.get(start).is_some_and(u8::is_ascii_lowercase)
        && !line.trim_ascii_start().starts_with(b"import");
    let is_typed = after(0) == Some(b':') || (after(0), after(1)) == (Some(b'?'), Some(b':'));
    before(1) == Some(b'.') || is_typed || is_taken_out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each field of a name is meant.
    fn meant(name: &str, object: &str, text: &str) -> Vec<bool> {
        let lost = Lost { name: 0, companions: companions(name, &words::noun(object)) };
        let fields = Names::new(&[name]).fields(0, text.as_bytes());
        fields.iter().map(|(start, _)| lost.is_meant(text.as_bytes(), *start)).collect()
    }

    #[test]
    fn a_plain_name_is_meant_beside_its_object_alone() {
        let note = |text: &str| meant("note", "Order", text);
        assert_eq!(note("show(order.note, selectedOrder?.note)"), [true, true]);
        assert_eq!(note("show(user.note, recorder.note)"), [false, false]);
        assert_eq!(note("interface Order { id: number; note: string }"), [true]);
        assert_eq!(note("find({ order: 1, note: 'x' })"), [false]);
        for text in [
            "order // a note on it",
            "order.show('note')",
            "import { note, x } from './order'",
            "import { x, Note } from './order'",
        ] {
            assert_eq!(note(text), [] as [bool; 0], "{text}");
        }
        let cents = |text: &str| meant("total_cents", "Order", text);
        assert_eq!((cents("x.totalCents"), cents("const totalCents = 1")), (vec![true], vec![]));
        assert_eq!(cents("const { id, totalCents } = x"), [true]);
    }

    #[test]
    fn a_name_is_somewhere_however_it_is_spelt() {
        let names = Names::new(&["total_cents", "note"]);
        let told = |bytes: &[u8]| names.told(bytes).map(|told| told.iter().map(|one| one.name).collect::<Vec<_>>());
        for text in ["order.getTotalCents()", "TOTAL_CENTS", "{{ order.total-cents }}", "x[\"totalcents\"]"] {
            assert_eq!(told(text.as_bytes()), Some(vec![0]), "{text}");
        }
        assert_eq!(told(b"keynote of total cents"), Some(vec![1]));
        assert_eq!(told(b"PNG\0 note"), Some(vec![]));
        assert_eq!(told(&[0xff, 0xfe, b'n', 0]), None);
    }
}
