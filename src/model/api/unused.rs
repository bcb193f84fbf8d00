//! Components that nothing uses.

use super::component::{ComponentKind, ComponentRef};
use super::cursor::{Pin, pin};
use super::document::DocumentRef;
use super::{Api, Map, Set};
use crate::documents::NodeRef;
use crate::source::{SourceId, Span};

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
    /// What is named anywhere, and with `texts` what texts point at.
    fn new(api: &'a Api, texts: bool) -> Mentions<'a> {
        let mut found = Mentions::default();
        for tree in api.trees.values() {
            // The first document: its root comes last. What an alias stands for is met at its anchor.
            let Some(root) = tree.root().filter(|root| !root.is_null()) else { continue };
            tree.nodes()
                .take(root.id().0 as usize + 1)
                .filter(|node| *node == node.resolved() && (node.is_map() || (texts && node.is_list())))
                .for_each(|node| found.look_at(api, node, texts));
        }
        found
    }

    fn look_at(&mut self, api: &Api, node: NodeRef<'a>, texts: bool) {
        let names = node.get("mapping").is_some() || node.get("defaultMapping").is_some() || node.get("security").is_some();
        if !names && !texts {
            return;
        }
        // What references that are followed lead to is known better.
        let is_followed = node.get("$ref").is_some() && api.walk().part_of(pin(node)).is_some();
        for (key, value) in node.entries() {
            if is_followed && key.says("$ref") {
                continue;
            }
            if names {
                self.look_at_names(key, value);
            }
            if texts {
                self.read(value);
            }
        }
        node.items().for_each(|item| self.read(item));
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

    fn read(&mut self, value: NodeRef<'a>) {
        // Nearly no text has one.
        let Some(text) = value.text().filter(|text| memchr::memchr(b'#', text.as_bytes()).is_some()) else { return };
        self.pointed.extend(text.match_indices("#/").filter_map(|(at, _)| pointer_in(text.get(at + 1..)?)));
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

/// Whether something beside references that are followed may point at one of these. Told by the bytes of the files, where a comment counts
/// as well, for the whole documents are ten times as long to walk.
fn may_be_pointed_at(api: &Api, idle: &[ComponentRef]) -> bool {
    let names: Set<&str> = idle.iter().map(|one| one.name()).collect();
    let is_idle = |text: &str| {
        memchr::memmem::find_iter(text.as_bytes(), "#/").any(|at| {
            let pointer = text.get(at + 1..).and_then(pointer_in);
            pointer.is_some_and(|name| names.contains(name))
        })
    };
    let mut followed: Map<SourceId, Vec<Span>> = Map::default();
    for part in &api.walk().parts {
        let node = api.node(Pin { source: part.source, node: part.node }).filter(|node| !node.merges());
        if let Some(reference) = node.and_then(|node| node.get("$ref")) {
            followed.entry(part.source).or_default().push(reference.span());
        }
    }
    api.trees.values().any(|tree| {
        let mut followed = followed.remove(&tree.source()).unwrap_or_default();
        followed.sort_unstable_by_key(|span| span.start);
        let (text, mut from) = (tree.source_text(), 0);
        // What lies between the references.
        let mut between = followed.into_iter().filter_map(|span| {
            let before = text.get(from..span.start as usize);
            from = span.end as usize;
            before
        });
        between.any(is_idle) || text.get(from..).is_some_and(is_idle) || tree.decoded_texts().any(is_idle)
    })
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
        let is_form = |one: &ComponentRef<'a>| {
            one.schema().is_some_and(|schema| schema.composed().iter().any(|part| part.cursor.raw("discriminator").is_some()))
        };
        let all = self.components().into_iter().filter(|one| one.kind() != ComponentKind::PathItem);
        let mut idle: Vec<ComponentRef> = all.filter(|one| !one.is_referred_to() && !is_form(one)).collect();
        for texts in [false, true] {
            if !idle.is_empty() && (!texts || may_be_pointed_at(self.api, &idle)) {
                let mentions = Mentions::new(self.api, texts);
                idle.retain(|one| !mentions.name(*one));
            }
        }
        idle
    }
}
