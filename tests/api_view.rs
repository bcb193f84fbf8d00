//! The OpenAPI view in one form for 2.0, 3.0, 3.1 and 3.2: paths, servers, security, components, webhooks and callbacks.

use backend_lint::discover::{Artifact, Discovery, Kind};
use backend_lint::files::Memory;
use backend_lint::model::api::{self, Api, ComponentKind, DocumentRef, Method, Role, SchemeKind, Version};
use backend_lint::model::{Settings, Workspace};
use backend_lint::source::Sources;

fn read(text: &str) -> (Api, Sources) {
    let mut memory = Memory::new();
    memory.insert("openapi.yaml", text);
    let artifact = Artifact { path: "openapi.yaml".into(), kind: Kind::OpenApi, evidence: String::new() };
    let discovery = Discovery { artifacts: vec![artifact], ..Discovery::default() };
    let mut sources = Sources::default();
    let api = api::read(&mut Workspace::new(&memory, &mut sources, 1), &discovery, &Settings::default());
    (api, sources)
}

fn document(api: &Api) -> DocumentRef<'_> {
    api.documents().next().expect("a document")
}

const V2: &str = r##"swagger: "2.0"
info: { title: Shop, version: "1" }
host: api.example.com
basePath: /v1/
schemes: [https, http]
security: [{ login: ["read"] }]
securityDefinitions:
  login: { type: oauth2, flow: accessCode, authorizationUrl: https://a.example, tokenUrl: https://t.example, scopes: { read: Read } }
  plain: { type: basic }
paths:
  /orders:
    post:
      consumes: [multipart/form-data]
      parameters: [{ name: file, in: formData, type: file, required: true }, { name: note, in: formData, type: string }]
      responses: { "201": { description: Created, schema: { $ref: "#/definitions/Order" }, headers: { Location: { type: string } } } }
definitions: { Order: { type: object } }
responses: { Error: { description: x } }
"##;

const V3: &str = r##"openapi: 3.0.3
info: { title: Shop, version: "1" }
servers: [{ url: "https://{region}.example.com/v1", variables: { region: { default: eu, enum: [eu, us] } } }]
security: [{ login: ["read"] }]
paths:
  /orders:
    servers: [{ url: /other }]
    parameters: [{ name: X-Tenant, in: header, schema: { type: string } }]
    post:
      requestBody:
        required: true
        content: { multipart/form-data: { schema: { type: object, properties: { file: { type: string, format: binary } } }, encoding: { file: { contentType: image/png } } } }
      responses:
        "201": { description: Created, headers: { Location: { schema: { type: string } } }, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
      callbacks:
        done: { $ref: "#/components/callbacks/Done" }
    put:
      responses: { "204": { description: Done } }
      callbacks:
        done: { $ref: "#/components/callbacks/Done" }
components:
  callbacks:
    Done:
      "{$request.body#/url}":
        post: { responses: { "200": { description: x } } }
  securitySchemes:
    login:
      type: oauth2
      flows: { authorizationCode: { authorizationUrl: https://a.example, tokenUrl: https://t.example, scopes: { read: Read } } }
    plain: { type: http, scheme: basic }
  schemas: { Order: { type: object } }
  responses: { Error: { description: x } }
"##;

#[test]
fn two_and_three_answer_alike() {
    for text in [V2, V3] {
        let (api, sources) = read(text);
        let document = document(&api);
        let post = document.operations().next().expect("a post");
        let body = post.request_body().expect("a body");
        assert!(body.is_required() && body.is_known(), "{document:?}");
        assert_eq!(body.media().iter().map(|one| one.name).collect::<Vec<_>>(), ["multipart/form-data"]);
        let created = post.success().expect("a success");
        assert!(created.header("location").is_some_and(|header| header.schema().is_some_and(|schema| schema.is_string())));
        let kinds: Vec<(&str, SchemeKind)> =
            document.security_schemes().into_iter().map(|scheme| (scheme.name(), scheme.kind())).collect();
        assert_eq!(kinds, [("login", SchemeKind::OAuth2), ("plain", SchemeKind::Http("basic"))]);
        let flow = document.security_schemes()[0].flows().remove(0);
        let scopes: Vec<&str> = flow.scopes.iter().map(|scope| scope.value).collect();
        assert_eq!((flow.name, scopes), ("authorizationCode", vec!["read"]));
        let needs = post.security();
        assert_eq!((needs[0].schemes[0].0.value, needs[0].schemes[0].1[0].value), ("login", "read"));
        assert_eq!(sources.text(needs[0].schemes[0].0.span), "login");
        assert!(post.own_security().is_none());
        let components: Vec<(ComponentKind, &str)> = document
            .components()
            .iter()
            .map(|one| (one.kind(), one.name()))
            .filter(|one| one.0 != ComponentKind::Callback)
            .collect();
        assert_eq!(
            components,
            [
                (ComponentKind::Schema, "Order"),
                (ComponentKind::Response, "Error"),
                (ComponentKind::SecurityScheme, "login"),
                (ComponentKind::SecurityScheme, "plain"),
            ]
        );
    }
}

#[test]
fn servers_are_told_with_the_nearest_first() {
    let (two, sources) = read(V2);
    let servers = document(&two).servers();
    assert_eq!(
        servers.iter().map(|one| (one.url.as_str(), one.base_path())).collect::<Vec<_>>(),
        [("https://api.example.com/v1/", "/v1"), ("http://api.example.com/v1/", "/v1")]
    );
    assert_eq!(sources.text(servers[0].span), "api.example.com");
    let (three, _) = read(V3);
    let servers = document(&three).servers();
    let region = &servers[0].variables[0];
    assert_eq!((servers[0].template_names(), servers[0].base_path()), (vec!["region"], "/v1"));
    assert_eq!((region.name.value, region.default.map(|one| one.value), region.choices.len()), ("region", Some("eu"), 2));
    let post = document(&three).operations().next().expect("a post");
    assert_eq!(post.effective_servers().iter().map(|one| one.base_path()).collect::<Vec<_>>(), ["/other"]);
}

#[test]
fn callbacks_are_no_operations_and_are_told_once() {
    let (api, _) = read(V3);
    assert_eq!(api.operations().map(|one| one.subject()).collect::<Vec<_>>(), ["POST /orders", "PUT /orders"]);
    let callbacks: Vec<_> = document(&api).callbacks().collect();
    assert_eq!(callbacks.iter().map(|one| one.subject()).collect::<Vec<_>>(), ["callback POST {$request.body#/url}"]);
    assert_eq!(callbacks[0].declared_by().map(|one| one.subject()), Some("POST /orders".to_owned()));
    assert_eq!(callbacks[0].role(), Role::Callback);
}

#[test]
fn three_two_has_further_methods_webhooks_and_streams() {
    let (api, sources) = read(
        r##"openapi: 3.2.0
info: { title: Shop, version: "1" }
paths:
  /orders:
    query: { responses: { "200": { description: x, content: { application/jsonl: { itemSchema: { type: object } } } } } }
    additionalOperations:
      COPY: { operationId: copy, responses: { "204": { description: x } } }
webhooks:
  paid: { post: { responses: { "200": { description: x } } } }
"##,
    );
    let document = document(&api);
    assert_eq!(document.version(), Version::V32);
    let all: Vec<_> = document.operations().collect();
    assert_eq!(all.iter().map(|one| one.subject()).collect::<Vec<_>>(), ["QUERY /orders", "COPY /orders"]);
    assert_eq!((all[0].method(), all[1].method()), (Method::Query, Method::Other));
    assert_eq!(sources.text(all[1].span()), "COPY");
    assert!(all[0].success_media().and_then(|media| media.item_schema()).is_some_and(|schema| schema.is_object()));
    let webhooks: Vec<String> = document.webhooks().map(|one| one.subject()).collect();
    assert_eq!(webhooks, ["webhook POST paid"]);
}

#[test]
fn what_stands_beside_a_reference_counts_by_version() {
    let text = |version: &str| {
        format!(
            r##"openapi: {version}
info: {{ title: Shop, version: "1" }}
paths:
  /a:
    $ref: "#/components/pathItems/A"
    delete: {{ responses: {{}} }}
  /b:
    get: {{ responses: {{ "200": {{ description: x, content: {{ application/json: {{ schema: {{ $ref: "#/components/schemas/S", maxLength: 3, x-note: y }} }} }} }} }} }}
components:
  pathItems: {{ A: {{ get: {{ responses: {{}} }} }} }}
  schemas: {{ S: {{ type: string, maxLength: 9 }} }}
"##
        )
    };
    for (version, wanted) in [("3.0.3", 9), ("3.1.0", 3), ("3.2.0", 3)] {
        let (api, _) = read(&text(version));
        let all: Vec<_> = api.operations().collect();
        assert_eq!(all.iter().map(|one| one.subject()).collect::<Vec<_>>(), ["DELETE /a", "GET /a", "GET /b"]);
        let schema = all[2].success_schema().expect("a schema");
        assert_eq!(schema.max_length().map(|length| length.value), Some(wanted), "{version}");
    }
}

#[test]
fn paths_are_told_as_written() {
    let (api, sources) = read(
        r##"openapi: 3.1.0
info: { title: Shop, version: "1" }
paths:
  /files/{name}.{ending}?beta=true#part:
    parameters: [{ name: name, in: path, required: true, schema: { type: string } }]
    get: { parameters: [{ name: name, in: path, required: true }, { name: name, in: path, required: true }], responses: {} }
  no-slash: { get: { responses: {} } }
  x-note: {}
"##,
    );
    let paths = document(&api).paths();
    assert_eq!(paths.iter().map(|path| path.text()).collect::<Vec<_>>(), ["/files/{name}.{ending}?beta=true#part", "no-slash"]);
    assert_eq!(paths[0].template_names(), ["name", "ending"]);
    assert_eq!((paths[0].parameters().len(), paths[0].operations().len(), paths[1].operations().len()), (1, 1, 0));
    assert_eq!(sources.text(paths[0].span()), paths[0].text());
    let get = paths[0].operations()[0];
    assert_eq!((get.declared_parameters().len(), get.parameters().len()), (2, 1));
    assert_eq!(get.segments().len(), 2);
}
