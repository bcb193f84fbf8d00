//! What a request carries, and on which conditions.

use super::cursor::Cursor;
use super::document::{DocumentRef, Version};
use super::operation::OperationRef;
use super::parameter::{Location, ParameterRef};
use super::response::{MediaRef, ResponseRef, Status};
use super::schema::{Property, SchemaRef};
use super::words::{self, words};

/// Media types that say how a change is written.
const PATCHES: [&str; 4] = [
    "application/merge-patch+json",
    "application/json-patch+json",
    "application/json-patch-query+json",
    "application/xml-patch+xml",
];

impl<'a> SchemaRef<'a> {
    /// `minProperties`, of the schema or a member of its `allOf`.
    pub fn min_properties(self) -> Option<i64> {
        let core = self.core();
        let own = [core].into_iter().chain(core.parts("allOf").into_iter().map(SchemaRef::core));
        own.filter_map(|part| part.cursor.raw("minProperties")?.as_i64()).max()
    }

    /// Whether it describes a value with something in it. False for an object without properties, and where nothing is said.
    fn holds_something(self) -> bool {
        let core = self.core();
        let words = ["properties", "allOf", "oneOf", "anyOf", "items", "enum"];
        let said = !core.types().is_empty() || words.iter().any(|word| core.cursor.raw(word).is_some());
        let empty = core.is_object() && core.possible_properties().is_empty() && core.additional_properties().is_none();
        self.is_known() && said && (!empty || core.has_alternatives())
    }
}

impl<'a> OperationRef<'a> {
    /// Whether its request has a body with something in it: a schema that is more than an empty form.
    pub fn carries_request(self) -> bool {
        let described = self.request_media().iter().filter_map(|media| media.schema).any(SchemaRef::holds_something);
        described || self.request_media().iter().all(|media| media.schema.is_none()) && !self.request_properties().is_empty()
    }

    /// Whether it takes a format that says how a change is written (RFC 6902, RFC 7396); in 2.0 also by what it consumes.
    pub fn takes_patch_format(self) -> bool {
        let is_patch = |essence: &str| PATCHES.contains(&essence) || essence.ends_with("-patch+json");
        let consumed = || self.document().version() == Version::V2 && self.consumes().into_iter().any(is_patch);
        self.request_media().iter().map(MediaRef::essence).any(|essence| is_patch(&essence)) || consumed()
    }

    /// The header with which a caller says which version of the thing it knows.
    pub fn entity_tag_parameter(self) -> Option<ParameterRef<'a>> {
        let named = |one: &ParameterRef| ["ifmatch", "ifnonematch"].contains(&one.folded().as_str());
        self.parameters().into_iter().find(|one| one.location() == Location::Header && named(one))
    }

    /// Whether a request can state a condition in its headers, or be one that states it otherwise by its name.
    pub fn takes_precondition(self) -> bool {
        let stated = |one: &ParameterRef| one.location() == Location::Header && one.folded().starts_with("if");
        self.parameters().iter().any(stated)
    }

    /// Whether it says what a good request is answered with: 2xx, 3xx, the change of protocol, or `default`. A name that is no
    /// status may be meant so.
    pub fn documents_success(self) -> bool {
        let good =
            |status: Status| matches!(status.class(), Some(2 | 3)) || matches!(status, Status::Default | Status::Code(101));
        let responses = self.cursor().and_then(|cursor| cursor.get("responses")).map(Cursor::entries).unwrap_or_default();
        let mut keys = responses.iter().filter_map(|(key, _)| key.text()).filter(|key| !key.starts_with("x-"));
        keys.any(|key| Status::parse(key).is_none_or(good))
    }
}

/// Whether a property holds the version of a thing.
fn is_tag(name: &str) -> bool {
    let folded = words::folded(name);
    folded.contains("etag") || folded == "version" || folded == "revision"
}

impl<'a> ResponseRef<'a> {
    /// Whether a caller can find out from it what becomes of the request: a header or a link that leads on, or a member of the
    /// body that names the work or tells its state. True where it is not known what it holds.
    pub fn leads_to_result(self) -> bool {
        let accepted = &words().accepted;
        let headers = self.headers().iter().any(|name| accepted.headers.contains(&words::folded(name)));
        let linked = self.cursor.get("links").is_some_and(|links| !links.entries().is_empty());
        let tells = |schema: SchemaRef<'a>| {
            let core = schema.core();
            let core = core.array_items().map_or(core, SchemaRef::core);
            let named = |name: &str| {
                let last = words::last_token(name);
                accepted.members.contains(&words::folded(name)) || accepted.endings.contains(&last)
            };
            let properties = core.possible_properties();
            let nested = || properties.iter().any(|one| one.schema.possible_properties().iter().any(|inner| named(inner.name)));
            !core.is_wholly_known() || properties.iter().any(|one| named(one.name)) || nested() || core.is_string()
        };
        headers || linked || self.media().into_iter().filter_map(|media| media.schema).any(tells)
    }
}

impl<'a> DocumentRef<'a> {
    /// Whether some answer of some operation tells the version of a thing: in a header, or as a property of the body or of an object
    /// in it. True where it is not known what an answer holds.
    pub fn tells_entity_tags(self) -> bool {
        let tagged = |schema: SchemaRef| {
            let core = schema.core();
            let core = core.array_items().map_or(core, SchemaRef::core);
            // Some keep it apart: `meta.version`.
            let below = |one: &Property| one.schema.core().possible_properties().iter().any(|inner| is_tag(inner.name));
            !core.is_wholly_known() || core.possible_properties().iter().any(|one| is_tag(one.name) || below(one))
        };
        let tells = |response: &ResponseRef| {
            let headers = response.headers();
            let in_body = || response.media().into_iter().filter_map(|media| media.schema).any(tagged);
            !response.is_known() || headers.iter().any(|name| name.eq_ignore_ascii_case("etag")) || in_body()
        };
        self.operations().any(|operation| operation.responses().iter().any(tells))
    }

    /// Whether the introduction speaks of entity tags.
    pub fn speaks_of_entity_tags(self) -> bool {
        self.description().is_some_and(|text| text.to_ascii_lowercase().contains("etag"))
    }
}
