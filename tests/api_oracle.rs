//! Our view of 3.0 documents against the reading of the `openapiv3` crate: the same operations, parameters, responses and
//! media types. Runs on a document of our own, and on every 3.0 document of `../shared` that the crate accepts.

use backend_lint::discover::{Artifact, Discovery, Kind};
use backend_lint::files::Memory;
use backend_lint::model::api::{self, Api, Version};
use backend_lint::model::{Settings, Workspace};
use backend_lint::source::Sources;
use openapiv3::{Content, OpenAPI, Operation, Parameter, ReferenceOr, RequestBody, Response, StatusCode};
use std::path::Path;

fn ours(path: &str, text: &str) -> Api {
    let mut memory = Memory::new();
    memory.insert(path, text);
    let artifact = Artifact { path: path.to_owned(), kind: Kind::OpenApi, evidence: String::new() };
    let discovery = Discovery { artifacts: vec![artifact], ..Discovery::default() };
    let mut sources = Sources::default();
    api::read(&mut Workspace::new(&memory, &mut sources, 1), &discovery, &Settings::default())
}

/// Each operation in one line, sorted.
fn our_lines(api: &Api) -> Vec<String> {
    let lines = api.operations().map(|operation| {
        let mut parameters: Vec<String> =
            operation.parameters().iter().map(|one| format!("{}:{}", one.location().name(), one.name())).collect();
        parameters.sort();
        let mut responses: Vec<String> = operation
            .responses()
            .iter()
            .map(|one| {
                let media: Vec<&str> = one.media().iter().map(|media| media.name).collect();
                format!("{}={}", one.status(), media.join("+"))
            })
            .collect();
        responses.sort();
        let request: Vec<&str> = operation.request_media().iter().map(|media| media.name).collect();
        line(&operation.subject(), operation.operation_id(), &parameters, &request, &responses)
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

fn line(subject: &str, id: Option<&str>, parameters: &[String], request: &[&str], responses: &[String]) -> String {
    let (parameters, request, responses) = (parameters.join(" "), request.join("+"), responses.join(" "));
    format!("{subject} {} [{parameters}] [{request}] [{responses}]", id.unwrap_or("-"))
}

fn name(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or("").replace("~1", "/").replace("%2F", "/")
}

/// The crate follows no references; those into the components are followed here.
fn parameter<'a>(document: &'a OpenAPI, one: &'a ReferenceOr<Parameter>) -> Option<&'a Parameter> {
    match one {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { reference } => {
            parameter(document, document.components.as_ref()?.parameters.get(&name(reference))?)
        }
    }
}

fn response<'a>(document: &'a OpenAPI, one: &'a ReferenceOr<Response>) -> Option<&'a Response> {
    match one {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { reference } => {
            response(document, document.components.as_ref()?.responses.get(&name(reference))?)
        }
    }
}

fn body<'a>(document: &'a OpenAPI, one: &'a ReferenceOr<RequestBody>) -> Option<&'a RequestBody> {
    match one {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { reference } => {
            body(document, document.components.as_ref()?.request_bodies.get(&name(reference))?)
        }
    }
}

fn their_lines(document: &OpenAPI) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, item) in document.paths.iter() {
        let Some(item) = item.as_item() else { continue };
        for (method, operation) in item.iter() {
            let shared = item.parameters.iter();
            lines.push(their_line(document, &format!("{} {path}", method.to_uppercase()), operation, shared));
        }
    }
    lines.sort();
    lines
}

fn their_line<'a>(
    document: &'a OpenAPI,
    subject: &str,
    operation: &'a Operation,
    shared: impl Iterator<Item = &'a ReferenceOr<Parameter>>,
) -> String {
    let all = operation.parameters.iter().chain(shared).filter_map(|one| parameter(document, one));
    let mut parameters: Vec<String> = all
        .map(|one| {
            let location = match one {
                Parameter::Query { .. } => "query",
                Parameter::Header { .. } => "header",
                Parameter::Path { .. } => "path",
                Parameter::Cookie { .. } => "cookie",
            };
            format!("{location}:{}", one.parameter_data_ref().name)
        })
        .collect();
    parameters.sort();
    parameters.dedup();
    let media = |content: &Content| content.keys().cloned().collect::<Vec<String>>().join("+");
    let answered = |one: &ReferenceOr<Response>| response(document, one).map(|one| media(&one.content)).unwrap_or_default();
    let mut responses: Vec<String> = operation
        .responses
        .responses
        .iter()
        .map(|(status, one)| match status {
            StatusCode::Code(code) => format!("{code}={}", answered(one)),
            StatusCode::Range(class) => format!("{class}XX={}", answered(one)),
        })
        .collect();
    responses.extend(operation.responses.default.iter().map(|one| format!("default={}", answered(one))));
    responses.sort();
    let request = operation.request_body.as_ref().and_then(|one| body(document, one));
    let request: Vec<&str> = request.into_iter().flat_map(|one| one.content.keys().map(String::as_str)).collect();
    line(subject, operation.operation_id.as_deref(), &parameters, &request, &responses)
}

/// Compares where the crate accepts the document; whether it did.
fn compare(path: &str, text: &str) -> bool {
    let json = path.ends_with(".json");
    let theirs: Option<OpenAPI> = if json { serde_json::from_str(text).ok() } else { serde_yaml::from_str(text).ok() };
    let Some(theirs) = theirs else { return false };
    let api = ours(path, text);
    assert!(api.documents().all(|document| document.version() == Version::V3), "{path}");
    let (own, their) = (our_lines(&api), their_lines(&theirs));
    for (own, their) in own.iter().zip(&their) {
        assert_eq!(own, their, "{path}");
    }
    assert_eq!(own.len(), their.len(), "{path}");
    true
}

#[test]
fn our_own_document_is_read_alike() {
    let text = r##"openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /orders/{id}:
    parameters: [{ $ref: "#/components/parameters/Id" }, { name: trace, in: header, schema: { type: string } }]
    get:
      operationId: getOrder
      parameters: [{ name: trace, in: header, schema: { type: integer } }, { name: q, in: query, schema: { type: string } }]
      responses:
        "200": { description: x, content: { application/json: {}, text/csv: {} } }
        4XX: { $ref: "#/components/responses/Error" }
        default: { description: x }
    put:
      requestBody: { $ref: "#/components/requestBodies/Order" }
      responses: { "204": { description: x } }
  /a~b: { post: { responses: { "200": { $ref: "#/components/responses/a~1b" } } } }
components:
  parameters: { Id: { name: id, in: path, required: true, schema: { type: string } } }
  responses:
    Error: { description: x, content: { application/problem+json: {} } }
    a/b: { description: x, content: { text/plain: {} } }
  requestBodies: { Order: { content: { application/json: {}, application/xml: {} } } }
"##;
    assert!(compare("openapi.yaml", text), "the crate must accept it");
    assert_eq!(our_lines(&ours("openapi.yaml", text)).len(), 3);
}

/// Every document under `../shared` that says `openapi: 3.0`.
#[test]
fn shared_documents_are_read_alike() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if !shared.is_dir() {
        eprintln!("skipped: there is no ../shared");
        return;
    }
    let (mut compared, mut refused) = (0, 0);
    let folders = ["corpus", "sample", "bench/github", "bench/stripe"].map(|folder| shared.join(folder));
    let walk = folders.iter().flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name());
    for entry in walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
        let path = entry.path();
        if !path.extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|known| end == *known)) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let says = |mark: &str| text.contains(mark);
        let is_v3 = ["openapi: 3.0", "openapi: \"3.0", "openapi: '3.0", "\"openapi\": \"3.0", "\"openapi\":\"3.0"]
            .iter()
            .any(|mark| says(mark));
        if !is_v3 {
            continue;
        }
        match compare(&path.file_name().unwrap_or_default().to_string_lossy(), &text) {
            true => compared += 1,
            false => refused += 1,
        }
    }
    eprintln!("{compared} documents read alike, {refused} not accepted by the crate");
    assert!(compared >= 10, "only {compared} documents were compared");
}
