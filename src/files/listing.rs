//! The paths of a tree's files, in one piece of memory: a repository has hundreds of thousands, and many questions pass over all.

use std::ops::Range;

/// Paths relative to a root, separated by `/`, sorted, each once. What costs a look at a file, such as its size, is not here: most
/// files are never looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    text: String,
    places: Vec<Range<usize>>,
}

impl Listing {
    /// Every path, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.places.iter().map(|place| self.at(place))
    }

    fn at(&self, place: &Range<usize>) -> &str {
        self.text.get(place.clone()).unwrap_or("")
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.places.binary_search_by(|place| self.at(place).cmp(path)).is_ok()
    }

    /// The paths whose last part is one of these names.
    pub fn named<'l>(&'l self, names: &'l [&str]) -> impl Iterator<Item = &'l str> {
        let is = |path: &str, name: &str| path.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        self.iter().filter(move |path| names.iter().any(|name| is(path, name)))
    }

    /// The paths that another listing does not have.
    pub fn without<'l>(&'l self, other: &'l Listing) -> impl Iterator<Item = &'l str> {
        let mut others = other.iter().peekable();
        self.iter().filter(move |path| {
            while others.next_if(|one| one < path).is_some() {}
            others.next_if(|one| one == path).is_none()
        })
    }

    /// The paths below a folder, at whatever depth; all for the empty folder.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = &str> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        // `a.b` stands before `a/b`, and so does not part what lies in `a`.
        let start = self.places.partition_point(|place| self.at(place) < prefix.as_str());
        let rest = self.places.get(start..).unwrap_or_default();
        rest.iter().map(|place| self.at(place)).take_while(move |path| path.starts_with(&prefix))
    }
}

impl<S: AsRef<str>> FromIterator<S> for Listing {
    fn from_iter<I: IntoIterator<Item = S>>(paths: I) -> Listing {
        let mut listing = Listing::default();
        for path in paths {
            let start = listing.text.len();
            listing.text.push_str(path.as_ref());
            listing.places.push(start..listing.text.len());
        }
        let Listing { text, places } = &mut listing;
        let at = |place: &Range<usize>| text.get(place.clone()).unwrap_or("");
        if places.is_sorted_by(|a, b| at(a) < at(b)) {
            return listing;
        }
        places.sort_by(|a, b| at(a).cmp(at(b)));
        places.dedup_by(|a, b| at(a) == at(b));
        // In the order in which it is read.
        listing.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_sorted_and_found() {
        let listing: Listing = ["b/x", "a", "a/b/c", "a.b", "a/b", "a-b", "a/b"].into_iter().collect();
        assert_eq!(listing.iter().collect::<Vec<_>>(), ["a", "a-b", "a.b", "a/b", "a/b/c", "b/x"]);
        assert!(listing.has("a/b") && listing.has("b/x") && !listing.has("b") && !listing.has("a/b/"));
        assert_eq!(listing.below("a").collect::<Vec<_>>(), ["a/b", "a/b/c"]);
        assert_eq!(listing.below("a/b").collect::<Vec<_>>(), ["a/b/c"]);
        assert_eq!((listing.below("").count(), listing.below("c").count(), listing.len()), (6, 0, 6));
        assert_eq!(listing.named(&["b", "x"]).collect::<Vec<_>>(), ["a/b", "b/x"]);
        let other: Listing = ["a", "a.b", "b", "b/x", "c"].into_iter().collect();
        assert_eq!(listing.without(&other).collect::<Vec<_>>(), ["a-b", "a/b", "a/b/c"]);
        assert_eq!(other.without(&listing).collect::<Vec<_>>(), ["b", "c"]);
        assert!(Listing::default().is_empty());
    }
}
