//! The paths of a tree's files, in one piece of memory: a repository has hundreds of thousands, and many questions pass over all.

use std::ops::Range;
use std::sync::OnceLock;

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
fn is_ending_of_code(ending: &str) -> bool {
    let is_code = matches!(ending, "c" | "cc" | "cpp" | "cs" | "go" | "h" | "java" | "js" | "jsx" | "kt" | "php" | "py" | "rb");
    is_code || matches!(ending, "css" | "html" | "lock" | "md" | "png" | "proto" | "rs" | "scala" | "svg" | "ts" | "tsx")
}

/// Whether the last part of a path ends as source code, pictures and documents do; `.env.py` does not count.
pub fn is_code(path: &str) -> bool {
    // The ending decides for nearly all, and is short.
    let Some((dot, _)) = path.bytes().enumerate().rev().take(7).find(|(_, byte)| *byte == b'.') else { return false };
    let (stem, ending) = (path.get(..dot).unwrap_or(""), path.get(dot + 1..).unwrap_or(""));
    is_ending_of_code(ending) && !stem.rsplit('/').next().unwrap_or("").starts_with('.')
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

    /// Where a path stands, looked for around a place, which becomes the nearest: most questions come from one folder.
    pub(super) fn position(&self, path: &str, near: &mut usize) -> Option<usize> {
        let is_before = |at: usize| self.places.get(at).is_some_and(|place| self.at(place) < path);
        let (mut low, mut high, mut step) = (*near, *near, 1);
        if is_before(*near) {
            while is_before(high) {
                (low, high, step) = (high, high + step, step * 2);
            }
        } else {
            while low > 0 && !is_before(low) {
                (low, high, step) = (low.saturating_sub(step), low, step * 2);
            }
        }
        let window = self.places.get(low..self.places.len().min(high + 1))?;
        let found = low + window.partition_point(|place| self.at(place) < path);
        *near = found.min(self.places.len().saturating_sub(1));
        self.places.get(found).filter(|place| self.at(place) == path).map(|_| found)
    }

    /// The same but for some paths, sorted, of which each is there or is not. What lies between them is taken over as it stands.
    pub fn edited<'p>(&self, edits: impl Iterator<Item = (&'p str, bool)>) -> Listing {
        let mut listing = Listing { text: String::with_capacity(self.text.len()), ..Listing::default() };
        listing.places.reserve(self.places.len());
        let mut at = 0;
        for (path, is_there) in edits {
            let to = at + self.places.get(at..).unwrap_or_default().partition_point(|place| self.at(place) < path);
            listing.take_over(self, at..to);
            at = to + usize::from(self.places.get(to).is_some_and(|place| self.at(place) == path));
            if is_there {
                let start = listing.text.len();
                listing.text.push_str(path);
                listing.places.push(start..listing.text.len());
            }
        }
        listing.take_over(self, at..self.places.len());
        listing
    }

    /// Adds some of the paths of another listing at the end.
    fn take_over(&mut self, other: &Listing, which: Range<usize>) {
        let Some([first, .., last] | [first @ last]) = other.places.get(which.clone()) else { return };
        let (from, to) = (first.start, self.text.len());
        self.text.push_str(other.text.get(from..last.end).unwrap_or(""));
        let moved = |place: &Range<usize>| place.start - from + to..place.end - from + to;
        self.places.extend(other.places.get(which).unwrap_or_default().iter().map(moved));
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
    fn a_path_is_found_from_every_place() {
        let listing: Listing = (0..40).map(|at| format!("{:03}", 2 * at)).collect();
        for (wanted, near) in (0..84).flat_map(|wanted| (0..45).map(move |near| (wanted, near))) {
            let mut place = near;
            let found = listing.position(&format!("{wanted:03}"), &mut place);
            assert_eq!(found, (wanted % 2 == 0 && wanted < 80).then_some(wanted / 2), "{wanted} from {near}");
            assert!(place < 40);
        }
        assert_eq!(Listing::default().position("a", &mut 0), None);
    }

    #[test]
    fn an_edited_listing_is_that_of_the_edited_paths() {
        let listing: Listing = ["a", "b/x", "b/y", "c", "é"].into_iter().collect();
        for edits in 0..1u32 << 14 {
            // Each of seven paths, some of which are there: not spoken of, there, or gone.
            let paths = ["a", "aa", "b/x", "b/z", "c", "d", "é"];
            let said: Vec<(&str, bool)> = paths
                .into_iter()
                .enumerate()
                .filter(|(at, _)| edits >> (2 * at) & 1 == 1)
                .map(|(at, path)| (path, edits >> (2 * at + 1) & 1 == 1))
                .collect();
            let kept = listing.iter().filter(|path| said.iter().all(|(one, _)| one != path));
            let wanted: Listing = kept.chain(said.iter().filter(|one| one.1).map(|one| one.0)).collect();
            assert_eq!(listing.edited(said.iter().copied()), wanted, "{said:?}");
        }
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
