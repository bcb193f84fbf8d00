//! How a list is asked for page by page.

use super::Set;
use super::kept::KeptPaging;
use super::operation::OperationRef;
use super::page_sign::PageSign;
use super::parameter::{Location, ParameterRef};
use super::response::ResponseRef;
use super::schema::{Property, SchemaRef};
use super::words::{self, words};
use crate::source::Span;

/// The signs that a list comes in pages.
#[derive(Debug, Clone, Copy, Default)]
pub struct Paging<'a> {
    /// The parameter that says how many entries a page has.
    pub size: Option<ParameterRef<'a>>,
    /// The parameter that says where a page starts.
    pub position: Option<ParameterRef<'a>>,
    /// The property of an object parameter (`page[size]`) that says how many entries a page has.
    pub size_property: Option<Property<'a>>,
    /// Whether something else leads to the next page: a `Link` header, an address in the body, a body of the request, an extension.
    pub other: bool,
    /// The property of the answer that speaks of pages (`next_marker`, `pagination.total`) and is no address of the next one.
    pub remark: Option<Property<'a>>,
}

/// What says how many entries a page has: a parameter, or a property of one.
#[derive(Debug, Clone, Copy)]
pub struct PageSize<'a> {
    /// Its name as written.
    pub name: &'a str,
    /// Where the name is declared.
    pub span: Span,
    /// What it holds.
    pub schema: SchemaRef<'a>,
    /// The parameter.
    pub parameter: ParameterRef<'a>,
}

impl PageSize<'_> {
    /// Whether it has no upper bound although it is a number.
    pub fn is_unbounded(&self) -> bool {
        self.schema.is_unbounded_number()
    }

    /// What it says about itself, in the parameter and in the schema.
    pub(super) fn prose(&self) -> impl Iterator<Item = &str> {
        [self.parameter.description(), self.schema.description()].into_iter().flatten()
    }
}

impl<'a> Paging<'a> {
    /// What says how many entries a page has.
    pub fn page_size(&self) -> Option<PageSize<'a>> {
        if let Some((property, parameter)) = self.size_property.zip(self.position) {
            return Some(PageSize { name: property.name, span: property.span, schema: property.schema, parameter });
        }
        let parameter = self.size?;
        Some(PageSize { name: parameter.name(), span: parameter.span(), schema: parameter.schema()?, parameter })
    }
}

impl Paging<'_> {
    /// Whether the list comes in pages, or at least not whole.
    pub fn is_paged(&self) -> bool {
        self.size.is_some() || self.position.is_some() || self.other
    }
}

impl<'a> OperationRef<'a> {
    /// The signs that its list comes in pages. `shared` are names that the document uses on many lists: an ambiguous name
    /// among them is paging.
    pub(super) fn paging_with(self, shared: &dyn Fn(&str) -> bool) -> Paging<'a> {
        let paging = &words().paging;
        let parameters = self.query_parameters();
        let named = |set: &Set<String>| parameters.iter().copied().find(|parameter| set.contains(&parameter.paging_name()));
        let (mut size, mut position) = (named(&paging.size), named(&paging.position));
        let ambiguous_size = named(&paging.ambiguous_size).filter(|one| one.schema().is_none_or(|schema| !schema.is_string()));
        let ambiguous_position = named(&paging.ambiguous_position);
        let second = size.is_some() || position.is_some();
        let usual = |one: &ParameterRef| second || shared(&one.paging_name());
        let pair = || ambiguous_size.zip(ambiguous_position).filter(|(size, position)| size.name() != position.name());
        if size.is_none() {
            size = ambiguous_size.filter(usual).or_else(|| pair().map(|(size, _)| size));
        }
        if position.is_none() {
            position = ambiguous_position.filter(usual).or_else(|| pair().map(|(_, position)| position));
        }
        // Of a pair that leads both ways, the parameter that leads on.
        let onward = position.and_then(|one| {
            let name = one.paging_name();
            let (start, end) = name.split_once("before")?;
            let forward = format!("{start}after{end}").replace("endingafter", "startingafter");
            parameters.iter().copied().find(|other| other.paging_name() == forward)
        });
        position = onward.or(position);
        let size_property = position.filter(|_| size.is_none()).and_then(|one| {
            let properties = one.schema()?.core().properties().into_iter();
            let sizes = |name: &str| paging.size.contains(name) || paging.ambiguous_size.contains(name);
            properties.into_iter().find(|property| sizes(&words::folded(property.name)))
        });
        let sign = self.page_sign();
        let (linked, remark) = match sign {
            Some(PageSign::Address) => (true, None),
            Some(PageSign::Remark(property)) => (false, Some(property)),
            None => (false, None),
        };
        Paging { size, position, size_property, other: linked || self.pages_otherwise(), remark }
    }

    /// The signs that its list comes in pages.
    pub fn paging(self) -> Paging<'a> {
        let kept = self.data().kept.paging.get_or_init(|| {
            let conventions = self.document().conventions();
            KeptPaging::of(self.paging_with(&|name| conventions.is_paging_name(name)))
        });
        kept.view(self.api)
    }

    fn pages_otherwise(self) -> bool {
        let paging = &words().paging;
        let in_header = self
            .parameters()
            .iter()
            .any(|parameter| parameter.location() == Location::Header && paging.request_headers.contains(&parameter.folded()));
        let in_body = || {
            let names = self.request_properties();
            let has = |set: &Set<String>| names.iter().any(|one| set.contains(&words::folded(one.name)));
            has(&paging.size) || has(&paging.position)
        };
        let answered = || {
            let headers = self.success().map(ResponseRef::headers).unwrap_or_default();
            headers.into_iter().any(|name| paging.headers.contains(&words::folded(name)))
        };
        let extended = || paging.extensions.iter().any(|name| self.cursor().is_some_and(|cursor| cursor.raw(name).is_some()));
        in_header || answered() || extended() || in_body()
    }
}
