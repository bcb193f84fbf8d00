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
    /// Data and prose: nothing to follow.
    Data,
}

struct Bundler<'f> {
    files: &'f BTreeMap<String, Value>,
    /// The name of each component that was made, by section, file and pointer.
    names: HashMap<(&'static str, String, String), String>,
    taken: HashMap<(&'static str, String), usize>,
    sections: BTreeMap<&'static str, Mapping>,
}

/// What stands under a key of a thing.
fn below(role: Role, key: &str) -> Role {
    match role {
        Role::Map(section) => Role::One(section),
        Role::InlineMap => Role::Inline,
        Role::One("schemas") => match key {
            "properties" | "patternProperties" => Role::Map("schemas"),
            "items" | "not" | "additionalProperties" => Role::One("schemas"),
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
            "get" | "put" | "post" | "delete" | "patch" | "head" | "options" | "components" => Role::Inline,
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

    fn bundle(&mut self, file: &str, value: Value, role: Role) -> Value {
        if role == Role::Data {
            return value;
        }
        let reference = value.get("$ref").and_then(Value::as_str).map(str::to_owned);
        let Some((path, pointer, target)) = reference.as_deref().and_then(|reference| self.target(file, reference)) else {
            return self.descend(file, value, role);
        };
        let Role::One(section) = role else { return self.bundle(&path, target, role) };
        let named = pointer.rsplit('/').next().filter(|name| !name.is_empty());
        let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or("").to_owned();
        let name = named.map_or(stem, str::to_owned);
        let key = (section, path.clone(), pointer);
        let name = match self.names.get(&key) {
            Some(name) => name.clone(),
            None => {
                let count = self.taken.entry((section, name.clone())).or_insert(0);
                *count += 1;
                // One name in two files is told apart by a folder of its own, as the last part of the pointer is what counts.
                let unique = if *count == 1 { name } else { format!("{name}_{count}") };
                self.names.insert(key, unique.clone());
                let done = self.bundle(&path, target, role);
                self.sections.entry(section).or_default().insert(Value::from(unique.clone()), done);
                unique
            }
        };
        let mut reference = Mapping::new();
        reference.insert(Value::from("$ref"), Value::from(format!("#/components/{section}/{name}")));
        Value::Mapping(reference)
    }

    fn descend(&mut self, file: &str, value: Value, role: Role) -> Value {
        match value {
            Value::Mapping(map) => {
                let entries = map.into_iter().map(|(key, inner)| {
                    let inside = below(role, key.as_str().unwrap_or(""));
                    let done = self.bundle(file, inner, inside);
                    (key, done)
                });
                Value::Mapping(entries.collect())
            }
            Value::Sequence(items) => {
                let inside = if let Role::List(section) = role { Role::One(section) } else { Role::Data };
                Value::Sequence(items.into_iter().map(|item| self.bundle(file, item, inside)).collect())
            }
            other => other,
        }
    }
}

/// One document that says what `entry` and all files that it refers to say.
fn bundle(files: &BTreeMap<String, Value>, entry: &str) -> String {
    let mut bundler = Bundler { files, names: HashMap::new(), taken: HashMap::new(), sections: BTreeMap::new() };
    let root = files.get(entry).cloned().unwrap_or_default();
    let mut root = bundler.bundle(entry, root, Role::Inline);
    let components =
        root.as_mapping_mut().expect("a document").entry(Value::from("components")).or_insert(Value::Mapping(Mapping::new()));
    for (section, made) in bundler.sections {
        let section = components
            .as_mapping_mut()
            .expect("components")
            .entry(Value::from(section))
            .or_insert(Value::Mapping(Mapping::new()));
        section.as_mapping_mut().expect("a section").extend(made);
    }
    serde_yaml::to_string(&root).expect("YAML")
}

fn check(files: &[(String, String)]) -> Outcome {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory.insert(path.clone(), text.clone());
    }
    let options = Options { min_severity: Severity::Info, min_confidence: Confidence::Low, ..Options::default() };
    engine::check(&memory, None, None, &options).unwrap_or_else(|failure| panic!("{failure:?}"))
}

/// What these rules say goes by the names of components, by how often a bundle repeats a schema, or by references that the bundle of
/// this test leaves as they are (in links, and in the mappings of discriminators): split files have no names.
const BY_THE_BUNDLE: [&str; 5] = [
    "naming/inconsistent-property-case",
    "naming/time-without-format",
    "refs/",
    "schemas/duplicate-schema",
    "schemas/required-but-undefined",
];

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
    let findings = outcome.report.findings.iter().filter(|one| !BY_THE_BUNDLE.iter().any(|rule| one.rule.starts_with(rule)));
    let lines = findings.map(|one| {
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

fn compare(files: &[(String, String)], entry: &str) -> usize {
    let values = files.iter().filter(|(path, _)| path.ends_with("yml") || path.ends_with("yaml"));
    let values: BTreeMap<String, Value> =
        values.filter_map(|(path, text)| Some((path.clone(), serde_yaml::from_str(text).ok()?))).collect();
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
            "openapi: 3.0.3\ninfo: { title: Shop, version: \"1\" }\npaths:\n  /orders: { $ref: paths/orders.yml }\n  /orders/{id}:\n    get: { $ref: paths/order.yml }\n",
        ),
        file(
            "api/paths/orders.yml",
            "get:\n  parameters: [{ $ref: ../parameters.yml#/limit }]\n  responses:\n    \"200\": { description: x, content: { application/json: { schema: { type: array, items: { $ref: ../models/order.yml } } } } }\npost:\n  requestBody: { content: { application/json: { schema: { $ref: ../models/order.yml } } } }\n  responses: { \"201\": { description: x } }\n",
        ),
        file(
            "api/paths/order.yml",
            "parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLenght: 3 } }]\nresponses:\n  \"200\": { $ref: ../responses.yml#/One }\n  \"404\": { $ref: ../responses.yml#/Missing }\n",
        ),
        file("api/parameters.yml", "limit: { name: limit, in: query, schema: { type: integer } }\n"),
        file(
            "api/responses.yml",
            "One: { description: x, content: { application/json: { schema: { $ref: models/order.yml } } } }\nMissing: { description: x, content: { application/json: { schema: { type: object, properties: { message: { type: string } } } } } }\n",
        ),
        file(
            "api/models/order.yml",
            "type: object\nproperties: { id: { type: string, nullabel: true }, parent: { $ref: order.yml } }\n",
        ),
    ];
    assert!(compare(&files, "api/openapi.yaml") >= 3);
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
