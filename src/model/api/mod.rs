//! The HTTP interface: operations, parameters, responses and schemas, from OpenAPI documents of any version.
//!
//! A lenient view over document trees: nothing is copied, expanded or validated. References are followed when a view
//! asks; a thing has one identity, its file and node, however many references lead to it. What is absent: JSON Schema
//! validation, and anything that a reference to a URL would say.
//!
//! The questions, by view (all versions answer in one form; what a place is, is a `Span`):
//!
//! - [`Api`]: `documents`, `operations` (of all documents, each once), `twins`.
//! - [`DocumentRef`]: `version`, `version_text`, `standards`, `info`, `servers`, `schemes`, `tags`, `paths`, `operations`, `own_operations`,
//!   `webhooks`, `callbacks`, `components`, `components_of`, `security`, `security_schemes`, `is_library`, `is_rpc_style`,
//!   `conventions`, `error_bodies`.
//! - [`PathRef`]: `text`, `segments`, `template_names`, `operations`, `parameters` (the shared ones), `servers`.
//! - [`OperationRef`]: `method`, `path`, `role` (served, webhook, callback), `parameters` (merged with those of the path),
//!   `declared_parameters` (as written), `request_body`, `request_media`, `request_schema`, `request_properties`, `responses`,
//!   `response_keys`, `success`, `security`, `own_security`, `effective_servers`, `tags`, `operation_id_spanned`, `summary`,
//!   `is_deprecated`, `is_known`; what kind it is: `list`, `paging`, `create`, `is_health_like`, `is_stream`.
//! - [`ParameterRef`], [`BodyRef`], [`ResponseRef`] (`header`, `header_list`, `links`, `media`), [`MediaRef`] (`schema`,
//!   `encodings`, `item_schema`), [`HeaderRef`], [`SecuritySchemeRef`] (`kind`, `flows`), [`ServerRef`], [`ComponentRef`].
//! - [`SchemaPart`] (`Api::schemas`, `DocumentRef::schemas`): every schema once, where it is defined: `schema`, `key`, `span`,
//!   `pointer`, `within`, `is_sent_by_clients`, `is_sent_by_service`, `is_of_parameter`, `is_of_header`, `is_reached`.
//!   [`ComponentRef`]: `is_referred_to` (by any document of the repository), `is_reached` (by any operation).
//! - [`Defect`] (`DocumentRef::defects`, `defect_groups`): unknown and misspelt keys, keys of other versions, wrong values, missing
//!   keys, references to another kind of thing.
//! - [`ReferenceRef`] (`DocumentRef::references`): every reference as it is written: `lost`, `ignored_siblings`.
//! - `DocumentRef::unused_components`, `equal_schemas`; `SchemaPart::undefined_required`, `Api::type_conflicts`, `discriminator_blind`;
//!   `schemas_with` ([`Mark`]): the schemas that have an enum, an `allOf`, bounds; `examples` ([`Unfit`]).
//! - [`SchemaRef`]: `types` (null included), `properties` (through `allOf`), `array_items`, `enum_values`, bounds, `core`.

mod access;
mod alike;
mod anchor;
mod body;
mod bound;
mod by_source;
mod casing;
mod component;
mod conflict;
mod constraint;
mod convention;
mod create;
mod credential;
mod cursor;
mod declared;
mod declared_together;
mod default_value;
mod defect;
mod discriminator;
mod document;
mod duplicate;
mod embedded;
mod endless;
mod error;
mod error_coverage;
mod error_part;
mod example;
mod house;
mod info;
mod json;
mod kept;
mod kept_answer;
mod keyword;
mod leak;
mod list;
mod mapping;
mod mark;
mod mention;
mod named;
mod naming;
mod nature;
mod operation;
mod outgoing;
mod over;
mod overlap;
mod page_sign;
mod paging;
mod paging_kind;
mod parameter;
mod path;
mod problem;
mod reach;
mod reference;
mod removal;
mod replacement;
mod replay;
mod request;
mod response;
mod schema;
mod schema_part;
mod security;
mod server;
mod stray;
mod successor;
mod takes;
mod template;
mod throttle;
mod twin;
mod types;
mod unused;
mod validate;
mod verb;
mod versioning;
mod walk;
mod when;
mod words;

pub use access::Access;
pub use body::{BodyRef, HeaderRef};
pub use bound::LooseBound;
pub use casing::{Casing, HouseCasing};
pub use component::{ComponentKind, ComponentRef};
pub use conflict::TypeConflict;
pub use constraint::{Clash, Oddity};
pub use convention::Conventions;
pub use create::{Create, KeyDeclaration};
pub use cursor::Pin;
pub use declared::Declared;
pub use defect::{Defect, DefectGroup, DefectKind};
pub use discriminator::Blind;
pub use document::{DocumentRef, Version};
pub use endless::Endless;
pub use error::{ErrorBody, Majority, Shape};
pub use error_coverage::{BodyCoverage, Envelope};
pub use example::{Examples, Unfit};
pub use house::{House, Tally};
pub use info::{InfoRef, TagRef};
pub use json::{conventions_to_json, to_json};
pub use keyword::IdleKeyword;
pub use leak::Leak;
pub use list::List;
pub use mapping::{LostTarget, Unmapped};
pub use mark::Mark;
pub use named::Named;
pub use naming::TwoNames;
pub use operation::{Method, OperationRef, ResourceName, Role, Segment};
pub use overlap::{Overlap, Which};
pub use paging::{PageSize, Paging};
pub use paging_kind::PagingKind;
pub use parameter::{IGNORED_HEADERS, Location, ParameterRef};
pub use path::PathRef;
pub use problem::{StatusClash, TypeFault};
pub use reach::Lost;
pub use reference::ReferenceRef;
pub use removal::{Removal, yaml_word};
pub use response::{MediaRef, ResponseRef, Status};
pub use schema::{Property, SchemaRef};
pub use schema_part::SchemaPart;
pub use security::{Flow, Requirement, SchemeKind, SecuritySchemeRef};
pub use server::{ServerRef, ServerVariable, is_inner_host};
pub use template::{PathTemplate, Piece, TemplateFault, parameter_name};
pub use throttle::LimitDialect;
pub use twin::Twin;
pub use validate::Misfit;
pub use versioning::names_version;
pub use walk::Names;
pub use when::TimeFault;

use super::{Settings, Workspace};
use crate::discover::{Discovery, Kind};
use crate::documents::{NodeId, NodeRef, Tree};
use crate::source::SourceId;
use by_source::BySource;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};

/// A map that is asked at every step through a document.
type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// A set that is asked at every step through a document.
type Set<T> = HashSet<T, foldhash::fast::RandomState>;

/// The HTTP interface: operations, parameters, responses and schemas, from OpenAPI documents of any version.
#[derive(Debug, Default)]
pub struct Api {
    /// Every file that an entry document reaches.
    trees: BySource<Arc<Tree>>,
    /// Which specification each file follows: that of the first entry document that reaches it.
    versions: BySource<Version>,
    /// Where references lead, by the node that has the `$ref`; those that lead nowhere that may be read are left out.
    targets: BySource<Map<NodeId, cursor::Target>>,
    /// The same by file and text, for references without a node of their own: `None` where one leads nowhere that may be read.
    texts: Map<SourceId, Map<Box<str>, Option<cursor::Target>>>,
    /// References that lead nowhere for certain, by file and text.
    lost: Map<SourceId, Map<Box<str>, Lost>>,
    /// Entry documents in order of path, twins left out.
    documents: Vec<document::Document>,
    /// Operations in the order of documents, paths and methods as written.
    operations: Vec<operation::Operation>,
    twins: Vec<Twin>,
    /// One for each document; found out when first asked for.
    conventions: OnceLock<Vec<Conventions>>,
    /// Every object by what it is; found out when first asked for.
    walk: OnceLock<walk::Walk>,
    /// For each part of the walk whether references can lead round from it; empty where that cannot be told.
    leading_round: OnceLock<Vec<bool>>,
    /// For each document the components that nothing uses.
    unused: OnceLock<Vec<Vec<u32>>>,
    /// What each schema of the walk has of its own, as bits of [`Mark`].
    marks: OnceLock<Vec<u8>>,
    /// For each document what stands where the specification has no place for it.
    strays: OnceLock<Vec<Vec<Pin>>>,
    /// For each document its examples and defaults.
    examples: OnceLock<Vec<Examples>>,
    /// For each document its error bodies.
    error_bodies: OnceLock<Vec<Vec<error::BodyPlace>>>,
    /// What error bodies look like, by the nodes of their schemas: as mentioned, and themselves.
    shapes: Mutex<error::Shapes>,
    /// For each document the properties of its schemas: the nodes of their names and values.
    properties: OnceLock<Vec<Vec<(Pin, NodeId)>>>,
}

impl Api {
    /// Entry documents in order of path. A twin of another one is left out.
    pub fn documents(&self) -> impl Iterator<Item = DocumentRef<'_>> {
        (0..self.documents.len() as u32).map(|at| DocumentRef::new(self, at))
    }

    /// Operations of all documents, in the order in which they are written. One that several documents reach comes once.
    pub fn operations(&self) -> impl Iterator<Item = OperationRef<'_>> {
        let all = (0..self.operations.len() as u32).map(|at| OperationRef::new(self, at));
        all.filter(|operation| operation.role() == Role::Served && !operation.is_repeated())
    }

    /// Documents that say the same as another one and so are not judged again.
    pub fn twins(&self) -> &[Twin] {
        &self.twins
    }

    /// The schema of this identity; `None` where there is no such node.
    pub fn schema(&self, pin: Pin) -> Option<SchemaRef<'_>> {
        self.node(pin).map(|node| SchemaRef { cursor: cursor::Cursor::new(self, node) })
    }

    fn node(&self, pin: Pin) -> Option<NodeRef<'_>> {
        self.trees.get(pin.source).map(|tree| tree.node(pin.node))
    }

    /// Where the reference that a node is leads.
    fn target(&self, node: NodeRef) -> Option<cursor::Target> {
        self.targets.get(node.tree().source())?.get(&node.resolved().id()).copied()
    }
}

/// Reads this part: every entry document that `discovery` found, and every file that they reach by reference.
pub fn read(workspace: &mut Workspace, discovery: &Discovery, settings: &Settings) -> Api {
    let entries = discovery.artifacts.iter().filter(|artifact| artifact.kind == Kind::OpenApi);
    let mut paths: Vec<String> = entries.map(|artifact| artifact.path.clone()).collect();
    paths.sort();
    paths.dedup();
    let reached = reach::reach(workspace, &paths);
    let targets = reached.by_node();
    let mut api = Api { trees: reached.trees, targets, texts: reached.targets, lost: reached.lost, ..Api::default() };
    let versions: Vec<Version> =
        reached.entries.iter().map(|entry| api.node(entry.root).map_or(Version::V31, document::version_of)).collect();
    api.versions = reached.homes.iter().filter_map(|(source, at)| Some((*source, *versions.get(*at)?))).collect();
    for entry in &reached.entries {
        document::read(&mut api, entry, settings.at(&entry.path).api.clone());
    }
    twin::set_apart(&mut api);
    document::mark_repeated(&mut api);
    api
}
