//! Every named value of a document, wherever it stands: properties of schemas, and parameters.

use super::cursor::Cursor;
use super::document::DocumentRef;
use super::operation::OperationRef;
use super::schema::SchemaRef;
use super::words;
use crate::source::{Span, Spanned};
use std::collections::HashSet;

/// A property of a schema, or a parameter, where it is declared.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where the name is written.
    pub span: Span,
    /// What it holds.
    pub schema: SchemaRef<'a>,
}

impl<'a> Named<'a> {
    /// Whether its name means many.
    pub fn means_many(&self) -> bool {
        let last = words::last_token(self.name);
        last.ends_with('s') || words::is_plural(&last)
    }

    /// The name with its place.
    pub fn spanned(&self) -> Spanned<&'a str> {
        Spanned::new(self.name, self.span)
    }
}

impl<'a> DocumentRef<'a> {
    /// Every property of every schema that this document was the first to lead to, each where it is declared and once.
    pub fn properties_anywhere(self) -> Vec<Named<'a>> {
        let maps = self.schemas().filter_map(|part| part.schema().cursor.get("properties"));
        let declared = maps.flat_map(Cursor::entries);
        let mut found: Vec<Named> = declared
            .filter_map(|(key, cursor)| Some(Named { name: key.text()?, span: key.span(), schema: SchemaRef { cursor } }))
            .collect();
        found.sort_by_key(|one| (one.span.source, one.span.start));
        // A map that several schemas share by reference is one declaration.
        found.dedup_by_key(|one| one.span);
        found
    }

    /// Every parameter of its operations, each where it is declared and once.
    pub fn parameters_anywhere(self) -> Vec<Named<'a>> {
        let mut seen: HashSet<Span> = HashSet::new();
        let all = self.own_operations().flat_map(OperationRef::parameters);
        let named = all.filter_map(|one| Some(Named { name: one.name(), span: one.span(), schema: one.schema()? }));
        named.filter(|one| seen.insert(one.span)).collect()
    }
}
