//! The statements that the application runs: what they are called, what they name, sort by and bound.

mod resolve;
mod scopes;

use backend_lint::discover;
use backend_lint::files::Files;
use backend_lint::files::disk::Disk;
use backend_lint::model::queries::{Cardinality, Presence, Queries, Query, Verb, to_json};
use backend_lint::model::{Model, Settings};
use backend_lint::source::Sources;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn model(files: &dyn Files) -> (Model, Sources) {
    let settings = Settings { threads: 2, ..Settings::default() };
    let mut sources = Sources::default();
    let discovery = discover::find(files, &settings);
    (Model::build(files, &discovery, &settings, &mut sources), sources)
}

fn read(path: &str, text: &str) -> (Model, Sources) {
    let mut files = backend_lint::files::Memory::new();
    files.insert(path, text);
    model(&files)
}

/// The only query in a text of PostgreSQL.
fn query(text: &str) -> Query {
    only(read("queries/a.sql", text).0)
}

/// The only query in a text of MySQL.
fn mysql(text: &str) -> Query {
    only(read("mysql/queries/a.sql", text).0)
}

fn only(model: Model) -> Query {
    assert_eq!(model.queries.all.len(), 1, "{:#?}", model.queries);
    Query::clone(&model.queries.all[0])
}

fn tables(query: &Query) -> Vec<String> {
    let name = |one: &backend_lint::sql::ObjectName| match &one.schema {
        Some(schema) => format!("{schema}.{}", one.name),
        None => one.name.to_string(),
    };
    query.statement.tables.iter().map(name).collect()
}

fn inserts(query: &Query) -> Vec<(String, Option<Vec<String>>)> {
    let columns = |list: &Vec<backend_lint::source::Spanned<String>>| list.iter().map(|one| one.value.clone()).collect();
    let all = query.statement.inserts.iter();
    all.map(|insert| (insert.table.name.to_string(), insert.columns.as_ref().map(columns))).collect()
}

fn sorted_by(query: &Query) -> Vec<String> {
    query.statement.order_by.iter().map(|key| key.column.clone()).collect()
}

/// Name, cardinality, verb.
type Row<'a> = (Option<&'a str>, Option<&'a str>, &'a str);

fn names(queries: &Queries) -> Vec<Row<'_>> {
    let row = |one: &Query| one.statement.verb.name();
    queries
        .iter()
        .map(|one| (one.name.as_ref().map(|name| name.value.as_str()), one.cardinality.map(Cardinality::name), row(one)))
        .collect()
}

#[test]
fn the_shop_has_three_queries() {
    let (model, sources) = model(&Disk::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop")));
    let entry = |name: &str, line: u32, verb: &str, cardinality: &str| {
        json!({
            "name": name, "path": "queries/orders.sql", "line": line, "verb": verb, "cardinality": cardinality,
            "tables": ["orders"], "inserts": [], "order_by": [], "limited": false, "unknown_because": null,
            "predicates": [],
        })
    };
    let mut expected = [
        entry("ListOrders", 2, "select", "many"),
        entry("GetOrder", 9, "select", "one"),
        entry("CreateOrder", 14, "insert", "one"),
    ];
    expected[0]["order_by"] = json!(["created_at", "id"]);
    expected[0]["limited"] = json!(true);
    let predicate = |column: &str, operator: &str, alternative: bool| json!({ "column": column, "wrapped": false, "operator": operator, "value": "parameter", "alternative": alternative });
    let listed = [predicate("status", "=", false), predicate("created_at", "<", false), predicate("id", "<", true)];
    expected[0]["predicates"] = json!(listed);
    expected[1]["predicates"] = json!([predicate("id", "=", false)]);
    expected[2]["inserts"] = json!([{ "table": "orders", "columns": ["customer_id", "total_cents", "currency"] }]);
    assert_eq!(to_json(&model.queries, &sources), Value::from(expected.to_vec()));
    assert_eq!(model.queries.all[1].subject(), "query GetOrder");
    let name = model.queries.all[1].name.clone().unwrap();
    assert_eq!(sources.text(name.span), "GetOrder");
}

#[test]
fn names_stand_above_statements() {
    let text = "SELECT 1;\n-- name: A :execrows\n-- more about it\nDELETE FROM t\n-- name: get-b\nSELECT 2;\nSELECT 3;\n\
        /* name: C :batchone */ UPDATE t SET x = 1;\n-- name: D^\nSELECT '-- name: no :many';\n-- name: the name of it\nSELECT -- name: E :one\n 4;\n\
        -- Name: orders; Type: TABLE\nSELECT 5;";
    let (model, _) = read("a.sql", text);
    let expected = [
        (None, None, "select"),
        (Some("A"), Some("execrows"), "delete"),
        (Some("get-b"), None, "select"),
        (Some("get-b"), None, "select"),
        (Some("C"), Some("batchone"), "update"),
        (Some("D"), None, "select"),
        (Some("D"), None, "select"),
        (Some("D"), None, "select"),
    ];
    assert_eq!(names(&model.queries), expected);
    assert_eq!(model.queries.all[0].subject(), "select in a.sql");
}

#[test]
fn every_table_is_named_once_and_parts_of_with_are_none() {
    let one = query(
        "WITH recent AS (SELECT * FROM sales.orders o WHERE o.at > now()), gone AS (DELETE FROM carts USING users u WHERE u.id = carts.id RETURNING a, b)
         SELECT extract(year FROM r.at), (SELECT count(*) FROM items i WHERE i.order_id = r.id) FROM recent r, customers c
         LEFT JOIN LATERAL (SELECT 1 FROM items) x ON true JOIN gone USING (id, at), unnest($1::int[]) y
         WHERE r.a IS DISTINCT FROM c.b AND EXISTS (SELECT FROM \"Audit Log\") FOR UPDATE OF r, c",
    );
    assert_eq!(one.statement.verb, Verb::Select);
    assert_eq!(tables(&one), ["sales.orders", "carts", "users", "items", "customers", "Audit Log"]);
    assert!(one.is_understood());
    assert_eq!(tables(&query("UPDATE ONLY a SET x = b.x, y = 1 FROM b, c WHERE a.id = b.id RETURNING a.x, d")), ["a", "b", "c"]);
    assert_eq!(tables(&query("WITH x AS (SELECT 1) UPDATE a SET x = 1")), ["a"]);
    assert_eq!(tables(&query("WITH moved AS (UPDATE a SET x = 1 FROM b RETURNING a.id, a.x) SELECT * FROM moved")), ["a", "b"]);
    assert_eq!(tables(&query("DELETE FROM a USING b, (SELECT * FROM c) d WHERE a.id = b.id")), ["a", "b", "c"]);
    assert_eq!(tables(&query("(SELECT 1 FROM a) UNION ALL (SELECT 2 FROM b) ORDER BY 1")), ["a", "b"]);
    assert_eq!(
        tables(&query("SELECT 1 FROM a JOIN b ON (a.x, a.y) = (b.x, b.y) JOIN c ON c.x IN (a.z, b.z), (d JOIN e USING (x))")),
        ["a", "b", "c", "d", "e"]
    );
    assert_eq!(tables(&query("WITH subs AS (%query%), more AS ((SELECT 1 FROM b)) SELECT 1 FROM a, subs, more")), ["b", "a"]);
    let merge = query(
        "MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN UPDATE SET x = 1, y = 2 WHEN NOT MATCHED THEN INSERT (x) VALUES (1)",
    );
    assert_eq!((merge.statement.verb, tables(&merge)), (Verb::Other, vec!["a".into(), "b".into()]));
    assert_eq!(tables(&mysql("UPDATE IGNORE a JOIN b ON a.id = b.id, c SET a.x = 1, b.y = 2 WHERE a.id = ?")), ["a", "b", "c"]);
    assert_eq!(tables(&mysql("DELETE o FROM `Orders` o STRAIGHT_JOIN items i ON o.id = i.id")), ["Orders", "items"]);
    assert_eq!(tables(&mysql("SELECT REPLACE(a, 'x', 'y'), (INSERT(b, 1, 2, 'c')) FROM t USE INDEX (i, j)")), ["t"]);
}

#[test]
fn inserts_list_their_columns() {
    let list = |columns: &[&str]| Some(columns.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
    let all = |one: &Query| inserts(one);
    let upsert = query(
        "INSERT INTO app.t AS x (\"Id\", Name) SELECT a, b FROM s ON CONFLICT (id) DO UPDATE SET name = excluded.name, b = 2",
    );
    assert_eq!(all(&upsert), [("t".to_owned(), list(&["Id", "name"]))]);
    assert_eq!(tables(&upsert), ["app.t", "s"]);
    let parts = query(
        "WITH t AS (SELECT 1), new AS (INSERT INTO u (a) VALUES (1) RETURNING id) INSERT INTO t (b, c) SELECT id, 1 FROM new",
    );
    assert_eq!(all(&parts), [("u".to_owned(), list(&["a"])), ("t".to_owned(), list(&["b", "c"]))]);
    assert_eq!(tables(&parts), ["t", "u"].map(str::to_owned).into_iter().rev().collect::<Vec<_>>());
    for text in ["INSERT INTO t SELECT * FROM s", "INSERT INTO t (SELECT a FROM s)", "INSERT INTO t (a[1], b) SELECT * FROM s"] {
        assert_eq!(
            (all(&query(text)), tables(&query(text))),
            (vec![("t".to_owned(), None)], vec!["t".into(), "s".into()]),
            "{text}"
        );
    }
    let ignore = mysql("INSERT IGNORE t (a, b) SELECT x, y FROM s ON DUPLICATE KEY UPDATE a = VALUES(a), b = 2");
    assert_eq!(all(&ignore), [("t".to_owned(), list(&["a", "b"]))]);
    assert_eq!(tables(&ignore), ["t", "s"]);
    assert_eq!(all(&mysql("REPLACE INTO t (a) VALUES (?)")), [("t".to_owned(), list(&["a"]))]);
    assert_eq!(all(&query("SELECT (insert), (update, x) FROM t")), []);
}

#[test]
fn only_plain_names_are_sort_keys() {
    let one = query("SELECT row_number() OVER (ORDER BY z) FROM t ORDER BY t.a DESC NULLS LAST, lower(b), c, 2 LIMIT 1");
    assert_eq!(sorted_by(&one), ["a", "c"]);
    assert!(one.statement.order_by_more);
    let first = &one.statement.order_by[0];
    assert_eq!((first.qualifier.as_deref(), first.descending), (Some("t"), true));
    let none = query("SELECT array_agg(a ORDER BY b) FROM (SELECT 1 AS a ORDER BY c) x");
    assert_eq!((sorted_by(&none), none.statement.order_by_more), (vec![], false));
    assert_eq!(sorted_by(&query("SELECT a FROM t UNION SELECT b FROM u ORDER BY a ASC FOR UPDATE")), ["a"]);
    assert!(query("SELECT 1 FROM t ORDER BY CASE WHEN $1 THEN a END").statement.order_by_more);
}

#[test]
fn bounds_are_seen_where_they_stand() {
    use Presence::{Absent, Outermost, Within};
    let of = |one: Query| (one.statement.limit, one.statement.offset);
    assert_eq!(of(query("SELECT 1 FROM t WHERE a = $1 LIMIT $2 OFFSET $3")), (Outermost, Outermost));
    assert_eq!(of(query("SELECT 1 FROM t OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY")), (Outermost, Outermost));
    assert_eq!(of(query("(SELECT 1 FROM t LIMIT 1)")), (Outermost, Absent));
    assert_eq!(of(query("WITH a AS (SELECT 1 FROM t LIMIT 3) SELECT * FROM a")), (Within, Absent));
    assert_eq!(of(query("SELECT 1 FROM t LIMIT ALL")), (Absent, Absent));
    assert_eq!(
        of(query("SELECT t.limit, t.offset AS a, \"limit\" FROM t WHERE t.offset > 1 ORDER BY t.limit DESC")),
        (Absent, Absent)
    );
    assert_eq!(of(query("SELECT 1 FROM t LIMIT $1 FOR UPDATE OF t, u")), (Outermost, Absent));
    assert_eq!(of(mysql("SELECT 1 FROM t WHERE a = ? LIMIT ?, ?")), (Outermost, Outermost));
    assert_eq!(of(mysql("SELECT 1 FROM t WHERE a IN (SELECT b FROM u LIMIT 1), c LIMIT sqlc.arg(count)")), (Outermost, Absent));
    assert_eq!(of(mysql("UPDATE t SET offset = ?, x = 1 WHERE offset < ?")), (Absent, Absent));
    assert_eq!(query("WITH a AS (SELECT 1 FROM t LIMIT 3) SELECT * FROM a").limited(), None);
    assert_eq!(query("SELECT 1").limited(), Some(false));
}

#[test]
fn what_is_not_understood_says_so() {
    let doubt = |text: &str| query(text).statement.doubt;
    assert_eq!(doubt("SELECT 1 FROM t WHERE a % 2 = 0 AND b LIKE '%x'"), None);
    assert_eq!(doubt("SELECT 1 FROM t ORDER BY %order%"), Some("a placeholder stands for a part of it"));
    assert_eq!(doubt("SELECT 1 FROM t WHERE {{ .Filter }}"), Some("a template stands for a part of it"));
    assert_eq!(doubt("SELECT (1 FROM t"), Some("its brackets do not match"));
    assert_eq!(doubt("SELECT 1) FROM (t"), Some("its brackets do not match"));
    assert_eq!(doubt("SELECT 'a"), Some("unterminated string"));
    assert_eq!(doubt("CALL f()"), Some("it is no query that is read"));
    assert_eq!(query("SELECT 1 FROM t {{ .Limit }}").limited(), None);
    let rows = format!("INSERT INTO t (a) VALUES {}(1)", "(1),".repeat(3000));
    assert_eq!(doubt(&rows), Some("it has too many rows to be read to its end"));
}

#[test]
fn what_is_not_read_is_noted_once() {
    let (model, _) = read("sqlserver/queries/a.sql", "-- name: A :one\nSELECT 1;\n-- name: B :one\nSELECT 2;");
    assert_eq!(model.queries.all.len(), 0);
    let reasons: Vec<&str> = model.unread.iter().map(|one| one.reason.as_str()).collect();
    assert_eq!(reasons, ["SQL of sqlserver is not read"]);
}

/// Long and broken texts cost in proportion to their length.
#[test]
fn hostile_texts_are_read_in_bounded_time() {
    for piece in [
        "(",
        "SELECT (",
        "(INSERT INTO t (",
        "WITH a AS (",
        "LIMIT ",
        "FROM a, ",
        "-- name: A :one\n",
        "ORDER BY a, ",
        "UPDATE ",
        ")",
        "a AS (SELECT 1), ",
    ] {
        for dialect in ["postgres", "mysql", "sqlite"] {
            let text = format!("SELECT 1 {}", piece.repeat(400_000 / piece.len()));
            let (model, _) = read(&format!("{dialect}/queries/a.sql"), &text);
            assert!(!model.queries.all.is_empty(), "{piece}");
        }
    }
    let many: String = (0..50_000).map(|number| format!("t{number}, ")).collect();
    assert_eq!(query(&format!("SELECT 1 FROM {many} last")).statement.tables.len(), 50_001);
    let every = "SELECT a, (SELECT max(b) FROM é WHERE \"x\" = 'y') FROM t JOIN u USING (id) ORDER BY a LIMIT 1;";
    for (end, _) in every.char_indices() {
        read("queries/a.sql", &every[..end]);
        read("queries/a.sql", &every[end..]);
    }
}

/// The repositories beside this one; `None` with a word about it.
fn corpus() -> Option<PathBuf> {
    let roots = ["../shared", "../../shared"].map(|root| Path::new(env!("CARGO_MANIFEST_DIR")).join(root).join("corpus"));
    let found = roots.into_iter().find(|root| root.is_dir());
    if found.is_none() {
        println!("skipped: ../shared/corpus is not here");
    }
    found
}

#[test]
fn real_queries_are_read() {
    let Some(corpus) = corpus() else { return };
    let (mut files, mut all, mut understood) = (0, 0, 0);
    let (mut generated, mut other) = (0, Vec::new());
    let walk = walkdir::WalkDir::new(corpus).min_depth(1).max_depth(1).sort_by_file_name();
    for root in walk.into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_dir()) {
        let disk = Disk::new(root.path());
        let settings = Settings { threads: 2, ..Settings::default() };
        let mut discovery = discover::find(&disk, &settings);
        discovery.artifacts.retain(|artifact| artifact.kind == discover::Kind::Queries);
        discovery.migration_sets.clear();
        let mut sources = Sources::default();
        let model = Model::build(&disk, &discovery, &settings, &mut sources);
        files += discovery.artifacts.len();
        all += model.queries.all.len();
        for one in model.queries.iter() {
            understood += usize::from(one.is_understood());
            let line = sources.text(one.statement.span).lines().next().unwrap_or("");
            if one.cardinality.is_some() {
                generated += 1;
                if one.statement.verb == Verb::Other {
                    other.push(format!("{}: {line}", one.subject()));
                }
            }
            if std::env::var_os("SHOW_QUERIES").is_some() {
                println!("{} {} {:?} {:?} {:?} {line}", one.subject(), one.path, tables(one), inserts(one), one.statement.doubt);
            }
        }
    }
    println!(
        "{all} queries of {files} files, {understood} understood; {generated} with a cardinality, {} of them neither read nor write rows",
        other.len()
    );
    println!("{other:#?}");
    assert!(other.len() * 20 <= generated, "fewer than 95 % of the statements in sqlc files have a verb: {other:#?}");
}
