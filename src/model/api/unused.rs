//! Components that nothing uses.

use super::component::{ComponentKind, ComponentRef};
use super::cursor::Pin;
use super::document::DocumentRef;
use super::{Api, Map, Set};
use crate::documents::NodeRef;
use crate::source::SourceId;

/// What names components besides references: the values of discriminator mappings, security requirements, and pointers in
/// extensions and prose.
#[derive(Default)]
struct Mentions<'a> {
    mapped: Set<&'a str>,
    required: Set<&'a str>,
    /// The last parts of pointers.
    pointed: Set<&'a str>,
}

impl<'a> Mentions<'a> {
    fn new(api: &'a Api) -> Mentions<'a> {
        let mut found = Mentions { pointed: pointed(api), ..Mentions::default() };
        for node in api.trees.values().flat_map(|tree| tree.nodes()).filter(|node| node.is_map()) {
            if node.get("mapping").is_some() || node.get("defaultMapping").is_some() || node.get("security").is_some() {
                node.entries().for_each(|(key, value)| found.look_at_names(key, value));
            }
        }
        found
    }

    fn look_at_names(&mut self, key: NodeRef<'a>, value: NodeRef<'a>) {
        match key.text().unwrap_or("") {
            "mapping" => self.mapped.extend(value.entries().filter_map(|(_, value)| value.text()).map(last_name)),
            "defaultMapping" => self.mapped.extend(value.text().map(last_name)),
            "security" => {
                let named = value.items().flat_map(|one| one.entries()).filter_map(|(key, _)| key.text());
                self.required.extend(named);
            }
            _ => {}
        }
    }

    fn name(&self, component: ComponentRef<'a>) -> bool {
        let name = component.name();
        match component.kind() {
            ComponentKind::SecurityScheme => self.required.contains(name),
            ComponentKind::Schema if self.mapped.contains(name) => true,
            _ => self.pointed.contains(name),
        }
    }
}

/// The last parts of all pointers that are written outside of comments, but for the references that are followed: what these lead to is
/// known better. Told by the bytes of the files, which are read ten times as fast as their nodes.
fn pointed(api: &Api) -> Set<&str> {
    let mut skipped: Map<SourceId, Vec<(usize, usize)>> = Map::default();
    for part in &api.walk().parts {
        let node = api.node(Pin { source: part.source, node: part.node }).filter(|node| !node.merges());
        if let Some(span) = node.and_then(|node| node.get("$ref")).map(NodeRef::span) {
            skipped.entry(part.source).or_default().push((span.start as usize, span.end as usize));
        }
    }
    let begins = memchr::memmem::Finder::new("#/");
    let pointers_in = |text| pointers_in(&begins, text);
    let mut found = Set::default();
    for tree in api.trees.values() {
        let mut skipped = skipped.remove(&tree.source()).unwrap_or_default();
        skipped.extend(tree.comments().iter().map(|comment| (comment.start as usize, comment.end as usize)));
        skipped.sort_unstable();
        let (text, mut from) = (tree.source_text(), 0);
        for (start, end) in skipped {
            found.extend(text.get(from..start).into_iter().flat_map(pointers_in));
            from = end;
        }
        found.extend(text.get(from..).into_iter().chain(tree.decoded_texts()).flat_map(pointers_in));
    }
    found
}

/// The last part of each pointer in a text.
fn pointers_in<'t>(begins: &memchr::memmem::Finder, text: &'t str) -> impl Iterator<Item = &'t str> {
    begins.find_iter(text.as_bytes()).filter_map(|at| text.get(at + 1..).and_then(pointer_in))
}

/// The last part of the pointer that a text begins with: `Order` of `/components/schemas/Order` in prose.
fn pointer_in(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || "/_-.~%".contains(c))).unwrap_or(text.len());
    text.get(..end)?.trim_end_matches('.').rsplit('/').next()
}

/// The name that a mapping value means: of `#/components/schemas/Cat`, `Cat.yaml` and `Cat` it is `Cat`.
fn last_name(text: &str) -> &str {
    let name = text.rsplit(['/', '#']).next().unwrap_or(text);
    name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).or_else(|| name.strip_suffix(".json")).unwrap_or(name)
}

impl<'a> DocumentRef<'a> {
    /// Components that nothing in the repository refers to or names, in order. Those that may be a form of a discriminated
    /// schema are left out, and path items, which other documents take whole.
    pub fn unused_components(self) -> Vec<ComponentRef<'a>> {
        let all = self.api.unused.get_or_init(|| find_unused(self.api));
        let places = all.get(self.at as usize).map_or(&[][..], Vec::as_slice);
        let components = self.components();
        places.iter().filter_map(|at| components.get(*at as usize).copied()).collect()
    }

    /// Those that no reference leads to, with their places among all components.
    fn idle_components(self) -> Vec<(u32, ComponentRef<'a>)> {
        let is_form = |one: &ComponentRef<'a>| {
            one.schema().is_some_and(|schema| schema.composed().iter().any(|part| part.cursor.raw("discriminator").is_some()))
        };
        let all = (0..).zip(self.components()).filter(|(_, one)| one.kind() != ComponentKind::PathItem);
        all.filter(|(_, one)| !one.is_referred_to() && !is_form(one)).collect()
    }
}

/// For each document the places of its components that nothing uses. What is named anywhere is looked for once for all documents.
fn find_unused(api: &Api) -> Vec<Vec<u32>> {
    let idle: Vec<_> = api.documents().map(DocumentRef::idle_components).collect();
    if idle.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let mentions = Mentions::new(api);
    let unnamed =
        |all: Vec<(u32, ComponentRef)>| all.into_iter().filter(|(_, one)| !mentions.name(*one)).map(|(at, _)| at).collect();
    idle.into_iter().map(unnamed).collect()
}
