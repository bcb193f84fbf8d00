//! Components that nothing uses.

use super::Api;
use super::component::{ComponentKind, ComponentRef};
use super::cursor::pin;
use super::document::DocumentRef;
use crate::documents::NodeRef;
use std::collections::HashSet;

/// What names components besides references: the values of discriminator mappings, security requirements, and pointers in
/// extensions and prose.
#[derive(Default)]
struct Mentions<'a> {
    mapped: HashSet<&'a str>,
    required: HashSet<&'a str>,
    /// The last parts of pointers.
    pointed: HashSet<&'a str>,
}

impl<'a> Mentions<'a> {
    fn new(api: &'a Api) -> Mentions<'a> {
        let mut found = Mentions::default();
        for tree in api.trees.values() {
            let mut stack: Vec<NodeRef> = tree.root().into_iter().filter(|root| !root.is_null()).collect();
            while let Some(node) = stack.pop() {
                found.look_at(api, node);
                // What an alias stands for is met at its anchor.
                let below = node.items().chain(node.entries().map(|(_, value)| value));
                stack.extend(below.filter(|value| *value == value.resolved()));
            }
        }
        found
    }

    fn look_at(&mut self, api: &Api, node: NodeRef<'a>) {
        for (key, value) in node.entries() {
            match key.text().unwrap_or("") {
                // What references that are followed lead to is known better.
                "$ref" if api.walk().part_of(pin(node)).is_some() => continue,
                "mapping" => self.mapped.extend(value.entries().filter_map(|(_, value)| value.text()).map(last_name)),
                "defaultMapping" => self.mapped.extend(value.text().map(last_name)),
                "security" => {
                    let named = value.items().flat_map(|one| one.entries()).filter_map(|(key, _)| key.text());
                    self.required.extend(named);
                }
                _ => {}
            }
            self.read(value);
        }
        node.items().for_each(|item| self.read(item));
    }

    fn read(&mut self, value: NodeRef<'a>) {
        let text = value.text().unwrap_or("");
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
        let idle: Vec<ComponentRef> = all.filter(|one| !one.is_referred_to() && !is_form(one)).collect();
        if idle.is_empty() {
            return idle;
        }
        let mentions = Mentions::new(self.api);
        idle.into_iter().filter(|one| !mentions.name(*one)).collect()
    }
}
