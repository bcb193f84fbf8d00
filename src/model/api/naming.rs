//! What names say: collections, lists, operations, and parameters of paths.

use super::Set;
use super::document::DocumentRef;
use super::list::List;
use super::operation::{Method, OperationRef};
use super::path::PathRef;
use super::template::{Piece, parameter_name};
use super::words::{self, words};
use std::collections::BTreeMap;

/// A parameter that has two names in paths that begin alike.
#[derive(Debug, Clone)]
pub struct TwoNames<'a> {
    /// The beginning that the paths share, without names of parameters: `/orders/{}`.
    pub shape: String,
    /// The name that most of them have.
    pub usual: &'a str,
    /// A path that has it, the first.
    pub example: PathRef<'a>,
    /// How many have it.
    pub count: usize,
    /// The other name.
    pub name: &'a str,
    /// The paths that have that one, in order.
    pub paths: Vec<PathRef<'a>>,
}

impl<'a> PathRef<'a> {
    /// Its beginnings that end in a parameter, each without names, and the name of that parameter.
    fn beginnings(self) -> Vec<(String, &'a str)> {
        let template = self.template();
        let mut shape = String::new();
        let mut found = Vec::new();
        for segment in &template.segments {
            shape.push('/');
            for piece in segment {
                match piece {
                    Piece::Text(text) => shape.push_str(text),
                    Piece::Parameter(_) => shape.push_str("{}"),
                }
            }
            if let [Piece::Parameter(inside)] = segment.as_slice() {
                found.push((shape.clone(), parameter_name(inside)));
            }
        }
        found
    }

    /// The first word that a parameter follows, and so names a collection, and that is a singular.
    pub fn singular_collection(self) -> Option<&'a str> {
        let template = self.template();
        let mut pairs = template.segments.windows(2);
        pairs.find_map(|pair| match pair {
            [one, two] => match (one.as_slice(), two.as_slice()) {
                ([Piece::Text(text)], [Piece::Parameter(_)]) => {
                    let last = words::last_token(text);
                    let is_word = last.chars().all(char::is_alphabetic) && last.len() > 2;
                    let by = ["by", "with", "search", "latest", "self", "own"].contains(&last.as_str());
                    (is_word && !by && !words::is_plural(&last) && !last.ends_with('s')).then_some(*text)
                }
                _ => None,
            },
            _ => None,
        })
    }
}

impl<'a> DocumentRef<'a> {
    /// Parameters that paths with one beginning call by different names. Paths that are the same but for the names are left out.
    pub fn parameters_of_two_names(self) -> Vec<TwoNames<'a>> {
        let mut shapes: Set<String> = Set::default();
        let mut uses: BTreeMap<String, Vec<(&str, Vec<PathRef>)>> = BTreeMap::new();
        for path in self.paths().into_iter().filter(|path| shapes.insert(path.shape())) {
            for (shape, name) in path.beginnings() {
                let names = uses.entry(shape).or_default();
                match names.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, paths)) => paths.push(path),
                    None => names.push((name, vec![path])),
                }
            }
        }
        let mut found = Vec::new();
        for (shape, mut names) in uses.into_iter().filter(|(_, names)| names.len() > 1) {
            // The most used, and among equals the one that is written first.
            names.sort_by_key(|(_, paths)| std::cmp::Reverse(paths.len()));
            let mut names = names.into_iter();
            let Some((usual, count, example)) = names.next().and_then(|(name, paths)| Some((name, paths.len(), *paths.first()?)))
            else {
                continue;
            };
            found.extend(names.map(|(name, paths)| TwoNames { shape: shape.clone(), usual, example, count, name, paths }));
        }
        found
    }

    /// Its lists in envelopes, and whether nearly all of them are called what their path ends in.
    pub fn lists_named_after_paths(self) -> (Vec<(OperationRef<'a>, List<'a>)>, bool) {
        let lists: Vec<(OperationRef, List)> = self
            .own_operations()
            .filter_map(|operation| Some((operation, operation.list()?)))
            .filter(|(_, list)| list.property.is_some())
            .collect();
        let named = lists.iter().filter(|(operation, list)| operation.is_named_after_path(list)).count();
        (lists.clone(), named >= 5 && named * 5 >= lists.len() * 4)
    }
}

impl<'a> OperationRef<'a> {
    /// Whether the array of a list is called what the path ends in.
    pub fn is_named_after_path(self, list: &List<'a>) -> bool {
        let last = words::folded(self.last_literal().unwrap_or(""));
        let own = list.property.map(|property| words::folded(property.name)).unwrap_or_default();
        !own.is_empty() && (last.ends_with(&own) || own.ends_with(&last))
    }

    /// Whether its id, where one is due, names no action. An action on one thing, or with a name behind a colon, is named by its
    /// path; what is not there is another matter.
    pub fn id_names_no_action(self) -> bool {
        let Some(last) = self.last_literal().or_else(|| (self.method() != Method::Post).then_some("")) else { return false };
        let Some(id) = self.operation_id() else { return false };
        !last.contains(':') && !id.starts_with(':') && words::tokens(id).iter().all(|token| !words().naming.verbs.contains(token))
    }
}
