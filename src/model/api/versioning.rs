//! How an interface says which version of it is meant.

use super::credential::policy_words;
use super::document::DocumentRef;
use super::operation::{OperationRef, Segment};
use super::parameter::{Location, ParameterRef};
use super::response::MediaRef;
use super::server::ServerRef;
use super::words;
use crate::model::standards::VersionPlace;

/// Whether a part of a path is a version: `v1`, `v1.0`, `v2beta1`; not `ipv4`, not `vouchers`.
pub(super) fn is_version(segment: &str) -> bool {
    let Some(rest) = segment.strip_prefix(['v', 'V']) else { return false };
    let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let stage = number.trim_end_matches(|c: char| c.is_ascii_digit());
    rest.starts_with(|c: char| c.is_ascii_digit()) && matches!(stage, "" | "alpha" | "beta" | "rc" | "p")
}

/// Whether a part of a path is a day, which some take for a version: `2024-01-01`.
fn is_day(segment: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    segment.len() == 10 && segment.bytes().enumerate().all(fits)
}

/// Whether a part of a path names a version: `/api/v2/orders`.
pub fn names_version(path: &str) -> bool {
    path.split(['/', '^', '(', ')', '|', '$']).any(is_version)
}

impl MediaRef<'_> {
    /// Whether its name says which version is meant: `application/vnd.shop.v2+json`, `application/json; version=2`, `; v=2`.
    fn has_version(&self) -> bool {
        let mut parameters = self.name.split(';').skip(1);
        self.name.contains("version=")
            || parameters.any(|one| one.trim_start().starts_with("v="))
            || self.name.split(['.', '+', ';', '/', '-']).any(is_version)
    }
}

impl DocumentRef<'_> {
    /// Whether callers can say nowhere which version is meant: neither path, server, header, parameter nor media type has one. `false`
    /// where something that could have it was not read, and where there is no operation.
    pub fn is_without_version(self) -> bool {
        let operations: Vec<OperationRef> = self.own_operations().collect();
        let in_server = |server: &ServerRef| {
            let host = server.url.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or(""));
            let path = server.base_path();
            server.version_segment().is_some()
                || path.contains('{')
                || path.split('/').any(is_day)
                || host.split('.').any(is_version)
        };
        let in_media = |operation: &OperationRef| {
            let answers = operation.responses().into_iter().flat_map(|one| one.media());
            operation.request_media().into_iter().chain(answers).any(|media| media.has_version())
        };
        let is_bare = |operation: &OperationRef| {
            let is_dated = operation.segments().iter().any(|one| matches!(one, Segment::Literal(name) if is_day(name)));
            let named = is_dated || operation.version_segment().is_some() || operation.version_parameter().is_some();
            operation.is_known() && !named && !in_media(operation) && !operation.effective_servers().iter().any(in_server)
        };
        !operations.is_empty() && operations.iter().all(is_bare)
    }
}

impl ServerRef<'_> {
    /// The version in its path: `v1` of `https://api.example.com/v1`.
    pub fn version_segment(&self) -> Option<&str> {
        self.base_path().split('/').find(|segment| is_version(segment))
    }
}

impl<'a> OperationRef<'a> {
    /// The version in its path as written: `v1` of `/v1/orders`; `None` where there is none.
    pub fn version_segment(self) -> Option<&'a str> {
        self.segments().into_iter().find_map(|segment| match segment {
            Segment::Literal(name) if is_version(name) => Some(name),
            _ => None,
        })
    }

    /// The header or query parameter that says which version is meant: `api-version`, `X-GitHub-Api-Version`.
    pub fn version_parameter(self) -> Option<ParameterRef<'a>> {
        let named = |parameter: &ParameterRef| {
            let name = words::folded(parameter.name());
            name.ends_with("apiversion") || name.ends_with("apirevision") || name == "acceptversion" || name == "xversion"
        };
        let placed = |parameter: &ParameterRef| matches!(parameter.location(), Location::Header | Location::Query);
        self.parameters().into_iter().find(|parameter| placed(parameter) && named(parameter))
    }

    /// Whether its version stands where the configuration asks for it, and in no path where it asks for another place.
    pub fn has_version_in(self, place: VersionPlace) -> bool {
        let in_server = || self.effective_servers().iter().any(|server| server.version_segment().is_some());
        let in_path = || self.version_segment().is_some() || in_server();
        let location = self.version_parameter().map(ParameterRef::location);
        match place {
            VersionPlace::Path => in_path(),
            VersionPlace::Header => location == Some(Location::Header) && !in_path(),
            VersionPlace::Query => location == Some(Location::Query) && !in_path(),
        }
    }

    /// Whether it says what comes after it or when it goes: a `Sunset`, `Deprecation` or `Link` header, an extension such as
    /// `x-sunset`, a word or a date in its prose.
    pub fn tells_its_end(self) -> bool {
        let headers = ["sunset", "deprecation", "link"];
        let in_headers = || self.responses().iter().any(|response| headers.iter().any(|name| response.header(name).is_some()));
        let in_extensions = || {
            let keys = self.cursor().map(|cursor| cursor.entries()).unwrap_or_default();
            let named = |key: &str| {
                key.starts_with("x-") && (key.contains("sunset") || key.contains("deprecat") || key.contains("replace"))
            };
            keys.iter().filter_map(|(key, _)| key.text()).any(named)
        };
        in_extensions() || self.prose().any(speaks_of_end) || in_headers()
    }
}

/// Whether prose says what comes instead, or when.
fn speaks_of_end(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let year = text.as_bytes().windows(3).any(|part| part.starts_with(b"20") && part.iter().all(u8::is_ascii_digit));
    year || policy_words().ends.iter().any(|word| text.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_words() {
        assert!(["v1", "V2", "v1.0", "v2beta1", "v1alpha"].into_iter().all(is_version));
        assert!(!["vouchers", "ipv4", "v", "view", "v1things"].into_iter().any(is_version));
    }

    #[test]
    fn prose_that_names_a_successor_is_enough() {
        assert!(speaks_of_end("Use `GET /v2/orders` instead") && speaks_of_end("Gone on 2027-01-31"));
        assert!(!speaks_of_end("Deprecated. Lists orders"));
    }
}
