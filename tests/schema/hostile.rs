//! Migrations that mean harm: bounded time, no panic, whatever the bytes.

use super::support::migrate;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Generous for a debug build on a busy machine; quadratic work would take many times as long.
const LIMIT: Duration = Duration::from_secs(20);

fn in_time(name: &str, text: &str) {
    let start = Instant::now();
    let built = migrate(&[text]);
    let took = start.elapsed();
    assert!(took < LIMIT, "{name}: {took:?}");
    let _ = backend_lint::model::schema::json::to_json(&built.schema, &built.sources);
    let _ = built.schema.droppable_indexes().filter(|index| index.repeats().is_some() || index.covered_by().is_some()).count();
    let _ = built.schema.foreign_keys_without_own_index().filter(|key| key.index().known_absent()).count();
    println!("{name}: {took:?}, asked {:?}", start.elapsed() - took);
    assert!(start.elapsed() < LIMIT * 2, "{name}: {:?}", start.elapsed());
}

fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

#[test]
fn many_tables_and_opaque_statements() {
    in_time("tables", &many(20_000, |n| format!("CREATE TABLE t{n} (id int PRIMARY KEY);")));
    in_time("opaque", &many(10_000, |n| format!("CREATE TABLE t{n} (id int); FROBNICATE {n};")));
    in_time("one name", &many(10_000, |_| "CREATE TABLE t (id int); DROP TABLE t;".into()));
    in_time("renames", &many(10_000, |n| format!("ALTER TABLE t{n} RENAME TO t{};", n + 1)));
}

#[test]
fn one_table_with_far_too_much() {
    let table = "CREATE TABLE t (id int);\n";
    in_time("columns", &(table.to_owned() + &many(10_000, |n| format!("ALTER TABLE t ADD c{n} int;"))));
    in_time("indexes", &(table.to_owned() + &many(6_000, |n| format!("CREATE INDEX i{n} ON t (id);"))));
    in_time("unnamed", &(table.to_owned() + &many(3_000, |_| "CREATE INDEX ON t (id);".into())));
    in_time(
        "keys",
        &(table.to_owned() + &many(6_000, |n| format!("ALTER TABLE t ADD CONSTRAINT f{n} FOREIGN KEY (id) REFERENCES t (id);"))),
    );
}

#[test]
fn copies_of_copies_do_not_explode() {
    in_time(
        "like",
        &("CREATE TABLE t0 (a int, CHECK (a > 0));\n".to_owned()
            + &many(200, |n| format!("CREATE TABLE t{} (LIKE t{n} INCLUDING ALL, LIKE t{n} INCLUDING ALL);", n + 1))),
    );
    in_time(
        "heirs",
        &("CREATE TABLE t0 (a int, CHECK (a > 0));\n".to_owned()
            + &many(200, |n| format!("CREATE TABLE t{} () INHERITS (t{n}, t{n});", n + 1))),
    );
    let deep = many(3_000, |n| format!("CREATE TABLE p{} PARTITION OF p{n} DEFAULT PARTITION BY LIST (a);", n + 1));
    in_time("partitions", &format!("CREATE TABLE p0 (a int) PARTITION BY LIST (a);\n{deep}DROP TABLE p0;"));
    in_time(
        "ring",
        "CREATE TABLE a (x int) PARTITION BY LIST (x); CREATE TABLE b (x int) PARTITION BY LIST (x); ALTER TABLE a ATTACH PARTITION b DEFAULT; ALTER TABLE b ATTACH PARTITION a DEFAULT; ALTER TABLE a ADD y int; DROP TABLE a;",
    );
}

#[test]
fn labels_views_and_prepared_texts() {
    in_time(
        "labels",
        &("CREATE TYPE e AS ENUM ('a');\n".to_owned() + &many(5_000, |n| format!("ALTER TYPE e ADD VALUE 'v{n}';"))),
    );
    in_time(
        "views",
        &("CREATE TABLE t (a int);\n".to_owned()
            + &many(3_000, |n| format!("CREATE VIEW v{n} AS SELECT a FROM t; ALTER TABLE t DROP COLUMN IF EXISTS b;"))),
    );
    in_time("executes", &many(3_000, |n| format!("CREATE TABLE t{n} (a int); EXECUTE x{n};")));
}

#[test]
fn odd_bytes() {
    for text in [
        "\u{feff}CREATE TABLE t (é int);",
        "CREATE TABLE \"\" (\"\" int);",
        "ALTER TABLE t ADD;",
        "CREATE TABLE t (",
        "\0\0;;;;",
        "COMMENT ON COLUMN . IS ''",
        "COMMENT ON COLUMN",
    ] {
        in_time(text, text);
    }
}
