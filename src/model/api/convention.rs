//! The house style of a document, found before rules speak: they report departures from it.

use super::document::DocumentRef;
use super::operation::OperationRef;
use super::words::{self, words};
use std::collections::{BTreeMap, BTreeSet};

/// The house style of one document.
#[derive(Debug, Default)]
pub struct Conventions {
    /// How many GETs answer with a list.
    pub lists: usize,
    /// How many of them come in pages.
    pub paged_lists: usize,
    /// Names of paging parameters as first written, with the number of lists that have them, the most used first.
    pub paging_parameters: Vec<(String, usize)>,
    /// The operations that answer with a list, in order.
    listing: Vec<u32>,
    /// How many error bodies are sent as RFC 9457 problem documents.
    pub problems: usize,
    /// Folded ambiguous names that are used on so many lists that they must be about paging.
    ambiguous: BTreeSet<String>,
}

impl<'a> DocumentRef<'a> {
    /// The operations that answer with a list and belong to this document, in order.
    pub fn listing_operations(self) -> impl Iterator<Item = OperationRef<'a>> {
        let api = self.api;
        let all = self.conventions().listing.iter().map(move |at| OperationRef::new(api, *at));
        all.filter(|operation| !operation.is_repeated() && operation.is_known())
    }
}

impl Conventions {
    /// Whether a folded name that could mean something else is about paging in this document.
    pub(super) fn is_paging_name(&self, folded: &str) -> bool {
        self.ambiguous.contains(folded)
    }

    /// Whether most lists come in pages (at least three of five, and of at least three), so that one that does not stands out.
    pub fn mostly_paged(&self) -> bool {
        self.lists >= 3 && self.paged_lists * 5 >= self.lists * 3
    }
}

/// How many lists must share an ambiguous name before it is taken to be about paging.
const SHARED: usize = 3;

pub(super) fn detect(document: DocumentRef<'_>) -> Conventions {
    let paging = &words().paging;
    let lists: Vec<_> = document.operations().filter(|operation| operation.list().is_some()).collect();
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for list in &lists {
        let names: BTreeSet<String> = list.query_parameters().iter().map(|parameter| words::folded(parameter.name())).collect();
        for name in
            names.into_iter().filter(|name| paging.ambiguous_size.contains(name) || paging.ambiguous_position.contains(name))
        {
            *uses.entry(name).or_default() += 1;
        }
    }
    let shared = |name: &str| {
        uses.get(name).is_some_and(|count| *count >= SHARED && *count * 3 >= lists.len()) && !paging.window.contains(name)
    };
    let listing = lists.iter().map(|list| list.at).collect();
    let mut conventions = Conventions { lists: lists.len(), listing, problems: problems(document), ..Conventions::default() };
    let mut names: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for list in &lists {
        let found = list.paging_with(&shared);
        conventions.paged_lists += usize::from(found.is_paged());
        for parameter in [found.size, found.position].into_iter().flatten() {
            let known = names.entry(parameter.paging_name()).or_insert_with(|| (parameter.name().to_owned(), 0));
            known.1 += 1;
        }
    }
    conventions.paging_parameters = names.into_values().collect();
    conventions.paging_parameters.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    conventions.ambiguous = uses.keys().filter(|name| shared(name)).cloned().collect();
    conventions
}

/// How many error bodies are problem documents.
fn problems(document: DocumentRef<'_>) -> usize {
    // A scan of the text rules most documents out before anything is walked.
    if !document.api.trees.values().any(|tree| tree.holds("application/problem+")) {
        return 0;
    }
    let responses = document.operations().flat_map(|operation| operation.responses()).filter(|response| response.is_error());
    responses.flat_map(|response| response.media()).filter(|media| media.is_problem()).count()
}
