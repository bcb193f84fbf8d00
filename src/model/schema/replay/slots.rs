//! Ways from names to the slots of tables that do not hold the names: of a large catalog they would be half.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Slots by folded name, in the order in which they came.
#[derive(Clone, Default)]
pub(super) struct Slots {
    few: HashMap<u64, Few>,
    /// The slots of names that have, or have had, more than one.
    more: Vec<Vec<u32>>,
}

/// Nearly every name has one slot. Small, since a large catalog has a hundred thousand names.
#[derive(Clone, Copy)]
enum Few {
    One(u32),
    /// Where they stand in [`Slots::more`].
    More(u32),
}

/// Stands for a name: 64 bits that are the same in every run. Two of a million names share them once in tens of millions of catalogs.
fn stand_in(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// A position in 32 bits: a list of more would not fit the spans of its file.
fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Slots {
    /// The slots of a name; none where it has none.
    pub fn get<'s>(&'s self, name: &str) -> impl DoubleEndedIterator<Item = usize> + use<'s> {
        let slots: &[u32] = match self.few.get(&stand_in(name)) {
            Some(Few::One(slot)) => std::slice::from_ref(slot),
            Some(Few::More(at)) => self.more.get(*at as usize).map_or(&[], Vec::as_slice),
            None => &[],
        };
        slots.iter().map(|slot| *slot as usize)
    }

    /// Gives a name one more slot.
    pub fn push(&mut self, name: &str, slot: usize) {
        let slot = short(slot);
        match self.few.entry(stand_in(name)) {
            Entry::Vacant(place) => {
                place.insert(Few::One(slot));
            }
            Entry::Occupied(mut place) => match *place.get() {
                Few::More(at) => self.more.get_mut(at as usize).into_iter().for_each(|slots| slots.push(slot)),
                Few::One(first) => {
                    place.insert(Few::More(short(self.more.len())));
                    self.more.push(vec![first, slot]);
                }
            },
        }
    }

    /// Gives a name one more slot, where that is not its last one already.
    pub fn note(&mut self, name: &str, slot: usize) {
        if self.get(name).next_back() != Some(slot) {
            self.push(name, slot);
        }
    }

    /// Takes a slot from a name.
    pub fn remove(&mut self, name: &str, slot: usize) {
        let (name, slot) = (stand_in(name), short(slot));
        match self.few.get(&name).copied() {
            Some(Few::More(at)) => self.more.get_mut(at as usize).into_iter().for_each(|slots| slots.retain(|one| *one != slot)),
            Some(Few::One(one)) if one == slot => {
                self.few.remove(&name);
            }
            _ => {}
        }
    }
}
