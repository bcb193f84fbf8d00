//! The same API written twice: a generated copy beside its source, JSON beside YAML, a bundle beside its parts.

use super::Api;
use super::document::{Document, DocumentRef, Version};
use super::operation::Method;
use std::collections::BTreeMap;

/// A document that says the same as another one and so is not judged again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Twin {
    /// The document that is left out.
    pub path: String,
    /// The one that is judged.
    pub of: String,
}

/// The title, the version, and every method with its path.
type Likeness = (String, String, Vec<(String, Method)>);

/// What makes a document the source rather than a copy, smallest first: parts before a bundle, the newer specification,
/// YAML before JSON, no folder of generated things, the shorter path.
fn rank(document: &Document) -> (std::cmp::Reverse<usize>, std::cmp::Reverse<Version>, bool, bool, usize, String) {
    let path = document.path.to_ascii_lowercase();
    let made =
        ["generated", "bundle", "dist/", "build/", "target/", "public/", "/gen/", "docs/"].iter().any(|word| path.contains(word));
    let files = std::cmp::Reverse(document.files.min(1));
    (files, std::cmp::Reverse(document.version), path.ends_with(".json"), made, path.len(), document.path.clone())
}

/// Leaves all but one of each group of equal documents out of the API, and notes them.
pub(super) fn set_apart(api: &mut Api) {
    let mut groups: BTreeMap<Likeness, Vec<usize>> = BTreeMap::new();
    for (at, document) in api.documents().enumerate() {
        if document.data().operations.is_empty() {
            continue;
        }
        groups.entry(likeness(document)).or_default().push(at);
    }
    let mut kept = vec![true; api.documents.len()];
    let mut twins = Vec::new();
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let Some(source) = group.iter().copied().min_by_key(|at| rank(&api.documents[*at])) else { continue };
        for at in group.into_iter().filter(|at| *at != source) {
            kept[at] = false;
            twins.push(Twin { path: api.documents[at].path.clone(), of: api.documents[source].path.clone() });
        }
    }
    if twins.is_empty() {
        return;
    }
    twins.sort();
    api.twins = twins;
    let documents = std::mem::take(&mut api.documents);
    let mut operations = std::mem::take(&mut api.operations).into_iter();
    for (mut document, keep) in documents.into_iter().zip(kept) {
        let own: Vec<_> = operations.by_ref().take(document.operations.len()).collect();
        if !keep {
            continue;
        }
        let shift = document.operations.start - api.operations.len() as u32;
        document.operations = document.operations.start - shift..document.operations.end - shift;
        document.by_path.values_mut().flatten().for_each(|at| *at -= shift);
        let number = api.documents.len() as u32;
        api.operations.extend(own.into_iter().map(|mut operation| {
            operation.document = number;
            operation
        }));
        api.documents.push(document);
    }
}

fn likeness(document: DocumentRef<'_>) -> Likeness {
    let mut operations: Vec<(String, Method)> =
        document.operations().map(|operation| (operation.path().to_owned(), operation.method())).collect();
    operations.sort();
    (document.title().to_owned(), document.api_version().to_owned(), operations)
}
