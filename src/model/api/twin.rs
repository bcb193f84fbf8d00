//! The same API written twice: a generated copy beside its source, JSON beside YAML, a bundle beside its parts.

use super::Api;
use super::document::{Document, DocumentRef, Version};
use super::operation::Method;
use std::collections::BTreeSet;

/// A document that says the same as another one and so is not judged again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Twin {
    /// The document that is left out.
    pub path: String,
    /// The one that is judged.
    pub of: String,
}

/// From this many operations on, two documents that have the same ones are the same API whatever they are called.
const TELLING: usize = 10;

/// What makes a document the source rather than a copy, smallest first: parts before a bundle, the newer specification,
/// YAML before JSON, no folder of generated things, the shorter path.
fn rank(document: &Document) -> (std::cmp::Reverse<usize>, std::cmp::Reverse<Version>, bool, bool, usize, String) {
    let (path, made) = (document.path.to_ascii_lowercase(), is_generated(&document.path));
    let files = std::cmp::Reverse(document.files.min(1));
    (files, std::cmp::Reverse(document.version), path.ends_with(".json"), made, path.len(), document.path.clone())
}

/// Whether a path is that of something generated.
fn is_generated(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ["generated", "bundle", "dist/", "build/", "target/", "/gen/"].iter().any(|word| path.contains(word))
}

/// Whether two documents describe the same API: the same operations under one title and version; with enough operations the
/// title may differ, and the version too between two specifications. A generated bundle may lag behind its source.
fn are_twins(one: DocumentRef, other: DocumentRef, operations: &[BTreeSet<(&str, Method)>]) -> bool {
    let (Some(own), Some(others)) = (operations.get(one.at as usize), operations.get(other.at as usize)) else { return false };
    if own.is_empty() || others.is_empty() {
        return false;
    }
    let (same_title, same_version) = (one.title() == other.title(), one.api_version() == other.api_version());
    if own == others {
        let translated = (one.version() == Version::V2) != (other.version() == Version::V2);
        return same_title && same_version || own.len() >= TELLING && (same_version || translated);
    }
    let (generated, source) = if is_generated(one.path()) { (own, others) } else { (others, own) };
    let one_is_generated = is_generated(one.path()) != is_generated(other.path());
    let common = generated.intersection(source).count();
    one_is_generated && same_title && generated.len() >= TELLING && common * 10 >= generated.len() * 9
}

/// Leaves all but one of each group of equal documents out of the API, and notes them.
pub(super) fn set_apart(api: &mut Api) {
    let documents: Vec<DocumentRef> = api.documents().collect();
    let sets: Vec<BTreeSet<(&str, Method)>> =
        documents.iter().map(|document| document.operations().map(|one| (one.path(), one.method())).collect()).collect();
    let mut order: Vec<usize> = (0..documents.len()).collect();
    order.sort_by_key(|at| rank(documents[*at].data()));
    let mut sources: Vec<usize> = Vec::new();
    let mut kept = vec![true; documents.len()];
    let mut twins = Vec::new();
    for at in order {
        match sources.iter().find(|source| are_twins(documents[**source], documents[at], &sets)) {
            Some(source) => {
                kept[at] = false;
                twins.push(Twin { path: documents[at].path().to_owned(), of: documents[*source].path().to_owned() });
            }
            None => sources.push(at),
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
        let own: Vec<_> = operations.by_ref().take(document.operations.len() + document.outgoing.len()).collect();
        if !keep {
            continue;
        }
        let shift = document.operations.start - api.operations.len() as u32;
        for range in [&mut document.operations, &mut document.outgoing] {
            *range = range.start - shift..range.end - shift;
        }
        for index in [&mut document.by_path, &mut document.by_end, &mut document.by_parent] {
            index.values_mut().flatten().for_each(|at| *at -= shift);
        }
        let number = api.documents.len() as u32;
        api.operations.extend(own.into_iter().map(|mut operation| {
            operation.document = number;
            operation.parent = operation.parent.map(|at| at - shift);
            operation
        }));
        api.documents.push(document);
    }
}
