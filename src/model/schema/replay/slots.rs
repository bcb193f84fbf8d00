//! Ways from names to the slots of tables that do not hold the names: of a large catalog they would be half.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Slots by folded name, in the order in which they came.
#[derive(Clone, Default)]
pub(super) struct Slots(HashMap<u64, Few>);

/// Nearly every name has one slot.
#[derive(Clone)]
enum Few {
    One(usize),
    // Behind a pointer, so that the others stay small.
    #[allow(clippy::box_collection)]
    More(Box<Vec<usize>>),
}

impl Few {
    fn all(&self) -> &[usize] {
        match self {
            Few::One(slot) => std::slice::from_ref(slot),
            Few::More(slots) => slots,
        }
    }
}

/// Stands for a name: 64 bits that are the same in every run. Two of a million names share them once in tens of millions of catalogs.
fn stand_in(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl Slots {
    /// The slots of a name; none where it has none.
    pub fn get(&self, name: &str) -> &[usize] {
        self.0.get(&stand_in(name)).map_or(&[], Few::all)
    }

    /// Gives a name one more slot.
    pub fn push(&mut self, name: &str, slot: usize) {
        match self.0.entry(stand_in(name)) {
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(Few::One(slot));
            }
            std::collections::hash_map::Entry::Occupied(mut place) => match place.get_mut() {
                Few::More(slots) => slots.push(slot),
                Few::One(first) => {
                    let first = *first;
                    place.insert(Few::More(Box::new(vec![first, slot])));
                }
            },
        }
    }

    /// Gives a name one more slot, where that is not its last one already.
    pub fn note(&mut self, name: &str, slot: usize) {
        if self.get(name).last() != Some(&slot) {
            self.push(name, slot);
        }
    }

    /// Takes a slot from a name.
    pub fn remove(&mut self, name: &str, slot: usize) {
        let name = stand_in(name);
        match self.0.get_mut(&name) {
            Some(Few::More(slots)) => slots.retain(|one| *one != slot),
            Some(Few::One(one)) if *one == slot => {
                self.0.remove(&name);
            }
            _ => {}
        }
    }
}
