//! Differences between dialects, put together as one decides about them: all of a table, or one habit in many tables.

use super::reasons::Reason;
use super::{Drift, Schema};
use crate::model::schema::view::TableRef;
use crate::source::{Sources, Span};

/// A difference, how it came about, and where else it is to be seen.
#[derive(Debug, Clone)]
pub struct Divergence<'m> {
    /// What differs.
    pub drift: Drift<'m>,
    /// How it came about, where that is known.
    pub reason: Option<Reason<'m>>,
    /// The same table in further dialects that stand apart in the same way, with the place there.
    pub repeats: Vec<(TableRef<'m>, Span)>,
}

/// Differences that are one thing to decide; never empty.
#[derive(Debug, Clone)]
pub enum Together<'m> {
    /// The same mistake in several tables.
    Habit(Vec<Divergence<'m>>),
    /// All of one table between two dialects.
    Table(Vec<Divergence<'m>>),
}

impl<'m> Drift<'m> {
    /// The two dialects, in whichever order they were compared.
    pub fn dialects(&self) -> [&'m str; 2] {
        let mut pair = [self.table.spoken_dialect(), self.other.spoken_dialect()];
        pair.sort_unstable();
        pair
    }
}

impl<'m> Divergence<'m> {
    fn is_of_one_table(&self, other: &Divergence) -> bool {
        self.drift.table.logical() == other.drift.table.logical()
    }

    fn is_repeat(&self, drift: &Drift) -> bool {
        let own = &self.drift;
        own.what == drift.what && own.column == drift.column && own.table.logical() == drift.table.logical()
    }

    fn is_habit_with(&self, other: &Divergence) -> bool {
        let alike = self.reason.zip(other.reason).is_some_and(|(a, b)| a.is_like(&b));
        alike && self.drift.dialects() == other.drift.dialects() && self.drift.table.family() == other.drift.table.family()
    }
}

impl Schema {
    /// Every difference between tables that are one and the same for several dialects, put together.
    pub fn dialect_drifts_together(&self, sources: &Sources) -> Vec<Together<'_>> {
        // What stands apart in several dialects in the same way is one thing to decide.
        let mut found: Vec<Divergence> = Vec::new();
        for drift in self.dialect_drifts() {
            match found.iter_mut().find(|one| one.is_repeat(&drift)) {
                Some(first) if first.drift.here == drift.here => {}
                Some(first) => first.repeats.push((drift.table, drift.here)),
                None => found.push(Divergence { reason: drift.reason(sources), drift, repeats: Vec::new() }),
            }
        }
        let is_habit = |one: &Divergence| found.iter().any(|other| one.is_habit_with(other) && !one.is_of_one_table(other));
        let (habits, rest): (Vec<Divergence>, Vec<Divergence>) = found.iter().cloned().partition(is_habit);
        let habits = grouped(habits, Divergence::is_habit_with).into_iter().map(Together::Habit);
        let of_one = |a: &Divergence, b: &Divergence| a.is_of_one_table(b) && a.drift.dialects() == b.drift.dialects();
        habits.chain(grouped(rest, of_one).into_iter().map(Together::Table)).collect()
    }
}

fn grouped<'m>(all: Vec<Divergence<'m>>, same: impl Fn(&Divergence<'m>, &Divergence<'m>) -> bool) -> Vec<Vec<Divergence<'m>>> {
    let mut groups: Vec<Vec<Divergence>> = Vec::new();
    for one in all {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| same(first, &one))) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}
