//! Values that a document shows: examples and defaults, each with the schema that it should fit.

use super::cursor::{Cursor, Pin, pin};
use super::document::DocumentRef;
use super::schema::SchemaRef;
use super::schema_part::{SchemaPart, object_name};
use super::validate::{Check, Misfit, Sender};
use super::walk::{Part, Uses};
use super::{Map, Set};
use crate::documents::NodeRef;

/// A value that a document shows, and does not fit its schema.
#[derive(Debug, Clone)]
pub struct Unfit {
    /// Where the value stands, as a JSON pointer.
    pub pointer: String,
    /// What it is: `example` or `default`.
    pub what: &'static str,
    /// Why it does not fit, the first reason first.
    pub misfits: Vec<Misfit>,
}

/// The examples and defaults of a document.
#[derive(Debug, Clone, Default)]
pub struct Examples {
    /// How many there are.
    pub count: usize,
    /// Those that do not fit their schemas, in the order in which they are met; each value once.
    pub unfit: Vec<Unfit>,
}

/// A value and what it should be.
struct Shown<'a> {
    value: NodeRef<'a>,
    schema: SchemaRef<'a>,
    sender: Sender,
    what: &'static str,
    /// Whether it may be written as it is sent: text for what is no text.
    is_wire: bool,
}

impl Examples {
    /// What does not fit of one kind (`example`, `default`), by what there is to mend: where many contradict one place of the schema,
    /// that place is as likely to be wrong, and the same fault in copies of one schema is one habit. Never empty groups.
    pub fn unfit_groups(&self, what: &str) -> Vec<Vec<(&Unfit, &Misfit)>> {
        let mut groups: Vec<Vec<(&Unfit, &Misfit)>> = Vec::new();
        let (mut places, mut faults) = (Map::default(), Map::default());
        for unfit in self.unfit.iter().filter(|unfit| unfit.what == what) {
            let Some(first) = unfit.misfits.first() else { continue };
            let at = places.get(&first.against).or(faults.get(&first.fault)).copied().unwrap_or(groups.len());
            places.insert(first.against, at);
            faults.insert(&first.fault, at);
            match groups.get_mut(at) {
                Some(group) => group.push((unfit, first)),
                None => groups.push(vec![(unfit, first)]),
            }
        }
        groups
    }
}

impl<'a> DocumentRef<'a> {
    /// Its examples and defaults; looked at once.
    pub fn examples(self) -> &'a Examples {
        let all = self.api.examples.get_or_init(|| self.api.documents().map(DocumentRef::check_examples).collect());
        &all[self.at as usize]
    }

    fn check_examples(self) -> Examples {
        let mut seen: Set<(Pin, Pin)> = Set::default();
        let mut unfit = Vec::new();
        let shown = self.shown_values();
        for one in &shown {
            if !seen.insert((pin(one.value), one.schema.pin())) || one.is_unclear() {
                continue;
            }
            let mut check = Check::new(one.sender);
            check.value(one.schema, one.schema, one.value, 0);
            if !check.misfits.is_empty() {
                unfit.push(Unfit { pointer: one.value.pointer(), what: one.what, misfits: check.misfits });
            }
        }
        Examples { count: shown.len(), unfit }
    }

    fn shown_values(self) -> Vec<Shown<'a>> {
        let mut found = Vec::new();
        for (at, part) in (0..).zip(&self.api.walk().parts).filter(|(_, part)| part.document == self.at && !part.is_reference) {
            let kind = object_name(*part);
            if !["schema", "media-type", "parameter", "header", "response"].contains(&kind) {
                continue;
            }
            let Some(node) = self.api.node(Pin { source: part.source, node: part.node }) else { continue };
            let uses = self.api.walk().uses.get(at as usize).copied().unwrap_or_default();
            if let Some(schema) = SchemaPart::new(self.api, at, *part) {
                of_schema(schema.schema(), node, sender(uses), &mut found);
            }
            self.of_carrier((kind, *part), node, uses, &mut found);
        }
        for part in self.stray_schemas() {
            of_schema(part.schema(), part.node, Sender::Anybody, &mut found);
        }
        for node in self.stray_nodes().into_iter().filter(|node| node.get("schema").is_some_and(|schema| schema.is_map())) {
            self.of_media("", Sender::Anybody, false, node, &mut found);
        }
        found
    }

    /// What a media type, a parameter, a header or a 2.0 response shows.
    fn of_carrier(self, (kind, part): (&str, Part), node: NodeRef<'a>, uses: Uses, found: &mut Vec<Shown<'a>>) {
        let sender = match kind {
            "parameter" => Sender::Client,
            "header" => Sender::Service,
            "media-type" | "response" => sender(uses),
            _ => return,
        };
        let media = part.key.and_then(|key| node.tree().node(key).text()).unwrap_or("");
        if kind != "media-type" || is_structured(media) {
            self.of_media(kind, sender, matches!(kind, "parameter" | "header"), node, found);
        }
    }

    fn of_media(self, kind: &str, sender: Sender, is_wire: bool, node: NodeRef<'a>, found: &mut Vec<Shown<'a>>) {
        let Some(schema) = node.get("schema").map(|schema| SchemaRef { cursor: Cursor::new(self.api, schema) }) else { return };
        let mut add = |value, is_wire| found.push(Shown { value, schema, sender, what: "example", is_wire });
        if kind == "response" {
            let named = node.get("examples").map(NodeRef::merged_entries).unwrap_or_default().into_iter();
            return named.filter(|(key, _)| key.text().is_some_and(is_structured)).for_each(|(_, value)| add(value, false));
        }
        node.get("example").into_iter().for_each(|value| add(value, is_wire));
        for (_, example) in node.get("examples").map(NodeRef::merged_entries).unwrap_or_default() {
            let example = Cursor::new(self.api, example).node;
            example.get("dataValue").into_iter().for_each(|value| add(value, false));
            example.get("value").into_iter().for_each(|value| add(value, is_wire));
        }
    }
}

/// Whether a body of this media type is written as a tree in examples.
fn is_structured(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    ["application/json", "text/json", "application/yaml", "*/*"].contains(&essence.as_str()) || essence.ends_with("+json")
}

fn sender(uses: Uses) -> Sender {
    match (uses.has(Uses::REQUEST), uses.has(Uses::RESPONSE)) {
        (true, false) => Sender::Client,
        (false, true) => Sender::Service,
        _ => Sender::Anybody,
    }
}

fn of_schema<'a>(schema: SchemaRef<'a>, node: NodeRef<'a>, sender: Sender, found: &mut Vec<Shown<'a>>) {
    let mut add = |value, what| found.push(Shown { value, schema, sender, what, is_wire: false });
    // A parameter with a schema has its example as a carrier.
    if node.get("schema").is_none() {
        [node.get("example"), node.get("x-example")].into_iter().flatten().for_each(|value| add(value, "example"));
    }
    node.get("examples").map(NodeRef::items).into_iter().flatten().for_each(|value| add(value, "example"));
    node.get("default").into_iter().for_each(|value| add(value, "default"));
}

impl Shown<'_> {
    /// Whether it may be a notation of something else: JSON or XML in a text, a list or a number as it is sent.
    fn is_unclear(&self) -> bool {
        let Some(text) = self.value.as_text() else { return self.value.is_null() && !self.has_values() };
        let core = self.schema.core();
        let is_text = core.is_string() || core.types().is_empty();
        let written = text.trim_start().starts_with(['{', '[', '<']);
        let is_data = core.is_array() || core.is_object() || text.parse::<f64>().is_ok() || text.parse::<bool>().is_ok();
        !is_text && (written || (self.is_wire && is_data))
    }

    fn has_values(&self) -> bool {
        self.schema.has_key("enum")
    }
}
