//! Every named value of a document, wherever it stands: properties of schemas, and parameters.

use super::Set;
use super::cursor::{Cursor, Pin, spanned};
use super::document::DocumentRef;
use super::kept::pin_of;
use super::operation::OperationRef;
use super::schema::SchemaRef;
use super::words;
use crate::documents::{NodeId, NodeRef};
use crate::source::{Span, Spanned};

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
    pub fn properties_anywhere(self) -> impl Iterator<Item = Named<'a>> {
        self.properties_named(|_| true)
    }

    /// Those of some names.
    pub(super) fn properties_named(self, mut is_wanted: impl FnMut(&'a str) -> bool) -> impl Iterator<Item = Named<'a>> {
        self.property_nodes().filter_map(move |(key, value)| {
            let name = key.text().filter(|name| is_wanted(name))?;
            Some(Named { name, span: key.span(), schema: SchemaRef { cursor: Cursor::new(self.api, value) } })
        })
    }

    /// The names of the same, each with its place.
    pub(super) fn property_names(self) -> impl Iterator<Item = Spanned<&'a str>> {
        self.property_nodes().filter_map(|(key, _)| spanned(key))
    }

    /// The names and the values of the same; found out when first asked for.
    fn property_nodes(self) -> impl Iterator<Item = (NodeRef<'a>, NodeRef<'a>)> {
        let all = self.api.properties.get_or_init(|| self.api.documents().map(DocumentRef::find_properties).collect());
        let own = all.get(self.at as usize).into_iter().flatten();
        own.filter_map(move |(key, value)| {
            let tree = self.api.trees.get(key.source)?;
            Some((tree.node(key.node), tree.node(*value)))
        })
    }

    fn find_properties(self) -> Vec<(Pin, NodeId)> {
        let maps = self.schemas().filter_map(|part| part.schema().cursor.get("properties"));
        let named = maps.flat_map(Cursor::written_entries).filter(|(key, _)| key.is_scalar());
        let mut found: Vec<(Pin, NodeId)> = named.map(|(key, value)| (pin_of(key), value.id())).collect();
        // Names are numbered as they are written.
        found.sort_unstable_by_key(|(key, _)| u64::from(key.source.0) << 32 | u64::from(key.node.0));
        // A map that several schemas share by reference is one declaration.
        found.dedup();
        found
    }

    /// Every parameter of its operations, each where it is declared and once.
    pub fn parameters_anywhere(self) -> Vec<Named<'a>> {
        let mut seen: Set<Span> = Set::default();
        let all = self.own_operations().flat_map(OperationRef::parameters);
        let named = all.filter_map(|one| Some(Named { name: one.name(), span: one.span(), schema: one.schema()? }));
        named.filter(|one| seen.insert(one.span)).collect()
    }
}
