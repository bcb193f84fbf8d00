//! Paths that a request may match both of.

use super::Map;
use super::document::DocumentRef;
use super::operation::OperationRef;
use super::path::PathRef;
use super::template::{Piece, parameter_name};
use std::collections::BTreeMap;

/// Two paths of a document that one request can match, the first written first.
#[derive(Debug, Clone, Copy)]
pub struct Overlap<'a> {
    /// The path that is written first.
    pub first: PathRef<'a>,
    /// The path that is written after it.
    pub second: PathRef<'a>,
    /// A method that both have.
    pub method: &'a str,
    /// Which is written out where the other has a parameter: so the specification prefers it. `None` where each is at some place.
    pub specific: Option<Which>,
}

/// One of the paths of an [`Overlap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// [`Overlap::first`].
    First,
    /// [`Overlap::second`].
    Second,
}

/// A segment for this comparison: written out, or one parameter and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part<'a> {
    Literal(&'a str),
    Parameter(&'a str),
}

struct Candidate<'a> {
    item: PathRef<'a>,
    parts: Vec<Part<'a>>,
    operations: Vec<OperationRef<'a>>,
}

/// The longest path that is compared: a bit for each segment.
const MOST_SEGMENTS: usize = 64;

fn parts<'a>(item: PathRef<'a>) -> Option<Vec<Part<'a>>> {
    let template = item.template();
    if template.fault.is_some() || template.tail.is_some() || template.segments.len() > MOST_SEGMENTS {
        return None;
    }
    let part = |segment: &Vec<Piece<'a>>| match segment.as_slice() {
        [] => Some(Part::Literal("")),
        [Piece::Text(text)] => Some(Part::Literal(text)),
        [Piece::Parameter(inside)] => Some(Part::Parameter(parameter_name(inside))),
        // What a segment of several pieces matches is not judged.
        _ => None,
    };
    template.segments.iter().map(part).collect()
}

/// A bit for each segment that is a parameter.
fn mask(parts: &[Part]) -> u64 {
    parts.iter().enumerate().filter(|(_, part)| matches!(part, Part::Parameter(_))).fold(0, |mask, (at, _)| mask | 1 << at)
}

/// What has to be equal for two paths with these parameters to match one request: the segments that both write out.
fn key<'a>(parts: &[Part<'a>], open: u64) -> Vec<Part<'a>> {
    parts.iter().enumerate().filter(|(at, _)| open & (1 << at) == 0).map(|(_, part)| *part).collect()
}

impl<'a> DocumentRef<'a> {
    /// Pairs of its paths that one request can match, by what is known of their parameters. Paths that differ only in the names
    /// of their parameters are left out.
    pub fn overlapping_paths(self) -> Vec<Overlap<'a>> {
        // By length and by which segments are parameters.
        let mut groups: BTreeMap<(usize, u64), Vec<Candidate>> = BTreeMap::new();
        for item in self.paths() {
            let Some(parts) = parts(item) else { continue };
            let operations = item.operations();
            groups.entry((parts.len(), mask(&parts))).or_default().push(Candidate { item, parts, operations });
        }
        let mut found = Vec::new();
        for ((length, mask), group) in &groups {
            for ((_, other), others) in groups.range((*length, mask + 1)..=(*length, u64::MAX)) {
                let open = mask | other;
                let mut by_key: Map<Vec<Part>, Vec<&Candidate>> = Map::default();
                for candidate in others {
                    by_key.entry(key(&candidate.parts, open)).or_default().push(candidate);
                }
                for one in group {
                    let matches = by_key.get(&key(&one.parts, open)).into_iter().flatten();
                    found.extend(matches.filter_map(|two| overlap(one, two)));
                }
            }
        }
        found.sort_by_key(|overlap| (overlap.first.span().start, overlap.second.span().start));
        found
    }
}

fn overlap<'a>(one: &Candidate<'a>, two: &Candidate<'a>) -> Option<Overlap<'a>> {
    let (first, second) = if one.item.span().start <= two.item.span().start { (one, two) } else { (two, one) };
    let method = first.operations.iter().find_map(|operation| {
        let other = second.operations.iter().find(|other| other.method_name() == operation.method_name())?;
        let open = takes(*operation, &first.parts, &second.parts) && takes(*other, &second.parts, &first.parts);
        open.then(|| operation.method_name())
    })?;
    let (mask_one, mask_two) = (mask(&first.parts), mask(&second.parts));
    let specific = match (mask_one & !mask_two, mask_two & !mask_one) {
        (0, _) => Some(Which::First),
        (_, 0) => Some(Which::Second),
        _ => None,
    };
    Some(Overlap { first: first.item, second: second.item, method, specific })
}

/// Whether the parameters of an operation take what the other path writes out in their places.
fn takes(operation: OperationRef, own: &[Part], other: &[Part]) -> bool {
    let parameters = operation.parameters();
    own.iter().zip(other).all(|(own, other)| match (own, other) {
        (Part::Parameter(name), Part::Literal(text)) => {
            let parameter = parameters.iter().find(|parameter| parameter.name() == *name);
            parameter.is_none_or(|parameter| parameter.takes_text(text))
        }
        _ => true,
    })
}
