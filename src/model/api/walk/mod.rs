//! Every object of the documents by what it is: entered once, at its place of definition, whatever leads there.
//!
//! Found out when first asked for, in time linear in the documents. References are edges; nothing is copied. First the
//! entry documents are walked as they stand, then what only references lead to, so that a thing is what its document says
//! that it is. Rules ask the views on it: [`super::SchemaPart`], [`super::Defect`], [`super::ComponentRef::uses`].

mod circles;
pub(super) mod table;
mod uses;

use super::by_source::BySource;
use super::cursor::{Pin, Target, pin, reference};
use super::document::Version;
use super::mapping;
use super::response::Status;
use super::schema_part::{is_schema, object_name};
use super::{Api, Map};
use crate::documents::{NodeId, NodeRef, TextPlace, Tree};
use crate::source::SourceId;
use std::collections::VecDeque;
use table::{Key, Table, Type, TypeId, table};
pub(super) use uses::Uses;

/// The number of no part.
pub(super) const NONE: u32 = u32::MAX;

/// An object or a map of names, where it is defined; a reference is a part of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) source: SourceId,
    pub(super) node: NodeId,
    /// The key that names it, in the same file; `None` for items of lists and for roots.
    pub(super) key: Option<NodeId>,
    pub(super) value: TypeId,
    /// The part around it; [`NONE`] for roots and for what a reference was the first to lead to.
    pub(super) parent: u32,
    /// The entry document that led to it first.
    pub(super) document: u32,
    pub(super) is_reference: bool,
}

/// What is wrong with an object, as far as the specification says.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    /// The part that has the fault.
    pub(super) part: u32,
    pub(super) kind: FaultKind,
}

#[derive(Debug, Clone)]
pub(super) enum FaultKind {
    /// A key that no version knows, or that only other versions know.
    Key(NodeId, bool),
    /// A value of another type: its node (and the key of it), and the type that is wanted.
    Value(NodeId, Option<NodeId>, TypeId),
    /// A key that must be there and is not: its place among the required ones.
    Missing(usize),
    /// A reference that leads to an object of another kind: the part there.
    Kind(u32),
    /// A name that a map of such names cannot have.
    Name(NodeId, Names),
}

/// Maps whose names are no free choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Names {
    /// `paths`: each begins with a slash.
    Paths,
    /// The `responses` of an operation: `404`, `4XX`, `default`.
    Statuses,
}

impl Names {
    /// Whether a name may stand in such a map. Many write `4xx`, and all tools read it.
    fn allow(self, name: &str) -> bool {
        match self {
            Names::Paths => name.starts_with('/'),
            Names::Statuses => Status::parse(name).is_some(),
        }
    }
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) parts: Vec<Part>,
    /// From the part that is a reference, or a discriminator, to the part that it leads to; in order of the latter.
    pub(super) edges: Vec<(u32, u32)>,
    /// From the part around it to a part that a reference had led to before.
    held: Vec<(u32, u32)>,
    pub(super) faults: Vec<Fault>,
    /// The parts that are schemas, in order.
    pub(super) schemas: Vec<u32>,
    /// The same for each entry document that led to them first.
    pub(super) schemas_by_document: Vec<Vec<u32>>,
    /// For each file the part of each node, or [`NONE`].
    of_node: BySource<Vec<u32>>,
    /// The maps of operations at the top of documents, and whether the service calls these.
    pub(super) tops: Vec<(u32, bool)>,
    pub(super) uses: Vec<Uses>,
}

/// A node to be entered.
struct Step {
    at: Pin,
    key: Option<NodeId>,
    /// The key of the list that the node is an item of.
    list: Option<NodeId>,
    value: TypeId,
    parent: u32,
    document: u32,
}

struct Walker<'a> {
    api: &'a Api,
    table: &'static Table,
    walk: Walk,
    stack: Vec<Step>,
    /// References whose target is entered when all that stands in place has been, with what is wanted there.
    references: VecDeque<(u32, Target, TypeId)>,
    schema: TypeId,
    document: TypeId,
    /// What a key is in an object of the table, by file and version: most keys are met again.
    meanings: Map<(SourceId, u16, Version, TextPlace), Key<'static>>,
}

impl Walk {
    /// The part of a node; `None` where the walk did not come by.
    pub(super) fn part_of(&self, pin: Pin) -> Option<u32> {
        self.of_node.get(pin.source)?.get(pin.node.0 as usize).copied().filter(|part| *part != NONE)
    }

    /// The parts that are references to a part.
    pub(super) fn leading_to(&self, part: u32) -> impl Iterator<Item = u32> {
        let start = self.edges.partition_point(|(_, to)| *to < part);
        let leading = self.edges.iter().skip(start).take_while(move |(_, to)| *to == part);
        leading.map(|(from, _)| *from)
    }

    /// The part of this number.
    pub(super) fn part(&self, at: u32) -> Option<Part> {
        self.parts.get(at as usize).copied()
    }
}

impl Api {
    /// The walk over all documents; made at the first call.
    pub(super) fn walk(&self) -> &Walk {
        self.walk.get_or_init(|| walk(self))
    }
}

fn walk(api: &Api) -> Walk {
    let table = table();
    let schema = table.object_type("schema").unwrap_or_default();
    let root = table.object_type("document").unwrap_or_default();
    let mut walker = Walker {
        api,
        table,
        walk: Walk::default(),
        stack: Vec::new(),
        references: VecDeque::new(),
        schema,
        document: root,
        meanings: Map::default(),
    };
    for (at, document) in api.documents.iter().enumerate() {
        walker.stack.push(Step { at: document.root, key: None, list: None, value: root, parent: NONE, document: at as u32 });
        walker.run();
    }
    while let Some((from, target, value)) = walker.references.pop_front() {
        walker.follow(from, target, value);
    }
    let mut walk = walker.walk;
    walk.edges.sort_by_key(|(_, to)| *to);
    walk.uses = uses::spread(&walk, table);
    walk.schemas = (0..).zip(&walk.parts).filter(|(_, part)| is_schema(api, **part)).map(|(at, _)| at).collect();
    walk.schemas_by_document = vec![Vec::new(); api.documents.len()];
    for at in &walk.schemas {
        let document = walk.part(*at).and_then(|part| walk.schemas_by_document.get_mut(part.document as usize));
        document.into_iter().for_each(|schemas| schemas.push(*at));
    }
    walk
}

impl Walker<'_> {
    fn run(&mut self) {
        while let Some(step) = self.stack.pop() {
            self.enter(step);
        }
    }

    /// Connects a reference with what it leads to, and enters that where nobody has been.
    fn follow(&mut self, from: u32, target: Target, value: TypeId) {
        let Some(part) = self.walk.part(from) else { return };
        if let Some(known) = self.walk.part_of(target.pin) {
            self.walk.edges.push((from, known));
            if part.is_reference && self.walk.part(known).is_some_and(|known| known.value != value) {
                self.walk.faults.push(Fault { part: from, kind: FaultKind::Kind(known) });
            }
            return;
        }
        let at = self.walk.parts.len() as u32;
        let (key, document) = (target.key, part.document);
        self.stack.push(Step { at: target.pin, key, list: None, value, parent: NONE, document });
        self.run();
        if self.walk.part_of(target.pin) == Some(at) {
            self.walk.edges.push((from, at));
        }
    }

    fn version(&self, document: u32) -> Version {
        self.api.documents.get(document as usize).map_or(Version::V31, |document| document.version)
    }

    fn enter(&mut self, step: Step) {
        let Some(node) = self.api.node(step.at) else { return };
        let value = match self.table.get(step.value) {
            // Alternatives differ by shape: lists are the second one.
            Type::Either(first, second) => {
                if node.is_list() {
                    *second
                } else {
                    *first
                }
            }
            _ => step.value,
        };
        match self.table.get(value) {
            Type::List(item) => {
                if !node.is_list() {
                    return self.mismatch(&step, node);
                }
                for inner in node.items().rev() {
                    let list = step.key.or(step.list);
                    self.stack.push(Step { at: pin(inner), key: None, list, value: *item, ..step });
                }
            }
            Type::Map(_) | Type::Object(_) if node.is_map() => self.enter_map(node, &step, value),
            // `true` and `false` are schemas in JSON Schema, and always were for `additionalProperties`.
            Type::Object(_) if value == self.schema && node.as_bool().is_some() => {
                let of_more = step.key.and_then(|key| node.tree().node(key).text()) == Some("additionalProperties");
                if !of_more && self.version(step.document) < Version::V31 {
                    self.mismatch(&step, node);
                }
            }
            Type::Map(_) | Type::Object(_) => self.mismatch(&step, node),
            scalar if is_scalar_of(scalar, node) == Some(false) => self.mismatch(&step, node),
            _ => {}
        }
    }

    fn mismatch(&mut self, step: &Step, node: NodeRef) {
        // A root is no value of a key, and an empty file is told elsewhere. An empty list or map is often written as nothing, and
        // so is a schema that allows anything.
        let may_be_empty = matches!(self.table.get(step.value), Type::List(_) | Type::Map(_)) || step.value == self.schema;
        // Bundlers put text and lists in the place of references, wherever these stand.
        let is_reference = reference(node).is_some();
        if step.parent != NONE && !is_reference && !(node.is_null() && may_be_empty) {
            self.walk
                .faults
                .push(Fault { part: step.parent, kind: FaultKind::Value(node.id(), step.key.or(step.list), step.value) });
        }
    }

    fn enter_map(&mut self, node: NodeRef, step: &Step, value: TypeId) {
        let tree = node.tree();
        let parts = self.walk.of_node.get_or_insert_with(step.at.source, || vec![NONE; tree.len()]);
        let Some(slot) = parts.get_mut(step.at.node.0 as usize) else { return };
        if *slot != NONE {
            let known = *slot;
            if step.parent != NONE {
                self.walk.held.push((step.parent, known));
            }
            return;
        }
        let at = self.walk.parts.len() as u32;
        *slot = at;
        let reference = reference(node);
        self.walk.parts.push(Part {
            source: step.at.source,
            node: step.at.node,
            key: step.key,
            value,
            parent: step.parent,
            document: step.document,
            is_reference: reference.is_some(),
        });
        if let Some(target) = reference.and_then(|_| self.api.target(node)) {
            self.references.push_back((at, target, value));
        }
        if self.walk.part(step.parent).is_some_and(|around| around.parent == NONE && around.value == self.document) {
            match step.key.and_then(|key| tree.node(key).text()) {
                Some("paths") => self.walk.tops.push((at, false)),
                Some("webhooks" | "x-webhooks") => self.walk.tops.push((at, true)),
                _ => {}
            }
        }
        let version = self.version(step.document);
        let object = match self.table.get(value) {
            Type::Object(at) => self.table.objects.get(*at as usize).map(|object| (*at, object)),
            _ => None,
        };
        let counts = |name: &str| match name {
            "path-item" => true,
            "schema" => version >= Version::V31,
            _ => false,
        };
        if reference.is_some() && !object.is_some_and(|(_, object)| counts(&object.name)) {
            return;
        }
        let entries: Vec<_> = if node.merges() { node.merged_entries() } else { node.entries().collect() };
        let below = |key: NodeRef, inner: NodeRef, value| Step {
            at: pin(inner),
            key: Some(key.id()),
            list: None,
            value,
            parent: at,
            document: step.document,
        };
        let Some((place, object)) = object else {
            let Type::Map(inner) = self.table.get(value) else { return };
            let extensible = matches!(self.table.get(*inner), Type::Object(one) if self.is_extensible(*one));
            let names = self.names(step, tree);
            for (key, value) in entries.into_iter().rev().filter(|(key, _)| !(extensible && is_extension(*key))) {
                if !key.is_scalar() {
                    continue;
                }
                if let Some(names) = names.filter(|names| !key.text().is_some_and(|name| names.allow(name))) {
                    self.walk.faults.push(Fault { part: at, kind: FaultKind::Name(key.id(), names) });
                }
                self.stack.push(below(key, value, *inner));
            }
            return;
        };
        if object.name == "discriminator" {
            let mapped = mapping::values(node).into_iter().filter_map(|(_, value)| self.api.mapped(step.document, value));
            self.references.extend(mapped.map(|target| (at, target, self.schema)));
        }
        let mut present = 0_u128;
        for (key, value) in entries.into_iter().rev() {
            let Some(known) = self.meaning(place, key, version) else { continue };
            match known {
                Key::Known(place, meaning) => {
                    present |= 1 << place;
                    let wanted = self.table.get(meaning.value);
                    // Most values are scalars with which all is well: there is nothing to enter.
                    if *wanted != Type::Any && is_scalar_of(wanted, value) != Some(true) {
                        self.stack.push(below(key, value, meaning.value));
                    }
                }
                _ if is_extension(key) || key.says("$ref") => {}
                Key::Elsewhere => self.walk.faults.push(Fault { part: at, kind: FaultKind::Key(key.id(), true) }),
                Key::Unknown => self.walk.faults.push(Fault { part: at, kind: FaultKind::Key(key.id(), false) }),
            }
        }
        if reference.is_none() {
            let missing = object.required(version).iter().enumerate().filter(|(_, (place, _))| present & (1 << place) == 0);
            let faults = missing.map(|(nth, _)| Fault { part: at, kind: FaultKind::Missing(nth) });
            self.walk.faults.extend(faults);
        }
    }

    /// What a key is in the object of this place; `None` where it is no text.
    fn meaning(&mut self, object: u16, key: NodeRef, version: Version) -> Option<Key<'static>> {
        let name = key.text_place().map(|place| (key.tree().source(), object, version, place));
        if let Some(known) = name.and_then(|name| self.meanings.get(&name)) {
            return Some(*known);
        }
        let found = self.table.objects.get(object as usize)?.key(key.text()?, version);
        if let Some(name) = name {
            self.meanings.insert(name, found);
        }
        Some(found)
    }

    /// What the names of a map must be like, where they are no free choice.
    fn names(&self, step: &Step, tree: &Tree) -> Option<Names> {
        let around = self.walk.part(step.parent).map(object_name)?;
        match (around, step.key.and_then(|key| tree.node(key).text())?) {
            ("document", "paths") => Some(Names::Paths),
            ("operation", "responses") => Some(Names::Statuses),
            _ => None,
        }
    }

    /// Whether a map of names to such objects may have extensions beside the names: paths and responses.
    fn is_extensible(&self, object: u16) -> bool {
        self.table.objects.get(object as usize).is_some_and(|object| matches!(object.name.as_str(), "path-item" | "response"))
    }
}

/// Whether a value is a scalar of a type; `None` for types of collections, and for any.
fn is_scalar_of(wanted: &Type, node: NodeRef) -> Option<bool> {
    match wanted {
        Type::Text(words) => {
            let listed = |text: &str| words.iter().any(|word| word == text);
            let fits = if words.is_empty() { node.is_scalar() } else { node.text().is_some_and(listed) };
            // A number or a word such as `true` in place of text is what everybody reads as text.
            Some(fits && !node.is_null())
        }
        Type::Scalar => Some(node.is_scalar()),
        Type::Bool => Some(node.as_bool().is_some()),
        Type::Integer => Some(node.as_i64().is_some() || node.as_f64().is_some_and(|number| number.fract() == 0.0)),
        Type::Number => Some(node.as_f64().is_some()),
        Type::Any | Type::List(_) | Type::Map(_) | Type::Object(_) | Type::Either(..) => None,
    }
}

fn is_extension(key: NodeRef) -> bool {
    key.text().is_some_and(|key| key.starts_with("x-") || key.starts_with("X-"))
}
