//! What a document does over and over, counted: the whole house style, as `model` prints it.
//!
//! Rules ask narrower questions ([`super::Conventions`], the majority of error shapes, casing); this is for people who want to know
//! against what they are measured.

use super::casing::styles;
use super::component::ComponentKind;
use super::convention::Conventions;
use super::document::DocumentRef;
use super::error::ErrorBody;
use super::operation::OperationRef;
use super::paging::Paging;
use super::parameter::{Location, ParameterRef};
use super::path::PathRef;
use super::response::ResponseRef;
use super::security::{SchemeKind, SecuritySchemeRef};
use super::words;
use std::collections::{BTreeMap, BTreeSet};

/// One way of doing a thing, and in how many places the document does it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The way, as written where it is a name.
    pub name: String,
    /// How often.
    pub count: usize,
}

/// What a document does over and over. Each list has the most frequent first; empty where there is nothing to count.
#[derive(Debug, Clone, Default)]
pub struct House {
    /// Media types of error bodies.
    pub error_media: Vec<Tally>,
    /// What error bodies are: the component where they refer to one, else their properties.
    pub error_shapes: Vec<Tally>,
    /// By what pages are asked for (`cursor`, `key`, `offset`, `page`), and how else (`link`, `none`); of lists.
    pub paging: Vec<Tally>,
    /// Names of paging parameters; of lists.
    pub paging_parameters: Vec<Tally>,
    /// What holds the entries of a list: a property by name, or `bare array`.
    pub envelopes: Vec<Tally>,
    /// Headers and query parameters by which a repeated request is recognised; of operations.
    pub idempotency_keys: Vec<Tally>,
    /// Where the version of the interface stands (`path v2`, `header X-Api-Version`, `query api-version`, `server v1`); of
    /// operations, and of servers.
    pub versions: Vec<Tally>,
    /// Headers that tell of a rate limit; of responses.
    pub rate_limit_headers: Vec<Tally>,
    /// What callers show (`http bearer`, `apiKey in header`, `oauth2`, `none`); of operations.
    pub security: Vec<Tally>,
    /// How the words of paths are written; of different names of several words, as all that follow.
    pub path_casing: Vec<Tally>,
    /// How query parameters are written.
    pub parameter_casing: Vec<Tally>,
    /// How properties are written.
    pub property_casing: Vec<Tally>,
    /// How schema components are written.
    pub schema_casing: Vec<Tally>,
    /// How ids of operations are written.
    pub operation_id_casing: Vec<Tally>,
    /// Whether it calls procedures instead of naming things.
    pub is_rpc_style: bool,
}

impl House {
    /// Each topic with what was counted, in a fixed order.
    pub fn topics(&self) -> [(&'static str, &[Tally]); 14] {
        [
            ("error_media_types", &self.error_media),
            ("error_shapes", &self.error_shapes),
            ("paging", &self.paging),
            ("paging_parameters", &self.paging_parameters),
            ("list_envelopes", &self.envelopes),
            ("idempotency_keys", &self.idempotency_keys),
            ("versions", &self.versions),
            ("rate_limit_headers", &self.rate_limit_headers),
            ("security", &self.security),
            ("path_casing", &self.path_casing),
            ("parameter_casing", &self.parameter_casing),
            ("property_casing", &self.property_casing),
            ("schema_casing", &self.schema_casing),
            ("operation_id_casing", &self.operation_id_casing),
        ]
    }
}

/// Counts names, the most frequent first.
fn tally(names: impl Iterator<Item = String>) -> Vec<Tally> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    names.for_each(|name| *counts.entry(name).or_default() += 1);
    let mut tallies: Vec<Tally> = counts.into_iter().map(|(name, count)| Tally { name, count }).collect();
    tallies.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    tallies
}

impl<'a> DocumentRef<'a> {
    /// What it does over and over. Counted anew with each call.
    pub fn house(self) -> House {
        let operations: Vec<OperationRef> = self.own_operations().collect();
        let bodies = self.error_bodies();
        let lists: Vec<OperationRef> = self.listing_operations().collect();
        let Conventions { paging_parameters, .. } = self.conventions();
        let parameters = paging_parameters.iter().map(|(name, count)| Tally { name: name.clone(), count: *count });
        let responses = operations.iter().flat_map(|operation| operation.responses());
        let kinds: BTreeMap<&str, String> = self.security_schemes().into_iter().map(|one| (one.name(), scheme(one))).collect();
        let shown = |operation: &OperationRef| -> Vec<String> {
            let names: BTreeSet<&str> = operation.security_schemes().into_iter().collect();
            let known = names.iter().filter_map(|name| kinds.get(name).cloned());
            if names.is_empty() { vec!["none".to_owned()] } else { known.collect() }
        };
        let parameters_of = operations.iter().flat_map(|operation| operation.parameters());
        let queries = parameters_of.filter(|one| one.location() == Location::Query);
        House {
            error_media: tally(bodies.iter().map(|body| body.media.essence())),
            error_shapes: tally(bodies.iter().filter_map(shape)),
            paging: tally(lists.iter().map(|list| dialect(&list.paging()).to_owned())),
            paging_parameters: parameters.collect(),
            envelopes: tally(lists.iter().filter_map(envelope)),
            idempotency_keys: tally(operations.iter().filter_map(|one| Some(one.idempotency_key()?.parameter.name().to_owned()))),
            versions: tally(operations.iter().filter_map(|one| version(*one)).chain(self.server_versions())),
            rate_limit_headers: tally(
                responses.flat_map(ResponseRef::headers).filter(|name| is_rate_limit(name)).map(str::to_owned),
            ),
            security: tally(operations.iter().flat_map(shown)),
            path_casing: tally(styles(self.paths().into_iter().flat_map(PathRef::words).map(|word| word.value))),
            parameter_casing: tally(styles(queries.map(|one| one.name()))),
            property_casing: tally(styles(self.property_names().map(|one| one.value))),
            schema_casing: tally(styles(self.components_of(ComponentKind::Schema).iter().map(|one| one.name()))),
            operation_id_casing: tally(styles(operations.iter().filter_map(|one| one.operation_id()))),
            is_rpc_style: self.is_rpc_style(),
        }
    }

    /// `server v1` for each server whose address holds a version.
    fn server_versions(self) -> impl Iterator<Item = String> {
        let urls = self.servers().into_iter().map(|server| server.base_path().to_owned());
        urls.filter_map(|path| path.split('/').find(|part| is_version(part)).map(|part| format!("server {part}")))
    }
}

fn shape(body: &ErrorBody) -> Option<String> {
    body.component().map(|(name, _)| name.to_owned()).or_else(|| Some(body.shape()?.label()))
}

fn dialect(paging: &Paging) -> &'static str {
    match paging.kind() {
        Some(kind) => kind.name(),
        None if paging.other => "link",
        None if paging.size.is_some() => "size only",
        None => "none",
    }
}

fn envelope(list: &OperationRef) -> Option<String> {
    let list = list.list()?;
    Some(list.property.map_or("bare array", |property| property.name).to_owned())
}

/// `v1`, `v2beta1`.
fn is_version(part: &str) -> bool {
    let mut rest = part.strip_prefix(['v', 'V']).unwrap_or("").chars();
    rest.next().is_some_and(|first| first.is_ascii_digit()) && rest.all(char::is_alphanumeric)
}

/// Where an operation says its version.
fn version(operation: OperationRef) -> Option<String> {
    if let Some(number) = operation.path_version() {
        return Some(format!("path v{number}"));
    }
    let named = |one: &ParameterRef| matches!(one.folded().as_str(), "apiversion" | "xapiversion" | "acceptversion" | "version");
    let parameters = operation.parameters().into_iter();
    let found = parameters.filter(|one| matches!(one.location(), Location::Header | Location::Query)).find(named)?;
    Some(format!("{} {}", found.location().name(), found.name()))
}

fn is_rate_limit(name: &str) -> bool {
    let folded = words::folded(name);
    folded.contains("ratelimit") || folded == "retryafter"
}

fn scheme(scheme: SecuritySchemeRef) -> String {
    match scheme.kind() {
        SchemeKind::ApiKey => format!("apiKey in {}", scheme.place().map_or("?", |place| place.value)),
        SchemeKind::Http(name) => format!("http {}", name.to_ascii_lowercase()),
        SchemeKind::OAuth2 => "oauth2".to_owned(),
        SchemeKind::OpenIdConnect => "openIdConnect".to_owned(),
        SchemeKind::MutualTls => "mutualTLS".to_owned(),
        SchemeKind::Other => scheme.type_name().map_or("?", |name| name.value).to_owned(),
    }
}
