//! Parts from which references lead round in a circle.

use super::{NONE, Walk};

impl Walk {
    /// For each part whether it, or what it holds, refers to something that can lead round in a circle of references. What holds a
    /// reference leads where that leads. In time linear in the parts; references behind YAML aliases are not seen.
    pub(in super::super) fn leading_round(&self) -> Vec<bool> {
        let mut is_target = vec![false; self.parts.len()];
        for (_, to) in &self.edges {
            if let Some(target) = is_target.get_mut(*to as usize) {
                *target = true;
            }
        }
        let arcs = self.arcs(&is_target);
        // Targets that lead nowhere are taken away until all that are left lead on.
        let mut ways_on = vec![0_u32; self.parts.len()];
        for (_, from) in &arcs {
            if let Some(count) = ways_on.get_mut(*from as usize) {
                *count += 1;
            }
        }
        let targets = (0..).zip(&is_target).filter(|(_, is)| **is).map(|(at, _): (u32, _)| at);
        let mut ends: Vec<u32> = targets.filter(|at| ways_on.get(*at as usize) == Some(&0)).collect();
        while let Some(end) = ends.pop() {
            let start = arcs.partition_point(|(to, _)| *to < end);
            for (_, from) in arcs.iter().skip(start).take_while(|(to, _)| *to == end) {
                let Some(count) = ways_on.get_mut(*from as usize) else { continue };
                *count -= 1;
                if *count == 0 {
                    ends.push(*from);
                }
            }
        }
        self.holding(|at| ways_on.get(at as usize).is_some_and(|count| *count > 0))
    }

    /// From each target to those that it refers to or holds, by the latter: `(to, from)`.
    fn arcs(&self, is_target: &[bool]) -> Vec<(u32, u32)> {
        // The target that a part lies in; what holds it comes before it, or came by later.
        let mut home: Vec<u32> = Vec::with_capacity(self.parts.len());
        let mut arcs = Vec::with_capacity(self.edges.len());
        for (at, (part, is_target)) in (0..).zip(self.parts.iter().zip(is_target)) {
            let around = home.get(part.parent as usize).copied().unwrap_or(NONE);
            if *is_target && around != NONE {
                arcs.push((at, around));
            }
            home.push(if *is_target { at } else { around });
        }
        let lying_in = |from: &u32| home.get(*from as usize).copied().filter(|home| *home != NONE);
        arcs.extend(self.edges.iter().chain(&self.held).filter_map(|(from, to)| Some((*to, lying_in(from)?))));
        arcs.sort_unstable();
        arcs
    }

    /// For each part whether it is one of these targets, refers to one, or holds what does.
    fn holding(&self, is_one: impl Fn(u32) -> bool) -> Vec<bool> {
        let mut holds: Vec<bool> = (0..self.parts.len() as u32).map(&is_one).collect();
        for (from, _) in self.edges.iter().chain(&self.held).filter(|(_, to)| is_one(*to)) {
            if let Some(holds) = holds.get_mut(*from as usize) {
                *holds = true;
            }
        }
        for at in (0..self.parts.len()).rev() {
            let parent = self.parts.get(at).map_or(NONE, |part| part.parent);
            if holds.get(at) == Some(&true)
                && let Some(around) = holds.get_mut(parent as usize)
            {
                *around = true;
            }
        }
        holds
    }
}
