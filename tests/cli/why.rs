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

#[test]
fn an_unknown_name_is_an_error_with_the_nearest_one() {
    shop("")
        .run(&["why", "GET /order"])
        .refused("no operation, object or table is called `GET /order`; did you mean `GET /orders`?");
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
