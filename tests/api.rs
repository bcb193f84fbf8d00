//! The OpenAPI view: references of every kind, split documents, twins, schemas.

use backend_lint::diagnostic::Unread;
use backend_lint::discover::{Artifact, Discovery, Kind};
use backend_lint::files::Memory;
use backend_lint::model::api::{self, Api, Location, Method, Status};
use backend_lint::model::{Settings, Workspace};
use backend_lint::source::Sources;

/// A repository in memory, read: the view, its texts, and what could not be read.
struct Read {
    api: Api,
    sources: Sources,
    unread: Vec<Unread>,
}

/// Reads `files`; those in `entries` are entry documents.
fn read(entries: &[&str], files: &[(&str, &str)]) -> Read {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory.insert(*path, *text);
    }
    let artifact = |path: &&str| Artifact { path: (*path).to_owned(), kind: Kind::OpenApi, evidence: String::new() };
    let discovery = Discovery { artifacts: entries.iter().map(artifact).collect(), ..Discovery::default() };
    let mut sources = Sources::default();
    let mut workspace = Workspace::new(&memory, &mut sources, 2);
    let api = api::read(&mut workspace, &discovery, &Settings::default());
    let unread = workspace.finish();
    Read { api, sources, unread }
}

fn one(text: &str) -> Read {
    read(&["openapi.yaml"], &[("openapi.yaml", text)])
}

impl Read {
    /// Every operation in one line: subject, id, parameters, request and response media types, properties of the answer.
    fn lines(&self) -> Vec<String> {
        let lines = self.api.operations().map(|operation| {
            let parameters: Vec<String> =
                operation.parameters().iter().map(|one| format!("{}:{}", one.location().name(), one.name())).collect();
            let request: Vec<&str> = operation.request_media().iter().map(|media| media.name).collect();
            let responses: Vec<String> = operation
                .responses()
                .iter()
                .map(|one| {
                    format!("{}={}", one.status(), one.media().iter().map(|media| media.name).collect::<Vec<_>>().join("+"))
                })
                .collect();
            let properties: Vec<&str> = operation
                .success_schema()
                .map(|schema| schema.properties())
                .unwrap_or_default()
                .iter()
                .map(|one| one.name)
                .collect();
            let id = operation.operation_id().unwrap_or("-");
            format!(
                "{} {id} [{}] [{}] [{}] {{{}}}",
                operation.subject(),
                parameters.join(" "),
                request.join(" "),
                responses.join(" "),
                properties.join(" ")
            )
        });
        lines.collect()
    }

    fn reasons(&self) -> Vec<&str> {
        self.unread.iter().map(|unread| unread.reason.as_str()).collect()
    }
}

const BUNDLED: &str = r##"openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /orders:
    parameters: [{ $ref: "#/components/parameters/Tenant" }]
    get:
      operationId: listOrders
      parameters: [{ name: limit, in: query, schema: { type: integer } }]
      responses:
        "200": { description: Orders, content: { application/json: { schema: { $ref: "#/components/schemas/Orders" } } } }
        default: { $ref: "#/components/responses/Error" }
  /orders/{id}:
    get:
      operationId: getOrder
      responses:
        "200": { description: One, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
components:
  parameters:
    Tenant: { name: X-Tenant, in: header, schema: { type: string } }
  responses:
    Error: { description: Error, content: { application/json: { schema: { type: object } } } }
  schemas:
    Orders: { type: object, properties: { items: { type: array, items: { $ref: "#/components/schemas/Order" } } } }
    Order: { type: object, properties: { id: { type: string }, status: { type: string, enum: [open, paid] } } }
"##;

#[test]
fn a_split_document_has_the_operations_of_its_bundle() {
    let split = read(
        &["api/openapi.yaml"],
        &[
            (
                "api/openapi.yaml",
                r##"openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /orders: { $ref: "paths/orders.yaml" }
  /orders/{id}:
    get: { $ref: "./paths/order%20one.yaml#/~1orders~1{id}/get" }
components:
  schemas: { $ref: "schemas/_index.yaml" }
"##,
            ),
            (
                "api/paths/orders.yaml",
                r##"parameters: [{ $ref: "../parameters.json#/Tenant" }]
get:
  operationId: listOrders
  parameters: [{ name: limit, in: query, schema: { type: integer } }]
  responses:
    "200": { description: Orders, content: { application/json: { schema: { $ref: "../openapi.yaml#/components/schemas/Orders" } } } }
    default: { $ref: "../responses.yaml#/list/1" }
"##,
            ),
            (
                "api/paths/order one.yaml",
                r##"/orders/{id}:
  get:
    operationId: getOrder
    responses:
      "200": { description: One, content: { application/json: { schema: { $ref: "../schemas/_index.yaml#/Order" } } } }
"##,
            ),
            ("api/parameters.json", r##"{ "Tenant": { "name": "X-Tenant", "in": "header", "schema": { "type": "string" } } }"##),
            (
                "api/responses.yaml",
                "list: [{ description: Other }, { description: Error, content: { application/json: { schema: { type: object } } } }]\n",
            ),
            (
                "api/schemas/_index.yaml",
                r##"Orders: { type: object, properties: { items: { type: array, items: { $ref: "#/Order" } } } }
Order: { $ref: "order.yaml" }
"##,
            ),
            (
                "api/schemas/order.yaml",
                "type: object\nproperties: { id: { type: string }, status: { type: string, enum: [open, paid] } }\n",
            ),
        ],
    );
    assert_eq!(split.unread, []);
    assert_eq!(split.lines(), one(BUNDLED).lines());
    assert_eq!(
        split.lines(),
        [
            "GET /orders listOrders [query:limit header:X-Tenant] [] [200=application/json default=application/json] {items}",
            "GET /orders/{id} getOrder [] [] [200=application/json] {id status}",
        ]
    );
    // One identity for each file and pointer, whatever the way there.
    let orders: Vec<_> = split.api.operations().collect();
    let listed = orders[0].list().and_then(|list| list.items).map(|items| items.pin());
    assert_eq!(listed, orders[1].success_schema().map(|schema| schema.pin()));
    assert!(listed.is_some());
}

#[test]
fn spans_point_at_methods_enum_values_and_references() {
    let read = one(BUNDLED);
    let get = read.api.operations().nth(1).expect("two operations");
    assert_eq!(read.sources.text(get.span()), "get");
    let schema = get.success_schema().expect("a schema");
    assert_eq!((schema.name(), schema.uses().len()), (Some("Order"), 1));
    assert_eq!(read.sources.text(schema.definition_span()), "Order");
    let status = schema.property("status").expect("a status");
    assert_eq!(read.sources.text(status.span), "status");
    let values: Vec<(&str, &str)> =
        status.schema.enum_values().iter().map(|value| (value.value, read.sources.text(value.span))).collect();
    assert_eq!(values, [("open", "open"), ("paid", "paid")]);
}

#[test]
fn hostile_references_are_noted_and_harmless() {
    let read = read(
        &["api/openapi.yaml"],
        &[
            (
                "api/openapi.yaml",
                r##"openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /self: { $ref: "#/paths/~1self" }
  /ring: { get: { responses: { "200": { $ref: "#/components/responses/A" } } } }
  /outside: { get: { parameters: [{ $ref: "../../etc/passwd" }], responses: { "200": { description: x } } } }
  /url: { get: { parameters: [{ $ref: "https://example.com/a.yaml#/A" }, { $ref: "//example.com/b.yaml" }], responses: {} } }
  /missing: { get: { parameters: [{ $ref: "#/components/parameters/Missing" }, { $ref: "gone.yaml#/A" }], responses: {} } }
  /folder: { get: { parameters: [{ $ref: "folder" }], responses: {} } }
  /binary: { get: { parameters: [{ $ref: "binary.yaml" }], responses: {} } }
  /anchor: { get: { parameters: [{ $ref: "#Anchor" }], responses: {} } }
  /fine: { get: { responses: { "200": { description: x } } } }
components:
  responses:
    A: { $ref: "#/components/responses/B" }
    B: { $ref: "other.yaml#/C" }
  schemas:
    Node: { type: object, properties: { next: { $ref: "#/components/schemas/Node" } } }
    Both: { allOf: [{ $ref: "#/components/schemas/Both" }, { $ref: "#/components/schemas/Node" }] }
  examples:
    E: { value: { $ref: "not/a/reference.yaml" } }
"##,
            ),
            ("api/other.yaml", "C: { $ref: \"openapi.yaml#/components/responses/A\" }\n"),
            ("api/folder/x.yaml", "a: 1\n"),
        ],
    );
    let reasons = read.reasons();
    let count = |part: &str| reasons.iter().filter(|reason| reason.contains(part)).count();
    assert_eq!(count("a URL is never fetched"), 1, "{reasons:?}");
    assert_eq!(count("leaves the root"), 1, "{reasons:?}");
    assert_eq!(count("`#/components/parameters/Missing` leads nowhere"), 1, "{reasons:?}");
    assert_eq!(count("`gone.yaml` cannot be read"), 1, "{reasons:?}");
    assert_eq!(count("`folder` cannot be read"), 1, "{reasons:?}");
    assert_eq!(count("`#Anchor` leads nowhere"), 1, "{reasons:?}");
    assert!(count("leads only to itself") >= 3, "{reasons:?}");
    assert_eq!(count("not/a/reference"), 0, "{reasons:?}");
    let known: Vec<String> =
        read.api.operations().filter(|operation| operation.is_known()).map(|operation| operation.subject()).collect();
    assert_eq!(known, ["GET /ring", "GET /fine"], "only these are wholly read");
    let ring = read.api.operations().find(|operation| operation.path() == "/ring").expect("the ring");
    assert!(ring.responses().iter().all(|response| !response.is_known()));
    assert!(read.unread.iter().all(|unread| unread.path.starts_with("api/")));
}

#[test]
fn schemas_are_effective_through_circles() {
    let read = one(r##"openapi: 3.1.0
info: { title: Shop, version: "1" }
paths:
  /x:
    get:
      responses:
        "200": { description: x, content: { application/json: { schema: { $ref: "#/components/schemas/Both" } } } }
components:
  schemas:
    Base: { type: object, required: [id], properties: { id: { type: [string, "null"], maxLength: 20 }, kind: { const: a } } }
    Both:
      allOf:
        - { $ref: "#/components/schemas/Both" }
        - { $ref: "#/components/schemas/Base" }
        - { properties: { id: { type: integer }, parent: { $ref: "#/components/schemas/Both", description: up } } }
"##);
    let schema = read.api.operations().next().and_then(|operation| operation.success_schema()).expect("a schema");
    let names: Vec<(&str, bool)> = schema.properties().iter().map(|one| (one.name, one.required)).collect();
    assert_eq!(names, [("id", true), ("kind", false), ("parent", false)]);
    let id = schema.property("id").expect("an id").schema;
    assert_eq!((id.types(), id.max_length().map(|length| length.value)), (vec!["string", "null"], Some(20)));
    let parent = schema.property("parent").expect("a parent").schema;
    assert_eq!((parent.pin(), parent.description()), (schema.pin(), Some("up")));
    assert_eq!(schema.property("kind").expect("a kind").schema.enum_values()[0].value, "a");
}

#[test]
fn version_two_has_the_same_view() {
    let read = one(r##"swagger: "2.0"
info: { title: Shop, version: "1" }
consumes: [application/json]
produces: [application/json, application/xml]
parameters:
  page: { name: page, in: query, type: integer, maximum: 9, enum: [1, 2] }
paths:
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, type: string }]
    put:
      parameters:
        - { $ref: "#/parameters/page" }
        - { name: order, in: body, schema: { $ref: "#/definitions/Order" } }
      responses:
        200: { description: Fine, schema: { $ref: "#/definitions/Order" } }
        default: { description: Error }
    post:
      consumes: [application/x-www-form-urlencoded]
      parameters: [{ name: total, in: formData, type: integer, required: true, maximum: 5 }]
      responses: { 201: { description: Created } }
definitions:
  Order: { type: object, properties: { id: { type: string, maxLength: 5, x-nullable: true } } }
"##);
    assert_eq!(
        read.lines(),
        [
            "PUT /orders/{id} - [query:page path:id] [application/json] [200=application/json+application/xml default=] {id}",
            "POST /orders/{id} - [path:id] [application/x-www-form-urlencoded] [201=] {}",
        ]
    );
    let put = read.api.operations().next().expect("a put");
    let page = put.parameters().into_iter().find(|one| one.location() == Location::Query).expect("a page");
    assert_eq!(page.schema().and_then(|schema| schema.maximum()).map(|maximum| maximum.value), Some(9));
    assert_eq!(page.choices().iter().map(|choice| choice.value).collect::<Vec<_>>(), ["1", "2"]);
    let order = put.request_properties();
    assert_eq!((order[0].name, order[0].schema.types()), ("id", vec!["string", "null"]));
    let total = read.api.operations().nth(1).expect("a post").request_properties();
    assert_eq!((total[0].name, total[0].required, total[0].schema.maximum().map(|one| one.value)), ("total", true, Some(5)));
}

#[test]
fn operations_know_their_neighbours() {
    let read = one(r##"openapi: 3.0.3
info: { title: Shop, version: "1" }
security: [{ key: [] }]
paths:
  /orders.json: { get: { tags: [order], responses: { 4XX: { description: x }, "200": { description: x } } }, post: { security: [], responses: {} } }
  "/orders/{sid}.json": { delete: { responses: {} } }
  /health: { get: { responses: { "200": { description: x } } } }
  x-note: { get: {} }
"##);
    let all: Vec<_> = read.api.operations().collect();
    assert_eq!(all.len(), 4);
    assert_eq!(all[0].item_siblings().iter().map(|one| one.method()).collect::<Vec<_>>(), [Method::Delete]);
    assert!(all[0].is_growable() && all[0].is_secured() && !all[1].is_secured() && all[3].is_health_like());
    assert_eq!(all[0].responses()[0].status(), Status::Class(4));
    let names: Vec<(&str, &str)> = all[0].resource_names().iter().map(|name| (name.name, name.origin)).collect();
    assert_eq!(names, [("orders.json", "path"), ("order", "tag")]);
    let json = api::to_json(&read.api, &read.sources);
    assert_eq!(json[2]["path"], "/orders/{sid}.json");
    assert_eq!((&json[2]["method"], &json[2]["line"]), (&"DELETE".into(), &6.into()));
}

#[test]
fn copies_and_bundles_are_judged_once() {
    let split = "openapi: 3.0.3\ninfo: { title: Shop, version: \"1\" }\npaths:\n  /a: { get: { $ref: \"a.yaml\" } }\n";
    let whole = "openapi: 3.0.3\ninfo: { title: Shop, version: \"1\" }\npaths:\n  /a: { get: { responses: {} } }\n";
    let other = "openapi: 3.0.3\ninfo: { title: Shop, version: \"2\" }\npaths:\n  /a: { get: { responses: {} } }\n";
    let json = r#"{"openapi":"3.0.3","info":{"title":"Shop","version":"1"},"paths":{"/a":{"get":{"responses":{}}}}}"#;
    let read = read(
        &["a.json", "bundle.yaml", "src/split.yaml", "v2.yaml"],
        &[
            ("a.json", json),
            ("bundle.yaml", whole),
            ("src/split.yaml", split),
            ("src/a.yaml", "responses: {}\n"),
            ("v2.yaml", other),
        ],
    );
    let documents: Vec<&str> = read.api.documents().map(|document| document.path()).collect();
    assert_eq!(documents, ["src/split.yaml", "v2.yaml"]);
    let twins: Vec<(&str, &str)> = read.api.twins().iter().map(|twin| (twin.path.as_str(), twin.of.as_str())).collect();
    assert_eq!(twins, [("a.json", "src/split.yaml"), ("bundle.yaml", "src/split.yaml")]);
    let owners: Vec<&str> = read.api.operations().map(|operation| operation.document().path()).collect();
    assert_eq!(owners, ["src/split.yaml", "v2.yaml"]);
}

#[test]
fn any_shape_is_read() {
    let shapes = [
        "",
        "openapi: 3.0.0",
        "openapi: [3]",
        "openapi: 3.0.0\npaths: 5",
        "openapi: 3.0.0\npaths: [a]",
        "openapi: 3.0.0\npaths: { /a: 5, /b: [], /c: { get: 5, put: [] } }",
        "openapi: 3.0.0\npaths: { /a: { get: { parameters: 5, responses: [1], requestBody: 3, tags: x, security: y } } }",
        "openapi: 3.0.0\npaths: { /a: { get: { parameters: [5, {}, { name: [], in: {} }], responses: { 200: 5, 999: {}, x: {} } } } }",
        "openapi: 3.0.0\npaths: { /a: { get: { responses: { 200: { content: { application/json: { schema: [] } } } } } } }",
        "openapi: 3.0.0\npaths: &p { /a: { get: { responses: { 200: { content: *p } } } } }",
        "openapi: 3.0.0\npaths: { /a: { get: { responses: { 200: { content: { application/json: { schema: { allOf: 3, enum: x, type: {} } } } } } } } }",
    ];
    for shape in shapes {
        let read = one(shape);
        let lines = read.lines();
        assert!(lines.len() <= 2, "{shape}: {lines:?}");
        for operation in read.api.operations() {
            let _ = (operation.list(), operation.paging(), operation.create(), operation.is_known(), operation.resource_names());
        }
        for document in read.api.documents() {
            let _ = (document.error_bodies(), document.conventions(), document.creates(), document.is_rpc_style());
        }
    }
}

#[test]
fn floods_of_references_take_linear_time() {
    let mut text = String::from("openapi: 3.0.3\ninfo: { title: x, version: \"1\" }\npaths:\n");
    for at in 0..3000 {
        text.push_str(&format!(
            "  /p{at}:\n    get:\n      parameters: [{{ $ref: \"#/components/parameters/P{at}\" }}]\n      responses: {{}}\n"
        ));
    }
    text.push_str("components:\n  parameters:\n");
    for at in 0..3000 {
        text.push_str(&format!("    P{at}: {{ $ref: \"#/components/parameters/P{}\" }}\n", (at + 1) % 3000));
    }
    // An alias bomb: 2^40 nodes for whoever copies, 40 for whoever follows each anchor once.
    text.push_str("  schemas:\n    S0: &s0 { type: string }\n");
    for at in 1..40 {
        text.push_str(&format!("    S{at}: &s{at} {{ allOf: [*s{}, *s{}] }}\n", at - 1, at - 1));
    }
    let read = one(&text);
    assert_eq!(read.api.operations().count(), 3000);
    assert!(read.api.operations().all(|operation| !operation.is_known()));
}
