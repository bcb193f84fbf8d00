//! Lists that a later version of the same interface serves in pages.

use super::operation::{Method, OperationRef, Segment};

/// The number of a version segment: 2 for `v2`.
fn version(segment: &str) -> Option<u32> {
    segment.strip_prefix(['v', 'V'])?.parse().ok()
}

impl<'a> OperationRef<'a> {
    /// The version in its path, 0 where there is none, and the path without it.
    fn versioned_path(self) -> (u32, Vec<&'a str>) {
        let (mut found, mut rest) = (None, Vec::new());
        for segment in self.segments() {
            match segment {
                Segment::Literal(name) if found.is_none() && version(name).is_some() => found = version(name),
                Segment::Literal(name) => rest.push(name),
                Segment::Parameter(_) => rest.push("{}"),
            }
        }
        (found.unwrap_or(0), rest)
    }

    /// The version in its path: 2 for `/api/v2/orders`; `None` where there is none.
    pub fn path_version(self) -> Option<u32> {
        Some(self.versioned_path().0).filter(|version| *version > 0)
    }

    /// The same list in a later version of the path, where that comes in pages: `/v2/owners` for `/owners`.
    pub fn paged_successor(self) -> Option<OperationRef<'a>> {
        let (own, rest) = self.versioned_path();
        let last = self.last_literal()?;
        let same_end = self.document().ending_in(last).filter(|other| other.method() == Method::Get);
        let mut later = same_end.filter(|other| {
            let (version, path) = other.versioned_path();
            version > own && path == rest
        });
        later.find(|other| other.paging().is_paged())
    }
}
