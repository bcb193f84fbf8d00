//! A path that goes through more than three things before it comes to its own.

use crate::diagnostic::Diagnostic;
use crate::model::api::Piece;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A path that goes through more than three things before it comes to its own.
pub(super) const RULE: Rule = rule!("paths/deep-nesting", check);

/// How many things may stand above the one that a path is about.
const MOST_ABOVE: usize = 3;

/// How many things a path goes through: parameters that a word follows.
fn above(segments: &[Vec<Piece>]) -> usize {
    let is_parameter = |segment: &Vec<Piece>| segment.iter().any(|piece| matches!(piece, Piece::Parameter(_)));
    segments.windows(2).filter(|pair| matches!(pair, [one, two] if is_parameter(one) && !is_parameter(two))).count()
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (document, items) in context.head.api.own_paths() {
        let mut places = Vec::new();
        for item in items {
            context.consider();
            if above(&item.template().segments) > MOST_ABOVE {
                places.push(Place::new(item.span(), item.text()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` goes through more than {MOST_ABOVE} things", place.subject))
                .at(place.span, "callers must know every thing above it to name this one")
                .help("give the innermost thing a path of its own: `/streets/{street_id}`")
                .evidence("deep nesting")
        };
        let many = |all| format!("{all} paths go through more than {MOST_ABOVE} things, like `/a/{{}}/b/{{}}/c/{{}}/d/{{}}/e`");
        found.extend(said_once(document, places, one, many));
    }
    found
}
