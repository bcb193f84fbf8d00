//! The other commands.

use crate::repository::Repository;
use serde_json::Value;

fn fields(value: &Value) -> Vec<&str> {
    value.as_object().map(|fields| fields.keys().map(String::as_str).collect()).unwrap_or_default()
}

#[test]
fn help_and_version() {
    let repository = Repository::clean();
    let help = repository.run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
    for word in ["check", "explain", "rules", "files", "model", "--format", "--fail-on", "Exit codes"] {
        assert!(help.out.contains(word), "{word}: {}", help.out);
    }
    assert!(!help.out.contains("--threads"));
    assert_eq!(repository.run(&["--version"]).out, format!("backend-lint {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn explain_prints_the_page() {
    let run = Repository::clean().run(&["explain", "contract/enum-mismatch"]);
    assert_eq!(run.code, Some(0));
    assert!(run.out.starts_with("contract/enum-mismatch\nseverity: error at most; confidence: "), "{}", run.out);
    for part in ["\n# ", "\n## Why\n", "\n## Bad\n", "\n## Good\n", "\n## When to ignore it\n"] {
        assert!(run.out.contains(part), "{part}");
    }
    assert!(!run.out.contains("\n---\n"), "no front matter");
}

#[test]
fn rules_are_listed() {
    let repository = Repository::clean();
    let text = repository.run(&["rules"]).out;
    let document = repository.run(&["rules", "--format", "json"]).json();
    let rules = document["rules"].as_array().expect("a list");
    assert_eq!(text.lines().count(), rules.len());
    for rule in rules {
        let expected = [
            "confidence",
            "equivalents",
            "fixable",
            "group",
            "id",
            "needs",
            "opt_in",
            "references",
            "remedy",
            "severity",
            "since",
            "summary",
        ];
        assert_eq!(fields(rule), expected);
        let (id, group) = (rule["id"].as_str().expect("an id"), rule["group"].as_str().expect("a group"));
        assert!(id.starts_with(&format!("{group}/")) && text.contains(id), "{id}");
    }
}

#[test]
fn files_are_listed_with_their_evidence() {
    let repository = Repository::new(&[
        (".env", "A=1\n"),
        ("migrations/000001_a.up.sql", "CREATE TABLE a (id int);\n"),
        ("migrations/000001_a.down.sql", "DROP TABLE a;\n"),
        ("chart/Chart.yaml", "name: x\n"),
        ("chart/templates/openapi.yaml", "openapi: {{ .Values.x }}\n"),
    ]);
    let document = repository.run(&["files", "--format", "json"]).json();
    assert_eq!(fields(&document), ["artifacts", "migration_sets", "schema", "services", "skipped", "twins", "unread"]);
    let artifacts = document["artifacts"].as_array().expect("a list");
    assert!(
        artifacts.iter().any(|one| one["path"] == ".env" && one["kind"] == "env" && one["evidence"].is_string()),
        "{document}"
    );
    let set = &document["migration_sets"][0];
    assert_eq!((&set["tool"], &set["folder"]), (&"golang-migrate".into(), &"migrations".into()), "{document}");
    assert_eq!(set["migrations"][0]["down"], "migrations/000001_a.down.sql");
    let text = repository.run(&["files"]).out;
    assert!(text.contains("env        .env: ") && text.contains("migrations in migrations, in this order:"), "{text}");
}

#[test]
fn files_say_what_is_written_twice_and_what_is_reached() {
    let head = "openapi: 3.0.3\ninfo: { title: Shop, version: \"1\" }\n";
    let repository = Repository::new(&[
        ("api/openapi.yaml", &format!("{head}paths: {{ /a: {{ $ref: \"a.yaml\" }} }}\n")),
        ("api/a.yaml", "get: { responses: {} }\n"),
        ("dist/openapi.yaml", &format!("{head}paths: {{ /a: {{ get: {{ responses: {{}} }} }} }}\n")),
    ]);
    let document = repository.run(&["files", "--format", "json"]).json();
    assert_eq!(document["twins"][0]["path"], "dist/openapi.yaml");
    assert_eq!(document["twins"][0]["of"], "api/openapi.yaml");
    let text = repository.run(&["files"]).out;
    assert!(text.contains("api/openapi.yaml: a top-level `openapi: 3.0.3`, and 1 files by reference"), "{text}");
    assert!(text.contains("dist/openapi.yaml: the API of api/openapi.yaml, judged there"), "{text}");
}

#[test]
fn the_model_is_one_document() {
    let repository = Repository::new(&[(
        "openapi.yaml",
        "openapi: 3.0.3\ninfo: {title: a, version: \"1\"}\npaths:\n  /orders:\n    get:\n      responses: {\"200\": {description: ok}}\n",
    )]);
    let document = repository.run(&["model", "--format", "json"]).json();
    let parts = [
        "boundaries",
        "conventions",
        "databases",
        "findings",
        "gateways",
        "links",
        "migrations",
        "operations",
        "places",
        "queries",
        "schema",
        "services",
        "statements",
        "tool",
    ];
    assert_eq!(fields(&document), parts);
    assert_eq!(document["operations"][0]["path"], "/orders");
    let text = repository.run(&["model", &repository.root().to_string_lossy()]).out;
    assert!(text.contains("operations: 1\n  GET /orders (openapi.yaml:5)\n"), "{text}");
}

#[test]
fn the_model_shows_what_was_read_of_gateways() {
    let repository = Repository::new(&[
        (
            "compose.yaml",
            "services:\n  edge:\n    image: nginx:1.28\n    volumes: [\"./nginx.conf:/etc/nginx/nginx.conf:ro\"]\n  api:\n    build: ./api\n  db:\n    image: postgres:17\n",
        ),
        (
            "nginx.conf",
            "events {}\nhttp {\n  server {\n    listen 80;\n    location /api/ {\n      proxy_pass http://api:8000/;\n      proxy_read_timeout 30s;\n    }\n  }\n}\nstream {\n  server {\n    listen 5432;\n    proxy_pass db:5432;\n  }\n}\n",
        ),
    ]);
    let document = repository.run(&["model", "--format", "json"]).json();
    let gateway = &document["gateways"][0];
    assert_eq!((&gateway["product"], &gateway["services"][0]), (&"nginx".into(), &"edge".into()));
    assert_eq!(gateway["listeners"][0]["port"], 80);
    let route = &gateway["routes"][0];
    assert_eq!((&route["paths"], &route["servers"][0]), (&"/api/*".into(), &"api:8000".into()));
    assert_eq!((&route["rewrite"]["to"], &route["methods"]), (&"/".into(), &"all".into()));
    assert_eq!((&route["waits"]["read"]["seconds"], &route["waits"]["total"]), (&30.0.into(), &"none".into()));
    assert_eq!(route["targets"][0]["service"], "api");
    let connections = &gateway["routes"][1];
    assert_eq!((&connections["speaks"], &connections["paths"]), (&"tcp".into(), &serde_json::Value::Null));
    assert_eq!(connections["waits"]["read"]["seconds"], 600.0);
    let text = repository.run(&["model", &repository.root().to_string_lossy()]).out;
    let shown = "gateways: 1\n  nginx nginx.conf, run by edge\n    location /api/ -> api:8000 (nginx.conf:5)\n    server 5432 -> db:5432 (nginx.conf:12)\n";
    assert!(text.contains(shown), "{text}");
}
