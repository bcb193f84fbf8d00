//! Where texts are kept. Nearly all keys of a large file and many of its values were read before: the first of them speaks for all, so
//! that what is looked at again and again lies close together, and not all over the file.

use super::node::Print;
use std::ops::Range;

/// Longer texts are kept where they are.
const LONGEST: usize = 64;
/// How many places there are to remember texts: one for so many bytes of the file, within bounds.
const BYTES_A_PLACE: usize = 512;
const FEWEST: usize = 16;
const MOST: usize = 1 << 14;

/// Short texts of a file, by their prints. A text is forgotten when another one takes its place: some are kept twice.
#[derive(Debug)]
pub(super) struct Texts {
    /// For each where it begins, and how long it is.
    places: Vec<(u32, u32)>,
}

impl Texts {
    /// None yet, for a file of so many bytes.
    pub(super) fn new(bytes: usize) -> Texts {
        Texts { places: vec![(0, 0); (bytes / BYTES_A_PLACE).clamp(FEWEST, MOST).next_power_of_two()] }
    }

    /// Where a text of the file begins that says what the text at a place says: an earlier one, or itself.
    pub(super) fn first(&mut self, file: &[u8], own: Range<usize>, print: Print) -> u32 {
        let begins = own.start as u32;
        let slot = print.slot(self.places.len());
        let (Some(text), Some(known)) = (file.get(own), self.places.get_mut(slot)) else { return begins };
        if text.len() > LONGEST {
            return begins;
        }
        if file.get(known.0 as usize..(known.0 + known.1) as usize) != Some(text) {
            *known = (begins, text.len() as u32);
        }
        known.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents;
    use crate::source::SourceId;

    #[test]
    fn a_text_that_was_read_before_is_kept_once() {
        let file = b"name, name, nome, name";
        let mut texts = Texts::new(file.len());
        let mut first = |own: Range<usize>| {
            let print = Print::of_bytes(&file[own.clone()]);
            texts.first(file, own, print)
        };
        assert_eq!((first(0..4), first(6..10), first(12..16), first(18..22)), (0, 0, 12, 0));
        let long = "x".repeat(2 * LONGEST);
        let text = format!("{long}{long}");
        let mut texts = Texts::new(text.len());
        let print = Print::of(&long);
        assert_eq!(texts.first(text.as_bytes(), 0..long.len(), print), 0);
        assert_eq!(texts.first(text.as_bytes(), long.len()..text.len(), print), long.len() as u32);
    }

    #[test]
    fn places_stay_where_things_are_written() {
        for (path, text) in [("a.json", "{\"a\": \"b\", \"b\": [\"a\", \"\", \"\"]}"), ("a.yaml", "a: b\nb: [a, '', \"\"]\n")] {
            let tree = documents::parse(path, SourceId(0), text.into());
            for node in tree.nodes().filter(|node| node.is_scalar()) {
                let written = text[node.span().range()].trim_matches(['"', '\'']);
                assert_eq!(node.text(), Some(written), "{path} at {:?}", node.span());
            }
            let places: Vec<_> = tree.nodes().filter_map(|node| Some((node.text_place()?, node.text()?))).collect();
            assert!(places.iter().all(|(one, text)| places.iter().all(|(other, said)| one != other || text == said)));
        }
    }
}
