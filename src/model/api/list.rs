//! Which operations answer with a list, and how long it may grow.

use super::kept::KeptList;
use super::operation::{Method, OperationRef, Segment};
use super::schema::{Property, SchemaRef};
use super::words::{self, words};
use crate::source::Span;

/// A list that an operation answers with.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// What its entries are, where that is said.
    pub items: Option<SchemaRef<'a>>,
    /// The array itself.
    pub array: SchemaRef<'a>,
    /// The property that holds it; `None` where the array is the whole body.
    pub property: Option<Property<'a>>,
}

impl<'a> List<'a> {
    /// Whether the document bounds its length (`maxItems`).
    pub fn is_bounded(&self) -> bool {
        self.array.max_items().is_some()
    }

    /// Whether its entries are objects.
    pub fn has_objects(&self) -> bool {
        self.items.map(SchemaRef::core).is_some_and(|items| items.is_object() || items.has_alternatives())
    }

    /// Where the array is written.
    pub fn span(&self) -> Span {
        self.property.map_or(self.array.span(), |property| property.span)
    }

    /// Whether an entry is no more than a name under a number, as in tables of types.
    pub fn is_lookup(&self) -> bool {
        const NAMES: [&str; 10] = ["id", "uid", "name", "code", "label", "title", "description", "key", "value", "slug"];
        let Some(items) = self.items.map(SchemaRef::core) else { return false };
        let properties = items.properties();
        let named = || properties.iter().any(|property| NAMES[2..].contains(&property.name));
        (1..=3).contains(&properties.len()) && properties.iter().all(|property| NAMES.contains(&property.name)) && named()
    }
}

/// Whether a property may stand beside the entries of a list.
fn is_meta(property: &Property) -> bool {
    words().envelope.meta.contains(&words::folded(property.name))
}

impl<'a> OperationRef<'a> {
    /// The list that a successful GET on a collection answers with: an array, or an object that is an envelope around one,
    /// also one level further down. `None` for anything else, and where the schema is not known.
    pub fn list(self) -> Option<List<'a>> {
        let kept = self.data().kept.list.get_or_init(|| self.find_list().map(KeptList::of));
        kept.and_then(|list| list.view(self.api))
    }

    fn find_list(self) -> Option<List<'a>> {
        if self.method() != Method::Get || self.last_literal().is_none() || self.is_health_like() || self.is_stream() {
            return None;
        }
        let media = self.success_media().filter(|media| media.is_json())?;
        let schema = media.schema?.core();
        if !schema.is_wholly_known() || schema.has_alternatives() {
            return None;
        }
        if schema.is_array() {
            return Some(List { items: schema.array_items(), array: schema, property: None });
        }
        self.envelope(schema).or_else(|| {
            let properties = schema.properties();
            let (inner, beside): (Vec<Property>, Vec<Property>) = properties.iter().partition(|property| {
                let named = words().envelope.objects.contains(&words::folded(property.name));
                named && property.schema.core().is_object()
            });
            match inner.as_slice() {
                [one] if beside.iter().all(is_meta) => self.envelope(one.schema.core()),
                _ => None,
            }
        })
    }

    /// The one array of an object whose other properties are about paging, or whose name says that it is the list.
    fn envelope(self, schema: SchemaRef<'a>) -> Option<List<'a>> {
        let properties = schema.properties();
        let is_array = |property: &&Property| property.schema.core().is_array();
        let arrays: Vec<&Property> = properties.iter().filter(is_array).filter(|property| !is_meta(property)).collect();
        let found = match arrays.as_slice() {
            [one] => {
                let others = properties.iter().filter(|property| property.name != one.name);
                let alone = others.into_iter().all(is_meta);
                (alone || self.names_the_list(one.name)).then_some(**one)
            }
            several => several.iter().find(|one| words().envelope.arrays.contains(&words::folded(one.name))).map(|one| **one),
        }?;
        let array = found.schema.core();
        Some(List { items: array.array_items(), array, property: Some(found) })
    }

    /// Whether a property is called what lists are called, or what the path ends in.
    fn names_the_list(self, property: &str) -> bool {
        let folded = words::folded(property);
        let last = self.last_literal().map(words::folded).unwrap_or_default();
        words().envelope.arrays.contains(&folded) || (folded.len() > 2 && last.ends_with(&folded))
    }

    /// Whether the service's users can make the list longer: something is created at its path, or an entry deleted.
    pub fn is_growable(self) -> bool {
        let created = self.siblings().into_iter().any(|other| other.method() == Method::Post);
        created || self.item_siblings().into_iter().any(|item| item.method() == Method::Delete)
    }

    /// A list of the same name elsewhere in the document that comes in pages: `/orgs/{}/packages` for `/users/{}/packages`.
    pub fn paged_namesake(self) -> Option<OperationRef<'a>> {
        let last = self.last_literal()?;
        let mut others = self.document().ending_in(last).filter(|other| *other != self);
        others.find(|other| other.list().is_some() && other.paging().is_paged())
    }

    /// A list under the same thing that comes in pages: `/orders/{}/notes` for `/orders/{}/items`.
    pub fn paged_neighbour(self) -> Option<OperationRef<'a>> {
        let (parent, _) = self.normal_path().rsplit_once('/').filter(|(parent, _)| parent.ends_with("{}"))?;
        let mut others = self.document().below(parent).filter(|other| *other != self);
        others.find(|other| other.list().is_some() && other.paging().is_paged())
    }

    /// Whether the list holds what its owner offers (plans, regions, types) and so has few entries.
    pub fn is_catalogue(self, list: &List<'a>) -> bool {
        let last = self.last_literal().unwrap_or("").to_lowercase();
        let paths = &words().paths;
        let named = paths.catalogue.contains(&words::last_token(self.last_literal().unwrap_or("")));
        list.is_lookup() || named || paths.catalogue_endings.iter().any(|ending| last.ends_with(ending.as_str()))
    }

    /// Whether its entries are set up by somebody, by the last word of the path (templates, keys, webhooks), and so are few.
    pub fn is_configuration(self) -> bool {
        let token = words::last_token(self.last_literal().unwrap_or(""));
        words().paths.configuration.contains(&words::singular(&token))
    }

    /// Why the list stays short by nature, in a few words; `None` where nothing says so.
    pub fn natural_bound(self, list: &List<'a>) -> Option<&'static str> {
        let token = words::last_token(self.last_literal().unwrap_or(""));
        let paths = &words().paths;
        if self.is_catalogue(list) {
            return Some("it is a catalogue by its name or its entries");
        }
        let segments = self.segments();
        let nested = segments.iter().any(|segment| matches!(segment, Segment::Parameter(_)));
        if nested && paths.bounded.contains(&token) {
            return Some("one thing has few of these");
        }
        let own = |segment: &Segment| matches!(segment, Segment::Literal(name) if paths.own.contains(*name));
        if !words::is_plural(&token) {
            return Some("its name is no plural, so it may be one thing with parts");
        }
        if self.belongs_to_one_thing() && !self.stands_out() {
            return Some("it belongs to one thing, which may have few");
        }
        if !nested && segments.iter().take(segments.len().saturating_sub(1)).any(own) {
            return Some("it holds only what belongs to the caller");
        }
        if self.is_configuration() {
            return Some("it is configuration by its name, of which there are few");
        }
        if paths.search.contains(&token) {
            return Some("it is a search or a report, not a collection");
        }
        self.time_window().then_some("a time range or a change token bounds it")
    }

    /// Whether the last parameter of the path names a thing and not a tenant: `/invoices/{id}/lines`, but not `/orgs/{org}/users`.
    fn belongs_to_one_thing(self) -> bool {
        let segments = self.segments();
        let last = segments.iter().rposition(|segment| matches!(segment, Segment::Parameter(_)));
        let Some(last) = last else { return false };
        // Two parameters in a row (`/repos/{owner}/{repo}`) name one thing: the word before both counts.
        let owner = segments.iter().take(last).rev().find_map(|segment| match segment {
            Segment::Literal(name) => Some(name.to_lowercase()),
            Segment::Parameter(_) => None,
        });
        owner.is_some_and(|owner| !words().paths.tenants.contains(&owner))
    }

    /// Whether the document gives pages to most lists, and to one like this.
    pub fn stands_out(self) -> bool {
        let mostly = self.document().conventions().mostly_paged();
        mostly && (self.paged_namesake().is_some() || self.paged_neighbour().is_some())
    }

    /// Whether parameters bound a time, or ask for certain entries.
    fn time_window(self) -> bool {
        let paging = &words().paging;
        self.query_parameters().iter().any(|one| {
            let folded = one.paging_name();
            paging.window.contains(&folded) || paging.search.contains(&folded) && one.is_required()
        })
    }
}
