//! `--base-model`: what is new since an earlier `model --format json`, without git.

use crate::repository::Repository;

const ORDERS: &str = "CREATE TABLE customers (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id) ON DELETE CASCADE);\n";
const INDEX: &str = "CREATE INDEX orders_customer_idx ON orders (customer_id);\n";
const LINES: &str = "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE);\n";

/// A repository with an old finding, its model beside it.
fn shop() -> Repository {
    let repository = Repository::new(&[
        ("migrations/0001_orders.up.sql", ORDERS),
        ("migrations/0001_orders.down.sql", "DROP TABLE orders, customers;\n"),
    ]);
    let run = repository.run(&["model", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    repository.write("base.json", &run.out);
    repository
}

/// `rule subject` of each finding that is new, and how many are not.
fn brought(repository: &Repository) -> (Vec<String>, u64) {
    let report = repository.run(&["--base-model", "base.json", "--format", "json", "--exit-zero"]).json();
    assert_eq!(report["base"]["revision"], "base.json", "{report}");
    assert_eq!(report["base"]["why"], "the model of an earlier run, which --base-model names");
    let word = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap_or("").to_owned();
    let findings = report["findings"].as_array().expect("findings").iter();
    let found = findings.map(|one| format!("{} {}", word(one, "rule"), word(one, "subject"))).collect();
    (found, report["summary"]["debt"].as_u64().expect("a number"))
}

#[test]
fn what_the_model_has_is_old_and_what_came_since_is_new() {
    let repository = shop();
    assert_eq!(brought(&repository), (vec![], 1), "nothing has changed");
    repository.write("migrations/0002_lines.up.sql", LINES);
    repository.write("migrations/0002_lines.down.sql", "DROP TABLE lines;\n");
    assert_eq!(brought(&repository), (vec!["indexes/foreign-key-without-index public.lines.order_id".into()], 1));
    let run = repository.run(&["--base-model", "base.json"]);
    assert!(run.out.contains("base.json, the model of an earlier run"), "{run:?}");
}

#[test]
fn only_migrations_that_run_something_new_are_judged() {
    let repository = shop();
    repository.write("migrations/0001_orders.up.sql", format!("-- why\n{ORDERS}"));
    assert_eq!(brought(&repository), (vec![], 1), "a comment runs nothing");
    std::fs::rename(
        repository.root().join("migrations/0001_orders.up.sql"),
        repository.root().join("migrations/0001_first.up.sql"),
    )
    .expect("a file");
    repository.write("migrations/0001_first.up.sql", ORDERS.replace('\n', "\r\n"));
    assert_eq!(brought(&repository).0, [""; 0], "another title is no other migration");
    repository.write("migrations/0002_index.up.sql", INDEX);
    repository.write("migrations/0002_index.down.sql", "DROP INDEX orders_customer_idx;\n");
    let found = brought(&repository).0;
    assert!(found.iter().any(|one| one.starts_with("migrations/non-concurrent-index ")), "{found:?}");
    repository.write("base.json", repository.run(&["model", "--format", "json"]).out);
    assert_eq!(brought(&repository), (vec![], 0), "it has run by now");
}

#[test]
fn a_file_that_is_no_model_is_refused_with_the_remedy() {
    let repository = shop();
    let remedy = "`backend-lint model --format json > x.json` at the base prints one";
    let refused = |text: Option<&str>, what: &str| {
        if let Some(text) = text {
            repository.write("x.json", text);
        }
        let run = repository.run(&["--base-model", "x.json"]);
        run.refused(what);
        assert!(run.err.ends_with(&format!("; {remedy}\n")) && run.err.lines().count() == 1, "{run:?}");
    };
    refused(None, "--base-model x.json: No such file");
    refused(Some("{"), "not JSON");
    refused(Some("[]"), "no model");
    refused(Some("{\"schema\": 2}"), "no model of schema 1");
    refused(Some("{\"schema\": 1, \"operations\": []}"), "as older versions print it");
    refused(Some("{\"schema\": 1, \"migrations\": [{}], \"findings\": []}"), "a damaged model");
    repository.run(&["--base-model", "base.json", "--since", "main"]).refused("cannot be used with");
    let other =
        repository.read("base.json").replace(&format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION")), "\"version\": \"0\"");
    repository.write("x.json", other);
    let run = repository.run(&["--base-model", "x.json"]);
    assert!(run.code == Some(0) && run.err.starts_with("note: x.json was printed by version 0"), "{run:?}");
}

#[test]
fn one_more_place_of_a_fault_that_cannot_be_mended_where_it_is_shipped_is_new() {
    let api = |paths: &[&str]| {
        let path = |one: &&str| format!("  {one}:\n    get: {{ responses: {{ \"200\": {{ description: Fine }} }} }}\n");
        let others = ["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h", "/i", "/j"];
        let paths: String = paths.iter().chain(&others).map(path).collect();
        format!("openapi: 3.0.3\ninfo: {{ title: Shop, version: 1.0.0 }}\npaths:\n{paths}")
    };
    let repository = Repository::new(&[("openapi.yaml", &api(&["/orders/", "/refunds/", "/bills/"]))]);
    repository.write("base.json", repository.run(&["model", "--format", "json"]).out);
    assert_eq!(brought(&repository), (vec![], 1));
    repository.write("openapi.yaml", api(&["/orders/", "/refunds/", "/bills/", "/notes/"]));
    assert_eq!(brought(&repository), (vec!["paths/trailing-slash API openapi.yaml".into()], 0));
    repository.write("openapi.yaml", api(&["/orders/", "/refunds/", "/bills/", "/notes"]));
    assert_eq!(brought(&repository), (vec![], 1));
}
