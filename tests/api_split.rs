//! The same API in one file or in many gives the same findings modulo place: a bundle is made here, by a resolver of our own, from
//! `serde_yaml` values. Runs on a small split document, and on DigitalOcean's 2,907 files.

use backend_lint::diagnostic::{Confidence, Severity};
use backend_lint::engine::{self, Options, Outcome};
use backend_lint::files::Memory;
use serde_yaml::{Mapping, Value};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// What a value is, as far as its references need a place among the components; `None` where they are replaced by what they
/// refer to.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// An object that is no component: what it refers to is put in its place.
    Inline,
    /// A component of this section.
    One(&'static str),
    /// A map of names to components of this section.
    Map(&'static str),
    /// A list of components of this section.
    List(&'static str),
    /// A map of names to things that are put in their place: paths, media types.
    InlineMap,
    /// A discriminator: what its mapping refers to is a component as well.
    Discriminator,
    /// Prose, which may stand in a file of its own.
    Prose,
    /// Data: nothing to follow.
    Data,
}

struct Bundler<'f> {
    files: &'f BTreeMap<String, Value>,
    /// The name of each component that was made, by section, file and pointer.
    names: HashMap<(&'static str, String, String), String>,
    taken: HashMap<(&'static str, String), usize>,
    sections: BTreeMap<&'static str, Mapping>,
    /// Where the bundle has what is put in place, by file and pointer.
    placed: HashMap<(String, String), String>,
}

/// What stands under a key of a thing.
fn below(role: Role, key: &str) -> Role {
    match role {
        Role::Map(section) => Role::One(section),
        Role::InlineMap => Role::Inline,
        Role::One("schemas") => match key {
            "properties" | "patternProperties" => Role::Map("schemas"),
            "items" | "not" | "additionalProperties" => Role::One("schemas"),
            "discriminator" => Role::Discriminator,
            "allOf" | "oneOf" | "anyOf" => Role::List("schemas"),
            _ => Role::Data,
        },
        _ => match key {
            "paths" | "content" => Role::InlineMap,
            "schema" => Role::One("schemas"),
            "responses" => Role::Map("responses"),
            "headers" => Role::Map("headers"),
            "parameters" => Role::List("parameters"),
            "requestBody" => Role::One("requestBodies"),
            "examples" => Role::Map("examples"),
            "links" => Role::Map("links"),
            "schemas" => Role::Map("schemas"),
            "requestBodies" => Role::Map("requestBodies"),
            "description" => Role::Prose,
            "get" | "put" | "post" | "delete" | "patch" | "head" | "options" | "components" | "info" => Role::Inline,
            _ => Role::Data,
        },
    }
}

/// The path of a file that another one names.
fn join(from: &str, to: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// A key as a token of a pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A reference with the whole path of its file.
fn absolute(from: &str, reference: &str) -> String {
    let (path, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    format!("{}#{pointer}", if path.is_empty() { from.to_owned() } else { join(from, path) })
}

impl Bundler<'_> {
    /// What a reference leads to: its file, its pointer, and the value.
    fn target(&self, file: &str, reference: &str) -> Option<(String, String, Value)> {
        let (path, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let path = if path.is_empty() { file.to_owned() } else { join(file, path) };
        let mut value = self.files.get(&path)?;
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            value = value.get(&token).or_else(|| value.get(token.parse::<usize>().ok()?))?;
        }
        Some((path, pointer.to_owned(), value.clone()))
    }

    /// The component that a thing of a file becomes, called as the file or the last part of the pointer: the reference to it.
    fn component(&mut self, section: &'static str, (path, pointer, target): (String, String, Value)) -> String {
        let named = pointer.rsplit('/').next().filter(|name| !name.is_empty());
        let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or("").to_owned();
        let name = named.map_or(stem, str::to_owned);
        let key = (section, path.clone(), pointer.clone());
        let name = match self.names.get(&key) {
            Some(name) => name.clone(),
            None => {
                let count = self.taken.entry((section, name.clone())).or_insert(0);
                *count += 1;
                // One name in two files is told apart by a number.
                let unique = if *count == 1 { name } else { format!("{name}_{count}") };
                self.names.insert(key, unique.clone());
                let at = format!("#/components/{section}/{}", escaped(&unique));
                let done = self.bundle((&path, &pointer), target, Role::One(section), &at);
                self.sections.entry(section).or_default().insert(Value::from(unique.clone()), done);
                unique
            }
        };
        format!("#/components/{section}/{}", escaped(&name))
    }

    /// What stands at a place of a file, as the bundle has it `at` its own place.
    fn bundle(&mut self, (file, here): (&str, &str), value: Value, role: Role, at: &str) -> Value {
        if role == Role::Data {
            return value;
        }
        self.placed.entry((file.to_owned(), here.to_owned())).or_insert_with(|| at.to_owned());
        let reference = value.get("$ref").and_then(Value::as_str).map(str::to_owned);
        let Some(target) = reference.as_deref().and_then(|reference| self.target(file, reference)) else {
            return self.descend((file, here), value, role, at);
        };
        let Role::One(section) = role else { return self.bundle((&target.0, &target.1), target.2, role, at) };
        let mut reference = Mapping::new();
        reference.insert(Value::from("$ref"), Value::from(self.component(section, target)));
        Value::Mapping(reference)
    }

    fn descend(&mut self, (file, here): (&str, &str), value: Value, role: Role, at: &str) -> Value {
        match value {
            Value::Mapping(map) if role == Role::Discriminator => {
                let entries = map.into_iter().map(|(key, inner)| match (key.as_str(), inner) {
                    (Some("mapping"), Value::Mapping(mapped)) => (key, self.mapping(file, mapped)),
                    (_, inner) => (key, inner),
                });
                Value::Mapping(entries.collect())
            }
            Value::Mapping(map) => {
                let entries = map.into_iter().map(|(key, inner)| {
                    let name = key.as_str().map_or_else(|| serde_yaml::to_string(&key).unwrap_or_default(), str::to_owned);
                    let (token, inside) = (escaped(name.trim()), below(role, &name));
                    let done = match (key.as_str(), inner) {
                        // Where the bundle has it is known when it is done.
                        (Some("operationRef"), Value::String(text)) => Value::from(absolute(file, &text)),
                        (_, inner) => self.bundle((file, &format!("{here}/{token}")), inner, inside, &format!("{at}/{token}")),
                    };
                    (key, done)
                });
                Value::Mapping(entries.collect())
            }
            Value::Sequence(items) => {
                let inside = if let Role::List(section) = role { Role::One(section) } else { Role::Data };
                let items = items
                    .into_iter()
                    .enumerate()
                    .map(|(nth, item)| self.bundle((file, &format!("{here}/{nth}")), item, inside, &format!("{at}/{nth}")));
                Value::Sequence(items.collect())
            }
            other => other,
        }
    }

    /// A mapping whose references lead to components; names stay.
    fn mapping(&mut self, file: &str, mapped: Mapping) -> Value {
        let entries = mapped.into_iter().map(|(key, value)| {
            let target = value.as_str().and_then(|text| self.target(file, text));
            (key, target.map_or(value, |target| Value::from(self.component("schemas", target))))
        });
        Value::Mapping(entries.collect())
    }

    /// The links of the whole bundle with the places that their operations have in it.
    fn relinked(&self, value: Value) -> Value {
        match value {
            Value::Mapping(map) => {
                let entries = map.into_iter().map(|(key, inner)| match (key.as_str(), inner) {
                    (Some("operationRef"), Value::String(text)) => {
                        let (file, pointer) = text.split_once('#').unwrap_or((&text, ""));
                        let place = self.placed.get(&(file.to_owned(), pointer.to_owned())).cloned();
                        (key, Value::from(place.unwrap_or(text)))
                    }
                    (_, inner) => (key, self.relinked(inner)),
                });
                Value::Mapping(entries.collect())
            }
            Value::Sequence(items) => Value::Sequence(items.into_iter().map(|item| self.relinked(item)).collect()),
            other => other,
        }
    }
}

/// One document that says what `entry` and all files that it refers to say.
fn bundle(files: &BTreeMap<String, Value>, entry: &str) -> String {
    let mut bundler =
        Bundler { files, names: HashMap::new(), taken: HashMap::new(), sections: BTreeMap::new(), placed: HashMap::new() };
    let root = files.get(entry).cloned().unwrap_or_default();
    // The components of the entry document keep their names and places.
    for section in ["schemas", "responses", "parameters", "requestBodies", "headers", "examples", "links"] {
        let own = root.get("components").and_then(|components| components.get(section)).and_then(Value::as_mapping);
        for name in own.into_iter().flat_map(Mapping::keys).filter_map(Value::as_str) {
            let pointer = format!("/components/{section}/{}", escaped(name));
            bundler.names.insert((section, entry.to_owned(), pointer), name.to_owned());
            bundler.taken.insert((section, name.to_owned()), 1);
        }
    }
    let mut root = bundler.bundle((entry, ""), root, Role::Inline, "#");
    let components =
        root.as_mapping_mut().expect("a document").entry(Value::from("components")).or_insert(Value::Mapping(Mapping::new()));
    for (section, made) in std::mem::take(&mut bundler.sections) {
        let section = components
            .as_mapping_mut()
            .expect("components")
            .entry(Value::from(section))
            .or_insert(Value::Mapping(Mapping::new()));
        section.as_mapping_mut().expect("a section").extend(made);
    }
    serde_yaml::to_string(&bundler.relinked(root)).expect("YAML")
}

fn check(files: &[(String, String)]) -> Outcome {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory.insert(path.clone(), text.clone());
    }
    let options = Options { min_severity: Severity::Info, min_confidence: Confidence::Low, ..Options::default() };
    engine::check(&memory, None, None, &options).unwrap_or_else(|failure| panic!("{failure:?}"))
}

/// The findings of the API without their places, sorted. Names of components that the bundle had to number are folded.
fn said(outcome: &Outcome) -> Vec<String> {
    let fold = |text: &str| {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('_') {
            let digits = rest[at + 1..].chars().take_while(char::is_ascii_digit).count();
            let ends = rest[at + 1 + digits..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_');
            out.push_str(&rest[..at]);
            if digits == 0 || !ends {
                out.push('_');
                rest = &rest[at + 1..];
            } else {
                rest = &rest[at + 1 + digits..];
            }
        }
        out + rest
    };
    let lines = outcome.report.findings.iter().map(|one| {
        format!("{}[{}] {} ({})", one.severity.name(), one.rule, fold(&one.diagnostic.message), one.diagnostic.occurrences.len())
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

/// The operations in one line each: parameters, bodies, answers and their properties.
fn read(outcome: &Outcome) -> Vec<String> {
    let lines = outcome.model.api.operations().map(|operation| {
        let parameters: Vec<String> =
            operation.parameters().iter().map(|one| format!("{}:{}", one.location().name(), one.name())).collect();
        let answers: Vec<String> = operation
            .responses()
            .iter()
            .map(|one| {
                let media: Vec<String> = one
                    .media()
                    .iter()
                    .map(|media| {
                        let properties = media.schema.map(|schema| schema.properties()).unwrap_or_default();
                        format!("{}{:?}", media.name, properties.iter().map(|one| one.name).collect::<Vec<_>>())
                    })
                    .collect();
                format!("{}={}", one.status(), media.join("+"))
            })
            .collect();
        let asked: Vec<&str> = operation.request_properties().iter().map(|one| one.name).collect();
        format!("{} {parameters:?} {asked:?} {answers:?}", operation.subject())
    });
    lines.collect()
}

/// What a file says. `serde_yaml` refuses whole numbers that no `u64` holds, and takes them as decimals.
fn value(path: &str, text: &str) -> Value {
    let digits = |line: &str| line.len() - line.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let lines = text.lines().map(|line| if digits(line) >= 20 { format!("{line}.0") } else { line.to_owned() });
    let text: Vec<String> = lines.collect();
    serde_yaml::from_str(&text.join("\n")).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn compare(files: &[(String, String)], entry: &str) -> usize {
    let values = files.iter().filter(|(path, _)| path.ends_with("yml") || path.ends_with("yaml"));
    let values: BTreeMap<String, Value> = values.map(|(path, text)| (path.clone(), value(path, text))).collect();
    let whole = vec![(entry.to_owned(), bundle(&values, entry))];
    let (split, whole) = (check(files), check(&whole));
    let (of_split, of_whole) = (read(&split), read(&whole));
    for (one, other) in of_split.iter().zip(&of_whole) {
        assert_eq!(one, other);
    }
    assert_eq!(of_split.len(), of_whole.len());
    let (of_split, of_whole) = (said(&split), said(&whole));
    let missing: Vec<&String> = of_split.iter().filter(|line| !of_whole.contains(line)).collect();
    let more: Vec<&String> = of_whole.iter().filter(|line| !of_split.contains(line)).collect();
    assert!(
        missing.is_empty() && more.is_empty() && of_split.len() == of_whole.len(),
        "only split: {missing:#?}\nonly whole: {more:#?}"
    );
    of_split.len()
}

#[test]
fn a_small_document_split_or_whole() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let files = [
        file(
            "api/openapi.yaml",
            "openapi: 3.0.3
info: { title: Shop, version: \"1\", description: { $ref: about.yml } }
paths:
  /orders: { $ref: paths/orders.yml }
  /orders/{id}:
    get: { $ref: paths/order.yml }
components:
  schemas:
    order: { type: object, required: [kind, colour], properties: { kind: { type: string } } }
    Line: { $ref: models/line.yml }
",
        ),
        file("api/about.yml", "|\n  Every POST takes an Idempotency-Key.\n"),
        file(
            "api/paths/orders.yml",
            "get:
  parameters: [{ $ref: ../parameters.yml#/limit }]
  responses:
    \"200\": { description: x, content: { application/json: { schema: { type: array, items: { $ref: ../models/order.yml } } } } }
post:
  requestBody: { content: { application/json: { schema: { $ref: ../models/order.yml } } } }
  responses:
    \"201\": { description: x, links: { self: { operationRef: 'order.yml', parameters: { id: $response.body#/id } } } }
",
        ),
        file(
            "api/paths/order.yml",
            "parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLenght: 3 } }]
responses:
  \"200\": { $ref: ../responses.yml#/One }
  \"202\": { description: x, content: { application/json: { schema: { $ref: ../models/copy.yml } } } }
  \"203\": { description: x, content: { application/json: { schema: { $ref: ../openapi.yaml#/components/schemas/order } } } }
  \"404\": { $ref: ../responses.yml#/Missing }
",
        ),
        file("api/parameters.yml", "limit: { name: limit, in: query, schema: { type: integer } }\n"),
        file(
            "api/responses.yml",
            "One: { description: x, content: { application/json: { schema: { $ref: models/order.yml } } } }
Missing: { description: x, content: { application/json: { schema: { type: object, properties: { message: { type: string } } } } } }
",
        ),
        file(
            "api/models/order.yml",
            "type: object
required: [total]
properties:
  id: { type: string, nullabel: true }
  parent: { $ref: order.yml }
  lines: { type: array, items: { $ref: line.yml } }
  createdAt: { type: string }
",
        ),
        file(
            "api/models/line.yml",
            "oneOf: [{ $ref: lines/gift.yml }, { $ref: lines/sale.yml#/Sale }]
discriminator:
  propertyName: kind
  mapping: { gift: lines/gift.yml, sale: lines/sale.yml#/Sale, lost: lines/lost.yml, own: order, none: Nobody }
",
        ),
        file("api/models/lines/gift.yml", "type: object\nproperties: { kind: { type: string }, from: { type: string } }\n"),
        file(
            "api/models/lines/sale.yml",
            "Sale: { type: object, properties: { price: { $ref: '#/Price' }, updatedAt: { type: string } } }
Price: { type: number }
",
        ),
        file(
            "api/models/copy.yml",
            "properties:
  createdAt: { type: string, description: At the same time }
  lines: { items: { $ref: ./line.yml }, type: array }
  id: { type: string, nullabel: true }
  parent: { $ref: ./order.yml }
type: object
required: [total]
",
        ),
    ];
    assert!(compare(&files, "api/openapi.yaml") >= 12);
}

#[test]
fn digitalocean_split_or_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench/digitalocean-multifile");
    if !root.is_dir() {
        eprintln!("skipped: there is no ../shared");
        return;
    }
    let walk = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().filter_map(Result::ok);
    let read = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(&root).ok()?.to_string_lossy().replace('\\', "/");
        Some((path, std::fs::read_to_string(entry.path()).ok()?))
    };
    let files: Vec<(String, String)> = walk.filter(|entry| entry.file_type().is_file()).filter_map(read).collect();
    let findings = compare(&files, "specification/DigitalOcean-public.v2.yaml");
    eprintln!("{findings} findings in {} files, and in the bundle", files.len());
    assert!(findings > 0);
}
