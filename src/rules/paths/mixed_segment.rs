//! A segment that is a parameter and something else.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::Piece;
use crate::rules::habit::{Place, said_once};
use crate::rules::{Context, Rule, rule};

/// A segment that is a parameter and something else.
pub(super) const RULE: Rule = rule!("paths/mixed-segment", check);

/// Whether a segment has a parameter and more, other than the name of a format or of an action behind it.
fn is_mixed(segment: &[Piece]) -> bool {
    match segment {
        [Piece::Parameter(_), Piece::Text(text)] => !text.starts_with(['.', ':']),
        // `/reports/{id}.{format}`
        [Piece::Parameter(_), Piece::Text("."), Piece::Parameter(_)] => false,
        // `/thumbnail.{extension}`
        [Piece::Text(text), Piece::Parameter(_)] => !text.ends_with('.'),
        pieces => pieces.len() > 1,
    }
}

/// Whether two parameters touch, so that nothing says where the first one ends.
fn touches(segment: &[Piece]) -> bool {
    segment.windows(2).any(|pair| matches!(pair, [Piece::Parameter(_), Piece::Parameter(_)]))
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (document, items) in context.head.api.own_paths() {
        let mut places = Vec::new();
        for item in items {
            context.consider();
            let segments = item.template().segments;
            if segments.iter().any(|segment| touches(segment)) {
                found.push(touching(&Place::new(item.span(), item.text())));
            } else if segments.iter().any(|segment| is_mixed(segment)) {
                places.push(Place::new(item.span(), item.text()));
            }
        }
        let one = |place: &Place| {
            Diagnostic::new(&place.subject, format!("`{}` mixes a parameter with other text in one segment", place.subject))
                .at(place.span, "many routers match whole segments only")
                .help("give the parameter a segment of its own, or let the text be a part of its value")
                .evidence("mixed segment")
                .at_most(Severity::Info, "routers that can do it exist")
        };
        let many = |all| format!("{all} paths mix a parameter with other text in one segment, like `/x_{{id}}`");
        found.extend(said_once(document, places, one, many));
    }
    found
}

fn touching(place: &Place) -> Diagnostic {
    Diagnostic::new(&place.subject, format!("two parameters of `{}` touch", place.subject))
        .at(place.span, "nothing says where the first one ends")
        .help("put a slash between them: `/{customer_id}/{order_id}`")
        .evidence("touching parameters")
}
