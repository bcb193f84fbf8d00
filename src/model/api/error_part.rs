//! Parts of a document that may well have errors of their own: another server, other security schemes, another version.

use super::error::{ErrorBody, Shape};
use super::operation::OperationRef;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many of the error bodies in each part of a document have the usual shape.
#[derive(Debug, Clone, Default)]
pub(super) struct ErrorParts {
    /// By kind of part and its name: how many have the shape, of how many.
    counts: BTreeMap<(usize, String), (usize, usize)>,
}

impl ErrorParts {
    pub(super) fn new(shaped: &[(Arc<Shape>, ErrorBody)], usual: &Arc<Shape>) -> ErrorParts {
        let mut parts = ErrorParts::default();
        for of_operation in shaped.chunk_by(|(_, one), (_, other)| one.response.operation() == other.response.operation()) {
            let Some((_, first)) = of_operation.first() else { continue };
            let alike = of_operation.iter().filter(|(shape, _)| shape == usual).count();
            for part in parts_of(first.response.operation()) {
                let count = parts.counts.entry(part).or_default();
                count.0 += alike;
                count.1 += of_operation.len();
            }
        }
        parts
    }

    /// Whether the usual shape is usual in every part that a body belongs to, as far as that is not the greatest of its kind.
    pub(super) fn speak_for(&self, body: &ErrorBody) -> bool {
        parts_of(body.response.operation()).into_iter().all(|part| {
            let (alike, all) = self.counts.get(&part).copied().unwrap_or_default();
            let greatest = self.counts.iter().filter(|((kind, _), _)| *kind == part.0).map(|(_, (_, all))| *all).max();
            greatest == Some(all) || (all >= 5 && alike * 10 >= all * 9)
        })
    }
}

/// The parts that an operation belongs to: its servers, its security schemes, its version. Without schemes it is open to all,
/// which makes no part.
fn parts_of(operation: OperationRef) -> Vec<(usize, String)> {
    let mut parts = vec![(0, operation.servers().join(" "))];
    let schemes: BTreeSet<&str> = operation.security_schemes().into_iter().collect();
    if !schemes.is_empty() {
        parts.push((1, schemes.into_iter().collect::<Vec<_>>().join(" ")));
    }
    parts.push((2, operation.path_version().unwrap_or(0).to_string()));
    parts
}
