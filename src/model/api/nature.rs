//! What kind of operation it is, as far as its path, its media types and its answers tell; each found out once.

use super::operation::{Method, OperationRef, Segment};
use super::response::ResponseRef;
use super::words;

impl OperationRef<'_> {
    /// Whether it tells how the service is, and is not about business: `/health`, `/metrics` near the root.
    pub fn is_health_like(self) -> bool {
        *self.data().kept.is_health_like.get_or_init(|| self.find_is_health_like())
    }

    fn find_is_health_like(self) -> bool {
        let segments = self.segments();
        let literal = |segment: &Segment| matches!(segment, Segment::Literal(_));
        let well_known = matches!(segments.first(), Some(Segment::Literal(".well-known")));
        let named = self.last_literal().is_some_and(|last| words::words().paths.health.contains(&last.to_ascii_lowercase()));
        segments.len() <= 3 && segments.iter().all(literal) && (named || well_known)
    }

    /// Whether its answer is a stream or a file, which has no pages.
    pub fn is_stream(self) -> bool {
        *self.data().kept.is_stream.get_or_init(|| self.find_is_stream())
    }

    fn find_is_stream(self) -> bool {
        let media = self.success().map(ResponseRef::media).unwrap_or_default();
        let streams = &words::words().paths.stream_media;
        media.iter().any(|one| streams.iter().any(|prefix| one.essence().starts_with(prefix.as_str())))
    }

    /// Whether its errors have a form that another standard fixes: OAuth 2, OpenID, SCIM, FHIR, GraphQL.
    pub fn has_foreign_errors(self) -> bool {
        *self.data().kept.has_foreign_errors.get_or_init(|| self.find_has_foreign_errors())
    }

    fn find_has_foreign_errors(self) -> bool {
        let foreign = &words::words().errors.segments;
        let literals = self.segments().into_iter().filter_map(|segment| match segment {
            Segment::Literal(name) => Some(name.to_ascii_lowercase()),
            Segment::Parameter(_) => None,
        });
        let own_token = self.last_literal() == Some("token") && self.method() == Method::Post;
        own_token || literals.into_iter().any(|name| foreign.contains(&name))
    }

    /// Whether a caller can do something wrong: it takes a body or something required, or a login; and the answer would be a
    /// status code. Not so for health checks, redirects, what is internal, and what could not be read.
    pub fn can_be_called_wrongly(self) -> bool {
        *self.data().kept.can_be_called_wrongly.get_or_init(|| self.find_whether_wrong_calls())
    }

    fn find_whether_wrong_calls(self) -> bool {
        use Method::{Delete, Get, Patch, Post, Put, Query};
        let asks = matches!(self.method(), Post | Put | Patch | Delete | Get | Query);
        let open = self.has_input() || self.needs_login();
        let answers = !self.is_health_like() && !self.only_redirects() && !self.responses().is_empty();
        asks && open && answers && self.is_known() && !self.is_internal()
    }
}
