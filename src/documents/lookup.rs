//! What a map has under a key: merge keys and repeated keys counted as YAML does.

use super::node::{Flags, Print};
use super::tree::{Kind, NodeId, NodeRef, Style};

impl<'t> NodeRef<'t> {
    /// The entry of a map under a key: the last one written wins, then merge keys (`<<`) in order.
    #[inline(always)]
    pub fn entry(self, key: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        let print = Print::of(key);
        // Most questions are answered here, where a fixed key is one mask: no.
        if self.resolved().raw().may_find(print) { self.entry_within(key, print, &mut 256) } else { None }
    }

    fn entry_within(self, key: &str, print: Print, budget: &mut u32) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        if let Some((_, own)) = self.own_entry(key, print) {
            return Some(own);
        }
        for base in self.bases() {
            *budget = budget.checked_sub(1)?;
            if let Some(found) = base.entry_within(key, print, budget) {
                return Some(found);
            }
        }
        None
    }

    /// The last entry that is written in this map itself under a key, with its place among the entries.
    fn own_entry(self, key: &str, print: Print) -> Option<(usize, (NodeRef<'t>, NodeRef<'t>))> {
        let raw = self.resolved().raw();
        if !raw.may_have(print) {
            return None;
        }
        let pairs = self.children_of(raw).as_chunks::<2>().0;
        if !raw.has(Flags::SORTED) {
            let named = |(at, pair): (usize, &[NodeId; 2])| {
                let name = self.tree().node(pair[0]);
                let says = name.raw().may_print(print) && name.says_printed(key, print);
                says.then(|| (at, (name, self.tree().node(pair[1]))))
            };
            let mut pairs = pairs.iter().enumerate();
            // What is asked for most is written first.
            return if raw.has(Flags::REPEATS) { pairs.rev().find_map(named) } else { pairs.find_map(named) };
        }
        let order = (raw.first + raw.count) as usize;
        let order = self.tree().children.get(order..order + pairs.len())?;
        // By its place: to walk there makes the search as long as the map.
        let pair = |at: &NodeId| pairs.get(at.0 as usize);
        let name = |at: &NodeId| self.tree().node(pair(at)?[0]).text();
        let after = order.partition_point(|at| name(at) <= Some(key));
        let at = order.get(after.checked_sub(1)?)?;
        let (name, value) = pair(at).map(|pair| (self.tree().node(pair[0]), self.tree().node(pair[1])))?;
        (name.text() == Some(key)).then_some((at.0 as usize, (name, value)))
    }

    /// Whether this node, as a key, merges other maps into its own.
    pub(super) fn is_merge_key(self) -> bool {
        self.style() == Style::Plain && self.says("<<")
    }

    /// The maps that this one takes entries from, the strongest first.
    fn bases(self) -> impl Iterator<Item = NodeRef<'t>> {
        let entries = self.resolved().raw().merges().then(|| self.entries()).into_iter().flatten();
        let values = entries.filter(|(key, _)| key.is_merge_key()).map(|(_, value)| value);
        values.flat_map(|value| value.items().chain((!value.is_list()).then_some(value)))
    }

    /// The entry of a map under a key, looked for first at a place among the entries and at the few behind it. The place is then the one
    /// after it: many keys are asked for in the order in which they are written.
    pub fn entry_from(self, place: &mut usize, key: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        /// So many entries may be left out between two that are asked for.
        const NEAR: usize = 4;
        let raw = self.resolved().raw();
        if raw.kind() != Kind::Map || raw.has(Flags::REPEATS) {
            return self.entry(key);
        }
        let print = Print::of(key);
        let near = self.children_of(raw).as_chunks::<2>().0.iter().enumerate().skip(*place).take(NEAR);
        let mut named = near.filter(|(_, pair)| self.tree().node(pair[0]).says_printed(key, print));
        if let Some((at, pair)) = named.next() {
            *place = at + 1;
            return Some((self.tree().node(pair[0]), self.tree().node(pair[1])));
        }
        if let Some((at, found)) = self.own_entry(key, print) {
            *place = at + 1;
            return Some(found);
        }
        if raw.merges() { self.entry(key) } else { None }
    }

    /// The value of a map under a key.
    #[inline(always)]
    pub fn get(self, key: &str) -> Option<NodeRef<'t>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The text of the scalar under a key.
    pub fn get_text(self, key: &str) -> Option<&'t str> {
        self.get(key).and_then(NodeRef::text)
    }

    /// All entries with merge keys resolved: own entries first, each key once (the last one written), `<<` itself left out.
    pub fn merged_entries(self) -> Vec<(NodeRef<'t>, NodeRef<'t>)> {
        let raw = self.resolved().raw();
        if raw.kind() != Kind::Map || !(raw.merges() || raw.has(Flags::REPEATS)) {
            return self.entries().collect();
        }
        let mut seen = std::collections::HashSet::new();
        let mut found = Vec::new();
        self.collect_entries(&mut seen, &mut found, &mut 256);
        found
    }

    fn collect_entries(
        self,
        seen: &mut std::collections::HashSet<&'t str>,
        found: &mut Vec<(NodeRef<'t>, NodeRef<'t>)>,
        budget: &mut u32,
    ) {
        let start = found.len();
        for (key, value) in self.entries().rev().filter(|(key, _)| !key.is_merge_key()) {
            // A key that is a collection has no text and equals no other.
            if key.text().is_none_or(|text| seen.insert(text)) {
                found.push((key, value));
            }
        }
        found[start..].reverse();
        for base in self.bases() {
            let Some(left) = budget.checked_sub(1) else { return };
            *budget = left;
            base.collect_entries(seen, found, budget);
        }
    }
}
