//! The paths of a tree's files, in one piece of memory: a repository has hundreds of thousands, and many questions pass over all.

use std::ops::Range;
use std::sync::OnceLock;

/// So many paths of two listings are held against each other at once.
const ALIKE: usize = 64;

/// Paths relative to a root, separated by `/`, sorted, each once. What costs a look at a file, such as its size, is not here: most
/// files are never looked at.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    text: String,
    places: Vec<Range<usize>>,
    /// Which of them are not called as source code is; found at the first question.
    apart: OnceLock<Vec<usize>>,
}

impl PartialEq for Listing {
    fn eq(&self, other: &Listing) -> bool {
        self.text == other.text && self.places == other.places
    }
}

/// Whether an ending is one of source code, pictures and documents: most files of a repository. Asked of every path.
fn is_ending_of_code(ending: &[u8]) -> bool {
    match ending {
        [b'c' | b'h'] => true,
        [_, _] => matches!(ending, b"cc" | b"cs" | b"go" | b"js" | b"kt" | b"md" | b"py" | b"rb" | b"rs" | b"ts"),
        [_, _, _] => matches!(ending, b"cpp" | b"css" | b"jsx" | b"php" | b"png" | b"svg" | b"tsx"),
        _ => matches!(ending, b"html" | b"java" | b"lock" | b"proto" | b"scala"),
    }
}

/// Whether the last part of a path ends as source code, pictures and documents do; `.env.py` does not count.
pub fn is_code(path: &str) -> bool {
    // Byte by byte from the end: names are short.
    let bytes = path.as_bytes();
    let name = bytes.iter().rposition(|byte| *byte == b'/').and_then(|at| bytes.get(at + 1..)).unwrap_or(bytes);
    let Some(dot) = name.iter().rposition(|byte| *byte == b'.') else { return false };
    is_ending_of_code(name.get(dot + 1..).unwrap_or_default()) && (dot == 0 || name.first() != Some(&b'.'))
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

    /// The paths that are not called as source code is (see [`is_code`]): a tenth of them or less, where many questions are about
    /// no other.
    pub fn apart_from_code(&self) -> impl Iterator<Item = &str> + Clone {
        let is_apart = |place: &Range<usize>| !is_code(self.at(place));
        let find = || self.places.iter().enumerate().filter(|(_, place)| is_apart(place)).map(|(at, _)| at).collect();
        let apart: &[usize] = self.apart.get_or_init(find);
        apart.iter().filter_map(|at| Some(self.at(self.places.get(*at)?)))
    }

    /// The paths whose last part is one of these names, none of which is one of source code.
    pub fn named<'l>(&'l self, names: &'l [&str]) -> impl Iterator<Item = &'l str> {
        let is = |path: &str, name: &str| path.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        self.apart_from_code().filter(move |path| names.iter().any(|name| is(path, name)))
    }

    /// The path at a place.
    pub(super) fn path(&self, at: usize) -> Option<&str> {
        self.places.get(at).map(|place| self.at(place))
    }

    /// How many of the paths at some places, which stand in one folder at a depth of so many bytes, go on with a text from there:
    /// those at the start of the range.
    pub(super) fn going_on(&self, range: Range<usize>, depth: usize, text: &str) -> usize {
        let goes_on = |place: &Range<usize>| self.at(place).get(depth..).is_some_and(|rest| rest.starts_with(text));
        self.places.get(range).unwrap_or_default().partition_point(goes_on)
    }

    /// The same but for some paths, sorted, of which each is there or is not. What lies between them is taken over as it stands.
    pub fn edited<'p>(&self, edits: impl Iterator<Item = (&'p str, bool)>) -> Listing {
        let mut listing = Listing { text: String::with_capacity(self.text.len()), ..Listing::default() };
        listing.places.reserve(self.places.len());
        let mut apart = self.apart.get().map(|apart| Vec::with_capacity(apart.len()));
        let mut at = 0;
        for (path, is_there) in edits {
            let to = at + self.places.get(at..).unwrap_or_default().partition_point(|place| self.at(place) < path);
            listing.take_over(self, at..to, apart.as_mut());
            at = to + usize::from(self.places.get(to).is_some_and(|place| self.at(place) == path));
            if is_there {
                let start = listing.text.len();
                listing.text.push_str(path);
                apart.iter_mut().filter(|_| !is_code(path)).for_each(|apart| apart.push(listing.places.len()));
                listing.places.push(start..listing.text.len());
            }
        }
        listing.take_over(self, at..self.places.len(), apart.as_mut());
        listing.apart = apart.map(OnceLock::from).unwrap_or_default();
        listing
    }

    /// Adds some of the paths of another listing at the end, and to those that are apart which of them are, where that is known.
    fn take_over(&mut self, other: &Listing, which: Range<usize>, apart: Option<&mut Vec<usize>>) {
        if let (Some(apart), Some(others)) = (apart, other.apart.get()) {
            let (first, last) = (others.partition_point(|at| *at < which.start), others.partition_point(|at| *at < which.end));
            let moved = others.get(first..last).unwrap_or_default().iter().map(|at| at - which.start + self.places.len());
            apart.extend(moved);
        }
        let Some([first, .., last] | [first @ last]) = other.places.get(which.clone()) else { return };
        let (from, to) = (first.start, self.text.len());
        self.text.push_str(other.text.get(from..last.end).unwrap_or(""));
        let moved = |place: &Range<usize>| place.start - from + to..place.end - from + to;
        self.places.extend(other.places.get(which).unwrap_or_default().iter().map(moved));
    }

    /// The paths that another listing does not have.
    pub fn without<'l>(&'l self, other: &'l Listing) -> impl Iterator<Item = &'l str> {
        let (mut own, mut others) = (0, 0);
        std::iter::from_fn(move || {
            loop {
                // Two revisions have most paths alike, one after the other.
                while self.goes_on_as(own, other, others) {
                    (own, others) = (own + ALIKE, others + ALIKE);
                }
                let path = self.path(own)?;
                while other.path(others).is_some_and(|one| one < path) {
                    others += 1;
                }
                own += 1;
                if other.path(others) != Some(path) {
                    return Some(path);
                }
                others += 1;
            }
        })
    }

    /// Whether the next paths from a place on are those of another listing from a place of its own on.
    fn goes_on_as(&self, own: usize, other: &Listing, others: usize) -> bool {
        let (Some((ours, text)), Some((theirs, other))) = (self.block(own), other.block(others)) else { return false };
        text == other && ours.iter().zip(theirs).all(|(a, b)| a.len() == b.len())
    }

    /// The next paths from a place on: where each stands, and all of their text. `None` where fewer are left.
    fn block(&self, at: usize) -> Option<(&[Range<usize>], &str)> {
        let places = self.places.get(at..at.checked_add(ALIKE)?)?;
        Some((places, self.text.get(places.first()?.start..places.last()?.end)?))
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

impl Listing {
    /// Of paths that are sorted, each once.
    pub(super) fn of_sorted(paths: impl Iterator<Item = impl AsRef<str>>) -> Listing {
        let mut listing = Listing::default();
        for path in paths {
            let start = listing.text.len();
            listing.text.push_str(path.as_ref());
            listing.places.push(start..listing.text.len());
        }
        listing
    }
}

impl<S: AsRef<str>> FromIterator<S> for Listing {
    fn from_iter<I: IntoIterator<Item = S>>(paths: I) -> Listing {
        let mut listing = Listing::of_sorted(paths.into_iter());
        let Listing { text, places, .. } = &mut listing;
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
    fn an_edited_listing_is_that_of_the_edited_paths() {
        let mut listing: Listing = ["a", "b/x", "b/y.go", "c", "é.md"].into_iter().collect();
        for edits in 0..1u32 << 14 {
            // Each of seven paths, some of which are there: not spoken of, there, or gone.
            let paths = ["a", "aa.go", "b/x", "b/z", "c", "d.rs", "é.md"];
            let said: Vec<(&str, bool)> = paths
                .into_iter()
                .enumerate()
                .filter(|(at, _)| edits >> (2 * at) & 1 == 1)
                .map(|(at, path)| (path, edits >> (2 * at + 1) & 1 == 1))
                .collect();
            let kept = listing.iter().filter(|path| said.iter().all(|(one, _)| one != path));
            let wanted: Listing = kept.chain(said.iter().filter(|one| one.1).map(|one| one.0)).collect();
            let edited = listing.edited(said.iter().copied());
            assert_eq!(edited, wanted, "{said:?}");
            // What is known of the one is known of the other.
            assert_eq!(edited.apart.get().is_some(), edits % 2 == 1);
            assert_eq!(edited.apart_from_code().collect::<Vec<_>>(), wanted.apart_from_code().collect::<Vec<_>>(), "{said:?}");
            listing.apart = OnceLock::new();
            if edits % 2 == 0 {
                listing.apart_from_code().for_each(drop);
            }
        }
    }

    #[test]
    fn what_another_listing_lacks_is_found_among_many_alike() {
        let all: Vec<String> = (0..400).map(|number| format!("folder/{number:03}")).collect();
        let listing: Listing = all.iter().collect();
        for gone in [&[][..], &[0], &[1, 63, 64, 65], &[130, 200, 201], &[399], &[0, 399]] {
            let is_gone = |number: usize| gone.contains(&number);
            let rest = all.iter().enumerate().filter(|(number, _)| !is_gone(*number)).map(|(_, path)| path.as_str());
            let other: Listing = rest.chain(["a", "folder/2000", "z"]).collect();
            let wanted: Vec<&str> = gone.iter().map(|number| all[*number].as_str()).collect();
            assert_eq!(listing.without(&other).collect::<Vec<_>>(), wanted);
            assert_eq!(other.without(&listing).collect::<Vec<_>>(), ["a", "folder/2000", "z"]);
        }
        // The same text, cut otherwise.
        let cut = |first: usize| -> Listing { (0..200).map(|number| format!("{number:03}{}", "x".repeat(first))).collect() };
        assert_eq!(cut(1).without(&cut(2)).count(), 200);
    }

    #[test]
    fn source_code_is_told_by_its_ending() {
        let code = ["a.go", "src/main.rs", "a/b.test.ts", "x.scala", "a.b/c.py", ".github/x.js", ".go"];
        let apart = [".env.py", "a/.b.go", "a.yaml", "go", "a.go/b", "Dockerfile", "a.verylong", "x.GO", "a."];
        assert_eq!(code.iter().chain(&apart).filter(|path| is_code(path)).count(), code.len());
        let listing: Listing = code.into_iter().chain(apart).collect();
        assert_eq!(listing.apart_from_code().count(), apart.len());
        assert!(listing.apart_from_code().all(|path| apart.contains(&path)));
        assert_eq!(listing.named(&["Dockerfile"]).collect::<Vec<_>>(), ["Dockerfile"]);
    }

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
