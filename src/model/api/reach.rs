//! Which files the entry documents reach, and where each reference leads: found level by level, so that files parse in
//! threads. Only places where OpenAPI knows references are entered: examples, defaults and extensions are data.

use super::by_source::BySource;
use super::cursor::{Pin, Target, pin, reference};
use super::{Map, Set, anchor, embedded, mapping};
use crate::documents::{NodeId, NodeRef, Tree};
use crate::files;
use crate::model::Workspace;
use crate::source::{SourceId, Span};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Keys whose value is data or prose and never holds a reference.
const LITERALS: &[&str] = &["example", "examples", "default", "enum", "const", "description", "summary", "externalDocs", "tags"];

/// Keys whose value is a map of names to things: a name there has no other meaning.
const NAME_MAPS: &[&str] = &[
    "properties",
    "patternProperties",
    "dependentSchemas",
    "definitions",
    "$defs",
    "schemas",
    "responses",
    "parameters",
    "requestBodies",
    "headers",
    "securitySchemes",
    "securityDefinitions",
    "links",
    "callbacks",
    "pathItems",
    "paths",
    "webhooks",
    "content",
    "encoding",
    "mediaTypes",
];

/// Maps with more entries than this are indexed once a reference points into them.
const LARGE_MAP: usize = 32;

/// How many references may stand on the way of one pointer.
const DEEPEST: usize = 32;

/// How many steps one reference may take in all.
const MOST_STEPS: u32 = 4096;

/// What was reached.
#[derive(Default)]
pub(super) struct Reached {
    pub(super) trees: BySource<Arc<Tree>>,
    /// Where each reference leads, by file and text; `None` where it leads nowhere that may be read.
    pub(super) targets: Map<SourceId, Map<Box<str>, Option<Target>>>,
    pub(super) entries: Vec<Entry>,
    /// References that lead nowhere for certain, by file and text.
    pub(super) lost: Map<SourceId, Map<Box<str>, Lost>>,
    /// For each file the first entry document (by its place in `entries`) that reaches it.
    pub(super) homes: Map<SourceId, usize>,
}

/// An entry document that could be read.
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) root: Pin,
    /// How many other files it refers to.
    pub(super) files: usize,
}

impl Reached {
    /// Where references lead, by the node that has the `$ref`, wherever it stands: views need not look at its text.
    pub(super) fn by_node(&self) -> BySource<Map<NodeId, Target>> {
        let mut all = BySource::default();
        for tree in self.trees.values() {
            let Some(targets) = self.targets.get(&tree.source()) else { continue };
            let of_node = |node: NodeRef| Some((node.id(), (*targets.get(reference(node)?.text()?)?)?));
            all.insert(tree.source(), tree.nodes().filter_map(of_node).collect());
        }
        all
    }
}

/// Why a reference leads nowhere, where that is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lost {
    /// The file is there and read without problems, and has nothing at that place.
    NoSuchPlace,
    /// There is no such file.
    NoSuchFile,
    /// It leads to other references only, and these back to it.
    Circle,
}

struct Pending {
    source: SourceId,
    text: Box<str>,
    span: Span,
    named: bool,
    /// Whether it leads to an example or to prose, in which nothing refers to anything.
    is_data: bool,
    entry: usize,
}

enum Outcome {
    Found(Target),
    /// A file must be read first.
    Needs(String),
    /// Leads nowhere; the reason is noted unless it is empty. Lost where it is certain that nothing is there.
    Nowhere(String, Option<Lost>),
}

struct Walk<'w, 'f> {
    workspace: &'w mut Workspace<'f>,
    reached: Reached,
    visited: BySource<Vec<bool>>,
    stack: Vec<(Pin, bool, usize)>,
    pending: Vec<Pending>,
    by_path: Map<String, Result<SourceId, String>>,
    indexes: Map<Pin, Map<Box<str>, Target>>,
    anchors: Map<SourceId, anchor::Anchors>,
    urls_noted: Set<SourceId>,
    reached_files: Map<usize, Set<SourceId>>,
    /// Steps that one reference may still take, so that references through references stay finite.
    budget: u32,
}

/// Reads the entry documents and everything that they reach.
pub(super) fn reach(workspace: &mut Workspace, entries: &[String]) -> Reached {
    let mut walk = Walk {
        workspace,
        reached: Reached::default(),
        visited: BySource::default(),
        stack: Vec::new(),
        pending: Vec::new(),
        by_path: Map::default(),
        indexes: Map::default(),
        anchors: Map::default(),
        urls_noted: Set::default(),
        reached_files: Map::default(),
        budget: 0,
    };
    walk.load(entries.to_vec());
    for path in entries {
        walk.enter(path);
    }
    walk.run();
    walk.note_circles();
    let mut reached = walk.reached;
    for (at, entry) in reached.entries.iter_mut().enumerate() {
        entry.files = walk.reached_files.get(&at).map_or(0, Set::len);
    }
    reached
}

impl Walk<'_, '_> {
    fn load(&mut self, paths: Vec<String>) {
        self.workspace.load_trees(&paths);
        for path in paths {
            let tree = self.workspace.tree(&path);
            if let Ok(tree) = &tree {
                for problem in tree.problems() {
                    self.workspace.note_unread(&path, problem.message.clone(), Some(problem.span));
                }
                self.visited.get_or_insert_with(tree.source(), || vec![false; tree.len()]);
                self.reached.trees.insert(tree.source(), tree.clone());
            }
            self.by_path.insert(path, tree.map(|tree| tree.source()));
        }
    }

    fn enter(&mut self, path: &str) {
        let source = match self.by_path.get(path) {
            Some(Ok(source)) => *source,
            Some(Err(reason)) => return self.workspace.note_unread(path, reason.clone(), None),
            None => return,
        };
        let is_document =
            |tree: &Tree| ["openapi", "swagger"].iter().any(|key| tree.root().is_some_and(|root| root.get_text(key).is_some()));
        if !self.reached.trees.get(source).is_some_and(|tree| is_document(tree)) {
            self.look_inside(path, source);
        }
        let Some(tree) = self.reached.trees.get(source).cloned() else { return };
        let Some(root) = tree.root() else { return };
        if !is_document(&tree) {
            return self.workspace.note_unread(path, "no `openapi` or `swagger` version at the top level", Some(root.span()));
        }
        let root = pin(root);
        self.reached.homes.insert(root.source, self.reached.entries.len());
        self.stack.push((root, false, self.reached.entries.len()));
        self.reached.entries.push(Entry { path: path.to_owned(), root, files: 0 });
    }

    /// Puts the document inside a file into its place, where it is none itself and there is one.
    fn look_inside(&mut self, path: &str, source: SourceId) {
        let Some(found) = embedded::inside(path, source, &self.workspace.text(source)) else { return };
        for span in found.others {
            self.workspace.note_unread(path, "a second document in one file, which is not read", Some(span));
        }
        for problem in found.tree.problems() {
            self.workspace.note_unread(path, problem.message.clone(), Some(problem.span));
        }
        self.visited.insert(source, vec![false; found.tree.len()]);
        self.reached.trees.insert(source, Arc::new(found.tree));
    }

    fn run(&mut self) {
        loop {
            while let Some((pin, named, entry)) = self.stack.pop() {
                self.visit(pin, named, entry);
            }
            if self.pending.is_empty() {
                return;
            }
            let mut wanted = BTreeSet::new();
            for pending in std::mem::take(&mut self.pending) {
                self.budget = MOST_STEPS;
                match self.resolve(pending.source, &pending.text, 0) {
                    Outcome::Needs(path) => {
                        wanted.insert(path);
                        self.pending.push(pending);
                    }
                    Outcome::Found(target) => {
                        let pin = target.pin;
                        if pin.source != pending.source {
                            self.reached_files.entry(pending.entry).or_default().insert(pin.source);
                        }
                        self.reached.homes.entry(pin.source).or_insert(pending.entry);
                        self.settle(&pending, Some(target));
                        if !pending.is_data {
                            self.stack.push((pin, pending.named, pending.entry));
                        }
                    }
                    Outcome::Nowhere(reason, lost) => {
                        if let Some(lost) = lost {
                            self.lose(pending.source, &pending.text, lost);
                        }
                        if !reason.is_empty() {
                            let path = self.workspace.sources().path(pending.source).to_owned();
                            self.workspace.note_unread(&path, reason, Some(pending.span));
                        }
                        self.settle(&pending, None);
                    }
                }
            }
            if !wanted.is_empty() {
                self.load(wanted.into_iter().collect());
            }
        }
    }

    fn lose(&mut self, source: SourceId, text: &str, lost: Lost) {
        self.reached.lost.entry(source).or_default().insert(text.into(), lost);
    }

    fn settle(&mut self, pending: &Pending, target: Option<Target>) {
        self.reached.targets.entry(pending.source).or_default().insert(pending.text.clone(), target);
    }

    /// Looks at one node: notes its reference, and puts what may hold further references on the stack.
    fn visit(&mut self, at: Pin, named: bool, entry: usize) {
        let Some(tree) = self.reached.trees.get(at.source).cloned() else { return };
        let node = tree.node(at.node);
        match self.visited.get_mut(at.source).and_then(|seen| seen.get_mut(at.node.0 as usize)) {
            Some(seen) if !*seen => *seen = true,
            _ => return,
        }
        let below = |value: NodeRef, named| (pin(value), named, entry);
        let collection = |value: &NodeRef| value.is_map() || value.is_list();
        self.stack.extend(node.items().filter(collection).map(|item| below(item, false)));
        for (key, value) in node.entries() {
            let key = key.text().unwrap_or("");
            if key == "$ref" && value.text().is_some() {
                self.note_reference(value, (named, false), entry);
            } else if !collection(&value) {
                continue;
            } else if key == "<<" {
                self.stack.extend(value.items().map(|item| below(item, named)));
                self.stack.push(below(value, named));
            } else if named {
                self.stack.push(below(value, false));
            } else if key == "examples" {
                self.visit_examples(value, entry);
            } else if key == "discriminator" {
                self.visit_mapping(value, entry);
            } else if let Some(prose) = reference(value).filter(|_| key == "description") {
                self.note_reference(prose, (false, true), entry);
            } else if !LITERALS.contains(&key) && !key.starts_with("x-") {
                self.stack.push(below(value, NAME_MAPS.contains(&key)));
            }
        }
    }

    /// Examples are data, but one may be written elsewhere: as a reference in a map of names. The names that 2.0 has there are
    /// media types, and what they hold is data alone.
    fn visit_examples(&mut self, examples: NodeRef, entry: usize) {
        for (name, example) in examples.entries() {
            let is_media_type = name.text().is_some_and(|name| name.contains('/'));
            if let Some(reference) = reference(example).filter(|_| !is_media_type) {
                self.note_reference(reference, (false, true), entry);
            }
        }
    }

    /// The values of a mapping are names, or references without `$ref`.
    fn visit_mapping(&mut self, discriminator: NodeRef, entry: usize) {
        let root = self.reached.entries.get(entry).map(|entry| entry.root.source);
        let tree = root.and_then(|source| self.reached.trees.get(source)).cloned();
        let root = tree.as_ref().and_then(|tree| tree.root());
        for (_, value) in mapping::values(discriminator) {
            if value.text().is_some_and(|text| mapping::is_reference(text, root)) {
                self.note_reference(value, (false, false), entry);
            }
        }
    }

    fn note_reference(&mut self, value: NodeRef, (named, is_data): (bool, bool), entry: usize) {
        let source = value.tree().source();
        let text: Box<str> = value.text().unwrap_or("").into();
        let known = self.reached.targets.entry(source).or_default();
        if let Some(target) = known.get(&text) {
            // Another entry document reaches the same file: it counts for both.
            if let Some(target) = target.filter(|target| target.pin.source != source) {
                self.reached_files.entry(entry).or_default().insert(target.pin.source);
            }
            return;
        }
        known.insert(text.clone(), None);
        self.pending.push(Pending { source, text, span: value.span(), named, is_data, entry });
    }

    fn resolve(&mut self, source: SourceId, text: &str, depth: usize) -> Outcome {
        let (file, pointer) = text.split_once('#').unwrap_or((text, ""));
        let target = if file.is_empty() {
            source
        } else {
            match self.file(source, file) {
                Ok(Ok(source)) => source,
                Ok(Err(path)) => return Outcome::Needs(path),
                Err((reason, lost)) => return Outcome::Nowhere(reason, lost),
            }
        };
        let Some(root) = self.reached.trees.get(target).and_then(|tree| tree.root()).map(pin) else {
            return Outcome::Nowhere(format!("the reference `{text}` leads to an empty file"), None);
        };
        let pointer = percent_decoded(pointer);
        if !(pointer.is_empty() || pointer.starts_with('/')) {
            return self.anchor(target, &pointer, text);
        }
        let mut at = Target { pin: root, key: None };
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            match self.step(at.pin, &token, depth) {
                Ok(Some(next)) => at = next,
                Ok(None) => {
                    let is_read = |source| self.reached.trees.get(source).is_some_and(|tree| tree.problems().is_empty());
                    let lost = (is_read(target) && is_read(at.pin.source)).then_some(Lost::NoSuchPlace);
                    return Outcome::Nowhere(format!("the reference `{text}` leads nowhere"), lost);
                }
                Err(Outcome::Nowhere(..)) => return Outcome::Nowhere(format!("the reference `{text}` leads nowhere"), None),
                Err(other) => return other,
            }
        }
        Outcome::Found(at)
    }

    /// The schema that has an anchor of a name.
    fn anchor(&mut self, source: SourceId, name: &str, text: &str) -> Outcome {
        let Some(tree) = self.reached.trees.get(source) else { return Outcome::Nowhere(String::new(), None) };
        match self.anchors.entry(source).or_insert_with(|| anchor::all(tree)).get(name) {
            Some(Some(target)) => Outcome::Found(*target),
            Some(None) => Outcome::Nowhere(format!("the reference `{text}` names an anchor that is there twice"), None),
            None => {
                let lost = tree.problems().is_empty().then_some(Lost::NoSuchPlace);
                Outcome::Nowhere(format!("the reference `{text}` leads nowhere"), lost)
            }
        }
    }

    /// The file that a reference names: read, to be read (by its path), or why it is not.
    fn file(&mut self, from: SourceId, file: &str) -> Result<Result<SourceId, String>, (String, Option<Lost>)> {
        let scheme = file.split_once(':').is_some_and(|(scheme, _)| scheme.len() > 1 && !scheme.contains('/'));
        if scheme || file.starts_with("//") {
            let reason = if self.urls_noted.insert(from) { "a URL is never fetched".to_owned() } else { String::new() };
            return Err((reason, None));
        }
        let here = self.workspace.sources().path(from).to_owned();
        let Some(path) = files::resolve(&here, &percent_decoded(file)) else {
            return Err((format!("the reference `{file}` leaves the root, and is not followed"), None));
        };
        match self.by_path.get(&path) {
            Some(Ok(source)) => Ok(Ok(*source)),
            Some(Err(reason)) => {
                let lost = self.workspace.is_missing(&path).then_some(Lost::NoSuchFile);
                Err((format!("the reference `{file}` cannot be read: {reason}"), lost))
            }
            None if [".md", ".txt", ".html"].iter().any(|prose| path.ends_with(prose)) => Err((String::new(), None)),
            None => Ok(Err(path)),
        }
    }

    /// One token of a pointer further; through a reference where the node is one and has no such key itself.
    fn step(&mut self, at: Pin, token: &str, depth: usize) -> Result<Option<Target>, Outcome> {
        let Some(tree) = self.reached.trees.get(at.source).cloned() else { return Ok(None) };
        let node = tree.node(at.node);
        if node.is_list() {
            let item = token.parse().ok().and_then(|index| node.items().nth(index));
            return Ok(item.map(|item| Target { pin: pin(item), key: None }));
        }
        let found = if node.entries().len() > LARGE_MAP {
            let index = self.indexes.entry(at).or_insert_with(|| {
                let entries = node.merged_entries().into_iter();
                entries.map(|(key, value)| (key.text().unwrap_or("").into(), Target::entry(key, value))).collect()
            });
            index.get(token).copied()
        } else {
            node.entry(token).map(|(key, value)| Target::entry(key, value))
        };
        self.budget = self.budget.saturating_sub(1);
        if found.is_some() {
            return Ok(found);
        }
        if depth >= DEEPEST || self.budget == 0 {
            return Err(Outcome::Nowhere(String::new(), None));
        }
        let Some(text) = reference(node).and_then(NodeRef::text) else { return Ok(None) };
        match self.resolve(at.source, text, depth + 1) {
            Outcome::Found(next) => self.step(next.pin, token, depth + 1),
            other => Err(other),
        }
    }

    /// Notes references that lead only to each other.
    fn note_circles(&mut self) {
        let mut circles = Vec::new();
        for (source, targets) in &self.reached.targets {
            for (text, target) in targets {
                let (mut at, mut seen) = (*target, Vec::new());
                while let Some(Target { pin, .. }) = at {
                    if seen.contains(&pin) || seen.len() > DEEPEST {
                        circles.push((*source, text.clone()));
                        break;
                    }
                    seen.push(pin);
                    let node = self.reached.trees.get(pin.source).map(|tree| tree.node(pin.node));
                    let next = node.and_then(reference).and_then(NodeRef::text);
                    at = next.and_then(|text| self.reached.targets.get(&pin.source)?.get(text).copied().flatten());
                }
            }
        }
        for (source, text) in circles {
            self.lose(source, &text, Lost::Circle);
            let path = self.workspace.sources().path(source).to_owned();
            self.workspace.note_unread(&path, format!("the reference `{text}` leads only to itself"), None);
        }
    }
}

/// Text with `%2F` and the like decoded; as it is where that would not be UTF-8.
fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, code.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}
