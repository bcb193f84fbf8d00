//! Operations and the tables that they are about: what speaks for a table, what decides, and how often it is right on real repositories.
//!
//! `tests/verdicts/links.tsv` holds links that were read by hand on both sides. The repositories lie outside of this one, in
//! `../shared`. Where they are not there, the tests say so and pass.

use backend_lint::diagnostic::Confidence;
use backend_lint::discover;
use backend_lint::files::disk::Disk;
use backend_lint::files::{Files, Memory};
use backend_lint::model::links::{ConnectionKind, Decision, TableKey};
use backend_lint::model::{Model, Settings};
use backend_lint::source::Sources;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn build(files: &dyn Files, settings: Settings) -> Model {
    let settings = Settings { threads: 2, ..settings };
    let discovery = discover::find(files, &settings);
    Model::build(files, &discovery, &settings, &mut Sources::default())
}

fn names(tables: &[TableKey]) -> String {
    let mut names: Vec<String> = tables.iter().map(|key| key.name.to_string()).collect();
    names.sort();
    names.dedup();
    names.join(",")
}

/// `GET /orders` -> `public.orders high`, for every operation that is joined.
fn links(model: &Model) -> BTreeMap<String, String> {
    let operations: Vec<_> = model.api.operations().collect();
    let all = model.links.operations.iter();
    all.map(|link| (operations[link.operation].subject(), format!("{} {}", names(&link.tables), link.confidence.name())))
        .collect()
}

/// Operations `(path, method, operationId, schema)`, over one object `Thing` for each schema name, with these properties.
fn api(operations: &[(&str, &str, &str, &str)], objects: &[(&str, &str)]) -> String {
    let mut text = String::from("openapi: 3.0.3\ninfo: { title: a, version: \"1\" }\npaths:\n");
    for (path, method, id, schema) in operations {
        let _ = write!(
            text,
            "  {path}:\n    {method}:\n      operationId: {id}\n      responses:\n        \"200\":\n          description: ok\n"
        );
        if !schema.is_empty() {
            let _ = write!(
                text,
                "          content:\n            application/json:\n              schema:\n                type: array\n                items: {{ $ref: \"#/components/schemas/{schema}\" }}\n"
            );
        }
    }
    text.push_str("components:\n  schemas:\n");
    for (name, properties) in objects {
        let _ = writeln!(text, "    {name}:\n      type: object\n      properties:");
        for property in properties.split(' ') {
            let _ = writeln!(text, "        {property}: {{ type: string }}");
        }
    }
    text
}

fn shop(api: &str, sql: &str, queries: &str, settings: Settings) -> Model {
    let mut files = Memory::new();
    files.insert("openapi.yaml", api);
    files.insert("migrations/0001_init.up.sql", sql);
    if !queries.is_empty() {
        files.insert("queries/all.sql", queries);
    }
    build(&files, settings)
}

fn joined(api: &str, sql: &str, queries: &str) -> BTreeMap<String, String> {
    links(&shop(api, sql, queries, Settings::default()))
}

fn table(name: &str, columns: &str) -> String {
    format!(
        "CREATE TABLE {name} (id bigint PRIMARY KEY, {});\n",
        columns.split(' ').map(|one| format!("{one} text")).collect::<Vec<_>>().join(", ")
    )
}

#[test]
fn a_path_and_an_object_of_columns_are_two_signals() {
    let text = api(&[("/orders", "get", "listOrders", "Order")], &[("Order", "number status currency")]);
    let found = joined(&text, &table("orders", "number status currency"), "");
    assert_eq!(found["GET /orders"], "public.orders high");
}

#[test]
fn a_name_alone_is_no_sure_join() {
    let text = api(&[("/orders", "get", "listOrders", ""), ("/baskets", "get", "x", "")], &[("Order", "number")]);
    let found = joined(&text, &(table("orders", "number status") + &table("baskets", "note")), "");
    assert_eq!(found["GET /orders"], "public.orders medium");
    assert_eq!(found["GET /baskets"], "public.baskets low");
}

#[test]
fn a_query_of_the_same_name_is_a_signal_of_its_own() {
    let text = api(&[("/orders", "get", "listOrders", "")], &[("Order", "number")]);
    let found = joined(&text, &table("orders", "number status"), "-- name: ListOrders :many\nSELECT number FROM orders;\n");
    assert_eq!(found["GET /orders"], "public.orders high");
    let one = joined(&text, &table("orders", "number status"), "-- name: ListOrders :one\nSELECT number FROM orders;\n");
    assert_eq!(one["GET /orders"], "public.orders high", "what a list is, is not known without its schema");
}

#[test]
fn equal_signals_for_two_tables_make_no_join() {
    let text = api(&[("/orders", "get", "listOrders", "")], &[("Order", "number")]);
    let sql = table("shop.orders", "number status") + &table("archive.orders", "number status");
    let model = shop(&text, &("CREATE SCHEMA shop; CREATE SCHEMA archive;\n".to_owned() + &sql), "", Settings::default());
    assert_eq!(links(&model).len(), 0);
    assert_eq!(model.links.joins[0].decision, Decision::Split);
    assert_eq!(model.links.joins[0].candidates.len(), 2);
}

#[test]
fn columns_decide_between_two_tables_of_one_name() {
    let text = api(&[("/orders", "get", "listOrders", "Order")], &[("Order", "number status currency")]);
    let sql = "CREATE SCHEMA shop; CREATE SCHEMA archive;\n".to_owned()
        + &table("shop.orders", "number status currency")
        + &table("archive.orders", "payload reason moved");
    assert_eq!(joined(&text, &sql, "")["GET /orders"], "shop.orders high");
}

#[test]
fn a_nested_path_is_about_the_table_that_joins() {
    let text = api(&[("/projects/{id}/members", "get", "listProjectMembers", "")], &[("Order", "number")]);
    let sql = table("projects", "name") + &table("members", "name") + &table("project_members", "role");
    assert_eq!(joined(&text, &sql, "")["GET /projects/{id}/members"], "public.project_members medium");
    let without = table("projects", "name") + &table("members", "name");
    let text = api(&[("/projects/{id}/members", "get", "listMembers", "Member")], &[("Member", "name email phone")]);
    let sql = without.replace(
        "members (id bigint PRIMARY KEY, name text",
        "members (id bigint PRIMARY KEY, name text, email text, phone text",
    );
    assert_eq!(joined(&text, &sql, "")["GET /projects/{id}/members"], "public.members high");
}

#[test]
fn words_before_the_name_of_a_table_have_to_be_made_up_for_by_columns() {
    let text = api(&[("/invoices", "get", "listInvoices", "Invoice")], &[("Invoice", "number status currency total due")]);
    let found = joined(&text, &table("billing_invoices", "number status currency total due"), "");
    assert_eq!(found["GET /invoices"], "public.billing_invoices high");
    let other = joined(&text, &table("billing_invoices", "note reason total"), "");
    assert!(!other["GET /invoices"].ends_with("high"), "{other:?}");
}

#[test]
fn procedures_and_actions_say_what_they_are_about() {
    let operations = [
        ("/v1/orders.listOrders", "post", "orders.listOrders", "Order"),
        ("/orders:search", "post", "searchOrders", "Order"),
        ("/orders/{id}/cancel", "post", "cancelOrder", "Order"),
    ];
    let text = api(&operations, &[("Order", "number status currency")]);
    let found = joined(&text, &table("orders", "number status currency"), "");
    assert_eq!(found["POST /v1/orders.listOrders"], "public.orders high");
    assert_eq!(found["POST /orders:search"], "public.orders high");
    assert_eq!(found["POST /orders/{id}/cancel"], "public.orders medium");
}

#[test]
fn operations_of_one_version_are_not_about_tables_of_another() {
    let text = api(&[("/runs", "get", "v1-run:list", "")], &[("Order", "number")]);
    assert_eq!(joined(&text, &table("runs", "status"), "")["GET /runs"], "public.runs medium");
    let found = joined(&text, &(table("runs", "status") + &table("v1_runs_olap", "status")), "");
    assert!(found.get("GET /runs").is_none_or(|link| !link.starts_with("public.runs")), "{found:?}");
}

#[test]
fn a_delete_is_about_what_is_read_at_its_path() {
    let mut text = api(&[("/orders/{id}", "get", "getOrder", "Order")], &[("Order", "number status currency")]);
    text = text.replace(
        "components:\n",
        "    delete:\n      operationId: removeIt\n      responses: { \"204\": { description: ok } }\ncomponents:\n",
    );
    let found = joined(&text, &table("orders", "number status currency"), "");
    assert_eq!(found["DELETE /orders/{id}"], "public.orders high");
}

#[test]
fn what_the_configuration_says_wins() {
    let text = api(&[("/orders", "get", "listOrders", "Order")], &[("Order", "number status currency")]);
    let sql = table("orders", "number status currency") + &table("baskets", "note");
    let with = |link: Option<&str>| {
        let links = BTreeMap::from([("GET /orders".to_owned(), link.map(str::to_owned))]);
        shop(&text, &sql, "", Settings { links, ..Settings::default() })
    };
    assert_eq!(links(&with(Some("baskets")))["GET /orders"], "public.baskets high");
    assert_eq!(links(&with(Some("public.baskets")))["GET /orders"], "public.baskets high");
    let forbidden = with(None);
    assert_eq!((links(&forbidden).len(), forbidden.links.joins[0].decision), (0, Decision::Forbidden));
    assert_eq!(with(Some("nowhere")).links.joins[0].decision, Decision::DeclaredUnknown);
}

#[test]
fn operations_of_two_documents_that_are_called_the_same_keep_their_keys_apart() {
    let of = |title: &str, properties: &str| {
        let text = api(&[("/orders", "post", "createOrder", "Order")], &[("Order", properties)]);
        let key = "      parameters: [{ name: Idempotency-Key, in: header, schema: { type: string } }]\n      responses:";
        text.replace("title: a", &format!("title: {title}")).replace("      responses:", key)
    };
    let mut files = Memory::new();
    files.insert("a/openapi.yaml", of("Shop", "number status currency"));
    files.insert("a/migrations/0001_init.up.sql", table("orders", "number status currency idempotency_key"));
    files.insert("b/openapi.yaml", of("Market", "note weight colour"));
    files.insert("b/migrations/0001_init.up.sql", table("orders", "note weight colour"));
    let model = build(&files, Settings::default());
    let kept = model.connections().into_iter().filter(|one| one.kind == ConnectionKind::KeyStorage);
    let kept: Vec<(String, Confidence)> = kept.map(|one| (one.to, one.confidence)).collect();
    let column = || "orders.idempotency_key".to_owned();
    assert_eq!(kept, [(column(), Confidence::High), (column(), Confidence::Medium)]);
}

/// A link that was read by hand.
struct Verdict<'t> {
    repository: &'t str,
    operation: &'t str,
    table: &'t str,
    confidence: &'t str,
    right: bool,
    why: &'t str,
}

fn verdicts(text: &str) -> Vec<Verdict<'_>> {
    let of = |line: &'_ str| -> Vec<String> { line.split('\t').map(str::to_owned).collect() };
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        assert_eq!(of(line).len(), 6, "six cells: {line}");
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or_default();
        let (repository, operation, table, confidence, verdict, why) = (next(), next(), next(), next(), next(), next());
        assert!(matches!(verdict, "right" | "wrong"), "{line}");
        Verdict { repository, operation, table, confidence, right: verdict == "right", why }
    })
    .collect()
}

fn verdict_text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts/links.tsv");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn links_are_as_right_as_they_say() {
    let text = verdict_text();
    let all = verdicts(&text);
    assert!(all.len() >= 150, "{} links", all.len());
    for (confidence, least) in [("high", 95), ("medium", 85)] {
        let of: Vec<&Verdict> = all.iter().filter(|one| one.confidence == confidence).collect();
        let right = of.iter().filter(|one| one.right).count();
        println!("{confidence}: {right} of {} links are right", of.len());
        assert!(of.len() >= 40 && right * 100 >= of.len() * least, "{confidence}: {right} of {}", of.len());
    }
    for one in &all {
        assert!(one.why.len() >= 10 && !one.why.ends_with('.'), "{} {}: {}", one.repository, one.operation, one.why);
    }
}

fn corpus() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

#[test]
fn links_that_were_read_are_still_made() {
    let Some(corpus) = corpus() else { return };
    let text = verdict_text();
    let all = verdicts(&text);
    let mut repositories: Vec<&str> = all.iter().map(|one| one.repository).collect();
    repositories.dedup();
    let mut lost = Vec::new();
    println!("repository\toperations\thigh\tmedium\tlow");
    for name in repositories {
        let model = build(&Disk::new(corpus.join(name)), Settings { only_asked_steps: true, ..Settings::default() });
        let count = |wanted: Confidence| model.links.operations.iter().filter(|link| link.confidence == wanted).count();
        let counts = [Confidence::High, Confidence::Medium, Confidence::Low].map(count);
        println!("{name}\t{}\t{}\t{}\t{}", model.api.operations().count(), counts[0], counts[1], counts[2]);
        let found = links(&model);
        for one in all.iter().filter(|one| one.repository == name && one.right) {
            let is = found.get(one.operation).map(String::as_str).unwrap_or("none");
            if is != format!("{} {}", one.table, one.confidence) {
                lost.push(format!("{name} {}: {} {} is {is} now", one.operation, one.table, one.confidence));
            }
        }
    }
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
}
