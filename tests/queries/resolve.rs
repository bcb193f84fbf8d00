//! Names in queries against the schema: tables, columns, and who reads them.

use super::model;
use backend_lint::files::Memory;
use backend_lint::model::Model;
use backend_lint::model::queries::{Origin, Resolved};
use backend_lint::source::Sources;

const SCHEMA: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, state text, note text);
CREATE TABLE customers (id bigint PRIMARY KEY, email text);
CREATE TABLE gone (id int);
DROP TABLE gone;
ALTER TABLE orders DROP COLUMN note;
CREATE VIEW open_orders AS SELECT o.id, o.customer_id FROM orders o WHERE o.state = 'open';
CREATE FUNCTION close_order(order_id bigint, tbl text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF order_id > 0 THEN UPDATE orders SET state = 'closed' WHERE id = order_id; END IF;
    EXECUTE 'DELETE FROM ' || tbl || ' WHERE id = ' || quote_literal(order_id);
END $$;
";

fn with(files: &[(&str, &str)]) -> (Model, Sources) {
    let mut all = Memory::new();
    all.insert("migrations/0001_all.up.sql", SCHEMA);
    for (path, text) in files {
        all.insert(*path, *text);
    }
    model(&all)
}

fn meanings(model: &Model) -> Vec<String> {
    let mut found = Vec::new();
    for query in model.application_queries() {
        for scope in query.scopes() {
            for mention in &scope.mentions {
                found.push(match scope.resolve_mention(mention) {
                    Resolved::Column(column) => column.subject(),
                    Resolved::Dropped(table, column) => format!("formerly {table}.{column}"),
                    Resolved::Nowhere(table) => format!("{} not in {table}", mention.column.name),
                    Resolved::Row(table) => format!("row of {table}"),
                    Resolved::Query => format!("{} of a query", mention.column.name),
                    Resolved::Unknown => format!("{} unknown", mention.column.name),
                });
            }
        }
    }
    found
}

fn meanings_of(text: &str) -> Vec<String> {
    meanings(&with(&[("queries/a.sql", text)]).0)
}

#[test]
fn columns_belong_to_tables() {
    assert_eq!(
        meanings_of("SELECT o.id, email, o.note, o.typo FROM orders o JOIN customers c ON c.id = o.customer_id WHERE state = $1"),
        [
            "public.orders.id",
            "public.customers.email",
            "formerly public.orders.note",
            "typo not in public.orders",
            "public.customers.id",
            "public.orders.customer_id",
            "public.orders.state"
        ]
    );
    assert_eq!(meanings_of("SELECT typo FROM orders ORDER BY id"), ["typo not in public.orders", "public.orders.id"]);
    assert_eq!(meanings_of("SELECT lower(state) AS id FROM orders ORDER BY id"), ["public.orders.state", "id of a query"]);
    assert_eq!(
        meanings_of("WITH p AS (SELECT id AS x FROM orders) SELECT p.x, y FROM p, generate_series(1, 2) g"),
        ["x of a query", "y unknown", "public.orders.id"]
    );
    assert_eq!(
        meanings_of(
            "INSERT INTO orders (id, state) SELECT id, email FROM customers ON CONFLICT (id) DO UPDATE SET state = excluded.state"
        ),
        [
            "public.orders.id",
            "public.orders.state",
            "public.orders.id",
            "public.orders.state",
            "public.orders.state",
            "public.customers.id",
            "public.customers.email"
        ]
    );
    assert_eq!(meanings_of("SELECT id FROM gone"), ["formerly public.gone.id"]);
    assert_eq!(
        meanings_of("SELECT x.id, x FROM (SELECT id FROM orders) x WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = x.id)"),
        ["id of a query", "x of a query", "public.orders.id", "public.customers.id", "id of a query"]
    );
}

#[test]
fn readers_are_found_wherever_they_are() {
    let (model, sources) = with(&[
        (
            "queries/a.sql",
            "-- name: A :many\nSELECT o.note, state FROM orders o;\n-- name: B :exec\nUPDATE orders SET state = 'x' WHERE id = $1;\n-- name: C :many\nSELECT * FROM orders;",
        ),
        (
            ".sqlx/query-0f.json",
            "{\"db_name\": \"PostgreSQL\", \"query\": \"SELECT\\n \\\"state\\\" FROM orders WHERE id = $1\"}",
        ),
    ]);
    let table = model.schema.tables().find(|table| table.name.name == "orders").unwrap();
    let places = |column: &str| {
        let all = model.column_readings(0, &table.table().name, column);
        all.map(|one| format!("{} {:?} {}", one.query().subject(), one.clause, sources.text(one.span))).collect::<Vec<_>>()
    };
    assert_eq!(places("note"), ["query A Items o.note", "query C Items *"]);
    assert_eq!(
        places("state"),
        [
            "select in .sqlx/query-0f.json Items \"state\\",
            "query A Items state",
            "query B Written state",
            "query C Items *",
            "view public.open_orders Where o.state",
            "function close_order Written state"
        ]
    );
    assert_eq!(model.application_queries().count(), 4);
    assert!(model.application_queries().all(|query| query.database_number() == Some(0) && query.is_clear()));
    assert_eq!(model.queries.stored[0].origin, Origin::View(0));
    assert_eq!(model.queries.dynamic.len(), 1);
    assert_eq!(model.queries.dynamic[0].what.pasted.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["tbl"]);
}

#[test]
fn the_nearest_database_that_holds_the_tables_is_meant() {
    let one = "CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE x (id int);";
    let other = "CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (id int); CREATE TABLE d (id int);";
    let mut files = Memory::new();
    files.insert("one/migrations/0001_a.up.sql", one);
    files.insert("two/migrations/0001_a.up.sql", other);
    files.insert("two/queries/q.sql", "SELECT id FROM a;");
    files.insert("three/queries/q.sql", "SELECT id FROM d;");
    files.insert("four/queries/q.sql", "SELECT id FROM zzz;");
    files.insert("five/queries/q.sql", "SELECT id FROM x;");
    files.insert(
        "five/sqlc.yaml",
        "version: '2'\nsql:\n  - engine: postgresql\n    queries: queries\n    schema: [../one/migrations]\n",
    );
    let (model, _) = model(&files);
    let sources: Vec<(String, Option<&str>)> = model
        .application_queries()
        .map(|query| (query.path.clone(), query.database().map(|database| database.source.as_str())))
        .collect();
    let expected = [
        ("five/queries/q.sql", Some("one/migrations")),
        ("four/queries/q.sql", None),
        ("three/queries/q.sql", Some("two/migrations")),
        ("two/queries/q.sql", Some("two/migrations")),
    ];
    assert_eq!(sources, expected.map(|(path, source)| (path.to_owned(), source)));
}

/// What the names of real queries mean.
#[test]
fn real_names_are_resolved() {
    let Some(corpus) = super::corpus() else { return };
    let mut total = [0usize; 6];
    for name in ["hatchet-dev__hatchet", "unkeyed__unkey", "knadh__listmonk"] {
        let disk = backend_lint::files::disk::Disk::new(corpus.join(name));
        let (model, sources) = model(&disk);
        let (mut bound, mut all, mut counts) = (0, 0, [0usize; 6]);
        for query in model.application_queries() {
            all += 1;
            bound += usize::from(query.database_number().is_some());
            if std::env::var_os("SHOW_QUERIES").is_some() && !query.is_clear() {
                let doubts: Vec<_> = query.scopes().filter_map(|scope| scope.doubt).collect();
                println!("doubt: {} {} {:?} {doubts:?}", query.path, query.subject(), query.statement.doubt);
            }
            for scope in query.scopes() {
                for number in (0..scope.tables.len()).filter(|number| scope.is_nowhere(*number)) {
                    println!("no table: {} {}", query.subject(), sources.text(scope.tables[number].span));
                }
                for mention in scope.mentions.iter().filter(|mention| mention.column.name != "*") {
                    let meaning = scope.resolve_mention(mention);
                    let at = match &meaning {
                        Resolved::Column(_) => 0,
                        Resolved::Query => 1,
                        Resolved::Row(_) => 2,
                        Resolved::Dropped(..) => 3,
                        Resolved::Nowhere(_) => 4,
                        Resolved::Unknown => 5,
                    };
                    counts[at] += 1;
                    total[at] += 1;
                    if at == 3 || at == 4 || (at == 5 && std::env::var_os("SHOW_QUERIES").is_some()) {
                        println!("{meaning:?} {} {}: {}", query.subject(), query.path, sources.text(mention.column.span));
                    }
                }
            }
        }
        println!(
            "{name}: {bound} of {all} queries have a database; columns, of queries, rows, formerly, nowhere, unknown: {counts:?}"
        );
        assert!(bound * 10 >= all * 9, "{name}: {bound} of {all}");
    }
    let known: usize = total[..5].iter().sum();
    assert!(known * 10 >= total.iter().sum::<usize>() * 9, "{total:?}");
}
