//! The paths of a tree's files, in one piece of memory: a repository has hundreds of thousands, and many questions pass over all.

use std::ops::Range;
use std::sync::Arc;

/// So many paths of two listings are held against each other at once.
const ALIKE: usize = 64;

/// Paths relative to a root, separated by `/`, sorted, each once. What costs a look at a file, such as its size, is not here: most
/// files are never looked at.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Shared by the listings that are edited ones of each other.
    text: Arc<String>,
    /// What the text lacks.
    more: String,
    /// Where each path stands in the text, and behind its end in what it lacks.
    places: Vec<Range<usize>>,
    /// Which of them are not called as source code is.
    apart: Vec<usize>,
    /// At which of them the files of another folder begin, and how long what leads to these is; in order, the first at the first.
    turns: Vec<(usize, usize)>,
}

/// Files that stand side by side in one folder.
#[derive(Debug, Clone, Copy)]
pub struct Neighbours<'l> {
    listing: &'l Listing,
    places: &'l [Range<usize>],
    /// How long what leads to them is: the folder and `/`, or nothing at the root.
    depth: usize,
}

impl<'l> Neighbours<'l> {
    /// The folder, empty for the root.
    pub fn folder(&self) -> &'l str {
        let first = self.places.first().map_or("", |place| self.listing.at(place));
        first.get(..self.depth.saturating_sub(1)).unwrap_or("")
    }

    /// Their paths, in order.
    pub fn files(&self) -> impl Iterator<Item = &'l str> + use<'l> {
        let listing = self.listing;
        self.places.iter().map(move |place| listing.at(place))
    }

    /// The path of the one that has a name.
    pub fn file(&self, name: &str) -> Option<&'l str> {
        let own = |place: &Range<usize>| self.listing.at(place).get(self.depth..).unwrap_or("");
        let at = self.places.binary_search_by(|place| own(place).cmp(name)).ok()?;
        self.places.get(at).map(|place| self.listing.at(place))
    }
}

impl PartialEq for Listing {
    fn eq(&self, other: &Listing) -> bool {
        self.len() == other.len() && self.without(other).next().is_none()
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
    is_name_of_code(path.as_bytes().get(depth(path)..).unwrap_or_default())
}

/// Whether the last part of a path is a name.
pub fn is_called(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// The folder of a file, empty for the root.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// How long what leads to a file is: its folder and `/`, or nothing.
fn depth(path: &str) -> usize {
    // Byte by byte from the end: names are short.
    path.bytes().rposition(|byte| byte == b'/').map_or(0, |at| at + 1)
}

fn is_name_of_code(name: &[u8]) -> bool {
    let Some(dot) = name.iter().rposition(|byte| *byte == b'.') else { return false };
    is_ending_of_code(name.get(dot + 1..).unwrap_or_default()) && (dot == 0 || name.first() != Some(&b'.'))
}

impl Listing {
    /// Every path, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.places.iter().map(|place| self.at(place))
    }

    fn at(&self, place: &Range<usize>) -> &str {
        let path = match place.start.checked_sub(self.text.len()) {
            None => self.text.get(place.clone()),
            Some(start) => self.more.get(start..start + place.len()),
        };
        path.unwrap_or("")
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

    /// Every file, folder by folder. A folder comes again where the files of one within it stand between its own.
    pub fn folders(&self) -> impl Iterator<Item = Neighbours<'_>> {
        let ends = self.turns.iter().skip(1).map(|(at, _)| *at).chain([self.places.len()]);
        let all = self.turns.iter().zip(ends);
        all.map(|((at, depth), end)| Neighbours {
            listing: self,
            places: self.places.get(*at..end).unwrap_or_default(),
            depth: *depth,
        })
    }

    /// The paths that are not called as source code is (see [`is_code`]): a tenth of them or less, where many questions are about
    /// no other.
    pub fn apart_from_code(&self) -> impl Iterator<Item = &str> + Clone {
        self.places_apart().map(|(_, path)| path)
    }

    /// The same, each with its place.
    pub(super) fn places_apart(&self) -> impl Iterator<Item = (usize, &str)> + Clone {
        self.apart.iter().filter_map(|at| Some((*at, self.path(*at)?)))
    }

    /// The paths whose last part is one of these names, none of which is one of source code.
    pub fn named<'l>(&'l self, names: &'l [&str]) -> impl Iterator<Item = &'l str> {
        self.apart_from_code().filter(move |path| names.iter().any(|name| is_called(path, name)))
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
        let (text, more) = (self.text.clone(), self.more.clone());
        let (places, apart) = (Vec::with_capacity(self.places.len()), Vec::with_capacity(self.apart.len()));
        let mut listing = Listing { text, more, places, apart, turns: Vec::with_capacity(self.turns.len()) };
        let mut at = 0;
        for (path, is_there) in edits {
            let to = at + self.places.get(at..).unwrap_or_default().partition_point(|place| self.at(place) < path);
            listing.take_over(self, at..to);
            at = to + usize::from(self.path(to) == Some(path));
            if is_there {
                listing.add(path);
            }
        }
        listing.take_over(self, at..self.places.len());
        listing
    }

    /// Adds a path at the end.
    fn add(&mut self, path: &str) {
        let start = self.text.len() + self.more.len();
        let depth = depth(path);
        let last = self.places.last().map_or("", |last| self.at(last)).as_bytes();
        let is_beside = self.turns.last().is_some_and(|(_, other)| *other == depth);
        if !is_beside || last.get(..depth) != path.as_bytes().get(..depth) {
            self.turns.push((self.places.len(), depth));
        }
        self.more.push_str(path);
        if !is_name_of_code(path.as_bytes().get(depth..).unwrap_or_default()) {
            self.apart.push(self.places.len());
        }
        self.places.push(start..start + path.len());
    }

    /// Adds some of the paths of another listing, of which this one is an edited one, at the end.
    fn take_over(&mut self, other: &Listing, which: Range<usize>) {
        let (first, last) =
            (other.apart.partition_point(|at| *at < which.start), other.apart.partition_point(|at| *at < which.end));
        let moved = |at: &usize| at - which.start + self.places.len();
        self.apart.extend(other.apart.get(first..last).unwrap_or_default().iter().map(moved));
        let turns = other.turns.partition_point(|(at, _)| *at <= which.start)..;
        let here = turns.start.checked_sub(1).and_then(|at| other.turns.get(at)).filter(|_| !which.is_empty());
        self.turns.extend(here.map(|(_, depth)| (self.places.len(), *depth)));
        let inside = other.turns.get(turns).unwrap_or_default().iter().take_while(|(at, _)| *at < which.end);
        self.turns.extend(inside.map(|(at, depth)| (moved(at), *depth)));
        self.places.extend_from_slice(other.places.get(which).unwrap_or_default());
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

    /// Whether the next paths from a place on are known to be those of another listing from a place of its own on: it shares their text.
    fn goes_on_as(&self, own: usize, other: &Listing, others: usize) -> bool {
        let (ours, theirs) = (self.places.get(own..own + ALIKE), other.places.get(others..others + ALIKE));
        let (Some(ours), Some(theirs)) = (ours, theirs) else { return false };
        Arc::ptr_eq(&self.text, &other.text) && ours == theirs && ours.iter().all(|place| place.end <= self.text.len())
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
        paths.for_each(|path| listing.add(path.as_ref()));
        listing.text = Arc::new(std::mem::take(&mut listing.more));
        listing
    }
}

impl<S: AsRef<str>> FromIterator<S> for Listing {
    fn from_iter<I: IntoIterator<Item = S>>(paths: I) -> Listing {
        let mut listing = Listing::of_sorted(paths.into_iter());
        let mut places = std::mem::take(&mut listing.places);
        if !places.is_sorted_by(|a, b| listing.at(a) < listing.at(b)) {
            places.sort_by(|a, b| listing.at(a).cmp(listing.at(b)));
            places.dedup_by(|a, b| listing.at(a) == listing.at(b));
            // In the order in which it is read.
            return Listing::of_sorted(places.iter().map(|place| listing.at(place)));
        }
        Listing { places, ..listing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_listing_is_that_of_the_edited_paths() {
        let listing: Listing = ["a", "b/x", "b/y.go", "c", "é.md"].into_iter().collect();
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
            assert!(edited.iter().eq(wanted.iter()), "{said:?}");
            assert_eq!(edited == listing, edited.iter().eq(listing.iter()), "{said:?}");
            assert_eq!(edited.apart_from_code().collect::<Vec<_>>(), wanted.apart_from_code().collect::<Vec<_>>(), "{said:?}");
            for listing in [&edited, &wanted] {
                assert!(listing.folders().flat_map(|folder| folder.files()).eq(wanted.iter()), "{said:?}");
                for (folder, file) in listing.folders().flat_map(|one| one.files().map(move |file| (one, file))) {
                    let (above, name) = file.rsplit_once('/').unwrap_or(("", file));
                    assert_eq!((folder.folder(), folder.file(name), folder.file("none")), (above, Some(file), None), "{said:?}");
                }
            }
            // An edited one can be edited again.
            assert_eq!(edited.edited([("b/x", false), ("zz", true)].into_iter()).without(&edited).collect::<Vec<_>>(), ["zz"]);
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
            let edits = wanted.iter().map(|path| (*path, false)).chain([("a", true), ("folder/2000", true), ("z", true)]);
            let mut edits: Vec<(&str, bool)> = edits.collect();
            edits.sort_unstable();
            for other in [&other, &listing.edited(edits.into_iter())] {
                assert_eq!(listing.without(other).collect::<Vec<_>>(), wanted);
                assert_eq!(other.without(&listing).collect::<Vec<_>>(), ["a", "folder/2000", "z"]);
                assert!(other.edited([("q", true)].into_iter()).without(other).eq(["q"]));
            }
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
