//! Where parts are used: spread from the operations along what they contain and refer to.

use super::table::{Table, Type, TypeId};
use super::{NONE, Walk};

/// Where something is used, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::model::api) struct Uses(u16);

impl Uses {
    /// Some reference leads there, wherever it stands, save from inside the thing itself.
    pub(in crate::model::api) const REFERRED: Uses = Uses(1);
    /// Clients send it.
    pub(in crate::model::api) const REQUEST: Uses = Uses(2);
    /// The service sends it.
    pub(in crate::model::api) const RESPONSE: Uses = Uses(4);
    /// It is (part of) a parameter.
    pub(in crate::model::api) const PARAMETER: Uses = Uses(8);
    /// It is (part of) a header of a response.
    pub(in crate::model::api) const HEADER: Uses = Uses(16);
    /// It is part of an operation that clients call.
    const SERVED: Uses = Uses(32);
    /// It is part of a webhook or a callback.
    const OUTGOING: Uses = Uses(64);

    /// Whether all these bits are set.
    pub(in crate::model::api) fn has(self, other: Uses) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether it is part of any operation.
    pub(in crate::model::api) fn is_reached(self) -> bool {
        self.0 & (Uses::SERVED.0 | Uses::OUTGOING.0) != 0
    }

    fn with(self, other: Uses) -> Uses {
        Uses(self.0 | other.0)
    }

    fn without(self, other: Uses) -> Uses {
        Uses(self.0 & !other.0)
    }
}

/// What entering a part of a kind means for the uses that come from around it.
fn entering(name: &str, around: Uses) -> Uses {
    let (sent, answered) = match (around.has(Uses::SERVED), around.has(Uses::OUTGOING)) {
        (true, true) => (Uses::REQUEST.with(Uses::RESPONSE), Uses::REQUEST.with(Uses::RESPONSE)),
        (false, true) => (Uses::RESPONSE, Uses::REQUEST),
        _ => (Uses::REQUEST, Uses::RESPONSE),
    };
    match name {
        "request-body" => around.with(sent),
        "response" => around.with(answered),
        "parameter" => around.with(sent).with(Uses::PARAMETER),
        "header" => around.with(Uses::HEADER),
        _ => around,
    }
}

/// Parts by the part that leads to them: what it contains, and what it refers to.
struct Neighbours {
    starts: Vec<u32>,
    parts: Vec<u32>,
}

impl Neighbours {
    fn new(walk: &Walk) -> Neighbours {
        let inner = (0..).zip(&walk.parts).map(|(at, part): (u32, _)| (part.parent, at)).filter(|(parent, _)| *parent != NONE);
        let pairs = || inner.clone().chain(walk.edges.iter().copied());
        // Counted, then put into their places: nothing is compared.
        let mut starts = vec![0_u32; walk.parts.len() + 1];
        for (from, _) in pairs() {
            starts.get_mut(from as usize + 1).into_iter().for_each(|count| *count += 1);
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut parts = vec![NONE; sum as usize];
        for (from, to) in pairs() {
            if let Some(at) = next.get_mut(from as usize)
                && let Some(place) = parts.get_mut(*at as usize)
            {
                *place = to;
                *at += 1;
            }
        }
        Neighbours { starts, parts }
    }

    fn of(&self, at: u32) -> &[u32] {
        let bound = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        self.parts.get(bound(at as usize)..bound(at as usize + 1)).unwrap_or(&[])
    }
}

/// How far up the parts around a reference are looked at; nothing is nested deeper.
const DEEPEST: usize = 1024;

/// Whether the first part lies within the second.
fn is_within(walk: &Walk, inner: u32, outer: u32) -> bool {
    let up = |at: &u32| walk.part(*at).map(|part| part.parent).filter(|parent| *parent != NONE);
    std::iter::successors(Some(inner), up).take(DEEPEST).any(|at| at == outer)
}

/// Where each part is used.
pub(super) fn spread(walk: &Walk, table: &Table) -> Vec<Uses> {
    let name = |value: TypeId| match table.get(value) {
        Type::Object(at) => table.objects.get(*at as usize).map_or("", |object| object.name.as_str()),
        _ => "",
    };
    // `callbacks`: a map of names to maps of addresses to path items.
    let is_callbacks = |value: TypeId| match table.get(value) {
        Type::Map(inner) => matches!(table.get(*inner), Type::Map(_)),
        _ => false,
    };
    let mut uses = vec![Uses::default(); walk.parts.len()];
    for (from, to) in &walk.edges {
        if let Some(uses) = uses.get_mut(*to as usize).filter(|_| !is_within(walk, *from, *to)) {
            *uses = uses.with(Uses::REFERRED);
        }
    }
    let next = Neighbours::new(walk);
    let outgoing = |is_outgoing: bool| if is_outgoing { Uses::OUTGOING } else { Uses::SERVED };
    let mut queue: Vec<(u32, Uses)> = walk.tops.iter().map(|(at, is_outgoing)| (*at, outgoing(*is_outgoing))).collect();
    while let Some((at, around)) = queue.pop() {
        let (Some(part), Some(known)) = (walk.part(at), uses.get_mut(at as usize)) else { continue };
        // What a callback sends and answers is no part of what the operation around it does.
        let entered = if is_callbacks(part.value) { Uses::OUTGOING } else { entering(name(part.value), around) };
        if known.has(entered) {
            continue;
        }
        *known = known.with(entered);
        let through = if is_callbacks(part.value) { Uses::OUTGOING } else { known.without(Uses::REFERRED) };
        queue.extend(next.of(at).iter().map(|inner| (*inner, through)));
    }
    uses
}
