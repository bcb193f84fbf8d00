//! `why`: what was joined, why, and what would change it.

use super::repository::Repository;

const API: &str = r##"openapi: 3.0.3
info: { title: Shop, version: 1.0.0 }
paths:
  /orders:
    get:
      operationId: listOrders
      responses:
        "200":
          description: A page
          content:
            application/json:
              schema:
                type: array
                items: { $ref: "#/components/schemas/Order" }
  /baskets:
    get:
      operationId: listBaskets
      responses:
        "200": { description: Nothing is said }
components:
  schemas:
    Order:
      type: object
      properties:
        number: { type: string }
        status: { type: string }
        currency: { type: string }
"##;

const SQL: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, number text, status text, currency text);\n";

fn shop(configuration: &str) -> Repository {
    let repository = Repository::new(&[("openapi.yaml", API), ("migrations/0001_init.up.sql", SQL)]);
    if !configuration.is_empty() {
        repository.write("backend-lint.toml", configuration);
    }
    repository
}

#[test]
fn an_operation_says_its_candidates_and_what_would_change_it() {
    let text = shop("").run(&["why", "GET /orders"]).out;
    let lines = [
        "GET /orders (openapi.yaml:5)",
        "  is about public.orders (high): nothing else speaks for another table",
        "  candidate public.orders: score 9, high confidence",
        "    +3 name: path segment `orders`",
        "    +2 name: operationId `listOrders`",
        "    +4 content: schema name, 3 of 3 properties are columns",
        "  to change it, in backend-lint.toml:",
        "    [links]",
        "    \"GET /orders\" = \"TABLE\"",
        "    \"GET /orders\" = false  # joins it to no table",
    ];
    assert_eq!(text, lines.join("\n") + "\n");
}

#[test]
fn an_operation_without_a_table_says_so() {
    let text = shop("").run(&["why", "GET /baskets"]).out;
    assert!(text.contains("is joined to no table: nothing speaks for any"), "{text}");
}

#[test]
fn the_configuration_wins() {
    let text = shop("[links]\n\"GET /baskets\" = \"orders\"\n").run(&["why", "GET /baskets"]).out;
    assert!(text.contains("is about public.orders: [links] of the configuration says so"), "{text}");
    let text = shop("[links]\n\"GET /orders\" = false\n").run(&["why", "GET /orders"]).out;
    assert!(text.contains("is joined to no table: [links] of the configuration forbids it"), "{text}");
    let text = shop("[links]\n\"GET /orders\" = \"nowhere\"\n").run(&["why", "GET /orders"]).out;
    assert!(text.contains("[links] of the configuration names one that is not known"), "{text}");
}

#[test]
fn objects_and_tables_say_what_they_were_joined_to() {
    let repository = shop("");
    let text = repository.run(&["why", "Order"]).out;
    assert!(text.contains("is stored in public.orders (high): schema name, path segment, 3 of 3 properties"), "{text}");
    let text = repository.run(&["why", "orders"]).out;
    assert!(text.contains("stores Order (high)") && text.contains("GET /orders is about it (high)"), "{text}");
}

const COMPOSE: &str = "services:
  proxy:
    image: nginx:1.27
    volumes: [\"./nginx.conf:/etc/nginx/nginx.conf:ro\"]
  api:
    build: .
    environment:
      DATABASE_URL: postgres://shop@db:5432/shop
  db:
    image: postgres:17
";

const NGINX: &str = "events {}
http {
  server {
    listen 80;
    location /orders { proxy_pass http://api:8080; }
  }
}
";

fn shop_that_runs() -> Repository {
    let repository = shop("");
    repository.write("compose.yaml", COMPOSE);
    repository.write("nginx.conf", NGINX);
    repository
}

#[test]
fn an_operation_shows_its_route_service_and_store() {
    let text = shop_that_runs().run(&["why", "GET /orders"]).out;
    let chain: Vec<&str> = text.lines().skip_while(|line| !line.contains("is called through")).collect();
    let lines = [
        "  is called through nginx.conf location /orders (high, nginx.conf:5): `openapi.yaml` is the only document, and `api` the only service behind a gateway",
        "    passes requests to api (high, nginx.conf:5): `api` is a service of `compose.yaml`, where `proxy` runs `nginx.conf`",
        "      keeps data in db (high, compose.yaml:8): `DATABASE_URL` names the service",
    ];
    assert_eq!(chain, lines);
}

#[test]
fn a_service_and_a_table_show_what_is_around_them() {
    let repository = shop_that_runs();
    let text = repository.run(&["why", "service api"]).out;
    for line in [
        "service api (compose.yaml:5): application",
        "  is described by openapi.yaml (high",
        "  is reached through nginx.conf location /orders (high",
        "  keeps data in db (high",
        "    [services.api]",
    ] {
        assert!(text.contains(line), "no {line:?} in\n{text}");
    }
    let text = repository.run(&["why", "db"]).out;
    assert!(text.contains("  keeps data of api (high") && text.contains("  holds the tables of migrations (medium"), "{text}");
    let text = repository.run(&["why", "orders"]).out;
    assert!(text.contains("is stated in migrations (postgres)\n  is run on db (medium"), "{text}");
}

#[test]
fn a_rule_says_what_it_found_or_why_it_is_silent() {
    let repository = shop_that_runs();
    let text = repository.run(&["why", "contract/length-mismatch"]).out;
    assert!(
        text.starts_with("rule contract/length-mismatch: looked at 0 subjects, found 0\n  silent: nothing here is"),
        "{text}"
    );
    let text = repository.run(&["why", "migrations/drop-table"]).out;
    assert!(text.contains("silent: it judges migrations that have not run, and none is pending here"), "{text}");
    let text = repository.run(&["why", "queries/tenant-predicate-missing"]).out;
    for line in ["it is off by default", "silent: it needs queries of the application, and none was found"] {
        assert!(text.contains(line), "no {line:?} in\n{text}");
    }
    repository.write("backend-lint.toml", "[context]\npattern = \"monolith\"\n");
    let text = repository.run(&["why", "topology/shared-database"]).out;
    assert!(text.contains("silent: [context] pattern = monolith turns it off: "), "{text}");
    repository.write("backend-lint.toml", "");
    let text = repository.run(&["why", "errors/missing-server-error"]).out;
    assert!(!text.contains("silent"), "{text}");
}

#[test]
fn the_model_shows_the_joins_of_the_configuration() {
    let text = shop_that_runs().run(&["model", "--format", "json"]).out;
    let model: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let links = model["links"].as_array().cloned().unwrap_or_default();
    let kinds: std::collections::BTreeSet<&str> = links.iter().filter_map(|link| link["kind"].as_str()).collect();
    let wanted = [
        "object-table",
        "operation-route",
        "operation-table",
        "route-service",
        "service-store",
        "specification-service",
        "sql-store",
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), wanted);
    for link in &links {
        let said = ["from", "to", "confidence", "evidence", "path"]
            .iter()
            .all(|field| link[field].as_str().is_some_and(|text| !text.is_empty()));
        assert!(said && link["line"].as_u64().is_some(), "{link}");
    }
}

#[test]
fn an_unknown_name_is_an_error_with_the_nearest_one() {
    shop("")
        .run(&["why", "GET /order"])
        .refused("no operation, object, table, service or rule is called `GET /order`; did you mean `GET /orders`?");
}

#[test]
fn the_context_is_printed_key_by_key_with_what_holds_here() {
    let repository = shop("[context]\npreset = \"django-monolith\"\nqps_p99 = 50\n\n[context.tables.orders]\nrows = 500\n");
    let text = repository.run(&["context"]).out;
    for line in [
        "qps_p99 = 50 (backend-lint.toml)",
        "* 10 to below 500: indexes/offset-on-growing-table",
        "pattern = monolith (preset `django-monolith`)",
        "tenancy is not said",
        "    orders = 500 (backend-lint.toml)",
        "    node-express: latency_p99_ms = 600",
        "    fastapi-python: latency_p99_ms = 500",
        "    django-monolith: latency_p99_ms = 800, pattern = monolith",
        "    go-or-rust-microservice: latency_p99_ms = 200, pattern = microservices",
    ] {
        assert!(text.contains(line), "no {line:?} in\n{text}");
    }
    shop("[context]\nqps_p99 = \"many\"\n").run(&["context"]).refused("must be a number that is not negative");
}
