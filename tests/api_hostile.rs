//! Documents made to break readers: each runs through the whole engine with every rule, and ends, soon, with words for what
//! was not read.

#[path = "support/stopwatch.rs"]
mod stopwatch;

use backend_lint::diagnostic::{Confidence, Severity};
use backend_lint::engine::{self, Options, Outcome};
use backend_lint::files::Memory;
use std::time::Duration;
use stopwatch::Stopwatch;

/// Far above what any of these takes, far below what a quadratic reading would.
const LONGEST: Duration = Duration::from_secs(60);

fn check(files: &[(&str, &[u8])]) -> Outcome {
    let mut memory = Memory::new();
    for (path, bytes) in files {
        memory.insert(*path, bytes.to_vec());
    }
    let groups = ["paths", "operations", "status", "naming", "schemas", "refs", "errors", "pagination", "idempotency"];
    let known = backend_lint::rules::all().map(|rule| rule.id.split('/').next().unwrap_or(""));
    let known: std::collections::BTreeSet<&str> = known.collect();
    let options = Options {
        select: groups.into_iter().filter(|group| known.contains(group)).map(str::to_owned).collect(),
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        ..Options::default()
    };
    let watch = Stopwatch::start();
    let outcome = engine::check(&memory, None, None, &options).unwrap_or_else(|failure| panic!("{failure:?}"));
    assert!(watch.spent() < LONGEST, "{:?} took {:?}", files.iter().map(|one| one.0).collect::<Vec<_>>(), watch.spent());
    assert!(outcome.report.findings.iter().all(|finding| finding.rule != "internal/rule-failed"), "a rule failed");
    outcome
}

fn reasons(outcome: &Outcome) -> Vec<String> {
    outcome.report.unread.iter().map(|one| format!("{}: {}", one.path, one.reason)).collect()
}

fn one(text: &str) -> Outcome {
    check(&[("openapi.yaml", text.as_bytes())])
}

const HEAD: &str = "openapi: 3.1.0\ninfo: { title: x, version: \"1\" }\npaths:\n  /a: { get: { responses: { \"200\": { description: x, content: { application/json: { schema: { $ref: \"#/components/schemas/S\" } } } } } } }\n";

fn with_schema(schema: &str) -> String {
    format!("{HEAD}components:\n  schemas:\n    S: {schema}\n")
}

#[test]
fn a_hundred_thousand_nested_things_are_survived() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("{ items: ", "}"), ("{ allOf: [", "]}"), ("{ properties: { a: ", "}}")] {
        let schema = format!("{}x{}", open.repeat(100_000), close.repeat(100_000));
        let outcome = one(&with_schema(&schema));
        assert!(!outcome.report.unread.is_empty(), "{open}: what lies too deep is told");
    }
    // JSON has no limit of depth in our reader.
    for (open, close) in [("[", "]"), ("{\"items\":", "}"), ("{\"allOf\":[", "]}"), ("{\"properties\":{\"a\":", "}}")] {
        let schema = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let text = format!(
            "{{\"openapi\":\"3.1.0\",\"info\":{{\"title\":\"x\",\"version\":\"1\"}},\"paths\":{{\"/a\":{{\"get\":{{\"responses\":{{\"200\":{{\"description\":\"x\",\"content\":{{\"application/json\":{{\"schema\":{schema}}}}}}}}}}}}}}}}}"
        );
        let outcome = check(&[("openapi.json", text.as_bytes())]);
        assert_eq!(outcome.model.api.operations().count(), 1, "{open}");
    }
}

#[test]
fn aliases_that_multiply_are_not_multiplied() {
    let mut text = with_schema("{ $ref: \"#/components/schemas/S60\" }");
    text.push_str("    S0: &s0 { type: object, properties: { a: { type: string } } }\n");
    for at in 1..=60 {
        let before = at - 1;
        text.push_str(&format!(
            "    S{at}: &s{at} {{ allOf: [*s{before}, *s{before}], properties: {{ a: *s{before}, b: *s{before} }}, oneOf: [*s{before}, *s{before}] }}\n"
        ));
    }
    assert_eq!(one(&text).model.api.operations().count(), 1);
}

#[test]
fn many_small_maps_take_linear_time() {
    let mut text = with_schema("{ type: object }");
    for at in 0..300_000 {
        text.push_str(&format!("    M{at}: {{ type: string }}\n"));
    }
    let outcome = one(&text);
    assert_eq!(outcome.model.api.schemas().count(), 300_001);
}

#[test]
fn circles_of_every_kind_end() {
    let text = r##"openapi: 3.1.0
info: { title: x, version: "1" }
paths:
  /item: { $ref: "#/components/pathItems/P" }
  /operation: { get: { $ref: "#/paths/~1operation/get" } }
  /parts:
    parameters: [{ $ref: "#/components/parameters/P" }]
    post:
      parameters: [{ $ref: "#/paths/~1parts/post/parameters/0" }]
      requestBody: { $ref: "#/components/requestBodies/B" }
      responses:
        "200": { $ref: "#/components/responses/R" }
        "201":
          description: x
          headers: { H: { $ref: "#/components/headers/H" } }
          links: { L: { $ref: "#/components/links/L" } }
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Self" }
              examples: { E: { $ref: "#/components/examples/E" } }
      callbacks: { C: { $ref: "#/components/callbacks/C" } }
  /schemas: { get: { responses: { "200": { description: x, content: { application/json: { schema: { $ref: "other.yaml#/Far" } } } } } } }
components:
  pathItems: { P: { $ref: "#/paths/~1item" } }
  parameters: { P: { $ref: "#/components/parameters/P" } }
  requestBodies: { B: { $ref: "#/components/requestBodies/B" } }
  responses: { R: { $ref: "#/components/responses/R" } }
  headers: { H: { $ref: "#/components/headers/H" } }
  links: { L: { $ref: "#/components/links/L" } }
  examples: { E: { $ref: "#/components/examples/E" } }
  callbacks:
    C: { $ref: "#/components/callbacks/D" }
    D: { $ref: "#/components/callbacks/C" }
    Again: { "{$url}": { post: { responses: { "200": { description: x } }, callbacks: { again: { $ref: "#/components/callbacks/Again" } } } } }
  securitySchemes: { S: { $ref: "#/components/securitySchemes/S" } }
  schemas:
    Self: { $ref: "#/components/schemas/Self" }
    All: { allOf: [{ $ref: "#/components/schemas/All" }], type: object, properties: { next: { $ref: "#/components/schemas/All" } } }
    One: { oneOf: [{ $ref: "#/components/schemas/One" }, { $ref: "#/components/schemas/All" }], not: { $ref: "#/components/schemas/One" } }
    List: { type: array, items: { $ref: "#/components/schemas/List" } }
    Map: { type: object, additionalProperties: { $ref: "#/components/schemas/Map" }, example: { a: { b: {} } } }
"##;
    let other = "Far: { $ref: \"openapi.yaml#/components/schemas/Near\" }\n";
    let near = text.replace("  schemas:\n", "  schemas:\n    Near: { $ref: \"other.yaml#/Far\" }\n");
    let outcome = check(&[("openapi.yaml", near.as_bytes()), ("other.yaml", other.as_bytes())]);
    let reasons = reasons(&outcome);
    for what in [
        "pathItems/P",
        "parameters/P",
        "requestBodies/B",
        "responses/R",
        "headers/H",
        "links/L",
        "examples/E",
        "callbacks/D",
        "schemas/Self",
        "other.yaml#/Far",
    ] {
        assert!(
            reasons.iter().any(|reason| reason.contains(what) && reason.contains("leads only to itself")),
            "{what}: {reasons:#?}"
        );
    }
}

#[test]
fn what_may_not_be_followed_is_said() {
    let text = r##"openapi: 3.0.3
info: { title: x, version: "1" }
paths:
  /folder: { $ref: "folder" }
  /outside: { $ref: "../../etc/passwd" }
  /absolute: { $ref: "/etc/passwd" }
  /url: { $ref: "https://example.com/a.yaml" }
  /scheme: { $ref: "file:///etc/passwd" }
  /deep: { $ref: "a/../../../b.yaml" }
  /nul: { $ref: "a\0b.yaml" }
"##;
    let outcome = check(&[("api/openapi.yaml", text.as_bytes()), ("api/folder/a.yaml", b"get: {}\n")]);
    let reasons = reasons(&outcome);
    let says = |what: &str| reasons.iter().filter(|reason| reason.contains(what)).count();
    assert!(says("`folder` cannot be read") == 1 && says("a URL is never fetched") == 1, "{reasons:#?}");
    assert!(says("`../../etc/passwd` leaves the root") == 1 && says("`a/../../../b.yaml` leaves the root") == 1, "{reasons:#?}");
    assert!(outcome.sources.iter().all(|(_, source)| source.path.starts_with("api/")), "nothing else was read");
    assert_eq!(outcome.model.api.operations().count(), 0);
}

#[test]
fn broken_bytes_are_named_and_the_rest_is_read() {
    let good = "openapi: 3.0.3\ninfo: { title: Good, version: \"1\" }\npaths: { /a: { get: { responses: {} } } }\n";
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(good.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mut invalid = good.as_bytes().to_vec();
    invalid.extend([b'#', 0xc3, 0x28, b'\n']);
    let nul = good.replace("Good", "Go\0od");
    let twice = good.replace("paths:", "paths: { /b: { get: { responses: {} } } }\npaths:");
    let outcome = check(&[
        ("bad/openapi-invalid.yaml", &invalid),
        ("bad/openapi-utf16.yaml", &utf16),
        ("bad/openapi-nul.yaml", nul.as_bytes()),
        ("bad/openapi-twice.yaml", twice.as_bytes()),
        ("good/openapi.yaml", good.as_bytes()),
    ]);
    let reasons = reasons(&outcome);
    for (path, word) in [("openapi-invalid", "UTF-8"), ("openapi-utf16", "UTF-16"), ("openapi-nul", ""), ("openapi-twice", "")] {
        assert!(reasons.iter().any(|reason| reason.contains(path) && reason.contains(word)), "{path}: {reasons:#?}");
    }
    assert!(outcome.model.api.operations().any(|operation| operation.document().title() == "Good"));
}
