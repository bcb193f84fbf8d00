//! Which documents are made of which files.

use super::document::DocumentRef;
use super::{Api, Map, Set};
use crate::source::SourceId;

impl Api {
    /// The paths of the entry documents of which some file is wanted: their own, or one that references lead to, however far away.
    pub fn documents_over(&self, mut is_wanted: impl FnMut(SourceId) -> bool) -> Vec<&str> {
        let wanted: Set<SourceId> = self.sources().filter(|source| is_wanted(*source)).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut leading: Map<SourceId, Set<SourceId>> = Map::default();
        for (from, targets) in &self.texts {
            leading.entry(*from).or_default().extend(targets.values().flatten().map(|target| target.pin.source));
        }
        let is_over = |document: &DocumentRef| {
            let mut seen: Set<SourceId> = document.root().map(|root| root.pin().source).into_iter().collect();
            let mut left: Vec<SourceId> = seen.iter().copied().collect();
            while let Some(source) = left.pop() {
                if wanted.contains(&source) {
                    return true;
                }
                left.extend(leading.get(&source).into_iter().flatten().filter(|next| seen.insert(**next)));
            }
            false
        };
        self.documents().filter(is_over).map(DocumentRef::path).collect()
    }
}
