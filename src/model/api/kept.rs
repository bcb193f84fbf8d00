//! What is found out once about an operation and asked often: its list, how that is asked for page by page, its responses. Views borrow
//! the documents, so nodes are kept by their names and views made of them again, which costs no search.

use super::Api;
use super::access::Access;
use super::cursor::{Cursor, Pin};
use super::list::List;
use super::paging::Paging;
use super::parameter::{Location, ParameterRef};
use super::response::{MediaRef, Status};
use super::schema::{Property, SchemaRef};
use crate::documents::NodeRef;
use std::sync::OnceLock;

/// What is kept of one operation.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) list: OnceLock<Option<KeptList>>,
    pub(super) paging: OnceLock<KeptPaging>,
    pub(super) responses: OnceLock<Box<[KeptResponse]>>,
    pub(super) request_media: OnceLock<Box<[KeptMedia]>>,
    pub(super) access: OnceLock<Access>,
    /// The place of the idempotency key among the parameters.
    pub(super) idempotency_key: OnceLock<Option<usize>>,
    pub(super) is_known: OnceLock<bool>,
    pub(super) can_be_called_wrongly: OnceLock<bool>,
    pub(super) is_health_like: OnceLock<bool>,
    pub(super) is_stream: OnceLock<bool>,
    pub(super) has_foreign_errors: OnceLock<bool>,
    /// Each with the node of its name.
    pub(super) parameters: OnceLock<Box<[(KeptCursor, Pin, Location)]>>,
}

/// The name of a node as it is written: that of an alias is its own.
pub(super) fn pin_of(node: NodeRef) -> Pin {
    Pin { source: node.tree().source(), node: node.id() }
}

/// A cursor.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeptCursor {
    written: Pin,
    node: Pin,
    known: bool,
}

impl KeptCursor {
    pub(super) fn of(cursor: Cursor) -> KeptCursor {
        KeptCursor { written: pin_of(cursor.written), node: pin_of(cursor.node), known: cursor.known }
    }

    pub(super) fn view(self, api: &Api) -> Option<Cursor<'_>> {
        Some(Cursor { api, written: api.node(self.written)?, node: api.node(self.node)?, known: self.known })
    }

    fn schema(self, api: &Api) -> Option<SchemaRef<'_>> {
        self.view(api).map(|cursor| SchemaRef { cursor })
    }
}

/// A response with its media types, which are found when first asked for.
#[derive(Debug)]
pub(super) struct KeptResponse {
    pub(super) key: Pin,
    pub(super) cursor: KeptCursor,
    pub(super) status: Status,
    pub(super) media: OnceLock<Box<[KeptMedia]>>,
}

/// An entry of a `content` map.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeptMedia {
    key: Pin,
    cursor: KeptCursor,
    schema: Option<KeptCursor>,
}

impl KeptMedia {
    /// The entries of a `content` map.
    pub(super) fn all(content: Option<Cursor>) -> Box<[KeptMedia]> {
        let entries = content.map(Cursor::entries).unwrap_or_default().into_iter();
        let keep = |(key, cursor): (NodeRef, Cursor)| {
            let schema = cursor.get("schema").map(KeptCursor::of);
            KeptMedia { key: pin_of(key), cursor: KeptCursor::of(cursor), schema }
        };
        entries.filter(|(key, _)| key.text().is_some()).map(keep).collect()
    }

    pub(super) fn view(self, api: &Api) -> Option<MediaRef<'_>> {
        let (key, cursor) = (api.node(self.key)?, self.cursor.view(api)?);
        let schema = self.schema.and_then(|schema| schema.schema(api));
        Some(MediaRef { name: key.text()?, span: key.span(), schema, cursor: Some(cursor) })
    }
}

#[derive(Debug, Clone, Copy)]
struct KeptProperty {
    key: Pin,
    schema: KeptCursor,
    required: bool,
}

impl KeptProperty {
    fn of(property: Property) -> KeptProperty {
        let schema = KeptCursor::of(property.schema.cursor);
        KeptProperty { key: pin_of(property.key), schema, required: property.required }
    }

    fn view(self, api: &Api) -> Option<Property<'_>> {
        let (key, schema) = (api.node(self.key)?, self.schema.schema(api)?);
        Some(Property { name: key.text()?, span: key.span(), schema, required: self.required, key })
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct KeptList {
    items: Option<KeptCursor>,
    array: KeptCursor,
    property: Option<KeptProperty>,
}

impl KeptList {
    pub(super) fn of(list: List) -> KeptList {
        let schema = |schema: SchemaRef| KeptCursor::of(schema.cursor);
        KeptList { items: list.items.map(schema), array: schema(list.array), property: list.property.map(KeptProperty::of) }
    }

    pub(super) fn view(self, api: &Api) -> Option<List<'_>> {
        Some(List {
            items: self.items.and_then(|items| items.schema(api)),
            array: self.array.schema(api)?,
            property: self.property.and_then(|property| property.view(api)),
        })
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct KeptPaging {
    size: Option<KeptCursor>,
    position: Option<KeptCursor>,
    size_property: Option<KeptProperty>,
    other: bool,
    remark: Option<KeptProperty>,
}

impl KeptPaging {
    pub(super) fn of(paging: Paging) -> KeptPaging {
        let parameter = |one: ParameterRef| KeptCursor::of(one.cursor);
        KeptPaging {
            size: paging.size.map(parameter),
            position: paging.position.map(parameter),
            size_property: paging.size_property.map(KeptProperty::of),
            other: paging.other,
            remark: paging.remark.map(KeptProperty::of),
        }
    }

    pub(super) fn view(self, api: &Api) -> Paging<'_> {
        let parameter = |one: KeptCursor| one.view(api).and_then(ParameterRef::new);
        Paging {
            size: self.size.and_then(parameter),
            position: self.position.and_then(parameter),
            size_property: self.size_property.and_then(|property| property.view(api)),
            other: self.other,
            remark: self.remark.and_then(|property| property.view(api)),
        }
    }
}
