//! By what a page is asked for, and whether the answer hands that out.

use super::operation::OperationRef;
use super::paging::{PageSize, Paging};
use super::parameter::ParameterRef;
use super::response::ResponseRef;
use super::schema::SchemaRef;
use super::words::{self, words};

/// By what a page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PagingKind {
    /// Opaque text that an earlier answer gave: `cursor`, `page_token`.
    Cursor,
    /// Something of the entry before: `starting_after`, `since_id`.
    Key,
    /// How many entries come before: `offset`, `skip`.
    Offset,
    /// The number of the page.
    Page,
}

impl PagingKind {
    /// Those that can be asked for.
    pub const ASKED: [PagingKind; 3] = [PagingKind::Cursor, PagingKind::Offset, PagingKind::Page];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            PagingKind::Cursor => "cursor",
            PagingKind::Key => "key",
            PagingKind::Offset => "offset",
            PagingKind::Page => "page",
        }
    }

    /// Whether it is what is asked for: something of the entry before does not count from the start either.
    pub fn meets(self, asked: PagingKind) -> bool {
        self == asked || (self, asked) == (PagingKind::Key, PagingKind::Cursor)
    }

    /// Of a name as words of paging know it.
    fn of(folded: &str) -> PagingKind {
        let paging = &words().paging;
        match folded {
            name if paging.cursor.contains(name) => PagingKind::Cursor,
            name if paging.offset.contains(name) => PagingKind::Offset,
            name if paging.number.contains(name) => PagingKind::Page,
            _ => PagingKind::Key,
        }
    }
}

impl Paging<'_> {
    /// By what a page is asked for; `None` where no parameter says where it starts. An object (`page[number]`) is what its
    /// properties are; a `page` that is text is opaque, and so may be anything.
    pub fn kind(&self) -> Option<PagingKind> {
        let position = self.position?;
        let schema = position.schema().map(SchemaRef::core);
        let parts = schema.filter(|schema| schema.is_object()).map(SchemaRef::properties).unwrap_or_default();
        let sizes = |name: &String| words().paging.size.contains(name) || words().paging.ambiguous_size.contains(name);
        let inner = parts.iter().map(|part| words::folded(part.name)).find(|name| !sizes(name));
        let kind = match inner {
            Some(name) if name == "after" || name == "before" => PagingKind::Cursor,
            Some(name) => PagingKind::of(&name),
            None => PagingKind::of(&position.paging_name()),
        };
        let text = schema.is_some_and(|schema| schema.is_string() && !schema.is_number());
        Some(match kind {
            PagingKind::Page if text => PagingKind::Key,
            PagingKind::Offset if text && position.is_called_a_token() => PagingKind::Cursor,
            _ => kind,
        })
    }
}

impl ParameterRef<'_> {
    /// Whether its prose says that it is handed out by the service: some call that an offset.
    fn is_called_a_token(self) -> bool {
        let prose = [self.description(), self.schema().and_then(SchemaRef::description)];
        let says = |word: &String| matches!(word.as_str(), "token" | "cursor" | "opaque");
        prose.into_iter().flatten().any(|text| words::tokens(text).iter().any(says))
    }

    /// Whether it bounds its list by a time rather than by pages: by its name, or because it holds one.
    pub fn bounds_a_time(self) -> bool {
        let folded = self.paging_name();
        let both_ways = matches!(folded.as_str(), "after" | "before");
        let moment = || self.schema().is_some_and(|schema| matches!(schema.core().format(), Some("date" | "date-time")));
        words().paging.window.contains(&folded) && (!both_ways || moment()) && !words().paging.position.contains(&folded)
    }
}

impl PageSize<'_> {
    /// Whether it is said what a request without it gets: a `default`, also one beside the number of a composed schema, or prose.
    pub fn says_default(&self) -> bool {
        let mut parts = vec![self.schema, self.schema.core()];
        parts.extend(["allOf", "oneOf", "anyOf"].into_iter().flat_map(|key| self.schema.parts(key)).map(SchemaRef::core));
        let has = parts.into_iter().any(|part| part.cursor.raw("default").is_some()) || self.parameter.has_key("default");
        has || self.prose().any(|text| text.to_lowercase().contains("default"))
    }
}

/// How many objects deep the cursor of the next page is looked for.
const DEPTH: usize = 4;

impl<'a> OperationRef<'a> {
    /// The cursor that its list takes, where the answer certainly has nothing that could be the next one: no property of such
    /// a name at any depth, no header, no link. `None` where it has one, takes none, or the answer is not fully described.
    pub fn cursor_from_nowhere(self) -> Option<ParameterRef<'a>> {
        let paging = self.paging();
        let cursor = paging.position.filter(|_| paging.kind() == Some(PagingKind::Cursor))?;
        // "The id of the last entry that you have" needs nothing but the entries; "see the Link header" says where it comes from.
        let speaks = |word: &String| matches!(word.as_str(), "id" | "link" | "header" | "headers");
        let named = cursor.description().is_some_and(|text| words::tokens(text).iter().any(speaks));
        let response = self.success()?;
        let open = named || paging.other || paging.remark.is_some() || !response.is_known() || has_carrier(response);
        (!open && self.success_schema().is_some_and(holds_no_cursor)).then_some(cursor)
    }
}

impl OperationRef<'_> {
    /// Whether a query parameter bounds its list otherwise than by pages: by a time, an order, or what is looked for.
    pub fn asks_for_a_window(self) -> bool {
        let paging = &words().paging;
        self.query_parameters().into_iter().any(|one| {
            let folded = one.paging_name();
            paging.window.contains(&folded) || paging.ambiguous_position.contains(&folded) || paging.search.contains(&folded)
        })
    }
}

/// Whether a header or a link may carry the next cursor.
fn has_carrier(response: ResponseRef) -> bool {
    !response.links().is_empty() || response.headers().into_iter().any(may_be_cursor)
}

fn may_be_cursor(name: &str) -> bool {
    let folded = words::folded(name);
    ["cursor", "token", "next", "continu", "page", "iterator", "bookmark", "scroll", "link", "more"]
        .iter()
        .any(|part| folded.contains(part))
}

/// Whether no property of a body, however deep, may be a cursor. False where it may have properties that it does not name.
fn holds_no_cursor(body: SchemaRef) -> bool {
    let mut level = vec![body];
    for _ in 0..DEPTH {
        let mut below = Vec::new();
        for schema in level {
            let core = schema.core();
            let properties = core.declared_anywhere();
            let open =
                properties.is_empty() && !core.is_array() && core.types().iter().all(|name| matches!(*name, "object" | "null"));
            let odd = core.array_items().is_some_and(|items| !items.cursor.node.is_map());
            if odd || !core.is_wholly_known() || core.additional_properties().is_some() || open && core.enum_values().is_empty() {
                return false;
            }
            if properties.iter().any(|property| may_be_cursor(property.name)) {
                return false;
            }
            below.extend(properties.into_iter().map(|property| property.schema));
            below.extend(core.array_items());
        }
        // What entries hold themselves is looked at by name, and no further.
        level = below.into_iter().filter(|schema| schema.core().is_array() || schema.core().is_object()).collect();
        if level.len() > 200 {
            return false;
        }
    }
    true
}
