//! How names are written: the house style of a document, and the names that depart from it.

use super::Set;
use super::document::DocumentRef;
use super::operation::OperationRef;
use super::parameter::Location;
use super::path::PathRef;
use crate::source::{Span, Spanned};
use std::collections::BTreeMap;

/// How the words of a name are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Casing {
    /// `order-lines`.
    Kebab,
    /// `order_lines`.
    Snake,
    /// `orderLines`.
    Camel,
    /// `OrderLines`.
    Pascal,
    /// Anything else: `Order-Lines`, `order_Lines`, `ORDER_LINES`.
    Other,
}

impl Casing {
    /// Those that can be asked for.
    pub const ASKED: [Casing; 4] = [Casing::Kebab, Casing::Snake, Casing::Camel, Casing::Pascal];

    /// Of a name of several words; `None` for one word, which fits all styles, and for names that are no words.
    pub fn of(name: &str) -> Option<Casing> {
        let dashes = name.contains('-');
        let lines = name.trim_start_matches('_').contains('_');
        let upper = name.chars().any(char::is_uppercase);
        let lower = name.chars().any(char::is_lowercase);
        let first = name.chars().next().is_some_and(char::is_uppercase);
        let known = name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        if !known || name.starts_with(['_', '-']) || name.chars().all(|c| !c.is_alphabetic()) {
            return None;
        }
        match (dashes, lines, upper, lower) {
            (false, false, false, _) | (false, false, true, false) => None,
            (true, false, false, _) => Some(Casing::Kebab),
            (false, true, false, _) => Some(Casing::Snake),
            (false, false, true, true) if first => Some(Casing::Pascal),
            (false, false, true, true) => Some(Casing::Camel),
            _ => Some(Casing::Other),
        }
    }

    /// How it is called, by an example of itself.
    pub fn name(self) -> &'static str {
        match self {
            Casing::Kebab => "kebab-case",
            Casing::Snake => "snake_case",
            Casing::Camel => "camelCase",
            Casing::Pascal => "PascalCase",
            Casing::Other => "mixed",
        }
    }
}

/// The style that nearly all names of several words have at one kind of place, and the names that have another.
#[derive(Debug, Clone)]
pub struct HouseCasing<'a> {
    /// The style.
    pub casing: Casing,
    /// Whether the configuration asks for it, so that nothing is counted.
    pub is_asked_for: bool,
    /// How many different names have it.
    pub count: usize,
    /// How many different names of several words there are.
    pub all: usize,
    /// The others, each once, where it is first written.
    pub departures: Vec<Spanned<&'a str>>,
}

/// How many names of several words make a style, and how many of a hundred of them have to have it.
const FEWEST: usize = 10;
const NEARLY_ALL: usize = 85;

/// The style of names: the one that is asked for, else that of nearly all; `None` where there are too few, or it has none.
fn house<'a>(names: impl Iterator<Item = Spanned<&'a str>>, asked: Option<Casing>) -> Option<HouseCasing<'a>> {
    let mut seen: Set<&str> = Set::default();
    let styled: Vec<(Casing, Spanned<&str>)> =
        names.filter(|name| seen.insert(name.value)).filter_map(|name| Some((Casing::of(name.value)?, name))).collect();
    let mut counts: BTreeMap<Casing, usize> = BTreeMap::new();
    styled.iter().for_each(|(casing, _)| *counts.entry(*casing).or_default() += 1);
    let usual = || {
        let (casing, count) = counts.iter().max_by_key(|(_, count)| **count)?;
        let is_style = *casing != Casing::Other && *count >= FEWEST && count * 100 >= styled.len() * NEARLY_ALL;
        is_style.then_some(*casing)
    };
    let casing = asked.or_else(usual)?;
    let count = counts.get(&casing).copied().unwrap_or(0);
    let all = styled.len();
    let departures = styled.into_iter().filter(|(other, _)| *other != casing).map(|(_, name)| name).collect();
    Some(HouseCasing { casing, is_asked_for: asked.is_some(), count, all, departures })
}

/// The styles of different names of several words.
pub(super) fn styles<'a>(names: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    let mut seen: Set<&str> = Set::default();
    names.filter(move |name| seen.insert(name)).filter_map(Casing::of).map(|casing| casing.name().to_owned())
}

impl<'a> PathRef<'a> {
    /// The words of the path that are written out, each with the place of the path; versions and names of files left out.
    pub fn words(self) -> Vec<Spanned<&'a str>> {
        let span: Span = self.span();
        let literals: Vec<&str> = self.template().literals().collect();
        literals.into_iter().map(|name| name.split(':').next().unwrap_or(name)).map(|name| Spanned::new(name, span)).collect()
    }
}

impl<'a> DocumentRef<'a> {
    /// The style of the words in its paths.
    pub fn path_casing(self) -> Option<HouseCasing<'a>> {
        house(self.paths().into_iter().flat_map(PathRef::words), self.standards().casing(|asked| asked.paths))
    }

    /// The style of its properties.
    pub fn property_casing(self) -> Option<HouseCasing<'a>> {
        house(self.property_names(), self.standards().casing(|asked| asked.properties))
    }

    /// The style of its query parameters.
    pub fn query_casing(self) -> Option<HouseCasing<'a>> {
        let parameters = self.own_operations().flat_map(OperationRef::parameters);
        let queries = parameters.filter(|one| one.location() == Location::Query);
        house(queries.map(|one| Spanned::new(one.name(), one.span())), self.standards().casing(|asked| asked.parameters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_told_apart() {
        let of = Casing::of;
        assert_eq!((of("order-lines"), of("order_lines")), (Some(Casing::Kebab), Some(Casing::Snake)));
        assert_eq!((of("orderLines"), of("OrderLines")), (Some(Casing::Camel), Some(Casing::Pascal)));
        assert_eq!((of("orders"), of("URL"), of("_links"), of("page[size]"), of("2024")), (None, None, None, None, None));
        assert_eq!((of("Order-Lines"), of("ORDER_LINES")), (Some(Casing::Other), Some(Casing::Other)));
    }
}
