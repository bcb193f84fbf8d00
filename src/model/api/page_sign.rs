//! What an answer itself says of further pages.

use super::operation::OperationRef;
use super::schema::{Property, SchemaRef};
use super::words::{self, words};

/// What an answer says of further pages.
#[derive(Debug, Clone, Copy)]
pub(super) enum PageSign<'a> {
    /// The address of the next page: a client needs no parameter.
    Address,
    /// A position or a total, which is of use only with a parameter.
    Remark(Property<'a>),
}

/// How many objects deep the signs lie: `links.pages.next`.
const DEPTH: usize = 3;

impl<'a> OperationRef<'a> {
    /// What the answer says of further pages: at the top, or in the objects for that (`links`, `pagination`, `meta`).
    pub(super) fn page_sign(self) -> Option<PageSign<'a>> {
        let paging = &words().paging;
        let mut level: Vec<(SchemaRef, bool)> = vec![(self.success_schema()?, false)];
        let mut remark = None;
        for _ in 0..DEPTH {
            let mut below = Vec::new();
            for (schema, about_pages) in level {
                for property in schema.core().declared_anywhere() {
                    let name = words::folded(property.name);
                    if paging.next_links.contains(&name) || name == "next" && is_address(&property, about_pages) {
                        return Some(PageSign::Address);
                    }
                    if paging.next_marks.contains(&name) || about_pages && paging.totals.contains(&name) {
                        remark = remark.or(Some(property));
                    }
                    if paging.objects.contains(&name) {
                        below.push((property.schema, true));
                    } else if words().envelope.objects.contains(&name) && !about_pages {
                        below.push((property.schema, false));
                    }
                }
            }
            level = below;
        }
        remark.map(PageSign::Remark)
    }
}

/// Whether `next` is an address: it says so, or it is text in an object about pages.
fn is_address(property: &Property, about_pages: bool) -> bool {
    let schema = property.schema.core();
    let said = matches!(schema.format(), Some("uri" | "url" | "uri-reference")) || schema.property("href").is_some();
    said || (about_pages && schema.is_string())
}
