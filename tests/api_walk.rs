//! Every object once, at its place of definition, with where it is used; and what is wrong with objects.

use backend_lint::discover::{Artifact, Discovery, Kind};
use backend_lint::files::Memory;
use backend_lint::model::api::{self, Api, DefectKind};
use backend_lint::model::{Settings, Workspace};
use backend_lint::source::Sources;

fn read(files: &[(&str, &str)]) -> (Api, Sources) {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory.insert(*path, *text);
    }
    let starts = |text: &str| text.starts_with("openapi") || text.starts_with("swagger");
    let entries = files.iter().filter(|(_, text)| starts(text));
    let artifacts = entries.map(|(path, _)| Artifact { path: (*path).into(), kind: Kind::OpenApi, evidence: String::new() });
    let discovery = Discovery { artifacts: artifacts.collect(), ..Discovery::default() };
    let mut sources = Sources::default();
    let api = api::read(&mut Workspace::new(&memory, &mut sources, 1), &discovery, &Settings::default());
    (api, sources)
}

/// Each schema in one line: its pointer, and by whom it is sent.
fn schemas(api: &Api) -> Vec<String> {
    let lines = api.schemas().map(|one| {
        let uses = [
            (one.is_sent_by_clients(), "clients"),
            (one.is_sent_by_service(), "service"),
            (one.is_of_parameter(), "parameter"),
            (one.is_of_header(), "header"),
        ];
        let uses: Vec<&str> = uses.into_iter().filter(|(used, _)| *used).map(|(_, name)| name).collect();
        format!("{} {}", one.pointer(), if uses.is_empty() { "nobody".into() } else { uses.join("+") })
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

const SHOP: &str = r##"openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    put:
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
      responses:
        "200":
          description: x
          headers: { X-Rate: { schema: { type: integer } } }
          content: { application/json: { schema: { $ref: "#/components/schemas/Page" } } }
      callbacks:
        done: { "{$request.body#/url}": { post: { requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Event" } } } }, responses: { "200": { description: x } } } } }
components:
  schemas:
    Order: { type: object, properties: { id: { type: string }, next: { $ref: "#/components/schemas/Order" } } }
    Page: { type: object, properties: { items: { type: array, items: { $ref: "#/components/schemas/Item" } } } }
    Item: { type: string }
    Event: { type: object }
    Loop: { type: object, properties: { next: { $ref: "#/components/schemas/Loop" } } }
    Head: { allOf: [{ $ref: "#/components/schemas/Tail" }] }
    Tail: { type: object }
"##;

#[test]
fn every_schema_comes_once_with_its_uses() {
    let (api, sources) = read(&[("openapi.yaml", SHOP)]);
    assert_eq!(
        schemas(&api),
        [
            "/components/schemas/Event service",
            "/components/schemas/Head nobody",
            "/components/schemas/Item service",
            "/components/schemas/Loop nobody",
            "/components/schemas/Order clients",
            "/components/schemas/Order/properties/id clients",
            "/components/schemas/Page service",
            "/components/schemas/Page/properties/items service",
            "/components/schemas/Tail nobody",
            "/paths/~1orders~1{id}/parameters/0/schema clients+parameter",
            "/paths/~1orders~1{id}/put/responses/200/headers/X-Rate/schema service+header",
        ]
    );
    let id = api.schemas().find(|one| one.key() == Some("id")).expect("an id");
    assert_eq!((sources.text(id.span()), id.within().and_then(|one| one.key())), ("id", Some("Order")));
    let used: Vec<(&str, bool, bool)> = api
        .documents()
        .flat_map(|document| document.components())
        .map(|one| (one.name(), one.is_referred_to(), one.is_reached()))
        .collect();
    assert_eq!(
        used,
        [
            ("Order", true, true),
            ("Page", true, true),
            ("Item", true, true),
            ("Event", true, true),
            ("Loop", false, false),
            ("Head", false, false),
            ("Tail", true, false),
        ]
    );
}

#[test]
fn use_counts_across_the_documents_of_a_repository() {
    let library = "openapi: 3.0.3\ninfo: { title: Common, version: \"1\" }\npaths: {}\ncomponents: { schemas: { Error: { type: object }, Rest: { type: object } } }\n";
    let service = "openapi: 3.0.3\ninfo: { title: Shop, version: \"1\" }\npaths: { /a: { get: { responses: { default: { description: x, content: { a/b: { schema: { $ref: \"common.yaml#/components/schemas/Error\" } } } } } } } }\n";
    let (api, _) = read(&[("common.yaml", library), ("shop.yaml", service)]);
    let used: Vec<(&str, bool)> =
        api.documents().flat_map(|document| document.components()).map(|one| (one.name(), one.is_referred_to())).collect();
    assert_eq!(used, [("Error", true), ("Rest", false)]);
    assert_eq!(api.documents().map(|document| document.is_library()).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn two_has_its_schemas_in_parameters_too() {
    let text = "swagger: \"2.0\"\ninfo: { title: Shop, version: \"1\" }\npaths:\n  /a:\n    post:\n      parameters: [{ name: q, in: query, type: array, items: { type: string } }, { name: b, in: body, schema: { $ref: \"#/definitions/B\" } }]\n      responses: { \"200\": { description: x, schema: { type: object }, headers: { H: { type: string } } } }\ndefinitions: { B: { type: object } }\n";
    let (api, _) = read(&[("swagger.yaml", text)]);
    assert_eq!(
        schemas(&api),
        [
            "/definitions/B clients+parameter",
            "/paths/~1a/post/parameters/0 clients+parameter",
            "/paths/~1a/post/parameters/0/items clients+parameter",
            "/paths/~1a/post/responses/200/headers/H service+header",
            "/paths/~1a/post/responses/200/schema service",
        ]
    );
}

#[test]
fn beside_a_reference_a_schema_of_three_one_is_one_of_its_own() {
    let text = |version: &str| {
        format!(
            "openapi: {version}\ninfo: {{ title: x, version: \"1\" }}\npaths: {{}}\ncomponents:\n  schemas:\n    A: {{ $ref: \"#/components/schemas/B\", properties: {{ c: {{ type: string }} }} }}\n    B: {{ type: object }}\n"
        )
    };
    let (old, _) = read(&[("openapi.yaml", &text("3.0.3"))]);
    assert_eq!(schemas(&old).len(), 2, "{:?}", schemas(&old));
    let (new, _) = read(&[("openapi.yaml", &text("3.1.0"))]);
    assert_eq!(schemas(&new).len(), 3, "{:?}", schemas(&new));
}

#[test]
fn defects_are_told_one_by_one_and_hide_nothing() {
    let text = r##"openapi: 3.0.3
info: { title: x }
paths:
  /a:
    get: 5
    put:
      operationID: a
      parameters: [{ name: q, in: qeury, schema: { $ref: "#/components/responses/R" } }, 7]
      responses: { "200": { description: x, content: { a/b: { schema: { type: strnig, maxLength: "3", properties: [], nullabel: true, const: 3 } } } } }
components: { responses: { R: { description: x } } }
"##;
    let (api, sources) = read(&[("openapi.yaml", text)]);
    let document = api.documents().next().expect("a document");
    let mut lines: Vec<String> = document
        .defects()
        .into_iter()
        .map(|defect| {
            let what = match &defect.kind {
                DefectKind::UnknownKey { key, near } => format!("{key} ~ {}", near.unwrap_or("?")),
                DefectKind::KeyOfOtherVersion { key, versions, instead } => format!("{key} of {versions}: {instead:?}"),
                DefectKind::WrongValue { key, wanted, found } => format!("{key:?} {found}, not {wanted}"),
                DefectKind::MissingKey { key } => format!("no {key}"),
                DefectKind::WrongReference { wanted, found } => format!("{found} for {wanted}"),
                DefectKind::WrongName { name, map } => format!("{name} in {map:?}"),
            };
            format!("{} [{}] {} {what}", defect.pointer, defect.object, sources.text(defect.span))
        })
        .collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            "/info [info] info no version",
            "/paths/~1a [path item] 5 Some(\"get\") `5`, not an operation (a map)",
            "/paths/~1a/put [operation] 7 Some(\"parameters\") `7`, not a parameter (a map)",
            "/paths/~1a/put [operation] operationID operationID ~ operationId",
            "/paths/~1a/put/parameters/0 [parameter] qeury Some(\"in\") `qeury`, not one of `query`, `header`, `path`, `cookie`",
            "/paths/~1a/put/parameters/0/schema [schema] \"#/components/responses/R\" response for schema",
            "/paths/~1a/put/responses/200/content/a~1b/schema [schema] \"3\" Some(\"maxLength\") `\"3\"`, not a whole number",
            "/paths/~1a/put/responses/200/content/a~1b/schema [schema] [] Some(\"properties\") a list, not a map of names to schemas",
            "/paths/~1a/put/responses/200/content/a~1b/schema [schema] const const of 3.1 and later: Some(\"enum: [the one value]\")",
            "/paths/~1a/put/responses/200/content/a~1b/schema [schema] nullabel nullabel ~ nullable",
            "/paths/~1a/put/responses/200/content/a~1b/schema [schema] strnig Some(\"type\") `strnig`, not one of `string`, `number`, `integer`, `boolean`, `array`, `object`",
        ]
    );
}

#[test]
fn floods_are_walked_in_linear_time() {
    let mut text = String::from(
        "openapi: 3.1.0\ninfo: { title: x, version: \"1\" }\npaths: {}\ncomponents:\n  schemas:\n    S0: &s0 { type: string }\n",
    );
    for at in 1..40 {
        text.push_str(&format!("    S{at}: &s{at} {{ allOf: [*s{}, *s{}] }}\n", at - 1, at - 1));
    }
    for at in 0..3000 {
        text.push_str(&format!("    R{at}: {{ $ref: \"#/components/schemas/R{}\" }}\n", (at + 1) % 3000));
    }
    text.push_str(&format!("    Deep: {}true{}\n", "{ items: ".repeat(200), " }".repeat(200)));
    let (api, _) = read(&[("openapi.yaml", &text)]);
    assert!(api.schemas().count() > 200);
    assert!(api.schemas().all(|one| !one.is_reached()));
    assert_eq!(api.defects().len(), 0);
}
