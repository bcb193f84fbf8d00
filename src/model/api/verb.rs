//! Verbs in paths.

use super::document::Version;
use super::path::PathRef;
use super::template::Piece;
use super::words::{self, words};

impl<'a> PathRef<'a> {
    /// The first segment whose first word is a verb that a method stands for. A word that is a noun too (`post`, `head`) does not
    /// count where a parameter follows: `/post/{id}`.
    pub fn verb(self) -> Option<&'a str> {
        let verbs = &words().verbs;
        let template = self.template();
        let segments = &template.segments;
        segments.iter().enumerate().find_map(|(at, segment)| {
            let [Piece::Text(text)] = segment.as_slice() else { return None };
            // `/orders:batchGet` is a custom method, which is a verb by intention.
            let token = words::tokens(text.split(':').next().unwrap_or(text)).into_iter().next()?;
            let followed = matches!(segments.get(at + 1).map(Vec::as_slice), Some([Piece::Parameter(_), ..]));
            let noun = verbs.nouns.contains(&token) && followed;
            let query = token == "query" && self.document().version() == Version::V32;
            (!noun && (verbs.methods.contains(&token) || query)).then_some(*text)
        })
    }
}
