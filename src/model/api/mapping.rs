//! What the values of a discriminator stand for: component schemas by name, or schemas by reference.

use super::Api;
use super::cursor::{Cursor, Target, spanned};
use super::defect::kind_of;
use super::document::DocumentRef;
use super::reach::Lost;
use super::schema_part::{SchemaPart, object_name};
use crate::documents::NodeRef;
use crate::source::Spanned;

/// A value of a mapping that stands for no schema.
#[derive(Debug, Clone)]
pub struct LostTarget<'a> {
    /// The value of the property; `None` for `defaultMapping`, which is for all other values.
    pub key: Option<&'a str>,
    /// What it is mapped to, with its place.
    pub target: Spanned<&'a str>,
    /// Why that is no schema.
    pub why: Unmapped,
}

/// Why a value of a mapping stands for no schema, where that is certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmapped {
    /// No document has a component schema of this name.
    NoSuchName,
    /// It is a reference, which leads nowhere.
    Nowhere(Lost),
    /// It leads to something else: `response`.
    OtherKind(String),
}

/// The values of a discriminator, each with the key that it is mapped from; `defaultMapping`, which has none, comes last.
pub(super) fn values(discriminator: NodeRef<'_>) -> Vec<(Option<NodeRef<'_>>, NodeRef<'_>)> {
    let map = discriminator.get("mapping").map(NodeRef::merged_entries).unwrap_or_default().into_iter();
    let mapped = map.map(|(key, value)| (Some(key), value));
    let all = mapped.chain(discriminator.get("defaultMapping").map(|value| (None, value)));
    // That nothing is said is told as a wrong value.
    all.filter(|(_, value)| !value.is_null()).collect()
}

/// Whether a mapping refers to a schema by this text and does not name it. A name has no slash; one with the end of a file is a
/// name only where `root`, the document, has such a component.
pub(super) fn is_reference(text: &str, root: Option<NodeRef>) -> bool {
    let is_file = || [".json", ".yaml", ".yml"].iter().any(|end| text.ends_with(end));
    let is_name = || root.and_then(|root| root.get("components")?.get("schemas")?.entry(text)).is_some();
    text.contains(['#', '/']) || (is_file() && !is_name())
}

impl Api {
    /// Where a value of a mapping leads, in what this entry document reaches. `None` also where that is not known.
    pub(super) fn mapped(&self, document: u32, value: NodeRef) -> Option<Target> {
        let (text, tree) = (value.text()?, value.tree());
        let root = self.documents.get(document as usize).and_then(|document| self.node(document.root));
        if is_reference(text, root) {
            return self.texts.get(&tree.source())?.get(text).copied().flatten();
        }
        [root, tree.root()].into_iter().flatten().find_map(|root| {
            let schemas = Cursor::new(self, root).get("components")?.get("schemas")?;
            schemas.entry(text).map(|(key, value)| Target::entry(key, value))
        })
    }

    /// Whether no document has a component schema of this name, for certain.
    fn is_no_name(&self, text: &str) -> bool {
        let is_plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        let lacks = |document: DocumentRef| {
            let Some(root) = document.root() else { return false };
            let schemas = root.get("components").map(|components| (components.known, components.get("schemas")));
            let is_known = schemas.is_none_or(|(known, schemas)| known && schemas.is_none_or(|schemas| schemas.known));
            let has = schemas.and_then(|(_, schemas)| schemas?.entry(text)).is_some();
            is_known && !has && root.node.tree().problems().is_empty()
        };
        is_plain && self.documents().all(lacks)
    }
}

impl<'a> SchemaPart<'a> {
    /// Values of the mapping of its discriminator that stand for no schema.
    pub fn lost_mapping(self) -> Vec<LostTarget<'a>> {
        let mapped = self.node.get("discriminator").map(values).unwrap_or_default().into_iter();
        let lost = mapped.filter_map(|(key, value)| {
            let why = self.unmapped(value)?;
            Some(LostTarget { key: key.and_then(NodeRef::text), target: spanned(value)?, why })
        });
        lost.collect()
    }

    fn unmapped(self, value: NodeRef<'a>) -> Option<Unmapped> {
        let (api, text) = (self.api, value.text()?);
        let Some(target) = api.mapped(self.part.document, value).and_then(|target| api.node(target.pin)) else {
            let root = self.document().root().map(|root| root.node);
            return match is_reference(text, root) {
                true => api.lost.get(&value.tree().source())?.get(text).copied().map(Unmapped::Nowhere),
                false => (api.is_no_name(text) && value.tree().problems().is_empty()).then_some(Unmapped::NoSuchName),
            };
        };
        let end = Cursor::new(api, target);
        let part = api.walk().part_of(end.pin()).and_then(|at| api.walk().part(at)).filter(|_| end.known)?;
        (object_name(part) != "schema").then(|| Unmapped::OtherKind(kind_of(part)))
    }
}
