//! What a document says about how often callers may come.

use super::body::HeaderRef;
use super::operation::OperationRef;
use super::response::{ResponseRef, Status};
use super::words;

/// The family of names that rate-limit headers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitDialect {
    /// `X-RateLimit-Limit` and its kin.
    Prefixed,
    /// `X-Rate-Limit-Limit` and its kin.
    PrefixedWithDash,
    /// `RateLimit`, `RateLimit-Limit`, `RateLimit-Policy`: the drafts of the IETF.
    Plain,
}

impl LimitDialect {
    /// All of them.
    pub const ALL: [LimitDialect; 3] = [LimitDialect::Prefixed, LimitDialect::PrefixedWithDash, LimitDialect::Plain];

    /// How messages call it.
    pub fn name(self) -> &'static str {
        match self {
            LimitDialect::Prefixed => "X-RateLimit-*",
            LimitDialect::PrefixedWithDash => "X-Rate-Limit-*",
            LimitDialect::Plain => "RateLimit-*",
        }
    }
}

impl HeaderRef<'_> {
    /// The family that it belongs to, where it is a rate-limit header.
    pub fn limit_dialect(self) -> Option<LimitDialect> {
        let name = self.name.value.to_ascii_lowercase();
        let kinds = [
            ("x-ratelimit", LimitDialect::Prefixed),
            ("x-rate-limit", LimitDialect::PrefixedWithDash),
            ("ratelimit", LimitDialect::Plain),
            ("rate-limit", LimitDialect::Plain),
        ];
        kinds.into_iter().find(|(start, _)| name.starts_with(start)).map(|(_, dialect)| dialect)
    }

    /// Whether it says when to come again: `Retry-After`, `X-RateLimit-Reset`, the `RateLimit` of the newer drafts.
    fn tells_when(self) -> bool {
        let name = words::folded(self.name.value);
        name.starts_with("retryafter") || name.ends_with("reset") || name.ends_with("resetafter") || name == "ratelimit"
    }
}

impl ResponseRef<'_> {
    /// Whether it and what its body holds could be followed.
    pub fn is_wholly_known(self) -> bool {
        let schemas = self.media().into_iter().filter_map(|media| media.schema);
        self.is_known() && schemas.into_iter().all(|schema| schema.is_wholly_known())
    }

    /// Whether it says when to come again: in a header, in a member of its body, or in prose.
    pub fn tells_when_to_retry(self) -> bool {
        let says = |name: &str| words::folded(name).contains("retryafter");
        let in_body = || {
            let properties = self.media().into_iter().filter_map(|media| media.schema).flat_map(|schema| schema.properties());
            properties.into_iter().any(|property| says(property.name))
        };
        self.header_list().into_iter().any(HeaderRef::tells_when) || self.description().is_some_and(says) || in_body()
    }
}

impl OperationRef<'_> {
    /// Whether it says what too many requests are answered with: 429, `4XX` or `default`.
    pub fn documents_too_many_requests(self) -> bool {
        let covers = |status| matches!(status, Status::Code(429) | Status::Class(4) | Status::Default);
        self.responses().into_iter().any(|response| covers(response.status()))
    }
}
